//! Chat and prompt templates in Jinja: what rendering one would reach.

use crate::artifact::Template;
use crate::fact::{Fact, facts};
use crate::text::{excerpt, line_column};
use crate::walk::Cx;

facts! {
    /// Characters that a person does not see, or sees in another order.
    HIDDEN = "template-hidden-text";
}

/// Longer templates are not judged; honest ones are a hundred times shorter.
const MAX_TEMPLATE: usize = 2 << 20;

/// Judges the template `text`, which stands at `place` (a metadata key, a JSON pointer, a file name), and
/// records it in the contents.
pub(crate) fn judge(text: &str, place: &str, cx: &mut Cx<'_>) {
    judge_at(text, place, None, cx);
}

/// As [`judge`], where the text lies unescaped in the file from byte `base`.
pub(crate) fn judge_at(text: &str, place: &str, base: Option<u64>, cx: &mut Cx<'_>) {
    if text.len() > MAX_TEMPLATE {
        return cx.incomplete(format!("template `{place}` has {} bytes, more than is judged", text.len()));
    }
    cx.artifact.contents.templates.push(Template { name: place.to_string(), text: text.to_string() });
    if let Some((at, len, what)) = crate::text::hidden(text) {
        let message = format!("the template `{place}` holds {what}: a person does not see what the model is told");
        cx.fact(placed(Fact::new(HIDDEN, what, message), text, (at, at + len), place, base));
    }
}

/// Puts a fact at `span` of the template's text.
fn placed(fact: Fact, text: &str, span: (usize, usize), place: &str, base: Option<u64>) -> Fact {
    let len = span.1.saturating_sub(span.0);
    let mut fact = fact.excerpt(excerpt(text, span.0, len, ""));
    match base {
        Some(base) => {
            let (line, column) = line_column(text, span.0);
            fact = fact.at(base + span.0 as u64, len as u64);
            // A file that is nothing but the template is read by lines.
            if base == 0 { fact.line(line, column) } else { fact.pointer(place) }
        }
        None => fact.pointer(place),
    }
}
