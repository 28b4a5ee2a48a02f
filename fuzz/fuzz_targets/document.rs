//! JSON, YAML, TOML, and the languages of infrastructure that are read by hand.
#![no_main]

use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["main.tf", "terraform.tfvars", "main.bicep", "stack.yaml", "plan.json", "values.toml"];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let _ = redan_document::json(&text);
    let _ = redan_document::yaml(&text);
    let _ = redan_document::toml(&text);
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let _ = redan_scan::infra::examine(&[(name, &text)]);
});
