//! Rules on application code: files, archives, memory, calls that should not be made.

super::registry::family! { "code-misc":
    "dangerous-call",
    "insecure-deserialiser",
    "library-search-path",
    "permissive-file-mode",
    "privileges-kept",
    "race-on-path",
    "unsafe-archive-extraction",
    "unsafe-memory",
    "unsafe-signal-handler",
    "unsafe-temp-file",
    "unsafe-yaml",
    "xxe-parser",
}
