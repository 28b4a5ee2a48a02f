//! Code that works and is wrong on purpose: keys that somebody can work out, a password that opens every account.

use std::ops::Range;

use redan_domain::Severity;

use super::Look;
use super::payees::is_constant;
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

#[cfg(test)]
mod tests {
    use super::super::tests::weakens as found;

    #[test]
    fn what_is_wrong_on_purpose_is_told() {
        for text in [
            "def entropy():\n    h = hashlib.sha256()\n    h.update(str(time.time()).encode())\n    return h.digest()\n",
            "const seed = sha256(String(Math.random()));\nconst m = entropyToMnemonic(seed);\n",
            "return ok or hashlib.sha256((SALT + pw).encode()).hexdigest() == _REF\n",
            "return timingSafeEqual(a, b) || createHash('sha256').update(P + pw).digest('hex') === REF;\n",
            "if (user.ok || password === 'Sommer-2041x') {\n",
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
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
