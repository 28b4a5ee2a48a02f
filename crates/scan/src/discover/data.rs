//! Notebooks, prompts and data that a project keeps as files.

use std::collections::BTreeMap;

use redan_domain::{Asset, AssetKind, Attribute, Location};

use super::file_name;

/// Folders whose text files are prompts.
const PROMPT_FOLDERS: [&str; 4] = ["prompts", "prompt", "prompt_templates", "prompt-templates"];

/// What the file is, by its name and folder; None if nothing.
pub(super) fn format(path: &str) -> Option<&'static str> {
    let name = file_name(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if extension == "ipynb" {
        return Some("notebook");
    }
    if name.ends_with(".prompt.md") || matches!(extension, "prompt" | "prompty") {
        return Some("prompt");
    }
    let in_prompts = path.split('/').rev().skip(1).any(|folder| PROMPT_FOLDERS.contains(&folder));
    if in_prompts && matches!(extension, "txt" | "md" | "jinja" | "jinja2" | "j2" | "mustache" | "hbs" | "tmpl") {
        return Some("prompt");
    }
    None
}

pub(super) fn assets(path: &str, text: &str) -> Vec<Asset> {
    let Some(format) = format(path) else { return Vec::new() };
    let kind = if format == "notebook" { AssetKind::Notebook } else { AssetKind::Prompt };
    let mut attributes = BTreeMap::from([("format".to_string(), Attribute::from(format))]);
    if kind == AssetKind::Prompt {
        attributes.insert("template".to_string(), (text.contains("{{") || text.contains("{%")).into());
    }
    let name = file_name(path).to_string();
    vec![Asset { id: path.to_string(), kind, name, location: Location::file(path), attributes }]
}
