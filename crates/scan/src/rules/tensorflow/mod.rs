//! Rules on TensorFlow graphs and TensorFlow Lite models.

super::registry::family! { "tensorflow":
    "tensorflow-asset-path",
    "tensorflow-custom-op",
    "tensorflow-extension-op",
    "tensorflow-fixed-checkpoint",
    "tensorflow-input-pipeline",
    "tensorflow-network",
    "tensorflow-reads-files",
    "tensorflow-runs-code",
    "tensorflow-writes-files",
    "tflite-custom-op",
    "tflite-flex-op",
    "tflite-published-op",
    "tflite-structure",
}
