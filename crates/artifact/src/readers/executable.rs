//! Programs: native code and scripts, recognised by what the system that would run them looks at.
//!
//! What a program does is not judged here; where it stands is: a program beside a model is one thing, a
//! program that calls itself a model or travels inside one is another.

use redan_domain::ReadAt;

use crate::artifact::Artifact;
use crate::bytes::Cursor;
use crate::head::Head;
use crate::readers::{Match, Reader, disguise};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// The file is a program or a native library.
    EXECUTABLE = "executable-file";
    /// The file is a program but is named like a model or like data.
    DISGUISED = "executable-disguised";
    /// The model and the program that runs it are one file.
    MODEL = "executable-model";
    /// A model archive holds a program or a native library.
    IN_MODEL_ARCHIVE = "executable-in-model-archive";
}

pub(crate) struct Executable;

impl Reader for Executable {
    fn format(&self) -> &'static str {
        "executable"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        match recognise(head.bytes, head.size) {
            // Python source has a reader of its own; a line that names its interpreter changes nothing.
            Some("script") if is_python(head.bytes) => Match::Hint,
            Some(_) => Match::Yes,
            None => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, Head::LEN).unwrap_or_default();
        let Some(format) = recognise(&head, input.size()) else { return };
        cx.artifact.format = format;
        let what = describe(format);
        let name = cx.name().to_string();
        if disguise::promises_no_program(&name) {
            let message = format!("the file is named like a model or data, but is {what}");
            cx.fact(Fact::new(DISGUISED, format, message).at(0, 4));
        } else if format == "ape" {
            let message = format!("the model is {what}: whoever uses it runs it");
            cx.fact(Fact::new(MODEL, format, message).at(0, 4));
        } else {
            cx.fact(Fact::new(EXECUTABLE, format, format!("the file is {what}")).at(0, 4));
        }
    }
}

/// Adds a fact to `member` of a model archive if it is a program.
pub(crate) fn check_in_archive(member: &mut Artifact, archive: &str) {
    if is_executable(member.format) {
        let message = format!("a {archive} archive holds {}", describe(member.format));
        member.facts.push(Fact::new(IN_MODEL_ARCHIVE, member.format, message).at(0, 4));
    }
}

/// Whether a format of that name is one of this reader's.
pub(crate) fn is_executable(format: &str) -> bool {
    FORMATS.iter().any(|(known, _)| *known == format)
}

const FORMATS: &[(&str, &str)] = &[
    ("elf", "a program or library for Linux or another Unix (ELF)"),
    ("pe", "a program or library for Windows (PE)"),
    ("mach-o", "a program or library for macOS (Mach-O)"),
    ("ape", "a program for several systems at once (APE, as llamafile is)"),
    ("wasm", "a WebAssembly module"),
    ("java-class", "a compiled Java class"),
    ("dex", "compiled Android code"),
    ("windows-shortcut", "a Windows shortcut, which can start a program"),
    ("python-bytecode", "compiled Python code"),
    ("script", "a script with an interpreter line"),
];

fn describe(format: &str) -> &'static str {
    FORMATS.iter().find(|(known, _)| *known == format).map_or("a program", |(_, what)| what)
}

fn recognise(head: &[u8], size: u64) -> Option<&'static str> {
    match head {
        [0x7f, b'E', b'L', b'F', 1 | 2, 1 | 2, 1, ..] => Some("elf"),
        [b'M', b'Z', b'q', b'F', b'p', b'D', b'=', ..] | [b'j', b'a', b'r', b't', b's', b'r', b'=', b'\'', ..] => {
            Some("ape")
        }
        [b'M', b'Z', ..] => is_pe(head, size).then_some("pe"),
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, rest @ ..] => is_mach_o(rest, u32::from_be_bytes).then_some("mach-o"),
        [0xce | 0xcf, 0xfa, 0xed, 0xfe, rest @ ..] => is_mach_o(rest, u32::from_le_bytes).then_some("mach-o"),
        // A fat binary counts its parts where a class has its version, which starts at 45.
        [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1..=20, ..] => Some("mach-o"),
        [0xca, 0xfe, 0xba, 0xbe, _, _, 0, 45..=99, ..] => Some("java-class"),
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => Some("wasm"),
        [b'd', b'e', b'x', b'\n', b'0', b'3' | b'4', _, 0, ..] => Some("dex"),
        [0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0, ..] => Some("windows-shortcut"),
        // The magic number of a Python version, flags, time or hash, then a marshalled code object.
        [_, 0x0c..=0x0e, b'\r', b'\n', rest @ ..] if matches!(rest.get(12), Some(0xe3 | b'c')) => {
            Some("python-bytecode")
        }
        [b'#', b'!', rest @ ..] => is_interpreter(rest).then_some("script"),
        _ => None,
    }
}

