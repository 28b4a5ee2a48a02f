//! Source code in a value: configuration is data, so a value that calls the interpreter is there for a reason.

/// What the text would call, if it is code that reaches the interpreter, the system or a process.
pub(crate) fn dangerous_call(text: &str) -> Option<&'static str> {
    const CALLS: &[&str] = &[
        "__import__(",
        "os.system(",
        "os.popen(",
        "os.execv",
        "os.spawn",
        "subprocess.Popen(",
        "subprocess.run(",
        "subprocess.call(",
        "subprocess.check_output(",
        "subprocess.check_call(",
        "subprocess.getoutput(",
        "pty.spawn(",
        "builtins.exec(",
        "builtins.eval(",
        "__subclasses__(",
        "__builtins__",
        "__globals__",
        "importlib.import_module(",
        "marshal.loads(",
        "pickle.loads(",
        "socket.socket(",
    ];
    if text.len() > 100_000 {
        return None;
    }
    if let Some(call) = CALLS.iter().find(|call| memchr::memmem::find(text.as_bytes(), call.as_bytes()).is_some()) {
        return Some(call.trim_end_matches('('));
    }
    ["exec(", "eval("].into_iter().find(|call| starts_code(text, call)).map(|call| call.trim_end_matches('('))
}

/// `exec(` or `eval(` as the first thing of a value; inside prose or a template it means nothing.
fn starts_code(text: &str, call: &str) -> bool {
    text.trim_start().starts_with(call)
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
