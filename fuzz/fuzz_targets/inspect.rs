//! A text with every detector, over every reading of it.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use redan_inspect::{Channel, Context, Inspector, Options};

static INSPECTOR: OnceLock<Inspector> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let inspector = INSPECTOR.get_or_init(|| Inspector::new(Options::default()).expect("the detectors compile"));
    for found in inspector.inspect(&text, &Context::of(Channel::Document)).detections {
        assert!(found.span.start <= found.span.end && found.span.end <= text.len(), "{found:?}");
        assert!(!found.evidence.contains(['\n', '\u{1b}']), "{found:?}");
    }
});
