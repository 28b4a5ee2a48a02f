//! Inspects a text while it comes, and lets go of it as soon as nothing in it can still turn out to be a value.
//!
//! # How it decides
//!
//! Every decision is made at a place that the content defines (the end of a token, or the byte at which as much is
//! held as may be), from the content up to there. Where the chunks were cut is never asked, so the output is the
//! same for every way to cut it.
//!
//! A token that no value begins with flows at once. One that may begin a value, an *opener*, holds the text from
//! there until so many bytes follow that every detector would have had its say (`openers`). Then the detectors
//! look at the held text with the text before it as context. A value that ends close to the end of what was seen
//! keeps being held, for what follows may make it longer or decide about it.
//!
//! At most [`HOLD`] bytes are held. What is longer is known by its beginning (a secret whose kind always begins so,
//! the header of a private key, a detection that reaches the end of what was seen) and swallowed to its end.
//! What has no known beginning flows.
//!
//! What reads like a placeholder passes as it is: a stream is what a model answers, and restoring comes after.
//!
//! # What is guaranteed
//!
//! For values that are found within [`HOLD`] bytes, whose other tokens and supporting words stand within 96 bytes
//! behind their first token and 128 before it, the output is that of [`Session::deidentify`] on the whole text.
//!
//! ```
//! use std::sync::Arc;
//!
//! use redan_inspect::deidentify::{Policy, Session};
//! use redan_inspect::stream::Stream;
//! use redan_inspect::{Channel, Context, Inspector, Options};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let inspector = Arc::new(Inspector::new(Options::default())?);
//! let session = Session::new(Policy::default())?;
//! let mut stream = Stream::new(inspector, Context::of(Channel::Output), session);
//! let mut out = Vec::new();
//! for chunk in ["she is jan", "e@exam", "ple.com, I think"] {
//!     out.extend(stream.push(chunk.as_bytes()));
//! }
//! out.extend(stream.finish());
//! assert_eq!(out, b"she is <EMAIL_ADDRESS>, I think");
//! assert_eq!(stream.take_detections()[0].span, 7..23);
//! # Ok(())
//! # }
//! ```
//!
//! [`Session::deidentify`]: crate::deidentify::Session::deidentify

mod buffer;
mod frame;
mod mask;
mod openers;
mod sse;
mod unit;

use std::collections::VecDeque;
use std::sync::Arc;

use aho_corasick::automaton::StateID;

use crate::context::Context;
use crate::deidentify::{Cluster, Replace, clusters, redacted, wanted};
use crate::detection::Detection;
use crate::inspector::Inspector;

use buffer::Buffer;
use mask::Mask;
use unit::{Decoder, Unit};

pub(crate) use openers::{Opener, Openers};
pub use sse::{LONGEST_FRAME, SseStream, Stop};
pub use unit::Syntax;

/// Most bytes of text that are held back. In JSON they may be written in six times as many.
pub const HOLD: usize = 256;

/// A character may be four bytes long, so this is where it gets tight.
const FULL: usize = HOLD - 4;

/// Text before the held one that detectors see.
const BEFORE: usize = 128;

/// Text behind a value until it counts as whole.
const SETTLED: usize = 40;

/// Least text between two looks.
const STEP: usize = 32;

/// Most text that flows without a look, so that observations are reported soon.
const UNSEEN: usize = 192;

/// Text that was released and is kept as context.
const KEPT: usize = 512;

/// A text that comes in chunks, and its replacement.
#[derive(Debug)]
pub struct Stream<R> {
    inspector: Arc<Inspector>,
    context: Context,
    replace: R,
    decoder: Decoder,
    /// Bytes that are no whole character yet.
    carry: Vec<u8>,
    buffer: Buffer,
    /// All before was given.
    released: usize,
    /// All detections that end before were reported.
    reported: usize,
    /// Where the detectors looked last.
    looked: usize,
    token: Option<Token>,
    /// Where the punctuation begins that stands before the next token and may belong to it.
    lead: Option<usize>,
    /// Tokens that may begin a value: where what they hold begins, and when enough was seen.
    open: Vec<(usize, usize)>,
    /// Beginnings of tokens behind one that opens nothing: where a look may begin.
    edges: VecDeque<usize>,
    after_opener: bool,
    /// Words that always begin a secret, and which.
    secrets: VecDeque<(usize, Arc<str>)>,
    words: StateID,
    mask: Option<Mask>,
    blocked: Option<Detection>,
    detections: Vec<Detection>,
    out: Vec<u8>,
}

