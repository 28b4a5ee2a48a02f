//! Code that comes from elsewhere into a program, or leads a shell to another machine, in the languages that keep it in
//! classes and streams.

use redan_domain::Severity;

use super::{Look, tricks};
use crate::agent::facts::{DROPS, REMOTE_CODE, REVERSE_SHELL};
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// Classes of an archive on another machine; those of a file are found by its path.
static CLASSES: Pattern =
    Pattern::new(&["urlclassloader"], r"\b(?:new\s+)?urlclassloader\s*\(|urlclassloader\.newinstance\s*\(");
static BY_ADDRESS: Pattern =
    Pattern::new(&["url(", "uri.", "uri("], r"\bnew\s+url\s*\(|\buri\.create\s*\(|\bnew\s+uri\s*\(");
/// An assembly from bytes that were fetched.
static ASSEMBLY: Pattern = Pattern::new(&["assembly.load"], r"\bassembly\.load(?:from)?\s*\(\s*[^\n\x22)]{1,120}\)?");
static GETS_BYTES: Pattern = Pattern::new(
    &["getbytearrayasync", "downloaddata", "downloadfile", "getstreamasync", "copytoasync"],
    r"\bgetbytearrayasync\s*\(|\bdownload(?:data|file)\w*\s*\(|\bgetstreamasync\s*\(",
);
static KEEPS_BYTES: Pattern = Pattern::new(
    &["writeallbytes", "file.create", "downloadfile", "filestream"],
    r"\bwriteallbytes\w*\s*\(|\bfile\.create\s*\(|\bdownloadfile\w*\s*\(|\bnew\s+filestream\s*\(",
);
static STARTS: Pattern =
    Pattern::new(&["process.start", "processstartinfo"], r"\bprocess\.start\s*\(|\bnew\s+processstartinfo\s*\(");
/// The input of a program is a connection, and what it prints goes back.
static FED: Pattern = Pattern::new(&[".stdin"], r"\.pipe\s*\(\s*\w+\.stdin\s*\)");
static TOLD: Pattern = Pattern::new(&[".stdout", "stdout"], r"\bstdout\.pipe\s*\(\s*\w+\s*\)");
static SOCKET: Pattern = Pattern::new(
    &["net.", "tls.", "createconnection"],
    r"\b(?:net|tls)\.(?:connect|createconnection|socket)\b|\bcreateconnection\s*\(",
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    if look.sheet.prose || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    let named = look.has(&BY_ADDRESS);
    for found in if named { look.all(&CLASSES) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("loads classes from another machine: {}", quoted(found.text));
        look.add(REMOTE_CODE, Severity::High, &found, message);
    }
    let gets = look.has(&GETS_BYTES);
    for found in if gets { look.all(&ASSEMBLY) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("loads an assembly that it fetched: {}", quoted(found.text));
        look.add(REMOTE_CODE, Severity::High, &found, message);
    }
    let foreign = look.worst_host().filter(|(_, host)| host.is_foreign()).map(|(address, _)| address);
    if let Some(address) = foreign.filter(|_| gets && look.has(&KEEPS_BYTES) && !tricks::is_checked(look)) {
        for found in look.all(&STARTS).into_iter().take(1) {
            let message = format!("fetches a program from {}, unchecked, and starts it", quoted(address));
            look.add(DROPS, Severity::High, &found, message);
        }
    }
    let talks = look.has(&SOCKET) && look.has(&TOLD);
    for found in if talks { look.all(&FED) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("opens a shell to another machine: a connection is its input: {}", quoted(found.text));
        look.add(REVERSE_SHELL, Severity::Critical, &found, message);
    }
}
