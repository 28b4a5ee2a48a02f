//! Calls that matter: what is reported depends on when they run and where their arguments come from.

use std::rc::Rc;

use tree_sitter::Node;

use super::calls::{Named, taint_of};
use super::effects::{self, Effect};
use super::run::{Level, Run};
use super::value::{Kind, Taint, Value};
use super::{
    CONNECTS, DYNAMIC, EVALUATES, HOOK_CONNECTS, NATIVE, OBFUSCATED, PERSISTS, PROCESS, SENDS_SECRETS, SHELL, TOOL,
    UNSAFE_LOAD, WRITES,
};
use crate::setting::WHEN_USED;

/// Layers of code within strings that are followed.
const MAX_LAYERS: u32 = 3;

impl<'t> Run<'t> {
    pub(super) fn sink(
        &mut self,
        effect: Effect,
        path: &str,
        callee: &Value,
        args: &[Value],
        named: &Named,
        node: Node<'t>,
    ) -> Value {
        let taint = taint_of(args, named);
        let hidden = callee.taint.has(Taint::INDIRECT)
            && callee.taint.has(Taint::JOINED.with(Taint::DECODED).with(Taint::COMPUTED));
        // A method chosen by name is common in clients; only what is encoded hides it.
        let encoded = callee.taint.has(Taint::DECODED.with(Taint::COMPUTED));
        let hides = match effect {
            Effect::Process | Effect::Code => true,
            Effect::Connect | Effect::Native | Effect::Load => encoded,
            _ => false,
        };
        if hidden && hides {
            self.report(
                OBFUSCATED,
                path,
                &format!("`{path}` is reached under a name that is put together to hide it"),
                node,
            );
        }
        match effect {
            Effect::Process => self.process(path, args, named, taint, node),
            Effect::Code => self.code(path, args, node),
            Effect::Connect => self.connect(path, args, taint, node),
            Effect::Write => {
                let text = args
                    .iter()
                    .map(Value::visible)
                    .chain(callee.hint.as_deref().map(String::from))
                    .collect::<Vec<_>>()
                    .join(" ");
                self.write(path, &text, node)
            }
            Effect::Open => self.open(path, callee, args, named, node),
            Effect::Load => self.load(path, args, named, taint, node),
            Effect::Native => {
                if self.level == Level::Import
                    && !args.is_empty()
                    && !matches!(args.first().map(|arg| &arg.kind), Some(Kind::None))
                {
                    self.report(NATIVE, path, &format!("importing this loads a native library through `{path}`"), node);
                }
                Value::name(format!("{path}()"))
            }
            Effect::Redirect => {
                self.seen.redirects = true;
                Value::default()
            }
        }
    }

    /// A shell tied to a connection shows only in the combination.
    pub(super) fn check_seen(&mut self, node: Node<'t>) {
        if self.seen.connects && self.seen.redirects {
            self.report(
                SHELL,
                "dup2",
                "a connection is put in the place of the standard streams, as a reverse shell does",
                node,
            );
        }
    }

    fn process(&mut self, path: &str, args: &[Value], named: &Named, taint: Taint, node: Node<'t>) -> Value {
        let text = args.iter().map(Value::visible).collect::<Vec<_>>().join(" ");
        let stream =
            named.iter().any(|(_, value)| value.path().is_some_and(|path| path.starts_with("socket.socket()")));
        let result = Value::name(format!("{path}()")).tainted(taint.without(Taint::INDIRECT));
        if stream || effects::is_attack_command(&text) {
            self.report(
                SHELL,
                path,
                &format!("`{path}` opens a shell to somewhere, or fetches and runs: `{}`", short(&text)),
                node,
            );
        } else if taint.has(Taint::FETCHED) {
            self.report(DYNAMIC, path, &format!("`{path}` runs what was fetched from the network"), node);
        } else if self.level != Level::Latent {
            let when = if self.level == Level::Import { "importing this" } else { WHEN_USED };
            let shell = named.iter().any(|(name, value)| name == "shell" && !matches!(value.kind, Kind::Bool(false)));
            let program = args.first().and_then(Value::items).and_then(<[Value]>::first).and_then(Value::str);
            if !shell && effects::is_known_tool(program.unwrap_or_default(), &text) {
                self.report(TOOL, path, &format!("{when} runs `{}`", short(&text)), node);
            } else {
                let what = if text.is_empty() { String::new() } else { format!(": `{}`", short(&text)) };
                self.report(PROCESS, path, &format!("{when} starts a program through `{path}`{what}"), node);
            }
        }
        result
    }

