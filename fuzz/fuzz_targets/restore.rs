//! What a model made of placeholders: however it is cut, the same is restored.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_inspect::fuzz;

fuzz_target!(|data: &[u8]| fuzz::restore(data));
