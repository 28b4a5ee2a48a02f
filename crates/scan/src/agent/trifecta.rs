//! MCP servers of one client that together read what is not public, take in what strangers write, and can send.

use std::collections::BTreeMap;

use redan_domain::Fact;

use super::model::McpServer;
use super::sheet::{Sheet, quoted};
use crate::flows::TRIFECTA;

const READS: u8 = 1;
const FETCHES: u8 = 2;
const SENDS: u8 = 4;
const ALL: u8 = READS | FETCHES | SENDS;

/// Words in the names of widely used servers, and what those do.
const KNOWN: &[(u8, &[&str])] = &[
    (
        READS,
        &[
            "filesystem",
            "postgres",
            "postgresql",
            "mysql",
            "mssql",
            "sqlite",
            "mongodb",
            "supabase",
            "bigquery",
            "snowflake",
            "clickhouse",
            "gdrive",
            "onedrive",
            "notion",
            "obsidian",
            "confluence",
            "atlassian",
            "jira",
            "salesforce",
            "hubspot",
            "airtable",
            "s3",
            "kubernetes",
        ],
    ),
    (FETCHES, &["brave", "tavily", "serper", "perplexity", "duckduckgo", "reddit", "youtube", "rss", "hackernews"]),
    (FETCHES | SENDS, &["fetch", "firecrawl", "puppeteer", "playwright", "browsermcp", "browserbase", "devtools"]),
    (SENDS, &["twilio", "discord", "telegram", "sendgrid", "resend", "webhook"]),
    (ALL, &["gmail", "outlook", "imap", "slack", "github", "githubcopilot", "gitlab"]),
    (ALL, &["commander", "ssh"]),
];

/// What a server does, by the words of its package, image or address.
fn abilities(server: &McpServer) -> u8 {
    // Paths and options say where it works, not what it is; what fetches another server names its address.
    let is_name = |word: &&str| {
        let is_package = word.contains(['-', '/', '@']) || word.contains("mcp");
        is_package && !word.contains([':', ',']) && !word.starts_with(['-', '/', '.', '~', '$'])
    };
    let commands = || server.command.iter().map(|word| word.value.as_str());
    let mut addresses = commands().chain(server.url.as_ref().map(|url| url.value.as_str()));
    let host = addresses.find_map(|text| text.split_once("://")?.1.split('/').next());
    let Some(name) = host.or_else(|| commands().find(is_name)) else { return 0 };
    // The first words name it; what stands behind them says how it signs in, or which release it is.
    let mut words: Vec<String> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect();
    words.retain(|word| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()));
    words.retain(|word| !matches!(word.as_str(), "mcp" | "server" | "modelcontextprotocol" | "latest" | "google"));
    let known = |word: &String| KNOWN.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(mask, _)| *mask);
    words.iter().take(3).find_map(known).unwrap_or(0)
}

/// Adds a fact to every configuration whose servers have all three abilities among them.
pub(super) fn examine(
    files: &[(&str, &str)],
    servers: &BTreeMap<(String, String), Vec<(usize, McpServer)>>,
    out: &mut Vec<(usize, Vec<Fact>)>,
) {
    let mut of_file: BTreeMap<usize, Vec<(&McpServer, u8)>> = BTreeMap::new();
    for (at, server) in servers.values().flatten() {
        of_file.entry(*at).or_default().push((server, abilities(server)));
    }
    for (at, mut servers) in of_file {
        servers.sort_by_key(|(server, _)| server.span.start);
        // One server that does everything is its own matter.
        if servers.iter().filter(|(_, mask)| *mask != 0).count() < 2 {
            continue;
        }
        let with = |ability: u8| {
            let mut found = servers.iter().filter(|(_, mask)| mask & ability != 0);
            found.clone().find(|(_, mask)| *mask != ALL).or_else(|| found.next()).map(|(server, _)| *server)
        };
        let (Some(reads), Some(fetches), Some(sends)) = (with(READS), with(FETCHES), with(SENDS)) else { continue };
        let Some((path, text)) = files.get(at) else { continue };
        let message = format!(
            "the servers of one client read what is not public ({}), take in what strangers write ({}) and send to whom they are told ({})",
            quoted(&reads.name),
            quoted(&fetches.name),
            quoted(&sends.name)
        );
        let mut sheet = Sheet::new(path, text);
        sheet.add(TRIFECTA, sends.span.clone(), &sends.name, message);
        out.push((at, sheet.facts));
    }
}

#[cfg(test)]
mod tests {
    fn fires(servers: &[&str]) -> bool {
        let entry = |(at, args): (usize, &&str)| {
            let args: Vec<String> = args.split(' ').map(|arg| format!("{arg:?}")).collect();
            format!("\"s{at}\": {{\"command\": \"npx\", \"args\": [\"-y\", {}]}}", args.join(", "))
        };
        let servers: Vec<String> = servers.iter().enumerate().map(entry).collect();
        let text = format!("{{\"mcpServers\": {{{}}}}}", servers.join(", "));
        let found = crate::agent::examine(&[(".mcp.json", &text)]);
        found.iter().flat_map(|(_, facts)| facts).any(|fact| fact.kind == super::TRIFECTA)
    }

    #[test]
    fn three_abilities_in_one_client() {
        assert!(fires(&["--mount type=bind,src=/srv,dst=/p mcp/filesystem", "mcp/fetch"]));
        let (files, fetch) = ("@modelcontextprotocol/server-filesystem@1.0.0 /srv/gmail", "mcp-server-fetch@1.0.0");
        assert!(fires(&[files, fetch]));
        assert!(fires(&["@modelcontextprotocol/server-postgres@1.0.0", "@playwright/mcp@0.0.30"]));
        assert!(fires(&[files, "@gongrzhe/server-gmail-autoauth-mcp@1.0.0"]));
        assert!(fires(&[files, "mcp-remote@0.1.0 https://mcp.slack.com/sse"]));
        assert!(fires(&["@modelcontextprotocol/server-github@1.0.0", "@modelcontextprotocol/server-slack@1.0.0"]));
        for servers in [
            &[files][..],
            &[fetch],
            &["@modelcontextprotocol/server-github@1.0.0"],
            &["@modelcontextprotocol/server-github@1.0.0", "@modelcontextprotocol/server-time@1.0.0"],
            &[files, "@modelcontextprotocol/server-brave-search@1.0.0"],
            &[files, "@acme/test-drive-mcp@1.0.0"],
            &[files, "@acme/browser-compat-data-mcp@1.0.0"],
            &[files, "github:acme/calc-mcp#0123456789012345678901234567890123456789"],
            &[files, "@acme/time-mcp@1.0.0 fetch"],
        ] {
            assert!(!fires(servers), "{servers:?}");
        }
    }
}
