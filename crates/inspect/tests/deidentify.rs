//! What is taken out of a text, and what comes back.

use proptest::prelude::*;
use redan_inspect::deidentify::{Ids, Keys, Operator, Policy, Restorer, Session, Vault, VaultError, VaultFile};
use redan_inspect::{Category, Context, Detection, Inspector, Options, View};

fn keys(scope: &str) -> Keys {
    Keys::new(&[9; 32], scope)
}

fn session(operator: Operator, ids: Ids) -> Session {
    Session::with_vault(Policy::all(operator), Vault::new(keys("t"), ids))
}

fn detection(kind: &str, span: std::ops::Range<usize>, score: f32) -> Detection {
    let category =
        if kind.chars().all(|c| c.is_uppercase() || c == '_') { Category::Personal } else { Category::Secret };
    Detection {
        kind: kind.into(),
        detector: kind.into(),
        category,
        span,
        score,
        view: View::Raw,
        evidence: String::new(),
    }
}

/// Marks every occurrence of a value.
fn marked(text: &str, kind: &str, value: &str) -> Vec<Detection> {
    text.match_indices(value).map(|(at, _)| detection(kind, at..at + value.len(), 0.9)).collect()
}

#[test]
fn one_operator_each() {
    let text = "card 4111 1111 1111 1111.";
    let found = [detection("CREDIT_CARD", 5..24, 0.9)];
    let table = [
        (Operator::Keep, "card 4111 1111 1111 1111."),
        (Operator::Redact, "card <CREDIT_CARD>."),
        (Operator::Block, "card <CREDIT_CARD>."),
        (Operator::Mask { first: 0, last: 4, with: '*' }, "card **** **** **** 1111."),
        (Operator::Surrogate, "card <CREDIT_CARD>."),
    ];
    for (operator, expected) in table {
        let blocked = operator == Operator::Block;
        let done = session(operator, Ids::Keyed).deidentify(text, &found);
        assert_eq!((done.text.as_str(), done.blocked), (expected, blocked));
    }
    let hashed = session(Operator::Hash, Ids::Keyed).deidentify(text, &found).text;
    assert_eq!(hashed.len(), "card <CREDIT_CARD:0123456789abcdef>.".len());
    let mut other = Session::with_vault(Policy::all(Operator::Hash), Vault::new(keys("u"), Ids::Keyed));
    assert_ne!(other.deidentify(text, &found).text, hashed, "another tenant");
    assert!(matches!(Session::new(Policy::all(Operator::Hash)), Err(VaultError::NeedsKeys(_))));
    let mut kept = session(Operator::FormatPreserving { first: 6, last: 4 }, Ids::Keyed);
    let done = kept.deidentify(text, &found);
    let new = &done.text[done.replacements[0].new.clone()];
    assert_eq!(kept.decrypt("CREDIT_CARD", new).as_deref(), Some("4111 1111 1111 1111"));
}

#[test]
fn overlapping_and_adjacent_spans() {
    let text = "0123456789";
    let table: [(&[Detection], &str); 5] = [
        (&[detection("A", 0..3, 0.5), detection("B", 3..5, 0.5)], "<A><B>56789"),
        (&[detection("A", 0..6, 0.5), detection("B", 4..8, 0.9)], "<A>89"),
        (&[detection("A", 1..9, 0.5), detection("B", 2..3, 0.9), detection("C", 5..6, 0.9)], "0<A>9"),
        (&[detection("A", 2..4, 0.5), detection("B", 2..4, 0.9)], "01<B>456789"),
        (&[detection("A", 8..40, 0.5), detection("B", 3..3, 0.5)], "01234567<A>"),
    ];
    for (found, expected) in table {
        assert_eq!(Session::new(Policy::default()).unwrap().deidentify(text, found).text, expected);
    }
    let inside = Session::new(Policy::default()).unwrap().deidentify("aé日b", &[detection("A", 2..4, 0.5)]).text;
    assert_eq!(inside, "a<A>b", "a span inside a character takes all of it");
}

#[test]
fn observations_are_kept_unless_named() {
    let mut seen = detection("hidden-text", 0..3, 0.9);
    seen.category = Category::Hidden;
    let done = |policy: Policy| Session::new(policy).unwrap().deidentify("abc", std::slice::from_ref(&seen)).text;
    assert_eq!(done(Policy::default()), "abc");
    assert_eq!(done(Policy::default().with("hidden", Operator::Redact)), "<HIDDEN_TEXT>");
}

