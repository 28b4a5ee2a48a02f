//! Java: what the compiler, or Lombok, writes: constructors and accessors of records and data classes.

use tree_sitter::Node;

use super::conventions::name_of;
use super::{Lowering, child_of, children, expr, span, stmt};
use crate::ir::{Class, ClassId, Expr, ExprKind, Field, Function, Param, Stmt, StmtKind};

/// Fields of one class that get accessors; classes with more are no data classes that people wrote.
const MOST: usize = 100;

impl Lowering<'_> {
    /// The canonical constructor of a record and its accessors.
    pub(super) fn record(&mut self, node: Node, id: ClassId, params: &[Param], class: &mut Class) {
        let assigned = params.iter().map(|param| assigns(node, &param.name)).collect::<Vec<_>>();
        let compact =
            node.child_by_field_name("body").and_then(|body| child_of(body, "compact_constructor_declaration"));
        let functions = &mut self.unit.functions;
        let compact = compact.and_then(|node| functions.iter_mut().find(|function| function.span == span(node)));
        if let Some(constructor) = compact {
            // Its statements run before the fields are set.
            constructor.params = params.to_vec();
            constructor.body.extend(assigned);
        } else if !self.has(class, &class.name, Some(params.len())) {
            let constructor = Function { params: params.to_vec(), body: assigned, ..Function::default() };
            self.written(node, id, class, Function { name: class.name.clone(), ..constructor });
        }
        for param in params.iter().take(MOST) {
            if !self.has(class, &param.name, Some(0)) {
                let body = vec![stmt(node, StmtKind::Return(Some(own(node, &param.name))))];
                self.written(node, id, class, Function { name: param.name.clone(), body, ..Function::default() });
            }
        }
    }

    /// What Lombok's annotations on a class stand for.
    pub(super) fn lombok(&mut self, node: Node, id: ClassId, class: &mut Class) {
        let marked = |names: &[&str]| class.decorators.iter().any(|mark| names.contains(&name_of(mark)));
        let reads = marked(&["Data", "Value", "Getter"]);
        let writes = marked(&["Data", "Setter"]);
        let builds = marked(&["AllArgsConstructor", "RequiredArgsConstructor", "Value"]);
        if !(reads || writes || builds) {
            return;
        }
        let fields: Vec<Field> = class.fields.iter().take(MOST).cloned().collect();
        for field in &fields {
            let Some(first) = field.name.chars().next() else { continue };
            let rest = field.name.get(first.len_utf8()..).unwrap_or_default();
            let tail = format!("{}{rest}", first.to_ascii_uppercase());
            let get =
                if field.of_type.as_deref() == Some("boolean") { format!("is{tail}") } else { format!("get{tail}") };
            if reads && !self.has(class, &get, None) {
                let body = vec![stmt(node, StmtKind::Return(Some(own(node, &field.name))))];
                self.written(node, id, class, Function { name: get, body, ..Function::default() });
            }
            let set = format!("set{tail}");
            if writes && !self.has(class, &set, None) {
                let (params, body) = (vec![param_of(field)], vec![assigns(node, &field.name)]);
                self.written(node, id, class, Function { name: set, params, body, ..Function::default() });
            }
        }
        if builds && !self.has(class, &class.name, None) {
            let unset: Vec<&Field> = fields.iter().filter(|field| field.value.is_none()).collect();
            let params = unset.iter().map(|field| param_of(field)).collect();
            let body = unset.iter().map(|field| assigns(node, &field.name)).collect();
            let name = class.name.clone();
            self.written(node, id, class, Function { name, params, body, ..Function::default() });
        }
    }

    fn has(&self, class: &Class, name: &str, params: Option<usize>) -> bool {
        let mut methods = class.methods.iter().filter_map(|id| self.unit.functions.get(*id as usize));
        methods.any(|method| method.name == name && params.is_none_or(|count| method.params.len() == count))
    }

    fn written(&mut self, node: Node, id: ClassId, class: &mut Class, function: Function) {
        let at = u32::try_from(self.unit.functions.len()).unwrap_or(u32::MAX);
        let name = span(node.child_by_field_name("name").unwrap_or(node));
        let place = Function { class: Some(id), parent: Some(self.function), span: name, name_span: name, ..function };
        self.unit.functions.push(Function { exported: true, ..place });
        class.methods.push(at);
    }

    /// Names that a pattern (`Point(int x, var y)`, `String s`) binds.
    pub(super) fn bound(&mut self, pattern: Node) -> Vec<String> {
        let mut names = Vec::new();
        self.deeper(|low| {
            for part in children(pattern) {
                match (pattern.kind(), part.kind()) {
                    // The first name of a record pattern is the record.
                    ("type_pattern" | "record_pattern_component", "identifier") => {
                        names.push(low.slice(part).to_owned());
                    }
                    (_, "type_pattern" | "record_pattern" | "record_pattern_body" | "record_pattern_component") => {
                        names.extend(low.bound(part));
                    }
                    _ => {}
                }
            }
        });
        names
    }
}

fn param_of(field: &Field) -> Param {
    Param { name: field.name.clone(), of_type: field.of_type.clone(), span: field.span, ..Param::default() }
}

fn own(node: Node, name: &str) -> Expr {
    let this = Box::new(expr(node, ExprKind::Name("this".to_owned())));
    expr(node, ExprKind::Member { object: this, name: name.to_owned() })
}

fn assigns(node: Node, name: &str) -> Stmt {
    let value = expr(node, ExprKind::Name(name.to_owned()));
    stmt(node, StmtKind::Assign { targets: vec![own(node, name)], op: None, value, of_type: None })
}
