//! What a stream lets go of, for every way to cut its text.

use std::sync::Arc;

use proptest::prelude::*;
use redan_inspect::deidentify::{Ids, Keys, Operator, Policy, Session, Vault};
use redan_inspect::detectors::expand;
use redan_inspect::stream::{HOLD, Stream, Syntax};
use redan_inspect::{Category, Channel, Context, Inspector, Options, Spec};

const CUSTOM: &str =
    "kind: US_SSN\ndigits: 9\npattern: \\d{3}[- ]?\\d{2}[- ]?\\d{4}\\b\ncontext: ssn, social security\nscore: 0.3, 0.9";

fn inspector() -> Arc<Inspector> {
    static ONE: std::sync::OnceLock<Arc<Inspector>> = std::sync::OnceLock::new();
    Arc::clone(ONE.get_or_init(|| {
        let ssn = Spec::parse("test-ssn", Category::Personal, CUSTOM).unwrap();
        // Others than these are added all the time; the laws must not depend on them.
        let only = ["EMAIL_ADDRESS", "CREDIT_CARD", "anthropic-api-key", "US_SSN"].map(String::from).to_vec();
        Arc::new(Inspector::new(Options { custom: vec![ssn], only, ..Options::default() }).unwrap())
    }))
}

fn stream(syntax: Syntax) -> Stream<Session> {
    let session = Session::new(Policy::default()).unwrap();
    Stream::with_syntax(inspector(), Context::of(Channel::Output), session, syntax)
}

fn streamed<'a>(chunks: impl IntoIterator<Item = &'a [u8]>, syntax: Syntax) -> (Vec<u8>, Vec<(String, usize, usize)>) {
    let mut stream = stream(syntax);
    let mut out = Vec::new();
    for chunk in chunks {
        out.extend(stream.push(chunk));
        assert!(stream.held() <= HOLD, "{} bytes are held", stream.held());
    }
    out.extend(stream.finish());
    let found = stream.take_detections();
    (out, found.iter().map(|found| (found.kind.to_string(), found.span.start, found.span.end)).collect())
}

fn whole(text: &str) -> String {
    let found = inspector().inspect(text, &Context::of(Channel::Output)).detections;
    Session::new(Policy::default()).unwrap().deidentify(text, &found).text
}

fn key() -> String {
    expand("sk-ant-{{text:api03-}}{{base64url:93}}AA").unwrap()
}

/// Texts whose values are found within the hold.
fn texts() -> Vec<String> {
    let key = key();
    vec![
        String::new(),
        "plain words that flow at once".to_string(),
        "write to jane.doe@example.com or (john@example.org), please".to_string(),
        format!("export KEY={key}\nand then some more words follow"),
        "Karte 4111 1111 1111 1111 – für Zoë".to_string(),
        "my ssn is 460-89-9847 thanks".to_string(),
        "the number 460-89-9847 is not my phone, it is the social security number".to_string(),
        "460-89-9847 alone, and 4111-1111-1111-1112 without a check digit".to_string(),
        "日本語の文章です。連絡先は jane@example.com です。よろしくお願いします。".to_string(),
        "a@example.com,b@example.com;c@example.com a@example.com".to_string(),
        "{\"email\":\"jane@example.com\",\"n\":[1,2,3],\"card\":\"4111111111111111\"}".to_string(),
        format!("{} jane@example.com {}", "word ".repeat(100), "Word ".repeat(100)),
        format!("{}{key}{}", "lorem ipsum ".repeat(30), " dolor sit amet".repeat(30)),
    ]
}

