//! `redan rules`: what scan and inspect know to look for.

use anyhow::Result;
use redan_domain::RuleInfo;

use crate::cli::RulesArgs;
use crate::{Exit, catalogue};

/// Runs the command.
pub(crate) fn run(args: &RulesArgs) -> Result<Exit> {
    let all = catalogue::all();
    let total = all.len();
    let wanted: Vec<RuleInfo> = all.into_iter().filter(|rule| wanted(rule, args)).collect();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&wanted)?);
        return Ok(Exit::Clean);
    }
    let width = wanted.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in &wanted {
        anstream::println!("{:<8} {:<width$}  {}", rule.severity, rule.id, rule.title);
    }
    eprintln!("{} of {} rules; `redan explain ID` says more about one", wanted.len(), total);
    Ok(if wanted.is_empty() { Exit::Nothing } else { Exit::Clean })
}

fn wanted(rule: &RuleInfo, args: &RulesArgs) -> bool {
    let text = |search: &String| {
        let search = search.to_lowercase();
        rule.id.contains(&search) || rule.family.contains(&search) || rule.title.to_lowercase().contains(&search)
    };
    args.search.as_ref().is_none_or(text)
        && args.min_severity.is_none_or(|least| rule.severity >= least)
        && args.maps.as_ref().is_none_or(|target| rule.maps.contains(target))
}
