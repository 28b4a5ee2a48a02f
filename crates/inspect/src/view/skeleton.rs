//! What a text looks like: the skeleton of UTS #39, by a table that `build.rs` lays out.

use unicode_normalization::UnicodeNormalization;

include!(concat!(env!("OUT_DIR"), "/lookalike.rs"));

/// What one letter looks like, if that is something else; nothing for what is not shown.
fn looks_like(c: char) -> Option<&'static str> {
    let at = KEYS.binary_search(&u32::from(c)).ok()?;
    let start = at.checked_sub(1).and_then(|before| ENDS.get(before)).copied().unwrap_or(0);
    TEXT.get(usize::from(start)..usize::from(*ENDS.get(at)?))
}

/// The skeleton: texts that look alike have the same.
pub(super) fn skeleton(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.nfd() {
        match looks_like(c) {
            Some(like) => shown.push_str(like),
            None => shown.push(c),
        }
    }
    shown.nfd().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_that_of_the_standard() {
        let standard = |text: &str| unicode_security::confusable_detection::skeleton(text).collect::<String>();
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            assert_eq!(skeleton(&text), standard(&text), "{c:?}");
        }
        for text in ["раураl", "ⅷ ﬃ e\u{301}\u{323}", "m\u{ad}n\u{200b}o", "𝐩𝒂𝓼𝕤", "ǅ‖Ⅱ"] {
            assert_eq!(skeleton(text), standard(text), "{text}");
        }
    }
}
