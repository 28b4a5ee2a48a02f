//! Elliptic-curve keys in PEM: NIST P-256, P-384 and P-521, as the format allows.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::{ObjectIdentifier, SubjectPublicKeyInfoOwned};

use crate::SignError;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// Curve, how to sign on it, how to verify: each curve with the hash of its size.
const CURVES: &[(ObjectIdentifier, &EcdsaSigningAlgorithm, &EcdsaVerificationAlgorithm)] = &[
    (
        ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
        &signature::ECDSA_P256_SHA256_ASN1,
    ),
    (
        ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
        &signature::ECDSA_P384_SHA384_ASN1,
    ),
    (
        ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
        &signature::ECDSA_P521_SHA512_ASN1,
    ),
];

/// A private key that can sign.
pub struct PrivateKey {
    pair: EcdsaKeyPair,
    curve: ObjectIdentifier,
}

impl PrivateKey {
    /// Reads `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` (SEC1).
    ///
    /// # Errors
    /// Not PEM, encrypted, or not a key on a supported curve.
    pub fn from_pem(pem: &[u8]) -> Result<Self, SignError> {
        if pem.windows(9).any(|window| window == b"ENCRYPTED") {
            return Err(SignError::Key(
                "the private key is encrypted; decrypt it first, for example with `openssl ec`".into(),
            ));
        }
        let der = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|_| SignError::Key("the private key is not PEM (`PRIVATE KEY` or `EC PRIVATE KEY`)".into()))?;
        for (curve, signing, _) in CURVES {
            let pair = match &der {
                PrivateKeyDer::Pkcs8(der) => EcdsaKeyPair::from_pkcs8(signing, der.secret_pkcs8_der()),
                PrivateKeyDer::Sec1(der) => EcdsaKeyPair::from_private_key_der(signing, der.secret_sec1_der()),
                _ => break,
            };
            if let Ok(pair) = pair {
                return Ok(Self { pair, curve: *curve });
            }
        }
        Err(SignError::Key("the private key is not an elliptic-curve key on P-256, P-384 or P-521".into()))
    }

    /// The matching public key.
    ///
    /// # Errors
    /// Only if the key cannot be encoded.
    pub fn public(&self) -> Result<PublicKey, SignError> {
        let point = self.pair.public_key().as_ref();
        let broken = |_| SignError::Key("the public key cannot be encoded".into());
        let algorithm =
            x509_cert::spki::AlgorithmIdentifierOwned { oid: EC_PUBLIC_KEY, parameters: Some(self.curve.into()) };
        let subject_public_key = x509_cert::der::asn1::BitString::from_bytes(point).map_err(broken)?;
        let spki = SubjectPublicKeyInfoOwned { algorithm, subject_public_key };
        PublicKey::from_spki_der(&spki.to_der().map_err(broken)?)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| SignError::Key("signing failed".into()))
    }
}

/// A public key that can verify.
pub struct PublicKey {
    spki_der: Vec<u8>,
    point: Vec<u8>,
    verification: &'static EcdsaVerificationAlgorithm,
}

impl PublicKey {
    /// Reads `PUBLIC KEY`.
    ///
    /// # Errors
    /// Not PEM, or not a key on a supported curve.
    pub fn from_pem(pem: &[u8]) -> Result<Self, SignError> {
        let der = rustls_pki_types::SubjectPublicKeyInfoDer::from_pem_slice(pem)
            .map_err(|_| SignError::Key("the public key is not PEM (`PUBLIC KEY`)".into()))?;
        Self::from_spki_der(&der)
    }

    pub(crate) fn from_spki_der(der: &[u8]) -> Result<Self, SignError> {
        let unsupported =
            || SignError::Key("the public key is not an elliptic-curve key on P-256, P-384 or P-521".into());
        let spki = SubjectPublicKeyInfoOwned::from_der(der).map_err(|_| unsupported())?;
        let curve = spki.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        let known = CURVES.iter().find(|(oid, _, _)| Some(*oid) == curve && spki.algorithm.oid == EC_PUBLIC_KEY);
        let (_, _, verification) = known.ok_or_else(unsupported)?;
        let point = spki.subject_public_key.as_bytes().ok_or_else(unsupported)?.to_vec();
        Ok(Self { spki_der: der.to_vec(), point, verification })
    }

    /// As `PUBLIC KEY` PEM, lines of 64 characters.
    pub fn to_pem(&self) -> String {
        let body = STANDARD.encode(&self.spki_der);
        let lines: Vec<&str> =
            body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }

    /// What a bundle names the key by: SHA-256 of its PEM form, in hex.
    pub fn hint(&self) -> String {
        redan_source::hex(&Sha256::digest(self.to_pem()))
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignError> {
        UnparsedPublicKey::new(self.verification, &self.point).verify(message, signature).map_err(|_| {
            SignError::Signature("it was made with another key, or what was signed has been changed".into())
        })
    }
}
