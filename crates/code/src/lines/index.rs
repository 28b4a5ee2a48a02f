//! Numbers from outside that pick an element, and zeros that are written one place too far.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::functions::Function;
use super::token::Kind;
use super::walk::{Shape, Walk};
use crate::flow::Quick;

/// Kinds of weakness that are found here.
pub(super) const KINDS: &[&str] = &["index-not-checked"];

type Set<'t> = HashSet<&'t str, BuildHasherDefault<Quick>>;

/// Functions that make a number of a text or of bytes.
const CONVERTS: &[&str] = &[
    "atoi", "atol", "atoll", "strtol", "strtoul", "strtoll", "strtoull", "stoi", "stol", "stoul", "ntohs", "ntohl",
    "be16toh", "be32toh", "le16toh", "le32toh",
];
/// Functions that write numbers into the addresses they are given.
const SCANS: &[&str] = &["scanf", "sscanf", "fscanf", "vsscanf"];
/// Words for a number of elements.
const COUNTS: &[&str] = &["size", "len", "length", "count", "n", "num", "capacity", "elements", "total", "entries"];
/// Types of whole numbers.
const WHOLE: &[&str] = &[
    "int",
    "long",
    "short",
    "size_t",
    "ssize_t",
    "unsigned",
    "uint32_t",
    "int32_t",
    "uint16_t",
    "int16_t",
    "uint64_t",
    "int64_t",
    "ptrdiff_t",
    "uint8_t",
    "int8_t",
];
/// Types of bytes.
const BYTES: &[&str] = &["char", "uint8_t", "unsigned", "BYTE", "byte", "u8", "u_char", "uchar"];

