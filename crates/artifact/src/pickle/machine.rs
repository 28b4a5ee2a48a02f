//! The symbolic machine: runs one pickle stream over symbolic values and never builds anything.
//!
//! Where Python would raise, the machine notes the flaw and goes on with an unknown value, so that a
//! mistake of ours never hides what comes after; only an undecodable instruction ends a stream early.

mod stack;

use std::borrow::Cow;

use redan_domain::ReadAt;

use super::callables::Callables;
use super::embedded::Embedding;
use super::joblib::InBand;
use super::memo::Memo;
use super::names::Judged;
use super::opcode::{Instruction, Undecodable, decode, op};
use super::report::Report;
use super::stream::Stream;
use super::symbolic::Special;
use super::tensors::Tensors;
use super::text;
use super::value::{Shape, Store, Value};

/// Stack entries at most.
const STACK: usize = 4 << 20;
/// Pickles within pickles that one loader reads (object arrays of joblib).
const INNER: u32 = 4;

/// How a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// At STOP.
    Stopped,
    /// Before it: where, and why.
    Broken(u64, String),
    /// A limit was reached.
    Limit(&'static str),
}

/// What one stream was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) ending: Ending,
    /// Where it ends.
    pub(crate) end: u64,
    /// Where its last frame ends, if that is elsewhere: a reader that buffers frames goes on there.
    pub(crate) frame_end: Option<u64>,
    /// Instructions.
    pub(crate) instructions: u64,
    /// Imports, and calls of any kind.
    pub(crate) imports: u64,
    pub(crate) calls: u64,
    /// The object it gives.
    pub(crate) result: Value,
}

/// What a name was found to be; parallel to the globals of the store.
pub(crate) struct Known {
    pub(crate) judged: Judged,
    pub(crate) special: Special,
}

/// Bytes that a call would deserialise.
pub(crate) struct Nested {
    pub(crate) at: u64,
    /// The function that reads them.
    pub(crate) loader: String,
    pub(crate) bytes: NestedBytes,
}

pub(crate) enum NestedBytes {
    /// Offset and length in the input.
    Span(u64, u64),
    /// The latin-1 bytes of the string instruction here.
    Text(u64),
}

/// What changes from one stream to the next.
#[derive(Default)]
struct State {
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: Memo,
    /// Where the current frame ends; none outside frames.
    frame_end: Option<u64>,
}

pub(crate) struct Machine<'a> {
    pub(crate) stream: Stream<'a>,
    pub(crate) callables: &'a Callables,
    pub(crate) store: Store,
    pub(crate) known: Vec<Known>,
    pub(crate) report: Report,
    pub(crate) nested: Vec<Nested>,
    /// Tensors and storages of torch.
    pub(crate) tensors: Tensors,
    /// Data that starts as a pickle does, and how it is written.
    pub(crate) embedded: Vec<(Instruction, Embedding)>,
    /// Arrays of joblib that were stepped over.
    pub(crate) arrays: u64,
    pub(crate) imports: u64,
    pub(crate) calls: u64,
    /// A limit that was hit on the way, for the artifact.
    pub(crate) limit: Option<&'static str>,
    /// Parts that could not be followed.
    pub(crate) lost: Vec<String>,
    state: State,
    recent: [u64; 4],
    instructions: u64,
    allowed: u64,
    flaw: Option<(u64, String)>,
    frame_flaw: Option<(u64, String)>,
    inner: u32,
    pub(super) nesting: u32,
    /// Stop at the first flaw: for trying whether bytes are a pickle at all.
    pub(crate) strict: bool,
}

/// What an instruction does to the flow.
enum Flow {
    Next,
    Stop,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(input: &'a dyn ReadAt, callables: &'a Callables) -> Self {
        Self {
            stream: Stream::new(input, 0),
            callables,
            store: Store::default(),
            known: Vec::new(),
            report: Report::default(),
            nested: Vec::new(),
            tensors: Tensors::default(),
            embedded: Vec::new(),
            arrays: 0,
            imports: 0,
            calls: 0,
            limit: None,
            lost: Vec::new(),
            state: State::default(),
            recent: [u64::MAX; 4],
            instructions: 0,
            allowed: 0,
            flaw: None,
            frame_flaw: None,
            inner: 0,
            nesting: 0,
            strict: false,
        }
    }

