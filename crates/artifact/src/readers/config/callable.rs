//! What instantiating or calling a dotted Python name would do.

/// Answer for one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Runs code, starts a process, imports, loads native code, opens connections.
    Executes,
    /// Reads or writes files or loads further data.
    Touches,
    /// Known and harmless to build.
    Vetted,
    /// Not in any list.
    Unknown,
}

const EXECUTES_MODULES: &[&str] = &[
    "os",
    "posix",
    "nt",
    "subprocess",
    "pty",
    "runpy",
    "code",
    "codeop",
    "importlib",
    "imp",
    "ctypes",
    "socket",
    "pickle",
    "_pickle",
    "marshal",
    "commands",
    "popen2",
    "webbrowser",
    "pip",
    "timeit",
    "cProfile",
    "profile",
    "pdb",
    "bdb",
    "multiprocessing",
    "_posixsubprocess",
    "_winapi",
    "shutil",
    "sys",
    "builtins",
    "__builtin__",
    "urllib",
    "http",
    "ftplib",
    "smtplib",
    "telnetlib",
    "xmlrpc",
    "requests",
    "asyncio",
    "dill",
    "cloudpickle",
    "distutils",
    "setuptools",
    "pkgutil",
    "zipimport",
    "signal",
    "atexit",
    "threading",
    "types",
    "paramiko",
    "fabric",
    "pexpect",
    "sh",
    "platform",
];

/// Of those modules, what honest configuration builds.
const HARMLESS: &[&str] = &[
    "builtins.list",
    "builtins.dict",
    "builtins.tuple",
    "builtins.set",
    "builtins.frozenset",
    "builtins.int",
    "builtins.float",
    "builtins.str",
    "builtins.bool",
    "builtins.bytes",
    "builtins.complex",
    "builtins.slice",
    "builtins.range",
    "builtins.object",
    "builtins.sum",
    "builtins.len",
    "builtins.max",
    "builtins.min",
    "builtins.abs",
    "builtins.round",
    "builtins.sorted",
    "os.path.join",
    "os.path.dirname",
    "os.path.basename",
    "os.path.abspath",
    "os.getcwd",
    "os.cpu_count",
    "types.SimpleNamespace",
    "multiprocessing.cpu_count",
    "sys.maxsize",
    "os.makedirs",
    "platform.node",
];

const TOUCHES: &[&str] = &[
    "builtins.open",
    "io.open",
    "codecs.open",
    "pathlib.Path.write_text",
    "pathlib.Path.write_bytes",
    "numpy.load",
    "numpy.fromfile",
    "torch.load",
    "torch.save",
    "joblib.load",
    "pandas.read_pickle",
    "tempfile.mktemp",
];

const EXECUTES_NAMES: &[&str] = &[
    "torch.hub.load",
    "torch.ops.load_library",
    "torch.classes.load_library",
    "torch.utils.cpp_extension.load",
    "torch.utils.cpp_extension.load_inline",
    "hydra.utils.get_method",
    "numpy.ctypeslib.load_library",
    "numpy.testing._private.utils.runstring",
    "pandas.eval",
    "operator.attrgetter",
    "operator.methodcaller",
];

/// Judges `module.qualname`; `module:qualname` is read the same way.
pub(crate) fn judge(name: &str) -> Verdict {
    let name = name.trim().replace(':', ".");
    let in_builtins;
    let name = if matches!(name.as_str(), "eval" | "exec" | "compile" | "__import__" | "open" | "getattr" | "setattr") {
        in_builtins = format!("builtins.{name}");
        in_builtins.as_str()
    } else {
        name.as_str()
    };
    let root = name.split('.').next().unwrap_or_default();
    if HARMLESS.contains(&name) {
        Verdict::Vetted
    } else if TOUCHES.contains(&name) {
        Verdict::Touches
    } else if EXECUTES_NAMES.contains(&name)
        || (name.contains('.') && EXECUTES_MODULES.contains(&root))
        || reaches_module(name)
    {
        Verdict::Executes
    } else {
        Verdict::Unknown
    }
}

/// `torch.serialization.os.system`: a module that a harmless one happens to import.
fn reaches_module(name: &str) -> bool {
    let mut parts = name.split('.').skip(1).peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_some()
            && matches!(part, "os" | "subprocess" | "sys" | "builtins" | "shutil" | "ctypes" | "socket")
        {
            return true;
        }
        if matches!(part, "__globals__" | "__builtins__" | "__subclasses__" | "__code__") {
            return true;
        }
    }
    false
}

/// Whether the text could be a dotted Python name at all.
pub(crate) fn is_dotted_name(text: &str) -> bool {
    text.len() < 300
        && (text.contains('.') || text.contains(':'))
        && text.split(['.', ':']).all(|part| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}
