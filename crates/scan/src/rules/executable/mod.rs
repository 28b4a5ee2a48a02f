//! Rules on programs among models, and on names that promise something else than the content is.

super::registry::family! { "executable":
    "executable-disguised",
    "executable-file",
    "executable-in-model-archive",
    "executable-model",
    "extension-mismatch",
}
