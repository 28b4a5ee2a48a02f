//! Rules on application code: buffers, lengths and memory in languages that check none of it.

super::registry::family! { "code-memory":
    "allocation-overflow",
    "buffer-too-small",
    "format-string-not-fixed",
    "index-not-checked",
    "leak-on-return",
    "length-from-source",
    "length-not-checked",
    "mismatched-delete",
    "missing-terminator",
    "null-not-checked",
    "off-by-one",
    "pointer-size",
    "secret-not-wiped",
    "stack-allocation",
    "stale-reference",
    "unbounded-copy",
    "unchecked-allocation",
    "unchecked-conversion",
    "unchecked-downcast",
    "use-after-free",
}