#[test]
fn every_cut_in_two_gives_what_the_whole_text_gives() {
    for text in texts() {
        let expected = whole(&text);
        let (once, found) = streamed([text.as_bytes()], Syntax::Text);
        assert_eq!(String::from_utf8(once).unwrap(), expected);
        let inspected: Vec<_> = inspector().inspect(&text, &Context::of(Channel::Output)).detections;
        let inspected: Vec<_> = inspected.iter().map(|d| (d.kind.to_string(), d.span.start, d.span.end)).collect();
        assert_eq!(found, inspected, "{text:?}");
        for at in 0..=text.len() {
            let (a, b) = text.as_bytes().split_at(at);
            let (cut, cut_found) = streamed([a, b], Syntax::Text);
            assert_eq!(String::from_utf8(cut).unwrap(), expected, "cut at {at}");
            assert_eq!(cut_found, found, "cut at {at}");
        }
        let (bytes, _) = streamed(text.as_bytes().chunks(1), Syntax::Text);
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}

#[test]
fn no_byte_of_a_value_is_given_before_it_is_known() {
    for value in ["jane.doe@example.com".to_string(), key(), "4111 1111 1111 1111".to_string()] {
        let text = format!("here it comes: {value}");
        for cut in 0..=text.len() {
            let mut stream = stream(Syntax::Text);
            let early = stream.push(&text.as_bytes()[..cut]);
            assert!("here it comes: ".starts_with(std::str::from_utf8(&early).unwrap()), "{early:?}");
        }
    }
}

#[test]
fn what_is_longer_than_the_hold_is_swallowed_to_its_end() {
    let pem = |label: &str, lines: usize| {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n";
        format!("-----{label} RSA PRIVATE KEY-----\n{}-----END RSA PRIVATE KEY-----", line.repeat(lines))
    };
    let header = ["BEGIN", ""].concat();
    let long = expand("sk-ant-{{text:api03-}}{{base64url:250}}").unwrap();
    let table = [
        (format!("x {} y", pem(&header, 30)), "x <PRIVATE_KEY> y".to_string()),
        (format!("x {}\nbroken off", pem(&header, 30).replace("-----END RSA", "")), "x <PRIVATE_KEY>".to_string()),
        (format!("x -----{header} PUBLIC KEY----- {}", "word ".repeat(90)), String::new()),
        (format!("the line -----{header} PRIVATE KEY----- stands before {}", "a few words ".repeat(40)), String::new()),
        (format!("x {} y", pem(&header, 30).replace("KEY-----", "KEY BLOCK-----")), "x <PRIVATE_KEY> y".to_string()),
        (format!("k={long}{} then", "A".repeat(1_000)), "k=<ANTHROPIC_API_KEY> then".to_string()),
        (format!("k=\"{long}\"; more words"), "k=\"<ANTHROPIC_API_KEY>\"; more words".to_string()),
        (format!("a {} b", "Q7x".repeat(350_000)), String::new()),
        (format!("-----{header} {}", "x".repeat(100_000)), String::new()),
    ];
    for (text, expected) in table {
        let expected = if expected.is_empty() { text.clone() } else { expected };
        for size in [1, 3, 7, 1 << 21] {
            let (out, _) = streamed(text.as_bytes().chunks(size), Syntax::Text);
            let out = String::from_utf8(out).unwrap();
            assert!(out == expected, "{out:.300}\n{text:.300}");
        }
    }
}

#[test]
fn bytes_that_are_no_text_pass() {
    let hostile: Vec<u8> = (0..=255).chain([0xe2, 0x82, b'a', 0xf0, 0x9f, 0x98]).collect();
    let mut text = b"a@example.com ".to_vec();
    text.extend(&hostile);
    for size in [1, 2, 5, 1000] {
        let (out, _) = streamed(text.chunks(size), Syntax::Text);
        assert_eq!(out, [b"<EMAIL_ADDRESS> ", &hostile[..]].concat());
    }
}

#[test]
fn json_stays_json() {
    let table = [
        (r#"{"to":"\njane@example.com\n","n":1}"#, r#"{"to":"\n<EMAIL_ADDRESS>\n","n":1}"#),
        (r#"{"card":4111111111111111}"#, r#"{"card":"<CREDIT_CARD>"}"#),
        (r#"{"card":"4111 1111 1111 1111"}"#, r#"{"card":"<CREDIT_CARD>"}"#),
        (r#"{"a":"jan\u0065@example.com \ud83d\ude00 \ud83d"}"#, r#"{"a":"<EMAIL_ADDRESS> \ud83d\ude00 \ud83d"}"#),
        (r#"{"a":"say \"jane@example.com\""}"#, r#"{"a":"say \"<EMAIL_ADDRESS>\""}"#),
        (r#"{"a":"x","b":"#, r#"{"a":"x","b":"#),
    ];
    for (text, expected) in table {
        for size in 1..=text.len() {
            let (out, _) = streamed(text.as_bytes().chunks(size), Syntax::Json);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "in chunks of {size}");
        }
    }
}

#[test]
fn a_blocked_stream_ends_before_the_value() {
    let policy = Policy::default().with("EMAIL_ADDRESS", Operator::Block);
    let session = Session::new(policy).unwrap();
    let mut stream = Stream::new(inspector(), Context::of(Channel::Output), session);
    let mut out = stream.push(b"it is jane@example.com and so on");
    out.extend(stream.finish());
    assert_eq!(out, b"it is ");
    assert_eq!(stream.blocked().unwrap().span, 6..22);
    assert!(stream.push(b"more").is_empty());
}

#[test]
fn placeholders_of_a_stream_are_those_of_the_conversation() {
    let vault = Vault::new(Keys::new(&[1; 32], "s"), Ids::Keyed);
    let mut session = Session::with_vault(Policy::all(Operator::Placeholder), vault);
    let found = inspector().inspect("Jane@example.com", &Context::default()).detections;
    let first = session.deidentify("Jane@example.com", &found).text;
    let mut stream = Stream::new(inspector(), Context::default(), &mut session);
    let mut out = stream.push(b"so it is jane@EXAMPLE.com");
    out.extend(stream.finish());
    assert_eq!(String::from_utf8(out).unwrap(), format!("so it is {first}"));
}

/// Words, values and odd characters in any order.
fn mixture() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-z]{1,9}".prop_map(|word| word),
        1 => "[A-Z][a-z]{1,9}",
        1 => "[0-9]{1,5}",
        2 => Just("jane.doe@example.com".to_string()),
        1 => Just("4111 1111 1111 1111".to_string()),
        1 => Just("460-89-9847".to_string()),
        1 => Just("ssn".to_string()),
        1 => Just(key()),
        1 => Just("日本語、".to_string()),
        1 => Just("😀é\u{200b}".to_string()),
        1 => "[\"(){},;<>@:=\\\\/ \n-]{1,3}",
    ];
    proptest::collection::vec((part, "[ \n,.]{1,2}"), 0..40)
        .prop_map(|parts| parts.into_iter().map(|(part, between)| part + &between).collect())
}

fn cut<'a>(bytes: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    let mut rest = bytes;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn chunks_do_not_matter(text in mixture(), sizes in proptest::collection::vec(1_usize..40, 1..9)) {
        let once = streamed([text.as_bytes()], Syntax::Text);
        prop_assert_eq!(&streamed(cut(text.as_bytes(), &sizes), Syntax::Text), &once);
        prop_assert_eq!(String::from_utf8(once.0).unwrap(), whole(&text));
    }

    #[test]
    fn chunks_of_any_bytes_do_not_matter(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'\\'), Just(b'u'), Just(b'd')], 0..600),
        sizes in proptest::collection::vec(1_usize..40, 1..9),
    ) {
        for syntax in [Syntax::Text, Syntax::Json] {
            let once = streamed([&bytes[..]], syntax);
            prop_assert_eq!(&streamed(cut(&bytes, &sizes), syntax), &once);
            if once.1.is_empty() {
                prop_assert_eq!(&once.0, &bytes);
            }
        }
    }
}
