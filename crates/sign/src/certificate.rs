//! Certificate-based signing: the bundle carries the chain, the verifier trusts roots.
//!
//! A bundle has no trusted time stamp, so the chain is checked at the moment the signing certificate became
//! valid, as the reference implementation does: a later expiry does not void a signature.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, UnixTime};
use serde_json::Value;
use webpki::{
    ALL_VERIFICATION_ALGS, EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert,
};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};
use x509_cert::spki::ObjectIdentifier;

use crate::SignError;
use crate::key::{PrivateKey, PublicKey};

const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");

/// The certificates of a PEM file, in order.
pub(crate) fn chain_from_pem(pem: &[u8]) -> Result<Vec<Vec<u8>>, SignError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => {
            Ok(certificates.iter().map(|der| der.as_ref().to_vec()).collect())
        }
        _ => Err(SignError::Key("no certificate in PEM form was found".into())),
    }
}

/// Refuses a chain whose first certificate is not for `key`.
pub(crate) fn check_key(chain: &[Vec<u8>], key: &PrivateKey) -> Result<(), SignError> {
    let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
    if public_key(leaf)?.hint() == key.public()?.hint() {
        Ok(())
    } else {
        Err(SignError::Key("the first certificate is not for this private key".into()))
    }
}

fn parse(der: &[u8]) -> Result<Certificate, SignError> {
    Certificate::from_der(der).map_err(|error| SignError::Key(format!("a certificate cannot be read: {error}")))
}

fn public_key(der: &[u8]) -> Result<PublicKey, SignError> {
    let spki = parse(der)?.tbs_certificate().subject_public_key_info().to_der();
    PublicKey::from_spki_der(&spki.map_err(|error| SignError::Key(error.to_string()))?)
}

/// The key of a bundle's signing certificate, after its chain was verified up to one of `roots_pem`.
pub(crate) fn signer(material: &Value, roots_pem: &[u8]) -> Result<PublicKey, SignError> {
    let certificates =
        material["x509CertificateChain"]["certificates"].as_array().map(Vec::as_slice).unwrap_or_default();
    let decode = |value: &Value| value["rawBytes"].as_str().and_then(|text| STANDARD.decode(text).ok());
    let chain: Option<Vec<Vec<u8>>> = certificates.iter().map(decode).collect();
    let chain = chain
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| SignError::Format("carries no certificate chain".into()))?;
    let (leaf, intermediates) =
        chain.split_first().ok_or_else(|| SignError::Format("carries no certificate chain".into()))?;
    check_usage(&parse(leaf)?)?;
    verify_chain(leaf, intermediates, roots_pem)?;
    public_key(leaf)
}

fn verify_chain(leaf: &[u8], intermediates: &[Vec<u8>], roots_pem: &[u8]) -> Result<(), SignError> {
    let refused = |error: webpki::Error| SignError::Signature(format!("the certificate chain is not trusted: {error}"));
    let roots: Vec<CertificateDer<'_>> = chain_from_pem(roots_pem)?.into_iter().map(CertificateDer::from).collect();
    let anchors = roots.iter().map(anchor_from_trusted_cert).collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let intermediates: Vec<CertificateDer<'_>> =
        intermediates.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let certificate = parse(leaf)?;
    let since = certificate.tbs_certificate().validity().not_before.to_unix_duration();
    let time = UnixTime::since_unix_epoch(Duration::from_secs(since.as_secs()));
    let der = CertificateDer::from(leaf);
    let end_entity = EndEntityCert::try_from(&der).map_err(refused)?;
    end_entity
        .verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &intermediates, time, AnyUsage, None, None)
        .map(|_| ())
        .map_err(refused)
}

/// The usage of the signing certificate is checked in [`check_usage`]; issuers may carry any.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

/// A signing certificate must say that it may sign: `digitalSignature`, or code signing.
fn check_usage(certificate: &Certificate) -> Result<(), SignError> {
    let broken = |_| SignError::Key("the signing certificate has a usage extension that cannot be read".into());
    let usage = certificate.tbs_certificate().get_extension::<KeyUsage>().map_err(broken)?;
    if usage.is_some_and(|(_, usage)| usage.digital_signature()) {
        return Ok(());
    }
    let extended = certificate.tbs_certificate().get_extension::<ExtendedKeyUsage>().map_err(broken)?;
    if extended.is_some_and(|(_, usage)| usage.0.contains(&CODE_SIGNING)) {
        return Ok(());
    }
    Err(SignError::Signature("the signing certificate is not meant for signing".into()))
}
