//! Characters in source that make it read other than it runs, and letters that Python takes for others.

use redan_artifact::{Fact, text};

use super::HIDDEN_TEXT;

/// Bidirectional overrides and isolates: compilers follow the order of bytes, people that of the screen.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn examine(source: &str) -> Vec<Fact> {
    // A table of such characters has each alone between quotes; an attack has text on the same line.
    for (at, c) in source.char_indices().filter(|(_, c)| reorders(*c)) {
        let rest = source.get(at..).unwrap_or_default();
        let after = rest.chars().nth(1).unwrap_or('\n');
        let alone = matches!(after, '"' | '\'' | '\n' | '\r' | '-') || reorders(after);
        if !alone {
            let (number, column) = text::line_column(source, at);
            let message = "characters that reverse the reading order make this line read other than it runs";
            let fact =
                Fact::new(HIDDEN_TEXT, format!("U+{:04X}", u32::from(c)), message).at(at as u64, c.len_utf8() as u64);
            return vec![fact.line(number, column).excerpt(text::excerpt(source, at, c.len_utf8(), "here"))];
        }
    }
    Vec::new()
}

/// Letters that Python folds to ASCII in identifiers (NFKC): mathematical alphabets, full width, letter-like symbols.
pub(super) fn plain_letter(c: char) -> char {
    let code = u32::from(c);
    let letter = |index: u32| char::from_u32(if index < 26 { 65 + index } else { 97 + index - 26 }).unwrap_or(c);
    match code {
        0x1d400..=0x1d6a3 => letter((code - 0x1d400) % 52),
        0x1d7ce..=0x1d7ff => char::from_u32(48 + (code - 0x1d7ce) % 10).unwrap_or(c),
        0xff21..=0xff3a | 0xff41..=0xff5a | 0xff10..=0xff19 | 0xff3f => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ => match c {
            'ℊ' => 'g',
            'ℋ' | 'ℌ' | 'ℍ' => 'H',
            'ℎ' => 'h',
            'ℐ' | 'ℑ' => 'I',
            'ℒ' => 'L',
            'ℓ' => 'l',
            'ℕ' => 'N',
            'ℙ' => 'P',
            'ℚ' => 'Q',
            'ℛ' | 'ℜ' | 'ℝ' => 'R',
            'ℤ' | 'ℨ' => 'Z',
            'ℬ' => 'B',
            'ℂ' | 'ℭ' => 'C',
            'ℯ' | 'ᵉ' | 'ₑ' => 'e',
            'ℰ' => 'E',
            'ℱ' => 'F',
            'ℳ' => 'M',
            'ℴ' | 'ₒ' | 'º' => 'o',
            'ⅰ' | 'ⁱ' => 'i',
            'ⅽ' => 'c',
            'ⅾ' => 'd',
            'ⅿ' => 'm',
            'ⅹ' | 'ₓ' => 'x',
            'ⅴ' => 'v',
            'ⅼ' => 'l',
            'ª' | 'ₐ' => 'a',
            'ſ' | 'ₛ' => 's',
            'ₜ' => 't',
            c => c,
        },
    }
}
