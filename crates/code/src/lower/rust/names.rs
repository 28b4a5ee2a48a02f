//! Rust: paths, types and `use`.

use tree_sitter::Node;

use super::Rust;
use crate::ir::{Expr, ExprKind, Import};
use crate::lower::{children, expr, span};

/// What only holds a value of another type: methods reach through it.
const WRAPPERS: &[&str] = &[
    "Option",
    "Result",
    "Box",
    "Arc",
    "Rc",
    "Cow",
    "Mutex",
    "RwLock",
    "RefCell",
    "Cell",
    "OnceCell",
    "OnceLock",
    "Pin",
    "LazyLock",
    "Lazy",
    "MutexGuard",
    "Ref",
    "RefMut",
];
/// Types that are text for what can be done with them.
const TEXTS: &[&str] = &["Path", "PathBuf", "OsStr", "OsString", "CStr", "CString", "Utf8Path", "Utf8PathBuf"];
/// Traits of what can be taken for text.
const TEXT_TRAITS: &[&str] = &["AsRef", "Into", "Borrow", "ToString", "Display", "IntoIterator", "ToOwned"];
/// Types whose values cannot carry text.
const HARMLESS: &[&str] = &[
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "f32",
    "f64",
    "bool",
    "Uuid",
    "NonZeroU32",
    "NonZeroU64",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "NaiveDate",
    "NaiveDateTime",
];

impl Rust<'_, '_> {
    /// `a::b::<T>::c` as members of each other.
    pub(super) fn path(&mut self, node: Node) -> ExprKind {
        match node.kind() {
            "scoped_identifier" | "scoped_type_identifier" => {
                // Walked, not recursed into: a path may have any number of parts.
                let mut spine = Vec::new();
                let mut at = node;
                while matches!(at.kind(), "scoped_identifier" | "scoped_type_identifier") {
                    spine.push(at);
                    let Some(path) = at.child_by_field_name("path") else { break };
                    at = path;
                }
                let leading = matches!(at.kind(), "scoped_identifier" | "scoped_type_identifier");
                let mut value = (!leading).then(|| expr(at, self.path(at)));
                let longest = spine.len().saturating_sub(crate::lower::DEEPEST);
                for part in spine.into_iter().rev().skip(longest) {
                    let name = self.low.owned(part.child_by_field_name("name"));
                    let kind = match value {
                        Some(object) => ExprKind::Member { object: Box::new(object), name },
                        None => ExprKind::Name(name),
                    };
                    value = Some(expr(part, kind));
                }
                value.map_or(ExprKind::Other(Vec::new()), |value| value.kind)
            }
            "generic_type"
            | "generic_function"
            | "generic_type_with_turbofish"
            | "bracketed_type"
            | "qualified_type"
            | "reference_type" => {
                let field = node.child_by_field_name("type").or_else(|| node.child_by_field_name("function"));
                let inner = field.or_else(|| children(node).into_iter().next());
                match inner {
                    Some(inner) => self.deeper(|rust| rust.path(inner)).unwrap_or(ExprKind::Other(Vec::new())),
                    None => ExprKind::Other(Vec::new()),
                }
            }
            _ => match self.low.slice(node) {
                "Self" => ExprKind::Name(self.this.clone().unwrap_or_else(|| "Self".to_owned())),
                name => ExprKind::Name(name.strip_prefix("r#").unwrap_or(name).to_owned()),
            },
        }
    }

    /// A type with dots, without what only refers to or wraps a value: `&Arc<std::fs::File>` is `std.fs.File`.
    pub(super) fn type_of(&mut self, node: Node) -> String {
        let mut at = node;
        for _ in 0..crate::lower::DEEPEST {
            at = match at.kind() {
                "reference_type" => match at.child_by_field_name("type") {
                    Some(inner) => inner,
                    None => break,
                },
                "dynamic_type" | "abstract_type" => match at.child_by_field_name("trait") {
                    Some(inner) => inner,
                    None => break,
                },
                "bounded_type" => match children(at).into_iter().next() {
                    Some(inner) => inner,
                    None => break,
                },
                "generic_type" => match self.wrapped(at) {
                    Some(inner) => inner,
                    None => break,
                },
                _ => break,
            };
        }
        let written: String = self.low.slice(at).chars().take(200).collect();
        if at.kind() == "pointer_type" {
            return written;
        }
        let dotted = written.split_whitespace().collect::<Vec<_>>().join(" ").replace("::", ".");
        let last = dotted.split('<').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        match (&self.this, dotted.as_str()) {
            (Some(this), "Self") => this.clone(),
            _ if TEXTS.contains(&last) && !dotted.contains('<') => "String".to_owned(),
            _ if TEXT_TRAITS.contains(&last) => "String".to_owned(),
            _ => self.harmless(at).unwrap_or(dotted),
        }
    }

