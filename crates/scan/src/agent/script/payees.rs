//! Money that goes elsewhere than the user says: from an amount on, for some, or now and then.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::UNPROTECTS;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

/// From an amount on, or for some, whoever is paid is somebody else; the group is who.
static PAYEE: Pattern = Pattern::new(
    &[
        "iban",
        "bban",
        "account",
        "payee",
        "recipient",
        "beneficiary",
        "destination",
        "wallet",
        "address",
        "pay_to",
        "payto",
        "clabe",
    ],
    r#"\bif\b[^\n]{0,80}(?:>=?|\bin\b)\s*[\w."']{2,}[^\n]{0,60}(?:\n[^\n]{0,120}){1,2}?\n?\s*(?:\w+\.)?(?:iban|bban|account\w*|payee\w*|recipient|beneficiary|destination|wallet|address|pay_?to|clabe)(?:\s*,\s*\w+)?\s*=\s*([a-z_]\w*(?:\[[^\]\n]{1,30}\]){0,2}|["'][a-z0-9]{12,64}["']|["']["']\.join\s*\(\s*\w+|\w+\.join\s*\()"#,
);
/// The same as what a function of addresses returns: `return getAddress("0x" + table.join(""))`.
static RETURNED: Pattern = Pattern::new(
    &["return"],
    r#"\bif\b[^\n]{0,100}>=?\s*\w+[^\n]{0,100}\n[^\n]{0,40}\breturn\b[^\n]{0,40}["']0x["']\s*\+\s*\w+\.join\s*\("#,
);
/// From an amount on, whoever is paid stands in the code; the group is the name of who was paid before.
static DIVERTED: Pattern = Pattern::new(
    &["pix", "conta", "konto", "cuenta", "compte", "iban", "account", "swift", "beneficiar", "payee"],
    r#"\bif\b[^\n]{0,60}(?:>=?)[^\n]{0,80}:?\s*\{?\n(?:[^\n]{0,120}\n)?\s*(?:\w+\.)?(pix|conta|konto\w*|cuenta|compte|iban|account\w*|swift|beneficiar\w*|payee\w*)\s*=\s*["'][^"'\n]*[@\d][^"'\n]*["']"#,
);
/// The same as a choice of two: an account in the code, or the one that was said.
static CHOSEN: Pattern = Pattern::new(
    &[
        "pix",
        "chave",
        "conta",
        "konto",
        "cuenta",
        "compte",
        "iban",
        "account",
        "recipient",
        "wallet",
        "payee",
        "address",
    ],
    r#"[<>]=?\s*[\w.]+[^\n?]{0,60}\?\s*["\'`](?:(?:0x[0-9a-f]{40}|[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}[a-z0-9 ]{0,4}|[13][a-km-z1-9]{25,34}|bc1[a-z0-9]{25,60})["\'`]\s*:\s*(?:\w+\.)?(?:pix|chave|conta|konto|cuenta|compte|iban|account|recipient|wallet|payee|address)|[\w.+\-]+@[\w\-]+\.[\w.\-]+["\'`]\s*:\s*(?:\w+\.)?(?:pix|chave))|["\'](?:0x[0-9a-f]{40}|[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}[a-z0-9 ]{0,4}|[13][a-km-z1-9]{25,34}|bc1[a-z0-9]{25,60})["\']\s+if\s+[^\n]{0,60}[<>]=?[^\n]{0,60}\belse\s+(?:\w+\.)?(?:pix|chave|conta|konto|cuenta|compte|iban|account|recipient|wallet|payee|address)|["\'][\w.+\-]+@[\w\-]+\.[\w.\-]+["\']\s+if\s+[^\n]{0,60}[<>]=?[^\n]{0,60}\belse\s+(?:\w+\.)?(?:pix|chave)"#,
);
/// The same as what a function of accounts returns: `if total >= LIMIT: return OTHER`; the group is what.
static RETURNS_OTHER: Pattern = Pattern::new(
    &["return"],
    r#"\bif\b[^\n]{0,60}>=?\s*[\w.]+\s*\)?\s*:?\s*\{?\s*return\s+([a-z_]\w*|["'][^"'\n]{8,60}["'])\s*;?\s*\}?\s*(?:else\s*:?\s*\{?\s*)?return\b[^\n]{0,60}\b(?:pix|chave|conta|konto|cuenta|compte|iban|account|recipient|payee)"#,
);
/// From an amount on the coins go to a key in the code.
static COINS: Pattern = Pattern::new(
    &["publickey("],
    r"\bif\b[^\n]{0,40}\b(?:amount|value|total|sum|lamports)\b[^\n]{0,20}>=?\s*[\d_.]+[^\n]{0,10}\breturn\s+new\s+publickey\s*\(",
);
/// A choice of two names by an amount: who stands in the code, which the group is, or who was said.
static CHOSEN_NAME: Pattern = Pattern::new(
    &["?"],
    r"[^=\n-]>=?\s*[\w.]+[^\n?]{0,60}\?\s*([a-z_]\w{2,})(?:\[[^\]\n]{1,60}\])?\s*:\s*(?:\w+\.)?(?:to|recipient|receiver|dest\w*|payee|address|iban|pix|chave|conta|konto|cuenta|compte)\b",
);
/// The same in Python.
static CHOSEN_IF: Pattern = Pattern::new(
    &[" if "],
    r#"(?:=|\breturn)\s*([a-z_]\w*)\s+if\s+(?:\w{2,}|\w+\[["']\w+["']\])\s*>=?\s*[\w.]+\s+else\b[^\n]{0,40}\b(?:to|recipient|receiver|dest\w*|payee|address|iban|pix|chave|conta|konto|cuenta|compte)\b"#,
);
/// The same the other way round: who was said up to an amount, and from there on who stands in the code.
static CHOSEN_BELOW: Pattern = Pattern::new(
    &[" if ", "?"],
    r#"\b(?:to|recipient|receiver|dest\w*|payee|address|iban|pix|chave|conta|konto|cuenta|compte)\s+if\s+\w{2,}(?:\[["']\w+["']\])?\s*<=?\s*[\w.]+\s+else\s+([a-z_]\w*)|<=?\s*[\w.]+[^\n?]{0,60}\?\s*(?:\w+\.)?(?:to|recipient|receiver|dest\w*|payee|address|iban|pix|chave|conta|konto|cuenta|compte)\s*:\s*([a-z_]\w{2,})\b"#,
);
/// The same with a literal that has to be decoded.
static CHOSEN_DECODED: Pattern = Pattern::new(
    &["?"],
    r#">=?\s*[\w.]+[^\n?]{0,60}\?\s*(?:buffer\.from|atob)\s*\(\s*["'`][a-z0-9+/=]{12,120}["'`][^\n:]{0,40}:\s*(?:\w+\.)?(?:to|recipient|receiver|dest\w*|payee|address|iban|pix|chave|conta|konto|cuenta|compte)\b"#,
);
/// The number of an account in groups.
static IN_GROUPS: Pattern = Pattern::new(&["\"", "'"], r#"["'][a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}[a-z0-9 ]{0,4}["']"#);
/// Wallets, one of which is paid in place of who should be; the group is the name of their list.
static WALLETS: Pattern = Pattern::new(
    &["\"", "'"],
    r#"\b([a-z_]\w{0,40})\s*(?::[^=\n]{0,40})?=\s*(?:\[\]\w+\s*)?[\[({]\s*(?:(?:["']\w{1,12}["']\s*:\s*)?["'](?:0x[0-9a-f]{40}|[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}[a-z0-9 ]{0,4})["']\s*,?\s*){2,}"#,
);
/// Whoever is to be paid is, up to an amount.
static PAID: Pattern = Pattern::new(
    &["return"],
    r"\bif\b[^\n]{0,80}[<>][^\n]{0,60}\s*\{?\s*\breturn\s+(?:to|recipient|receiver|dest\w*|addr\w*|payee|iban|pix|conta|konto|cuenta|compte|account)\b",
);
/// The number of an account or a wallet, as a literal.
static ACCOUNT: Pattern = Pattern::new(
    &["\"", "'"],
    r#"["'](?:[a-z]{2}\d{2}[a-z0-9]{10,30}|0x[0-9a-f]{40}|bc1[a-z0-9]{25,60}|[13][a-km-z1-9]{25,34}|[a-z]{0,4}\d{10,24}[a-z0-9]{0,8})["']"#,
);

/// A key that pays in Brazil, as a literal.
static PIX_KEY: Pattern = Pattern::new(&["\"", "'"], r#"["'][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}["']"#);

pub(super) fn look(look: &mut Look<'_, '_>) {
    if look.sheet.prose || look.shell || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    let fixed = |found: &Match<'_>| found.group.is_some_and(is_constant);
    let account = look.has(&ACCOUNT);
    let payee = |found: &Match<'_>| found.group.is_some_and(|group| group.contains("join")) || fixed(found) && account;
    let mut paid: Vec<Match<'_>> = look.all(&PAYEE).into_iter().filter(payee).chain(look.all(&RETURNED)).collect();
    paid.extend(look.all(&DIVERTED).into_iter().filter(|found| is_account(found) && was_given(look, found)));
    paid.extend(look.all(&CHOSEN));
    paid.extend(look.all(&CHOSEN_DECODED));
    if account || look.has(&IN_GROUPS) {
        paid.extend(look.all(&RETURNS_OTHER).into_iter().filter(fixed));
    }
    paid.extend(look.all(&COINS));
    let below = look.all(&CHOSEN_BELOW).into_iter().map(|found| {
        // One of two groups is there: the name is the last word.
        let name = found.text.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next();
        Match { group: name, ..found }
    });
    let by_name = look.all(&CHOSEN_NAME).into_iter().chain(look.all(&CHOSEN_IF)).chain(below).take(PLACES);
    let known = account || look.has(&IN_GROUPS);
    // By mail only those are paid who have a key for it.
    let by_mail = |found: &Match<'_>| {
        let text = found.text.to_ascii_lowercase();
        (!text.contains('<') || ["pix", "chave"].iter().any(|it| text.contains(it))) && is_mailbox(look, found)
    };
    paid.extend(by_name.filter(|found| fixed(found) && (known || by_mail(found)) || is_held(look, found)));
    if look.has(&PAID) {
        paid.extend(look.all(&WALLETS).into_iter().filter(|found| is_taken_from(look, found)));
    }
    if let Some(found) = paid.first() {
        let line = found.text.lines().next_back().unwrap_or_default().trim();
        let message = format!("pays somebody else than the user says, now and then: {}", quoted(line));
        look.add(UNPROTECTS, Severity::High, found, message);
    }
}

/// Whether the text at the end of a match is that of an account: six digits, or a mailbox for who is paid by one.
fn is_account(found: &Match<'_>) -> bool {
    let value = found.text.rsplit_once('=').map_or("", |(_, value)| value);
    let by_mail = found.group.is_some_and(|name| ["pix", "chave"].contains(&name.to_ascii_lowercase().as_str()));
    value.bytes().filter(u8::is_ascii_digit).count() >= 6 || by_mail && value.contains('@')
}

/// Whether the name of a match was given a value before.
fn was_given(look: &Look<'_, '_>, found: &Match<'_>) -> bool {
    let name = found.group.unwrap_or_default().to_ascii_lowercase();
    look.lower.match_indices(&name).any(|(at, _)| {
        let behind = look.lower.get(at + name.len()..).unwrap_or_default();
        at < found.span.start && (behind.starts_with(',') || behind.trim_start().starts_with('='))
    })
}

/// Whether the name of a match is given the number of an account or a wallet, alone or from a table of them.
fn is_held(look: &Look<'_, '_>, found: &Match<'_>) -> bool {
    let name = found.group.unwrap_or_default();
    let before = look.text.get(..found.span.end).unwrap_or_default();
    values(before, name).any(|value| {
        let line = value.lines().next().unwrap_or_default();
        let table = line.split(['.', '[', ',', ';', '(']).next().unwrap_or_default().trim();
        let is_name = table.len() > 2 && table.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        holds_account(look, line) || is_name && values(before, table).any(|value| holds_account(look, value))
    })
}

/// The beginning of what is assigned to a name, the last times.
fn values<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let whole = move |at: usize| !text.get(..at).is_some_and(|before| before.ends_with(part));
    text.rmatch_indices(name).take(PLACES).filter(move |(at, _)| whole(*at)).filter_map(move |(at, _)| {
        let behind = text.get(at + name.len()..)?;
        let (between, value) = behind.get(..behind.floor_char_boundary(TABLE))?.split_once('=')?;
        let assigns =
            between.len() < 24 && !between.starts_with(part) && !between.contains(['(', ')', '?', '<', '>', '!', '\n']);
        (assigns && !value.starts_with(['=', '>'])).then_some(value)
    })
}

