//! Limits of what the source code inside one outer file may cost, counted in work and never in time.

/// What is left for the source of one outer file, however many members it is spread over.
///
/// The largest of 39,000 real files (the standard library, scientific Python, `sympy` with its tests) takes 6,300
/// rounds of the parser and 4,700 chunks.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Rounds of the parser, of a hundred operations each.
    pub(super) rounds: u64,
    /// Errors; recovery from one costs as much as hundreds of honest lines.
    pub(super) errors: u64,
    /// Chunks of source that the lexer asks for; it comes back to the same ones when it has to look far ahead.
    pub(super) chunks: u64,
    /// Nodes that the abstract run goes through.
    pub(super) steps: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { rounds: 45_000, errors: 3_000, chunks: 200_000, steps: 6_000_000 }
    }
}
