//! The table as a page of the documentation.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Callables, Effect, Verdict, Way};

/// The shipped table as Markdown: one section per effect, then the vetted names by module.
pub fn reference_page() -> String {
    let mut dangerous: BTreeMap<Effect, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    let mut vetted: BTreeMap<&str, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    let mut count = (0_usize, 0_usize);
    for row in Callables::shipped().rows() {
        match row.verdict {
            Verdict::Dangerous(effect) => {
                count.0 += 1;
                dangerous.entry(effect).or_default().entry(row.module).or_default().push(row.name);
            }
            Verdict::Vetted(ways) => {
                count.1 += 1;
                vetted.entry(row.module).or_default().entry(ways.to_string()).or_default().push(row.name);
            }
            Verdict::Unknown => {}
        }
    }
    let mut page = introduction(count.0, count.1);
    for effect in Effect::ALL {
        let _ = writeln!(page, "\n## Dangerous: {effect}\n\nA callable that {}.\n", effect.does());
        for (module, names) in dangerous.get(&effect).into_iter().flatten() {
            let _ = writeln!(page, "- `{module}`: {}", code_list(names));
        }
    }
    let _ = writeln!(page, "\n## Vetted\n");
    for (module, by_ways) in &vetted {
        for (ways, names) in by_ways {
            let _ = writeln!(page, "- `{module}` ({ways}): {}", code_list(names));
        }
    }
    page
}

fn introduction(dangerous: usize, vetted: usize) -> String {
    let ways = Way::ALL.map(|way| format!("`{}`", way.name())).join(", ");
    format!(
        "# Callables of the pickle policy\n\n\
         A pickle is a program that imports names and calls them. Redan judges every name it imports:\n\
         {dangerous} rows are dangerous, {vetted} are vetted for the ways honest files use them ({ways}),\n\
         and a name in neither list is unknown, which is reported when it is called.\n\n\
         `package.**` means the package and every module below it, `*` any text, `@Class` any single CamelCase\n\
         name. The most specific row wins; a dangerous row wins a tie. A dotted name is never vetted by a pattern.\n\
         Names of your own go into `[[callable]]` entries of `redan.toml`.\n"
    )
}

fn code_list(names: &[&str]) -> String {
    let mut names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.sort_unstable();
    names.join(", ")
}