#[test]
fn one_value_one_placeholder_through_a_conversation() {
    for ids in [Ids::Keyed, Ids::Numbered] {
        let mut session = session(Operator::Placeholder, ids);
        let first = session.deidentify("to Jane@Example.com", &[detection("EMAIL_ADDRESS", 3..19, 0.9)]).text;
        let again = session.deidentify("to jane@example.com", &[detection("EMAIL_ADDRESS", 3..19, 0.9)]).text;
        let other = session.deidentify("to john@example.com", &[detection("EMAIL_ADDRESS", 3..19, 0.9)]).text;
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert_eq!(session.restore(&again).unwrap(), "to Jane@Example.com");
        assert_eq!(session.vault().unwrap().len(), 2);
    }
}

#[test]
fn however_a_model_spells_it() {
    let mut session = session(Operator::Placeholder, Ids::Numbered);
    for (at, value) in ["a@x.org", "b@x.org", "c@x.org"].iter().enumerate() {
        let name = session.deidentify(value, &marked(value, "EMAIL_ADDRESS", value)).text;
        assert_eq!(name, format!("<EMAIL_ADDRESS_{}>", at + 1));
    }
    let table = [
        ("<EMAIL_ADDRESS_3>", "c@x.org"),
        ("email_address_3", "c@x.org"),
        ("< EMAIL ADDRESS 3 >", "c@x.org"),
        ("**EMAIL_ADDRESS_3**", "**c@x.org**"),
        ("&lt;EMAIL_ADDRESS_3&gt;", "c@x.org"),
        ("<EMAIL_\nADDRESS_3>", "c@x.org"),
        ("\\u003cEMAIL_ADDRESS_3\\u003E", "c@x.org"),
        ("EMAIL\\_ADDRESS\\_3", "c@x.org"),
        ("[Email-Address-3]", "c@x.org"),
        ("{{EMAIL_ADDRESS_3}}", "c@x.org"),
        ("<EMAIL_ADDRESSES_3>", "c@x.org"),
        ("`EMAIL_ADDRESS_3`'s", "`c@x.org`'s"),
        ("<EMAIL_ADDRESS_3", "<c@x.org"),
        ("<EMAIL_ADDRESS_1><EMAIL_ADDRESS_2>", "a@x.orgb@x.org"),
        // None of these is one.
        ("<EMAIL_ADDRESS_31>", "<EMAIL_ADDRESS_31>"),
        ("<EMAIL_ADDRESS_4>", "<EMAIL_ADDRESS_4>"),
        ("<PHONE_NUMBER_1>", "<PHONE_NUMBER_1>"),
        ("use the email address 3 times", "use the email address 3 times"),
        ("MY_EMAIL_ADDRESSX_3", "MY_EMAIL_ADDRESSX_3"),
        ("WEMAIL_ADDRESS_3", "WEMAIL_ADDRESS_3"),
        ("<EMAIL_ADDRESS>", "<EMAIL_ADDRESS>"),
        ("<EMAIL ......... ADDRESS 3>", "<EMAIL ......... ADDRESS 3>"),
    ];
    for (text, expected) in table {
        assert_eq!(session.restore(text).unwrap(), expected);
        for size in 1..text.len() {
            let mut restorer = Restorer::new(session.vault().unwrap());
            let mut out = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                out.extend(restorer.push(chunk).unwrap());
            }
            out.extend(restorer.finish().unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{text} in chunks of {size}");
        }
    }
}

#[test]
fn nobody_gets_a_value_by_writing_its_placeholder() {
    for ids in [Ids::Keyed, Ids::Numbered] {
        let mut session = session(Operator::Placeholder, ids);
        // Before there is one.
        let planted = "send it to <EMAIL_ADDRESS_1> and email_address_2";
        let sent = session.deidentify(planted, &[]).text;
        let name = session.deidentify("a@x.org", &marked("a@x.org", "EMAIL_ADDRESS", "a@x.org")).text;
        assert!(!planted.contains(name.as_str()));
        assert_eq!(session.restore(&sent).unwrap(), planted);
        // When there is one.
        let planted = format!("send it to {name} or {}", name.to_lowercase());
        let sent = session.deidentify(&planted, &[]).text;
        assert!(!sent.contains(name.as_str()), "{sent}");
        assert_eq!(session.restore(&sent).unwrap(), planted);
    }
}

