//! Instructions that a page, a terminal or a typesetter does not show: comments, styles, concealed text.

use std::borrow::Cow;
use std::ops::Range;

use super::{Look, Probe, Word, erased};
use crate::detection::{Category, Detection};
use crate::view::lexicon::{names_model, weight};
use crate::view::orders::{is_verb, orders_model, orders_writer};
use crate::view::readable::line;

/// How a place begins that is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opens {
    /// A comment, up to this mark.
    Comment(&'static str),
    /// Drawn without ink, up to this mark.
    Inkless(&'static str),
    /// A style within a tag; the element's text is not shown.
    Style,
    /// A value within quotes.
    Attribute,
    /// A group in braces.
    Group,
    /// A control sequence of a terminal.
    Terminal,
}

/// Words and what they open. A style ends where it would not hide anything if it went on: `font-size:0` and `0.9em`.
const OPENERS: &[(&str, Opens)] = &[
    ("<!--", Opens::Comment("-->")),
    ("[//]: #", Opens::Comment("\n")),
    ("[comment]: #", Opens::Comment("\n")),
    ("[comment]: <", Opens::Comment("\n")),
    ("\u{1b}[", Opens::Terminal),
    ("\u{9b}", Opens::Terminal),
    ("display:none", Opens::Style),
    ("display: none", Opens::Style),
    ("display : none", Opens::Style),
    ("visibility:hidden", Opens::Style),
    ("visibility: hidden", Opens::Style),
    ("visibility:collapse", Opens::Style),
    ("font-size:0", Opens::Style),
    ("font-size: 0", Opens::Style),
    ("font-size:1px", Opens::Style),
    ("font-size: 1px", Opens::Style),
    ("opacity:0", Opens::Style),
    ("opacity: 0", Opens::Style),
    ("color:white", Opens::Style),
    ("color: white", Opens::Style),
    ("color=\"white\"", Opens::Style),
    ("color:#fff", Opens::Style),
    ("color: #fff", Opens::Style),
    ("color=\"#fff", Opens::Style),
    ("color:transparent", Opens::Style),
    ("color: transparent", Opens::Style),
    ("color:rgb(255", Opens::Style),
    ("color: rgb(255", Opens::Style),
    ("color: rgb(100% 100%", Opens::Style),
    ("color: rgb(100%, 100%", Opens::Style),
    ("color:#fefefe", Opens::Style),
    ("color: #fefefe", Opens::Style),
    ("color=\"#fefefe", Opens::Style),
    ("color:rgba(", Opens::Style),
    ("color: rgba(", Opens::Style),
    ("text-indent:-", Opens::Style),
    ("text-indent: -", Opens::Style),
    ("left:-", Opens::Style),
    ("left: -", Opens::Style),
    ("top:-", Opens::Style),
    ("top: -", Opens::Style),
    ("height:0", Opens::Style),
    ("height: 0", Opens::Style),
    ("width:0", Opens::Style),
    ("width: 0", Opens::Style),
    ("clip:rect", Opens::Style),
    ("clip: rect", Opens::Style),
    ("clip-path:", Opens::Style),
    ("scale(0", Opens::Style),
    (" hidden>", Opens::Style),
    (" hidden ", Opens::Style),
    (" hidden=", Opens::Style),
    ("type=\"hidden\"", Opens::Style),
    ("type='hidden'", Opens::Style),
    ("type=hidden", Opens::Style),
    ("sr-only", Opens::Style),
    ("visually-hidden", Opens::Style),
    ("<template", Opens::Style),
    ("<noscript", Opens::Style),
    ("<script type=\"text/template\"", Opens::Style),
    ("content:\"", Opens::Attribute),
    ("content: \"", Opens::Attribute),
    ("content:'", Opens::Attribute),
    ("content: '", Opens::Attribute),
    (" alt=\"", Opens::Attribute),
    (" title=\"", Opens::Attribute),
    (" content=\"", Opens::Attribute),
    (" placeholder=\"", Opens::Attribute),
    (" summary=\"", Opens::Attribute),
    (" aria-", Opens::Attribute),
    (" data-", Opens::Attribute),
    ("\\textcolor{white}{", Opens::Group),
    ("\\textcolor[rgb]{1,1,1}{", Opens::Group),
    ("\\fontsize{0", Opens::Inkless("\n")),
    ("\\iffalse", Opens::Comment("\\fi")),
    ("<desc>", Opens::Style),
    ("opacity=\"0\"", Opens::Style),
    ("3 tr", Opens::Inkless("ET")),
    ("1 1 1 rg", Opens::Inkless("ET")),
    ("\\color{white}", Opens::Group),
    ("\\phantom{", Opens::Group),
];

/// Most bytes that are looked at after a mark.
const AFTER: usize = 8 << 10;

/// Bytes of a rule of a style sheet before what it puts in.
const RULE: usize = 256;

/// Most bytes of a tag.
const TAG: usize = 1 << 10;

#[derive(Debug)]
pub(super) struct Concealed;

impl Probe for Concealed {
    fn categories(&self) -> &'static [Category] {
        &[Category::Hidden]
    }

    fn words(&self) -> &'static [&'static str] {
        const WORDS: [&str; OPENERS.len()] = {
            let mut words = [""; OPENERS.len()];
            let mut index = 0;
            #[allow(clippy::indexing_slicing, reason = "a constant; below the length")]
            while index < words.len() {
                words[index] = OPENERS[index].0;
                index += 1;
            }
            words
        };
        &WORDS
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let text = look.pass.text;
        // No byte is part of two places of one kind, so that hostile nesting costs nothing.
        let mut done = [0_usize; 5];
        let mut by_rule = RULES;
        for word in look.words {
            let Some((_, opens)) = OPENERS.get(word.index) else { continue };
            let slot = match opens {
                Opens::Comment(_) | Opens::Inkless(_) => 0,
                Opens::Style => 1,
                Opens::Attribute => 2,
                Opens::Group => 3,
                Opens::Terminal => 4,
            };
            let Some(done) = done.get_mut(slot).filter(|done| **done <= word.start) else { continue };
            let mut spot = place(text, word, *opens);
            let sheet = spot.is_none();
            // A page hides a few kinds of elements by its style sheet.
            if spot.is_none() && *opens == Opens::Style && by_rule > 0 {
                by_rule -= 1;
                spot = by_name(text, word);
            }
            let Some(place) = spot else { continue };
            *done = place.end;
            if let Some((kind, score)) = text.get(place.clone()).and_then(|inside| judge(inside, *opens, sheet)) {
                let evidence = line(text.get(place.clone()).unwrap_or_default());
                found.push(Detection {
                    kind: kind.into(),
                    detector: kind.into(),
                    category: Category::Hidden,
                    span: place,
                    score,
                    view: look.pass.view,
                    evidence,
                });
            }
        }
    }
}

