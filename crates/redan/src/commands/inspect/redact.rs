//! `redan inspect --redact` and `--restore`: texts without what must not leave, and back.

use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use redan_inspect::deidentify::{Ids, Keys, Operator, Policy, Restorer, Session, Vault};
use redan_inspect::stream::Stream;
use redan_inspect::{Context, Inspector, readable};

use super::input::Source;
use crate::Exit;
use crate::cli::RedactArgs;

/// Bytes read at once from a stream.
const CHUNK: usize = 8 << 10;

/// Writes the texts without what must not leave to stdout.
pub(super) fn redact(args: &RedactArgs, sources: Vec<Source>, inspector: Inspector, context: Context) -> Result<Exit> {
    let policy = policy(args)?;
    let needs_keys = args.vault.is_some() || args.key_file.is_some();
    let mut session = if needs_keys {
        Session::with_vault(policy, open(args)?)
    } else {
        Session::new(policy).map_err(|error| anyhow!("{error}; name a key with --key-file and a file with --vault"))?
    };
    let mut blocked = false;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for source in sources {
        let bytes = source.bytes().map_err(|error| anyhow!("`{}` cannot be read: {error}", source.name))?;
        if source.is_lines() {
            for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
                let text = readable(line);
                let (json, end) = text.split_at(text.trim_end_matches(['\r', '\n']).len());
                if !json.trim().is_empty() {
                    let new = session.deidentify_json(&inspector, &context, json);
                    let place = || format!("line {} of `{}` is not JSON", number + 1, source.name);
                    out.write_all(new.with_context(place)?.as_bytes())?;
                }
                out.write_all(end.as_bytes())?;
            }
        } else {
            let found = inspector.inspect_bytes(bytes, &context);
            ensure!(found.incomplete.is_empty(), "`{}` was not redacted: {}", source.name, found.incomplete.join("; "));
            let done = session.deidentify(&readable(bytes), &found.detections);
            blocked |= done.blocked;
            out.write_all(done.text.as_bytes())?;
        }
    }
    out.flush()?;
    store(args, session.vault())?;
    Ok(if blocked { Exit::Findings } else { Exit::Clean })
}

/// The same for stdin as it comes: at most 256 bytes are held back.
pub(super) fn redact_stream(args: &RedactArgs, inspector: Inspector, context: Context) -> Result<Exit> {
    ensure!(args.vault.is_none(), "--stream and --vault do not go together: a stream has no end at which to store it");
    let session = Session::new(policy(args)?).map_err(|error| anyhow!("{error}; --stream redacts and masks only"))?;
    let mut stream = Stream::new(Arc::new(inspector), context, session);
    let (mut input, mut out) = (io::stdin().lock(), io::stdout().lock());
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = input.read(&mut chunk).context("stdin cannot be read")?;
        if read == 0 {
            break;
        }
        out.write_all(&stream.push(chunk.get(..read).unwrap_or_default()))?;
        out.flush()?;
    }
    out.write_all(&stream.finish())?;
    out.flush()?;
    Ok(if stream.blocked().is_some() { Exit::Findings } else { Exit::Clean })
}

