//! Calls, states and writes: what each would do, judged by the table of callables.

use super::callables::{Effect, Verdict, Ways};
use super::describe::Describe;
use super::joblib::InBand;
use super::machine::{Machine, Nested, NestedBytes};
use super::report::{
    CHANGES_INTERPRETER, EXPANSION, IMPORTS_DANGEROUS, TYPE_CONFUSION, UNKNOWN_CALL, UNKNOWN_CLASS, UNKNOWN_IMPORT,
    of_effect,
};
use super::symbolic::Special;
use super::text;
use super::value::{Call, How, Shape, Value};
use redan_domain::{Fact, FactKind};

/// Calls that call what they were given, one inside the other.
const DEPTH: u32 = 8;
/// Elements of a pickle whose shared parts are written out; honest ones stay far below.
const ABSURD: u64 = 1_000_000_000;

impl Machine<'_> {
    /// `callee(*args)` or `callee.__new__(callee, *args)`; gives the result.
    pub(super) fn invoke(&mut self, at: u64, callee: Value, args: Value, how: How) -> Value {
        self.count_call();
        if self.nesting >= DEPTH {
            self.say_call(UNKNOWN_CALL, at, "calls through too many others to follow", callee, args);
            return Value::Unknown;
        }
        self.nesting += 1;
        let value = match (self.store.identity(callee), callee) {
            (Some(index), _) => self.invoke_global(at, index, callee, args, how),
            (None, Value::Call(index)) => match self.invoke_result(at, index, callee, args) {
                Some(value) => value,
                None => self.unresolved(at, callee, args),
            },
            // Calling an instance is calling a method of its class.
            (None, Value::Made(..)) => match self.attribute(at, callee, "__call__") {
                Some(index) => self.invoke_global(at, index, callee, args, how),
                None => self.unresolved(at, callee, args),
            },
            (None, Value::Persistent(_) | Value::Extension(_) | Value::Unknown) => self.unresolved(at, callee, args),
            (None, _) => {
                self.flaw(at, "a value that is not callable is called");
                Value::Unknown
            }
        };
        self.nesting -= 1;
        value
    }

    fn unresolved(&mut self, at: u64, callee: Value, args: Value) -> Value {
        self.say_call(UNKNOWN_CALL, at, "calls something that cannot be resolved", callee, args);
        self.result(at, callee, args, None)
    }

    /// INST and OBJ: without arguments a class is only instantiated.
    pub(super) fn instantiate(&mut self, at: u64, class: Value, args: Value) -> Value {
        let bare = self.store.look(args).is_some_and(|args| args.count == 0);
        let looks_like_class =
            self.store.identity(class).and_then(|index| self.store.global(index)).is_some_and(|global| {
                let last = global.name.rsplit('.').next().unwrap_or_default();
                last.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase())
            });
        let vetted_to_build = matches!(self.verdict(class), Some(Verdict::Vetted(ways)) if ways.contains(Ways::NEWOBJ));
        let how = if bare && (looks_like_class || vetted_to_build) { How::Built } else { How::Called };
        self.invoke(at, class, args, how)
    }

    pub(super) fn verdict(&self, value: Value) -> Option<Verdict> {
        let index = self.store.identity(value)?;
        self.known.get(index as usize).map(|known| known.judged.verdict)
    }

    fn invoke_global(&mut self, at: u64, index: u32, callee: Value, args: Value, how: How) -> Value {
        if let Some(global) = self.store.global_mut(index) {
            global.used = true;
        }
        if let Some(class) = self.constructor(at, index, args) {
            return self.invoke(at, class, args, How::Built);
        }
        let Some(known) = self.known.get(index as usize) else { return Value::Unknown };
        let (verdict, special) = (known.judged.verdict, known.special);
        if special != Special::Ordinary
            && let Some(value) = self.special(special, at, callee, args)
        {
            return value;
        }
        // Bytes at hand are examined themselves; the reader then says whether that was enough.
        if special == Special::Load
            && !matches!(verdict, Verdict::Dangerous(effect) if effect != Effect::Load)
            && self.nested_bytes(at, callee, args)
        {
            return self.result(at, callee, args, None);
        }
        let way = if how == How::Called { Ways::REDUCE } else { Ways::NEWOBJ };
        match verdict {
            Verdict::Dangerous(effect) => {
                let only_reads = effect == Effect::FileWrite && self.opens_to_read(index, args);
                let effect = if only_reads { Effect::FileRead } else { effect };
                self.say_call(of_effect(effect), at, effect.does(), callee, args);
                return self.store.call(Call { at, callee, args, state: Value::None, is: None });
            }
            Verdict::Vetted(ways) if ways.contains(way) => {}
            Verdict::Vetted(_) if how == How::Called => {
                self.say_call(UNKNOWN_CALL, at, "is known only for other uses than a call", callee, args);
            }
            Verdict::Unknown if how == How::Called => {
                self.say_call(UNKNOWN_CALL, at, "is not known to be harmless", callee, args);
            }
            Verdict::Vetted(_) | Verdict::Unknown => {
                self.say_call(UNKNOWN_CLASS, at, "makes an instance of a class that is not known", callee, args);
            }
        }
        if special == Special::Tensor {
            return self.tensor(at, index, args);
        }
        let made = Value::Made(index, self.tensors.object());
        self.tensors.hold(made, &[args], 0, None);
        made
    }

    /// Whether this is `open` with a mode that is written out and only reads, or without one.
    fn opens_to_read(&self, index: u32, args: Value) -> bool {
        let Some(global) = self.store.global(index) else { return false };
        let module =
            matches!(&*global.module, "builtins" | "__builtin__" | "io" | "_io" | "codecs" | "gzip" | "bz2" | "lzma");
        // Behind the mode come buffering and encoding; last of all, a function that opens in another way.
        let args = self.store.kids(args);
        let mode = match args.get(1) {
            Some(mode) => self.constant(Some(*mode)),
            None => Some("r".to_string()),
        };
        let reads = |mode: String| mode.chars().all(|c| matches!(c, 'r' | 'b' | 't' | 'U'));
        module && global.name == "open" && (1..=4).contains(&args.len()) && mode.is_some_and(reads)
    }

    /// The class that `Class.__new__` makes an instance of: its argument, or itself.
    fn constructor(&mut self, at: u64, index: u32, args: Value) -> Option<Value> {
        let global = self.store.global(index)?;
        let (module, class) = (global.module.clone(), global.name.strip_suffix(".__new__")?.to_string());
        match self.store.kids(args).first() {
            Some(class) if self.store.identity(*class).is_some_and(|class| class != index) => Some(*class),
            _ => self.name(at, &module, &class).map(Value::Global),
        }
    }

    /// A function that is handed to one that will call it.
    pub(super) fn judge_handed(&mut self, at: u64, function: Value, callee: Value, args: Value) {
        if let Some(index) = self.store.identity(function) {
            if let Some(Verdict::Dangerous(effect)) = self.verdict(function) {
                if let Some(global) = self.store.global_mut(index) {
                    global.used = true;
                }
                let path =
                    self.known.get(index as usize).map(|known| known.judged.effective.clone()).unwrap_or_default();
                let expression = self.describe().call(callee, args);
                let message = format!("calls `{expression}`: `{path}` {}", effect.does());
                self.say(of_effect(effect), at, &path, &message, function);
            }
        } else if !matches!(function, Value::Made(..) | Value::None) {
            self.say_call(UNKNOWN_CALL, at, "calls something that cannot be resolved", callee, args);
        }
    }

    /// BUILD: sets the state of `target`; what joblib would read next, if it is an array description.
    pub(super) fn build(&mut self, at: u64, target: Value, state: Value) -> Option<InBand> {
        self.tensors.hold(target, &[state], 0, None);
        if let Some(index) = self.store.identity(target) {
            self.tampers(at, index, "sets attributes of", target, state);
            return None;
        }
        self.state_calls(at, target, state);
        let maker = match target {
            Value::Made(index, _) => {
                let known = self.known.get(index as usize)?;
                if matches!(known.judged.verdict, Verdict::Vetted(ways) if !ways.contains(Ways::BUILD)) {
                    let path = known.judged.effective.clone();
                    let message = format!("sets the state of an instance of `{path}`, which honest files do not do");
                    self.say(UNKNOWN_CLASS, at, &path, &message, target);
                }
                index
            }
            Value::Call(index) => {
                self.store.pin(state);
                let call = self.store.called_mut(index)?;
                call.state = state;
                let callee = call.callee;
                if let Some(function) = self.partial_state(callee, state) {
                    self.judge_handed(at, function, callee, state);
                }
                self.store.identity(callee)?
            }
            _ => return None,
        };
        let global = self.store.global(maker)?;
        (global.module == "joblib.numpy_pickle" && global.name == "NumpyArrayWrapper")
            .then(|| self.announced_array(state))
    }

    /// The function that a state gives to a partial.
    fn partial_state(&self, callee: Value, state: Value) -> Option<Value> {
        let index = self.store.identity(callee)?;
        if self.known.get(index as usize)?.special != Special::Partial {
            return None;
        }
        self.store.kids(state).first().copied()
    }

    /// A state that plants `__setstate__` has it called by the next BUILD; other hooks are called later.
    fn state_calls(&mut self, at: u64, target: Value, state: Value) {
        let mut dicts = vec![state];
        if let Value::Container(Shape::Tuple, _) = state {
            dicts.extend(self.store.kids(state).iter().take(2));
        }
        for dict in dicts {
            let kids = self.store.kids(dict);
            if !matches!(dict, Value::Container(Shape::Dict, _))
                || !kids.iter().any(|kid| self.store.identity(*kid).is_some())
            {
                continue;
            }
            let pairs: Vec<(Value, Value)> =
                kids.chunks(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
            for (key, value) in pairs {
                let Some(key) = self.constant(Some(key)) else { continue };
                let hook = matches!(
                    key.as_str(),
                    "__setstate__"
                        | "__reduce__"
                        | "__reduce_ex__"
                        | "__call__"
                        | "__getattr__"
                        | "__del__"
                        | "append"
                        | "extend"
                        | "__setitem__"
                );
                if let (true, Some(Verdict::Dangerous(effect))) = (hook, self.verdict(value)) {
                    let expression = self.describe().value(value);
                    let object = self.describe().value(target);
                    let message = format!("plants `{expression}` as `{key}` of `{object}`: it {}", effect.does());
                    self.say(of_effect(effect), at, &expression, &message, value);
                }
            }
        }
    }

    /// SETITEM, SETITEMS, APPEND, APPENDS or ADDITEMS on something that the pickle did not make.
    pub(super) fn write_items(&mut self, at: u64, target: Value, items: &[Value]) {
        if let Some(index) = self.store.identity(target) {
            let items = self.store.container(Shape::Tuple, items);
            return self.tampers(at, index, "writes into", target, items);
        }
        let tensor = match target {
            Value::Persistent(_) | Value::Text(_) | Value::Bytes(_) | Value::Int(_) | Value::Number(_) => true,
            Value::Made(index, _) => self.store.global(index).is_some_and(|global| {
                global.module == "torch._utils" && global.name.starts_with("_rebuild_")
                    || global.module == "torch.storage"
            }),
            _ => false,
        };
        if tensor {
            self.misuse(at, "an object", target);
        }
    }

    /// Items put into something that does not take them so.
    pub(super) fn misuse(&mut self, at: u64, what: &str, target: Value) {
        let object = self.describe().value(target);
        let message = format!("puts items into `{object}`, {what} of another kind than the instruction is for");
        self.say(TYPE_CONFUSION, at, what, &message, target);
        self.flaw(at, "items are put into an object that does not take them");
    }

    fn tampers(&mut self, at: u64, index: u32, verb: &str, target: Value, with: Value) {
        if let Some(global) = self.store.global_mut(index) {
            global.used = true;
        }
        let path = self.store.global(index).map(super::value::Global::path).unwrap_or_default();
        let (what, with) = (self.describe().value(target), self.describe().value(with));
        let message = format!("{verb} `{what}`, which every later import shares: `{with}`");
        self.say(CHANGES_INTERPRETER, at, &path, &message, target);
    }

    /// Remembers bytes that a call deserialises; false if they are not at hand.
    pub(super) fn nested_bytes(&mut self, at: u64, callee: Value, args: Value) -> bool {
        const NESTED: usize = 20_000;
        let first = self.store.kids(args).first().copied();
        let Some(bytes) = first.and_then(|first| self.bytes_of(first, 3)) else { return false };
        if self.nested.len() >= NESTED {
            self.limit = Some("pickles within pickles");
            return false;
        }
        let loader = match self.store.identity(callee).and_then(|index| self.store.global(index)) {
            Some(global) => global.path(),
            None => self.describe().value(callee),
        };
        self.nested.push(Nested { at, loader, bytes });
        true
    }

    /// The bytes that a value is, also through `io.BytesIO(…)` and `_codecs.encode(…, "latin1")`,
    /// which is how protocols below 3 write bytes.
    fn bytes_of(&self, value: Value, depth: u32) -> Option<NestedBytes> {
        match value {
            Value::Bytes(data) => {
                let found = text::instruction(&self.stream, data)?;
                Some(NestedBytes::Span(found.data, found.number))
            }
            Value::Text(data) => Some(NestedBytes::Text(data)),
            Value::Call(index) if depth > 0 => {
                let call = self.store.called(index)?;
                // `BytesIO` is pickled empty and then given its content as a state.
                let first = self.store.kids(call.args).first().or_else(|| self.store.kids(call.state).first());
                self.bytes_of(*first?, depth - 1)
            }
            _ => None,
        }
    }

    // Saying it.

    pub(super) fn describe(&self) -> Describe<'_, '_> {
        Describe { store: &self.store, stream: &self.stream }
    }

    /// A fact about a call, with the chain that led to it.
    pub(super) fn say_call(&mut self, kind: FactKind, at: u64, why: &str, callee: Value, args: Value) {
        let index = self.store.identity(callee);
        let effective =
            index.and_then(|index| self.known.get(index as usize)).map(|known| known.judged.effective.clone());
        let subject = effective.unwrap_or_else(|| self.describe().value(callee));
        if !self.report.room(kind, &subject) {
            return;
        }
        let expression = self.describe().call(callee, args);
        let shown = self.describe().value(callee);
        let alias = if shown == subject || subject.strip_prefix("builtins.") == Some(&shown) {
            String::new()
        } else {
            format!(" (`{subject}`)")
        };
        let message = match kind {
            UNKNOWN_CALL | UNKNOWN_CLASS => format!("calls `{expression}`{alias}: `{subject}` {why}"),
            _ => format!("calls `{expression}`{alias}, which {why}"),
        };
        let message = match (kind, why.starts_with("calls") || why.starts_with("makes")) {
            (UNKNOWN_CALL | UNKNOWN_CLASS, true) => format!("`{expression}`{alias} {why}"),
            _ => message,
        };
        self.tell(kind, at, &subject, &message, callee, Some(args));
    }

    /// A fact about a value.
    pub(super) fn say(&mut self, kind: FactKind, at: u64, subject: &str, message: &str, value: Value) {
        if self.report.room(kind, subject) {
            self.tell(kind, at, subject, message, value, None);
        }
    }

    fn tell(&mut self, kind: FactKind, at: u64, subject: &str, message: &str, value: Value, args: Option<Value>) {
        let mut steps = Vec::new();
        self.chain(value, &mut steps, 4);
        let describe = self.describe();
        if let Some(args) = args {
            for kid in self.store.kids(args).iter().take(4) {
                if let Value::Text(place) | Value::Bytes(place) = kid {
                    steps.push((*place, format!("argument `{}`", describe.value(*kid))));
                }
            }
        }
        let note = message.split(": `").next().unwrap_or(message);
        let length = text::instruction(&self.stream, at).map_or(1, |found| (found.next - found.at).min(4096));
        let mut shown = self.recent();
        if shown.last() != Some(&at) {
            shown = vec![at];
        }
        let mut fact = Fact::new(kind, subject, message).at(at, length).excerpt(describe.excerpt(&shown, note));
        steps.push((at, message.to_string()));
        for (place, step) in steps {
            fact = fact.step(place, step);
        }
        self.report.facts.push(fact);
    }

    /// How a value came about, in order.
    fn chain(&self, value: Value, steps: &mut Vec<(u64, String)>, depth: u32) {
        match value {
            Value::Global(index) => {
                if let Some(global) = self.store.global(index) {
                    steps.push((global.at, format!("imports `{}`", global.path())));
                }
            }
            Value::Call(index) if depth > 0 => {
                let Some(call) = self.store.called(index) else { return };
                self.chain(call.callee, steps, depth - 1);
                for kid in self.store.kids(call.args).iter().take(3) {
                    self.chain(*kid, steps, depth - 1);
                }
                let is = call.is.and_then(|is| self.store.global(is)).map(|is| format!(", which is `{}`", is.path()));
                steps.push((call.at, format!("`{}`{}", self.describe().value(value), is.unwrap_or_default())));
            }
            _ => {}
        }
    }

    /// After the last stream: names that were imported and never called, and absurd growth.
    pub(super) fn finish(&mut self) {
        for index in 0..self.store.globals().len() as u32 {
            let Some(global) = self.store.global(index) else { continue };
            if global.used || !global.imported || global.name.is_empty() {
                continue;
            }
            let (at, path) = (global.at, global.path());
            let Some(known) = self.known.get(index as usize) else { continue };
            let effective = known.judged.effective.clone();
            let alias = if effective == path { String::new() } else { format!(" (`{effective}`)") };
            match known.judged.verdict {
                Verdict::Dangerous(effect) => {
                    let message = format!(
                        "imports `{path}`{alias}, which {}; whoever uses the object can call it",
                        effect.does()
                    );
                    self.say(IMPORTS_DANGEROUS, at, &effective, &message, Value::Global(index));
                }
                Verdict::Unknown => {
                    let message = format!("imports `{path}`{alias}, which is not known to be harmless");
                    self.say(UNKNOWN_IMPORT, at, &effective, &message, Value::Global(index));
                }
                Verdict::Vetted(_) => {}
            }
        }
    }

    /// Whether the object that a stream gives is absurdly large when written out.
    pub(super) fn grows(&mut self, at: u64, result: Value) {
        if let Some(container) = self.store.look(result)
            && container.expanded > ABSURD
        {
            let message = format!(
                "shared parts multiply to more than {} elements when the object is written out, copied or hashed",
                container.expanded
            );
            self.say(EXPANSION, at, "expansion", &message, Value::Unknown);
        }
    }
}