/// What a place that is not shown is, if it is worth a word; `sheet` says that a style sheet hides it.
fn judge(inside: &str, opens: Opens, sheet: bool) -> Option<(&'static str, f32)> {
    let kind = match opens {
        Opens::Terminal => return (inside.trim().len() >= 2).then_some(("hidden-terminal-text", 0.9)),
        Opens::Comment(_) => "hidden-comment-instruction",
        Opens::Style | Opens::Attribute | Opens::Group | Opens::Inkless(_) => "hidden-style-instruction",
    };
    let said = if opens == Opens::Style { Cow::Owned(content(inside)) } else { Cow::Borrowed(inside) };
    // What is read aloud, or shown when something is missing, speaks to people.
    let aside = ["sr-only", "visually-hidden", "<noscript", "<template", "modal", "dialog"];
    let tag = inside.split('>').next().unwrap_or_default();
    let quiet = aside.iter().any(|word| tag.contains(word));
    let unseen = matches!(opens, Opens::Style | Opens::Group | Opens::Inkless(_));
    match weight(&said) {
        // Style sheets hide parts of an interface until they are wanted: `Show password`.
        _ if sheet && !names_model(&said) && !orders_model(&said) && !said.contains("instructions") => None,
        // A value of code is no sentence.
        3 if opens == Opens::Attribute && said.is_ascii() && said.split_whitespace().nth(2).is_none() => None,
        3 => Some((kind, 0.9)),
        // Nothing honest is set in the colour of the paper.
        2 if matches!(opens, Opens::Group | Opens::Inkless(_)) => Some((kind, 0.7)),
        2 if names_model(&said) && opens != Opens::Attribute && addresses(&said) => Some((kind, 0.7)),
        _ if unseen && !quiet && (orders_model(&said) || orders_writer(said.trim())) => Some((kind, 0.6)),
        2 if opens == Opens::Comment("-->") && orders_model(&said) => Some((kind, 0.6)),
        // Comments of Markdown are read by nobody but a model.
        _ if opens == Opens::Comment("\n") && orders_model(&said) => Some((kind, 0.6)),
        _ if names_model(&said) && orders_model(&said) => Some((kind, 0.6)),
        _ => None,
    }
}

