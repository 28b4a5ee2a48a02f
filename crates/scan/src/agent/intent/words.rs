//! The classes of words that an order is made of. A word counts where it begins a word of the text.

/// What must not leave.
pub(super) const SECRET: &[&str] = &[
    "api key", "api-key", "api_key", "apikey", "credential", "password", "passphrase", "passwd", "secret key", "secrets",
    "access token", "auth token", "session token", "bearer token", "refresh token", "keys or tokens", "tokens or keys",
    "keys and tokens", "tokens and keys", "private key", "ssh key", "signing key", "seed phrase", "recovery phrase", "mnemonic",
    "environment variable", "env var", "printenv", "output of `env`", "output of env", "session cookie", "cookies",
    "card number", "one-time code", "2fa code", "~/.ssh", ".ssh/", "id_rsa", "id_ed25519", ".aws/", "~/.netrc", ".npmrc",
    ".git-credentials", "~/.kube", "~/.config/gh", "keychain", "wallet file", "`.env", " .env", "/.env", ".env file", ".pem",
    "shell history", ".bash_history", ".zsh_history", "login data",
];
/// What is said between a user and an agent.
pub(super) const TALK: &[&str] = &[
    "conversation", "chat", "dialogue", "dialog", "transcript", "messages", "system prompt", "system message", "user said",
    "user wrote", "user asked", "user typed", "user's request", "user's message", "user's prompt", "what the user", "tool result",
    "tool call", "open files", "session so far", "context window", "prompts",
];
/// All of it.
pub(super) const ALL: &[&str] = &[
    "complete", "full", "entire", "whole", "all ", "every ", "verbatim", "word for word", "so far", "last ten", "last few",
    "unabridged", "unshortened", "do not shorten", "in full", "raw ", "exact text", "unchanged", "everything", "whatever", "recent",
];
/// What belongs to others.
pub(super) const DATA: &[&str] = &[
    "source code", "file content", "contents of", "content of the", "cleaned_data", "request bod", "customer", "personal data",
    "form data", "user data", "the diff", "the file", "each file", "query result", "the prompt", "the rows", "the response",
    "email address", "private repo", "the code",
];
/// Takes something somewhere.
pub(super) const MOVE: &[&str] = &[
    "send", "post", "upload", "transmit", "forward", "submit", "deliver", "report", "share", "relay", "mirror", "copy", "bcc",
    "include", "pass", "append", "attach", "provide", "put", "fill", "store", "write", "collect", "gather", "encode", "embed",
    "sync", "ship", "push", "paste", "record", "register", "hand over", "call", "add ", "place", "export", "back up", "log ",
    "query", "get ", "set ", "note", "quote", "repeat", "cite", "spell out", "reproduce", "enter", "type ", "join",
];
/// A parameter or a call of a tool.
pub(super) const TOOL: &[&str] = &[
    "as the `", "as `", "as the value", "in the `", "in `", "into the `", "parameter", "argument", " field", "with them",
    "calls ", "call `", "call the", "call it with", "to this tool", "to the tool", "as evidence", "as context", "this tool",
    "required for", "tool call",
];
/// Nobody is to know.
pub(super) const CONCEAL: &[&str] = &[
    "do not tell", "don't tell", "never tell", "without telling", "do not mention", "don't mention", "never mention",
    "without mentioning", "not be mentioned", "no mention", "not mention", "do not inform", "don't inform", "do not notify",
    "don't notify", "without notifying", "without informing", "do not ask", "don't ask", "never ask", "without asking",
    "do not announce", "don't announce", "without announcing", "do not explain", "don't explain", "do not reveal", "don't reveal",
    "never reveal", "do not disclose", "don't disclose", "never disclose", "do not report", "don't report", "do not comment",
    "no comment", "without comment", "do not list", "don't list", "do not describe", "don't describe", "do not discuss",
    "don't discuss", "do not surface", "don't surface", "do not narrate", "not be shown", "not shown to", "not visible to",
    "invisible to", "silently", "quietly", "discreetly", "covertly", "secretly", "internal to the assistant", "internal step",
    "internal detail", "internal matter", "internal bookkeeping", "keep this", "keep it to yourself", "keep it out of",
    "between us", "need not know", "does not need to know", "doesn't need to know", "should not see", "shouldn't see",
    "must not know", "must not see", "not worth mention", "pure routine", "purely routine", "mere routine", "is routine",
    "boilerplate", "housekeeping", "leave it out", "leave this out", "leave that out", "omit it", "omit this", "omit the step",
    "not part of the answer", "not part of your answer", "drawing attention", "hide this", "hide the step", "hide it",
    "no need to mention", "no need to tell", "no need to ask", "needn't be mentioned", "bring it up", "bring this up",
    "put it back", "as if nothing", "do not refer to", "don't refer to", "never refer to", "never show", "not appear in",
    "without further comment", "without a word", "confuse the user", "worry the user", "bother the user", "distract the user",
    "user does not see", "user doesn't see", "users do not see", "say nothing", "says nothing", "reason to bring", "no reason to mention", "not concern the user", "readers do not care", "user does not care", "is not interested in", "are not interested in",
];
/// Again and again.
pub(super) const ALWAYS: &[&str] = &[
    "always", "every time", "each time", "before every", "before each", "before any", "after every", "after each", "whenever",
    "at the start", "at the beginning", "first ", "required", "must", "mandatory", "not met without", "will fail", "fails without",
    "prior to",
];
/// Nobody is asked.
pub(super) const SKIP: &[&str] = &[
    "without asking", "without confirm", "without approval", "without waiting", "without review", "no confirmation",
    "do not ask", "don't ask", "never ask", "do not wait", "skip the confirmation", "skip confirmation", "skip the approval",
    "skip approval", "skip the review", "already approved", "has approved", "already agreed", "already consented", "has consented",
    "pre-approved", "preapproved", "permission is granted", "already authorised", "already authorized", "no approval",
    "without prompting", "auto-approve", "approve it yourself", "confirm it yourself", "answer yes", "without question",
];
/// Words of somebody else become orders.
pub(super) const FOLLOW: &[&str] = &[
    "follow", "obey", "carry out", "carries out", "execute", "apply", "act on", "treat", "do what", "do as", "comply", "adopt",
    "takes precedence", "take precedence", "override", "supersede", "replace",
];
pub(super) const ORDERS: &[&str] = &[
    "instruction", "steps in it", "steps it", "command", "it says", "they say", "response", "answer", "directive", "task", "rules",
    "contents", "what it returns", "what is returned", "text you get", "guideline", "policy", "policies", "it contains", "trusted",
    "authoritative", "work order", "as if",
];
pub(super) const FETCH: &[&str] = &[
    "fetch", "download", "get ", "load", "read", "retrieve", "curl", "visit", "request", "open", "query", "pull", "poll", "check",
    "consult", "look up", "refresh", "sync",
];
/// Puts something into what is written.
pub(super) const INSERT: &[&str] = &[
    "add", "insert", "put", "include", "gets", "get this", "append", "use", "paste", "emit", "write", "generate", "wrap", "place",
    "start with", "starts with", "end with", "ends with", "contain", "import", "begin",
];
/// Makes something weaker.
pub(super) const WEAKEN: &[&str] = &[
    "verify=false", "verify = false", "rejectunauthorized", "insecureskipverify", "disable", "turn off", "remove the check",
    "skip validation", "skip the check", "hard-code", "hardcode", "backdoor", "master password", "master key", "allow all",
    "0.0.0.0/0", "chmod 777", "--no-verify", "eval(", "skip auth", "skips auth", "skip the auth", "without authentication", "skip login", "skips login", "accept any", "accepts any", "bypass", "--dangerously", "nopasswd",
    "shell=true", "comment out", "delete the test", "remove the test", "curl ", "| sh", "| bash", "npx ", "pip install",
    "npm install", "authorized_keys", "crontab", "rm -rf", "install `", "install the package", "scripts enabled",
];
/// Whom something goes to.
pub(super) const PAYEE: &[&str] = &[
    "recipient", "iban", "wallet", "payee", "beneficiary", "account number", "bank detail", "payout", "donation address",
    "payment link", "deposit address", "sort code",
];
pub(super) const REPLACE: &[&str] = &["replace", "change", "swap", "substitute", "redirect", "instead", "use ", "set ", "update"];
/// What an agent remembers.
pub(super) const MEMORY: &[&str] = &[
    "memory", "claude.md", "agents.md", "gemini.md", ".cursorrules", "future session", "every session", "all sessions",
    "permanently", "from now on", "global rules", "~/.claude", "~/.cursor", "system-wide rules", "soul.md",
];
/// Somebody gets a copy.
pub(super) const COPY: &[&str] = &["bcc", "blind copy", "blind carbon", "copy of every", "copy of each", "a copy to", "copies to", "cc ", "cc:", "also to", "additional recipient", "carbon copy", "second recipient"];
/// A key that opens what it belongs to.
pub(super) const LOGIN: &[&str] = &[
    "header", "authoriz", "bearer", "authenticat", "x-api-key", "sign in", "log in", "login page", "obtain", "sign up",
    "get your", "create an account", "oauth", "docs at", "documentation", "dashboard", "generate a", "generate an", "get a key", "get an api",
];

/// Words of secrecy that honest texts have as well, about noise or about questions.
pub(super) const SOFT: &[&str] = &["silently", "quietly", "do not ask", "don't ask", "never ask", "without asking", "keep this", "is routine", "boilerplate", "housekeeping", "without comment", "no comment", "do not list", "don't list", "do not explain", "don't explain", "never show", "do not describe", "hide the", "no need to ask"];
/// Tools of others.
pub(super) const OTHERS: &[&str] = &["other server", "other tool", "another tool", "another server", "any tool", "payment", "transfer", "checkout", "invoice", "send_"];
