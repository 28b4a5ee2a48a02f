//! The abstract run: statements in order, scopes, functions, and when each piece of code would run.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use redan_artifact::{Fact, FactKind, text};
use tree_sitter::Node;

use super::value::{Kind, Taint, Value};
use super::{UNFINISHED, effects};

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

/// Nodes that one file may cost, constants weighed by length.
const MAX_STEPS: u64 = 3_000_000;
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
    patches: Vec<usize>,
    steps: u64,
    depth: u32,
    inline: u32,
    unfinished: bool,
    /// Level at which each function was gone through, and how often.
    walked: HashMap<usize, (Level, u32)>,
    by_node: HashMap<usize, usize>,
    /// Taint of what each function returned last.
    results: HashMap<usize, Taint>,
    returned: Option<Value>,
    class: Option<usize>,
    reported: HashSet<(FactKind, u64)>,
}

impl<'t> Run<'t> {
    pub(super) fn new(source: &'t str, layer: u32) -> Self {
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
            steps: 0,
            depth: 0,
            inline: 0,
            unfinished: false,
            walked: HashMap::new(),
            by_node: HashMap::new(),
            results: HashMap::new(),
            returned: None,
            class: None,
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

    /// Whether a loader calls this function by itself.
    fn is_hook(&self, index: usize) -> bool {
        let Some(function) = self.functions.get(index) else { return false };
        if self.patches.contains(&index) {
            return true;
        }
        let name = function.name.as_str();
        let Some(class) = function.class.and_then(|class| self.classes.get(class)) else {
            return matches!(
                name,
                "handle"
                    | "initialize"
                    | "_load_pyfunc"
                    | "load_pyfunc"
                    | "model_fn"
                    | "input_fn"
                    | "predict_fn"
                    | "output_fn"
                    | "transform_fn"
                    | "load_model"
                    | "load_context"
                    | "__getattr__"
                    | "generate"
                    | "init"
            );
        };
        const ALWAYS: &[&str] = &[
            "__reduce__",
            "__reduce_ex__",
            "__setstate__",
            "__getstate__",
            "__init_subclass__",
            "__class_getitem__",
            "__set_name__",
            "__del__",
            "__new__",
            "__getattr__",
            "__getattribute__",
            "__getnewargs__",
            "__getnewargs_ex__",
            "__getinitargs__",
            "__prepare__",
        ];
        const MODEL: &[&str] = &[
            "__init__",
            "__call__",
            "forward",
            "from_pretrained",
            "from_config",
            "_from_config",
            "generate",
            "initialize",
            "preprocess",
            "postprocess",
            "inference",
            "handle",
            "predict",
            "load_context",
            "setup",
            "build",
            "call",
            "get_config",
            "from_dict",
            "tokenize",
            "_tokenize",
            "post_init",
            "load_state_dict",
            "_load_from_state_dict",
            "_init_weights",
            "execute",
            "load",
            "transform",
            "__post_init__",
        ];
        const BASES: &[&str] = &[
            "Handler",
            "Predictor",
            "Model",
            "Pipeline",
            "Tokenizer",
            "Config",
            "Layer",
            "Module",
            "Processor",
            "PreTrained",
            "Extractor",
        ];
        const NAMES: &[&str] =
            &["EndpointHandler", "Predictor", "TritonPythonModel", "ModelHandler", "InferenceHandler"];
        let (own, bases) = class.bases.split_first().map_or(("", &[][..]), |(own, bases)| (own.as_str(), bases));
        let served = NAMES.contains(&own) || ["Model", "Tokenizer", "ForCausalLM"].iter().any(|end| own.ends_with(end));
        ALWAYS.contains(&name)
            || MODEL.contains(&name)
                && (served || bases.iter().any(|base| BASES.iter().any(|word| base.contains(word))))
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
        let plain: String = text.chars().map(plain_letter).collect();
        let other = plain != text;
        (Cow::Owned(plain), other)
    }

    /// Counts one node; false when there is nothing left to spend.
    pub(super) fn spend(&mut self, cost: usize) -> bool {
        self.steps += 1 + cost as u64 / 64;
        if self.steps > MAX_STEPS {
            self.unfinished = true;
        }
        !self.unfinished || self.steps <= MAX_STEPS
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

    pub(super) fn block(&mut self, node: Node<'t>) {
        if !self.spend(0) {
            return;
        }
        self.nested(|run| {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor) {
                run.statement(child);
            }
        });
    }

    fn statement(&mut self, node: Node<'t>) {
        if !self.spend(0) {
            return;
        }
        match node.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => self.import(node),
            "function_definition" => self.define(node),
            "class_definition" => self.class_definition(node),
            "decorated_definition" => self.decorated(node),
            "return_statement" => {
                let value = node.named_child(0).map(|child| self.eval(child)).unwrap_or_default();
                self.check_reduce(&value, node);
                self.returned.get_or_insert(value);
            }
            "if_statement" => self.if_statement(node),
            "for_statement" => self.for_statement(node),
            "with_statement" => self.with_statement(node),
            "while_statement"
            | "try_statement"
            | "match_statement"
            | "elif_clause"
            | "else_clause"
            | "except_clause"
            | "except_group_clause"
            | "finally_clause"
            | "case_clause"
            | "block"
            | "ERROR"
            | "with_clause"
            | "with_item" => self.children(node),
            "exec_statement" => {
                let value = node.named_child(0).map(|child| self.eval(child)).unwrap_or_default();
                self.call_path("builtins.exec", &Value::name("builtins.exec"), &[value], &[], node);
            }
            "comment" | "pass_statement" | "global_statement" | "nonlocal_statement" => {}
            "expression_statement"
            | "delete_statement"
            | "raise_statement"
            | "assert_statement"
            | "print_statement" => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    self.eval(child);
                }
            }
            _ => {
                self.eval(node);
            }
        }
    }

    fn children(&mut self, node: Node<'t>) {
        self.nested(|run| {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor) {
                run.statement(child);
            }
        });
    }

    fn if_statement(&mut self, node: Node<'t>) {
        let condition = node.child_by_field_name("condition");
        let text = condition.map(|condition| self.text_of(condition)).unwrap_or_default();
        let script = is_script_only(text);
        let level = self.level;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if script && node.child_by_field_name("consequence") == Some(child) {
                self.level = Level::Latent;
                self.block(child);
                self.level = level;
            } else {
                self.statement(child);
            }
        }
    }

    fn for_statement(&mut self, node: Node<'t>) {
        let (Some(left), Some(right), Some(body)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"), node.child_by_field_name("body"))
        else {
            return self.children(node);
        };
        let iterable = self.eval(right);
        let elements = super::fold::elements(&iterable);
        if let Some(items) =
            elements.as_ref().and_then(Value::items).filter(|items| !items.is_empty() && items.len() <= 3000)
        {
            for item in items {
                self.bind(left, item.clone());
                self.block(body);
            }
        } else {
            self.bind(left, Value::unknown(iterable.taint).hinted(iterable.hint));
            self.block(body);
        }
        if let Some(other) = node.child_by_field_name("alternative") {
            self.statement(other);
        }
    }

    fn with_statement(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == "with_clause" {
                let mut items = child.walk();
                for item in child.named_children(&mut items) {
                    let value = item.child_by_field_name("value").unwrap_or(item);
                    self.eval(value);
                }
            } else {
                self.statement(child);
            }
        }
    }

    fn import(&mut self, node: Node<'t>) {
        let module = node.child_by_field_name("module_name").map(|module| self.text_of(module).to_string());
        let mut cursor = node.walk();
        let names: Vec<Node<'t>> = node.children_by_field_name("name", &mut cursor).collect();
        for name in names {
            let alias = name.child_by_field_name("alias").map(|alias| self.text_of(alias));
            let plain = self.text_of(name.child_by_field_name("name").unwrap_or(name));
            let (bound, path) = match (&module, alias) {
                (Some(module), alias) => (alias.unwrap_or(plain), format!("{module}.{plain}")),
                (None, Some(alias)) => (alias, plain.to_string()),
                (None, None) => {
                    let root = plain.split('.').next().unwrap_or(plain);
                    (root, root.to_string())
                }
            };
            // What comes from the package itself is not what its name says.
            let value = if path.starts_with('.') { Value::default() } else { Value::name(path) };
            self.assign(bound, value);
        }
        let mut cursor = node.walk();
        if node.named_children(&mut cursor).any(|child| child.kind() == "wildcard_import") {
            self.stars.extend(module.filter(|module| {
                matches!(module.as_str(), "os" | "subprocess" | "posix" | "socket" | "base64" | "pty")
            }));
        }
    }

    /// Registers a function and binds its name; defaults are evaluated now.
    fn define(&mut self, node: Node<'t>) {
        let index = self.function(node);
        if let Some(parameters) = node.child_by_field_name("parameters") {
            let mut cursor = parameters.walk();
            for parameter in parameters.named_children(&mut cursor) {
                if let Some(value) = parameter.child_by_field_name("value") {
                    self.eval(value);
                }
            }
        }
        let name = node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default();
        self.assign(name, Value::of(Kind::Function(index)));
    }

    /// Index of the function at a node.
    pub(super) fn function(&mut self, node: Node<'t>) -> usize {
        if let Some(index) = self.by_node.get(&node.id()) {
            return *index;
        }
        let name = node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default();
        let direct = node
            .parent()
            .and_then(|parent| if parent.kind() == "decorated_definition" { parent.parent() } else { Some(parent) });
        let in_class = direct.and_then(|block| block.parent()).is_some_and(|outer| outer.kind() == "class_definition");
        self.functions.push(Function { name: name.to_string(), node, class: self.class.filter(|_| in_class) });
        self.by_node.insert(node.id(), self.functions.len() - 1);
        self.functions.len() - 1
    }

    fn class_definition(&mut self, node: Node<'t>) {
        let mut bases =
            vec![node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default().to_string()];
        if let Some(list) = node.child_by_field_name("superclasses") {
            let mut cursor = list.walk();
            for base in list.named_children(&mut cursor) {
                bases.push(self.text_of(base).chars().take(200).collect());
                self.eval(base);
            }
        }
        self.classes.push(Class { bases, attributes: HashMap::new() });
        let index = self.classes.len() - 1;
        let outer = self.class.replace(index);
        self.scopes.push(HashMap::new());
        if let Some(body) = node.child_by_field_name("body") {
            self.block(body);
        }
        let attributes = self.scopes.pop().unwrap_or_default();
        for (name, value) in &attributes {
            self.check_special(name, value, node);
        }
        if let Some(class) = self.classes.get_mut(index) {
            class.attributes.extend(attributes);
        }
        self.class = outer;
        let name = node.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default();
        self.assign(name, Value::of(Kind::Class(index)));
    }

    fn decorated(&mut self, node: Node<'t>) {
        let mut decorators = Vec::new();
        let definition =
            node.child_by_field_name("definition").and_then(|definition| definition.child_by_field_name("name"));
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == "decorator" {
                let value = child.named_child(0).map(|inner| self.eval(inner)).unwrap_or_default();
                decorators.push((value, child));
            } else {
                self.statement(child);
            }
        }
        for (value, place) in decorators.iter().rev() {
            if matches!(value.kind, Kind::Function(_) | Kind::Name(_)) {
                let decorated = definition.and_then(|name| self.lookup(self.text_of(name))).unwrap_or_default();
                self.apply(value, &[decorated], &[], *place);
            }
        }
    }

    pub(super) fn assign(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_string(), value);
        }
    }

    /// Binds a pattern: a name, a tuple of names, an attribute or an element.
    pub(super) fn bind(&mut self, target: Node<'t>, value: Value) {
        match target.kind() {
            "identifier" => {
                let name = self.text_of(target);
                self.check_special(name, &value, target);
                self.assign(name, value);
            }
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list"
            | "as_pattern_target" => {
                let mut cursor = target.walk();
                let targets: Vec<Node<'t>> = target.named_children(&mut cursor).collect();
                for (index, inner) in targets.into_iter().enumerate() {
                    let part = match value.items() {
                        Some(items) => items.get(index).cloned().unwrap_or_default(),
                        None if target.kind() == "as_pattern_target" => value.clone(),
                        None => Value::unknown(value.taint),
                    };
                    self.bind(inner, part);
                }
            }
            "attribute" => {
                let object = target.child_by_field_name("object").map(|object| self.eval(object)).unwrap_or_default();
                let name = target.child_by_field_name("attribute").map(|name| self.text_of(name)).unwrap_or_default();
                self.check_special(name, &value, target);
                if let (Kind::Name(_), Kind::Function(index)) = (&object.kind, &value.kind)
                    && self.patches.len() < 1000
                {
                    self.patches.push(*index);
                }
                if let Kind::Instance(class) | Kind::Class(class) = object.kind
                    && let Some(class) = self.classes.get_mut(class)
                {
                    class.attributes.insert(name.to_string(), value);
                }
            }
            "subscript" => {
                self.eval(target);
            }
            _ => {}
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

/// Whether a condition holds only when the file is run as a program, or never when it is run at all.
fn is_script_only(condition: &str) -> bool {
    let text: String = condition.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')).collect();
    let text = text.replace('\'', "\"");
    let program = text.contains("__name__==\"__main__\"") || text.contains("\"__main__\"==__name__");
    let words = || condition.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    (program && !words().any(|word| matches!(word, "or" | "not")))
        || matches!(text.as_str(), "TYPE_CHECKING" | "typing.TYPE_CHECKING")
}

/// Letters that Python folds to ASCII in identifiers (NFKC): mathematical alphabets, full width, letter-like symbols.
fn plain_letter(c: char) -> char {
    let code = u32::from(c);
    let letter = |index: u32| char::from_u32(if index < 26 { 65 + index } else { 97 + index - 26 }).unwrap_or(c);
    match code {
        0x1d400..=0x1d6a3 => letter((code - 0x1d400) % 52),
        0x1d7ce..=0x1d7ff => char::from_u32(48 + (code - 0x1d7ce) % 10).unwrap_or(c),
        0xff21..=0xff3a | 0xff41..=0xff5a | 0xff10..=0xff19 | 0xff3f => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ => match c {
            'ℊ' => 'g',
            'ℋ' | 'ℌ' | 'ℍ' => 'H',
            'ℎ' => 'h',
            'ℐ' | 'ℑ' => 'I',
            'ℒ' => 'L',
            'ℓ' => 'l',
            'ℕ' => 'N',
            'ℙ' => 'P',
            'ℚ' => 'Q',
            'ℛ' | 'ℜ' | 'ℝ' => 'R',
            'ℤ' | 'ℨ' => 'Z',
            'ℬ' => 'B',
            'ℂ' | 'ℭ' => 'C',
            'ℯ' | 'ᵉ' | 'ₑ' => 'e',
            'ℰ' => 'E',
            'ℱ' => 'F',
            'ℳ' => 'M',
            'ℴ' | 'ₒ' | 'º' => 'o',
            'ⅰ' | 'ⁱ' => 'i',
            'ⅽ' => 'c',
            'ⅾ' => 'd',
            'ⅿ' => 'm',
            'ⅹ' | 'ₓ' => 'x',
            'ⅴ' => 'v',
            'ⅼ' => 'l',
            'ª' | 'ₐ' => 'a',
            'ſ' | 'ₛ' => 's',
            'ₜ' => 't',
            c => c,
        },
    }
}
