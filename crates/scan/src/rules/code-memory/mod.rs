//! Rules on application code: buffers, lengths and memory in languages that check none of it.

super::registry::family! { "code-memory":
    "allocation-overflow",
    "buffer-too-small",
    "format-string-not-fixed",
    "length-from-source",
    "length-not-checked",
    "mismatched-delete",
    "missing-terminator",
    "off-by-one",
    "pointer-size",
    "secret-not-wiped",
    "stack-allocation",
    "unbounded-copy",
    "unchecked-allocation",
    "unchecked-conversion",
    "use-after-free",
}