/// Puts the values back where their placeholders stand.
pub(super) fn restore(args: &RedactArgs, sources: Vec<Source>) -> Result<Exit> {
    let file = args.vault.as_deref().context("--restore needs the --vault that holds the values")?;
    ensure!(file.exists(), "the vault `{}` does not exist: --redact --vault makes one", file.display());
    let vault = open(args)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for source in sources {
        let bytes = source.bytes().map_err(|error| anyhow!("`{}` cannot be read: {error}", source.name))?;
        let mut restorer = Restorer::new(&vault);
        if source.is_lines() {
            restorer = restorer.json();
        }
        out.write_all(&restorer.push(bytes)?)?;
        out.write_all(&restorer.finish()?)?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// What is done with each kind: placeholders if there is a vault, else redaction, unless `--replace` says otherwise.
fn policy(args: &RedactArgs) -> Result<Policy> {
    let usual = if args.vault.is_some() { Operator::Placeholder } else { Operator::Redact };
    let mut policy = Policy::all(usual);
    for choice in &args.replace {
        let (kind, how) = choice.split_once('=').with_context(|| format!("`{choice}` is not KIND=HOW"))?;
        let operator = operator(how).with_context(|| format!("`{choice}`"))?;
        if kind == "otherwise" {
            policy.otherwise = operator;
        } else {
            ensure!(
                crate::catalogue::is_kind(kind),
                "there is no detector of kind `{kind}`{}",
                crate::catalogue::hint(kind)
            );
            policy = policy.with(kind, operator);
        }
    }
    Ok(policy)
}

/// `mask`, `mask:4` (the last four stay), `mask:6:4` (the first six, too).
fn operator(text: &str) -> Result<Operator> {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default();
    let counts: Vec<usize> = parts
        .map(|count| count.parse().map_err(|_| anyhow!("`{count}` is not a number of characters")))
        .collect::<Result<_>>()?;
    let (first, last) = match *counts.as_slice() {
        [] => (0, 0),
        [last] => (0, last),
        [first, last] => (first, last),
        _ => bail!("at most two numbers: how many characters stay at the beginning and at the end"),
    };
    Ok(match name {
        "keep" => Operator::Keep,
        "redact" => Operator::Redact,
        "mask" => Operator::Mask { first, last, with: '*' },
        "hash" => Operator::Hash,
        "placeholder" => Operator::Placeholder,
        "format" => Operator::FormatPreserving { first, last },
        "surrogate" => Operator::Surrogate,
        "block" => Operator::Block,
        _ => bail!("`{name}` is not one of keep, redact, mask, hash, placeholder, format, surrogate, block"),
    })
}

/// The vault, empty if the file does not exist yet.
fn open(args: &RedactArgs) -> Result<Vault> {
    let keys = Keys::new(&key(args)?, &args.scope);
    match &args.vault {
        Some(path) if path.exists() => {
            let text = std::fs::read_to_string(path).with_context(|| format!("vault `{}`", path.display()))?;
            let file = serde_json::from_str(&text).with_context(|| format!("vault `{}`", path.display()))?;
            Vault::open(file, keys).with_context(|| {
                format!(
                    "vault `{}` does not open: another key, another --scope, or somebody changed it",
                    path.display()
                )
            })
        }
        _ => Ok(Vault::new(keys, Ids::Keyed)),
    }
}

/// Written beside its place and renamed, readable by its owner only.
fn store(args: &RedactArgs, vault: Option<&Vault>) -> Result<()> {
    let (Some(path), Some(vault)) = (&args.vault, vault) else { return Ok(()) };
    let write = || -> Result<()> {
        let part = part_of(path);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        file.write_all(serde_json::to_string_pretty(&vault.file()?)?.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        Ok(())
    };
    write().with_context(|| format!("vault `{}` cannot be written", path.display()))
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

/// 32 bytes: raw, or as 64 hexadecimal digits.
fn key(args: &RedactArgs) -> Result<[u8; 32]> {
    let bytes = match (&args.key_file, &args.key) {
        (Some(path), _) => {
            std::fs::read(path).with_context(|| format!("key file `{}` cannot be read", path.display()))?
        }
        (None, Some(text)) => text.clone().into_bytes(),
        (None, None) => bail!(
            "a vault needs a key: `openssl rand -hex 32 > vault.key`, then --key-file vault.key, or REDAN_VAULT_KEY"
        ),
    };
    let hex = |text: &str| -> Option<Vec<u8>> {
        let digits = text.trim().as_bytes();
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        (digits.len() == 64).then(|| digits.chunks(2).map(pair).collect::<Option<Vec<u8>>>())?
    };
    let key = std::str::from_utf8(&bytes).ok().and_then(hex).unwrap_or(bytes);
    key.try_into().map_err(|_| anyhow!("the key is neither 32 bytes nor 64 hexadecimal digits: `openssl rand -hex 32`"))
}
