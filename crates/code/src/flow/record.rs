//! What the tables say of a call: sinks, weak calls, sanitizers, marks.

use std::rc::Rc;

use super::Use;
use super::heap::{Kind, Object};
use super::run::Run;
use super::value::{Constant, Origin, Value};
use crate::Language;
use crate::ir::{Arg, ExprKind, Span};
use crate::specs::{CLASSES, Record, Test, Verb};

/// Name and value of each argument.
pub(super) type Args<'u> = Vec<(Option<&'u str>, Value<'u>)>;

/// Libraries in use that are kept.
const USES: usize = 500;
/// Programs that run the text behind `-c`.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "ksh", "cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh"];
/// Programs with options that run other programs, or read and write whatever they say.
const OBEYS: &[&str] = &[
    "git",
    "hg",
    "svn",
    "curl",
    "wget",
    "tar",
    "zip",
    "unzip",
    "7z",
    "find",
    "ssh",
    "scp",
    "sftp",
    "rsync",
    "ffmpeg",
    "convert",
    "magick",
    "gs",
    "sendmail",
    "mail",
    "vim",
    "vi",
    "less",
    "man",
    "awk",
    "gawk",
    "sed",
    "env",
    "xargs",
    "sudo",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "terraform",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pip",
    "pip3",
    "uv",
    "python",
    "python3",
    "node",
    "perl",
    "ruby",
    "php",
    "java",
    "go",
    "cargo",
    "make",
    "mysql",
    "psql",
    "sqlite3",
    "openssl",
    "tcpdump",
    "nmap",
    "chromium",
    "google-chrome",
    "wkhtmltopdf",
    "pandoc",
    "pdflatex",
    "tee",
    "dd",
    "nc",
    "ncat",
    "gpg",
];

impl<'u> Run<'u> {
    pub(super) fn values(&mut self, args: &'u [Arg]) -> Args<'u> {
        let mut out = Args::with_capacity(args.len());
        for arg in args {
            let value = self.expr(&arg.value);
            let inner = self.heap.of(&value).filter(|_| matches!(arg.value.kind, ExprKind::Spread(_))).cloned();
            match inner {
                Some(object) if object.kind == Kind::List && !object.open => {
                    out.extend(object.elements().unwrap_or_default().into_iter().map(|value| (None, value)));
                }
                // `**options`: what is in it counts by its names.
                _ if matches!(arg.value.kind, ExprKind::Spread(_)) => out.push((Some("**"), value)),
                _ => {
                    if let Some(name) = &arg.name {
                        self.credential(name, &value, arg.value.span);
                    }
                    out.push((arg.name.as_deref(), value));
                }
            }
        }
        out
    }

    /// Applies the records on a path; gives the result that one of them names, if any.
    pub(super) fn records(
        &mut self,
        path: &str,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
        span: Span,
        origins: &mut Vec<Origin>,
    ) -> Option<Value<'u>> {
        let mut result: Option<Value<'u>> = None;
        if self.deeds.is_some() {
            self.consult(path, receiver, values, span);
        }
        for record in self.about(path).iter() {
            if !self.holds(record, receiver, values) {
                continue;
            }
            match &record.verb {
                Verb::Sink(class) => self.sink(*class, record, path, receiver, values, span),
                Verb::Check(kind) => self.weak(kind, path, self.deciding(record, span)),
                Verb::Clean(mask) => {
                    // A signature stays one in other letters.
                    for origin in origins.iter_mut().filter(|origin| origin.label != "mac") {
                        origin.cleaned |= mask;
                    }
                    origins.retain(|origin| origin.cleaned != u32::MAX);
                }
                Verb::Base => self.trust_base(record, receiver, values, origins),
                Verb::Normal => origins.iter_mut().for_each(|origin| origin.normal = true),
                Verb::Mark(name) => {
                    let target = match receiver {
                        Some(value) if self.heap.of(value).is_some() => value.object,
                        _ => {
                            let known = result.as_ref().and_then(|result| result.object);
                            let id = known
                                .unwrap_or_else(|| self.heap.add(Object { open: true, ..Object::new(Kind::Instance) }));
                            result.get_or_insert_with(|| Value::of_path(path)).object = Some(id);
                            Some(id)
                        }
                    };
                    if let Some(object) = target.and_then(|id| self.heap.get_mut(id))
                        && !object.marks.contains(&name.as_str())
                    {
                        object.marks.push(name);
                    }
                }
                Verb::New(kind) => result = Some(self.container(kind, path, values)),
                Verb::Same => {
                    let wanted = record.args.first().map(String::as_str).unwrap_or_default();
                    let value = self.argument(wanted, receiver, values);
                    result = value.or(result);
                }
                Verb::Property => {
                    result = Some(self.property(record, values)).filter(|found| found.constant.is_some()).or(result);
                }
                Verb::Handler(types) => self.handle(types, path, values),
                Verb::Binds => result = self.binds(record, receiver, values).or(result),
                Verb::Calls => result = self.passes_on(record, receiver, values, span).or(result),
                Verb::Use(kind) => self.used(kind, record, path, receiver, values, span),
                _ => {}
            }
        }
        result
    }

