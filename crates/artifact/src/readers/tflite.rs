//! TensorFlow Lite: the operators of a FlatBuffer model, its tensors, and whether every place in it exists.

use std::collections::HashSet;

use redan_domain::ReadAt;

use super::tensorflow::{CUSTOM_OP, RUNS_CODE, ops};
use crate::flatbuffer::{Field, FlatBuffer, Table, Vector};
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A place in the file does not exist, or an index names nothing.
    INVALID = "tflite-invalid";
    /// An operator that the application has to bring.
    CUSTOM = "tflite-custom-op";
    /// A custom operator that the TensorFlow project itself publishes.
    KNOWN_CUSTOM = "tflite-known-custom-op";
    /// An operator that is run by full TensorFlow.
    FLEX = "tflite-flex-op";
}

/// Code of an operator that is named by text.
const CUSTOM_CODE: i32 = 32;
const MAX_TEXT: usize = 1000;

pub(crate) struct TfLite;

impl Reader for TfLite {
    fn format(&self) -> &'static str {
        "tflite"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.get(4, 4) == Some(b"TFL3") { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Some(root) = FlatBuffer::new(input).root() else {
            return invalid(cx, "root", "the root table lies outside of the file", 0);
        };
        if root.u32(0) != Some(3) {
            cx.incomplete(format!("schema version {:?} is not 3", root.u32(0)));
        }
        let mut model = Model { input, root, cx, buffers: 0, codes: 0, seen: HashSet::new() };
        model.read();
    }
}

fn invalid(cx: &mut Cx<'_>, subject: &str, message: &str, at: u64) {
    cx.fact(Fact::new(INVALID, subject, message).at(at, 1));
    cx.incomplete(message);
}

struct Model<'a, 'b, 'c> {
    input: &'a dyn ReadAt,
    root: Table<'a>,
    cx: &'b mut Cx<'c>,
    /// How many buffers and operator codes there are to refer to.
    buffers: u32,
    codes: u32,
    /// What a table was looked at as, and where it stands.
    seen: HashSet<(&'static str, u64)>,
}

impl<'a> Model<'a, '_, '_> {
    fn read(&mut self) {
        if let Some(text) = self.root.string(3, MAX_TEXT) {
            self.cx.artifact.contents.meta("description", &text);
        }
        if let Some(buffers) = self.vector(self.root, 4, "buffers") {
            self.buffers = buffers.len;
            self.each(buffers, "buffer", &mut |model, index, buffer| model.buffer(index, buffer));
        }
        if let Some(codes) = self.vector(self.root, 1, "operator codes") {
            self.codes = codes.len;
            self.each(codes, "operator code", &mut |model, _, code| model.operator_code(code));
        }
        if let Some(graphs) = self.vector(self.root, 2, "subgraphs") {
            self.each(graphs, "subgraph", &mut |model, _, graph| model.subgraph(graph));
        } else {
            self.cx.incomplete("there is no subgraph");
        }
        if let Some(metadata) = self.vector(self.root, 6, "metadata") {
            self.each(metadata, "metadata", &mut |model, _, entry| {
                if let Some(name) = entry.string(0, MAX_TEXT) {
                    model.cx.artifact.contents.meta(&name, "present");
                }
                model.index(entry.u32(1), model.buffers, "metadata", "buffer", entry.at);
            });
        }
    }

    fn invalid(&mut self, subject: &str, message: &str, at: u64) {
        invalid(self.cx, subject, message, at);
    }

