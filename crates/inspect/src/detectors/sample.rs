//! Example texts with holes: `{{hex:32}}` stands for 32 hexadecimal digits, so that no credential is stored.
//!
//! | hole | becomes |
//! |---|---|
//! | `{{hex:N}}` `{{HEX:N}}` `{{digits:N}}` `{{lower:N}}` `{{upper:N}}` `{{alnum:N}}` `{{UPPER:N}}` | N characters of `0-9a-f`, `0-9A-F`, `0-9`, `a-z0-9`, `A-Z0-9`, `A-Za-z0-9`, `A-Z2-7` |
//! | `{{base64:N}}` `{{base64url:N}}` | N characters of that alphabet, without padding |
//! | `{{u:CODE}}` `{{u:CODE CODE}}` | the code points, in hexadecimal: what is not seen is not stored |
//! | `{{tag:TEXT}}` `{{vs:TEXT}}` | the text in tag characters; its bytes as variation selectors |
//! | `{{zw:TEXT}}` `{{cut:TEXT}}` | its bits in two zero-width characters; a zero-width space after each letter |
//! | `{{b64:TEXT}}` `{{b32:TEXT}}` `{{hexed:TEXT}}` `{{pct:TEXT}}` `{{ent:TEXT}}` `{{rot13:TEXT}}` | the text in that encoding |
//! | `{{text:WORDS}}` | the words as they are: breaks up what a scanner would recognise |

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Fills the holes; the same text always gives the same result.
///
/// # Errors
/// Names the hole that is not understood.
pub fn expand(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut state = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    while let Some((before, after)) = rest.split_once("{{") {
        let (hole, after) = after.split_once("}}").ok_or("`{{` without `}}`")?;
        out.push_str(before);
        let (name, argument) =
            hole.split_once(':').ok_or_else(|| format!("`{{{{{hole}}}}}` is not `{{{{name:N}}}}`"))?;
        if name == "text" {
            out.push_str(argument);
        } else if let Some(written) = written(name, argument)? {
            out.push_str(&written);
        } else {
            let alphabet = alphabet(name).ok_or_else(|| format!("there is no hole `{name}`"))?;
            let count: usize = argument.parse().map_err(|_| format!("`{argument}` is not a number"))?;
            out.extend(
                (0..count).filter_map(|_| alphabet.get(draw(&mut state, alphabet.len()))).map(|byte| *byte as char),
            );
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// A text as a hidden channel or an encoding writes it; None if the hole is another.
fn written(name: &str, text: &str) -> Result<Option<String>, String> {
    let each = |write: &dyn Fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let shifted = |byte: u8, by: u32| char::from_u32(u32::from(byte) + by).map_or(String::new(), String::from);
    let variation = |byte: u8| if byte < 16 { shifted(byte, 0xFE00) } else { shifted(byte, 0xE0100 - 16) };
    let zero_width = |byte: u8| format!("{byte:08b}").replace('0', "\u{200B}").replace('1', "\u{200C}");
    let rot13 = |byte: u8| match byte {
        b'a'..=b'z' => char::from((byte - b'a' + 13) % 26 + b'a').into(),
        b'A'..=b'Z' => char::from((byte - b'A' + 13) % 26 + b'A').into(),
        _ => char::from(byte).into(),
    };
    Ok(Some(match name {
        "u" => {
            let code = |code: &str| u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
            let point = |word| code(word).ok_or_else(|| format!("`{word}` is not a code point"));
            text.split(' ').map(point).collect::<Result<_, _>>()?
        }
        "tag" => each(&|byte| shifted(byte, 0xE0000)),
        "vs" => each(&variation),
        "zw" => each(&zero_width),
        "cut" => text.chars().flat_map(|c| [c, '\u{200B}']).collect(),
        "b64" => STANDARD.encode(text),
        "b32" => base32(text.as_bytes()),
        "hexed" => each(&|byte| format!("{byte:02x}")),
        "pct" => each(&|byte| format!("%{byte:02X}")),
        "ent" => each(&|byte| format!("&#{byte};")),
        "rot13" => each(&rot13),
        _ => return Ok(None),
    }))
}

/// RFC 4648, without padding.
fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |five: &[u8]| {
        let value = five.iter().chain([0; 5].iter()).take(5).fold(0_usize, |value, bit| value << 1 | usize::from(*bit));
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".get(value).map(|byte| char::from(*byte))
    };
    bits.chunks(5).filter_map(letter).collect()
}

fn alphabet(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "digits" => b"0123456789",
        "lower" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "UPPER" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "alnum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "base64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "base64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        _ => return None,
    })
}

/// The next number below `below` (xorshift64*).
fn draw(state: &mut u64, below: usize) -> usize {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn holes_are_filled_the_same_way_each_time() {
        let text = expand("key-{{hex:8}} {{text:BEGIN}}").unwrap();
        assert_eq!(text, expand("key-{{hex:8}} {{text:BEGIN}}").unwrap());
        assert!(text.starts_with("key-") && text.ends_with(" BEGIN") && text.len() == 18);
        assert_eq!(expand("a{{u:200B}}{{tag:b}}{{vs:c}}").unwrap(), "a\u{200B}\u{E0062}\u{E0153}");
        assert_eq!(expand("{{b64:hi}} {{b32:hi}} {{pct:hi}} {{rot13:hi}}").unwrap(), "aGk= NBUQ %68%69 uv");
        assert!(expand("{{u:zz}}").is_err());
        assert!(expand("{{hexx:8}}").is_err() && expand("{{hex").is_err());
    }
}
