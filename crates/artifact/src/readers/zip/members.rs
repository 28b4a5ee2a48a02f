//! Unpacks members within the budget and hands each to the readers that recognise it.

use std::io::Read;

use redan_domain::{ReadAt, Window};

use super::flavour::{Flavour, has_extension, is_code};
use super::layout::{Layout, Slot};
use super::records::flag;
use super::{
    BOMB, CRC_MISMATCH, ENCRYPTED, FALSE_FLAGS, MAR_HANDLER, METHOD_UNSUPPORTED, PACKAGE_SOURCE, SIZE_MISMATCH,
    TRUNCATED,
};
use crate::artifact::{Artifact, Code, Language, Status};
use crate::readers::codecs::{Codec, Source};
use crate::readers::{disguise, executable, names};
use crate::walk::{Cx, Expanded, is_recognised};
use redan_domain::Fact;

/// Checksums are computed for members up to this size that a reader reads anyway, and for very small ones:
/// never for weights, which would cost as much as reading the whole file.
const MAX_CHECKED: u64 = 16 << 20;
const ALWAYS_CHECKED: u64 = 4 << 10;
/// Members in these formats are mostly numbers that their readers skip.
const NUMBERS: &[&str] = &["unknown", "raw-data", "npy", "numpy", "hdf5", "safetensors", "gguf"];
/// Compressed members larger than this are unpacked only if their beginning interests a reader.
const LARGE: u64 = 16 << 20;
const BEGINNING: u64 = 64 << 10;
/// Source text that is kept of one file.
const MAX_CODE: usize = 2 << 20;

pub(super) fn read(input: &dyn ReadAt, layout: &Layout, flavour: Flavour, cx: &mut Cx<'_>) {
    // What costs nothing first, then the small before the large: no bomb keeps the rest from being looked at.
    let mut slots: Vec<(usize, &Slot)> = layout.slots.iter().enumerate().filter(|(_, slot)| !slot.directory).collect();
    slots.sort_by_key(|(_, slot)| {
        let packed = slot.method != 0;
        let size = slot.expected.map_or(u64::MAX, |(size, _)| size);
        (flavour.is_payload(&slot.name), packed, if packed { size } else { 0 })
    });
    let mut order = Vec::new();
    for (place, slot) in slots {
        member(input, slot, flavour, cx);
        order.resize(cx.artifact.members.len(), place);
    }
    // Shown in the order of the archive.
    let mut members: Vec<_> = order.into_iter().zip(std::mem::take(&mut cx.artifact.members)).collect();
    members.sort_by_key(|(place, _)| *place);
    cx.artifact.members = members.into_iter().map(|(_, member)| member).collect();
    for (label, start, len) in &layout.loose {
        cx.member(&format!("({label})"), &Window::new(input, *start, *len));
    }
}

