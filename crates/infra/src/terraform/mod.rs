//! Terraform: every resource of every module of a tree, with what the files say of its attributes.

mod eval;
mod functions;
mod module;

use std::collections::{HashMap, HashSet};

pub(crate) use eval::{descend, operate};
pub(crate) use module::{folder_of, join};

use self::eval::Scope;
use self::module::{MAX_MODULE_DEPTH, Module, Project};
use crate::hcl::{self, Body};
use crate::model::Draft;
use crate::value::{Place, Val};
use crate::{File, Notes};

/// Every resource of the Terraform files among `files`.
pub(crate) fn resources(files: &[File], which: &[u32], notes: &mut Notes) -> Vec<Draft> {
    let mut parsed: Vec<(u32, &str, Body)> = Vec::new();
    for &index in which {
        let Some(file) = files.get(index as usize) else { continue };
        let (body, problems) = hcl::parse(&file.text);
        for (at, problem) in problems {
            notes.incomplete(index, at, &problem);
        }
        parsed.push((index, &file.path, body));
    }
    let mut folders: HashMap<String, Vec<(u32, &Body)>> = HashMap::new();
    let mut given: Vec<(u32, &str, &Body)> = Vec::new();
    for (index, path, body) in &parsed {
        if path.ends_with(".tfvars") {
            given.push((*index, path, body));
        } else {
            folders.entry(folder_of(path).to_string()).or_default().push((*index, body));
        }
    }
    let texts = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let project = Project::new(folders, texts);
    let mut out = Vec::new();
    for folder in roots(&project) {
        let tfvars = tfvars(&project, &folder, &given);
        let module = Module::new(&project, &folder, String::new(), 0, None, tfvars);
        collect(&module, &mut out);
    }
    if project.exhausted() {
        for index in which {
            notes.incomplete(*index, 0, "the Terraform project is too large to evaluate as a whole");
        }
    }
    out
}

/// Folders that no other folder calls; what is called is looked at as it is called.
fn roots(project: &Project<'_>) -> Vec<String> {
    let mut called = HashSet::new();
    for (folder, bodies) in &project.folders {
        let module = Module::new(project, folder, String::new(), MAX_MODULE_DEPTH, None, HashMap::new());
        for (file, body) in bodies {
            for block in body.blocks_of("module") {
                let source = block.body.attribute("source").map(|source| Scope::of(&module, *file).eval(&source.value));
                let source = source.as_ref().and_then(Val::as_str).filter(|source| source.starts_with('.'));
                called.extend(source.and_then(|source| join(folder, source)).filter(|target| target != folder));
            }
        }
    }
    let mut roots: Vec<String> = project.folders.keys().filter(|folder| !called.contains(*folder)).cloned().collect();
    if roots.is_empty() {
        roots = project.folders.keys().cloned().collect();
    }
    roots.sort_unstable();
    roots
}

/// Values that a folder's own files give to its variables.
fn tfvars(project: &Project<'_>, folder: &str, given: &[(u32, &str, &Body)]) -> HashMap<String, Val> {
    let empty = Module::new(project, folder, String::new(), MAX_MODULE_DEPTH, None, HashMap::new());
    let mut out = HashMap::new();
    for (index, path, body) in given {
        let name = path.rsplit('/').next().unwrap_or_default();
        if folder_of(path) == folder && (name == "terraform.tfvars" || name.ends_with(".auto.tfvars")) {
            for attribute in &body.attributes {
                out.insert(attribute.name.clone(), Scope::of(&empty, *index).eval(&attribute.value));
            }
        }
    }
    out
}

fn collect(module: &Module<'_>, out: &mut Vec<Draft>) {
    let mut keys: Vec<&String> = module.resources.keys().collect();
    keys.sort_unstable();
    for key in keys {
        let Some((file, block)) = module.resources.get(key) else { continue };
        let scope = Scope::of(module, *file);
        if scope.is_absent(block) {
            continue;
        }
        let [kind, name] = block.labels.as_slice() else { continue };
        let kind = if key.starts_with("data.") { format!("data.{kind}") } else { kind.clone() };
        for scope in scope.instances(block) {
            out.push(Draft {
                native: kind.clone(),
                name: name.clone(),
                address: format!("{}{key}", module.prefix),
                place: Place::new(*file, block.start, block.head),
                attributes: scope.body(&block.body),
            });
        }
    }
    for name in module.calls() {
        let Some((file, block)) = module.call_block(name) else { continue };
        let scope = Scope::of(module, file);
        match module.child(name, &scope) {
            Some(child) => collect(&child, out),
            None if !scope.is_absent(block) => out.push(Draft {
                native: "module".to_string(),
                name: name.to_string(),
                address: format!("{}module.{name}", module.prefix),
                place: Place::new(file, block.start, block.head),
                attributes: scope.body(&block.body),
            }),
            None => {}
        }
    }
}
