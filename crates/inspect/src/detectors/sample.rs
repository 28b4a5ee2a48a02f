//! Example texts with holes: `{{hex:32}}` stands for 32 hexadecimal digits, so that no credential is stored.
//!
//! | hole | becomes |
//! |---|---|
//! | `{{hex:N}}` `{{HEX:N}}` `{{digits:N}}` `{{lower:N}}` `{{upper:N}}` `{{alnum:N}}` `{{UPPER:N}}` | N characters of `0-9a-f`, `0-9A-F`, `0-9`, `a-z0-9`, `A-Z0-9`, `A-Za-z0-9`, `A-Z2-7` |
//! | `{{base64:N}}` `{{base64url:N}}` | N characters of that alphabet, without padding |
//! | `{{char:HEX}}` | the character with this code point, for those that do not show |
//! | `{{text:WORDS}}` | the words as they are: breaks up what a scanner would recognise |

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
        } else if name == "char" {
            let code = u32::from_str_radix(argument, 16).ok().and_then(char::from_u32);
            out.push(code.ok_or_else(|| format!("`{argument}` is not the number of a character"))?);
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
        assert!(expand("{{hexx:8}}").is_err() && expand("{{hex").is_err());
    }
}
