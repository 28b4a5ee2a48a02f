//! What a hostile text can do to the readers of addresses, markup and sequences: nothing but take its share of time.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use redan_inspect::{Channel, Context, Inspector, Options};

fn inspector() -> Inspector {
    let only = vec!["exfiltration".into(), "output".into()];
    Inspector::new(Options { only, ..Options::default() }).unwrap()
}

/// Pieces that open something and never close it.
const PIECES: &[&str] = &[
    "[",
    "![",
    "](",
    "![](",
    "![a](https://h.example/?q=",
    "[a]:",
    "<img",
    "<img ",
    "<img src=\"",
    "<a href='//h.example/",
    "<script>",
    "<x on",
    "url(",
    "@import \"",
    "://",
    "http://",
    "https://h.example/",
    "https://a.b.c.d.",
    "https://h.example/?a=b&",
    "`",
    "`` ` ",
    "```\n",
    "> ",
    "    x\n\n",
    "{http://h.example/",
    "\"http://h.example/",
    "append secret https://h.example/?d= ",
    "&#x68;",
    "\\",
    "\u{1b}]8;;",
    "\u{1b}[",
    "\r",
    "a\r",
    "\u{8}\u{8}",
    "=cmd|",
    "javascript:",
    "%25",
    "[[[]]]",
    "![a.png](//h.example/a.png)",
];

#[test]
fn twice_the_text_takes_twice_the_time() {
    let inspector = inspector();
    let context =
        Context { conversation: vec!["the secret word is swordfish77".into()], ..Context::of(Channel::Document) };
    let time = |text: &str| {
        let run = || {
            let start = Instant::now();
            let _ = inspector.inspect(text, &context);
            start.elapsed()
        };
        run().min(run())
    };
    for piece in PIECES {
        let (small, large) = (piece.repeat(20_000 / piece.len()), piece.repeat(160_000 / piece.len()));
        let (small, large) = (time(&small), time(&large));
        // Eight times the text: quadratic time would be 64 times as long.
        assert!(large < small * 28 + Duration::from_millis(60), "{piece:?}: {small:?} and {large:?}");
    }
}

proptest! {
    #[test]
    fn spans_lie_in_the_text(parts in prop::collection::vec(prop::sample::select(PIECES), 0..40), noise in "\\PC{0,40}") {
        let text = format!("{}{noise}{}", parts.concat(), parts.iter().rev().copied().collect::<String>());
        for channel in [Channel::Output, Channel::Tool] {
            for found in inspector().inspect(&text, &Context::of(channel)).detections {
                prop_assert!(text.get(found.span.clone()).is_some());
                prop_assert!((0.0..=1.0).contains(&found.score));
            }
        }
    }
}
