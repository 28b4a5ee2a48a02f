//! The models of phrases: trained from lists that were written for this project, measured by leaving out one author.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use redan_inspect::phrase::{Phrase, learn};

/// Name of each model: its phrases lie in `crates/dev/data/NAME.tsv`, its artefact in `crates/inspect/src/phrase/NAME.bin`.
const MODELS: [&str; 2] = ["confided", "ordered"];

/// A phrase with who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    author: String,
    positive: bool,
    text: String,
}

impl Row {
    fn phrase(&self) -> Phrase<'_> {
        Phrase { text: &self.text, positive: self.positive }
    }
}

/// Trains both models and writes the artefacts; how many phrases there were.
///
/// # Errors
/// When the phrases cannot be read or an artefact not be written.
pub fn write(root: &Path) -> Result<usize> {
    let mut count = 0;
    for name in MODELS {
        let rows = rows(root, name)?;
        count += rows.len();
        let phrases: Vec<Phrase<'_>> = rows.iter().map(Row::phrase).collect();
        let path = root.join(format!("crates/inspect/src/phrase/{name}.bin"));
        fs::write(&path, learn(&phrases).to_bytes()).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(count)
}

/// How much each model finds of what an author wrote whom it does not know, as a table in Markdown.
///
/// # Errors
/// When the phrases cannot be read.
pub fn evaluate(root: &Path) -> Result<String> {
    let mut out = String::new();
    for name in MODELS {
        let rows = rows(root, name)?;
        let authors: BTreeSet<&str> = rows.iter().map(|row| row.author.as_str()).collect();
        let _ = writeln!(
            out,
            "| {name}: author left out | phrases | found at 1 % flagged | at 2 % | at 5 % |\n|---|---|---|---|---|"
        );
        let mut all = Vec::new();
        for author in authors {
            let (out_rows, kept): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.author == author);
            let phrases: Vec<Phrase<'_>> = kept.iter().map(|row| row.phrase()).collect();
            let model = learn(&phrases);
            let judged: Vec<(f32, bool)> = out_rows.iter().map(|row| (model.odds(&row.text), row.positive)).collect();
            line(&mut out, author, &judged);
            all.extend(judged);
        }
        line(&mut out, "all", &all);
        out.push('\n');
    }
    Ok(out)
}

fn line(out: &mut String, name: &str, judged: &[(f32, bool)]) {
    let _ = write!(out, "| {name} | {} |", judged.len());
    for share in [10, 20, 50] {
        let (recall, from) = recall_at(judged, share);
        let _ = write!(out, " {recall:.3} ({from:.1}) |");
    }
    out.push('\n');
}

/// The share that is found where so many in a thousand of the others are flagged, and the log-odds from which on.
fn recall_at(judged: &[(f32, bool)], thousandths: usize) -> (f64, f32) {
    let mut others: Vec<f32> = judged.iter().filter(|(_, positive)| !positive).map(|(odds, _)| *odds).collect();
    others.sort_by(|a, b| b.total_cmp(a));
    let from = others.get(others.len() * thousandths / 1000).copied().unwrap_or(f32::MAX);
    let all = judged.iter().filter(|(_, positive)| *positive).count();
    let found = judged.iter().filter(|(odds, positive)| *positive && *odds > from).count();
    (found as f64 / all.max(1) as f64, from)
}

/// Lines of `author`, `1` or `0`, and the phrase, with tabs between them.
fn rows(root: &Path, name: &str) -> Result<Vec<Row>> {
    let path = root.join(format!("crates/dev/data/{name}.tsv"));
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let row = |(number, line): (usize, &str)| {
        let mut cells = line.splitn(3, '\t');
        let mut cell =
            || cells.next().with_context(|| format!("{}:{}: three cells are due", path.display(), number + 1));
        let (author, label, text) = (cell()?, cell()?, cell()?);
        anyhow::ensure!(matches!(label, "0" | "1"), "{}:{}: a label is 0 or 1", path.display(), number + 1);
        Ok(Row { author: author.to_string(), positive: label == "1", text: text.to_string() })
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(row).collect()
}