fn member(input: &dyn ReadAt, slot: &Slot, flavour: Flavour, cx: &mut Cx<'_>) {
    let packed = Window::new(input, slot.data.0, slot.data.1);
    let name = &slot.name;
    if packed.size() < slot.data.1 {
        let message = format!("`{name}` is said to have {} bytes, {} are left in the file", slot.data.1, packed.size());
        cx.fact(Fact::new(TRUNCATED, name, message).at(slot.header.0, slot.header.1));
        cx.incomplete(format!("`{name}` is cut short"));
    }
    if slot.mode & 0o170_000 == 0o120_000 {
        let target = packed.read_vec_at(0, 4096).unwrap_or_default();
        names::check_link(name, &String::from_utf8_lossy(&target), false, slot.header.0, cx);
    }
    if slot.method == 0 {
        let format = examine(&packed, slot, flavour, cx);
        let marked = slot.flags & flag::ENCRYPTED != 0;
        let check = marked || packed.size() <= ALWAYS_CHECKED || !NUMBERS.contains(&format);
        let intact = check_crc(&packed, slot, check, cx);
        if marked {
            encrypted(slot, intact, cx);
        }
        return;
    }
    let Some(codec) = codec(slot) else {
        let message = format!("`{name}` is compressed with method {}, which is not supported", slot.method);
        cx.fact(Fact::new(METHOD_UNSUPPORTED, name, message).at(slot.header.0, slot.header.1));
        cx.incomplete(format!("`{name}` uses compression method {}", slot.method));
        return;
    };
    if slot.expected.is_some_and(|(size, _)| size > LARGE) && !begins_like_something(&packed, codec, slot) {
        check_bomb(&packed, 0, slot, cx);
        return unrecognised(slot, flavour, cx);
    }
    let mut source = Source::new(&packed, 0);
    let Expanded { data, error, cut } = match codec.decoder(&mut source) {
        Ok(decoder) => cx.expand(decoder),
        Err(error) => Expanded { data: Vec::new(), error: Some(error.to_string()), cut: false },
    };
    check_bomb(&packed, data.len() as u64, slot, cx);
    let intact = error.is_none() && !cut && check_crc(&data, slot, true, cx);
    if slot.flags & flag::ENCRYPTED != 0 {
        encrypted(slot, intact, cx);
    } else if let Some(error) = error {
        cx.incomplete(format!("`{name}` could not be unpacked to its end: {error}"));
    }
    if !data.is_empty() {
        examine(&data, slot, flavour, cx);
    }
}

/// Whether the first bytes that come out of a large member interest any reader.
fn begins_like_something(packed: &dyn ReadAt, codec: Codec, slot: &Slot) -> bool {
    let mut source = Source::new(packed, 0);
    let Ok(decoder) = codec.decoder(&mut source) else { return true };
    let mut beginning = Vec::new();
    let result = decoder.take(BEGINNING).read_to_end(&mut beginning);
    // What fails early or ends before it said it would is unpacked in the usual way, which tells why.
    result.is_err() || (beginning.len() as u64) < BEGINNING || is_recognised(&beginning, &slot.name)
}

/// Lists a large compressed member whose beginning no reader knows, without unpacking the rest.
fn unrecognised(slot: &Slot, flavour: Flavour, cx: &mut Cx<'_>) {
    let payload = flavour.is_payload(&slot.name);
    cx.artifact.members.push(Artifact {
        name: crate::text::shown(&slot.name, 300),
        format: if payload { "raw-data" } else { "unknown" },
        size: slot.expected.map_or(0, |(size, _)| size),
        status: if payload { Status::Understood } else { Status::Unrecognised },
        ..Artifact::default()
    });
}

fn codec(slot: &Slot) -> Option<Codec> {
    Some(match slot.method {
        8 => Codec::Deflate,
        9 => Codec::Deflate64,
        12 => Codec::Bzip2,
        // Flag 0x2 says that an end mark ends the stream.
        14 => Codec::LzmaZip(slot.expected.map(|(size, _)| size).filter(|_| slot.flags & 0x2 == 0)),
        20 | 93 => Codec::Zstd,
        95 => Codec::Xz,
        _ => return None,
    })
}

/// The flag says encrypted. Whether it is, the data tells: some programs ignore the flag and read on.
fn encrypted(slot: &Slot, intact: bool, cx: &mut Cx<'_>) {
    let at = slot.header;
    if intact {
        let message =
            format!("`{}` is marked as encrypted but is not: some readers refuse it, others read it", slot.name);
        cx.fact(Fact::new(FALSE_FLAGS, &slot.name, message).at(at.0, at.1));
    } else {
        let message = format!("`{}` is encrypted and cannot be scanned", slot.name);
        cx.fact(Fact::new(ENCRYPTED, &slot.name, message).at(at.0, at.1));
        cx.incomplete(format!("`{}` is encrypted", slot.name));
    }
}

