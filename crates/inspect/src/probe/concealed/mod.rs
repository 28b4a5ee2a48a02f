//! Instructions that a page, a terminal or a typesetter does not show: comments, styles, concealed text.

mod page;
mod style;
mod terminal;

use std::borrow::Cow;

use super::erased::is_drawing;
use super::{Look, Probe};
use crate::detection::{Category, Detection, View};
use crate::phrase::ordered;
use crate::view::lexicon::{names_model, weight};
use crate::view::orders::{is_verb, orders_model, orders_writer};
use crate::view::readable::line;

/// How a place begins that is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opens {
    /// A comment, up to this mark.
    Comment(&'static str),
    /// A comment of a template, or data about a page, up to this mark.
    Data(&'static str),
    /// Drawn without ink, up to this mark.
    Inkless(&'static str),
    /// A style within a tag; the element's text is not shown.
    Style,
    /// Declarations or attributes that are read: the element's text may not be shown.
    Inline,
    /// What is shown when somebody asks for it.
    Folded,
    /// The comments of a style sheet.
    Sheet,
    /// A comment of TeX, up to the end of the line.
    TexComment,
    /// What stands for a picture of Markdown.
    Alternative,
    /// What a link of Markdown says under the mouse, within what ends with this character.
    Title(char),
    /// A value within quotes.
    Attribute,
    /// A group in braces.
    Group,
    /// A control sequence of a terminal.
    Terminal,
}

/// Words and what they open. A style ends where it would not hide anything if it went on: `font-size:0` and `0.9em`.
const OPENERS: &[(&str, Opens)] = &[
    ("<!--", Opens::Comment("-->")),
    ("]: # ", Opens::Comment("\n")),
    ("]: <> ", Opens::Comment("\n")),
    ("{% comment %}", Opens::Data("{%")),
    ("{# ", Opens::Data("#}")),
    ("{{!--", Opens::Data("--}}")),
    ("{{! ", Opens::Data("}}")),
    ("\n%", Opens::TexComment),
    ("<style", Opens::Sheet),
    ("<w:vanish", Opens::Inkless("</w:p>")),
    ("\u{1b}[", Opens::Terminal),
    ("\u{9b}", Opens::Terminal),
    ("\\x1b[", Opens::Terminal),
    ("\\033[", Opens::Terminal),
    ("\\e[", Opens::Terminal),
    ("\\u001b[", Opens::Terminal),
    ("style=", Opens::Inline),
    ("<font ", Opens::Inline),
    ("<text ", Opens::Inline),
    ("<tspan ", Opens::Inline),
    ("display:none", Opens::Style),
    ("display: none", Opens::Style),
    ("display : none", Opens::Style),
    ("visibility:hidden", Opens::Style),
    ("visibility: hidden", Opens::Style),
    ("visibility:collapse", Opens::Style),
    ("font-size:0", Opens::Style),
    ("font-size: 0", Opens::Style),
    ("font-size:1px", Opens::Style),
    ("font-size: 1px", Opens::Style),
    ("opacity:0", Opens::Style),
    ("opacity: 0", Opens::Style),
    ("color:white", Opens::Style),
    ("color: white", Opens::Style),
    ("color=\"white\"", Opens::Style),
    ("color:#fff", Opens::Style),
    ("color: #fff", Opens::Style),
    ("color=\"#fff", Opens::Style),
    ("color:transparent", Opens::Style),
    ("color: transparent", Opens::Style),
    ("color:rgb(255", Opens::Style),
    ("color: rgb(255", Opens::Style),
    ("color: rgb(100% 100%", Opens::Style),
    ("color: rgb(100%, 100%", Opens::Style),
    ("color:#fefefe", Opens::Style),
    ("color: #fefefe", Opens::Style),
    ("color=\"#fefefe", Opens::Style),
    ("color:rgba(", Opens::Style),
    ("color: rgba(", Opens::Style),
    ("text-indent:-", Opens::Style),
    ("text-indent: -", Opens::Style),
    ("left:-", Opens::Style),
    ("left: -", Opens::Style),
    ("top:-", Opens::Style),
    ("top: -", Opens::Style),
    ("height:0", Opens::Style),
    ("height: 0", Opens::Style),
    ("width:0", Opens::Style),
    ("width: 0", Opens::Style),
    ("clip:rect", Opens::Style),
    ("clip: rect", Opens::Style),
    ("clip-path:", Opens::Style),
    ("scale(0", Opens::Style),
    (" hidden>", Opens::Style),
    (" hidden ", Opens::Style),
    (" hidden=", Opens::Style),
    ("type=\"hidden\"", Opens::Style),
    ("type='hidden'", Opens::Style),
    ("type=hidden", Opens::Style),
    ("sr-only", Opens::Style),
    ("visually-hidden", Opens::Style),
    ("<template", Opens::Style),
    ("<noscript", Opens::Style),
    ("<script type=\"text/template\"", Opens::Style),
    ("<script type=\"text/plain\"", Opens::Style),
    ("content:\"", Opens::Attribute),
    ("content: \"", Opens::Attribute),
    ("content:'", Opens::Attribute),
    ("content: '", Opens::Attribute),
    (" alt=\"", Opens::Attribute),
    (" alt='", Opens::Attribute),
    (" title=\"", Opens::Attribute),
    (" title='", Opens::Attribute),
    (" content=\"", Opens::Attribute),
    (" content='", Opens::Attribute),
    ("![", Opens::Alternative),
    ("](", Opens::Title(')')),
    ("]: http", Opens::Title('\n')),
    (" placeholder=\"", Opens::Attribute),
    (" summary=\"", Opens::Attribute),
    (" aria-", Opens::Attribute),
    (" data-", Opens::Attribute),
    ("\\textcolor{white}{", Opens::Group),
    ("\\textcolor[rgb]{1,1,1}{", Opens::Group),
    ("\\fontsize{0", Opens::Inkless("\n")),
    ("\\iffalse", Opens::Comment("\\fi")),
    ("<desc>", Opens::Style),
    ("<metadata>", Opens::Style),
    ("{\\v ", Opens::Comment("}")),
    ("opacity=\"0\"", Opens::Style),
    ("3 tr", Opens::Inkless("ET")),
    ("1 1 1 rg", Opens::Inkless("ET")),
    ("\\color{white}", Opens::Group),
    ("\\phantom{", Opens::Group),
    ("\\color[rgb]{1,1,1}", Opens::Group),
    ("\\color[html]{ffffff}", Opens::Group),
    ("\\textcolor[html]{ffffff}{", Opens::Group),
    ("\\hspace*{-", Opens::Group),
    ("actualtext={", Opens::Group),
    ("\\pdfliteral direct {3 tr}", Opens::Inkless("\\pdfliteral")),
    ("]: <http", Opens::Title('\n')),
    ("\n%% ", Opens::Comment("\n")),
    ("{::comment}", Opens::Data("{:/")),
    ("<details", Opens::Folded),
    ("application/ld+json", Opens::Data("</script")),
];

/// Elements within elements that are looked at in one text, each for itself.
const AGAIN: usize = 256;

/// Most bytes that are looked at after a mark.
const AFTER: usize = 8 << 10;

#[derive(Debug)]
pub(super) struct Concealed;

impl Probe for Concealed {
    fn categories(&self) -> &'static [Category] {
        &[Category::Hidden]
    }

    fn words(&self) -> &'static [&'static str] {
        const WORDS: [&str; OPENERS.len()] = {
            let mut words = [""; OPENERS.len()];
            let mut index = 0;
            #[allow(clippy::indexing_slicing, reason = "a constant; below the length")]
            while index < words.len() {
                words[index] = OPENERS[index].0;
                index += 1;
            }
            words
        };
        &WORDS
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let text = look.pass.text;
        // No byte is part of two places of one kind, so that hostile nesting costs nothing.
        let mut done = [0_usize; 8];
        let mut tex = None;
        let (mut again, mut unfolded) = (AGAIN, AGAIN);
        let mut open_until = [0_usize; OPENERS.len()];
        let mut by_rule = page::RULES;
        for word in look.words {
            let Some((_, opens)) = OPENERS.get(word.index) else { continue };
            let slot = match opens {
                Opens::Comment(_) | Opens::Inkless(_) | Opens::TexComment | Opens::Sheet => 0,
                Opens::Style => 1,
                Opens::Folded => 7,
                // What these hold may be hidden for another reason as well.
                Opens::Data(_) => 5,
                Opens::Inline => 6,
                Opens::Attribute | Opens::Alternative | Opens::Title(_) => 2,
                Opens::Group => 3,
                Opens::Terminal => 4,
            };
            // Source code spells the colours of whatever it will print.
            if *opens == Opens::Terminal && look.pass.view == View::Decoded {
                continue;
            }
            // A percent sign begins a comment in other languages, too.
            if *opens == Opens::TexComment
                && !*tex.get_or_insert_with(|| memchr::memmem::find(text.as_bytes(), b"\\begin{").is_some())
            {
                continue;
            }
            // Without an end, what begins within its reach has none either.
            if open_until.get(word.index).is_some_and(|until| word.start < *until) {
                continue;
            }
            let Some(done) = done.get_mut(slot).filter(|done| **done <= word.start) else { continue };
            let mut spot = page::place(text, word, *opens);
            let sheet = spot.is_none();
            // A page hides a few kinds of elements by its style sheet.
            if spot.is_none() && *opens == Opens::Style && by_rule > 0 {
                by_rule -= 1;
                spot = page::by_name(text, word);
            }
            if spot.is_none()
                && matches!(opens, Opens::Alternative | Opens::Data(_) | Opens::Folded | Opens::Sheet | Opens::Title(_))
            {
                let reach = if matches!(opens, Opens::Alternative | Opens::Title(_)) { 64 } else { page::TAG };
                if let Some(until) = open_until.get_mut(word.index) {
                    *until = word.start + reach;
                }
            }
            let Some(place) = spot else { continue };
            *done = place.end;
            let judged = text.get(place.clone()).and_then(|inside| judge(inside, *opens, sheet));
            let judged = judged.or_else(|| {
                let inside = text.get(place.clone()).filter(|_| page::is_markup(text, word, *opens, &place))?;
                is_steering(inside, *opens, sheet).then_some((kind(*opens), 0.55))
            });
            // What is no order as a whole may hold one: a dialog, and in it what is not shown either.
            if judged.is_none() && slot == 1 && again > 0 {
                again -= 1;
                *done = word.end;
            }
            if judged.is_none() && slot == 7 && unfolded > 0 {
                unfolded -= 1;
                *done = word.end;
            }
            if let Some((kind, score)) = judged {
                let evidence = line(text.get(place.clone()).unwrap_or_default());
                found.push(Detection {
                    kind: kind.into(),
                    detector: kind.into(),
                    category: Category::Hidden,
                    span: place,
                    score,
                    view: look.pass.view,
                    evidence,
                });
            }
        }
    }
}