/// The token that is being read.
#[derive(Debug, Clone, Copy)]
struct Token {
    start: usize,
    /// With the punctuation before it.
    lead: usize,
    keyword: bool,
}

impl<R: Replace> Stream<R> {
    /// For plain text.
    pub fn new(inspector: Arc<Inspector>, context: Context, replace: R) -> Self {
        Self::with_syntax(inspector, context, replace, Syntax::Text)
    }

    /// For text of this syntax.
    pub fn with_syntax(inspector: Arc<Inspector>, context: Context, replace: R, syntax: Syntax) -> Self {
        let words = inspector.openers().start();
        Self {
            inspector,
            context,
            replace,
            decoder: Decoder::new(syntax),
            carry: Vec::new(),
            buffer: Buffer::new(syntax),
            released: 0,
            reported: 0,
            looked: 0,
            token: None,
            lead: None,
            open: Vec::new(),
            edges: VecDeque::from([0]),
            after_opener: false,
            secrets: VecDeque::new(),
            words,
            mask: None,
            blocked: None,
            detections: Vec::new(),
            out: Vec::new(),
        }
    }

    /// Takes the next bytes, gives those that are certain.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.decode(bytes, false);
        std::mem::take(&mut self.out)
    }

    /// Gives what was held. The stream can be used for a text that follows without being joined to this one.
    pub fn finish(&mut self) -> Vec<u8> {
        self.decode(&[], true);
        if let Some(mask) = self.mask.take() {
            self.unmask(mask);
        }
        if self.blocked.is_none() {
            let end = self.buffer.len();
            self.end_token(end);
            self.look(end, true);
        }
        self.restart();
        self.decoder.restart();
        std::mem::take(&mut self.out)
    }

    /// What was found since the last call; spans are bytes of everything that was pushed.
    pub fn take_detections(&mut self) -> Vec<Detection> {
        std::mem::take(&mut self.detections)
    }

    /// Why the stream ended early: nothing from there on was or will be given.
    pub fn blocked(&self) -> Option<&Detection> {
        self.blocked.as_ref()
    }

    /// Bytes of text that are held now.
    pub fn held(&self) -> usize {
        self.buffer.len() - self.released
    }

    fn decode(&mut self, bytes: &[u8], last: bool) {
        let carried = std::mem::take(&mut self.carry);
        let joined: Vec<u8>;
        let bytes = if carried.is_empty() {
            bytes
        } else {
            joined = [&carried, bytes].concat();
            &joined
        };
        let mut at = 0;
        while self.blocked.is_none() {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(unit) = self.decoder.next(rest, last) else { break };
            self.take(unit, rest.get(..unit.len).unwrap_or_default());
            at += unit.len;
        }
        if self.blocked.is_none() {
            self.carry.extend_from_slice(bytes.get(at..).unwrap_or_default());
        }
    }

    /// One character further.
    fn take(&mut self, unit: Unit, raw: &[u8]) {
        if let Some(mut mask) = self.mask.take() {
            let (takes, over) = mask.takes(unit);
            if takes {
                self.buffer.push(unit, raw);
                self.buffer.forget(self.buffer.len());
            }
            if over {
                self.unmask(mask);
            } else {
                self.mask = Some(mask);
            }
            if takes {
                return;
            }
        }
        let start = self.buffer.len();
        self.buffer.push(unit, raw);
        let end = self.buffer.len();
        let breaks = openers::is_break(unit.character);
        if self.token.is_none() && !breaks {
            self.begin_token(start);
        }
        self.follow_words(start..end);
        if breaks {
            self.end_token(start);
            if unit.character.is_whitespace() {
                self.lead = None;
            } else {
                self.lead.get_or_insert(start);
            }
            self.flow(start);
        }
        if end - self.released >= FULL {
            self.look(end, false);
        }
        if self.released > 4 * KEPT {
            self.forget(self.released - KEPT);
        }
    }

    fn begin_token(&mut self, start: usize) {
        // Only so much punctuation can belong to a value: an opening bracket and a quote.
        let lead = self.lead.take().map_or(start, |lead| lead.max(self.buffer.floor(start.saturating_sub(4))));
        if !self.after_opener {
            self.edges.push_back(start);
        }
        self.token = Some(Token { start, lead, keyword: false });
    }

    /// Follows the automaton of all words through the character just read.
    fn follow_words(&mut self, character: std::ops::Range<usize>) {
        let mut bytes = [0; 4];
        let len = character.len().min(4);
        if let (Some(to), Some(from)) =
            (bytes.get_mut(..len), self.buffer.text(character.clone()).as_bytes().get(..len))
        {
            to.copy_from_slice(from);
        }
        for (at, byte) in (character.start..).zip(bytes.into_iter().take(len)) {
            let Some(seen) = self.inspector.openers().step(&mut self.words, byte) else { continue };
            if let Some(token) = &mut self.token {
                token.keyword = true;
            }
            let start = (at + 1).saturating_sub(seen.len);
            let before = start.checked_sub(1).map_or("", |before| self.buffer.text(before..start));
            let joined = before.bytes().any(|byte| byte.is_ascii_alphanumeric());
            let kind = self.inspector.openers().secret(seen).filter(|_| start >= self.released && !joined);
            if let Some(kind) = kind {
                self.secrets.push_back((start, Arc::clone(kind)));
            }
        }
    }

    fn end_token(&mut self, end: usize) {
        let Some(token) = self.token.take() else { return };
        let text = self.buffer.text(token.start..end);
        let ahead = openers::lookahead(text, token.keyword);
        self.after_opener = ahead.is_some();
        if let Some(ahead) = ahead {
            self.open.push((token.lead.max(self.released), end + ahead));
        }
    }

    /// At the end of a token: looks if enough was seen, lets go of what begins nothing.
    fn flow(&mut self, end: usize) {
        let ready = end >= self.looked + STEP && self.open.iter().any(|(_, ready)| *ready <= end);
        if ready || end >= self.looked + UNSEEN {
            self.look(end, false);
        }
        if self.open.is_empty() && self.blocked.is_none() && self.mask.is_none() {
            let to = self.lead.unwrap_or(self.buffer.len());
            self.release(to);
        }
    }

    /// Lets the detectors look at everything up to `end` and lets go of what is decided.
    fn look(&mut self, end: usize, last: bool) {
        let target = self.released.min(self.looked).saturating_sub(BEFORE);
        let edge = self.edges.iter().rev().find(|edge| **edge <= target).copied();
        let from = edge.unwrap_or_else(|| self.buffer.floor(target));
        let mut found = self.inspector.inspect(self.buffer.text(from..end), &self.context).detections;
        for detection in &mut found {
            detection.span = detection.span.start + from..detection.span.end + from;
        }
        self.looked = end;
        let clusters = clusters(&found, |detection| wanted(&self.replace, detection));
        let settled = |cluster: &Cluster<'_>| last || cluster.span.end + SETTLED <= end;
        let armour = mask::open_armour(self.buffer.text(self.released..end)).map(|start| start + self.released);
        let to = if last { end } else { self.decided(end, &clusters, armour) };
        self.emit(to, &clusters, settled);
        if self.blocked.is_none() && !last && self.buffer.len() - self.released >= FULL {
            self.overflow(end, &clusters, armour);
        }
        let until = if last { end } else { self.released.min(end.saturating_sub(SETTLED)) };
        self.report(&found, until);
        if last || self.mask.is_some() {
            return;
        }
        self.open.retain(|(start, ready)| *start >= self.released && *ready > end);
        // What was found but may go on is looked at again.
        let unsettled = clusters.iter().filter(|cluster| !settled(cluster) && cluster.span.end > self.released);
        self.open.extend(unsettled.map(|cluster| (cluster.span.start.max(self.released), cluster.span.end + SETTLED)));
        let armour = armour.filter(|start| *start >= self.released);
        self.open.extend(armour.map(|start| (start, end + STEP)));
        while self.secrets.front().is_some_and(|(start, _)| *start < self.released) {
            self.secrets.pop_front();
        }
    }

    /// How far everything is decided: up to the first place where a value may begin that was not seen whole.
    fn decided(&self, end: usize, clusters: &[Cluster<'_>], armour: Option<usize>) -> usize {
        let undecided = self.open.iter().filter(|(_, ready)| *ready > end).map(|(start, _)| *start);
        let unsettled = clusters.iter().filter(|cluster| cluster.span.end + SETTLED > end);
        let unsettled = unsettled.filter(|cluster| cluster.span.end > self.released).map(|cluster| cluster.span.start);
        let around = |at: usize| {
            let settled = |cluster: &&Cluster<'_>| cluster.span.end + SETTLED <= end;
            clusters.iter().filter(settled).find(|cluster| cluster.span.start < at && at < cluster.span.end)
        };
        let reading = self.token.map(|token| token.lead).or(self.lead);
        let reading = reading.map(|at| around(at).map_or(at, |cluster| cluster.span.end));
        let undecided = undecided.filter(|at| around(*at).is_none());
        let first = undecided.chain(unsettled).chain(armour).chain(reading).min();
        first.unwrap_or(end).clamp(self.released, end)
    }

    /// Gives the text up to `to`, values replaced.
    fn emit(&mut self, to: usize, clusters: &[Cluster<'_>], settled: impl Fn(&Cluster<'_>) -> bool) {
        for cluster in clusters.iter().filter(|cluster| settled(cluster)) {
            let span = cluster.span.clone();
            if span.end <= self.released || span.start >= to {
                continue;
            }
            self.release(span.start);
            if cluster.stops {
                self.block(cluster.chief);
                return;
            }
            let span = self.released..span.end;
            let value = self.buffer.text(cluster.span.clone());
            let replacement = self.replace.replacement(cluster.chief, value);
            self.out.extend_from_slice(&self.buffer.replaced(span.clone(), &replacement));
            self.released = span.end;
        }
        self.release(to);
    }

    /// Gives the text up to `to` as it is.
    fn release(&mut self, to: usize) {
        if to > self.released {
            self.out.extend_from_slice(self.buffer.raw(self.released..to));
            self.released = to;
        }
    }

    /// As much is held as may be, and nothing of it is decided.
    fn overflow(&mut self, end: usize, clusters: &[Cluster<'_>], armour: Option<usize>) {
        let held = |cluster: &&Cluster<'_>| cluster.span.end > self.released && cluster.span.end + SETTLED > end;
        let cluster = clusters.iter().find(held);
        let unbroken = self.token.map_or(end, |token| token.start);
        // A secret that was seen to its end is no beginning of a longer one.
        let goes_on = |at: usize| {
            let next = self.buffer.text(at..end).chars().next();
            next.is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, '-' | '_' | '+' | '/' | '='))
        };
        let settled = |start: usize| {
            clusters.iter().any(|one| one.span.contains(&start) && !held(&one) && !goes_on(one.span.end))
        };
        let from = unbroken.max(self.released);
        let secret = self.secrets.iter().find(|(start, _)| *start >= from && !settled(*start)).cloned();
        let begins = [cluster.map(|cluster| cluster.span.start), armour, secret.as_ref().map(|(start, _)| *start)];
        let first = begins.into_iter().flatten().min().unwrap_or(end);
        if first > self.released {
            let most = self.buffer.floor(end.saturating_sub(openers::AHEAD));
            self.emit(first.min(most), clusters, |cluster| cluster.span.end + SETTLED <= end);
            return;
        }
        let start = self.buffer.absolute(self.released);
        if armour.is_some_and(|at| at <= self.released) {
            let tail = self.buffer.text(self.buffer.floor(end.saturating_sub(16))..end).to_string();
            self.swallow(Mask::armour(start, tail));
        } else if let Some(cluster) = cluster.filter(|cluster| cluster.span.start <= self.released) {
            if cluster.stops {
                self.block(cluster.chief);
            } else if cluster.span.end < end {
                let to = cluster.span.end;
                self.emit(to, std::slice::from_ref(cluster), |_| true);
            } else {
                let mut detection = cluster.chief.clone();
                detection.span = start..start;
                self.swallow(Mask::token(detection));
            }
        } else if let Some((_, kind)) = secret {
            self.swallow(Mask::token(mask::secret(&kind, start)));
        }
    }

    /// From here on everything up to the end of the value is dropped.
    fn swallow(&mut self, mask: Mask) {
        // Never a placeholder: only a part of the value is known, and that must not be what is restored.
        match wanted(&self.replace, &mask.detection) {
            Some(true) => return self.block(&mask.detection.clone()),
            Some(false) => {}
            // The user keeps such values.
            None => return self.release(self.buffer.floor(self.buffer.len().saturating_sub(openers::AHEAD))),
        }
        let all = self.released..self.buffer.len();
        let redaction = redacted(&mask.detection.kind);
        self.out.extend_from_slice(&self.buffer.replaced(all, &redaction));
        self.restart();
        self.mask = Some(mask);
    }

    fn unmask(&mut self, mask: Mask) {
        let mut detection = mask.detection;
        detection.span.end = self.buffer.absolute(self.buffer.len());
        self.detections.push(detection);
    }

    fn block(&mut self, detection: &Detection) {
        let mut detection = detection.clone();
        if self.mask.is_none() && !detection.span.is_empty() {
            detection.span = self.buffer.absolute(detection.span.start)..self.buffer.absolute(detection.span.end);
        }
        self.detections.push(detection.clone());
        self.blocked = Some(detection);
    }

    fn report(&mut self, found: &[Detection], until: usize) {
        for detection in found.iter().filter(|found| found.span.end > self.reported && found.span.end <= until) {
            let mut detection = detection.clone();
            detection.span = self.buffer.absolute(detection.span.start)..self.buffer.absolute(detection.span.end);
            self.detections.push(detection);
        }
        self.reported = self.reported.max(until);
    }

    /// Forgets all text; offsets go on.
    fn restart(&mut self) {
        self.buffer.forget(self.buffer.len());
        (self.released, self.reported, self.looked) = (0, 0, 0);
        (self.token, self.lead, self.after_opener) = (None, None, false);
        self.open.clear();
        self.secrets.clear();
        self.edges = VecDeque::from([0]);
        self.words = self.inspector.openers().start();
    }

    /// Forgets text that no look needs any more.
    fn forget(&mut self, wanted: usize) {
        let until = self.buffer.floor(wanted.min(self.looked.saturating_sub(2 * BEFORE)));
        self.buffer.forget(until);
        self.released -= until;
        self.looked -= until;
        self.reported = self.reported.saturating_sub(until);
        self.edges.retain(|edge| *edge >= until);
        for edge in &mut self.edges {
            *edge -= until;
        }
        for (start, ready) in &mut self.open {
            (*start, *ready) = (start.saturating_sub(until), ready.saturating_sub(until));
        }
        for (start, _) in &mut self.secrets {
            *start = start.saturating_sub(until);
        }
        if let Some(token) = &mut self.token {
            (token.start, token.lead) = (token.start.saturating_sub(until), token.lead.saturating_sub(until));
        }
        if let Some(lead) = &mut self.lead {
            *lead = lead.saturating_sub(until);
        }
    }
}
