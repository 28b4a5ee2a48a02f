//! What earlier scans found, so that only what changed is looked at again.
//!
//! One file a project holds the result of each of its files, and of all of them together. A file is known by the
//! SHA-256 of its content; that is not computed again as long as size, inode and both times of the file are what they
//! were. What the files give together is used again only if none of them differs. Everything hangs on the program
//! itself and on the settings: another build or another setting begins anew.
//!
//! A cache could say that a hostile file is clean. It is therefore never read from inside what is scanned, nor from a
//! folder that everybody may write to.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use redan_domain::FileStatus;
use redan_scan::FileScan;
use redan_source::{sha256, sha256_bytes};
use serde::{Deserialize, Serialize};

use crate::config::{CacheChoice, Config};

/// Files up to this size are known by their content; hashing larger ones would cost more than scanning them.
const MAX_HASHED: u64 = 32 << 20;

/// Largest cache of one project.
const MAX_FILE: usize = 256 << 20;

/// Caches of all projects together; the oldest go first.
const MAX_FOLDER: u64 = 1 << 30;

/// A file that was written so shortly before it is looked at may be written again without its time changing.
const SETTLED: Duration = Duration::from_secs(2);

/// Below so many files a scan is over before a cache is read, unless the user names a folder for it.
const WORTH_IT: usize = 256;

const ENDING: &str = "scan-cache";

/// The cache of one project.
pub(crate) struct Cache {
    file: PathBuf,
    /// Of the program and its settings.
    identity: String,
    known: HashMap<String, Entry>,
    /// Hash of all files of which `together` holds.
    project: String,
    began: SystemTime,
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    identity: String,
    project: String,
    entries: Vec<Entry>,
}

/// What is known of one file.
#[derive(Serialize, Deserialize)]
struct Entry {
    name: String,
    stamp: Option<Stamp>,
    content: String,
    /// By itself.
    alone: FileScan,
    /// With what it gives beside the others, if that differs.
    together: Option<FileScan>,
}

