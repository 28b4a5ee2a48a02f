//! From bytes to an [`Artifact`]: ask every reader, run those that recognise the bytes, descend.

use std::io::Read;

use redan_domain::ReadAt;

use crate::artifact::{Artifact, Status};
use crate::budget::{BUDGET_HIT, Budget, Limits};
use crate::head::Head;
use crate::readers::{self, Match, Reader};
use redan_domain::{Fact, FactKind, facts};

facts! {
    /// The same bytes are two formats at once; which one is read depends on the program.
    POLYGLOT = "polyglot";
}

/// Why a file is incomplete of which not all findings are kept.
pub const MORE_FINDINGS: &str = "there are more findings than are listed";

/// How to look.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What one file may cost.
    pub limits: Limits,
    /// How to judge the callables that pickles name; the shipped table if there is none.
    pub callables: Option<crate::pickle::callables::Callables>,
}

/// Says what `input` is, what is inside and what loading it would do. `name` is shown, and is a hint for
/// text formats that have no signature; it never overrules content.
pub fn inspect(input: &dyn ReadAt, name: &str, options: &Options) -> Artifact {
    let budget = Budget::new(options.limits.clone());
    let mut artifact = examine(input, name, &Surroundings { options, budget: &budget, depth: 0, tail: Head::TAIL });
    artifact.left_out = budget.left_out();
    if artifact.left_out.iter().any(|(kind, _)| budget.is_full(*kind)) {
        artifact.incomplete(MORE_FINDINGS);
    }
    artifact
}

/// Runs one reader on bytes that it may not have recognised: for fuzzing and replays of its findings.
/// None if there is no reader of that format.
pub fn inspect_as(format: &str, input: &dyn ReadAt, name: &str, options: &Options) -> Option<Artifact> {
    let reader = readers::ALL.iter().find(|reader| reader.format() == format)?;
    let budget = Budget::new(options.limits.clone());
    let shell = Artifact { name: name.to_string(), size: input.size(), ..Artifact::default() };
    let bytes = input.read_vec_at(0, Head::LEN).unwrap_or_default();
    // The probe sees hostile bytes first, so it is exercised too.
    let _ = reader.probe(&Head::new(&bytes, name, input));
    Some(run(*reader, input, name, shell, &Surroundings { options, budget: &budget, depth: 0, tail: Head::TAIL }))
}

/// What stays the same while descending, but for the depth.
#[derive(Clone, Copy)]
struct Surroundings<'a> {
    options: &'a Options,
    budget: &'a Budget,
    depth: u32,
    /// How much of the end the probes may look at.
    tail: usize,
}

/// What a reader works with: the artifact it fills, the budget, and the way down.
pub(crate) struct Cx<'a> {
    /// What the reader fills.
    pub(crate) artifact: Artifact,
    name: String,
    around: Surroundings<'a>,
    /// Kinds of fact of which the artifact has enough.
    full: Vec<FactKind>,
}

impl<'a> Cx<'a> {
    pub(crate) fn budget(&self) -> &'a Budget {
        self.around.budget
    }

    pub(crate) fn options(&self) -> &'a Options {
        self.around.options
    }

    /// File or member name as it was given, also while reading a second view of the file. A hint only.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Adds a fact. The same kind, subject and place is kept once; of one kind at most 100 are kept, the others counted.
    pub(crate) fn fact(&mut self, fact: Fact) {
        const MAX: usize = 100;
        if !self.has_room(fact.kind) {
            return;
        }
        let same_kind = self.artifact.facts.iter().filter(|known| known.kind == fact.kind);
        let mut count = 0;
        for known in same_kind {
            count += 1;
            if known.subject == fact.subject && known.span == fact.span && known.pointer == fact.pointer {
                return;
            }
        }
        if count + 1 >= MAX {
            self.full.push(fact.kind);
        }
        if self.around.budget.fact(fact.kind) {
            self.artifact.facts.push(fact);
        }
    }

    /// Whether one more fact of this kind is kept; if not, it is counted. For those who find the place of a fact by
    /// going through a text, which must not be done a million times.
    pub(crate) fn has_room(&self, kind: FactKind) -> bool {
        let room = !self.full.contains(&kind) && !self.around.budget.is_full(kind);
        if !room {
            self.around.budget.leave_out(kind);
        }
        room
    }

    /// Marks the artifact as not wholly understood.
    pub(crate) fn incomplete(&mut self, reason: impl AsRef<str>) {
        self.artifact.incomplete(reason);
    }

    /// A limit was hit: a fact, and incomplete.
    pub(crate) fn over_budget(&mut self, what: &str) {
        self.fact(Fact::new(BUDGET_HIT, what, format!("stopped at the limit for {what}")));
        self.incomplete(format!("limit for {what} reached"));
    }

    /// Examines a member and adds it to the artifact. Returns its index in `artifact.members`.
    pub(crate) fn member(&mut self, name: &str, input: &dyn ReadAt) -> Option<usize> {
        // Enough for a zip that hides behind other bytes; long comments are looked for at the outermost level only.
        self.member_with_tail(name, input, 4096)
    }

    /// As [`Cx::member`], for a member that the format itself declares to be raw numbers: only its beginning is probed.
    pub(crate) fn payload(&mut self, name: &str, input: &dyn ReadAt) -> Option<usize> {
        self.member_with_tail(name, input, 0)
    }

    fn member_with_tail(&mut self, name: &str, input: &dyn ReadAt, tail: usize) -> Option<usize> {
        if self.around.depth >= self.around.options.limits.depth {
            self.over_budget("nesting depth");
            return None;
        }
        if !self.around.budget.member() {
            self.over_budget("number of members");
            return None;
        }
        let around = Surroundings { depth: self.around.depth + 1, tail, ..self.around };
        self.artifact.members.push(examine(input, name, &around));
        Some(self.artifact.members.len() - 1)
    }

    /// Decompresses at most what the budget allows, and marks the artifact when that is not all.
    ///
    /// One stream gets three quarters of what is left, so that a bomb leaves something for what comes after it; and
    /// each gets a beginning, so that a payload behind a thousand bombs is still seen.
    pub(crate) fn expand(&mut self, mut decoder: impl Read) -> Expanded {
        const BEGINNING: u64 = 64 << 10;
        let left = self.around.budget.expanded_left();
        let limit = (left - left / 4).max(BEGINNING);
        let mut data = Vec::new();
        let result = decoder.by_ref().take(limit).read_to_end(&mut data);
        self.around.budget.expand(data.len() as u64);
        let cut = data.len() as u64 == limit && !matches!(decoder.read(&mut [0; 1]), Ok(0));
        if cut {
            self.over_budget("expanded bytes");
        }
        Expanded { data, error: result.err().map(|error| error.to_string()), cut }
    }
}

