//! A signature file that somebody else wrote.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_sign::{Bundle, Trust};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(bundle) = Bundle::parse(text) {
        assert!(bundle.open(&Trust::Certificates(b"no roots".to_vec())).is_err());
    }
});
