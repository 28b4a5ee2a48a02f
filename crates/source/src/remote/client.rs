//! One HTTP client for everything: timeouts, retries, bounded answers, credentials never sent on a redirect.

use std::io::Read;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

use super::RemoteError;

/// How often a request is tried when the connection breaks or the server says that it is busy.
const TRIES: u32 = 3;

static AGENT: LazyLock<ureq::Agent> = LazyLock::new(|| {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    ureq::Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(5)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_recv_body(Some(Duration::from_mins(2)))
        .user_agent(concat!("redan/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
});

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header by its lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// GETs `url` and reads at most `limit` bytes of the body; one byte more is an error.
pub(super) fn get(url: &str, headers: &[(String, String)], limit: u64) -> Result<Answer, RemoteError> {
    let shown = url.split('?').next().unwrap_or(url).to_string();
    let mut last = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            std::thread::sleep(Duration::from_millis(200 << attempt));
        }
        match once(url, headers, limit) {
            Ok(answer) if matches!(answer.status, 429 | 500 | 502 | 503 | 504) => {
                last = format!("the server answered {}", answer.status);
            }
            Ok(answer) => return Ok(answer),
            Err(Failure::Final(message)) => return Err(RemoteError::Server { url: shown, message }),
            Err(Failure::Passing(message)) => last = message,
        }
    }
    Err(RemoteError::Server { url: shown, message: format!("{last}; gave up after {TRIES} tries") })
}

enum Failure {
    Passing(String),
    Final(String),
}

fn once(url: &str, headers: &[(String, String)], limit: u64) -> Result<Answer, Failure> {
    let mut request = AGENT.get(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut response = request.call().map_err(|error| match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::HostNotFound | ureq::Error::TooManyRedirects => {
            Failure::Final(error.to_string())
        }
        other => Failure::Passing(other.to_string()),
    })?;
    let pairs = response.headers().iter();
    let headers: Vec<_> =
        pairs.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    let declared =
        headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Failure::Final(format!(
            "the answer has {} bytes, {limit} were expected at most",
            declared.unwrap_or_default()
        )));
    }
    let mut body = Vec::new();
    let read = response.body_mut().as_reader().take(limit + 1).read_to_end(&mut body);
    read.map_err(|error| Failure::Passing(format!("the connection broke after {} bytes: {error}", body.len())))?;
    if body.len() as u64 > limit {
        return Err(Failure::Final(format!("the answer has more than the {limit} bytes expected")));
    }
    if declared.is_some_and(|length| length != body.len() as u64) {
        return Err(Failure::Passing(format!(
            "the connection ended after {} of {} bytes",
            body.len(),
            declared.unwrap_or_default()
        )));
    }
    Ok(Answer { status: response.status().as_u16(), headers, body })
}
