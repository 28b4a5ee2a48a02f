//! Inference engines other than the big ones: ExecuTorch, Paddle, TensorRT, Caffe, MXNet, and formats that
//! are only told apart.

mod caffe;
mod executorch;
mod mxnet;
mod opaque;
mod paddle;
mod tensorrt;

pub(crate) use self::caffe::{CaffeModel, CaffeText};
pub(crate) use self::executorch::ExecuTorch;
pub(crate) use self::mxnet::{MxNetParams, MxNetSymbol};
pub(crate) use self::opaque::Opaque;
pub(crate) use self::paddle::{PaddleJson, PaddleParams, PaddleProgram};
pub(crate) use self::tensorrt::TensorRt;

use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// An operator or layer that calls a Python function or class.
    PYTHON_OP = "engine-python-operator";
    /// An operator or backend that the engine does not ship.
    CUSTOM_OP = "engine-custom-operator";
    /// An operator that reads or writes a file when the model runs.
    FILE_OP = "engine-file-operator";
    /// A compiled engine: native code that cannot be looked into.
    OPAQUE_ENGINE = "tensorrt-opaque-engine";
    /// An engine that names or contains a plugin library.
    PLUGIN = "tensorrt-plugin";
    /// A native library inside an engine.
    EMBEDDED_LIBRARY = "tensorrt-embedded-library";
    /// Cut, damaged, or not what the format prescribes.
    INVALID = "engine-invalid";
}

fn invalid(cx: &mut Cx<'_>, subject: &str, message: &str, at: u64) {
    cx.fact(Fact::new(INVALID, subject, message).at(at, 1));
    cx.incomplete(message);
}

#[cfg(test)]
mod tests;
