//! Names that lead from a template into the interpreter, and numbers that only serve to exhaust it.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "lengths and lists are bounded far below the sign bit"
)]

use super::ast::{Expr, Kind};
use super::value::{HOLE, MAX_ITEMS, Value};

/// What a dangerous step comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Effect {
    /// Python objects are reached, and from there anything.
    Code,
    /// Another file is read.
    File,
    /// Time or memory is exhausted.
    Resource,
    /// An attribute is read whose name only rendering shows.
    Dynamic,
}

/// Jinja's own sandbox refuses longer ranges.
pub(super) const MAX_RANGE: u64 = 100_000;
/// Bodies of nested constant loops that one rendering may run.
pub(super) const MAX_REPEATS: u64 = 10_000_000;
/// Characters that one expression may make.
pub(super) const MAX_LENGTH: u64 = 10_000_000;

/// Attributes of functions, generators, coroutines, frames and code objects that Jinja's sandbox refuses.
const INTERNALS: [&str; 17] = [
    "func_code",
    "func_globals",
    "im_func",
    "im_self",
    "im_class",
    "gi_frame",
    "gi_code",
    "cr_frame",
    "cr_code",
    "ag_frame",
    "ag_code",
    "f_globals",
    "f_locals",
    "f_builtins",
    "f_back",
    "tb_frame",
    "co_code",
];

/// Whether an attribute leads into the interpreter.
pub(super) fn attribute(name: &str) -> bool {
    let dunder = name.len() > 4 && name.starts_with("__") && name.ends_with("__");
    // `_TemplateReference__context`: a private name as Python mangles it.
    let mangled = name.starts_with('_')
        && name.chars().nth(1).is_some_and(|c| c.is_ascii_uppercase())
        && name.get(2..).is_some_and(|rest| rest.contains("__"));
    dunder || mangled || INTERNALS.contains(&name)
}

/// Whether a variable may lead into the interpreter: whoever renders calls his own whatever he likes, `__base_image__`.
pub(super) fn variable(name: &str) -> bool {
    const OWN: [&str; 18] = [
        "__base__",
        "__bases__",
        "__builtins__",
        "__call__",
        "__class__",
        "__code__",
        "__dict__",
        "__getattr__",
        "__getattribute__",
        "__globals__",
        "__import__",
        "__init__",
        "__loader__",
        "__mro__",
        "__reduce__",
        "__self__",
        "__spec__",
        "__subclasses__",
    ];
    OWN.contains(&name) || !(name.starts_with("__") && name.ends_with("__")) && attribute(name)
}

/// Attributes that by themselves only name or print a thing, `__class__` on the way to its name included.
pub(super) fn harmless_together(names: &[&str]) -> bool {
    const NAMING: [&str; 7] = ["__name__", "__qualname__", "__doc__", "__len__", "__str__", "__repr__", "__version__"];
    names.iter().any(|name| NAMING.contains(name))
        && names.iter().all(|name| *name == "__class__" || NAMING.contains(name))
}

/// Whether an attribute of a global that Jinja or a web framework provides is only used to break out.
pub(super) fn of_global(global: &str, name: &str) -> bool {
    match global {
        "self" => name.starts_with('_'),
        "lipsum" | "cycler" | "joiner" | "get_flashed_messages" | "url_for" => true,
        "config" => name.starts_with("from_"),
        _ => false,
    }
}

/// Whether a name of which only parts are known looks like the way into the interpreter.
pub(super) fn partial(name: &str) -> bool {
    const ROOTS: [&str; 12] = [
        "class",
        "mro",
        "bases",
        "subclasses",
        "globals",
        "builtins",
        "import",
        "getattribute",
        "getitem",
        "popen",
        "init_",
        "_init",
    ];
    let known: String = name.to_ascii_lowercase().chars().filter(|c| *c != HOLE).collect();
    ROOTS.iter().any(|root| known.contains(root)) || known.trim_matches('_') == "init"
}

