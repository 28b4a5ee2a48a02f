//! `redan explain`: the entry of a rule as a page.

use anyhow::{Result, bail};
use redan_domain::framework;

use crate::cli::ExplainArgs;
use crate::{Exit, catalogue};

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs) -> Result<Exit> {
    let Some(entry) = catalogue::entry(&args.id) else {
        bail!("there is no rule `{}`{}", args.id, catalogue::hint(&args.id));
    };
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
