//! A detector at work: its window, its pattern, then everything a value has to satisfy.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::meta::Regex;
use regex_automata::util::syntax::Config;
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::{Extractor, Literal};

use super::{Anchors, Hit, Pass};
use crate::check::shannon;
use crate::detection::Detection;
use crate::detectors::{Spec, Trigger};
use crate::error::InspectError;

/// A declarative detector with its pattern, compiled when the first window opens.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) spec: Spec,
    /// Every match begins with a keyword, so that the pattern need not be looked for.
    keyword_first: bool,
    pattern: OnceLock<Option<Regex>>,
}

/// Where words stand that support a detector, by detector.
#[derive(Debug)]
pub(super) struct Contexts(HashMap<usize, Vec<(usize, usize)>>);

impl Contexts {
    /// Only whole words count, or parts of a `camelCase` or `snake_case` name: `nif` is not in `magnificent`.
    pub(super) fn new(text: &str, hits: &[Hit], anchors: &Anchors) -> Self {
        let mut by_detector: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for hit in hits.iter().filter(|hit| anchors.is_support(**hit) && is_word(text.as_bytes(), hit.start..hit.end)) {
            for detector in anchors.supports(*hit) {
                by_detector.entry(detector).or_default().push((hit.start, hit.end));
            }
        }
        Self(by_detector)
    }

    /// Whether a word that supports the detector stands near a span.
    fn near(&self, detector: usize, span: &Range<usize>, near: (usize, usize)) -> bool {
        let Some(words) = self.0.get(&detector) else { return false };
        let (least, most) = (span.start.saturating_sub(near.0), span.end + near.1);
        // Sorted by start; a word inside the value itself is no support.
        let from = words.partition_point(|(start, _)| *start < least);
        let inside = |start: usize, end: usize| start >= span.start && end <= span.end;
        words.iter().skip(from).take_while(|(start, _)| *start < most).any(|(start, end)| !inside(*start, *end))
    }

    fn any(&self, detector: usize) -> bool {
        self.0.contains_key(&detector)
    }
}

impl Compiled {
    /// # Errors
    /// When the pattern is not a regular expression.
    pub(crate) fn new(spec: Spec) -> Result<Self, InspectError> {
        let hir = parse(&spec.pattern).map_err(|error| InspectError::spec(&spec.id, error))?;
        let keyword_first = match &spec.trigger {
            Trigger::Keywords(words) => starts_with_keyword(&hir, words),
            Trigger::Digits(_) | Trigger::Token(_) => false,
        };
        Ok(Self { spec, keyword_first, pattern: OnceLock::new() })
    }

    fn pattern(&self) -> Option<&Regex> {
        // Compiling fails only for a pattern that is too large, which `cargo test` sees for every entry.
        self.pattern.get_or_init(|| build(&self.spec.pattern).ok()).as_ref()
    }

    /// Whether the pattern can be compiled, and what is wrong with it if not.
    ///
    /// # Errors
    /// The message of the regular expression compiler.
    pub(crate) fn compile(&self) -> Result<(), InspectError> {
        build(&self.spec.pattern).map(|_| ()).map_err(|error| InspectError::spec(&self.spec.id, error))
    }

    /// Looks around all the places where this detector's keywords stand, each byte once.
    pub(super) fn around(
        &self,
        index: usize,
        pass: Pass<'_>,
        keywords: &[Hit],
        contexts: &Contexts,
        found: &mut Vec<Detection>,
    ) {
        let Some(pattern) = self.pattern() else { return };
        let mut from = 0;
        let mut hits = keywords.iter().peekable();
        while let Some(hit) = hits.next() {
            if self.keyword_first {
                if hit.start >= from {
                    let end = pass.text.len().min(hit.start + self.spec.reach);
                    let input = Input::new(pass.text).range(hit.start..end).anchored(Anchored::Yes);
                    from = self.verify(index, pattern, input, pass, contexts, found).unwrap_or(from);
                }
                continue;
            }
            let start = hit.start.saturating_sub(self.spec.reach).max(from);
            let mut end = hit.end + self.spec.reach;
            while let Some(next) = hits.next_if(|next| next.start <= end) {
                end = end.max(next.end + self.spec.reach);
            }
            let end = pass.text.len().min(end);
            from = from.max(start);
            while from < end {
                let input = Input::new(pass.text).range(from..end);
                let Some(next) = self.verify(index, pattern, input, pass, contexts, found) else { break };
                from = next.max(from + 1);
            }
        }
    }

