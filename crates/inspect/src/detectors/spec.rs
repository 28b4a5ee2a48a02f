//! The declarative part of a detector: the fenced `detect` block of its entry, or a `[[detector]]` table of a user.
//!
//! ````text
//! ```detect
//! kind: US_SSN
//! digits: 9
//! pattern: \d{3}[- ]?\d{2}[- ]?\d{4}
//! check: us-ssn
//! context: ssn, social security
//! score: 0.3, 0.85
//! ```
//! ````
//!
//! `assigned` in place of `pattern` is what has to be the whole value, in any case, of a name in which a keyword
//! stands. `boost` names a check that raises the score as `context` does.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::check::Check;
use crate::detection::Category;
use crate::error::InspectError;

/// What opens a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// One of these literals, in any case; the pattern is looked for around it.
    Keywords(Vec<String>),
    /// A row of numbers with so many digits in sum (`12-34 5` has five); the pattern has to match from its start.
    Digits(Vec<RangeInclusive<u8>>),
    /// A word, or several joined by single separators, of so many letters and digits in sum, at least one of them
    /// a digit; the pattern has to match from its start.
    Token(Vec<RangeInclusive<u8>>),
}

/// What a declarative detector looks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Its entry.
    pub id: Arc<str>,
    /// What its detections are called.
    pub kind: Arc<str>,
    /// What they are about.
    pub category: Category,
    pub(crate) trigger: Trigger,
    /// Regular expression over bytes, ASCII classes; the first group is the value, else all of it.
    pub(crate) pattern: String,
    /// The keywords stand in a name, and the pattern has to match the whole value that is assigned to it.
    pub(crate) assigned: bool,
    /// A check that makes the value as likely as a word of `context` does.
    pub(crate) boost: Option<Check>,
    /// What the value has to satisfy beyond its form.
    pub(crate) checks: Vec<Check>,
    /// Least Shannon entropy of the value, bits a byte.
    pub(crate) entropy: f32,
    /// The value is none of these: compared in lower case, anywhere in it.
    pub(crate) stop: Vec<String>,
    /// Words that make it more likely when they stand near.
    pub(crate) context: Vec<String>,
    /// Without and with a word of `context` near.
    pub(crate) score: (f32, f32),
    /// The same for a value without separators, which says less.
    pub(crate) bare: (f32, f32),
    /// Bytes before and after a value in which words of `context` count.
    pub(crate) near: (usize, usize),
    /// Most bytes that the pattern looks at on each side of a keyword.
    pub(crate) reach: usize,
}

/// How far context words count unless a detector says otherwise.
const NEAR: (usize, usize) = (80, 40);

/// How far around a keyword a pattern looks unless a detector says otherwise.
const REACH: usize = 256;

/// The text of the `detect` block of an entry.
pub(super) fn block(entry: &str) -> Option<&str> {
    // There are hundreds of entries, and all of them are asked at every start.
    let find = |text: &str, mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes());
    let begin = "\n```detect\n";
    let rest = entry.get(find(entry, begin)? + begin.len()..)?;
    rest.get(..find(rest, "\n```")?)
}

/// The `kind` that a block names.
pub(super) fn kind(block: &str) -> Option<&str> {
    block.lines().find_map(|line| line.strip_prefix("kind:")).map(str::trim)
}

/// Whether a block says more than the kind. One that does not names the detections of a probe.
pub(super) fn declares(block: &str) -> bool {
    block.lines().any(|line| !line.trim().is_empty() && !line.starts_with("kind:"))
}

