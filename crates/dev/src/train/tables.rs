//! The measurements as Markdown tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use redan_inspect::Channel;
use redan_inspect::injection::{Model, TrainOptions, train};

use super::data::{Row, hash};
use super::samples;

/// Parts of the data that are left out in turn.
const FOLDS: u64 = 5;

/// A row and its score by a model that saw neither it nor its near-duplicates.
type Scored<'a> = (&'a Row, f32);

/// Cross-validation, then one source left out at a time. What the model never learns from is scored by the models
/// of the folds in both.
pub fn all(rows: &[Row], options: &TrainOptions) -> String {
    let mut scored: Vec<Scored<'_>> = Vec::new();
    for fold in 0..FOLDS {
        let held = |row: &&Row| row.group % FOLDS == fold;
        let model = train(&samples(rows.iter().filter(|row| !held(row))), options);
        scored.extend(rows.iter().filter(held).map(|row| (row, score(&model, row))));
    }
    let mut text = String::from("### Cross-validation by near-duplicate group\n\n");
    table(&mut text, &scored);
    totals(&mut text, &scored);
    text.push_str("\n### One source left out at a time\n\n");
    let sources: BTreeSet<&str> = rows.iter().filter(|row| row.train).map(|row| row.source.as_str()).collect();
    let mut unseen: Vec<Scored<'_>> = Vec::new();
    for source in sources {
        let model = train(&samples(rows.iter().filter(|row| row.source != source)), options);
        unseen.extend(rows.iter().filter(|row| row.source == source).map(|row| (row, score(&model, row))));
    }
    let known: BTreeSet<&str> = unseen.iter().map(|(row, _)| row.source.as_str()).collect();
    unseen.extend(scored.iter().filter(|(row, _)| !known.contains(row.source.as_str())));
    table(&mut text, &unseen);
    totals(&mut text, &unseen);
    text
}

fn score(model: &Model, row: &Row) -> f32 {
    model.rate(&row.text, row.channel, row.structure)
}

fn table(text: &mut String, scored: &[Scored<'_>]) {
    let honest: Vec<f32> = scored.iter().filter(|(row, _)| !row.attack && row.train).map(|(_, score)| *score).collect();
    let mut sources: BTreeMap<(&str, Channel), Vec<Scored<'_>>> = BTreeMap::new();
    for (row, score) in scored {
        sources.entry((&row.source, row.channel)).or_default().push((row, *score));
    }
    text.push_str("| source | channel | attacks | found | by structure | AUC | honest texts | flagged | called attack |\n|---|---|---|---|---|---|---|---|---|\n");
    for ((source, channel), scored) in sources {
        let (attacks, fair): (Vec<_>, Vec<_>) = scored.into_iter().partition(|(row, _)| row.attack);
        let share = |list: &[Scored<'_>], least: f32| match list.len() {
            0 => "–".to_string(),
            all => format!("{:.3}", list.iter().filter(|(_, score)| *score >= least).count() as f32 / all as f32),
        };
        let by_structure: Vec<_> = attacks.iter().map(|(row, _)| (*row, row.structure)).collect();
        let found: Vec<f32> = attacks.iter().map(|(_, score)| *score).collect();
        let auc = if found.is_empty() { "–".to_string() } else { format!("{:.3}", auc(&found, &honest)) };
        let _ = writeln!(
            text,
            "| {source} | {channel} | {} | {} | {} | {auc} | {} | {} | {} |",
            attacks.len(),
            share(&attacks, 0.5),
            share(&by_structure, 0.5),
            fair.len(),
            share(&fair, 0.5),
            share(&fair, 0.8),
        );
    }
}

/// Which rows a line of the table is about.
type Keep<'a> = &'a dyn Fn(&Row) -> bool;

fn totals(text: &mut String, scored: &[Scored<'_>]) {
    let pick = |attack: bool, keep: Keep<'_>| -> Vec<f32> {
        scored.iter().filter(|(row, _)| row.attack == attack && keep(row)).map(|(_, score)| *score).collect()
    };
    let sets: [(&str, Keep<'_>); 3] = [
        ("sources that were trained on", &|row| row.train && row.source != "own"),
        ("the same and BIPIA", &|row| (row.train && row.source != "own") || row.source == "bipia"),
        ("everything but own texts", &|row| row.source != "own" && !row.source.contains('/')),
    ];
    text.push_str("\n| pooled | attacks | honest | found | flagged | found at 1 % flagged | AUC |\n|---|---|---|---|---|---|---|\n");
    for (name, keep) in sets {
        let (attacks, mut honest) = (pick(true, keep), pick(false, keep));
        let auc = auc(&attacks, &honest);
        honest.sort_by(|a, b| b.total_cmp(a));
        let limit = honest.get(honest.len() / 100).copied().unwrap_or(1.0);
        let share = |list: &[f32], above: &dyn Fn(f32) -> bool| {
            list.iter().filter(|score| above(**score)).count() as f32 / list.len().max(1) as f32
        };
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {:.3} | {:.4} | {:.3} | {auc:.3} |",
            attacks.len(),
            honest.len(),
            share(&attacks, &|score| score >= 0.5),
            share(&honest, &|score| score >= 0.5),
            share(&attacks, &|score| score > limit),
        );
    }
}

/// The chance that an attack scores above an honest text; ties count half.
fn auc(attacks: &[f32], honest: &[f32]) -> f32 {
    let mut honest = honest.to_vec();
    honest.sort_by(f32::total_cmp);
    let below = |score: f32| {
        let less = honest.partition_point(|other| *other < score);
        let equal = honest.partition_point(|other| *other <= score) - less;
        less as f64 + equal as f64 / 2.0
    };
    let sum: f64 = attacks.iter().map(|score| below(*score)).sum();
    (sum / (attacks.len().max(1) * honest.len().max(1)) as f64) as f32
}

/// Bytes of one piece of a long file.
const PIECE: usize = 2000;

/// Most pieces of one file, so that no file decides.
const PIECES: usize = 4;

/// Honest content from folders, for measuring only: documents, code, files that instruct agents.
///
/// # Errors
/// When a folder cannot be read.
pub fn content(folders: &[PathBuf]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for folder in folders {
        let mut open = vec![folder.clone()];
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        while let Some(folder) = open.pop() {
            let listed = fs::read_dir(&folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
            for path in listed.filter_map(|file| Some(file.ok()?.path())) {
                if path.is_dir() {
                    open.push(path);
                } else if let Some(kind) = kind(&path) {
                    let Ok(text) = fs::read_to_string(&path) else { continue };
                    rows.extend(pieces(&text).map(|piece| honest(piece, &format!("{name}/{kind}"))));
                }
            }
        }
    }
    Ok(rows)
}

fn kind(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_string_lossy();
    if ["AGENTS.md", "CLAUDE.md", "SKILL.md", "copilot-instructions.md"].contains(&&*name) {
        return Some("agent files");
    }
    match path.extension()?.to_str()? {
        "md" | "txt" | "rst" => Some("documents"),
        "rs" | "py" | "js" | "ts" | "go" | "c" | "sh" | "toml" | "json" => Some("code"),
        _ => None,
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
    .take(PIECES)
}

fn honest(text: &str, source: &str) -> Row {
    Row {
        text: text.to_string(),
        source: source.to_string(),
        channel: Channel::Document,
        attack: false,
        group: hash(&text),
        weight: 1.0,
        structure: 0.0,
        train: false,
    }
}
