//! Which sources are worth an abstract run: without certain words none of the calls that are judged can be made.
//!
//! Words count wherever they stand, in text and comments too, so that nothing about the syntax hides them. What puts
//! a name together needs words for that, and those count too.

/// Words without which nothing is reached by themselves.
fn reaches(word: &str) -> bool {
    let stem = word.trim_start_matches('_');
    (stem.starts_with("exec") && stem.len() <= 7 && stem != "execute")
        || stem == "execfile"
        || ["spawn", "popen", "create_subprocess"].iter().any(|start| stem.starts_with(start))
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
                | "HTTPConnection"
                | "HTTPSConnection"
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

/// Modules and classes whose functions have everyday names, and those functions; ways to a function whose name is put
/// together belong to all of them.
const SYSTEM: u8 = 1;
const TORCH: u8 = 2;
const PATH: u8 = 4;

fn module(word: &str) -> u8 {
    match word {
        "os" | "posix" | "nt" | "shutil" | "sys" | "importlib" | "imp" => SYSTEM,
        "torch" => TORCH,
        "Path" | "PosixPath" => PATH,
        _ => 0,
    }
}

fn everyday(word: &str) -> u8 {
    match word {
        "unlink" | "rename" | "chmod" => SYSTEM | PATH,
        "remove" | "rmdir" | "removedirs" | "replace" | "symlink" | "truncate" | "move" | "copy" | "copy2"
        | "copyfile" | "copytree" | "import_module" | "modules" => SYSTEM,
        "load" | "load_inline" | "hub" => TORCH,
        "getattr" | "__dict__" | "vars" | "locals" => SYSTEM | TORCH,
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
    // Modules that go by another name or are handed on, and functions that any of them may have.
    let (mut loose, mut functions) = (0, 0);
    let mut owner = 0;
    // Whether the line up to here only imports; asked once a line.
    let (mut line_end, mut is_plain) = (0, false);
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let (word, after) = rest.split_at(length);
        let skipped = after.bytes().take_while(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').count();
        if reaches(word) {
            return true;
        }
        let function = everyday(word);
        functions |= function;
        let module = module(word);
        let is_owner = after.starts_with('.') && skipped == 1;
        if module != 0 && !is_owner {
            if at >= line_end {
                let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
                let line = text.get(start..).and_then(|line| line.lines().next()).unwrap_or_default();
                (line_end, is_plain) = (start + line.len(), is_plain_import(line));
            }
            loose |= if is_plain { 0 } else { module };
        }
        if owner & function != 0 || loose & functions != 0 {
            return true;
        }
        owner = if is_owner { module } else { 0 };
        at += length + skipped;
    }
    is_disguised(text)
}

/// Whether the line only imports modules under their own names.
fn is_plain_import(line: &str) -> bool {
    line.trim_start().strip_prefix("import ").is_some_and(|names| {
        names.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b',' | b' '))
            && !names.contains(" as ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asked again for every name, a line of ten megabytes would take hours.
    #[test]
    fn one_long_line_is_looked_at_once() {
        assert!(!may_reach(&format!("import {}x\n", "os, ".repeat(2 << 20))));
        assert!(may_reach(&format!("import {}x\nf(os).unlink('x')\n", "os, ".repeat(1 << 10))));
    }

    #[test]
    fn harmless_source_is_not_run() {
        for text in [
            "import os\nHERE = os.path.dirname(__file__)\n",
            "import os, torch\nx = os.environ['x'].replace('a', 'b')\ntorch.nn.x.load()\n",
            "# executed as in http://example.org\n",
            "import os\ncursor.execute('select 1')\n",
            "# -*- coding: utf-8 -*-\nname = 'µ'\n",
            "import torch\nclass M(torch.nn.Module):\n    pass\n",
        ] {
            assert!(!may_reach(text), "{text}");
        }
        for text in [
            "import os\nos.replace('a', 'b')\n",
            "import os as o\no.replace('a', 'b')\n",
            "import os\nx = os\nx.replace('a', 'b')\n",
            "import os; x = os\nx.replace('a', 'b')\n",
            "from os import replace\nreplace('a', 'b')\n",
            "from pathlib import Path\nPath('x').unlink()\n",
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
