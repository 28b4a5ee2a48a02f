//! The binary: arguments in, exit code out.
#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Also of the parsers in C: a scan asks for memory a hundred million times.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    redan::run(std::env::args_os())
}