    /// A vector of tables; a fact if it is there but does not fit into the file.
    fn vector(&mut self, table: Table<'a>, slot: u16, what: &str) -> Option<Vector<'a>> {
        let vector = table.vector(slot, 4);
        if vector.is_none() && table.field(slot) != Field::Absent {
            self.invalid(what, &format!("the list of {what} lies outside of the file"), table.at);
        }
        vector
    }

    fn each(&mut self, vector: Vector<'a>, what: &'static str, visit: &mut dyn FnMut(&mut Self, u32, Table<'a>)) {
        for index in 0..vector.len {
            // Lists can share their tables, so that a small file can describe millions; one look at each is enough.
            if !self.cx.budget().nodes(8) {
                return self.cx.over_budget("number of TensorFlow Lite tables");
            }
            if let Some(table) = vector.table(index) {
                if self.seen.insert((what, table.at)) {
                    visit(self, index, table);
                }
            } else {
                // One broken entry says it; the others of a bent list would only repeat it.
                let message = format!("the {what} {index} lies outside of the file");
                return self.invalid(what, &message, vector.start + u64::from(index) * 4);
            }
        }
    }

    fn index(&mut self, index: Option<u32>, count: u32, of: &str, what: &str, at: u64) {
        if let Some(index) = index.filter(|index| *index >= count) {
            self.invalid(of, &format!("{of} refers to {what} {index}, but there are {count}"), at);
        }
    }

    fn buffer(&mut self, index: u32, buffer: Table<'a>) {
        if buffer.field(0) != Field::Absent && buffer.vector(0, 1).is_none() {
            self.invalid("buffer", &format!("the data of buffer {index} lies outside of the file"), buffer.at);
        }
        // Models over 2 GB keep data behind the FlatBuffer and say where.
        if let Some((offset, size)) = buffer.u64(1).zip(buffer.u64(2))
            && offset > 1
            && offset.checked_add(size).is_none_or(|end| end > self.input.size())
        {
            self.invalid("buffer", &format!("the data of buffer {index} at {offset:#x} ends past the file"), buffer.at);
        }
    }

    fn operator_code(&mut self, code: Table<'a>) {
        let old = code.u8(0).map_or(0, |code| i32::from(code.cast_signed()));
        let builtin = code.i32(3).unwrap_or(0).max(old);
        let Some(name) = code.string(1, MAX_TEXT) else {
            if builtin == CUSTOM_CODE {
                self.invalid("operator code", "a custom operator has no name", code.at);
            }
            return;
        };
        if let Some(op) = name.strip_prefix("Flex") {
            self.flex(&name, op, code.at);
        } else if ops::sounds_like_execution(&name) {
            let message = format!("the custom operator `{name}` says by its name that it runs something");
            self.cx.fact(Fact::new(RUNS_CODE, &name, message).at(code.at, 1));
        } else if is_published(&name) {
            let message = format!("the operator `{name}` is not built into TensorFlow Lite, but published with it");
            self.cx.fact(Fact::new(KNOWN_CUSTOM, &name, message).at(code.at, 1));
        } else {
            let message = format!("the custom operator `{name}` is native code that the application has to bring");
            self.cx.fact(Fact::new(CUSTOM, &name, message).at(code.at, 1));
        }
    }

    /// An operation of full TensorFlow, judged as in a graph.
    fn flex(&mut self, name: &str, op: &str, at: u64) {
        let (kind, message) = if let Some((kind, does)) = ops::effect(op) {
            (kind, format!("the operator `{name}` hands the operation `{op}` to TensorFlow, which {does}"))
        } else if ops::sounds_like_execution(op) && !ops::is_known(op) {
            (RUNS_CODE, format!("the operator `{name}` says by its name that it runs something"))
        } else if ops::is_known(op) || ops::is_extension(op) {
            (FLEX, format!("the operator `{name}` needs full TensorFlow to run"))
        } else {
            (CUSTOM_OP, format!("the operator `{name}` needs an operation that TensorFlow does not have"))
        };
        self.cx.fact(Fact::new(kind, name, message).at(at, 1));
    }

    fn subgraph(&mut self, graph: Table<'a>) {
        let mut tensors = 0;
        if let Some(list) = self.vector(graph, 0, "tensors") {
            tensors = list.len;
            self.each(list, "tensor", &mut |model, _, tensor| model.tensor(tensor));
        }
        if let Some(operators) = self.vector(graph, 3, "operators") {
            self.each(operators, "operator", &mut |model, _, operator| {
                model.index(operator.u32(0).or(Some(0)), model.codes, "an operator", "operator code", operator.at);
                for slot in [1, 2] {
                    model.tensor_indices(operator, slot, tensors, "an operator");
                }
            });
        }
        for slot in [1, 2] {
            self.tensor_indices(graph, slot, tensors, "a subgraph");
        }
    }

    /// Inputs and outputs are indices of tensors; -1 stands for one that is left out.
    fn tensor_indices(&mut self, table: Table<'a>, slot: u16, tensors: u32, of: &str) {
        let Some(list) = table.vector(slot, 4) else { return };
        if !self.cx.budget().nodes(u64::from(list.len.min(100_000))) {
            return self.cx.over_budget("number of TensorFlow Lite tables");
        }
        for position in 0..list.len.min(100_000) {
            match list.i32(position) {
                Some(-1) => {}
                Some(index) if index >= 0 && index.unsigned_abs() < tensors => {}
                Some(index) => {
                    return self.invalid(
                        of,
                        &format!("{of} refers to tensor {index}, but there are {tensors}"),
                        table.at,
                    );
                }
                None => return,
            }
        }
    }

    fn tensor(&mut self, tensor: Table<'a>) {
        let name = tensor.string(3, MAX_TEXT).unwrap_or_default();
        let shape = tensor.vector(0, 4);
        let dimensions =
            shape.map(|shape| (0..shape.len.min(16)).filter_map(|index| shape.u32(index)).map(u64::from).collect());
        let dimensions: Vec<u64> = dimensions.unwrap_or_default();
        self.cx.artifact.contents.tensor(&name, type_name(tensor.u8(1).unwrap_or(0)), &dimensions);
        self.index(tensor.u32(2), self.buffers, "a tensor", "buffer", tensor.at);
    }
}

fn is_published(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "TFLite_Detection_PostProcess",
        "edgetpu-custom-op",
        "Mfcc",
        "AudioSpectrogram",
        "Convolution2DTransposeBias",
        "MaxPoolingWithArgmax2D",
        "MaxUnpooling2D",
        "NumericVerify",
        "RandomStandardNormal",
        "RandomUniform",
        "Multinomial",
        "HashTableV2",
        "HashTableFindV2",
        "HashTableImportV2",
        "HashTableSizeV2",
        "HashTableLookupV2",
        "ethos-u",
        "aeq",
        "Landmarks2TransformMatrix",
        "TransformTensorBilinear",
        "TransformLandmarks",
        "AudioMicrofrontend",
        "SIGNAL_FFT",
        "SignalRfft",
        "SignalWindow",
        "SignalFilterBank",
        "SignalPCAN",
        "Irfft2d",
        "IRFFT2D",
        "Cumsum",
        "Roll",
        "Ngrams",
        "tftext:Ngrams",
        "tftext:WhitespaceTokenizer",
        "TFSentencepieceTokenizeOp",
        "TFSentencepieceDetokenizeOp",
        "RaggedTensorToTensor",
        "PredictorOp",
        "Normalize",
        "ExtractFeatures",
        "FastWordpieceTokenizeWithOffsets",
    ];
    NAMES.contains(&name)
        || name.starts_with("TFSentencepiece")
        || name.starts_with("tftext:")
        || name.starts_with("stablehlo.")
}

fn type_name(code: u8) -> &'static str {
    const NAMES: [&str; 19] = [
        "float32",
        "float16",
        "int32",
        "uint8",
        "int64",
        "string",
        "bool",
        "int16",
        "complex64",
        "int8",
        "float64",
        "complex128",
        "uint64",
        "resource",
        "variant",
        "uint32",
        "uint16",
        "int4",
        "bfloat16",
    ];
    NAMES.get(usize::from(code)).copied().unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use crate::{Artifact, Options, Status, fixture, inspect};

