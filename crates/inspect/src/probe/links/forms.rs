//! Forms of HTML that are filled already: what they hold is sent when somebody presses their button.

use super::data::Data;
use super::host::Host;
use super::html::Tag;
use super::judge::Reach;
use super::record;
use super::shape::{has_number, is_labelled};
use super::url::{Url, clean};
use super::words::{is_conversation, is_private};
use super::{Category, Detection, Scene};

/// Fields that tell a service for forms what to do with the others.
const SETTINGS: &[&str] = &[
    "autoresponse",
    "cc",
    "captcha",
    "from_name",
    "gotcha",
    "next",
    "redirect",
    "replyto",
    "subject",
    "template",
    "thanks",
];

/// Longest text of a `<textarea>` that is looked at, in bytes.
const LONGEST: usize = 4096;

/// Reports forms that send what nobody typed to another host.
pub(super) fn judge(scene: &Scene<'_>, tags: &[Tag], found: &mut Vec<Detection>) {
    let text = scene.text;
    // A script presses the button of one of them.
    let pressed = memchr::memmem::find(text.as_bytes(), b"ubmit()").is_some();
    for (at, form) in tags.iter().enumerate().filter(|(_, tag)| tag.name == "form") {
        let rest = tags.get(at + 1..).unwrap_or_default();
        let fields = || rest.iter().take_while(|tag| tag.name != "form").take(100);
        let own = form.value("action", text).into_iter();
        let buttons = fields().filter_map(|tag| tag.value("formaction", text));
        let foreign = own.chain(buttons).find_map(|action| {
            let action = clean(action);
            let url = Url::parse(&action)?;
            let away =
                !scene.trusts(&url.host) && !matches!(Host::of(&url.host), Host::Known | Host::Local | Host::Loopback);
            away.then(|| url.host.to_string())
        });
        let Some(host) = foreign else { continue };
        // Settings of services for forms.
        let own = |name: &str| SETTINGS.contains(&name.trim_start_matches('_'));
        let values: Vec<(&str, &str)> =
            fields().filter_map(|tag| filled(text, tag, pressed)).filter(|(name, _)| !own(name)).collect();
        let telling = values.iter().any(|(name, value)| match Data::of(value) {
            Some(Data::Sentence(4..) | Data::Personal | Data::Credential | Data::Encoded(9..)) => true,
            Some(Data::Sentence(_)) => is_private(name) || is_labelled(value) || pressed && has_number(value),
            Some(Data::Plain) => is_labelled(value),
            // Whoever builds a form has tokens put in, and nothing that was said.
            Some(Data::Hole) => is_conversation(value),
            _ => false,
        });
        if telling || record::of(values.iter().copied(), Reach::Clicked).is_some() {
            let evidence = format!("a form on {host} carries what nobody typed");
            scene.report("exfiltration-html", Category::Exfiltration, form.span.clone(), 0.65, evidence, found);
        }
    }
}

/// Name and value of a field that nobody sees, or that holds a credential.
fn filled<'a>(text: &'a str, tag: &Tag, pressed: bool) -> Option<(&'a str, &'a str)> {
    let name = tag.value("name", text).unwrap_or_default();
    match tag.name.as_str() {
        "input" => {
            let value = tag.value("value", text)?;
            let hidden = tag.value("type", text).is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"));
            // Nobody types a credential in advance.
            (hidden || matches!(Data::of(value), Some(Data::Credential | Data::Encoded(9..)))).then_some((name, value))
        }
        "textarea" => {
            let style = tag.value("style", text).unwrap_or_default();
            let hidden = tag.value("hidden", text).is_some() || style.contains("none") || style.contains("hidden");
            let rest = text.as_bytes().get(tag.span.end..)?;
            let len = rest.iter().take(LONGEST).position(|byte| *byte == b'<')?;
            let content = text.get(tag.span.end..tag.span.end + len)?;
            // What stands there for everybody tells no number.
            (hidden || pressed && has_number(content)).then_some((name, content))
        }
        _ => None,
    }
}
