//! Image manifests that carry models (OCI artifacts, Ollama): digests and titles become file names.

use crate::json::Json;
use crate::readers::config::{facts, paths};
use crate::walk::Cx;
use redan_domain::Fact;

pub(super) fn check(json: &Json<'_>, text: &str, cx: &mut Cx<'_>) {
    json.walk(&mut |pointer, node| {
        for (key, value) in node.members() {
            let place = format!("{pointer}/{key}");
            match (key.as_ref(), value.str()) {
                ("digest", Some(digest)) if !is_digest(digest) => {
                    let message = format!(
                        "the digest `{digest}` is not one; programs that use it as a file name can be led elsewhere"
                    );
                    cx.fact(placed(Fact::new(facts::OCI_ESCAPE, digest, message), value, &place, text));
                }
                ("org.opencontainers.image.title", Some(title)) if paths::leaves_folder(title) => {
                    let message =
                        format!("the file of this layer is unpacked to `{title}`, outside the model's folder");
                    cx.fact(placed(Fact::new(facts::OCI_ESCAPE, title, message), value, &place, text));
                }
                ("urls", None) => {
                    for url in value.items().iter().filter_map(Json::str) {
                        let message = format!("this layer is fetched from `{url}` instead of the registry");
                        cx.fact(placed(Fact::new(facts::OCI_FOREIGN_LAYER, url, message), value, &place, text));
                    }
                }
                _ => {}
            }
        }
    });
}

fn placed(fact: Fact, value: &Json<'_>, pointer: &str, text: &str) -> Fact {
    let (line, column) = crate::text::line_column(text, value.start);
    fact.at(value.start as u64, (value.end - value.start) as u64)
        .line(line, column)
        .pointer(pointer)
        .excerpt(crate::text::excerpt(text, value.start, value.end - value.start, "here"))
}

/// `algorithm:encoded` as the image specification defines it.
fn is_digest(text: &str) -> bool {
    let Some((algorithm, encoded)) = text.split_once(':') else { return false };
    let word = |text: &str, extra: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    };
    word(algorithm, "+._-") && word(encoded, "=_-") && encoded.len() >= 32
}
