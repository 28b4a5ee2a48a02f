//! Where something is: a file, a member inside nested archives, a byte or line, an element of a document.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One place. `path` is what the user named; `members` lead into nested archives, outermost first.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Path relative to the scanned argument, `/`-separated, or a URL.
    pub path: String,
    /// Archive members (or views of a polyglot), outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// Byte offset inside the innermost member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Length in bytes of the place, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub len: Option<u64>,
    /// Line, counted from 1, for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in characters, counted from 1, for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// JSON pointer or dotted path of an element inside a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl Location {
    /// A whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

impl fmt::Display for Location {
    /// `model.pt » archive/data.pkl @ 0x1f3`, `config.json:3:5 (/auto_map)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for member in &self.members {
            write!(f, " » {member}")?;
        }
        match (self.line, self.column, self.offset) {
            (Some(line), Some(column), _) => write!(f, ":{line}:{column}")?,
            (Some(line), None, _) => write!(f, ":{line}")?,
            (None, _, Some(offset)) => write!(f, " @ {offset:#x}")?,
            (None, _, None) => {}
        }
        if let Some(pointer) = &self.pointer {
            write!(f, " ({pointer})")?;
        }
        Ok(())
    }
}

/// A few lines around a place, for the eye. Not the source itself: control characters are escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The lines in order.
    pub lines: Vec<ExcerptLine>,
}

/// One line of an [`Excerpt`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcerptLine {
    /// What stands in the margin: a line number (`12`) or an offset (`0x1f3`).
    pub label: String,
    /// The text, without line break.
    pub text: String,
    /// Characters of `text` to underline: start and end, end exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<(u32, u32)>,
    /// What to say under the mark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_the_way_into_an_archive() {
        let location =
            Location { members: vec!["archive/data.pkl".into()], offset: Some(0x1f3), ..Location::file("model.pt") };
        assert_eq!(location.to_string(), "model.pt » archive/data.pkl @ 0x1f3");
        let location = Location {
            line: Some(3),
            column: Some(5),
            pointer: Some("/auto_map".into()),
            ..Location::file("config.json")
        };
        assert_eq!(location.to_string(), "config.json:3:5 (/auto_map)");
    }
}
