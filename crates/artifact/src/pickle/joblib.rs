//! Arrays that joblib writes into the stream of a pickle, right behind the BUILD of their description.
//!
//! Layout as in joblib's `numpy_pickle.py`: for plain types one byte that counts padding, the padding,
//! then `shape` times `itemsize` bytes; the padding only if the description has
//! `numpy_array_alignment_bytes`. For types with objects another pickle.

use super::machine::Machine;
use super::text;
use super::value::{Shape, Value};

/// What follows a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InBand {
    /// So many bytes, with a padding before them.
    Raw { bytes: u64, aligned: bool },
    /// Another pickle.
    Pickle,
    /// The description is not understood.
    Unknown,
}

/// Size of an element, and whether it holds objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Element {
    size: u64,
    objects: bool,
}

impl Machine<'_> {
    /// What the state of a `NumpyArrayWrapper` announces.
    pub(super) fn announced_array(&self, state: Value) -> InBand {
        let mut shape = None;
        let mut element = None;
        let mut aligned = false;
        for pair in self.store.kids(state).chunks(2) {
            let [Value::Text(key), value] = pair else { continue };
            match text::string(&self.stream, *key, 40).map(|(key, _)| key).as_deref() {
                Some("shape") => shape = self.elements(*value),
                Some("dtype") => element = self.element(*value, 4),
                Some("numpy_array_alignment_bytes") => aligned = *value != Value::None,
                _ => {}
            }
        }
        match (shape, element) {
            (_, Some(Element { objects: true, .. })) => InBand::Pickle,
            (Some(shape), Some(element)) => match shape.checked_mul(element.size) {
                Some(bytes) => InBand::Raw { bytes, aligned },
                None => InBand::Unknown,
            },
            _ => InBand::Unknown,
        }
    }

    fn elements(&self, shape: Value) -> Option<u64> {
        let tuple = self.store.look(shape)?;
        if tuple.count != tuple.kids.len() as u64 {
            return None;
        }
        tuple.kids.iter().try_fold(1u64, |product, dim| match self.integer(*dim) {
            Some(dim) => product.checked_mul(dim),
            None => None,
        })
    }

    /// A non-negative integer, also one in the long form or as a numpy scalar.
    pub(super) fn integer(&self, value: Value) -> Option<u64> {
        match value {
            Value::Int(number) => u64::try_from(number).ok(),
            Value::Number(at) => {
                let found = text::instruction(&self.stream, at)?;
                let raw = self.stream.fetch(found.data, found.number.min(32) as usize);
                if found.name() == "LONG" {
                    return std::str::from_utf8(&raw).ok()?.trim_end_matches('L').parse().ok();
                }
                let mut wide = [0; 8];
                wide.get_mut(..raw.len())?.copy_from_slice(&raw);
                Some(u64::from_le_bytes(wide))
            }
            _ => None,
        }
    }

    /// Reads `numpy.dtype(…)` with its state.
    fn element(&self, dtype: Value, depth: u32) -> Option<Element> {
        let Value::Call(index) = dtype else { return None };
        let call = self.store.called(index)?;
        let Value::Text(at) = *self.store.kids(call.args).first()? else { return None };
        let (code, _) = text::string(&self.stream, at, 20)?;
        let kind = code.chars().next()?;
        let digits: u64 = code.get(kind.len_utf8()..)?.parse().ok().filter(|size| *size < 1 << 31)?;
        let state = self.store.kids(call.state);
        // (version, order, subdtype, names, fields, itemsize, alignment, flags, …)
        const HAS_OBJECT: u64 = 1;
        let flagged = state.get(7).and_then(|flags| self.integer(*flags)).is_some_and(|flags| flags & HAS_OBJECT != 0);
        let size = if kind == 'U' { digits * 4 } else { digits };
        let fields = state.get(4).copied().unwrap_or(Value::None);
        let inner = depth > 0
            && self.store.kids(fields).iter().any(|field| match field {
                Value::Container(Shape::Tuple, _) => {
                    let dtype = self.store.kids(*field).first().copied().unwrap_or(Value::None);
                    self.element(dtype, depth - 1).is_some_and(|element| element.objects)
                }
                _ => false,
            });
        Some(Element { size, objects: kind == 'O' || flagged || inner })
    }
}
