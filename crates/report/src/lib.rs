//! Domain values to one output format per file.
#![forbid(unsafe_code)]

mod concise;
mod cyclonedx;
mod excerpt;
mod full;
mod github;
mod gitlab;
mod html;
pub mod inventory;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod sarif;
mod schema;
mod summary;
mod text;

pub use schema::json_schema;

use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use redan_domain::ScanReport;

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, [$($suffix:literal),*], $module:ident;)+) => {
        /// The output formats.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub enum Format { $($(#[$doc])* $variant),+ }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used on the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// File name endings that choose this format.
            pub const fn suffixes(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($suffix),*]),+ }
            }
        }

        /// Writes `report` in `format`.
        ///
        /// # Errors
        /// What `out` reports.
        pub fn render(report: &ScanReport, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
            match format { $(Format::$variant => $module::render(report, style, out)),+ }
        }
    };
}

formats! {
    /// Annotated findings and a summary, for a terminal.
    #[default]
    Full = "full", [".txt"], full;
    /// One line a finding.
    Concise = "concise", [], concise;
    /// Everything, versioned.
    Json = "json", [".json"], json;
    /// One finding a line.
    Jsonl = "jsonl", [".jsonl"], jsonl;
    /// SARIF 2.1.0.
    Sarif = "sarif", [".sarif", ".sarif.json"], sarif;
    /// GitHub workflow commands.
    Github = "github", [], github;
    /// GitLab code quality.
    Gitlab = "gitlab", [".gitlab.json"], gitlab;
    /// JUnit XML.
    Junit = "junit", [".xml"], junit;
    /// Markdown for a pull request.
    Md = "md", [".md"], markdown;
    /// One page for a browser.
    Html = "html", [".html"], html;
    /// CycloneDX 1.6 with models as components.
    Cyclonedx = "cyclonedx", [".cdx.json"], cyclonedx;
}

/// How text for a terminal is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub colour: bool,
    /// Suppressed findings are shown too, not only counted.
    pub show_suppressed: bool,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == text)
            .ok_or_else(|| format!("`{text}` is not one of {}", names()))
    }
}

impl Format {
    /// Whether it lists every rule that could have fired, not only those that did.
    pub fn lists_all_rules(self) -> bool {
        self.name() == "sarif"
    }

    /// The format that a file's name asks for; the longest ending wins (`.cdx.json` before `.json`).
    pub fn for_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let endings =
            Self::ALL.iter().flat_map(|format| format.suffixes().iter().map(move |suffix| (*format, *suffix)));
        endings
            .filter(|(_, suffix)| name.ends_with(suffix))
            .max_by_key(|(_, suffix)| suffix.len())
            .map(|(format, _)| format)
    }
}
