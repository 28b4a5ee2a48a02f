//! Rules on HDF5 files.

super::registry::family! { "hdf5":
    "hdf5-custom-link",
    "hdf5-external-data",
    "hdf5-filter-plugin",
    "hdf5-structure",
    "hdf5-user-block",
}
