//! A detector at work: its window, its pattern, then everything a value has to satisfy.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::meta::Regex;
use regex_automata::util::syntax::Config;
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::hir::literal::{Extractor, Literal};
use regex_syntax::hir::{Hir, HirKind};

use super::gate::Gate;
use super::{Anchors, Assignment, Hit, Pass};
use crate::check::{Check, iban_length, shannon};
use crate::detection::Detection;
use crate::detectors::{Spec, Trigger};
use crate::error::InspectError;

/// A reach beyond which, and a number of keywords beyond which, windows are merged even where every match begins with
/// a keyword.
const FAR: usize = 512;
const MANY: usize = 64;

/// Largest class of bytes that is spelled out to see whether a pattern begins with a keyword: `[bp]`, `[A-C]`.
const LETTERS: usize = 10;

/// A declarative detector with its pattern, compiled when the first window opens.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) spec: Spec,
    /// Every match is a word that begins with a keyword just as it is written.
    exact: bool,
    program: OnceLock<Option<Program>>,
}

/// A pattern and where it may begin. Its automaton is built when the first place passes the gate.
#[derive(Debug)]
struct Program {
    parsed: Hir,
    gate: Gate,
    automaton: OnceLock<Option<Regex>>,
    /// Every match begins with a keyword, so that the pattern need not be looked for.
    keyword_first: bool,
    /// It begins at a word boundary, which is seen without it.
    word_first: bool,
}

impl Program {
    fn new(spec: &Spec) -> Result<Self, String> {
        let parsed = parse(&spec.pattern)?;
        let gate = Gate::new(&parsed);
        let keyword_first = match &spec.trigger {
            Trigger::Keywords(words) => !spec.assigned && gate.begins(words) && starts_with_keyword(&parsed, words),
            Trigger::Digits(_) | Trigger::Token(_) => false,
        };
        let word_first = keyword_first && spec.pattern.starts_with(r"\b");
        Ok(Self { gate, parsed, automaton: OnceLock::new(), keyword_first, word_first })
    }

    fn automaton(&self) -> Option<&Regex> {
        self.automaton.get_or_init(|| build(&self.parsed).ok()).as_ref()
    }

    /// Whether a match may begin where the input does.
    fn opens(&self, input: &Input<'_>) -> bool {
        input.haystack().get(input.get_range()).is_some_and(|window| self.gate.open(window))
    }
}

/// Where words stand that support a detector.
#[derive(Debug)]
pub(super) struct Contexts {
    /// Its number, first byte, and the byte after the last, in this order.
    words: Vec<(usize, usize, usize)>,
    /// One bit for each detector that has any: most that a number opens have none, and each is asked.
    supported: Vec<u64>,
}

impl Contexts {
    /// Only whole words count, or parts of a `camelCase` or `snake_case` name: `nif` is not in `magnificent`.
    pub(super) fn new(text: &str, hits: &[Hit], anchors: &Anchors) -> Self {
        let mut words = Vec::new();
        for hit in hits.iter().filter(|hit| anchors.is_support(**hit) && is_word(text.as_bytes(), hit.start..hit.end)) {
            words.extend(anchors.supports(*hit).map(|detector| (detector, hit.start, hit.end)));
        }
        words.sort_unstable();
        let mut supported = vec![0; words.last().map_or(0, |(detector, ..)| detector / 64 + 1)];
        for (detector, ..) in &words {
            if let Some(bits) = supported.get_mut(detector / 64) {
                *bits |= 1 << (detector % 64);
            }
        }
        Self { words, supported }
    }

    /// Whether a word that supports the detector stands near a span.
    fn near(&self, detector: usize, span: &Range<usize>, near: (usize, usize)) -> bool {
        if !self.any(detector) {
            return false;
        }
        let (least, most) = (span.start.saturating_sub(near.0), span.end + near.1);
        // A word inside the value itself is no support.
        let inside = |start: usize, end: usize| start >= span.start && end <= span.end;
        let near = |(other, start, _): &&(usize, usize, usize)| *other == detector && *start < most;
        self.from(detector, least).take_while(near).any(|(_, start, end)| !inside(*start, *end))
    }

