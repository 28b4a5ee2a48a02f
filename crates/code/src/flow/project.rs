//! The files of a project: which of them an import means, and which are worth a run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use super::run::Run;
use super::{Found, with_stack};
use crate::Language;
use crate::ir::{Import, Unit};
use crate::specs::Table;

/// Files that one run sees beside its own.
const MOST: usize = 16;
/// Bytes of text of them.
const MOST_BYTES: usize = 384 << 10;
/// Imports of imports.
const DEEPEST: usize = 2;
/// Bytes of text of one half of the units that are kept for the next runs.
const KEPT: usize = 3 << 19;

/// One text.
#[derive(Debug, Clone, Copy)]
pub struct Source<'t> {
    /// Relative to the project, parts split by `/`.
    pub path: &'t str,
    /// What it says.
    pub text: &'t str,
}

/// The texts of a project.
#[derive(Debug)]
pub struct Project<'t> {
    sources: Vec<Source<'t>>,
    /// Files by their name without ending.
    by_stem: HashMap<&'t str, Vec<usize>>,
    /// Files by the folder right above them and their name.
    by_tail: HashMap<&'t str, Vec<usize>>,
    /// The first file of each path.
    by_path: HashMap<&'t str, usize>,
    /// Files of Go by their folder.
    by_folder: HashMap<&'t str, Vec<usize>>,
    kept: Mutex<Kept>,
}

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) unit: Unit,
    /// What each import means.
    imported: OnceLock<Vec<Vec<usize>>>,
}

impl Read {
    fn new(unit: Unit) -> Self {
        Self { unit, imported: OnceLock::new() }
    }

    /// The files that each import means.
    pub(super) fn imported(&self, project: &Project<'_>, file: usize) -> &[Vec<usize>] {
        let resolve = |import| project.resolve(file, self.unit.language, import);
        self.imported.get_or_init(|| self.unit.imports.iter().map(resolve).collect())
    }
}

/// Units of the last runs, in two halves: what is not used while one fills is forgotten.
#[derive(Debug, Default)]
struct Kept {
    new: HashMap<usize, (usize, Arc<Read>)>,
    old: HashMap<usize, (usize, Arc<Read>)>,
    bytes: usize,
}

impl Kept {
    fn get(&mut self, at: usize) -> Option<Arc<Read>> {
        if let Some((_, unit)) = self.new.get(&at) {
            return Some(Arc::clone(unit));
        }
        let (bytes, unit) = self.old.remove(&at)?;
        self.put(at, bytes, Arc::clone(&unit));
        Some(unit)
    }

    fn put(&mut self, at: usize, bytes: usize, unit: Arc<Read>) {
        self.bytes += bytes;
        if self.bytes > KEPT {
            self.old = std::mem::take(&mut self.new);
            self.bytes = bytes;
        }
        self.new.insert(at, (bytes, unit));
    }
}

