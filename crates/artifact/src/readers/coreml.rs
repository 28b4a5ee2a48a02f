//! Core ML: model files (protobuf) and the manifest of a package. Custom layers and models are Swift or
//! Objective-C classes of the application that loads them; linked models are other files.

use redan_domain::ReadAt;

use crate::head::Head;
use crate::json::Json;
use crate::protobuf::{Part, Place, Stream, looks_like_message};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A layer whose computation is a class of the application, named by the file.
    CUSTOM_LAYER = "coreml-custom-layer";
    /// A model whose computation is a class of the application, named by the file.
    CUSTOM_MODEL = "coreml-custom-model";
    /// The model is in another file that this one names.
    LINKED_MODEL = "coreml-linked-model";
    /// A file name that leaves the package.
    PATH = "coreml-path-outside";
    /// Not what the format prescribes.
    INVALID = "coreml-invalid";
}

/// Models in pipelines in models, and blocks in operations; real ones stay below ten.
const MAX_DEPTH: u32 = 32;
const PROBE_FIELDS: usize = 100;

/// Kinds of model, by field number.
fn kind(number: u32) -> Option<&'static str> {
    Some(match number {
        200 => "pipeline classifier",
        201 => "pipeline regressor",
        202 => "pipeline",
        300 => "linear regressor",
        301 => "support vector regressor",
        302 => "tree ensemble regressor",
        303 => "neural network regressor",
        304 => "Bayesian probit regressor",
        400 => "linear classifier",
        401 => "support vector classifier",
        402 => "tree ensemble classifier",
        403 => "neural network classifier",
        404 => "nearest neighbours classifier",
        500 => "neural network",
        501 => "item similarity recommender",
        502 => "ML program",
        555 => "custom model",
        556 => "linked model",
        560 => "class confidence thresholding",
        600..=610 => "feature engineering",
        900 => "identity",
        2000..=2006 => "system framework model",
        3000 => "serialised model",
        _ => return None,
    })
}

pub(crate) struct CoreMl;

impl Reader for CoreMl {
    fn format(&self) -> &'static str {
        "coreml"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let mut stream = Stream::new(head.input(), 0, head.size);
        let (mut version, mut model) = (false, false);
        for field in stream.by_ref().take(PROBE_FIELDS) {
            match (field.number, field.place) {
                (1, Place::Number(number)) => version = (1..1000).contains(&number),
                (10, Place::Number(_)) => {}
                (2, Place::Bytes { start, len }) => {
                    let prefix = head.input().read_vec_at(start, len.min(2048) as usize).unwrap_or_default();
                    if len > 0 && looks_like_message(&prefix, len, |_, wire| matches!(wire, 0 | 2)).is_none() {
                        return Match::No;
                    }
                }
                (number, Place::Bytes { .. }) if kind(number).is_some() => model = true,
                _ => return Match::No,
            }
        }
        match (version, model, stream.broken()) {
            (true, true, _) => Match::Yes,
            (true, false, true) if head.extension() == "mlmodel" => Match::Hint,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        Walk { input, cx }.model(Part { start: 0, len: input.size() }, 0);
    }
}

struct Walk<'i, 'c, 'b> {
    input: &'i dyn ReadAt,
    cx: &'c mut Cx<'b>,
}

