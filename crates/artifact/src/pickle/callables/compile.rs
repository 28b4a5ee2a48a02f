//! Makes the layout of the text of the table. Runs in `build.rs`, and in tests.

use super::layout::{Block, Entry, Index, Layout, Span, hash, slot};

/// What a vetted row may end with; every other row is dangerous.
const WAYS: [&str; 4] = ["reduce", "newobj", "import", "build"];

/// A [`Layout`] that owns what it lists.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    pub(crate) blocks: Vec<Block>,
    pub(crate) modules: Names,
    pub(crate) packages: Names,
    pub(crate) package_depth: usize,
    pub(crate) barred: Names,
}

/// An [`Index`] that owns what it lists.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) entries: Vec<Entry>,
    pub(crate) slots: Vec<u32>,
}

impl Compiled {
    pub(crate) fn layout(&self) -> Layout<'_> {
        Layout {
            blocks: &self.blocks,
            modules: self.modules.index(),
            packages: self.packages.index(),
            package_depth: self.package_depth,
            barred: self.barred.index(),
        }
    }
}

impl Names {
    fn index(&self) -> Index<'_> {
        Index { entries: &self.entries, slots: &self.slots }
    }

    /// Sorts the entries and gives every name a slot; at least half of the slots stay free.
    fn seal(&mut self, sources: &[(&str, &str)]) {
        self.entries.sort_by_key(|entry| entry.name.of(sources));
        self.slots = vec![0; (self.entries.len() * 2).next_power_of_two()];
        let mut before = None;
        for (place, entry) in self.entries.iter().enumerate() {
            let name = entry.name.of(sources);
            if before.replace(name) == Some(name) {
                continue;
            }
            let hash = hash(name);
            let start = hash as usize % self.slots.len();
            let free = (start..self.slots.len()).chain(0..start).find(|at| self.slots.get(*at) == Some(&0));
            if let Some(free) = free.and_then(|at| self.slots.get_mut(at)) {
                assert!(place < usize::from(u16::MAX), "the table is small enough for its layout");
                *free = slot(hash, place);
            }
        }
    }
}

/// Finds everything in (file name, text) pairs. The names of files about Python itself start with `builtins` or
/// `stdlib`.
pub(crate) fn compile(sources: &[(&str, &str)]) -> Compiled {
    let mut made = Compiled::default();
    for (file, (name, text)) in sources.iter().enumerate() {
        let first = made.blocks.len();
        blocks(narrow(file), text, &mut made.blocks);
        let standard = name.starts_with("builtins") || name.starts_with("stdlib");
        for (index, block) in made.blocks.iter().enumerate().skip(first) {
            let entry = |name| Entry { name, block: narrow(index) };
            for mut module in words(block.modules, sources) {
                if let Some(package) = module.of(sources).strip_suffix(".**") {
                    made.package_depth = made.package_depth.max(package.split('.').count());
                    module.to -= 3;
                    made.packages.entries.push(entry(module));
                } else {
                    made.modules.entries.push(entry(module));
                }
            }
            if standard {
                made.barred.entries.extend(dangerous(block.names, sources).into_iter().map(entry));
            }
        }
    }
    for names in [&mut made.modules, &mut made.packages, &mut made.barred] {
        names.seal(sources);
    }
    made
}

/// A block per line that is not indented, and one before the first.
fn blocks(file: u8, text: &str, blocks: &mut Vec<Block>) {
    let span = |from: usize, to: usize| Span { file, from: narrow(from), to: narrow(to) };
    let mut block = Block { line: 1, modules: span(0, 0), names: span(0, 0) };
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let end = at + line.len();
        if line.starts_with([' ', '\t', '#', '\n', '\r']) {
            block.names.to = narrow(end);
        } else {
            let modules = line.split('#').next().unwrap_or_default();
            let next = Block { line: narrow(number + 2), modules: span(at, at + modules.len()), names: span(end, end) };
            blocks.push(std::mem::replace(&mut block, next));
        }
        at = end;
    }
    blocks.push(block);
}

/// The exact names of the rows that end with an effect.
fn dangerous(names: Span, sources: &[(&str, &str)]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut from = names.from;
    for line in names.of(sources).split_inclusive('\n') {
        let content = line.split('#').next().unwrap_or_default();
        if let Some((left, right)) = content.split_once(" : ")
            && !right.split_ascii_whitespace().any(|word| WAYS.contains(&word))
        {
            let row = Span { from, to: from + narrow::<u32>(left.len()), ..names };
            found.extend(words(row, sources).filter(|name| !name.of(sources).contains(['*', '@'])));
        }
        from += narrow::<u32>(line.len());
    }
    found
}

/// What white space separates.
fn words(span: Span, sources: &[(&str, &str)]) -> impl Iterator<Item = Span> {
    let mut from = span.from;
    span.of(sources).split(|c: char| c.is_ascii_whitespace()).filter_map(move |word| {
        let to = from + narrow::<u32>(word.len());
        let found = Span { from, to, ..span };
        from = to + 1;
        (!word.is_empty()).then_some(found)
    })
}

fn narrow<T: TryFrom<usize>>(number: usize) -> T {
    T::try_from(number).ok().expect("the table is small enough for its layout")
}
