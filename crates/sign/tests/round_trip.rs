//! Sign, verify, and every way in which verification has to refuse.

use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use redan_sign::{Bundle, Difference, DigestCache, Manifest, Method, Plan, PrivateKey, SignError, Trust, verify};

fn key(algorithm: &'static EcdsaSigningAlgorithm) -> PrivateKey {
    let der = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()));
    PrivateKey::from_pem(pem.as_bytes()).unwrap()
}

fn model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("config.json", "{}"), ("sub/weights.bin", "0123456789"), (".git/HEAD", "x")] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

fn check(model: &Path, bundle: &Bundle, key: &PrivateKey) -> Result<Vec<Difference>, SignError> {
    let trust = Trust::Key(key.public().unwrap());
    verify(model, bundle, &trust, &DigestCache::default(), None, false).map(|(_, differences)| differences)
}

#[test]
fn what_was_signed_verifies_and_what_changed_is_named() {
    for (algorithm, method) in
        [(&ECDSA_P256_SHA256_ASN1_SIGNING, Method::Files), (&ECDSA_P384_SHA384_ASN1_SIGNING, Method::Shards(4))]
    {
        let (folder, key) = (model(), key(algorithm));
        let plan = Plan { method, ..Plan::default() };
        let manifest = Manifest::build(folder.path(), &plan, &DigestCache::default()).unwrap();
        let bundle = Bundle::parse(&Bundle::sign(&manifest, &key).unwrap().to_text()).unwrap();
        assert_eq!(check(folder.path(), &bundle, &key).unwrap(), []);

        std::fs::write(folder.path().join("sub/weights.bin"), "012345678X").unwrap();
        std::fs::write(folder.path().join("new.py"), "x").unwrap();
        std::fs::remove_file(folder.path().join("config.json")).unwrap();
        let suffix =
            |start: u64, end: u64| if method == Method::Files { String::new() } else { format!(":{start}:{end}") };
        let expected = [
            Difference::Missing(format!("config.json{}", suffix(0, 2))),
            Difference::Changed(format!("sub/weights.bin{}", suffix(8, 10))),
            Difference::Extra(format!("new.py{}", suffix(0, 1))),
        ];
        assert_eq!(check(folder.path(), &bundle, &key).unwrap(), expected);
    }
}

#[test]
fn another_key_or_a_changed_bundle_is_refused() {
    let (folder, signer) = (model(), key(&ECDSA_P256_SHA256_ASN1_SIGNING));
    let manifest = Manifest::build(folder.path(), &Plan::default(), &DigestCache::default()).unwrap();
    let text = Bundle::sign(&manifest, &signer).unwrap().to_text();
    let other = key(&ECDSA_P256_SHA256_ASN1_SIGNING);
    assert!(matches!(check(folder.path(), &Bundle::parse(&text).unwrap(), &other), Err(SignError::Signature(_))));
    // Without the hint, the signature itself decides.
    let unhinted = text.replace(&signer.public().unwrap().hint(), "");
    assert!(matches!(check(folder.path(), &Bundle::parse(&unhinted).unwrap(), &other), Err(SignError::Signature(_))));
    assert!(check(folder.path(), &Bundle::parse(&unhinted).unwrap(), &signer).is_ok());

    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let payload = STANDARD.decode(value["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
    let forged = String::from_utf8(payload).unwrap().replace("config.json", "config.jsom");
    value["dsseEnvelope"]["payload"] = STANDARD.encode(forged).into();
    assert!(matches!(
        check(folder.path(), &Bundle::parse(&value.to_string()).unwrap(), &signer),
        Err(SignError::Signature(_))
    ));
    for broken in ["", "{}", "[]", r#"{"mediaType":"x"}"#] {
        assert!(Bundle::parse(broken).is_err());
    }
}

#[test]
fn the_cache_hashes_only_what_changed() {
    let folder = model();
    let file = folder.path().join("cache.json");
    let plan = Plan { ignore: vec!["cache.json".into(), ".git".into()], ..Plan::default() };
    let cache = DigestCache::load(&file).unwrap();
    let first = Manifest::build(folder.path(), &plan, &cache).unwrap();
    cache.save(&file).unwrap();
    // A digest that was tampered with in the cache shows that it is used and not computed again.
    let text = std::fs::read_to_string(&file).unwrap().replace(&first.resources[0].digest, &"0".repeat(64));
    std::fs::write(&file, text).unwrap();
    let second = Manifest::build(folder.path(), &plan, &DigestCache::load(&file).unwrap()).unwrap();
    assert_eq!(second.resources[0].digest, "0".repeat(64));
    assert_eq!(second.resources[1], first.resources[1]);

    let mut given = DigestCache::default();
    given.give(&format!("{}  config.json\n", "a".repeat(64))).unwrap();
    assert_eq!(Manifest::build(folder.path(), &plan, &given).unwrap().resources[0].digest, "a".repeat(64));
    assert!(given.give("nonsense").is_err());
}

#[cfg(unix)]
#[test]
fn a_link_is_refused_unless_allowed() {
    let folder = model();
    std::os::unix::fs::symlink("config.json", folder.path().join("link.json")).unwrap();
    let error = Manifest::build(folder.path(), &Plan::default(), &DigestCache::default()).unwrap_err();
    assert!(error.to_string().contains("link.json"), "{error}");
    let plan = Plan { allow_symlinks: true, ..Plan::default() };
    assert_eq!(Manifest::build(folder.path(), &plan, &DigestCache::default()).unwrap().resources.len(), 3);
}
