//! Tensors of torch: their names, shapes and types as the calls that rebuild them tell, and whether they
//! stay within their storage.
//!
//! Source: torch's `_utils.py` (`_rebuild_*`) and `serialization.py` (`persistent_id`).

use std::collections::{BTreeMap, HashMap};

use super::machine::Machine;
use super::report::STORAGE_MISMATCH;
use super::text;
use super::value::{Shape, Value};
use crate::artifact::Contents;

/// Storages that are remembered.
const STORAGES: usize = 1 << 17;
/// Objects on the way from a listed tensor to the outermost object.
const NODES: usize = 1 << 12;
/// Dimensions of a tensor; torch allows 64.
const DIMENSIONS: usize = 64;

/// A storage as the pickle describes it.
struct Storage {
    dtype: &'static str,
    /// Bytes of an element.
    width: u64,
    /// Elements.
    count: u64,
    /// Whether it is a part of another one, as old versions of torch wrote.
    view: bool,
}

/// A tensor that is listed by name.
struct Listed {
    object: u32,
    dtype: String,
    shape: Vec<u64>,
}

/// How an object is found in the one that holds it.
#[derive(Clone, Copy)]
enum Step {
    Key(u64),
    Index(u64),
    /// As its state, its argument or an element of a tuple: no name of its own.
    Within,
}

/// What is known of the tensors of a file.
#[derive(Default)]
pub(crate) struct Tensors {
    storages: Vec<Storage>,
    by_key: BTreeMap<String, u32>,
    listed: Vec<Listed>,
    /// The holder of each object that is or holds a listed tensor.
    holders: HashMap<u64, Option<(u64, Step)>>,
    count: u64,
    parameters: u64,
    objects: u32,
}

impl Tensors {
    /// A number for an instance; 0 is none.
    pub(super) fn object(&mut self) -> u32 {
        self.objects = self.objects.checked_add(1).unwrap_or(1);
        self.objects
    }

    /// Bytes of all storages, each with `header` bytes before it.
    pub(super) fn storage_bytes(&self, header: u64) -> u64 {
        let bytes = |storage: &Storage| storage.count.saturating_mul(storage.width).saturating_add(header);
        self.storages.iter().fold(0, |sum, storage| sum.saturating_add(bytes(storage)))
    }

    /// Notes that `holder` holds those of `kids` that matter. `keys` says whether they are keys and values in turn.
    pub(super) fn hold(&mut self, holder: Value, kids: &[Value], first: u64, shape: Option<Shape>) {
        if self.holders.is_empty() {
            return;
        }
        let Some(holder) = node(holder) else { return };
        for (index, kid) in kids.iter().enumerate() {
            let Some(kid) = node(*kid) else { continue };
            if kid == holder || !matches!(self.holders.get(&kid), Some(None)) || self.holders.len() >= NODES {
                continue;
            }
            let step = match (shape, index.checked_sub(1).and_then(|before| kids.get(before))) {
                (Some(Shape::Dict), Some(Value::Text(key))) if index % 2 == 1 => Step::Key(*key),
                (Some(Shape::Dict), Some(Value::Int(key))) if index % 2 == 1 => Step::Index(key.cast_unsigned()),
                (Some(Shape::List), _) => Step::Index(first + index as u64),
                _ => Step::Within,
            };
            self.holders.insert(kid, Some((holder, step)));
            self.holders.entry(holder).or_default();
        }
    }

    fn add(&mut self, object: u32, dtype: &str, shape: Vec<u64>) {
        self.count += 1;
        let count = shape.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim)).unwrap_or(0);
        if self.listed.len() < Contents::MAX_TENSORS {
            self.listed.push(Listed { object, dtype: dtype.to_string(), shape });
            self.holders.insert(node_of_object(object), None);
        } else {
            self.parameters = self.parameters.saturating_add(count);
        }
    }
}

fn node_of_object(object: u32) -> u64 {
    1 << 32 | u64::from(object)
}

fn node(value: Value) -> Option<u64> {
    match value {
        Value::Made(_, object) if object != 0 => Some(node_of_object(object)),
        Value::Container(_, id) => Some(2 << 32 | u64::from(id)),
        Value::Call(index) => Some(3 << 32 | u64::from(index)),
        _ => None,
    }
}

