//! Where everything stands in the text of the table, found when the crate is built (`build.rs`) so that no start of
//! the program has to. `parse.rs` describes the form of the text and reads what is found here.

/// Some bytes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Which file, by its place in the list.
    pub(crate) file: u8,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// One line of modules and the indented lines under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// First line of the names, from 1.
    pub(crate) line: u32,
    pub(crate) modules: Span,
    pub(crate) names: Span,
}

/// A name and the block that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: Span,
    pub(crate) block: u16,
}

/// Finds names by their hash. A static of numbers only: a pointer in it would have to be relocated at every start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index<'a> {
    /// Sorted by name, the blocks of one name in the order of the text.
    pub(crate) entries: &'a [Entry],
    /// Hash → [`slot`]: place of a name's first entry plus one, and the upper half of its hash, which tells nearly all
    /// other names apart without a look at the text; 0 is free, a taken place passes on to the next.
    pub(crate) slots: &'a [u32],
}

/// Everything that is known of the text without reading the names under a module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout<'a> {
    pub(crate) blocks: &'a [Block],
    pub(crate) modules: Index<'a>,
    /// Without the `.**`.
    pub(crate) packages: Index<'a>,
    /// Segments of the longest package.
    pub(crate) package_depth: usize,
    /// Dangerous names of Python itself.
    pub(crate) barred: Index<'a>,
}

impl Span {
    pub(crate) fn of<'a>(self, sources: &[(&'a str, &'a str)]) -> &'a str {
        let text = sources.get(usize::from(self.file)).map_or("", |(_, text)| *text);
        text.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

impl<'a> Index<'a> {
    /// The blocks that have a name, in the order of the text.
    pub(crate) fn get(self, name: &str, sources: &'a [(&'a str, &'a str)]) -> Option<impl Iterator<Item = usize>> {
        let mask = self.slots.len().wrapping_sub(1);
        let hash = hash(name);
        let mut place = hash as usize & mask;
        let first = loop {
            let taken = *self.slots.get(place)?;
            let first = ((taken & 0xffff) as usize).checked_sub(1)?;
            if taken == slot(hash, first) && self.entries.get(first)?.name.of(sources) == name {
                break first;
            }
            place = (place + 1) & mask;
        };
        let same = move |entry: &&Entry| entry.name.of(sources) == name;
        Some(self.entries.get(first..)?.iter().take_while(same).map(|entry| usize::from(entry.block)))
    }
}

/// What stands in the slot of a name whose first entry is at `first`.
pub(crate) fn slot(hash: u64, first: usize) -> u32 {
    ((hash >> 32) as u32 & 0xffff_0000) | (first + 1) as u32
}

/// FNV-1a. The names of an index are the table's own, so nobody can choose them to collide.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
