//! What is known about a host by its name alone.

/// Kinds of host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// This machine or a private network.
    Local,
    /// Where developers get tools, and services that skills are written for.
    Known,
    /// Where anybody puts a file or a text.
    Paste,
    /// A number instead of a name.
    Address,
    /// Made for collecting requests, or a tunnel to somebody's machine.
    Collector,
    /// Shortened; where it leads is not said.
    Short,
    /// Anything else.
    Other,
}

impl Host {
    /// Whether nothing ordinary is fetched from or sent to it.
    pub(super) fn is_bad(self) -> bool {
        matches!(self, Self::Paste | Self::Address | Self::Collector | Self::Short)
    }

    /// Whether nothing is known that speaks for it.
    pub(super) fn is_foreign(self) -> bool {
        self.is_bad() || self == Self::Other
    }

    /// What a message calls it.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Local => "this machine",
            Self::Known => "a known host",
            Self::Paste => "a place where anybody puts text",
            Self::Address => "a bare IP address",
            Self::Collector => "a host that collects requests",
            Self::Short => "a shortened address",
            Self::Other => "a host that nothing is known about",
        }
    }
}

const KNOWN: &[&str] = &[
    "github.com",
    "githubusercontent.com",
    "gitlab.com",
    "bitbucket.org",
    "astral.sh",
    "bun.sh",
    "rustup.rs",
    "deno.land",
    "docker.com",
    "ollama.com",
    "ollama.ai",
    "nodejs.org",
    "nodesource.com",
    "python.org",
    "pypa.io",
    "npmjs.org",
    "npmjs.com",
    "pypi.org",
    "pythonhosted.org",
    "brew.sh",
    "homebrew.com",
    "k3s.io",
    "helm.sh",
    "foundry.paradigm.xyz",
    "fly.io",
    "vercel.com",
    "netlify.com",
    "cloudflare.com",
    "google.com",
    "googleapis.com",
    "microsoft.com",
    "windows.net",
    "azure.com",
    "aka.ms",
    "amazonaws.com",
    "aws.amazon.com",
    "apple.com",
    "debian.org",
    "ubuntu.com",
    "anthropic.com",
    "claude.ai",
    "openai.com",
    "cursor.com",
    "huggingface.co",
    "hf.co",
    "golang.org",
    "go.dev",
    "rust-lang.org",
    "crates.io",
    "sdkman.io",
    "pyenv.run",
    "mise.run",
    "mise.jdx.dev",
    "get.pnpm.io",
    "pnpm.io",
    "yarnpkg.com",
    "nixos.org",
    "determinate.systems",
    "tailscale.com",
    "hashicorp.com",
    "kubernetes.io",
    "dl.k8s.io",
    "slack.com",
    "discord.com",
    "telegram.org",
    "notion.com",
    "linear.app",
    "atlassian.com",
    "stripe.com",
    "twilio.com",
    "sendgrid.com",
    "openrouter.ai",
    "groq.com",
    "mistral.ai",
    "deepseek.com",
    "x.ai",
    "cohere.ai",
    "cohere.com",
    "elevenlabs.io",
    "replicate.com",
    "supabase.com",
    "supabase.co",
    "railway.app",
    "render.com",
    "heroku.com",
    "postman.com",
    "sentry.io",
    "datadoghq.com",
    "grafana.com",
    "starship.rs",
    "ohmyz.sh",
    "jsdelivr.net",
    "unpkg.com",
    "sh.rustup.rs",
    "conda.io",
    "anaconda.com",
    "modal.com",
    "wasmer.io",
    "wasmtime.dev",
    "dot.net",
    "temporal.io",
    "snyk.io",
    "trunk.io",
    "semgrep.dev",
    "goose-docs.ai",
    "block.xyz",
    "pulumi.com",
    "expo.dev",
    "gitpod.io",
    "firebase.tools",
    "firebaseio.com",
    "turso.tech",
    "get.docker.com",
    "cli.github.com",
    "w3.org",
    "gnu.org",
    "fsf.org",
    "apache.org",
    "opensource.org",
    "creativecommons.org",
    "mozilla.org",
    "spdx.org",
    "ietf.org",
    "rfc-editor.org",
    "json-schema.org",
    "schema.org",
    "atuin.sh",
    "tavily.com",
    "exa.ai",
    "perplexity.ai",
    "brave.com",
    "wikipedia.org",
    "factory.ai",
];

