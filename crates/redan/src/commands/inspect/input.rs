//! From targets to records: a whole text, or a line of a JSONL file with the field that is looked at.

use std::borrow::Cow;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail};
use redan_domain::ReadAt as _;
use redan_source::{Found, MappedFile, WalkOptions, walk};
use serde_json::Value;

use crate::cli::InspectInput;

/// Most bytes of one JSONL line.
const LONGEST_LINE: usize = 64 << 20;

/// From this size on what was read of a file is given back to the system while the run is on.
const LARGE: usize = 32 << 20;

/// Bytes of lines that are looked at together, for each thread.
const BATCH: usize = 256 << 10;

/// Fields that are tried when none is named.
const USUAL_FIELDS: &[&str] = &["text", "prompt", "content", "input", "message", "completion", "output"];

/// One text to look at.
pub(crate) struct Record<'a> {
    /// What the user calls it: the file, or the record's own `id`, or its line.
    pub(crate) id: String,
    /// File it is in.
    pub(crate) path: &'a str,
    /// Line of a JSONL file, from 1.
    pub(crate) line: Option<u32>,
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
    /// The bytes, or why there are none; opened when they are wanted.
    content: OnceLock<Result<Content, String>>,
    lines: bool,
}

/// A line of a file whose lines are records: its number, from 1, and its bytes.
pub(crate) type Line<'a> = (u32, &'a [u8]);

enum Content {
    Mapped(MappedFile),
    Read(Vec<u8>),
}

impl Content {
    /// Reads a stream to its end. A large one goes through a file without a name, so that it is not held in memory.
    fn of(mut stream: impl Read) -> Result<Self> {
        let mut bytes = Vec::new();
        stream.by_ref().take(LARGE as u64).read_to_end(&mut bytes).context("stdin cannot be read")?;
        if bytes.len() < LARGE {
            return Ok(Self::Read(bytes));
        }
        let keep = |mut stream: &mut dyn Read| {
            let mut file = tempfile::tempfile()?;
            file.write_all(&bytes)?;
            std::io::copy(&mut stream, &mut file)?;
            MappedFile::of(file)
        };
        let file =
            keep(&mut stream).context("stdin cannot be kept in a temporary file; TMPDIR names the folder for it")?;
        Ok(Self::Mapped(file))
    }
}

impl Source {
    fn new(name: String, path: Option<PathBuf>, lines: bool) -> Self {
        Self { name, path, content: OnceLock::new(), lines }
    }

    fn content(&self) -> &Result<Content, String> {
        self.content.get_or_init(|| {
            let path = self.path.as_deref().ok_or("it has no place")?;
            MappedFile::open(path).map(Content::Mapped).map_err(|error| error.to_string())
        })
    }

    pub(crate) fn bytes(&self) -> Result<&[u8], &str> {
        match self.content() {
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
        match self.content() {
            Ok(Content::Mapped(file)) if file.size() >= LARGE as u64 => Some(file),
            _ => None,
        }
    }

    /// Hands out the lines in batches, so that memory does not grow with the file.
    pub(crate) fn batches<'a>(&'a self, mut each: impl FnMut(&[Line<'a>]) -> Result<()>) -> Result<()> {
        let bytes = self.bytes().unwrap_or_default();
        let most = BATCH * rayon::current_num_threads();
        let (mut batch, mut size, mut read, mut released) = (Vec::new(), 0, 0, 0);
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            read += line.len() + 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            batch.push((u32::try_from(index + 1).unwrap_or(u32::MAX), line));
            size += line.len();
            if size >= most {
                each(&batch)?;
                batch.clear();
                size = 0;
                if let Some(file) = self.mapped() {
                    file.release(std::mem::replace(&mut released, read)..read);
                }
            }
        }
        if batch.is_empty() { Ok(()) } else { each(&batch) }
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
            let source = Source::new("-".into(), None, input == InspectInput::Jsonl);
            sources.push(Source { content: Ok(Content::of(std::io::stdin().lock())?).into(), ..source });
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
                    let lines = match input {
                        InspectInput::Auto => has_ending(&name, &["jsonl", "ndjson"]),
                        InspectInput::Jsonl => true,
                        InspectInput::Text => false,
                    };
                    // A single file keeps the name the user gave it.
                    let name = if root.is_file() { target.clone() } else { name };
                    Source::new(name, Some(path), lines)
                }
                Found::Unreadable { name, error } => {
                    Source { content: Err(error).into(), ..Source::new(name, None, false) }
                }
            });
        }
    }
    Ok(sources)
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The text of a line; without `field` that of the first of the usual ones.
pub(crate) fn record<'a>(path: &'a str, (number, line): Line<'_>, field: Option<&str>) -> Record<'a> {
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
    let mut value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => return fail(format!("line {number} is not JSON: {error}")),
    };
    let id = match value.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => number.to_string(),
    };
    let pointer = match field {
        Some(field) if field.starts_with('/') => Some(field.to_string()),
        Some(field) => Some(format!("/{}", field.replace('.', "/"))),
        None => USUAL_FIELDS.iter().find(|field| value.get(**field).is_some()).map(|field| format!("/{field}")),
    };
    let found = pointer.as_deref().and_then(|pointer| value.pointer_mut(pointer)).map(Value::take);
    let text = match found {
        Some(Value::String(text)) => Ok(Cow::Owned(text.into_bytes())),
        // Lists of messages and the like are looked at as they are written.
        Some(other) => Ok(Cow::Owned(other.to_string().into_bytes())),
        None => {
            let fields: Vec<&str> =
                value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default();
            let there = if fields.is_empty() { "no fields".to_string() } else { fields.join(", ") };
            let wanted = field.unwrap_or("text");
            Err(format!("line {number} has no field `{wanted}`; it has {there}: name one with --field"))
        }
    };
    Record { id, path, line: Some(number), pointer: pointer.filter(|_| text.is_ok()), text, mapped: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_to_its_end_however_large() {
        for size in [0, 3, LARGE - 1, LARGE, LARGE + 70_000] {
            let content = Content::of(std::io::repeat(b'x').take(size as u64)).unwrap();
            let (bytes, kept) = match &content {
                Content::Mapped(file) => (file.bytes().unwrap(), true),
                Content::Read(bytes) => (&bytes[..], false),
            };
            assert_eq!((bytes.len(), kept), (size, size >= LARGE));
            assert!(bytes.iter().all(|byte| *byte == b'x'));
        }
    }
}
