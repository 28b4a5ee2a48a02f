//! What the analysis of code can find: kinds of sink and of weak call, the fact each gives, and what happens there in
//! words.

use redan_domain::FactKind;

/// A kind of place in code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// The word that the tables of records use.
    pub(super) word: &'static str,
    pub(super) fact: FactKind,
    /// Ends "`f()` …" and "…, which …".
    pub(super) does: &'static str,
}

const fn sink(word: &'static str, fact: &'static str, does: &'static str) -> Kind {
    Kind { word, fact: FactKind(fact), does }
}

const fn weak(word: &'static str, does: &'static str) -> Kind {
    Kind { word, fact: FactKind(word), does }
}

/// Where data does harm.
const SINKS: &[Kind] = &[
    sink("code", "untrusted-text-runs-as-code", "runs it as code"),
    sink("shell", "untrusted-text-in-shell", "hands it to a shell"),
    sink("command", "untrusted-text-in-command", "starts a program with it"),
    sink("argument", "untrusted-text-in-argument", "gives it to a program as an argument"),
    sink("sql", "untrusted-text-in-sql", "runs it as a query"),
    sink("nosql", "untrusted-text-in-nosql", "searches documents with it"),
    sink("path", "untrusted-text-in-path", "takes it for a path"),
    sink("archive", "untrusted-archive-unpacked", "writes files where it says"),
    sink("url", "untrusted-text-in-address", "calls it as an address"),
    sink("redirect", "untrusted-text-in-redirect", "sends the visitor there"),
    sink("header", "untrusted-text-in-header", "writes it into a header"),
    sink("deserialise", "untrusted-data-deserialised", "makes objects of it"),
    sink("xml", "untrusted-xml-parsed", "parses it as XML that may name other files"),
    sink("template", "untrusted-text-in-template", "renders it as a template"),
    sink("html", "untrusted-text-in-html", "puts it into a page as markup"),
    sink("ldap", "untrusted-text-in-ldap", "searches a directory with it"),
    sink("xpath", "untrusted-text-in-xpath", "evaluates it as XPath"),
    sink("regex", "untrusted-text-in-regex", "compiles it as a pattern"),
    sink("log", "untrusted-text-in-log", "writes it into a log"),
    sink("reflection", "untrusted-text-names-code", "loads what it names"),
    sink("session", "untrusted-data-in-session", "keeps it where the program trusts what it reads"),
    sink("prototype", "untrusted-key-in-object", "sets a property that it names"),
    sink("system-prompt", "untrusted-text-in-system-prompt", "gives it to a model as instructions"),
    sink("prompt", "untrusted-text-in-prompt", "joins it to the instructions for a model"),
    sink("model-name", "untrusted-text-names-model", "loads the model that it names"),
    sink("tool-description", "untrusted-text-in-tool-description", "tells a model with it what a tool is for"),
    sink("upstream-token", "token-passed-through", "sends it on to another service"),
    sink("unbounded-copy", "unbounded-copy", "writes all of it, however much room there is"),
    sink("format-string", "format-string-not-fixed", "takes it for a format"),
    sink("length-not-checked", "length-not-checked", "writes or takes as much memory as it says"),
    sink("allocation-overflow", "allocation-overflow", "multiplies or adds it to a size that may overflow"),
    sink("attributes", "untrusted-fields-in-record", "takes every field of it"),
    sink("timing", "signature-compared-step-by-step", "stops at the first difference"),
    sink("response-detail", "error-detail-in-response", "shows it to the visitor"),
];