fn kind(opens: Opens) -> &'static str {
    match opens {
        Opens::Comment(_) | Opens::Data(_) | Opens::TexComment | Opens::Sheet => "hidden-comment-instruction",
        _ => "hidden-style-instruction",
    }
}

/// What a place says, without markup.
fn said(inside: &str, opens: Opens) -> Cow<'_, str> {
    match opens {
        Opens::Style | Opens::Inline => Cow::Owned(content(inside)),
        // It begins behind a tag.
        Opens::Folded => Cow::Owned(content(&format!(">{inside}"))),
        // Strings stand in parentheses, between operators.
        Opens::Inkless("ET") => Cow::Owned(strings(inside, '(', ')')),
        Opens::Data("</script") => Cow::Owned(strings(inside, '"', '"')),
        _ => Cow::Borrowed(inside),
    }
}

/// What stands between two signs, as far as it has spaces.
fn strings(inside: &str, open: char, close: char) -> String {
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((_, after)) = rest.split_once(open) {
        let Some((said, next)) = after.split_once(close) else { break };
        if said.contains(' ') {
            out.push_str(said);
            out.push('\n');
        }
        rest = next;
    }
    out
}

/// Whether an element speaks to people: what is read aloud, or shown when something is missing.
fn is_quiet(inside: &str) -> bool {
    let aside = ["sr-only", "visually-hidden", "<noscript", "<template", "modal", "dialog"];
    let tag = inside.split('>').next().unwrap_or_default();
    aside.iter().any(|word| tag.contains(word))
}