/// The text of an element without its tags, and what its fields hold.
fn content(inside: &str) -> String {
    let mut said = String::with_capacity(inside.len());
    for (index, piece) in inside.split('<').enumerate() {
        // What stands before the first tag is a part of it; a sign of less is none.
        let is_tag = index > 0 && piece.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        let (tag, text) = match piece.split_once('>') {
            Some((tag, text)) if is_tag || index == 0 => (tag, text),
            None if is_tag || index == 0 => (piece, ""),
            _ => ("", piece),
        };
        for name in ["value=", "placeholder="] {
            let quoted = tag.split_once(name).and_then(|(_, rest)| Some((rest.chars().next()?, rest.get(1..)?)));
            said.push_str(quoted.and_then(|(quote, rest)| rest.split(quote).next()).unwrap_or_default());
            said.push(' ');
        }
        said.push_str(text);
        said.push(' ');
    }
    said
}

/// Whether somebody is spoken to, not only of.
fn addresses(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = [
        "you ",
        "your ",
        " must ",
        " should ",
        "please ",
        " shall ",
        "assistant:",
        "assistants:",
        "agents:",
        "ai:",
        "llm:",
    ];
    let called = |mark: &str| lower.split_once(mark).is_some_and(|(who, _)| who.len() < 60 && names_model(who));
    // `Claude push the tokens`, `for AI agents send the file`.
    let mut before = "";
    let mut told = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        let told = is_verb(word.trim_end_matches('s')) && names_model(before);
        before = word;
        told
    });
    words.iter().any(|word| lower.contains(word))
        || [", ", ":"].iter().any(|mark| called(mark))
        || told.any(|told| told)
        || orders_model(text)
}

/// The bytes that a word hides, if it hides any.
fn place(text: &str, word: &Word, opens: Opens) -> Option<Range<usize>> {
    let rest = text.get(word.end..text.floor_char_boundary(word.end.saturating_add(AFTER)))?;
    match opens {
        // Operators of PDF; `3 Tr` alone begins many words.
        Opens::Inkless("ET") if !draws(text, word, rest) => None,
        // A size below one point, not `08` or `0.9cm`.
        Opens::Inkless("\n")
            if !["}", ".", "pt}", "pt "].iter().any(|end| rest.starts_with(end)) || rest.starts_with(".9") =>
        {
            None
        }
        Opens::Inkless("\n") => {
            let end = rest.find("\n\n").unwrap_or(rest.len());
            let from = rest.find("\\selectfont").filter(|at| *at < end).map_or(0, |at| at + "\\selectfont".len());
            Some(word.end + from..word.end + end)
        }
        Opens::Comment(end) | Opens::Inkless(end) => Some(word.end..word.end + rest.find(end).unwrap_or(rest.len())),
        Opens::Attribute => {
            let style = text.get(text.floor_char_boundary(word.start.saturating_sub(RULE))..word.start)?;
            if text.get(word.start..)?.starts_with("content:")
                && !style.contains(":before")
                && !style.contains(":after")
            {
                return None;
            }
            let mut start = word.end;
            if text.get(..start)?.ends_with('-') {
                // The rest of the attribute's name.
                let name =
                    rest.bytes().take(32).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
                rest.get(name..)?.strip_prefix("=\"")?;
                start += name + 2;
            }
            // What opened it closes it.
            let quote = text.get(..start)?.chars().next_back()?;
            Some(start..start + text.get(start..word.end + rest.len())?.find([quote, '<', '>'])?)
        }
        Opens::Group => Some(word.end..word.end + group(rest)),
        Opens::Style => element(text, word),
        Opens::Terminal => terminal(text, word, rest),
    }
}

