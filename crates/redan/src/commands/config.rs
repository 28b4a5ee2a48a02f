//! `redan config show`: every setting with its value and where it comes from.

use std::fmt::Debug;

use anyhow::Result;
use serde_json::{Map, json};

use crate::Exit;
use crate::cli::{ConfigArgs, ConfigCommand};
use crate::config::{CacheChoice, Config, Setting};

/// Runs the command.
pub(crate) fn run(args: &ConfigArgs) -> Result<Exit> {
    let ConfigCommand::Show { filter, json } = &args.command;
    let config = Config::load(filter)?;
    let rows = rows(&config);
    if *json {
        let settings: Map<_, _> = rows
            .into_iter()
            .map(|(key, value, origin)| (key.to_string(), json!({"value": value, "origin": origin})))
            .collect();
        println!("{}", serde_json::to_string_pretty(&settings)?);
        return Ok(Exit::Clean);
    }
    match &config.file {
        Some(path) => println!("configuration file: {}", path.display()),
        None => println!("configuration file: none found"),
    }
    for (key, value, origin) in rows {
        println!("{key:<24} {value:<28} {origin}");
    }
    Ok(Exit::Clean)
}

fn rows(config: &Config) -> Vec<(&'static str, String, String)> {
    fn row<T>(key: &'static str, setting: &Setting<T>, show: impl Fn(&T) -> String) -> (&'static str, String, String) {
        (key, show(&setting.value), setting.origin.to_string())
    }
    fn lower(value: &impl Debug) -> String {
        format!("{value:?}").to_lowercase()
    }
    let list = |values: &Vec<String>| format!("[{}]", values.join(", "));
    let limits = &config.limits.value;
    let limit = |key, value: u64| (key, value.to_string(), config.limits.origin.to_string());
    let tables_origin = config.file.as_ref().map_or("default".to_string(), |path| path.display().to_string());
    vec![
        row("scan.fail-on", &config.fail_on, |value| value.map_or("none".to_string(), |value| value.to_string())),
        row("scan.min-severity", &config.min_severity, ToString::to_string),
        row("scan.persona", &config.persona, ToString::to_string),
        row("scan.exclude", &config.exclude, list),
        row("scan.disable", &config.disable, list),
        row("scan.baseline", &config.baseline, |value| {
            value.as_ref().map_or("none".to_string(), |path| path.display().to_string())
        }),
        row("scan.digests", &config.digests, lower),
        row("scan.all-files", &config.all_files, ToString::to_string),
        row("scan.fail-on-incomplete", &config.fail_on_incomplete, ToString::to_string),
        row("scan.jobs", &config.jobs, |_| config.threads().to_string()),
        row("scan.cache", &config.cache, |value| match value {
            CacheChoice::Off => "off".to_string(),
            CacheChoice::User => "of the user".to_string(),
            CacheChoice::Folder(folder) => folder.display().to_string(),
        }),
        row("scan.untrusted", &config.untrusted, list),
        limit("limits.depth", limits.depth.into()),
        limit("limits.members", limits.members),
        limit("limits.expanded", limits.expanded),
        limit("limits.opcodes", limits.opcodes),
        limit("limits.nodes", limits.nodes),
        ("suppress", format!("{} tables", config.suppress.len()), tables_origin.clone()),
        ("callable", format!("{} tables", config.callable.len()), tables_origin),
    ]
}
