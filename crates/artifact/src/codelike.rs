//! Text that has no business in a model's metadata: program code.
//!
//! Only patterns that are unlikely in prose, names and parameters; used where text is data by definition.

use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A metadata value reads like code that starts a program or evaluates text.
    TEXT_IS_CODE = "metadata-is-code";
}

/// Calls whose name must not be the tail of a longer name or an attribute (`model.eval(` is innocent).
const BARE: &[&str] = &["eval(", "exec(", "execfile(", "system(", "popen("];

const ANYWHERE: &[&str] = &[
    "__import__(",
    "__builtins__",
    "__subclasses__",
    "__globals__",
    "__reduce__",
    "os.system(",
    "os.popen(",
    "os.exec",
    "os.spawn",
    "posix.system",
    "nt.system(",
    "subprocess.popen(",
    "subprocess.call(",
    "subprocess.run(",
    "subprocess.check_",
    "pty.spawn(",
    "pickle.loads(",
    "marshal.loads(",
    "importlib.import_module(",
    "import os;",
    "import os\n",
    "import subprocess",
    "from os import",
    "from subprocess import",
    "runtime.getruntime(",
    "java.lang.runtime",
    "java.lang.processbuilder",
    "new processbuilder(",
    "scriptenginemanager",
    "ctypes.cdll",
    "<script",
    "javascript:",
    "/bin/sh -",
    "/bin/bash -",
    "powershell -",
    "powershell.exe",
    "cmd.exe /c",
    "| sh\n",
    "|bash",
    "| bash",
    "/dev/tcp/",
];

/// Shortest text that can be code; tokens of a vocabulary are shorter.
const SHORTEST: usize = 8;

/// Longest text that is looked at; parameters and names are far shorter.
const LONGEST: usize = 1 << 20;

/// The pattern that makes `text` look like code, and where it stands.
pub(crate) fn code_in(text: &str) -> Option<(&'static str, usize)> {
    let bytes = text.as_bytes();
    // Most values are numbers.
    let number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E' | b' ' | b',' | b'\n');
    if bytes.len() < SHORTEST || bytes.iter().all(number) {
        return None;
    }
    let lower = bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default().to_ascii_lowercase();
    for pattern in ANYWHERE {
        if let Some(at) = memchr::memmem::find(&lower, pattern.as_bytes()) {
            return Some((pattern, at));
        }
    }
    for pattern in BARE {
        for at in memchr::memmem::find_iter(&lower, pattern.as_bytes()) {
            let before = at.checked_sub(1).and_then(|at| lower.get(at)).copied();
            if !before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')) {
                return Some((pattern, at));
            }
        }
    }
    None
}

/// Reports `text` when it looks like code. `place` names the element, for example `/learner/attributes/x`.
pub(crate) fn check(cx: &mut Cx<'_>, place: &str, text: &str) {
    if let Some((pattern, _)) = code_in(text) {
        let message = format!(
            "`{place}` should be data, but reads like code (`{}`): `{}`",
            pattern.trim(),
            crate::text::shown(text, 120)
        );
        cx.fact(Fact::new(TEXT_IS_CODE, place, message).pointer(place));
    }
}

/// Reports code in the printable runs of bytes that are not understood. `start` is where they stand.
pub(crate) fn check_bytes(cx: &mut Cx<'_>, bytes: &[u8], start: u64) {
    for (at, text) in printable_runs(bytes) {
        if let Some((pattern, within)) = code_in(text) {
            let shown = crate::text::shown(text.get(within.saturating_sub(20)..).unwrap_or(text), 120);
            let message = format!("text inside the model reads like code (`{}`): `{shown}`", pattern.trim());
            cx.fact(
                Fact::new(TEXT_IS_CODE, pattern.trim(), message).at(start + (at + within) as u64, pattern.len() as u64),
            );
        }
    }
}

/// Runs of at least 6 printable characters and line breaks, cut into pieces of 4096, with their places.
pub(crate) fn printable_runs(bytes: &[u8]) -> impl Iterator<Item = (usize, &str)> {
    let printable = |byte: &u8| matches!(byte, 0x20..=0x7e | b'\n' | b'\r' | b'\t');
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(at..)?;
            let start = at + rest.iter().position(printable)?;
            let run = bytes.get(start..)?;
            let len = run.iter().take(4096).position(|byte| !printable(byte)).unwrap_or(run.len().min(4096));
            at = start + len;
            if len >= 6 {
                return std::str::from_utf8(run.get(..len)?).ok().map(|text| (start, text));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_code_from_parameters() {
        for text in ["__import__('os').system('id')", "a = eval('1')", "<SCRIPT>", "x; exec (1); exec(1)"] {
            assert!(code_in(text).is_some(), "{text}");
        }
        for text in ["call model.eval() first", "retrieval(x)", "{\"n_estimators\": 3}", "reg:squarederror", ""] {
            assert_eq!(code_in(text), None, "{text}");
        }
    }
}