/// What the file system says of a file. The time of the last change of its inode cannot be set by who writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    device: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    #[cfg(unix)]
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
    fn of(metadata: &fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self {
            size: metadata.size(),
            device: metadata.dev(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// Elsewhere nothing tells surely that a file is as it was: its content is always hashed.
    #[cfg(not(unix))]
    fn of(_: &fs::Metadata) -> Option<Self> {
        None
    }

    fn is_settled(&self, began: SystemTime) -> bool {
        let limit = began.checked_sub(SETTLED).and_then(|limit| limit.duration_since(UNIX_EPOCH).ok());
        let limit = limit.and_then(|limit| i64::try_from(limit.as_secs()).ok()).unwrap_or(0);
        self.changed.0 < limit && self.modified.0 < limit
    }
}

/// What one file is, before it is looked at.
pub(crate) struct Identity {
    stamp: Option<Stamp>,
    content: String,
}

/// One input, as far as the cache is concerned.
pub(crate) enum Input<'a> {
    /// A file, and whether it is read as part of the project.
    File { name: &'a str, path: &'a Path, tracked: bool },
    /// Left out because of its name.
    LeftOut { name: &'a str, size: u64 },
    /// What is not known in advance: nothing is stored of this scan.
    Other,
}

impl Cache {
    /// The cache for these targets, if one is to be used.
    ///
    /// # Errors
    /// A folder that the user names and that cannot be used, or must not.
    pub(crate) fn open(targets: &[String], config: &Config, files: usize) -> Result<Option<Self>> {
        let began = SystemTime::now();
        let (folder, named) = match &config.cache.value {
            CacheChoice::Off => return Ok(None),
            CacheChoice::Folder(folder) => (folder.clone(), true),
            CacheChoice::User if files < WORTH_IT => return Ok(None),
            CacheChoice::User => match user_folder() {
                Some(folder) => (folder, false),
                None => return Ok(None),
            },
        };
        let mut roots = Vec::new();
        for target in targets {
            let Ok(root) = Path::new(target).canonicalize() else { return Ok(None) };
            roots.push(root);
        }
        let usable = prepare(&folder).and_then(|folder| {
            if roots.iter().any(|root| folder.starts_with(root)) {
                bail!("it lies in what is scanned, so that whoever wrote that could have written it; name another");
            }
            Ok(folder)
        });
        let folder = match usable {
            Ok(folder) => folder,
            Err(error) if named => return Err(error.context(format!("the cache folder `{}`", folder.display()))),
            Err(_) => return Ok(None),
        };
        let Some(identity) = identity(config, &folder, began) else { return Ok(None) };
        let name = sha256_bytes(format!("{identity}\n{roots:?}").as_bytes());
        let file = folder.join(format!("{}.{ENDING}", name.get(..32).unwrap_or(&name)));
        let mut cache = Self { file, identity, known: HashMap::new(), project: String::new(), began };
        if let Some(stored) = load(&cache.file).filter(|stored| stored.identity == cache.identity) {
            cache.project = stored.project;
            cache.known = stored.entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
        }
        Ok(Some(cache))
    }

    /// What a file is now; None if that cannot be told cheaply and surely.
    pub(crate) fn identify(&self, input: &Input) -> Option<Identity> {
        let Input::File { name, path, .. } = input else { return None };
        let metadata = fs::metadata(path).ok()?;
        let stamp = Stamp::of(&metadata);
        if let Some(entry) = self.known.get(*name)
            && stamp.is_some()
            && entry.stamp == stamp
        {
            return Some(Identity { stamp, content: entry.content.clone() });
        }
        let stamp = stamp.filter(|stamp| stamp.is_settled(self.began));
        let content = if metadata.len() <= MAX_HASHED { sha256(path).ok()? } else { format!("{:?}", stamp.as_ref()?) };
        Some(Identity { stamp, content })
    }

    /// What a file gives by itself.
    pub(crate) fn alone(&self, input: &Input, identity: Option<&Identity>) -> Option<&FileScan> {
        let Input::File { name, .. } = input else { return None };
        self.known.get(*name).filter(|entry| identity.is_some_and(|now| now.content == entry.content)).map(|e| &e.alone)
    }

    /// What all files give, if none differs from what was scanned.
    pub(crate) fn whole(&self, inputs: &[Input], identities: &[Option<Identity>]) -> Option<Vec<Option<FileScan>>> {
        if self.known.is_empty() || project(inputs, identities)? != self.project {
            return None;
        }
        let known = |input: &Input| match input {
            Input::File { name, .. } => {
                self.known.get(*name).map(|entry| Some(entry.together.as_ref().unwrap_or(&entry.alone).clone()))
            }
            _ => Some(None),
        };
        inputs.iter().map(known).collect()
    }

    /// Stores what was found. Nothing is said if that fails: the next scan takes longer.
    pub(crate) fn save(
        &self,
        inputs: &[Input],
        identities: Vec<Option<Identity>>,
        alone: Vec<FileScan>,
        together: &[FileScan],
    ) {
        let mut whole = project(inputs, &identities);
        let mut entries = Vec::with_capacity(inputs.len());
        for (((input, identity), alone), together) in inputs.iter().zip(identities).zip(alone).zip(together) {
            let Input::File { name, path, .. } = input else { continue };
            let after = fs::metadata(path).ok().and_then(|metadata| Stamp::of(&metadata));
            let stays = |identity: &Identity| identity.stamp.is_none() || identity.stamp == after;
            match identity.filter(stays) {
                Some(Identity { stamp, content }) if alone.record.status != FileStatus::Failed => {
                    let together = (*together != alone).then(|| together.clone());
                    entries.push(Entry { name: (*name).to_string(), stamp, content, alone, together });
                }
                _ => whole = None,
            }
        }
        let stored = Stored { identity: self.identity.clone(), project: whole.unwrap_or_default(), entries };
        let _ = store(&self.file, &stored);
    }
}

/// Hash of what all inputs are.
fn project(inputs: &[Input], identities: &[Option<Identity>]) -> Option<String> {
    let mut all = String::new();
    for (input, identity) in inputs.iter().zip(identities) {
        let line = match input {
            Input::File { name, tracked, .. } => format!("{name:?} {tracked} {}\n", identity.as_ref()?.content),
            Input::LeftOut { name, size } => format!("{name:?} left out {size}\n"),
            Input::Other => return None,
        };
        all.push_str(&line);
    }
    Some(sha256_bytes(all.as_bytes()))
}

/// Hash of the program, so of its rules and its code, and of every setting that a result hangs on.
fn identity(config: &Config, folder: &Path, began: SystemTime) -> Option<String> {
    let program = program(folder, began)?;
    let settings = format!(
        "{program}\n{:?}\n{:?}\n{:?}\n{:?}",
        config.limits.value, config.disable.value, config.digests.value, config.callable
    );
    Some(sha256_bytes(settings.as_bytes()))
}

/// Hash of this program; the folder remembers it for as long as the file system says that the program is the same.
fn program(folder: &Path, began: SystemTime) -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let stamp = Stamp::of(&fs::metadata(&path).ok()?).filter(|stamp| stamp.is_settled(began));
    let file = folder.join("program.json");
    let known = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<(Option<Stamp>, String)>(&bytes).ok());
    if let Some((_, hash)) = known.filter(|(known, _)| stamp.is_some() && *known == stamp) {
        return Some(hash);
    }
    let hash = sha256(&path).ok()?;
    if stamp.is_some()
        && let Ok(text) = serde_json::to_vec(&(stamp, &hash))
    {
        // What is not written is computed again.
        let _ = fs::write(file, text);
    }
    Some(hash)
}

