//! Control sequences (ECMA-48, xterm) and raw control characters that act on the terminal which shows a text.

use std::ops::Range;

use super::erased;
use super::hostile::reads;
use super::links::shown_host;
use super::{Look, Probe};
use crate::context::Channel;
use crate::detection::{Category, Detection, View};
use crate::view::readable::line;

/// Longest control string whose end is looked for, in bytes.
const LONGEST: usize = 1 << 16;

/// Most bytes of a sequence that moves or erases.
const LONGEST_CSI: usize = 16;

/// What begins a control sequence.
const CSI: [&str; 2] = ["\x1b[", "\u{9b}"];

/// Orders that are on no screen.
const UNREAD: &str = "hidden-terminal-text";

/// The probe.
#[derive(Debug)]
pub(crate) struct Terminal;

/// A sequence in a text and what it does.
struct Effect {
    kind: &'static str,
    len: usize,
    score: f32,
    what: String,
}

impl Effect {
    fn control(len: usize, score: f32, what: &str) -> Self {
        Self { kind: "terminal-control", len, score, what: what.into() }
    }
}

impl Probe for Terminal {
    fn categories(&self) -> &'static [Category] {
        &[Category::Output, Category::Hidden]
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let text = look.pass.text;
        if look.pass.view != View::Raw && look.pass.view != View::Decoded || look.context.channel == Channel::System {
            return;
        }
        let mut report = |span: Range<usize>, kind: &'static str, score: f32, evidence: String| {
            let category = if kind == UNREAD { Category::Hidden } else { Category::Output };
            let (kind, view) = (kind.into(), look.pass.view);
            let detector = std::sync::Arc::clone(&kind);
            found.push(Detection { kind, detector, category, span, score, view, evidence });
        };
        let unread = |order: Option<Range<usize>>| {
            order
                .and_then(|span| Some((span.clone(), line(text.get(span)?))))
                .map(|(span, said)| (span, UNREAD, 0.85, said))
        };
        let bytes = text.as_bytes();
        let (mut next, mut looked) = (0, 0);
        while let Some(at) = next_control(bytes, next) {
            let effect = effect(text, at);
            next = at + effect.as_ref().map_or(1, |effect| effect.len.max(1));
            if let Some(effect) = effect.filter(|effect| effect.score > 0.0) {
                let lines = erased_lines(text, at, effect.len);
                // What was looked at is not looked at again: hostile text takes back at every byte.
                let order = match lines {
                    Some(lines) => {
                        let from = std::mem::replace(&mut looked, next);
                        erased::before(text, from..at, lines)
                    }
                    None => own_order(text, at, effect.len),
                };
                if let Some((span, kind, score, said)) = unread(order) {
                    report(span, kind, score, said);
                }
                report(at..next.min(text.len()), effect.kind, effect.score, effect.what);
            }
        }
        if let Some((span, score)) = overwritten(text) {
            let back = text.get(span.clone()).and_then(|line| line.find('\r')).map(|at| span.start + at);
            if let Some((span, kind, score, said)) = unread(back.and_then(|at| erased::before(text, 0..at, 1))) {
                report(span, kind, score, said);
            }
            report(span, "control-character", score, "a carriage return writes over what stood in the line".into());
        }
        if let Some(span) = backspaced(text) {
            if let Some((span, kind, score, said)) = unread(erased::before(text, 0..span.start, 1)) {
                report(span, kind, score, said);
            }
            report(span, "control-character", 0.6, "backspaces take back what stood there".into());
        }
    }
}

/// The next control character that is not white space or a backspace. Blocks without one are skipped as a whole.
fn next_control(bytes: &[u8], from: usize) -> Option<usize> {
    let control = |byte: u8| matches!(byte, 0..=7 | 14..=0x1f | 0x7f | 0xc2);
    let mut at = from;
    for block in bytes.get(from..)?.chunks(64) {
        if block.iter().map(|byte| u8::from(control(*byte))).fold(0, |any, hit| any | hit) != 0 {
            let c1 = |at: usize| bytes.get(at) != Some(&0xc2) || matches!(bytes.get(at + 1), Some(0x80..=0x9f));
            let hit = (at..at + block.len()).find(|at| bytes.get(*at).is_some_and(|byte| control(*byte)) && c1(*at));
            if hit.is_some() {
                return hit;
            }
        }
        at += block.len();
    }
    None
}

