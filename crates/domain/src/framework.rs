//! The frameworks that entries map to, embedded as ids and short titles.
//!
//! The lists live in `frameworks/*.txt`: three comment lines (name, licence, source), then `id TAB title`.
//! SOC 2 and ISO 42001 carry ids only, because their texts are not free.

/// One embedded list.
#[derive(Debug, Clone, Copy)]
pub struct Framework {
    /// Key used in `maps:` of an entry, for example `atlas`.
    pub key: &'static str,
    text: &'static str,
}

macro_rules! frameworks {
    ($($key:literal),+ $(,)?) => {
        /// Every embedded framework.
        pub const ALL: &[Framework] =
            &[$(Framework { key: $key, text: include_str!(concat!("../frameworks/", $key, ".txt")) }),+];
    };
}

frameworks!(
    "atlas",
    "cosai",
    "cwe",
    "eu-ai-act",
    "finos",
    "gdpr",
    "hipaa",
    "iso-42001",
    "nist-800-53",
    "nist-ai-rmf",
    "owasp-agentic",
    "owasp-data",
    "owasp-llm",
    "owasp-ml",
    "soc2",
);

impl Framework {
    fn comment(&self, line: usize) -> &'static str {
        self.text.lines().nth(line).and_then(|l| l.strip_prefix("# ")).unwrap_or_default()
    }

    /// Full name with version.
    pub fn name(&self) -> &'static str {
        self.comment(0)
    }

    /// Licence note of the list.
    pub fn licence(&self) -> &'static str {
        self.comment(1).trim_start_matches("licence: ")
    }

    /// Where the ids come from.
    pub fn source(&self) -> &'static str {
        self.comment(2).trim_start_matches("source: ")
    }

    /// Ids with their titles; the title is empty where it may not be shipped.
    pub fn items(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.text.lines().skip(3).map(|line| line.split_once('\t').unwrap_or((line, "")))
    }

    /// Title of an id, or none if the list does not have it.
    pub fn title(&self, id: &str) -> Option<&'static str> {
        self.items().find(|(item, _)| *item == id).map(|(_, title)| title)
    }
}

/// The framework with this key.
pub fn by_key(key: &str) -> Option<&'static Framework> {
    ALL.iter().find(|framework| framework.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_its_notes_and_unique_ids() {
        for framework in ALL {
            assert!(!framework.name().is_empty(), "{}", framework.key);
            assert!(framework.text.lines().nth(1).unwrap().starts_with("# licence: "), "{}", framework.key);
            assert!(framework.text.lines().nth(2).unwrap().starts_with("# source: "), "{}", framework.key);
            let mut ids: Vec<_> = framework.items().map(|(id, _)| id).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert!(count > 5 && ids.len() == count, "{}", framework.key);
        }
        assert_eq!(by_key("atlas").unwrap().title("AML.T0011.000"), Some("Unsafe AI Artifacts"));
    }
}
