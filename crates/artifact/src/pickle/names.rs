//! What a name means: Python 2 spellings, and the callable behind a dotted name.

use super::callables::{Callables, Effect, Verdict};

/// What is known of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// The callable it comes down to, `module.name`.
    pub(crate) effective: String,
}

/// Judges a name as the pickle spells it, as Python 3 maps it, and by what its dotted parts reach.
pub(crate) fn judge(callables: &Callables, module: &str, name: &str) -> Judged {
    // How torch spells its own functions: `torch.tanh` is a method of this class.
    let (module, name) = match (module, name.strip_prefix("_VariableFunctionsClass.")) {
        ("torch._C", Some(function)) => ("torch", function),
        _ => (module, name),
    };
    let plain = callables.judge(module, name);
    let (new_module, new_name) = python3(module, name);
    let mapped = if (new_module, new_name) == (module, name) { plain } else { callables.judge(new_module, new_name) };
    let dangerous = [plain, mapped].into_iter().find(|verdict| matches!(verdict, Verdict::Dangerous(_)));
    let verdict = dangerous.unwrap_or(if plain == Verdict::Unknown { mapped } else { plain });
    // The namespace or the loader of a module leads to everything else.
    let namespace =
        matches!(name, "__builtins__" | "__dict__" | "__globals__" | "__loader__" | "__spec__" | "__import__");
    let verdict = if verdict == Verdict::Unknown && namespace { Verdict::Dangerous(Effect::Resolve) } else { verdict };
    let dangerous = matches!(verdict, Verdict::Dangerous(_));
    match dangerous.then(|| rerooted(callables, new_name)).flatten() {
        Some((effective, effect)) => Judged { verdict: Verdict::Dangerous(effect), effective },
        None => Judged { verdict, effective: path(new_module, new_name) },
    }
}

fn path(module: &str, name: &str) -> String {
    if name.is_empty() { module.to_string() } else { format!("{module}.{name}") }
}

/// The dangerous callable inside a dotted name: `os.system` in `torch.serialization` + `os.system`.
fn rerooted(callables: &Callables, name: &str) -> Option<(String, Effect)> {
    let dots: Vec<usize> = name.match_indices('.').map(|(at, _)| at).take(8).collect();
    let starts = std::iter::once(0).chain(dots.iter().map(|at| at + 1));
    for start in starts {
        for split in dots.iter().filter(|split| **split > start) {
            let (module, rest) = (name.get(start..*split)?, name.get(split + 1..)?);
            if let Verdict::Dangerous(effect) = callables.judge(module, rest) {
                return Some((name.get(start..)?.to_string(), effect));
            }
        }
    }
    None
}