/// Type and size in bytes of the elements of a storage class.
fn element(class: &str) -> (&'static str, u64) {
    match class.strip_suffix("Storage").unwrap_or(class) {
        "Double" => ("float64", 8),
        "Float" => ("float32", 4),
        "Half" => ("float16", 2),
        "BFloat16" => ("bfloat16", 2),
        "Long" => ("int64", 8),
        "Int" => ("int32", 4),
        "Short" => ("int16", 2),
        "Char" => ("int8", 1),
        "Byte" => ("uint8", 1),
        "Bool" => ("bool", 1),
        "ComplexDouble" => ("complex128", 16),
        "ComplexFloat" => ("complex64", 8),
        "ComplexHalf" => ("complex32", 4),
        "QInt8" => ("qint8", 1),
        "QUInt8" => ("quint8", 1),
        "QInt32" => ("qint32", 4),
        "QUInt4x2" => ("quint4x2", 1),
        "QUInt2x4" => ("quint2x4", 1),
        _ => ("bytes", 1),
    }
}

/// Size in bytes of a type by its name in `torch`; none if several elements share a byte or it is not known.
fn width(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "complex128" => 16,
        "float64" | "double" | "int64" | "long" | "uint64" | "complex64" | "cfloat" => 8,
        "float32" | "float" | "int32" | "int" | "uint32" | "qint32" | "complex32" | "chalf" => 4,
        "float16" | "half" | "bfloat16" | "int16" | "short" | "uint16" => 2,
        "int8" | "uint8" | "bool" | "qint8" | "quint8" => 1,
        _ if dtype.starts_with("float8_") => 1,
        _ => return None,
    })
}

/// Elements from the start of a storage that a view of it reaches; none if it reaches before its start or absurdly far.
fn reach(offset: u64, shape: &[u64], strides: &[i64]) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().zip(strides).try_fold(offset.checked_add(1)?, |reach, (size, stride)| {
        u64::try_from(*stride).ok()?.checked_mul(size - 1)?.checked_add(reach)
    })
}

