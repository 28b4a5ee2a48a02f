//! Datatypes and dataspaces: what the elements of a dataset or attribute are, and how many.

use super::file::File;
use crate::bytes::Cursor;

/// What an element is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Integer,
    Float,
    FixedText,
    Opaque,
    /// A text of variable length, kept in a global heap.
    VariableText,
    /// A sequence of variable length, kept in a global heap.
    Variable,
    Other,
}

/// A datatype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Datatype {
    pub(super) class: Class,
    /// Bytes of one element as stored.
    pub(super) size: u32,
    /// Name in the manner of numpy where there is one.
    pub(super) name: String,
}

/// Reads the beginning of a datatype message.
pub(super) fn datatype(data: &[u8]) -> Option<Datatype> {
    let mut cursor = Cursor::new(data);
    let class = cursor.u8()? & 0x0f;
    let bits = cursor.take(3)?;
    let first = bits.first().copied()?;
    let size = cursor.u32()?;
    let width = u64::from(size) * 8;
    let (class, name) = match class {
        0 if first & 8 != 0 => (Class::Integer, format!("int{width}")),
        0 => (Class::Integer, format!("uint{width}")),
        1 => (Class::Float, format!("float{width}")),
        3 => (Class::FixedText, "string".to_string()),
        5 => (Class::Opaque, "opaque".to_string()),
        6 => (Class::Other, "compound".to_string()),
        7 => (Class::Other, "reference".to_string()),
        8 => (Class::Other, "enum".to_string()),
        9 if first & 0x0f == 1 => (Class::VariableText, "string".to_string()),
        9 => (Class::Variable, "variable".to_string()),
        10 => (Class::Other, "array".to_string()),
        _ => (Class::Other, "other".to_string()),
    };
    Some(Datatype { class, size, name })
}

/// The dimensions of a dataspace message; empty for a scalar; none if it is not understood or has no elements.
pub(super) fn dimensions(file: &File<'_>, data: &[u8]) -> Option<Vec<u64>> {
    let mut cursor = Cursor::new(data);
    let version = cursor.u8()?;
    let rank = cursor.u8()?;
    cursor.skip(1)?;
    match version {
        1 => cursor.skip(5)?,
        // Type 2 is a dataspace without elements.
        2 if cursor.u8()? != 2 => {}
        _ => return None,
    }
    (0..rank).map(|_| file.length(&mut cursor)).collect()
}

/// How many elements the dimensions give, none if more than fit.
pub(super) fn count(dimensions: &[u64]) -> Option<u64> {
    dimensions.iter().try_fold(1u64, |product, dimension| product.checked_mul(*dimension))
}
