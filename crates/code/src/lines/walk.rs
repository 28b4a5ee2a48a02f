//! Through a source from its start to its end: functions, names, calls.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use super::functions::{Function, functions, parameters};
use super::names::{Names, Reader, Value};
use super::record::{self, Condition, Label, Record, Table, Verb};
use super::token::{Dialect, Kind, Tokens};
use crate::flow::{Flow, Place, Quick};
use crate::ir::Span;

/// Findings of one file.
const MAX_FLOWS: usize = 1_000;

/// Statements of PHP that are calls without brackets.
const STATEMENTS: &[&str] = &["echo", "print", "include", "include_once", "require", "require_once", "exit", "die"];

/// How a name was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// With so many elements, if that is known; the tokens that say so.
    Array(Option<u64>, (usize, usize)),
    Pointer,
    /// Allocated with these tokens as size.
    Allocated(usize, usize),
}

type Set<'t> = HashSet<&'t str, BuildHasherDefault<Quick>>;

/// The state of one pass.
pub(super) struct Walk<'a, 't> {
    pub(super) tokens: &'a Tokens<'t>,
    pub(super) table: &'static Table,
    pub(super) dialect: Dialect,
    file: usize,
    pub(super) names: Names<'t>,
    pub(super) shapes: HashMap<&'t str, Shape, BuildHasherDefault<Quick>>,
    pub(super) functions: Vec<Function<'t>>,
    /// The one that is gone through.
    pub(super) inside: Option<Function<'t>>,
    /// Names in it, once somebody asked.
    mentioned: Option<Set<'t>>,
    /// Words that were asked for, and whether they stand anywhere in the source.
    said: HashMap<String, bool, BuildHasherDefault<Quick>>,
    /// Name that is assigned to, up to this token.
    target: (&'t str, usize),
    /// Nesting of blocks in the function.
    depth: usize,
    /// Arrays of characters.
    pub(super) characters: Set<'t>,
    /// How the memory behind a name was got.
    pub(super) made_by: HashMap<&'t str, super::heap::Made, BuildHasherDefault<Quick>>,
    /// What was last assigned to a name.
    pub(super) assigned: HashMap<&'t str, (usize, usize), BuildHasherDefault<Quick>>,
    /// Functions that are called for signals.
    pub(super) handlers: Set<'t>,
    pub(super) flows: Vec<Flow>,
    seen: HashSet<(u32, &'static str)>,
    pub(super) is_full: bool,
}

impl<'a, 't> Walk<'a, 't> {
    pub(super) fn new(tokens: &'a Tokens<'t>, dialect: Dialect, file: usize) -> Self {
        let functions = functions(tokens, dialect);
        Self {
            tokens,
            table: record::of(dialect),
            dialect,
            file,
            names: Names::default(),
            shapes: HashMap::default(),
            characters: Set::default(),
            made_by: HashMap::default(),
            assigned: HashMap::default(),
            functions,
            inside: None,
            mentioned: None,
            said: HashMap::default(),
            target: ("", 0),
            depth: 0,
            handlers: Set::default(),
            flows: Vec::new(),
            seen: HashSet::new(),
            is_full: false,
        }
    }

    pub(super) fn run(&mut self) {
        if self.dialect.is_native() {
            self.find_handlers();
        }
        let mut next = 0;
        for at in 0..self.tokens.len() {
            if self.inside.is_some_and(|function| at >= function.end) {
                self.leave();
            }
            if self.inside.is_none()
                && let Some(function) = self.functions.get(next).copied()
                && at >= function.open
            {
                next += 1;
                self.enter(function);
            }
            self.token(at);
            if self.flows.len() >= MAX_FLOWS {
                self.is_full = true;
                return;
            }
            if self.tokens.is_spent() {
                return;
            }
        }
        self.leave();
    }

    fn enter(&mut self, function: Function<'t>) {
        self.names.inner.clear();
        self.names.is_inner = true;
        self.shapes.clear();
        self.made_by.clear();
        self.assigned.clear();
        self.characters.clear();
        self.mentioned = None;
        self.depth = 0;
        self.inside = Some(function);
        let is_action = self.is_action(&function);
        for (from, name) in parameters(self.tokens, &function, self.dialect) {
            let value = if is_action { Value::source(Label::User, name) } else { Value::unknown(name) };
            let text = self.tokens.text(name);
            // `argv` beside `argc` is what the table says.
            let is_count = function.name.ends_with("main")
                || (function.open..function.close).any(|at| self.tokens.is_name(at, "argc"));
            if text == "argv" && !is_count && self.dialect.is_native() || self.reader().value(name, name + 1).local == 0
            {
                let is_number = self.is_number_type(from, name);
                self.names.set(text, if is_number { value.without(record::TEXT) } else { value });
            }
            if (from..name).any(|at| self.tokens.is(at, "*")) || self.tokens.is(name + 1, "[") {
                self.shapes.insert(text, Shape::Pointer);
            }
        }
    }

    fn leave(&mut self) {
        if let Some(function) = self.inside.filter(|_| self.dialect.is_native()) {
            self.indexed(&function);
            self.outlived(&function);
        }
        self.names.inner.clear();
        self.names.is_inner = false;
        self.shapes.clear();
        self.made_by.clear();
        self.assigned.clear();
        self.characters.clear();
        self.mentioned = None;
        self.inside = None;
        self.depth = 0;
    }

    /// Whether a parameter or variable is declared as a number, which is harmless as text.
    fn is_number_type(&self, from: usize, name: usize) -> bool {
        const NUMBERS: &[&str] = &[
            "int", "long", "short", "uint", "ulong", "double", "float", "decimal", "bool", "boolean", "size_t",
            "DWORD", "uint32_t", "uint16_t", "uint64_t", "int32_t", "int64_t", "unsigned", "ssize_t", "Guid",
            "DateTime", "BOOL",
        ];
        name > from
            && (from..name).all(|at| self.tokens.kind(at) == Some(Kind::Name) || self.tokens.is(at, "?"))
            && (from..name).any(|at| NUMBERS.contains(&self.tokens.text(at)))
    }

    pub(super) fn reader(&self) -> Reader<'_, 't> {
        Reader { tokens: self.tokens, table: self.table, names: &self.names }
    }

    pub(super) fn value(&self, (from, to): (usize, usize)) -> Value<'t> {
        self.reader().value(from, to)
    }

    fn token(&mut self, at: usize) {
        let tokens = self.tokens;
        match tokens.kind(at) {
            Some(Kind::Name) => self.name(at),
            Some(Kind::Sign) => {
                if tokens.is_any(at, &["=", "+=", ".=", "??="]) {
                    self.assign(at);
                } else if tokens.is(at, "{") {
                    self.depth += 1;
                } else if tokens.is(at, "}") {
                    self.depth = self.depth.saturating_sub(1);
                }
                self.extra_sign(at);
            }
            _ => self.extra_text(at),
        }
    }

    fn name(&mut self, at: usize) {
        let (tokens, table) = (self.tokens, self.table);
        let text = tokens.text(at);
        if self.dialect == Dialect::Php && (STATEMENTS.contains(&text) || text == "<?=") {
            let word = if text == "<?=" { "echo" } else { text };
            let end = tokens.expression_end(at + 1, false);
            let is_called = tokens.is(at + 1, "(") && tokens.pair(at + 1).is_some_and(|pair| pair + 1 >= end);
            if !tokens.is_any(at.wrapping_sub(1), &["->", "::", "."]) && !is_called {
                for record in table.get(word).into_iter().flatten() {
                    self.apply(record, at, at, end);
                }
                return;
            }
        }
        if matches!(text, "foreach" | "for") {
            self.each(at);
        }
        self.extra_name(at);
        let open = self.behind_types(at + 1);
        let is_call = tokens.is(open, "(");
        let is_declared = is_call && self.is_declaration(at);
        if is_call && !is_declared {
            self.judged(at);
        }
        if is_declared {
            // `std::ifstream in(path)`
            if self.dialect.is_native() && self.inside.is_some() {
                let of_type = self.before_types(at.saturating_sub(1));
                for record in table.get(tokens.text(of_type)).into_iter().flatten().filter(|record| record.is_new) {
                    self.apply_at(record, of_type, open);
                }
            }
            return;
        }
        // PHP runs what stands between backquotes.
        let Some(records) = table.get(if text == "`" { "shell_exec" } else { text }) else { return };
        let behind = tokens.pair(at + 1).filter(|_| tokens.is(at + 1, "[")).map_or(at + 1, |close| close + 1);
        let is_assigned = tokens.is(behind, "=");
        let value = (behind + 1, if is_assigned { tokens.expression_end(behind + 1, true) } else { behind + 1 });
        for record in records {
            match record.verb {
                Verb::Word(kind)
                    if super::path_fits(tokens, at, record)
                        && !self.is_asked_about(at)
                        && self.holds(record, at, &[]) =>
                {
                    self.report(kind, None, at, None, record.is_faint);
                }
                Verb::Set(kind)
                    if is_assigned && super::path_fits(tokens, at, record) && self.holds(record, at, &[value]) =>
                {
                    self.report(kind, None, at, None, record.is_faint);
                }
                _ if record.is_set && is_assigned && super::path_fits(tokens, at, record) => {
                    self.apply(record, at, behind, value.1);
                }
                _ if is_call && !record.is_set => self.apply_at(record, at, open),
                _ => {}
            }
        }
    }

    /// Whether a name is only compared with something, or is defined here.
    fn is_asked_about(&self, at: usize) -> bool {
        const COMPARES: &[&str] = &["==", "!=", "===", "!=="];
        let (tokens, first) = (self.tokens, self.first(at));
        let before = first.wrapping_sub(1);
        tokens.is_any(before, COMPARES)
            || tokens.is_any(at + 1, COMPARES)
            || tokens.is(at + 1, "=")
            || tokens.is_name(before, "case")
    }

    /// A record of a call, if its path is this.
    fn apply_at(&mut self, record: &'static Record, at: usize, open: usize) {
        if !super::path_fits(self.tokens, at, record) {
            return;
        }
        let is_new = self.is_made(at);
        if record.is_new != is_new && !(self.dialect.is_native() && record.is_new) {
            return;
        }
        self.apply(record, at, open, self.tokens.close(open));
    }

    /// Whether `new` stands before the path.
    fn is_made(&self, at: usize) -> bool {
        let first = self.first(at);
        first > 0 && self.tokens.is_name(first - 1, "new")
    }

    /// First token of the path that ends here.
    pub(super) fn first(&self, at: usize) -> usize {
        let (tokens, mut at) = (self.tokens, at);
        for _ in 0..8 {
            let is_joined = at >= 2 && tokens.is_joint(at - 1) && tokens.kind(at - 2) == Some(Kind::Name);
            if !is_joined {
                break;
            }
            at -= 2;
        }
        at
    }

    pub(super) fn behind_types(&self, at: usize) -> usize {
        if !self.tokens.is(at, "<") || self.dialect == Dialect::Php {
            return at;
        }
        let end = (at + 1..at + 12).find(|at| self.tokens.is(*at, ">"));
        end.filter(|end| self.tokens.is(end + 1, "(")).map_or(at, |end| end + 1)
    }

    /// The name before `<…>`.
    fn before_types(&self, at: usize) -> usize {
        if !self.tokens.is(at, ">") {
            return at;
        }
        let open = (at.saturating_sub(12)..at).rev().find(|at| self.tokens.is(*at, "<"));
        open.map_or(at, |open| open.saturating_sub(1))
    }

    /// `int f(` and `Type f(`: no call.
    fn is_declaration(&self, at: usize) -> bool {
        const BEFORE: &[&str] = &[
            "return",
            "else",
            "new",
            "case",
            "throw",
            "do",
            "in",
            "and",
            "or",
            "not",
            "await",
            "co_await",
            "yield",
            "out",
            "ref",
            "when",
            "is",
            "echo",
            "print",
            "instanceof",
            "xor",
            "goto",
            "clone",
            "co_return",
            "delete",
            "as",
            "include",
            "require",
            "include_once",
            "require_once",
            "default",
            "<?=",
            "co_yield",
            "params",
        ];
        let first = self.first(at);
        let Some(before) = first.checked_sub(1) else { return false };
        if let Some(name) = self.tokens.name(before) {
            return !BEFORE.contains(&name)
                && !name.starts_with('$')
                && (self.dialect != Dialect::Php || name == "function");
        }
        match self.dialect {
            Dialect::Php => self.tokens.is(before, "&") && self.tokens.is_name(before.wrapping_sub(1), "function"),
            Dialect::CSharp => {
                self.inside.is_none()
                    && self.tokens.is_any(before, &["]", ">", "?"])
                    && self.tokens.pair(at + 1).is_some_and(|close| self.tokens.is_any(close + 1, &["{", "=>"]))
            }
            _ => {
                self.inside.is_none()
                    && self.tokens.is_any(before, &["*", "&"])
                    // `= *f(…)` and `(*f(…)`: what it gives is read.
                    && !self.tokens.is_any(before.wrapping_sub(1), &["=", "(", ",", "!", "&&", "||", ";", "{", "}"])
                    || self.inside.is_some_and(|function| at < function.body)
                        && self.tokens.is_any(before, &["*", "&", ">"])
                    || self.tokens.is(before, ">")
                        && self.tokens.is(self.before_types(before) + 1, "<")
                        && self.tokens.kind(self.before_types(before)) == Some(Kind::Name)
                        && self.inside.is_some()
                        && !self.tokens.is_any(before.wrapping_sub(1), &["-"])
            }
        }
    }

    /// `foreach ($list as $one)`, `foreach (var one in list)`, `for (auto one : list)`.
    fn each(&mut self, at: usize) {
        let tokens = self.tokens;
        let (Some(close), true) = (tokens.pair(at + 1), tokens.is(at + 1, "(")) else { return };
        let is_word = |at: &usize| {
            tokens.is_name(*at, "as") || tokens.is_name(*at, "in") || tokens.is_name(at.wrapping_sub(1), "auto")
        };
        // `for (char c : text)`
        let colon = || {
            (at + 2..close.min(at + 64))
                .find(|at| tokens.is(*at, ":"))
                .filter(|_| self.dialect == Dialect::Cpp)
                .map(|at| at - 1)
        };
        let Some(word) = (at + 2..close.min(at + 64)).find(is_word).or_else(colon) else { return };
        let is_as = tokens.is_name(word, "as");
        let (list, names) = match () {
            () if is_as => ((at + 2, word), (word + 1, close)),
            () if tokens.is_name(word, "in") => ((word + 1, close), (at + 2, word)),
            () => {
                let Some(colon) = (word..close).find(|at| tokens.is(*at, ":")) else { return };
                ((colon + 1, close), (at + 2, colon))
            }
        };
        let value = self.value(list);
        for name in (names.0..names.1).filter(|at| tokens.kind(*at) == Some(Kind::Name)) {
            self.names.set(tokens.text(name), value);
            self.assigned.insert(tokens.text(name), list);
        }
    }

    /// `name = value`.
    fn assign(&mut self, at: usize) {
        let tokens = self.tokens;
        let Some(mut last) = at.checked_sub(1) else { return };
        let is_part = tokens.is(last, "]");
        // `a[i] = x` and `char a[8] = x`.
        for _ in 0..4 {
            match tokens.pair(last).filter(|pair| tokens.is(last, "]") && *pair > 0) {
                Some(open) => last = open - 1,
                None => break,
            }
        }
        if tokens.kind(last) != Some(Kind::Name) {
            return;
        }
        let first = self.first(last);
        let name = tokens.slice(first, last + 1);
        let end = tokens.expression_end(at + 1, true);
        let mut value = self.value((at + 1, end));
        if self.is_number_type(first.saturating_sub(1), first) {
            value = value.without(record::TEXT);
        }
        let known = self.names.get(name);
        if !tokens.is(at, "=") || is_part {
            let is_joined = tokens.is_any(at, &["+=", ".="]);
            value = known.map_or(value, |known| known.and(value));
            value.is_joined |= is_joined && !value.is_constant();
            value.literal = None;
        } else if self.depth > 1
            && value.is_constant()
            && let Some(known) = known.filter(|known| !known.is_constant())
        {
            // In a branch that may not be taken.
            value = known.and(value);
        }
        self.extra_assign(first, last, at, end, value);
        self.names.set(name, value);
        self.target = (tokens.text(last), end);
    }

    /// Whether what a record asks for besides its path holds.
    pub(super) fn holds(&mut self, record: &Record, at: usize, arguments: &[(usize, usize)]) -> bool {
        record.conditions.iter().all(|condition| self.is_so(condition, at, arguments))
    }

    fn is_so(&mut self, condition: &Condition, at: usize, arguments: &[(usize, usize)]) -> bool {
        let argument = |index: &usize| arguments.get(*index).copied();
        match condition {
            Condition::Equal(index, words, wanted) => argument(index).is_some_and(|argument| {
                let text = self.plain(argument);
                words.iter().any(|word| text.eq_ignore_ascii_case(word)) == *wanted
            }),
            Condition::Has(index, words, wanted) => argument(index).is_some_and(|argument| {
                let text = self.tokens.slice(argument.0, argument.1.min(argument.0 + 400)).to_ascii_lowercase();
                let known = self.value(argument).literal.unwrap_or("").to_ascii_lowercase();
                words.iter().any(|word| text.contains(word) || known.contains(word)) == *wanted
            }),
            Condition::Below(index, limit) => argument(index)
                .and_then(|argument| self.value(argument).literal.and_then(super::copies::number))
                .is_some_and(|number| number < *limit),
            Condition::Literal(index, wanted) => {
                argument(index).is_some_and(|argument| self.value(argument).is_constant() == *wanted)
            }
            Condition::Known(index) => argument(index).is_some_and(|argument| {
                let value = self.value(argument);
                value.user | value.local != 0
            }),
            Condition::Joined(index) => argument(index).is_some_and(|argument| self.value(argument).is_joined),
            Condition::Given(index, wanted) => argument(index).is_some() == *wanted,
            Condition::Names(words, wanted) => self.mentions(words) == *wanted,
            Condition::File(words, wanted) => words.iter().any(|word| self.says(word)) == *wanted,
            Condition::Unchecked => self.is_unchecked(at),
            Condition::Asked => self.is_asked(at),
            Condition::Ambiguous(index) => argument(index)
                .and_then(|argument| self.value(argument).literal)
                .is_some_and(|text| super::checks::is_slow(text, self.dialect)),
            Condition::Fixed(index) => argument(index).is_some_and(|argument| self.is_fixed(argument)),
        }
    }

    /// An argument without quotes, blanks and endings of numbers.
    fn plain(&self, (from, to): (usize, usize)) -> String {
        let mut text = String::new();
        for at in from..to.min(from + 24) {
            match self.tokens.kind(at) {
                Some(Kind::Text) => text.push_str(self.tokens.said(at)),
                Some(Kind::Number) => text.push_str(self.tokens.text(at).trim_end_matches(['L', 'l', 'u', 'U', 'f'])),
                _ => text.push_str(self.tokens.text(at)),
            }
        }
        text
    }

    /// Whether a word stands anywhere in the source; looked for once.
    pub(super) fn says(&mut self, word: &str) -> bool {
        if let Some(known) = self.said.get(word) {
            return *known;
        }
        let says = self.tokens.source.contains(word);
        self.said.insert(word.to_owned(), says);
        says
    }

    /// Whether the function around names one of these.
    pub(super) fn mentions(&mut self, words: &[&str]) -> bool {
        let (tokens, inside) = (self.tokens, self.inside);
        let set = self.mentioned.get_or_insert_with(|| {
            let (from, to) = inside.map_or((0, tokens.len()), |function| (function.head, function.end));
            (from..to).filter_map(|at| tokens.name(at)).collect()
        });
        words.iter().any(|word| set.contains(word))
    }

    /// Notes something that is wrong.
    pub(super) fn report(
        &mut self,
        kind: &'static str,
        label: Option<&'static str>,
        at: usize,
        from: Option<usize>,
        is_faint: bool,
    ) {
        let tokens = self.tokens;
        let Some(token) = tokens.get(at) else { return };
        if !self.seen.insert((token.start, kind)) {
            return;
        }
        let place = |start, end| Place { file: self.file, span: Span { start, end } };
        let callee = tokens.slice(self.first(at), at + 1);
        let callee = callee.get(..callee.len().min(80)).unwrap_or("it").to_owned();
        let target = if at < self.target.1 { self.target.0 } else { "" };
        let function = self.inside.map_or("", |function| function.name);
        let source = from.and_then(|from| tokens.get(from)).map(|token| place(token.start, token.end));
        self.flows.push(Flow {
            kind: kind.to_owned(),
            label,
            callee: match callee.as_str() {
                "<?=" => "echo".to_owned(),
                "`" => "shell_exec".to_owned(),
                _ => callee,
            },
            source,
            steps: Vec::new(),
            sink: place(token.start, token.end),
            target: None,
            called: is_faint,
            context: format!("{target} {function}"),
        });
    }
}
