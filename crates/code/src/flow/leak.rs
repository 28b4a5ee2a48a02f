//! What is confidential: the labels of texts that name private files, what is taken out of a whole, what goes through
//! files, and where a call sends to.

use std::rc::Rc;

use super::heap::Object;
use super::record::Args;
use super::run::Run;
use super::value::{Callable, Constant, Origin, Value, merge};
use crate::ir::{Function, FunctionId, Span};
use crate::specs::Record;

/// Wholes of which single entries may be anybody's own.
const WHOLE: &[&str] = &["environment", "env-file"];
/// Methods that take one entry out.
const GETS: &[&str] = &["get", "pop", "setdefault", "getenv", "__getitem__", "has"];
/// Words in names of variables that hold a secret.
const SECRET: &[&str] = &[
    "key",
    "token",
    "secret",
    "passw",
    "pwd",
    "passphrase",
    "credential",
    "mnemonic",
    "seed",
    "auth",
    "cookie",
    "database_url",
    "db_url",
    "mongo",
    "redis_url",
    "postgres",
    "dsn",
    "private",
    "webhook",
];
/// Names that only sound so.
const OPEN: &[&str] = &["public", "keyboard", "key_id", "tokenizer", "max_token", "author", "monkey"];
/// Labels of what is taken from somebody, beside which nothing else counts here.
const BESIDE: &[&str] = &["unknown", "local", "user", "token", "error", "mac", "model", "constant"];

/// Whether a value is the environment itself, not something made of it.
pub(super) fn is_mapping(path: Option<&str>) -> bool {
    path.is_none_or(|path| ["environ", "env", "environ.copy()", "dict()"].iter().any(|end| path.ends_with(end)))
}

impl<'u> Run<'u> {
    /// Whether a label says nothing in this run.
    pub(super) fn is_beside(&self, label: &str) -> bool {
        self.leaks && BESIDE.contains(&label)
    }

