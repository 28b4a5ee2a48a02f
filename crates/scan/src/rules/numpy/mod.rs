//! Rules on numpy array files.

super::registry::family! { "numpy":
    "npy-structure",
    "npy-trailing-data",
}
