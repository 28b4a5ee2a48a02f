//! The table in memory, and how the most specific row is found for a name.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::layout::{Block, Layout};
use super::words::{Effect, Ways};
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
    /// `@name`: one identifier.
    Name,
    /// `@Class.method`: this method of any CamelCase class.
    Method(&'a str),
    /// `prefix*suffix`; `dots` when the star may stand for dots too.
    Affix { prefix: &'a str, suffix: &'a str, dots: bool },
    /// `*text*`; `dots` as above.
    Inside { text: &'a str, dots: bool },
}

impl<'a> Glob<'a> {
    /// `None` for an exact name.
    pub(super) fn read(text: &'a str, verdict: Verdict) -> Result<Option<Glob<'a>>, String> {
        let dots = matches!(verdict, Verdict::Dangerous(_));
        match text {
            "@Class" => return Ok(Some(Glob::Class)),
            "@name" if verdict == Verdict::Vetted(Ways::IMPORT) => return Ok(Some(Glob::Name)),
            "@name" => return Err("`@name` may only be imported: name what is meant".to_owned()),
            _ => {}
        }
        if let Some(method) = text.strip_prefix("@Class.") {
            let ok = is_identifier(method) && !WAY_OUT.contains(&method) && verdict == Verdict::Vetted(Ways::IMPORT);
            return if ok { Ok(Some(Glob::Method(method))) } else { Err(format!("`{text}` may only be imported")) };
        }
        if !text.contains('*') {
            let ok = text.split('.').all(is_identifier);
            return if ok { Ok(None) } else { Err(format!("`{text}` is not a name")) };
        }
        if !dots && (text == "*" || text.contains('.')) {
            return Err(format!("`{text}` may not be vetted: name what is meant"));
        }
        let inside = text.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')).filter(|rest| !rest.is_empty());
        let glob = match (inside, text.split_once('*')) {
            (Some(text), _) => Glob::Inside { text, dots },
            (None, Some((prefix, suffix))) => Glob::Affix { prefix, suffix, dots },
            (None, None) => return Ok(None),
        };
        let stars = text.matches('*').count();
        if stars > 1 + usize::from(inside.is_some()) || text.chars().any(|c| !"*._".contains(c) && !is_word(c)) {
            return Err(format!("`{text}` is not a pattern: write `text*`, `*text`, `a*b` or `*text*`"));
        }
        Ok(Some(glob))
    }

    fn matches(self, name: &str) -> bool {
        match self {
            Glob::Class => is_class_name(name),
            Glob::Name => is_identifier(name),
            Glob::Method(method) => {
                name.split_once('.').is_some_and(|(class, rest)| rest == method && is_class_name(class))
            }
            Glob::Affix { prefix, suffix, dots } => name
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_suffix(suffix))
                .is_some_and(|middle| dots || !middle.contains('.')),
            Glob::Inside { text, dots } => name.contains(text) && (dots || !name.contains('.')),
        }
    }

    /// How much of a name it fixes: the longer, the more specific.
    fn literal_len(self) -> usize {
        match self {
            Glob::Name => 0,
            Glob::Class | Glob::Method(_) => 1,
            Glob::Affix { prefix, suffix, .. } => (prefix.len() + suffix.len()) * 2,
            Glob::Inside { text, .. } => text.len() * 2,
        }
    }
}

/// What a level of the table says of a name.
struct Found {
    verdict: Verdict,
    /// Vetted by the form of the name only.
    loose: bool,
    /// Dangerous by `*`, like every name there.
    any: bool,
}

/// What stands under a line of modules.
#[derive(Debug, Clone, Default)]
pub(super) struct Names<'a> {
    pub(super) exact: HashMap<&'a str, Verdict>,
    pub(super) globs: Vec<(&'a str, Glob<'a>, Verdict)>,
}

impl<'a> Names<'a> {
    fn rows(&self) -> impl Iterator<Item = (&'a str, Verdict)> {
        let exact = self.exact.iter().map(|(name, verdict)| (*name, *verdict));
        exact.chain(self.globs.iter().map(|(name, _, verdict)| (*name, *verdict)))
    }
}

/// Every row, by module.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    pub(super) sources: &'a [(&'a str, &'a str)],
    pub(super) layout: Layout<'a>,
    /// What stands in each block, parsed when first asked for.
    names: Vec<OnceLock<Box<Names<'a>>>>,
}