/// What came out of a decoder.
pub(crate) struct Expanded {
    /// The bytes, also those before an error.
    pub(crate) data: Vec<u8>,
    /// Why the decoder failed.
    pub(crate) error: Option<String>,
    /// Whether the budget ended it.
    pub(crate) cut: bool,
}

/// Whether a file with this beginning would be given to any reader, by content or by name.
pub(crate) fn is_recognised(beginning: &[u8], name: &str) -> bool {
    let input = beginning.to_vec();
    let head = Head::new(beginning.get(..Head::LEN).unwrap_or(beginning), name, &input).with_tail(0);
    let (sure, hints) = candidates(&head);
    !(sure.is_empty() && hints.is_empty())
}

fn examine(input: &dyn ReadAt, name: &str, around: &Surroundings<'_>) -> Artifact {
    let mut artifact =
        Artifact { name: crate::text::shown(name, 300), format: "unknown", size: input.size(), ..Artifact::default() };
    let bytes = match input.view_at(0, Head::LEN) {
        Ok(bytes) => bytes,
        Err(error) => {
            artifact.incomplete(format!("could not be read: {error}"));
            return artifact;
        }
    };
    let head = Head::new(&bytes, name, input).with_tail(around.tail);
    let (sure, hints) = candidates(&head);
    let mut chosen: Vec<&dyn Reader> = sure;
    if chosen.is_empty() {
        chosen.extend(hints.into_iter().take(1));
    }
    let Some((first, views)) = chosen.split_first() else {
        artifact.status = Status::Unrecognised;
        return artifact;
    };
    artifact = run(*first, input, name, artifact, around);
    readers::disguise::check(name, &mut artifact);
    for view in views {
        let shell =
            Artifact { name: format!("(read as {})", view.format()), size: input.size(), ..Artifact::default() };
        let reader = *view;
        let mut view = run(reader, input, name, shell, around);
        if !by_design(artifact.format, view.format) {
            let message = format!(
                "these bytes are {} and also {}; which one is read depends on the program",
                first.format(),
                reader.format()
            );
            artifact.facts.push(Fact::new(POLYGLOT, reader.format(), message));
            readers::disguise::check(name, &mut view);
        }
        artifact.members.push(view);
    }
    artifact
}

/// Whether two readings of the same bytes are how the format is meant: TensorFlow Lite packs label files and
/// vocabularies as a zip archive behind the model.
fn by_design(first: &str, second: &str) -> bool {
    (first, second) == ("tflite", "zip")
}

/// Readers that are sure, and readers that would try, each in registry order.
fn candidates(head: &Head<'_>) -> (Vec<&'static dyn Reader>, Vec<&'static dyn Reader>) {
    let mut sure: Vec<&'static dyn Reader> = Vec::new();
    let mut hints: Vec<&'static dyn Reader> = Vec::new();
    for reader in readers::ALL {
        match reader.probe(head) {
            Match::Yes => sure.push(*reader),
            Match::Hint => hints.push(*reader),
            Match::No => {}
        }
    }
    (sure, hints)
}

fn run(
    reader: &dyn Reader,
    input: &dyn ReadAt,
    name: &str,
    mut artifact: Artifact,
    around: &Surroundings<'_>,
) -> Artifact {
    artifact.format = reader.format();
    let mut cx = Cx { artifact, name: name.to_string(), around: *around, full: Vec::new() };
    reader.read(input, &mut cx);
    crate::metadata::check(&mut cx);
    cx.artifact
}
