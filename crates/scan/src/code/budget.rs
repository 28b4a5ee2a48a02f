//! Limits of what the source code inside one outer file may cost, counted in work and never in time.

/// What is left for the source of one outer file, however many members it is spread over. The unit is one node that
/// the abstract run goes through, about half a microsecond.
///
/// One source gets five eighths of what is left, so that no source takes it all from those after it. The dearest of
/// 39,000 real files (the standard library, scientific Python, `sympy` with its tests) stay below the first share.
#[derive(Debug, Clone)]
pub struct Budget {
    work: u64,
    /// Whether a source had more errors than honest ones have.
    pub(super) wary: bool,
}

impl Budget {
    /// What one source may take.
    pub(super) fn share(&self) -> u64 {
        self.work / 8 * 5
    }

    /// Takes what a source has cost.
    pub(super) fn take(&mut self, work: u64) {
        self.work = self.work.saturating_sub(work);
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { work: 2_400_000, wary: false }
    }
}
