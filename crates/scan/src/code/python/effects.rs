//! What calling a library function does, as far as it matters when code is only imported.

/// What a call reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Starts a program.
    Process,
    /// Runs its argument as Python.
    Code,
    /// Opens a connection.
    Connect,
    /// Writes, moves or deletes files whatever the arguments are.
    Write,
    /// `open`: depends on the mode.
    Open,
    /// Deserialises with a format that runs code.
    Load,
    /// Loads a native library.
    Native,
    /// Puts a socket in the place of a standard stream.
    Redirect,
}

/// The effect of calling the dotted path; `()` in a path stands for the result of a call.
pub(super) fn effect(path: &str) -> Option<Effect> {
    direct(path).or_else(|| {
        // A module that another one happens to import: `shutil.os.system`.
        let inner = path.match_indices('.').take(8).filter_map(|(at, _)| path.get(at + 1..));
        inner.filter(|rest| is_reached_module(rest.split('.').next().unwrap_or_default())).find_map(direct)
    })
}

fn is_reached_module(name: &str) -> bool {
    matches!(
        name,
        "os" | "posix"
            | "nt"
            | "subprocess"
            | "builtins"
            | "sys"
            | "pty"
            | "socket"
            | "ctypes"
            | "shutil"
            | "runpy"
            | "pickle"
    )
}

fn direct(path: &str) -> Option<Effect> {
    use Effect::{Code, Connect, Load, Native, Open, Process, Redirect, Write};
    let path = path.trim_end_matches(".__call__");
    let (head, last) = path.rsplit_once('.').unwrap_or(("", path));
    let root = path.split(['.', '(']).next().unwrap_or_default();
    Some(match (head, last) {
        ("os" | "posix" | "nt" | "pty" | "subprocess" | "commands" | "popen2" | "_posixsubprocess", _)
            if is_process(head, last) =>
        {
            Process
        }
        ("os" | "posix", "dup2") => Redirect,
        (
            "os",
            "remove" | "unlink" | "rmdir" | "removedirs" | "rename" | "replace" | "chmod" | "symlink" | "truncate",
        ) => Write,
        ("shutil", "rmtree" | "move" | "copy" | "copy2" | "copyfile" | "copytree") => Write,
        ("asyncio", "create_subprocess_exec" | "create_subprocess_shell") => Process,
        ("pexpect", "spawn" | "run")
        | ("distutils.spawn" | "setuptools._distutils.spawn", "spawn")
        | ("platform", "popen") => Process,
        ("pip" | "pip._internal" | "pip._internal.cli.main", "main") => Process,
        ("IPython.get_ipython()" | "get_ipython()", "system" | "getoutput" | "run_line_magic" | "run_cell_magic") => {
            Process
        }
        ("builtins", "eval" | "exec" | "execfile") => Code,
        ("runpy", "run_path" | "run_module") | ("imp", "load_source") | ("timeit", "timeit") => Code,
        ("code.InteractiveInterpreter()" | "code.InteractiveConsole()", _) => Code,
        ("types", "FunctionType" | "LambdaType") => Code,
        ("builtins" | "io" | "codecs" | "gzip" | "bz2" | "lzma", "open")
        | ("pathlib.Path()" | "pathlib.PosixPath()", "open") => Open,
        (
            "pathlib.Path()" | "pathlib.PosixPath()" | "pathlib.Path.home()" | "pathlib.Path.cwd()",
            "write_text" | "write_bytes" | "unlink" | "rename" | "chmod",
        ) => Write,
        ("pickle" | "cPickle" | "_pickle" | "dill" | "cloudpickle" | "marshal", "load" | "loads") => Load,
        ("torch" | "joblib" | "pandas", "load" | "read_pickle") | ("shelve", "open") | ("jsonpickle", "decode") => Load,
        ("yaml", "unsafe_load" | "unsafe_load_all" | "full_load") => Load,
        (
            "ctypes" | "ctypes.cdll" | "ctypes.windll" | "ctypes.pydll",
            "CDLL" | "PyDLL" | "WinDLL" | "OleDLL" | "LoadLibrary",
        ) => Native,
        ("torch.ops" | "torch.classes", "load_library") | ("tensorflow", "load_op_library" | "load_library") => Native,
        ("torch.utils.cpp_extension", "load" | "load_inline") | ("imp", "load_dynamic") | ("cffi.FFI()", "dlopen") => {
            Native
        }
        (
            "socket.socket()" | "socket.SocketType()" | "ssl.wrap_socket()",
            "connect" | "connect_ex" | "sendto" | "bind" | "listen",
        ) => Connect,
        ("socket", "create_connection" | "gethostbyname" | "gethostbyname_ex" | "getaddrinfo" | "create_server") => {
            Connect
        }
        ("urllib.request" | "urllib" | "urllib2", "urlopen" | "urlretrieve") => Connect,
        ("urllib.request.build_opener()" | "urllib.request.URLopener()", "open" | "retrieve") => Connect,
        ("requests" | "httpx", "get" | "post" | "put" | "patch" | "delete" | "head" | "request" | "stream") => Connect,
        (
            "requests.Session()" | "requests.session()" | "httpx.Client()" | "aiohttp.ClientSession()",
            "get" | "post" | "put" | "request",
        ) => Connect,
        ("urllib3", "request") | ("urllib3.PoolManager()", "request" | "urlopen") | ("wget", "download") => Connect,
        (_, "request" | "connect") if path.starts_with("http.client.HTTP") => Connect,
        ("ftplib", "FTP" | "FTP_TLS") | ("smtplib", "SMTP" | "SMTP_SSL") | ("telnetlib", "Telnet") => Connect,
        ("torch.hub", "load") => Connect,
        ("xmlrpc.client", "ServerProxy") | ("websocket" | "websockets", "create_connection" | "connect") => Connect,
        ("paramiko.SSHClient()", "connect") | ("webbrowser", "open" | "open_new" | "open_new_tab") => Connect,
        // The C library through a handle: whatever is called there that starts a program.
        (
            _,
            "system" | "popen" | "execve" | "execv" | "execl" | "WinExec" | "ShellExecuteA" | "ShellExecuteW"
            | "CreateProcessA" | "CreateProcessW",
        ) if root == "ctypes" => Process,
        _ => return None,
    })
}

