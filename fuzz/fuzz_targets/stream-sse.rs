//! Frames of a model API: however they are cut, the same comes out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_inspect::fuzz;

fuzz_target!(|data: &[u8]| fuzz::sse(data));