impl<'a> Table<'a> {
    pub(super) fn new(sources: &'a [(&'a str, &'a str)], layout: Layout<'a>) -> Table<'a> {
        Table { sources, layout, names: vec![OnceLock::new(); layout.blocks.len()] }
    }

    pub(super) fn modules(&self, block: &Block) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        block.modules.of(self.sources).split_ascii_whitespace()
    }

    /// An unreadable block leaves its names unknown, which is the strict side; a test reads every one.
    fn names(&self, index: usize) -> Option<&Names<'a>> {
        let block = self.layout.blocks.get(index)?;
        Some(self.names.get(index)?.get_or_init(|| Box::new(self.read(block).unwrap_or_default())))
    }

    /// Whether Python itself has a dangerous thing of this name: a module that imported it must not get it vetted
    /// by `@Class` or `@name`.
    pub(super) fn is_barred(&self, name: &str) -> bool {
        self.layout.barred.get(name, self.sources).is_some()
    }

    /// Every row, module by module in the order of the text.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        self.layout.blocks.iter().enumerate().flat_map(|(index, block)| {
            let names = self.names(index).into_iter();
            let mut names: Vec<_> = names.flat_map(Names::rows).collect();
            names.sort_unstable_by_key(|(name, _)| *name);
            self.modules(block)
                .flat_map(move |module| names.clone().into_iter().map(|(name, verdict)| Row { module, name, verdict }))
        })
    }

    /// What these blocks say of a name: its exact row, else its most specific pattern; dangerous wins ties, and
    /// further vetted rows add their ways. `named_only`: patterns that match every name do not count.
    fn find(&self, blocks: impl Iterator<Item = usize>, name: &str, named_only: bool) -> Option<Found> {
        /// More specific than any pattern.
        const EXACT: usize = usize::MAX;
        let mut best: Option<(usize, Verdict)> = None;
        let mut ways = Ways::default();
        let mut offer = |rank: usize, verdict: Verdict| {
            if let Verdict::Vetted(more) = verdict {
                ways = ways.with(more);
            }
            let wins =
                |(known, held): (usize, Verdict)| rank > known || (rank == known && matches!(held, Verdict::Vetted(_)));
            if best.is_none_or(wins) {
                best = Some((rank, verdict));
            }
        };
        for names in blocks.filter_map(|index| self.names(index)) {
            if let Some(verdict) = names.exact.get(name) {
                offer(EXACT, *verdict);
            }
            for (_, glob, verdict) in names.globs.iter().filter(|(_, glob, _)| glob.matches(name)) {
                let barred = matches!(verdict, Verdict::Vetted(_)) && self.is_barred(name);
                let too_vague = named_only && glob.literal_len() <= 1;
                if !barred && !too_vague {
                    offer(glob.literal_len(), *verdict);
                }
            }
        }
        let (rank, verdict) = best?;
        match verdict {
            Verdict::Vetted(_) => Some(Found { verdict: Verdict::Vetted(ways), loose: rank <= 1, any: false }),
            verdict => Some(Found { verdict, loose: false, any: rank == 0 }),
        }
    }

    /// Judges a name, following attributes when it is dotted.
    pub(super) fn judge(&self, module: &str, qualname: &str) -> Verdict {
        if let Some(found) = self.row(module, qualname) {
            // `*` of a module says less than what a dotted name comes down to.
            let behind = if found.any && qualname.contains('.') { self.reached(module, qualname, true) } else { None };
            return behind.map_or(found.verdict, Verdict::Dangerous);
        }
        // `C.__new__(C, …)` is what the opcode NEWOBJ does.
        if let Some(Verdict::Vetted(ways)) =
            qualname.strip_suffix(".__new__").and_then(|class| self.row(module, class)).map(|found| found.verdict)
            && ways.contains(Ways::NEWOBJ)
        {
            return Verdict::Vetted(ways.with(Ways::REDUCE));
        }
        self.reached(module, qualname, false).map_or(Verdict::Unknown, Verdict::Dangerous)
    }

    /// The most specific row for a name: its module's own, then the longest package's. What `@Class` and `@name`
    /// vet yields to a package that has the same name as dangerous.
    fn row(&self, module: &str, name: &str) -> Option<Found> {
        let mut loose: Option<Found> = None;
        for blocks in self.levels(module) {
            match self.find(blocks, name, loose.is_some()) {
                Some(found) if found.loose => loose = loose.or(Some(found)),
                Some(found) if loose.is_none() || matches!(found.verdict, Verdict::Dangerous(_)) => return Some(found),
                _ => {}
            }
        }
        loose
    }

    fn levels(&self, module: &str) -> impl Iterator<Item = impl Iterator<Item = usize>> {
        let dots = module.match_indices('.').map(|(at, _)| at).take(self.layout.package_depth);
        let mut prefixes: Vec<&str> = dots.filter_map(|at| module.get(..at)).collect();
        prefixes.push(module);
        let packages = |prefix| self.layout.packages.get(prefix, self.sources);
        let packages: Vec<_> = prefixes.into_iter().rev().filter_map(packages).collect();
        self.layout.modules.get(module, self.sources).into_iter().chain(packages)
    }

    /// A dangerous name behind attributes or copies of a module: `torch.serialization` + `os.system`,
    /// `pip._vendor.requests` + `get`, `os` + `system.__call__`.
    fn reached(&self, module: &str, qualname: &str, named: bool) -> Option<Effect> {
        let last = |text: &str| text.rmatch_indices('.').nth(MAX_SEGMENTS - 1).map_or(0, |(at, _)| at + 1);
        let module = module.get(last(module)..)?;
        let qualname = qualname.get(last(qualname)..)?;
        let path = format!("{module}.{qualname}");
        let mut bounds: Vec<usize> = path.match_indices('.').map(|(at, _)| at).collect();
        bounds.push(path.len());
        let starts = std::iter::once(0).chain(bounds.iter().map(|at| at + 1).take_while(|at| *at < path.len()));
        for start in starts {
            // A module of the same short name elsewhere (`mypkg.code`) is not the one we know; an attribute is.
            let named_only = named || (start > 0 && start <= module.len());
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
        (out && !named && qualname.contains('.')).then_some(Effect::Resolve)
    }

    fn dangerous(&self, module: &str, name: &str, named_only: bool) -> Option<Effect> {
        match self.levels(module).find_map(|blocks| self.find(blocks, name, named_only))?.verdict {
            Verdict::Dangerous(effect) => Some(effect),
            _ => None,
        }
    }
}

/// Letters, digits and `_`, not starting with a digit. The table is ASCII; other names match no row.
pub(super) fn is_identifier(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit()) && !text.is_empty() && text.chars().all(is_word)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

fn is_class_name(text: &str) -> bool {
    is_identifier(text) && text.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase())
}