/// The Python 3 spelling of a Python 2 name, as `pickle` maps it for protocols below 3.
///
/// Source: CPython's `Lib/_compat_pickle.py`.
pub(crate) fn python3<'a>(module: &'a str, name: &'a str) -> (&'a str, &'a str) {
    match (module, name) {
        ("__builtin__", "xrange") => return ("builtins", "range"),
        ("__builtin__", "reduce") => return ("functools", "reduce"),
        ("__builtin__", "intern") => return ("sys", "intern"),
        ("__builtin__", "unichr") => return ("builtins", "chr"),
        ("__builtin__", "unicode" | "basestring") => return ("builtins", "str"),
        ("__builtin__", "long") => return ("builtins", "int"),
        ("itertools", "izip") => return ("builtins", "zip"),
        ("itertools", "imap") => return ("builtins", "map"),
        ("itertools", "ifilter") => return ("builtins", "filter"),
        ("itertools", "ifilterfalse") => return ("itertools", "filterfalse"),
        ("itertools", "izip_longest") => return ("itertools", "zip_longest"),
        ("UserDict", "IterableUserDict") => return ("collections", "UserDict"),
        ("UserList", "UserList") => return ("collections", "UserList"),
        ("UserString", "UserString") => return ("collections", "UserString"),
        ("whichdb", "whichdb") => return ("dbm", "whichdb"),
        ("_socket", "fromfd") => return ("socket", "fromfd"),
        ("_multiprocessing", "Connection") => return ("multiprocessing.connection", "Connection"),
        ("multiprocessing.process", "Process") => return ("multiprocessing.context", "Process"),
        ("multiprocessing.forking", "Popen") => return ("multiprocessing.popen_fork", "Popen"),
        ("urllib", "ContentTooShortError") => return ("urllib.error", "ContentTooShortError"),
        ("urllib", "getproxies") => return ("urllib.request", "getproxies"),
        ("urllib", "pathname2url" | "url2pathname") => return ("urllib.request", name),
        ("urllib", "quote" | "quote_plus" | "unquote" | "unquote_plus" | "urlencode") => {
            return ("urllib.parse", name);
        }
        ("urllib", "urlopen" | "urlretrieve") => return ("urllib.request", name),
        ("urllib2", "HTTPError" | "URLError") => return ("urllib.error", name),
        _ => {}
    }
    let module = match module {
        "__builtin__" => "builtins",
        "copy_reg" => "copyreg",
        "Queue" => "queue",
        "SocketServer" => "socketserver",
        "ConfigParser" => "configparser",
        "repr" => "reprlib",
        "tkFileDialog" => "tkinter.filedialog",
        "tkSimpleDialog" => "tkinter.simpledialog",
        "tkColorChooser" => "tkinter.colorchooser",
        "tkCommonDialog" => "tkinter.commondialog",
        "Dialog" => "tkinter.dialog",
        "Tkdnd" => "tkinter.dnd",
        "tkFont" => "tkinter.font",
        "tkMessageBox" => "tkinter.messagebox",
        "ScrolledText" => "tkinter.scrolledtext",
        "Tkconstants" => "tkinter.constants",
        "Tix" => "tkinter.tix",
        "ttk" => "tkinter.ttk",
        "Tkinter" => "tkinter",
        "markupbase" => "_markupbase",
        "_winreg" => "winreg",
        "thread" => "_thread",
        "dummy_thread" => "_dummy_thread",
        "dbhash" => "dbm.bsd",
        "dumbdbm" | "anydbm" | "whichdb" => "dbm",
        "dbm" => "dbm.ndbm",
        "gdbm" => "dbm.gnu",
        "xmlrpclib" => "xmlrpc.client",
        "SimpleXMLRPCServer" | "DocXMLRPCServer" => "xmlrpc.server",
        "httplib" => "http.client",
        "htmlentitydefs" => "html.entities",
        "HTMLParser" => "html.parser",
        "Cookie" => "http.cookies",
        "cookielib" => "http.cookiejar",
        "BaseHTTPServer" | "SimpleHTTPServer" | "CGIHTTPServer" => "http.server",
        "test.test_support" => "test.support",
        "commands" => "subprocess",
        "urlparse" => "urllib.parse",
        "robotparser" => "urllib.robotparser",
        "urllib2" => "urllib.request",
        "urllib" => return (module, name),
        "cPickle" => "pickle",
        "_elementtree" => "xml.etree.ElementTree",
        "FileDialog" => "tkinter.filedialog",
        "SimpleDialog" => "tkinter.simpledialog",
        "StringIO" | "cStringIO" => "io",
        "UserDict" | "UserList" | "UserString" => "collections",
        "exceptions" => "builtins",
        "__builtins__" => "builtins",
        other => other,
    };
    (module, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_2_spellings_are_mapped() {
        assert_eq!(python3("__builtin__", "eval"), ("builtins", "eval"));
        assert_eq!(python3("commands", "getoutput"), ("subprocess", "getoutput"));
        assert_eq!(python3("os", "system"), ("os", "system"));
    }

    #[test]
    fn a_dotted_name_comes_down_to_what_it_reaches() {
        let callables = Callables::shipped();
        for (module, name, effective) in [
            ("torch.serialization", "os.system", "os.system"),
            ("__builtin__", "eval", "builtins.eval"),
            ("collections", "OrderedDict", "collections.OrderedDict"),
        ] {
            assert_eq!(judge(callables, module, name).effective, effective);
        }
    }
}
