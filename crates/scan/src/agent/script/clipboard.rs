//! What is done to the clipboard, and wallets that it is done for.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::WATCHES;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// Puts a wallet where an address was copied.
static CLIPPER: Pattern = Pattern::new(
    &["clipboard", "pyperclip"],
    r#"(?:pyperclip\.copy|clipboard\.write\w*|set-clipboard)\s*\(?\s*["'](?:0x[0-9a-f]{40}|bc1[a-z0-9]{20,}|[13][a-z0-9]{25,34}|[a-z0-9]{43,44})["']"#,
);
/// Writes what is pasted next.
static PASTES: Pattern = Pattern::new(
    &["pyperclip.copy", "clipboard", "setcontents", "pbcopy", "xclip", "clip.copy", "set_text", "set_contents"],
    r"pyperclip\.copy|clipboard\w*\.(?:write|copy|set)\w*|set-?clipboard|\bpbcopy\b|\bxclip\s+-sel|clip\.copy|\.set_text\s*\(|\.set_?contents\s*\(",
);
/// An address of a wallet that stands in the text.
static WALLET: Pattern = Pattern::new(
    &["0x", "bc1", "\"t", "'t", "\"1", "'1", "\"3", "'3", "\"4", "'4"],
    r#"["'](?:0x[0-9a-f]{40}|bc1[a-z0-9]{25,60}|t[1-9a-hj-np-z]{33}|[13][1-9a-hj-np-z]{25,34}|4[0-9ab][1-9a-hj-np-z]{93})["']"#,
);
/// A pattern that finds them.
static FINDS_WALLET: Pattern = Pattern::new(
    &["0x[", "bc1", "[13]", "t["],
    r"0x\[[0-9a-f\-]{3,12}\]\{40\}|\(?bc1\)?[\[(]|bc1\|\[13\]|\[13\]\[|t\[1-9a-",
);
/// What is put in their place, whether or not it could be one.
static STANDS_IN: Pattern =
    Pattern::new(&["0x", "bc1", "\"t", "'t"], r#"["'](?:0x[0-9a-z]{38,44}|bc1[a-z0-9]{18,62}|t[1-9a-z]{30,35})["']"#);
static REPLACES: Pattern = Pattern::new(
    &["replace", ".sub(", "match", ".test("],
    r"\bis_?match\s*\(|\.test\s*\(|\.match\s*\(|\.replace(?:all)?\s*\(|\bre\.sub\s*\(|regex\.replace\s*\(",
);
/// Reads what was copied.
static READS: Pattern = Pattern::new(
    &["pyperclip.paste", "clipboard", "pbpaste"],
    r"pyperclip\.paste|clipboard\w*\.(?:read\w*|get\w*|paste)|get-clipboard|\bpbpaste\b",
);

/// Whether a text is the address of a wallet.
pub(super) fn is_wallet(text: &str) -> bool {
    let literal = format!("\"{text}\"");
    WALLET.is_in(&literal, &literal.to_ascii_lowercase())
}

/// Addresses of wallets that are literals of a text.
pub(super) fn wallets(text: &str) -> Vec<String> {
    let found = WALLET.all(text, &text.to_ascii_lowercase());
    found.into_iter().map(|found| found.text.trim_matches(['"', '\'']).to_string()).collect()
}

/// A wallet that nobody can read: `new PublicKey(Uint8Array.from(seed))`.
static NUMBERED: Pattern = Pattern::new(
    &["publickey", "uint8array", "from_bytes"],
    r"\bnew\s+publickey\s*\(\s*(?:new\s+)?uint8array\b|\bpublickey\.new\s*\(\s*uint8array\b|\bpubkey\.from_bytes\s*\(\s*bytes\s*\(",
);
static PAYS: Pattern = Pattern::new(&["transfer"], r"\btransfer\w*\s*\(");

pub(super) fn look(look: &mut Look<'_, '_>) {
    let pays = !look.sheet.prose && look.has(&PAYS) && !crate::agent::place::is_test(look.sheet.path);
    for found in if pays { look.all(&NUMBERED) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("pays a wallet that is written as numbers: {}", quoted(found.text));
        look.add(WATCHES, Severity::High, &found, message);
    }
    for found in look.all(&CLIPPER) {
        look.add(WATCHES, Severity::High, &found, format!("replaces what is copied: {}", quoted(found.text)));
    }
    if look.has(&PASTES) && look.has(&FINDS_WALLET) {
        for found in look.all(&WALLET).into_iter().take(1) {
            look.add(
                WATCHES,
                Severity::High,
                &found,
                format!("puts a wallet of its own into the clipboard: {}", quoted(found.text)),
            );
        }
    }
    let tried = crate::agent::place::is_test(look.sheet.path);
    let swaps = !look.sheet.prose && !tried && look.has(&REPLACES) && look.all(&FINDS_WALLET).len() > 1;
    for found in if swaps { look.all(&STANDS_IN) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("puts a wallet of its own where it finds one: {}", quoted(found.text));
        look.add(WATCHES, Severity::High, &found, message);
    }
    if !look.sheet.prose
        && look.has(&READS)
        && look.has(&FINDS_WALLET)
        && !crate::agent::place::is_test(look.sheet.path)
    {
        let changed = look.all(&PASTES).into_iter().find(|found| in_loop(look.lower, found.span.start));
        if let Some(found) = changed {
            let message = format!("changes what is copied, and knows wallets by their form: {}", quoted(found.text));
            look.add(WATCHES, Severity::High, &found, message);
        }
    }
}

/// Whether a place is in a loop without an end: nobody asked for it.
fn in_loop(lower: &str, at: usize) -> bool {
    let before = lower.get(..at).unwrap_or_default();
    let starts = ["loop {", "while true", "while 1", "setinterval", "while(true", "while (true", "while :", "for (;;)"];
    let Some(start) = starts.iter().filter_map(|start| before.rfind(start)).max() else { return false };
    let between = before.get(start..).unwrap_or_default();
    !["\ndef ", "\nfunction ", "\nasync ", "\nclass ", "\n@"].iter().any(|end| between.contains(end))
}
