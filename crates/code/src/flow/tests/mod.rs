use super::{Project, Source};
use crate::Language;

mod go;
mod java;
mod leak;
mod promise;
mod python;
mod rust;
mod script;

/// What is found in a text: `LABEL CLASS` of flows, the kind of weak calls.
fn found(language: Language, text: &str) -> Vec<String> {
    let path = match language {
        Language::Python => "a.py",
        Language::JavaScript => "a.js",
        Language::TypeScript => "a.ts",
        Language::Tsx => "a.tsx",
        Language::Go => "a.go",
        Language::Java => "A.java",
        Language::Rust => "a.rs",
    };
    found_in(&[(path, text)])
}

/// The same in the first of several files.
fn found_in(files: &[(&str, &str)]) -> Vec<String> {
    let project = Project::new(files.iter().map(|(path, text)| Source { path, text }).collect());
    let found = project.analyse(0).unwrap_or_default();
    let shown = found.flows.into_iter().map(|flow| match flow.label {
        Some(label) => format!("{label} {}", flow.kind),
        None => flow.kind,
    });
    shown.collect()
}

/// Compares row by row and tells all that differ at once.
#[derive(Default)]
struct Rows(Vec<String>);

impl Rows {
    fn row(&mut self, what: &str, found: Vec<String>, wanted: &[&str]) {
        if found != wanted {
            self.0.push(format!("{what}\n    found {found:?}, wanted {wanted:?}"));
        }
    }

    fn end(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}
