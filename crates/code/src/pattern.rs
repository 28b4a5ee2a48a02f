//! Regular expressions that a backtracking engine may try for hours: two ways through a loop for the same text.
//!
//! A pattern becomes the automaton of its positions (Glushkov). It takes exponential time on some text if an edge in a
//! loop is there twice, as in `(a+)+`, or if two walks of the same text leave a position and meet at it again, as in
//! `(a|aa)*` (Weideman et al., "Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers", 2016).

use std::collections::HashMap;

/// Positions of a pattern that is looked at; a longer one is not.
const MAX_POSITIONS: usize = 80;
/// Edges between pairs of positions that are followed.
const MAX_EDGES: usize = 40_000;
/// Brackets within brackets.
const MAX_DEPTH: usize = 40;

/// Characters: a bit each for ASCII, and whether others are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set(u128, bool);

impl Set {
    const NONE: Self = Self(0, false);

    fn of(c: char) -> Self {
        if c.is_ascii() { Self(1 << (c as u32), false) } else { Self(0, true) }
    }

    fn where_(test: impl Fn(char) -> bool) -> Self {
        Self((0..128_u8).filter(|byte| test(char::from(*byte))).fold(0, |set, byte| set | 1 << byte), false)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0, self.1 || other.1)
    }

    fn not(self) -> Self {
        Self(!self.0, true)
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0 || self.1 && other.1
    }

    /// `\d` and its like.
    fn class(letter: char) -> Option<Self> {
        let set = match letter.to_ascii_lowercase() {
            'd' => Self::where_(|c| c.is_ascii_digit()),
            'w' => Self(Self::where_(|c| c.is_ascii_alphanumeric() || c == '_').0, true),
            's' => Self::where_(|c| c.is_ascii_whitespace()),
            _ => return None,
        };
        Some(if letter.is_ascii_uppercase() { set.not() } else { set })
    }
}

/// Where a part of a pattern begins and ends, and whether it may be left out.
#[derive(Debug, Clone, Default)]
struct Part {
    first: Vec<usize>,
    last: Vec<usize>,
    nullable: bool,
}

struct Parser<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    sets: Vec<Set>,
    /// How many ways there are from one position to the next.
    follow: HashMap<(usize, usize), u8>,
    depth: usize,
    /// The end of the text is asked for.
    is_ended: bool,
}

