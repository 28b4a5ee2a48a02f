//! The table in memory, and how the most specific row is found for a name.

use std::collections::{HashMap, HashSet};

use super::words::Effect;
use super::{Row, Verdict};

/// How many dotted segments of a hostile name are looked at; real ones have fewer.
const MAX_SEGMENTS: usize = 6;

/// Attributes through which any Python object leads to every other one.
const WAY_OUT: &[&str] = &[
    "__globals__",
    "__builtins__",
    "__subclasses__",
    "__class__",
    "__mro__",
    "__bases__",
    "__base__",
    "__code__",
    "__closure__",
    "__dict__",
    "__func__",
    "__self__",
    "__wrapped__",
    "__getattribute__",
    "__getattr__",
    "__setattr__",
    "__delattr__",
    "__import__",
    "__loader__",
    "__spec__",
    "__module__",
    "__reduce__",
    "__reduce_ex__",
    "__init_subclass__",
    "__set_name__",
    "func_globals",
    "func_code",
    "im_func",
    "im_self",
    "f_globals",
    "f_builtins",
    "f_locals",
    "f_back",
    "f_code",
    "gi_frame",
    "gi_code",
    "cr_frame",
    "tb_frame",
    "ag_frame",
];

/// What a row's name matches when it is not one exact name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glob<'a> {
    /// `@Class`: one CamelCase identifier.
    Class,
    /// `prefix*suffix`; `dots` when the star may stand for dots too.
    Affix { prefix: &'a str, suffix: &'a str, dots: bool },
}

impl<'a> Glob<'a> {
    /// `None` for an exact name.
    pub(super) fn read(text: &'a str, dangerous: bool) -> Result<Option<Glob<'a>>, String> {
        if text == "@Class" {
            return Ok(Some(Glob::Class));
        }
        let Some((prefix, suffix)) = text.split_once('*') else {
            let ok = text.split('.').all(is_identifier);
            return if ok { Ok(None) } else { Err(format!("`{text}` is not a name")) };
        };
        if !(prefix.chars().chain(suffix.chars())).all(|c| c == '.' || c == '_' || c.is_ascii_alphanumeric()) {
            return Err(format!("`{text}` is not a name with one `*`"));
        }
        if !dangerous && (text == "*" || text.contains('.')) {
            return Err(format!("`{text}` may not be vetted: name what is meant"));
        }
        Ok(Some(Glob::Affix { prefix, suffix, dots: dangerous }))
    }

    fn matches(self, name: &str) -> bool {
        match self {
            Glob::Class => is_class_name(name),
            Glob::Affix { prefix, suffix, dots } => name
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_suffix(suffix))
                .is_some_and(|middle| dots || !middle.contains('.')),
        }
    }

    fn literal_len(self) -> usize {
        match self {
            Glob::Class => 0,
            Glob::Affix { prefix, suffix, .. } => prefix.len() + suffix.len(),
        }
    }
}

/// The rows of one module, or of one package with everything below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Patterns<'a> {
    pub(super) exact: HashMap<&'a str, Verdict>,
    /// Most literal characters first, then dangerous first.
    pub(super) globs: Vec<(Glob<'a>, Verdict)>,
}

impl Patterns<'_> {
    fn find(&self, name: &str, not_classes: &HashSet<&str>) -> Option<Verdict> {
        if let Some(verdict) = self.exact.get(name) {
            return Some(*verdict);
        }
        let hit = self.globs.iter().find(|(glob, verdict)| {
            let barred = *glob == Glob::Class && matches!(verdict, Verdict::Vetted(_)) && not_classes.contains(name);
            glob.matches(name) && !barred
        });
        hit.map(|(_, verdict)| *verdict)
    }

    fn dangerous(&self, name: &str, named_only: bool) -> Option<Effect> {
        if let Some(Verdict::Dangerous(effect)) = self.exact.get(name) {
            return Some(*effect);
        }
        let verdict = self.globs.iter().find(|(glob, _)| glob.matches(name));
        match verdict {
            Some((glob, Verdict::Dangerous(effect))) if !named_only || glob.literal_len() > 0 => Some(*effect),
            _ => None,
        }
    }
}

