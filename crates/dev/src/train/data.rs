//! The texts that the injection model is trained on and measured with.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use redan_inspect::Channel;
use redan_inspect::injection::Observer;
use serde_json::Value;

/// A labelled text with its origin.
pub struct Row {
    /// The text.
    pub text: String,
    /// The file it comes from, or `own`.
    pub source: String,
    /// Who wrote it.
    pub channel: Channel,
    /// Whether it is labelled as an attack.
    pub attack: bool,
    /// Near-duplicates share it.
    pub group: u64,
    /// How much it counts in training, 1 for most.
    pub weight: f32,
    /// What structure says of it.
    pub structure: f32,
    /// Whether the model may learn from it.
    pub train: bool,
}

/// Files whose terms or labels allow measuring only: the second are tasks and requests that are an attack only by
/// standing in a table or an e-mail, which is what structure looks for.
const EVALUATE_ONLY: [&str; 4] = ["cyberseceval_pi", "cyberseceval_pi_multilingual", "bipia_payloads", "bipia"];

/// Files whose texts are content rather than somebody's words.
const CONTENT: [&str; 2] = ["bipia", "bipia_payloads"];

/// Every `*.dev.jsonl` of a folder, and the texts written for this project.
pub fn load(folder: &Path, own: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("cannot read `{}`", folder.display()))?
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".dev.jsonl"))
        .collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().trim_end_matches(".dev.jsonl").to_string();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        for line in text.lines() {
            rows.push(row(&name, &serde_json::from_str(line)?));
        }
    }
    rows.extend(written(own)?);
    spread(&mut rows);
    observe(&mut rows)?;
    Ok(rows)
}

fn row(name: &str, value: &Value) -> Row {
    let field = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
    let attack = value.get("label").and_then(Value::as_i64) == Some(1);
    let content = CONTENT.contains(&name) || field("kind") == "indirect";
    let own_context = field("source") == "bipia/ctx-email" || field("source") == "bipia/ctx-code";
    let cluster = value.get("cluster").map(ToString::to_string).unwrap_or_default();
    Row {
        text: field("text"),
        source: name.to_string(),
        channel: if content { Channel::Document } else { Channel::User },
        attack,
        group: hash(&(name, cluster)),
        weight: 1.0,
        structure: 0.0,
        train: !EVALUATE_ONLY.contains(&name) || (own_context && !attack),
    }
}

/// The same for the same value in every run.
pub fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Texts of a source of this size count as one each.
const USUAL: f32 = 300.0;

/// Members of one group share the weight of its square root; a large source counts less a text, a small one more.
fn spread(rows: &mut [Row]) {
    let mut groups: BTreeMap<u64, f32> = BTreeMap::new();
    for row in rows.iter() {
        *groups.entry(row.group).or_default() += 1.0;
    }
    let mut sources: BTreeMap<(String, bool), f32> = BTreeMap::new();
    for row in rows.iter_mut() {
        row.weight = 1.0 / groups.get(&row.group).copied().unwrap_or(1.0).sqrt();
        *sources.entry((row.source.clone(), row.attack)).or_default() += row.weight;
    }
    for row in rows {
        let size = sources.get(&(row.source.clone(), row.attack)).copied().unwrap_or(USUAL);
        row.weight *= (USUAL / size).powf(0.3);
    }
}

/// Templates with slots: `= NAME: a | b` names a slot, `> LABEL CHANNEL COUNT` heads lines that are drawn COUNT times
/// each, `{NAME}` draws from a slot, `\n` is a line break. A line and its draws are one group.
pub fn written(text: &str) -> Result<Vec<Row>> {
    let mut slots: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut rows = Vec::new();
    let mut head = (false, Channel::User, 1_u64);
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if let Some(slot) = line.strip_prefix("= ") {
            let (name, values) = slot.split_once(": ").with_context(|| format!("`{line}` has no values"))?;
            slots.insert(name, values.split(" | ").collect());
        } else if let Some(new) = line.strip_prefix("> ") {
            let [label, channel, count] = new.split(' ').collect::<Vec<_>>()[..] else {
                bail!("`{line}` is not `> LABEL CHANNEL COUNT`")
            };
            head = (label == "attack", channel.parse().map_err(anyhow::Error::msg)?, count.parse()?);
        } else {
            let group = hash(&line);
            for draw in 0..head.2 {
                let text = fill(line, &slots, group.wrapping_add(draw.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
                rows.push(Row {
                    text,
                    source: "own".into(),
                    channel: head.1,
                    attack: head.0,
                    group,
                    weight: 1.0,
                    structure: 0.0,
                    train: true,
                });
            }
        }
    }
    Ok(rows)
}

/// Draws a value for each slot; values may have slots, four deep at most.
fn fill(line: &str, slots: &BTreeMap<&str, Vec<&str>>, mut state: u64) -> String {
    let mut text = line.replace("\\n", "\n");
    for _ in 0..4 {
        let mut filled = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let known = after.split_once('}').and_then(|(name, after)| Some((slots.get(name)?, after)));
            if let Some((values, after)) = known {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                filled.push_str(values[(state >> 33) as usize % values.len()]);
                rest = after;
            } else {
                filled.push('{');
                rest = after;
            }
        }
        filled.push_str(rest);
        if filled == text {
            break;
        }
        text = filled;
    }
    text
}

/// Lets structure have its say on each text.
pub fn observe(rows: &mut [Row]) -> Result<()> {
    let observer = Observer::new()?;
    for row in rows {
        row.structure = observer.structure(&row.text, row.channel);
    }
    Ok(())
}
