//! AWS Signature Version 4 for GET requests.
//!
//! Source: the AWS documentation, "Create a signed AWS API request"; the test is its published example.

use aws_lc_rs::hmac;
use sha2::{Digest, Sha256};

use crate::digest::hex;

/// SHA-256 of nothing: a GET has no body.
const EMPTY_BODY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Who asks.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) key_id: String,
    pub(super) secret: String,
    pub(super) session_token: Option<String>,
}

/// Headers that sign a GET of `path` (encoded) with `query` (encoded, sorted) at `host`; `time` is
/// `YYYYMMDDTHHMMSSZ`. `more` are headers to sign too, names in lower case.
pub(super) fn sign(
    credentials: &Credentials,
    region: &str,
    host: &str,
    (path, query): (&str, &str),
    time: &str,
    more: &[(&str, &str)],
) -> Vec<(String, String)> {
    let date = time.split('T').next().unwrap_or_default();
    let mut headers: Vec<(&str, &str)> =
        vec![("host", host), ("x-amz-content-sha256", EMPTY_BODY), ("x-amz-date", time)];
    headers.extend(credentials.session_token.as_deref().map(|token| ("x-amz-security-token", token)));
    headers.extend(more);
    headers.sort_unstable();
    let canonical: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let request = format!("GET\n{path}\n{query}\n{canonical}\n{names}\n{EMPTY_BODY}");
    let scope = format!("{date}/{region}/s3/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let mut key = format!("AWS4{}", credentials.secret).into_bytes();
    for part in [date, region, "s3", "aws4_request"] {
        key = mac(&key, part.as_bytes());
    }
    let signature = hex(&mac(&key, to_sign.as_bytes()));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
        credentials.key_id
    );
    let mut out = vec![("authorization".to_string(), authorization)];
    // The client sets `host` itself.
    out.extend(
        headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-amz-"))
            .map(|(name, value)| ((*name).to_string(), (*value).to_string())),
    );
    out
}

fn mac(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_published_example() {
        let credentials = Credentials {
            key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        };
        let host = "examplebucket.s3.amazonaws.com";
        let headers =
            sign(&credentials, "us-east-1", host, ("/test.txt", ""), "20130524T000000Z", &[("range", "bytes=0-9")]);
        assert!(
            headers[0].1.ends_with("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            "{}",
            headers[0].1
        );
    }
}