fn is_process(module: &str, name: &str) -> bool {
    match module {
        "os" | "posix" | "nt" => {
            matches!(
                name,
                "system"
                    | "startfile"
                    | "posix_spawn"
                    | "posix_spawnp"
                    | "popen"
                    | "popen2"
                    | "popen3"
                    | "popen4"
                    | "forkpty"
            ) || name.starts_with("exec") && name.len() <= 7
                || name.starts_with("spawn") && name.len() <= 8
        }
        "subprocess" => {
            matches!(name, "run" | "call" | "check_call" | "check_output" | "Popen" | "getoutput" | "getstatusoutput")
        }
        "pty" => matches!(name, "spawn"),
        "_posixsubprocess" => name == "fork_exec",
        _ => matches!(name, "getoutput" | "getstatusoutput" | "popen2" | "popen3" | "popen4" | "Popen3"),
    }
}

/// Builtins that matter here; others stay unknown.
pub(super) fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "eval"
            | "exec"
            | "execfile"
            | "compile"
            | "open"
            | "getattr"
            | "setattr"
            | "__import__"
            | "globals"
            | "locals"
            | "vars"
            | "map"
            | "filter"
            | "chr"
            | "ord"
            | "bytes"
            | "bytearray"
            | "str"
            | "int"
            | "dict"
            | "list"
            | "tuple"
            | "set"
            | "reversed"
            | "sorted"
            | "range"
            | "zip"
            | "enumerate"
            | "iter"
            | "next"
            | "repr"
            | "type"
            | "memoryview"
            | "print"
            | "len"
            | "unichr"
            | "hex"
            | "any"
            | "all"
    )
}