/// How many of the lines before it a sequence takes back.
fn erased_lines(text: &str, at: usize, len: usize) -> Option<usize> {
    let sequence = text.get(at..at + len.min(LONGEST_CSI))?;
    match (CSI.iter().any(|begin| sequence.starts_with(begin)), sequence.bytes().next_back()?) {
        // Up and erased, or what stands above.
        (true, b'A' | b'F') => {
            let count: String = sequence.chars().filter(char::is_ascii_digit).collect();
            Some(count.parse::<usize>().unwrap_or(1).clamp(1, 15) + 1)
        }
        (true, b'J') => Some(8),
        (true, b'D' | b'G' | b'K') => Some(1),
        _ => None,
    }
}

/// The order that a control string holds, or that is written on another screen, which is gone afterwards.
fn own_order(text: &str, at: usize, len: usize) -> Option<Range<usize>> {
    let sequence = text.get(at..at + len)?;
    if CSI.iter().any(|begin| sequence.starts_with(begin)) {
        let other = ["?1049h", "?1047h", "?47h"].iter().any(|mode| sequence.ends_with(mode));
        let shown = text.get(at + len..text.floor_char_boundary(at + len + LONGEST)).filter(|_| other)?;
        let shown = shown.get(..shown.find("\x1b[?")?)?;
        return erased::is_steering_order(&uncoloured(shown)).then_some(at + len..at + len + shown.len());
    }
    let strings = ["\x1b]", "\x1bP", "\x1bX", "\x1b^", "\x1b_", "\u{9d}", "\u{90}", "\u{98}", "\u{9e}", "\u{9f}"];
    let said = strings.iter().find_map(|begin| sequence.strip_prefix(begin))?;
    // The address of a link has words as its path.
    let said = said.replace("%20", " ").replace('/', ". ");
    erased::is_order(&said).then_some(at..at + len)
}

/// A text without its sequences of CSI.
fn uncoloured(text: &str) -> String {
    let rest = |piece: &str| {
        let body = piece.strip_prefix('[')?.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        body.get(1..).map(str::to_string)
    };
    text.split('\u{1b}').map(|piece| rest(piece).unwrap_or_else(|| piece.to_string())).collect()
}

fn effect(text: &str, at: usize) -> Option<Effect> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    let second = bytes.get(at + 1).copied();
    // A C1 control is its ESC form in one character: U+009B is ESC [.
    let (introducer, len) = match (first, second) {
        (0x1b, Some(second)) => (second, 2),
        (0xc2, Some(c1)) => (c1 - 0x40, 2),
        _ => (0, 1),
    };
    if introducer == 0 {
        let score = match first {
            0x07 => 0.3,
            0x1b => 0.4,
            _ => 0.5,
        };
        return Some(raw(1, score, first.into()));
    }
    match introducer {
        b'[' => Some(csi(bytes, at, len)),
        b']' => Some(osc(text, at, len)),
        b'P' => Some(string(bytes, at, len, 0.8, "a device control string")),
        b'X' | b'^' | b'_' => Some(string(bytes, at, len, 0.7, "a control string for the terminal's own use")),
        b'c' if first == 0x1b => Some(Effect::control(len, 0.7, "resets the terminal")),
        b'D' | b'E' | b'M' if first == 0x1b => Some(Effect::control(len, 0.5, "moves the cursor")),
        b'(' | b')' if first == 0x1b => Some(Effect::control(len + 1, 0.3, "changes the character set")),
        _ if first == 0x1b => Some(Effect::control(len, 0.4, "an escape sequence")),
        // NEL is a line end, and single shifts do nothing on their own.
        b'E' => None,
        _ => Some(raw(2, 0.5, u32::from(introducer) + 0x40)),
    }
}

fn raw(len: usize, score: f32, code: u32) -> Effect {
    Effect { kind: "control-character", len, score, what: format!("the control character U+{code:04X}") }
}