    /// A text of the source with the label of what it names.
    pub(super) fn named(&self, mut value: Value<'u>, span: Span) -> Value<'u> {
        let Some(Constant::Text(text)) = &value.constant else { return value };
        if value.origins.is_empty()
            && let Some(label) = self.table.label_of(text).or_else(|| is_mailbox(text).then_some("mailbox"))
        {
            value.origins = Value::origin(label, self.place(span)).origins;
        }
        if let Some(kept) = self.written.get(text) {
            merge(&mut value.origins, kept);
        }
        value
    }

    /// What a function of the project makes of a tool that it decorates gets what the tool is given.
    pub(super) fn wrapped(&mut self, function: &'u Function, id: FunctionId) {
        for decorator in &function.decorators {
            let Some(outer) = self.expr(decorator).callable else { continue };
            let own = Callable { unit: 0, function: id, receiver: None, env: None };
            let itself = Value { callable: Some(Rc::new(own)), ..Value::of_path(function.name.as_str()) };
            let Some(wrapper) = self.enter(&outer, &vec![(None, itself)]).and_then(|made| made.callable) else {
                continue;
            };
            let params = function.params.iter().filter(|param| !param.is_receiver);
            let given = params.map(|param| (None, Value::origin("tool", self.place(param.span)))).collect();
            self.stack.push((0, id));
            self.enter(&wrapper, &given);
            self.stack.pop();
        }
    }

    /// A text whose holes are filled with constants: `"{a}://{b}".format(…)`, `"".join([…])`.
    pub(super) fn filled(&self, text: &str, name: &str, values: &Args<'u>) -> Option<Constant> {
        if name == "join" {
            let parts = self.heap.of(&values.first()?.1)?.elements()?;
            let parts: Option<Vec<Rc<str>>> =
                parts.iter().map(|part| part.constant.as_ref().map(Constant::shown)).collect();
            return parts.map(|parts| Constant::text(&parts.join(text)));
        }
        if name != "format" || text.len() > 1_000 {
            return None;
        }
        let (mut out, mut rest, mut next) = (String::new(), text, 0);
        while let Some((before, after)) = rest.split_once('{') {
            let (hole, after) = after.split_once('}')?;
            let name = if hole.is_empty() { next.to_string() } else { hole.to_owned() };
            next += 1;
            out.push_str(before);
            out.push_str(&self.argument(&name, None, values)?.constant?.shown());
            rest = after;
        }
        out.push_str(rest);
        Some(Constant::text(&out))
    }

    /// The parts of a path together: `home / ".config" / "x"`, `join(home, ".config", "x")`; what is not known is `~`.
    pub(super) fn joined_path(&self, parts: &[&Value<'u>], span: Span) -> (Option<Rc<str>>, Vec<Origin>) {
        let said = |part: &&Value<'u>| match &part.constant {
            Some(Constant::Text(text)) => text.to_string(),
            _ => part.prefix.as_deref().unwrap_or("~").to_owned(),
        };
        let whole = parts.iter().map(said).collect::<Vec<_>>().join("/");
        let label = self.table.label_of(&whole).filter(|_| whole.len() < 300 && !whole.contains("://"));
        let origins = label.map(|label| Value::origin(label, self.place(span)).origins).unwrap_or_default();
        (Some(whole.into()), origins)
    }

    /// A member that is a key by its name: what a wallet or a key pair keeps to itself.
    pub(super) fn key_of(&self, name: &str, span: Span) -> Vec<Origin> {
        let keys = ["mnemonic", "privateKey", "private_key", "seedPhrase", "seed_phrase", "secretKey", "secret_key"];
        if keys.contains(&name) { Value::origin("key", self.place(span)).origins } else { Vec::new() }
    }

    /// One entry out of a whole: a secret if its name says so; of a name that is not known nothing is said but that it
    /// was chosen.
    pub(super) fn picked(&self, origins: &mut Vec<Origin>, name: Option<&str>, is_mapping: bool, span: Span) {
        if !self.leaks || !origins.iter().any(|origin| WHOLE.contains(&origin.label)) {
            return;
        }
        let label = match name {
            // Parts of a text that was made of the whole.
            None if !is_mapping => return,
            Some(name) if is_secret(name) => Some("credential"),
            Some(_) => None,
            None => Some("chosen"),
        };
        origins.retain_mut(|origin| {
            if !WHOLE.contains(&origin.label) {
                return true;
            }
            if let Some(label) = label {
                (origin.label, origin.place) = (label, self.place(span));
            }
            label.is_some()
        });
    }

    /// What a call that nothing is known of gives of what it was handed.
    pub(super) fn leaks_on(&mut self, origins: &mut Vec<Origin>, name: &str, values: &Args<'u>, span: Span) {
        self.got(origins, name, values, span);
        if matches!(name, "join" | "joinpath" | "resolve") && !values.is_empty() {
            let parts: Vec<&Value<'u>> = values.iter().map(|(_, value)| value).collect();
            merge(origins, &self.joined_path(&parts, span).1);
        }
        self.through_files(origins, values);
        // What a program is started with is not what it says.
        if starts_program(name) {
            origins.retain(|origin| origin.label != "environment");
        }
    }

    /// The same of a container of which something is known, and which may be something else.
    pub(super) fn got_from(
        &self,
        origins: &mut Vec<Origin>,
        from: &Value<'u>,
        method: &str,
        values: &Args<'u>,
        span: Span,
    ) {
        if self.leaks && GETS.contains(&method) {
            merge(origins, &from.origins);
            self.got(origins, method, values, span);
        }
    }

    /// What a method gives that takes one entry out.
    pub(super) fn got(&self, origins: &mut Vec<Origin>, method: &str, values: &Args<'u>, span: Span) {
        if !GETS.contains(&method) {
            return;
        }
        match values.first() {
            Some((_, Value { constant: Some(Constant::Text(name)), .. })) => {
                self.picked(origins, Some(name), true, span);
            }
            Some(_) => self.picked(origins, None, true, span),
            None => {}
        }
    }

    /// A call with a path that stands in the source and with something confidential: it may have put that there.
    pub(super) fn through_files(&mut self, origins: &mut [Origin], values: &Args<'u>) {
        if origins.is_empty() {
            return;
        }
        let mut given: Vec<Value<'u>> = values.iter().map(|(_, value)| value.clone()).collect();
        let lists = given.iter().filter_map(|value| self.heap.of(value)).filter_map(Object::elements).flatten();
        let listed: Vec<Value<'u>> = lists.take(40).collect();
        given.extend(listed);
        let texts = given.iter().filter_map(|value| match &value.constant {
            Some(Constant::Text(text)) => Some(&**text),
            _ => None,
        });
        // Of a command every word.
        let words = texts.flat_map(|text| text.split(['\'', '"', ' ', ';', '=', '@', '>']));
        let paths: Vec<Rc<str>> =
            words.filter(|word| is_path(word) && self.table.label_of(word).is_none()).map(Rc::from).take(20).collect();
        for path in paths {
            let taken: Vec<Origin> = origins
                .iter()
                .filter(|origin| {
                    !BESIDE.contains(&origin.label) && !matches!(origin.label, "startup" | "memory" | "mailbox")
                })
                .cloned()
                .collect();
            if !taken.is_empty() && self.written.len() < 100 {
                merge(self.written.entry(path).or_default(), &taken);
            }
        }
    }

    /// What a call sends: the first argument of its record is where to.
    pub(super) fn sent(
        &mut self,
        record: &Record,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
        mut given: Vec<Value<'u>>,
    ) -> Vec<Value<'u>> {
        let first = record.args.first().map(String::as_str).unwrap_or_default();
        let Some(to) = self.argument(first, receiver, values) else { return given };
        self.target = match &to.constant {
            Some(Constant::Text(text)) => Some(Rc::clone(text)),
            _ => to.prefix.clone(),
        };
        if !given.is_empty() {
            given.remove(0);
        }
        given
    }
}

/// Whether a function of this name starts a program, or says how to.
fn starts_program(name: &str) -> bool {
    let starts = ["run", "popen", "call", "check_", "exec", "spawn", "fork", "stdio", "create_subprocess"];
    let lower = name.to_ascii_lowercase();
    starts.iter().any(|start| lower.starts_with(start))
}

/// Whether the name of a variable says that its value is a secret.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|word| name.contains(word)) && !OPEN.iter().any(|word| name.contains(word))
}

/// An address of mail that is nobody's example.
fn is_mailbox(text: &str) -> bool {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'))
    };
    text.split_once('@').is_some_and(|(user, host)| {
        let made_up = ["example", "test", "invalid", "localhost", "local"];
        plain(user) && plain(host) && host.contains('.') && !host.split('.').any(|part| made_up.contains(&part))
    })
}

/// A text that is a path of a file.
fn is_path(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or(text);
    text.len() > 3
        && text.len() < 200
        && !text.contains("://")
        && !text.contains(char::is_whitespace)
        && (text.starts_with(['/', '~', '.'])
            || name.rsplit_once('.').is_some_and(|(_, end)| (1..5).contains(&end.len())))
}