/// What is weak by itself.
const WEAK: &[Kind] = &[
    weak("weak-hash", "uses a hash that can be forged"),
    weak("weak-password-hash", "makes a hash of a password that can be guessed quickly"),
    weak("hash-compared", "stops at the first difference"),
    weak("fixed-salt", "salts with what others know as well"),
    weak("weak-cipher", "uses a cipher that can be broken"),
    weak("weak-key-size", "makes a key that is too short"),
    weak("static-iv", "starts every encryption in the same way"),
    weak("hard-coded-key", "uses a key that stands in the source"),
    weak("hard-coded-credential", "signs in with a password that stands in the source"),
    weak("insecure-random", "gives numbers that can be foreseen"),
    weak("tls-not-verified", "does not verify whom it talks to"),
    weak("weak-tls-version", "accepts an old version of TLS"),
    weak("host-key-not-verified", "accepts any server that answers"),
    weak("cleartext-protocol", "talks without encryption"),
    weak("jwt-not-verified", "believes a token without verifying its signature"),
    weak("unsafe-temp-file", "gives a name that another process can take first"),
    weak("permissive-file-mode", "lets every user of the machine write or read the file"),
    weak("unsafe-archive-extraction", "writes files wherever an archive says"),
    weak("insecure-deserialiser", "makes objects of any class that the data names"),
    weak("unsafe-yaml", "makes objects of any class that the document names"),
    weak("xxe-parser", "parses XML that may name other files"),
    weak("unsafe-memory", "touches memory that nothing checks"),
    weak("dangerous-call", "cannot be used safely"),
    weak("buffer-too-small", "writes more than there is room for"),
    weak("length-from-source", "writes as much as the source has, not as there is room for"),
    weak("pointer-size", "takes the size of a pointer for that of what it points to"),
    weak("missing-terminator", "may leave a text without the zero that ends it"),
    weak("off-by-one", "goes one element too far"),
    weak("stack-allocation", "takes memory of the stack by a number that is not fixed"),
    weak("unchecked-allocation", "may give no memory, and nobody looks"),
    weak("use-after-free", "is used after its memory was given back"),
    weak("null-not-checked", "may give nothing, and what it gives is used at once"),
    weak("index-not-checked", "picks an element by a number that nobody held against the size"),
    weak("leak-on-return", "leaves while the function still owns memory or an open file"),
    weak("stale-reference", "points to what is gone or may lie elsewhere by now"),
    weak("unchecked-downcast", "takes an object for one of a class that it may not be of"),
    weak("mismatched-delete", "gives memory back in another way than it was got"),
    weak("secret-not-wiped", "may be left out by the compiler, and the secret stays in memory"),
    weak("unchecked-conversion", "gives no sign of a text that is no number, or too large a one"),
    weak("race-on-path", "asks about a path that is another one when it is used"),
    weak("privileges-kept", "may fail, and the program goes on with rights that it meant to give away"),
    weak("unsafe-signal-handler", "must not be called in a handler of signals"),
    weak("library-search-path", "loads whatever library of this name is found first"),
    weak("loose-comparison", "compares after a conversion that makes different texts equal"),
    weak("variables-overwritten", "sets variables that its input names"),
    weak("request-validation-off", "switches off a check of what visitors send"),
    weak("upload-type-not-checked", "keeps a file of any type under a name that its sender chose"),
    weak("slow-regex", "has exponentially many ways through a pattern for some texts"),
    weak("regex-without-timeout", "may try a pattern for hours"),
    weak("detail-shown", "shows visitors how the program works inside"),
    weak("debug-server", "starts a server with a debugger for its visitors"),
    weak("binds-all-interfaces", "listens on every interface of the machine"),
    weak("insecure-cookie", "sets a cookie that goes over plain HTTP"),
    weak("cookie-without-http-only", "sets a cookie that scripts of the page can read"),
    weak("server-without-timeouts", "waits for slow clients without end"),
    weak("unbounded-read", "keeps whatever the visitor sends in memory"),
    weak("query-text-substitution", "puts a parameter into the text of a query"),
    weak("model-writes-sql", "runs queries that a model writes"),
    weak("cors-any-origin", "lets every site read the answers"),
    weak("csrf-off", "takes requests that another site made the visitor send"),
    weak("autoescape-off", "puts values into a page as they are"),
    weak("post-message-any-origin", "talks to whatever site is in the other window"),
    weak("remote-code-trusted", "runs code that comes with the model"),
    weak("dangerous-deserialisation-allowed", "unpickles what it loads"),
    weak("unsafe-model-loading", "runs code that a model file holds"),
    weak("unpinned-model", "loads whatever the repository holds that day"),
    weak("unpinned-prompt", "uses whatever prompt its owner last published"),
    weak("plain-http-model-endpoint", "talks to a model without encryption"),
    weak("sandboxless-agent-code", "runs code that a model writes on this machine"),
    weak("dangerous-agent-tool", "gives a model a tool that can do anything"),
    weak("agent-without-limit", "lets an agent go on without end"),
    weak("model-call-without-limit", "asks a model without a limit on the answer"),
    weak("key-in-browser", "sends the key to every visitor"),
    weak("mcp-server-open", "offers tools to everybody on the network"),
    weak("interface-open", "offers a model's interface to everybody"),
    weak("guardrail-off", "switches off a check of what a model says"),
    weak("shared-vector-collection", "searches what belongs to everybody"),
];

/// The kind of sink that records call so.
pub(super) fn sink_of(word: &str) -> Option<&'static Kind> {
    SINKS.iter().find(|kind| kind.word == word)
}

/// The kind of weakness that records call so.
pub(super) fn weakness_of(word: &str) -> Option<&'static Kind> {
    WEAK.iter().find(|kind| kind.word == word)
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Kind> {
    SINKS.iter().chain(WEAK)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_a_word_and_a_fact_of_its_own() {
        let words: BTreeSet<_> = all().map(|kind| kind.word).collect();
        let facts: BTreeSet<_> = all().map(|kind| kind.fact).collect();
        assert_eq!((words.len(), facts.len()), (SINKS.len() + WEAK.len(), SINKS.len() + WEAK.len()));
    }

    #[test]
    fn every_class_of_sink_of_the_tables_is_known() {
        for class in redan_code::sink_classes() {
            assert!(sink_of(class).is_some(), "{class}");
        }
        for kind in redan_code::check_kinds() {
            assert!(weakness_of(kind).is_some(), "{kind}");
        }
        for (word, is_sink) in redan_code::lines::words() {
            assert!(if is_sink { sink_of(word) } else { weakness_of(word) }.is_some(), "{word}");
        }
    }
}