    /// Of a path that is joined, the beginning is the program's own choice unless a known source chose it.
    fn trust_base(&self, record: &Record, receiver: Option<&Value<'u>>, values: &Args<'u>, origins: &mut Vec<Origin>) {
        let wanted = record.args.first().map(String::as_str).unwrap_or_default();
        let Some(base) = self.argument(wanted, receiver, values) else { return };
        let base = self.heap.origins(&base);
        let skipped = usize::from(wanted != "self");
        // `filepath.Join(base, filepath.Clean("/" + x))`: what begins at the root has no `..` left to lead out.
        let rooted = |value: &&Value<'u>| {
            self.language == Language::Go
                && value.path.as_deref().is_some_and(|path| path.ends_with(".Clean()"))
                && value.prefix.as_deref().is_some_and(|prefix| prefix.starts_with('/'))
        };
        for value in values.iter().skip(skipped).map(|(_, value)| value).filter(rooted) {
            for theirs in self.heap.origins(value) {
                let same = origins.iter_mut().filter(|origin| origin.same(&theirs));
                same.for_each(|origin| origin.cleaned |= super::guard::class("path"));
            }
        }
        let rest: Vec<Origin> = values.iter().skip(skipped).flat_map(|(_, value)| self.heap.origins(value)).collect();
        origins.retain(|origin| {
            origin.label != "unknown"
                || !base.iter().any(|theirs| theirs.same(origin))
                || rest.iter().any(|theirs| theirs.same(origin))
        });
    }

    fn used(
        &mut self,
        kind: &str,
        record: &Record,
        path: &str,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
        span: Span,
    ) {
        if !self.recording || self.uses.len() >= USES {
            return;
        }
        let text = |value: Value<'u>| match value.constant {
            Some(Constant::Text(text)) => Some(text.to_string()),
            _ => None,
        };
        let mut names: Vec<String> =
            record.args.iter().filter_map(|arg| self.argument(arg, receiver, values).and_then(text)).collect();
        if names.is_empty()
            && let Some(decorated) = self.decorated
        {
            names.push(decorated.to_owned());
        }
        let function = self.function(self.frame.unit, self.frame.function);
        self.uses.push(Use {
            kind: kind.to_owned(),
            callee: path.to_owned(),
            names,
            place: self.place(span),
            function: function.map(|function| function.name.clone()).filter(|name| !name.is_empty()),
        });
    }

    /// A value that a file of the project sets, or the default that stands beside it.
    fn property(&mut self, record: &Record, values: &Args<'u>) -> Value<'u> {
        let default = values.get(1).map(|(_, value)| value.clone()).unwrap_or_default();
        let wanted = record.args.first().map(String::as_str).unwrap_or_default();
        let key = self.argument(wanted, None, values).and_then(|value| value.constant);
        match key {
            Some(Constant::Text(key)) => match self.project.property(&key) {
                Some(found) => Value::constant(Constant::text(found)),
                None => default,
            },
            _ => default,
        }
    }

    /// An argument by position or name, alternatives by `/`, an entry of it behind a dot.
    pub(super) fn argument(&self, wanted: &str, receiver: Option<&Value<'u>>, values: &Args<'u>) -> Option<Value<'u>> {
        wanted.split('/').find_map(|one| {
            let (first, inner) = one.split_once('.').map_or((one, None), |(first, inner)| (first, Some(inner)));
            let value = if first == "self" {
                receiver.cloned()
            } else if let Ok(at) = first.parse::<usize>() {
                // Positions count what has no name.
                values.iter().filter(|(name, _)| name.is_none()).nth(at).map(|(_, value)| value.clone())
            } else {
                let named = values.iter().find(|(name, _)| *name == Some(first)).map(|(_, value)| value.clone());
                let spread = || {
                    let mut spread = values.iter().filter(|(name, _)| *name == Some("**"));
                    spread.find_map(|(_, value)| self.heap.of(value)?.items.get(first).cloned())
                };
                named.or_else(spread)
            }?;
            match inner {
                None => Some(value),
                Some(inner) => {
                    inner.split('.').try_fold(value, |value, key| self.heap.of(&value)?.items.get(key).cloned())
                }
            }
        })
    }

    pub(super) fn holds(&self, record: &Record, receiver: Option<&Value<'u>>, values: &Args<'u>) -> bool {
        record.when.iter().all(|condition| {
            let value = condition.arg.iter().find_map(|arg| self.argument(arg, receiver, values));
            let shown = || {
                let value = value.as_ref()?;
                let text = value.constant.as_ref().map(Constant::shown).or_else(|| value.path.clone())?;
                let mut text = text.to_ascii_lowercase();
                // A class of the project is also what it is made of.
                for class in value.class.into_iter().flat_map(|class| self.ancestry(class)) {
                    let class = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize));
                    for base in class.into_iter().flat_map(|class| &class.bases) {
                        text.push(' ');
                        text.push_str(&base.to_ascii_lowercase());
                    }
                }
                Some(text)
            };
            let constant = || match value.as_ref()?.constant.as_ref()? {
                Constant::Null => Some("none".to_owned()),
                constant => Some(constant.shown().to_ascii_lowercase()),
            };
            let has = |mark: &str| Some(self.heap.of(value.as_ref()?)?.marks.contains(&mark));
            match &condition.test {
                Test::Is(wanted) => constant().is_some_and(|it| wanted.contains(&it)),
                Test::IsNot(wanted) => constant().is_some_and(|it| !wanted.contains(&it)),
                Test::Has(parts) => shown().is_some_and(|it| parts.iter().any(|part| it.contains(part.as_str()))),
                Test::HasNot(parts) => shown().is_none_or(|it| !parts.iter().any(|part| it.contains(part.as_str()))),
                // In a call with `**rest` nobody knows what is given.
                Test::Missing => {
                    value.is_none()
                        && !values.iter().any(|(name, value)| *name == Some("**") && self.is_open(value))
                        // Data in a text is in no entry of it; an option may be.
                        && !(matches!(record.verb, Verb::Check(_))
                            && condition.arg.iter().any(|arg| self.is_hidden(arg, receiver, values)))
                }
                Test::Given => value.is_some(),
                Test::Constant => value.is_some_and(|value| match &value.constant {
                    Some(constant) => *constant != Constant::Null,
                    None => self
                        .heap
                        .of(&value)
                        .and_then(Object::elements)
                        .is_some_and(|items| !items.is_empty() && items.iter().all(|item| item.constant.is_some())),
                }),
                Test::Variable => value.is_some_and(|value| !value.is_written()),
                Test::Empty => value.and_then(|value| self.heap.of(&value)).is_some_and(|object| {
                    object.kind == Kind::List && !object.open && object.items.is_empty() && object.rest.is_empty()
                }),
                Test::Sifts => value.is_some_and(
                    |value| matches!(&value.constant, Some(Constant::Text(text)) if crate::specs::sifts(text)),
                ),
                Test::Queries => value.is_some_and(|value| value.prefix.as_deref().is_some_and(crate::specs::queries)),
                Test::Ambiguous => value.is_some_and(
                    |value| matches!(&value.constant, Some(Constant::Text(text)) if crate::pattern::is_ambiguous(text)),
                ),
                Test::With(mark) => has(mark).unwrap_or(false),
                Test::Without(mark) => value.is_some() && !has(mark).unwrap_or(false),
            }
        })
    }

    /// An entry of an argument that is given, but of which nobody knows what is in it.
    fn is_hidden(&self, wanted: &str, receiver: Option<&Value<'u>>, values: &Args<'u>) -> bool {
        let Some((outer, _)) = wanted.rsplit_once('.') else { return false };
        match self.argument(outer, receiver, values) {
            Some(value) => value.constant.is_none() && self.is_open(&value),
            None => self.is_hidden(outer, receiver, values),
        }
    }

    fn is_open(&self, value: &Value<'u>) -> bool {
        self.heap.of(value).is_none_or(|object| object.open)
    }

    /// Where a call over several lines says what makes it weak: the value of a named argument, else its beginning.
    fn deciding(&self, record: &Record, span: Span) -> Span {
        let named = record.when.iter().find_map(|condition| {
            let says = matches!(condition.test, Test::Is(_) | Test::Has(_) | Test::Constant);
            let wanted = |name: &str| condition.arg.iter().any(|arg| arg.split('.').next() == Some(name));
            let given = self.given.iter().find(|(name, at)| {
                name.is_some_and(wanted) && at.start >= span.start && at.end <= span.end && span != *at
            });
            given.filter(|_| says).map(|(_, at)| *at)
        });
        let file = self.units.get(self.frame.unit).map_or(0, |(file, _)| *file);
        let between = |at: &Span| self.project.text(file).get(span.start as usize..at.start as usize);
        named.filter(|at| between(at).is_some_and(|text| text.contains('\n'))).unwrap_or(span)
    }

    fn sink(
        &mut self,
        class: usize,
        record: &Record,
        path: &str,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
        span: Span,
    ) {
        let mut given: Vec<Value<'u>> = Vec::new();
        for arg in &record.args {
            match arg.strip_suffix('*') {
                // `*` is every argument, `1*` those from the second on.
                Some(from) => {
                    let from = from.parse().unwrap_or(0);
                    given.extend(values.iter().skip(from).map(|(_, value)| value.clone()));
                }
                None => given.extend(self.argument(arg, receiver, values)),
            }
        }
        let mut name = CLASSES.get(class).copied().unwrap_or_default();
        self.target = None;
        if self.leaks && matches!(name, "send" | "header" | "redirect") {
            given = self.sent(record, receiver, values, given);
        } else if self.leaks {
            self.target = given.first().and_then(|first| first.prefix.clone());
        }
        if name == "command" {
            let whole: Vec<Value<'u>> = match given.first().and_then(|first| self.heap.of(first)) {
                Some(list) => list.elements().unwrap_or_default(),
                None => given.clone(),
            };
            name = program(&whole).unwrap_or(name);
            let joins = |flag: &Value<'_>| matches!(&flag.constant, Some(Constant::Text(text)) if text.ends_with('c') && text.starts_with('-'));
            if name == "shell" && whole.len() > 2 && whole.get(1).is_some_and(joins) {
                // What follows the script is data for it: `sh -c 'grep -- "$1"' sh TEXT`.
                given = whole.get(2..3).unwrap_or_default().to_vec();
            }
            if name == "argument" {
                // Behind `--` nothing is taken for an option.
                given = options(&whole);
            }
        } else if name == "argument" {
            let program = values.first().map(|(_, value)| value.clone()).unwrap_or_default();
            let list = given.first().and_then(|first| self.heap.of(first)).and_then(Object::elements);
            let mut whole = vec![program.clone()];
            whole.extend(list.unwrap_or_else(|| given.clone()));
            if self::program(&whole) == Some("argument") {
                given = options(&whole);
            }
        }
        self.does_at(name, path, &given, values, span);
        for value in given {
            // What is sent as an object is data for a program, not a page.
            let data = || self.heap.of(&value).is_some_and(|object| matches!(object.kind, Kind::Map | Kind::List));
            if name == "html" && self.language.is_script() && data() {
                continue;
            }
            // Fields that were picked are no others.
            if name == "attributes" && value.object.is_some() {
                continue;
            }
            if matches!(name, "url" | "redirect") && is_fixed_host(value.prefix.as_deref(), name) {
                continue;
            }
            let class = CLASSES.iter().position(|known| *known == name).unwrap_or(class);
            let origins = self.heap.origins(&value);
            let first = self.flows.len();
            self.arrives(name, path, span, origins.into_iter().filter(|origin| origin.cleaned & (1 << class) == 0));
            // A function that is handed a path opens what its caller chose.
            if name == "path" && self.language != Language::Java && is_own_path(&value) {
                let ours = self.flows.iter_mut().skip(first).filter(|flow| flow.label == Some("unknown"));
                ours.for_each(|flow| flow.called = true);
            }
        }
    }

    fn container(&mut self, kind: &str, path: &str, values: &Args<'u>) -> Value<'u> {
        if kind == "list-of" {
            let values = values.iter().map(|(_, value)| value.clone()).collect();
            return Value { object: Some(self.heap.add(Object::list(values))), ..Value::of_path(path) };
        }
        if kind == "map-of" {
            let mut object = Object::new(Kind::Map);
            for pair in values.chunks(2) {
                match pair {
                    [(_, Value { constant: Some(key), .. }), (_, value)] => object.put(key.shown(), value.clone()),
                    _ => object.open = true,
                }
            }
            return Value { object: Some(self.heap.add(object)), ..Value::of_path(path) };
        }
        let kind = match kind {
            "list" => Kind::List,
            "map" => Kind::Map,
            _ => Kind::Text,
        };
        let mut object = Object::new(kind);
        for (name, value) in values {
            match (self.heap.of(value).cloned(), kind) {
                (Some(inner), Kind::List | Kind::Map) => {
                    object.items.extend(inner.items);
                    object.open |= inner.open;
                    object.rest.extend(inner.rest);
                }
                _ if kind == Kind::Map && name.is_some() => {
                    object.put(Rc::from(name.unwrap_or_default()), value.clone());
                }
                _ => {
                    object.open |= !value.origins.is_empty();
                    object.rest.extend(value.origins.clone());
                }
            }
        }
        Value { object: Some(self.heap.add(object)), ..Value::of_path(path) }
    }
}

