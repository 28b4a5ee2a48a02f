//! `redan explain`: the entry of a rule as a page.

use anyhow::{Result, bail};
use redan_domain::framework;
use redan_scan::rules::{by_id, rules};

use crate::Exit;
use crate::cli::ExplainArgs;

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs) -> Result<Exit> {
    let Some(rule) = by_id(&args.id) else {
        bail!("there is no rule `{}`{}", args.id, hint(&args.id));
    };
    let entry = &rule.entry;
    anstream::println!("\x1b[1m{}\x1b[0m", entry.title);
    anstream::println!(
        "{} · {} · confidence {} · for {} · since {}\n",
        entry.id,
        entry.severity,
        entry.confidence,
        entry.persona,
        entry.since
    );
    for line in entry.prose.lines() {
        match line.strip_prefix("## ") {
            Some(heading) => anstream::println!("\x1b[1m{heading}\x1b[0m"),
            None => anstream::println!("{line}"),
        }
    }
    anstream::println!("\n\x1b[1mIn short\x1b[0m\n{}", entry.fix);
    anstream::println!("\n\x1b[1mMaps to\x1b[0m");
    for (key, ids) in &entry.maps {
        let Some(framework) = framework::by_key(key) else { continue };
        for id in ids {
            anstream::println!("{}: {id} {}", framework.name(), framework.title(id).unwrap_or_default());
        }
    }
    if !entry.references.is_empty() {
        anstream::println!("\n\x1b[1mSee also\x1b[0m\n{}", entry.references.join("\n"));
    }
    Ok(Exit::Clean)
}

/// `; did you mean …?` with the nearest ids, or where to find the list.
pub(crate) fn hint(id: &str) -> String {
    let mut near: Vec<(f64, &str)> = rules()
        .into_iter()
        .map(|rule| (strsim::jaro_winkler(&rule.entry.id, id), rule.entry.id.as_str()))
        .filter(|(similarity, _)| *similarity > 0.75)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    match near.as_slice() {
        [] => "; `redan rules` lists them all".to_string(),
        near => {
            let names: Vec<_> = near.iter().take(3).map(|(_, id)| format!("`{id}`")).collect();
            format!("; did you mean {}?", names.join(" or "))
        }
    }
}