/// Whether some text makes a backtracking engine try exponentially many ways; false if the pattern cannot be read.
#[must_use]
pub(crate) fn is_ambiguous(pattern: &str) -> bool {
    if pattern.len() > 2_000 || !pattern.contains(['*', '+', '{']) {
        return false;
    }
    let mut parser = Parser {
        rest: pattern.chars().peekable(),
        sets: Vec::new(),
        follow: HashMap::new(),
        depth: 0,
        is_ended: false,
    };
    let Some(whole) = parser.alternatives().filter(|_| parser.rest.peek().is_none()) else { return false };
    loops_twice(&parser.sets, &parser.follow, |around| {
        // Where nothing has to follow, the engine never has to try another way.
        parser.is_ended || !whole.last.iter().any(|last| around(*last))
    })
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Option<Part> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut whole = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            let other = self.sequence()?;
            whole.first.extend(other.first);
            whole.last.extend(other.last);
            whole.nullable |= other.nullable;
        }
        self.depth -= 1;
        Some(whole)
    }

    fn sequence(&mut self) -> Option<Part> {
        let mut whole = Part { nullable: true, ..Part::default() };
        while self.rest.peek().is_some_and(|c| !matches!(c, '|' | ')')) {
            let atom = self.atom()?;
            let part = self.repeated(atom)?;
            self.join(&whole.last, &part.first);
            if whole.nullable {
                whole.first.extend(&part.first);
            }
            if !part.nullable {
                whole.last.clear();
            }
            whole.last.extend(&part.last);
            whole.nullable &= part.nullable;
        }
        Some(whole)
    }

    fn join(&mut self, from: &[usize], to: &[usize]) {
        for from in from {
            for to in to {
                let ways = self.follow.entry((*from, *to)).or_default();
                *ways = ways.saturating_add(1);
            }
        }
    }

    fn repeated(&mut self, mut part: Part) -> Option<Part> {
        loop {
            let (none, many) = match self.rest.peek() {
                Some('*') => (true, true),
                Some('+') => (false, true),
                Some('?') => (true, false),
                Some('{') => {
                    let text: String = self.rest.clone().skip(1).take_while(|c| *c != '}').take(12).collect();
                    let (low, high) = text.split_once(',').unwrap_or((&text, &text));
                    let Ok(low) = low.parse::<u32>() else { return Some(part) };
                    let is_open = high.is_empty() || high.parse::<u32>().ok()? > 50 && high != text;
                    for _ in 0..=text.len() {
                        self.rest.next();
                    }
                    (low == 0, is_open)
                }
                _ => return Some(part),
            };
            self.rest.next();
            match self.rest.peek() {
                // What has been taken is not given back.
                Some('+') => return None,
                Some('?') => {
                    self.rest.next();
                }
                _ => {}
            }
            part.nullable |= none;
            if many {
                let (last, first) = (part.last.clone(), part.first.clone());
                self.join(&last, &first);
            }
        }
    }

    fn position(&mut self, set: Set) -> Option<Part> {
        let at = self.sets.len();
        self.sets.push(set);
        (at < MAX_POSITIONS).then(|| Part { first: vec![at], last: vec![at], nullable: false })
    }

    fn atom(&mut self) -> Option<Part> {
        let empty = Some(Part { nullable: true, ..Part::default() });
        match self.rest.next()? {
            '(' => self.group(),
            '[' => {
                let set = self.set()?;
                self.position(set)
            }
            '.' => self.position(Set::of('\n').not()),
            '^' => empty,
            '$' => {
                self.is_ended = true;
                empty
            }
            '\\' => match self.rest.next()? {
                'b' | 'B' | 'A' | 'G' => empty,
                'Z' | 'z' => {
                    self.is_ended = true;
                    empty
                }
                c if c.is_ascii_digit() => empty,
                c => {
                    let set = Self::escaped(c)?;
                    self.position(set)
                }
            },
            c => self.position(Set::of(c)),
        }
    }

    fn group(&mut self) -> Option<Part> {
        let mut looks = false;
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                '=' | '!' => looks = true,
                'P' | '<' => {
                    // `(?<=`, `(?<!`, `(?<name>`, `(?P<name>`
                    self.rest.next_if_eq(&'<');
                    looks = matches!(self.rest.peek(), Some('=' | '!'));
                    while !looks && self.rest.next()? != '>' {}
                }
                _ => return None,
            }
        }
        // What only looks ahead takes nothing.
        let (sets, follow) = (self.sets.len(), looks.then(|| self.follow.clone()));
        let part = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        if let Some(follow) = follow {
            self.sets.truncate(sets);
            self.follow = follow;
            self.is_ended = true;
            return Some(Part { nullable: true, ..Part::default() });
        }
        Some(part)
    }

    fn escaped(c: char) -> Option<Set> {
        if let Some(set) = Set::class(c) {
            return Some(set);
        }
        Some(match c {
            'n' => Set::of('\n'),
            't' => Set::of('\t'),
            'r' => Set::of('\r'),
            'f' | 'v' | '0' => Set::of('\x0c'),
            // Classes by property, code points: not read further.
            'p' | 'P' | 'u' | 'x' | 'k' | 'Q' => return None,
            c => Set::of(c),
        })
    }

    fn set(&mut self) -> Option<Set> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let (mut set, mut before, mut is_first) = (Set::NONE, None, true);
        loop {
            let one = match self.rest.next()? {
                ']' if !is_first => break,
                '\\' => {
                    let c = self.rest.next()?;
                    let one = Self::escaped(c)?;
                    set = set.and(one);
                    before = Set::class(c).is_none().then_some(c);
                    is_first = false;
                    continue;
                }
                '[' if self.rest.peek() == Some(&':') => return None,
                '-' if before.is_some() && self.rest.peek().is_some_and(|c| *c != ']') => {
                    let mut end = self.rest.next()?;
                    if end == '\\' {
                        end = self.rest.next()?;
                    }
                    let start = before.take()?;
                    set = set.and(Set(Set::where_(|c| (start..=end).contains(&c)).0, !end.is_ascii()));
                    continue;
                }
                c => c,
            };
            set = set.and(Set::of(one));
            before = Some(one);
            is_first = false;
        }
        Some(if negated { set.not() } else { set })
    }
}

