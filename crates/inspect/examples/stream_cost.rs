//! What streaming costs and how much it holds, over a file or made-up hostile texts.
//!
//! `cargo run --release -p redan-inspect --example stream_cost [FILE]...`; a line of a `.jsonl` file is one text
//! (its field `text`).

use std::sync::Arc;
use std::time::Instant;

use redan_inspect::deidentify::{Policy, Session};
use redan_inspect::stream::Stream;
use redan_inspect::{Channel, Context, Inspector, Options};

fn texts(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    if !path.ends_with(".jsonl") {
        return vec![text];
    }
    let field =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?.get("text")?.as_str().map(str::to_string);
    text.lines().filter_map(field).collect()
}

fn measure(name: &str, texts: &[String], size: usize) -> Result<(), Box<dyn std::error::Error>> {
    let inspector = Arc::new(Inspector::new(Options::default())?);
    inspector.inspect("x", &Context::default());
    let mut session = Session::new(Policy::default())?;
    let (mut bytes, mut held, mut pushes, mut most, mut late) = (0, 0, 0, 0, 0);
    let start = Instant::now();
    for text in texts {
        let mut stream = Stream::new(Arc::clone(&inspector), Context::of(Channel::Output), &mut session);
        for chunk in text.as_bytes().chunks(size) {
            stream.push(chunk);
            held += stream.held();
            most = most.max(stream.held());
            late += usize::from(stream.held() > 100);
            pushes += 1;
        }
        stream.finish();
        bytes += text.len();
    }
    let streamed = start.elapsed().as_secs_f64();
    let start = Instant::now();
    for text in texts {
        inspector.inspect(text, &Context::of(Channel::Output));
    }
    let whole = start.elapsed().as_secs_f64();
    let per_kb = |seconds: f64| seconds * 1e6 / (bytes as f64 / 1024.0);
    println!(
        "{name:40} {bytes:>9} bytes in chunks of {size:>5}: {:7.1} us/KB (whole text {:5.1}), held {:5.1} on average, {most} at most, over 100 in {:.0} %",
        per_kb(streamed),
        per_kb(whole),
        held as f64 / f64::from(pushes),
        100.0 * late as f64 / f64::from(pushes),
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    for file in &files {
        let texts = texts(file);
        for size in [4, 64, 4096] {
            measure(file.rsplit('/').next().unwrap_or(file), &texts, size)?;
        }
    }
    if !files.is_empty() {
        return Ok(());
    }
    let hostile = [
        ("one token", "a".repeat(1 << 20)),
        ("digits", "4111 1111 1111 1111 ".repeat(50_000)),
        ("addresses", "a@example.com,".repeat(70_000)),
        ("at signs", "@".repeat(1 << 20)),
        ("capitals", "Word ".repeat(200_000)),
        ("begin lines", "-----BEGIN PRIVATE KEY----- ".repeat(40_000)),
        ("key prefixes", "sk-ant-".repeat(150_000)),
        ("punctuation", "({[<".repeat(1 << 18)),
        ("four bytes", "😀".repeat(1 << 18)),
    ];
    for (name, text) in hostile {
        measure(name, &[text], 4)?;
    }
    Ok(())
}
