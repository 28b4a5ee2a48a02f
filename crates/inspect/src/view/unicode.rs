//! Characters that are not seen, and where writing needs them.

use unicode_script::{Script, UnicodeScript};

/// Kinds of characters that leave no ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unseen {
    /// U+E0000–E007F: ASCII once more.
    Tag,
    /// Chooses a form of the character before it.
    Variation,
    /// Zero-width joiner and non-joiner.
    Joiner,
    /// Without width, and without a use inside a word of most scripts.
    ZeroWidth,
    /// U+00AD.
    SoftHyphen,
    /// Has width or the properties of a letter, but no ink.
    Filler,
    /// LRM, RLM, ALM.
    Mark,
    /// Embeddings, overrides and isolates.
    Direction,
}

/// What kind of unseen character this is.
pub(super) fn unseen(c: char) -> Option<Unseen> {
    Some(match c {
        '\u{AD}' => Unseen::SoftHyphen,
        '\u{200E}' | '\u{200F}' | '\u{61C}' => Unseen::Mark,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Unseen::Direction,
        '\u{200C}' | '\u{200D}' => Unseen::Joiner,
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}' | '\u{180F}' => Unseen::Variation,
        '\u{E0000}'..='\u{E007F}' => Unseen::Tag,
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}' => Unseen::Filler,
        '\u{34F}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0080}'..='\u{E00FF}'
        | '\u{E01F0}'..='\u{E0FFF}' => Unseen::ZeroWidth,
        _ => return None,
    })
}

/// The next unseen character from a byte on.
pub(super) fn next_unseen(text: &str, from: usize) -> Option<(usize, char, Unseen)> {
    let bytes = text.as_bytes();
    for (offset, byte) in bytes.get(from..)?.iter().enumerate() {
        if *byte < 0xC2 {
            continue;
        }
        let second = || bytes.get(from + offset + 1).copied().unwrap_or(0);
        // Only these pairs of bytes begin one.
        let likely = match byte {
            0xC2 => second() == 0xAD,
            0xCD => second() == 0x8F,
            0xD8 => second() == 0x9C,
            0xE1 => matches!(second(), 0x85 | 0x9E | 0xA0),
            0xE2 => matches!(second(), 0x80 | 0x81 | 0xA0),
            0xE3 => second() == 0x85,
            0xEF => matches!(second(), 0xB8 | 0xBB | 0xBE | 0xBF),
            0xF0 => matches!(second(), 0x9B | 0x9D),
            0xF3 => second() == 0xA0,
            _ => false,
        };
        let at = from + offset;
        if likely
            && let Some(c) = text.get(at..).and_then(|rest| rest.chars().next())
            && let Some(kind) = unseen(c)
        {
            return Some((at, c, kind));
        }
    }
    None
}

/// Whether a variation selector or joiner after this character makes an emoji or chooses a symbol's form.
pub(super) fn is_symbol(c: char) -> bool {
    matches!(c,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{20E3}' | '\u{3030}' | '\u{303D}'
        | '\u{3297}' | '\u{3299}' | '\u{2190}'..='\u{23FF}' | '\u{2460}'..='\u{27FF}' | '\u{2900}'..='\u{2BFF}'
        | '\u{1F000}'..='\u{1FAFF}')
        && c != '\u{2800}'
}

/// Digits and signs that a keycap is made of.
pub(super) fn is_keycap_base(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '#' | '*')
}

/// Whether the writing system joins letters or breaks words without spaces, so that it needs joiners and breaks.
pub(super) fn needs_joiners(c: char) -> bool {
    // From Hebrew to Myanmar all do.
    matches!(c, '\u{5D0}'..='\u{109F}') || (!c.is_ascii() && !is_joinless(c))
}

/// Whether spaces without width stand between words of the script, which has no others.
pub(super) fn breaks_words(c: char) -> bool {
    !c.is_ascii()
        && matches!(
            c.script(),
            Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
                | Script::Tibetan
                | Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Javanese
                | Script::Balinese
                | Script::New_Tai_Lue
                | Script::Tai_Tham
        )
}

/// Whether something that is written stands on a side: letters, their signs, the letters of countries.
pub(super) fn keeps_letters(before: Option<char>, after: Option<char>) -> bool {
    let written = |c: char| c.is_alphabetic() || matches!(c, '\u{900}'..='\u{D7F}' | '\u{1F1E6}'..='\u{1F1FF}');
    before.is_some_and(written) || after.is_some_and(written)
}

/// Whether words of the script are written without joiners.
fn is_joinless(c: char) -> bool {
    matches!(
        c.script(),
        Script::Latin
            | Script::Cyrillic
            | Script::Greek
            | Script::Common
            | Script::Inherited
            | Script::Armenian
            | Script::Georgian
            | Script::Cherokee
            | Script::Coptic
            | Script::Unknown
    )
}

/// Whether a zero-width space or word joiner next to it breaks lines, as East Asian typography does.
pub(super) fn is_east_asian(c: char) -> bool {
    matches!(c.script(), Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo)
        || ('\u{3000}'..='\u{303F}').contains(&c)
        || ('\u{FF00}'..='\u{FFEF}').contains(&c)
}

/// Whether this character has a standardised or ideographic variation of this selector.
pub(super) fn has_variation(base: char, selector: char) -> bool {
    match selector {
        // Text and emoji style.
        '\u{FE0E}' | '\u{FE0F}' => is_symbol(base) || is_keycap_base(base),
        '\u{180B}'..='\u{180D}' | '\u{180F}' => base.script() == Script::Mongolian,
        '\u{FE00}'..='\u{FE0D}' => {
            base == '0'
                || is_east_asian(base)
                || matches!(base.script(), Script::Myanmar | Script::Phags_Pa | Script::Mongolian | Script::Manichaean)
                || matches!(base, '\u{2205}'..='\u{22FF}' | '\u{2A00}'..='\u{2AFF}' | '\u{2018}'..='\u{201D}')
                || matches!(base, '\u{13000}'..='\u{1345F}' | '\u{1D49C}'..='\u{1D4B5}' | '\u{210B}'..='\u{2133}')
        }
        // Registered collections use the first few dozen; bytes of letters come after them.
        '\u{E0100}'..='\u{E011F}' => matches!(base.script(), Script::Han),
        _ => false,
    }
}

/// A strong letter of a right-to-left script.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
        && c.is_alphabetic()
}

/// A letter of Latin, Cyrillic or Greek: scripts whose words hold no unseen characters.
pub(super) fn is_plain_letter(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || (c.is_alphabetic() && matches!(c.script(), Script::Latin | Script::Cyrillic | Script::Greek))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_by_bytes_misses_no_unseen_character() {
        for c in '\0'..=char::MAX {
            let text = format!("ж{c}");
            let found = next_unseen(&text, 0).map(|(_, c, kind)| (c, kind));
            assert_eq!(found, unseen(c).map(|kind| (c, kind)), "U+{:04X}", c as u32);
        }
    }
}
