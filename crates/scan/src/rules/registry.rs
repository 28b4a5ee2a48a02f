//! The list of entries, sorted. `cargo dev new rule FAMILY/ID` adds a line; a test holds it against the folder.

macro_rules! entries {
    ($($path:literal,)+) => {
        pub(super) const ENTRIES: &[(&str, &str)] = &[$(($path, include_str!(concat!($path, ".md")))),+];
    };
}

entries! {
    "safetensors/safetensors-duplicate-key",
    "safetensors/safetensors-layout",
}
