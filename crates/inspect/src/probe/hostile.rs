//! What a hostile text can do to the readers of addresses, markup and sequences: nothing but take its share of work.
//!
//! Work is counted, not timed: whoever reads on from a place of its own tells how many bytes it reads.

/// Counts bytes that a reader looks at.
#[cfg(test)]
pub(super) fn reads(bytes: usize) {
    tests::READ.with(|read| read.set(read.get() + bytes));
}

/// Nothing is counted outside tests.
#[cfg(not(test))]
pub(super) fn reads(_: usize) {}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use crate::{Channel, Context, Inspector, Options};

    thread_local! {
        pub(super) static READ: Cell<usize> = const { Cell::new(0) };
    }

    static INSPECTOR: LazyLock<Inspector> = LazyLock::new(|| {
        let only = vec!["exfiltration".into(), "output".into(), "hidden".into()];
        Inspector::new(Options { only, ..Options::default() }).unwrap()
    });

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
        "\u{1b}P",
        "\u{9b}",
        "\r\r",
        "=cmd|",
        "javascript:",
        "%25",
        "[[[]]]",
        "![a.png](//h.example/a.png)",
        "]: # ",
        "]: <> ",
        "]: http",
        "{# ",
        "{{! ",
        "<style",
        "<p style=\"",
        "<text ",
        " data-a=\"",
        "\n%",
        "\u{1b}[K",
        "\u{1b}[9A",
        "\u{1b}[?1049h",
        "\u{1b}]0;",
        "https://h.example/?code=eyJ_&",
        "https://h.example/?scope=a&scope=a&",
        "https://h.example/a:_b,_1_",
    ];

    /// Bytes that are read while a text is inspected.
    fn work(text: &str) -> usize {
        let context =
            Context { conversation: vec!["the secret word is swordfish77".into()], ..Context::of(Channel::Document) };
        READ.set(0);
        let _ = INSPECTOR.inspect(text, &context);
        READ.get()
    }

    #[test]
    fn eight_times_the_text_takes_eight_times_the_work() {
        const SMALL: usize = 2_000;
        let pieces = PIECES.iter().map(|piece| (*piece, ""));
        for (open, close) in
            pieces.chain([("![", "]"), ("[", "](//h.example)"), ("[a.b", "](//h.example)"), ("<", ">")])
        {
            let text = |size: usize| {
                let count = size / (open.len() + close.len());
                format!("https://h.example/ {}{}", open.repeat(count), close.repeat(count))
            };
            let (small, large) = (work(&text(SMALL)), work(&text(8 * SMALL)));
            // Quadratic work would be 64 times as much. What is bounded may still be growing at the smaller size.
            assert!(small > 0 && large <= small * 12 + 64 * SMALL, "{open:?}: {small} and {large} bytes");
            assert!(large < 8 * SMALL * 400, "{open:?}: {large} bytes");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn spans_lie_in_the_text(
            parts in prop::collection::vec(prop::sample::select(PIECES), 0..40),
            noise in "\\PC{0,40}",
        ) {
            let text = format!("{}{noise}{}", parts.concat(), parts.iter().rev().copied().collect::<String>());
            for channel in [Channel::Output, Channel::Tool] {
                for found in INSPECTOR.inspect(&text, &Context::of(channel)).detections {
                    prop_assert!(text.get(found.span.clone()).is_some());
                    prop_assert!((0.0..=1.0).contains(&found.score));
                }
            }
        }
    }
}
