//! What the machine reports: kinds of fact, and how often one thing may be said.

use std::collections::HashMap;

use super::callables::Effect;
use redan_domain::{Fact, FactKind, facts};

facts! {
    /// Unpickling runs or compiles Python code.
    RUNS_CODE = "pickle-runs-code";
    /// Unpickling starts a process.
    STARTS_PROCESS = "pickle-starts-process";
    /// Unpickling creates, changes or deletes files.
    WRITES_FILE = "pickle-writes-file";
    /// Unpickling reads files.
    READS_FILE = "pickle-reads-file";
    /// Unpickling talks to the network.
    OPENS_CONNECTION = "pickle-opens-connection";
    /// Unpickling imports a module that the data names.
    IMPORTS_MODULE = "pickle-imports-module";
    /// Unpickling changes the interpreter: attributes of modules, classes or functions, hooks, threads.
    CHANGES_INTERPRETER = "pickle-changes-interpreter";
    /// Unpickling loads native code or reaches raw memory.
    LOADS_NATIVE = "pickle-loads-native-code";
    /// Unpickling deserialises further data.
    LOADS_AGAIN = "pickle-loads-again";
    /// Unpickling gets hold of callables by names that are computed or given as data.
    RESOLVES_NAMES = "pickle-resolves-names";
    /// Unpickling uses up memory, time or disk.
    EXHAUSTS = "pickle-exhausts-resources";
    /// Unpickling reads out what the host knows.
    DISCLOSES = "pickle-discloses";
    /// A dangerous callable is imported; nothing here calls it, but a later step can.
    IMPORTS_DANGEROUS = "pickle-imports-dangerous";
    /// A callable that nobody has judged is called.
    UNKNOWN_CALL = "pickle-unknown-call";
    /// An instance of a class that nobody has judged is made.
    UNKNOWN_CLASS = "pickle-unknown-class";
    /// A name that nobody has judged is imported.
    UNKNOWN_IMPORT = "pickle-unknown-import";
    /// An extension code: what it means is up to the program that loads.
    EXTENSION = "pickle-extension-code";
    /// The stream breaks off or is invalid after calls were made: loading fails, but they have run.
    BROKEN = "pickle-broken";
    /// The stream breaks off or is invalid before anything was called.
    TRUNCATED = "pickle-truncated";
    /// A frame's length is not what the stream uses: the readers of Python differ in what they do.
    FRAME_MISMATCH = "pickle-frame-mismatch";
    /// Shared parts multiply to an absurd size.
    EXPANSION = "pickle-expansion";
    /// Items are put into an object of another kind than the instruction is for.
    TYPE_CONFUSION = "pickle-type-confusion";
    /// A tensor of torch reaches beyond its storage, or a storage has fewer bytes than the pickle says.
    STORAGE_MISMATCH = "pytorch-storage-mismatch";
    /// A string or bytes in the pickle are themselves a pickle that would do harm.
    EMBEDDED = "pickle-embedded-pickle";
    /// Bytes behind the end of a pickle that belong to none.
    TRAILING_DATA = "pickle-trailing-data";
    /// A further pickle stands behind bytes that belong to none.
    HIDDEN_STREAM = "pickle-hidden-stream";
}

/// The kind of fact for a call with this effect.
pub(crate) fn of_effect(effect: Effect) -> FactKind {
    match effect {
        Effect::Code => RUNS_CODE,
        Effect::Process => STARTS_PROCESS,
        Effect::FileRead => READS_FILE,
        Effect::FileWrite => WRITES_FILE,
        Effect::Network => OPENS_CONNECTION,
        Effect::Import => IMPORTS_MODULE,
        Effect::Interpreter => CHANGES_INTERPRETER,
        Effect::Native => LOADS_NATIVE,
        Effect::Load => LOADS_AGAIN,
        Effect::Resolve => RESOLVES_NAMES,
        Effect::Resource => EXHAUSTS,
        Effect::Disclose => DISCLOSES,
    }
}

/// Whether a call of this kind does harm by itself, whatever comes after.
pub(crate) fn does_harm(kind: FactKind) -> bool {
    matches!(kind, RUNS_CODE | STARTS_PROCESS | WRITES_FILE | OPENS_CONNECTION | LOADS_NATIVE)
}

/// Facts in the order they were observed.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) facts: Vec<Fact>,
    counts: HashMap<(FactKind, String), u32>,
}

impl Report {
    /// Whether there is room for another fact of this kind about this subject. Counts it.
    pub(crate) fn room(&mut self, kind: FactKind, subject: &str) -> bool {
        /// Facts of one kind about one subject.
        const SAME: u32 = 5;
        const ALL: usize = 2000;
        let limit =
            if matches!(kind, UNKNOWN_CLASS | UNKNOWN_IMPORT | IMPORTS_DANGEROUS | EXTENSION) { 1 } else { SAME };
        if self.facts.len() >= ALL {
            return false;
        }
        let count = self.counts.entry((kind, subject.to_string())).or_default();
        *count += 1;
        *count <= limit
    }
}
