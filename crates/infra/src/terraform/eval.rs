//! Expressions of Terraform to values, as far as the files decide them.

use crate::expr::{Expr, Node};
use crate::hcl::{Block, Body};
use crate::terraform::functions;
use crate::terraform::module::Module;
use crate::value::{Data, Entry, HOLE, Place, Val};

/// Instances of a `count`, `for_each` or `dynamic` that are looked at one by one.
const MAX_INSTANCES: usize = 16;

/// How deep evaluation follows references.
const MAX_EVAL_DEPTH: usize = 96;

/// Where an expression stands: its module, its file, the names that are bound around it.
#[derive(Clone)]
pub(super) struct Scope<'m, 'a> {
    pub(super) module: &'m Module<'a>,
    pub(super) file: u32,
    pub(super) bound: Vec<(String, Val)>,
    pub(super) depth: usize,
}

impl<'m, 'a> Scope<'m, 'a> {
    pub(super) fn of(module: &'m Module<'a>, file: u32) -> Self {
        Self { module, file, bound: Vec::new(), depth: 0 }
    }

    /// The same depth in another place, where nothing is bound.
    pub(super) fn root<'n>(&self, module: &'n Module<'a>, file: u32) -> Scope<'n, 'a> {
        Scope { module, file, bound: Vec::new(), depth: self.depth + 1 }
    }

    fn with(&self, bound: impl IntoIterator<Item = (String, Val)>) -> Self {
        let mut scope = self.clone();
        scope.bound.extend(bound);
        scope
    }

    fn place(&self, node: &Node) -> Place {
        Place::new(self.file, node.start, node.end)
    }

    /// What the expression stands for. Literals keep their place; what is looked up is placed where it is used.
    pub(super) fn eval(&self, node: &Node) -> Val {
        let place = self.place(node);
        if self.depth > MAX_EVAL_DEPTH || !self.module.project.afford(1) {
            return Val::unknown("it is too deep or too large to evaluate", place);
        }
        let deeper = Scope { depth: self.depth + 1, ..self.clone() };
        let mut value = deeper.eval_at(node, place);
        if matches!(node.expr, Expr::Name(_) | Expr::Get(..) | Expr::Index(..)) {
            // Shared values are copied; that has to be paid for.
            if !self.module.project.afford(value.size()) {
                return Val::unknown("it is too large to evaluate", place);
            }
            value.place = place;
        }
        value
    }

    fn eval_at(&self, node: &Node, place: Place) -> Val {
        match &node.expr {
            Expr::Null => Val::new(Data::Null, place),
            Expr::Bool(value) => Val::bool(*value, place),
            Expr::Number(text) => Val::new(Data::Number(text.clone()), place),
            Expr::Text(text) => Val::text(text.clone(), place),
            Expr::Template(parts) => self.template(parts, place),
            Expr::List(items) => Val::new(Data::List(items.iter().map(|item| self.eval(item)).collect()), place),
            Expr::Map(entries) => self.map(entries, place),
            Expr::Name(_) | Expr::Get(..) | Expr::Index(..) => self.look_up(node, place),
            Expr::Splat(inner) => self.eval(inner),
            Expr::Call(name, arguments) => functions::call(self, name, arguments, place),
            Expr::If(condition, yes, no) => match self.eval(condition).data {
                Data::Bool(true) => self.eval(yes),
                Data::Bool(false) => self.eval(no),
                _ => self.either(yes, no, place),
            },
            Expr::Not(inner) => match self.eval(inner).data {
                Data::Bool(value) => Val::bool(!value, place),
                _ => Val::given("a condition on something unknown", place),
            },
            Expr::Op(op, left, right) => operate(op, &self.eval(left), &self.eval(right), place),
            Expr::For(names, all, key, value, condition) => {
                self.each(names, all, key.as_deref(), value, condition.as_deref(), place)
            }
            Expr::Opaque(what) => Val::unknown(format!("{what} is not evaluated"), place),
        }
    }

    /// Both ways of an undecided condition: known when they agree.
    fn either(&self, yes: &Node, no: &Node, place: Place) -> Val {
        let (yes, no) = (self.eval(yes), self.eval(no));
        if yes.data == no.data && !yes.has_unknown() {
            return yes;
        }
        let present =
            !yes.is_null() && !no.is_null() && yes.data != Data::List(vec![]) && no.data != Data::List(vec![]);
        let reason = "it depends on a condition that these files do not decide";
        if present { Val::given(reason, place) } else { Val::unknown(reason, place) }
    }

    fn template(&self, parts: &[Node], place: Place) -> Val {
        if let [only] = parts {
            return self.eval(only);
        }
        let mut text = String::new();
        let mut reason = String::from("a part of it is not known");
        let mut origin = None;
        for part in parts {
            let value = self.eval(part);
            match value.text_or_partial() {
                Some(known) => text.push_str(known),
                None => text.push(HOLE),
            }
            if let Some(why) = value.unknown_reason() {
                reason = why.to_string();
            }
            origin = origin.or(value.origin);
            if text.len() > 1 << 20 {
                return Val::unknown("the text is too long to evaluate", place);
            }
        }
        let mut value = Val::template(text, &reason, place);
        value.origin = origin;
        value
    }

    fn map(&self, entries: &[(Node, Node)], place: Place) -> Val {
        let mut out = Vec::new();
        for (key, value) in entries {
            let name = match &key.expr {
                Expr::Name(name) => name.clone(),
                _ => match self.eval(key).scalar() {
                    Some(name) => name.to_string(),
                    None => continue,
                },
            };
            out.push(Entry { key: name, at: self.place(key), value: self.eval(value) });
        }
        Val::map(out, place)
    }

    fn each(
        &self,
        names: &[String],
        all: &Node,
        key: Option<&Node>,
        value: &Node,
        condition: Option<&Node>,
        place: Place,
    ) -> Val {
        let all = self.eval(all);
        if all.unknown_reason().is_some() {
            let mut out = Val::given("what it is made from is not known", place);
            out.origin = all.origin;
            return out;
        }
        let mut items = Vec::new();
        let mut entries = Vec::new();
        for (index, (name, item)) in pairs(&all).into_iter().enumerate() {
            if !self.module.project.afford(item.size()) || index > 4096 {
                return Val::unknown("it is too large to evaluate", place);
            }
            let bound = match names {
                [one] => vec![(one.clone(), item)],
                [first, second, ..] => vec![(first.clone(), name), (second.clone(), item)],
                [] => vec![],
            };
            let inner = self.with(bound);
            match condition.map(|condition| inner.eval(condition).data) {
                Some(Data::Bool(false)) => continue,
                Some(Data::Bool(true)) | None => {}
                Some(_) => return Val::unknown("a condition on something unknown", place),
            }
            let made = inner.eval(value);
            match key {
                Some(key) => {
                    if let Some(name) = inner.eval(key).scalar() {
                        entries.push(Entry { key: name.to_string(), at: made.place, value: made });
                    }
                }
                None => items.push(made),
            }
        }
        if key.is_some() { Val::map(entries, place) } else { Val::new(Data::List(items), place) }
    }

    /// A name with everything after it.
    fn look_up(&self, node: &Node, place: Place) -> Val {
        let Some(path) = self.path_of(node) else {
            return match &node.expr {
                Expr::Get(inner, key) => descend(self.eval(inner), std::slice::from_ref(key), place),
                Expr::Index(inner, index) => {
                    let key = self.eval(index).scalar().map(str::to_string);
                    match key {
                        Some(key) => descend(self.eval(inner), &[key], place),
                        None => {
                            let mut value = Val::given("it is one of several", place);
                            value.origin = self.eval(inner).origin;
                            value
                        }
                    }
                }
                _ => Val::unknown("it is not evaluated", place),
            };
        };
        let Some((first, rest)) = path.split_first() else { return Val::unknown("it is not evaluated", place) };
        if let Some((_, value)) = self.bound.iter().rev().find(|(name, _)| name == first) {
            return descend(value.clone(), rest, place);
        }
        match (first.as_str(), rest) {
            ("var", [name, rest @ ..]) => descend(self.module.variable(name, self), rest, place),
            ("local", [name, rest @ ..]) => descend(self.module.local(name, self), rest, place),
            ("module", [name, output, rest @ ..]) if output.parse::<u32>().is_err() => {
                descend(self.module.output(name, output, self), rest, place)
            }
            ("module", [name, _, output, rest @ ..]) => descend(self.module.output(name, output, self), rest, place),
            ("each" | "count" | "self", _) => Val::given("it differs from instance to instance", place),
            ("path" | "terraform", _) => {
                Val::given(format!("`{}` is known when it is deployed", path.join(".")), place)
            }
            ("data", [kind, name, rest @ ..]) => self.resource(&format!("data.{kind}.{name}"), rest, place),
            (kind, [name, rest @ ..]) => self.resource(&format!("{kind}.{name}"), rest, place),
            (name, []) => Val::text(name, place),
        }
    }

    /// An attribute of another resource: its value where the files say it, else a reference.
    fn resource(&self, key: &str, rest: &[String], place: Place) -> Val {
        let address = format!("{}{key}", self.module.prefix);
        let rest = match rest {
            [index, rest @ ..] if index.parse::<u32>().is_ok() || !self.module.resources.contains_key(key) => rest,
            rest => rest,
        };
        let found = self.module.resources.get(key).filter(|_| self.depth < MAX_EVAL_DEPTH / 2);
        if let (Some((file, block)), Some((name, deeper))) = (found, rest.split_first()) {
            if key.starts_with("data.aws_iam_policy_document.") && (name == "json" || name == "minified_json") {
                let mut value = self.root(self.module, *file).body(&block.body);
                value.origin = Some(address.into());
                return value;
            }
            if let Some(attribute) = block.body.attribute(name) {
                let mut value = descend(self.root(self.module, *file).eval(&attribute.value), deeper, place);
                value.origin = Some(address.into());
                return value;
            }
        }
        let what: String = rest.iter().fold(String::new(), |out, part| out + "." + part);
        Val::reference(&address, &what, place)
    }

    /// `a.b[0]["c"].d` as names, if all of them are plain.
    fn path_of(&self, node: &Node) -> Option<Vec<String>> {
        let mut path = Vec::new();
        let mut node = node;
        loop {
            match &node.expr {
                Expr::Name(name) => {
                    path.push(name.clone());
                    path.reverse();
                    return Some(path);
                }
                Expr::Get(inner, key) => {
                    path.push(key.clone());
                    node = inner;
                }
                Expr::Index(inner, index) => {
                    match &index.expr {
                        Expr::Number(text) | Expr::Text(text) => path.push(text.clone()),
                        _ => path.push(self.eval(index).scalar()?.to_string()),
                    }
                    node = inner;
                }
                Expr::Splat(inner) => node = inner,
                _ => return None,
            }
        }
    }

    /// The content of a block: attributes, and blocks as lists of maps.
    pub(super) fn body(&self, body: &Body) -> Val {
        let mut out: Vec<Entry> = Vec::new();
        for attribute in &body.attributes {
            if matches!(attribute.name.as_str(), "depends_on" | "provider" | "for_each" | "count") {
                continue;
            }
            let at = Place::new(self.file, attribute.start, attribute.start + attribute.name.len());
            out.push(Entry { key: attribute.name.clone(), at, value: self.eval(&attribute.value) });
        }
        for block in &body.blocks {
            let at = Place::new(self.file, block.start, block.head);
            let (name, values) = match (block.kind.as_str(), block.labels.first()) {
                ("lifecycle" | "provisioner" | "connection" | "timeouts", _) => continue,
                ("dynamic", Some(name)) => (name.as_str(), self.dynamic(name, block, at)),
                (name, _) => {
                    let mut value = self.body(&block.body);
                    value.place = at;
                    (name, vec![value])
                }
            };
            match out.iter_mut().find(|entry| entry.key == name) {
                Some(Entry { value: Val { data: Data::List(items), .. }, .. }) => items.extend(values),
                _ => out.push(Entry { key: name.to_string(), at, value: Val::new(Data::List(values), at) }),
            }
        }
        Val::map(out, Place::new(self.file, 0, 0))
    }

    fn dynamic(&self, name: &str, block: &Block, at: Place) -> Vec<Val> {
        let Some(content) = block.body.blocks_of("content").next() else { return Vec::new() };
        let iterator = block.body.attribute("iterator").and_then(|it| match &it.value.expr {
            Expr::Name(name) => Some(name.clone()),
            _ => None,
        });
        let iterator = iterator.unwrap_or_else(|| name.to_string());
        let all = block.body.attribute("for_each").map(|all| self.eval(&all.value)).unwrap_or_default();
        if all.unknown_reason().is_some() {
            return vec![Val::unknown(format!("how many blocks `{name}` there are is not known"), at)];
        }
        let instance = |(key, value): (Val, Val)| {
            let pair = vec![Entry { key: "key".into(), at, value: key }, Entry { key: "value".into(), at, value }];
            let mut made = self.with([(iterator.clone(), Val::map(pair, at))]).body(&content.body);
            made.place = at;
            made
        };
        pairs(&all).into_iter().take(MAX_INSTANCES).map(instance).collect()
    }

    /// Whether a block is certainly not made.
    pub(super) fn is_absent(&self, block: &Block) -> bool {
        let zero = |value: Val| value.as_f64() == Some(0.0);
        let empty = |value: Val| match value.data {
            Data::List(items) => items.is_empty(),
            Data::Map(entries) => entries.is_empty(),
            _ => false,
        };
        block.body.attribute("count").is_some_and(|count| zero(self.eval(&count.value)))
            || block.body.attribute("for_each").is_some_and(|all| empty(self.eval(&all.value)))
    }

    /// One scope for each instance that is known, else one in which what differs is unknown.
    pub(super) fn instances(&self, block: &Block) -> Vec<Self> {
        let Some(all) = block.body.attribute("for_each") else { return vec![self.clone()] };
        let all = self.eval(&all.value);
        if all.unknown_reason().is_some() {
            return vec![self.clone()];
        }
        let place = Place::new(self.file, block.start, block.head);
        let each = |(key, value): (Val, Val)| {
            let key = if all.entries().is_empty() { value.clone() } else { key };
            let pair = vec![
                Entry { key: "key".into(), at: place, value: key },
                Entry { key: "value".into(), at: place, value },
            ];
            self.with([("each".to_string(), Val::map(pair, place))])
        };
        pairs(&all).into_iter().take(MAX_INSTANCES).map(each).collect()
    }

    /// The first instance; for modules, which are looked at once.
    pub(super) fn first_instance(&self, block: &Block) -> Self {
        self.instances(block).into_iter().next().unwrap_or_else(|| self.clone())
    }
}

