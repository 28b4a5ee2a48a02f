//! Transformer classifiers in ONNX form with the tokenizer they were trained with: `model.onnx`,
//! `tokenizer.json` and `config.json` as model hubs offer them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::Deserialize;
use tokenizers::{PaddingDirection, Tokenizer, TruncationDirection};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{TractErrorContext as _, bail};

use super::{AttackModel, Entity, EntityModel};

/// Tokens that the model sees at once.
const WINDOW: usize = 256;

/// Tokens that two windows share, so that nothing is seen only at an edge.
const SHARED: usize = 64;

/// Room for special tokens, and for a part that is cut into more tokens alone than within its text.
const MARGIN: usize = 16;

/// Labels that stand for a harmless text.
const HARMLESS: &[&str] = &["benign", "safe", "label_0", "negative", "legit", "no_injection", "0"];

/// A classifier over tokens or over whole texts.
pub struct OnnxModel {
    plan: Arc<TypedRunnableModel>,
    tokenizer: Tokenizer,
    /// What each input of the graph is, in its order.
    inputs: Vec<Input>,
    labels: Vec<String>,
}

impl std::fmt::Debug for OnnxModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnnxModel").field("labels", &self.labels).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy)]
enum Input {
    Ids,
    Mask,
    Types,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    id2label: BTreeMap<String, String>,
}

/// One window over the text: probabilities by label, one row a token or one for all of it.
struct Window {
    rows: Vec<Vec<f32>>,
    /// Bytes of the text that each token stands for; empty for special tokens.
    tokens: Vec<(usize, usize)>,
}

impl OnnxModel {
    /// Reads the three files of a model.
    ///
    /// # Errors
    /// Which of them is not understood, and why.
    pub fn load(model: &[u8], tokenizer: &[u8], config: &[u8]) -> Result<Self, String> {
        let config: Config = serde_json::from_slice(config).map_err(|error| format!("config.json: {error}"))?;
        let labels = labels(&config.id2label)?;
        let mut tokenizer = Tokenizer::from_bytes(tokenizer).map_err(|error| format!("tokenizer.json: {error}"))?;
        // Windows are cut here, whatever the file says.
        tokenizer.with_truncation(None).map_err(|error| format!("tokenizer.json: {error}"))?;
        tokenizer.with_padding(None);
        let (plan, inputs) = guarded(|| plan(model)).map_err(|error| format!("model.onnx: {error}"))?;
        Ok(Self { plan, tokenizer, inputs, labels })
    }

    fn windows(&self, text: &str) -> Result<Vec<Window>, String> {
        let whole = self.tokenizer.encode(text, false).map_err(|error| error.to_string())?;
        let tokens = whole.get_offsets();
        let mut windows = Vec::new();
        let mut first = 0;
        loop {
            let last = tokens.len().min(first + WINDOW - MARGIN);
            let start = tokens.get(first).map_or(0, |(start, _)| *start);
            let end = last.checked_sub(1).and_then(|last| tokens.get(last)).map_or(text.len(), |(_, end)| *end);
            windows.push(self.window(text.get(start..end).unwrap_or_default(), start)?);
            if last == tokens.len() {
                return Ok(windows);
            }
            first = last - SHARED;
        }
    }

