//! Source texts of every language: read, lowered and followed.
#![no_main]

use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] =
    &["a.py", "a.js", "a.ts", "a.tsx", "A.java", "a.go", "a.rs", "a.c", "a.cpp", "A.cs", "a.php"];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let _ = redan_code::flows(name, &text);
    let _ = redan_code::lines::look(name, 0, &text);
});