impl Walk<'_, '_, '_> {
    /// The length-delimited fields of a message; says so if it is damaged.
    fn parts(&mut self, part: Part) -> Vec<(u32, Part)> {
        let mut fields = part.fields(self.input);
        let mut out = Vec::new();
        for field in fields.by_ref() {
            if !self.cx.budget().nodes(1) {
                self.cx.over_budget("layers and operations");
                break;
            }
            if let Place::Bytes { start, len } = field.place {
                out.push((field.number, Part { start, len }));
            }
        }
        if fields.broken() {
            let message = format!("the model is cut or damaged at byte {}", fields.position());
            self.cx.fact(Fact::new(INVALID, "model", &message).at(fields.position(), 1));
            self.cx.incomplete(message);
        }
        out
    }

    fn text(&self, part: Part, number: u32) -> String {
        let place = part.fields(self.input).filter(|field| field.number == number).last().map(|field| field.place);
        match place {
            Some(Place::Bytes { start, len }) => Part { start, len }.text(self.input, 300),
            _ => String::new(),
        }
    }

    fn model(&mut self, part: Part, depth: u32) {
        if depth > MAX_DEPTH {
            return self.cx.over_budget("models within models");
        }
        for (number, inner) in self.parts(part) {
            if depth == 0
                && let Some(kind) = kind(number)
            {
                self.cx.artifact.contents.meta("kind", kind);
            }
            match number {
                2 if depth == 0 => self.description(inner),
                200 | 201 => {
                    for (number, pipeline) in self.parts(inner) {
                        if number == 1 {
                            self.pipeline(pipeline, depth);
                        }
                    }
                }
                202 => self.pipeline(inner, depth),
                303 | 403 | 500 => self.network(inner),
                502 => self.program(inner, depth),
                555 => {
                    let class = self.text(inner, 10);
                    let message =
                        format!("the model is computed by the class `{class}` of whatever application loads it");
                    self.cx.fact(Fact::new(CUSTOM_MODEL, class, message).at(inner.start, inner.len));
                }
                556 => self.linked(inner),
                560 => {
                    for (number, model) in self.parts(inner) {
                        if number == 1 {
                            self.model(model, depth + 1);
                        }
                    }
                }
                3000 => self.cx.incomplete("the serialised model of a system framework is opaque"),
                _ => {}
            }
        }
    }

    fn pipeline(&mut self, part: Part, depth: u32) {
        for (number, model) in self.parts(part) {
            if number == 1 {
                self.model(model, depth + 1);
            }
        }
    }

    fn description(&mut self, part: Part) {
        for (number, metadata) in self.parts(part) {
            if number != 100 {
                continue;
            }
            for (number, inner) in self.parts(metadata) {
                let key = match number {
                    1 => "description",
                    2 => "version",
                    3 => "author",
                    4 => "license",
                    100 => {
                        let (key, value) = inner.entry(self.input);
                        crate::codelike::check(self.cx, &format!("userDefined/{key}"), &value);
                        self.cx.artifact.contents.meta(&key, &value);
                        continue;
                    }
                    _ => continue,
                };
                let text = inner.text(self.input, 4096);
                self.cx.artifact.contents.meta(key, &text);
                if key == "license" && !text.trim().is_empty() {
                    self.cx.artifact.contents.licences.push(crate::text::shown(&text, 200));
                }
            }
        }
    }

    fn network(&mut self, part: Part) {
        for (number, layer) in self.parts(part) {
            if number != 1 {
                continue;
            }
            for (number, inner) in self.parts(layer) {
                if number == 500 {
                    let (name, class) = (self.text(layer, 1), self.text(inner, 10));
                    let message =
                        format!("layer `{name}` is computed by the class `{class}` of whatever application loads it");
                    self.cx.fact(Fact::new(CUSTOM_LAYER, class, message).at(layer.start, layer.len));
                }
            }
        }
    }

    /// Functions, their block specialisations, and the operations of those blocks.
    fn program(&mut self, part: Part, depth: u32) {
        for function in self.entries(part, 2) {
            for block in self.entries(function, 3) {
                self.block(block, depth + 1);
            }
        }
    }

    /// The values of a map field.
    fn entries(&mut self, part: Part, map: u32) -> Vec<Part> {
        let entries = self.parts(part);
        let entries = entries.into_iter().filter(|(number, _)| *number == map);
        entries
            .flat_map(|(_, entry)| self.parts(entry))
            .filter(|(number, _)| *number == 2)
            .map(|(_, value)| value)
            .collect()
    }

    fn block(&mut self, part: Part, depth: u32) {
        if depth > MAX_DEPTH {
            return self.cx.over_budget("blocks within operations");
        }
        for (number, operation) in self.parts(part) {
            if number != 3 {
                continue;
            }
            for (number, inner) in self.parts(operation) {
                match number {
                    1 if inner.text(self.input, 64) == "custom_layer" => {
                        let message =
                            "operation `custom_layer` is computed by a class of whatever application loads it";
                        self.cx
                            .fact(Fact::new(CUSTOM_LAYER, "custom_layer", message).at(operation.start, operation.len));
                    }
                    2 => self.arguments(inner),
                    4 => self.block(inner, depth + 1),
                    5 => self.map_value(inner),
                    _ => {}
                }
            }
        }
    }

    fn arguments(&mut self, entry: Part) {
        for (number, argument) in self.parts(entry) {
            if number != 2 {
                continue;
            }
            for (_, binding) in self.parts(argument) {
                self.map_value(binding);
            }
        }
    }

    /// Field 2 of a map entry or a binding is a value, whose field 5 names a file and an offset.
    fn map_value(&mut self, entry: Part) {
        for (number, value) in self.parts(entry) {
            if number != 2 {
                continue;
            }
            for (number, blob) in self.parts(value) {
                if number == 5 {
                    let name = self.text(blob, 1);
                    let inside = name.strip_prefix("@model_path/").unwrap_or(&name);
                    self.outside(inside, blob);
                }
            }
        }
    }

    fn outside(&mut self, path: &str, part: Part) {
        if let Some(why) = super::onnx::leaves_folder(path) {
            let message = format!("the model reads `{path}`, which {why}");
            self.cx.fact(Fact::new(PATH, path, message).at(part.start, part.len));
        }
    }

    fn linked(&mut self, part: Part) {
        for (number, file) in self.parts(part) {
            if number != 1 {
                continue;
            }
            for (number, parameter) in self.parts(file) {
                let value = self.text(parameter, 1);
                if number == 1 {
                    let message = format!("the model itself is in another file, `{value}`");
                    self.cx.fact(Fact::new(LINKED_MODEL, &value, message).at(part.start, part.len));
                }
                self.outside(&value, part);
            }
        }
    }
}

