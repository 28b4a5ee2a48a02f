//! S3-compatible buckets: listing and signed reads. Configured by the usual `AWS_*` variables.

use std::path::PathBuf;
use std::sync::Arc;

use redan_domain::percent_decoded;

use super::client;
use super::http::Request;
use super::sigv4::{Credentials, sign};
use super::{RemoteError, RemoteFile, encode};

/// Keys listed at most.
const MAX_KEYS: usize = 100_000;

/// Where the service is and who asks.
#[derive(Clone)]
pub(super) struct Settings {
    /// Another service than AWS; buckets are then part of the path.
    endpoint: Option<String>,
    region: String,
    credentials: Option<Credentials>,
}

impl Settings {
    /// `AWS_ENDPOINT_URL(_S3)`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` … or the shared credentials file; else anonymous.
    pub(super) fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let credentials =
            if let (Some(key_id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
                Some(Credentials { key_id, secret, session_token: variable("AWS_SESSION_TOKEN") })
            } else {
                let file = variable("AWS_SHARED_CREDENTIALS_FILE")
                    .map(PathBuf::from)
                    .or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".aws/credentials")));
                let text = file.and_then(|file| std::fs::read_to_string(file).ok());
                text.and_then(|text| from_file(&text, &variable("AWS_PROFILE").unwrap_or_else(|| "default".into())))
            };
        Self {
            endpoint: variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL")),
            region: variable("AWS_REGION")
                .or_else(|| variable("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".into()),
            credentials,
        }
    }

    /// Address of the bucket, without a slash at the end.
    fn bucket(&self, bucket: &str) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{}.amazonaws.com", self.region),
        }
    }

    fn request(&self, url: String) -> Request {
        let settings = self.clone();
        Request { url, authorise: Arc::new(move |url| settings.headers(url)) }
    }

    /// Signed afresh for each request: a signature is good for minutes only.
    fn headers(&self, url: &str) -> Vec<(String, String)> {
        let Some(credentials) = &self.credentials else { return Vec::new() };
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        sign(credentials, &self.region, host, (&format!("/{path}"), query), &time, &[])
    }
}

/// One profile of an AWS credentials file.
fn from_file(text: &str, profile: &str) -> Option<Credentials> {
    let mut inside = false;
    let (mut key_id, mut secret, mut session_token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = name.trim() == profile;
        } else if let (true, Some((key, value))) = (inside, line.split_once('=')) {
            let value = Some(value.trim().to_string());
            match key.trim() {
                "aws_access_key_id" => key_id = value,
                "aws_secret_access_key" => secret = value,
                "aws_session_token" => session_token = value,
                _ => {}
            }
        }
    }
    Some(Credentials { key_id: key_id?, secret: secret?, session_token })
}

/// Lists `BUCKET/PREFIX`: one object of exactly that key, or all below it.
pub(super) fn list(target: &str, settings: &Settings) -> Result<Vec<RemoteFile>, RemoteError> {
    let (bucket, prefix) = target.split_once('/').unwrap_or((target, ""));
    if bucket.is_empty() {
        return Err(RemoteError::Address(format!("s3://{target}")));
    }
    let base = settings.bucket(bucket);
    let folder = prefix.trim_end_matches('/');
    let mut files = Vec::new();
    let mut token = String::new();
    loop {
        // Sorted by name, as the signature wants it.
        let continuation =
            if token.is_empty() { String::new() } else { format!("continuation-token={}&", encode(&token, "")) };
        let url = format!("{base}?{continuation}encoding-type=url&list-type=2&prefix={}", encode(prefix, ""));
        let answer = client::get(&url, &settings.headers(&url), 16 << 20)?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if answer.status != 200 {
            let code = element(&text, "Code").unwrap_or_default();
            return Err(RemoteError::Server {
                url: base,
                message: format!("listing was refused with {} {code}", answer.status),
            });
        }
        for object in text.split("<Contents>").skip(1) {
            let (Some(key), size) = (element(object, "Key").map(|key| percent_decoded(&key)), element(object, "Size"))
            else {
                continue;
            };
            // `prefix` also matches longer names: models/a lists models/ab.
            let name = match key.strip_prefix(folder) {
                Some("") => key.rsplit('/').next().unwrap_or(&key).to_string(),
                Some(rest) if folder.is_empty() || rest.starts_with('/') => rest.trim_start_matches('/').to_string(),
                _ => continue,
            };
            if !key.ends_with('/') {
                let url = format!("{base}/{}", encode(&key, "/"));
                files.push(RemoteFile {
                    name,
                    size: size.and_then(|size| size.parse().ok()),
                    sha256: None,
                    request: settings.request(url),
                });
            }
        }
        match element(&text, "NextContinuationToken") {
            Some(next) if files.len() < MAX_KEYS && next != token => token = next,
            Some(_) => {
                return Err(RemoteError::Server {
                    url: base,
                    message: format!("more than {MAX_KEYS} objects; name a longer prefix"),
                });
            }
            None => return Ok(files),
        }
    }
}

/// Text of the first element of this name; S3's listings nest none of those read here.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_profile() {
        let text = "[default]\naws_access_key_id = A\naws_secret_access_key=B\n[other]\naws_access_key_id=C\n";
        assert_eq!(from_file(text, "default").map(|c| (c.key_id, c.secret)), Some(("A".into(), "B".into())));
        assert!(from_file(text, "other").is_none());
    }
}