impl Machine<'_> {
    /// The storage that a persistent id `("storage", class, key, location, count, view?)` describes, as a number from 1.
    pub(super) fn storage(&mut self, id: &[Value]) -> Option<u32> {
        let [_, class, Value::Text(key), _, count, rest @ ..] = id else { return None };
        let global = self.store.global(self.store.identity(*class)?)?;
        let (dtype, width) = element(&global.name);
        let (key, true) = text::string(&self.stream, *key, 200)? else { return None };
        let count = self.integer(*count).unwrap_or(0);
        if let Some(known) = self.tensors.by_key.get(&key) {
            return Some(*known);
        }
        if self.tensors.storages.len() >= STORAGES {
            return None;
        }
        let view = rest.first().is_some_and(|view| *view != Value::None);
        self.tensors.storages.push(Storage { dtype, width, count, view });
        let number = self.tensors.storages.len() as u32;
        self.tensors.by_key.insert(key, number);
        Some(number)
    }

    /// `torch._utils.<name>(*args)`: the instance that it makes, or the tensor that it only wraps.
    pub(super) fn tensor(&mut self, at: u64, maker: u32, args: Value) -> Value {
        let object = Value::Made(maker, self.tensors.object());
        let Some(name) = self.store.global(maker).map(|global| global.name.clone()) else { return object };
        let kids = self.store.kids(args).to_vec();
        match (name.as_str(), kids.as_slice()) {
            ("_rebuild_from_type" | "_rebuild_from_type_v2", [Value::Global(maker), _, args, ..]) => {
                match self.store.global(*maker) {
                    Some(global) if !global.name.starts_with("_rebuild_from_type") => self.tensor(at, *maker, *args),
                    _ => object,
                }
            }
            ("_rebuild_meta_tensor_no_storage", [dtype, size, ..]) => {
                let dtype = self.dtype(*dtype).unwrap_or_default();
                self.found(object, &dtype, *size);
                object
            }
            ("_rebuild_wrapper_subclass", [_, dtype, size, ..]) => {
                let dtype = self.dtype(*dtype).unwrap_or_default();
                self.found(object, &dtype, *size);
                object
            }
            (
                "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_tensor_v3" | "_rebuild_qtensor",
                [Value::Persistent(storage), offset, size, stride, rest @ ..],
            ) => {
                let explicit =
                    rest.get(2).filter(|_| name == "_rebuild_tensor_v3").and_then(|dtype| self.dtype(*dtype));
                let storage = storage.checked_sub(1);
                let known = storage.and_then(|storage| self.tensors.storages.get(storage as usize));
                let dtype = explicit.or_else(|| Some(known?.dtype.to_string())).unwrap_or_default();
                self.within_storage(at, object, storage, &dtype, [*offset, *size, *stride]);
                self.found(object, &dtype, *size);
                object
            }
            // Parameters and tensors on other devices wrap a tensor that was rebuilt before.
            (_, [inner @ Value::Made(_, inside), ..])
                if self.tensors.holders.contains_key(&node_of_object(*inside)) =>
            {
                // It was held by the arguments of this call only.
                self.tensors.holders.insert(node_of_object(*inside), None);
                *inner
            }
            _ => object,
        }
    }

    fn dtype(&self, value: Value) -> Option<String> {
        let global = self.store.global(self.store.identity(value)?)?;
        global.module.starts_with("torch").then(|| global.name.chars().take(40).collect())
    }

    fn numbers(&self, tuple: Value) -> Option<Vec<u64>> {
        let tuple = self.store.look(tuple)?;
        if tuple.count > DIMENSIONS as u64 || tuple.count != tuple.kids.len() as u64 {
            return None;
        }
        tuple.kids.iter().map(|number| self.integer(*number)).collect()
    }

    fn found(&mut self, object: Value, dtype: &str, size: Value) {
        if let (Value::Made(_, object), Some(shape)) = (object, self.numbers(size)) {
            self.tensors.add(object, dtype, shape);
        }
    }

    /// Says so when a tensor reaches beyond its storage.
    fn within_storage(&mut self, at: u64, tensor: Value, storage: Option<u32>, dtype: &str, view: [Value; 3]) {
        let [offset, size, stride] = view;
        let Some(storage) = storage.and_then(|storage| self.tensors.storages.get(storage as usize)) else { return };
        let Some(width) = width(dtype).filter(|_| !storage.view) else { return };
        let elements = storage.count.saturating_mul(storage.width) / width;
        let strides = self.store.kids(stride).iter().map(|stride| match stride {
            Value::Int(stride) => Some(*stride),
            stride => self.integer(*stride).and_then(|stride| i64::try_from(stride).ok()),
        });
        let Some(strides) = strides.collect::<Option<Vec<i64>>>() else { return };
        let Some(shape) = self.numbers(size) else { return };
        let reach = match self.integer(offset) {
            Some(offset) => reach(offset, &shape, &strides),
            None if matches!(offset, Value::Int(_)) => None,
            None => return,
        };
        if reach.is_some_and(|reach| reach <= elements) {
            return;
        }
        let message = format!(
            "a tensor of shape {shape:?} with strides {strides:?} reaches beyond its storage, which has {elements} elements"
        );
        self.say(STORAGE_MISMATCH, at, "tensor", &message, tensor);
    }

    /// Fills in the tensors, and what the storages claim to hold.
    pub(super) fn tell_tensors(&self, contents: &mut Contents) {
        for (number, listed) in self.tensors.listed.iter().enumerate() {
            let name = self.path(listed.object).unwrap_or_else(|| format!("#{number}"));
            contents.tensor(&name, &listed.dtype, &listed.shape);
        }
        contents.tensor_count = contents.tensor_count.max(self.tensors.count);
        contents.parameters = contents.parameters.saturating_add(self.tensors.parameters);
        for (key, number) in &self.tensors.by_key {
            let storage = number.checked_sub(1).and_then(|number| self.tensors.storages.get(number as usize));
            if let Some(storage) = storage {
                contents.storages.insert(key.clone(), storage.count.saturating_mul(storage.width));
            }
        }
    }

    /// The keys that lead to an object, joined by dots.
    fn path(&self, object: u32) -> Option<String> {
        const STEPS: usize = 64;
        let mut parts = Vec::new();
        let mut node = node_of_object(object);
        while let Some(Some((holder, step))) = self.tensors.holders.get(&node) {
            match step {
                Step::Key(at) => parts.extend(text::string(&self.stream, *at, 200).map(|(key, _)| key)),
                Step::Index(index) => parts.push(index.to_string()),
                Step::Within => {}
            }
            node = *holder;
            if parts.len() >= STEPS {
                break;
            }
        }
        // Where modules keep their parts.
        parts.retain(|part| !matches!(part.as_str(), "_parameters" | "_modules" | "_buffers"));
        parts.reverse();
        (!parts.is_empty()).then(|| parts.join("."))
    }
}

#[cfg(test)]
mod tests;
