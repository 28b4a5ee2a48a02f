//! Which language a file is written in.

/// A language that is analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Python, also from notebooks.
    Python,
    /// JavaScript with or without JSX.
    JavaScript,
    /// TypeScript, also in the scripts of components of Vue and Svelte.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Go.
    Go,
    /// Java.
    Java,
    /// Rust.
    Rust,
}

impl Language {
    /// By the extension of a file name.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let extension = path.rsplit_once('.')?.1;
        Some(match extension {
            "py" | "pyi" | "pyw" => Self::Python,
            "js" | "mjs" | "cjs" | "jsx" => Self::JavaScript,
            "ts" | "mts" | "cts" | "vue" | "svelte" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "go" => Self::Go,
            "java" => Self::Java,
            "rs" => Self::Rust,
            _ => return None,
        })
    }

    /// Whether it is JavaScript or one of its supersets.
    #[must_use]
    pub fn is_script(self) -> bool {
        matches!(self, Self::JavaScript | Self::TypeScript | Self::Tsx)
    }
}
