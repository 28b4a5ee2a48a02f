//! TensorFlow graphs: which operations they hold.

mod ops;

pub(crate) use ops::dangerous_op;