/// Where the system keeps caches of this user.
fn user_folder() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || of("HOME");
    let base = if cfg!(windows) {
        of("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Caches"))
    } else {
        of("XDG_CACHE_HOME").or_else(|| home().map(|home| home.join(".cache")))
    };
    base.map(|base| base.join("redan"))
}

/// Makes the folder if it is not there, and sees that not everybody may write to it.
fn prepare(folder: &Path) -> Result<PathBuf> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).context("cannot be made")?;
    let folder = folder.canonicalize().context("cannot be read")?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&folder).context("cannot be read")?.permissions().mode();
        if mode & 0o002 != 0 {
            bail!("everybody may write to it; take that right away or name another");
        }
    }
    Ok(folder)
}

/// What is stored; None if that is not whole, or was written by something else.
fn load(file: &Path) -> Option<Stored> {
    if fs::symlink_metadata(file).ok().filter(fs::Metadata::is_file)?.len() > MAX_FILE as u64 + 128 {
        return None;
    }
    let bytes = fs::read(file).ok()?;
    let at = bytes.iter().position(|byte| *byte == b'\n')?;
    let (sum, body) = bytes.split_at(at);
    let body = body.get(1..)?;
    (sum == sha256_bytes(body).as_bytes()).then(|| serde_json::from_slice(body).ok())?
}

/// Writes beside and renames, so that a reader sees the old or the new.
fn store(file: &Path, stored: &Stored) -> Result<()> {
    let folder = file.parent().context("no folder")?;
    let body = serde_json::to_vec(stored)?;
    if body.len() > MAX_FILE {
        return Ok(());
    }
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(sha256_bytes(&body).as_bytes())?;
    new.write_all(b"\n")?;
    new.write_all(&body)?;
    new.persist(file)?;
    tidy(folder, file)
}

