//! What a piece of an address says: something encoded, a credential, a sentence, a hole for a model to fill.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::shape::is_confided;
use super::words::{has_word, is_conversation, is_sensitive};
use crate::check::{card, shannon};
use crate::probe::hostile::reads;

/// What a value is, the clearest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Data {
    /// Readable text that was encoded; how many characters.
    Encoded(usize),
    /// A key or token of a known form.
    Credential,
    /// An e-mail address, a card, a social security or telephone number.
    Personal,
    /// A hole that something secret is meant to fill.
    Hole,
    /// A hole that anything may fill.
    Template,
    /// Several words of running text; how many.
    Sentence(usize),
    /// Looks random.
    Random,
    /// Anything else that is more than a number or a switch.
    Plain,
}

impl Data {
    /// In words, for the evidence.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Encoded(_) => "encoded text",
            Self::Credential => "a credential",
            Self::Personal => "personal data",
            Self::Hole => "a placeholder for private data",
            Self::Template => "a placeholder",
            Self::Sentence(_) => "running text",
            Self::Random => "a random-looking value",
            Self::Plain => "a value",
        }
    }

    /// What a percent-decoded value is; None for what is empty, a number, or a switch.
    pub(super) fn of(value: &str) -> Option<Self> {
        let value = value.trim();
        reads(value.len());
        if let Some(hole) = hole(value) {
            return Some(if hole { Self::Hole } else { Self::Template });
        }
        if value.len() < 4 {
            return None;
        }
        if credential(value) || is_confided(value) {
            return Some(Self::Credential);
        }
        if personal(value) {
            return Some(Self::Personal);
        }
        if let Some(text) = decoded(value) {
            let count = text.chars().count();
            // Chance makes no word of eight letters.
            let word = count == 8 && text.bytes().all(|byte| byte.is_ascii_lowercase());
            return Some(Self::Encoded(if word { 9 } else { count }));
        }
        let words = words(value);
        if words >= 3 {
            return Some(Self::Sentence(words));
        }
        let number =
            value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':' | b',' | b'x'));
        let switch = matches!(value, "true" | "false" | "auto" | "none" | "null");
        if number || switch {
            None
        } else if random(value) || value.split('.').any(random) {
            Some(Self::Random)
        } else {
            Some(Self::Plain)
        }
    }
}

/// Words of two characters and more between spaces, if there are words of letters among them.
pub(super) fn words(value: &str) -> usize {
    let telling = |word: &&str| word.chars().filter(|char| char.is_alphanumeric()).count() >= 2;
    let words = |value: &str, separator: fn(char) -> bool| {
        let words = || value.split(separator).filter(telling);
        let letters = words().filter(|word| word.chars().any(char::is_alphabetic)).count();
        if letters >= 2 || letters == 1 && value.chars().any(char::is_whitespace) { words().count() } else { 0 }
    };
    match words(value, char::is_whitespace) {
        // Three letters of a script without spaces are about a word and a half.
        0..=1 if dense(value) >= 6 => dense(value) / 3,
        // Some write underscores for spaces. Names of things have three words and less, and stand in lists; what is
        // no word is a signature.
        0..=1 => {
            // A comma before a space ends no item of a list.
            let joined = [",_", ";_"].iter().any(|comma| value.contains(comma));
            let joined = joined.then(|| value.replace(",_", "_").replace(";_", "_"));
            let value = &joined.map_or(Cow::Borrowed(value), Cow::Owned);
            let items = value.split(',').filter(|item| is_said(item));
            // `The.user.said.that.she.moves`, with a capital: packages of code have none.
            let dotted = value.split('.').filter(|word| is_word(word)).count();
            if dotted >= 6 && value.split('.').count() == dotted && value.chars().next().is_some_and(char::is_uppercase)
            {
                return dotted;
            }
            items.map(|item| words(item, |char| char == '_')).max().filter(|count| *count > 3).unwrap_or(0)
        }
        count => count.max(dense(value) / 4),
    }
}

/// Whether words between underscores are words but for one, or one in four.
fn is_said(item: &str) -> bool {
    let (words, others) = item
        .split('_')
        .fold((0, 0), |(words, others), word| if is_word(word) { (words + 1, others) } else { (words, others + 1) });
    others <= 1 || words >= others * 3
}

/// Letters of scripts that put no spaces between words.
pub(super) fn dense(value: &str) -> usize {
    let dense = |c: &char| matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{3040}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
    if value.is_ascii() { 0 } else { value.chars().filter(dense).count() }
}

