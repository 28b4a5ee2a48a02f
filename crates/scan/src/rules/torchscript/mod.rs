//! Rules on TorchScript inside a model.

super::registry::family! { "torchscript":
    "torchscript-custom-op",
    "torchscript-file-op",
}