    pub(super) fn any(&self, detector: usize) -> bool {
        self.supported.get(detector / 64).is_some_and(|bits| bits >> (detector % 64) & 1 == 1)
    }

    /// The words from the first on that stands at `least` or behind it and supports the detector.
    fn from(&self, detector: usize, least: usize) -> impl Iterator<Item = &(usize, usize, usize)> {
        let from = self.words.partition_point(|(other, start, _)| (*other, *start) < (detector, least));
        self.words.iter().skip(from)
    }
}

impl Compiled {
    pub(crate) fn new(spec: Spec) -> Self {
        let exact = begins_exactly(&spec);
        Self { spec, exact, program: OnceLock::new() }
    }

    /// Whether a keyword that stands here may open a window; what can be told without the pattern.
    pub(super) fn opened_by(&self, text: &str, hit: Hit) -> bool {
        if self.spec.assigned {
            return starts_a_part(text, hit.start);
        }
        let written = |word: &String| text.as_bytes().get(hit.start..hit.end) == Some(word.as_bytes());
        let Trigger::Keywords(keywords) = &self.spec.trigger else { return false };
        !self.exact || (!inside_word(text, hit.start) && keywords.iter().any(written))
    }

    fn program(&self) -> Option<&Program> {
        // Compiling fails only for a wrong pattern, which `cargo test` sees for every entry.
        self.program.get_or_init(|| Program::new(&self.spec).ok()).as_ref()
    }

    /// Whether the pattern can be compiled, and what is wrong with it if not.
    ///
    /// # Errors
    /// The message of the regular expression compiler.
    pub(crate) fn compile(&self) -> Result<(), InspectError> {
        let built = Program::new(&self.spec).and_then(|program| build(&program.parsed));
        built.map(|_| ()).map_err(|error| InspectError::spec(&self.spec.id, error))
    }

