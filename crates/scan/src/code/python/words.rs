//! Which sources are worth an abstract run: without certain words none of the calls that are judged can be made.
//!
//! Words count wherever they stand, in text and comments too, so that nothing about the syntax hides them. What puts
//! a name together needs words for that, and those count too.

/// Words without which nothing is reached by themselves.
fn reaches(word: &str) -> bool {
    let stem = word.trim_start_matches('_');
    (stem.starts_with("exec") && stem.len() <= 7 && stem != "execute")
        || stem == "execfile"
        || ["popen", "create_subprocess"].iter().any(|start| stem.starts_with(start))
        || stem.strip_prefix("spawn").is_some_and(|how| how.bytes().all(|byte| b"lvpe".contains(&byte)))
        || matches!(
            word,
            "Popen"
                | "startfile"
                | "posix_spawn"
                | "posix_spawnp"
                | "forkpty"
                | "fork_exec"
                | "subprocess"
                | "_posixsubprocess"
                | "pty"
                | "getoutput"
                | "getstatusoutput"
                | "get_ipython"
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
                | "urllib2"
                | "urllib3"
                | "HTTPConnection"
                | "HTTPSConnection"
                | "httplib"
                | "ftplib"
                | "smtplib"
                | "telnetlib"
                | "xmlrpc"
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

/// Modules that no other one hands on: an import names them, or what is called of them stands behind their name. Anywhere
/// else the words are everyday ones.
fn is_imported(word: &str) -> bool {
    matches!(
        word,
        "aiohttp"
            | "commands"
            | "httpx"
            | "paramiko"
            | "pexpect"
            | "pip"
            | "requests"
            | "websocket"
            | "websockets"
            | "wget"
    )
}

/// Whether what stands behind such a name is a function of the module, and not one of a list or a map of that name.
fn is_called_of(before: &str, after: &str) -> bool {
    let Some(function) = after.trim_start_matches(GAP).strip_prefix('.') else { return false };
    let function = function.trim_start_matches(GAP);
    let end = function.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let of_container = matches!(
        function.get(..end).unwrap_or_default(),
        "" | "append"
            | "appendleft"
            | "extend"
            | "insert"
            | "items"
            | "keys"
            | "values"
            | "pop"
            | "popleft"
            | "clear"
            | "remove"
            | "sort"
            | "index"
            | "count"
            | "setdefault"
            | "update"
            | "copy"
            | "add"
            | "discard"
    );
    !of_container && !before.ends_with('.')
}

/// What may stand between the parts of a name with dots.
const GAP: [char; 6] = [' ', '\t', '\n', '\r', '\u{c}', '\\'];

/// Modules and classes whose functions have everyday names, and those functions; ways to a function whose name is put
/// together belong to all of them.
const SYSTEM: u8 = 1;
const TORCH: u8 = 2;
const PATH: u8 = 4;
/// Not a module: ways to a function whose name is a text.
const NAMED: u8 = 8;

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
        // Also the role of who writes a prompt.
        "system" => SYSTEM | NAMED,
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

/// One line, as far as what it imports matters.
#[derive(Default)]
struct Line {
    start: usize,
    end: usize,
    /// It only imports modules under their own names.
    is_plain: bool,
    /// It may be an import, or a part of one.
    imports: bool,
}

impl Line {
    fn at(text: &str, at: usize) -> Self {
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let line = text.get(start..).and_then(|line| line.lines().next()).unwrap_or_default();
        let before = text.get(..start).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let imports = line.contains("import") || line.contains("from") || before.ends_with('\\');
        Self { start, end: start + line.len(), is_plain: is_plain_import(line), imports }
    }
}

/// Whether the source names anything that is judged.
pub(super) fn may_reach(text: &str) -> bool {
    // Modules that go by another name or are handed on, and functions that any of them may have.
    let (mut loose, mut functions) = (0, 0);
    let mut owner = 0;
    // Names of modules without an import, and imports of everything, which may bring them.
    let (mut unbound, mut all) = (false, false);
    // What was let pass, and ways by a name that is put together to what it brings.
    let (mut eased, mut by_name) = (false, false);
    // Looked at once.
    let mut line = Line::default();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let (word, after) = rest.split_at(length);
        let skipped = after.bytes().take_while(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').count();
        let parses = word == "urllib" && only_parses(after);
        if reaches(word) || word == "urllib" && !parses {
            return true;
        }
        let function = everyday(word);
        functions |= function;
        let module = module(word);
        let is_owner = after.starts_with('.') && skipped == 1;
        let (is_imported, is_system) = (is_imported(word), word == "system");
        if (is_imported || is_system || module != 0 && !is_owner) && at >= line.end {
            line = Line::at(text, at);
        }
        if module != 0 && !is_owner {
            let others = !line.is_plain && brings_others(text, &line, module);
            loose |= if line.is_plain || others { 0 } else { module };
            eased |= others;
        }
        eased |= parses;
        if matches!(word, "getattr" | "__dict__" | "vars" | "locals") {
            loose |= NAMED;
            by_name = true;
        }
        if eased && by_name {
            return true;
        }
        let before = text.get(..at).unwrap_or_default();
        if is_imported && (line.imports || is_called_of(before, after)) {
            return true;
        }
        unbound |= is_imported;
        all |= word == "import" && after.trim_start_matches(GAP).starts_with('*');
        // An attribute of anything; the dot may stand on the line before.
        if is_system && (line.imports || before.trim_end_matches(GAP).ends_with('.') || is_blank(text, line.start, at))
        {
            return true;
        }
        if owner & function != 0 || loose & functions != 0 || unbound && all {
            return true;
        }
        owner = if is_owner { module } else { 0 };
        at += length + skipped;
    }
    is_disguised(text)
}

/// Whether what stands behind `urllib` is the part of it that only takes addresses apart.
fn only_parses(after: &str) -> bool {
    after.strip_prefix(".parse").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Whether the line imports names from a module, none of which is a function that is judged or brings one.
fn brings_others(text: &str, line: &Line, of: u8) -> bool {
    let line = text.get(line.start..line.end).unwrap_or_default().trim_start();
    let names = line.strip_prefix("from ").and_then(|line| line.split_once(" import "));
    names.is_some_and(|(_, names)| {
        of == TORCH
            && names.split(',').map(str::trim).all(|name| {
                name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && everyday(name) == 0
            })
    })
}

/// Whether nothing but blanks stands between two places.
fn is_blank(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|between| between.bytes().all(|byte| byte.is_ascii_whitespace()))
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
            "import os\nm = {'role': 'system', 'pip': 1}\nfor r in self.requests:\n    requests.append(r)\n# pip install x\n",
            "# -*- coding: utf-8 -*-\nname = 'µ'\n",
            "import torch\nclass M(torch.nn.Module):\n    pass\n",
            "from torch import nn, Tensor\nclass M(nn.Module):\n    def load(self): pass\n",
            "from urllib.parse import quote\nimport urllib.parse\nurllib.parse.quote('x')\nspawn_agent()\n",
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
            "from torch import load, nn\nload('x')\n",
            "from torch import (nn,\n  load)\nload('x')\n",
            "from torch import nn as n, hub\nhub.load('x')\n",
            "from torch import nn\nnn.torch.load('x')\n",
            "from torch import cuda\ngetattr(getattr(cuda, 'o' + 's'), 'sy' + 'stem')('id')\n",
            "import urllib.parse\nvars(urllib.parse)['s' + 'ys']\n",
            "import urllib.parse\nurllib.request.urlretrieve('x')\n",
            "import pty\npty.spawn('sh')\n",
            "import os\nos.spawnlp(0, 'x')\n",
            "import json, \\\n  requests\n",
            "from requests \\\n  import get\n",
            "from lib import *\nf(requests)\n",
            "requests . get('http://x')\n",
            "import random\nrandom._os.system('id')\n",
            "import random\n(random._os. # x\n  system)('id')\n",
            "import random\ngetattr(getattr(random, '_o' + 's'), 'system')('id')\n",
            "from os import (path,\n  x, system)\nsystem('id')\n",
        ] {
            assert!(may_reach(text), "{text}");
        }
    }
}