#[test]
fn a_vault_is_stored_without_values_and_opens_for_its_owner_only() {
    let mut session = session(Operator::Placeholder, Ids::Numbered);
    let text = "jane@example.com, 460-89-9847";
    let found = [detection("EMAIL_ADDRESS", 0..16, 0.9), detection("US_SSN", 18..29, 0.9)];
    let sent = session.deidentify(text, &found).text;
    let file = session.vault().unwrap().file().unwrap();
    let stored = serde_json::to_string(&file).unwrap();
    assert!(!stored.contains("jane") && !stored.contains("9847"));
    let opened = Vault::open(serde_json::from_str(&stored).unwrap(), keys("t")).unwrap();
    let mut again = Session::with_vault(Policy::all(Operator::Placeholder), opened);
    assert_eq!(again.restore(&sent).unwrap(), text);
    assert_eq!(again.deidentify(text, &found).text, sent, "the same names after it was stored");
    assert_eq!(Vault::open(file.clone(), keys("u")).unwrap_err(), VaultError::Seal, "another scope");
    assert_eq!(Vault::open(file, Keys::new(&[8; 32], "t")).unwrap_err(), VaultError::Seal, "another key");
    // Every single change is noticed.
    for at in 0..stored.len() {
        let mut changed = stored.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let Ok(file) = serde_json::from_slice::<VaultFile>(&changed) else { continue };
        assert!(Vault::open(file, keys("t")).is_err(), "byte {at}");
    }
}

#[test]
fn values_of_json_only() {
    let inspector = Inspector::new(Options::default()).unwrap();
    let mut session = Session::new(Policy::default()).unwrap();
    let table = [
        (
            r#"{ "a@x.org" : "to b@x.org \"now\"" , "n": 1.50e3}"#,
            r#"{ "a@x.org" : "to <EMAIL_ADDRESS> \"now\"" , "n": 1.50e3}"#,
        ),
        (r"[4111111111111111, true]", r#"["<CREDIT_CARD>", true]"#),
        (r#""\u00e9 stays""#, r#""\u00e9 stays""#),
    ];
    for (text, expected) in table {
        let done = session.deidentify_json(&inspector, &Context::default(), text).unwrap();
        assert_eq!(done, expected);
        serde_json::from_str::<serde_json::Value>(&done).unwrap();
    }
    assert!(session.deidentify_json(&inspector, &Context::default(), "{").is_err());
}

#[test]
fn restored_values_are_escaped_in_json() {
    let mut session = session(Operator::Placeholder, Ids::Keyed);
    let value = "pass\"word\\";
    let name = session.deidentify(value, &marked(value, "password", value)).text;
    let mut restorer = Restorer::new(session.vault().unwrap()).json();
    let mut out = restorer.push(format!("{{\"p\":\"{name}\"}}").as_bytes()).unwrap();
    out.extend(restorer.finish().unwrap());
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).unwrap()["p"], value);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_replaced_comes_back(
        parts in proptest::collection::vec(("[ -~é日]{0,12}", "[ -~é日]{1,12}"), 0..12),
        numbered in any::<bool>(),
    ) {
        let (mut text, mut found) = (String::new(), Vec::new());
        for (at, (between, value)) in parts.iter().enumerate() {
            text.push_str(between);
            // Values of their own, so that none is normalised to another's spelling.
            let value = format!("{value}#{at}");
            found.push(detection("THING", text.len()..text.len() + value.len(), 0.9));
            text.push_str(&value);
        }
        let ids = if numbered { Ids::Numbered } else { Ids::Keyed };
        let mut session = session(Operator::Placeholder, ids);
        let done = session.deidentify(&text, &found);
        for replacement in &done.replacements {
            prop_assert!(done.text[replacement.new.clone()].starts_with('<'));
        }
        prop_assert_eq!(session.restore(&done.text).unwrap(), text);
    }

    #[test]
    fn restoring_survives_anything(text in "(<|&lt;|EMAIL|_|ADDRESS|1|2| |\\n|>|&gt;|\\{|\\\\|u003c|x|\\*){0,40}", size in 1_usize..9) {
        let mut session = session(Operator::Placeholder, Ids::Numbered);
        session.deidentify("a@x.org", &marked("a@x.org", "EMAIL_ADDRESS", "a@x.org"));
        let whole = session.restore(&text).unwrap();
        let mut restorer = Restorer::new(session.vault().unwrap());
        let mut out = Vec::new();
        for chunk in text.as_bytes().chunks(size) {
            out.extend(restorer.push(chunk).unwrap());
        }
        out.extend(restorer.finish().unwrap());
        prop_assert_eq!(String::from_utf8(out).unwrap(), whole);
    }
}
