//! How bad a place in code is, from who wrote the data, what happens with it, and where it stands.

use redan_domain::{Confidence, Fact, Persona, Severity};

/// What is known of the place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstance<'a> {
    /// Class of sink or kind of weakness.
    pub(super) word: &'a str,
    /// Who wrote it; None for a weakness.
    pub(super) label: Option<&'a str>,
    /// Path of the file.
    pub(super) path: &'a str,
    /// Names around it: what the result is assigned to, and the function.
    pub(super) context: &'a str,
    /// The line that it stands in.
    pub(super) line: &'a str,
    /// Text before and behind it.
    pub(super) around: &'a str,
    /// The file stands for itself: who calls its functions will never be seen.
    pub(super) fragment: bool,
    /// The project itself calls the function, and hands nothing untrusted to it.
    pub(super) called: bool,
}

/// Classes where a stranger's text takes over the program or its data.
const GRAVE: &[&str] = &["code", "shell", "command", "sql", "deserialise", "template"];
/// Classes where text of an unknown caller is worth a look, too.
const GRAVE_FROM_ANYBODY: &[&str] = &["code", "shell", "command", "sql", "deserialise", "template", "ldap", "xpath"];
/// Those that are shown to developers as slight, even if nobody knows the caller.
const SHOWN_FROM_ANYBODY: &[&str] = &["url", "redirect", "html", "xml", "archive", "reflection"];
/// Classes where ordinary programs put ordinary text all the time.
const SLIGHT: &[&str] = &["prompt", "response-detail", "argument"];
/// Classes where a length or a text of whoever writes it goes over other memory, also if only the caller can.
const MEMORY: &[&str] = &["unbounded-copy", "format-string", "length-not-checked", "allocation-overflow"];
/// Words in names that say that a value must not be guessed.
const SECRET: &[&str] = &[
    "token",
    "password",
    "passwd",
    "pwd",
    "secret",
    "key",
    "apikey",
    "session",
    "sessionid",
    "nonce",
    "otp",
    "salt",
    "csrf",
    "xsrf",
    "auth",
    "code",
    "pin",
    "cookie",
    "sid",
    "reset",
    "verification",
    "captcha",
    "credential",
    "iv",
];
/// Words that say that nothing hangs on a number but looks, time or chance.
const CHANCE: &[&str] = &[
    "jitter",
    "delay",
    "sleep",
    "backoff",
    "retry",
    "interval",
    "timeout",
    "shuffle",
    "split",
    "share",
    "sample",
    "noise",
    "color",
    "colour",
    "hue",
    "rgb",
    "pixel",
    "opacity",
    "game",
    "dice",
    "roll",
    "board",
    "cell",
    "grid",
    "position",
    "x",
    "y",
    "z",
    "width",
    "height",
    "angle",
    "speed",
    "velocity",
    "particle",
    "spawn",
    "enemy",
    "player",
    "animation",
    "demo",
    "mock",
    "fake",
    "dummy",
    "simulate",
    "simulation",
    "weight",
    "matrix",
    "epsilon",
    "mutation",
    "mutate",
    "crossover",
    "population",
    "train",
    "quote",
    "playlist",
    "card",
    "deck",
    "score",
    "quiz",
    "temperature",
    "lat",
    "lng",
    "lon",
    "latitude",
    "longitude",
    "price",
    "chart",
    "joke",
    "greeting",
    "song",
    "track",
    "theme",
    "emoji",
];
/// Words in names that say that a hash only tells things apart.
const CHECKSUM: &[&str] =
    &["etag", "id", "uid", "uuid", "checksum", "cache", "fingerprint", "dedup", "dedupe", "shard", "bucket"];

/// How a connection or a statement says that it only reads.
const READ_ONLY: &[&str] = &[
    "readonly",
    "readOnly",
    "read_only",
    "READ ONLY",
    "query_only",
    "mode=ro",
    "set_read_only",
    "stmt_readonly",
    "pgx.ReadOnly",
    "ReadOnly: true",
];

/// What a function that lets somebody in looks like.
const SIGNS_IN: &[&str] = &[
    "check_password",
    "verify_password",
    "checkpw",
    "authenticate(",
    "password_verify",
    "bcrypt.compare",
    "argon2.verify",
];

