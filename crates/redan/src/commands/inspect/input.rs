//! From targets to records: a whole text, or a line of a JSONL file with the field that is looked at.

use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use redan_domain::ReadAt as _;
use redan_source::{Found, MappedFile, WalkOptions, walk};
use serde_json::Value;

use crate::cli::InspectInput;

/// Most bytes of one JSONL line.
const LONGEST_LINE: usize = 64 << 20;

/// From this size on what was read of a file is given back to the system while the run is on.
const LARGE: usize = 32 << 20;

/// Bytes of lines that are looked at together, in parallel.
const BATCH: usize = 8 << 20;

/// Fields that are tried when none is named.
const USUAL_FIELDS: &[&str] = &["text", "prompt", "content", "input", "message", "completion", "output"];

/// One text to look at.
pub(crate) struct Record<'a> {
    /// What the user calls it: the file, or the record's own `id`, or its line.
    pub(crate) id: String,
    /// File it is in.
    pub(crate) path: &'a str,
    /// Line of a JSONL file, from 1, and the parsed line.
    pub(crate) line: Option<(u32, Value)>,
    /// JSON pointer of the field.
    pub(crate) pointer: Option<String>,
    /// The text, or why there is none.
    pub(crate) text: Result<Cow<'a, [u8]>, String>,
    /// The file whose bytes are the text, if it is large.
    pub(crate) mapped: Option<&'a MappedFile>,
}

/// One file or stream.
pub(crate) struct Source {
    /// As shown to the user.
    pub(crate) name: String,
    /// Where it is, unless it came from stdin.
    pub(crate) path: Option<PathBuf>,
    /// The bytes, or why there are none.
    content: Result<Content, String>,
    lines: bool,
}

enum Content {
    Mapped(MappedFile),
    Read(Vec<u8>),
}

impl Source {
    pub(crate) fn bytes(&self) -> Result<&[u8], &str> {
        match &self.content {
            Ok(Content::Mapped(file)) => Ok(file.bytes().unwrap_or_default()),
            Ok(Content::Read(bytes)) => Ok(bytes),
            Err(error) => Err(error),
        }
    }

    /// Whether the bytes are no text at all: a NUL near the start, as in images and executables.
    pub(crate) fn is_binary(&self) -> bool {
        let start = self.bytes().unwrap_or_default();
        start.get(..start.len().min(8 << 10)).unwrap_or_default().contains(&0)
    }

    /// Whether each line is a record.
    pub(crate) fn is_lines(&self) -> bool {
        self.lines
    }

    /// All of it as one record.
    pub(crate) fn record(&self) -> Record<'_> {
        let text = self.bytes().map(Cow::Borrowed).map_err(str::to_string);
        Record { id: self.name.clone(), path: &self.name, line: None, pointer: None, text, mapped: self.mapped() }
    }

    /// The file, if it is large.
    fn mapped(&self) -> Option<&MappedFile> {
        match &self.content {
            Ok(Content::Mapped(file)) if file.size() >= LARGE as u64 => Some(file),
            _ => None,
        }
    }

    /// Hands out the records in batches, so that memory does not grow with the file.
    pub(crate) fn batches<'a>(
        &'a self,
        field: Option<&str>,
        mut each: impl FnMut(Vec<Record<'a>>) -> Result<()>,
    ) -> Result<()> {
        let Ok(bytes) = self.bytes() else { return each(vec![self.record()]) };
        let (mut batch, mut size, mut read, mut released) = (Vec::new(), 0, 0, 0);
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            read += line.len() + 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            batch.push(record(&self.name, number, line, field));
            size += line.len();
            if size >= BATCH {
                each(std::mem::take(&mut batch))?;
                size = 0;
                if let Some(file) = self.mapped() {
                    file.release(std::mem::replace(&mut released, read)..read);
                }
            }
        }
        if batch.is_empty() { Ok(()) } else { each(batch) }
    }
}

/// Where the texts are. `-` is stdin; a folder stands for the files in it.
///
/// # Errors
/// A target that does not exist.
pub(crate) fn sources(targets: &[String], input: InspectInput, exclude: &[String]) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for target in targets {
        if target == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).context("stdin cannot be read")?;
            let lines = input == InspectInput::Jsonl;
            sources.push(Source { name: "-".into(), path: None, content: Ok(Content::Read(bytes)), lines });
            continue;
        }
        let root = Path::new(target);
        if !root.exists() {
            bail!("`{target}` does not exist; `-` reads from stdin");
        }
        let options = WalkOptions { exclude: exclude.to_vec(), ..WalkOptions::default() };
        for found in walk(root, &options).map_err(anyhow::Error::msg)? {
            sources.push(match found {
                Found::File { path, name } => {
                    let content = MappedFile::open(&path).map(Content::Mapped).map_err(|error| error.to_string());
                    let lines = match input {
                        InspectInput::Auto => has_ending(&name, &["jsonl", "ndjson"]),
                        InspectInput::Jsonl => true,
                        InspectInput::Text => false,
                    };
                    // A single file keeps the name the user gave it.
                    let name = if root.is_file() { target.clone() } else { name };
                    Source { name, path: Some(path), content, lines }
                }
                Found::Unreadable { name, error } => Source { name, path: None, content: Err(error), lines: false },
            });
        }
    }
    Ok(sources)
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn record<'a>(path: &'a str, number: u32, line: &[u8], field: Option<&str>) -> Record<'a> {
    let fail = |message: String| Record {
        id: number.to_string(),
        path,
        line: None,
        pointer: None,
        text: Err(message),
        mapped: None,
    };
    if line.len() > LONGEST_LINE {
        return fail(format!("line {number} is longer than {} MiB", LONGEST_LINE >> 20));
    }
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => return fail(format!("line {number} is not JSON: {error}")),
    };
    let id = match value.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => number.to_string(),
    };
    let pointers: Vec<String> = match field {
        Some(field) if field.starts_with('/') => vec![field.to_string()],
        Some(field) => vec![format!("/{}", field.replace('.', "/"))],
        None => USUAL_FIELDS.iter().map(|field| format!("/{field}")).collect(),
    };
    let found = pointers.iter().find_map(|pointer| value.pointer(pointer).map(|text| (pointer.clone(), text.clone())));
    let (pointer, text) = match found {
        Some((pointer, Value::String(text))) => (Some(pointer), Ok(Cow::Owned(text.into_bytes()))),
        // Lists of messages and the like are looked at as they are written.
        Some((pointer, other)) => (Some(pointer), Ok(Cow::Owned(other.to_string().into_bytes()))),
        None => {
            let fields: Vec<&str> =
                value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default();
            let there = if fields.is_empty() { "no fields".to_string() } else { fields.join(", ") };
            let wanted = field.unwrap_or("text");
            (None, Err(format!("line {number} has no field `{wanted}`; it has {there}: name one with --field")))
        }
    };
    Record { id, path, line: Some((number, value)), pointer, text, mapped: None }
}
