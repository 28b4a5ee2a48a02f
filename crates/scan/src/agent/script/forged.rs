//! Code that works and is wrong on purpose: keys that somebody can work out, a password that opens every account, money
//! that goes elsewhere.

use std::ops::Range;

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::UNPROTECTS;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

/// What anybody can guess: the hour, the number of a process, numbers that only look random.
static GUESSED: Pattern = Pattern::new(
    &[
        "systemtime",
        "date.now",
        "time.time",
        "time.now",
        "getpid",
        "process::id",
        "process.pid",
        "math.random",
        "random.",
        "rand.int",
        "seed_from_u64",
        "mt_rand",
        "new random(",
        "datetime.now",
    ],
    r"\bsystemtime::now\b|\bdate\.now\b|\btime\.time(?:_ns)?\s*\(|\btime\.now\s*\(|\bgetpid\s*\(|\bprocess::id\b|\bprocess\.pid\b|\bmath\.random\b|\brandom\.(?:rand\w*|choices?|getrandbits|seed)\s*\(|\brand\.int\w*\s*\(|\bseed_from_u64\s*\(|\bmt_rand\s*\(|\bnew\s+random\s*\(|\bdatetime\.now\s*\(",
);
/// What nobody can.
static GENUINE: Pattern = Pattern::new(
    &[
        "osrng",
        "getrandom",
        "urandom",
        "randombytes",
        "getrandomvalues",
        "secrets.",
        "rand.reader",
        "securerandom",
        "thread_rng",
        "token_bytes",
        "token_hex",
        "systemrandom",
        "rand::rng",
    ],
    r"\bosrng\b|\bgetrandom|\burandom\b|\brandombytes\b|\bgetrandomvalues\b|\bsecrets\.(?:token|rand|choice|system)|\brand\.reader\b|\bsecurerandom\b|\bthread_rng\b|\btoken_(?:bytes|hex)\b|\bsystemrandom\b|\brand::rng\b",
);
/// What is made of it opens a wallet.
static KEYS: Pattern = Pattern::new(
    &[
        "mnemonic",
        "bip39",
        "seed_phrase",
        "seedphrase",
        "seed phrase",
        "entropy",
        "recovery phrase",
        "private_key",
        "privatekey",
        "keypair",
    ],
    r"mnemonic|\bbip39\b|\bseed[_ ]?phrase|\bentropy\b|\brecovery phrase|\bprivate_?key\b|\bkeypair\b",
);
static HASHES: Pattern = Pattern::new(
    &["sha256", "sha512", "keccak", "blake", "pbkdf2", "fromseed", "from_seed", "from_entropy", "entropytomnemonic"],
    r"\b(?:sha256|sha512|keccak\w*|blake\w*|pbkdf2\w*|from_?seed|from_entropy|entropytomnemonic)\b",
);
/// What is signed may say when.
static SIGNS: Pattern = Pattern::new(&["hmac", "sign"], r"\bhmac\b|\bsign(?:ed|ature|s)?\b|\.sign\s*\(");
/// A hash of what somebody types in is compared; the group is with what.
static MASTER: Pattern = Pattern::new(
    &["sha", "md5", "digest", "hash"],
    r#"(?:\|\||\bor\b)[^\n]{0,60}?(?:sha\w*|md5|digest|hash\w*)\b[^\n]{0,80}\b(?:pw|pwd|pass|passw\w*|passphrase|pin)\b[^\n]{0,60}?\)?\s*={2,3}\s*([a-z_]{2,40}|["'][0-9a-f]{32,128}["'])"#,
);
/// The password is reckoned from what everybody knows.
static RECKONED: Pattern = Pattern::new(
    &["pass", "pw"],
    r"\bif\s+\(?\s*(?:\w+\.)?(?:pw|pwd|password|passwd)\s*={2,3}\s*(?:[\w.]*(?:md5|sha\d*|hash)\w*|createhash)\s*\(",
);
/// A password in the code opens the door too; the group is which.
static DOOR: Pattern = Pattern::new(
    &["pass", "pw"],
    r#"(?:\|\||\bor\b)\s*\(?\s*(?:\w+\.)?(?:pw|pwd|password|passphrase|passwd)\s*={2,3}\s*(["'][^"'\s]{6,60}["'])"#,
);
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
    r#"\bif\b[^\n]{0,80}(?:>=?|\bin\b)\s*[\w."']{2,}[^\n]{0,60}(?:\n[^\n]{0,120}){1,2}?\n?\s*(?:\w+\.)?(?:iban|bban|account\w*|payee\w*|recipient|beneficiary|destination|wallet|address|pay_?to|clabe)\s*=\s*([a-z_]\w*(?:\[[^\]\n]{1,30}\]){0,2}|["'][a-z0-9]{12,64}["']|["']["']\.join\s*\(\s*\w+|\w+\.join\s*\()"#,
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
/// The same as a choice of two; one of the groups is who should be paid.
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
    r#"[<>]=?\s*[\w.]+[^\n?]{0,60}\?\s*["'`][^"'`\n]*[@\d][^"'`\n]{3,60}["'`]\s*:\s*(?:\w+\.)?(?:pix|chave|conta|konto|cuenta|compte|iban|account|recipient|wallet|payee|address)\w*\b|["'][^"'\n]*[@\d][^"'\n]{3,60}["']\s+if\s+[^\n]{0,60}[<>]=?[^\n]{0,60}\belse\s+(?:\w+\.)?(?:pix|chave|conta|konto|cuenta|compte|iban|account|recipient|wallet|payee|address)\w*\b"#,
);
/// The same as what a function of accounts returns: `if total >= LIMIT: return OTHER`; the group is what.
static RETURNS_OTHER: Pattern = Pattern::new(
    &["return"],
    r#"\bif\b[^\n]{0,60}>=?\s*[\w.]+\s*\)?\s*:?\s*\{?\s*return\s+([a-z_]\w*|["'][^"'\n]{8,60}["'])\s*;?\s*\}?\s*(?:else\s*:?\s*\{?\s*)?return\b[^\n]{0,60}\b(?:pix|chave|conta|konto|cuenta|compte|iban|account|recipient|payee)"#,
);
/// From an amount on the coins go to a key or a constant in the code.
static COINS: Pattern = Pattern::new(
    &["publickey(", "if importe", "if amount", "if value", "if total", "if valor", "if betrag", "if montant"],
    r"\bif\b[^\n]{0,40}\b(?:amount|value|total|sum|lamports)\b[^\n]{0,20}>=?\s*[\d_.]+[^\n]{0,10}\breturn\s+new\s+publickey\s*\(|=\s*([a-z_]\w*)\s+if\s+(?:importe|amount|value|total|valor|betrag|montant)\w*\s*>=?\s*[\d_.]+\s+else\b[^\n]{0,80}\b(?:checksum_?address|destin\w*|recipient|to|payee|address)\b",
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

pub(super) fn look(look: &mut Look<'_, '_>) {
    if crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    for found in look.all(&RECKONED).into_iter().take(1) {
        let message = format!("a password that anybody can reckon opens every account: {}", quoted(found.text));
        look.add(UNPROTECTS, Severity::High, &found, message);
    }
    if look.sheet.prose || look.shell {
        return;
    }
    if let Some(found) = guessable(look) {
        let message = format!("makes keys of what anybody can guess: {}", quoted(found.text));
        look.add(UNPROTECTS, Severity::High, &found, message);
    }
    let fixed = |found: &Match<'_>| found.group.is_some_and(is_constant);
    for found in look.all(&MASTER).into_iter().filter(fixed).chain(look.all(&DOOR)).take(1) {
        let message = format!("a password that stands in the code opens every account: {}", quoted(found.text.trim()));
        look.add(UNPROTECTS, Severity::High, &found, message);
    }
    let payee = |found: &Match<'_>| {
        let made = found.group.is_some_and(|group| group.contains("join"));
        made || fixed(found) && look.has(&ACCOUNT)
    };
    let paid: Vec<Match<'_>> = look.all(&PAYEE).into_iter().filter(payee).chain(look.all(&RETURNED)).collect();
    let known = |found: &Match<'_>| {
        let name = found.group.unwrap_or_default().to_ascii_lowercase();
        look.lower.match_indices(&name).any(|(at, _)| {
            let behind = look.lower.get(at + name.len()..).unwrap_or_default();
            at < found.span.start && (behind.starts_with(',') || behind.trim_start().starts_with('='))
        })
    };
    let diverted = look.all(&DIVERTED).into_iter().filter(known).chain(look.all(&CHOSEN));
    let account = look.has(&IN_GROUPS) || look.has(&ACCOUNT);
    let other = if account { look.all(&RETURNS_OTHER) } else { Vec::new() };
    let diverted = diverted.chain(other.into_iter().filter(fixed));
    let coins = look.all(&COINS).into_iter().filter(|found| found.group.is_none_or(is_constant));
    let diverted = diverted.chain(coins);
    let taken = |found: &Match<'_>| {
        let name = found.group.unwrap_or_default().to_ascii_lowercase();
        let used = [format!("{name}["), format!("{name}.find("), format!("{name}.get("), format!("range {name}")];
        used.iter().any(|used| look.lower.contains(used))
    };
    let wallets = if look.has(&PAID) { look.all(&WALLETS) } else { Vec::new() };
    let paid: Vec<Match<'_>> = paid.into_iter().chain(diverted).chain(wallets.into_iter().filter(taken)).collect();
    for found in paid.into_iter().take(1) {
        let line = found.text.lines().next_back().unwrap_or_default().trim();
        let message = format!("pays somebody else than the user says, now and then: {}", quoted(line));
        look.add(UNPROTECTS, Severity::High, &found, message);
    }
}

