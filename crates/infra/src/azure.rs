//! Bicep and ARM templates: resources with parameters and variables put in as far as the files decide them.

use std::collections::HashMap;

use redan_document::{Node as Tree, Value};

use crate::bicep::{self, Program};
use crate::cursor::Cursor;
use crate::expr::{Expr, Node};
use crate::model::Draft;
use crate::terraform::{descend, folder_of, join, operate};
use crate::value::{Data, Entry, Place, Val, from_node};
use crate::{File, Notes};

/// How deep references and modules are followed.
const MAX_DEPTH: usize = 40;

/// Values that the evaluation of one file may make.
const MAX_VALUES: usize = 500_000;

/// What names stand for in one file.
struct Names<'a> {
    file: u32,
    params: HashMap<&'a str, Val>,
    vars: HashMap<&'a str, &'a Node>,
    /// Variables of an ARM template, which are trees.
    trees: HashMap<&'a str, &'a Tree>,
    symbols: Vec<&'a str>,
    /// Expressions in ARM templates have no place of their own.
    fixed: Option<Place>,
    spent: std::cell::Cell<usize>,
}

impl Names<'_> {
    fn eval(&self, node: &Node, depth: usize) -> Val {
        let place = self.fixed.unwrap_or_else(|| Place::new(self.file, node.start, node.end));
        self.spent.set(self.spent.get() + 1);
        if depth > MAX_DEPTH || self.spent.get() > MAX_VALUES {
            return Val::unknown("it is too deep or too large to evaluate", place);
        }
        let value = |node: &Node| self.eval(node, depth + 1);
        match &node.expr {
            Expr::Null => Val::new(Data::Null, place),
            Expr::Bool(known) => Val::bool(*known, place),
            Expr::Number(text) => Val::new(Data::Number(text.clone()), place),
            Expr::Text(text) => Val::text(text.clone(), place),
            Expr::Template(parts) => Self::joined(&parts.iter().map(value).collect::<Vec<_>>(), place),
            Expr::List(items) => Val::new(Data::List(items.iter().map(value).collect()), place),
            Expr::Map(entries) => {
                let entries = entries.iter().filter_map(|(key, inner)| {
                    let name = value(key).scalar()?.to_string();
                    Some(Entry { key: name, at: Place::new(self.file, key.start, key.end), value: value(inner) })
                });
                Val::map(entries.collect(), place)
            }
            Expr::Name(name) => self.name(name, place, depth),
            Expr::Get(inner, key) => descend(value(inner), std::slice::from_ref(key), place),
            Expr::Index(inner, index) => match value(index).scalar() {
                Some(key) => descend(value(inner), &[key.to_string()], place),
                None => Val::given("it is one of several", place),
            },
            Expr::If(condition, yes, no) => match value(condition).data {
                Data::Bool(true) => value(yes),
                Data::Bool(false) => value(no),
                _ => {
                    let (yes, no) = (value(yes), value(no));
                    if yes.data == no.data {
                        return yes;
                    }
                    let reason = "it depends on a condition that these files do not decide";
                    if yes.is_null() || no.is_null() { Val::unknown(reason, place) } else { Val::given(reason, place) }
                }
            },
            Expr::Not(inner) => match value(inner).data {
                Data::Bool(known) => Val::bool(!known, place),
                _ => Val::given("a condition on something unknown", place),
            },
            Expr::Op("??", left, right) => {
                let left = value(left);
                if left.is_null() { value(right) } else { left }
            }
            Expr::Op(op, left, right) => operate(op, &value(left), &value(right), place),
            Expr::Call(name, arguments) => self.call(name, arguments, place, depth),
            Expr::Splat(_) | Expr::For(..) => Val::unknown("a loop is not evaluated", place),
            Expr::Opaque(what) => Val::unknown(format!("{what} is not evaluated"), place),
        }
    }

    fn name(&self, name: &str, place: Place, depth: usize) -> Val {
        if let Some(value) = self.params.get(name) {
            return Val { place, ..value.clone() };
        }
        if let Some(node) = self.vars.get(name) {
            return Val { place, ..self.eval(node, depth + 1) };
        }
        if self.symbols.contains(&name) {
            return Val::reference(name, "", place);
        }
        Val::given(format!("`{name}` is known when it is deployed"), place)
    }

    fn joined(parts: &[Val], place: Place) -> Val {
        let text: String = parts.iter().map(|part| part.text_or_partial().unwrap_or("\u{0}")).collect();
        let mut out = Val::template(text, "a part of it is known when it is deployed", place);
        out.origin = parts.iter().find_map(|part| part.origin.clone());
        out
    }

    fn call(&self, name: &str, arguments: &[Node], place: Place, depth: usize) -> Val {
        let values: Vec<Val> = arguments.iter().map(|argument| self.eval(argument, depth + 1)).collect();
        let first = values.first();
        match (name, first.and_then(Val::as_str)) {
            ("parameters", Some(name)) => self.params.get(name).map_or_else(
                || Val::given(format!("parameter `{name}` is not declared"), place),
                |value| Val { place, ..value.clone() },
            ),
            ("variables", Some(name)) => self.trees.get(name).map_or_else(
                || Val::given(format!("variable `{name}` is not declared"), place),
                |tree| Val { place, ..self.tree(tree, depth + 1) },
            ),
            ("concat" | "format", _) if name == "concat" => Self::joined(&values, place),
            ("toLower", Some(text)) => Val::text(text.to_lowercase(), place),
            ("toUpper", Some(text)) => Val::text(text.to_uppercase(), place),
            ("bool", Some(text)) => Val::bool(text.eq_ignore_ascii_case("true"), place),
            ("true", _) => Val::bool(true, place),
            ("false", _) => Val::bool(false, place),
            ("null", _) => Val::new(Data::Null, place),
            ("equals", _) => match values.as_slice() {
                [a, b] => operate("==", a, b, place),
                _ => Val::given("a condition that could not be read", place),
            },
            ("if", _) => match values.as_slice() {
                [condition, yes, no] => match condition.data {
                    Data::Bool(true) => yes.clone(),
                    Data::Bool(false) => no.clone(),
                    _ if yes.data == no.data => yes.clone(),
                    _ => Val::given("it depends on a condition that the template does not decide", place),
                },
                _ => Val::given("a condition that could not be read", place),
            },
            ("json" | "string" | "createArray" | "createObject", _) if name == "string" => {
                first.cloned().unwrap_or_default()
            }
            ("createArray", _) => Val::new(Data::List(values), place),
            ("resourceId" | "subscriptionResourceId" | "tenantResourceId" | "extensionResourceId", _) => {
                let parts: Vec<&str> = values.iter().map(|value| value.text_or_partial().unwrap_or("\u{0}")).collect();
                let text = parts.join("/");
                let mut id = Val::template(text, "an id is known when it is deployed", place);
                id.origin = values.last().and_then(Val::scalar).map(Into::into);
                id
            }
            _ => {
                let mut value = Val::given(format!("`{name}()` is known when it is deployed"), place);
                value.origin = values.into_iter().find_map(|value| value.origin);
                value
            }
        }
    }

    /// A tree of an ARM template, `[expressions]` in its texts evaluated.
    fn tree(&self, node: &Tree, depth: usize) -> Val {
        if depth > MAX_DEPTH {
            return Val::unknown("it is too deep to evaluate", Place::new(self.file, node.span.start, node.span.end));
        }
        from_node(node, self.file, &mut |node| {
            let Value::Text(text) = &node.value else { return None };
            let inner = text.strip_prefix('[')?.strip_suffix(']').filter(|inner| !inner.starts_with('['))?;
            let place = Place::new(self.file, node.span.start, node.span.end);
            let mut cursor = Cursor::new(inner);
            let expr = bicep::expression(&mut cursor);
            Some(Val { place, ..self.eval(&expr, depth + 1) })
        })
    }
}