impl Spec {
    /// Reads the lines of a block. `score` is one number, or two: without and with context; so is `bare`, the
    /// score of a value of letters and digits only.
    ///
    /// # Errors
    /// Names the key or value that is not understood.
    pub fn parse(id: &str, category: Category, block: &str) -> Result<Self, InspectError> {
        let fail = |message: String| InspectError::spec(id, message);
        let mut spec = Self {
            id: id.into(),
            kind: id.into(),
            category,
            trigger: Trigger::Keywords(Vec::new()),
            pattern: String::new(),
            assigned: false,
            boost: None,
            checks: Vec::new(),
            entropy: 0.0,
            stop: Vec::new(),
            context: Vec::new(),
            score: (0.9, 0.9),
            bare: (f32::NAN, f32::NAN),
            near: NEAR,
            reach: REACH,
        };
        for line in block.lines().filter(|line| !line.trim().is_empty()) {
            let (key, value) = line.split_once(':').ok_or_else(|| fail(format!("`{line}` is not `key: value`")))?;
            let value = value.trim();
            let number = |text: &str| {
                text.trim().parse::<f32>().map_err(|_| fail(format!("`{text}` in `{key}` is not a number")))
            };
            let count = |text: &str| {
                text.trim().parse::<usize>().map_err(|_| fail(format!("`{text}` in `{key}` is not a count")))
            };
            match key {
                "kind" => spec.kind = value.into(),
                "keywords" => spec.trigger = Trigger::Keywords(list(value)),
                "digits" => spec.trigger = Trigger::Digits(ranges(value).map_err(fail)?),
                "token" => spec.trigger = Trigger::Token(ranges(value).map_err(fail)?),
                "pattern" => spec.pattern = value.to_string(),
                "assigned" => {
                    spec.assigned = true;
                    spec.pattern = format!(r"(?i:{value})\z");
                }
                "boost" => spec.boost = Some(named(value).map_err(fail)?),
                "check" => {
                    let checks = list(value).into_iter().map(|name| named(&name));
                    spec.checks = checks.collect::<Result<_, _>>().map_err(fail)?;
                }
                "entropy" => spec.entropy = number(value)?,
                "stop" => spec.stop = list(value).iter().map(|word| word.to_lowercase()).collect(),
                "context" => spec.context = list(value),
                "score" | "bare" => {
                    let (alone, with) = value.split_once(',').unwrap_or((value, value));
                    let score = if key == "score" { &mut spec.score } else { &mut spec.bare };
                    *score = (number(alone)?, number(with)?);
                }
                "near" => {
                    let (before, after) = value.split_once(',').unwrap_or((value, value));
                    spec.near = (count(before)?, count(after)?);
                }
                "reach" => spec.reach = count(value)?,
                _ => return Err(fail(format!("`{key}` is not a key of a detector"))),
            }
        }
        if spec.trigger == Trigger::Keywords(Vec::new()) {
            return Err(fail("it has none of `keywords`, `digits`, `token`".into()));
        }
        if spec.pattern.is_empty() {
            return Err(fail("it has no `pattern`".into()));
        }
        if spec.assigned && !matches!(spec.trigger, Trigger::Keywords(_)) {
            return Err(fail("`assigned` needs `keywords`".into()));
        }
        if spec.bare.0.is_nan() {
            spec.bare = spec.score;
        }
        Ok(spec)
    }
}

fn named(check: &str) -> Result<Check, String> {
    Check::named(check).ok_or_else(|| format!("there is no check `{check}`"))
}

/// Words between commas; a word in double quotes keeps its spaces and commas.
fn list(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some((word, after)) => (word, after.trim_start().trim_start_matches(',')),
            None => rest.split_once(',').map_or((rest.trim(), ""), |(word, after)| (word.trim(), after)),
        };
        if !word.is_empty() {
            words.push(word.to_string());
        }
        rest = after.trim_start();
    }
    words
}

/// `9`, `13-19`, `8, 10-12`.
fn ranges(value: &str) -> Result<Vec<RangeInclusive<u8>>, String> {
    let one = |text: &str| text.trim().parse::<u8>().map_err(|_| format!("`{text}` is not a count below 256"));
    value
        .split(',')
        .map(|part| match part.split_once('-') {
            Some((least, most)) => Ok(one(least)?..=one(most)?),
            None => one(part).map(|count| count..=count),
        })
        .collect()
}
