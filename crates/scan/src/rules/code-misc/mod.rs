//! Rules on application code: files, archives, memory, calls that should not be made.

super::registry::family! { "code-misc":
    "dangerous-call",
    "insecure-deserialiser",
    "permissive-file-mode",
    "unsafe-archive-extraction",
    "unsafe-memory",
    "unsafe-temp-file",
    "unsafe-yaml",
    "xxe-parser",
}