/// What a place that is not shown is, if it is worth a word; `sheet` says that a style sheet hides it.
fn judge(inside: &str, opens: Opens, sheet: bool) -> Option<(&'static str, f32)> {
    if opens == Opens::Terminal {
        return (inside.trim().len() >= 2).then_some(("hidden-terminal-text", 0.9));
    }
    let kind = kind(opens);
    let element = matches!(opens, Opens::Style | Opens::Inline);
    let said = said(inside, opens);
    let quiet = is_quiet(inside);
    let attribute = matches!(opens, Opens::Attribute | Opens::Alternative | Opens::Title(_) | Opens::Data(_));
    let inkless = matches!(opens, Opens::Group | Opens::Inkless(_));
    match weight(&said) {
        // Whoever wants to, reads it; only the model of phrases is asked.
        _ if opens == Opens::Folded => None,
        // Style sheets hide parts of an interface until they are wanted: `Show password`.
        _ if sheet && !names_model(&said) && !orders_model(&said) && !said.contains("instructions") => None,
        // Pages say there what they show as well: questions, steps, reviews.
        3 if matches!(opens, Opens::Data("</script")) && !names_model(&said) && !said.contains("nstructions") => None,
        // A value of code is no sentence.
        3 if attribute && said.is_ascii() && said.split_whitespace().nth(2).is_none() => None,
        3 => Some((kind, 0.9)),
        // Nothing honest is set in the colour of the paper.
        2 if inkless => Some((kind, 0.7)),
        2 if names_model(&said) && !attribute && addresses(&said) => Some((kind, 0.7)),
        _ if (element || inkless) && !quiet && (orders_model(&said) || orders_writer(said.trim())) => Some((kind, 0.6)),
        2 if opens == Opens::Comment("-->") && orders_model(&said) => Some((kind, 0.6)),
        // Comments of Markdown are read by nobody but a model.
        _ if opens == Opens::Comment("\n") && orders_model(&said) => Some((kind, 0.6)),
        _ if names_model(&said) && orders_model(&said) && (!attribute || is_called(&said)) => Some((kind, 0.6)),
        _ => None,
    }
}

