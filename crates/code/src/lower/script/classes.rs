//! JavaScript and TypeScript: classes, interfaces, enums.

use tree_sitter::Node;

use super::super::{Lowering, children, expr, span};
use super::is_function;
use crate::ir::{Class, ClassId, Expr, ExprKind, Field, Literal};

impl Lowering<'_> {
    fn js_new_class(&mut self, class: Class) -> ClassId {
        let id = ClassId::try_from(self.unit.classes.len()).unwrap_or(ClassId::MAX);
        self.unit.classes.push(class);
        id
    }

    /// A class; one without a name is named by its place.
    pub(super) fn js_class(&mut self, node: Node, mut decorators: Vec<Expr>) -> ClassId {
        decorators.extend(self.js_decorators(node));
        let name = node.child_by_field_name("name");
        let name = name.map_or_else(|| super::patterns::hidden(node), |name| self.slice(name).to_owned());
        let mut bases = Vec::new();
        for heritage in children(node).into_iter().filter(|part| part.kind() == "class_heritage") {
            for part in children(heritage) {
                match part.kind() {
                    "extends_clause" => bases.extend(part.child_by_field_name("value").map(|base| self.slice(base))),
                    "implements_clause" => bases.extend(children(part).into_iter().map(|base| self.slice(base))),
                    _ => bases.push(self.slice(part)),
                }
            }
        }
        let bases = bases.into_iter().map(str::to_owned).collect();
        let id = self.js_new_class(Class { name, bases, decorators, span: span(node), ..Class::default() });
        if let Some(body) = node.child_by_field_name("body") {
            self.deeper(|low| low.js_members(body, id));
        }
        id
    }

    fn js_members(&mut self, body: Node, class: ClassId) {
        let mut pending = Vec::new();
        for member in children(body) {
            if member.kind() == "decorator" {
                pending.extend(self.js_decorator(member));
                continue;
            }
            let mut decorators = std::mem::take(&mut pending);
            decorators.extend(self.js_decorators(member));
            let name = member.child_by_field_name("name").or_else(|| member.child_by_field_name("property"));
            let name = self.js_key(name);
            match member.kind() {
                "method_definition" => {
                    let fixed = has_word(member, "static");
                    self.js_add_method(member, name, decorators, class, fixed);
                }
                "class_static_block" => self.js_add_method(member, String::new(), decorators, class, true),
                "field_definition" | "public_field_definition" => {
                    let value = member.child_by_field_name("value");
                    if let Some(function) = value.filter(|value| is_function(*value)) {
                        let fixed = has_word(member, "static");
                        self.js_add_method(function, name, decorators, class, fixed);
                        continue;
                    }
                    let value = value.map(|value| self.js_expr(value));
                    let field = Field { name, of_type: self.js_type(member), value, decorators, span: span(member) };
                    self.js_add_field(class, field);
                }
                _ => {}
            }
        }
    }

    fn js_add_method(&mut self, node: Node, name: String, decorators: Vec<Expr>, class: ClassId, fixed: bool) {
        let id = self.js_method(node, name, decorators, Some(class));
        if let Some(method) = self.unit.functions.get_mut(id as usize) {
            method.is_static = fixed;
            method.exported = true;
        }
        if let Some(class) = self.unit.classes.get_mut(class as usize) {
            class.methods.push(id);
        }
    }

    fn js_add_field(&mut self, class: ClassId, field: Field) {
        if let Some(class) = self.unit.classes.get_mut(class as usize) {
            class.fields.push(field);
        }
    }

    /// The name of a member as written, without quotes.
    pub(super) fn js_key(&self, node: Option<Node>) -> String {
        match node {
            Some(text) if text.kind() == "string" => self.js_text(text),
            other => self.owned(other),
        }
    }

    /// An interface, or the alias of an object type: its fields tell types.
    pub(super) fn js_interface(&mut self, node: Node, body: Node) -> ClassId {
        let name = self.owned(node.child_by_field_name("name"));
        let id = self.js_new_class(Class { name, span: span(node), ..Class::default() });
        for member in children(body).into_iter().filter(|member| member.kind() == "property_signature") {
            let name = self.js_key(member.child_by_field_name("name"));
            let of_type = self.js_type(member);
            self.js_add_field(id, Field { name, of_type, span: span(member), ..Field::default() });
        }
        id
    }

    /// The values of an enum are fields; without one, numbers.
    pub(super) fn js_enum(&mut self, node: Node) -> ClassId {
        let name = self.owned(node.child_by_field_name("name"));
        let id = self.js_new_class(Class { name, span: span(node), ..Class::default() });
        let members = node.child_by_field_name("body").map(children).unwrap_or_default();
        for (at, member) in members.into_iter().enumerate() {
            let key =
                if member.kind() == "enum_assignment" { member.child_by_field_name("name") } else { Some(member) };
            let value = match member.child_by_field_name("value") {
                Some(value) => self.js_expr(value),
                None => expr(member, ExprKind::Literal(Literal::Number(at.to_string()))),
            };
            let field = Field { name: self.js_key(key), value: Some(value), span: span(member), ..Field::default() };
            self.js_add_field(id, field);
        }
        id
    }
}

fn has_word(node: Node, word: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| child.kind() == word)
}
