//! What a person does not see and a model reads: told by the detectors of `inspect`.

use std::ops::Range;
use std::sync::OnceLock;

use redan_domain::Severity;
use redan_inspect::{Category, Channel, Context, Inspector, Options};

use super::facts::{HIDDEN_INSTRUCTION, HIDDEN_TEXT};
use super::pattern::{Pattern, lower};
use super::sheet::{Sheet, eased, quoted};

fn inspector() -> Option<&'static Inspector> {
    static INSPECTOR: OnceLock<Option<Inspector>> = OnceLock::new();
    let only = vec!["hidden".to_string(), "secret".to_string()];
    INSPECTOR.get_or_init(|| Inspector::new(Options { only, ..Options::default() }).ok()).as_ref()
}

/// Credentials in a text, with the kind of each.
pub(super) fn secrets(text: &str) -> Vec<(Range<usize>, String)> {
    let Some(inspector) = inspector() else { return Vec::new() };
    let found = inspector.inspect(text, &Context::of(Channel::Document)).detections;
    let secret = found.into_iter().filter(|found| found.category == Category::Secret);
    secret.map(|found| (found.span, found.kind.to_string())).collect()
}

static COMMENT: Pattern = Pattern::new(
    &[
        "<!--",
        "[//]: #",
        "<details",
        "display:none",
        "display: none",
        "font-size:0",
        "font-size: 0",
        "color:",
        "visibility:",
    ],
    r#"<!--[\s\S]{4,}?-->|\[//\]:\s*#\s*[("'][^\n]{10,}|<(?:div|span|p)[^>\n]{0,200}(?:display:\s*none|font-size:\s*0|visibility:\s*hidden|color:\s*(?:white|#fff))[^>\n]{0,100}>[^<]{10,}"#,
);
static ORDER: Pattern = Pattern::new(
    &[
        "ignore",
        "send",
        "execute",
        "run ",
        "curl",
        "read",
        "upload",
        "post",
        "must",
        "do not",
        "don't",
        "system",
        "assistant",
        "agent",
        "http",
        "important",
        "mentioned",
        "leave",
        "keep",
        "restore",
        "human",
        "auto-approve",
        "object",
        "ssh",
        "id_rsa",
        ".env",
        "wget",
        "transmit",
        "forward",
        "exfiltrate",
        "disregard",
        "ai ",
        "ai:",
        "ai,",
        "llm",
        "model",
        "added again",
        "approve",
        "call",
        "fetch",
        "delete",
        "include",
        "put back",
        "<script",
    ],
    r"\bhumans? (?:see|read|do not|don't|won't|only)\b|-auto-approve\b|\bshould the user (?:object|ask|complain)\b|\b(?:is|are|be) not (?:to be )?mentioned\b|\bleave (?:it|this|them|that) out\b|\bkeep (?:it|this|them|that) out\b|\b(?:restored?|put back|added again) when\b|<script\b[^>]{0,200}https?:|\b(?:ignore|disregard)\s+(?:all|any|previous|prior|the)|\b(?:send|upload|post|forward|exfiltrate|transmit)\b[^\n]{0,120}\b(?:to|https?:)|\b(?:curl|wget)\s+\S|\b(?:do not|don't|never)\s+(?:tell|mention|inform|reveal|show|report (?:it|this|them)\b)|\b(?:execute|run)\s+(?:the following|this|these|`|\w+\s+command)|\byou (?:must|should|are) (?:now |always |also |first )?(?:read|send|run|execute|include|call|add|fetch|upload|obey)|\b(?:ai|assistant|agent|model|llm)s?\s*(?:instruction|:|,|must|should)[^\n]{0,100}\b(?:read|send|run|execute|include|call|fetch|upload|ignore|approve|delete)|\.ssh|id_rsa|\.env\b[^\n]{0,60}\b(?:send|content|read)",
);

/// Bytes of a comment in which an order is looked for.
const MOST: usize = 4000;

