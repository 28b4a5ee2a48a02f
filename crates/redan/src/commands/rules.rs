//! `redan rules`: what the scan knows to look for.

use anyhow::Result;
use redan_domain::RuleInfo;
use redan_scan::rules;

use crate::Exit;
use crate::cli::RulesArgs;

/// Runs the command.
pub(crate) fn run(args: &RulesArgs) -> Result<Exit> {
    let wanted: Vec<RuleInfo> = rules().iter().map(|rule| rule.info()).filter(|rule| wanted(rule, args)).collect();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&wanted)?);
        return Ok(Exit::Clean);
    }
    let width = wanted.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in &wanted {
        anstream::println!("{:<8} {:<width$}  {}", rule.severity, rule.id, rule.title);
    }
    eprintln!("{} of {} rules; `redan explain ID` says more about one", wanted.len(), rules().len());
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
