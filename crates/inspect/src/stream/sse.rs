//! Server-sent events of model APIs: the texts inside are inspected across frames, the frames stay as they are.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::Stream;
use super::frame::{Ends, Lane, Part, ends, part, walk};
use super::unit::Syntax;
use crate::context::Context;
use crate::deidentify::json::quote;
use crate::deidentify::{Decision, Replace};
use crate::detection::Detection;
use crate::inspector::Inspector;

/// Longest frame, in bytes. What is longer is not let through.
pub const LONGEST_FRAME: usize = 1 << 20;

/// A replacer that several texts share.
#[derive(Debug)]
struct Shared<R>(Arc<Mutex<R>>);

impl<R: Replace> Replace for Shared<R> {
    fn decide(&self, detection: &Detection) -> Decision {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).decide(detection)
    }

    fn replacement(&mut self, detection: &Detection, value: &str) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).replacement(detection, value)
    }
}

/// One text whose pieces come in frames.
#[derive(Debug)]
struct Text<R> {
    stream: Stream<Shared<R>>,
    /// A frame of this text with nothing in it, and where its piece belongs.
    empty: (String, usize),
}

/// A stream of server-sent events with texts in them: OpenAI's chat completions, completions and responses,
/// Anthropic's messages. Each choice, content block and tool call is a text of its own.
///
/// A frame goes out with as much text as is certain, often none; what is held when its text ends goes out in a
/// frame made like the text's last one. Frames that are not changed, and fields that are not known, pass byte
/// for byte; `logprobs` of a changed frame are emptied, because they spell the text once more. A text that comes in
/// one piece (`….done`, `response.completed`) is looked at as a whole.
#[derive(Debug)]
pub struct SseStream<R> {
    inspector: Arc<Inspector>,
    context: Context,
    replace: Arc<Mutex<R>>,
    /// The frame that is being read, and where its last line begins.
    frame: Vec<u8>,
    line: usize,
    texts: BTreeMap<Lane, Text<R>>,
    detections: Vec<(String, Detection)>,
    stopped: Option<Stop>,
}

/// Why nothing more is let through.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// The policy blocks what was found.
    Blocked(Detection),
    /// A frame was longer than [`LONGEST_FRAME`].
    FrameTooLong,
}

/// A frame with one `data` field, which may stand in several lines.
struct Frame<'a> {
    before: &'a [u8],
    data: String,
    after: Vec<u8>,
}

impl<R: Replace> SseStream<R> {
    /// A new one.
    pub fn new(inspector: Arc<Inspector>, context: Context, replace: R) -> Self {
        Self {
            inspector,
            context,
            replace: Arc::new(Mutex::new(replace)),
            frame: Vec::new(),
            line: 0,
            texts: BTreeMap::new(),
            detections: Vec::new(),
            stopped: None,
        }
    }