    /// Runs the stream at `at` for at most `allowed` instructions.
    pub(crate) fn run(&mut self, at: u64, allowed: u64) -> Outcome {
        self.state.stack.clear();
        self.state.marks.clear();
        self.state.memo.clear();
        self.state.frame_end = None;
        self.recent = [u64::MAX; 4];
        self.instructions = 0;
        self.allowed = allowed;
        self.flaw = None;
        self.frame_flaw = None;
        let before = (self.imports, self.calls);
        self.stream.seek(at);
        let mut ending = self.steps();
        let end = self.stream.position();
        if let (Ending::Stopped, Some((at, reason))) = (&ending, self.flaw.take()) {
            ending = Ending::Broken(at, reason);
        }
        Outcome {
            ending,
            end,
            frame_end: self.state.frame_end.filter(|frame| *frame != end),
            instructions: self.instructions,
            imports: self.imports - before.0,
            calls: self.calls - before.1,
            result: self.state.stack.last().copied().unwrap_or(Value::Unknown),
        }
    }

    /// What was wrong with the frames of the last run.
    pub(crate) fn frame_flaw(&mut self) -> Option<(u64, String)> {
        self.frame_flaw.take()
    }

    fn steps(&mut self) -> Ending {
        loop {
            if self.instructions >= self.allowed {
                return Ending::Limit("pickle opcodes");
            }
            let found = match decode(&mut self.stream) {
                Ok(found) => found,
                Err(error) => return self.undecodable(&error),
            };
            if let Some(slot) = self.recent.get_mut(self.instructions as usize % 4) {
                *slot = found.at;
            }
            self.instructions += 1;
            if self.state.frame_end.is_some_and(|end| found.next > end) {
                self.leave_frame(found);
            }
            if let Flow::Stop = self.step(found) {
                return Ending::Stopped;
            }
            if self.strict && self.flaw.is_some() {
                let (at, reason) = self.flaw.take().unwrap_or_default();
                return Ending::Broken(at, reason);
            }
            if self.state.stack.len() > STACK {
                return Ending::Limit("pickle stack");
            }
        }
    }

    fn undecodable(&mut self, error: &Undecodable) -> Ending {
        let at = self.stream.position();
        let reason = match error {
            Undecodable::End => "the file ends without a STOP opcode".to_string(),
            Undecodable::Invalid(byte) => format!("byte {byte:#04x} is not a pickle opcode"),
            Undecodable::Cut(name) => format!("the file ends within the argument of {name}"),
            Undecodable::Length(name, length) => format!("{name} claims a length of {length} bytes"),
        };
        let at = if let Undecodable::Invalid(_) = error { at.saturating_sub(1) } else { at };
        Ending::Broken(at, reason)
    }

    /// Notes what Python would raise; the first such place counts.
    pub(crate) fn flaw(&mut self, at: u64, reason: impl Into<Cow<'static, str>>) {
        if self.flaw.is_none() {
            self.flaw = Some((at, reason.into().into_owned()));
        }
    }

    /// Counts a call that Python reaches.
    pub(crate) fn count_call(&mut self) {
        self.calls += u64::from(self.flaw.is_none());
    }

    /// The offsets of the last few instructions, oldest first.
    pub(crate) fn recent(&self) -> Vec<u64> {
        (self.instructions.saturating_sub(4)..self.instructions)
            .filter_map(|index| self.recent.get(index as usize % 4).copied())
            .filter(|at| *at != u64::MAX)
            .collect()
    }

    // Frames.

    fn frame(&mut self, found: Instruction) {
        if self.state.frame_end.is_some_and(|end| end != found.at && end != found.next) {
            self.frame_wrong(found.at, "a frame starts before the one around it ends");
        }
        let end = found.next.checked_add(found.number).filter(|end| *end <= self.stream.end());
        if end.is_none() {
            self.frame_wrong(found.at, "a frame claims more bytes than the file has");
        }
        self.state.frame_end = end;
    }

    fn leave_frame(&mut self, found: Instruction) {
        if self.state.frame_end.is_some_and(|end| found.at < end) {
            self.frame_wrong(found.at, "an instruction reaches over the end of its frame");
        }
        self.state.frame_end = None;
    }

    fn frame_wrong(&mut self, at: u64, what: &str) {
        if self.frame_flaw.is_none() {
            self.frame_flaw = Some((at, what.to_string()));
        }
    }

    fn line_number(&mut self, found: Instruction) -> u64 {
        let text = text::line(&self.stream, found.data, found.number);
        text.and_then(|text| text.trim().parse().ok()).unwrap_or_else(|| {
            self.flaw(found.at, format!("the argument of {} is not a number", found.name()));
            u64::MAX
        })
    }

