//! Chat and prompt templates in Jinja: what rendering one would reach.
//!
//! The text is parsed to a tree and walked with constants folded, so that a name is judged by what it
//! spells, however it is put together. Nothing is rendered.

mod ast;
mod builtin;
mod danger;
mod evaluate;
mod expression;
mod instruction;
mod lexer;
mod parser;
mod reach;
mod value;

use crate::artifact::Template;
use crate::text::{excerpt, line_column, shown};
use crate::walk::Cx;
use redan_domain::{Fact, FactKind, facts};

use danger::Effect;
use lexer::{Tok, Token};
use reach::{Interpreter, Reach};

facts! {
    /// Rendering reaches Python objects from which any code can be run.
    CODE = "template-code-execution";
    /// Rendering loads another file.
    FILE = "template-file-access";
    /// Rendering exhausts time or memory.
    RESOURCE = "template-resource";
    /// An attribute is read whose name only rendering shows.
    DYNAMIC = "template-dynamic-attribute";
    /// The template itself tells the model to hide, to leak or to plant something.
    INSTRUCTION = "template-instruction-injection";
    /// Characters that a person does not see, or sees in another order.
    HIDDEN = "template-hidden-text";
    /// Not Jinja as any known engine reads it.
    UNPARSABLE = "template-unparsable";
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
    let template = Judged { text, place, base };
    if let Some((at, len, what)) = crate::text::hidden(text) {
        let message = format!("the template `{place}` holds {what}: a person does not see what the model is told");
        cx.fact(template.placed(Fact::new(HIDDEN, what, message), (at, at + len)));
    }
    let (tokens, error) = lexer::lex(text);
    let parsed = match error {
        Some(error) => Err(error),
        None => parser::parse(&tokens, cx.budget()),
    };
    match parsed {
        Ok(nodes) => {
            let walked = Interpreter::run(&nodes);
            if walked.exhausted {
                cx.over_budget("evaluating a template");
            }
            template.report(walked.reaches, cx);
            for found in instruction::find(&nodes) {
                let message = format!("the template `{place}` {}: {}", found.why, quoted(&found.text));
                cx.fact(template.placed(Fact::new(INSTRUCTION, found.subject, message), found.span));
            }
        }
        Err(error) => template.unparsable(&tokens, &error, cx),
    }
}

/// Judges text that nobody calls a template, if it is one: metadata that some program may render.
pub(crate) fn judge_if_template(text: &str, place: &str, base: Option<u64>, cx: &mut Cx<'_>) {
    if text.len() > MAX_TEMPLATE || !(text.contains("{{") || text.contains("{%")) {
        return;
    }
    let (tokens, None) = lexer::lex(text) else { return };
    if let Ok(nodes) = parser::parse(&tokens, cx.budget()) {
        let mut reaches = Interpreter::run(&nodes).reaches;
        reaches.retain(|reach| reach.effect == Effect::Code);
        Judged { text, place, base }.report(reaches, cx);
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", shown(text.trim(), 160))
}

/// A template with its place, while facts about it are made.
struct Judged<'a> {
    text: &'a str,
    place: &'a str,
    base: Option<u64>,
}

