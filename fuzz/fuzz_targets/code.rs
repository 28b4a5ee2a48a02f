//! Source code that ships with a model.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_artifact::{Code, Language};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    for language in [Language::Python, Language::TorchScript] {
        let _ = redan_scan::code::examine(&Code { language, text: text.clone() }, &mut redan_scan::code::Budget::default());
    }
});
