//! What is asked of git: which files differ from a revision, and the files of a revision.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Files below `folder`'s repository that differ from a revision, committed or not, or are new; as whole paths.
///
/// # Errors
/// When there is no repository, or no such revision.
pub(crate) fn changed_since(revision: &str, folder: &Path) -> Result<HashSet<PathBuf>> {
    let top = PathBuf::from(top(folder)?);
    let commit = commit(revision, &top)?;
    let changed = run(&["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", &commit, "--"], &top, None)?;
    let new = run(&["ls-files", "--others", "--exclude-standard", "-z"], &top, None)?;
    let names = changed.split('\0').chain(new.split('\0')).filter(|name| !name.is_empty());
    Ok(names.filter_map(|name| top.join(name).canonicalize().ok()).collect())
}

/// Writes the files of a revision of the repository around the current folder below `folder`, with an index of its
/// own: the user's work is not touched.
///
/// # Errors
/// When there is no repository, or no such revision.
pub(crate) fn check_out(revision: &str, folder: &Path) -> Result<()> {
    let top = PathBuf::from(top(Path::new("."))?);
    let commit = commit(revision, &top)?;
    let index = folder.join(".redan-index");
    run(&["read-tree", &commit], &top, Some(&index))?;
    run(&["checkout-index", "--all", "--force", &format!("--prefix={}/", folder.display())], &top, Some(&index))?;
    std::fs::remove_file(&index).context("the index of the revision cannot be removed")
}

fn top(folder: &Path) -> Result<String> {
    let folder = if folder.is_dir() { folder } else { folder.parent().unwrap_or(Path::new(".")) };
    let top = run(&["rev-parse", "--show-toplevel"], folder, None)
        .with_context(|| format!("`{}` is in no git repository", folder.display()))?;
    Ok(top.trim_end().to_string())
}

fn commit(revision: &str, top: &Path) -> Result<String> {
    if revision.starts_with('-') {
        bail!("`{revision}` is no revision");
    }
    let commit = run(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")], top, None)
        .with_context(|| format!("`{revision}` is neither a file, a folder, nor a revision of the repository here"))?;
    Ok(commit.trim().to_string())
}

/// Nothing that the repository names is run.
fn run(args: &[&str], folder: &Path, index: Option<&Path>) -> Result<String> {
    let mut command = Command::new("git");
    command.args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]).args(args);
    command.current_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    command.env("GIT_OPTIONAL_LOCKS", "0");
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.output().context("git cannot be run")?;
    if !output.status.success() {
        bail!("git {}: {}", args.first().unwrap_or(&""), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