    fn build(codes: &str) -> Vec<u8> {
        let codes: String = codes.lines().map(|line| format!("  {line}\n")).collect();
        let text = format!(
            "TFL3\n0 u32 3\n1 tables\n{codes}2 tables\n  table\n    0 tables\n      table\n        0 ints 1 4\n        1 u8 0\n        \
             2 u32 1\n        3 string input\n    1 ints 0\n    2 ints 0\n    3 tables\n      table\n        0 u32 0\n        \
             1 ints 0 0xffffffff\n        2 ints 0\n3 string made by hand\n4 tables\n  table\n  table\n    0 bytes hex\n      01 02 03 04\n"
        );
        fixture::build("flatbuffer", &text).unwrap()
    }

    fn read(codes: &str) -> Artifact {
        inspect(&build(codes), "model.tflite", &Options::default())
    }

    fn facts(artifact: &Artifact) -> Vec<(&'static str, &str)> {
        artifact.facts.iter().map(|fact| (fact.kind.0, fact.subject.as_str())).collect()
    }

    fn custom(name: &str) -> String {
        format!("table\n  0 u8 32\n  1 string {name}\n  3 u32 32\n")
    }

    #[test]
    fn an_honest_model_is_understood_and_silent() {
        let artifact = read("table\n  0 u8 9\n  3 u32 9\n");
        assert_eq!((artifact.format, &artifact.status), ("tflite", &Status::Understood));
        assert_eq!(facts(&artifact), []);
        assert_eq!(
            (artifact.contents.tensors[0].name.as_str(), artifact.contents.tensors[0].shape.as_slice()),
            ("input", &[1, 4][..])
        );
    }