/// Whether there is a loop through which some text has two ways, and which `counts`, asked with what is in the loop.
fn loops_twice(
    sets: &[Set],
    follow: &HashMap<(usize, usize), u8>,
    counts: impl Fn(&dyn Fn(usize) -> bool) -> bool,
) -> bool {
    let size = sets.len();
    let mut next = vec![Vec::new(); size];
    let mut prior = vec![Vec::new(); size];
    for (from, to) in follow.keys() {
        if let (Some(next), Some(prior)) = (next.get_mut(*from), prior.get_mut(*to)) {
            next.push(*to);
            prior.push(*from);
        }
    }
    let mut edges = 0;
    for at in 0..size {
        let ahead = pairs(&next, sets, at, &mut edges);
        if ahead.get(at * size + at) != Some(&true) {
            continue;
        }
        let behind = pairs(&prior, sets, at, &mut edges);
        let is_both = |a: usize, b: usize| {
            let index = a * size + b;
            ahead.get(index) == Some(&true) && behind.get(index) == Some(&true)
        };
        let twice = follow.iter().any(|((from, to), ways)| *ways > 1 && is_both(*from, *from) && is_both(*to, *to));
        let is_twice = twice || (0..size).any(|a| (a + 1..size).any(|b| is_both(a, b)));
        if is_twice && counts(&|position| is_both(position, position)) {
            return true;
        }
        if edges > MAX_EDGES {
            break;
        }
    }
    false
}

/// Pairs of positions to which two walks of the same text lead that begin together at one.
fn pairs(next: &[Vec<usize>], sets: &[Set], start: usize, edges: &mut usize) -> Vec<bool> {
    let size = sets.len();
    let after = |at: usize| next.get(at).map_or(&[][..], Vec::as_slice);
    let meets = |a: usize, b: usize| sets.get(a).zip(sets.get(b)).is_some_and(|(a, b)| a.meets(*b));
    let mut seen = vec![false; size * size];
    let mut open = vec![(start, start)];
    while let Some((a, b)) = open.pop() {
        for x in after(a) {
            for y in after(b) {
                *edges += 1;
                if let Some(slot) = seen.get_mut(x * size + y).filter(|slot| !**slot)
                    && meets(*x, *y)
                    && *edges <= MAX_EDGES
                {
                    *slot = true;
                    open.push((*x, *y));
                }
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::is_ambiguous;

    #[test]
    fn two_ways_through_a_loop_are_found() {
        for pattern in [
            "^(a+)+$",
            "(a*)*b",
            "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
            "^([a-z0-9]+-?)+(,([a-z0-9]+-?)+)*$",
            "^(\\w+\\s?)*$",
            "(x+x+)+y",
            "^(a|aa)+$",
            "^(a|a)*$",
            "(?:\\d|[0-9])+;",
            "^(?:[\\w.-]+)*@",
            "(.*a){12,}b(.*,)*x",
        ] {
            assert!(is_ambiguous(pattern), "{pattern}");
        }
    }

    #[test]
    fn what_has_one_way_is_not() {
        for pattern in [
            "^[a-z]+$",
            "(\\w+,)*x",
            "^[a-z0-9]+(?:-[a-z0-9]+)*$",
            "(a+)+",
            "(from x\\s*.*\\s*)+",
            "^\\s+|\\s+$",
            "(?:https?://)?[\\w.]+/.*",
            "^(?:ab|cd)*$",
            "\"(?:[^\"\\\\]|\\\\.)*\"",
            "^\\d{1,3}(\\.\\d{1,3}){3}$",
            "<[^>]+>",
            "^(?=.*\\d)(?=.*[a-z]).{8,}$",
            "[",
            "a{",
            "(((((",
        ] {
            assert!(!is_ambiguous(pattern), "{pattern}");
        }
    }

    #[test]
    fn long_patterns_end() {
        let many = "(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p)*".repeat(5);
        let _ = is_ambiguous(&format!("^{many}$"));
        let _ = is_ambiguous(&"(".repeat(2_000));
        let _ = is_ambiguous(&"(a*)*".repeat(300));
    }
}
