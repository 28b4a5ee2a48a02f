//! Every check of a value with any text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| redan_inspect::fuzz::checks(data));