/// Programs that honest code asks about the machine or has convert media; only as a list without a shell.
pub(super) fn is_known_tool(program: &str, arguments: &str) -> bool {
    let base = program.rsplit(['/', '\\']).next().unwrap_or_default();
    // Whatever it is, it is only asked which one it is.
    if let Some(("", question)) = arguments.split_once(program).map(|(before, rest)| (before, rest.trim()))
        && ["--version", "-version", "-V", "--help", "-help"].contains(&question)
    {
        return true;
    }
    match base {
        "git" => [
            "rev-parse",
            "describe",
            "log",
            "status",
            "config",
            "diff",
            "show",
            "symbolic-ref",
            "rev-list",
            "--version",
        ]
        .iter()
        .any(|verb| arguments.contains(verb)),
        _ => matches!(
            base,
            "nvidia-smi"
                | "nvcc"
                | "ffmpeg"
                | "ffprobe"
                | "sox"
                | "soxi"
                | "lscpu"
                | "uname"
                | "which"
                | "where"
                | "ldconfig"
                | "rocm-smi"
                | "rocminfo"
                | "rocm_agent_enumerator"
                | "hipconfig"
                | "xcrun"
                | "sysctl"
                | "cmake"
                | "ninja"
                | "gcc"
                | "g++"
                | "cc"
                | "c++"
                | "clang"
                | "lsb_release"
                | "sw_vers"
                | "espeak"
                | "espeak-ng"
                | "tesseract"
                | "dot"
                | "fc-list"
                | "locale"
                | "arch"
        ),
    }
}

/// Places that start programs or hold keys: writing there is persistence.
pub(super) fn is_startup_path(text: &str) -> bool {
    let text = text.replace('\\', "/").to_ascii_lowercase();
    [
        "authorized_keys",
        ".bashrc",
        ".bash_profile",
        ".zshrc",
        "/etc/cron",
        "crontab",
        "/etc/rc.local",
        "/etc/profile",
        "/etc/ld.so.preload",
        "/etc/systemd/",
        ".config/systemd",
        ".config/autostart",
        "launchagents",
        "launchdaemons",
        "/start menu/programs/startup",
        "sitecustomize.py",
        "usercustomize.py",
        "currentversion/run",
        "/etc/passwd",
        "/etc/sudoers",
        "/etc/init.d",
    ]
    .iter()
    .any(|place| text.contains(place))
        || text.trim_end().ends_with("/.profile")
}

/// Files that hold secrets.
pub(super) fn is_secret_path(text: &str) -> bool {
    let text = text.replace('\\', "/").to_ascii_lowercase();
    [
        ".ssh/id_",
        ".ssh",
        ".aws/credentials",
        ".aws",
        ".netrc",
        ".kube/config",
        ".docker/config.json",
        "/etc/passwd",
        "/etc/shadow",
        ".git-credentials",
        "/proc/self/environ",
        ".huggingface/token",
        ".cache/huggingface/token",
        ".pypirc",
        ".npmrc",
        "login data",
        "wallet.dat",
        ".gnupg",
    ]
    .iter()
    .any(|place| text.contains(place))
}

/// A command line that opens a shell to somewhere, or fetches and runs.
pub(super) fn is_attack_command(text: &str) -> bool {
    let fetches = text.contains("curl")
        || text.contains("wget")
        || text.contains("Invoke-WebRequest")
        || text.contains("DownloadString");
    let runs = ["|sh", "| sh", "|bash", "| bash", "| python", "|python", "iex", "IEX", "chmod +x"]
        .iter()
        .any(|pipe| text.contains(pipe));
    (fetches && runs && !is_known_installer(text))
        || text.contains("/dev/tcp/")
        || text.contains("nc -e")
        || text.contains("ncat -e")
        || text.contains("bash -i >&")
        || text.contains("rm -rf /")
        || text.contains("mkfifo /tmp/")
        || (text.contains("base64 -d") && text.contains('|'))
        || runs_encoded(&text.to_ascii_lowercase())
}

/// Installers of tools that developers know, by their address.
fn is_known_installer(text: &str) -> bool {
    const KNOWN: &[&str] = &[
        "https://astral.sh/",
        "https://sh.rustup.rs",
        "https://get.docker.com",
        "https://ollama.com/install.sh",
        "https://bun.sh/install",
        "https://deno.land/",
        "https://raw.githubusercontent.com/nvm-sh/",
        "https://raw.githubusercontent.com/Homebrew/",
        "https://install.python-poetry.org",
        "https://deb.nodesource.com/",
    ];
    KNOWN.iter().any(|address| text.contains(address)) && text.matches("http").count() == 1
}

/// `powershell -enc …` with the encoded command in it.
fn runs_encoded(lower: &str) -> bool {
    let behind = lower.split_once("powershell").and_then(|(_, rest)| rest.split_once("-enc"));
    behind.and_then(|(_, rest)| rest.split_whitespace().nth(usize::from(!rest.starts_with(' ')))).is_some_and(|word| {
        word.len() > 20 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
    })
}
