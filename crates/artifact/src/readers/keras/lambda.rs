//! Compiled Python code inside a Keras configuration: what it refers to, and whether that is dangerous.

use super::objects::Judge;
use super::{LAMBDA, LAMBDA_DANGEROUS};
use crate::json::{Json, Value};
use crate::marshal::{self, CodeFacts};

/// Longest code that is decoded.
const MAX_CODE: usize = 8 << 20;

/// Modules whose use in a layer means processes, files, the network, or other code.
const MODULES: &[&str] = &[
    "os",
    "posix",
    "nt",
    "subprocess",
    "_posixsubprocess",
    "sys",
    "shutil",
    "socket",
    "urllib",
    "urllib2",
    "requests",
    "httpx",
    "http",
    "ftplib",
    "smtplib",
    "paramiko",
    "ctypes",
    "cffi",
    "importlib",
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "marshal",
    "builtins",
    "__builtin__",
    "pty",
    "tempfile",
    "webbrowser",
    "runpy",
    "code",
    "codecs",
    "base64",
    "binascii",
    "zlib",
    "platform",
    "multiprocessing",
    "threading",
    "asyncio",
    "signal",
    "pathlib",
    "io",
    "inspect",
    "gc",
    "types",
    "pip",
    "commands",
    "telnetlib",
];

/// Names that reach the same, whatever module they come from.
const NAMES: &[&str] = &[
    "__import__",
    "exec",
    "eval",
    "execfile",
    "compile",
    "open",
    "system",
    "popen",
    "Popen",
    "check_output",
    "check_call",
    "getoutput",
    "getstatusoutput",
    "execv",
    "execve",
    "execvp",
    "execvpe",
    "execl",
    "execlp",
    "spawnl",
    "spawnv",
    "spawnlp",
    "spawnvp",
    "posix_spawn",
    "fork",
    "forkpty",
    "startfile",
    "import_module",
    "urlopen",
    "urlretrieve",
    "create_connection",
    "b64decode",
    "CDLL",
    "windll",
    "load_module",
    "exec_module",
    "run_path",
    "run_module",
    "__builtins__",
    "__subclasses__",
    "__globals__",
    "__loader__",
    "__bases__",
    "__mro__",
    "__code__",
    "py_function",
    "numpy_function",
    "load_op_library",
    "load_library",
    "read_file",
    "write_file",
    "environ",
    "getenv",
    "rmtree",
    "unlink",
    "remove",
    "chmod",
    "makedirs",
    "get_file",
    "load_model",
    "breakpoint",
    "input",
    "globals",
    "setattr",
    "delattr",
];

impl Judge<'_, '_, '_> {
    /// A layer whose function is compiled code; `value` is where the code should be.
    pub(super) fn embedded_code(&mut self, pointer: &str, value: &Json<'_>) {
        if let Value::Text(text) = &value.value
            && decode(text).is_some()
        {
            // Reported where the text itself is visited.
            return;
        }
        let message =
            "the configuration holds compiled Python code that could not be read; a loader that accepts it runs it";
        self.report(LAMBDA, "unreadable code", message, pointer, value);
    }

    /// Any text: reported if it is compiled code, whatever key it stands under.
    pub(super) fn maybe_code(&mut self, pointer: &str, value: &Json<'_>, text: &str) {
        // Base64 of the two ways a marshalled code object can begin.
        let start = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        if text.len() < 60 || !(start.starts_with("4w") || start.starts_with("Yw")) {
            return;
        }
        let Some(code) = decode(text) else { return };
        let reached = reached(&code);
        let seen = list(&code.names, 12);
        let subject = if reached.is_empty() { seen.clone() } else { reached.join(", ") };
        if reached.is_empty() {
            let uses = if seen.is_empty() { "no global name".to_string() } else { seen };
            let message = format!(
                "the configuration holds compiled Python code that loading or calling the model runs; it uses {uses}"
            );
            self.report(LAMBDA, subject, message, pointer, value);
        } else {
            let texts: Vec<String> = code.texts.iter().filter(|text| !text.contains("<locals>")).cloned().collect();
            let constants = list(&texts, 6);
            let with = if constants.is_empty() { String::new() } else { format!(", with the constants {constants}") };
            let message = format!(
                "the configuration holds compiled Python code that uses {}{with}; a loader that accepts it runs it",
                reached.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            );
            self.report(LAMBDA_DANGEROUS, subject, message, pointer, value);
        }
    }
}

fn decode(text: &str) -> Option<CodeFacts> {
    marshal::read_code(&crate::base64::decode(text.as_bytes(), MAX_CODE))
}

/// `module.name` where a dangerous module and an attribute meet, else the name alone.
fn reached(code: &CodeFacts) -> Vec<String> {
    let module = |text: &String| MODULES.iter().any(|module| text == module || text.starts_with(&format!("{module}.")));
    let modules: Vec<&String> = code.names.iter().chain(&code.texts).filter(|text| module(text)).collect();
    let names: Vec<&String> =
        code.names.iter().chain(&code.texts).filter(|name| NAMES.contains(&name.as_str())).collect();
    let mut out: Vec<String> = Vec::new();
    for name in &names {
        let owner = modules.iter().find(|module| belongs(module, name));
        out.push(owner.map_or_else(|| (*name).clone(), |owner| format!("{owner}.{name}")));
    }
    for module in modules {
        if !out.iter().any(|known| known.starts_with(&format!("{module}."))) {
            out.push(module.clone());
        }
    }
    out.dedup();
    out.truncate(12);
    out
}

fn belongs(module: &str, name: &str) -> bool {
    match module {
        "os" | "posix" | "nt" => {
            name.starts_with("exec") && name != "exec" && name != "execfile"
                || name.starts_with("spawn")
                || matches!(
                    name,
                    "system" | "popen" | "fork" | "forkpty" | "startfile" | "environ" | "getenv" | "unlink"
                )
                || matches!(name, "remove" | "chmod" | "makedirs" | "posix_spawn")
        }
        "subprocess" => matches!(name, "Popen" | "check_output" | "check_call" | "getoutput" | "getstatusoutput"),
        "importlib" => name == "import_module",
        "base64" => name == "b64decode",
        "shutil" => name == "rmtree",
        "socket" => name == "create_connection",
        module if module.starts_with("urllib") => matches!(name, "urlopen" | "urlretrieve"),
        "ctypes" => matches!(name, "CDLL" | "windll"),
        "builtins" | "__builtin__" => matches!(name, "exec" | "eval" | "compile" | "open" | "__import__"),
        _ => false,
    }
}

fn list(texts: &[String], max: usize) -> String {
    texts.iter().take(max).map(|text| format!("`{}`", crate::text::shown(text, 80))).collect::<Vec<_>>().join(", ")
}
