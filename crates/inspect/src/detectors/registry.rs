//! The list of entries, by category. `cargo dev new detector CATEGORY/FAMILY/ID` adds a line; a test holds it
//! against the folders.

use redan_domain::entry::Pack;

/// Path below `src/detectors` without extension, and text, of each entry of one family.
pub(super) type Entries = Pack;

/// One family: its category, its folder, then the ids in it. Called from the category's `mod.rs`.
macro_rules! family {
    ($category:literal, $family:literal: $($id:literal),+ $(,)?) => {
        redan_domain::pack!(concat!($category, "/", $family), concat!($family, "/"), $($id),+)
    };
}
pub(super) use family;

/// Every family of every category, sorted.
pub(super) fn families() -> impl Iterator<Item = Entries> {
    let categories = [
        super::exfiltration::FAMILIES,
        super::hidden::FAMILIES,
        super::injection::FAMILIES,
        super::output::FAMILIES,
        super::personal::FAMILIES,
        super::secret::FAMILIES,
    ];
    categories.into_iter().flatten().copied()
}