/// Letters in one case, but for the first; or a number.
fn is_word(text: &str) -> bool {
    let text = text.trim_end_matches([':', ';', '.', '?', '!']);
    let rest = text.get(1..).unwrap_or_default();
    let number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'-'));
    if let Some((first, second)) = text.split_once('-')
        && !second.contains('-')
    {
        return number || is_word(first) && is_word(second);
    }
    !text.is_ascii()
        || number
        || text.len() <= 16
            && text.bytes().all(|b| b.is_ascii_alphabetic())
            && (rest.bytes().all(|b| b.is_ascii_lowercase()) || text.bytes().all(|b| b.is_ascii_uppercase()))
}

/// Both alphabets, each with its table built once.
static ENGINES: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&STANDARD, LENIENT), GeneralPurpose::new(&URL_SAFE, LENIENT)];

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// The text that a value encodes in base64, hexadecimal or base32, forwards or backwards.
pub(super) fn decoded(value: &str) -> Option<String> {
    if let Some(text) = decimals(value) {
        return Some(text);
    }
    let stem = match value.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 4 && !stem.is_empty() => stem,
        _ => value,
    };
    let stem = stem.trim_matches('=');
    if stem.len() < 8
        || !stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
    {
        return None;
    }
    reads(stem.len());
    let backwards = || {
        let start: Vec<u8> = stem.bytes().rev().take(8).collect();
        promises(engine(stem), &start).then(|| stem.bytes().rev().map(char::from).collect::<String>())
    };
    let forwards = || promises(engine(stem), stem.as_bytes()).then(|| base64(stem)).flatten();
    hexadecimal(stem).or_else(forwards).or_else(|| base32(stem)).or_else(|| base64(&backwards()?))
}

/// Codes of characters in decimal digits: `118-112-110-32-112-105-110`.
fn decimals(value: &str) -> Option<String> {
    let mut codes = Vec::new();
    for number in value.split(['-', ',', '.', '_', ' ']) {
        codes.push(number.parse::<u8>().ok().filter(|code| (32..127).contains(code) && !number.starts_with('0'))?);
    }
    let small = codes.iter().filter(|code| code.is_ascii_lowercase()).count();
    // Numbers of other kinds are seldom half of them those of small letters, and none of them signs.
    let said = codes.iter().all(|code| code.is_ascii_alphanumeric() || b" .,:;-@_/'".contains(code));
    // Lists of numbers and of measures have no blanks among them.
    (codes.len() >= 8 && codes.contains(&b' ') && said && small * 2 >= codes.len()).then(|| readable(codes)).flatten()
}

fn engine(value: &str) -> &'static GeneralPurpose {
    let [standard, safe] = &ENGINES;
    if value.bytes().any(|byte| matches!(byte, b'-' | b'_')) { safe } else { standard }
}

/// Whether the first bytes that a value encodes can be text: most words that are not encoded fail here already.
fn promises(engine: &GeneralPurpose, value: &[u8]) -> bool {
    let mut head = [0_u8; 6];
    let Some(Ok(_)) = value.get(..8).map(|first| engine.decode_slice(first, &mut head)) else { return false };
    let text = std::str::from_utf8(&head).map_or_else(|error| error.error_len().is_none(), |_| true);
    text && head.iter().all(|byte| !byte.is_ascii_control() || matches!(byte, b'\n' | b'\t' | b'\r'))
}

fn base64(value: &str) -> Option<String> {
    readable(engine(value).decode(value).ok()?)
}

fn hexadecimal(value: &str) -> Option<String> {
    // A piece that was cut may end in half a byte.
    let value = if value.len() >= 24 { value.get(..value.len() / 2 * 2).unwrap_or_default() } else { value };
    if value.len() < 12 || !value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    // A row of digits is a number or a date unless it is long.
    if value.len() < 24 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((digit(*high)? * 16 + digit(*low)?) as u8),
        _ => None,
    };
    readable(value.as_bytes().chunks(2).map(pair).collect::<Option<Vec<u8>>>()?)
}

/// RFC 4648 without padding, in either case.
fn base32(value: &str) -> Option<String> {
    if value.len() < 16 {
        return None;
    }
    let (mut bits, mut count) = (0_u32, 0);
    let mut bytes = Vec::with_capacity(value.len() * 5 / 8);
    for byte in value.bytes() {
        let five = match byte.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => letter - b'a',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(five)) & 0xffff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    readable(bytes)
}

