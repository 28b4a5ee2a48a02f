use super::*;

mod go;
mod java;
mod python;
mod script;
