//! Who would receive what an address carries.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::OnceLock;

use crate::probe::scan::Fnv;

/// What is known about a host from its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// This machine or a private network: nobody outside receives anything.
    Local,
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

/// Services whose pages and pictures are linked with parameters every day. None of them hands its logs to the
/// owner of an account; hosting, storage, forms, webhooks and shorteners are missing on purpose.
const KNOWN: &[&str] = &[
    "academia.edu",
    "acm.org",
    "airbnb.com",
    "ajax.googleapis.com",
    "aka.ms",
    "amazon.co.uk",
    "amazon.com",
    "amazon.de",
    "angular.io",
    "apache.org",
    "apple.com",
    "appveyor.com",
    "archive.org",
    "arxiv.org",
    "babeljs.io",
    "badge.fury.io",
    "badgen.net",
    "bbc.co.uk",
    "bbc.com",
    "bestpractices.coreinfrastructure.org",
    "bestpractices.dev",
    "bing.com",
    "bitbucket.org",
    "booking.com",
    "bootstrapcdn.com",
    "browserstack.com",
    "bstatic.com",
    "bugs.chromium.org",
    "bundlephobia.com",
    "caniuse.com",
    "cdninstagram.com",
    "cdnjs.cloudflare.com",
    "chart.googleapis.com",
    "circleci.com",
    "cirrus-ci.com",
    "codacy.com",
    "codeclimate.com",
    "codecogs.com",
    "codecov.io",
    "codepen.io",
    "codesandbox.io",
    "contrib.rocks",
    "cookpete.com",
    "coveralls.io",
    "crates.io",
    "crossref.org",
    "crowdin.com",
    "cve.org",
    "david-dm.org",
    "debian.org",
    "deepl.com",
    "deepsource.io",
    "deno.land",
    "dependabot.com",
    "deps.rs",
    "desmos.com",
    "dev.azure.com",
    "dicebear.com",
    "discord.gg",
    "docker.com",
    "docs.rs",
    "doi.org",
    "duckduckgo.com",
    "dummyimage.com",
    "ebay.com",
    "eslint.org",
    "etsy.com",
    "europa.eu",
    "explainshell.com",
    "facebook.com",
    "fakeimg.pl",
    "fb.me",
    "fbcdn.net",
    "flickr.com",
    "fontawesome.com",
    "fonts.googleapis.com",
    "fossa.com",
    "fossa.io",
    "freenode.net",
    "g.co",
    "geogebra.org",
    "giphy.com",
    "gitee.com",
    "github-readme-stats.vercel.app",
    "github.com",
    "github.dev",
    "githubassets.com",
    "githubusercontent.com",
    "gitlab.com",
    "gitpod.io",
    "gitter.im",
    "gnu.org",
    "godbolt.org",
    "godoc.org",
    "google.com",
    "googletagmanager.com",
    "goreportcard.com",
    "gravatar.com",
    "greenkeeper.io",
    "gstatic.com",
    "hackage.haskell.org",
    "hackernoon.com",
    "huggingface.co",
    "iana.org",
    "ibm.com",
    "ieee.org",
    "ietf.org",
    "image-charts.com",
    "imdb.com",
    "img.badgesize.io",
    "imgur.com",
    "inch-ci.org",
    "instagram.com",
    "isitmaintained.com",
    "iso.org",
    "jsbin.com",
    "jsdelivr.net",
    "jsfiddle.net",
    "jsperf.com",
    "jstor.org",
    "jwt.io",
    "kaggle.com",
    "kernel.org",
    "kroki.io",
    "launchpad.net",
    "lgtm.com",
    "libraries.io",
    "linguee.com",
    "linkedin.com",
    "loremflickr.com",
    "mapbox.com",
    "maps.googleapis.com",
    "mathjax.org",
    "maven.org",
    "mdn.io",
    "media-amazon.com",
    "medium.com",
    "mermaid.ink",
    "mermaid.live",
    "microsoft.com",
    "mozilla.org",
    "mybinder.org",
    "nature.com",
    "netlify.com",
    "nih.gov",
    "nist.gov",
    "nodei.co",
    "nodejs.org",
    "npm-stat.com",
    "npm.im",
    "npmjs.com",
    "npmjs.org",
    "nuget.org",
    "nvidia.com",
    "nytimes.com",
    "open-vsx.org",
    "opencollective.com",
    "openlibrary.org",
    "openssf.org",
    "openstreetmap.org",
    "oracle.com",
    "outlook.live.com",
    "outlook.office.com",
    "overleaf.com",
    "packagephobia.com",
    "packagephobia.now.sh",
    "packagist.org",
    "patreon.com",
    "paypal.com",
    "pepy.tech",
    "pexels.com",
    "picsum.photos",
    "pinimg.com",
    "pinterest.com",
    "pixabay.com",
    "pkg.go.dev",
    "placehold.co",
    "placehold.it",
    "placeholder.com",
    "plantuml.com",
    "play.golang.org",
    "plos.org",
    "producthunt.com",
    "pypi.org",
    "python.org",
    "qrserver.com",
    "quickchart.io",
    "quora.com",
    "readthedocs.io",
    "readthedocs.org",
    "reddit.com",
    "redditstatic.com",
    "regex101.com",
    "replit.com",
    "repology.org",
    "requires.io",
    "researchgate.net",
    "reuters.com",
    "robohash.org",
    "rubygems.org",
    "rust-lang.org",
    "safelinks.protection.outlook.com",
    "saucelabs.com",
    "scdn.co",
    "sciencedirect.com",
    "scrutinizer-ci.com",
    "semanticscholar.org",
    "semaphoreci.com",
    "sentry.io",
    "shields.io",
    "skillicons.dev",
    "slack.com",
    "slideshare.net",
    "snyk.io",
    "sonarcloud.io",
    "soundcloud.com",
    "sourceforge.net",
    "sourcegraph.com",
    "spotify.com",
    "springer.com",
    "stackblitz.com",
    "stackexchange.com",
    "stackoverflow.com",
    "stackshare.io",
    "star-history.com",
    "starchart.cc",
    "svgshare.com",
    "ted.com",
    "testling.com",
    "theguardian.com",
    "tidelift.com",
    "tiktok.com",
    "travis-ci.com",
    "travis-ci.org",
    "trendshift.io",
    "tripadvisor.com",
    "twimg.com",
    "twitter.com",
    "typescriptlang.org",
    "ubuntu.com",
    "ui-avatars.com",
    "unicode.org",
    "unpkg.com",
    "unsplash.com",
    "vimeo.com",
    "visitor-badge.laobi.icu",
    "visualstudio.com",
    "vuejs.org",
    "w3.org",
    "waffle.io",
    "webpack.js.org",
    "whatwg.org",
    "who.int",
    "wikidata.org",
    "wikimedia.org",
    "wikipedia.org",
    "wiktionary.org",
    "wolframalpha.com",
    "worldcat.org",
    "x.com",
    "xkcd.com",
    "yahoo.com",
    "ycombinator.com",
    "youtu.be",
    "youtube-nocookie.com",
    "youtube.com",
    "ytimg.com",
    "zenodo.org",
    "zoom.us",
];

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
            return Self::Local;
        }
        if lists.collector() {
            return Self::Collector;
        }
        let google = || host.split('.').rev().nth(1) == Some("google") || within(host, "google.com");
        if !lists.unknown() && (lists.known() || google()) {
            return Self::Known;
        }
        let reserved = ["example.com", "example.org", "example.net", "example.edu"];
        let plain = ["www.", "api.", "docs.", "cdn.", "app.", "my.", "auth.", "static."];
        let bare = plain.iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
        if reserved.contains(&bare) || !host.contains('.') { Self::Example } else { Self::Foreign }
    }

    fn numeric(host: &str) -> Option<Self> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(if local(address) { Self::Local } else { Self::Address });
        }
        let address = number(host)?;
        let plain = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        Some(if plain && local(IpAddr::V4(address)) { Self::Local } else { Self::Disguised })
    }
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