    #[test]
    fn labels_packed_behind_the_model_are_no_second_face() {
        let mut data = build("table\n  0 u8 9\n");
        let start = data.len();
        let mut labels = fixture::build("zip", "member labels.txt text\n  cat\n").unwrap();
        // Offsets in the directory count from the start of the file.
        let end = labels.len() - 22;
        let directory = u32::from_le_bytes(labels[end + 16..end + 20].try_into().unwrap()) as usize;
        labels[end + 16..end + 20].copy_from_slice(&((directory + start) as u32).to_le_bytes());
        labels[directory + 42..directory + 46].copy_from_slice(&(start as u32).to_le_bytes());
        data.extend(labels);
        let artifact = inspect(&data, "model.tflite", &Options::default());
        assert_eq!((artifact.format, facts(&artifact)), ("tflite", vec![]));
        assert_eq!((artifact.members[0].format, facts(&artifact.members[0])), ("zip", vec![]));
        assert_eq!(artifact.members[0].members[0].name, "labels.txt");
    }

    #[test]
    fn judges_operators_by_name() {
        for (name, kind) in [
            ("FlexWriteFile", "tf-writes-file"),
            ("FlexReadFile", "tf-reads-file"),
            ("FlexPyFunc", "tf-runs-code"),
            ("FlexErf", "tflite-flex-op"),
            ("FlexMyOwn", "tf-custom-op"),
            ("ShellExec_v1", "tf-runs-code"),
            ("MyOwn", "tflite-custom-op"),
            ("TFLite_Detection_PostProcess", "tflite-known-custom-op"),
        ] {
            assert_eq!(facts(&read(&custom(name))), [(kind, name)], "{name}");
        }
    }

    #[test]
    fn lies_are_facts_and_nothing_panics() {
        assert_eq!(facts(&read("")), [("tflite-invalid", "an operator")]);
        let data = build(&custom("MyOwn"));
        for cut in 8..data.len() {
            let artifact = inspect(&data[..cut].to_vec(), "model.tflite", &Options::default());
            assert!(matches!(artifact.status, Status::Incomplete(_)), "cut at {cut}");
        }
        for at in 0..data.len() {
            for byte in [0, 1, 0x20, 0x7f, 0x80, 0xff] {
                let mut bent = data.clone();
                bent[at] = byte;
                inspect(&bent, "model.tflite", &Options::default());
            }
        }
    }
}
