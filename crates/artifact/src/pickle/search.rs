//! Where a pickle starts: at the beginning of a file, right behind another, or behind bytes of no use.
//!
//! Random bytes must not look like pickles, so a start only counts when a trial run gets somewhere.

use redan_domain::ReadAt;

use super::callables::{Callables, Verdict};
use super::machine::{Ending, Machine, Outcome};
use super::opcode::lookup;
use super::report;
use super::stream::Stream;

/// Bytes looked at at a time.
const CHUNK: usize = 1 << 20;
/// Bytes behind a pickle that are searched for another.
pub(crate) const REACH: u64 = 64 << 20;
/// Longest name of a module or attribute in a start without a header.
const NAME: usize = 120;

/// How much trying may cost, in instructions.
pub(crate) struct Patience {
    left: u64,
}

impl Patience {
    /// Instructions of one trial.
    const TRIAL: u64 = 20_000;

    pub(crate) fn new() -> Self {
        Self { left: 2_000_000 }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.left == 0
    }
}

/// Runs a pickle only to see whether it is one.
struct Trial {
    outcome: Outcome,
    dangerous: bool,
}

impl Trial {
    fn run(input: &dyn ReadAt, callables: &Callables, at: u64, allowed: u64) -> Trial {
        Self::with(input, callables, at, allowed, true)
    }

    fn with(input: &dyn ReadAt, callables: &Callables, at: u64, allowed: u64, strict: bool) -> Trial {
        let mut machine = Machine::new(input, callables);
        machine.strict = strict;
        let outcome = machine.run(at, allowed);
        let dangerous = machine.known.iter().any(|known| matches!(known.judged.verdict, Verdict::Dangerous(_)));
        Trial { dangerous: dangerous && outcome.imports > 0, outcome }
    }

    fn stopped(&self) -> bool {
        self.outcome.ending == Ending::Stopped
    }

    /// It names something and then uses it or ends in order.
    fn does_something(&self) -> bool {
        self.outcome.imports > 0 && (self.stopped() || self.outcome.calls > 0)
    }

    fn goes_on(&self) -> bool {
        matches!(self.outcome.ending, Ending::Limit(_))
    }
}

fn is_opcode(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| lookup(*byte).is_some())
}

fn has_header(bytes: &[u8]) -> bool {
    matches!(bytes, [0x80, 2..=5, ..]) && is_opcode(bytes.get(2))
}

/// Whether a file is a pickle from its first byte on.
pub(crate) fn is_pickle(input: &dyn ReadAt, head: &[u8], callables: &Callables) -> bool {
    if has_header(head) {
        let trial = Trial::with(input, callables, 0, 12, false);
        return trial.stopped()
            || trial.goes_on()
            || trial.outcome.imports > 0
            || trial.outcome.instructions >= 6
            || trial.outcome.end >= input.size();
    }
    if !is_opcode(head.first()) {
        return false;
    }
    let trial = Trial::run(input, callables, 0, 1_000_000);
    let whole = trial.stopped() && trial.outcome.end == input.size() && trial.outcome.instructions > 1;
    let calls = trial.outcome.imports > 0 && trial.outcome.calls > 0;
    calls
        || trial.dangerous
        || trial.goes_on()
        || whole
        || trial.stopped() && follows(input, callables, trial.outcome.end)
}

/// Whether bytes are a pickle that does harm when it is loaded.
pub(crate) fn is_harmful(input: &dyn ReadAt, callables: &Callables) -> bool {
    let head = input.read_vec_at(0, 4).unwrap_or_default();
    if !has_header(&head) {
        return false;
    }
    let mut machine = Machine::new(input, callables);
    machine.run(0, Patience::TRIAL);
    machine.report.facts.iter().any(|fact| report::does_harm(fact.kind))
}

/// Whether another pickle starts right here, where one has ended.
pub(crate) fn follows(input: &dyn ReadAt, callables: &Callables, at: u64) -> bool {
    let head = input.read_vec_at(at, 4).unwrap_or_default();
    if !is_opcode(head.first()) {
        return false;
    }
    let trial = Trial::run(input, callables, at, Patience::TRIAL);
    let header = has_header(&head) && (trial.outcome.instructions > 3 || trial.stopped());
    let whole = trial.stopped() && trial.outcome.instructions > 1 && trial.outcome.end == input.size();
    header || whole || trial.goes_on() || trial.does_something()
}

/// The next pickle at or behind `from` that does something.
pub(crate) fn next(input: &dyn ReadAt, callables: &Callables, from: u64, patience: &mut Patience) -> Option<u64> {
    let stream = Stream::new(input, from);
    let end = input.size().min(from.saturating_add(REACH));
    let mut at = from;
    while at < end {
        let length = CHUNK.min((end - at) as usize);
        let chunk = stream.fetch(at, length + 2 * NAME);
        for hit in memchr::memchr3_iter(0x80, 0x8c, b'\n', chunk.get(..length.min(chunk.len())).unwrap_or_default()) {
            for start in starts(&chunk, hit) {
                let start = at + start as u64;
                if start < from {
                    continue;
                }
                if patience.is_over() {
                    return None;
                }
                let trial = Trial::run(input, callables, start, Patience::TRIAL.min(patience.left));
                patience.left = patience.left.saturating_sub(trial.outcome.instructions.max(1));
                let header = chunk.get(hit) == Some(&0x80);
                if trial.does_something() && (header || trial.dangerous || trial.stopped()) {
                    return Some(start);
                }
            }
        }
        at += length as u64;
    }
    None
}

/// Offsets in the chunk at which a pickle that has this telling byte could start.
fn starts(chunk: &[u8], hit: usize) -> Vec<usize> {
    let rest = chunk.get(hit..).unwrap_or_default();
    match rest.first() {
        Some(0x80) if has_header(rest) => vec![hit],
        Some(0x8c) if short_name(rest).is_some_and(leads_on) => vec![hit],
        Some(b'\n') => {
            // `c` or `i`, a name, a line feed, a name, a line feed.
            let after = rest.get(1..).unwrap_or_default();
            let Some(length) = memchr::memchr(b'\n', after.get(..NAME.min(after.len())).unwrap_or_default()) else {
                return Vec::new();
            };
            if !after.get(..length).is_some_and(is_name) {
                return Vec::new();
            }
            let before = chunk.get(hit.saturating_sub(NAME)..hit).unwrap_or_default();
            let run = before.iter().rev().take_while(|byte| is_name_byte(**byte)).count();
            let first = hit - run;
            let named = |at: usize| chunk.get(at + 1..hit).is_some_and(is_name);
            (first..hit).filter(|at| matches!(chunk.get(*at), Some(b'c' | b'i')) && named(*at)).take(4).collect()
        }
        _ => Vec::new(),
    }
}

/// What follows a short string that is a name.
fn short_name(bytes: &[u8]) -> Option<&[u8]> {
    let length = usize::from(*bytes.get(1)?);
    let name = bytes.get(2..2 + length)?;
    (length <= NAME && is_name(name)).then(|| bytes.get(2 + length..))?
}

/// Whether a second name follows, as STACK_GLOBAL needs, with at most one memo instruction between.
fn leads_on(bytes: &[u8]) -> bool {
    let bytes = match bytes {
        [0x94, rest @ ..] | [b'q', _, rest @ ..] => rest,
        other => other,
    };
    bytes.first() == Some(&0x8c) && short_name(bytes).is_some()
}

fn is_name_byte(byte: u8) -> bool {
    byte == b'_' || byte == b'.' || byte.is_ascii_alphanumeric()
}

fn is_name(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| is_name_byte(*byte)) && !bytes.starts_with(b".")
}