    /// Judges a part of the text that begins at `start`.
    fn window(&self, part: &str, start: usize) -> Result<Window, String> {
        let mut encoded = self.tokenizer.encode(part, true).map_err(|error| error.to_string())?;
        let (padding, id) = match self.tokenizer.token_to_id("[PAD]") {
            Some(id) => ("[PAD]", id),
            None => ("<pad>", self.tokenizer.token_to_id("<pad>").unwrap_or(0)),
        };
        encoded.truncate(WINDOW, 0, TruncationDirection::Right);
        encoded.pad(WINDOW, id, 0, padding, PaddingDirection::Right);
        let tensor = |values: &[u32]| {
            let values: Vec<i64> = values.iter().copied().map(i64::from).collect();
            Tensor::from_shape(&[1, values.len()], &values).map(Tensor::into_tvalue)
        };
        let inputs = self.inputs.iter().map(|input| match input {
            Input::Ids => tensor(encoded.get_ids()),
            Input::Mask => tensor(encoded.get_attention_mask()),
            Input::Types => tensor(encoded.get_type_ids()),
        });
        let inputs = inputs.collect::<TractResult<TVec<TValue>>>().map_err(|error| error.to_string())?;
        let outputs = guarded(|| self.plan.run(inputs))?;
        let logits = outputs.first().ok_or("the model gives no output")?;
        let logits = logits.to_plain_array_view::<f32>().map_err(|error| error.to_string())?;
        let width = logits.shape().last().copied().unwrap_or(0);
        if width != self.labels.len() || width == 0 {
            return Err(format!("the model gives {width} labels, config.json names {}", self.labels.len()));
        }
        let values: Vec<f32> = logits.iter().copied().collect();
        let rows = values.chunks(width).map(softmax).collect();
        let special = encoded.get_special_tokens_mask();
        let place = |(index, (from, to)): (usize, &(usize, usize))| {
            if special.get(index) == Some(&0) { (from + start, to + start) } else { (0, 0) }
        };
        Ok(Window { rows, tokens: encoded.get_offsets().iter().enumerate().map(place).collect() })
    }
}

impl EntityModel for OnnxModel {
    fn entities(&self, text: &str) -> Result<Vec<Entity>, String> {
        let mut found: Vec<Entity> = Vec::new();
        for window in self.windows(text)? {
            if window.rows.len() != window.tokens.len() {
                return Err("the model judges texts, not tokens".to_string());
            }
            for entity in self.names(&window, text) {
                // Seen by two windows: the one that saw more of it counts.
                match found
                    .iter_mut()
                    .find(|known| known.span.start < entity.span.end && entity.span.start < known.span.end)
                {
                    Some(known) if known.span.len() < entity.span.len() => *known = entity,
                    Some(_) => {}
                    None => found.push(entity),
                }
            }
        }
        found.sort_by_key(|entity| entity.span.start);
        Ok(found)
    }
}

impl OnnxModel {
    /// Joins tokens that carry the same label.
    fn names(&self, window: &Window, text: &str) -> Vec<Entity> {
        let mut names: Vec<(Entity, f32)> = Vec::new();
        let mut open = false;
        for (row, (start, end)) in window.rows.iter().zip(&window.tokens) {
            let (label, score) = self.best(row);
            let Some((kind, begins)) = kind_of(label).filter(|_| start < end) else {
                open = false;
                continue;
            };
            let between =
                |last: usize| text.get(last..*start).is_some_and(|gap| gap.len() < 3 && gap.trim().is_empty());
            match names.last_mut() {
                Some((name, tokens))
                    if open
                        && *name.kind == *kind
                        && between(name.span.end)
                        && (!begins || name.span.end == *start) =>
                {
                    name.span.end = *end;
                    name.score += score;
                    *tokens += 1.0;
                }
                _ => names.push((Entity { kind: kind.into(), span: *start..*end, score }, 1.0)),
            }
            open = true;
        }
        names.into_iter().map(|(name, tokens)| Entity { score: name.score / tokens, ..name }).collect()
    }

    fn best(&self, row: &[f32]) -> (&str, f32) {
        let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.and_then(|(index, score)| Some((self.labels.get(index)?.as_str(), *score))).unwrap_or(("O", 0.0))
    }
}

impl AttackModel for OnnxModel {
    fn attack(&self, text: &str) -> Result<f32, String> {
        let harmless = |label: &String| HARMLESS.contains(&label.to_lowercase().as_str());
        let harmless = self.labels.iter().position(harmless).ok_or_else(|| {
            format!(
                "none of the labels {} means harmless; one of {} has to",
                self.labels.join(", "),
                HARMLESS.join(", ")
            )
        })?;
        let mut worst = 0.0_f32;
        for window in self.windows(text)? {
            let [row] = window.rows.as_slice() else { return Err("the model judges tokens, not texts".to_string()) };
            worst = worst.max(1.0 - row.get(harmless).copied().unwrap_or(1.0));
        }
        Ok(worst)
    }
}

