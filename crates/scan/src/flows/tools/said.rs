//! What the name of a tool and its description say that it does.

use redan_code::Tool;

use super::words::{
    ASKS, CHANGES, CHANGES_NOTHING, COMPUTES, COMPUTES_FIRST, OF_STRANGERS, PRIVATE, RECIPIENTS, REMOVES, SECRETS,
    SENDS, SENDS_TO, STAYS,
};

/// Words up to this long begin too many others.
const SHORT: usize = 3;
/// How much of a description is read.
const READ: usize = 600;

/// Name and description of one tool in small letters.
pub(super) struct Said {
    name: String,
    about: String,
}

impl Said {
    pub(super) fn of(tool: &Tool) -> Self {
        // `readFile`, `read_file`: words apart.
        let mut name = String::new();
        for c in tool.name.chars().take(80) {
            if c.is_uppercase() && name.ends_with(|c: char| c.is_lowercase()) {
                name.push(' ');
            }
            name.push(if matches!(c, '_' | '-') { ' ' } else { c });
        }
        // What stands behind it is said of the arguments.
        let about = tool.about.split("Args:").next().unwrap_or_default();
        let about = about.split("\n    :param").next().unwrap_or_default();
        let about: String = about.chars().take(READ).collect();
        let words: Vec<&str> = about.split_whitespace().collect();
        Self { name: name.to_lowercase(), about: words.join(" ").to_lowercase() }
    }

    /// Whether one of the words begins a word of what is said; short ones have to be whole.
    fn has(&self, words: &[&str]) -> bool {
        let is = |text: &str, word: &str| {
            text.match_indices(word).any(|(at, _)| {
                let (before, after) =
                    (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
                let ends = |rest: &str| !rest.trim_start_matches('s').starts_with(char::is_alphanumeric);
                !before.ends_with(char::is_alphanumeric) && (word.len() > SHORT || ends(after))
            })
        };
        words.iter().any(|word| is(&self.about, word) || is(&self.name, word))
    }

    /// Whether the description begins with one of the words.
    fn begins(&self, words: &[&str]) -> bool {
        let first = self.about.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
        words.contains(&first)
    }

    pub(super) fn computes(&self) -> bool {
        !self.about.is_empty() && (self.begins(COMPUTES_FIRST) || self.has(COMPUTES))
    }

    pub(super) fn explains_sending(&self) -> bool {
        self.has(SENDS_TO)
    }

    pub(super) fn explains_asking(&self) -> bool {
        self.has(SENDS_TO) || self.has(ASKS)
    }

    pub(super) fn explains_removal(&self) -> bool {
        self.has(REMOVES)
    }

    pub(super) fn explains_secrets(&self) -> bool {
        self.has(SECRETS)
    }

    pub(super) fn changes_nothing(&self) -> bool {
        self.has(CHANGES_NOTHING) && !self.about.contains("not read")
    }

    pub(super) fn stays_here(&self) -> bool {
        self.has(STAYS)
    }

    /// Whether the words say that the tool can do this, where its code calls what no table knows.
    pub(super) fn is_able_to(&self, kind: &str, tool: &Tool, own: &str) -> bool {
        let does = |kinds: &[&str]| tool.deeds.iter().any(|deed| kinds.contains(&deed.kind));
        let first = self.name.split(' ').next().unwrap_or_default();
        let changes = CHANGES.contains(&first) || self.begins(CHANGES);
        // What only computes reads nothing.
        if tool.deeds.is_empty() && !calls_something(own) {
            return false;
        }
        match kind {
            "reads" => self.has(PRIVATE) && !changes && !does(&["sends", "sends-to"]),
            "fetches" => self.has(OF_STRANGERS) && !changes && !does(&["sends", "sends-to"]),
            // A fixed service may still send to whoever is named.
            _ => {
                let is_one = |name: &str| RECIPIENTS.contains(&name.to_lowercase().as_str());
                // `context.to` of one parameter for all.
                let of = |param: &String| {
                    let member = |at: usize| {
                        let after = own.get(at + param.len()..)?.strip_prefix('.')?;
                        after.split(|c: char| !c.is_alphanumeric() && c != '_').next()
                    };
                    own.match_indices(param.as_str()).take(200).filter_map(|(at, _)| member(at)).any(is_one)
                };
                let named = tool.params.iter().any(|param| is_one(param) || tool.params.len() == 1 && of(param));
                named && self.has(SENDS) && (does(&["sends", "sends-to"]) || tool.deeds.is_empty())
            }
        }
    }
}

/// Whether a text calls anything but what every program of the language has.
fn calls_something(own: &str) -> bool {
    const PLAIN: &[&str] = &[
        "math",
        "json",
        "re",
        "Math",
        "JSON",
        "Object",
        "Number",
        "String",
        "datetime",
        "random",
        "round",
        "len",
        "sum",
        "str",
        "int",
        "float",
        "max",
        "min",
        "sorted",
        "range",
        "print",
        "dict",
        "list",
        "set",
        "abs",
        "if",
        "for",
        "while",
        "switch",
        "return",
        "async",
        "function",
        "and",
        "or",
        "not",
        "in",
        "zip",
        "enumerate",
        "bool",
        "isinstance",
        "tool",
    ];
    let last_word = |text: &'_ str| text.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    own.match_indices('(').take(500).any(|(at, _)| {
        let before = own.get(..at).unwrap_or_default();
        let mut start = last_word(before);
        let mut end = at;
        // `math.sqrt(`: whose it is.
        if let Some(object) = own.get(..start).and_then(|before| before.strip_suffix('.')) {
            (start, end) = (last_word(object), object.len());
        }
        let (rest, name) = (own.get(..start).unwrap_or_default(), own.get(start..end).unwrap_or_default());
        !name.is_empty() && !PLAIN.contains(&name) && !rest.ends_with("def ") && !rest.ends_with("function ")
    })
}

/// What a tool makes another machine do, by its name: `refund_order`, `sepa_transfer`, but not `list_refunds`.
pub(super) fn done_elsewhere(name: &str) -> Option<&'static str> {
    let words = Said::of(&Tool { name: name.to_owned(), ..Tool::default() }).name;
    let words: Vec<&str> = words.split(' ').collect();
    let does = |word: &&str| match *word {
        "pay" | "refund" | "transfer" | "payout" | "wire" | "withdraw" => Some("pays"),
        "delete" | "erase" | "purge" | "destroy" | "terminate" | "wipe" => Some("deletes"),
        _ => None,
    };
    let reads = ["list", "get", "search", "show", "find", "check", "read", "preview", "estimate", "request", "quote"];
    let first = words.first().filter(|first| !reads.contains(first))?;
    does(first).or_else(|| does(words.last()?))
}
