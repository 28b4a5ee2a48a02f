//! Pickle: what unpickling would call, without unpickling.

pub mod callables;

mod calls;
mod describe;
mod embedded;
mod files;
mod imports;
mod joblib;
mod machine;
mod memo;
mod names;
pub(crate) mod opcode;
mod report;
mod search;
mod states;
mod stream;
mod symbolic;
mod tensors;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub(crate) use files::read;
pub(crate) use report::{FACTS, STORAGE_MISMATCH};
pub(crate) use search::is_pickle;