/// The labels in the order of their numbers.
fn labels(by_number: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let named = |index: usize| by_number.get(&index.to_string()).cloned();
    let labels: Option<Vec<String>> = (0..by_number.len()).map(named).collect();
    labels.filter(|labels| !labels.is_empty()).ok_or_else(|| "config.json has no complete `id2label`".to_string())
}

/// Fixed windows, so that the graph can be laid out once.
fn plan(model: &[u8]) -> TractResult<(Arc<TypedRunnableModel>, Vec<Input>)> {
    let mut graph = tract_onnx::onnx().model_for_read(&mut std::io::Cursor::new(model))?;
    let mut inputs = Vec::new();
    for index in 0..graph.input_outlets()?.len() {
        let outlet = graph.input_outlets()?.get(index).copied().context("the graph has no such input")?;
        let name = graph.node(outlet.node).name.clone();
        inputs.push(match name.as_str() {
            "input_ids" => Input::Ids,
            "attention_mask" => Input::Mask,
            "token_type_ids" => Input::Types,
            other => bail!("input `{other}` is not one of input_ids, attention_mask, token_type_ids"),
        });
        graph.set_input_fact(index, InferenceFact::dt_shape(i64::datum_type(), tvec!(1, WINDOW)))?;
    }
    Ok((graph.into_optimized()?.into_runnable()?, inputs))
}

/// A graph that the library cannot cope with is an error, not the end of the run.
fn guarded<T>(work: impl FnOnce() -> TractResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| format!("{error:#}")),
        Err(_) => Err("the graph could not be worked with".to_string()),
    }
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f32> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let sum: f32 = raised.iter().sum();
    raised.into_iter().map(|value| value / sum).collect()
}

