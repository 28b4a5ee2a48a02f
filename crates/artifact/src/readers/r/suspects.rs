//! Functions of base R that touch the system, and what they do.

/// What calling a function does, for the message.
pub(super) fn touches_system(name: &str) -> Option<&'static str> {
    Some(match name {
        "system" | "system2" | "shell" | "shell.exec" | "pipe" | "psexec" => "starts a program",
        "dyn.load" | "library.dynam" => "loads native code",
        "download.file" | "url.show" | "socketConnection" | "serverSocket" | "make.socket" | "nsl" => {
            "uses the network"
        }
        "install.packages" | "remotes::install_github" | "install_github" => "installs packages",
        "unlink" | "file.remove" | "writeLines" | "sink" | "file.rename" | "file.copy" | "Sys.chmod" => "changes files",
        _ => return None,
    })
}

/// The ones that ordinary model code calls too, so that a call by itself says nothing.
pub(super) fn ordinary_in_code(name: &str) -> bool {
    matches!(
        name,
        "unlink"
            | "file.remove"
            | "writeLines"
            | "sink"
            | "file.rename"
            | "file.copy"
            | "Sys.chmod"
            | "readRDS"
            | "load"
            | "parse"
            | "str2lang"
    )
}

/// Functions that run code from a file, an address or bytes.
pub(super) fn restores(name: &str) -> bool {
    matches!(
        name,
        "source" | "sys.source" | "unserialize" | "readRDS" | "load" | "parse" | "str2lang" | "unlockBinding"
    )
}

/// Functions that make code of text.
pub(super) fn parses(name: &str) -> bool {
    matches!(name, "parse" | "str2lang" | "str2expression")
}

/// Functions that turn a name or a function value into a call.
pub(super) fn calls_by_name(name: &str) -> bool {
    matches!(
        name,
        "do.call"
            | "match.fun"
            | "get"
            | "get0"
            | "getFunction"
            | "Reduce"
            | "Map"
            | "Filter"
            | "lapply"
            | "sapply"
            | "vapply"
            | "mapply"
            | "::"
            | ":::"
            | "getExportedValue"
            | "getFromNamespace"
            | "Recall"
            | "as.call"
            | "call"
            | "call2"
            | "as.name"
            | "as.symbol"
            | "tryCatch"
            | "try"
            | "local"
            | "suppressWarnings"
            | "invisible"
    )
}
