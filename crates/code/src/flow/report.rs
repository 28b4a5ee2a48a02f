//! What is found: flows that arrive, and calls, comparisons and texts that are weak by themselves.

use super::Flow;
use super::heap::{Kind, Object};
use super::run::Run;
use super::value::{Constant, Origin, Value};
use crate::ir::{Expr, ExprKind, Span};
use crate::specs::CLASSES;

/// Words in names of what must not stand in code.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "apikey",
    "api_key",
    "access_key",
    "secret_key",
    "private_key",
    "auth_token",
    "access_token",
    "client_secret",
    "db_pass",
    "jwt_secret",
    "encryption_key",
    "secretkey",
    "authtoken",
];

impl<'u> Run<'u> {
    pub(super) fn weak(&mut self, kind: &str, path: &str, span: Span) {
        if self.recording {
            let flow = Flow {
                kind: kind.to_owned(),
                label: None,
                callee: as_written(path),
                source: None,
                steps: Vec::new(),
                sink: self.place(span),
                target: None,
                called: false,
                context: self.context(),
            };
            self.flows.push(flow);
        }
    }

    /// What the result is called here, and the function.
    fn context(&self) -> String {
        let function =
            self.function(self.frame.unit, self.frame.function).map_or("", |function| function.name.as_str());
        format!("{} {function}", self.frame.target).trim().to_owned()
    }

    pub(super) fn arrives(&mut self, kind: &str, path: &str, span: Span, origins: impl Iterator<Item = Origin>) {
        if !self.recording {
            return;
        }
        for origin in origins {
            if (origin.label == "mac") != (kind == "timing") || self.is_beside(origin.label) {
                continue;
            }
            let mut steps = Vec::new();
            let mut way = origin.steps.as_ref();
            while let Some(step) = way {
                steps.push((step.place, step.text.to_string()));
                way = step.before.as_ref();
            }
            steps.reverse();
            let owner = self.stack.first().copied().filter(|_| origin.label == "unknown");
            let flow = Flow {
                kind: kind.to_owned(),
                label: Some(origin.label),
                callee: as_written(path),
                source: Some(origin.place),
                steps,
                sink: self.place(span),
                target: self.target.as_deref().map(str::to_owned),
                called: false,
                context: self.context(),
            };
            if let Some((0, owner)) = owner {
                self.owners.push((self.flows.len(), owner));
            }
            self.flows.push(flow);
        }
    }

    /// A comparison of two texts that stops at the first difference: of a signature it tells how much was right.
    pub(super) fn compares(&mut self, name: &str, values: &[&Value<'u>], span: Span) {
        let both: Vec<Origin> = values.iter().flat_map(|value| self.heap.origins(value)).collect();
        if both.iter().any(|origin| origin.label == "mac") {
            self.arrives("timing", name, span, both.into_iter());
        }
    }

    /// What a web function returns as text is a page.
    pub(super) fn page(&mut self, value: &Value<'u>, span: Span) {
        if self.heap.of(value).is_some_and(|object| matches!(object.kind, Kind::Map | Kind::Instance)) {
            return;
        }
        let value = match self.heap.of(value).and_then(Object::elements) {
            Some(parts) => parts.into_iter().next().unwrap_or_default(),
            None => value.clone(),
        };
        let html = CLASSES.iter().position(|known| *known == "html").unwrap_or_default();
        // Only text that is surely one: an object of a library may be a response that renders safely.
        let origins: Vec<Origin> =
            value.origins.iter().filter(|o| o.label == "user" && o.cleaned & (1 << html) == 0).cloned().collect();
        self.arrives("html", "return", span, origins.into_iter());
    }

    /// What a function puts together and returns is a page if it begins like one, whoever shows it.
    pub(super) fn markup(&mut self, value: &Value<'u>, span: Span) {
        const STARTS: &[&str] = &[
            "<!doctype html",
            "<html",
            "<body",
            "<h1",
            "<h2",
            "<h3",
            "<div",
            "<p>",
            "<ul",
            "<li",
            "<td",
            "<tr",
            "<span",
            "<a href",
            "<b>",
        ];
        let begins = |prefix: &str| {
            let start: String = prefix.trim_start().chars().take(16).collect::<String>().to_ascii_lowercase();
            STARTS.iter().any(|tag| start.starts_with(tag))
        };
        if !value.prefix.as_deref().is_some_and(begins) {
            return;
        }
        let html = CLASSES.iter().position(|known| *known == "html").unwrap_or_default();
        let origins: Vec<Origin> =
            value.origins.iter().filter(|o| o.label == "unknown" && o.cleaned & (1 << html) == 0).cloned().collect();
        let first = self.flows.len();
        self.arrives("html", "return", span, origins.into_iter());
        self.flows.iter_mut().skip(first).for_each(|flow| flow.called = true);
    }

    /// An assignment to a member is a call for the tables: `x.innerHTML=`.
    pub(super) fn assigned(&mut self, target: &'u Expr, value: &Value<'u>, span: Span) {
        let (object, name) = match &target.kind {
            ExprKind::Member { object, name } => (object, name.as_str().into()),
            ExprKind::Index { object, index } => {
                // Whatever the key is: `x.*=`, key and value.
                let (holder, key) = (self.expr(object), self.expr(index));
                if let Some(path) = holder.path.as_ref().map(|path| format!("{path}.*=")) {
                    let args = vec![(None, key.clone()), (None, value.clone())];
                    self.records(&path, Some(&holder), &args, span, &mut Vec::new());
                }
                let Some(constant) = key.constant else { return };
                (object, constant.shown())
            }
            _ => return,
        };
        let holder = self.expr(object);
        let Some(path) = holder.path.clone() else { return };
        let path = format!("{path}.{name}=");
        self.records(&path, Some(&holder), &vec![(None, value.clone())], span, &mut Vec::new());
    }

    /// A text with the name of a secret.
    pub(super) fn credential(&mut self, name: &str, value: &Value<'u>, span: Span) {
        let Some(Constant::Text(text)) = &value.constant else { return };
        let name = name.trim_matches('_').to_ascii_lowercase();
        let is_secret =
            SECRET.iter().any(|secret| name.ends_with(secret)) && !name.contains("hash") && !name.starts_with("no");
        let lower = text.to_ascii_lowercase();
        // Words joined by dashes name something.
        let is_name = text.contains(['-', '_', ':']) && !text.contains(|c: char| c.is_ascii_digit());
        let placeholder = is_name
            || text.len() < 4
            || text.len() > 200
            || text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '{' | '$' | '*' | '/' | '\\' | '.'))
            || [
                "your",
                "example",
                "placeholder",
                "xxxx",
                "todo",
                "none",
                "null",
                "env",
                "password",
                "secret",
                "token",
                "_key",
            ]
            .iter()
            .any(|word| {
                lower.contains(word)
                    && (lower.len() < 14 || lower.contains("your"))
                    && *word != lower.trim_end_matches(char::is_numeric)
            })
            || lower == name;
        if is_secret && !placeholder {
            self.weak("hard-coded-credential", &name, span);
        }
    }
}

/// What the lowering named by a mark, as it stands in the text.
fn as_written(path: &str) -> String {
    match path.strip_suffix("!()") {
        Some("unsafe") => "unsafe".to_owned(),
        Some("static") => "static mut".to_owned(),
        Some("pprof") => "net/http/pprof".to_owned(),
        Some(tag) if crate::lower::TAGS.contains(&tag) => format!("<{tag}>"),
        _ => path.to_owned(),
    }
}
