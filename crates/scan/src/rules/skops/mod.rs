//! Rules on skops files.

super::registry::family! { "skops":
    "skops-dangerous-type",
    "skops-invalid",
    "skops-mismatched-type",
    "skops-untrusted-type",
}
