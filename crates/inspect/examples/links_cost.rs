//! What looking for exfiltration and active output costs over files, and what it finds.
//!
//! `cargo run --release -p redan-inspect --example links_cost [--dump] FILE...`; a line of a `.jsonl` file is one text
//! (its field `text`).

use std::time::Instant;

use redan_inspect::{Channel, Context, Inspector, Options};

fn texts(path: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
    if !path.ends_with(".jsonl") {
        return vec![text];
    }
    let field =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?.get("text")?.as_str().map(str::to_string);
    text.lines().filter_map(field).collect()
}

/// Every detection of any score, in each channel, with and without an earlier conversation.
fn dump(texts: &[String], only: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let thresholds = only.iter().map(|name| (name.clone(), 0.0)).collect();
    let inspector = Inspector::new(Options { only: only.to_vec(), thresholds, ..Options::default() })?;
    let said = "I use version1 of the installation guide, the license file and build42; see https://docs.rs/serde.";
    for (number, text) in texts.iter().enumerate() {
        for channel in [Channel::Output, Channel::Document, Channel::Tool] {
            for conversation in [Vec::new(), vec![said.to_string()]] {
                let context = Context { conversation, ..Context::of(channel) };
                for found in inspector.inspect(text, &context).detections {
                    println!("{number} {channel:?} {} {found:?}", context.conversation.len());
                }
            }
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let dumps = files.first().is_some_and(|first| first == "--dump");
    files.retain(|file| file != "--dump");
    let texts: Vec<String> = files.iter().flat_map(|file| texts(file)).collect();
    let only: Vec<String> = vec!["exfiltration".into(), "output".into()];
    if dumps {
        return dump(&texts, &only);
    }
    let inspector = Inspector::new(Options { only, ..Options::default() })?;
    let bytes: usize = texts.iter().map(String::len).sum();
    for channel in [Channel::Output, Channel::Document] {
        let context = Context::of(channel);
        let start = Instant::now();
        let found: usize = texts.iter().map(|text| inspector.inspect(text, &context).detections.len()).sum();
        let spent = start.elapsed().as_secs_f64() * 1e6 / (bytes as f64 / 1024.0);
        println!("{channel:?}: {bytes} bytes in {} texts, {spent:.2} us/KB, {found} found", texts.len());
    }
    Ok(())
}
