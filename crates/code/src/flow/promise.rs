//! Conditions that say more than their words: whose host an address has, where a text begins, and what a function of
//! the project makes sure of when it is asked, or before it comes back.

use std::rc::Rc;

use super::call::CALLS;
use super::guard::{KEEPS, class, unwrapped};
use super::heap::Object;
use super::record::is_fixed_host;
use super::run::{Frame, Run};
use super::value::{Callable, Constant, Value};
use crate::ir::{Arg, Expr, ExprKind, Function, StmtKind};
use crate::specs::CLASSES;

/// Behind the classes: the text begins with `/`, and it does not begin with `//`. Both make it a way on the same host.
const ROOTED: u32 = 1 << 30;
const SINGLE: u32 = 1 << 31;
const _: () = assert!(CLASSES.len() <= 30, "the last two bits are taken");

/// What gives the host of an address.
const HOSTS: &[&str] = &[
    "hostname",
    "netloc",
    "host",
    "Host",
    "origin",
    "authority",
    "getHost()",
    "getAuthority()",
    "getHostName()",
    "host()",
    "host_str()",
    "domain()",
    "Hostname()",
];

/// Methods that leave enough of a host to know it by.
const CUTS: &[&str] = &["split", "rstrip", "lstrip", "partition", "rpartition", "removeprefix", "replace", "as_deref"];

/// Methods that ask whether a function holds for one of some.
const SOME: &[&str] = &["some", "any", "is_some_and", "is_ok_and", "anyMatch", "map_or", "ContainsFunc"];

/// What says that an address of the network is none of everybody's.
const PRIVATE: &[&str] = &[
    "is_private",
    "is_loopback",
    "IsPrivate",
    "IsLoopback",
    "isLoopbackAddress",
    "isSiteLocalAddress",
    "isPrivate",
    "isPrivateIp",
];

impl<'u> Run<'u> {
    /// Whether it is the host of an address.
    pub(super) fn is_host(value: &Value<'u>) -> bool {
        let mut rest = value.path.as_deref().unwrap_or_default();
        while let Some((before, last)) = rest.rsplit_once('.') {
            if HOSTS.contains(&last) {
                return true;
            }
            let method = last.strip_suffix("()").unwrap_or_default();
            if !KEEPS.contains(&method) && !CUTS.contains(&method) {
                return false;
            }
            rest = before;
        }
        false
    }

    /// The host of an address is known: the address, and the text that it was read from, lead there.
    pub(super) fn led_home(&mut self, host: &Value<'u>) {
        self.clean_alike(host, class("url") | class("redirect"));
    }

    /// Everything that comes from where the value comes from is harmless for these classes.
    pub(super) fn clean_alike(&mut self, value: &Value<'u>, mask: u32) {
        let places: Vec<_> = self.heap.origins(value).iter().map(|origin| origin.place).collect();
        if places.is_empty() {
            return;
        }
        let _ = self.spend(self.frame.names.len() / 4);
        let mut objects = Vec::new();
        for value in self.frame.names.values_mut() {
            objects.extend(value.object);
            if value.origins.iter().any(|origin| places.contains(&origin.place)) {
                let mut cleaned = value.as_ref().clone();
                let ours = cleaned.origins.iter_mut().filter(|origin| places.contains(&origin.place));
                ours.for_each(|origin| origin.cleaned |= mask);
                *value = Rc::new(cleaned);
            }
        }
        for id in objects {
            let ours = |object: &Object<'u>| object.rest.iter().any(|origin| places.contains(&origin.place));
            if self.heap.get(id).is_some_and(ours)
                && let Some(object) = self.heap.get_mut(id)
            {
                let ours = object.rest.iter_mut().filter(|origin| places.contains(&origin.place));
                ours.for_each(|origin| origin.cleaned |= mask);
            }
        }
    }

    /// A member or name as condition: `if parsed.netloc`, `if ip.is_private`.
    pub(super) fn stands_alone(&mut self, expr: &'u Expr, holds: bool) {
        if holds {
            return;
        }
        let is_private = matches!(&expr.kind, ExprKind::Member { name, .. } if PRIVATE.contains(&name.as_str()));
        let value = self.expr(expr);
        if is_private || Self::is_host(&value) {
            self.led_home(&value);
        }
    }