impl Judged<'_> {
    /// One fact for each statement and effect, with the steps in it.
    fn report(&self, mut reaches: Vec<Reach>, cx: &mut Cx<'_>) {
        reaches.sort_by_key(|reach| (reach.effect, reach.statement, reach.span));
        for group in reaches.chunk_by(|a, b| (a.effect, a.statement) == (b.effect, b.statement)) {
            let mut names: Vec<&str> = group.iter().map(|reach| reach.what.as_str()).collect();
            names.dedup();
            let Some(first) = group.first() else { continue };
            if first.effect == Effect::Code && danger::harmless_together(&names) {
                continue;
            }
            if first.effect == Effect::File && names.iter().all(|name| self.is_page_part(name)) {
                continue;
            }
            let end = group.iter().map(|reach| reach.span.1).max().unwrap_or(first.span.1);
            let span = (first.span.0, end.max(first.span.0));
            let (kind, message) = self.words(first.effect, &names, span);
            let subject = names.iter().take(6).copied().collect::<Vec<_>>().join(".");
            if !cx.has_room(kind) {
                continue;
            }
            let mut fact = Fact::new(kind, subject, message);
            if let Some(base) = self.base.filter(|_| group.len() > 1) {
                for reach in group.iter().take(16) {
                    fact = fact.step(base + reach.span.1 as u64, format!("reaches `{}`", reach.what));
                }
            }
            cx.fact(self.placed(fact, span));
        }
    }

    /// Whether a template in a file of its own, which is not for chat, takes in a neighbour: how web pages
    /// and prompt libraries are put together.
    fn is_page_part(&self, load: &str) -> bool {
        let path = load.split_once(' ').map_or("", |(_, path)| path);
        let elsewhere =
            path.is_empty() || path.starts_with(['/', '\\']) || path.contains("..") || path.contains([':', '…']);
        let for_chat = ["add_generation_prompt", "messages[", " messages ", "messages|"];
        self.base == Some(0) && !elsewhere && !for_chat.iter().any(|sign| self.text.contains(sign))
    }

    fn words(&self, effect: Effect, names: &[&str], span: (usize, usize)) -> (FactKind, String) {
        let place = self.place;
        let source = quoted(self.text.get(span.0..span.1).unwrap_or_default());
        let list = names.iter().take(6).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match effect {
            Effect::Code => (
                CODE,
                format!("rendering the template `{place}` reaches {list} and from there any Python code: {source}"),
            ),
            Effect::File => (FILE, format!("rendering the template `{place}` reads another file: {list}")),
            Effect::Resource => {
                (RESOURCE, format!("rendering the template `{place}` exhausts time or memory with {list}: {source}"))
            }
            Effect::Dynamic => (
                DYNAMIC,
                format!("the template `{place}` reads an attribute whose name only rendering shows: {source}"),
            ),
        }
    }

    /// Puts a fact at `span` of the template's text.
    fn placed(&self, fact: Fact, span: (usize, usize)) -> Fact {
        let len = span.1.saturating_sub(span.0);
        let fact = fact.excerpt(excerpt(self.text, span.0, len, ""));
        match self.base {
            // A file that is nothing but the template is read by lines.
            Some(0) => {
                let (line, column) = line_column(self.text, span.0);
                fact.at(span.0 as u64, len as u64).line(line, column)
            }
            Some(base) => fact.at(base + span.0 as u64, len as u64).pointer(self.place),
            None => fact.pointer(self.place),
        }
    }

    /// What does not parse here may still parse elsewhere: dangerous names are looked for in the tokens.
    fn unparsable(&self, tokens: &[Token], error: &lexer::SyntaxError, cx: &mut Cx<'_>) {
        let at = error.at.min(self.text.len());
        let message =
            format!("the template `{}` is not Jinja as any known engine reads it: {}", self.place, error.message);
        cx.fact(self.placed(Fact::new(UNPARSABLE, self.place, message), (at, at)));
        cx.incomplete(format!("template `{}` could not be parsed: {}", self.place, error.message));
        let mut spelled = String::new();
        let mut reaches = Vec::new();
        let mut note = |what: &str, span: (usize, usize)| {
            reaches.push(Reach { effect: Effect::Code, what: what.to_string(), span, statement: (0, 0) });
        };
        for token in tokens {
            let span = (token.start, token.end);
            match &token.kind {
                Tok::Name(name) if danger::attribute(name) => note(name, span),
                Tok::Str(part) if spelled.len() + part.len() < value::MAX_TEXT => {
                    spelled.push_str(part);
                    if danger::attribute(part) {
                        note(part, span);
                    }
                }
                _ => {}
            }
        }
        const HARD: [&str; 6] =
            ["__globals__", "__subclasses__", "__import__", "__builtins__", "__getattribute__", "__mro__"];
        let rest = self.text.get(at..).unwrap_or_default();
        for name in HARD {
            if spelled.contains(name) || rest.contains(name) {
                note(name, (at, at));
            }
        }
        self.report(reaches, cx);
    }
}

#[cfg(test)]
#[allow(clippy::needless_raw_string_hashes, reason = "every template may hold quotes and hashes")]
mod honest;
#[cfg(test)]
mod tests;