/// Keys and values of a map, indices and values of a list.
fn pairs(value: &Val) -> Vec<(Val, Val)> {
    match &value.data {
        Data::Map(entries) => {
            entries.iter().map(|entry| (Val::text(entry.key.clone(), entry.at), entry.value.clone())).collect()
        }
        Data::List(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (Val::new(Data::Number(index.to_string()), item.place), item.clone()))
            .collect(),
        _ => Vec::new(),
    }
}

/// Follows keys into a value; what leads into the unknown is unknown.
pub(crate) fn descend(value: Val, keys: &[String], place: Place) -> Val {
    let mut value = value;
    for key in keys {
        let origin = value.origin.clone();
        let next = match &mut value.data {
            Data::Map(entries) => match entries.iter().rposition(|entry| entry.key == *key) {
                Some(at) => entries.swap_remove(at).value,
                None => Val::unknown(format!("there is no `{key}` in it"), place),
            },
            Data::List(items) => match key.parse::<usize>() {
                Ok(at) if at < items.len() => items.swap_remove(at),
                Ok(_) => Val::unknown("the list is shorter", place),
                // A splat, or a list that stands for its elements.
                Err(_) if items.len() == 1 => descend(items.swap_remove(0), std::slice::from_ref(key), place),
                Err(_) => Val::given("it is one of several", place),
            },
            Data::Unknown(unknown) => {
                let mut inner = Val::unknown(unknown.reason.clone(), place);
                inner.origin = origin;
                inner
            }
            _ => Val::unknown(format!("there is no `{key}` in it"), place),
        };
        value = next;
    }
    value
}