const PASTE: &[&str] = &[
    "pastebin.com",
    "glot.io",
    "rentry.co",
    "rentry.org",
    "hastebin.com",
    "paste.ee",
    "ghostbin.com",
    "dpaste.com",
    "dpaste.org",
    "termbin.com",
    "ix.io",
    "0x0.st",
    "transfer.sh",
    "file.io",
    "anonfiles.com",
    "gofile.io",
    "catbox.moe",
    "tmpfiles.org",
    "bashupload.com",
    "controlc.com",
    "justpaste.it",
    "privatebin.net",
    "paste.rs",
    "temp.sh",
    "oshi.at",
    "mediafire.com",
    "mega.nz",
    "telegra.ph",
    "sprunge.us",
    "gist.githubusercontent.com",
];

const COLLECTOR: &[&str] = &[
    "webhook.site",
    "requestbin.com",
    "requestbin.net",
    "pipedream.net",
    "requestcatcher.com",
    "beeceptor.com",
    "hookbin.com",
    "hookdeck.com",
    "oast.fun",
    "oast.pro",
    "oast.live",
    "oast.me",
    "oast.site",
    "oast.online",
    "interact.sh",
    "interactsh.com",
    "burpcollaborator.net",
    "oastify.com",
    "dnslog.cn",
    "ceye.io",
    "canarytokens.com",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok.dev",
    "trycloudflare.com",
    "loca.lt",
    "serveo.net",
    "localtunnel.me",
    "pagekite.me",
    "bore.pub",
    "postb.in",
    "ptsv2.com",
    "ptsv3.com",
    "smee.io",
    "mockbin.org",
    "xss.ht",
    "bxss.me",
    "duckdns.org",
    "no-ip.org",
    "ddns.net",
    "hopto.org",
    "localhost.run",
    "lhr.life",
];

const SHORT: &[&str] =
    &["bit.ly", "tinyurl.com", "t.co", "is.gd", "cutt.ly", "rb.gy", "shorturl.at", "goo.gl", "t.ly", "v.gd", "ow.ly"];

/// Those that serve models of their own, or of others under their own name.
const MODEL_HOSTS: &[&str] = &[
    "z.ai",
    "bigmodel.cn",
    "moonshot.ai",
    "moonshot.cn",
    "kimi.com",
    "deepseek.com",
    "minimax.io",
    "minimaxi.com",
    "aliyuncs.com",
    "siliconflow.cn",
    "siliconflow.com",
    "together.xyz",
    "together.ai",
    "fireworks.ai",
    "novita.ai",
    "deepinfra.com",
    "cerebras.ai",
    "sambanova.ai",
    "nvidia.com",
    "volces.com",
    "baidubce.com",
    "hyperbolic.xyz",
    "requesty.ai",
    "litellm.ai",
    "portkey.ai",
    "helicone.ai",
    "langfuse.com",
    "braintrust.dev",
    "vercel.sh",
    "databricks.com",
    "snowflakecomputing.com",
    "oraclecloud.com",
    "ibm.com",
    "scaleway.ai",
    "nebius.com",
    "xiaomimimo.com",
    "stepfun.com",
    "baseten.co",
];

/// Whether models are served there that many use.
pub(super) fn serves_models(address: &str) -> bool {
    let name = name(address);
    MODEL_HOSTS.iter().any(|known| within(&name, known))
}

/// Whether a name is what companies give to machines inside, or what documentation gives to none.
pub(super) fn is_company(address: &str) -> bool {
    let name = name(address);
    if names_itself_hostile(&name) {
        return false;
    }
    let inside = ["corp", "internal", "intranet", "intra", "lan", "example", "company", "mycompany", "your-company"];
    name.split('.').any(|label| inside.contains(&label) || label.starts_with("your") || label.contains("example"))
        || !name.contains('.')
}

