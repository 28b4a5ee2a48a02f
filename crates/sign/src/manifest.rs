//! What is signed: the digests of a model's files or shards, in a canonical order.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cache::DigestCache;
use crate::{SignError, file_error};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://model_signing/signature/v1.0";
/// Left out by default, as the reference implementation does.
const GIT_PATHS: &[&str] = &[".git", ".gitattributes", ".github", ".gitignore"];

/// How files are cut for hashing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// One digest per file.
    Files,
    /// One digest per so many bytes, so that one changed shard of a large file is found alone.
    Shards(u64),
}

/// What belongs to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How files are cut.
    pub method: Method,
    /// Whether symbolic links are followed; a link is an error otherwise.
    pub allow_symlinks: bool,
    /// Paths relative to the model that are left out, with everything below them.
    pub ignore: Vec<String>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            method: Method::Files,
            allow_symlinks: false,
            ignore: GIT_PATHS.iter().map(ToString::to_string).collect(),
        }
    }
}

/// One digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Path relative to the model, `/`-separated; with `:start:end` for a shard.
    pub name: String,
    /// `sha256`, or `sha256-sharded-SIZE`.
    pub algorithm: String,
    /// Lower-case hex.
    pub digest: String,
}

/// The digests of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Last component of the model's path; informative.
    pub name: String,
    /// How it was made.
    pub plan: Plan,
    /// In canonical order.
    pub resources: Vec<Resource>,
}

/// File, name in the manifest, and the bytes to hash: all of them without a range.
type Part = (PathBuf, String, Option<(u64, u64)>);

impl Manifest {
    /// Hashes the model at `path` (a folder or a file), in parallel.
    ///
    /// # Errors
    /// A file that cannot be read, or a symbolic link that the plan does not allow.
    pub fn build(path: &Path, plan: &Plan, cache: &DigestCache) -> Result<Self, SignError> {
        let mut files = Vec::new();
        list(path, "", plan, &mut files)?;
        let mut parts: Vec<Part> = Vec::new();
        for (file, name) in files {
            match plan.method {
                Method::Files => parts.push((file, name, None)),
                Method::Shards(shard) => {
                    let size = std::fs::metadata(&file).map_err(|error| file_error(&file, error))?.len();
                    let mut start = 0;
                    while start < size {
                        let end = size.min(start.saturating_add(shard.max(1)));
                        parts.push((file.clone(), name.clone(), Some((start, end))));
                        start = end;
                    }
                }
            }
        }
        // Canonical order: by path components, then by start.
        parts.sort_by(|a, b| a.1.split('/').cmp(b.1.split('/')).then(a.2.cmp(&b.2)));
        let algorithm = plan.algorithm();
        let resource = |(file, name, range): &Part| {
            let digest = cache.digest(file, name, *range)?;
            let name = range.map_or_else(|| name.clone(), |(start, end)| format!("{name}:{start}:{end}"));
            Ok(Resource { name, algorithm: algorithm.clone(), digest })
        };
        let resources = parts.par_iter().map(resource).collect::<Result<Vec<_>, SignError>>()?;
        let absolute = path.canonicalize().map_err(|error| file_error(path, error))?;
        let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, plan: plan.clone(), resources })
    }

    /// SHA-256 over all digests in order, in hex: one name for the whole model.
    ///
    /// # Errors
    /// A digest that is not hex.
    pub fn root_digest(&self) -> Result<String, SignError> {
        let mut hasher = Sha256::new();
        for resource in &self.resources {
            let bytes = decode_hex(&resource.digest)
                .ok_or_else(|| SignError::Format(format!("has a digest that is not hex: `{}`", resource.digest)))?;
            hasher.update(bytes);
        }
        Ok(redan_source::hex(&hasher.finalize()))
    }

    /// The in-toto statement.
    ///
    /// # Errors
    /// As [`Manifest::root_digest`].
    pub(crate) fn statement(&self) -> Result<Value, SignError> {
        let mut serialization = json!({ "hash_type": "sha256", "allow_symlinks": self.plan.allow_symlinks });
        match self.plan.method {
            Method::Files => serialization["method"] = json!("files"),
            Method::Shards(size) => {
                serialization["method"] = json!("shards");
                serialization["shard_size"] = json!(size);
            }
        }
        if !self.plan.ignore.is_empty() {
            serialization["ignore_paths"] = json!(self.plan.ignore);
        }
        let resource = |r: &Resource| json!({"name": r.name, "algorithm": r.algorithm, "digest": r.digest});
        Ok(json!({
            "_type": STATEMENT,
            "subject": [{"name": self.name, "digest": {"sha256": self.root_digest()?}}],
            "predicateType": PREDICATE,
            "predicate": {"serialization": serialization, "resources": self.resources.iter().map(resource).collect::<Vec<_>>()},
        }))
    }

    /// Reads a statement whose signature was verified.
    ///
    /// # Errors
    /// Says which field is not as the format prescribes; also when the root digest does not fit the resources.
    pub(crate) fn from_statement(statement: &Value) -> Result<Self, SignError> {
        let bad = |what: &str| SignError::Format(format!("has no valid {what}"));
        if statement["_type"] != STATEMENT || statement["predicateType"] != PREDICATE {
            return Err(SignError::Format(format!("is of type {}, expected {PREDICATE}", statement["predicateType"])));
        }
        let Some([subject]) = statement["subject"].as_array().map(Vec::as_slice) else {
            return Err(bad("single subject"));
        };
        let serialization = &statement["predicate"]["serialization"];
        if serialization["hash_type"] != "sha256" {
            return Err(SignError::Format(format!("uses {}; this Redan verifies sha256", serialization["hash_type"])));
        }
        // The reference implementation writes numbers through protobuf, as 1000000.0.
        let shard = serialization["shard_size"].as_f64().filter(|size| *size >= 1.0 && *size < 9e15);
        let method = match (serialization["method"].as_str(), shard) {
            (Some("files"), _) => Method::Files,
            #[allow(clippy::cast_sign_loss, reason = "checked to be at least 1")]
            (Some("shards"), Some(size)) => Method::Shards(size as u64),
            _ => return Err(bad("serialization method")),
        };
        let text = |value: &Value| value.as_str().map(ToString::to_string);
        let ignore = serialization["ignore_paths"].as_array().map(Vec::as_slice).unwrap_or_default();
        let plan = Plan {
            method,
            allow_symlinks: serialization["allow_symlinks"].as_bool().ok_or_else(|| bad("allow_symlinks"))?,
            ignore: ignore.iter().map(text).collect::<Option<_>>().ok_or_else(|| bad("ignore_paths"))?,
        };
        let resource = |value: &Value| {
            Some(Resource {
                name: text(&value["name"])?,
                algorithm: text(&value["algorithm"])?,
                digest: text(&value["digest"])?,
            })
        };
        let resources = statement["predicate"]["resources"].as_array().ok_or_else(|| bad("resources"))?;
        let resources = resources.iter().map(resource).collect::<Option<Vec<_>>>().ok_or_else(|| bad("resources"))?;
        let manifest = Self { name: text(&subject["name"]).ok_or_else(|| bad("subject name"))?, plan, resources };
        if subject["digest"]["sha256"].as_str() != Some(manifest.root_digest()?.as_str()) {
            return Err(SignError::Format("is inconsistent: its root digest does not fit its resources".into()));
        }
        Ok(manifest)
    }
}

