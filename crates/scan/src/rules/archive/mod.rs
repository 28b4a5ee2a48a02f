//! Rules on archives: what makes two programs read the same bytes differently, and what unpacking would do.

super::registry::family! { "archive":
    "archive-bomb",
    "archive-damaged",
    "archive-encrypted",
    "archive-link",
    "archive-method-unsupported",
    "archive-odd-member",
    "archive-path-traversal",
    "archive-source-runs",
    "compressed-trailing-data",
    "polyglot",
    "tar-structure",
    "zip-duplicate-entry",
    "zip-header-mismatch",
    "zip-hidden-entry",
    "zip-loose-data",
    "zip-name-mismatch",
    "zip-structure",
    "zip-truncated",
}