    /// Looks at a number or token that starts here.
    pub(super) fn at(
        &self,
        index: usize,
        pass: Pass<'_>,
        start: usize,
        contexts: &Contexts,
        found: &mut Vec<Detection>,
    ) {
        // Without a supporting word it would not be reported anyway.
        if self.spec.score.0.max(self.spec.bare.0) <= 0.0 && !contexts.any(index) {
            return;
        }
        let Some(pattern) = self.pattern() else { return };
        let end = pass.text.len().min(start + self.spec.reach);
        let input = Input::new(pass.text).range(start..end).anchored(Anchored::Yes);
        self.verify(index, pattern, input, pass, contexts, found);
    }

    /// Reports the first match if its value holds; returns where to go on, or None if nothing matched.
    fn verify(
        &self,
        index: usize,
        pattern: &Regex,
        input: Input<'_>,
        pass: Pass<'_>,
        contexts: &Contexts,
        found: &mut Vec<Detection>,
    ) -> Option<usize> {
        let whole = pattern.find(input.clone())?;
        let mut span = whole.range();
        if pattern.group_info().group_len(PatternID::ZERO) > 1 {
            let mut captures = pattern.create_captures();
            pattern.captures(input.range(whole.range()), &mut captures);
            span = captures.get_group(1).map_or(span, |group| group.range());
        }
        let next = Some(whole.end());
        let Some(value) = pass.text.get(span.clone()) else { return next };
        let spec = &self.spec;
        if !matches!(spec.trigger, Trigger::Keywords(_)) && is_part(pass.text.as_bytes(), &span) {
            return next;
        }
        let stopped = || {
            let value = value.to_ascii_lowercase();
            spec.stop.iter().any(|word| value.contains(word.as_str()))
        };
        if !spec.checks.iter().all(|check| check.holds(value))
            || (spec.entropy > 0.0 && shannon(value) < spec.entropy)
            || (!spec.stop.is_empty() && stopped())
        {
            return next;
        }
        let supported = !spec.context.is_empty() && contexts.near(index, &span, spec.near);
        let (alone, with) = if value.bytes().all(|b| b.is_ascii_alphanumeric()) { spec.bare } else { spec.score };
        let score = if supported { with } else { alone };
        if score > 0.0 {
            found.push(Detection {
                kind: Arc::clone(&spec.kind),
                detector: Arc::clone(&spec.id),
                category: spec.category,
                span,
                score,
                view: pass.view,
                evidence: self.evidence(supported),
            });
        }
        next
    }

    fn evidence(&self, supported: bool) -> String {
        let mut words = vec!["form"];
        words.extend(self.spec.checks.iter().map(|check| check.name()));
        words.extend((self.spec.entropy > 0.0).then_some("entropy"));
        words.extend(supported.then_some("context"));
        words.join(" + ")
    }
}

/// Longest word that must stand alone to count; a longer one may be part of a compound.
const SHORT: usize = 6;