    fn code(&mut self, path: &str, args: &[Value], node: Node<'t>) -> Value {
        let Some(code) = args.first() else { return Value::default() };
        if matches!(path, "types.FunctionType" | "types.LambdaType")
            && !code.taint.has(Taint::DECODED.with(Taint::FETCHED))
        {
            return Value::default();
        }
        let from = if code.taint.has(Taint::FETCHED) {
            "that was fetched from the network"
        } else if code.taint.has(Taint::DECODED) {
            "that was decoded"
        } else if code.taint.has(Taint::COMPUTED) {
            "that is put together character by character"
        } else if code.path().is_some_and(|path| path.starts_with("builtins.open()"))
            && self.level != Level::Latent
            && is_other_file(code)
        {
            "from a file that is not Python"
        } else {
            ""
        };
        if !from.is_empty() {
            let shown = if code.raw().is_some() { format!(": `{}`", short(&code.visible())) } else { String::new() };
            self.report(DYNAMIC, path, &format!("`{path}` runs code {from}{shown}"), node);
        }
        if let Some(text) = code.raw().map(|raw| String::from_utf8_lossy(raw).into_owned()) {
            self.layer(&text, node)
        } else {
            if self.level == Level::Import && from.is_empty() && matches!(code.kind, Kind::Unknown | Kind::Name(_)) {
                self.report(
                    EVALUATES,
                    path,
                    &format!("importing this evaluates text that is not a constant through `{path}`"),
                    node,
                );
            }
            Value::unknown(code.taint)
        }
    }

    /// Code in a string is gone through like the file itself; what it would do is reported where it is run.
    fn layer(&mut self, text: &str, node: Node<'t>) -> Value {
        let names: usize = self.scopes.iter().map(std::collections::HashMap::len).sum();
        if self.layer >= MAX_LAYERS || !self.spend(text.len() * 64 + names * 16) {
            return Value::default();
        }
        let text = text.trim();
        let Some(tree) = self.parse_layer(text) else { return Value::default() };
        let mut inner = self.inner(text);
        // Code in a string that starts programs is hidden wherever it stands.
        inner.level = self.level.max(Level::Hook);
        inner.stars.clone_from(&self.stars);
        let portable = |value: &Value| {
            !matches!(
                value.kind,
                Kind::Function(_) | Kind::Class(_) | Kind::Instance(_) | Kind::Method(..) | Kind::Partial(..)
            )
        };
        inner.scopes = vec![
            self.scopes
                .iter()
                .flatten()
                .filter(|(_, value)| portable(value))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        ];
        let root = tree.root_node();
        let single = (root.named_child_count() == 1)
            .then(|| root.named_child(0))
            .flatten()
            .filter(|child| child.kind() == "expression_statement");
        let value = if let Some(expression) = single {
            inner.eval(expression)
        } else {
            inner.whole(root);
            Value::default()
        };
        self.charge(&inner);
        for fact in std::mem::take(&mut inner.facts) {
            self.report(
                fact.kind,
                &fact.subject,
                &format!("in code that is run from a string: {}", fact.message),
                node,
            );
        }
        if portable(&value) { value } else { Value::default() }
    }