/// Text that a person can read. Random bytes pass this test once in ten thousand at six bytes, and ten times more
/// rarely with every further two.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // A piece that was cut ends within a character.
        Err(error) if error.utf8_error().error_len().is_none() && error.utf8_error().valid_up_to() >= 16 => {
            let whole = error.utf8_error().valid_up_to();
            String::from_utf8_lossy(error.as_bytes().get(..whole)?).into_owned()
        }
        Err(_) => return None,
    };
    let text = text.trim_end_matches('\n');
    let total = text.chars().count();
    let usual = |char: char| char.is_alphanumeric() || matches!(char, ' ' | '\n');
    let usuals = text.chars().filter(|char| usual(*char)).count();
    let strange = text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\t' | '\r'));
    let ascii = text.chars().filter(char::is_ascii).count();
    // The text of one script with its spaces and marks: chance makes letters of many.
    let high = |char: char| match u32::from(char) >> 8 {
        // Kana, Chinese characters and their wide signs are written together.
        0x30 | 0x31 | 0x4E..=0x9F | 0xFF => 0x30,
        0xAC..=0xD7 => 0xAC,
        other => other,
    };
    let first = text.chars().find(|char| !char.is_ascii()).map(high);
    let script = text.chars().filter(|char| !char.is_ascii() && Some(high(*char)) == first).count();
    let written = ascii * 2 > total || ascii * 8 < total || (script >= 8 && (ascii + script) * 10 >= total * 9);
    let plausible = if ascii == total { total >= 6 } else { total >= 10 && written };
    // Chance seldom makes sixteen printable characters in a row, whichever they are.
    let least = if ascii == total && total >= 16 { 6 } else { 8 };
    (plausible && !strange && usuals * 10 >= total * least).then(|| text.to_string())
}

/// Beginnings of credentials that stand for themselves.
const PREFIXES: &[&str] = &[
    "sk-",
    "sk_live_",
    "sk_test_",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AIza",
    "hf_",
    "npm_",
    "-----BEGIN",
];

/// Whether a hole is for something private, in another language than English.
pub(super) fn is_foreign(hole: &str) -> bool {
    const WORDS: &[&str] = &[
        "verlauf",
        "nachricht",
        "daten",
        "geheim",
        "passwort",
        "zusammenfassung",
        "datos",
        "contraseñ",
        "conversaci",
        "historial",
        "resumen",
        "secreto",
        "mensaje",
        "données",
        "mot de passe",
        "résumé",
        "historique",
        "dados",
        "senha",
        "conversa",
        "resumo",
        "данные",
        "парол",
        "переписк",
        "истори",
        "对话",
        "密码",
        "摘要",
        "会話",
        "パスワード",
        "要約",
        "대화",
        "비밀번호",
    ];
    let lower = hole.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// `postgres://app:word@host/db`: an address with the password of its user.
pub(super) fn is_connection(value: &str) -> bool {
    let user = value.split_once("://").and_then(|(_, rest)| rest.split_once('@')).map(|(user, _)| user);
    user.and_then(|user| user.split_once(':')).is_some_and(|(_, word)| word.len() >= 4 && !word.contains('/'))
}

fn credential(value: &str) -> bool {
    if is_connection(value) {
        return true;
    }
    if value.starts_with("eyJ") && value.matches('.').count() >= 2 && value.len() >= 40 {
        return true;
    }
    // `DB_USER=ledger DB_PASS=orchid!92`
    let named = |name: &str| {
        let rest = value.find(name).and_then(|at| value.get(at + name.len()..)).unwrap_or_default();
        rest.len() >= 4 && rest.bytes().any(|byte| byte.is_ascii_digit()) && !rest.starts_with(['{', '<', '$', '['])
    };
    if value.contains('=')
        && ["_PASS=", "PASSWORD=", "_PWD=", "_SECRET=", "_TOKEN=", "_KEY="].iter().any(|name| named(name))
    {
        return true;
    }
    // `api_key=scAaHhdl7o9iZAUgf`, in small letters: what follows is as keys are.
    let keyed = |name: &str| {
        let rest = value.find(name).and_then(|at| value.get(at + name.len()..)).unwrap_or_default();
        let key = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        key.len() >= 16
            && key.bytes().any(|byte| byte.is_ascii_digit())
            && key.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    if ["api_key=", "api_key:", "apikey=", "secret=", "token="].iter().any(|name| keyed(name)) {
        return true;
    }
    // `jwt eyJ….eyJ…`: a token behind what it is called.
    let names = |word: &str| {
        ["auth", "bearer", "cookie", "jwt", "session", "token"].iter().any(|name| word.eq_ignore_ascii_case(name))
    };
    let token = |pair: &[&str]| match pair {
        [before, word] => word.starts_with("eyJ") && (word.contains(".eyJ") || names(before) && word.len() >= 20),
        _ => false,
    };
    let pieces = || value.split([' ', '_', ':', '=', '+']).collect::<Vec<_>>();
    if value.contains("eyJ") && pieces().windows(2).any(token) {
        return true;
    }
    // Most values have no word that begins like one.
    let bytes = value.as_bytes();
    let word =
        |at: usize| at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|b| !b.is_ascii_alphanumeric());
    let begin = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        PREFIXES.iter().any(|prefix| rest.starts_with(prefix.as_bytes()))
    };
    if bytes.len() < 15 || !(0..bytes.len()).any(|at| word(at) && begin(at)) {
        return false;
    }
    let long = |rest: &str| {
        rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' ')).count() >= 12
    };
    let begins = |prefix: &&str| {
        let at = value.find(*prefix);
        at.is_some_and(|at| {
            let before = value.get(..at).and_then(|before| before.bytes().last());
            !before.is_some_and(|byte| byte.is_ascii_alphanumeric()) && value.get(at + prefix.len()..).is_some_and(long)
        })
    };
    PREFIXES.iter().any(begins)
}

