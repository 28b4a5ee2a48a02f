//! Parts of a node by the names of their fields.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use tree_sitter::{Language, Node};

use crate::flow::Quick;

/// The parser itself looks for a name by comparing it with one after the other.
static FIELDS: LazyLock<HashMap<String, u16, BuildHasherDefault<Quick>>> = LazyLock::new(|| {
    let grammar = Language::from(tree_sitter_python::LANGUAGE);
    let ids = 1..=u16::try_from(grammar.field_count()).unwrap_or_default();
    ids.filter_map(|id| Some((grammar.field_name_for_id(id)?.to_owned(), id))).collect()
});

/// The part of a node of Python that is called so.
pub(super) trait Parts<'n> {
    fn field(&self, name: &str) -> Option<Node<'n>>;
}

impl<'n> Parts<'n> for Node<'n> {
    fn field(&self, name: &str) -> Option<Node<'n>> {
        self.child_by_field_id(*FIELDS.get(name)?)
    }
}