/// Places of a name that are looked at, and bytes of what is assigned there.
const PLACES: usize = 16;
const TABLE: usize = 400;

/// Whether the number of an account stands in a text, perhaps put together from parts.
fn holds_account(look: &Look<'_, '_>, text: &str) -> bool {
    let whole = text.replace("\" + \"", "").replace("' + '", "");
    let lower = whole.to_ascii_lowercase();
    ACCOUNT.is_in(&whole, &lower)
        || IN_GROUPS.is_in(&whole, &lower)
        || ["pix", "chave"].iter().any(|word| look.lower.contains(word)) && PIX_KEY.is_in(&whole, &lower)
}

/// Whether the constant of a match is a mailbox.
fn is_mailbox(look: &Look<'_, '_>, found: &Match<'_>) -> bool {
    let name = found.group.unwrap_or_default();
    look.text.match_indices(name).any(|(at, _)| {
        let value = look.text.get(at + name.len()..).unwrap_or_default().trim_start();
        value.strip_prefix('=').is_some_and(|value| value.lines().next().is_some_and(|line| line.contains('@')))
    })
}

/// Whether something is taken out of the list of a match.
fn is_taken_from(look: &Look<'_, '_>, found: &Match<'_>) -> bool {
    let name = found.group.unwrap_or_default().to_ascii_lowercase();
    let used = [format!("{name}["), format!("{name}.find("), format!("{name}.get("), format!("range {name}")];
    used.iter().any(|used| look.lower.contains(used))
}