    fn connect(&mut self, path: &str, args: &[Value], taint: Taint, node: Node<'t>) -> Value {
        self.seen.connects = true;
        let result = Value::name(format!("{path}()")).tainted(Taint::FETCHED);
        let target = args.first().map(Value::visible).unwrap_or_default();
        let own_host = path.starts_with("socket.get")
            && args
                .first()
                .is_none_or(|arg| arg.path().is_some_and(|path| path.starts_with("socket.")) || target == "localhost");
        let to = if target.is_empty() { String::new() } else { format!(" to `{}`", short(&target)) };
        if taint.has(Taint::ENVIRONMENT.with(Taint::SECRET)) {
            let what = if taint.has(Taint::SECRET) { "a file of secrets" } else { "the environment" };
            self.report(SENDS_SECRETS, path, &format!("{what} is sent away through `{path}`{to}"), node);
        } else if own_host || (path.ends_with(".bind") && ["127.0.0.1", "::1", "localhost"].contains(&target.as_str()))
        {
            return Value::default();
        } else if self.level == Level::Import {
            self.report(CONNECTS, path, &format!("importing this opens a connection{to} through `{path}`"), node);
        } else if self.level == Level::Hook {
            self.report(HOOK_CONNECTS, path, &format!("{WHEN_USED} opens a connection{to} through `{path}`"), node);
        }
        result
    }

    fn write(&mut self, path: &str, text: &str, node: Node<'t>) -> Value {
        if effects::is_startup_path(text) {
            self.report(
                PERSISTS,
                path,
                &format!("`{path}` writes to `{}`, where programs are started from or keys are trusted", short(text)),
                node,
            );
        } else if self.level == Level::Import {
            let what = if text.is_empty() { String::new() } else { format!(" (`{}`)", short(text)) };
            self.report(WRITES, path, &format!("importing this changes files through `{path}`{what}"), node);
        }
        Value::name(format!("{path}()"))
    }

    fn open(&mut self, path: &str, callee: &Value, args: &[Value], named: &Named, node: Node<'t>) -> Value {
        let own = path.contains("Path()");
        let mode = named
            .iter()
            .find(|(name, _)| name == "mode")
            .map(|(_, value)| value)
            .or_else(|| args.get(usize::from(!own)));
        let mode = mode.and_then(Value::str).unwrap_or("r");
        let target = if own {
            callee.hint.as_deref().unwrap_or_default().to_string()
        } else {
            args.first().map(Value::visible).unwrap_or_default()
        };
        if mode.contains(['w', 'a', 'x', '+']) {
            // The null device and the standard streams are nobody's file.
            let nothing = target.starts_with("/dev/null")
                || args.first().and_then(Value::path) == Some("os.devnull")
                || args.first().is_some_and(|arg| arg.int().is_some());
            return if nothing { Value::name("builtins.open()") } else { self.write(path, &target, node) };
        }
        let taint = if effects::is_secret_path(&target) { Taint::SECRET } else { Taint::NONE };
        Value::name("builtins.open()").tainted(taint).hinted(Some(Rc::from(target)))
    }

    fn load(&mut self, path: &str, args: &[Value], named: &Named, taint: Taint, node: Node<'t>) -> Value {
        let weights_only =
            named.iter().any(|(name, value)| name == "weights_only" && !matches!(value.kind, Kind::Bool(false)));
        let constant = args
            .first()
            .is_some_and(|arg| matches!(arg.kind, Kind::Bytes(_)) && arg.raw().is_some_and(|raw| raw.len() > 3));
        if weights_only {
        } else if taint.has(Taint::FETCHED) {
            self.report(DYNAMIC, path, &format!("`{path}` unpickles what was fetched from the network"), node);
        } else if constant {
            self.report(DYNAMIC, path, &format!("`{path}` unpickles bytes that are written in the source"), node);
        } else if self.level == Level::Import {
            self.report(UNSAFE_LOAD, path, &format!("importing this unpickles through `{path}`"), node);
        }
        let decoded = if path.starts_with("marshal") { Taint::DECODED } else { Taint::NONE };
        Value::unknown(taint.with(decoded))
    }
}

fn short(text: &str) -> String {
    redan_artifact::text::shown(text.trim(), 120)
}

/// Whether what was opened is named and does not end as source does.
fn is_other_file(code: &Value) -> bool {
    let name = code.hint.as_deref().unwrap_or_default();
    let source = [".py", ".pyi", ".pyw", ".txt", ".cfg", ".in"].iter().any(|end| name.ends_with(end));
    name.contains('.') && !source && name.len() < 300
}