    /// Looks around all the places where this detector's keywords stand, each byte once.
    pub(super) fn around(
        &self,
        index: usize,
        pass: Pass<'_>,
        keywords: &[u64],
        contexts: &Contexts,
        found: &mut Vec<Detection>,
    ) {
        let Some(program @ Program { gate, keyword_first, word_first, .. }) = self.program() else { return };
        // Many keywords with far windows would have the same bytes read again and again: then search them once.
        let anchored = *keyword_first && (self.spec.reach <= FAR || keywords.len() <= MANY);
        let mut from = 0;
        let mut hits = keywords.iter().filter_map(|opened| pass.hits.get(*opened as u32 as usize)).peekable();
        while let Some(hit) = hits.next() {
            if anchored {
                if hit.start >= from && !(*word_first && inside_word(pass.text, hit.start)) {
                    let end = pass.text.len().min(hit.start + self.spec.reach);
                    let window = pass.text.as_bytes().get(hit.start..end);
                    if window.is_some_and(|window| gate.open(window) && gate.may_lie_in(window)) {
                        let input = Input::new(pass.text).range(hit.start..end).anchored(Anchored::Yes);
                        from = self.verify(index, program, input, pass, contexts, found).unwrap_or(from);
                    }
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
            if !pass.text.as_bytes().get(from..end).is_some_and(|window| gate.may_lie_in(window)) {
                continue;
            }
            while from < end {
                let Some(skipped) = pass.text.as_bytes().get(from..end).and_then(|window| gate.seek(window)) else {
                    break;
                };
                let input = Input::new(pass.text).range(from + skipped..end);
                let Some(next) = self.verify(index, program, input, pass, contexts, found) else { break };
                from = next.max(from + 1);
            }
        }
    }

    /// Looks at what is assigned to a name in which a keyword stands.
    pub(super) fn assigned(
        &self,
        index: usize,
        pass: Pass<'_>,
        assignment: &Assignment,
        contexts: &Contexts,
        found: &mut Vec<Detection>,
    ) {
        let Some(value) = pass.text.get(assignment.value.clone()) else { return };
        let name = pass.text.get(assignment.name.clone()).unwrap_or_default();
        if !names_credential(name) {
            return;
        }
        let Some(program) = self.program().filter(|program| program.gate.fits(value.as_bytes())) else { return };
        let whole = Input::new(value).anchored(Anchored::Yes);
        if program.automaton().is_some_and(|pattern| pattern.is_match(whole)) {
            self.judge(index, assignment.value.clone(), pass, contexts, found);
        }
    }

    /// Whether it may report something in a text without a word that supports it.
    pub(super) fn reports_alone(&self) -> bool {
        self.spec.score.0.max(self.spec.bare.0) > 0.0
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
        let Some(program) = self.program() else { return };
        let end = pass.text.len().min(start + self.spec.reach);
        let input = Input::new(pass.text).range(start..end).anchored(Anchored::Yes);
        if program.opens(&input) {
            self.verify(index, program, input, pass, contexts, found);
        }
    }

    /// Reports the first match if its value holds; returns where to go on, or None if nothing matched.
    fn verify(
        &self,
        index: usize,
        program: &Program,
        input: Input<'_>,
        pass: Pass<'_>,
        contexts: &Contexts,
        found: &mut Vec<Detection>,
    ) -> Option<usize> {
        let pattern = program.automaton()?;
        let whole = pattern.find(input.clone())?;
        let mut span = whole.range();
        if pattern.group_info().group_len(PatternID::ZERO) > 1 {
            let mut captures = pattern.create_captures();
            pattern.captures(input.range(whole.range()), &mut captures);
            span = captures.get_group(1).map_or(span, |group| group.range());
        }
        self.judge(index, span, pass, contexts, found);
        Some(whole.end())
    }

    /// Reports a value of the right form if everything else holds.
    fn judge(&self, index: usize, span: Range<usize>, pass: Pass<'_>, contexts: &Contexts, found: &mut Vec<Detection>) {
        let Some(value) = pass.text.get(span.clone()) else { return };
        let spec = &self.spec;
        if !matches!(spec.trigger, Trigger::Keywords(_)) && is_part(pass.text.as_bytes(), &span) {
            return;
        }
        let stopped = || {
            let value = value.to_ascii_lowercase();
            spec.stop.iter().any(|word| value.contains(word.as_str()))
        };
        if !spec.checks.iter().all(|check| check.holds(value))
            || (spec.entropy > 0.0 && shannon(value) < spec.entropy)
            || (!spec.stop.is_empty() && stopped())
        {
            return;
        }
        let boost = spec.boost.filter(|check| check.holds(value));
        let near = !spec.context.is_empty() && contexts.near(index, &span, spec.near);
        let supported = near || boost.is_some();
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
                evidence: self.evidence(near, boost.map(Check::name)),
            });
        }
    }

    fn evidence(&self, near: bool, boost: Option<&str>) -> String {
        let mut words = vec!["form"];
        words.extend(self.spec.checks.iter().map(|check| check.name()));
        words.extend((self.spec.entropy > 0.0).then_some("entropy"));
        words.extend(boost);
        words.extend(near.then_some("context"));
        words.join(" + ")
    }
}

/// Whether the pattern is `\b(` and alternatives that begin with a keyword as it is written.
fn begins_exactly(spec: &Spec) -> bool {
    let Trigger::Keywords(keywords) = &spec.trigger else { return false };
    let escaped = |word: &String| {
        let special =
            |letter: char| if ".$+*?()[]{}|^\\".contains(letter) { format!("\\{letter}") } else { letter.into() };
        word.chars().map(special).collect::<String>()
    };
    let Some(alternatives) = spec.pattern.strip_prefix(r"\b(") else { return false };
    let prefixes: Vec<String> = keywords.iter().map(escaped).collect();
    alternatives.split('|').all(|one| prefixes.iter().any(|prefix| one.starts_with(prefix.as_str())))
}

/// Whether the byte before belongs to the same word.
fn inside_word(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether a part of a name begins here: `lob` in `lobKey` and `myLobKey`, but not in `globalKey`.
fn starts_a_part(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    !before.is_some_and(u8::is_ascii_alphabetic)
        || (before.is_some_and(u8::is_ascii_lowercase) && text.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase))
}