impl<'t> Walk<'_, 't> {
    /// Looks through a function once it is known whole.
    pub(super) fn indexed(&mut self, function: &Function<'t>) {
        let tokens = self.tokens;
        let read = self.numbers_read(function);
        let picks = self.parameters_that_pick(function);
        if read.is_empty() && picks.is_empty() && !self.mentions(COUNTS) && self.shapes.is_empty() {
            return;
        }
        for at in function.body..function.end {
            if tokens.is_spent() {
                return;
            }
            if tokens.is(at, "[") {
                self.element(at, &read, &picks, function);
                self.end_of_text(at, function);
            } else if tokens.is_name(at, "for") && tokens.is(at + 1, "(") {
                self.counted(at, &read, function);
            }
        }
    }

    /// Names of whole numbers that somebody outside wrote.
    fn numbers_read(&self, function: &Function<'t>) -> Set<'t> {
        let tokens = self.tokens;
        let mut read = Set::default();
        for at in function.body..function.end {
            let Some(text) = tokens.name(at) else { continue };
            if SCANS.contains(&text) && tokens.is(at + 1, "(") {
                let close = tokens.close(at + 1);
                let named = (at + 2..close).filter(|at| tokens.is(*at, "&")).filter_map(|at| tokens.name(at + 1));
                read.extend(named);
            } else if tokens.is(at + 1, "=") && !tokens.is_joint(at.wrapping_sub(1)) {
                let end = tokens.expression_end(at + 2, true);
                let is_number = |at: usize| {
                    CONVERTS.contains(&tokens.text(at)) && tokens.is(at + 1, "(") || self.is_byte(at, function)
                };
                if (at + 2..end.min(at + 40)).any(is_number)
                    && !(at + 2..end).any(|at| tokens.is_any(at, &["%", "&", "?"]))
                {
                    read.insert(text);
                }
            }
        }
        read
    }

    /// `data[i]` of bytes that the caller gave.
    fn is_byte(&self, at: usize, function: &Function<'_>) -> bool {
        let tokens = self.tokens;
        let Some(name) = tokens.name(at).filter(|_| tokens.is(at + 1, "[") && !tokens.is_joint(at.wrapping_sub(1)))
        else {
            return false;
        };
        let declared = (function.open..function.close).find(|at| tokens.is_name(*at, name));
        declared.is_some_and(|at| {
            tokens.is(at.wrapping_sub(1), "*") && (at.saturating_sub(4)..at).any(|at| BYTES.contains(&tokens.text(at)))
        })
    }

    /// Whole numbers among the parameters, where an array comes with its size, and which that size is.
    fn parameters_that_pick(&self, function: &Function<'t>) -> Set<'t> {
        let tokens = self.tokens;
        let parts = tokens.parts(function.open, function.close);
        let last = |to: usize| tokens.name(to.wrapping_sub(1)).unwrap_or("");
        let is_count = |name: &str| super::extras::words(name).iter().any(|word| COUNTS.contains(&word.as_str()));
        const CONTAINERS: &[&str] = &["vector", "span", "deque", "array"];
        let is_container = |(from, to): &(usize, usize)| (*from..*to).any(|at| CONTAINERS.contains(&tokens.text(at)));
        let has_container = parts.iter().any(is_container);
        let has_array =
            has_container || parts.iter().any(|(from, to)| (*from..*to).any(|at| tokens.is_any(at, &["*", "["])));
        let has_count = parts.iter().any(|(_, to)| is_count(last(*to)));
        if !has_array || !(has_count || has_container) {
            return Set::default();
        }
        let is_whole = |from: usize, to: usize| {
            to > from + 1
                && (from..to).all(|at| tokens.kind(at) == Some(Kind::Name) || tokens.is(at, "::"))
                && (from..to - 1).any(|at| WHOLE.contains(&tokens.text(at)))
        };
        let picks = parts.iter().filter(|(from, to)| is_whole(*from, *to)).map(|(_, to)| last(*to));
        picks.filter(|name| !is_count(name)).collect()
    }

    /// One `name[…]`.
    fn element(&mut self, at: usize, read: &Set<'t>, picks: &Set<'t>, function: &Function<'t>) {
        let tokens = self.tokens;
        let Some(close) = tokens.pair(at) else { return };
        if tokens.kind(at.wrapping_sub(1)) != Some(Kind::Name) && !tokens.is(at.wrapping_sub(1), "]") || close > at + 12
        {
            return;
        }
        if (at + 1..close).any(|at| tokens.is_any(at, &["%", "&", "?", "("])) {
            return;
        }
        let is_declared =
            tokens.kind(at.wrapping_sub(2)) == Some(Kind::Name) && !tokens.is_name(at.wrapping_sub(2), "return");
        let array = tokens.text(at.wrapping_sub(1));
        let found = (at + 1..close).find(|at| {
            let is_plain = !tokens.is_joint(at.wrapping_sub(1)) && !tokens.is_any(at + 1, &["[", "->", "."]);
            tokens.name(*at).is_some_and(|name| is_plain && (read.contains(name) || picks.contains(name)))
        });
        let Some(found) = found.filter(|_| !is_declared) else { return };
        let name = tokens.text(found);
        if picks.contains(name) && !(function.open..function.close).any(|at| tokens.is_name(at, array)) {
            return;
        }
        if !self.is_bounded(name, at, function) || self.may_be_negative(name, at, function) {
            self.report("index-not-checked", None, at.wrapping_sub(1), Some(found), false);
        }
    }

    /// Whether a name is compared, held against a bound or counted before this place.
    fn is_bounded(&self, name: &str, before: usize, function: &Function<'_>) -> bool {
        const BOUNDS: &[&str] = &["min", "max", "clamp", "MIN", "MAX", "assert", "ASSERT", "CHECK", "Expects"];
        const SIGNS: &[&str] = &["<", ">", "<=", ">=", "==", "!="];
        let tokens = self.tokens;
        tokens.spend(before - function.body);
        // A comparison in the condition of the loop around counts as well.
        (function.body..before).any(|at| {
            if !tokens.is_name(at, name) || tokens.is_joint(at.wrapping_sub(1)) {
                return false;
            }
            let is_compared = tokens.is_any(at + 1, SIGNS)
                || tokens.is_any(at.wrapping_sub(1), SIGNS)
                || tokens.is(at + 1, ")") && tokens.is_any(at + 2, SIGNS)
                || tokens.is(at.wrapping_sub(1), "(") && tokens.is_any(at.wrapping_sub(3), SIGNS)
                || tokens.is_any(at + 1, &["+", "-", "*", "/"]) && (at + 2..at + 6).any(|at| tokens.is_any(at, SIGNS))
                || tokens.is_any(at.wrapping_sub(1), &["+", "-", "*", "/"])
                    && (at.saturating_sub(6)..at).any(|at| tokens.is_any(at, SIGNS));
            let is_held = tokens.is_any(at + 1, &["%=", "&="])
                || (at.saturating_sub(8)..at).any(|at| BOUNDS.contains(&tokens.text(at)))
                // Somebody else checks it.
                || tokens.is_any(at.wrapping_sub(1), &["(", ","]) && tokens.is_any(at + 1, &[")", ","]) && self.is_question(at);
            is_compared || is_held
        })
    }

    /// Whether a signed number is held against the size only, and nothing asks whether it is below 0.
    fn may_be_negative(&self, name: &str, before: usize, function: &Function<'_>) -> bool {
        const SIGNED: &[&str] = &["int", "long", "short", "ptrdiff_t", "ssize_t", "int32_t", "int64_t", "int16_t"];
        let tokens = self.tokens;
        let is_signed = (function.open..before).any(|at| {
            let is_name = tokens.is_name(at, name)
                && (SIGNED.contains(&tokens.text(at.wrapping_sub(1)))
                    || tokens.is(at.wrapping_sub(1), ",") && SIGNED.contains(&tokens.text(at.wrapping_sub(3))));
            is_name && !(at.saturating_sub(4)..at).any(|at| tokens.is_name(at, "unsigned"))
        });
        tokens.spend(2 * (before - function.open));
        let is_zero = |at: usize| matches!(tokens.text(at), "0" | "1" | "-" | "0u" | "1u") || tokens.is(at, "-");
        is_signed
            && !(function.body..before).any(|at| {
                tokens.is_name(at, name)
                    && (tokens.is_any(at + 1, &["<", "<=", ">", ">=", "==", "!="]) && is_zero(at + 2)
                        || tokens.is_any(at.wrapping_sub(1), &["<", "<=", ">", ">=", "==", "!="])
                            && is_zero(at.wrapping_sub(2))
                        || tokens.is(at.wrapping_sub(1), ")")
                        || tokens.is(at + 1, "=") && tokens.text(at + 2) == "0"
                        || tokens.is_any(at + 1, &["++", "--", "+"])
                        || (at.saturating_sub(8)..at)
                            .any(|at| matches!(tokens.text(at), "clamp" | "max" | "MAX" | "abs" | "assert")))
            })
    }

    /// Whether the call around is asked something: `if (!is_valid(list, index))`.
    fn is_question(&self, at: usize) -> bool {
        let tokens = self.tokens;
        let start = at.saturating_sub(24);
        (start..at)
            .rev()
            .take_while(|at| !tokens.is_any(*at, &[";", "{", "}"]))
            .any(|at| matches!(tokens.text(at), "if" | "while" | "return"))
    }

    /// `for (i = 0; i < n; i++) data[i]` where `n` came with the data.
    fn counted(&mut self, at: usize, read: &Set<'t>, function: &Function<'t>) {
        let tokens = self.tokens;
        let close = tokens.close(at + 1);
        let Some(sign) = (at + 2..close).find(|at| tokens.is_any(*at, &["<", "<="])) else { return };
        let (index, Some(limit)) = (tokens.text(sign.wrapping_sub(1)), tokens.name(sign + 1)) else { return };
        if !tokens.is(sign + 2, ";") || !read.contains(limit) || self.is_bounded(limit, at, function) {
            return;
        }
        let end =
            if tokens.is(close + 1, "{") { tokens.close(close + 1) } else { tokens.expression_end(close + 1, false) };
        tokens.spend(2 * end.saturating_sub(close));
        let picks = |at: usize| {
            tokens.is(at, "[") && tokens.pair(at).is_some_and(|pair| (at + 1..pair).any(|at| tokens.is_name(at, index)))
        };
        if (close..end).any(picks) && !(close..end).any(|at| tokens.is_name(at, "break") || tokens.is_name(at, limit)) {
            self.report("length-not-checked", Some("unknown"), sign + 1, Some(sign + 1), false);
        }
    }

    /// `buf[n] = 0` where `n` may be as large as the buffer.
    fn end_of_text(&mut self, at: usize, function: &Function<'t>) {
        let tokens = self.tokens;
        let is_zero = matches!(tokens.text(at + 4), "0" | "'\\0'" | "L'\\0'" | "'\\x00'") && tokens.is(at + 5, ";");
        if !tokens.is(at + 2, "]") || !tokens.is(at + 3, "=") || !is_zero {
            return;
        }
        let (Some(buffer), Some(used)) = (tokens.name(at.wrapping_sub(1)), tokens.name(at + 1)) else { return };
        if tokens.is_joint(at.wrapping_sub(2)) {
            return;
        }
        let (mut counts, mut is_full) = (false, false);
        tokens.spend(at - function.body);
        for place in function.body..at {
            if tokens.is_name(place, buffer)
                && tokens.is(place + 1, "[")
                && tokens.is_name(place + 2, used)
                && tokens.is(place + 3, "++")
            {
                counts = true;
            }
            if !tokens.is_name(place, used) {
                continue;
            }
            if tokens.is(place + 1, "<") {
                if self.counts_around(place, at) {
                    return;
                }
                let (size, behind) = self.sized_as(place + 2);
                if tokens.is_any(behind, &[")", "&&", ";"]) {
                    is_full |= self.is_size_of(buffer, size, function);
                } else if tokens.is(behind, "-") {
                    return;
                }
            } else if tokens.is_any(place + 1, &[">=", ">", "==", "<=", "+"]) && tokens.text(place + 2) != "0" {
                // Checked in another way.
                return;
            } else if tokens.is(place + 1, "=") {
                let end = tokens.expression_end(place + 2, false);
                if let Some(size) = self.read_into(place + 2, end, buffer) {
                    is_full |= self.is_size_of(buffer, size, function);
                    counts = true;
                }
            }
        }
        if counts && is_full {
            self.report("off-by-one", None, at.wrapping_sub(1), None, false);
        }
    }

    /// Whether the condition at `place` is that of a loop with `at` in it.
    fn counts_around(&self, place: usize, at: usize) -> bool {
        let tokens = self.tokens;
        let open = (place.saturating_sub(12)..place).rev().find(|open| tokens.is(*open, "("));
        let close = open.filter(|open| tokens.is_name(open.wrapping_sub(1), "for")).and_then(|open| tokens.pair(open));
        close.is_some_and(|close| {
            let end = if tokens.is(close + 1, "{") {
                tokens.close(close + 1)
            } else {
                tokens.expression_end(close + 1, false)
            };
            (close..end).contains(&at)
        })
    }

    /// A size as it stands: `N`, `sizeof(b)`, `sizeof b`; and what stands behind it.
    fn sized_as(&self, at: usize) -> ((usize, usize), usize) {
        let tokens = self.tokens;
        let mut from = at;
        // `(ssize_t) N`
        while tokens.is(from, "(") && tokens.pair(from).is_some_and(|pair| pair <= from + 3) {
            from = tokens.close(from) + 1;
        }
        let end = match () {
            () if tokens.is_name(from, "sizeof") && tokens.is(from + 1, "(") => tokens.close(from + 1) + 1,
            () if tokens.is_name(from, "sizeof") => from + 2,
            () => from + 1,
        };
        ((from, end), end)
    }

    /// `read(fd, buf, SIZE)`: the size, if nothing is taken from it.
    fn read_into(&self, from: usize, end: usize, buffer: &str) -> Option<(usize, usize)> {
        let tokens = self.tokens;
        let call = (from..end).find(|at| {
            matches!(tokens.text(*at), "read" | "recv" | "recvfrom" | "fread" | "readlink" | "pread" | "SSL_read")
                && tokens.is(at + 1, "(")
        })?;
        let parts = tokens.parts(call + 1, tokens.close(call + 1));
        let target = parts.iter().position(|(from, to)| tokens.slice(*from, *to) == buffer)?;
        let index = if tokens.is_name(call, "fread") { 2 } else { target + 1 };
        let (from, to) = *parts.get(index)?;
        let (size, behind) = self.sized_as(from);
        (behind == to).then_some(size)
    }

    /// Whether these tokens say how much room the buffer has.
    fn is_size_of(&self, buffer: &str, (from, to): (usize, usize), function: &Function<'_>) -> bool {
        let tokens = self.tokens;
        if tokens.is_name(from, "sizeof") {
            return (from..to).any(|at| tokens.is_name(at, buffer));
        }
        let size = tokens.slice(from, to);
        if let Some(Shape::Array(_, (first, last))) = self.shapes.get(buffer) {
            return tokens.slice(*first, *last) == size;
        }
        if let Some(Shape::Allocated(first, last)) = self.shapes.get(buffer) {
            return tokens.slice(*first, *last) == size;
        }
        // `char line[SIZE]`, or `char *line, size_t size` among the parameters.
        let parts = tokens.parts(function.open, function.close);
        let place = parts.iter().position(|(from, to)| (*from..*to).any(|at| tokens.is_name(at, buffer)));
        place.is_some_and(|place| {
            let is_in = |index: usize| {
                parts.get(index).is_some_and(|(from, to)| (*from..*to).any(|at| tokens.text(at) == size))
            };
            is_in(place)
                || is_in(place + 1)
                    && super::extras::words(size)
                        .iter()
                        .any(|word| COUNTS.contains(&word.as_str()) || word == "cap" || word == "max")
        })
    }
}