    /// A call as condition, as far as the kind of question is known by its name alone.
    pub(super) fn asked_alone(&mut self, callee: &'u Expr, args: &'u [Arg], holds: bool) {
        let name = super::run::name_of(callee);
        let object = match &callee.kind {
            ExprKind::Member { object, .. } => Some(object.as_ref()),
            _ => None,
        };
        let first = args.first().map(|arg| &arg.value);
        match (name, object, first) {
            ("startswith" | "startsWith" | "starts_with", Some(subject), Some(start)) => {
                self.begins(subject, start, holds);
            }
            ("HasPrefix", _, Some(subject)) => {
                if let Some(start) = args.get(1) {
                    self.begins(subject, &start.value, holds);
                }
            }
            ("endswith" | "endsWith" | "ends_with", Some(subject), Some(end)) if holds => self.ends(subject, end),
            ("HasSuffix", _, Some(subject)) if holds => {
                if let Some(end) = args.get(1) {
                    self.ends(subject, &end.value);
                }
            }
            (name, Some(subject), None) if !holds && PRIVATE.contains(&name) => {
                let value = self.expr(subject);
                self.led_home(&value);
            }
            // `path.components().any(|part| part is no name)`
            ("any" | "all", Some(parts), Some(_)) if holds == (name == "all") => {
                let value = self.expr(parts);
                if value.path.as_deref().is_some_and(|path| path.ends_with("components()")) {
                    self.clean_alike(&value, class("path"));
                }
            }
            (name, Some(list), Some(_)) if holds && SOME.contains(&name) => {
                if let Some(asked) = args.last() {
                    self.holds_for_some(list, &asked.value);
                }
            }
            // `any(host == h for h in HOSTS)`
            ("any", None, Some(Expr { kind: ExprKind::Comprehension { element, each, .. }, .. })) if holds => {
                for (target, list) in each {
                    if let ExprKind::Name(name) = &target.kind {
                        self.one_of(list, name, element);
                    }
                }
            }
            _ => {}
        }
        self.promised_by(callee, args, Some(holds));
    }

    /// `LIST.some(x => x === y)`, `y.is_some_and(|x| LIST.contains(x))`.
    fn holds_for_some(&mut self, list: &'u Expr, asked: &'u Expr) {
        let ExprKind::Lambda(id) = &asked.kind else { return };
        let Some(function) = self.function(self.frame.unit, *id) else { return };
        let ([param], [only]) = (function.params.as_slice(), function.body.as_slice()) else { return };
        if let StmtKind::Return(Some(body)) | StmtKind::Expr(body) = &only.kind {
            self.one_of(list, param.name.as_str(), body);
        }
    }

    /// A condition that holds for one of some, by this name.
    fn one_of(&mut self, list: &'u Expr, name: &'u str, condition: &'u Expr) {
        let value = self.expr(list);
        let item = match self.heap.of(&value) {
            // One constant stands for any.
            Some(object) => object.items.values().find(|item| item.constant.is_some()).cloned(),
            None => None,
        };
        let fixed = self.is_fixed(list);
        let item = match item.filter(|_| fixed) {
            Some(item) => item,
            None if fixed => Value::constant(Constant::text("?")),
            None => value,
        };
        let outer = self.frame.names.insert(name, Rc::new(item));
        self.refine(condition, true);
        match outer {
            Some(outer) => self.frame.names.insert(name, outer),
            None => self.frame.names.remove(name),
        };
    }

    /// `x.startsWith(…)` for an address, or for the way from one folder to a file.
    fn begins(&mut self, subject: &'u Expr, start: &'u Expr, holds: bool) {
        let value = self.expr(subject);
        let start = self.expr(start);
        let starts: Vec<Rc<str>> = match (&start.constant, self.heap.of(&start)) {
            (Some(Constant::Text(text)), _) => vec![Rc::clone(text)],
            (None, Some(list)) => list.elements().unwrap_or_default().iter().filter_map(text_of).collect(),
            // `".." + string(filepath.Separator)`
            (None, None) if !holds => start.prefix.iter().filter(|start| start.starts_with("..")).cloned().collect(),
            _ => Vec::new(),
        };
        let mut mask = 0;
        if !holds {
            if starts.iter().any(|start| start.as_ref() == "//") {
                mask |= SINGLE;
            }
            let way = ["relative()", "relpath()", "Rel()", "relativize()"];
            if starts.iter().any(|start| start.starts_with(".."))
                && value.path.as_deref().is_some_and(|path| way.iter().any(|way| path.ends_with(way)))
            {
                self.clean_alike(&value, class("path"));
            }
        } else if starts.is_empty() {
            // Whatever it is, nobody from outside chose it.
            if start.constant.is_none() && self.heap.origins(&start).iter().all(|origin| origin.label == "unknown") {
                mask |= class("url") | class("redirect");
            }
        } else if starts.iter().all(|start| is_fixed_host(Some(start), "url")) {
            mask |= class("url") | class("redirect");
        } else if starts.iter().all(|start| start.as_ref() == "/") {
            mask |= ROOTED;
        }
        if mask != 0 {
            self.clean(subject, mask, false);
        }
    }

    /// `host.endsWith('.example.com')`
    fn ends(&mut self, subject: &'u Expr, end: &'u Expr) {
        let value = self.expr(subject);
        let end = self.expr(end);
        if Self::is_host(&value) && text_of(&end).is_some_and(|end| end.starts_with('.') && end.len() > 3) {
            self.led_home(&value);
        }
    }

