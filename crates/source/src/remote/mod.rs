//! Files that are not here: HTTP(S) addresses, S3-compatible buckets, model hubs. Only ranges are read.

mod client;
mod http;
mod hub;
mod s3;
mod sigv4;

use redan_domain::ReadAt;

pub use http::HttpFile;

/// Why a remote place could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The place is not named as it should be.
    #[error("`{0}` is not an address: expected https://…, s3://BUCKET/PREFIX or hf://OWNER/REPO[@REVISION][/PATH]")]
    Address(String),
    /// The server did not give what was asked for.
    #[error("{url}: {message}")]
    Server {
        /// What was asked for, without credentials.
        url: String,
        /// What happened, and what to do.
        message: String,
    },
}

/// One remote file, not yet opened.
pub struct RemoteFile {
    /// Path relative to the target, or the last part of the address.
    pub name: String,
    /// Size in bytes, where the listing says so.
    pub size: Option<u64>,
    /// SHA-256 that the host states, where it does. A claim, not a computation.
    pub sha256: Option<String>,
    request: http::Request,
}

impl RemoteFile {
    /// Opens it: one request for its first bytes.
    ///
    /// # Errors
    /// When the server does not answer, does not know the file, or does not serve ranges of a large file.
    pub fn open(&self) -> Result<Box<dyn ReadAt>, RemoteError> {
        let file = HttpFile::open(self.request.clone())?;
        match self.size {
            Some(size) if size != file.size() => Err(RemoteError::Server {
                url: self.request.url.clone(),
                message: format!("the listing says {size} bytes, the file has {}", file.size()),
            }),
            _ => Ok(Box::new(file)),
        }
    }
}

/// Whether a target names a remote place rather than a path.
pub fn is_remote(target: &str) -> bool {
    ["http://", "https://", "s3://", "hf://"].iter().any(|scheme| target.starts_with(scheme))
}

/// Lists the files at a remote target.
///
/// # Errors
/// A malformed address, or a listing that the server refuses.
pub fn list(target: &str) -> Result<Vec<RemoteFile>, RemoteError> {
    if let Some(rest) = target.strip_prefix("s3://") {
        return s3::list(rest, &s3::Settings::from_environment());
    }
    if let Some(rest) = target.strip_prefix("hf://") {
        return hub::list(rest, &hub::Settings::from_environment());
    }
    let path = target.split(['?', '#']).next().unwrap_or(target);
    let after_scheme = path.split_once("://").map_or("", |(_, rest)| rest);
    let name =
        after_scheme.split_once('/').map(|(_, path)| path).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    if after_scheme.is_empty() {
        return Err(RemoteError::Address(target.to_string()));
    }
    let name = if name.is_empty() { after_scheme.to_string() } else { name.to_string() };
    Ok(vec![RemoteFile { name, size: None, sha256: None, request: http::Request::plain(target) }])
}

/// Percent-encodes all but unreserved characters and those in `keep`.
pub(crate) fn encode(text: &str, keep: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let name = |target| list(target).map(|files| files[0].name.clone()).ok();
        assert_eq!(name("https://example.org/a/model.pt?download=1#x").as_deref(), Some("model.pt"));
        assert_eq!(name("http://example.org").as_deref(), Some("example.org"));
        assert_eq!(name("https://"), None);
        assert_eq!(redan_domain::percent_decoded(&encode("a b/ü%", "/")), "a b/ü%");
        assert!(!is_remote("models/s3"));
    }
}
