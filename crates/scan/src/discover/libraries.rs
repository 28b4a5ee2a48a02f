//! The table of packages that say that AI is in a project.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What is known of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// `sdk`, `framework`, `serving`, …
    pub(super) role: &'static str,
    /// Whose service or product it leads to; empty if nobody's in particular.
    pub(super) provider: &'static str,
}

static TABLE: LazyLock<HashMap<(&'static str, &'static str), Known>> = LazyLock::new(|| {
    let rows = include_str!("libraries.txt").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        let key = (words.next()?, words.next()?);
        Some((key, Known { role: words.next()?, provider: words.next().unwrap_or_default() }))
    };
    rows.filter_map(row).collect()
});

/// Looks up a package by ecosystem (`pypi`, `npm`, `go`, `cargo`, `maven`) and name as the ecosystem writes it.
///
/// Plug-ins of a framework have its name in front (`langchain-qdrant`, `@langchain/qdrant`): they count as it.
pub(super) fn known(ecosystem: &str, name: &str) -> Option<Known> {
    if let Some(known) = TABLE.get(&(ecosystem, name)) {
        return Some(*known);
    }
    const FAMILIES: [(&str, &str); 8] = [
        ("pypi", "langchain-"),
        ("pypi", "llama-index-"),
        ("pypi", "haystack-"),
        ("npm", "@langchain/"),
        ("npm", "@llamaindex/"),
        ("npm", "@ai-sdk/"),
        ("maven", "dev.langchain4j:"),
        ("maven", "org.springframework.ai:"),
    ];
    let plug_in = FAMILIES.iter().any(|(of, front)| *of == ecosystem && name.starts_with(front));
    plug_in.then_some(Known { role: "framework", provider: "" })
}

/// Names of Python packages are the same in capitals and with `_` and `.` for `-` (PEP 503).
pub(super) fn normal(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            c => normal.push(c.to_ascii_lowercase()),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole_and_of_a_known_ecosystem() {
        let rows = include_str!("libraries.txt").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows, TABLE.len(), "a row is double or short");
        let roles = [
            "sdk",
            "cloud",
            "framework",
            "serving",
            "training",
            "model",
            "vector-store",
            "mcp",
            "guardrail",
            "evaluation",
            "observability",
            "data",
        ];
        for ((ecosystem, name), known) in TABLE.iter() {
            assert!(["pypi", "npm", "go", "cargo", "maven"].contains(ecosystem), "{name}");
            assert!(roles.contains(&known.role), "{name}: {}", known.role);
            assert!(*ecosystem != "pypi" || normal(name) == *name, "{name} is not in its normal form");
        }
    }

    #[test]
    fn plug_ins_count_as_their_framework() {
        assert_eq!(known("pypi", "langchain-qdrant").unwrap().role, "framework");
        assert_eq!(known("npm", "left-pad"), None);
        assert_eq!(normal("Llama_Index..core"), "llama-index-core");
    }
}