/// Whether a range of bytes is a word of its own, a plural, or a part of a compound name.
pub(crate) fn is_word(bytes: &[u8], span: Range<usize>) -> bool {
    let first = bytes.get(span.start).copied().unwrap_or_default();
    let last = bytes.get(span.end.saturating_sub(1)).copied().unwrap_or_default();
    let before = span.start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or_default();
    let after = bytes.get(span.end).copied().unwrap_or_default();
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte > 127;
    let begins = !letter(first) || !letter(before) || (before.is_ascii_lowercase() && first.is_ascii_uppercase());
    let plural = after == b's' && !bytes.get(span.end + 1).is_some_and(|next| letter(*next));
    let ends = !letter(last) || !letter(after) || plural || (last.is_ascii_lowercase() && after.is_ascii_uppercase());
    // Scripts without spaces between words have no boundaries to look for.
    span.len() > SHORT || last > 127 || (begins && ends)
}

/// Whether a number or token is a part of a longer one: of a decimal, a dotted version, a UUID, a longer row.
fn is_part(bytes: &[u8], span: &Range<usize>) -> bool {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let value = bytes.get(span.clone()).unwrap_or_default();
    // The last byte before and the first after, each with its own neighbour.
    let (before, further) = (span.start.wrapping_sub(1), span.start.wrapping_sub(2));
    let joined = match byte(before) {
        b'.' | b',' => byte(further).is_ascii_digit(),
        b'-' | b'_' | b'/' | b':' => {
            let word = bytes.get(..before).unwrap_or_default().iter().rev().take(16);
            word.take_while(|byte| byte.is_ascii_alphanumeric()).any(u8::is_ascii_digit)
        }
        b' ' => {
            row(value) && byte(further).is_ascii_digit() && ended_by(bytes.get(..before).unwrap_or_default(), value)
        }
        other => other.is_ascii_alphanumeric() || other == b'\\',
    };
    let (next, then) = (byte(span.end), byte(span.end + 1));
    let followed = match next {
        b'.' | b',' => then.is_ascii_digit() && !value.contains(&b' '),
        b'-' | b'_' | b':' => {
            let word = bytes.get(span.end + 1..).unwrap_or_default().iter().take(16);
            word.take_while(|byte| byte.is_ascii_alphanumeric()).any(u8::is_ascii_digit)
        }
        b' ' => row(value) && begun_by(bytes.get(span.end + 1..).unwrap_or_default(), value),
        other => other.is_ascii_alphanumeric(),
    };
    joined || followed
}

/// Whether the value is groups of digits between spaces.
fn row(value: &[u8]) -> bool {
    value.contains(&b' ') && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ')
}

/// Whether the text before ends in a group of digits as long as the value's first.
fn ended_by(before: &[u8], value: &[u8]) -> bool {
    let group = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    Some(group) == value.split(|byte| *byte == b' ').next().map(<[u8]>::len)
}

/// Whether the text behind begins with a group of digits as long as the value's last.
fn begun_by(after: &[u8], value: &[u8]) -> bool {
    let group = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some(group) == value.rsplit(|byte| *byte == b' ').next().map(<[u8]>::len)
}

/// ASCII classes over bytes: `\d` is ten digits, and a pattern costs little to build.
fn syntax() -> Config {
    Config::new().unicode(false).utf8(false)
}

fn parse(pattern: &str) -> Result<Hir, String> {
    regex_automata::util::syntax::parse_with(pattern, &syntax()).map_err(|error| error.to_string())
}

/// No backtracking: automata only, with a cap on their size.
fn build(pattern: &str) -> Result<Regex, String> {
    Regex::builder()
        .syntax(syntax())
        .configure(Regex::config().backtrack(false).utf8_empty(false).nfa_size_limit(Some(4 << 20)))
        .build(pattern)
        .map_err(|error| error.to_string())
}

/// Whether every match begins with one of the keywords.
fn starts_with_keyword(hir: &Hir, keywords: &[String]) -> bool {
    let prefixes = Extractor::new().limit_total(400).extract(hir);
    let begins = |literal: &Literal| {
        let bytes = literal.as_bytes();
        keywords
            .iter()
            .any(|word| bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
    };
    prefixes.literals().is_some_and(|literals| !literals.is_empty() && literals.iter().all(begins))
}