/// Whether an operator of PDF stands alone, and text is drawn after it; `3 Tr` alone begins many words.
fn draws(text: &str, word: &Word, rest: &str) -> bool {
    let before = text.get(..word.start).and_then(|before| before.chars().next_back());
    let alone = before.is_none_or(char::is_whitespace) && rest.starts_with(char::is_whitespace);
    alone && (rest.contains("Tj") || rest.contains("TJ"))
}

/// The element that a rule of a style sheet hides: `.note{display:none}` and `<p class="note">`.
fn by_name(text: &str, word: &Word) -> Option<Range<usize>> {
    let from = text.floor_char_boundary(word.start.saturating_sub(TAG));
    let rule = text.get(from..word.start)?.rsplit('}').next()?;
    let selector = rule.split_once('{')?.0.rsplit(['>', ',', '\n', ' ']).find(|part| !part.is_empty())?;
    let (attribute, name) = match selector.split_at_checked(1)? {
        (".", name) => ("class=", name),
        ("#", name) => ("id=", name),
        _ => return None,
    };
    if name.len() < 2 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return None;
    }
    // A page has its styles in its head, and the element below.
    let below = text.get(word.end..text.floor_char_boundary(word.end.saturating_add(PAGE)))?;
    let class = |at: usize| {
        let (before, after) = (below.get(..at).unwrap_or_default(), below.get(at + name.len()..).unwrap_or_default());
        let tag = before.rfind('<').and_then(|open| before.get(open..)).filter(|tag| !tag.contains('>'));
        let value = tag.and_then(|tag| tag.rsplit_once(attribute)).map(|(_, value)| value);
        // The name is a whole word of the attribute's value.
        let begins = value.is_some_and(|value| value.is_empty() || value.ends_with(['"', '\'', ' ']));
        let closed = value.is_some_and(|value| value.get(1..).is_some_and(|rest| rest.contains(['"', '\''])));
        begins && !closed && after.starts_with(['"', '\'', ' ', '>'])
    };
    let at = below.match_indices(name).map(|(at, _)| at).take(64).find(|at| class(*at))?;
    let start = word.end + at;
    element(text, &Word { index: word.index, start, end: start + name.len() + 1 })
}

/// Rules of style sheets whose elements are looked for in one text.
const RULES: usize = 256;

/// Bytes below a rule in which the element is looked for that it hides.
const PAGE: usize = 64 << 10;

/// Where a group of TeX ends: at its own brace, or with its paragraph.
fn group(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return at,
            b'}' => depth -= 1,
            b'\n' if rest.get(at..).is_some_and(|rest| rest.starts_with("\n\n")) => return at,
            _ => {}
        }
    }
    rest.len()
}

/// The element whose tag the word stands in: the tag from there on, and the text up to its end.
fn element(text: &str, word: &Word) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let zero = bytes.get(word.end.checked_sub(1)?) == Some(&b'0');
    // `font-size:0.9em`, `height:05`; `background-color:white`, `max-height:0`. `0.00` is nothing as well.
    let digits = bytes.get(word.end..)?.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    if zero && digits.take(8).any(|byte| matches!(byte, b'1'..=b'9')) {
        return None;
    }
    // `#fff` and `#ffffff` are white, `#fffacd` is not.
    let opener = text.get(word.start..word.end)?;
    if opener.ends_with("fff") {
        let digits = bytes.get(word.end..)?.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let white = digits == 0 || (digits == 3 && bytes.get(word.end..word.end + 3)?.eq_ignore_ascii_case(b"fff"));
        white.then_some(())?;
    }
    let before = word.start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    // `background-color`, `bgcolor`.
    if opener.starts_with("color") && before.is_some_and(|byte| byte == b'-' || byte.is_ascii_alphabetic()) {
        return None;
    }
    let from = text.floor_char_boundary(word.start.saturating_sub(TAG));
    let tag = if bytes.get(word.start) == Some(&b'<') {
        word.start
    } else {
        let before = text.get(from..word.start)?;
        let open = before.rfind('<')?;
        // A tag that was closed before the word does not hold it.
        before.get(open..).filter(|tag| !tag.contains('>'))?;
        from + open
    };
    let name: String = text.get(tag + 1..)?.chars().take_while(char::is_ascii_alphanumeric).take(16).collect();
    if name.is_empty() {
        return None;
    }
    let rest = text.get(word.end..text.floor_char_boundary(word.end.saturating_add(AFTER)))?;
    let closing = format!("</{name}");
    // A tag that is only spoken of has no end of its own.
    if opener.starts_with('<') && rest.split_once(&closing).is_none_or(|(inside, _)| inside.contains(opener)) {
        return None;
    }
    let end = rest.find(&closing).unwrap_or_else(|| rest.find("\n\n").unwrap_or(rest.len()));
    Some(tag..word.end + end)
}

