//! Rules on models of other inference engines: ExecuTorch, Paddle, TensorRT, Caffe, MXNet.

super::registry::family! { "engine":
    "engine-custom-operator",
    "engine-file-operator",
    "engine-invalid",
    "engine-python-operator",
    "tensorrt-embedded-library",
    "tensorrt-opaque-engine",
    "tensorrt-plugin",
}
