//! Statements of the abstract run: what each of them binds, defines or goes through.

use std::collections::HashMap;

use tree_sitter::Node;

use super::run::{Class, Level, Run};
use super::value::{Kind, Value};

impl<'t> Run<'t> {
    pub(super) fn block(&mut self, node: Node<'t>) {
        if !self.spend(0) {
            return;
        }
        self.nested(|run| {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor) {
                run.statement(child);
            }
        });
    }

    fn statement(&mut self, node: Node<'t>) {
        if !self.spend(0) {
            return;
        }
        match node.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => self.import(node),
            "function_definition" => self.define(node),
            "class_definition" => self.class_definition(node),
            "decorated_definition" => self.decorated(node),
            "return_statement" => {
                let value = node.named_child(0).map(|child| self.eval(child)).unwrap_or_default();
                self.check_reduce(&value, node);
                self.returned.get_or_insert(value);
            }
            "if_statement" => self.if_statement(node),
            "for_statement" => self.for_statement(node),
            "with_statement" => self.with_statement(node),
            "while_statement"
            | "try_statement"
            | "match_statement"
            | "elif_clause"
            | "else_clause"
            | "except_clause"
            | "except_group_clause"
            | "finally_clause"
            | "case_clause"
            | "block"
            | "ERROR"
            | "with_clause"
            | "with_item" => self.children(node),
            "exec_statement" => {
                let value = node.named_child(0).map(|child| self.eval(child)).unwrap_or_default();
                self.call_path("builtins.exec", &Value::name("builtins.exec"), &[value], &[], node);
            }
            "comment" | "pass_statement" | "global_statement" | "nonlocal_statement" => {}
            "expression_statement"
            | "delete_statement"
            | "raise_statement"
            | "assert_statement"
            | "print_statement" => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    self.eval(child);
                }
            }
            _ => {
                self.eval(node);
            }
        }
    }

    fn children(&mut self, node: Node<'t>) {
        self.nested(|run| {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor) {
                run.statement(child);
            }
        });
    }

    fn if_statement(&mut self, node: Node<'t>) {
        let condition = node.child_by_field_name("condition");
        let text = condition.map(|condition| self.text_of(condition)).unwrap_or_default();
        let script = is_script_only(text);
        let level = self.level;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if script && node.child_by_field_name("consequence") == Some(child) {
                self.level = Level::Latent;
                self.block(child);
                self.level = level;
            } else {
                self.statement(child);
            }
        }
    }

    fn for_statement(&mut self, node: Node<'t>) {
        let (Some(left), Some(right), Some(body)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"), node.child_by_field_name("body"))
        else {
            return self.children(node);
        };
        let iterable = self.eval(right);
        let elements = self.elements(&iterable);
        if let Some(items) =
            elements.as_ref().and_then(Value::items).filter(|items| !items.is_empty() && items.len() <= 3000)
        {
            for item in items {
                if !self.spend(0) {
                    break;
                }
                self.bind(left, item.clone());
                self.block(body);
            }
        } else {
            self.bind(left, Value::unknown(iterable.taint).hinted(iterable.hint));
            self.block(body);
        }
        if let Some(other) = node.child_by_field_name("alternative") {
            self.statement(other);
        }
    }

    fn with_statement(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == "with_clause" {
                let mut items = child.walk();
                for item in child.named_children(&mut items) {
                    let value = item.child_by_field_name("value").unwrap_or(item);
                    self.eval(value);
                }
            } else {
                self.statement(child);
            }
        }
    }

    fn import(&mut self, node: Node<'t>) {
        let module = node.child_by_field_name("module_name").map(|module| self.text_of(module).to_string());
        let mut cursor = node.walk();
        let names: Vec<Node<'t>> = node.children_by_field_name("name", &mut cursor).collect();
        for name in names {
            let alias = name.child_by_field_name("alias").map(|alias| self.text_of(alias));
            let plain = self.text_of(name.child_by_field_name("name").unwrap_or(name));
            let (bound, path) = match (&module, alias) {
                (Some(module), alias) => (alias.unwrap_or(plain), format!("{module}.{plain}")),
                (None, Some(alias)) => (alias, plain.to_string()),
                (None, None) => {
                    let root = plain.split('.').next().unwrap_or(plain);
                    (root, root.to_string())
                }
            };
            // What comes from the package itself is not what its name says.
            let value = if path.starts_with('.') { Value::default() } else { Value::name(path) };
            self.assign(bound, value);
        }
        let mut cursor = node.walk();
        if node.named_children(&mut cursor).any(|child| child.kind() == "wildcard_import") {
            let known = |module: &str| matches!(module, "os" | "subprocess" | "posix" | "socket" | "base64" | "pty");
            self.stars.extend(module.filter(|module| known(module) && !self.stars.contains(module)));
        }
    }

    /// Registers a function and binds its name; defaults are evaluated now.
    fn define(&mut self, node: Node<'t>) {
        let index = self.function(node);
        if let Some(parameters) = node.child_by_field_name("parameters") {
            let mut cursor = parameters.walk();
            for parameter in parameters.named_children(&mut cursor) {
                if let Some(value) = parameter.child_by_field_name("value") {
                    self.eval(value);
                }
            }
        }
        let name = node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default();
        self.assign(name, Value::of(Kind::Function(index)));
    }

    fn class_definition(&mut self, node: Node<'t>) {
        let mut bases =
            vec![node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default().to_string()];
        if let Some(list) = node.child_by_field_name("superclasses") {
            let mut cursor = list.walk();
            for base in list.named_children(&mut cursor) {
                bases.push(self.text_of(base).chars().take(200).collect());
                self.eval(base);
            }
        }
        self.classes.push(Class { bases, attributes: HashMap::new() });
        let index = self.classes.len() - 1;
        let outer = self.class.replace(index);
        self.scopes.push(HashMap::new());
        if let Some(body) = node.child_by_field_name("body") {
            self.block(body);
        }
        let attributes = self.scopes.pop().unwrap_or_default();
        for (name, value) in &attributes {
            self.check_special(name, value, node);
        }
        if let Some(class) = self.classes.get_mut(index) {
            class.attributes.extend(attributes);
        }
        self.class = outer;
        let name = node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default();
        self.assign(name, Value::of(Kind::Class(index)));
    }

    fn decorated(&mut self, node: Node<'t>) {
        let mut decorators = Vec::new();
        let definition =
            node.child_by_field_name("definition").and_then(|definition| definition.child_by_field_name("name"));
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == "decorator" {
                let value = child.named_child(0).map(|inner| self.eval(inner)).unwrap_or_default();
                decorators.push((value, child));
            } else {
                let is_property = |(_, place): &(Value, Node<'t>)| self.text_of(*place).contains("property");
                self.property = child.kind() == "function_definition" && decorators.iter().any(is_property);
                self.statement(child);
                self.property = false;
            }
        }
        for (value, place) in decorators.iter().rev() {
            if matches!(value.kind, Kind::Function(_) | Kind::Name(_)) {
                let decorated = definition.and_then(|name| self.lookup(self.text_of(name))).unwrap_or_default();
                self.apply(value, &[decorated], &[], *place);
            }
        }
    }

    /// Binds a pattern: a name, a tuple of names, an attribute or an element.
    pub(super) fn bind(&mut self, target: Node<'t>, value: Value) {
        match target.kind() {
            "identifier" => {
                let name = self.text_of(target);
                self.check_special(name, &value, target);
                self.assign(name, value);
            }
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list"
            | "as_pattern_target" => {
                let mut cursor = target.walk();
                let targets: Vec<Node<'t>> = target.named_children(&mut cursor).collect();
                for (index, inner) in targets.into_iter().enumerate() {
                    let part = match value.items() {
                        Some(items) => items.get(index).cloned().unwrap_or_default(),
                        None if target.kind() == "as_pattern_target" => value.clone(),
                        None => Value::unknown(value.taint),
                    };
                    self.bind(inner, part);
                }
            }
            "attribute" => {
                let object = target.child_by_field_name("object").map(|object| self.eval(object)).unwrap_or_default();
                let name = target.child_by_field_name("attribute").map(|name| self.text_of(name)).unwrap_or_default();
                self.check_special(name, &value, target);
                if let (Kind::Name(_), Kind::Function(index)) = (&object.kind, &value.kind)
                    && self.patches.len() < 1000
                {
                    self.patches.push(*index);
                }
                if let Kind::Instance(class) | Kind::Class(class) = object.kind
                    && let Some(class) = self.classes.get_mut(class)
                {
                    class.attributes.insert(name.to_string(), value);
                }
            }
            "subscript" => {
                self.eval(target);
            }
            _ => {}
        }
    }
}

/// Whether a condition holds only when the file is run as a program, or never when it is run at all.
fn is_script_only(condition: &str) -> bool {
    let text: String = condition.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')).collect();
    let text = text.replace('\'', "\"");
    let program = text.contains("__name__==\"__main__\"") || text.contains("\"__main__\"==__name__");
    let words = || condition.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    (program && !words().any(|word| matches!(word, "or" | "not")))
        || matches!(text.as_str(), "TYPE_CHECKING" | "typing.TYPE_CHECKING")
}
