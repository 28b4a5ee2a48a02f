//! URL, bucket and hub, each against a local server.

use std::collections::HashMap;

use crate::server::{Mood, Server};
use crate::{json, redan};

fn hole() -> Vec<u8> {
    // A safetensors file with bytes that belong to no tensor.
    let header = br#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header);
    file.resize(file.len() + 4_000_000, 0);
    file
}

#[test]
fn an_address_a_bucket_and_a_hub_repository_give_the_same_findings() {
    let listing = format!(
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>models/a%2Bb.safetensors</Key><Size>{0}</Size>\
         </Contents><Contents><Key>models-other/x</Key><Size>1</Size></Contents></ListBucketResult>",
        hole().len()
    );
    let tree = format!(
        r#"[{{"type":"directory","path":"sub"}},{{"type":"file","path":"sub/a b.safetensors","size":130,"lfs":{{"oid":"{}","size":{}}}}}]"#,
        "ab".repeat(32),
        hole().len()
    );
    let files = HashMap::from([
        ("/a.safetensors".to_string(), hole()),
        ("/bucket?encoding-type=url&list-type=2&prefix=models".to_string(), listing.into_bytes()),
        ("/bucket/models/a%2Bb.safetensors".to_string(), hole()),
        ("/api/models/owner/repo/tree/v1?recursive=true".to_string(), tree.into_bytes()),
        ("/owner/repo/resolve/v1/sub/a%20b.safetensors".to_string(), hole()),
    ]);
    let server = Server::start(files, Mood::Honest);
    let folder = tempfile::tempdir().unwrap();
    let targets =
        [format!("{}/a.safetensors", server.address), "s3://bucket/models".into(), "hf://owner/repo@v1/sub".into()];
    for (target, name) in targets.iter().zip(["a.safetensors", "a+b.safetensors", "a b.safetensors"]) {
        let mut command = redan(folder.path());
        command.env("AWS_ENDPOINT_URL", &server.address).env("HF_ENDPOINT", &server.address);
        command.env("AWS_ACCESS_KEY_ID", "id").env("AWS_SECRET_ACCESS_KEY", "secret").env("HF_TOKEN", "token");
        let (_, report) = json(command.args(["scan", target, "--format", "json"]));
        let files = report["files"].as_array().unwrap();
        assert_eq!(files.len(), 1, "{target}: {report}");
        assert_eq!(
            (files[0]["path"].as_str(), files[0]["format"].as_str()),
            (Some(name), Some("safetensors")),
            "{target}"
        );
        assert_eq!(files[0]["findings"][0]["rule"], "safetensors-layout", "{target}");
    }
    let requests = server.requests.lock().unwrap().join("\n");
    assert!(requests.contains("authorization: AWS4-HMAC-SHA256 Credential=id/"), "{requests}");
    assert!(requests.contains("authorization: Bearer token"), "{requests}");
    let sent = server.sent.load(std::sync::atomic::Ordering::SeqCst);
    assert!(sent < 3_000_000, "{sent} bytes of 12 MB were enough");
}

#[test]
fn a_file_that_cannot_be_fetched_is_failed_not_clean() {
    let server = Server::start(HashMap::from([("/a.bin".to_string(), hole())]), Mood::Forbidden);
    let folder = tempfile::tempdir().unwrap();
    let (code, report) = json(redan(folder.path()).args(["scan", &format!("{}/a.bin", server.address), "-f", "json"]));
    assert_eq!((code, report["files"][0]["status"].as_str()), (3, Some("failed")));
}
