//! One reader of `artifact`, chosen by the name of the binary.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_artifact::{Limits, Options, inspect_as};

fuzz_target!(|data: &[u8]| {
    let limits = Limits { expanded: 8 << 20, opcodes: 2_000_000, nodes: 500_000, members: 500, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    assert!(inspect_as(env!("CARGO_BIN_NAME"), &data, "fuzz", &options).is_some());
});
