//! What is written is valid by the official schemas, where they are at hand, and by our own.

use std::path::PathBuf;

use jsonschema::Registry;
use redan_report::{Format, json_schema};
use serde_json::Value;

use crate::plain;

/// An official schema from the folder beside the checkout.
fn official(path: &str) -> Option<Value> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas").join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            eprintln!("SKIPPED: {} cannot be read ({error}), so this output was not validated", file.display());
            None
        }
    }
}

fn value(format: Format) -> Value {
    serde_json::from_str(&plain(format)).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_is_valid_by_its_own_schema() {
    let validator = jsonschema::draft202012::new(&json_schema()).unwrap();
    let mut document = value(Format::Json);
    assert_valid(&validator, &document);
    let severity = document.pointer_mut("/files/0/findings/0/severity").unwrap();
    *severity = "dreadful".into();
    assert!(!validator.is_valid(&document), "an unknown severity");
    let mut document = value(Format::Json);
    document.as_object_mut().unwrap().remove("coverage");
    assert!(!validator.is_valid(&document), "no coverage");
}

#[test]
fn sarif_is_valid_by_the_official_schema() {
    let Some(schema) = official("sarif/sarif-schema-2.1.0.json") else { return };
    let validator = jsonschema::draft4::new(&schema).unwrap();
    assert_valid(&validator, &value(Format::Sarif));
}

#[test]
fn cyclonedx_is_valid_by_the_official_schema() {
    let names = ["bom-1.6", "jsf-0.82", "spdx"].map(|name| format!("cyclonedx/{name}.schema.json"));
    let [Some(schema), Some(signature), Some(licences)] = names.each_ref().map(|name| official(name)) else { return };
    let registry = Registry::new()
        .add("http://cyclonedx.org/schema/jsf-0.82.schema.json", signature)
        .unwrap()
        .add("http://cyclonedx.org/schema/spdx.schema.json", licences)
        .unwrap()
        .prepare()
        .unwrap();
    let validator = jsonschema::options().with_registry(&registry).build(&schema).unwrap();
    assert_valid(&validator, &value(Format::Cyclonedx));
}

#[test]
fn the_same_content_has_the_same_serial_number() {
    let number = |report: &redan_domain::ScanReport| {
        let text = crate::text(report, Format::Cyclonedx, redan_report::Style::default());
        serde_json::from_str::<Value>(&text).unwrap()["serialNumber"].clone()
    };
    let mut report = crate::sample::report();
    let first = number(&report);
    report.started = "2027-01-01T00:00:00Z".to_string();
    assert_eq!(number(&report), first);
    report.files[0].sha256 = None;
    assert_ne!(number(&report), first);
}