/// Brings what stands in `properties` to the top, where checks look for it.
pub(crate) fn lifted(mut attributes: Val) -> Val {
    let inner = attributes.get("properties").map(|properties| properties.entries().to_vec()).unwrap_or_default();
    if let Data::Map(entries) = &mut attributes.data {
        for entry in inner {
            if !entries.iter().any(|known| known.key == entry.key) {
                entries.push(entry);
            }
        }
    }
    attributes
}

/// Every resource of one ARM template.
pub(crate) fn arm(root: &Tree, file: u32) -> Vec<Draft> {
    let mut names = Names {
        file,
        params: HashMap::new(),
        vars: HashMap::new(),
        trees: HashMap::new(),
        symbols: Vec::new(),
        fixed: Some(Place::new(file, 0, 0)),
        spent: std::cell::Cell::new(0),
    };
    for pair in root.get("variables").and_then(Tree::as_map).into_iter().flatten() {
        names.trees.insert(&pair.key, &pair.value);
    }
    for pair in root.get("parameters").and_then(Tree::as_map).into_iter().flatten() {
        let place = Place::new(file, pair.key_span.start, pair.key_span.end);
        let value = match pair.value.get("defaultValue") {
            Some(default) => names.tree(default, 0),
            None => Val::given(format!("parameter `{}` has no default", pair.key), place),
        };
        names.params.insert(&pair.key, value);
    }
    let mut out = Vec::new();
    arm_resources(&names, root, "", 0, &mut out);
    out
}