/// Whether a name says that its value opens something, rather than counts or describes.
fn names_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "key", "token", "secret", "pass", "pwd", "auth", "cred", "access", "client", "api", "_id", "license", "login",
        "_pat", "session", "dsn",
    ]
    .iter()
    .any(|word| name.contains(word))
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
            let text = bytes.get(..before).unwrap_or_default();
            row(value)
                && (byte(further).is_ascii_digit() && ended_by(text, value)
                    || in_account(text, value, bytes.get(span.end..).unwrap_or_default()))
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

/// Whether a value stands in the groups of an IBAN: from one that begins so to the length that its country has.
fn in_account(before: &[u8], value: &[u8], after: &[u8]) -> bool {
    let mut len = value.iter().filter(|byte| **byte != b' ').count();
    // The rest of the last group of the value, then whole groups.
    let mut behind = vec![0];
    for group in after.split(|byte| *byte == b' ').skip(usize::from(after.starts_with(b" "))).take(MOST_GROUPS) {
        let account = group.iter().take(5).take_while(|byte| is_account(**byte)).count();
        behind.extend(behind.last().map(|last: &usize| last + account));
        if account != 4 || account < group.len() {
            break;
        }
    }
    for part in before.rsplit(|byte| *byte == b' ').take(MOST_GROUPS) {
        let own = part.iter().rev().take(5).take_while(|byte| is_account(**byte)).count();
        // `"DE12`, `iban=DE12`: it may begin in the part.
        let Some(group) = part.get(part.len() - own..).filter(|group| group.len() == 4) else { return false };
        len += group.len();
        let long = iban_length(group).is_some_and(|long| behind.iter().any(|more| len + more == long));
        if long && group.iter().skip(2).all(u8::is_ascii_digit) {
            return true;
        }
        if own < part.len() {
            return false;
        }
    }
    false
}

/// The longest IBAN has so many groups of four.
const MOST_GROUPS: usize = 9;

fn is_account(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
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

pub(super) fn parse(pattern: &str) -> Result<Hir, String> {
    regex_automata::util::syntax::parse_with(pattern, &syntax()).map_err(|error| error.to_string())
}

/// No backtracking: automata only, with a cap on their size. Windows are small and most patterns match seldom, so
/// what would make long searches faster (prefilters, full and one-pass tables) costs more to build than it saves.
pub(super) fn build(pattern: &Hir) -> Result<Regex, String> {
    Regex::builder()
        .configure(
            Regex::config()
                .backtrack(false)
                .onepass(false)
                .dfa(false)
                .auto_prefilter(false)
                .utf8_empty(false)
                .nfa_size_limit(Some(4 << 20)),
        )
        .build_from_hir(pattern)
        .map_err(|error| error.to_string())
}

/// Whether every match of a detector begins with one of its keywords.
pub(super) fn begins_with_keyword(spec: &Spec) -> bool {
    match &spec.trigger {
        Trigger::Keywords(words) => {
            !spec.assigned && parse(&spec.pattern).is_ok_and(|pattern| starts_with_keyword(&pattern, words))
        }
        Trigger::Digits(_) | Trigger::Token(_) => false,
    }
}

/// What every match begins with, if the pattern has it as one literal; cheaper than to spell out every beginning.
fn first_literal(hir: &Hir) -> Option<&[u8]> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(&literal.0),
        HirKind::Capture(capture) => first_literal(&capture.sub),
        HirKind::Concat(parts) => {
            first_literal(parts.iter().find(|part| !matches!(part.kind(), HirKind::Empty | HirKind::Look(_)))?)
        }
        _ => None,
    }
}

/// Whether every match begins with one of the keywords.
fn starts_with_keyword(hir: &Hir, keywords: &[String]) -> bool {
    if let Some(literal) = first_literal(hir) {
        let begins =
            |word: &String| literal.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
        if keywords.iter().any(begins) {
            return true;
        }
    }
    // Keywords are longer than what few bytes in place of one letter would spell out.
    let longest = keywords.iter().map(String::len).max().unwrap_or_default();
    let prefixes = Extractor::new().limit_class(LETTERS).limit_literal_len(longest).limit_total(400).extract(hir);
    let begins = |literal: &Literal| {
        let bytes = literal.as_bytes();
        keywords
            .iter()
            .any(|word| bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
    };
    prefixes.literals().is_some_and(|literals| !literals.is_empty() && literals.iter().all(begins))
}