/// Modules that no template is handed for an honest reason.
pub(super) fn module(name: &str) -> bool {
    matches!(name, "os" | "subprocess" | "sys" | "builtins" | "importlib" | "socket" | "shutil" | "pty" | "posix")
}

/// Methods that only exist on such modules.
pub(super) fn method(name: &str) -> bool {
    matches!(
        name,
        "popen"
            | "Popen"
            | "check_output"
            | "check_call"
            | "getoutput"
            | "getstatusoutput"
            | "import_module"
            | "load_module"
            | "execfile"
            | "system"
            | "execve"
            | "spawnl"
    )
}

/// Python's own functions that no template is handed for an honest reason.
pub(super) fn function(name: &str) -> Option<Effect> {
    match name {
        "eval" | "exec" | "compile" | "getattr" | "setattr" | "globals" | "locals" | "vars" | "breakpoint" => {
            Some(Effect::Code)
        }
        "open" => Some(Effect::File),
        _ => None,
    }
}

/// How a call of a method is named: `os.popen()`.
pub(super) fn called(base: &Expr, method: &str) -> String {
    match &base.kind {
        Kind::Name(name) => format!("{name}.{method}()"),
        _ => format!("{method}()"),
    }
}

/// How a statement that loads another template is named.
pub(super) fn load(kind: &str, path: &str) -> String {
    format!("{kind} {path}")
}

/// Dangerous attributes in the fields of a `str.format` text: `{0.__class__}`.
pub(super) fn format_attributes(format: &str) -> Vec<String> {
    let fields = format.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let parts = fields.flat_map(|field| field.split(['.', '[', ']', ':', '!']).skip(1));
    parts.filter(|part| attribute(part)).take(16).map(str::to_string).collect()
}

/// A width in a format text that is only there to exhaust memory.
pub(super) fn format_width(format: &str) -> Option<String> {
    let mut rest = format;
    while let Some(at) = rest.find(['%', ':']) {
        let tail = rest.get(at + 1..).unwrap_or_default();
        let spec = tail.trim_start_matches(['-', '+', ' ', '#', '<', '>', '^', '.', '=']);
        let digits: String = spec.chars().take_while(char::is_ascii_digit).take(24).collect();
        let ends_as_spec = spec.get(digits.len()..).and_then(|end| end.chars().next());
        if digits.trim_start_matches('0').len() >= 9
            && ends_as_spec.is_some_and(|c| c == '}' || c.is_ascii_alphabetic())
        {
            return Some(digits);
        }
        rest = tail;
    }
    None
}

/// Length of `range(args)`, if it is known.
pub(super) fn range_length(args: &[Value]) -> Option<u64> {
    let (start, end, step) = bounds(args)?;
    let (low, high) = if step > 0 { (start, end) } else { (end, start) };
    let length = (i128::from(high) - i128::from(low)).max(0) as u128;
    Some(length.div_ceil(u128::from(step.unsigned_abs())).min(u128::from(u64::MAX)) as u64)
}

/// The elements of a short range.
pub(super) fn range(args: &[Value], length: u64) -> Value {
    match bounds(args) {
        Some((start, _, step)) if length <= MAX_ITEMS as u64 => {
            let item = |index: u64| start.saturating_add(step.saturating_mul(index as i64));
            Value::List((0..length).map(|index| Value::Int(item(index))).collect())
        }
        _ => Value::Unknown,
    }
}

fn bounds(args: &[Value]) -> Option<(i64, i64, i64)> {
    let int = |index: usize| args.get(index).and_then(Value::int);
    let (start, end, step) = match args.len() {
        1 => (0, int(0)?, 1),
        2 => (int(0)?, int(1)?, 1),
        3 => (int(0)?, int(1)?, int(2)?),
        _ => return None,
    };
    (step != 0).then_some((start, end, step))
}
