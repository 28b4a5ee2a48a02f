//! Pickle: what unpickling would call, without unpickling.

pub mod callables;
