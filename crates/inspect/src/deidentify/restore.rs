//! Puts values back where their placeholders stand, however a model spelled them.
//!
//! A parser without memory of its own is tried at each place. It says yes, no, or that it has not seen enough;
//! more text never changes a yes or a no, so a stream that waits on the third gives the same as the whole text.

use super::vault::{Vault, VaultError};

/// What may enclose a placeholder and goes with it. Those that begin like another stand before it.
const BRACKETS: [(&[u8], &[u8]); 6] =
    [(b"\\u003c", b"\\u003e"), (b"&lt;", b"&gt;"), (b"{{", b"}}"), (b"<", b">"), (b"[", b"]"), (b"{", b"}")];

/// Most characters between two letters of a label, or between a bracket and what it encloses.
const LONGEST_GAP: usize = 4;

/// An id of so many characters is not met by chance.
const UNGUESSABLE: usize = 8;

/// Between label and id in a name.
const MARK: u8 = 0;

/// The placeholders of a vault in the order in which a text is compared with them.
#[derive(Debug)]
pub(super) struct Names {
    /// Label in lower case without separators, `MARK`, id; and the number in the vault. Sorted.
    names: Vec<(Vec<u8>, usize)>,
    /// Bytes that one can begin with.
    first: [bool; 256],
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    No,
    /// It depends on what follows.
    Unknown,
    /// This placeholder, up to `end`.
    Is {
        index: usize,
        end: usize,
    },
}

impl Names {
    pub(super) fn new(vault: &Vault) -> Self {
        let mut names = Vec::new();
        for (index, placeholder) in vault.placeholders().enumerate() {
            let Some((label, id)) = placeholder.rsplit_once('_') else { continue };
            let label: String = label.to_ascii_lowercase().chars().filter(|character| *character != '_').collect();
            for plural in ["", "s", "es"] {
                let mut name = format!("{label}{plural}").into_bytes();
                name.push(MARK);
                name.extend_from_slice(id.as_bytes());
                names.push((name, index));
            }
        }
        names.sort();
        let mut first = [false; 256];
        let begins = names.iter().filter_map(|(name, _)| name.first().copied());
        let brackets = BRACKETS.iter().filter_map(|(open, _)| open.first().copied());
        for byte in begins.chain(brackets) {
            for byte in [byte, byte.to_ascii_uppercase()] {
                if let Some(flag) = first.get_mut(usize::from(byte)).filter(|_| !vault.is_empty()) {
                    *flag = true;
                }
            }
        }
        Self { names, first }
    }

    /// What stands at `at`. `within` says that the byte before is a letter or digit, `last` that nothing follows.
    fn at(&self, text: &[u8], at: usize, within: bool, last: bool) -> Answer {
        if text.get(at).is_none_or(|byte| self.first.get(usize::from(*byte)) != Some(&true)) {
            return Answer::No;
        }
        let mut undecided = false;
        for (open, close) in BRACKETS {
            match begins(text, at, open) {
                Some(true) => match self.enclosed(text, at + open.len(), close, last) {
                    Answer::No => {}
                    answer => return answer,
                },
                Some(false) => {}
                None => undecided = true,
            }
            if undecided && !last {
                return Answer::Unknown;
            }
        }
        if within { Answer::No } else { self.bare(text, at, last) }
    }

    fn enclosed(&self, text: &[u8], from: usize, close: &[u8], last: bool) -> Answer {
        let Some(from) = gap(text, from, last) else { return Answer::Unknown };
        let (index, end) = match self.name(text, from, last) {
            Found::Name { index, end, .. } => (index, end),
            Found::No => return Answer::No,
            Found::Unknown => return Answer::Unknown,
        };
        // A bracket that begins with `\\` is no gap, so it is looked for first.
        for end in end..=end + LONGEST_GAP {
            match begins(text, end, close) {
                Some(true) => return Answer::Is { index, end: end + close.len() },
                None if !last => return Answer::Unknown,
                _ if !text.get(end).is_some_and(|byte| separates(*byte)) => return Answer::No,
                _ => {}
            }
        }
        Answer::No
    }

    /// Without brackets a guessable id must be joined to its label, or `email address 3 times` would be one.
    fn bare(&self, text: &[u8], at: usize, last: bool) -> Answer {
        match self.name(text, at, last) {
            Found::Name { index, end, joined, id } if joined || id >= UNGUESSABLE => Answer::Is { index, end },
            Found::Name { .. } | Found::No => Answer::No,
            Found::Unknown => Answer::Unknown,
        }
    }

