//! Services by the names of what logs in to them.

/// What a person's own tools keep, and read to log in where it belongs.
const SELF_SERVICE: &[&str] = &[
    ".npmrc",
    ".netrc",
    "_netrc",
    ".docker",
    ".kube",
    "gh/hosts",
    "gh auth token",
    ".pypirc",
    "gcloud",
    "application_default_credentials",
    ".azure",
    ".cargo/credentials",
    ".gem/credentials",
    ".vault-token",
    ".terraform.d",
    ".my.cnf",
    ".pgpass",
    "rclone.conf",
    ".s3cfg",
    ".openclaw",
    ".clawdbot",
    ".codex/auth",
    ".claude/.credentials",
    "keyring",
    "/etc/passwd",
];

/// Services whose names stand in front of credentials.
const VENDORS: &[(&str, &str)] = &[
    ("aws", "amazon"),
    ("github", "github"),
    ("gh", "github"),
    ("gitlab", "gitlab"),
    ("npm", "npm"),
    ("pypi", "pypi"),
    ("openai", "openai"),
    ("anthropic", "anthropic"),
    ("claude", "anthropic"),
    ("gemini", "google"),
    ("google", "google"),
    ("gcp", "google"),
    ("azure", "azure"),
    ("stripe", "stripe"),
    ("slack", "slack"),
    ("discord", "discord"),
    ("telegram", "telegram"),
    ("twilio", "twilio"),
    ("sendgrid", "sendgrid"),
    ("database", "database"),
    ("db", "database"),
    ("pg", "database"),
    ("pgpassword", "database"),
    ("postgres", "database"),
    ("postgresql", "database"),
    ("mysql", "database"),
    ("mongo", "database"),
    ("mongodb", "database"),
    ("redis", "database"),
    ("ssh", "ssh"),
    ("docker", "docker"),
    ("cloudflare", "cloudflare"),
    ("vercel", "vercel"),
    ("heroku", "heroku"),
    ("digitalocean", "digitalocean"),
    ("hf", "huggingface"),
    ("huggingface", "huggingface"),
    ("notion", "notion"),
    ("jira", "atlassian"),
    ("linear", "linear"),
    ("mnemonic", "wallet"),
    ("wallet", "wallet"),
    ("seed", "wallet"),
    ("eth", "wallet"),
    ("solana", "wallet"),
    ("smtp", "mail"),
];

/// Whether it is a file that a person's own tools read to log in.
pub(in crate::agent) fn is_self_service(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    SELF_SERVICE.iter().any(|file| lower.contains(file))
}

/// Services whose credentials a text names.
pub(in crate::agent) fn vendors(text: &str) -> Vec<&'static str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    words.filter_map(|word| VENDORS.iter().find(|(name, _)| *name == word).map(|(_, vendor)| *vendor)).collect()
}
