//! Java: what a framework or library makes of a method, written as calls of names that the tables know.
//!
//! `accept_everything()` stands in checks that let anyone pass, `redirect_view(x)` and `named_view(x)` around the
//! names of views that Spring is given, the decorator `web_page` on methods whose text is the page.

use tree_sitter::Node;

use super::{Lowering, child_of, children, expr, stmt};
use crate::ir::{Arg, BinaryOp, Class, Expr, ExprKind, FunctionId, Literal, Stmt, StmtKind};

/// Methods that take a verifier of host names, or a strategy of trust.
const VERIFIERS: &[&str] = &[
    "setHostnameVerifier",
    "setDefaultHostnameVerifier",
    "setSSLHostnameVerifier",
    "hostnameVerifier",
    "sslHostnameVerifier",
    "withHostnameVerifier",
    "loadTrustMaterial",
];

impl Lowering<'_> {
    /// Whether a lambda lets every host or certificate pass.
    pub(super) fn accepts_everything(&self, lambda: Node) -> bool {
        let Some(body) = lambda.child_by_field_name("body") else { return false };
        let returned = match body.kind() {
            "block" => match children(body).as_slice() {
                [only] if only.kind() == "return_statement" => children(*only).into_iter().next(),
                _ => None,
            },
            _ => Some(body),
        };
        if returned.is_none_or(|value| value.kind() != "true") {
            return false;
        }
        let is_type = |node: Node| {
            let of_type = node.child_by_field_name("type").map(|of| self.slice(of)).unwrap_or_default();
            of_type.ends_with("HostnameVerifier") || of_type.ends_with("TrustStrategy")
        };
        let Some(parent) = lambda.parent() else { return false };
        match parent.kind() {
            "argument_list" => parent
                .parent()
                .and_then(|call| call.child_by_field_name("name"))
                .is_some_and(|name| VERIFIERS.contains(&self.slice(name))),
            "variable_declarator" => parent.parent().is_some_and(is_type),
            "cast_expression" => is_type(parent),
            _ => false,
        }
    }

    /// Applies the conventions to a method of a class whose decorators and bases are known.
    pub(super) fn conventions(&mut self, member: Node, id: FunctionId, class: &Class) {
        self.program_arguments(member, id);
        self.trusts(member, id);
        let of_type = member.child_by_field_name("type").map(|of| self.slice(of)).unwrap_or_default();
        let text = matches!(of_type, "String" | "CharSequence" | "ResponseEntity<String>" | "Object" | "ModelAndView");
        let Some(function) = self.unit.functions.get_mut(id as usize) else { return };
        let Some(mapping) = function.decorators.iter().find(|mark| name_of(mark).ends_with("Mapping")) else { return };
        let html = matches!(&mapping.kind, ExprKind::Call { args, .. }
            if args.iter().all(|arg| arg.name.as_deref() != Some("produces") || shows(&arg.value, "html")));
        let marked = |marks: &[Expr], name: &str| marks.iter().any(|mark| name_of(mark) == name);
        if marked(&class.decorators, "RestController")
            || marked(&class.decorators, "ResponseBody")
            || marked(&function.decorators, "ResponseBody")
        {
            let bare = !matches!(mapping.kind, ExprKind::Call { .. });
            if text && of_type != "Object" && of_type != "ModelAndView" && (html || bare) {
                function.decorators.push(expr(member, ExprKind::Name("web_page".to_owned())));
            }
        } else if of_type == "String" && !marked(&class.decorators, "Path") {
            views(&mut function.body, marked(&class.decorators, "Controller"));
        }
    }

    /// The parameter of `main` is what the program is started with.
    fn program_arguments(&mut self, member: Node, id: FunctionId) {
        let Some(function) = self.unit.functions.get_mut(id as usize) else { return };
        if let ("main", [param]) = (function.name.as_str(), function.params.as_mut_slice())
            && (param.is_rest || param.of_type.as_deref().is_some_and(|of| of.ends_with("[]")))
        {
            param.decorators.push(expr(member, ExprKind::Name("program_arguments".to_owned())));
        }
    }

    /// Checks of certificates and host names that never fail.
    fn trusts(&mut self, member: Node, id: FunctionId) {
        let has_body = child_of(member, "block").is_some();
        let Some(function) = self.unit.functions.get_mut(id as usize).filter(|_| has_body) else { return };
        let passes = |statement: &Stmt| match &statement.kind {
            StmtKind::Return(None) => true,
            StmtKind::Return(Some(value)) => matches!(value.kind, ExprKind::Literal(_) | ExprKind::List(_)),
            _ => false,
        };
        let params: Vec<&str> = function.params.iter().filter_map(|param| param.of_type.as_deref()).collect();
        let yes = |statement: &Stmt| {
            matches!(&statement.kind, StmtKind::Return(Some(value))
                if matches!(value.kind, ExprKind::Literal(Literal::Bool(true))))
        };
        let accepts = match function.name.as_str() {
            "checkServerTrusted" => function.body.iter().all(passes),
            "verify" => params.iter().any(|of| of.ends_with("SSLSession")) && function.body.iter().all(yes),
            "isTrusted" | "isServerTrusted" => {
                params.iter().any(|of| of.contains("X509Certificate")) && function.body.iter().all(yes)
            }
            _ => false,
        };
        if accepts {
            let place = member.child_by_field_name("name").unwrap_or(member);
            function.body.insert(0, stmt(place, StmtKind::Expr(called(place, "accept_everything", Vec::new()))));
        }
    }
}