pub(crate) fn operate(op: &str, left: &Val, right: &Val, place: Place) -> Val {
    use Data::Bool;
    let unknown = left.has_unknown() || right.has_unknown();
    let known = match (op, &left.data, &right.data) {
        ("&&", Bool(false), _) | ("&&", _, Bool(false)) => Some(false),
        ("||", Bool(true), _) | ("||", _, Bool(true)) => Some(true),
        ("&&", Bool(a), Bool(b)) => Some(*a && *b),
        ("||", Bool(a), Bool(b)) => Some(*a || *b),
        ("==", ..) if !unknown => {
            Some(left.data == right.data || left.scalar().is_some() && left.scalar() == right.scalar())
        }
        ("!=", ..) if !unknown => {
            Some(left.data != right.data && (left.scalar().is_none() || left.scalar() != right.scalar()))
        }
        _ => None,
    };
    if let Some(known) = known {
        return Val::bool(known, place);
    }
    if let (Some(a), Some(b)) = (left.as_f64(), right.as_f64()) {
        let number = match op {
            "<" => return Val::bool(a < b, place),
            ">" => return Val::bool(a > b, place),
            "<=" => return Val::bool(a <= b, place),
            ">=" => return Val::bool(a >= b, place),
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            _ => return Val::given("arithmetic that is not evaluated", place),
        };
        return Val::new(Data::Number(number.to_string()), place);
    }
    Val::given("it is made from something unknown", place)
}
