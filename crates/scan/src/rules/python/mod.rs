//! Rules on Python source that ships with a model.

super::registry::family! { "python":
    "python-analysis-unfinished",
    "python-dynamic-code",
    "python-evaluates-text",
    "python-hidden-text",
    "python-hook-opens-connection",
    "python-loads-native",
    "python-obfuscated",
    "python-opens-connection",
    "python-path-file-code",
    "python-reverse-shell",
    "python-runs-process",
    "python-runs-tool",
    "python-sends-secrets",
    "python-unread-danger",
    "python-unsafe-load",
    "python-unusual-encoding",
    "python-writes-file",
    "python-writes-startup",
}
