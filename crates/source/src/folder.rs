//! Files below a folder, in a stable order, each with its path relative to the folder.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// What to walk into.
#[derive(Debug, Clone, Default)]
pub struct WalkOptions {
    /// Glob patterns, relative to the folder, of what to leave out.
    pub exclude: Vec<String>,
    /// Whether `.gitignore` and `.ignore` files hide files. Off for model folders: weights are often ignored by git.
    pub respect_ignore_files: bool,
}

/// One file or one thing that could not be read.
#[derive(Debug)]
pub enum Found {
    /// A regular file.
    File {
        /// Where it is.
        path: PathBuf,
        /// Relative to the walked folder, `/`-separated.
        name: String,
    },
    /// A folder or link that could not be followed, and why.
    Unreadable {
        /// What it is called.
        name: String,
        /// What the system said.
        error: String,
    },
}

/// Lists the files below `root` (or `root` itself), sorted by name. Symbolic links to files are followed
/// when they stay below `root` or point to a regular file; links to folders are not, so no cycle is possible.
pub fn walk(root: &Path, options: &WalkOptions) -> Result<Vec<Found>, String> {
    if root.is_file() {
        let name =
            root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned());
        return Ok(vec![Found::File { path: root.to_path_buf(), name }]);
    }
    let mut overrides = ignore::overrides::OverrideBuilder::new(root);
    for pattern in &options.exclude {
        overrides.add(&format!("!{pattern}")).map_err(|error| format!("`{pattern}` is not a glob: {error}"))?;
    }
    let overrides = overrides.build().map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    let walker = WalkBuilder::new(root)
        .standard_filters(false)
        .git_ignore(options.respect_ignore_files)
        .ignore(options.respect_ignore_files)
        .overrides(overrides)
        .sort_by_file_name(std::cmp::Ord::cmp)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walker {
        match entry {
            Ok(entry) if is_file(&entry) => {
                let name = relative(root, entry.path());
                found.push(Found::File { path: entry.into_path(), name });
            }
            Ok(entry) if entry.path_is_symlink() && !entry.path().exists() => {
                found.push(Found::Unreadable {
                    name: relative(root, entry.path()),
                    error: "a link that leads nowhere".into(),
                });
            }
            Ok(_) => {}
            Err(error) => found.push(Found::Unreadable { name: root.display().to_string(), error: error.to_string() }),
        }
    }
    Ok(found)
}

/// Whether it is a regular file, or a link to one; only of a link the system has to be asked again.
fn is_file(entry: &ignore::DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file() || (kind.is_symlink() && entry.path().is_file()))
}

fn relative(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path, options: &WalkOptions) -> Vec<String> {
        let name = |found| match found {
            Found::File { name, .. } => name,
            Found::Unreadable { name, .. } => format!("!{name}"),
        };
        walk(root, options).unwrap().into_iter().map(name).collect()
    }

    #[test]
    fn lists_sorted_and_leaves_out_what_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.pt", "a/x.bin", "a/.hidden", ".git/objects/x", "skip/y.pt"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        let options = WalkOptions { exclude: vec!["skip/**".into()], ..WalkOptions::default() };
        assert_eq!(names(folder.path(), &options), ["a/.hidden", "a/x.bin", "b.pt"]);
        assert_eq!(names(&folder.path().join("b.pt"), &options), ["b.pt"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_dead_link_is_said_and_a_cycle_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("dead")).unwrap();
        std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
        assert_eq!(names(folder.path(), &WalkOptions::default()), ["!dead"]);
    }
}
