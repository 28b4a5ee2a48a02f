//! Walking the objects of a stream, remembering only names.

use std::rc::Rc;

use super::source::Source;
use super::suspects::{calls_by_name, ordinary_in_code, parses, restores, touches_system};
use super::{CODE, EVALUATES, PROMISE};
use crate::walk::Cx;
use redan_domain::Fact;

/// Objects within objects (not along a list); each level is a few stack frames.
const MAX_DEPTH: u32 = 300;

const TOO_SHORT: &str = "the stream ends inside an object";
const NOT_KNOWN: &str = "an object is of no known type";

type Name = Option<Rc<str>>;
type Outcome = Result<Object, &'static str>;

/// What the walk keeps of an object.
#[derive(Debug, Clone, Default)]
struct Object {
    /// Type of the object; pseudo types included.
    kind: u8,
    /// Name of a symbol, or the only string of a character vector.
    name: Name,
}

/// Where the walk is, which decides what an object means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    depth: u32,
    /// Inside the frame of an environment, where R itself keeps promises.
    frame: bool,
    /// Inside a promise.
    promise: bool,
    /// Inside the body or the constants of a closure or a call.
    code: bool,
    /// Inside the arguments of `eval`.
    evaluated: bool,
}

impl Place {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

/// The flags word before every object.
#[derive(Debug, Clone, Copy)]
struct Flags(u32);

impl Flags {
    fn kind(self) -> u8 {
        self.0 as u8
    }

    fn has_attributes(self) -> bool {
        self.0 & 0x200 != 0
    }

    fn has_tag(self) -> bool {
        self.0 & 0x400 != 0
    }
}

pub(super) struct Walk<'i, 'c, 'b> {
    pub(super) source: Source<'i>,
    cx: &'c mut Cx<'b>,
    /// Symbols, environments and pointers seen so far, by number.
    references: Vec<Name>,
}

impl<'i, 'c, 'b> Walk<'i, 'c, 'b> {
    pub(super) fn new(source: Source<'i>, cx: &'c mut Cx<'b>) -> Self {
        Self { source, cx, references: Vec::new() }
    }

