//! The binary as a user runs it.

#[path = "../../../source/tests/remote/server.rs"]
#[allow(dead_code, reason = "the moods are for the tests of `source`")]
mod server;

mod cli;
mod examples;
mod inspect;
mod project;
mod remote;

use std::path::Path;

/// The binary in a folder, without the caller's configuration.
fn redan(folder: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_redan"));
    command.current_dir(folder);
    for (name, _) in std::env::vars() {
        if name.starts_with("REDAN_") || name.starts_with("AWS_") || name.starts_with("HF_") {
            command.env_remove(name);
        }
    }
    command
}

/// Builds a file from a description.
fn put(folder: &Path, name: &str, kind: &str, body: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, redan_artifact::fixture::build(kind, body).unwrap()).unwrap();
}

/// JSON on stdout, with the exit code.
fn json(command: &mut assert_cmd::Command) -> (i32, serde_json::Value) {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let value =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), value)
}
