//! Checksums and structure that some issuers build into their tokens.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// `number` in digits of `alphabet`, filled up with zeros to `width`.
fn digits(mut number: u32, alphabet: &[u8], width: usize) -> Vec<u8> {
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    let mut out = vec![0; width];
    for place in out.iter_mut().rev() {
        *place = alphabet.get((number % base) as usize).copied().unwrap_or_default();
        number /= base;
    }
    out
}

/// GitHub and npm: the last six characters are the CRC-32 of what stands between prefix and them, in base 62.
pub fn crc32_base62(value: &str) -> bool {
    let Some((body, sum)) = value.split_at_checked(value.len().saturating_sub(6)) else { return false };
    let bodies = [body.split_once('_').map(|(_, body)| body), body.rsplit_once('_').map(|(_, body)| body), Some(body)];
    bodies.into_iter().flatten().any(|body| digits(crc32fast::hash(body.as_bytes()), BASE62, 6) == sum.as_bytes())
}

/// Grafana: eight hexadecimal digits after the last underscore, the CRC-32 of all before it, least byte first.
pub fn grafana(value: &str) -> bool {
    let Some((body, sum)) = value.rsplit_once('_') else { return false };
    let crc = crc32fast::hash(body.as_bytes()).swap_bytes();
    u32::from_str_radix(sum, 16).is_ok_and(|sum| sum == crc)
}

/// GitLab's routable tokens: the last seven characters are the CRC-32 of all before them, in base 36.
pub fn gitlab(value: &str) -> bool {
    let Some((body, sum)) = value.split_at_checked(value.len().saturating_sub(7)) else { return false };
    body.contains('.') && digits(crc32fast::hash(body.as_bytes()), BASE36, 7) == sum.as_bytes()
}

/// PyPI: a macaroon (version 2, binary) whose location is `pypi.org` or `test.pypi.org`.
pub fn pypi(value: &str) -> bool {
    let Some(body) = value.strip_prefix("pypi-") else { return false };
    // A row of four characters at a time, so that a cut token still decodes.
    let whole = body.get(..body.len() / 4 * 4).unwrap_or_default();
    URL_SAFE_NO_PAD.decode(whole).is_ok_and(|bytes| {
        bytes.starts_with(b"\x02\x01\x08pypi.org") || bytes.starts_with(b"\x02\x01\x0dtest.pypi.org")
    })
}

/// AWS: the characters after the four of the prefix are base 32, and the first of them hold the account number
/// (bits 1 to 40), which has twelve decimal digits.
pub fn aws_key_id(value: &str) -> bool {
    let Some(body) = value.get(4..14) else { return false };
    let mut bits = 0_u64;
    for byte in body.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return false,
        };
        bits = bits << 5 | u64::from(digit);
    }
    // 50 bits were read; the account number is bits 1 to 40.
    (bits >> 9) & 0xff_ffff_ffff < 1_000_000_000_000
}

/// A JSON Web Token: the part before the first dot decodes to a JSON object that names an algorithm.
pub fn jwt(value: &str) -> bool {
    let header = value.split('.').next().unwrap_or_default().trim_end_matches('=');
    URL_SAFE_NO_PAD
        .decode(header)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).ok())
        .is_some_and(|header| header.contains_key("alg") || header.contains_key("enc"))
}

/// HTTP basic authentication: base 64 of printable `name:password`, neither of them empty nor a stand-in.
pub fn basic(value: &str) -> bool {
    let Ok(bytes) = STANDARD_NO_PAD.decode(value.trim_end_matches('=')) else { return false };
    let Ok(text) = String::from_utf8(bytes) else { return false };
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    printable
        && text.split_once(':').is_some_and(|(name, password)| {
            !name.is_empty() && (super::in_address(password) || (password.is_empty() && super::random(name)))
        })
}

/// OpenAI writes its own name, in base 64, into the middle of every key.
pub fn openai(value: &str) -> bool {
    value.contains("T3BlbkFJ")
}

/// Microsoft's identifiable keys carry a fixed signature before their checksum, by product.
pub fn azure(value: &str) -> bool {
    ["JQQJ99", "AzCa", "AzSe", "AzFu", "ACDb", "AIoT", "+ASt", "+AEh", "+ASb", "+ARm", "+ACR", "+ABa"]
        .iter()
        .any(|signature| value.contains(signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_catch_a_changed_character() {
        let sealed = |prefix: &str, body: &str| {
            let sum = digits(crc32fast::hash(body.as_bytes()), BASE62, 6);
            format!("{prefix}{body}{}", String::from_utf8(sum).unwrap())
        };
        let token = sealed("ghp_", "k3Jd83hs9Ab12kd9QzXw7Lm0PqRtUv");
        assert!(crc32_base62(&token));
        assert!(!crc32_base62(&token.replace("k3J", "k3K")) && !crc32_base62("") && !crc32_base62("ghp_"));
        let body = "glsa_k3Jd83hs9Ab12kd9QzXw7Lm0PqRtUvZz";
        let token = format!("{body}_{:08x}", crc32fast::hash(body.as_bytes()).swap_bytes());
        assert!(grafana(&token) && !grafana(&token.replace("k3J", "k3K")) && !grafana(""));
        let body = "glpat-k3Jd83hs9Ab12kd9QzXw7Lm0PqR.0w";
        let sum = digits(crc32fast::hash(body.as_bytes()), BASE36, 7);
        assert!(gitlab(&format!("{body}{}", String::from_utf8(sum).unwrap())) && !gitlab(body) && !gitlab(""));
    }

    #[test]
    fn structure_is_decoded() {
        assert!(jwt(&format!("{}.e30.x", URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256"}"#))));
        assert!(!jwt("eyJhIjoxfQ.e30.x") && !jwt("") && !jwt("eyJ.."));
        assert!(basic(&STANDARD_NO_PAD.encode("jane:hunter2!")) && !basic(&STANDARD_NO_PAD.encode("user:password")));
        assert!(!basic("aGVsbG8gd29ybGQ") && !basic(""));
        assert!(pypi(&format!("pypi-{}", URL_SAFE_NO_PAD.encode(b"\x02\x01\x08pypi.orgabcdef"))));
        assert!(!pypi("pypi-AAAA") && !pypi(""));
        let id = |body: &str| format!("AKIA{body}");
        assert!(aws_key_id(&id("Q2AB3CD4EF5GH6IJ")) && !aws_key_id(&id("7777777777777777")) && !aws_key_id(&id("")));
    }
}
