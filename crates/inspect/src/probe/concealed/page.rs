//! Where in a page, a document or a drawing a place ends that is not shown.

use std::ops::Range;

use super::{AFTER, Opens, style, terminal};
use crate::probe::Word;
use crate::probe::hostile::reads;

/// Bytes of a rule of a style sheet before what it puts in.
const RULE: usize = 256;

/// Most bytes of a tag.
pub(super) const TAG: usize = 1 << 10;

/// The bytes that a word hides, if it hides any.
pub(super) fn place(text: &str, word: &Word, opens: Opens) -> Option<Range<usize>> {
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
        Opens::Data("</script") => Some(word.end + rest.find('>')? + 1..word.end + rest.find("</script")?),
        Opens::Data(end) => {
            Some(word.end..word.end + rest.get(..rest.floor_char_boundary(2 * TAG)).unwrap_or_default().find(end)?)
        }
        // A reference of Markdown begins its line.
        Opens::Comment("\n") if !begins_line(text, word.start) => None,
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
        // Far enough to the left that it is off the page.
        Opens::Group if text.get(word.start..word.end)?.ends_with('-') => {
            let (away, after) = rest.get(..rest.floor_char_boundary(TAG))?.split_once('}')?;
            let start = word.end + away.len() + 1;
            style::is_far(away).then_some(start..start + group(after))
        }
        Opens::Group => Some(word.end..word.end + group(rest)),
        Opens::Inline => declared(text, word, rest).then(|| element(text, word)).flatten(),
        Opens::Sheet => {
            let sheet = rest.get(..rest.find("</style")?)?;
            Some(word.end + sheet.find("/*")?..word.end + sheet.rfind("*/")?).filter(|range| range.start < range.end)
        }
        Opens::TexComment => Some(word.end..word.end + rest.find('\n').unwrap_or(rest.len())),
        Opens::Alternative => Some(word.end..word.end + line_of(rest).find(']')?),
        Opens::Title(end) => {
            let target = line_of(rest);
            let target = target.get(..target.find(end).unwrap_or(target.len()))?;
            let open =
                target.find([' ', '\t']).and_then(|at| Some(at + target.get(at..)?.find(['"', '\'', '('])? + 1))?;
            let said = target.get(open..)?.trim_end().trim_end_matches(['"', '\'', ')']);
            Some(word.end + open..word.end + open + said.len())
        }
        Opens::Style => element(text, word),
        // Behind the line that is shown.
        Opens::Folded => {
            let summary = rest.find("</summary>").filter(|at| *at < TAG).map_or(0, |at| at + "</summary>".len());
            let end = rest.find("</details")?;
            (summary < end).then_some(word.end + summary..word.end + end)
        }
        Opens::Terminal => terminal::place(text, word, rest),
    }
}

/// Whether a place is one of markup rather than of code that has the same signs in it: an attribute stands in a tag, a
/// comment has an end.
pub(super) fn is_markup(text: &str, word: &Word, opens: Opens, place: &Range<usize>) -> bool {
    match opens {
        Opens::Attribute => {
            let from = text.floor_char_boundary(word.start.saturating_sub(TAG));
            let before = text.get(from..word.start).unwrap_or_default();
            let tag = before.rfind('<').and_then(|open| before.get(open..)).unwrap_or_default();
            tag.get(1..).is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !tag.contains('>'))
        }
        Opens::Comment("\n") | Opens::TexComment | Opens::Sheet => true,
        Opens::Comment(end) | Opens::Data(end) => text.get(place.end..).is_some_and(|rest| rest.starts_with(end)),
        _ => true,
    }
}

/// Whether the label of a reference, up to its bracket at a place, begins its line.
fn begins_line(text: &str, at: usize) -> bool {
    let label = text.get(text.floor_char_boundary(at.saturating_sub(LABEL))..at).unwrap_or_default();
    reads(label.len());
    let whole = at <= LABEL || label.contains('\n');
    whole && label.rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('['))
}

/// Longest label of a reference, in bytes.
const LABEL: usize = 128;

/// The rest of a line, within the length of a tag.
fn line_of(rest: &str) -> &str {
    let most = rest.get(..rest.floor_char_boundary(TAG)).unwrap_or_default();
    most.split('\n').next().unwrap_or_default()
}

/// Whether the style or the attributes that a word begins keep an element from view.
fn declared(text: &str, word: &Word, rest: &str) -> bool {
    let tag = rest.get(..rest.floor_char_boundary(TAG)).unwrap_or_default();
    if !text.get(word.start..word.end).is_some_and(|opener| opener.ends_with('=')) {
        let tag = tag.split('>').next().unwrap_or_default();
        return style::attributes_hide(tag);
    }
    let Some(quote) = tag.chars().next() else { return false };
    let value = match quote {
        '"' | '\'' => tag.get(1..).and_then(|value| value.split(quote).next()),
        _ => tag.split([' ', '>']).next(),
    };
    value.is_some_and(style::hides)
}

/// Whether an operator of PDF stands alone, and text is drawn after it; `3 Tr` alone begins many words.
fn draws(text: &str, word: &Word, rest: &str) -> bool {
    let before = text.get(..word.start).and_then(|before| before.chars().next_back());
    let alone = before.is_none_or(char::is_whitespace) && rest.starts_with(char::is_whitespace);
    alone && (rest.contains("Tj") || rest.contains("TJ"))
}

/// The element that a rule of a style sheet hides: `.note{display:none}` and `<p class="note">`.
pub(super) fn by_name(text: &str, word: &Word) -> Option<Range<usize>> {
    let from = text.floor_char_boundary(word.start.saturating_sub(TAG));
    let rule = text.get(from..word.start)?.rsplit('}').next()?;
    let selector = rule.split_once('{')?.0.rsplit(['>', ',', '\n', ' ']).find(|part| !part.is_empty())?;
    // `span.note`: the last name of it.
    let (_, name) = selector.split_at_checked(selector.rfind(['.', '#'])?)?;
    let (attribute, name) = match name.split_at_checked(1)? {
        (".", name) => ("class=", name),
        ("#", name) => ("id=", name),
        _ => return None,
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
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
pub(super) const RULES: usize = 256;

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
    let colors = opener.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("color"));
    if colors && before.is_some_and(|byte| byte == b'-' || byte.is_ascii_alphabetic()) {
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
    // These hold no text but what their own values say.
    if ["input", "img", "meta", "link", "br", "hr"].iter().any(|void| name.eq_ignore_ascii_case(void)) {
        return Some(tag..word.end + rest.find('>')?);
    }
    let closing = format!("</{name}");
    // A tag that is only spoken of has no end of its own.
    if opener.starts_with('<') && rest.split_once(&closing).is_none_or(|(inside, _)| inside.contains(opener)) {
        return None;
    }
    let end = rest.find(&closing).unwrap_or_else(|| rest.find("\n\n").unwrap_or(rest.len()));
    Some(tag..word.end + end)
}