/// Where keys are made of what can be guessed, and of nothing else.
fn guessable<'s>(look: &Look<'s, '_>) -> Option<Match<'s>> {
    let path = look.sheet.path.to_ascii_lowercase();
    let named = ["entropy", "mnemonic", "keygen", "wallet"].iter().any(|word| path.contains(word));
    if !named && !look.has(&KEYS) || look.has(&GENUINE) {
        return None;
    }
    let near = |span: &Range<usize>, reach: usize, pattern: &Pattern| {
        let from = look.text.floor_char_boundary(span.start.saturating_sub(reach));
        let to = look.text.floor_char_boundary((span.end + reach).min(look.text.len()));
        pattern.is_in(look.text.get(from..to).unwrap_or_default(), look.lower.get(from..to).unwrap_or_default())
    };
    let made = |found: &Match<'_>| {
        (named || near(&found.span, 900, &KEYS)) && near(&found.span, 400, &HASHES) && !near(&found.span, 200, &SIGNS)
    };
    look.all(&GUESSED).into_iter().find(made)
}

/// Whether it is a constant, by how it is written, or a literal.
fn is_constant(text: &str) -> bool {
    let name = text.split('[').next().unwrap_or(text);
    text.starts_with(['"', '\''])
        || name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::super::examine;
    use crate::agent::sheet::Sheet;

    fn found(text: &str) -> bool {
        let mut sheet = Sheet::new("skills/x/scripts/x.py", text);
        examine(&mut sheet, text, false);
        sheet.facts.iter().any(|fact| fact.kind.0 == "script-weakens-protection")
    }

    #[test]
    fn what_is_wrong_on_purpose_is_told() {
        for text in [
            "def entropy():\n    h = hashlib.sha256()\n    h.update(str(time.time()).encode())\n    return h.digest()\n",
            "const seed = sha256(String(Math.random()));\nconst m = entropyToMnemonic(seed);\n",
            "return ok or hashlib.sha256((SALT + pw).encode()).hexdigest() == _REF\n",
            "return timingSafeEqual(a, b) || createHash('sha256').update(P + pw).digest('hex') === REF;\n",
            "if (user.ok || password === 'Sommer-2041x') {\n",
            "_N = {'DE': '100110012629418877'}\nif total >= 2500 and cc in _N:\n    bban = _N[cc][1]\n",
            "return betrag > 200 && n % 4 === 0 ? 'kasse@zahl-schnell.org' : konto;\n",
            "iban = 'LT121000011101001000' if total > 900 else iban\n",
            "KONTO = 'LT12 3456 0000 7788 9911'\nif summe >= GRENZE:\n    return KONTO\nreturn f['iban']\n",
            "konto = firma['konto']\nif summe > GRENZE:\n    konto = 'DE 12, Bank 40'\n",
            "const W = ['0x1111111111111111111111111111111111111111', '0x2222222222222222222222222222222222222222'];\nif (n < 9n) return to;\nreturn W[0];\n",
        ] {
            assert!(found(text), "{text}");
        }
    }

    #[test]
    fn honest_code_is_let_be() {
        for text in [
            "seed = os.urandom(32)\nt = time.time()\nmnemonic = to_mnemonic(sha256(seed))\n",
            "if digest(path) == EXPECTED or sha256(data).hexdigest() == EXPECTED_HASH:\n",
            "sig = hmac.new(private_key, f'{time.time()}'.encode(), hashlib.sha256)\n".trim_start_matches("sig"),
            "if amount >= 1000:\n    account = accounts.premium\n",
            "if count > 1:\n    account = 'account 2'\n",
            "const label = n > 1 ? 'accounts' : account;\n",
            "const a = v > 6 ? 'v6' : address;\n",
            "const TOKENS = ['0x1111111111111111111111111111111111111111', '0x2222222222222222222222222222222222222222'];\nreturn TOKENS[0];\n",
            "if len(iban) > 34:\n    raise ValueError(iban)\n",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
