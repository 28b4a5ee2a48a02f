//! Words, texts and signs of a check.

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Sign(char),
    Compare(&'static str),
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let two = ["==", "!=", "<", ">"].into_iter().find(|sign| rest.starts_with(sign));
        if let Some(sign) = two {
            out.push(Token::Compare(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else if "()[],".contains(c) {
            out.push(Token::Sign(c));
            rest = rest.get(1..).unwrap_or_default();
        } else if c == '"' {
            let inner = rest.get(1..).unwrap_or_default();
            let (text, after) = inner.split_once('"').ok_or_else(|| format!("`{rest}` has no closing quote"))?;
            out.push(Token::Text(text.to_string()));
            rest = after;
        } else {
            let (word, after) = word(rest)?;
            out.push(Token::Word(word));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(out)
}

/// A word or a path; parts of a path may be quoted: `annotations."example.com/key"`.
fn word(text: &str) -> Result<(String, &str), String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '"' && out.ends_with('.') {
            let inner = rest.get(1..).unwrap_or_default();
            let (part, after) = inner.split_once('"').ok_or_else(|| format!("`{rest}` has no closing quote"))?;
            // A dot inside quotes separates nothing.
            out.push_str(&part.replace('.', "\u{1}"));
            rest = after;
        } else if c.is_alphanumeric() || "._-*/".contains(c) {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        } else {
            break;
        }
    }
    if out.is_empty() { Err(format!("`{text}` begins with no word")) } else { Ok((out, rest)) }
}