/// Whether a model of phrases takes the text for an order to a model, as sure as its place demands: nothing honest is
/// drawn without ink, while comments and titles are full of what people tell each other.
fn is_steering(inside: &str, opens: Opens, sheet: bool) -> bool {
    let said = said(inside, opens);
    let least = match opens {
        Opens::Terminal => return false,
        Opens::Group | Opens::Inkless(_) => 0.5,
        Opens::Style | Opens::Inline if !sheet && !is_quiet(inside) => 1.0,
        Opens::Comment("\n") => 1.0,
        Opens::Comment(_) | Opens::TexComment | Opens::Style => 1.5,
        Opens::Data("</script") => 3.0,
        _ => 2.0,
    };
    let said = said.trim();
    let words = said.split_whitespace().take(MANY_WORDS).count();
    let enough = words >= 4 || !said.is_ascii() && said.chars().count() >= 10;
    // What developers leave for each other begins so.
    let note = ["TODO", "Todo", "FIXME", "XXX", "HACK"].iter().any(|mark| said.contains(mark))
        || ["copyright", "Copyright", "icence", "icense"].iter().any(|word| said.contains(word));
    let least = least + if note { 1.5 } else { 0.0 };
    // What is folded away is read by people, too: lists of contents, logs, code.
    let folded =
        opens == Opens::Folded && (words >= FOLDED_WORDS || inside.contains("<li") || !said.contains(['.', '!', '。']));
    if !enough || folded || said.contains("```") || is_settings(said) || is_drawing(said) {
        return false;
    }
    // Of a long text, the paragraph that is one.
    let mut parts = said.split("\n\n").take(16);
    if words < MANY_WORDS { ordered(said) > least } else { parts.any(|part| ordered(part) > least + 1.5) }
}

