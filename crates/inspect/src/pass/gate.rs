//! What the first bytes of a match can be: tells most places apart from a match before a pattern is even built.
//!
//! Of several hundred patterns an ordinary text opens windows for most and has a match for few. Which bytes can stand
//! at each of the first places of a match is read from the parsed pattern in one walk, and costs a small part of what
//! its automaton costs.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::numbers::next_digit;

/// Places that are looked at; one bit each of a row of places.
const PLACES: usize = 64;

/// Bytes that may stand at one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bytes([u64; 4]);

impl Bytes {
    #[inline]
    fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|bits| bits >> (byte & 63) & 1 == 1)
    }

    fn add(&mut self, byte: u8) {
        if let Some(bits) = self.0.get_mut(usize::from(byte >> 6)) {
            *bits |= 1 << (byte & 63);
        }
    }

    fn extend(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// None if the class is not one of single bytes.
    fn of(class: &Class) -> Option<Self> {
        let mut all = Self::default();
        let bytes = match class {
            Class::Bytes(bytes) => bytes.clone(),
            Class::Unicode(letters) => letters.to_byte_class()?,
        };
        bytes.ranges().iter().flat_map(|range| range.start()..=range.end()).for_each(|byte| all.add(byte));
        Some(all)
    }
}

/// What every match of a pattern begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gate {
    /// As many as the shortest match has bytes, or [`PLACES`].
    first: Vec<Bytes>,
    /// The place at which the fewest bytes may stand, and those.
    rare: Option<(usize, Rare)>,
    /// Every match has a digit in it, and most windows have none: at most so many bytes stand before its first one.
    digit: Option<usize>,
    /// A rare byte that is in every match.
    needed: Option<u8>,
    /// Bytes of the shortest and of the longest match.
    least: usize,
    most: usize,
}

/// What may stand at a place, for a search.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rare {
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
    Digit,
    More(Box<[bool; 256]>),
}

impl Rare {
    fn new(wanted: &Bytes) -> Self {
        let bytes: Vec<u8> = (0..=u8::MAX).filter(|byte| wanted.has(*byte)).collect();
        match *bytes {
            [one] => Self::One(one),
            [one, two] => Self::Two(one, two),
            [one, two, three] => Self::Three(one, two, three),
            _ if bytes.iter().eq(b"0123456789") => Self::Digit,
            _ => {
                let mut all = Box::new([false; 256]);
                all.iter_mut().zip(0..=u8::MAX).for_each(|(all, byte)| *all = wanted.has(byte));
                Self::More(all)
            }
        }
    }

    #[inline]
    fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::One(one) => memchr::memchr(*one, text),
            Self::Two(one, two) => memchr::memchr2(*one, *two, text),
            Self::Three(one, two, three) => memchr::memchr3(*one, *two, *three, text),
            Self::Digit => next_digit(text, 0),
            Self::More(all) => text.iter().position(|byte| all.get(usize::from(*byte)).is_some_and(|wanted| *wanted)),
        }
    }
}

impl Gate {
    pub(super) fn new(pattern: &Hir) -> Self {
        let properties = pattern.properties();
        let least = properties.minimum_len().unwrap_or(0);
        let mut walk = Walk { places: vec![Bytes::default(); PLACES], known: true };
        walk.through(pattern, 1);
        walk.places.truncate(if walk.known { least } else { 0 });
        let count = |bytes: &Bytes| bytes.0.iter().map(|bits| bits.count_ones()).sum::<u32>();
        let rare = walk.places.iter().enumerate().min_by_key(|(_, bytes)| count(bytes));
        let rare = rare.map(|(place, bytes)| (place, Rare::new(bytes)));
        Self {
            rare,
            first: walk.places,
            digit: before_digit(pattern),
            needed: RARE.iter().copied().find(|byte| has(pattern, *byte)),
            least,
            most: properties.maximum_len().unwrap_or(usize::MAX),
        }
    }

    /// Whether a match may begin with the first of these bytes. True is no promise, false is certain.
    #[inline]
    pub(super) fn open(&self, text: &[u8]) -> bool {
        text.len() >= self.least && self.first.iter().zip(text).all(|(bytes, byte)| bytes.has(*byte))
    }

    /// Whether a match may lie in this text. True is no promise, false is certain.
    #[inline]
    pub(super) fn may_lie_in(&self, text: &[u8]) -> bool {
        self.needed.is_none_or(|byte| memchr::memchr(byte, text).is_some())
    }

    /// Whether every match may begin with one of the words. True is no promise, false is certain.
    pub(super) fn begins(&self, words: &[String]) -> bool {
        let Some(first) = self.first.first() else { return true };
        let begins =
            |byte: u8| words.iter().any(|word| word.bytes().next().is_some_and(|b| b.eq_ignore_ascii_case(&byte)));
        (0..=u8::MAX).filter(|byte| first.has(*byte)).all(begins)
    }