/// The offset at 0x3c leads to the real header; where the head does not hold it, it must at least lie in the file.
fn is_pe(head: &[u8], size: u64) -> bool {
    let Some(at) = Cursor::from(head, 0x3c).u32() else { return false };
    if let Some(mark) = head.get(at as usize..).and_then(|rest| rest.get(..4)) {
        return mark == b"PE\0\0";
    }
    let relocations = Cursor::from(head, 0x18).u16();
    u64::from(at) + 24 <= size && at as usize >= head.len() && relocations == Some(0x40)
}

/// A CPU type that exists, and a file type.
fn is_mach_o(rest: &[u8], number: fn([u8; 4]) -> u32) -> bool {
    let at = |at: usize| rest.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(number);
    let cpu = at(0).is_some_and(|cpu| matches!(cpu & 0x00ff_ffff, 7 | 12 | 18));
    cpu && at(8).is_some_and(|kind| (1..=12).contains(&kind))
}

/// An absolute path on a line of text.
fn is_interpreter(rest: &[u8]) -> bool {
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii();
    line.len() < 256 && line.starts_with(b"/") && line.iter().all(|byte| (0x20..0x7f).contains(byte))
}

fn is_python(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    memchr::memmem::find(line, b"python").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, inspect};

    fn pe() -> Vec<u8> {
        let mut bytes = vec![0; 0x100];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3c] = 0x80;
        bytes[0x80..0x84].copy_from_slice(b"PE\0\0");
        bytes
    }

    fn kind(bytes: &[u8], name: &str) -> (&'static str, Vec<&'static str>) {
        let artifact = inspect(&bytes.to_vec(), name, &Options::default());
        (artifact.format, artifact.facts.iter().map(|fact| fact.kind.0).collect())
    }

    #[test]
    fn programs_are_recognised_by_content() {
        let pyc = [&[0xcb, 0x0d, b'\r', b'\n'][..], &[0; 12], &[0xe3]].concat();
        for (bytes, format) in [
            (&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"[..], "elf"),
            (&pe(), "pe"),
            (b"\xcf\xfa\xed\xfe\x0c\0\0\x01\0\0\0\0\x02\0\0\0", "mach-o"),
            (b"\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07", "mach-o"),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", "java-class"),
            (b"MZqFpD='\n", "ape"),
            (b"\0asm\x01\0\0\0", "wasm"),
            (b"#!/bin/sh\necho\n", "script"),
            (&pyc, "python-bytecode"),
        ] {
            let expected = if format == "ape" { "executable-model" } else { "executable-file" };
            assert_eq!(kind(bytes, "x"), (format, vec![expected]));
            assert_eq!(kind(bytes, "model.safetensors").1, ["executable-disguised"], "{format}");
        }
    }

    #[test]
    fn a_magic_alone_is_not_enough() {
        for bytes in [
            &b"MZ\x90\0"[..],
            b"MZ is text",
            b"\x7fELF",
            b"\x7fELF\x09\x09\x09",
            b"#! no path",
            b"\xce\xfa\xed\xfe\0\0\0\0",
        ] {
            assert_ne!(kind(bytes, "x").1, ["executable-file"], "{bytes:?}");
        }
        assert_eq!(recognise(&[b'M'; 8192], 8192), None);
    }

    #[test]
    fn truncation_never_panics() {
        for end in 0..pe().len() {
            let _ = kind(&pe()[..end], "x");
        }
    }
}
