//! A progress line on a terminal, once a run takes longer than a second; none in a pipe.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Counts files; draws only when it is worth it.
pub(crate) struct Progress {
    total: u64,
    started: Instant,
    /// None: never draw.
    bar: Option<Mutex<Option<ProgressBar>>>,
    done: std::sync::atomic::AtomicU64,
}

impl Progress {
    pub(crate) fn new(total: u64, quiet: bool) -> Self {
        let draw = !quiet && std::io::stderr().is_terminal();
        Self { total, started: Instant::now(), bar: draw.then(|| Mutex::new(None)), done: 0.into() }
    }

    /// One file is done.
    pub(crate) fn tick(&self, name: &str) {
        let done = self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let Some(bar) = &self.bar else { return };
        if self.started.elapsed() < Duration::from_secs(1) {
            return;
        }
        let Ok(mut bar) = bar.lock() else { return };
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(self.total);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} files  {wide_msg}") {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(done);
        bar.set_message(name.to_string());
    }

    pub(crate) fn finish(&self) {
        if let Some(Ok(Some(bar))) = self.bar.as_ref().map(|bar| bar.lock().map(|bar| bar.clone())) {
            bar.finish_and_clear();
        }
    }
}