impl<'t> Project<'t> {
    /// The text of a file.
    pub(super) fn text(&self, file: usize) -> &'t str {
        self.sources.get(file).map_or("", |source| source.text)
    }

    /// An index over the texts; nothing is parsed yet.
    #[must_use]
    pub fn new(sources: Vec<Source<'t>>) -> Self {
        let (mut by_stem, mut by_folder) = (HashMap::<_, Vec<usize>>::new(), HashMap::<_, Vec<usize>>::new());
        let (mut by_tail, mut by_path) = (HashMap::<_, Vec<usize>>::new(), HashMap::new());
        for (at, source) in sources.iter().enumerate() {
            let (folder, name) = split(source.path);
            let stem = name.split('.').next().unwrap_or(name);
            by_stem.entry(stem).or_default().push(at);
            by_tail.entry(tail_of(source.path)).or_default().push(at);
            by_path.entry(source.path).or_insert(at);
            if source.path.ends_with(".go") && !source.path.ends_with("_test.go") {
                by_folder.entry(folder).or_default().push(at);
            }
        }
        Self { sources, by_stem, by_tail, by_path, by_folder, kept: Mutex::default() }
    }

    /// Follows what happens from one file on; None if it is in no language that is analysed, or says nothing that the
    /// tables know.
    #[must_use]
    pub fn analyse(&self, root: usize) -> Option<Found> {
        let source = self.sources.get(root)?;
        let language = Language::of(source.path)?;
        let concern = Table::of(language).concerns(source.text);
        if !concern.any {
            return None;
        }
        let analyse = || {
            // Where nothing comes in, other files add nothing to what is found in them.
            // What is in them that is long and says nothing is not read either.
            let alone = || {
                let concerns = |part: &str| Table::of(language).concerns_part(&concern, part);
                let unit = crate::lower::lower_where(source.path, source.text, language, &concerns);
                vec![(root, Arc::new(Read::new(unit)))]
            };
            let wide = concern.source || super::tool::makes_team(source.text, language);
            let files = if wide && !is_test(source.path) { self.gather(root)? } else { alone() };
            let mut run = Run::new(self, &files);
            run.whole();
            Some(run.finish())
        };
        match with_stack(analyse) {
            Ok(found) => found,
            Err(problem) => Some(Found::failed(&problem)),
        }
    }

    /// Follows what is confidential from one file on, whatever the text is about; None if its language has no table.
    #[must_use]
    pub fn leaks(&self, root: usize) -> Option<Found> {
        let table = Table::of_leaks(Language::of(self.sources.get(root)?.path)?)?;
        let follow = || {
            let files = self.gather(root)?;
            let mut run = Run::new(self, &files);
            (run.table, run.leaks, run.deeds) = (table, true, None);
            run.whole();
            Some(run.finish())
        };
        match with_stack(follow) {
            Ok(found) => found,
            Err(problem) => Some(Found::failed(&problem)),
        }
    }

    pub(super) fn path(&self, file: usize) -> &'t str {
        self.sources.get(file).map_or("", |source| source.path)
    }

    /// A value that the properties files of the project set, all the same.
    pub(super) fn property(&self, key: &str) -> Option<&'t str> {
        let mut found = None;
        for source in self.sources.iter().filter(|source| source.path.ends_with(".properties")) {
            let lines = source.text.lines().filter(|line| !line.trim_start().starts_with(['#', '!']));
            let pairs = lines.filter_map(|line| line.split_once(['=', ':']));
            for (_, value) in pairs.filter(|(name, _)| name.trim() == key) {
                if found.is_some_and(|known| known != value.trim()) {
                    return None;
                }
                found = Some(value.trim());
            }
        }
        found
    }

    fn unit(&self, at: usize) -> Option<Arc<Read>> {
        if let Ok(mut kept) = self.kept.lock()
            && let Some(unit) = kept.get(at)
        {
            return Some(unit);
        }
        let source = self.sources.get(at)?;
        let unit = Arc::new(Read::new(crate::lower(source.path, source.text, Language::of(source.path)?)));
        if self.sources.len() > 1
            && let Ok(mut kept) = self.kept.lock()
        {
            kept.put(at, source.text.len(), Arc::clone(&unit));
        }
        Some(unit)
    }

    /// A file and what it imports, itself first.
    fn gather(&self, root: usize) -> Option<Vec<(usize, Arc<Read>)>> {
        let mut files = vec![(root, self.unit(root)?)];
        let mut bytes = 0;
        let (mut from, mut depth) = (0, 0);
        while from < files.len() && depth < DEEPEST && self.sources.len() > 1 {
            let until = files.len();
            for at in from..until {
                let Some((file, unit)) = files.get(at).cloned() else { break };
                for next in self.neighbours(file, &unit) {
                    let length = self.sources.get(next).map_or(0, |source| source.text.len());
                    if files.len() >= MOST
                        || bytes + length > MOST_BYTES
                        || files.iter().any(|(known, _)| *known == next)
                    {
                        continue;
                    }
                    bytes += length;
                    files.extend(self.unit(next).map(|unit| (next, unit)));
                }
            }
            (from, depth) = (until, depth + 1);
        }
        Some(files)
    }

    fn neighbours(&self, file: usize, read: &Read) -> Vec<usize> {
        let unit = &read.unit;
        let mut out: Vec<usize> = read.imported(self, file).iter().flatten().copied().collect();
        let (folder, _) = split(self.path(file));
        match unit.language {
            Language::Go => out.extend(self.by_folder.get(folder).into_iter().flatten().take(10)),
            Language::Java => {
                // Classes of the same package need no import.
                let text = self.sources.get(file).map_or("", |source| source.text);
                let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let mut seen = std::collections::HashSet::new();
                let whole = unit.imports.iter().filter(|import| import.name.as_deref() == Some("*"));
                let whole: Vec<String> = whole.map(|import| import.module.replace('.', "/")).collect();
                let is_whole = |of: &str| {
                    whole.iter().any(|package| {
                        of.strip_suffix(package.as_str()).is_some_and(|p| p.is_empty() || p.ends_with('/'))
                    })
                };
                for word in words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())) {
                    if seen.insert(word) {
                        let files = self.by_stem.get(word).into_iter().flatten();
                        out.extend(files.filter(|at| {
                            let path = self.path(**at);
                            path.ends_with(".java")
                                && (split(path).0 == folder
                                    || is_whole(split(path).0)
                                    || text.contains(&package(path, word)))
                        }));
                    }
                }
            }
            _ => {}
        }
        out.retain(|at| *at != file);
        out
    }

    /// Files that an import means: the file of the name before the file of the module.
    fn resolve(&self, from: usize, language: Language, import: &Import) -> Vec<usize> {
        let name = import.name.as_deref().filter(|name| *name != "*");
        let (folder, _) = split(self.path(from));
        match language {
            Language::Python => {
                let dots = import.module.len() - import.module.trim_start_matches('.').len();
                let module = import.module.trim_start_matches('.').replace('.', "/");
                let base = (dots > 0).then(|| up(folder, dots - 1));
                let inner =
                    name.map(|name| if module.is_empty() { name.to_owned() } else { format!("{module}/{name}") });
                [inner, Some(module)]
                    .into_iter()
                    .flatten()
                    .filter(|module| !module.is_empty())
                    .filter_map(|module| {
                        self.find(from, base, &format!("{module}.py"))
                            .or_else(|| self.find(from, base, &format!("{module}/__init__.py")))
                    })
                    .collect()
            }
            Language::JavaScript | Language::TypeScript | Language::Tsx => {
                if !import.module.starts_with('.') {
                    return Vec::new();
                }
                let path = joined(folder, &import.module);
                let bare = path.trim_end_matches(".js").trim_end_matches(".ts").to_owned();
                let endings =
                    ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", "/index.ts", "/index.js", "/index.tsx"];
                endings
                    .iter()
                    .find_map(|ending| self.find(from, Some(""), &format!("{bare}{ending}")))
                    .into_iter()
                    .collect()
            }
            Language::Java => {
                let module = import.module.replace('.', "/");
                name.and_then(|name| self.find(from, None, &format!("{module}/{name}.java")))
                    .or_else(|| self.find(from, None, &format!("{module}.java")))
                    .into_iter()
                    .collect()
            }
            Language::Go => {
                let mut tail = import.module.split_once('/').map_or("", |(_, rest)| rest);
                while !tail.is_empty() {
                    let fits = |folder: &&&str| **folder == tail || folder.ends_with(&format!("/{tail}"));
                    if let Some(found) = self.by_folder.keys().find(fits).and_then(|folder| self.by_folder.get(*folder))
                    {
                        return found.iter().copied().take(10).collect();
                    }
                    tail = tail.split_once('/').map_or("", |(_, rest)| rest);
                }
                Vec::new()
            }
            Language::Rust => {
                let module = import.module.replace("::", "/").replace('.', "/");
                let module =
                    module.trim_start_matches("crate/").trim_start_matches("self/").trim_start_matches("super/");
                if import.module.starts_with("std") {
                    return Vec::new();
                }
                self.find(from, None, &format!("{module}.rs"))
                    .or_else(|| self.find(from, None, &format!("{module}/mod.rs")))
                    .into_iter()
                    .collect()
            }
        }
    }

    /// The file whose path ends so; of several the one nearest to the file that asks. With a base only that path.
    fn find(&self, from: usize, base: Option<&str>, tail: &str) -> Option<usize> {
        let (before, name) = split(tail);
        if let Some(base) = base {
            let whole = if base.is_empty() { tail.to_owned() } else { format!("{base}/{tail}") };
            return self.by_path.get(whole.as_str()).copied();
        }
        // Many files have one name; fewer have it in folders of one name.
        let files = if before.is_empty() {
            self.by_stem.get(name.split('.').next().unwrap_or(name))?
        } else {
            self.by_tail.get(tail_of(tail))?
        };
        // Otherwise an unrelated file of the same name would be taken for a library.
        let fits = |at: &usize| {
            let path = self.path(*at);
            path == tail || (path.ends_with(tail) && path.as_bytes().get(path.len() - tail.len() - 1) == Some(&b'/'))
        };
        let near = |at: &usize| {
            let same = self.path(*at).bytes().zip(self.path(from).bytes()).take_while(|(a, b)| a == b).count();
            (!before.is_empty(), same)
        };
        files.iter().copied().filter(fits).filter(|at| *at != from).max_by_key(near)
    }
}

/// Whether a file is a test: what it does with other files harms nobody.
fn is_test(path: &str) -> bool {
    let (folder, name) = split(path);
    name.starts_with("test_")
        || name.contains("_test.")
        || name.contains(".test.")
        || name.contains(".spec.")
        || folder.split('/').any(|part| matches!(part, "test" | "tests" | "__tests__" | "testing"))
}

/// The end of a path: the folder right above a file, and its name.
fn tail_of(path: &str) -> &str {
    let (folder, _) = split(path);
    path.get(folder.rfind('/').map_or(0, |at| at + 1)..).unwrap_or(path)
}

/// Folder and name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn up(folder: &str, times: usize) -> &str {
    (0..times).fold(folder, |folder, _| split(folder).0)
}

/// `./` and `../` resolved.
fn joined(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// How Java writes the class of a file: `a.b.C` for `src/a/b/C.java`, from the last two folders.
fn package(path: &str, class: &str) -> String {
    let (folder, _) = split(path);
    let (above, last) = split(folder);
    let above = split(above).1;
    format!("{above}.{last}.{class}")
}
