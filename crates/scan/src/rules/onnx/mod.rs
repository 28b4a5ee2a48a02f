//! Rules on ONNX models.

super::registry::family! { "onnx":
    "onnx-custom-operator",
    "onnx-extension-operator",
    "onnx-external-path",
    "onnx-invalid",
    "onnx-python-operator",
    "onnx-size-mismatch",
}
