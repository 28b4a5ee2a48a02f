//! Ctrl-C: the first stops the run and prints what was found so far, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Starts listening, without a thread: that would cost a tenth of a scan of one file. Without a handler Ctrl-C ends
/// the program as usual.
pub(crate) fn listen() {
    // Asked before the flag is set, so it is the second signal that ends the program.
    let _ = flag::register_conditional_shutdown(SIGINT, 2, STOP.clone());
    let _ = flag::register(SIGINT, STOP.clone());
}

/// Whether the user asked to stop.
pub(crate) fn requested() -> bool {
    STOP.load(Ordering::SeqCst)
}
