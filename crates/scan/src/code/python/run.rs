//! The abstract run: its state, scopes, functions entered, and when each piece of code would run.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use redan_artifact::{Fact, FactKind, text};
use tree_sitter::{Node, Tree};

use super::parse::parse;
use super::value::{Kind, Taint, Value};
use super::{UNFINISHED, effects, hidden};

/// When a piece of code runs; the order is that of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Only if somebody calls it.
    Latent,
    /// When a loader loads or uses the model.
    Hook,
    /// On import.
    Import,
}

/// Nesting of the source plus that of inlined calls.
const MAX_DEPTH: u32 = 600;
/// Calls within calls that are followed.
const MAX_INLINE: u32 = 8;
/// How often one function is gone through.
const MAX_VISITS: u32 = 300;
/// How often one that is longer than a line or two is gone through.
const MAX_LONG_VISITS: u32 = 12;

/// A function, method or lambda of the file.
pub(super) struct Function<'t> {
    pub(super) name: String,
    pub(super) node: Node<'t>,
    pub(super) class: Option<usize>,
    /// Whether reading it as an attribute calls it.
    pub(super) property: bool,
}

/// A class of the file.
pub(super) struct Class {
    pub(super) bases: Vec<String>,
    pub(super) attributes: HashMap<String, Value>,
}

/// What one function does, for combinations that mean more than their parts.
#[derive(Default, Clone, Copy)]
pub(super) struct Seen {
    pub(super) connects: bool,
    pub(super) redirects: bool,
}

pub(super) struct Run<'t> {
    pub(super) source: &'t str,
    pub(super) facts: Vec<Fact>,
    pub(super) level: Level,
    /// How many layers of code within code this is.
    pub(super) layer: u32,
    pub(super) functions: Vec<Function<'t>>,
    pub(super) classes: Vec<Class>,
    pub(super) scopes: Vec<HashMap<String, Value>>,
    pub(super) stars: Vec<String>,
    pub(super) seen: Seen,
    /// Functions that were put in the place of a library's.
    pub(super) patches: Vec<usize>,
    /// Work that may still be done; see [`Budget`](super::Budget).
    left: u64,
    depth: u32,
    inline: u32,
    unfinished: bool,
    /// Level at which each function was gone through, and how often.
    walked: HashMap<usize, (Level, u32)>,
    by_node: HashMap<usize, usize>,
    /// Taint of what each function returned last.
    results: HashMap<usize, Taint>,
    pub(super) returned: Option<Value>,
    pub(super) class: Option<usize>,
    /// The function that is gone through.
    pub(super) inside: Option<usize>,
    /// Whether the function that is defined next is a property.
    pub(super) property: bool,
    reported: HashSet<(FactKind, u64)>,
}

impl<'t> Run<'t> {
    pub(super) fn new(source: &'t str, layer: u32, left: u64) -> Self {
        Self {
            source,
            facts: Vec::new(),
            level: Level::Import,
            layer,
            functions: Vec::new(),
            classes: Vec::new(),
            scopes: vec![HashMap::new()],
            stars: Vec::new(),
            seen: Seen::default(),
            patches: Vec::new(),
            left,
            depth: 0,
            inline: 0,
            unfinished: false,
            walked: HashMap::new(),
            by_node: HashMap::new(),
            results: HashMap::new(),
            returned: None,
            class: None,
            inside: None,
            property: false,
            reported: HashSet::new(),
        }
    }

    /// Import, then hooks, then everything else.
    pub(super) fn whole(&mut self, root: Node<'t>) {
        self.block(root);
        self.check_seen(root);
        let start = self.level;
        for (level, hooks_only) in [(Level::Hook, true), (Level::Latent, false)] {
            let mut index = 0;
            // Going through a function may find further ones inside it.
            while index < self.functions.len() {
                if !hooks_only || self.is_hook(index) {
                    self.level = level.min(start);
                    let receiver = self.functions.get(index).and_then(|function| function.class);
                    let args: Vec<Value> = receiver.map(|class| Value::of(Kind::Instance(class))).into_iter().collect();
                    self.enter(index, &args, &[]);
                }
                index += 1;
            }
        }
        if self.unfinished {
            let message = "the source is too long or too deeply nested to be gone through to the end";
            self.facts.push(Fact::new(UNFINISHED, "limit", message));
        }
    }

