//! JavaScript and TypeScript: what modules take from each other and give.

use std::collections::HashSet;

use tree_sitter::Node;

use super::super::{Lowering, child_of, children, expr, span, stmt};
use super::patterns::assign;
use super::{is_function, text};
use crate::ir::{Expr, ExprKind, Import, Stmt, StmtKind};

impl Lowering<'_> {
    fn js_add_import(&mut self, module: &str, name: Option<&str>, local: &str, at: Node) {
        // The default export of a package is what the package is known by.
        let name = name.filter(|name| *name != "default" || text::is_local(module));
        self.unit.imports.push(Import {
            module: module.to_owned(),
            name: name.map(str::to_owned),
            local: local.to_owned(),
            span: span(at),
        });
    }

    pub(super) fn js_import(&mut self, node: Node) {
        let clause = child_of(node, "import_clause");
        if let Some(required) = child_of(node, "import_require_clause") {
            // `import fs = require("fs")`
            let module = required.child_by_field_name("source").map(|source| self.js_text(source)).unwrap_or_default();
            if let Some(local) = child_of(required, "identifier") {
                self.js_add_import(&text::module(&module), None, self.slice(local), local);
            }
            return;
        }
        let Some(source) = node.child_by_field_name("source") else { return };
        let module = text::module(&self.js_text(source));
        for part in clause.map(children).unwrap_or_default() {
            match part.kind() {
                "identifier" => self.js_add_import(&module, Some("default"), self.slice(part), part),
                "namespace_import" => {
                    if let Some(local) = child_of(part, "identifier") {
                        self.js_add_import(&module, None, self.slice(local), local);
                    }
                }
                _ => {
                    for one in children(part) {
                        self.js_named(one, &module);
                    }
                }
            }
        }
    }

    /// `a`, `a as b` of an import or of an export from elsewhere.
    fn js_named(&mut self, one: Node, module: &str) {
        let name = self.js_key(one.child_by_field_name("name"));
        let local = one.child_by_field_name("alias").map(|alias| self.js_key(Some(alias)));
        let local = local.unwrap_or_else(|| name.clone());
        self.js_add_import(module, Some(&name), &local, one);
    }

    /// `const x = require('y')` and its like are imports; None if the declaration is none.
    pub(super) fn js_required(&mut self, declarator: Node) -> Option<()> {
        let mut value = declarator.child_by_field_name("value")?;
        let name = declarator.child_by_field_name("name")?;
        while matches!(value.kind(), "await_expression" | "parenthesized_expression" | "as_expression") {
            value = children(value).into_iter().next()?;
        }
        if value.kind() == "member_expression" {
            let module = self.js_module_of(value.child_by_field_name("object")?)?;
            let member = self.slice(value.child_by_field_name("property")?);
            (name.kind() == "identifier").then_some(())?;
            self.js_add_import(&module, Some(member), self.slice(name), name);
            return Some(());
        }
        let module = self.js_module_of(value)?;
        if name.kind() == "identifier" {
            self.js_add_import(&module, None, self.slice(name), name);
            return Some(());
        }
        let bound = self.js_bound_names(name);
        let simple =
            |(local, _): &(String, String)| local.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
        if bound.len() != children(name).len() || !bound.iter().all(simple) {
            return None;
        }
        for (local, member) in bound {
            self.js_add_import(&module, Some(&member), &local, name);
        }
        Some(())
    }

    pub(super) fn js_export(&mut self, node: Node, into: &mut Vec<Stmt>) {
        if let Some(source) = node.child_by_field_name("source") {
            let module = text::module(&self.js_text(source));
            match child_of(node, "export_clause") {
                Some(clause) => children(clause).into_iter().for_each(|one| self.js_named(one, &module)),
                None => self.js_add_import(&module, Some("*"), "*", node),
            }
            return;
        }
        if let Some(declared) = node.child_by_field_name("declaration") {
            let (functions, classes) = (self.unit.functions.len(), self.unit.classes.len());
            self.js_statement(declared, into);
            let decorators = self.js_decorators(node);
            if let Some(class) = self.unit.classes.get_mut(classes).filter(|_| !decorators.is_empty()) {
                class.decorators.extend(decorators);
            }
            let this = self.function;
            let new = self.unit.functions.iter_mut().skip(functions);
            new.filter(|function| function.parent == Some(this)).for_each(|function| function.exported = true);
            let name = declared.child_by_field_name("name").map(|name| self.slice(name).to_owned());
            if let Some(name) = name.filter(|_| self.slice(node).starts_with("export default")) {
                into.push(alias(node, "default", name));
            }
            return;
        }
        if let Some(value) = node.child_by_field_name("value") {
            self.js_give("default", value, into);
            return;
        }
        for one in child_of(node, "export_clause").map(children).unwrap_or_default() {
            let name = self.js_key(one.child_by_field_name("name"));
            if let Some(alias) = one.child_by_field_name("alias") {
                let new = self.js_key(Some(alias));
                into.push(self::alias(one, &new, name));
            }
        }
        // `export = x` of TypeScript.
        if let Some(value) = children(node).into_iter().find(|part| part.kind() == "identifier") {
            self.js_give("default", value, into);
        }
    }

    /// Defines a name that the module gives.
    fn js_give(&mut self, name: &str, value: Node, into: &mut Vec<Stmt>) {
        if value.kind() == "identifier" && self.slice(value) == name {
            return;
        }
        let taken = self.unit.imports.iter().any(|import| import.local == name)
            || self.unit.functions.iter().any(|known| known.name == name && known.parent == Some(0));
        if taken {
            let value = self.js_expr(value);
            into.push(Stmt { span: value.span, kind: StmtKind::Expr(value) });
        } else if is_function(value) || value.kind() == "method_definition" {
            let id = self.js_function(value, name.to_owned(), Vec::new());
            if let Some(function) = self.unit.functions.get_mut(id as usize) {
                function.exported = true;
            }
            into.push(stmt(value, StmtKind::Function(id)));
        } else {
            let target = expr(value, ExprKind::Name(name.to_owned()));
            let lowered = self.js_expr(value);
            into.push(assign(value, target, lowered, None));
        }
    }

    /// `exports.f = …`, `module.exports = …`: whether the assignment was one of these.
    pub(super) fn js_common_export(&mut self, node: Node, into: &mut Vec<Stmt>) -> bool {
        let (Some(left), Some(mut value)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return false;
        };
        let written = self.slice(left);
        let whole = matches!(written, "module.exports" | "exports");
        let name = written.strip_prefix("module.exports.").or_else(|| written.strip_prefix("exports."));
        if self.function != 0 || !(whole || name.is_some_and(|name| !name.contains(['.', '[', '(']))) {
            return false;
        }
        while let Some(inner) = value.child_by_field_name("right").filter(|_| value.kind() == "assignment_expression") {
            value = inner;
        }
        match name {
            Some(name) => self.js_give(name, value, into),
            None if value.kind() == "object" => {
                for part in children(value) {
                    match part.kind() {
                        "pair" => {
                            let key = self.js_key(part.child_by_field_name("key"));
                            if let Some(value) = part.child_by_field_name("value") {
                                self.js_give(&key, value, into);
                            }
                        }
                        "method_definition" => {
                            let key = self.js_key(part.child_by_field_name("name"));
                            self.js_give(&key, part, into);
                        }
                        _ => {
                            let inner = self.js_expr(part);
                            into.push(stmt(part, StmtKind::Expr(inner)));
                        }
                    }
                }
            }
            None => self.js_give("default", value, into),
        }
        true
    }

    /// Names that the file exports elsewhere than where it declares them.
    pub(super) fn js_exported_names(&self, root: Node) -> HashSet<String> {
        let mut names = HashSet::new();
        for node in children(root) {
            if node.kind() == "export_statement" {
                for one in child_of(node, "export_clause").map(children).unwrap_or_default() {
                    names.insert(self.js_key(one.child_by_field_name("name")));
                }
                names.extend(node.child_by_field_name("value").map(|value| self.slice(value).to_owned()));
            } else if node.kind() == "expression_statement" {
                let given = children(node).into_iter().next().filter(|inner| {
                    let left = inner.child_by_field_name("left").map(|left| self.slice(left)).unwrap_or_default();
                    left.starts_with("module.exports") || left.starts_with("exports.")
                });
                let Some(value) = given.and_then(|given| given.child_by_field_name("right")) else { continue };
                let values = if value.kind() == "object" { children(value) } else { vec![value] };
                let values = values.into_iter().map(|one| one.child_by_field_name("value").unwrap_or(one));
                names.extend(values.filter(|one| one.child_count() == 0).map(|one| self.slice(one).to_owned()));
            }
        }
        names
    }
}

/// A value that nothing is known of.
pub(super) fn nothing(at: Node) -> Expr {
    expr(at, ExprKind::Literal(crate::ir::Literal::Null))
}

/// Another name of something.
fn alias(at: Node, new: &str, name: String) -> Stmt {
    let target = expr(at, ExprKind::Name(new.to_owned()));
    assign(at, target, expr(at, ExprKind::Name(name)), None)
}