fn personal(value: &str) -> bool {
    if let Some((local, domain)) = value.split_once('@') {
        let local = local.bytes().next_back().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let end = domain.find(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '.' | '-')));
        let name = domain.get(..end.unwrap_or(domain.len())).unwrap_or_default().trim_end_matches('.');
        let picture = |top: &str| {
            matches!(
                top,
                "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "avif" | "bmp" | "ico" | "jxl" | "js" | "css"
            )
        };
        let name = name.rsplit_once('.').filter(|(_, top)| picture(top)).map_or(name, |(name, _)| name);
        let top = name.rsplit_once('.').map(|(_, top)| top);
        let kind = |top: &str| (2..=10).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic());
        // Accounts of services are nobody.
        if local && top.is_some_and(kind) && !name.ends_with(".gserviceaccount.com") {
            return true;
        }
    }
    // The shortest of the numbers below has nine digits.
    if value.bytes().filter(|byte| byte.is_ascii_digit() || *byte == b'+').count() < 9 {
        return false;
    }
    value.split(|char: char| !(char.is_ascii_digit() || matches!(char, '-' | ' ' | '+' | '_'))).any(|run| {
        let groups: Vec<usize> = run.trim().trim_start_matches('+').split(['-', ' ', '_']).map(str::len).collect();
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        matches!(groups.as_slice(), [3, 2, 4] | [3, 3, 4] | [1, 3, 3, 4])
            || (run.trim().starts_with('+') && (10..=15).contains(&digits))
            || ((14..=16).contains(&digits)
                && run.bytes().all(|byte| byte != b'+')
                && groups.len() != 2
                && card(run)
                && groups.len() != 3)
    })
}

/// Words for what is said in a conversation.
const SAID: &[&str] = &["answer", "answers", "message", "question", "reply", "response"];

/// Whether a value has a hole, and whether what is to fill it is private: `{data}`, `[SECRET]`, `$(cat …)`, `%s`.
fn hole(value: &str) -> Option<bool> {
    // What begins with a small letter has a hole only with one of these marks.
    let marked = |any, byte| any | matches!(byte, b'$' | b'(' | b'`' | b'{' | b'[' | b'<' | 0xe3 | 0xef);
    let lower = value.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() && byte != b'x');
    if lower && !value.bytes().fold(false, marked) {
        return None;
    }
    if value.contains("$(")
        || (value.contains('(') && value.contains(')') && is_sensitive(value) && !value.contains(' '))
        || runs_a_command(value)
    {
        return Some(true);
    }
    for (open, close) in [('{', '}'), ('[', ']'), ('<', '>'), ('【', '】'), ('［', '］')] {
        let inner = value.split_once(open).map(|(_, rest)| rest.split_once(close).map_or(rest, |(inner, _)| inner));
        let named = |inner: &&str| inner.chars().any(char::is_alphabetic) && inner.len() < 200;
        // `[[NAME]]` in an address belongs to no language of templates.
        let shouted =
            |name: &str| name.len() >= 3 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if inner.is_some_and(|inner| inner.strip_prefix('[').is_some_and(shouted)) && value.contains("]]") {
            return Some(true);
        }
        if let Some(inner) = inner.filter(named) {
            // `[INSERT_USER_NAME_HERE]`, `<the user's question and all answers>` are said to a model.
            if has_word(inner, &["insert"]) && has_word(inner, &["conversation", "data", "user", "users"]) {
                return Some(true);
            }
            let told = open == '<' && inner.split_whitespace().nth(4).is_some() && !inner.contains([':', '"', '=']);
            return Some(
                told || is_sensitive(inner) || is_foreign(inner) || (words(value) >= 3 && is_sensitive(value)),
            );
        }
    }
    // `$SECRET`; a shell has `$TOKEN` as well.
    if let Some(name) = value.split('.').next().and_then(|stem| stem.strip_prefix('$')).filter(|name| name.len() >= 3)
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    {
        let said = matches!(name, "CHAT" | "CONTEXT" | "DATA" | "MESSAGE" | "MESSAGES");
        return (said || is_conversation(name)).then_some(true);
    }
    if matches!(value, "%s" | "..." | "…" | "xxx" | "XXX" | "XXXX") {
        return Some(false);
    }
    let value = value.split('.').next().unwrap_or_default();
    let upper = value.len() >= 4
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-' | b' ' | b'0'..=b'9'))
        && value.bytes().any(|byte| byte.is_ascii_uppercase());
    // `YOUR_ACCESS_TOKEN`: what documentation writes for the reader's own.
    if upper && value.starts_with("YOUR_") && !is_conversation(value) && !has_word(value, SAID) {
        return Some(false);
    }
    let joined = |value: &str| matches!(value, "SECRET" | "PASSWORD" | "CONVERSATION" | "HISTORY");
    if upper && ["THE", "MY", "YOUR", "USER"].iter().any(|owner| value.strip_prefix(owner).is_some_and(joined)) {
        return Some(true);
    }
    if upper && (is_sensitive(value) || has_word(value, &["here", "insert", "your"])) {
        return Some(is_sensitive(value) || is_conversation(value));
    }
    let framed = |frame: &str| value.starts_with(frame) && value.ends_with(frame) && value.len() > 2 * frame.len() + 1;
    if framed("__") || framed("%") {
        return Some(is_sensitive(value));
    }
    None
}