    pub(super) fn run(&mut self) -> Result<(), &'static str> {
        self.object(Place { depth: 0, frame: false, promise: false, code: false, evaluated: false }).map(|_| ())
    }

    fn int(&mut self) -> Result<i32, &'static str> {
        self.source.int().ok_or(TOO_SHORT)
    }

    fn object(&mut self, place: Place) -> Outcome {
        let flags = Flags(self.int()?.cast_unsigned());
        self.object_of(flags, place)
    }

    fn object_of(&mut self, flags: Flags, place: Place) -> Outcome {
        if place.depth > MAX_DEPTH {
            self.cx.over_budget("nested objects");
            return Err("objects are nested too deeply");
        }
        if !self.cx.budget().nodes(1) {
            self.cx.over_budget("objects");
            return Err("there are too many objects");
        }
        let kind = flags.kind();
        let mut name = None;
        match kind {
            // Singletons: nil, the global, base and empty environments, the missing argument, the unbound value.
            241 | 242 | 250..=254 => {}
            // Numbered references.
            255 => {
                let packed = flags.0 >> 8;
                let index = if packed == 0 { self.int()?.cast_unsigned() } else { packed };
                name = self.references.get((index as usize).wrapping_sub(1)).cloned().flatten();
            }
            // Persistent names, packages, namespaces.
            247..=249 => {
                let _zero = self.int()?;
                let count = self.source.length().ok_or(TOO_SHORT)?;
                for _ in 0..count {
                    self.object(place.deeper())?;
                }
                self.references.push(None);
            }
            1 => {
                name = self.object(place.deeper())?.name;
                self.references.push(name.clone());
            }
            4 => self.environment(place)?,
            2 | 3 | 5 | 6 | 17 | 239 | 240 => return self.list(flags, place),
            22 => {
                self.references.push(None);
                self.object(place.deeper())?;
                self.object(place.deeper())?;
                self.attributes(flags, place)?;
            }
            23 => {
                self.references.push(None);
                self.attributes(flags, place)?;
            }
            7 | 8 => {
                let len = self.int()?;
                let text = self.source.string(i64::from(len)).ok_or(TOO_SHORT)?;
                self.mention(&text, place);
                name = Some(text.into());
            }
            9 => {
                let len = self.int()?;
                name = Some(self.source.string(i64::from(len)).ok_or(TOO_SHORT)?.into());
                self.attributes(flags, place)?;
            }
            21 => {
                let _repeats = self.int()?;
                self.byte_code(place.deeper())?;
                self.attributes(flags, place)?;
            }
            25 => self.attributes(flags, place)?,
            238 => {
                for _ in 0..3 {
                    self.object(place.deeper())?;
                }
            }
            _ => {
                name = self.vector(kind, place)?;
                self.attributes(flags, place)?;
            }
        }
        Ok(Object { kind, name })
    }

    fn attributes(&mut self, flags: Flags, place: Place) -> Result<(), &'static str> {
        if flags.has_attributes() {
            self.object(place.deeper())?;
        }
        Ok(())
    }

    fn vector(&mut self, kind: u8, place: Place) -> Result<Name, &'static str> {
        let size = match kind {
            10 | 13 => 4,
            14 => 8,
            15 => 16,
            24 => 1,
            16 | 19 | 20 => 0,
            _ => return Err(NOT_KNOWN),
        };
        let len = self.source.length().ok_or(TOO_SHORT)?;
        if size > 0 {
            self.source.skip_numbers(len, size).ok_or(TOO_SHORT)?;
            return Ok(None);
        }
        let mut only = None;
        for index in 0..len {
            let element = self.object(Place { frame: false, ..place.deeper() })?;
            only = if index == 0 && kind == 16 { element.name } else { None };
        }
        Ok(only)
    }

    fn environment(&mut self, place: Place) -> Result<(), &'static str> {
        let _locked = self.int()?;
        self.references.push(None);
        let inside = Place { promise: false, code: false, evaluated: false, ..place.deeper() };
        self.object(inside)?;
        for _ in 0..2 {
            // The frame is a list, the hash table a vector of lists.
            self.frame(inside)?;
        }
        self.object(inside).map(|_| ())
    }

    /// A frame, or a hash table of frames.
    fn frame(&mut self, place: Place) -> Result<(), &'static str> {
        let flags = Flags(self.int()?.cast_unsigned());
        let place = Place { frame: true, ..place.deeper() };
        if flags.kind() != 19 {
            return self.object_of(flags, place).map(|_| ());
        }
        let len = self.source.length().ok_or(TOO_SHORT)?;
        for _ in 0..len {
            self.object(place.deeper())?;
        }
        self.attributes(flags, place)
    }

    /// Everything that is made of attributes, tag, head and tail: lists, calls, closures, promises.
    fn list(&mut self, first: Flags, place: Place) -> Outcome {
        let kind = first.kind();
        let mut flags = first;
        let mut head: Name = None;
        for index in 0u64.. {
            let at = self.source.position();
            let kind_here = flags.kind();
            let inner = match kind_here {
                5 => self.promise(place, at),
                3 => Place { frame: false, code: true, ..place.deeper() },
                6 | 240 => Place { frame: false, code: true, ..place.deeper() },
                _ => Place { code: place.code || matches!(kind, 6 | 240), ..place.deeper() },
            };
            if flags.has_attributes() || kind_here >= 239 {
                self.object(Place { code: false, frame: false, ..place.deeper() })?;
            }
            if flags.has_tag() {
                // The tag of a closure or promise is its environment, that of a list element its name.
                self.object(Place { code: false, frame: false, ..place.deeper() })?;
            }
            let evaluated = inner.evaluated || index > 0 && matches!(head.as_deref(), Some("eval" | "evalq"));
            let inner = Place { evaluated, ..inner };
            let element = self.object(inner)?;
            if place.code || kind == 6 || kind_here == 6 {
                self.call_part(&mut head, element, index, inner, at);
            }
            let next = Flags(self.int()?.cast_unsigned());
            if matches!(next.kind(), 2 | 6 | 239 | 240) && matches!(kind_here, 2 | 6 | 17 | 239 | 240) {
                if !self.cx.budget().nodes(1) {
                    self.cx.over_budget("objects");
                    return Err("there are too many objects");
                }
                flags = next;
                continue;
            }
            let tail = self.object_of(next, inner)?;
            if kind_here == 5
                && let Some(name) = &tail.name
            {
                self.mention(name, inner);
            }
            break;
        }
        Ok(Object { kind, name: None })
    }

    /// A promise outside the frame of an environment is data that runs.
    fn promise(&mut self, place: Place, at: u64) -> Place {
        if !place.frame {
            let message = "a promise stands where data belongs: touching the variable evaluates its expression";
            let fact = Fact::new(PROMISE, "promise", message).at(at.saturating_sub(4), 4);
            self.cx.fact(fact.step(at.saturating_sub(4), "promise object"));
        }
        Place { frame: false, promise: true, code: true, ..place.deeper() }
    }

    /// One part of a call: the function (index 0), then arguments.
    fn call_part(&mut self, head: &mut Name, element: Object, index: u64, place: Place, at: u64) {
        let Some(name) = element.name else { return };
        if index == 0 {
            self.called(&name, place, at);
            *head = Some(name);
        } else if head.as_deref().is_some_and(calls_by_name) {
            self.called(&name, place, at);
        }
    }

    /// A function that is named outside a call, such as a builtin.
    fn mention(&mut self, name: &str, place: Place) {
        let at = self.source.position();
        self.called(name, place, at);
    }

    fn called(&mut self, name: &str, place: Place, at: u64) {
        let shown = crate::text::shown(name, 100);
        match (touches_system(name), place.promise) {
            (Some(what), true) => {
                let message = format!("a promise calls `{shown}`, which {what}, as soon as the variable is touched");
                self.cx.fact(Fact::new(PROMISE, &shown, message).at(at, 4));
            }
            (Some(what), false) if place.code && !ordinary_in_code(name) => {
                let message = format!("code in the file calls `{shown}`, which {what}");
                self.cx.fact(Fact::new(CODE, &shown, message).at(at, 4));
            }
            (None, true) if restores(name) => {
                let message = format!(
                    "a promise calls `{shown}` as soon as the variable is touched: it runs what the file does not show"
                );
                self.cx.fact(Fact::new(PROMISE, &shown, message).at(at, 4));
            }
            (None, false) if place.code && restores(name) && !ordinary_in_code(name) => {
                let message = format!("code in the file calls `{shown}`, which runs what the file does not show");
                self.cx.fact(Fact::new(EVALUATES, &shown, message).at(at, 4));
            }
            (None, false) if place.evaluated && parses(name) => {
                self.cx.fact(Fact::new(EVALUATES, "eval(parse)", "code in the file evaluates text").at(at, 4));
            }
            _ => {}
        }
    }

    /// Byte code: the instructions as a vector, then the constants.
    fn byte_code(&mut self, place: Place) -> Result<(), &'static str> {
        if place.depth > MAX_DEPTH {
            self.cx.over_budget("nested objects");
            return Err("objects are nested too deeply");
        }
        let place = Place { code: true, frame: false, ..place };
        self.object(place.deeper())?;
        let count = self.int()?;
        for _ in 0..count {
            let at = self.source.position();
            let kind = self.int()?;
            match kind {
                21 => self.byte_code(place.deeper())?,
                2 | 6 | 239 | 240 | 243 | 244 => drop(self.shared_list(kind, place.deeper())?),
                _ => {
                    let constant = self.object(place.deeper())?;
                    // The function of a compiled call is a symbol among the constants.
                    if let (1 | 255, Some(name)) = (constant.kind, &constant.name) {
                        self.called(name, place, at);
                    }
                }
            }
        }
        Ok(())
    }

    /// A list among the constants of byte code, which may share parts by number.
    fn shared_list(&mut self, kind: i32, place: Place) -> Outcome {
        if place.depth > MAX_DEPTH {
            self.cx.over_budget("nested objects");
            return Err("objects are nested too deeply");
        }
        let mut kind = kind;
        let mut head: Name = None;
        for index in 0u64.. {
            if !self.cx.budget().nodes(1) {
                self.cx.over_budget("objects");
                return Err("there are too many objects");
            }
            let at = self.source.position();
            match kind {
                243 => {
                    let _number = self.int()?;
                    break;
                }
                2 | 6 | 239 | 240 | 244 => {
                    if kind == 244 {
                        let _number = self.int()?;
                        kind = self.int()?;
                    }
                    if kind >= 239 {
                        self.object(place.deeper())?;
                    }
                    self.object(place.deeper())?;
                    let inner = self.int()?;
                    let element = self.shared_list(inner, place.deeper())?;
                    self.call_part(&mut head, element, index, place, at);
                    kind = self.int()?;
                }
                _ => return self.object(place.deeper()),
            }
        }
        Ok(Object::default())
    }
}
