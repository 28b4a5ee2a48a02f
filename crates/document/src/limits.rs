//! How much of a document is read.

/// Beyond these, reading stops and says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Deepest nesting.
    pub depth: usize,
    /// Values, counted after aliases are expanded.
    pub nodes: usize,
    /// Bytes of text; the rest is not read.
    pub bytes: usize,
}

impl Default for Limits {
    /// Far above any file a person keeps, far below what hurts.
    fn default() -> Self {
        Self { depth: 128, nodes: 500_000, bytes: 16 << 20 }
    }
}

impl Limits {
    /// The part of `text` that is read, and whether that is all.
    pub(crate) fn cut<'t>(&self, text: &'t str) -> (&'t str, bool) {
        let end = text.floor_char_boundary(self.bytes);
        (text.get(..end).unwrap_or(text), end == text.len())
    }
}

/// What is said of a text that is too long.
pub(crate) const TOO_LONG: &str = "the text is longer than what is read of one document";
/// What is said of nesting.
pub(crate) const TOO_DEEP: &str = "nested too deeply";
/// What is said of size.
pub(crate) const TOO_MANY: &str = "more values than are read of one document";