/// The same in code and settings, where a made-up host may be that of an attack that is told: `mirror.example`.
pub(super) fn is_company_in_code(address: &str) -> bool {
    is_company(address) && (!name(address).ends_with(".example") || name(address).contains("acme"))
}

/// Words that no maker gives to a machine of its own, only whoever writes down an attack: `exfil.example.com`.
const HOSTILE: &[&str] = &[
    "evil",
    "attacker",
    "attack",
    "malicious",
    "malware",
    "exfil",
    "exfiltrate",
    "exfiltration",
    "c2",
    "c2server",
    "hacker",
    "hackers",
    "phish",
    "phishing",
    "payload",
    "payloads",
    "hostile",
    "rogue",
    "stealer",
    "backdoor",
    "keylogger",
    "botnet",
    "threat",
    "adversary",
    "spoof",
    "covert",
    "stealth",
    "bad",
];

/// Whether a label of a host, or a word of one, says that it attacks.
pub(super) fn names_itself_hostile(name: &str) -> bool {
    name.split(['.', '-', '_']).any(|word| HOSTILE.contains(&word))
}

/// What kind of host an address names; `address` may have a scheme, a port and a path.
pub(super) fn classify(address: &str) -> Host {
    let name = name(address);
    let among = |list: &[&str]| list.iter().any(|known| within(&name, known));
    if name.is_empty() || is_local(&name) {
        Host::Local
    } else if is_number(&name) {
        Host::Address
    } else if among(COLLECTOR) {
        Host::Collector
    } else if among(PASTE) {
        Host::Paste
    } else if among(SHORT) {
        Host::Short
    } else if among(KNOWN) {
        Host::Known
    } else {
        Host::Other
    }
}

/// Whether the host's own name stands in `about`, which says whose skill it is.
pub(super) fn belongs(address: &str, about: &str) -> bool {
    let name = name(address);
    let labels: Vec<&str> = name.split('.').collect();
    let own = match labels.as_slice() {
        [.., own, "co" | "com" | "net" | "org" | "ac", country] if country.len() == 2 => own,
        [.., own, _] => own,
        _ => return false,
    };
    let squeeze = |text: &str| text.replace(['-', '_', ' '], "");
    // Words that every text has say nothing of whose host it is.
    let common = [
        "project", "projects", "api", "app", "apps", "data", "tool", "tools", "auth", "monitor", "service", "services",
        "cloud", "server", "registry", "agent", "agents", "skill", "skills", "code", "docs", "test", "tests", "dev",
        "deps", "config", "setup", "security",
    ];
    own.len() >= 3 && !common.contains(own) && squeeze(about).contains(&squeeze(own))
}

/// The host of an address, in lower case.
pub(super) fn name(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', '"', '\'', '`', ' ', ')', '>', '\\']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn within(name: &str, known: &str) -> bool {
    name.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn is_local(name: &str) -> bool {
    let private = ["127.", "10.", "192.168.", "169.254.", "0."];
    let between = name.strip_prefix("172.").and_then(|rest| rest.split('.').next()?.parse::<u8>().ok());
    name == "localhost"
        || name.ends_with(".local")
        || name.ends_with(".localhost")
        || name.ends_with(".internal")
        || name == "::1"
        || name.starts_with(['$', '{', '<'])
        || (is_number(name)
            && (private.iter().any(|start| name.starts_with(start)) || between.is_some_and(|n| (16..32).contains(&n))))
}

fn is_number(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart() {
        for (address, expected) in [
            ("https://api.github.com/x", Host::Known),
            ("http://127.0.0.1:80/", Host::Local),
            ("172.20.1.1", Host::Local),
            ("http://91.92.242.30/x", Host::Address),
            ("https://abc.ngrok-free.app", Host::Collector),
            ("https://glot.io/snippets/1", Host::Paste),
            ("https://notgithub.com", Host::Other),
            ("http://user@evil.tld:8080?x", Host::Other),
        ] {
            assert_eq!(classify(address), expected, "{address}");
        }
        assert!(belongs("https://get.acme-tools.dev/install.sh", "deploys with acme tools"));
        assert!(!belongs("https://acme-tools.cdn-dist.net/x", "deploys with acme tools"));
    }
}
