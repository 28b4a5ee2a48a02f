//! Who would receive what an address carries.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::OnceLock;

use super::known::KNOWN;
use crate::probe::scan::Fnv;

/// What is known about a host from its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// This machine or a private network: nobody outside receives anything.
    Local,
    /// This machine by its number: what reports of attacks use for a server that listens.
    Loopback,
    /// A large service that shows its request logs to nobody: what a badge or a search carries stays there.
    Known,
    /// A name reserved for documentation (RFC 2606) as it stands there, or a name without a dot.
    Example,
    /// A service made for collecting requests of others.
    Collector,
    /// An address written so that nobody recognises it: one number, octal, hexadecimal.
    Disguised,
    /// An IP address of the internet.
    Address,
    /// Anybody.
    Foreign,
}

/// Parts of the services above that anybody can rent or read.
const UNKNOWN: &[&str] =
    &["forms.google.com", "hooks.slack.com", "script.google.com", "sites.google.com", "storage.cloud.google.com"];

/// Services that show every request to whoever opened an address there.
const COLLECTORS: &[&str] = &[
    "beeceptor.com",
    "burpcollaborator.net",
    "bxss.me",
    "canarytokens.com",
    "canarytokens.org",
    "ceye.io",
    "dnslog.cn",
    "grabify.link",
    "hookbin.com",
    "hookdeck.com",
    "interact.sh",
    "interactsh.com",
    "iplogger.com",
    "iplogger.org",
    "lhr.life",
    "loca.lt",
    "localhost.run",
    "m.pipedream.net",
    "mockbin.org",
    "ngrok-free.app",
    "ngrok.app",
    "ngrok.io",
    "oast.fun",
    "oast.live",
    "oast.me",
    "oast.online",
    "oast.pro",
    "oast.site",
    "oastify.com",
    "pipedream.net",
    "postb.in",
    "ptsv2.com",
    "ptsv3.com",
    "requestbin.com",
    "requestbin.net",
    "requestcatcher.com",
    "serveo.net",
    "trycloudflare.com",
    "typedwebhook.tools",
    "webhook.cool",
    "webhook.site",
    "xss.ht",
];

/// Suffixes below which everybody gets a name of their own, often long and made by a machine.
const HOSTING: &[&str] = &[
    "akamaized.net",
    "amazonaws.com",
    "appspot.com",
    "azure.com",
    "azureedge.net",
    "azurestaticapps.net",
    "azurewebsites.net",
    "blogspot.com",
    "cloudapp.net",
    "cloudfront.net",
    "fastly.net",
    "firebaseapp.com",
    "fly.dev",
    "github.io",
    "gitlab.io",
    "googleusercontent.com",
    "herokuapp.com",
    "myqcloud.com",
    "myshopify.com",
    "netlify.app",
    "netlify.com",
    "now.sh",
    "onrender.com",
    "pages.dev",
    "rhcloud.com",
    "run.app",
    "sharepoint.com",
    "squarespace.com",
    "substack.com",
    "surge.sh",
    "vercel.app",
    "web.app",
    "windows.net",
    "wixsite.com",
    "wordpress.com",
    "workers.dev",
    "zendesk.com",
];

/// Names that lead nowhere outside (RFC 6761, RFC 6762 and common use).
const LOCAL: &[&str] = &["internal", "lan", "local", "localdomain", "localhost"];

/// Whether a host is a domain or below it.
pub(super) fn within(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches("*.").trim_start_matches('.');
    let Some(rest) = host.len().checked_sub(domain.len()).and_then(|at| host.split_at_checked(at)) else {
        return false;
    };
    !domain.is_empty() && rest.1.eq_ignore_ascii_case(domain) && (rest.0.is_empty() || rest.0.ends_with('.'))
}

/// Longest name in any of the lists above, in bytes.
const LONGEST: usize = 40;

/// The lists that a host or a domain above it is in, one bit each.
#[derive(Debug, Clone, Copy)]
struct Lists(u8);

impl Lists {
    const EACH: [(u8, &'static [&'static str]); 5] =
        [(1, LOCAL), (2, COLLECTORS), (4, UNKNOWN), (8, KNOWN), (16, HOSTING)];

    /// One look into a table of all lists for each suffix of the host.
    fn of(host: &str) -> Self {
        static TABLE: OnceLock<HashMap<&str, u8, BuildHasherDefault<Fnv>>> = OnceLock::new();
        let table = TABLE.get_or_init(|| {
            let mut table: HashMap<&str, u8, _> = HashMap::default();
            for (bit, list) in Self::EACH {
                for domain in list {
                    *table.entry(*domain).or_default() |= bit;
                }
            }
            table
        });
        let dots = host.bytes().enumerate().filter(|(_, byte)| *byte == b'.').map(|(at, _)| at + 1);
        let names = std::iter::once(0).chain(dots).filter_map(|at| host.get(at..));
        let listed = names.filter(|name| name.len() <= LONGEST).filter_map(|name| table.get(name));
        Self(listed.fold(0, |all, bits| all | bits))
    }

    fn local(self) -> bool {
        self.0 & 1 != 0
    }

    fn collector(self) -> bool {
        self.0 & 2 != 0
    }

    fn unknown(self) -> bool {
        self.0 & 4 != 0
    }

    fn known(self) -> bool {
        self.0 & 8 != 0
    }

    fn hosting(self) -> bool {
        self.0 & 16 != 0
    }
}

