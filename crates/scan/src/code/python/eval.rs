//! Expressions to values.

use std::rc::Rc;

use tree_sitter::Node;

use super::fold;
use super::run::Run;
use super::value::{Kind, MAX_TEXT, Taint, Value};

impl<'t> Run<'t> {
    pub(super) fn eval(&mut self, node: Node<'t>) -> Value {
        if !self.spend(0) {
            return Value::default();
        }
        let value = self.nested(|run| run.expression(node));
        if let Some(raw) = value.raw() {
            self.spend(raw.len());
        }
        value
    }

    fn field(&mut self, node: Node<'t>, name: &str) -> Value {
        node.child_by_field_name(name).map(|child| self.eval(child)).unwrap_or_default()
    }

    fn expression(&mut self, node: Node<'t>) -> Value {
        match node.kind() {
            "identifier" => {
                let (name, other) = self.identifier(node);
                let value = self.lookup(&name).unwrap_or_else(|| self.free_name(&name));
                if other { value.tainted(Taint::INDIRECT.with(Taint::COMPUTED)) } else { value }
            }
            "string" => self.string(node),
            "concatenated_string" => self.concatenated(node),
            "integer" => self.integer(node),
            "true" => Value::of(Kind::Bool(true)),
            "false" => Value::of(Kind::Bool(false)),
            "none" => Value::of(Kind::None),
            "attribute" => {
                let object = self.field(node, "object");
                let (name, other) =
                    node.child_by_field_name("attribute").map(|name| self.identifier(name)).unwrap_or_default();
                let value = self.attribute(&object, &name);
                if other { value.tainted(Taint::INDIRECT.with(Taint::COMPUTED)) } else { value }
            }
            "call" => self.call(node),
            "subscript" => self.subscript(node),
            "binary_operator" => self.binary(node),
            "parenthesized_expression" | "await" | "expression_statement" => self.last_child(node),
            "conditional_expression" | "boolean_operator" => self.either(node),
            "list" | "tuple" | "set" | "expression_list" | "pattern_list" => {
                let mut items = Vec::new();
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor).filter(|child| child.kind() != "comment") {
                    items.push(self.eval(child));
                }
                Value::list(items)
            }
            "dictionary" => self.dictionary(node),
            "lambda" => Value::of(Kind::Function(self.function(node))),
            "assignment" => self.assignment(node),
            "augmented_assignment" => self.augmented(node),
            "named_expression" => {
                let value = self.field(node, "value");
                if let Some(name) = node.child_by_field_name("name") {
                    self.bind(name, value.clone());
                }
                value
            }
            "as_pattern" => {
                let value = node.named_child(0).map(|child| self.eval(child)).unwrap_or_default();
                if let Some(alias) = node.child_by_field_name("alias") {
                    self.bind(alias, value.clone());
                }
                value
            }
            "list_comprehension" | "generator_expression" | "set_comprehension" => self.comprehension(node),
            "dictionary_comprehension" => self.comprehension(node),
            "unary_operator" => {
                let value = self.field(node, "argument");
                match value.int() {
                    Some(number) if self.text_of(node).starts_with('-') => Value::of(Kind::Int(number.wrapping_neg())),
                    Some(number) if self.text_of(node).starts_with('~') => Value::of(Kind::Int(!number)),
                    _ => value,
                }
            }
            "keyword_argument" => self.field(node, "value"),
            "comment" | "type" => Value::default(),
            _ => self.all_children(node),
        }
    }

    /// Evaluates what is inside and keeps only where it came from.
    fn all_children(&mut self, node: Node<'t>) -> Value {
        self.fold_children(node, |whole, part| Value::unknown(whole.taint.with(part.taint)))
    }

    fn last_child(&mut self, node: Node<'t>) -> Value {
        self.fold_children(node, |_, part| part)
    }

    fn fold_children(&mut self, node: Node<'t>, join: impl Fn(Value, Value) -> Value) -> Value {
        let mut whole: Option<Value> = None;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor).filter(|child| child.kind() != "comment") {
            let part = self.eval(child);
            whole = Some(match whole {
                Some(whole) => join(whole, part),
                None => part,
            });
        }
        whole.unwrap_or_default()
    }

    /// Literals side by side, joined two by two, so that each is copied a few times and not once for all behind it.
    fn concatenated(&mut self, node: Node<'t>) -> Value {
        let mut parts = Vec::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor).filter(|child| child.kind() != "comment") {
            parts.push(self.eval(child));
        }
        while parts.len() > 1 {
            let joined = parts.chunks(2).map(|pair| match pair {
                [left, right] => fold::binary(left, "+", right).without_joined(),
                other => other.first().cloned().unwrap_or_default(),
            });
            parts = joined.collect();
        }
        parts.pop().unwrap_or_default()
    }

    /// The elements of what is gone through one by one.
    pub(super) fn elements(&mut self, value: &Value) -> Option<Value> {
        // One value a character takes much longer than the text did.
        let cost = if value.raw().is_some() { value.weight().saturating_mul(4) } else { value.weight() };
        if self.spend(cost) { fold::elements(value) } else { None }
    }

    /// One of several: the first that is known decides, the taint is that of all.
    fn either(&mut self, node: Node<'t>) -> Value {
        self.fold_children(node, |a, b| {
            let taint = a.taint.with(b.taint);
            let known = if matches!(a.kind, Kind::Unknown | Kind::None | Kind::Bool(_)) { b } else { a };
            known.tainted(taint)
        })
    }

    fn integer(&self, node: Node<'t>) -> Value {
        let text = self.text_of(node).replace('_', "").to_ascii_lowercase();
        let parsed = match text.get(..2) {
            Some("0x") => i64::from_str_radix(text.get(2..).unwrap_or_default(), 16),
            Some("0o") => i64::from_str_radix(text.get(2..).unwrap_or_default(), 8),
            Some("0b") => i64::from_str_radix(text.get(2..).unwrap_or_default(), 2),
            _ => text.parse(),
        };
        parsed.map_or_else(|_| Value::default(), |number| Value::of(Kind::Int(number)))
    }

    fn string(&mut self, node: Node<'t>) -> Value {
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.children(&mut cursor).collect();
        let prefix = parts.first().map(|start| self.text_of(*start).to_ascii_lowercase()).unwrap_or_default();
        let (raw, bytes) = (prefix.contains('r'), prefix.contains('b'));
        let mut out: Vec<u8> = Vec::new();
        let (mut known, mut taint) = (true, Taint::NONE);
        for part in parts {
            match part.kind() {
                "string_content" if raw => out.extend_from_slice(self.text_of(part).as_bytes()),
                "string_content" => unescape(self.text_of(part), bytes, &mut out),
                "interpolation" => {
                    let value = self.field(part, "expression");
                    taint = taint.with(value.taint).with(Taint::JOINED);
                    match (value.raw(), value.int()) {
                        (Some(raw), _) if out.len() + raw.len() <= MAX_TEXT => out.extend_from_slice(raw),
                        (None, Some(number)) => out.extend_from_slice(number.to_string().as_bytes()),
                        _ => known = false,
                    }
                }
                _ => {}
            }
        }
        match (known, bytes) {
            (true, true) => Value::bytes(&out),
            (true, false) => Value::text(String::from_utf8_lossy(&out)),
            (false, _) => Value::default().hinted(Some(Rc::from(String::from_utf8_lossy(&out)))),
        }
        .tainted(taint)
    }

    /// An attribute of a value.
    pub(super) fn attribute(&mut self, object: &Value, name: &str) -> Value {
        match &object.kind {
            Kind::Name(path) if path.len() < 300 => {
                // Every way to a module's names leads to the same names.
                let path = match name {
                    "__dict__" | "__builtins__" if &**path == "builtins" => path.to_string(),
                    "__dict__" => path.to_string(),
                    _ if path.ends_with(".sys.modules") => format!("sys.modules.{name}"),
                    _ => format!("{path}.{name}"),
                };
                Value::name(path).tainted(object.taint).hinted(object.hint.clone())
            }
            Kind::Instance(class) | Kind::Class(class) => {
                let found = self.classes.get(*class).and_then(|class| class.attributes.get(name)).cloned();
                match found {
                    Some(Value { kind: Kind::Function(index), .. }) if self.is_property(index) => {
                        let receiver = [object.clone()];
                        self.nested(|run| run.enter(index, &receiver, &[]))
                    }
                    Some(Value { kind: Kind::Function(index), .. }) => {
                        Value::of(Kind::Method(Rc::new(object.clone()), index))
                    }
                    Some(value) => value,
                    None => Value::default(),
                }
            }
            _ if matches!(
                name,
                "__globals__" | "__builtins__" | "f_globals" | "f_builtins" | "func_globals" | "gi_frame"
            ) =>
            {
                Value::name("builtins.globals()").tainted(Taint::INDIRECT)
            }
            Kind::Text(_) | Kind::Bytes(_) | Kind::List(_) | Kind::Dict(_) => {
                Value::of(Kind::Attribute(Rc::new(object.clone()), Self::rc(name))).tainted(object.taint)
            }
            _ => Value::unknown(object.taint).hinted(object.hint.clone()),
        }
    }

    /// Whether reading the attribute calls the function.
    fn is_property(&self, index: usize) -> bool {
        self.functions.get(index).is_some_and(|function| function.property)
    }

    fn subscript(&mut self, node: Node<'t>) -> Value {
        let object = self.field(node, "value");
        let Some(index_node) = node.child_by_field_name("subscript") else { return Value::unknown(object.taint) };
        if index_node.kind() == "slice" {
            let bounds = self.slice_bounds(index_node);
            self.spend(object.weight());
            return fold::slice(&object, bounds);
        }
        let index = self.eval(index_node);
        // A list is not gone through, and comparing with a key is quick.
        let cost = match &object.kind {
            Kind::Text(_) | Kind::Bytes(_) => object.weight(),
            Kind::Dict(pairs) => pairs.len().saturating_mul(2),
            _ => 0,
        };
        if !self.spend(cost) {
            return Value::default();
        }
        match (&object.kind, &index.kind) {
            (Kind::Name(path), Kind::Text(key)) => self.element(&path.clone(), &key.clone(), &object, &index),
            (Kind::List(items), Kind::Int(at)) => {
                let at = if *at < 0 { at + i64::try_from(items.len()).unwrap_or(0) } else { *at };
                usize::try_from(at).ok().and_then(|at| items.get(at).cloned()).unwrap_or_default().tainted(index.taint)
            }
            (Kind::Text(text), Kind::Int(at)) => {
                let back = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
                let found = if *at < 0 { text.chars().nth_back(back - 1) } else { text.chars().nth(back) };
                found.map_or_else(Value::default, |c| Value::text(c.to_string())).tainted(Taint::COMPUTED)
            }
            (Kind::Bytes(raw), Kind::Int(at)) => {
                let at = if *at < 0 { at + i64::try_from(raw.len()).unwrap_or(0) } else { *at };
                let found = usize::try_from(at).ok().and_then(|at| raw.get(at));
                let number = found.map_or_else(Value::default, |byte| Value::of(Kind::Int(i64::from(*byte))));
                number.tainted(Taint::COMPUTED)
            }
            (Kind::Dict(pairs), Kind::Text(key)) => {
                let found =
                    pairs.iter().rev().find(|(name, _)| name.str() == Some(key)).map(|(_, value)| value.clone());
                found.unwrap_or_default().tainted(index.taint)
            }
            (Kind::Class(_), _) => {
                let method = self.attribute(&object, "__class_getitem__");
                self.apply(&method, &[index], &[], node)
            }
            _ => Value::unknown(object.taint.with(index.taint)).hinted(object.hint.clone()),
        }
    }

    /// `module.__dict__["name"]`, `globals()["name"]`, `sys.modules["os"]`.
    fn element(&mut self, path: &str, key: &str, object: &Value, index: &Value) -> Value {
        let taint = object.taint.with(Taint::INDIRECT).with(index.taint);
        if path == "os.environ" {
            return Value::default();
        }
        if path.starts_with("builtins.globals()")
            || path.starts_with("builtins.locals()")
            || path.starts_with("builtins.vars()")
        {
            let known = self.lookup(key).map(|value| value.tainted(index.taint));
            return known.unwrap_or_else(|| match key {
                "__builtins__" | "builtins" => Value::name("builtins").tainted(taint),
                _ if super::effects::effect(&format!("os.{key}")).is_some() => {
                    Value::name(format!("os.{key}")).tainted(taint)
                }
                _ if super::effects::is_builtin(key) => Value::name(format!("builtins.{key}")).tainted(taint),
                _ => Value::name(key).tainted(taint),
            });
        }
        if path == "sys.modules" {
            return Value::name(key).tainted(taint);
        }
        if path == "ctypes.cdll" || path.ends_with("()") {
            return self.attribute(object, key).tainted(index.taint);
        }
        Value::name(format!("{path}.{key}")).tainted(taint)
    }

    fn slice_bounds(&mut self, node: Node<'t>) -> [Option<i64>; 3] {
        let mut bounds = [None; 3];
        let mut at = 0;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.kind() == ":" {
                at += 1;
            } else if child.is_named()
                && let Some(bound) = bounds.get_mut(at)
            {
                *bound = self.eval(child).int();
            }
        }
        bounds
    }

    /// A chain of operators, gone through without recursion along its left spine.
    fn binary(&mut self, node: Node<'t>) -> Value {
        let mut spine = vec![node];
        let mut left = node.child_by_field_name("left");
        while let Some(inner) = left.filter(|left| left.kind() == "binary_operator") {
            spine.push(inner);
            left = inner.child_by_field_name("left");
        }
        let mut value = left.map(|left| self.eval(left)).unwrap_or_default();
        for operation in spine.into_iter().rev() {
            let right = self.field(operation, "right");
            let operator =
                operation.child_by_field_name("operator").map(|operator| self.text_of(operator)).unwrap_or_default();
            if !self.spend(value.weight().saturating_add(right.weight())) {
                return Value::default();
            }
            value = fold::binary(&value, operator, &right);
        }
        value
    }

    fn dictionary(&mut self, node: Node<'t>) -> Value {
        let mut pairs = Vec::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == "pair" {
                let key = self.field(child, "key");
                let value = self.field(child, "value");
                pairs.push((key, value));
            } else {
                let inner = child.named_child(0).map(|inner| self.eval(inner)).unwrap_or_default();
                pairs.push((Value::default(), inner));
            }
        }
        Value::dictionary(pairs)
    }

    fn assignment(&mut self, node: Node<'t>) -> Value {
        let Some(right) = node.child_by_field_name("right") else { return Value::default() };
        let value = self.eval(right);
        if let Some(left) = node.child_by_field_name("left") {
            self.bind(left, value.clone());
        }
        value
    }

    fn augmented(&mut self, node: Node<'t>) -> Value {
        let left = self.field(node, "left");
        let right = self.field(node, "right");
        let operator = node
            .child_by_field_name("operator")
            .map(|operator| self.text_of(operator).trim_end_matches('='))
            .unwrap_or_default();
        if !self.spend(left.weight().saturating_add(right.weight())) {
            return Value::default();
        }
        let value = fold::binary(&left, operator, &right);
        if let Some(target) = node.child_by_field_name("left") {
            self.bind(target, value.clone());
        }
        value
    }

    /// A comprehension over something constant is carried out; otherwise its body is seen once.
    fn comprehension(&mut self, node: Node<'t>) -> Value {
        let mut cursor = node.walk();
        let clauses: Vec<Node<'t>> =
            node.named_children(&mut cursor).filter(|child| child.kind() == "for_in_clause").collect();
        let Some(body) = node.child_by_field_name("body") else { return Value::default() };
        let mut cursor = node.walk();
        let conditions: Vec<Node<'t>> =
            node.named_children(&mut cursor).filter(|child| child.kind() == "if_clause").collect();
        self.scopes.push(std::collections::HashMap::new());
        let mut iterated = None;
        let mut taint = Taint::NONE;
        for clause in &clauses {
            let right = self.field(*clause, "right");
            taint = taint.with(right.taint);
            if let Some(left) = clause.child_by_field_name("left") {
                self.bind(left, Value::unknown(right.taint).hinted(right.hint.clone()));
                iterated = self.elements(&right).map(|elements| (left, elements));
            }
        }
        for condition in conditions.iter().filter_map(|clause| clause.named_child(0)) {
            self.eval(condition);
        }
        let value = match iterated.filter(|_| clauses.len() == 1) {
            Some((left, elements)) if elements.items().is_some_and(|items| items.len() <= 20_000) => {
                let mut out = Vec::new();
                for item in elements.items().unwrap_or_default() {
                    if !self.spend(0) {
                        break;
                    }
                    self.bind(left, item.clone());
                    out.push(self.eval(body));
                }
                Value::list(out).tainted(elements.taint)
            }
            _ => {
                let inner = self.eval(body);
                Value::unknown(inner.taint.with(taint)).hinted(inner.hint)
            }
        };
        self.scopes.pop();
        value
    }
}

