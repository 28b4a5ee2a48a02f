//! Which entries judge a kind of fact, worked out while the program is built: to read every entry at every start would
//! cost more than to scan a small model.

#![allow(clippy::indexing_slicing)] // what is out of bounds does not compile

use redan_artifact::FactKind;

use super::registry::FAMILIES;

/// How many entries are registered.
pub(super) const ENTRIES: usize = {
    let mut count = 0;
    let mut at = 0;
    while at < FAMILIES.len() {
        count += FAMILIES[at].pack.lengths.len();
        at += 1;
    }
    count
};

/// How many facts they name.
const FACTS: usize = {
    let mut count = 0;
    let mut family = 0;
    while family < FAMILIES.len() {
        let facts = FAMILIES[family].facts.as_bytes();
        let mut at = 0;
        while at < facts.len() {
            count += is_last(facts, at) as usize;
            at += 1;
        }
        family += 1;
    }
    count
};

/// Hash of a kind, and the number of an entry that names it; sorted.
static BY_HASH: [(u32, u16); FACTS] = sorted({
    let mut list = [(0, 0); FACTS];
    let (mut filled, mut entry, mut family) = (0, 0, 0);
    while family < FAMILIES.len() {
        let facts = FAMILIES[family].facts.as_bytes();
        let (mut at, mut hash) = (0, START);
        while at < facts.len() {
            if is_part(facts[at]) {
                hash = step(hash, facts[at]);
            }
            if is_last(facts, at) {
                list[filled] = (hash, entry);
                filled += 1;
                hash = START;
            }
            if facts[at] == b'\n' {
                entry += 1;
            }
            at += 1;
        }
        family += 1;
    }
    list
});

/// Numbers of the entries that may name a kind: another kind may have the same hash.
pub(super) fn of(kind: FactKind) -> impl Iterator<Item = usize> {
    let hash = kind.0.bytes().fold(START, step);
    let first = BY_HASH.partition_point(|(other, _)| *other < hash);
    let rest = BY_HASH.iter().skip(first);
    rest.take_while(move |(other, _)| *other == hash).map(|(_, entry)| usize::from(*entry))
}

const fn is_part(byte: u8) -> bool {
    !matches!(byte, b',' | b' ' | b'\n')
}

/// Whether the name of a kind ends here.
const fn is_last(facts: &[u8], at: usize) -> bool {
    is_part(facts[at]) && (at + 1 == facts.len() || !is_part(facts[at + 1]))
}

/// FNV-1a.
const START: u32 = 0x811c_9dc5;

const fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// Shell sort.
const fn sorted(mut list: [(u32, u16); FACTS]) -> [(u32, u16); FACTS] {
    let mut gap = FACTS / 2;
    while gap > 0 {
        let mut from = gap;
        while from < FACTS {
            let mut to = from;
            while to >= gap && list[to].0 < list[to - gap].0 {
                (list[to], list[to - gap]) = (list[to - gap], list[to]);
                to -= gap;
            }
            from += 1;
        }
        gap /= 2;
    }
    list
}