/// Words from which on a text is judged by its paragraphs.
const MANY_WORDS: usize = 80;

/// Words up to which what is folded away is judged.
const FOLDED_WORDS: usize = 60;

/// Whether most lines are names with values: data about a page, no sentences.
fn is_settings(said: &str) -> bool {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_setting = |line: &&str| {
        let name = line.trim_start_matches(['-', ' ']).split([':', '=']).next().unwrap_or_default();
        name.len() < line.len() && !name.is_empty() && !name.contains(char::is_whitespace)
    };
    lines().count() >= 3 && lines().filter(is_setting).count() * 2 >= lines().count()
}

/// The text of an element without its tags, and what its fields hold.
fn content(inside: &str) -> String {
    let mut said = String::with_capacity(inside.len());
    for (index, piece) in inside.split('<').enumerate() {
        // What stands before the first tag is a part of it; a sign of less is none.
        let is_tag = index > 0 && piece.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        let (tag, text) = match piece.split_once('>') {
            Some((tag, text)) if is_tag || index == 0 => (tag, text),
            None if is_tag || index == 0 => (piece, ""),
            _ => ("", piece),
        };
        for name in ["value=", "placeholder="] {
            let quoted = tag.split_once(name).and_then(|(_, rest)| Some((rest.chars().next()?, rest.get(1..)?)));
            said.push_str(quoted.and_then(|(quote, rest)| rest.split(quote).next()).unwrap_or_default());
            said.push(' ');
        }
        said.push_str(text);
        said.push(' ');
    }
    said
}

/// Whether a model is called by its name: `Assistant, …`, `language models reading this must …`. What a reader sees
/// under the mouse speaks of one.
fn is_called(text: &str) -> bool {
    let lower = text.to_lowercase();
    let called = |mark: &str| {
        lower.split_once(mark).is_some_and(|(who, _)| who.split_whitespace().count() <= 4 && names_model(who))
    };
    [", ", ":"].iter().any(|mark| called(mark))
        || [" must ", " should ", " shall "].iter().any(|word| lower.contains(word))
}

/// Whether somebody is spoken to, not only of.
fn addresses(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = [
        "you ",
        "your ",
        " must ",
        " should ",
        "please ",
        " shall ",
        "assistant:",
        "assistants:",
        "agents:",
        "ai:",
        "llm:",
    ];
    let called = |mark: &str| lower.split_once(mark).is_some_and(|(who, _)| who.len() < 60 && names_model(who));
    // `Claude push the tokens`, `for AI agents send the file`.
    let mut before = "";
    let mut told = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        let told = is_verb(word.trim_end_matches('s')) && names_model(before);
        before = word;
        told
    });
    words.iter().any(|word| lower.contains(word))
        || [", ", ":"].iter().any(|mark| called(mark))
        || told.any(|told| told)
        || orders_model(text)
}
