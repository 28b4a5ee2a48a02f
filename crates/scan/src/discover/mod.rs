//! What AI there is in a project, from what it depends on, names and keeps: manifests, variables, images, prompts,
//! notebooks, data.
//!
//! Code, agent configuration and infrastructure add what they see; everything meets in one list of assets.

mod data;
mod docker;
mod env;
mod libraries;
mod manifest;

use redan_domain::text::Lines;
use redan_domain::{Asset, Location};

use crate::project::{Analysis, Text};

/// What every text names by itself.
pub(crate) fn examine(texts: &[Text]) -> Analysis {
    let mut analysis = Analysis::default();
    for (index, text) in texts.iter().enumerate() {
        if let Some(format) = format(&text.path) {
            analysis.read.push((index, format));
            analysis.assets.extend(assets(&text.path, &text.text).into_iter().map(|asset| (index, asset)));
        }
    }
    analysis
}

fn assets(path: &str, text: &str) -> Vec<Asset> {
    let mut assets = manifest::assets(path, text);
    assets.extend(env::assets(path, text));
    assets.extend(docker::assets(path, text));
    assets.extend(data::assets(path, text));
    assets
}

/// The format that this module reads a file as; None if it has nothing to say about it.
pub(crate) fn format(path: &str) -> Option<&'static str> {
    let name = file_name(path);
    manifest::format(name).or_else(|| env::format(name)).or_else(|| docker::format(name)).or_else(|| data::format(path))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Trimmed lines of a text, each with the byte at which it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split_inclusive('\n').map(move |line| {
        let offset = next + (line.len() - line.trim_start().len());
        next += line.len();
        (offset, line.trim())
    })
}

/// Where bytes of a text stand.
fn place(path: &str, places: &Lines<'_>, offset: usize) -> Location {
    let (line, column) = places.line_column(offset);
    Location { offset: Some(offset as u64), line: Some(line), column: Some(column), ..Location::file(path) }
}

#[cfg(test)]
mod tests;
