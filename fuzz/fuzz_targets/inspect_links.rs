//! Addresses, markup, terminal sequences and prompt leaks in a text that somebody else wrote.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use redan_inspect::{Channel, Context, Inspector, Options};

fuzz_target!(|data: &[u8]| {
    static INSPECTOR: OnceLock<Inspector> = OnceLock::new();
    let options = || Options { only: vec!["exfiltration".into(), "output".into()], ..Options::default() };
    let inspector = INSPECTOR.get_or_init(|| Inspector::new(options()).expect("kinds that exist"));
    let text = String::from_utf8_lossy(data);
    // The first half is what was said before, so that words and addresses repeat.
    let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (before, after) = text.split_at(middle);
    for channel in [Channel::Output, Channel::Document] {
        let context = Context {
            conversation: vec![before.to_string()],
            system_prompt: Some(before.to_string()),
            canaries: vec![before.chars().take(12).collect()],
            ..Context::of(channel)
        };
        for found in inspector.inspect(after, &context).detections {
            assert!(after.get(found.span.clone()).is_some(), "{found:?}");
            assert!((0.0..=1.0).contains(&found.score), "{found:?}");
        }
    }
});
