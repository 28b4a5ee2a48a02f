//! Infrastructure as code to one typed model, and the language its checks are written in.
//!
//! Terraform, its plans, CloudFormation, ARM templates, Bicep, Kubernetes and Compose are read into [`Resource`]s
//! whose attributes are known, absent, or unknown for a reason. A check is written once on the typed resource and
//! holds for every syntax that can express it. Pure: texts in, values out.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod check;
mod cloudformation;
mod compose;
mod container;
mod cursor;
mod derive;
mod expr;
mod hcl;
mod kinds;
mod kubernetes;
mod literal;
mod model;
mod policy;
mod syntax;
mod terraform;
mod value;

pub use model::{FileStatus, Model, Resource};
pub use syntax::{Syntax, syntax_of};
pub use value::{Data, Entry, Place, Unknown, Val};

/// One file of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Path, `/`-separated.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Bytes of a file that are read; what is longer is said to be incomplete.
const MAX_FILE: usize = 8 << 20;

/// Resources of a project that are kept.
const MAX_RESOURCES: usize = 200_000;

/// What could not be read, file by file.
pub(crate) struct Notes<'a> {
    files: &'a [File],
    incomplete: Vec<Vec<String>>,
}

impl Notes<'_> {
    pub(crate) fn incomplete(&mut self, file: u32, at: usize, message: &str) {
        let text = self.files.get(file as usize).map_or("", |file| file.text.as_str());
        let (line, _) = redan_domain::text::line_column(text, at);
        if let Some(list) = self.incomplete.get_mut(file as usize)
            && list.len() < 16
        {
            list.push(format!("line {line}: {message}"));
        }
    }
}

/// Reads all files of a project together, because modules, templates and objects refer to one another.
pub fn analyse(files: &[File]) -> Model {
    let mut notes = Notes { files, incomplete: vec![Vec::new(); files.len()] };
    let mut statuses: Vec<FileStatus> = files
        .iter()
        .map(|file| FileStatus { path: file.path.clone(), syntax: syntax_of(&file.path, &file.text), incomplete: vec![] })
        .collect();
    let mut terraform = Vec::new();
    let mut drafts = Vec::new();
    let mut resources = Vec::new();
    let mut objects = Vec::new();
    for (index, (file, status)) in (0_u32..).zip(files.iter().zip(&statuses)) {
        if file.text.len() > MAX_FILE {
            notes.incomplete(index, 0, "the file is too large to be read as infrastructure");
            continue;
        }
        match status.syntax {
            Some(Syntax::Terraform) => terraform.push(index),
            Some(syntax) => {
                let documents = if matches!(syntax, Syntax::Bicep) { vec![] } else { redan_document::yaml(&file.text) };
                for document in &documents {
                    for problem in &document.problems {
                        notes.incomplete(index, problem.at, &problem.message);
                    }
                    let root = &document.root;
                    match syntax {
                        Syntax::CloudFormation => drafts.extend(cloudformation::resources(root, index)),
                        Syntax::Compose => resources.extend(compose::resources(root, index)),
                        Syntax::Kubernetes => kubernetes::objects(value::plain(root, index), &mut objects),
                        _ => {}
                    }
                }
            }
            None => {}
        }
    }
    drafts.extend(terraform::resources(files, &terraform, &mut notes));
    derive::derive(drafts, objects, &mut resources);
    resources.truncate(MAX_RESOURCES);
    for (status, incomplete) in statuses.iter_mut().zip(notes.incomplete) {
        status.incomplete = incomplete;
    }
    Model::new(statuses, resources)
}
