//! OpenVINO intermediate representation: layers, the operator sets they come from, and their constants.

use super::{CUSTOM_LAYER, LIBRARY, SIZE_MISMATCH};
use crate::walk::Cx;
use crate::xml::{Attributes, unescape};
use redan_domain::Fact;

/// No weights file is this long.
const ABSURD: u64 = 1 << 44;

/// The layer whose children are being read.
#[derive(Default)]
pub(super) struct Layer {
    name: String,
    kind: String,
}

/// Operator sets that every release has: numbered ones, and those of the runtime itself.
fn known_set(version: &str) -> bool {
    let number = version.strip_prefix("opset").or(version.strip_prefix("extension_opset"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        || matches!(
            version,
            "" | "experimental"
                | "util"
                | "type_relaxed_opset"
                | "ie_internal_opset"
                | "ngraph"
                | "gpu_opset"
                | "cpu_plugin_opset"
                | "SnippetsOpset"
        )
}

/// Types that are computed by somebody's code, whatever their operator set is called.
fn custom_type(kind: &str) -> bool {
    matches!(
        kind,
        "Custom" | "CustomLayer" | "Extension" | "Python" | "PythonLayer" | "FrameworkNode" | "PyOp" | "PyFunc"
    )
}

fn is_library(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let file = lower.rsplit(['/', '\\']).next().unwrap_or_default();
    [".so", ".dll", ".dylib"].iter().any(|end| file.ends_with(end)) || file.contains(".so.")
}

impl Layer {
    pub(super) fn element(&mut self, name: &[u8], attributes: Attributes<'_>, at: u64, cx: &mut Cx<'_>) {
        match name {
            b"net" => {
                cx.artifact.contents.meta("name", &attributes.get("name").unwrap_or_default());
                cx.artifact.contents.meta("ir_version", &attributes.get("version").unwrap_or_default());
            }
            b"layer" => self.layer(attributes, at, cx),
            b"data" if self.kind == "Const" => self.constant(attributes, at, cx),
            _ => {}
        }
        if name != b"rt_info" {
            self.values(name, attributes, at, cx);
        }
    }

    fn layer(&mut self, attributes: Attributes<'_>, at: u64, cx: &mut Cx<'_>) {
        self.name = attributes.get("name").unwrap_or_default();
        self.kind = attributes.get("type").unwrap_or_default();
        let version = attributes.get("version").unwrap_or_default();
        if !known_set(&version) || custom_type(&self.kind) {
            let message = format!(
                "layer `{}` of type `{}` (operator set `{version}`) needs an extension library that no runtime ships",
                self.name, self.kind
            );
            cx.fact(Fact::new(CUSTOM_LAYER, format!("{version}.{}", self.kind), message).at(at, 6));
        }
    }

    fn values(&self, name: &[u8], attributes: Attributes<'_>, at: u64, cx: &mut Cx<'_>) {
        for (key, value) in attributes.iter() {
            let value = unescape(value);
            if is_library(&value) {
                let (element, key) = (String::from_utf8_lossy(name), String::from_utf8_lossy(key));
                let message =
                    format!("`{key}` of `{element}` names the library `{value}`, which runs when it is loaded");
                cx.fact(Fact::new(LIBRARY, &value, message).at(at, name.len() as u64 + 1));
            } else if value.len() > 8 {
                let place = format!("{}/{}", self.name, String::from_utf8_lossy(key));
                crate::codelike::check(cx, &place, &value);
            }
        }
    }

    fn constant(&mut self, attributes: Attributes<'_>, at: u64, cx: &mut Cx<'_>) {
        let text = |key: &str| attributes.get(key).unwrap_or_default();
        let (offset, size) = (text("offset").trim().parse::<u64>().ok(), text("size").trim().parse::<u64>().ok());
        let (Some(offset), Some(size)) = (offset, size) else {
            if attributes.get("offset").is_some() || attributes.get("size").is_some() {
                self.lie(format!("offset `{}` or size `{}` is not a number", text("offset"), text("size")), at, cx);
            }
            return;
        };
        let dtype = text("element_type");
        let shape: Option<Vec<u64>> =
            text("shape").split(',').map(str::trim).filter(|dim| !dim.is_empty()).map(|dim| dim.parse().ok()).collect();
        let Some(shape) = shape else { return };
        cx.artifact.contents.tensor(&self.name, &dtype, &shape);
        if offset.checked_add(size).is_none_or(|end| end > ABSURD) {
            return self.lie(format!("bytes {offset} and the {size} after it are outside every file"), at, cx);
        }
        let elements = shape.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim));
        let bytes = match dtype.as_str() {
            "f64" | "i64" | "u64" => 8,
            "f32" | "i32" | "u32" => 4,
            "f16" | "bf16" | "i16" | "u16" => 2,
            "i8" | "u8" | "boolean" => 1,
            _ => return,
        };
        if elements.and_then(|count| count.checked_mul(bytes)) != Some(size) {
            self.lie(format!("type {dtype} and shape {shape:?} do not fill {size} bytes"), at, cx);
        }
    }

    fn lie(&self, problem: String, at: u64, cx: &mut Cx<'_>) {
        let message = format!("constant `{}`: {problem}", self.name);
        cx.fact(Fact::new(SIZE_MISMATCH, &self.name, message).at(at, 5));
    }
}
