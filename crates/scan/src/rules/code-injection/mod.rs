//! Rules on application code: text of a stranger, a model or a tool caller that is run, looked up or loaded.

super::registry::family! { "code-injection":
    "query-text-substitution",
    "untrusted-archive-unpacked",
    "untrusted-data-deserialised",
    "untrusted-text-in-argument",
    "untrusted-text-in-command",
    "untrusted-text-in-ldap",
    "untrusted-text-in-log",
    "untrusted-text-in-nosql",
    "untrusted-text-in-path",
    "untrusted-text-in-regex",
    "untrusted-text-in-shell",
    "untrusted-text-in-sql",
    "untrusted-text-in-template",
    "untrusted-text-in-xpath",
    "untrusted-text-names-code",
    "untrusted-text-runs-as-code",
    "untrusted-xml-parsed",
}
