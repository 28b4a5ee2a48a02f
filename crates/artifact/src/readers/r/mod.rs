//! R serialisation (`.rds`, `.rda`): objects, environments, closures and promises.
//!
//! Loading evaluates nothing by itself, but a promise is evaluated the moment somebody touches the variable
//! it hides behind (CVE-2024-27322), and closures and calls run when the model is used.

mod source;
mod suspects;
mod walk;

use redan_domain::ReadAt;

use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

use self::source::Source;

facts! {
    /// A promise where data belongs, or a promise that calls what touches the system.
    PROMISE = "r-promise";
    /// A closure or a call that starts programs, loads native code or uses the network.
    CODE = "r-code";
    /// A closure or a call that evaluates text or reads code from a file.
    EVALUATES = "r-evaluates";
    /// Not what the format prescribes.
    INVALID = "r-invalid";
}

pub(crate) struct R;

/// How numbers are written, and where the first of them stands.
fn encoding(bytes: &[u8]) -> Option<(source::Encoding, usize, bool)> {
    let (workspace, start) = match bytes.get(..5) {
        Some(b"RDX2\n" | b"RDX3\n" | b"RDA2\n" | b"RDA3\n" | b"RDB2\n" | b"RDB3\n") => (true, 5),
        _ => (false, 0),
    };
    let encoding = match bytes.get(start..start + 2)? {
        b"X\n" => source::Encoding::BigEndian,
        b"B\n" => source::Encoding::LittleEndian,
        b"A\n" => source::Encoding::Text,
        _ => return None,
    };
    Some((encoding, start + 2, workspace))
}

impl Reader for R {
    fn format(&self) -> &'static str {
        "r-serialised"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let Some((encoding, start, workspace)) = encoding(head.bytes) else { return Match::No };
        let mut source = Source::new(head.input(), start as u64, encoding);
        let version = source.int();
        let writer = source.int().unwrap_or(0);
        match version {
            Some(2 | 3) if workspace || (0x0001_0000..0x0010_0000).contains(&writer) => Match::Yes,
            _ if workspace => Match::Yes,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, 16).unwrap_or_default();
        let Some((encoding, start, workspace)) = encoding(&head) else { return };
        if workspace {
            cx.artifact.format = "r-workspace";
        }
        let mut source = Source::new(input, start as u64, encoding);
        let version = source.int();
        let writer = source.int();
        let _oldest_reader = source.int();
        match (version, writer) {
            (Some(2), Some(_)) => {}
            (Some(3), Some(_)) => {
                let name = source.int().and_then(|len| source.string(i64::from(len)));
                cx.artifact.contents.meta("native_encoding", &name.unwrap_or_default());
            }
            _ => return invalid(cx, &source, "the version is not 2 or 3"),
        }
        if let Some(writer) = writer {
            let text = format!("{}.{}.{}", writer >> 16, writer >> 8 & 0xff, writer & 0xff);
            cx.artifact.contents.meta("r_version", &text);
        }
        let mut walk = walk::Walk::new(source, cx);
        let result = walk.run();
        let source = walk.source;
        if let Err(problem) = result {
            invalid(cx, &source, problem);
        }
    }
}

fn invalid(cx: &mut Cx<'_>, source: &Source<'_>, problem: &str) {
    let at = source.position();
    let message = format!("{problem} at byte {at}");
    cx.fact(Fact::new(INVALID, problem, &message).at(at, 1));
    cx.incomplete(message);
}

#[cfg(test)]
mod tests;
