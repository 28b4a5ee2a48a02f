//! Infrastructure as code to one typed model, and the language its checks are written in.
//!
//! Terraform, its plans, CloudFormation, ARM templates, Bicep, Kubernetes and Compose are read into [`Resource`]s
//! whose attributes are known, absent, or unknown for a reason. A check is written once on the typed resource and
//! holds for every syntax that can express it. Pure: texts in, values out.
#![forbid(unsafe_code)]
// What is known and what is not weigh the same here; both deserve an arm.
#![allow(clippy::single_match_else)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod azure;
mod bicep;
pub mod check;
mod cloudformation;
mod compose;
mod container;
mod cursor;
mod derive;
mod dockerfile;
mod expr;
mod hcl;
mod helm;
mod kinds;
mod kubernetes;
mod kustomize;
mod literal;
mod model;
mod plan;
mod policy;
mod reach;
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

/// Objects of Kubernetes in one file that are looked at.
const MAX_OBJECTS: usize = 5_000;

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

/// Reads a template of a chart as far as it can be rendered.
fn template(files: &[File], index: u32, file: &File, objects: &mut Vec<kubernetes::Object>, notes: &mut Notes<'_>) {
    let values = helm::values_of(&file.path);
    let values = files.iter().find(|other| Some(&other.path) == values.as_ref()).map(|other| other.text.as_str());
    let (text, whole) = helm::render(&file.text, values);
    if !whole {
        notes.incomplete(index, 0, "parts of the template are only known when the chart is rendered");
    }
    let (rendered, source) = (helm::Lines::of(&text), helm::Lines::of(&file.text));
    for document in redan_document::yaml(&text) {
        for problem in &document.problems {
            notes.incomplete(index, 0, &problem.message);
        }
        let mut value = value::plain(&document.root, index);
        helm::restore(&mut value, &rendered, &source);
        kubernetes::objects(value, objects);
    }
}

/// Reads all files of a project together, because modules, templates and objects refer to one another.
pub fn analyse(files: &[File]) -> Model {
    let mut notes = Notes { files, incomplete: vec![Vec::new(); files.len()] };
    let mut statuses: Vec<FileStatus> = files
        .iter()
        .map(|file| FileStatus {
            path: file.path.clone(),
            syntax: syntax_of(&file.path, &file.text),
            incomplete: vec![],
        })
        .collect();
    let mut terraform = Vec::new();
    let mut bicep = Vec::new();
    let mut drafts = Vec::new();
    let mut resources = Vec::new();
    let mut objects = Vec::new();
    for (index, (file, status)) in (0_u32..).zip(files.iter().zip(&statuses)) {
        let before = objects.len();
        if file.text.len() > MAX_FILE {
            notes.incomplete(index, 0, "the file is too large to be read as infrastructure");
            continue;
        }
        match status.syntax {
            Some(Syntax::Terraform) => terraform.push(index),
            Some(Syntax::Bicep) => bicep.push(index),
            Some(Syntax::Settings) => {
                let place = Place::new(index, 0, file.text.lines().next().map_or(0, str::len).max(1));
                resources.push(kubernetes::config_file(&file.path, &file.text, place, &file.path, true));
            }
            Some(Syntax::Dockerfile) => {
                let (found, whole) = dockerfile::resources(&file.path, &file.text, index);
                resources.extend(found);
                if !whole {
                    notes.incomplete(index, 0, "only the first instructions of the file are looked at");
                }
            }
            Some(Syntax::Kubernetes) if helm::is_template(&file.text) => {
                template(files, index, file, &mut objects, &mut notes);
            }
            Some(syntax) => {
                let json = file.text.trim_start().starts_with(['{', '[']);
                let documents =
                    if json { vec![redan_document::json(&file.text)] } else { redan_document::yaml(&file.text) };
                for document in &documents {
                    for problem in &document.problems {
                        notes.incomplete(index, problem.at, &problem.message);
                    }
                    let root = &document.root;
                    match syntax {
                        Syntax::CloudFormation => drafts.extend(cloudformation::resources(root, index)),
                        Syntax::Compose => resources.extend(compose::resources(root, index)),
                        Syntax::Kubernetes => {
                            kubernetes::objects(value::plain(root, index), &mut objects);
                        }
                        Syntax::Arm => drafts.extend(azure::arm(root, index)),
                        Syntax::TerraformPlan => drafts.extend(plan::resources(root, index)),
                        Syntax::Terraform | Syntax::Bicep | Syntax::Settings | Syntax::Dockerfile => {}
                    }
                }
            }
            None => {}
        }
        if objects.len() - before > MAX_OBJECTS {
            objects.truncate(before + MAX_OBJECTS);
            notes.incomplete(index, 0, "only the first 5000 objects of the file are looked at");
        }
    }
    kustomize::apply(files, &mut objects, &mut notes);
    drafts.extend(terraform::resources(files, &terraform, &mut notes));
    drafts.extend(azure::bicep(files, &bicep, &mut notes));
    if derive::derive(drafts, objects, &mut resources) {
        for (index, _) in (0..).zip(&statuses).filter(|(_, status)| status.syntax == Some(Syntax::Kubernetes)) {
            notes.incomplete(index, 0, "there are too many pods and services to tell who reaches whom");
        }
    }
    resources.truncate(MAX_RESOURCES);
    for (status, incomplete) in statuses.iter_mut().zip(notes.incomplete) {
        status.incomplete = incomplete;
    }
    Model::new(statuses, resources)
}
