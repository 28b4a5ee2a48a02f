//! What a file name promises, compared with what the bytes are.
//!
//! Names never decide how a file is read. But who sees `model.safetensors` expects a file that cannot run code.

use crate::artifact::Artifact;
use crate::readers::executable;
use redan_domain::{Fact, facts};

facts! {
    /// The extension promises a format that runs nothing, the content is one that can.
    EXTENSION_MISMATCH = "extension-mismatch";
}

/// Extensions of formats that hold data, and the formats besides that are usual under them.
const SAFE: &[(&str, &[&str])] = &[
    ("safetensors", &[]),
    ("gguf", &[]),
    ("ggml", &[]),
    ("onnx", &[]),
    ("tflite", &[]),
    ("npy", &[]),
    ("h5", &[]),
    ("hdf5", &[]),
    ("pb", &[]),
    ("pbtxt", &[]),
    ("msgpack", &[]),
    ("parquet", &[]),
    ("arrow", &[]),
    ("json", &[]),
    ("jsonl", &[]),
    ("yaml", &[]),
    ("yml", &[]),
    ("toml", &[]),
    ("xml", &[]),
    ("csv", &[]),
    ("tsv", &[]),
    ("txt", &[]),
    ("md", &[]),
    ("jinja", &[]),
    ("png", &[]),
    ("jpg", &[]),
    ("jpeg", &[]),
    ("gif", &[]),
    ("webp", &[]),
    ("svg", &[]),
    ("pdf", &[]),
    ("wav", &[]),
    ("mp3", &[]),
    ("mp4", &[]),
    // Zip and HDF5 by design; anything else that runs is not.
    ("keras", &["keras-zip", "zip"]),
    ("npz", &["npz", "zip"]),
];

/// Extensions of models in formats that run code by design; a native program is still none of them.
const MODELS: &[&str] = &[
    "bin", "ckpt", "dat", "data", "dill", "joblib", "mar", "mlmodel", "model", "nemo", "params", "pdparams", "pickle",
    "pkl", "pmml", "pt", "pt2", "pte", "pth", "ptl", "skops", "weights",
];

/// Archives that no loader of models reads: a model that is one was packed to keep scanners out.
const FOREIGN: &[&str] = &["sevenz", "rar", "cab"];

/// Formats that can run code when they are loaded, or hold members that can.
const EXECUTING: &[&str] = &[
    "pickle",
    "joblib",
    "npz",
    "skops",
    "sevenz",
    "tar",
    "nemo",
    "zip",
    "keras-zip",
    "torch-package",
    "torch-mobile",
    "torch-export",
    "torchscript",
    "torchserve-mar",
];

fn extension(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    base.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

/// Whether the name is that of a model or of data, never of a program.
pub(crate) fn promises_no_program(name: &str) -> bool {
    let extension = extension(name);
    MODELS.contains(&extension.as_str()) || SAFE.iter().any(|(safe, _)| *safe == extension)
}

/// Adds a fact if `name` promises a format that runs nothing and the content is one that can.
pub(crate) fn check(name: &str, artifact: &mut Artifact) {
    let extension = extension(name);
    if FOREIGN.contains(&artifact.format) && MODELS.contains(&extension.as_str()) {
        let message =
            format!("the name ends in `.{extension}`, but the content is {}, which no loader reads", artifact.format);
        artifact.facts.push(Fact::new(EXTENSION_MISMATCH, artifact.format, message).at(0, 6));
    }
    let Some((_, usual)) = SAFE.iter().find(|(safe, _)| *safe == extension) else { return };
    let format = artifact.format;
    let executes = EXECUTING.contains(&format) || format.starts_with("pytorch-") || format.starts_with("pickle-");
    // Programs have a fact of their own.
    if executes && !usual.contains(&format) && !executable::is_executable(format) {
        let message =
            format!("the name ends in `.{extension}`, but the content is {format}, which can run code when loaded");
        artifact.facts.push(Fact::new(EXTENSION_MISMATCH, format, message).at(0, artifact.size.min(4)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::build;
    use crate::{Options, inspect};

    fn kinds(kind: &str, name: &str) -> Vec<&'static str> {
        let bytes = build(kind, "member a text\n  x\n").unwrap();
        inspect(&bytes, name, &Options::default()).facts.iter().map(|fact| fact.kind.0).collect()
    }

    #[test]
    fn only_promises_that_are_broken_are_told() {
        for name in ["m.safetensors", "dir.v1/config.JSON", "a\\b.png", "m.gguf"] {
            assert_eq!(kinds("zip", name), ["extension-mismatch"], "{name}");
        }
        assert_eq!(kinds("tar", "m.onnx"), ["extension-mismatch"]);
        for name in ["m.pt", "m.ckpt", "m.bin", "m", "m.zip", "m.keras", "m.npz", "json"] {
            assert_eq!(kinds("zip", name), Vec::<&str>::new(), "{name}");
        }
    }

    #[test]
    fn models_are_no_programs() {
        assert!(promises_no_program("a/pytorch_model.bin") && promises_no_program("x.TXT"));
        assert!(!promises_no_program("libx.so") && !promises_no_program("llamafile") && !promises_no_program("run.sh"));
    }
}
