//! Files of pickles: one stream after the other, what lies between and behind them, and what they hold.

use redan_domain::{ReadAt, Window};

use super::callables::Callables;
use super::embedded::Embedding;
use super::machine::{Ending, Machine, Nested, NestedBytes, Outcome};
use super::report::{BROKEN, EMBEDDED, FRAME_MISMATCH, HIDDEN_STREAM, LOADS_AGAIN, TRAILING_DATA, TRUNCATED};
use super::search::{self, Patience};
use super::stream::Stream;
use super::text;
use super::value::Value;
use crate::artifact::Status;
use crate::walk::Cx;
use redan_domain::Fact;

/// Streams in one file.
const STREAMS: usize = 100_000;
/// torch's magic number, as the long integer that starts its legacy format.
const TORCH_MAGIC: [u8; 12] = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/// Magic number, protocol version, system, object, storage keys.
const TORCH_STREAMS: usize = 5;

/// Reads every pickle of `input` and fills the artifact.
pub(crate) fn read(input: &dyn ReadAt, cx: &mut Cx<'_>) {
    let options = cx.options();
    let callables = options.callables.as_ref().unwrap_or_else(|| Callables::shipped());
    let head = input.read_vec_at(0, 64).unwrap_or_default();
    let torch = head.windows(TORCH_MAGIC.len()).any(|part| part == TORCH_MAGIC);
    let mut file = File { machine: Machine::new(input, callables), input, callables, torch, patience: Patience::new() };
    file.streams(cx);
    file.machine.finish();
    file.embedded(cx);
    file.contents(cx);
    let File { machine, .. } = file;
    for fact in machine.report.facts {
        cx.fact(fact);
    }
    if let Some(limit) = machine.limit.or(machine.store.full.then_some("pickle names and calls")) {
        cx.over_budget(limit);
    }
    for reason in machine.lost {
        cx.incomplete(reason);
    }
    for nested in machine.nested {
        descend(nested, input, cx);
    }
}

struct File<'a> {
    machine: Machine<'a>,
    input: &'a dyn ReadAt,
    callables: &'a Callables,
    torch: bool,
    patience: Patience,
}

