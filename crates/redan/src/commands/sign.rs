//! `redan sign` and `redan verify`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use redan_sign::{Bundle, DigestCache, Manifest, Method, Plan, PrivateKey, PublicKey, SignError, Trust};

use super::scan::shown;
use crate::Exit;
use crate::cli::{HashArgs, SignArgs, VerifyArgs};

/// Runs `redan sign`.
pub(crate) fn sign(args: &SignArgs) -> Result<Exit> {
    let key = PrivateKey::from_pem(&read(&args.key)?).with_context(|| format!("`{}`", args.key.display()))?;
    let mut plan = Plan { allow_symlinks: args.allow_symlinks, ..Plan::default() };
    if args.no_ignore_git {
        plan.ignore.clear();
    }
    plan.ignore.extend(args.ignore.iter().map(|path| path.trim_end_matches('/').to_string()));
    plan.ignore.extend(inside(&args.model, &args.signature));
    if let Some(size) = args.shard_size {
        anyhow::ensure!(size > 0, "--shard-size is 0");
        plan.method = Method::Shards(size);
    }
    let cache = cache(&args.hash)?;
    let manifest = Manifest::build(&args.model, &plan, &cache)?;
    anyhow::ensure!(!manifest.resources.is_empty(), "`{}` holds no file to sign", args.model.display());
    let bundle = match &args.certificate {
        Some(chain) => Bundle::sign_with_certificate(&manifest, &key, &read(chain)?)?,
        None => Bundle::sign(&manifest, &key)?,
    };
    fs::write(&args.signature, bundle.to_text())
        .with_context(|| format!("`{}` cannot be written", args.signature.display()))?;
    save(&cache, &args.hash)?;
    println!(
        "signed {} digests of {} (sha256 {}) into {}",
        manifest.resources.len(),
        args.model.display(),
        manifest.root_digest()?,
        shown(&args.signature).display()
    );
    Ok(Exit::Clean)
}

/// Runs `redan verify`.
pub(crate) fn verify(args: &VerifyArgs) -> Result<Exit> {
    let text = String::from_utf8(read(&args.signature)?).with_context(|| format!("`{}`", args.signature.display()))?;
    let trust = match (&args.key, &args.roots) {
        (Some(key), _) => Trust::Key(PublicKey::from_pem(&read(key)?).with_context(|| format!("`{}`", key.display()))?),
        (None, Some(roots)) => Trust::Certificates(read(roots)?),
        (None, None) => anyhow::bail!("name a public key (--key) or root certificates (--roots)"),
    };
    let cache = cache(&args.hash)?;
    let own_name = inside(&args.model, &args.signature);
    let outcome = Bundle::parse(&text).and_then(|bundle| {
        redan_sign::verify(&args.model, &bundle, &trust, &cache, own_name.as_deref(), args.ignore_unsigned)
    });
    let (manifest, differences) = match outcome {
        Ok(outcome) => outcome,
        Err(error @ (SignError::Signature(_) | SignError::Format(_))) => {
            anstream::eprintln!("\x1b[1;31mnot verified\x1b[0m: {error}");
            return Ok(Exit::Findings);
        }
        Err(error) => return Err(error.into()),
    };
    save(&cache, &args.hash)?;
    if differences.is_empty() {
        println!(
            "verified: {} digests of {} are as signed (sha256 {})",
            manifest.resources.len(),
            args.model.display(),
            manifest.root_digest()?
        );
        return Ok(Exit::Clean);
    }
    for difference in &differences {
        println!("{difference}");
    }
    anstream::eprintln!("\x1b[1;31mnot verified\x1b[0m: {} differences to what was signed", differences.len());
    Ok(Exit::Findings)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))
}

fn cache(args: &HashArgs) -> Result<DigestCache> {
    let mut cache = match &args.cache {
        Some(path) => DigestCache::load(path)?,
        None => DigestCache::default(),
    };
    if let Some(path) = &args.digest_list {
        let text = fs::read_to_string(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        cache.give(&text).with_context(|| format!("`{}`", path.display()))?;
    }
    Ok(cache)
}

fn save(cache: &DigestCache, args: &HashArgs) -> Result<()> {
    args.cache.as_deref().map_or(Ok(()), |path| Ok(cache.save(path)?))
}

/// The signature's path relative to the model, if it lies inside: it cannot sign itself.
fn inside(model: &Path, signature: &Path) -> Option<String> {
    let folder = match signature.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.canonicalize().ok()?,
        _ => std::env::current_dir().ok()?.canonicalize().ok()?,
    };
    let path = folder.join(signature.file_name()?);
    let relative = path.strip_prefix(model.canonicalize().ok()?).ok()?;
    Some(relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}