/// Looks at a text for people.
pub(super) fn examine(sheet: &mut Sheet<'_>, text: &str) {
    if !text.is_ascii()
        && let Some(inspector) = inspector()
    {
        for found in inspector.inspect(text, &Context::of(Channel::Document)).detections {
            if found.category != Category::Hidden {
                continue;
            }
            let severity = match &*found.kind {
                "hidden-tag-text" | "hidden-zero-width-text" | "hidden-variation-selector-bytes" => Severity::High,
                "hidden-bidi-override" => Severity::Medium,
                "hidden-comment-instruction" | "hidden-style-instruction" | "encoded-text" | "hidden-terminal-text" => {
                    continue;
                }
                _ => Severity::Low,
            };
            let message = format!("text that nobody sees: {} ({})", found.kind, quoted(&found.evidence));
            let severity = eased(severity, sheet.about_security);
            sheet.add_as(HIDDEN_TEXT, severity, found.span.clone(), &found.kind, message);
        }
    }
    let low = lower(text);
    for found in COMMENT.all(text, &low) {
        // What stands behind a tag that is never closed is seen.
        let most = if found.text.starts_with("<!--") { MOST } else { MOST / 2 };
        let begin = found.text.get(..found.text.floor_char_boundary(most)).unwrap_or_default();
        if ORDER.is_in(begin, &begin.to_ascii_lowercase()) {
            let severity = eased(Severity::High, sheet.about_security);
            let message = format!("an instruction where nobody sees it: {}", quoted(found.text));
            sheet.add_as(HIDDEN_INSTRUCTION, severity, found.span.clone(), found.text, message);
        }
    }
}

/// Marks without one of which a page in ASCII hides nothing.
const MARKS: &[&str] = &["<!--", "[//]: #", "[comment]:", "style=", " hidden"];

/// Longest page that is looked at, in bytes.
const PAGE: usize = 1 << 20;

/// Words that take a model's orders away, and those that name what is taken away.
const DROPS: &[&str] = &["ignore", "disregard", "override", "forget", "bypass"];
const DROPPED: &[&str] = &["instruction", "prompt", "guideline", "rules", "policy"];

/// Looks at a page that is for people: an agent that works on the project may read it all the same.
pub(super) fn in_page(sheet: &mut Sheet<'_>) {
    let text = sheet.text;
    if text.len() > PAGE || text.is_ascii() && !MARKS.iter().any(|mark| text.contains(mark)) {
        return;
    }
    let Some(inspector) = inspector() else { return };
    for found in inspector.inspect(text, &Context::of(Channel::Document)).detections {
        let said = found.evidence.to_lowercase();
        let drops = DROPS.iter().any(|word| said.contains(word)) && DROPPED.iter().any(|word| said.contains(word));
        let (kind, severity) = match &*found.kind {
            "hidden-tag-text" | "hidden-zero-width-text" | "hidden-variation-selector-bytes" if found.score >= 0.9 => {
                (HIDDEN_TEXT, Severity::High)
            }
            "hidden-comment-instruction" | "hidden-style-instruction" if drops => (HIDDEN_INSTRUCTION, Severity::High),
            "hidden-comment-instruction" | "hidden-style-instruction" if found.score >= 0.85 => {
                (HIDDEN_INSTRUCTION, Severity::Medium)
            }
            _ => continue,
        };
        let severity = eased(severity, sheet.about_security);
        let message = format!("an instruction where nobody sees it: {}", quoted(&found.evidence));
        sheet.add_as(kind, severity, found.span.clone(), &found.evidence, message);
    }
}

/// Characters that make code show other than it runs.
pub(super) fn bidirectional(sheet: &mut Sheet<'_>, text: &str) {
    let hidden = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}');
    // The flags of England, Scotland and Wales are written with tags.
    if let Some((at, c)) =
        text.char_indices().find(|(at, c)| hidden(*c) && !text.get(..*at).unwrap_or_default().ends_with('\u{1f3f4}'))
    {
        let message = "code shows other than it runs: characters that nobody sees".to_string();
        sheet.add_as(HIDDEN_TEXT, Severity::Medium, at..at + c.len_utf8(), "bidirectional", message);
    }
}