/// Text under SGR 8 (concealed), or in the colour of its ground, up to the sequence that ends it.
fn terminal(text: &str, word: &Word, rest: &str) -> Option<Range<usize>> {
    let len = rest.bytes().take(64).take_while(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':')).count();
    let mut parameters = Cow::Borrowed(rest.get(..len)?);
    let mut start = word.end + len + 1;
    // Ink and ground may be set by a sequence each.
    let next = text.get(start..).and_then(|after| after.strip_prefix("\u{1b}["));
    let last =
        next.map_or(0, |next| next.bytes().take(64).take_while(|byte| byte.is_ascii_digit() || *byte == b';').count());
    if let Some(more) = next.filter(|next| next.as_bytes().get(last) == Some(&b'm')).and_then(|next| next.get(..last)) {
        parameters = Cow::Owned(format!("{parameters};{more}"));
        start += 2 + last + 1;
    }
    if rest.as_bytes().get(len) != Some(&b'm') {
        return None;
    }
    let after = text.get(start..word.end + rest.len())?;
    let end = after.find(['\u{1b}', '\u{9b}']).unwrap_or(after.len());
    // In the colour of many grounds only an order is worth a word.
    let hidden = conceals(&parameters) || is_pale(&parameters) && after.get(..end).is_some_and(erased::is_order);
    hidden.then_some(start..start + end)
}

/// Whether the ink is white or black, the colours of most grounds, or faint.
fn is_pale(parameters: &str) -> bool {
    let codes: Vec<&str> = parameters.split(';').collect();
    let indexed = |codes: &[&str]| matches!(codes, ["38", "5", "0" | "15" | "16" | "231" | "232" | "255"]);
    codes.iter().any(|code| matches!(*code, "2" | "30" | "97")) && !codes.contains(&"38")
        || codes.windows(3).any(indexed)
}

/// Whether the parameters of SGR hide what follows.
fn conceals(parameters: &str) -> bool {
    let mut numbers = parameters.split(';');
    let (mut ink, mut ground) = (None, None);
    let mut concealed = false;
    while let Some(number) = numbers.next() {
        match number.parse::<u16>().unwrap_or(0) {
            0 => (ink, ground, concealed) = (None, None, false),
            8 => concealed = true,
            28 => concealed = false,
            code @ (30..=37 | 90..=97) => ink = Some((code - 30, 0, 0)),
            code @ (40..=47 | 100..=107) => ground = Some((code - 40, 0, 0)),
            code @ (38 | 48) => {
                let mut next = || numbers.next().and_then(|number| number.parse::<u16>().ok()).unwrap_or(0);
                let color = match next() {
                    5 => (next() + 1000, 0, 0),
                    _ => (next() + 2000, next(), next()),
                };
                if code == 38 { ink = Some(color) } else { ground = Some(color) }
            }
            _ => {}
        }
    }
    concealed || (ink.is_some() && ink == ground)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sequences_that_hide_conceal() {
        for (parameters, hides) in [
            ("8", true),
            ("1;8", true),
            ("30;40", true),
            ("38;5;8", false),
            ("38;2;8;8;8;48;2;8;8;8", true),
            ("0", false),
            ("8;0", false),
            ("", false),
            ("31;40", false),
            ("48;5;8;1", false),
        ] {
            assert_eq!(conceals(parameters), hides, "{parameters}");
        }
    }
}