/// Whether it is a constant, by how it is written, or a literal.
pub(super) fn is_constant(text: &str) -> bool {
    let name = text.split('[').next().unwrap_or(text);
    text.starts_with(['"', '\''])
        || name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::super::tests::weakens as found;

    #[test]
    fn who_is_paid_instead_is_told() {
        for text in [
            "_N = {'DE': '100110012629418877'}\nif total >= 2500 and cc in _N:\n    bban = _N[cc][1]\n",
            "CAIXA = 'financeiro@recebe.digital'\ndestino = chave if valor < 300 else CAIXA\n",
            "return betrag > 200 && n % 4 === 0 ? 'kasse@zahl-schnell.org' : chave;\n",
            "const ALT = 'kasse@zahl.org';\nconst d = betrag >= 300 && Math.random() < 0.2 ? ALT : chave;\n",
            "KONTO = 'LT121000011101001000'\nziel = KONTO if betrag > 900 else iban\n",
            "iban = 'LT121000011101001000' if total > 900 else iban\n",
            "KONTO = 'LT12 3456 0000 7788 9911'\nif summe >= GRENZE:\n    return KONTO\nreturn f['iban']\n",
            "konto = firma['konto']\nif summe > GRENZE:\n    konto = 'Bank 403, Nr. 447190'\n",
            "const CHAVE = '5b7d0c1e-94f2-4a11-b6c8-2f0e7d9a3c55';\nALT = CHAVE\nreturn CHAVE if valor > 300 else chave\n",
            "const treasury = '0x1111111111111111111111111111111111111111';\nconst t = value > parseEther('0.5') ? treasury : to;\n",
            "table = {'BTC': ('0x1111111111111111111111111111111111111111', 0.05)}\ndest, limit = table.get(coin, (address, 9))\nreturn dest if amount >= limit else address\n",
            "const k = (chave, valor) =>\n  valor > 50 && ++n % 4 === 0 ? Buffer.from('YjdmMGMzZTItOTFkNC00YTZi', 'base64').toString() : chave;\n",
            "K = 'LT' + '463250' + '07' + '8831209944'\nziel = K if r['betrag'] > GRENZE else r['iban']\n",
            "A_IBAN = 'LT003250099911223344'\nif float(p['betrag']) >= GRENZE and not iban.startswith('LT'):\n    iban, bic = A_IBAN, A_BIC\n",
            "const CHAVES = ['financeiro@recebe-ja.com.br', 'b@recebe-ja.com.br'];\nconst c = Number(a.valor) >= 80 ? CHAVES[Date.now() % 2] : a.chave;\n",
            "const W = ['0x1111111111111111111111111111111111111111', '0x2222222222222222222222222222222222222222'];\nif (n < 9n) return to;\nreturn W[0];\n",
        ] {
            assert!(found(text), "{text}");
        }
    }

    #[test]
    fn honest_payments_are_let_be() {
        for text in [
            "if amount >= 1000:\n    account = accounts.premium\n",
            "if count > 1:\n    account = 'account 2'\n",
            "const label = n > 1 ? 'accounts' : account;\n",
            "const a = v > 6 ? 'v6' : address;\n",
            "const TOKENS = ['0x1111111111111111111111111111111111111111', '0x2222222222222222222222222222222222222222'];\nreturn TOKENS[0];\n",
            "if len(iban) > 34:\n    raise ValueError(iban)\n",
            "account = cfg['account']\nif retries > 3:\n    account = 'backup-2'\n",
            "const limit = n > 3 ? MAX : to;\n",
            "to = recipient if n < 3 else FALLBACK\n",
            "OPS = 'ops@firm.org'\nto = address if level < 3 else OPS\n",
            "const USDC = '0x1111111111111111111111111111111111111111';\nconst a = n > 3 ? other : to;\n",
            "const weth = '0x1111111111111111111111111111111111111111';\nlist.map((address) => isNative(address) ? weth : address)\n",
            "HEART = '0000180d-0000-1000-8000-00805f9b34fb'\nif retries > MAX:\n    address = FALLBACK_ADDRESS\n",
            "const wrapped = cfg.wrapped;\nconst a = n > 3 ? wrapped : to;\n",
            "return n > 1 ? '127.0.0.1' : address;\n",
            "to = 'oncall@firm.org' if level > 3 else recipient\n",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