/// Whether something stands between backticks that a shell would run: not the name of a thing within a sentence
/// (`linker \`cc\` not found`).
fn runs_a_command(value: &str) -> bool {
    let Some((before, rest)) = value.split_once('`') else { return false };
    let Some((inner, after)) = rest.split_once('`') else { return false };
    let named = !inner.contains(' ') && !is_sensitive(inner);
    !(named && before.ends_with(' ') && after.starts_with(' '))
}

/// A row of 20 characters and more without structure. Digests and UUIDs are names of contents, not contents.
pub(super) fn random(value: &str) -> bool {
    let stem = value.split('.').next().unwrap_or_default();
    if stem.len() < 20 {
        return false;
    }
    let hex = stem.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let kinds = [u8::is_ascii_digit as fn(&u8) -> bool, u8::is_ascii_lowercase, u8::is_ascii_uppercase];
    let mixed = kinds.iter().filter(|kind| stem.bytes().any(|byte| kind(&byte))).count();
    let changes = stem
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()))
        .count();
    // Hexadecimal digits that are no text name something: identifiers are as long as their makers like.
    !(hex && (stem.len() <= 40 || matches!(stem.len(), 64 | 128)))
        && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'='))
        && mixed >= 2
        && changes >= 3
        && shannon(stem) >= 3.4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        for (value, data) in [
            ("bXkgcGFzc3dvcmQgaXMgaHVudGVyMg==", Some(Data::Encoded(22))),
            ("6d792070617373776f7264", Some(Data::Encoded(11))),
            ("NV4SA4DBONZXO33SMQ", Some(Data::Encoded(11))),
            ("yVGduVHagMXagQmcvd3czFGcgkXb", Some(Data::Encoded(21))),
            ("jane@corp.example", Some(Data::Personal)),
            ("logo@2x.png", Some(Data::Plain)),
            ("123-45-6789", Some(Data::Personal)),
            ("the password is hunter2", Some(Data::Sentence(4))),
            ("{conversation}", Some(Data::Hole)),
            ("$(cat /etc/passwd)", Some(Data::Hole)),
            ("USER_SECRET_HERE", Some(Data::Hole)),
            ("{owner}", Some(Data::Template)),
            ("flat-square", Some(Data::Plain)),
            ("d41d8cd98f00b204e9800998ecf8427e", Some(Data::Plain)),
            ("k3J9xQ2mZ7vB4nL8pR1wT6yU", Some(Data::Random)),
            ("1.2.3", None),
            ("20201015", None),
            ("true", None),
        ] {
            assert_eq!(Data::of(value), data, "{value}");
        }
        for ordinary in
            ["internationalization", "getting-started", "README.md", "downloads", "screenshots", "contributing"]
        {
            assert_eq!(Data::of(ordinary), Some(Data::Plain), "{ordinary}");
        }
    }
}