/// `Manifest.json` of a model package.
pub(crate) struct PackageManifest;

/// Manifests list a handful of items.
const MAX_MANIFEST: u64 = 4 << 20;

impl Reader for PackageManifest {
    fn format(&self) -> &'static str {
        "coreml-package-manifest"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let has = |key: &str| memchr::memmem::find(head.bytes, key.as_bytes()).is_some();
        let json = head.bytes.trim_ascii_start().first() == Some(&b'{');
        if json && has("\"itemInfoEntries\"") && has("\"fileFormatVersion\"") { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let bytes = input.read_vec_at(0, input.size().min(MAX_MANIFEST) as usize).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let Ok(json) = Json::parse(&text, cx.budget()) else {
            cx.fact(Fact::new(INVALID, "manifest", "the manifest is not JSON"));
            return cx.incomplete("the manifest is not JSON");
        };
        for (id, item) in json.get("itemInfoEntries").map(Json::members).unwrap_or_default() {
            let path = item.get("path").and_then(Json::str).unwrap_or_default();
            if let Some(why) = super::onnx::leaves_folder(path) {
                let message = format!("item `{id}` of the package is `{path}`, which {why}");
                cx.fact(Fact::new(PATH, path, message).pointer(format!("/itemInfoEntries/{id}/path")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{facts_of, look, mutilate};

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn custom_layers_models_and_links() {
        // version 4, description with one input `x`, a network with one layer `l` of a custom class `Cls`
        let layer = hex("0804 1205 0a03 0a0178 a21f0d 0a0b 0a016c a21f05 5203 436c73");
        assert_eq!(look(&layer, "m").format, "coreml");
        assert_eq!(facts_of(&look(&layer, "m")), ["coreml-custom-layer Cls"]);
        // the same network inside a pipeline
        let pipeline = hex("0804 d20c 14 0a12 0804 a21f0d 0a0b 0a016c a21f05 5203 436c73");
        assert_eq!(facts_of(&look(&pipeline, "m")), ["coreml-custom-layer Cls"]);
        let custom = hex("0804 da22 05 5203 436c73");
        assert_eq!(facts_of(&look(&custom, "m")), ["coreml-custom-model Cls"]);
        let linked = hex("0804 e222 0a 0a08 0a06 0a04 2e2e2f78");
        assert_eq!(facts_of(&look(&linked, "m")), ["coreml-linked-model ../x", "coreml-path-outside ../x"]);
        for sample in [layer, pipeline, custom, linked] {
            mutilate(&sample, "m.mlmodel");
        }
    }

    #[test]
    fn an_ordinary_network_is_silent() {
        let plain = hex("0804 1205 0a03 0a0178 a21f0b 0a09 0a016c 12017a 1a0179");
        let artifact = look(&plain, "m");
        assert_eq!((artifact.format, facts_of(&artifact)), ("coreml", vec![]));
    }

    #[test]
    fn a_package_stays_inside() {
        let manifest = |path: &str| {
            format!(r#"{{"fileFormatVersion": "1.0.0", "itemInfoEntries": {{"A": {{"path": "{path}"}}}}}}"#)
        };
        assert!(facts_of(&look(manifest("com.apple.CoreML/model.mlmodel").as_bytes(), "Manifest.json")).is_empty());
        let facts = facts_of(&look(manifest("../../x").as_bytes(), "Manifest.json"));
        assert_eq!(facts, ["coreml-path-outside ../../x"]);
    }
}
