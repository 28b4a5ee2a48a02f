//! No arguments: a short tour instead of an error.

use crate::Exit;

/// Prints the tour.
pub(crate) fn run() -> Exit {
    let rules = redan_scan::rules().len();
    anstream::println!(
        "\x1b[1mredan\x1b[0m {} does the work of an AI security engineer: offline, in one binary.

  \x1b[1mredan demo\x1b[0m                 write a few honest and hostile model files and scan them
  \x1b[1mredan scan FOLDER\x1b[0m          say what loading the model files in a folder would do
  \x1b[1mredan scan . -o r.html\x1b[0m     the same as a report to show; .sarif .json .md .cdx.json work too
  \x1b[1mredan rules\x1b[0m                the {rules} rules it knows
  \x1b[1mredan explain RULE\x1b[0m         what a rule finds, why it matters, how to fix it

Nothing is ever loaded, run or sent anywhere. `redan --help` lists every command.",
        env!("CARGO_PKG_VERSION")
    );
    Exit::Clean
}