/// A control sequence: parameters, intermediates, and a final byte that says what it does.
fn csi(bytes: &[u8], at: usize, len: usize) -> Effect {
    let body = bytes.get(at + len..).unwrap_or_default();
    let inner = body.iter().take(256).take_while(|byte| (0x20..=0x3f).contains(*byte)).count();
    reads(inner);
    let parameters = body.get(..inner).unwrap_or_default();
    let total = len + inner + 1;
    let Some(last) = body.get(inner).filter(|byte| (0x40..=0x7e).contains(*byte)) else {
        return Effect::control(len + inner, 0.4, "a control sequence that breaks off");
    };
    match last {
        b'm' => {
            let hides = parameters.split(|byte| *byte == b';').any(|code| code == b"8");
            Effect::control(total, if hides { 0.7 } else { 0.2 }, if hides { "hides text" } else { "changes colours" })
        }
        b'h' | b'l' => {
            let modes = [b"?47".as_slice(), b"?1047", b"?1049"];
            let screen = modes.contains(&parameters);
            let cursor = parameters == b"?25";
            let score = if screen {
                0.75
            } else if cursor {
                0.4
            } else {
                0.55
            };
            Effect::control(total, score, if screen { "switches the screen" } else { "changes a mode of the terminal" })
        }
        b'n' | b'c' | b'x' => Effect::control(total, 0.7, "makes the terminal type an answer"),
        b't' => Effect::control(total, 0.65, "changes the window"),
        b'J' | b'K' | b'X' | b'P' | b'M' | b'L' | b'@' => Effect::control(total, 0.6, "erases what stood there"),
        b'A'..=b'I' | b'S' | b'T' | b'Z' | b'`' | b'a' | b'd' | b'e' | b'f' | b's' | b'u' | b'r' => {
            Effect::control(total, 0.6, "moves the cursor")
        }
        _ => Effect::control(total, 0.5, "a control sequence"),
    }
}

/// Bytes up to the end of a control string, and the length of its terminator: BEL, ESC \ or U+009C. Any other ESC
/// breaks it off.
fn terminated(body: &[u8]) -> (usize, usize) {
    let end = body
        .iter()
        .take(LONGEST)
        .position(|byte| matches!(byte, 0x07 | 0x1b | 0xc2 | b'\n'))
        .unwrap_or(body.len().min(LONGEST));
    reads(end);
    match (body.get(end), body.get(end + 1)) {
        (Some(0x07), _) => (end, 1),
        (Some(0x1b), Some(b'\\')) | (Some(0xc2), Some(0x9c)) => (end, 2),
        _ => (end, 0),
    }
}

fn string(bytes: &[u8], at: usize, len: usize, score: f32, what: &str) -> Effect {
    let (inner, terminator) = terminated(bytes.get(at + len..).unwrap_or_default());
    Effect::control(len + inner + terminator, score, what)
}

/// An operating system command: a number says what it does.
fn osc(text: &str, at: usize, len: usize) -> Effect {
    let from = at + len;
    let (inner, terminator) = terminated(text.as_bytes().get(from..).unwrap_or_default());
    let body = text.get(from..from + inner).unwrap_or_default();
    let total = len + inner + terminator;
    let (number, rest) = body.split_once(';').unwrap_or((body, ""));
    let control = |score, what| Effect::control(total, score, what);
    match number {
        "8" => hyperlink(text, from + inner + terminator, total, rest),
        "52" | "5522" => {
            Effect { kind: "terminal-clipboard", len: total, score: 0.95, what: "reads or sets the clipboard".into() }
        }
        "0" | "1" | "2" | "l" | "L" => control(0.7, "sets the title of the window"),
        "9" | "777" | "99" => control(0.65, "shows a notification"),
        "1337" | "50" | "51" | "46" => control(0.8, "lets the terminal write or open something"),
        "7" | "133" | "633" => control(0.4, "tells the terminal about the shell"),
        _ => control(0.5, "a command for the terminal"),
    }
}

