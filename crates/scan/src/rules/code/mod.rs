//! Rules on application code: flows of untrusted text, and calls that are weak by themselves.

super::registry::family! { "code":
    "dangerous-deserialisation-allowed",
    "debug-server",
    "insecure-random",
    "remote-code-trusted",
    "tls-not-verified",
    "unsafe-temp-file",
    "untrusted-data-deserialised",
    "untrusted-text-in-address",
    "untrusted-text-in-command",
    "untrusted-text-in-html",
    "untrusted-text-in-ldap",
    "untrusted-text-in-path",
    "untrusted-text-in-redirect",
    "untrusted-text-in-shell",
    "untrusted-text-in-sql",
    "untrusted-text-in-template",
    "untrusted-text-in-xpath",
    "untrusted-text-runs-as-code",
    "weak-cipher",
    "weak-hash",
}