impl Host {
    pub(super) fn of(host: &str) -> Self {
        // Only what begins with a digit is a number, and only what holds a colon an address of IPv6.
        let digit = host.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        if (digit || host.contains(':'))
            && let Some(numeric) = Self::numeric(host)
        {
            return numeric;
        }
        let lists = Lists::of(host);
        if lists.local() {
            return if is_attacker(host) { Self::Foreign } else { Self::Local };
        }
        if lists.collector() || is_stand_in(host) {
            return Self::Collector;
        }
        if !lists.unknown() && (lists.known() || is_brand(host) || within(host, "google.com")) {
            return Self::Known;
        }
        let reserved = ["example.com", "example.org", "example.net", "example.edu"];
        let plain = ["www.", "api.", "docs.", "cdn.", "app.", "my.", "auth.", "static."];
        let bare = plain.iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
        if reserved.contains(&bare) || !host.contains('.') { Self::Example } else { Self::Foreign }
    }

    fn numeric(host: &str) -> Option<Self> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(match address {
                _ if address.is_loopback() => Self::Loopback,
                _ if local(address) => Self::Local,
                _ => Self::Address,
            });
        }
        let address = number(host)?;
        let plain = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        Some(if plain && local(IpAddr::V4(address)) { Self::Local } else { Self::Disguised })
    }
}

/// `attacker.local`: nobody calls a host of his own so.
fn is_attacker(host: &str) -> bool {
    let named = |label: &str| ["attacker", "evil", "exfil", "malicious"].iter().any(|name| label.starts_with(name));
    host.split(['.', '-']).any(named)
}

/// `q2.oast.example`: what a report of an attack writes for a collector that it does not want to name.
fn is_stand_in(host: &str) -> bool {
    const NAMES: &[&str] =
        &["burpcollaborator", "canarytokens", "dnslog", "exfil", "interactsh", "oast", "oastify", "requestbin"];
    let mut labels = host.rsplit('.');
    matches!(labels.next(), Some("example" | "invalid" | "test")) && labels.any(|label| NAMES.contains(&label))
}

/// Whether a host is that of a house with a name of its own in each country: `google.de`, `www.ebay.co.uk`.
fn is_brand(host: &str) -> bool {
    const BRANDS: &[&str] = &["amazon", "ebay", "google"];
    let mut labels = host.split('.').rev();
    let (country, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let name = if matches!(second, "co" | "com") { labels.next().unwrap_or_default() } else { second };
    (country.len() == 2 || country == "com") && BRANDS.contains(&name)
}

/// Whether an address of this kind stays inside.
fn local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || matches!(v6.octets(), [0xfc..=0xfe, ..]),
    }
}

/// An IPv4 address in the forms that browsers take and people do not read: one to four parts, each decimal, octal
/// or hexadecimal (WHATWG URL, 3.5).
fn number(host: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = host.split('.').collect();
    let value = |part: &&str| {
        let part = part.to_ascii_lowercase();
        match part.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(&part, 8).ok(),
            None if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().ok(),
            None => None,
        }
    };
    let values = parts.iter().map(value).collect::<Option<Vec<u32>>>()?;
    let (last, first) = values.split_last()?;
    if first.len() > 3 || first.iter().any(|value| *value > 255) || (first.is_empty() && *last <= 0xff_ffff) {
        return None;
    }
    let high = first.iter().zip([24, 16, 8]).fold(0_u32, |sum, (value, shift)| sum | value << shift);
    Some(Ipv4Addr::from(high | last))
}

/// The labels in front of the domain that somebody registered. Two labels are taken for the domain, three where the
/// second level is a registry's (`co.uk`); nothing below a hosting service counts, its names are the service's own.
pub(super) fn subdomains(host: &str) -> Vec<&str> {
    let labels: Vec<&str> = host.split('.').collect();
    let second = labels.len().checked_sub(2).and_then(|at| labels.get(at)).copied().unwrap_or_default();
    let registry = matches!(second, "co" | "com" | "org" | "net" | "ac" | "gov" | "edu" | "or" | "ne" | "go");
    let domain = if registry { 3 } else { 2 };
    // Nobody can make up a name there while an address is written.
    let own = if Lists::of(host).hosting() { 0 } else { labels.len().saturating_sub(domain) };
    labels.into_iter().take(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart() {
        for (name, host) in [
            ("localhost", Host::Local),
            ("192.168.1.2", Host::Local),
            ("8.8.8.8", Host::Address),
            ("0x08080808", Host::Disguised),
            ("010.8.8.8", Host::Disguised),
            ("134744072", Host::Disguised),
            ("img.shields.io", Host::Known),
            ("notshields.io", Host::Foreign),
            ("www.google.de", Host::Known),
            ("script.google.com", Host::Foreign),
            ("x1.m.pipedream.net", Host::Collector),
            ("example.com", Host::Example),
            ("attacker.example.com", Host::Foreign),
            ("evil.example", Host::Foreign),
        ] {
            assert_eq!(Host::of(name), host, "{name}");
        }
    }

    #[test]
    fn lists_are_sorted() {
        for list in [KNOWN, UNKNOWN, COLLECTORS, HOSTING, LOCAL] {
            assert!(list.is_sorted() && list.iter().all(|domain| domain.len() <= LONGEST));
        }
    }

    #[test]
    fn labels_before_the_registered_domain() {
        assert_eq!(subdomains("a.b.evil.example"), ["a", "b"]);
        assert_eq!(subdomains("a.evil.co.uk"), ["a"]);
        assert_eq!(subdomains("app-git-main-team.vercel.app"), [] as [&str; 0]);
        assert_eq!(subdomains("evil.example"), [] as [&str; 0]);
    }
}