/// Whether a program opens its database so that nothing can be written: what a helper far above says counts, too.
pub(super) fn connects_to_read(text: &str) -> bool {
    [
        "mode=ro",
        "query_only",
        "set_authorizer",
        "pgx.ReadOnly",
        "readonly: true",
        "readOnly: true",
        "read_only = True",
        "default_transaction_read_only",
        "TRANSACTION READ ONLY",
        "setReadOnly(true)",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

/// Whether this combination is reported at all.
pub(super) fn is_reported(word: &str, label: Option<&str>) -> bool {
    match (word, label) {
        ("upstream-token", label) => label == Some("token"),
        ("response-detail", label) => label == Some("error"),
        ("timing", label) => label == Some("mac"),
        ("attributes", label) => label == Some("user"),
        (_, Some("error" | "mac")) => false,
        // What one model says is what the next is asked: that is how agents work.
        ("prompt" | "system-prompt", Some("model")) => false,
        ("prompt", Some("unknown" | "local")) => false,
        _ => true,
    }
}

/// Makes a fact worse or better than its rule says in general.
pub(super) fn grade(fact: &mut Fact, seen: Circumstance<'_>) {
    match seen.label {
        None => weakness(fact, seen),
        // A tool that is there to ask a database, on a connection that only reads: it tells what is in it, no more.
        Some("tool") if seen.word == "sql" && READ_ONLY.iter().any(|sign| seen.around.contains(sign)) => {
            fact.severity = Some(Severity::Medium);
        }
        // Whoever has just shown a password is who the session is for.
        Some("user") if seen.word == "session" && SIGNS_IN.iter().any(|sign| seen.around.contains(sign)) => {
            set(fact, Severity::Low, Confidence::Low);
            fact.persona = Some(Persona::Auditor);
        }
        Some("user" | "tool" | "model" | "token" | "error" | "mac") => {}
        Some("retrieved") => {
            // A description that comes from elsewhere may be another one tomorrow.
            let is_grave = GRAVE.contains(&seen.word) || seen.word == "tool-description";
            let severity = if is_grave { Severity::Medium } else { Severity::Low };
            set(fact, severity, Confidence::Medium);
        }
        // It is written in the source: nobody can change it.
        Some("constant") => {
            set(fact, Severity::Low, Confidence::Low);
            fact.persona = Some(Persona::Auditor);
        }
        Some("local") if MEMORY.contains(&seen.word) => fact.severity = Some(Severity::Medium),
        Some("unknown") if MEMORY.contains(&seen.word) && !seen.called => {
            set(fact, Severity::Medium, Confidence::Low);
        }
        Some("local") => {
            set(fact, Severity::Low, Confidence::Low);
            if !GRAVE.contains(&seen.word) {
                fact.persona = Some(Persona::Auditor);
            }
        }
        Some(_) => {
            let grave = GRAVE_FROM_ANYBODY.contains(&seen.word);
            set(fact, if grave && !seen.called { Severity::Medium } else { Severity::Low }, Confidence::Low);
            // A function that is there to write a log or a header.
            let names = words(seen.context);
            let is_its_task = match seen.word {
                "log" => names.iter().any(|name| matches!(name.as_str(), "log" | "audit" | "logger" | "logging")),
                "header" => names.iter().any(|name| matches!(name.as_str(), "header" | "headers")),
                _ => false,
            };
            let shown = grave || SHOWN_FROM_ANYBODY.contains(&seen.word) || seen.fragment && is_its_task;
            // Which file or program it is, is what the caller of this function decides.
            if seen.fragment && is_its_task {
                fact.persona = Some(Persona::Developer);
            }
            let own = seen.called && (seen.word == "path" || seen.word == "command" && is_native(seen.path));
            if own || SLIGHT.contains(&seen.word) || !seen.fragment && (seen.called || !shown) {
                fact.persona = Some(Persona::Auditor);
            }
        }
    }
    // A program that stands for itself has the logs that it writes.
    if seen.word == "log" && seen.label == Some("user") && seen.fragment {
        fact.persona = Some(Persona::Developer);
    }
    if is_rehearsal(seen.path) {
        fact.severity = Some(Severity::Info);
    }
}

fn is_native(path: &str) -> bool {
    redan_code::lines::Dialect::of(path).is_some_and(|dialect| matches!(dialect.name(), "c" | "cpp"))
}

fn set(fact: &mut Fact, severity: Severity, confidence: Confidence) {
    fact.severity = Some(severity);
    fact.confidence = Some(confidence);
}

fn weakness(fact: &mut Fact, seen: Circumstance<'_>) {
    let names = words(seen.context);
    let speaks_of = |known: &[&str]| {
        names
            .iter()
            .any(|name| known.iter().any(|word| name.strip_prefix(word).is_some_and(|end| matches!(end, "" | "s"))))
    };
    match seen.word {
        _ if seen.called => {
            set(fact, Severity::Low, Confidence::Low);
            fact.persona = Some(Persona::Auditor);
        }
        "insecure-random" if speaks_of(SECRET) => fact.severity = Some(Severity::Medium),
        "insecure-random" if (seen.fragment || near(seen.around)) && !speaks_of(CHANCE) && !is_chance(seen.line) => {}
        "insecure-random" => fact.persona = Some(Persona::Auditor),
        "weak-hash" if speaks_of(CHECKSUM) => set(fact, Severity::Low, Confidence::Low),
        _ => {}
    }
}

/// Whether a line speaks of what may be guessed.
fn is_chance(line: &str) -> bool {
    words(line).iter().any(|word| CHANCE.contains(&word.strip_suffix('s').unwrap_or(word)))
}

/// Whether the lines around speak of what must not be guessed.
fn near(around: &str) -> bool {
    let known = [
        "token",
        "password",
        "passwd",
        "secret",
        "session",
        "cookie",
        "nonce",
        "otp",
        "salt",
        "csrf",
        "credential",
        "remember",
    ];
    words(around).iter().any(|word| known.contains(&word.strip_suffix('s').unwrap_or(word)))
}

/// Words of names in any style: `makeResetToken`, `make_reset_token`.
fn words(names: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in names.chars() {
        if !c.is_alphanumeric() || (was_lower && c.is_uppercase()) {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// Whether a file, by its path in the project, is a test, an example or documentation: what is wrong in it harms nobody yet.
pub(super) fn is_rehearsal(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "tests",
        "test",
        "testing",
        "__tests__",
        "spec",
        "testdata",
        "fixtures",
        "examples",
        "example",
        "samples",
        "docs",
        "doc",
        "docs_src",
        "benchmarks",
        "bench",
        "cookbook",
        "demos",
        "demo",
        "tutorials",
    ];
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or(name);
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest"
        || name.contains(".test.")
        || name.contains(".spec.")
        || name.ends_with("Test.java")
        || name.ends_with("Tests.java")
        || parts.any(|folder| FOLDERS.contains(&folder.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use redan_domain::FactKind;

    use super::*;

    fn graded(word: &str, label: Option<&str>, path: &str, context: &str, fragment: bool) -> String {
        let mut fact = Fact::new(FactKind("x"), "f", "f");
        grade(
            &mut fact,
            Circumstance { word, label, path, context, line: context, around: context, fragment, called: false },
        );
        let severity = fact.severity.map_or("rule".to_owned(), |severity| severity.to_string());
        if fact.persona == Some(Persona::Auditor) { format!("{severity} auditor") } else { severity }
    }

    #[test]
    fn a_query_that_only_reads_is_what_a_tool_is_for() {
        assert_eq!(
            graded("sql", Some("tool"), "a.js", "st = db.prepare(sql); if (!st.readonly) throw 1", false),
            "medium"
        );
        assert_eq!(graded("sql", Some("tool"), "a.js", "db.prepare(sql).all()", false), "rule");
        assert_eq!(graded("shell", Some("tool"), "a.js", "exec(x, { readonly: true })", false), "rule");
        assert_eq!(graded("sql", Some("user"), "a.js", "db.prepare(sql).readonly", false), "rule");
    }

    #[test]
    fn who_wrote_it_decides() {
        for (word, label, fragment, grade) in [
            ("sql", "user", false, "rule"),
            ("sql", "retrieved", false, "medium"),
            ("path", "retrieved", false, "low"),
            ("sql", "unknown", false, "medium"),
            ("path", "unknown", false, "low auditor"),
            ("path", "unknown", true, "low"),
            ("url", "unknown", false, "low"),
            ("log", "unknown", true, "low"),
            ("prompt", "unknown", true, "low auditor"),
            ("shell", "local", false, "low"),
            ("path", "local", false, "low auditor"),
        ] {
            assert_eq!(graded(word, Some(label), "a.py", "", fragment), grade, "{word} {label}");
        }
        assert_eq!(graded("sql", Some("user"), "tests/a.py", "", false), "info");
    }

    #[test]
    fn names_around_it_decide() {
        assert_eq!(graded("insecure-random", None, "a.py", "make_reset_token", false), "medium");
        assert_eq!(graded("insecure-random", None, "a.py", "apiKeys", false), "medium");
        assert_eq!(graded("insecure-random", None, "a.py", "monkey mapping author", false), "rule auditor");
        assert_eq!(graded("insecure-random", None, "a.py", "shuffleDeck", true), "rule auditor");
        assert_eq!(graded("insecure-random", None, "a.py", "make", true), "rule");
        assert!(near("set_cookie(x)") && near("resetTokens") && !near("monkey mapping author"));
        assert_eq!(graded("weak-hash", None, "a.py", "etag", false), "low");
        assert_eq!(graded("weak-hash", None, "a.py", "sign", false), "rule");
    }

    #[test]
    fn labels_that_belong_to_one_place_only() {
        assert!(is_reported("sql", Some("model")) && !is_reported("prompt", Some("model")));
        assert!(is_reported("response-detail", Some("error")) && !is_reported("html", Some("error")));
        assert!(!is_reported("upstream-token", Some("user")) && is_reported("weak-hash", None));
    }

    #[test]
    fn rehearsals_are_known_by_their_place() {
        for path in ["tests/a.py", "a/test_b.py", "src/Foo.test.ts", "x/FooTest.java", "examples/a/b.py", "b_test.go"] {
            assert!(is_rehearsal(path), "{path}");
        }
        assert!(!is_rehearsal("src/contest.py") && !is_rehearsal("a/latest.py"));
    }
}