    pub(super) fn text_of(&self, node: Node<'_>) -> &'t str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    /// The identifier as Python reads it, and whether it was written in other letters.
    pub(super) fn identifier(&self, node: Node<'_>) -> (Cow<'t, str>, bool) {
        let text = self.text_of(node);
        if text.is_ascii() {
            return (Cow::Borrowed(text), false);
        }
        let plain: String = text.chars().map(hidden::plain_letter).collect();
        let other = plain != text;
        (Cow::Owned(plain), other)
    }

    /// Counts one node; false when there is nothing left to spend.
    pub(super) fn spend(&mut self, cost: usize) -> bool {
        self.left = self.left.saturating_sub(1 + cost as u64 / 64);
        if self.left == 0 {
            self.unfinished = true;
        }
        self.left > 0
    }

    /// Counts going through the whole of some values.
    pub(super) fn spend_on(&mut self, values: &[Value]) -> bool {
        self.spend(values.iter().map(Value::weight).fold(0, usize::saturating_add))
    }

    /// Work that may still be done.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Parses code inside this code.
    pub(super) fn parse_layer(&mut self, text: &str) -> Option<Tree> {
        let parsed = parse(text, &mut self.left, true);
        self.unfinished |= parsed.cut;
        parsed.tree
    }

    /// The run of code inside this code, on what is left.
    pub(super) fn inner<'i>(&self, text: &'i str) -> Run<'i> {
        Run::new(text, self.layer + 1, self.left)
    }

    /// Takes over what code inside this code has cost.
    pub(super) fn charge(&mut self, inner: &Run<'_>) {
        self.left = inner.left;
        self.unfinished |= inner.unfinished;
    }

    /// Runs `inside` one level deeper, or not at all.
    pub(super) fn nested<T: Default>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            self.unfinished = true;
            return T::default();
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Index of the function at a node.
    pub(super) fn function(&mut self, node: Node<'t>) -> usize {
        if let Some(index) = self.by_node.get(&node.id()) {
            return *index;
        }
        let name = node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default();
        // Not by the parent of the node, which is looked for from the root and would take the square of their number.
        let class = self.class.filter(|_| node.kind() == "function_definition");
        let property = std::mem::take(&mut self.property);
        self.functions.push(Function { name: name.to_string(), node, class, property });
        self.by_node.insert(node.id(), self.functions.len() - 1);
        self.functions.len() - 1
    }

    pub(super) fn assign(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_string(), value);
        }
    }

    pub(super) fn lookup(&self, name: &str) -> Option<Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name)).cloned()
    }

    /// Goes through a function's body with these arguments and says what it returns.
    pub(super) fn enter(&mut self, index: usize, args: &[Value], named: &[(String, Value)]) -> Value {
        let Some(function) = self.functions.get(index) else { return Value::default() };
        let node = function.node;
        let (level, visits) = self.walked.get(&index).copied().unwrap_or((Level::Latent, 0));
        let known = visits > 0 && level >= self.level;
        let constant = args
            .iter()
            .chain(named.iter().map(|(_, value)| value))
            .any(|arg| arg.raw().is_some() || arg.items().is_some());
        let length = node.end_byte().saturating_sub(node.start_byte());
        let most = if length > 400 { MAX_LONG_VISITS } else { MAX_VISITS };
        if self.inline >= MAX_INLINE || visits >= most || (known && !constant) {
            // What it gave before, it is taken to give again.
            let before = self.results.get(&index).copied().unwrap_or_default();
            return Value::unknown(args.iter().fold(before, |taint, arg| taint.with(arg.taint)));
        }
        self.walked.insert(index, (level.max(self.level), visits + 1));
        let mut scope = HashMap::new();
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.parameters(parameters, args, named, &mut scope);
        }
        let outer_return = self.returned.take();
        let outer_seen = std::mem::take(&mut self.seen);
        let outer_class = self.class.take();
        let outer_function = self.inside.replace(index);
        self.scopes.push(scope);
        self.inline += 1;
        let result = match node.child_by_field_name("body") {
            Some(body) if node.kind() == "lambda" => self.eval(body),
            Some(body) => {
                self.block(body);
                self.returned.take().unwrap_or_default()
            }
            None => Value::default(),
        };
        self.check_seen(node);
        self.results.insert(index, result.taint);
        self.inline -= 1;
        self.scopes.pop();
        self.class = outer_class;
        self.inside = outer_function;
        self.seen = outer_seen;
        self.returned = outer_return;
        result
    }

    fn parameters(
        &mut self,
        list: Node<'t>,
        args: &[Value],
        named: &[(String, Value)],
        scope: &mut HashMap<String, Value>,
    ) {
        let mut cursor = list.walk();
        for (position, parameter) in
            list.named_children(&mut cursor).filter(|child| child.kind() != "comment").enumerate()
        {
            if !self.spend(named.len()) {
                return;
            }
            let name_node = parameter
                .child_by_field_name("name")
                .or_else(|| if parameter.kind() == "identifier" { Some(parameter) } else { parameter.named_child(0) });
            let name = name_node.map(|name| self.text_of(name)).unwrap_or_default();
            if matches!(parameter.kind(), "list_splat_pattern") {
                scope.insert(name.to_string(), Value::list(args.get(position..).unwrap_or_default().to_vec()));
                continue;
            }
            let given = named
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
                .or_else(|| args.get(position).cloned());
            let value = given.or_else(|| parameter.child_by_field_name("value").map(|value| self.eval(value)));
            scope.insert(name.to_string(), value.unwrap_or_default());
        }
    }

    /// Adds a fact at a node; one of a kind per place.
    pub(super) fn report(&mut self, kind: FactKind, subject: &str, message: &str, node: Node<'_>) {
        let (start, len) = (node.start_byte(), node.end_byte().saturating_sub(node.start_byte()));
        if !self.reported.insert((kind, start as u64)) || self.facts.len() >= 200 {
            return;
        }
        let (line, column) = text::line_column(self.source, start);
        let first_line = self.text_of(node).lines().next().map_or(1, str::len).max(1);
        let excerpt = text::excerpt(self.source, start, first_line, "here");
        self.facts
            .push(Fact::new(kind, subject, message).at(start as u64, len as u64).line(line, column).excerpt(excerpt));
    }

    /// A builtin or an unbound name.
    pub(super) fn free_name(&self, name: &str) -> Value {
        if name == "__builtins__" {
            return Value::name("builtins");
        }
        if effects::is_builtin(name) {
            return Value::name(format!("builtins.{name}"));
        }
        let star =
            self.stars.iter().map(|module| format!("{module}.{name}")).find(|path| effects::effect(path).is_some());
        star.map_or_else(Value::default, Value::name)
    }

    pub(super) fn rc(text: &str) -> Rc<str> {
        Rc::from(text)
    }
}