    /// Whether all of the text may be a match.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        text.len() <= self.most && self.open(text)
    }

    /// The first place of the text at which a match may begin.
    pub(super) fn seek(&self, text: &[u8]) -> Option<usize> {
        let last = text.len().checked_sub(self.least)?;
        let mut from = 0;
        while from <= last {
            // A match begins no further before its digit than its pattern allows.
            let mut to = last;
            if let Some(before) = self.digit {
                let digit = next_digit(text, from)?;
                from = from.max(digit.saturating_sub(before));
                to = to.min(digit);
            }
            let Some((place, rare)) = &self.rare else { return (from <= last).then_some(from) };
            let Some(skipped) = text.get(from + place..=to + place).and_then(|near| rare.find(near)) else {
                from = to + 1;
                continue;
            };
            let at = from + skipped;
            if self.open(text.get(at..)?) {
                return Some(at);
            }
            from = at + 1;
        }
        None
    }
}

/// Bytes that few windows have, the rarest first.
const RARE: &[u8] = b"^~|$&@;%#!+?{},[]=";

/// Whether every match has this byte in it.
fn has(part: &Hir, byte: u8) -> bool {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Capture(capture) => has(&capture.sub, byte),
        HirKind::Concat(parts) => parts.iter().any(|part| has(part, byte)),
        HirKind::Alternation(parts) => parts.iter().all(|part| has(part, byte)),
        HirKind::Repetition(repeated) => repeated.min > 0 && has(&repeated.sub, byte),
    }
}

/// The most bytes that stand in a match before its first digit; None if there may be none in it. Without a limit it
/// is more than any text has.
fn before_digit(part: &Hir) -> Option<usize> {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(literal) => literal.0.iter().position(u8::is_ascii_digit),
        HirKind::Class(class) => {
            let only =
                |bytes: Bytes| bytes != Bytes::default() && (0..=u8::MAX).all(|b| b.is_ascii_digit() || !bytes.has(b));
            Bytes::of(class).is_some_and(only).then_some(0)
        }
        HirKind::Capture(capture) => before_digit(&capture.sub),
        HirKind::Concat(parts) => {
            let mut before = 0_usize;
            for part in parts {
                if let Some(within) = before_digit(part) {
                    return Some(before.saturating_add(within));
                }
                before = before.saturating_add(part.properties().maximum_len().unwrap_or(usize::MAX));
            }
            None
        }
        HirKind::Alternation(parts) => {
            parts.iter().try_fold(0, |most, part| before_digit(part).map(|before| most.max(before)))
        }
        HirKind::Repetition(repeated) => before_digit(&repeated.sub).filter(|_| repeated.min > 0),
    }
}

struct Walk {
    places: Vec<Bytes>,
    /// Nothing stood in the pattern that a walk over single bytes cannot follow.
    known: bool,
}

impl Walk {
    /// Notes what may stand where, if the part begins at one of the places of a row; the places behind it.
    fn through(&mut self, part: &Hir, from: u64) -> u64 {
        match part.kind() {
            HirKind::Empty | HirKind::Look(_) => from,
            HirKind::Literal(literal) => literal.0.iter().fold(from, |from, byte| {
                let mut one = Bytes::default();
                one.add(*byte);
                self.note(from, &one)
            }),
            HirKind::Class(class) => {
                let Some(bytes) = Bytes::of(class) else {
                    self.known = false;
                    return 0;
                };
                self.note(from, &bytes)
            }
            HirKind::Capture(capture) => self.through(&capture.sub, from),
            HirKind::Concat(parts) => parts.iter().fold(from, |from, part| self.through(part, from)),
            HirKind::Alternation(parts) => parts.iter().fold(0, |ends, part| ends | self.through(part, from)),
            HirKind::Repetition(repeated) => {
                // Most are of one class, which is spelled out once.
                let class = match repeated.sub.kind() {
                    HirKind::Class(class) => Bytes::of(class),
                    _ => None,
                };
                let pass = |walk: &mut Self, from: u64| match &class {
                    Some(bytes) => walk.note(from, bytes),
                    None => walk.through(&repeated.sub, from),
                };
                let mut from = from;
                for _ in 0..repeated.min {
                    from = pass(self, from);
                    // Nothing is left to note, or the part was empty.
                    if from == 0 {
                        return 0;
                    }
                    if repeated.sub.properties().maximum_len() == Some(0) {
                        break;
                    }
                }
                let mut ends = from;
                // A place that was begun from before leads nowhere new.
                let (mut begun, mut next) = (from, from);
                for _ in repeated.min..repeated.max.unwrap_or(u32::MAX) {
                    next = pass(self, next) & !begun;
                    if next == 0 {
                        break;
                    }
                    begun |= next;
                    ends |= next;
                }
                ends
            }
        }
    }

