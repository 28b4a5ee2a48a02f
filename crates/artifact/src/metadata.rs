//! What metadata of any format must not hold: credentials, and text that a person does not see.

use crate::secret;
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A credential stands in metadata or configuration.
    SECRET = "metadata-secret";
    /// Metadata holds characters that a person does not see, or sees in another order.
    HIDDEN = "metadata-hidden-text";
}

/// Longer values are looked at up to here.
const LONGEST: usize = 4 << 20;

/// Judges one whole value and records it, credentials cut.
pub(crate) fn record(key: &str, text: &str, cx: &mut Cx<'_>) {
    judge(key, text, cx);
    cx.artifact.contents.meta(key, &secret::redacted(text));
}

/// Judges text that stands at `place`.
pub(crate) fn judge(place: &str, text: &str, cx: &mut Cx<'_>) {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    for found in secret::find(text) {
        let message = format!("`{place}` holds {}: `{}`", found.kind, secret::hint(text, &found));
        cx.fact(Fact::new(SECRET, found.kind, message).pointer(place));
    }
    if let Some((_, _, what)) = crate::text::hidden(text) {
        let message = format!("`{place}` holds {what}: a person does not see what is written there");
        cx.fact(Fact::new(HIDDEN, what, message).pointer(place));
    }
}

/// Judges a text file of configuration or code. Its credentials are placed, and not shown.
pub(crate) fn judge_file(text: &str, cx: &mut Cx<'_>) {
    let part = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    for found in secret::find(part) {
        if !cx.has_room(SECRET) {
            continue;
        }
        let (line, column) = crate::text::line_column(part, found.at);
        let message = format!("the file holds {}: `{}`", found.kind, secret::hint(part, &found));
        cx.fact(Fact::new(SECRET, found.kind, message).at(found.at as u64, found.len as u64).line(line, column));
    }
}

/// Judges what a reader recorded by itself, and cuts credentials in it.
pub(crate) fn check(cx: &mut Cx<'_>) {
    let code = std::mem::take(&mut cx.artifact.contents.code);
    for code in &code {
        judge_file(&code.text, cx);
    }
    cx.artifact.contents.code = code;
    let recorded = std::mem::take(&mut cx.artifact.contents.metadata);
    for (key, value) in &recorded {
        judge(key, value, cx);
    }
    cx.artifact.contents.metadata =
        recorded.into_iter().map(|(key, value)| (key, secret::redacted(&value).into_owned())).collect();
}

#[cfg(test)]
mod tests {
    use crate::testing::{facts_of, look};

    #[test]
    fn a_credential_in_a_text_file_has_a_line() {
        let token = format!("ghp_{}", "q3EgRiZ7abCdWxYz0192837465kLmNoPqRsT");
        for (name, text) in [
            ("config.json", format!("{{\"model_type\": \"x\",\n\"architectures\": [\"{token}\"]}}")),
            ("hparams.yaml", format!("model: x\ntoken: {token}\n")),
            ("modeling_x.py", format!("import torch\nTOKEN = '{token}'\ndef f():\n    return 1\n")),
        ] {
            let artifact = look(text.as_bytes(), name);
            let fact = artifact.facts.iter().find(|fact| fact.kind.0 == "metadata-secret").unwrap();
            assert_eq!(fact.line.map(|(line, _)| line), Some(2), "{name}");
            assert!(!fact.message.contains(&token));
        }
    }

    #[test]
    fn a_credential_is_reported_and_not_repeated() {
        let token = format!("hf_{}", "q3EgRiZ7abCdWxYz0192837465kLmNoPqR");
        let header = format!(r#"{{"__metadata__": {{"note": "login with {token}", "t": "a\u202eb"}}}}"#);
        let bytes = crate::fixture::build("safetensors", &header).unwrap();
        let artifact = look(&bytes, "m.safetensors");
        assert_eq!(
            facts_of(&artifact),
            ["metadata-secret a Hugging Face token", "metadata-hidden-text characters that reverse the reading order"]
        );
        assert!(!format!("{artifact:?}").contains(&token));
    }
}
