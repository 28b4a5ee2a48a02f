//! What an inspection costs, stage by stage, and what it finds.
//!
//! `cargo run --release -p redan-inspect --example inspect_cost [--dump | --count] FILE...`
//!
//! Files are cut into chunks of about 1.5 KB; a line of a `.jsonl` file is one text (its field `text` or `prompt`).
//! Printed are microseconds per KB of text on one core: of the whole inspection, and of each stage. `--dump` prints
//! every detection of any score instead, to compare two versions; `--count` only looks, for an instruction counter.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use redan_inspect::{Category, Channel, Context, Inspector, Options};

/// That of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CHUNK: usize = 1536;

/// How often the texts are read for one figure.
const ROUNDS: usize = 20;

fn texts(path: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
    if path.ends_with(".jsonl") {
        let field = |line: &str| {
            let value = serde_json::from_str::<serde_json::Value>(line).ok()?;
            value.get("text").or(value.get("prompt"))?.as_str().map(str::to_string)
        };
        return text.lines().filter_map(field).collect();
    }
    let mut chunks = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.ceil_char_boundary(CHUNK.min(rest.len())));
        chunks.push(chunk.to_string());
        rest = after;
    }
    chunks
}

fn dump(inspector: &Inspector, texts: &[String]) {
    for (number, text) in texts.iter().enumerate() {
        for channel in [Channel::User, Channel::Output, Channel::Document] {
            let inspection = inspector.inspect(text, &Context::of(channel));
            println!("{number} {channel} {:?}", inspection.injection);
            for found in inspection.detections {
                println!("{number} {channel} {found:?}");
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let texts: Vec<String> = files.iter().flat_map(|file| texts(file)).collect();
    let mut options = Options::default();
    if flags.iter().any(|flag| flag == "--dump") {
        options.thresholds = Category::ALL.iter().map(|category| (category.to_string(), 0.0)).collect();
        dump(&Inspector::new(options)?, &texts);
        return Ok(());
    }
    let start = Instant::now();
    let inspector = Inspector::new(options)?;
    let built = start.elapsed();
    let context = Context::of(Channel::Document);
    let kilobytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1024.0;
    if flags.iter().any(|flag| flag == "--count") {
        let found: usize = texts.iter().map(|text| inspector.inspect(text, &context).detections.len()).sum();
        println!("{kilobytes:.1} KB, {found} found");
        return Ok(());
    }
    // Patterns are compiled when they are first needed.
    for text in &texts {
        drop(inspector.inspect(text, &context));
    }
    let start = Instant::now();
    for text in texts.iter().cycle().take(texts.len() * ROUNDS) {
        drop(inspector.inspect(text, &context));
    }
    let whole = start.elapsed();
    let mut stages: BTreeMap<&str, Duration> = BTreeMap::new();
    for text in texts.iter().cycle().take(texts.len() * ROUNDS) {
        let mut last = Instant::now();
        inspector.staged(text, &context, |stage| {
            let now = Instant::now();
            *stages.entry(stage).or_default() += now - last;
            last = Instant::now();
        });
    }
    let cost = |spent: Duration| spent.as_secs_f64() * 1e6 / kilobytes / ROUNDS as f64;
    println!("{} texts, {kilobytes:.1} KB, built in {:.1} ms", texts.len(), built.as_secs_f64() * 1e3);
    println!("{:8.2} us/KB inspect", cost(whole));
    let mut stages: Vec<_> = stages.into_iter().collect();
    stages.sort_by_key(|(_, spent)| std::cmp::Reverse(*spent));
    for (stage, spent) in stages {
        println!("{:8.2} us/KB   {stage}", cost(spent));
    }
    Ok(())
}