    /// Takes the next bytes, gives the frames that are complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.stopped.is_some() {
                break;
            }
            if self.frame.len() + piece.len() > LONGEST_FRAME {
                self.stopped = Some(Stop::FrameTooLong);
                self.frame = Vec::new();
                break;
            }
            self.frame.extend_from_slice(piece);
            if piece.last() == Some(&b'\n') {
                let line = self.frame.get(self.line..).unwrap_or_default();
                let blank = matches!(line, b"\n" | b"\r\n");
                self.line = self.frame.len();
                if blank {
                    self.complete(&mut out);
                }
            }
        }
        out
    }

    /// Gives what was held, in frames.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.stopped.is_none() {
            self.complete(&mut out);
        }
        if self.stopped.is_none() {
            self.flush(|_| true, &mut out);
        }
        out
    }

    /// What was found since the last call, each with the text it stands in (`choice 0 content`); spans are bytes
    /// of that text.
    pub fn take_detections(&mut self) -> Vec<(String, Detection)> {
        std::mem::take(&mut self.detections)
    }

    /// Why the stream ended early.
    pub fn stopped(&self) -> Option<&Stop> {
        self.stopped.as_ref()
    }

    fn complete(&mut self, out: &mut Vec<u8>) {
        let bytes = std::mem::take(&mut self.frame);
        self.line = 0;
        let Some(frame) = parse(&bytes) else {
            out.extend_from_slice(&bytes);
            return;
        };
        let Ok(value) = serde_json::from_str::<Value>(&frame.data) else {
            self.flush(|_| frame.data.trim() == "[DONE]", out);
            let data = self.whole("data", &frame.data, Syntax::Text);
            self.write(&bytes, &frame, (data != frame.data).then_some(data), out);
            return;
        };
        let ending = ends(&value);
        let own: Vec<_> = walk(&frame.data).into_iter().map(|found| (part(&found, &value), found)).collect();
        let here = |lane: &Lane| own.iter().any(|(part, _)| matches!(part, Part::Piece(here, _) if here == lane));
        let over = |lane: &Lane| match &ending {
            Ends::Nothing => false,
            Ends::Groups(groups) => groups.contains(&lane.group),
            Ends::Text(text) => lane == text,
            Ends::All => true,
        };
        self.flush(|lane| over(lane) && !here(lane), out);
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let mut pieces: Vec<(Lane, Range<usize>)> = Vec::new();
        let mut probabilities = Vec::new();
        for (part, found) in own {
            let raw = frame.data.get(found.span.clone()).unwrap_or_default();
            let Ok(text) = serde_json::from_str::<String>(raw) else {
                probabilities.push((found.span, if raw.starts_with('[') { "[]" } else { "null" }.to_string()));
                continue;
            };
            let new = match part {
                Part::Other => continue,
                Part::Whole(syntax) => self.whole(found.key(), &text, syntax),
                Part::Piece(lane, syntax) => {
                    pieces.push((lane.clone(), found.span.clone()));
                    let over = over(&lane);
                    self.piece(lane, syntax, &text, over)
                }
            };
            if new != text {
                edits.push((found.span, quote(&new)));
            }
        }
        if self.stopped.is_some() {
            return;
        }
        self.remember(&frame, &pieces, &probabilities);
        if !edits.is_empty() {
            edits.extend(probabilities);
        }
        let data = (!edits.is_empty()).then(|| edited(&frame.data, edits));
        self.write(&bytes, &frame, data, out);
    }

    /// The next piece of a text; what of it is certain.
    fn piece(&mut self, lane: Lane, syntax: Syntax, piece: &str, over: bool) -> String {
        let text = self.texts.entry(lane.clone()).or_insert_with(|| Text {
            stream: Stream::with_syntax(
                Arc::clone(&self.inspector),
                self.context.clone(),
                Shared(Arc::clone(&self.replace)),
                syntax,
            ),
            empty: (String::new(), 0),
        });
        let mut released = text.stream.push(piece.as_bytes());
        if over {
            released.extend(text.stream.finish());
        }
        collect(&lane, &mut text.stream, &mut self.detections, &mut self.stopped);
        // Cut at characters and replaced by characters, so it is text.
        String::from_utf8_lossy(&released).into_owned()
    }

    /// A text that comes in one piece.
    fn whole(&mut self, name: &str, text: &str, syntax: Syntax) -> String {
        let shared = Shared(Arc::clone(&self.replace));
        let mut stream = Stream::with_syntax(Arc::clone(&self.inspector), self.context.clone(), shared, syntax);
        let mut released = stream.push(text.as_bytes());
        released.extend(stream.finish());
        let lane = Lane { group: "whole".to_string(), name: name.to_string() };
        collect(&lane, &mut stream, &mut self.detections, &mut self.stopped);
        String::from_utf8_lossy(&released).into_owned()
    }

    /// Ends texts and gives what they held in frames of their own.
    fn flush(&mut self, over: impl Fn(&Lane) -> bool, out: &mut Vec<u8>) {
        for (lane, text) in self.texts.iter_mut().filter(|(lane, _)| over(lane)) {
            let released = text.stream.finish();
            collect(lane, &mut text.stream, &mut self.detections, &mut self.stopped);
            let (frame, at) = &text.empty;
            if let Some((before, after)) = frame.split_at_checked(*at).filter(|_| !released.is_empty()) {
                out.extend_from_slice(before.as_bytes());
                out.extend_from_slice(quote(&String::from_utf8_lossy(&released)).as_bytes());
                out.extend_from_slice(after.as_bytes());
            }
        }
        self.texts.retain(|lane, _| !over(lane));
    }

    /// Keeps, for each text with a piece in this frame, the frame without its pieces.
    fn remember(
        &mut self,
        frame: &Frame<'_>,
        pieces: &[(Lane, Range<usize>)],
        probabilities: &[(Range<usize>, String)],
    ) {
        for (lane, span) in pieces {
            let Some(text) = self.texts.get_mut(lane) else { continue };
            let blank = |other: &Range<usize>| (other.clone(), if other == span { "" } else { "\"\"" }.to_string());
            let edits = pieces.iter().map(|(_, other)| blank(other)).chain(probabilities.iter().cloned());
            let (before, after): (Vec<_>, Vec<_>) = edits.partition(|(other, _)| other.start < span.start);
            let head = String::from_utf8_lossy(frame.before).into_owned()
                + &edited(frame.data.get(..span.start).unwrap_or_default(), before);
            let after = after.into_iter().map(|(other, new)| (other.start - span.start..other.end - span.start, new));
            let tail = edited(frame.data.get(span.start..).unwrap_or_default(), after.collect());
            text.empty = (format!("{head}{tail}{}", String::from_utf8_lossy(&frame.after)), head.len());
        }
    }

    fn write(&self, bytes: &[u8], frame: &Frame<'_>, data: Option<String>, out: &mut Vec<u8>) {
        match data {
            _ if self.stopped.is_some() => {}
            None => out.extend_from_slice(bytes),
            Some(data) => {
                out.extend_from_slice(frame.before);
                out.extend_from_slice(data.as_bytes());
                out.extend_from_slice(&frame.after);
            }
        }
    }
}

fn collect<R: Replace>(
    lane: &Lane,
    stream: &mut Stream<Shared<R>>,
    detections: &mut Vec<(String, Detection)>,
    stopped: &mut Option<Stop>,
) {
    let name = format!("{} {}", lane.group, lane.name);
    detections.extend(stream.take_detections().into_iter().map(|detection| (name.clone(), detection)));
    if let Some(detection) = stream.blocked() {
        stopped.get_or_insert_with(|| Stop::Blocked(detection.clone()));
    }
}

/// Finds the data of a frame; None if it has none.
fn parse(bytes: &[u8]) -> Option<Frame<'_>> {
    let (mut first, mut data) = (None, String::new());
    let mut after = Vec::new();
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let start = at;
        at += line.len();
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        let Some(value) = content.strip_prefix(b"data:") else {
            if first.is_some() {
                after.extend_from_slice(line);
            }
            continue;
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        if first.is_none() {
            first = Some(start + content.len() - value.len());
            after.extend_from_slice(line.get(content.len()..).unwrap_or_default());
        } else {
            // White space to JSON, and never a line of its own.
            data.push(' ');
        }
        data.push_str(&String::from_utf8_lossy(value));
    }
    Some(Frame { before: bytes.get(..first?)?, data, after })
}

/// The text with parts of it exchanged.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (span, new) in edits {
        out.push_str(text.get(from..span.start).unwrap_or_default());
        out.push_str(&new);
        from = span.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}
