use super::*;

mod both;
mod go;
mod java;
mod python;
mod rust;
mod script;
mod show;