/// A call of one of the names that stand for a convention.
pub(super) fn called(node: Node, name: &str, args: Vec<Arg>) -> Expr {
    let callee = Box::new(expr(node, ExprKind::Name(name.to_owned())));
    expr(node, ExprKind::Call { callee, args, is_new: false })
}

/// Names of views that are put together are calls; what is no redirect only where `named` says that it is a view.
fn views(body: &mut [Stmt], named: bool) {
    for statement in body {
        match &mut statement.kind {
            StmtKind::Return(Some(value)) => {
                let Some(name) = view(value).filter(|name| named || *name != "named_view") else { continue };
                let span = value.span;
                let callee = Box::new(Expr { kind: ExprKind::Name(name.to_owned()), span });
                let inner = std::mem::replace(value, Expr { kind: ExprKind::Other(Vec::new()), span });
                let args = vec![Arg { name: None, value: inner }];
                value.kind = ExprKind::Call { callee, args, is_new: false };
            }
            StmtKind::If { then, other, .. } => {
                views(then, named);
                views(other, named);
            }
            StmtKind::Loop { body, .. } | StmtKind::With { body, .. } | StmtKind::Block(body) => views(body, named),
            StmtKind::Switch { cases, .. } => cases.iter_mut().for_each(|case| views(&mut case.body, named)),
            StmtKind::Try { body, handlers, finally } => {
                views(body, named);
                for (_, handler) in handlers.iter_mut() {
                    views(handler, named);
                }
                views(finally, named);
            }
            _ => {}
        }
    }
}

/// How a returned text is used: `redirect:` in front of an address, or the name of a template.
fn view(value: &Expr) -> Option<&'static str> {
    let mut terms = Vec::new();
    let mut at = value;
    while let ExprKind::Binary { op: BinaryOp::Add, left, right } = &at.kind {
        terms.push(right.as_ref());
        at = left;
    }
    let first = match &at.kind {
        ExprKind::Literal(Literal::Text(text)) => text.as_str(),
        ExprKind::Literal(_) => return None,
        _ => "",
    };
    let Some(next) = terms.last() else {
        return matches!(at.kind, ExprKind::Name(_) | ExprKind::Call { .. }).then_some("named_view");
    };
    let fixed = matches!(next.kind, ExprKind::Literal(_));
    match first.strip_prefix("redirect:") {
        // `redirect:/users/` stays on this server.
        Some("") => (!fixed).then_some("redirect_view"),
        Some(rest) => matches!(rest, "http://" | "https://" | "//" | "http:" | "https:").then_some("redirect_view"),
        None => Some("named_view"),
    }
}

fn shows(value: &Expr, wanted: &str) -> bool {
    match &value.kind {
        ExprKind::Literal(Literal::Text(text)) => text.contains(wanted),
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name.to_ascii_lowercase().contains(wanted),
        ExprKind::List(parts) => parts.iter().any(|part| shows(part, wanted)),
        _ => false,
    }
}

/// The last name of an annotation.
pub(super) fn name_of(mark: &Expr) -> &str {
    match &mark.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
        ExprKind::Call { callee, .. } => name_of(callee),
        _ => "",
    }
}
