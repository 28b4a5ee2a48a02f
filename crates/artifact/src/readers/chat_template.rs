//! Prompt templates in files of their own: `chat_template.jinja` and its like.

use redan_domain::ReadAt;

use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;

/// More is no template.
const MAX: usize = 4 << 20;

pub(crate) struct ChatTemplate;

impl Reader for ChatTemplate {
    fn format(&self) -> &'static str {
        "chat-template"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.size == 0 || !head.is_text() {
            return Match::No;
        }
        let named = matches!(head.extension().as_str(), "jinja" | "jinja2" | "j2");
        let start = head.bytes.trim_ascii_start();
        let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start);
        // Go templates have `{{` as well, but no statements in `{%`.
        // Pages of site generators are Markdown or HTML with tags of their own.
        let page = matches!(head.extension().as_str(), "md" | "markdown" | "html" | "htm" | "liquid");
        let opens =
            !page && start.starts_with(b"{") && memchr::memmem::find(start, b"{%").is_some() && starts_tag(start);
        if named || opens { Match::Hint } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        if input.size() > MAX as u64 {
            return cx.incomplete(format!("{} bytes is too long for a template", input.size()));
        }
        let Ok(bytes) = input.read_vec_at(0, MAX) else {
            return cx.incomplete("could not be read");
        };
        let text = String::from_utf8_lossy(&bytes);
        crate::jinja::judge_at(&text, "template", Some(0), cx);
    }
}

/// Whether a Jinja tag stands at the start.
fn starts_tag(text: &[u8]) -> bool {
    [&b"{%"[..], b"{{", b"{#"].iter().any(|open| text.starts_with(open))
}

#[cfg(test)]
mod tests {
    use crate::{Options, inspect};

    #[test]
    fn a_template_file_is_recognised_by_name_or_content() {
        let text = b"{% for m in messages %}{{ m.content }}{% endfor %}".to_vec();
        for name in ["chat_template.jinja", "x.txt"] {
            let artifact = inspect(&text, name, &Options::default());
            assert_eq!(
                (artifact.format, artifact.facts.len(), artifact.contents.templates.len()),
                ("chat-template", 0, 1)
            );
        }
        let go = inspect(&b"{{ if .System }}{{ .System }}{{ end }}".to_vec(), "a", &Options::default());
        assert_ne!(go.format, "chat-template");
        assert_ne!(
            inspect(&b"{{ page.title }} {% include a.html %}".to_vec(), "a.md", &Options::default()).format,
            "chat-template"
        );
        assert_eq!(inspect(&b"hello".to_vec(), "a.txt", &Options::default()).format, "unknown");
    }
}