    fn step(&mut self, found: Instruction) -> Flow {
        let at = found.at;
        match found.code {
            op::STOP => {
                if self.state.stack.is_empty() {
                    self.flaw(at, "the stack is empty");
                }
                return Flow::Stop;
            }
            op::BINUNICODE
            | op::SHORT_BINUNICODE
            | op::BINUNICODE8
            | op::SHORT_BINSTRING
            | op::BINSTRING
            | op::STRING
            | op::UNICODE => {
                self.look_inside(found, Embedding::of_text);
                self.push(Value::Text(at));
            }
            op::BINBYTES | op::SHORT_BINBYTES | op::BINBYTES8 | op::BYTEARRAY8 => {
                self.look_inside(found, Embedding::of_bytes);
                self.push(Value::Bytes(at));
            }
            op::BININT1 | op::BININT2 => self.push(Value::Int(found.number.cast_signed())),
            op::BININT => self.push(Value::Int(found.signed())),
            op::BINFLOAT | op::FLOAT | op::LONG | op::LONG1 | op::LONG4 => self.push(Value::Number(at)),
            op::INT => self.int_line(found),
            op::MEMOIZE => self.put(at, self.state.memo.len()),
            op::BINPUT | op::LONG_BINPUT => self.put(at, found.number),
            op::PUT => {
                let index = self.line_number(found);
                self.put(at, index);
            }
            op::BINGET | op::LONG_BINGET => self.get(at, found.number),
            op::GET => {
                let index = self.line_number(found);
                self.get(at, index);
            }
            op::MARK => self.state.marks.push(self.state.stack.len()),
            op::NONE => self.push(Value::None),
            op::NEWTRUE => self.push(Value::Bool(true)),
            op::NEWFALSE => self.push(Value::Bool(false)),
            op::TUPLE1 => self.tuple(at, 1),
            op::TUPLE2 => self.tuple(at, 2),
            op::TUPLE3 => self.tuple(at, 3),
            op::PROTO => {
                if found.number > 5 {
                    self.flaw(at, format!("protocol {} does not exist", found.number));
                }
            }
            op::FRAME => self.frame(found),
            _ => self.step_more(found),
        }
        Flow::Next
    }

    fn step_more(&mut self, found: Instruction) {
        let at = found.at;
        match found.code {
            op::EMPTY_TUPLE => self.push_container(Shape::Tuple),
            op::EMPTY_LIST => self.push_container(Shape::List),
            op::EMPTY_DICT => self.push_container(Shape::Dict),
            op::EMPTY_SET => self.push_container(Shape::Set),
            op::TUPLE => self.collected(at, Shape::Tuple),
            op::LIST => self.collected(at, Shape::List),
            op::DICT => self.collected(at, Shape::Dict),
            op::FROZENSET => self.collected(at, Shape::FrozenSet),
            op::APPEND => self.put_into(at, self.state.stack.len().saturating_sub(1), Shape::List),
            op::SETITEM => self.put_into(at, self.state.stack.len().saturating_sub(2), Shape::Dict),
            op::APPENDS | op::SETITEMS | op::ADDITEMS => {
                let start = self.pop_mark(at);
                let wanted = match found.code {
                    op::APPENDS => Shape::List,
                    op::SETITEMS => Shape::Dict,
                    _ => Shape::Set,
                };
                self.put_into(at, start, wanted);
            }
            op::POP => {
                if self.state.stack.len() > self.floor() || self.state.marks.is_empty() {
                    self.pop(at);
                } else {
                    self.state.marks.pop();
                }
            }
            op::POP_MARK => {
                let start = self.pop_mark(at);
                self.state.stack.truncate(start);
            }
            op::DUP => match self.state.stack.last().copied() {
                Some(value) => self.push(value),
                None => self.flaw(at, "the stack is empty"),
            },
            op::PERSID => {
                let id = self.stream.fetch(found.data, found.number.min(256) as usize);
                if !id.iter().all(|byte| matches!(byte, 32..=126)) {
                    self.flaw(at, "the persistent id is not printable ASCII");
                }
                self.push(Value::Persistent(0));
            }
            op::BINPERSID => {
                let id = self.pop(at);
                let value = self.persistent(id);
                self.push(value);
            }
            op::EXT1 | op::EXT2 | op::EXT4 => {
                let value = self.extension(found);
                self.push(value);
            }
            op::NEXT_BUFFER => self.push(Value::Buffer),
            op::READONLY_BUFFER => {}
            op::GLOBAL => {
                let value = self.global_lines(found);
                self.push(value);
            }
            op::STACK_GLOBAL => {
                let name = self.pop(at);
                let module = self.pop(at);
                let value = self.stack_global(at, module, name);
                self.push(value);
            }
            _ => self.step_call(found),
        }
    }

