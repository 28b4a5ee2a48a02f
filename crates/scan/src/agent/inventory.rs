//! What agents are made of, as assets: servers, tools, skills, hooks, settings, instructions.

use std::collections::BTreeMap;

use redan_domain::{Asset, AssetKind, Attribute, Edge, EdgeKind, Location, text};

use super::model::{self, McpServer, Transport};
use super::{Place, assets_of, place_of};
use crate::project::{Analysis, Text};

/// Looks at all texts: facts, what each file was read as, and what there is.
pub(crate) fn analyse(texts: &[Text]) -> Analysis {
    let files: Vec<(&str, &str)> = texts.iter().map(|text| (text.path.as_str(), text.text.as_str())).collect();
    let by_path: BTreeMap<&str, usize> = files.iter().enumerate().map(|(index, (path, _))| (*path, index)).collect();
    let mut analysis = Analysis::default();
    for (path, facts) in super::examine(&files) {
        if let Some(index) = by_path.get(path.as_str()) {
            let unread = facts.iter().filter(|fact| fact.kind == super::facts::UNREAD);
            analysis.incomplete.extend(unread.map(|fact| (*index, fact.message.clone())));
            analysis.facts.push((*index, facts));
        }
    }
    let homes = super::homes(&files);
    for (index, (path, text)) in files.iter().enumerate() {
        let is_below = homes.iter().any(|(folder, _)| super::is_below(path, folder));
        let Some(place) = place_of(path, text, is_below) else { continue };
        analysis.read.push((index, format(place)));
        let found = assets_of(path, text, place);
        let whole = matches!(place, Place::Config | Place::Instructions | Place::Skill);
        if whole {
            let kind = if place == Place::Config { AssetKind::Configuration } else { AssetKind::Instructions };
            let name = found.iter().find_map(|asset| match asset {
                model::Asset::Skill(name, _) if !name.is_empty() => Some(name.clone()),
                _ => None,
            });
            let attributes = BTreeMap::from([("format".to_string(), Attribute::from(format(place)))]);
            let name = name.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path).to_string());
            let location = Location::file(*path);
            analysis.assets.push((index, Asset { id: (*path).to_string(), kind, name, location, attributes }));
        }
        let lines = text::Lines::new(text);
        for asset in &found {
            if let Some(asset) = part(path, &lines, asset) {
                if whole {
                    let kind = EdgeKind::Configures;
                    analysis.edges.push(Edge { from: (*path).to_string(), to: asset.id.clone(), kind });
                }
                analysis.assets.push((index, asset));
            }
        }
    }
    analysis
}

fn format(place: Place) -> &'static str {
    match place {
        Place::Config => "agent-config",
        Place::Instructions => "agent-instructions",
        Place::Skill => "skill",
        Place::SkillDocument => "skill-document",
        Place::Script => "agent-script",
        Place::ToolList => "tool-list",
        Place::Pipeline => "pipeline",
        Place::Environment => "env",
        Place::Shell => "shell",
    }
}

/// One thing that stands in a file.
fn part(path: &str, lines: &text::Lines<'_>, asset: &model::Asset) -> Option<Asset> {
    let (kind, name, start, attributes) = match asset {
        model::Asset::Server(server) => (AssetKind::McpServer, &server.name, server.span.start, of_server(server)),
        model::Asset::Tool(tool) => (AssetKind::Tool, &tool.name, tool.span.start, BTreeMap::new()),
        model::Asset::Hook(hook) => {
            let command = Attribute::from(text::shown(&hook.command, 200));
            (AssetKind::Hook, &hook.event, hook.span.start, BTreeMap::from([("command".to_string(), command)]))
        }
        model::Asset::Config | model::Asset::Skill(..) | model::Asset::Instructions => return None,
    };
    let (line, column) = lines.line_column(start);
    let place = Location { offset: Some(start as u64), line: Some(line), column: Some(column), ..Location::file(path) };
    let id = match kind {
        // Several hooks may wait for one event.
        AssetKind::Hook => format!("{path}#{name}:{line}"),
        _ => format!("{path}#{name}"),
    };
    Some(Asset { id, kind, name: name.clone(), location: place, attributes })
}

/// Names of variables and headers, never their values.
fn of_server(server: &McpServer) -> BTreeMap<String, Attribute> {
    let mut attributes = BTreeMap::new();
    let transport = match server.transport {
        Transport::Stdio => Attribute::from("stdio"),
        Transport::Http => Attribute::from("http"),
        Transport::Unknown => Attribute::new(redan_domain::Value::Unknown),
    };
    attributes.insert("transport".to_string(), transport);
    if let Some(program) = server.command.first() {
        attributes.insert("command".to_string(), text::shown(&program.value, 200).into());
    }
    if let Some(url) = &server.url {
        // What stands behind `?` or before `@` may be a key.
        let address = url.value.split(['?', '#']).next().unwrap_or_default();
        let address = address.split_once("//").map_or(address.to_string(), |(scheme, rest)| {
            let host = rest.split_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}//{host}")
        });
        attributes.insert("url".to_string(), text::shown(&address, 200).into());
        attributes.insert("hosted".to_string(), true.into());
    }
    for variable in server.env.iter().take(32) {
        attributes.insert(format!("env.{}", text::shown(&variable.name, 60)), true.into());
    }
    attributes.insert("auto-approve".to_string(), (!server.auto_approve.is_empty()).into());
    attributes.insert("enabled".to_string(), (!server.disabled).into());
    attributes
}
