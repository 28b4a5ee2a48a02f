//! What there is: typed resources of every syntax, and where each of their attributes is written.

use std::cell::Cell;
use std::collections::HashMap;

use crate::value::{Place, Val};

/// Comparisons of one resource with another, for all checks together.
const MAX_COMPARISONS: u32 = 3_000_000;

/// A resource as a reader found it, before it has a type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// The type as the syntax calls it: `aws_bedrock_guardrail`, `AWS::Bedrock::Guardrail`, `container`.
    pub(crate) native: String,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) place: Place,
    pub(crate) attributes: Val,
}

/// One thing that is deployed, or a part of it that is judged by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// What it is, from the general to the special: `container`, `vllm`.
    pub kinds: Vec<&'static str>,
    /// Whose service it is: `aws`, `azure`, `google`, `databricks`, `kubernetes`, `compose`.
    pub platform: &'static str,
    /// Its type as the syntax calls it.
    pub native: String,
    /// Its name.
    pub name: String,
    /// Its address in its syntax.
    pub address: String,
    /// Where it begins.
    pub place: Place,
    /// What the files say of it: a map.
    pub attributes: Val,
}

impl Resource {
    /// Whether it is of this kind.
    pub fn is(&self, kind: &str) -> bool {
        self.kinds.contains(&kind)
    }
}

/// What one file gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileStatus {
    /// Its path.
    pub path: String,
    /// The syntax it was read as.
    pub syntax: Option<crate::Syntax>,
    /// What could not be read or decided; empty when all was.
    pub incomplete: Vec<String>,
}

/// Everything that was found in the files of a project.
#[derive(Debug, Default)]
pub struct Model {
    pub(crate) files: Vec<FileStatus>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) by_kind: HashMap<&'static str, Vec<usize>>,
    /// Comparisons of one resource with another that are left.
    comparisons: Cell<u32>,
}

impl Model {
    pub(crate) fn new(files: Vec<FileStatus>, resources: Vec<Resource>) -> Self {
        let mut by_kind: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for (index, resource) in resources.iter().enumerate() {
            for kind in &resource.kinds {
                by_kind.entry(kind).or_default().push(index);
            }
        }
        Self { files, resources, by_kind, comparisons: Cell::new(MAX_COMPARISONS) }
    }

    /// Every resource, file by file.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// Every resource of one kind.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        self.by_kind.get(kind).into_iter().flatten().filter_map(|index| self.resources.get(*index))
    }

    /// Whether one more resource may be compared with another: checks that ask for every pair cost the square.
    pub(crate) fn may_compare(&self) -> bool {
        let left = self.comparisons.get();
        self.comparisons.set(left.saturating_sub(1));
        left > 0
    }

    /// Whether no more can be compared.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.comparisons.get() == 0
    }

    /// What became of each file, in the order they were given.
    pub fn files(&self) -> &[FileStatus] {
        &self.files
    }
}