    /// `T` of `Arc<T>`.
    fn wrapped<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        let outer = self.low.slice(node.child_by_field_name("type")?);
        let outer = outer.rsplit("::").next().unwrap_or(outer);
        let arguments = node.child_by_field_name("type_arguments")?;
        WRAPPERS
            .contains(&outer)
            .then(|| children(arguments).into_iter().find(|argument| argument.kind() != "lifetime"))
            .flatten()
    }

    /// `Path<u32>` and `Query<(u32, bool)>` carry what is in them, and that is harmless.
    fn harmless(&self, node: Node) -> Option<String> {
        if node.kind() != "generic_type" {
            return None;
        }
        let written = self.low.slice(node.child_by_field_name("type_arguments")?);
        let mut names =
            written.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|name| !name.is_empty()).peekable();
        let first = *names.peek()?;
        names.all(|name| HARMLESS.contains(&name)).then(|| first.to_owned())
    }

    /// Whether the type arguments of a call name one harmless type: `parse::<u16>`.
    pub(super) fn harmless_argument(&self, arguments: Node) -> Option<String> {
        let only = children(arguments).into_iter().next()?;
        let name = self.low.slice(only);
        HARMLESS.contains(&name).then(|| name.to_owned())
    }

    /// `use a::{b, c::d as e, f::*};`
    pub(super) fn imports(&mut self, node: Node) {
        let Some(argument) = node.child_by_field_name("argument") else { return };
        self.import("", argument);
    }

    fn import(&mut self, prefix: &str, node: Node) {
        let joined = |path: &str| {
            let path: String = path.split_whitespace().collect();
            let path = path.trim_start_matches("::").replace("r#", "").replace("::", ".");
            if prefix.is_empty() { path } else { format!("{prefix}.{path}") }
        };
        match node.kind() {
            "use_list" => {
                for part in children(node) {
                    self.deeper(|rust| rust.import(prefix, part));
                }
            }
            "scoped_use_list" => {
                let path = match node.child_by_field_name("path") {
                    Some(path) => joined(self.low.slice(path)),
                    None => prefix.to_owned(),
                };
                if let Some(list) = node.child_by_field_name("list") {
                    self.deeper(|rust| rust.import(&path, list));
                }
            }
            "use_as_clause" => {
                let path = joined(&self.low.owned(node.child_by_field_name("path")));
                let local = self.low.owned(node.child_by_field_name("alias"));
                self.imported(node, &path, local);
            }
            "use_wildcard" => {
                let module = match children(node).into_iter().next() {
                    Some(path) => joined(self.low.slice(path)),
                    None => prefix.to_owned(),
                };
                let (name, local) = (Some("*".to_owned()), "*".to_owned());
                self.low.unit.imports.push(Import { module, name, local, span: span(node) });
            }
            "self" => {
                let local = prefix.rsplit('.').next().unwrap_or(prefix).to_owned();
                self.imported(node, prefix, local);
            }
            _ => {
                let path = joined(self.low.slice(node));
                let local = path.rsplit('.').next().unwrap_or(&path).to_owned();
                self.imported(node, &path, local);
            }
        }
    }

    fn imported(&mut self, node: Node, path: &str, local: String) {
        let path = path.strip_suffix(".self").unwrap_or(path);
        let (module, name) = match path.rsplit_once('.') {
            Some((module, name)) => (module.to_owned(), Some(name.to_owned())),
            None => (path.to_owned(), None),
        };
        self.low.unit.imports.push(Import { module, name, local, span: span(node) });
    }

    /// The name at the end of a path.
    pub(super) fn last_name(value: &Expr) -> Option<&str> {
        match &value.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
            _ => None,
        }
    }
}