fn arm_resources(names: &Names<'_>, parent: &Tree, prefix: &str, depth: usize, out: &mut Vec<Draft>) {
    let Some(list) = parent.get("resources").filter(|_| depth < 8) else { return };
    let named = list.as_map().into_iter().flatten().map(|pair| &pair.value);
    for node in list.as_list().into_iter().flatten().chain(named) {
        let Some(native) = node.get("type").and_then(Tree::as_str) else { continue };
        if node.get("condition").map(|condition| names.tree(condition, 0).data) == Some(Data::Bool(false)) {
            continue;
        }
        let native =
            if prefix.is_empty() || native.contains('.') { native.to_string() } else { format!("{prefix}/{native}") };
        if let Some(inner) = node.get("properties").and_then(|properties| properties.get("template")) {
            arm_resources(names, inner, "", depth + 1, out);
        }
        let attributes = names.tree(node, 0);
        let name = attributes.get("name").and_then(Val::text_or_partial).unwrap_or("unnamed").replace('\u{0}', "…");
        let at = node.pair("type").map_or(node.span, |pair| pair.value.span);
        let place = Place::new(names.file, at.start, at.end);
        out.push(Draft { native: native.clone(), address: name.clone(), name, place, attributes: lifted(attributes) });
        arm_resources(names, node, &native, depth + 1, out);
    }
}

/// Every resource of the Bicep files among `files`.
pub(crate) fn bicep(files: &[File], which: &[u32], notes: &mut Notes<'_>) -> Vec<Draft> {
    let mut programs: HashMap<&str, (u32, Program)> = HashMap::new();
    for &index in which {
        let Some(file) = files.get(index as usize) else { continue };
        let (program, problems) = bicep::parse(&file.text);
        for (at, problem) in problems {
            notes.incomplete(index, at, &problem);
        }
        programs.insert(&file.path, (index, program));
    }
    let target = |path: &str, module: &bicep::Declared| join(folder_of(path), &module.native);
    let called: Vec<String> = programs
        .iter()
        .flat_map(|(path, (_, program))| program.modules.iter().filter_map(|module| target(path, module)))
        .collect();
    let mut roots: Vec<&&str> = programs.keys().filter(|path| !called.iter().any(|other| other == **path)).collect();
    roots.sort_unstable();
    let mut out = Vec::new();
    for path in roots {
        program(path, None, &programs, 0, &mut out);
    }
    out
}

fn program(
    path: &str,
    given: Option<&Val>,
    programs: &HashMap<&str, (u32, Program)>,
    depth: usize,
    out: &mut Vec<Draft>,
) {
    let Some((file, program)) = programs.get(path).filter(|_| depth < 8 && out.len() < 100_000) else { return };
    let mut names = Names {
        file: *file,
        params: HashMap::new(),
        vars: program.vars.iter().map(|(name, node)| (name.as_str(), node)).collect(),
        trees: HashMap::new(),
        symbols: program.resources.iter().map(|resource| resource.symbol.as_str()).collect(),
        fixed: None,
        spent: std::cell::Cell::new(0),
    };
    for (name, default) in &program.params {
        let value = match (given.and_then(|given| given.exact(name)), default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => names.eval(default, 0),
            (None, None) => Val::given(format!("parameter `{name}` has no default"), Place::new(*file, 0, 0)),
        };
        names.params.insert(name, value);
    }
    for resource in program.resources.iter().filter(|resource| !resource.existing) {
        if resource.condition.as_ref().map(|condition| names.eval(condition, 0).data) == Some(Data::Bool(false)) {
            continue;
        }
        let attributes = names.eval(&resource.body, 0);
        out.push(Draft {
            native: resource.native.clone(),
            name: resource.symbol.clone(),
            address: resource.symbol.clone(),
            place: Place::new(*file, resource.start, resource.head),
            attributes: lifted(attributes),
        });
    }
    for module in &program.modules {
        if module.condition.as_ref().map(|condition| names.eval(condition, 0).data) == Some(Data::Bool(false)) {
            continue;
        }
        if let Some(target) = join(folder_of(path), &module.native) {
            let body = names.eval(&module.body, 0);
            self::program(&target, body.get("params"), programs, depth + 1, out);
        }
    }
}
