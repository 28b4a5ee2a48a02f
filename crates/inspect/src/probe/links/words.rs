//! Names of parameters and words near an address that tell what it carries.

/// Parameters that say how something is shown, cached, signed or counted, not what it is about.
const PRESENTATION: &[&str] = &[
    "alt",
    "animate",
    "aspect",
    "auto",
    "awsaccesskeyid",
    "b",
    "background",
    "bg",
    "blur",
    "border",
    "branch",
    "build",
    "cache",
    "cachebust",
    "cacheseconds",
    "cb",
    "center",
    "color",
    "colora",
    "colorb",
    "colour",
    "columns",
    "crop",
    "date",
    "dpr",
    "event",
    "expires",
    "ext",
    "fbclid",
    "fit",
    "fm",
    "font",
    "format",
    "from",
    "gclid",
    "googleaccessid",
    "gravity",
    "h",
    "hash",
    "height",
    "hl",
    "icon",
    "include_prereleases",
    "index",
    "ixid",
    "ixlib",
    "job",
    "key-pair-id",
    "kind",
    "label",
    "labelcolor",
    "lang",
    "language",
    "layout",
    "link",
    "locale",
    "logo",
    "logocolor",
    "logowidth",
    "marker",
    "markers",
    "max",
    "maxage",
    "md5",
    "mode",
    "name",
    "nocache",
    "onlogo",
    "optimize",
    "order",
    "orientation",
    "package",
    "page",
    "pr",
    "preset",
    "project",
    "quality",
    "r",
    "raw",
    "ref",
    "repo",
    "resize",
    "rev",
    "revision",
    "rounded",
    "s",
    "sanitize",
    "scale",
    "se",
    "server",
    "sha",
    "show",
    "si",
    "sig",
    "sign",
    "signature",
    "size",
    "skin",
    "sku",
    "sort",
    "source",
    "sp",
    "sr",
    "st",
    "status",
    "style",
    "subject",
    "sv",
    "svg",
    "sz",
    "t",
    "tag",
    "theme",
    "thumb",
    "time",
    "timestamp",
    "title",
    "tr",
    "ts",
    "type",
    "update",
    "updated",
    "url",
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "v",
    "ver",
    "version",
    "w",
    "width",
    "workflow",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
    "x-goog-algorithm",
    "x-goog-credential",
    "x-goog-date",
    "x-goog-expires",
    "x-goog-signature",
    "x-goog-signedheaders",
    "zoom",
];

/// Parameters that carry whatever somebody puts in.
const CARRIER: &[&str] = &[
    "answer",
    "b64",
    "base64",
    "body",
    "buf",
    "c",
    "chat",
    "collect",
    "content",
    "context",
    "conv",
    "conversation",
    "cookie",
    "cookies",
    "credentials",
    "creds",
    "d",
    "data",
    "dump",
    "e",
    "email",
    "enc",
    "encoded",
    "exfil",
    "exfiltrate",
    "h",
    "hex",
    "history",
    "i",
    "info",
    "input",
    "k",
    "key",
    "leak",
    "log",
    "loot",
    "m",
    "mail",
    "memory",
    "message",
    "messages",
    "msg",
    "note",
    "notes",
    "o",
    "out",
    "output",
    "p",
    "param",
    "pass",
    "password",
    "payload",
    "pii",
    "prompt",
    "pwd",
    "q",
    "query",
    "r",
    "response",
    "result",
    "s",
    "secret",
    "secrets",
    "session",
    "ssn",
    "stolen",
    "summary",
    "system",
    "t",
    "text",
    "token",
    "u",
    "user",
    "user_data",
    "userdata",
    "username",
    "v",
    "val",
    "value",
    "x",
    "y",
    "z",
];

/// Carriers whose name alone says that the value is private.
const PRIVATE: &[&str] = &[
    "api_key",
    "apikey",
    "b64",
    "balance",
    "base64",
    "chat",
    "chat_history",
    "collect",
    "conv",
    "conversation",
    "cookie",
    "cookies",
    "credentials",
    "credit_card",
    "creditcard",
    "creds",
    "cvv",
    "data",
    "dob",
    "dump",
    "exfil",
    "exfiltrate",
    "exfiltrated",
    "history",
    "iban",
    "leak",
    "loot",
    "memory",
    "password",
    "payload",
    "pii",
    "pin",
    "prompt",
    "pwd",
    "salary",
    "secret",
    "secrets",
    "ssn",
    "stolen",
    "summary",
    "sysprompt",
    "system_prompt",
    "transcript",
    "user_data",
    "userdata",
    "victim",
];

