//! The signature file: a Sigstore bundle around a DSSE envelope around an in-toto statement.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::SignError;
use crate::certificate;
use crate::key::{PrivateKey, PublicKey};
use crate::manifest::Manifest;
use crate::verify::Trust;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A signature file.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle(Value);

impl Bundle {
    /// Signs a manifest with a key; the verifier has to hold the public key.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(manifest: &Manifest, key: &PrivateKey) -> Result<Self, SignError> {
        let material = json!({"publicKey": {"hint": key.public()?.hint()}, "tlogEntries": []});
        Self::assemble(manifest, key, material)
    }

    /// Signs with a key whose certificate (and chain, leaf first) goes into the bundle.
    ///
    /// # Errors
    /// When the certificate is not the key's.
    pub fn sign_with_certificate(manifest: &Manifest, key: &PrivateKey, chain_pem: &[u8]) -> Result<Self, SignError> {
        let chain = certificate::chain_from_pem(chain_pem)?;
        certificate::check_key(&chain, key)?;
        let raw = |der: &Vec<u8>| json!({"rawBytes": STANDARD.encode(der)});
        let certificates: Vec<Value> = chain.iter().map(raw).collect();
        let material = json!({"x509CertificateChain": {"certificates": certificates}, "tlogEntries": []});
        Self::assemble(manifest, key, material)
    }

    fn assemble(manifest: &Manifest, key: &PrivateKey, material: Value) -> Result<Self, SignError> {
        let payload =
            serde_json::to_vec_pretty(&manifest.statement()?).map_err(|error| SignError::Format(error.to_string()))?;
        let signature = key.sign(&pae(PAYLOAD_TYPE, &payload))?;
        Ok(Self(json!({
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": material,
            "dsseEnvelope": {
                "payload": STANDARD.encode(payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"sig": STANDARD.encode(signature), "keyid": ""}],
            },
        })))
    }

    /// Reads a signature file.
    ///
    /// # Errors
    /// When it is not JSON or of another media type.
    pub fn parse(text: &str) -> Result<Self, SignError> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| SignError::Format(format!("is not JSON: {error}")))?;
        match value["mediaType"].as_str() {
            Some(MEDIA_TYPE) => Ok(Self(value)),
            other => Err(SignError::Format(format!("has media type {other:?}, expected {MEDIA_TYPE}"))),
        }
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// Verifies signature and signer, and gives what was signed.
    ///
    /// # Errors
    /// Anything that is not exactly right: this fails closed.
    pub fn open(&self, trust: &Trust) -> Result<Manifest, SignError> {
        let material = &self.0["verificationMaterial"];
        let key = match trust {
            Trust::Key(key) => {
                // Bundles made before v1.0 carry no hint; the signature itself decides.
                if let Some(hint) =
                    material["publicKey"]["hint"].as_str().filter(|hint| !hint.is_empty() && *hint != key.hint())
                {
                    return Err(SignError::Signature(format!(
                        "it names the key {hint}, the given key is {}",
                        key.hint()
                    )));
                }
                key
            }
            Trust::Certificates(roots) => &certificate::signer(material, roots)?,
        };
        self.payload(key)
    }

    fn payload(&self, key: &PublicKey) -> Result<Manifest, SignError> {
        let envelope = &self.0["dsseEnvelope"];
        let decode = |value: &Value, what: &str| {
            let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
            bytes.ok_or_else(|| SignError::Format(format!("has no valid {what}")))
        };
        if envelope["payloadType"] != PAYLOAD_TYPE {
            return Err(SignError::Format(format!(
                "has payload type {}, expected {PAYLOAD_TYPE}",
                envelope["payloadType"]
            )));
        }
        let payload = decode(&envelope["payload"], "payload")?;
        let signature = match envelope["signatures"].as_array().map(Vec::as_slice) {
            Some([one]) => decode(&one["sig"], "signature")?,
            _ => return Err(SignError::Format("does not have exactly one signature".into())),
        };
        key.verify(&pae(PAYLOAD_TYPE, &payload), &signature)?;
        let statement = serde_json::from_slice(&payload)
            .map_err(|error| SignError::Format(format!("has a payload that is not JSON: {error}")))?;
        Manifest::from_statement(&statement)
    }
}

/// DSSE pre-authentication encoding: <https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md>.
fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn encodes_as_the_dsse_protocol_says() {
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(super::pae("http://example.com/HelloWorld", b"hello world"), expected);
    }
}