/// `OSC 8 ; parameters ; address ST text OSC 8 ; ; ST`.
fn hyperlink(text: &str, after: usize, len: usize, rest: &str) -> Effect {
    let address = rest.split_once(';').map_or("", |(_, address)| address);
    let shown: String =
        text.get(after..).unwrap_or_default().chars().take(200).take_while(|char| !char.is_control()).collect();
    let link = |score, what: String| Effect { kind: "terminal-hyperlink", len, score, what };
    if address.is_empty() {
        return link(0.0, String::new());
    }
    let target =
        address.split_once("://").map_or(address, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    let clean: String = target.chars().filter(|char| !char.is_control()).collect();
    match shown_host(&shown) {
        Some(host) if host == clean.to_lowercase() => link(0.3, format!("a link to {clean}")),
        Some(host) => link(0.85, format!("the text shows {host}, the link leads to {clean}")),
        // The host itself, or the name of the file that the address names.
        None if address.contains(shown.trim()) => link(0.3, format!("a link to {clean}")),
        None => link(0.55, format!("a link to {clean} under another text")),
    }
}

/// A line that is written over after a carriage return. A text whose only line ends are carriage returns, and a
/// counter that counts, write over nothing worth hiding.
fn overwritten(text: &str) -> Option<(Range<usize>, f32)> {
    let bytes = text.as_bytes();
    let lone = |at: &usize| !matches!(bytes.get(at + 1), Some(b'\n' | b'\r') | None);
    let mut all = memchr::memchr_iter(b'\r', bytes).filter(lone);
    let first = all.next()?;
    memchr::memchr(b'\n', bytes).or(if all.next().is_none() { Some(0) } else { None })?;
    let mut from = first;
    loop {
        let start = memchr::memrchr(b'\n', bytes.get(..from)?).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', bytes.get(from..)?).map_or(bytes.len(), |len| from + len);
        let (before, after) = (text.get(start..from)?.trim(), text.get(from..end)?.trim());
        reads(end - start);
        let counts = |part: &str| {
            part.is_empty() || part.contains('%') || part.bytes().filter(u8::is_ascii_digit).count() * 4 > part.len()
        };
        if !counts(before) && !after.is_empty() {
            let score = if counts(after) { 0.4 } else { 0.6 };
            return Some((start..end, score));
        }
        from = memchr::memchr_iter(b'\r', bytes.get(end..)?).map(|at| at + end).find(lone)?;
    }
}

/// Two backspaces in a row. One after another character is how manual pages print bold and underlined letters.
fn backspaced(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let at = memchr::memmem::find(bytes, b"\x08\x08")?;
    let len = bytes.get(at..)?.iter().take_while(|byte| **byte == 8).count();
    Some(at..at + len)
}

#[cfg(test)]
mod tests {
    use crate::{Channel, Context, Inspector, Options};

    fn kinds(text: &str) -> Vec<String> {
        let inspector = Inspector::new(Options { only: vec!["output".into()], ..Options::default() }).unwrap();
        let inspection = inspector.inspect(text, &Context::of(Channel::Output));
        inspection.detections.iter().map(|found| found.kind.to_string()).collect()
    }

    #[test]
    fn sequences_are_told_by_what_they_do() {
        for (text, kind) in [
            ("\x1b]8;;https://evil.example\x1b\\https://bank.example\x1b]8;;\x1b\\", "terminal-hyperlink"),
            ("\x1b]52;c;Y3VybA==\x07", "terminal-clipboard"),
            ("\u{9d}52;c;Y3VybA==\u{9c}", "terminal-clipboard"),
            ("\x1b]0;title\x07", "terminal-control"),
            ("\x1b[2J", "terminal-control"),
            ("\u{9b}1A", "terminal-control"),
            ("\x1b[?1049h", "terminal-control"),
            ("\x1b[8mhidden\x1b[0m", "terminal-control"),
            ("\x1bPq\x1b\\", "terminal-control"),
            ("a\x01b", "control-character"),
            ("rm -rf /\rls       \n", "control-character"),
            ("evil\x08\x08\x08\x08good", "control-character"),
        ] {
            assert_eq!(kinds(text), [kind], "{text:?}");
        }
        for text in [
            "\x1b[1;31mred\x1b[0m",
            "one\r\ntwo\r\n",
            "10%\r20%\r100%\n",
            "N\x08NA\x08AM\x08ME\x08E",
            "old\rMacintosh\rlines\r",
            "caf\u{e9} \u{a0}\u{ab}x\u{bb}",
            "page\x0cbreak",
        ] {
            assert_eq!(kinds(text), [] as [&str; 0], "{text:?}");
        }
    }
}