impl Plan {
    fn algorithm(&self) -> String {
        match self.method {
            Method::Files => "sha256".to_string(),
            Method::Shards(size) => format!("sha256-sharded-{size}"),
        }
    }

    fn ignores(&self, name: &str) -> bool {
        let below = |ignored: &String| {
            name == ignored || name.strip_prefix(ignored.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.ignore.iter().any(below)
    }
}

fn list(path: &Path, name: &str, plan: &Plan, out: &mut Vec<(PathBuf, String)>) -> Result<(), SignError> {
    if plan.ignores(name) {
        return Ok(());
    }
    let link = std::fs::symlink_metadata(path).map_err(|error| file_error(path, error))?.is_symlink();
    if link && !plan.allow_symlinks {
        return Err(file_error(path, "is a symbolic link; --allow-symlinks follows it"));
    }
    if path.is_file() {
        // The reference names a model that is a single file by `.`.
        out.push((path.to_path_buf(), if name.is_empty() { ".".to_string() } else { name.to_string() }));
        return Ok(());
    }
    if link && !name.is_empty() {
        // A link to a folder could lead in a circle; the reference's glob does not follow it either.
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(|error| file_error(path, error))? {
        let entry = entry.map_err(|error| file_error(path, error))?;
        let file_name = entry.file_name();
        let part = file_name.to_str().ok_or_else(|| file_error(&entry.path(), "has a name that is not UTF-8"))?;
        let inner = if name.is_empty() { part.to_string() } else { format!("{name}/{part}") };
        list(&entry.path(), &inner, plan, out)?;
    }
    Ok(())
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
