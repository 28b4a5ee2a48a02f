//! Direction controls that show a text in another order than it is read: Trojan Source (CVE-2021-42574).

use super::edit::Edit;
use super::readable::line;
use super::unicode::{Unseen, is_right_to_left, unseen};
use super::{Work, report};
use crate::detection::Detection;

/// Reports lines whose order is changed without need, and takes the controls out of them.
pub(super) fn read(text: &str, found: &mut Vec<Detection>, work: &mut Work) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut start = 0;
    work.add(text.len());
    for whole in text.split_inclusive('\n') {
        let controls = || whole.char_indices().filter(|(_, c)| unseen(*c) == Some(Unseen::Direction));
        let at = |offset: usize| start + offset;
        if let Some((first, _)) = controls().next()
            && let Some(why) = disorder(whole)
        {
            let last = controls().next_back().map_or(first, |(last, c)| last + c.len_utf8());
            let evidence = format!("{why}: {}", line(whole));
            report(found, "hidden-bidi-override", at(first)..at(last), 0.9, evidence);
            edits.extend(
                controls().map(|(at, c)| Edit { range: start + at..start + at + c.len_utf8(), text: String::new() }),
            );
        }
        start += whole.len();
    }
    edits
}

/// Deepest embedding that is followed: the limit of UAX #9.
const DEEPEST: usize = 125;

/// Why a line with direction controls does not read as it is shown, if it does not.
fn disorder(line: &str) -> Option<&'static str> {
    let right_to_left = line.chars().any(is_right_to_left);
    let latin = line.chars().any(|c| c.is_ascii_alphabetic());
    let mut open: Vec<char> = Vec::new();
    // How many of each override are open, so that a letter costs the same at any depth.
    let (mut to_left, mut to_right) = (0_u32, 0_u32);
    for c in line.chars() {
        match c {
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' | '\u{2066}'..='\u{2068}' => {
                if open.len() >= DEEPEST {
                    return Some("nested beyond the limit");
                }
                open.push(c);
                to_left += u32::from(c == '\u{202E}');
                to_right += u32::from(c == '\u{202D}');
                if !right_to_left && latin && matches!(c, '\u{202B}' | '\u{2067}') {
                    return Some("right to left without need");
                }
            }
            '\u{202C}' | '\u{2069}' => {
                let closed = open.pop();
                to_left -= u32::from(closed == Some('\u{202E}'));
                to_right -= u32::from(closed == Some('\u{202D}'));
            }
            c if to_left > 0 && c.is_alphanumeric() && !is_right_to_left(c) => return Some("reversed"),
            c if to_right > 0 && is_right_to_left(c) => return Some("reversed"),
            _ => {}
        }
    }
    (!open.is_empty() && !right_to_left && latin).then_some("never closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_disturbed_only_where_it_shows() {
        for (text, disturbed) in [
            ("/*\u{202E} } \u{2066}if (isAdmin)\u{2069} \u{2066} begin admins only */", true),
            ("''' Subtract funds \u{2067}''' ;return", true),
            ("access = \"user\u{202E} \u{2066}// check\u{2069} \u{2066}\"", true),
            ("invoice\u{202E}gpj.exe", true),
            ("Hello \u{2068}Ann\u{2069}, welcome", false),
            ("\u{202B}שלום עולם\u{202C}", false),
            ("הקובץ \u{2066}README.md\u{2069} נמחק", false),
            ("\u{202B}שלום Word", false),
            ("\u{202E}שלום\u{202C}", false),
        ] {
            assert_eq!(disorder(text).is_some(), disturbed, "{}", text.escape_unicode());
        }
    }
}