    /// The longest name that begins here and is not followed by a letter or digit, save for a plural `s`.
    fn name(&self, text: &[u8], from: usize, last: bool) -> Found {
        let (mut low, mut high) = (0, self.names.len());
        let (mut at, mut depth, mut skipped) = (from, 0, 0);
        let (mut in_id, mut joined) = (false, true);
        let mut best = None;
        loop {
            let Some(byte) = text.get(at).copied() else {
                if !last {
                    return Found::Unknown;
                }
                break;
            };
            if byte.is_ascii_alphanumeric() {
                let byte = byte.to_ascii_lowercase();
                let mut next = self.narrow(low..high, depth, byte);
                if next.is_empty() && !in_id {
                    let marked = self.narrow(low..high, depth, MARK);
                    next = self.narrow(marked, depth + 1, byte);
                    if !next.is_empty() {
                        (in_id, depth) = (true, depth + 1);
                        joined &= skipped > 0;
                    }
                }
                if next.is_empty() {
                    break;
                }
                (low, high, depth, at, skipped) = (next.start, next.end, depth + 1, at + 1, 0);
                if let Some((name, index)) = self.names.get(low).filter(|(name, _)| in_id && name.len() == depth) {
                    let id = name.len() - name.iter().position(|byte| *byte == MARK).unwrap_or(0) - 1;
                    best = Some(Found::Name { index: *index, end: at, joined, id });
                }
            } else if separates(byte) && !in_id && depth > 0 && skipped < LONGEST_GAP {
                joined &= matches!(byte, b'_' | b'-' | b'\\');
                (at, skipped) = (at + 1, skipped + 1);
            } else {
                break;
            }
        }
        let Some(Found::Name { index, end, joined, id }) = best else { return Found::No };
        let ends = |at: usize| text.get(at).map_or(last.then_some(true), |byte| Some(!byte.is_ascii_alphanumeric()));
        let plural = || if matches!(text.get(end), Some(b's' | b'S')) { ends(end + 1) } else { Some(false) };
        match ends(end) {
            Some(true) => Found::Name { index, end, joined, id },
            None => Found::Unknown,
            Some(false) => match plural() {
                Some(true) => Found::Name { index, end, joined, id },
                Some(false) => Found::No,
                None => Found::Unknown,
            },
        }
    }

    /// The names in the range that have `byte` at `depth`.
    fn narrow(&self, range: std::ops::Range<usize>, depth: usize, byte: u8) -> std::ops::Range<usize> {
        let names = self.names.get(range.clone()).unwrap_or_default();
        let low = names.partition_point(|(name, _)| name.get(depth).copied() < Some(byte));
        let high = names.partition_point(|(name, _)| name.get(depth).copied() <= Some(byte));
        range.start + low..range.start + high
    }
}

#[derive(Debug, Clone, Copy)]
enum Found {
    No,
    Unknown,
    /// `joined`: nothing but `_`, `-` and `\` between its words, and something before its id. `id`: its length.
    Name {
        index: usize,
        end: usize,
        joined: bool,
        id: usize,
    },
}

/// Whether the text goes on like this, in any case; None if it ends too early to say.
fn begins(text: &[u8], at: usize, with: &[u8]) -> Option<bool> {
    let here = text.get(at..).unwrap_or_default();
    let len = here.len().min(with.len());
    let same = here.get(..len)?.eq_ignore_ascii_case(with.get(..len)?);
    if !same {
        Some(false)
    } else if len == with.len() {
        Some(true)
    } else {
        None
    }
}

fn separates(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'_' | b'-' | b'*' | b'`' | b'\\')
}

/// Where a gap ends that begins here; None if it may go on.
fn gap(text: &[u8], from: usize, last: bool) -> Option<usize> {
    let gap =
        text.get(from..).unwrap_or_default().iter().take(LONGEST_GAP).take_while(|byte| separates(**byte)).count();
    let open = gap < LONGEST_GAP && from + gap >= text.len() && !last;
    (!open).then_some(from + gap)
}

/// Restores a text that comes in pieces. For every way to cut it the result is the same.
#[derive(Debug)]
pub struct Restorer<'v> {
    vault: &'v Vault,
    names: Names,
    json: bool,
    held: Vec<u8>,
    within: bool,
    restored: usize,
}

impl<'v> Restorer<'v> {
    /// Restores what this vault issued up to now, and nothing else.
    pub fn new(vault: &'v Vault) -> Self {
        Self { vault, names: Names::new(vault), json: false, held: Vec::new(), within: false, restored: 0 }
    }

    /// Values are escaped for the inside of a JSON string.
    #[must_use]
    pub fn json(mut self) -> Self {
        self.json = true;
        self
    }

    /// Takes the next bytes, gives those that are certain.
    ///
    /// # Errors
    /// A value that does not open; nothing is put in its place and no more is given.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.held.extend_from_slice(bytes);
        self.advance(false)
    }

    /// Gives what was held.
    ///
    /// # Errors
    /// As for [`Restorer::push`].
    pub fn finish(mut self) -> Result<Vec<u8>, VaultError> {
        self.advance(true)
    }

    /// How many placeholders were restored.
    pub fn restored(&self) -> usize {
        self.restored
    }

    fn advance(&mut self, last: bool) -> Result<Vec<u8>, VaultError> {
        let mut out = Vec::with_capacity(self.held.len());
        let mut at = 0;
        while let Some(byte) = self.held.get(at).copied() {
            match self.names.at(&self.held, at, self.within, last) {
                Answer::No => {
                    out.push(byte);
                    self.within = byte.is_ascii_alphanumeric();
                    at += 1;
                }
                Answer::Unknown => break,
                Answer::Is { index, end } => {
                    let value = self.vault.value(index)?;
                    if self.json {
                        out.extend_from_slice(super::json::escape(&value).as_bytes());
                    } else {
                        out.extend_from_slice(value.as_bytes());
                    }
                    self.restored += 1;
                    self.within = false;
                    at = end;
                }
            }
        }
        self.held.drain(..at);
        Ok(out)
    }
}

/// Where placeholders of the vault stand in a text, in any spelling.
pub(super) fn find(names: &Names, text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let (mut spans, mut at, mut within) = (Vec::new(), 0, false);
    while let Some(byte) = bytes.get(at) {
        if let Answer::Is { end, .. } = names.at(bytes, at, within, true) {
            spans.push(at..end);
            (at, within) = (end, false);
        } else {
            within = byte.is_ascii_alphanumeric();
            at += 1;
        }
    }
    spans
}
