//! The answer: a tree of what is inside a file.

use std::collections::BTreeMap;

use redan_domain::{Fact, FactKind};

/// One file, one member of an archive, or one view of a file that can be read in two ways.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Artifact {
    /// File or member name, as its container gives it, control characters escaped.
    pub name: String,
    /// Format by content, kebab-case; `unknown` if nothing recognised it.
    pub format: &'static str,
    /// Size in bytes (expanded, for a compressed member).
    pub size: u64,
    /// How far it was understood.
    pub status: Status,
    /// What was observed, in file order per reader.
    pub facts: Vec<Fact>,
    /// What is inside, beyond facts.
    pub contents: Contents,
    /// Members and views.
    pub members: Vec<Artifact>,
    /// Of the outer file: kinds of fact of which only the first ones are listed, and how many are not.
    pub left_out: Vec<(FactKind, u64)>,
}

/// How far an artifact was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Status {
    /// To the end.
    #[default]
    Understood,
    /// Nothing recognised it and nothing about it says that it is a model.
    Unrecognised,
    /// Recognised, but not wholly understood: one reason each. Never to be called clean.
    Incomplete(Vec<String>),
}

/// What is inside an artifact, for inventories; absent means not looked for or not there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    /// Tensors, at most [`Contents::MAX_TENSORS`]; `tensor_count` counts all.
    pub tensors: Vec<Tensor>,
    /// Number of tensors.
    pub tensor_count: u64,
    /// Number of parameters over all tensors.
    pub parameters: u64,
    /// Metadata as text, values cut to 500 characters.
    pub metadata: BTreeMap<String, String>,
    /// Licences it names.
    pub licences: Vec<String>,
    /// Prompt templates.
    pub templates: Vec<Template>,
    /// Source code that loading may run.
    pub code: Vec<Code>,
    /// Callables that a pickle refers to, `module.qualname`, sorted, unique, at most 500.
    pub imports: Vec<String>,
    /// Bytes that each storage of torch has by its pickle; whoever holds the storages compares and takes them away.
    pub(crate) storages: BTreeMap<String, u64>,
}

impl Contents {
    /// How many tensors are listed one by one.
    pub const MAX_TENSORS: usize = 64;

    /// Counts one tensor; lists it while there is room.
    pub(crate) fn tensor(&mut self, name: &str, dtype: &str, shape: &[u64]) {
        self.tensor_count += 1;
        let count = shape.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim)).unwrap_or(0);
        self.parameters = self.parameters.saturating_add(count);
        if self.tensors.len() < Self::MAX_TENSORS {
            self.tensors.push(Tensor {
                name: crate::text::shown(name, 200),
                dtype: dtype.to_string(),
                shape: shape.iter().take(16).copied().collect(),
            });
        }
    }

    /// Records one metadata entry; at most 500 are kept.
    pub(crate) fn meta(&mut self, key: &str, value: &str) {
        if self.metadata.len() < 500 {
            self.metadata.insert(crate::text::shown(key, 100), crate::text::shown(value, 500));
        }
    }
}

/// One tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Name in the file.
    pub name: String,
    /// Element type as the format calls it.
    pub dtype: String,
    /// Shape, outermost dimension first.
    pub shape: Vec<u64>,
}

/// A prompt or chat template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Where it stands, for example `tokenizer.chat_template`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A piece of source code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// In which language.
    pub language: Language,
    /// The text, lossily decoded, at most 2 MiB, of files 512 KiB.
    pub text: String,
}

/// Languages of [`Code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Python source, run by the interpreter on import.
    Python,
    /// TorchScript, run by the TorchScript interpreter.
    TorchScript,
}

impl Artifact {
    /// Marks it as not wholly understood; the same reason is kept once.
    pub(crate) fn incomplete(&mut self, reason: impl AsRef<str>) {
        let reason = crate::text::shown(reason.as_ref(), 300);
        match &mut self.status {
            Status::Incomplete(reasons) if reasons.contains(&reason) || reasons.len() >= 16 => {}
            Status::Incomplete(reasons) => reasons.push(reason),
            other => *other = Status::Incomplete(vec![reason]),
        }
    }
}