/// Removes the oldest caches beyond the limit, never the newest.
fn tidy(folder: &Path, newest: &Path) -> Result<()> {
    let mut all = BTreeSet::new();
    let mut sum = 0;
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        let (Ok(metadata), true) = (entry.metadata(), path.extension().is_some_and(|ending| ending == ENDING)) else {
            continue;
        };
        sum += metadata.len();
        all.insert((metadata.modified()?, path, metadata.len()));
    }
    for (_, path, size) in all {
        if sum <= MAX_FOLDER {
            break;
        }
        if path != newest {
            fs::remove_file(&path)?;
            sum -= size;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use redan_domain::FileRecord;

    use super::*;

    fn scan(path: &str) -> FileScan {
        let record = FileRecord {
            path: path.to_string(),
            format: "text".to_string(),
            status: FileStatus::Scanned,
            reasons: Vec::new(),
            size: 1,
            sha256: None,
            findings: Vec::new(),
        };
        FileScan { record, findings: Vec::new(), assets: Vec::new(), edges: Vec::new() }
    }

    fn cache(folder: &Path) -> Cache {
        let file = folder.join(format!("x.{ENDING}"));
        let stored = load(&file).filter(|stored| stored.identity == "me");
        let (project, entries) = stored.map(|stored| (stored.project, stored.entries)).unwrap_or_default();
        let known = entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
        Cache { file, identity: "me".to_string(), known, project, began: SystemTime::now() }
    }

    #[test]
    fn a_changed_byte_is_seen_and_the_rest_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "a").unwrap();
        fs::write(path("b"), "b").unwrap();
        let (a, b) = (path("a"), path("b"));
        let inputs = [
            Input::File { name: "a", path: &a, tracked: true },
            Input::File { name: "b", path: &b, tracked: true },
            Input::LeftOut { name: "c", size: 1 },
        ];
        let identify = |cache: &Cache| inputs.iter().map(|input| cache.identify(input)).collect::<Vec<_>>();
        let first = cache(folder.path());
        let identities = identify(&first);
        assert!(first.whole(&inputs, &identities).is_none());
        let alone = vec![scan("a"), scan("b"), scan("c")];
        let mut together = alone.clone();
        together[1].record.format = "other".to_string();
        first.save(&inputs, identities, alone, &together);

        let second = cache(folder.path());
        let identities = identify(&second);
        let whole = second.whole(&inputs, &identities).unwrap();
        assert_eq!(whole, [Some(together[0].clone()), Some(together[1].clone()), None]);

        fs::write(path("b"), "B").unwrap();
        let third = cache(folder.path());
        let identities = identify(&third);
        assert!(third.alone(&inputs[0], identities[0].as_ref()).is_some());
        assert!(third.alone(&inputs[1], identities[1].as_ref()).is_none());
        assert!(third.whole(&inputs, &identities).is_none());
        // A file more, a file less, another size of what is left out.
        let fewer = &inputs[..1];
        assert!(cache(folder.path()).whole(fewer, &identify(&third)[..1]).is_none());
    }

    #[test]
    fn a_time_that_is_put_back_hides_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "a").unwrap();
        let before = Stamp::of(&fs::metadata(&path).unwrap());
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let file = fs::File::options().write(true).truncate(true).open(&path).unwrap();
        (&file).write_all(b"b").unwrap();
        file.set_modified(modified).unwrap();
        let after = Stamp::of(&fs::metadata(&path).unwrap());
        assert!(before.is_none() || before != after);
        assert!(after.is_none_or(|stamp| !stamp.is_settled(SystemTime::now())));
    }

    #[test]
    fn what_is_damaged_or_of_another_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(format!("x.{ENDING}"));
        let stored =
            |identity: &str| Stored { identity: identity.to_string(), project: "p".to_string(), entries: Vec::new() };
        store(&file, &stored("me")).unwrap();
        assert_eq!(cache(folder.path()).project, "p");
        let mut bytes = fs::read(&file).unwrap();
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
        fs::write(&file, &bytes).unwrap();
        assert_eq!(cache(folder.path()).project, "");
        fs::write(&file, b"").unwrap();
        assert_eq!(cache(folder.path()).project, "");
        store(&file, &stored("another")).unwrap();
        assert_eq!(cache(folder.path()).project, "");
    }
}