    fn step_call(&mut self, found: Instruction) {
        use super::value::How::{Built, Called};
        let at = found.at;
        let value = match found.code {
            op::REDUCE => {
                let args = self.pop(at);
                let callee = self.pop(at);
                self.invoke(at, callee, args, Called)
            }
            op::NEWOBJ => {
                let args = self.pop(at);
                let class = self.pop(at);
                self.invoke(at, class, args, Built)
            }
            op::NEWOBJ_EX => {
                let _keywords = self.pop(at);
                let args = self.pop(at);
                let class = self.pop(at);
                self.invoke(at, class, args, Built)
            }
            op::INST => {
                let class = self.global_lines(found);
                let args = self.collect(at, Shape::Tuple);
                self.instantiate(at, class, args)
            }
            op::OBJ => {
                let start = self.pop_mark(at);
                let class = self.state.stack.get(start).copied().unwrap_or(Value::Unknown);
                if class == Value::Unknown {
                    self.flaw(at, "the stack is empty");
                }
                let args = self.collect_from(start + 1, Shape::Tuple);
                self.state.stack.truncate(start);
                self.instantiate(at, class, args)
            }
            op::BUILD => {
                let state = self.pop(at);
                let target = self.pop(at);
                if let Some(array) = self.build(at, target, state) {
                    self.in_band(array);
                }
                target
            }
            _ => Value::Unknown,
        };
        self.push(value);
    }

    /// Remembers data that starts as a pickle does.
    #[inline]
    fn look_inside(&mut self, found: Instruction, judge: fn(&[u8]) -> Option<Embedding>) {
        if found.number >= Embedding::LEAST
            && self.embedded.len() < Embedding::MOST
            && let Some(embedding) = self.stream.near(found.data).and_then(judge)
        {
            self.embedded.push((found, embedding));
        }
    }

    fn push_container(&mut self, shape: Shape) {
        let value = self.store.container(shape, &[]);
        self.push(value);
    }

    fn collected(&mut self, at: u64, shape: Shape) {
        if shape == Shape::Dict {
            self.runs_pairs(at, self.state.marks.last().copied().unwrap_or(0));
        }
        let value = self.collect(at, shape);
        self.push(value);
    }

    fn int_line(&mut self, found: Instruction) {
        let text = text::line(&self.stream, found.data, found.number).unwrap_or_default();
        let value = match text.trim() {
            "00" => Value::Bool(false),
            "01" => Value::Bool(true),
            text => text.parse().map_or(Value::Number(found.at), Value::Int),
        };
        self.push(value);
    }

    /// Steps over an array that joblib puts into the stream, or runs the pickle that stands for it.
    fn in_band(&mut self, array: InBand) {
        self.arrays += 1;
        // A reader that buffers frames finds the array where the frame ends.
        if let Some(end) = self.state.frame_end.take() {
            self.stream.seek(end);
        }
        let pickle_follows =
            self.stream.near(self.stream.position()).is_some_and(|next| matches!(next, [0x80, 2..=5, ..]));
        let array = if array == InBand::Unknown && pickle_follows { InBand::Pickle } else { array };
        let start = self.stream.position();
        match array {
            InBand::Raw { bytes, aligned } => {
                let padding = if aligned { self.stream.byte().map_or(0, u64::from) } else { 0 };
                if padding.checked_add(bytes).and_then(|length| self.stream.skip(length)).is_none() {
                    // A reader that knows nothing of joblib takes what is there for opcodes: so is it read on.
                    self.flaw(self.stream.end(), "the file ends within an array");
                    self.stream.seek(start);
                }
            }
            InBand::Pickle if self.inner < INNER => {
                self.inner += 1;
                let outer = std::mem::take(&mut self.state);
                let ending = self.steps();
                self.state = outer;
                self.inner -= 1;
                if let Ending::Broken(at, reason) = ending {
                    self.flaw(at, reason);
                }
            }
            InBand::Pickle => self.lost.push("object arrays within object arrays nest too deeply".into()),
            InBand::Unknown => self.lost.push("an array's shape or type could not be read".into()),
        }
    }
}
