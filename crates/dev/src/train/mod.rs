//! `cargo dev train`: trains the injection model from labelled texts and measures it.

pub mod data;
pub mod phrases;
pub mod tables;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use redan_inspect::injection::{Model, Sample, TrainOptions, train as learn};

use data::Row;

/// Where the artefact lies in the repository.
pub const ARTEFACT: &str = "crates/inspect/src/injection/model.bin";

/// Where the texts lie that were written for this project.
pub const OWN: &str = "crates/dev/data/injection.txt";

/// The rows that the model may learn from.
pub fn samples<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<Sample<'a>> {
    let trained = rows.into_iter().filter(|row| row.train);
    trained
        .map(|row| Sample {
            text: &row.text,
            channel: row.channel,
            attack: row.attack,
            group: row.group,
            weight: row.weight,
            structure: row.structure,
        })
        .collect()
}

/// Trains on all of a folder and writes the artefact.
///
/// # Errors
/// When the data cannot be read or the artefact not be written.
pub fn write(root: &Path, folder: &Path) -> Result<usize> {
    let rows = rows(root, folder)?;
    let samples = samples(&rows);
    let about = format!(
        "{} texts, {} of them attacks; seed 0x5eed",
        samples.len(),
        samples.iter().filter(|s| s.attack).count()
    );
    let model: Model = learn(&samples, &TrainOptions { about, ..TrainOptions::default() });
    let path = root.join(ARTEFACT);
    fs::write(&path, model.to_bytes()?).with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(samples.len())
}

/// Measures by cross-validation and leaving out one source at a time; the tables as Markdown.
///
/// # Errors
/// When the data cannot be read.
pub fn evaluate(root: &Path, folder: &Path, content: &[std::path::PathBuf]) -> Result<String> {
    let mut rows = rows(root, folder)?;
    let mut extra = tables::content(content)?;
    data::observe(&mut extra)?;
    rows.extend(extra);
    Ok(tables::all(&rows, &TrainOptions { folds: 3, ..TrainOptions::default() }))
}

fn rows(root: &Path, folder: &Path) -> Result<Vec<Row>> {
    let own = root.join(OWN);
    let own = fs::read_to_string(&own).with_context(|| format!("cannot read `{}`", own.display()))?;
    data::load(folder, &own)
}
