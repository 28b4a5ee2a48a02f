//! Source code in a value: configuration is data, so a value that calls the interpreter is there for a reason.

/// What the text would call, if it is code that reaches the interpreter, the system or a process.
pub(crate) fn dangerous_call(text: &str) -> Option<&'static str> {
    crate::codelike::code_in(text).map(|(pattern, _)| pattern.trim().trim_end_matches('('))
}

/// A shell command line that fetches and runs, or opens a shell to somewhere.
pub(crate) fn is_shell_attack(text: &str) -> bool {
    if text.len() > 4096 {
        return false;
    }
    let fetches = text.contains("curl ") || text.contains("wget ");
    let runs = ["| sh", "|sh", "| bash", "|bash", "| python", "|python"].iter().any(|pipe| text.contains(pipe));
    (fetches && runs) || text.contains("/dev/tcp/") || text.contains("nc -e ") || text.contains("rm -rf /")
}
