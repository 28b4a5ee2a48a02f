//! Whatever the bytes are taken for, down to the findings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_scan::{Settings, scan_file};

fuzz_target!(|data: &[u8]| {
    let scan = scan_file("fuzz.bin", &data, &Settings::default());
    assert!(!scan.record.reasons.iter().any(|reason| reason.contains("please report it")), "{:?}", scan.record);
});