    /// What a function of the project makes sure of: where it answers so, or, without an answer, where it comes back.
    pub(super) fn promised_by(&mut self, callee: &'u Expr, args: &'u [Arg], answer: Option<bool>) {
        if self.promising || self.stack.len() + 1 >= CALLS || args.is_empty() || args.len() > 4 {
            return;
        }
        let target = match &callee.kind {
            ExprKind::Name(_) | ExprKind::Member { .. } => self.expr(callee),
            _ => return,
        };
        let Some(callable) = target.callable else { return };
        let Some(function) = self.function(callable.unit, callable.function) else { return };
        let asks = |stmt: &crate::ir::Stmt| match stmt.kind {
            StmtKind::If { .. } | StmtKind::Assert(_) | StmtKind::Try { .. } => true,
            StmtKind::Return(Some(_)) | StmtKind::Loop { .. } | StmtKind::Switch { .. } => answer.is_some(),
            _ => false,
        };
        if function.is_opaque || function.body.len() > 20 || !function.body.iter().any(asks) || !self.spend(5) {
            return;
        }
        let values = self.values(args);
        if values.iter().all(|(_, value)| value.origins.is_empty()) {
            return;
        }
        let masks = self.verdicts(&callable, function, &values, answer);
        for ((param, mask), arg) in function.params.iter().filter(|param| !param.is_receiver).zip(masks).zip(args) {
            let (value, mask) = (self.expr(&arg.value), mask.unwrap_or(0));
            if mask == 0 || param.is_rest || arg.name.is_some() {
                continue;
            }
            self.clean(&arg.value, mask, true);
            let wide = mask & (class("url") | class("redirect"));
            if wide != 0 {
                self.clean_alike(&value, wide);
            }
        }
    }

    /// For each parameter, for what it is harmless where the function answers so.
    fn verdicts(
        &mut self,
        callable: &Callable<'u>,
        function: &'u Function,
        values: &super::record::Args<'u>,
        answer: Option<bool>,
    ) -> Vec<Option<u32>> {
        let (heap, recording) = (self.heap.clone(), self.recording);
        let outer = std::mem::take(&mut self.frame);
        self.frame = Frame {
            unit: callable.unit,
            function: callable.function,
            receiver: callable.receiver.clone(),
            env: callable.env.clone(),
            verdict: Some((answer, Vec::new())),
            ..Frame::default()
        };
        (self.recording, self.promising) = (false, true);
        self.bind(function, callable.receiver.as_ref(), values);
        self.stack.push((callable.unit, callable.function));
        if self.block(&function.body) && answer != Some(true) {
            self.verdict(None);
        }
        self.stack.pop();
        (self.recording, self.promising) = (recording, false);
        let inner = std::mem::replace(&mut self.frame, outer);
        self.heap = heap;
        inner.verdict.map(|(_, masks)| masks).unwrap_or_default()
    }

    /// The function whose promise is asked for comes back with this.
    pub(super) fn verdict(&mut self, value: Option<&'u Expr>) {
        let Some((answer, _)) = self.frame.verdict.as_ref() else { return };
        let answer = *answer;
        let before = self.state();
        match (value, answer) {
            (Some(value), Some(answer)) => {
                let known = self.expr(value).constant.map(|constant| constant.truth());
                if known.is_some_and(|known| known != answer) {
                    return;
                }
                self.refine(value, answer);
            }
            (None, Some(true)) => return,
            _ => {}
        }
        let function = self.function(self.frame.unit, self.frame.function);
        let params = function.into_iter().flat_map(|function| &function.params).filter(|param| !param.is_receiver);
        let masks: Vec<u32> = params
            .map(|param| {
                let value = self.look(&param.name);
                let origins = value.map(|value| self.heap.origins(&value)).unwrap_or_default();
                origins.iter().fold(u32::MAX, |mask, origin| mask & origin.cleaned)
            })
            .collect();
        self.restore(before);
        if let Some((_, known)) = self.frame.verdict.as_mut() {
            if known.is_empty() {
                *known = masks.into_iter().map(Some).collect();
            } else {
                for (known, mask) in known.iter_mut().zip(masks) {
                    *known = known.map(|known| known & mask);
                }
            }
        }
    }
}

/// Text that begins with one `/` stays on the host.
pub(super) fn on_host(cleaned: u32) -> u32 {
    if cleaned & ROOTED != 0 && cleaned & SINGLE != 0 { class("url") | class("redirect") } else { 0 }
}

fn text_of(value: &Value<'_>) -> Option<Rc<str>> {
    match &value.constant {
        Some(Constant::Text(text)) => Some(Rc::clone(text)),
        _ => None,
    }
}

/// `^/(?!/)`, `^\/[a-z]`: a pattern that only lets ways on the same host through.
pub(super) fn is_rooted(pattern: &str) -> bool {
    let rest = pattern.strip_prefix('^').unwrap_or_default();
    let rest = rest.strip_prefix("\\/").or_else(|| rest.strip_prefix('/'));
    rest.is_some_and(|rest| {
        ["(?!/", "(?!\\/", "(?![/", "(?![\\/", "(?!\\\\/", "[^/", "[^\\/", "[a-z", "[A-Z", "[\\w", "\\w"]
            .iter()
            .any(|next| rest.starts_with(next))
    })
}

/// `Some(x)` and the like.
pub(super) fn bared(expr: &Expr) -> &Expr {
    match &unwrapped(expr).kind {
        ExprKind::Call { callee, args, .. } if super::run::name_of(callee) == "Some" => match args.as_slice() {
            [arg] => bared(&arg.value),
            _ => expr,
        },
        _ => unwrapped(expr),
    }
}
