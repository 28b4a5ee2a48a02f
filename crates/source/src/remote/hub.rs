//! Model hubs that speak the Hugging Face Hub's API. `HF_ENDPOINT` names another one, `HF_TOKEN` signs in.

use std::sync::Arc;

use serde_json::Value;

use super::client;
use super::http::Request;
use super::{RemoteError, RemoteFile, encode};

/// Pages of a listing followed at most; a page has about a thousand files.
const MAX_PAGES: usize = 100;

/// Where the hub is and who asks.
pub(super) struct Settings {
    endpoint: String,
    token: Option<String>,
}

impl Settings {
    pub(super) fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint = variable("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_string());
        Self { endpoint: endpoint.trim_end_matches('/').to_string(), token: variable("HF_TOKEN") }
    }

    fn headers(token: Option<&String>) -> Vec<(String, String)> {
        token.map(|token| ("authorization".to_string(), format!("Bearer {token}"))).into_iter().collect()
    }
}

/// Lists `[datasets/]OWNER/REPO[@REVISION][/PATH]`.
pub(super) fn list(target: &str, settings: &Settings) -> Result<Vec<RemoteFile>, RemoteError> {
    let bad = || RemoteError::Address(format!("hf://{target}"));
    let (kind, rest) = match target.strip_prefix("datasets/") {
        Some(rest) => ("datasets", rest),
        None => ("models", target),
    };
    let mut parts = rest.splitn(3, '/');
    let (Some(owner), Some(repository), path) = (parts.next(), parts.next(), parts.next().unwrap_or_default()) else {
        return Err(bad());
    };
    let (repository, revision) = repository.split_once('@').unwrap_or((repository, "main"));
    if [owner, repository, revision].iter().any(|part| part.is_empty()) {
        return Err(bad());
    }
    let path = path.trim_matches('/');
    let repository = format!("{}/{}", encode(owner, ""), encode(repository, ""));
    let revision = encode(revision, "");
    let shown = if kind == "datasets" { format!("datasets/{repository}") } else { repository.clone() };
    let mut next = Some(format!("{}/api/{kind}/{repository}/tree/{revision}?recursive=true", settings.endpoint));
    let mut files = Vec::new();
    for _ in 0..MAX_PAGES {
        let Some(url) = next.take() else { break };
        let answer = client::get(&url, &Settings::headers(settings.token.as_ref()), 32 << 20)?;
        let fail = |message: String| RemoteError::Server { url: format!("{}/{shown}", settings.endpoint), message };
        if answer.status != 200 {
            return Err(fail(format!(
                "the hub answered {}; does the repository exist, is it private (HF_TOKEN)?",
                answer.status
            )));
        }
        let entries: Value =
            serde_json::from_slice(&answer.body).map_err(|error| fail(format!("the listing is not JSON: {error}")))?;
        let entries = entries.as_array().ok_or_else(|| fail("the listing is not a list".to_string()))?;
        files.extend(entries.iter().filter_map(|entry| file(entry, path, &shown, &revision, settings)));
        next = answer.header("link").and_then(next_page).filter(|next| next.starts_with(&settings.endpoint));
    }
    match next {
        Some(_) => {
            Err(RemoteError::Server { url: shown, message: "the listing does not end; name a path inside".to_string() })
        }
        None => Ok(files),
    }
}

fn file(entry: &Value, below: &str, repository: &str, revision: &str, settings: &Settings) -> Option<RemoteFile> {
    let path = entry["path"].as_str().filter(|_| entry["type"] == "file")?;
    let name = match path.strip_prefix(below)? {
        "" => path.rsplit('/').next()?,
        rest if below.is_empty() => rest,
        rest => rest.strip_prefix('/')?,
    };
    let url = format!("{}/{repository}/resolve/{revision}/{}", settings.endpoint, encode(path, "/"));
    let token = settings.token.clone();
    let request = Request { url, authorise: Arc::new(move |_| Settings::headers(token.as_ref())) };
    // Large files: the hub states size and SHA-256 of the content that the pointer stands for.
    let lfs = &entry["lfs"];
    let size = lfs["size"].as_u64().or_else(|| entry["size"].as_u64());
    Some(RemoteFile { name: name.to_string(), size, sha256: lfs["oid"].as_str().map(ToString::to_string), request })
}

/// Address of `rel="next"` in a `Link` header.
fn next_page(link: &str) -> Option<String> {
    let part = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let (_, rest) = part.split_once('<')?;
    rest.split_once('>').map(|(url, _)| url.to_string())
}
