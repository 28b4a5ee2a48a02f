//! What a condition says of the names in it: allow-lists, fixed values, containment.

use std::rc::Rc;

use super::heap::{Kind, Object};
use super::promise::{bared, is_rooted, on_host};
use super::run::Run;
use super::value::{Constant, Value};
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, UnaryOp};
use crate::specs::{CLASSES, Verb};

/// Methods that ask whether something is among others.
const CONTAINS: &[&str] = &["contains", "includes", "has", "containsKey", "indexOf", "contains_key", "__contains__"];

/// Methods that give the text itself, in other letters at most: to know the one is to know the other.
pub(super) const KEEPS: &[&str] = &[
    "lower",
    "upper",
    "strip",
    "casefold",
    "title",
    "capitalize",
    "trim",
    "toString",
    "toLowerCase",
    "toUpperCase",
    "intern",
    "name",
    "as_str",
    "to_lowercase",
    "to_uppercase",
    "to_string",
    "to_ascii_lowercase",
    "String",
    "clone",
    "decode",
    "orElse",
    "get",
    "unwrap",
    "normalize",
];

impl<'u> Run<'u> {
    /// Applies a condition that holds, or does not.
    pub(super) fn refine(&mut self, cond: &'u Expr, holds: bool) {
        match &cond.kind {
            ExprKind::Same(inner) => self.refine(inner, holds),
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.refine(operand, !holds),
            ExprKind::Binary { op: BinaryOp::And, left, right } if holds => {
                self.refine(left, true);
                self.refine(right, true);
            }
            ExprKind::Binary { op: BinaryOp::Or, left, right } if !holds => {
                self.refine(left, false);
                self.refine(right, false);
            }
            // One of both: what either way makes harmless is harmless.
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                let before = self.state();
                self.refine(left, holds);
                let first = self.state();
                self.restore(before);
                self.refine(left, !holds);
                self.refine(right, holds);
                let second = self.state();
                let joined = self.joined(first, second);
                self.restore(joined);
            }
            ExprKind::Binary { op, left, right } => self.compared(*op, left, right, holds),
            ExprKind::Call { callee, args, .. } => self.asked(callee, args, holds),
            ExprKind::Assign(_, value) => self.refine(value, holds),
            // `if allowed[x]`
            ExprKind::Index { object, index } if holds && self.is_fixed(object) => self.fix(index, None),
            // A name that holds the answer: `ok := allowed[x]`, `valid = x in ALLOWED`.
            ExprKind::Name(name) => {
                if let Some(question) = self.frame.questions.remove(name.as_str()) {
                    self.refine(question, holds);
                    self.frame.questions.insert(name.as_str(), question);
                } else {
                    self.stands_alone(cond, holds);
                }
            }
            ExprKind::Member { .. } => self.stands_alone(cond, holds),
            _ => {}
        }
    }

    fn compared(&mut self, op: BinaryOp, left: &'u Expr, right: &'u Expr, holds: bool) {
        let same = match op {
            BinaryOp::In | BinaryOp::Eq => holds,
            BinaryOp::NotIn | BinaryOp::Ne => !holds,
            // `x.indexOf(y) >= 0`, `> -1`
            BinaryOp::Ge | BinaryOp::Gt => holds,
            BinaryOp::Lt => !holds,
            _ => return,
        };
        if matches!(op, BinaryOp::In | BinaryOp::NotIn) {
            if self.is_detour(left) {
                if !same {
                    self.clean(right, class("path"), true);
                }
            } else if same && self.is_fixed(right) {
                self.fix(left, None);
            }
            return;
        }
        for (one, other) in [(left, right), (right, left)] {
            // `url.host_str() == Some("…")`
            if same && matches!(op, BinaryOp::Eq | BinaryOp::Ne) && self.expr(bared(other)).constant.is_some() {
                let value = self.expr(one);
                if Self::is_host(&value) {
                    self.led_home(&value);
                    return;
                }
            }
            // `n, err := strconv.Atoi(x)`, `err == nil`
            if let ExprKind::Name(name) = &unwrapped(one).kind
                && same
                && let Some(question) = self.frame.questions.get(name.as_str()).copied()
                && matches!(self.expr(other).constant, Some(Constant::Null))
            {
                self.returned_from(question);
            }
            if let ExprKind::Call { callee, args, .. } = &unwrapped(one).kind {
                if super::run::name_of(callee) == "typeof" {
                    self.is_of_type(args, other, same);
                    return;
                }
                // `commonpath([base, x]) == base`, `re.match(…) is not None`, `path.find('..') == -1`
                let constant = self.expr(other).constant;
                let none = matches!(constant, Some(Constant::Null));
                let absent = matches!(constant, Some(Constant::Number(number)) if number < 0.0);
                let zero = matches!(constant, Some(Constant::Number(number)) if number == 0.0);
                match op {
                    BinaryOp::Eq | BinaryOp::Ne => self.asked(callee, args, same != (none || absent)),
                    _ if zero || absent => self.asked(callee, args, same),
                    _ => {}
                }
                return;
            }
        }
        if same && matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            for (one, other) in [(left, right), (right, left)] {
                let constant = self.expr(other).constant;
                if constant.is_some() {
                    self.fix(one, constant);
                }
            }
        }
    }

    /// `typeof x === 'string'`: a text is no query of its own.
    fn is_of_type(&mut self, args: &'u [Arg], other: &'u Expr, same: bool) {
        let mask = match self.expr(other).constant {
            Some(Constant::Text(text)) if same => match &*text {
                "string" => class("nosql") | class("prototype"),
                "number" | "boolean" | "bigint" => u32::MAX,
                _ => return,
            },
            _ => return,
        };
        for arg in args {
            self.clean(&arg.value, mask, false);
        }
    }

    /// A call as condition.
    fn asked(&mut self, callee: &'u Expr, args: &'u [Arg], holds: bool) {
        self.asked_alone(callee, args, holds);
        if let ExprKind::Member { object, name } = &callee.kind {
            let first = args.first().map(|arg| &arg.value);
            if CONTAINS.contains(&name.as_str())
                && let Some(first) = first
            {
                if self.is_detour(first) {
                    if !holds {
                        self.clean(object, class("path"), true);
                    }
                    return;
                }
                if holds && self.is_fixed(object) {
                    self.fix(first, None);
                    return;
                }
            }
            if holds
                && matches!(name.as_str(), "equals" | "equalsIgnoreCase" | "isEqual")
                && let Some(first) = first
            {
                let (ours, theirs) = (self.expr(object).constant, self.expr(first).constant);
                match (ours, theirs) {
                    (Some(constant), None) => self.fix(first, Some(constant)),
                    (None, Some(constant)) => self.fix(object, Some(constant)),
                    _ => {}
                }
                return;
            }
        }
        let answers = |verb: &Verb| match verb {
            Verb::Guard(mask) if holds => Some(*mask),
            Verb::Refuse(mask) if !holds => Some(*mask),
            _ => None,
        };
        self.vouched(callee, args, answers, !holds);
    }

    /// A call that has returned, where it would have thrown for anything harmful: `uuid.UUID(x)`, `path.relative_to(base)`.
    pub(super) fn returned_from(&mut self, call: &'u Expr) {
        if let ExprKind::Call { callee, args, .. } = &unwrapped(call).kind
            && self.table.has_proofs(super::run::name_of(callee))
        {
            let proves = |verb: &Verb| if let Verb::Proves(mask) = verb { Some(*mask) } else { None };
            self.vouched(callee, args, proves, false);
        }
    }

    /// What a call is about is harmless from here on, if the tables answer so.
    fn vouched(&mut self, callee: &'u Expr, args: &'u [Arg], answers: impl Fn(&Verb) -> Option<u32>, detours: bool) {
        // A method of something without a name, such as a pattern, may still be known.
        let unnamed = || match &callee.kind {
            ExprKind::Member { name, .. } => Some(format!("?.{name}").into()),
            _ => None,
        };
        let path = self.expr(callee).path.or_else(unnamed);
        let Some(path) = path.map(|path| format!("{path}()")) else { return };
        for record in self.about(&path).iter() {
            let Some(mask) = answers(&record.verb) else { continue };
            let values = self.values(args);
            let receiver = match &callee.kind {
                ExprKind::Member { object, .. } => Some(self.expr(object)),
                _ => None,
            };
            if !self.holds(record, receiver.as_ref(), &values) {
                continue;
            }
            let mut mask = mask;
            let all = || receiver.iter().chain(values.iter().map(|(_, value)| value));
            if is_loose(super::run::name_of(callee), all()) {
                let rooted =
                    |value: &Value<'u>| matches!(&value.constant, Some(Constant::Text(text)) if is_rooted(text));
                if !all().any(rooted) {
                    continue;
                }
                mask = class("url") | class("redirect");
            }
            if record.args.is_empty() {
                if let ExprKind::Member { object, .. } = &callee.kind {
                    self.clean(object, mask, detours);
                    // `ALLOWED_RE.matcher(x).matches()`
                    if let ExprKind::Call { args, .. } = &unwrapped(object).kind {
                        for arg in args {
                            self.clean(&arg.value, mask, false);
                        }
                    }
                }
                continue;
            }
            for wanted in &record.args {
                let given = args.iter().enumerate().find(|(at, arg)| {
                    wanted.split('/').any(|one| arg.name.as_deref() == Some(one) || at.to_string() == one)
                });
                if let Some((_, arg)) = given {
                    self.clean(&arg.value, mask, detours);
                }
            }
        }
    }

    fn is_detour(&mut self, expr: &'u Expr) -> bool {
        matches!(self.expr(expr).constant, Some(Constant::Text(text)) if text.contains(".."))
    }

    /// A list, set or map of constants, or a name that says it is one.
    pub(super) fn is_fixed(&mut self, expr: &'u Expr) -> bool {
        let value = self.expr(expr);
        if value.constant.is_some() {
            // Part of a fixed text is not one of some texts.
            return false;
        }
        if let Some(object) = self.heap.of(&value) {
            let constants = object.items.values().all(|item| item.constant.is_some());
            return !object.items.is_empty()
                && (object.kind == Kind::Map && object.rest.is_empty()
                    || constants && !object.open && object.rest.is_empty());
        }
        let name = super::run::name_of(expr);
        let shouts = name.len() > 3
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
        let says = name.to_ascii_lowercase();
        let says = says.contains("allow")
            || says.contains("whitelist")
            || says.contains("permitted")
            || says.starts_with("valid");
        // What a database itself says it has: `tableNames().includes(table)`.
        let called = match &unwrapped(expr).kind {
            ExprKind::Call { callee, .. } => super::run::name_of(callee),
            _ => name,
        };
        let called = called.to_ascii_lowercase().replace('_', "");
        let listed = ["tables", "tablenames", "columns", "columnnames", "known", "supported", "available", "existing"]
            .iter()
            .any(|word| called.contains(word));
        let strange = |label: &str| matches!(label, "user" | "tool" | "model" | "local" | "parameter");
        value.origins.iter().all(|origin| origin.label == "unknown") && (shouts || says)
            || listed && !value.origins.iter().any(|origin| strange(origin.label))
    }

    /// The expression is one of some constants.
    fn fix(&mut self, expr: &'u Expr, constant: Option<Constant>) {
        if matches!(unwrapped(expr).kind, ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Call { .. }) {
            let value = self.expr(expr);
            if Self::is_host(&value) {
                self.led_home(&value);
            }
        }
        match &unwrapped(expr).kind {
            ExprKind::Name(name) => {
                self.frame.names.insert(name.as_str(), Rc::new(Value { constant, ..Value::default() }));
            }
            ExprKind::Member { .. } => {
                let path = constant.is_none().then(|| super::value::WRITTEN.into());
                self.assign(unwrapped(expr), Value { constant, path, ..Value::default() });
            }
            // `str(x) in (…)`
            ExprKind::Call { callee, args, .. }
                if args.len() == 1
                    && matches!(&callee.kind, ExprKind::Name(name) if matches!(name.as_str(), "String" | "str")) =>
            {
                for arg in args {
                    self.fix(&arg.value, None);
                }
            }
            // `x.lower() in (…)`
            ExprKind::Call { callee, args, .. } if args.is_empty() => {
                if let ExprKind::Member { object, name } = &callee.kind
                    && KEEPS.contains(&name.as_str())
                {
                    self.fix(object, None);
                }
            }
            _ => {}
        }
    }

    /// The value that the expression names is harmless for these classes; `detours`: it was asked for `..` itself.
    pub(super) fn clean(&mut self, expr: &'u Expr, mask: u32, detours: bool) {
        let expr = unwrapped(expr);
        let (ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::List(_) | ExprKind::Call { .. }) = &expr.kind
        else {
            return;
        };
        match &expr.kind {
            ExprKind::List(parts) => return parts.iter().for_each(|part| self.clean(part, mask, detours)),
            ExprKind::Call { callee, args, .. } => {
                // `str(path).startswith(…)`, `path.toString().startsWith(…)`
                if let ExprKind::Member { object, .. } = &callee.kind {
                    // `file.getCanonicalPath().startsWith(…)`: without detours it is where the file is.
                    let value = self.expr(expr);
                    let normal = !value.origins.is_empty() && value.origins.iter().all(|origin| origin.normal);
                    self.clean(object, mask, detours || normal);
                    // `strings.HasPrefix(filepath.Clean(path), base)`
                    if let ([arg], true) = (args.as_slice(), normal) {
                        self.clean(&arg.value, mask, true);
                    }
                } else if let [arg] = args.as_slice() {
                    self.clean(&arg.value, mask, detours);
                }
                return;
            }
            _ => {}
        }
        let mut value = self.expr(expr);
        let path = class("path");
        for origin in &mut value.origins {
            // A path that begins well may still lead elsewhere by `..`.
            origin.cleaned |=
                if origin.normal || mask & path == 0 || mask == u32::MAX || detours { mask } else { mask & !path };
            origin.cleaned |= on_host(origin.cleaned);
        }
        value.origins.retain(|origin| origin.cleaned != u32::MAX);
        // Read again by its path, a source would be one again.
        if let Some(path) = &value.path
            && self.about(path).iter().any(|record| matches!(record.verb, Verb::Source(_)))
        {
            value.path = None;
        }
        if let Some(object) = value.object.and_then(|id| self.heap.get_mut(id))
            && object.kind != Kind::Instance
        {
            let cleaned: Object<'u> = {
                let mut object = object.clone();
                object.rest.iter_mut().for_each(|origin| origin.cleaned |= mask);
                object
            };
            *object = cleaned;
        }
        match &expr.kind {
            ExprKind::Name(name) => {
                self.frame.names.insert(name.as_str(), Rc::new(value));
            }
            _ => self.assign(expr, value),
        }
    }
}

/// A pattern that lets anything through, or is looked for anywhere in the text, guards nothing.
fn is_loose<'v, 'u: 'v>(name: &str, mut values: impl Iterator<Item = &'v Value<'u>>) -> bool {
    values.any(|value| {
        let Some(Constant::Text(text)) = &value.constant else { return false };
        let pattern = text.contains(['[', '^', '$', '\\']) || text.contains(".*");
        let open = match name {
            "test" | "MatchString" | "is_match" | "search" | "find" | "Match" => {
                !text.starts_with('^') || !text.ends_with('$')
            }
            "match" => !text.ends_with('$') && !text.ends_with("\\Z"),
            _ => false,
        };
        pattern && (open || [".*", ".+", "\\S+", "[^"].iter().any(|any| text.contains(any)))
    })
}

pub(super) fn unwrapped(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Same(inner) | ExprKind::Cast(inner, _) => unwrapped(inner),
        _ => expr,
    }
}

pub(super) fn class(name: &str) -> u32 {
    CLASSES.iter().position(|known| *known == name).map_or(0, |at| 1 << at)
}