/// Whether size and (if `content`) checksum are those of `data`; true if they are not known or the data is large.
fn check_crc(data: &dyn ReadAt, slot: &Slot, content: bool, cx: &mut Cx<'_>) -> bool {
    let Some((size, crc)) = slot.expected else { return true };
    let at = slot.header;
    let encrypted = slot.flags & flag::ENCRYPTED != 0;
    if data.size() != size {
        if !encrypted {
            let message = format!("`{}` should unpack to {size} bytes, it gives {}", slot.name, data.size());
            cx.fact(Fact::new(SIZE_MISMATCH, &slot.name, message).at(at.0, at.1));
        }
        return false;
    }
    if !content || size > MAX_CHECKED {
        return true;
    }
    let Ok(bytes) = data.read_vec_at(0, size as usize) else { return false };
    let actual = crc32fast::hash(&bytes);
    if actual != crc && !encrypted {
        let message = format!("`{}` has checksum {actual:08x}, the archive says {crc:08x}", slot.name);
        cx.fact(Fact::new(CRC_MISMATCH, &slot.name, message).at(at.0, at.1));
    }
    actual == crc
}

/// More than 200 times the packed size, and more than 64 MiB: no weights compress like that.
fn check_bomb(packed: &dyn ReadAt, unpacked: u64, slot: &Slot, cx: &mut Cx<'_>) {
    let claimed = slot.expected.map_or(0, |(size, _)| size).max(unpacked);
    if claimed > 64 << 20 && claimed / 200 > packed.size() {
        let message = format!("`{}` expands from {} bytes to {claimed}", slot.name, packed.size());
        cx.fact(Fact::new(BOMB, &slot.name, message).at(slot.header.0, slot.header.1));
    }
}

/// Hands the content to the readers; the format they found.
fn examine(data: &dyn ReadAt, slot: &Slot, flavour: Flavour, cx: &mut Cx<'_>) -> &'static str {
    if flavour.has_torchscript() && is_code(&slot.name) && torchscript(data, &slot.name, cx) {
        return "torchscript-source";
    }
    let mut format = "unknown";
    let payload = flavour.is_payload(&slot.name);
    let index = if payload { cx.payload(&slot.name, data) } else { cx.member(&slot.name, data) };
    let Some(index) = index else { return format };
    if let Some(member) = cx.artifact.members.get_mut(index) {
        if member.status == Status::Unrecognised && payload {
            member.format = "raw-data";
            member.status = Status::Understood;
        }
        if flavour.names_by_role(&slot.name) {
            member.facts.retain(|fact| fact.kind != disguise::EXTENSION_MISMATCH);
        }
        if flavour != Flavour::Plain {
            executable::check_in_archive(member, flavour.format());
        }
        format = member.format;
    }
    if !has_extension(&slot.name, "py") {
        return format;
    }
    let at = slot.header;
    if flavour == Flavour::TorchServe {
        let message = format!("the server runs `{}` when it loads the archive", slot.name);
        cx.fact(Fact::new(MAR_HANDLER, &slot.name, message).at(at.0, at.1));
    } else if flavour == Flavour::TorchPackage {
        let message = format!("loading the package runs the source `{}`", slot.name);
        cx.fact(Fact::new(PACKAGE_SOURCE, &slot.name, message).at(at.0, at.1));
    }
    format
}

/// Keeps TorchScript source, which looks like Python but is run by its own interpreter. False if it is no text.
fn torchscript(data: &dyn ReadAt, name: &str, cx: &mut Cx<'_>) -> bool {
    let Ok(bytes) = data.read_vec_at(0, MAX_CODE) else { return false };
    let Ok(text) = String::from_utf8(bytes) else { return false };
    if text.contains('\0') {
        return false;
    }
    let kept = cx.budget().source(text.len() as u64);
    if !kept {
        cx.over_budget("source code");
    }
    cx.artifact.members.push(Artifact {
        name: crate::text::shown(name, 300),
        format: "torchscript-source",
        size: data.size(),
        ..Artifact::default()
    });
    if kept {
        cx.artifact.contents.code.push(Code { language: Language::TorchScript, text });
    }
    true
}