impl File<'_> {
    fn streams(&mut self, cx: &mut Cx<'_>) {
        let size = self.input.size();
        let mut at = 0;
        for count in 1..=STREAMS {
            let outcome = self.stream(at, cx);
            if let Ending::Limit(what) = outcome.ending {
                return cx.over_budget(what);
            }
            if let Some(frame) = outcome.frame_end.filter(|frame| *frame > outcome.end && *frame < size) {
                // The other reading: a reader that takes in whole frames goes on behind the frame.
                if search::follows(self.input, self.callables, frame) {
                    self.stream(frame, cx);
                }
            }
            at = outcome.end.max(at + 1);
            if self.torch && count == TORCH_STREAMS && outcome.ending == Ending::Stopped {
                at = self.storages(at, cx);
            }
            if at >= size {
                return;
            }
            let clean = outcome.ending == Ending::Stopped;
            if clean && search::follows(self.input, self.callables, at) {
                continue;
            }
            match search::next(self.input, self.callables, at, &mut self.patience) {
                Some(next) => {
                    if next > at {
                        let message = format!("another pickle starts behind {} bytes that belong to none", next - at);
                        cx.fact(Fact::new(HIDDEN_STREAM, "stream", message).at(next, 1));
                    }
                    at = next;
                }
                None => return self.behind(at, clean, cx),
            }
        }
        cx.over_budget("pickle streams");
    }

    /// Runs one stream and reports how it ended.
    fn stream(&mut self, at: u64, cx: &mut Cx<'_>) -> Outcome {
        let outcome = self.machine.run(at, cx.budget().opcodes_left());
        cx.budget().opcodes_used(outcome.instructions);
        self.machine.grows(at, outcome.result);
        if let Some((place, what)) = self.machine.frame_flaw() {
            let message = format!("{what}: readers of Python differ in what they do with it");
            self.machine.say(FRAME_MISMATCH, place, "frame", &message, Value::Unknown);
        }
        if let Ending::Broken(place, reason) = &outcome.ending {
            let (kind, what) = match outcome.calls {
                0 => (TRUNCATED, "loading fails here, before anything was called"),
                _ => (BROKEN, "loading fails here, but every call before it has run"),
            };
            self.machine.say(kind, *place, "stream", &format!("{reason}: {what}"), Value::Unknown);
            cx.incomplete(format!("{reason} at {place:#x}"));
        }
        outcome
    }

    /// Steps over the raw storages of torch's legacy format.
    fn storages(&mut self, at: u64, cx: &mut Cx<'_>) -> u64 {
        const COUNT: u64 = 8;
        let expected = self.machine.tensors.storage_bytes(COUNT);
        let end = at.saturating_add(expected);
        if end > self.input.size() {
            let message = format!("the storages need {expected} bytes, but {} follow", self.input.size() - at);
            cx.fact(Fact::new(TRUNCATED, "storages", &message).at(at, 1));
            cx.incomplete(message);
        }
        end
    }

    /// Bytes behind the last pickle.
    fn behind(&mut self, at: u64, clean: bool, cx: &mut Cx<'_>) {
        let left = self.input.size().saturating_sub(at);
        if self.patience.is_over() || left > search::REACH {
            cx.incomplete("not all bytes behind the pickle could be searched for another");
        }
        let sample = self.input.read_vec_at(at, 4096).unwrap_or_default();
        if clean && sample.iter().any(|byte| !matches!(byte, 0 | b'\n' | b'\r' | b' ')) {
            let message = format!("{left} bytes behind the end of the pickle belong to none");
            cx.fact(Fact::new(TRAILING_DATA, "trailing data", message).at(at, left));
        }
    }

    /// Strings and bytes that are pickles themselves: shown when they would do harm, whoever loads them.
    fn embedded(&mut self, cx: &mut Cx<'_>) {
        for (found, embedding) in std::mem::take(&mut self.machine.embedded) {
            let loaded = |nested: &Nested| match nested.bytes {
                NestedBytes::Span(data, _) => data == found.data,
                NestedBytes::Text(at) => at == found.at,
            };
            if self.machine.nested.iter().any(loaded) {
                continue;
            }
            if embedding == Embedding::Archive {
                // What is inside speaks for itself.
                cx.member(&format!("data at {:#x}", found.data), &Window::new(self.input, found.data, found.number));
                continue;
            }
            let bytes = embedding.decode(&self.machine.stream, found);
            if !search::is_harmful(&bytes, self.callables) {
                continue;
            }
            let message = format!("{} {} is itself a pickle that would do harm", embedding.name(), found.name());
            self.machine.say(EMBEDDED, found.at, "embedded pickle", &message, Value::Unknown);
            cx.member(&format!("data at {:#x}", found.data), &bytes);
        }
    }

    fn contents(&self, cx: &mut Cx<'_>) {
        let mut imports: Vec<String> = self
            .machine
            .store
            .globals()
            .iter()
            .filter(|global| global.imported && !global.name.is_empty())
            .map(super::value::Global::path)
            .collect();
        imports.sort_unstable();
        imports.dedup();
        imports.truncate(500);
        let from = |prefix: &str| imports.iter().any(|import| import.starts_with(prefix));
        if self.torch {
            cx.artifact.format = "pytorch-legacy";
        } else if from("joblib.numpy_pickle.") {
            cx.artifact.format = "joblib";
        }
        for producer in ["dill", "cloudpickle"] {
            if from(&format!("{producer}.")) {
                cx.artifact.contents.meta("producer", producer);
            }
        }
        self.machine.tell_tensors(&mut cx.artifact.contents);
        cx.artifact.contents.imports = imports.into_iter().map(|import| crate::text::shown(&import, 200)).collect();
    }
}

/// Examines bytes that a call would deserialise.
fn descend(nested: Nested, input: &dyn ReadAt, cx: &mut Cx<'_>) {
    let name = format!("argument of {}", nested.loader);
    let index = match &nested.bytes {
        NestedBytes::Span(at, length) => cx.member(&name, &Window::new(input, *at, *length)),
        NestedBytes::Text(at) => {
            const COPY: usize = 64 << 20;
            match text::string(&Stream::new(input, 0), *at, COPY) {
                Some((text, true)) => {
                    let bytes: Vec<u8> = text.chars().map(|c| c as u32 as u8).collect();
                    cx.member(&name, &bytes)
                }
                _ => None,
            }
        }
    };
    let member = index.and_then(|index| cx.artifact.members.get(index));
    let seen = member.is_some_and(|member| member.status != Status::Unrecognised);
    // torch and keras pickle themselves this way; what matters is inside, and that was looked at.
    const OWN: [&str; 3] =
        ["torch.storage._load_from_bytes", "._unpickle_model", ".pickle_utils.deserialize_model_from_bytecode"];
    if seen && OWN.iter().any(|loader| nested.loader.ends_with(loader)) {
        return;
    }
    let message =
        format!("calls `{}` on bytes within the pickle, which deserialises them without any check", nested.loader);
    cx.fact(Fact::new(LOADS_AGAIN, &nested.loader, message).at(nested.at, 1));
}
