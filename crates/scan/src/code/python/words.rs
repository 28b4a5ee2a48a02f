//! Which sources are worth an abstract run: without certain words none of the calls that are judged can be made.
//!
//! Words count wherever they stand, in text and comments too, so that nothing about the syntax hides them. What puts
//! a name together needs words for that, and those count too.

/// Words without which nothing is reached by themselves.
fn reaches(word: &str) -> bool {
    let stem = word.trim_start_matches('_');
    stem.starts_with("exec")
        || stem.starts_with("spawn")
        || stem.starts_with("popen")
        || stem.starts_with("create_subprocess")
        || matches!(
            word,
            "system"
                | "Popen"
                | "startfile"
                | "posix_spawn"
                | "posix_spawnp"
                | "forkpty"
                | "fork_exec"
                | "subprocess"
                | "_posixsubprocess"
                | "pty"
                | "commands"
                | "pexpect"
                | "getoutput"
                | "getstatusoutput"
                | "get_ipython"
                | "pip"
                | "dup2"
                | "eval"
                | "runpy"
                | "run_path"
                | "run_module"
                | "load_source"
                | "load_dynamic"
                | "timeit"
                | "InteractiveInterpreter"
                | "InteractiveConsole"
                | "FunctionType"
                | "LambdaType"
                | "CodeType"
                | "open"
                | "write_text"
                | "write_bytes"
                | "rmtree"
                | "pickle"
                | "cPickle"
                | "_pickle"
                | "dill"
                | "cloudpickle"
                | "marshal"
                | "joblib"
                | "read_pickle"
                | "shelve"
                | "jsonpickle"
                | "unsafe_load"
                | "unsafe_load_all"
                | "full_load"
                | "ctypes"
                | "_ctypes"
                | "cffi"
                | "dlopen"
                | "LoadLibrary"
                | "load_library"
                | "load_op_library"
                | "cpp_extension"
                | "socket"
                | "_socket"
                | "ssl"
                | "urlopen"
                | "urlretrieve"
                | "urllib"
                | "urllib2"
                | "urllib3"
                | "requests"
                | "httpx"
                | "aiohttp"
                | "wget"
                | "http"
                | "httplib"
                | "ftplib"
                | "smtplib"
                | "telnetlib"
                | "xmlrpc"
                | "websocket"
                | "websockets"
                | "paramiko"
                | "webbrowser"
                | "__import__"
                | "builtins"
                | "__builtin__"
                | "__builtins__"
                | "__subclasses__"
                | "__globals__"
                | "__getattribute__"
                | "globals"
                | "attrgetter"
                | "methodcaller"
        )
}

/// Modules whose functions have everyday names.
const MODULES: u8 = 1;
/// Everyday names of functions of those modules, and ways to reach a function whose name is put together.
const EVERYDAY: u8 = 2;
/// Half of a call by its module, `torch.load` and `torch.hub.load`.
const TORCH: u8 = 4;
const LOAD: u8 = 8;

fn half(word: &str) -> u8 {
    match word {
        "os" | "posix" | "nt" | "shutil" | "pathlib" | "Path" | "sys" | "importlib" | "imp" | "modules" => MODULES,
        "remove" | "unlink" | "rmdir" | "removedirs" | "rename" | "replace" | "chmod" | "symlink" | "truncate"
        | "move" | "copy" | "copy2" | "copyfile" | "copytree" | "getattr" | "__dict__" | "vars" | "locals"
        | "import_module" => EVERYDAY,
        "torch" | "pandas" | "yaml" => TORCH,
        "load" | "loads" | "load_inline" => LOAD,
        _ => 0,
    }
}

/// Letters that Python takes for others when it reads a name, and encodings in which a text is not what it looks like.
fn is_disguised(text: &str) -> bool {
    let stands_for_ascii = |c: char| {
        matches!(c, 'ª' | 'º' | 'ſ' | '\u{2070}'..='\u{209c}' | '\u{2100}'..='\u{214f}' | '\u{1d2c}'..='\u{1d6a}'
            | '\u{ff00}'..='\u{ff5f}' | '\u{1d400}'..='\u{1d7ff}')
    };
    let head = text.lines().take(2).find_map(|line| line.split_once("coding"));
    let other = head.is_some_and(|(_, name)| {
        let name = name.trim_start_matches([':', '=', ' ']).to_ascii_lowercase();
        !["utf-8", "utf8", "ascii", "latin-1", "latin1", "iso-8859-1", "iso8859-1", "us-ascii"]
            .iter()
            .any(|known| name.starts_with(known))
    });
    other || (!text.is_ascii() && text.chars().any(stands_for_ascii))
}

/// Whether the source names anything that is judged.
pub(super) fn may_reach(text: &str) -> bool {
    let mut halves = 0;
    let named = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| {
        if word.len() < 2 {
            return false;
        }
        halves |= half(word);
        reaches(word) || halves & (MODULES | EVERYDAY) == MODULES | EVERYDAY || halves & (TORCH | LOAD) == TORCH | LOAD
    });
    named || is_disguised(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_source_is_not_run() {
        for text in [
            "import os\nHERE = os.path.dirname(__file__)\n",
            "x = 'a'.replace('a', 'b')\n",
            "# -*- coding: utf-8 -*-\nname = 'µ'\n",
            "import torch\nclass M(torch.nn.Module):\n    pass\n",
        ] {
            assert!(!may_reach(text), "{text}");
        }
        for text in [
            "import os\nos.replace('a', 'b')\n",
            "getattr(__import__('o' + 's'), 'sys' + 'tem')('id')\n",
            "import os\ngetattr(os, 'sys' + 'tem')('id')\n",
            "import sys\nvars(sys.modules['o' + 's'])\n",
            "ｅxｅc('1')\n",
            "# coding: rot13\nvzcbeg bf\n",
            "import torch\ntorch.load('x')\n",
        ] {
            assert!(may_reach(text), "{text}");
        }
    }
}
