//! Rules on Python source that ships with a model.

super::registry::family! { "python":
    "python-path-file-code",
    "python-unusual-encoding",
}