/// How much a list that starts with a fixed program can do: a shell runs anything, others take it as an argument.
fn program(parts: &[Value<'_>]) -> Option<&'static str> {
    let constant = |at: usize| match parts.get(at)?.constant.as_ref()? {
        Constant::Text(text) => Some(text.to_ascii_lowercase()),
        _ => None,
    };
    let first = constant(0)?;
    let name = first.rsplit(['/', '\\']).next().unwrap_or(&first);
    if parts.len() < 2 {
        return None;
    }
    if SHELLS.contains(&name) && matches!(constant(1).as_deref(), Some("-c" | "/c" | "-command" | "-lc" | "-ec" | "/k"))
    {
        return Some("shell");
    }
    Some("argument")
}

/// A parameter that is a path itself, by its name or type.
fn is_own_path(value: &Value<'_>) -> bool {
    let Some(path) = value.path.as_deref() else { return false };
    if path.contains('(') {
        return matches!(path, "Path()" | "PathBuf()" | "std.path.Path()" | "std.path.PathBuf()");
    }
    let name = path.to_ascii_lowercase();
    let says = ["path", "archive", "dest", "src", "source", "dir", "folder", "directory", "target", "output", "root"];
    !path.contains('.')
        && name != "user_path"
        && name.split('_').any(|word| {
            let has_end =
                |end: &str| word.strip_suffix(end).is_some_and(|it| !it.is_empty() && it != "user" && it != "upload");
            says.contains(&word) || word.ends_with("path") && word != "userpath" || has_end("file")
        })
}

/// What a program may take for an option: nothing behind `--`, nothing with a fixed beginning. What most programs do
/// with a wrong option is to complain.
fn options<'u>(whole: &[Value<'u>]) -> Vec<Value<'u>> {
    let constant = |value: &Value<'u>| match &value.constant {
        Some(Constant::Text(text)) => Some(text.to_ascii_lowercase()),
        _ => None,
    };
    let program = whole.first().and_then(constant).unwrap_or_default();
    let name = program.rsplit(['/', '\\']).next().unwrap_or(&program);
    if !OBEYS.contains(&name.trim_end_matches(".exe")) {
        return Vec::new();
    }
    let end = whole.iter().position(|value| constant(value).as_deref() == Some("--")).unwrap_or(whole.len());
    let open = |value: &&Value<'u>| value.prefix.as_deref().is_none_or(str::is_empty);
    whole.iter().take(end).filter(open).cloned().collect()
}

/// An address whose host is written down, or a way on the same host.
pub(super) fn is_fixed_host(prefix: Option<&str>, class: &str) -> bool {
    let Some(prefix) = prefix else { return false };
    if let Some((_, rest)) = prefix.split_once("://") {
        return rest.find(['/', '?', '#']).is_some_and(|at| at > 0);
    }
    matches!(class, "url" | "redirect") && prefix.starts_with('/') && prefix.len() > 1 && !prefix.starts_with("//")
}
