//! Infrastructure files of every syntax: the name decides which reader looks.
#![no_main]

use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["main.tf", "main.bicep", "template.yaml", "plan.json", "templates/x.yaml", "compose.yaml"];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let _ = redan_scan::infra::examine(&[(name, &text)]);
});