impl Value {
    /// Literals that stand side by side are one literal.
    fn without_joined(mut self) -> Self {
        self.taint = self.taint.without(Taint::JOINED);
        self
    }
}

/// Escapes of a Python literal, appended as UTF-8 (or as bytes).
fn unescape(text: &str, bytes: bool, out: &mut Vec<u8>) {
    let mut chars = text.chars().peekable();
    let push = |c: char, out: &mut Vec<u8>| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    while let Some(c) = chars.next() {
        if c != '\\' {
            push(c, out);
            continue;
        }
        let Some(escape) = chars.next() else { return out.push(b'\\') };
        let digits = match escape {
            'x' => 2,
            'u' if !bytes => 4,
            'U' if !bytes => 8,
            '0'..='7' => {
                let mut value = escape.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    if let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) {
                        value = value * 8 + digit;
                        chars.next();
                    }
                }
                if bytes {
                    out.push(value as u8);
                } else {
                    push(char::from_u32(value).unwrap_or('\u{fffd}'), out);
                }
                continue;
            }
            'n' => {
                out.push(b'\n');
                continue;
            }
            't' => {
                out.push(b'\t');
                continue;
            }
            'r' => {
                out.push(b'\r');
                continue;
            }
            '\n' => continue,
            '\\' | '\'' | '"' => {
                push(escape, out);
                continue;
            }
            'a' | 'b' | 'f' | 'v' => {
                out.push(b' ');
                continue;
            }
            other => {
                out.push(b'\\');
                push(other, out);
                continue;
            }
        };
        let mut value = 0_u32;
        for _ in 0..digits {
            if let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)) {
                value = value.wrapping_mul(16).wrapping_add(digit);
                chars.next();
            }
        }
        if bytes { out.push(value as u8) } else { push(char::from_u32(value).unwrap_or('\u{fffd}'), out) }
    }
}