    /// One of the bytes at each place of a row; the row one further.
    fn note(&mut self, from: u64, bytes: &Bytes) -> u64 {
        let mut left = from;
        while left != 0 {
            if let Some(place) = self.places.get_mut(left.trailing_zeros() as usize) {
                place.extend(bytes);
            }
            left &= left - 1;
        }
        from << 1
    }
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;
    use regex_automata::{Anchored, Input};

    use super::*;
    use crate::pass::window::{build, parse};

    fn gate(pattern: &str) -> Gate {
        Gate::new(&parse(pattern).unwrap())
    }

    #[test]
    fn places_that_cannot_begin_a_match_are_told_without_it() {
        let gate = gate(r"\b(sk_(?:live|test)_[0-9a-f]{4,8})(?:[^A-Za-z0-9_-]|$)");
        assert!(gate.open(b"sk_live_12ab"));
        for text in ["sk_live_12a", "sk_lifo_12ab", "sk_live-12ab", "sk_test_12ag", ""] {
            assert!(!gate.open(text.as_bytes()), "{text}");
        }
        assert_eq!(gate.seek(b"a sk_ and sk_test_0000."), Some(10));
        assert_eq!(gate.seek(b"a sk_ and sk_tes"), None);
    }

    #[test]
    fn a_value_has_the_length_of_a_match() {
        let gate = gate(r"(?i:[0-9a-f]{4})\z");
        assert!(gate.fits(b"12aF"));
        assert!(!gate.fits(b"12aF0") && !gate.fits(b"12a"));
    }

    #[test]
    fn a_pattern_that_needs_a_digit_is_not_looked_for_without_one() {
        for (pattern, before) in [
            (r"\bage:? ?([1-9][0-9])\b", Some(5)),
            (r"(?:a\d|b\d{2}|7)c", Some(1)),
            (r"a[^:]*:7", Some(usize::MAX)),
            (r"a\d*b", None),
            (r"a(?:\d|x)b", None),
            (r"[0-9a]b", None),
        ] {
            assert_eq!(gate(pattern).digit, before, "{pattern}");
        }
        assert_eq!(gate(r"[a-z]\d").seek(b"abcdefg"), None);
        assert_eq!(gate(r"[a-z]\d").seek(b"abcdefg7"), Some(6));
        assert_eq!(gate(r"a:?\d").seek(b"a 1 a:: 22 a:3"), Some(11));
    }

    #[test]
    fn a_pattern_that_needs_a_rare_byte_is_not_looked_for_without_it() {
        let gate = gate(r"(?:a|b@)?x+(?:@|,@)\w");
        assert!(gate.may_lie_in(b"x@") && !gate.may_lie_in(b"ax,x"));
    }

    const PARTS: &[&str] = &[
        "a",
        "b",
        "[a-c]",
        r"\d",
        r"\b",
        "ab?",
        "(a|bc){1,3}",
        "[^a]{2}",
        "(?:a|$)",
        "(?:b*c?)*",
        "a{0,70}",
        r"\.",
        "(?:b|)",
        "(?:a|bc|[1.]{3})",
        "(?i:aB)",
        "c+",
        "@?",
        "(?:@|[ab]@)",
        r"\d{2}",
    ];

    proptest::proptest! {
        #[test]
        fn no_match_is_turned_away(
            parts in proptest::collection::vec(proptest::sample::select(PARTS), 1..7),
            text in "[abc1. @]{0,80}",
        ) {
            let pattern = parts.concat();
            let Ok(regex): Result<Regex, _> = parse(&pattern).and_then(|hir| build(&hir)) else { return Ok(()) };
            let gate = gate(&pattern);
            let bytes = text.as_bytes();
            for at in 0..=bytes.len() {
                if let Some(found) = regex.find(Input::new(bytes).range(at..).anchored(Anchored::Yes)) {
                    proptest::prop_assert!(gate.open(&bytes[at..]), "{pattern:?} {text:?} {at}");
                    proptest::prop_assert!(gate.fits(&bytes[found.range()]), "{pattern:?} {text:?} {at}");
                    proptest::prop_assert!(gate.may_lie_in(&bytes[found.range()]), "{pattern:?} {text:?} {at}");
                }
            }
            if let Some(found) = regex.find(bytes) {
                proptest::prop_assert!(gate.seek(bytes).is_some_and(|at| at <= found.start()), "{pattern:?} {text:?}");
            }
        }
    }
}
