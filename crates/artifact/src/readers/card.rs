//! Model cards: a README whose front matter names licence and base model.

use redan_domain::ReadAt;

use crate::artifact::Status;
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;

pub(crate) struct ModelCard;

impl Reader for ModelCard {
    fn format(&self) -> &'static str {
        "model-card"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let markdown = matches!(head.extension().as_str(), "md" | "markdown");
        if markdown && head.starts_with(b"---") && head.is_text() { Match::Hint } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Ok(bytes) = input.read_vec_at(0, 256 << 10) else {
            return cx.incomplete("could not be read");
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut list = "";
        let mut known = false;
        for line in text.lines().skip(1).take_while(|line| line.trim_end() != "---").take(2000) {
            if let Some(item) = line.trim_start().strip_prefix("- ") {
                record(list, item, cx);
                continue;
            }
            let Some((key, value)) = line.split_once(':') else { continue };
            known |= matches!(
                key,
                "license" | "base_model" | "pipeline_tag" | "library_name" | "tags" | "datasets" | "model-index"
            );
            list = key;
            record(key, value, cx);
        }
        if !known {
            cx.artifact.status = Status::Unrecognised;
        }
    }
}

fn record(key: &str, value: &str, cx: &mut Cx<'_>) {
    let value = value.trim().trim_matches(['"', '\'']);
    if value.is_empty() || value.starts_with('#') {
        return;
    }
    match key {
        "license" => cx.artifact.contents.licences.push(crate::text::shown(value, 200)),
        "base_model" | "pipeline_tag" | "library_name" | "license_name" => cx.artifact.contents.meta(key, value),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::walk::{Options, inspect};

    #[test]
    fn names_licence_and_base_model() {
        let text =
            b"---\nlicense: apache-2.0\nbase_model:\n- them/base\ntags: [x]\n---\n# Card\nlicense: other\n".to_vec();
        let artifact = inspect(&text, "README.md", &Options::default());
        assert_eq!((artifact.format, artifact.contents.licences), ("model-card", vec!["apache-2.0".to_string()]));
        assert_eq!(artifact.contents.metadata["base_model"], "them/base");
    }
}