/// The kind that a label stands for, and whether it begins a name: `B-PER` begins a PERSON; `O` is none.
fn kind_of(label: &str) -> Option<(&str, bool)> {
    let (place, name) = match label.split_once(['-', '_']) {
        Some((place @ ("B" | "I" | "E" | "L" | "S" | "U"), name)) => (place, name),
        _ => ("I", label),
    };
    let kind = match name {
        "O" | "" => return None,
        "PER" | "PERSON" => "PERSON",
        "LOC" | "LOCATION" | "GPE" => "LOCATION",
        "ORG" | "ORGANIZATION" | "ORGANISATION" => "ORGANIZATION",
        other => other,
    };
    Some((kind, matches!(place, "B" | "S" | "U")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;
    use tract_onnx::pb;

    const WORDS: &[&str] = &["[PAD]", "[UNK]", "jane", "doe", "paris", "in", "ignore"];

    fn tokenizer() -> Vec<u8> {
        let vocab: BTreeMap<&str, usize> = WORDS.iter().enumerate().map(|(index, word)| (*word, index)).collect();
        serde_json::to_vec(&serde_json::json!({
            "version": "1.0", "added_tokens": [], "normalizer": {"type": "Lowercase"},
            "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
            "truncation": null, "padding": null,
            "model": {"type": "WordLevel", "vocab": vocab, "unk_token": "[UNK]"}
        }))
        .unwrap()
    }

    /// Looks each token up in a table of logits; `mean` takes the mean over the tokens.
    fn graph(table: &[f32], width: usize, mean: bool) -> Vec<u8> {
        let node = |op: &str, inputs: &[&str], output: &str| pb::NodeProto {
            op_type: op.into(),
            name: output.into(),
            input: inputs.iter().map(ToString::to_string).collect(),
            output: vec![output.into()],
            ..Default::default()
        };
        let attribute = |name: &str, ints: Vec<i64>, i: i64, kind: pb::attribute_proto::AttributeType| {
            pb::AttributeProto { name: name.into(), ints, i, r#type: kind.into(), ..Default::default() }
        };
        let ids = pb::type_proto::Tensor { elem_type: pb::tensor_proto::DataType::Int64.into(), shape: None };
        let ids = pb::TypeProto { value: Some(pb::type_proto::Value::TensorType(ids)), ..Default::default() };
        let value = |name: &str, kind: Option<pb::TypeProto>| pb::ValueInfoProto {
            name: name.into(),
            r#type: kind,
            ..Default::default()
        };
        let mut nodes = vec![node("Gather", &["table", "input_ids"], "each")];
        if mean {
            let mut reduce = node("ReduceMean", &["each"], "logits");
            reduce.attribute = vec![
                attribute("axes", vec![1], 0, pb::attribute_proto::AttributeType::Ints),
                attribute("keepdims", vec![], 0, pb::attribute_proto::AttributeType::Int),
            ];
            nodes.push(reduce);
        }
        let weights = pb::TensorProto {
            name: "table".into(),
            dims: vec![WORDS.len() as i64, width as i64],
            data_type: pb::tensor_proto::DataType::Float.into(),
            float_data: table.to_vec(),
            ..Default::default()
        };
        let graph = pb::GraphProto {
            node: nodes,
            name: "g".into(),
            initializer: vec![weights],
            input: vec![value("input_ids", Some(ids))],
            output: vec![value(if mean { "logits" } else { "each" }, None)],
            ..Default::default()
        };
        let opset = pb::OperatorSetIdProto { domain: String::new(), version: 13 };
        pb::ModelProto { ir_version: 7, opset_import: vec![opset], graph: Some(graph), ..Default::default() }
            .encode_to_vec()
    }

    fn table(width: usize, labelled: &[(usize, usize)]) -> Vec<f32> {
        let mut table = vec![0.0; WORDS.len() * width];
        for word in 0..WORDS.len() {
            let label = labelled.iter().find(|(known, _)| *known == word).map_or(0, |(_, label)| *label);
            table[word * width + label] = 9.0;
        }
        table
    }

    #[test]
    fn names_are_joined_and_placed_in_bytes_over_several_windows() {
        let config = br#"{"id2label": {"0": "O", "1": "B-PER", "2": "I-PER", "3": "B-LOC"}}"#;
        let graph = graph(&table(4, &[(2, 1), (3, 2), (4, 3)]), 4, false);
        let model = OnnxModel::load(&graph, &tokenizer(), config).unwrap();
        let text = format!("é Jane Doe in Paris {} Jane", "in ".repeat(400));
        let found = model.entities(&text).unwrap();
        let words: Vec<_> = found.iter().map(|entity| (&*entity.kind, &text[entity.span.clone()])).collect();
        assert_eq!(words, [("PERSON", "Jane Doe"), ("LOCATION", "Paris"), ("PERSON", "Jane")]);
        assert!(found.iter().all(|entity| entity.score > 0.99));
        assert!(model.attack("x").is_err(), "it judges tokens");
    }

    #[test]
    fn a_text_is_as_bad_as_its_worst_window() {
        let config = br#"{"id2label": {"0": "BENIGN", "1": "JAILBREAK"}}"#;
        // Padding and other words are neutral, so that one bad word decides.
        let mut logits = vec![0.0; WORDS.len() * 2];
        logits[6 * 2 + 1] = 2000.0;
        logits[5 * 2] = 10.0;
        let model = OnnxModel::load(&graph(&logits, 2, true), &tokenizer(), config).unwrap();
        assert!(model.attack(&"in ".repeat(600)).unwrap() < 0.1);
        assert!(model.attack(&format!("{} ignore", "in ".repeat(600))).unwrap() > 0.9);
    }

    #[test]
    fn what_is_wrong_with_a_model_is_said() {
        let config = br#"{"id2label": {"0": "O"}}"#;
        let good = graph(&table(4, &[]), 4, false);
        let said =
            |model: &[u8], tokenizer: &[u8], config: &[u8]| OnnxModel::load(model, tokenizer, config).unwrap_err();
        assert!(said(b"no graph", &tokenizer(), config).starts_with("model.onnx: "));
        assert!(said(&good, b"{}", config).starts_with("tokenizer.json: "));
        assert!(said(&good, &tokenizer(), b"{}").contains("id2label"));
        let model = OnnxModel::load(&good, &tokenizer(), config).unwrap();
        assert!(model.entities("jane").unwrap_err().contains("4 labels, config.json names 1"));
    }
}
