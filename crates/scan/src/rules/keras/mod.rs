//! Rules on Keras model configurations.

super::registry::family! { "keras":
    "keras-arbitrary-callable",
    "keras-custom-class",
    "keras-disables-safe-mode",
    "keras-duplicate-key",
    "keras-external-model",
    "keras-file-read",
    "keras-foreign-class",
    "keras-lambda",
    "keras-lambda-dangerous",
    "keras-local-file",
    "keras-remote-layer",
    "keras-tensorflow-op",
    "keras-torch-module",
}
