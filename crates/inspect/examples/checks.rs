//! What the checks say of values, to compare them with other implementations.
//!
//! Reads lines `NAME<TAB>VALUE` and writes `1` or `0` for each, or `?` where there is no such check.
//! `bench/inspect/check_numbers.py` asks it.

use std::io::{BufRead, Write};

use redan_inspect::check::Check;

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (name, value) = line.split_once('\t').unwrap_or((&line, ""));
        let check = Check::ALL.iter().find(|check| check.name() == name);
        let answer = check.map_or("?", |check| if check.holds(value) { "1" } else { "0" });
        writeln!(out, "{answer}")?;
    }
    out.flush()
}
