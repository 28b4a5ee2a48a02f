//! Text that a model streams: however it is cut, the same comes out, and no more is held than may be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_inspect::fuzz;

fuzz_target!(|data: &[u8]| fuzz::stream(data));