/// Words for private things.
const SENSITIVE: &[&str] = &[
    "account",
    "address",
    "answer",
    "api",
    "apikey",
    "base64",
    "card",
    "cat",
    "chat",
    "cmd",
    "content",
    "contents",
    "context",
    "conversation",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "creds",
    "data",
    "diagnosis",
    "document",
    "documents",
    "email",
    "emails",
    "env",
    "exfil",
    "exfiltrated",
    "file",
    "files",
    "history",
    "info",
    "key",
    "leak",
    "memories",
    "memory",
    "message",
    "messages",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "payload",
    "pii",
    "private",
    "prompt",
    "prompts",
    "pwd",
    "response",
    "secret",
    "secrets",
    "sensitive",
    "session",
    "ssn",
    "stolen",
    "summary",
    "text",
    "token",
    "tokens",
    "transcript",
    "whoami",
];

/// Words for what was said to or by a model.
const CONVERSATION: &[&str] = &[
    "chat",
    "conversation",
    "exfil",
    "exfiltrated",
    "history",
    "leak",
    "memories",
    "memory",
    "passwords",
    "pii",
    "prompt",
    "secret",
    "secrets",
    "stolen",
    "summary",
    "transcript",
];

/// Segments of a path below which somebody collects.
const COLLECTING: &[&str] = &[
    "beacon",
    "c2",
    "capture",
    "collect",
    "collector",
    "credentials",
    "creds",
    "exfil",
    "exfiltrate",
    "grab",
    "harvest",
    "leak",
    "log",
    "loot",
    "password",
    "passwords",
    "pixel",
    "secret",
    "secrets",
    "steal",
    "track",
    "tracker",
];

/// Whether a word is in a sorted list of words in lower case. The longest of them has 20 letters.
pub(super) fn listed(word: &str, list: &[&str]) -> bool {
    let mut lower = [0_u8; 24];
    let Some(lower) = lower.get_mut(..word.len()) else { return false };
    for (to, from) in lower.iter_mut().zip(word.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    let lower = &*lower;
    list.binary_search_by(|known| known.as_bytes().cmp(lower)).is_ok()
}

pub(super) fn is_presentation(name: &str) -> bool {
    listed(name, PRESENTATION)
}

pub(super) fn is_carrier(name: &str) -> bool {
    listed(name, CARRIER) || is_private(name)
}

pub(super) fn is_private(name: &str) -> bool {
    listed(name, PRIVATE)
}

pub(super) fn is_collecting(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default();
    listed(stem, COLLECTING)
}

/// Whether one of the words of a text is in a list that is sorted; `userData` and `user_data` are two words.
pub(super) fn has_word(text: &str, list: &[&str]) -> bool {
    split(text).any(|word| listed(word, list))
}

pub(super) fn is_sensitive(text: &str) -> bool {
    has_word(text, SENSITIVE)
}

pub(super) fn is_conversation(text: &str) -> bool {
    has_word(text, CONVERSATION)
}

/// Words, cut at everything but letters and digits, and where a capital follows a small letter.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(|char: char| !char.is_alphanumeric());
    pieces.flat_map(|piece| Humps { rest: piece }).filter(|word| !word.is_empty())
}

/// `userData` as `user`, `Data`.
struct Humps<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Humps<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let hump = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase());
        let end = self.rest.as_bytes().windows(2).position(hump).map_or(self.rest.len(), |at| at + 1);
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_for_the_search() {
        for list in [PRESENTATION, CARRIER, PRIVATE, SENSITIVE, CONVERSATION, COLLECTING] {
            assert!(list.is_sorted(), "{list:?}");
        }
        assert!(is_sensitive("userSecret") && is_sensitive("CHAT_HISTORY") && !is_sensitive("owner"));
    }
}