/// Every row, by module.
#[derive(Debug, Clone, Default)]
pub(super) struct Table<'a> {
    pub(super) rows: Vec<Row<'a>>,
    modules: HashMap<&'a str, Patterns<'a>>,
    /// Keyed without the `.**`.
    packages: HashMap<&'a str, Patterns<'a>>,
    package_depth: usize,
    /// CamelCase names that are dangerous somewhere: a module that imported one must not get it vetted by `@Class`.
    not_classes: HashSet<&'a str>,
}

impl<'a> Table<'a> {
    pub(super) fn patterns(&mut self, module: &'a str) -> &mut Patterns<'a> {
        match module.strip_suffix(".**") {
            Some(package) => {
                self.package_depth = self.package_depth.max(package.split('.').count());
                self.packages.entry(package).or_default()
            }
            None => self.modules.entry(module).or_default(),
        }
    }

    /// Sorts what was read, once all of it is there.
    pub(super) fn finish(&mut self) {
        for patterns in self.modules.values_mut().chain(self.packages.values_mut()) {
            patterns.globs.sort_by_key(|(glob, verdict)| {
                (std::cmp::Reverse(glob.literal_len()), matches!(verdict, Verdict::Vetted(_)))
            });
        }
        let dangerous = self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Dangerous(_)));
        self.not_classes = dangerous.map(|row| row.name).filter(|name| is_class_name(name)).collect();
    }

    /// Judges a name, following attributes when it is dotted.
    pub(super) fn judge(&self, module: &str, qualname: &str) -> Verdict {
        if let Some(verdict) = self.row(module, qualname) {
            return verdict;
        }
        self.reached(module, qualname).map_or(Verdict::Unknown, Verdict::Dangerous)
    }

    /// The most specific row for a name: its module's own, then the longest package's.
    pub(super) fn row(&self, module: &str, name: &str) -> Option<Verdict> {
        self.levels(module).find_map(|patterns| patterns.find(name, &self.not_classes))
    }

    fn levels(&self, module: &str) -> impl Iterator<Item = &Patterns<'a>> {
        let dots = module.match_indices('.').map(|(at, _)| at).take(self.package_depth);
        let mut prefixes: Vec<&str> = dots.filter_map(|at| module.get(..at)).collect();
        prefixes.push(module);
        let packages = prefixes.into_iter().rev().filter_map(|prefix| self.packages.get(prefix));
        self.modules.get(module).into_iter().chain(packages)
    }

    /// A dangerous name behind attributes or copies of a module: `torch.serialization` + `os.system`,
    /// `pip._vendor.requests` + `get`, `os` + `system.__call__`.
    fn reached(&self, module: &str, qualname: &str) -> Option<Effect> {
        let last = |text: &str| text.rmatch_indices('.').nth(MAX_SEGMENTS - 1).map_or(0, |(at, _)| at + 1);
        let module = module.get(last(module)..)?;
        let qualname = qualname.get(last(qualname)..)?;
        let path = format!("{module}.{qualname}");
        let mut bounds: Vec<usize> = path.match_indices('.').map(|(at, _)| at).collect();
        bounds.push(path.len());
        let starts = std::iter::once(0).chain(bounds.iter().map(|at| at + 1).take_while(|at| *at < path.len()));
        for start in starts {
            // A module of the same short name elsewhere (`mypkg.code`) is not the one we know; an attribute is.
            let named_only = start > 0 && start <= module.len();
            for (index, split) in bounds.iter().enumerate().filter(|(_, split)| **split > start) {
                let Some(owner) = path.get(start..*split) else { continue };
                for end in bounds.iter().skip(index + 1).rev().take_while(|end| **end > module.len()) {
                    let Some(name) = path.get(split + 1..*end) else { continue };
                    if let Some(effect) = self.dangerous(owner, name, named_only) {
                        return Some(effect);
                    }
                }
            }
        }
        let out = qualname.split('.').any(|segment| WAY_OUT.contains(&segment));
        (out && qualname.contains('.')).then_some(Effect::Resolve)
    }

    fn dangerous(&self, module: &str, name: &str, named_only: bool) -> Option<Effect> {
        self.levels(module).find_map(|patterns| patterns.dangerous(name, named_only))
    }
}

/// Letters, digits and `_`, not starting with a digit. The table is ASCII; other names match no row.
pub(super) fn is_identifier(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

fn is_class_name(text: &str) -> bool {
    is_identifier(text) && text.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase())
}
