//! One file per format: how it is recognised and what is read from it.
//!
//! A new format is one file here with a unit struct that implements [`Reader`], its facts, and one line
//! in [`ALL`] (and in [`fact_kinds`]).

use redan_domain::ReadAt;

use crate::head::Head;
use crate::walk::Cx;
use redan_domain::FactKind;

mod boost;
mod card;
mod chat_template;
mod codecs;
mod compressed;
mod config;
mod coreml;
pub(crate) mod disguise;
mod engine;
mod executable;
mod gguf;
mod hdf5;
mod keras;
mod msgpack;
mod names;
mod npy;
mod onnx;
mod opaque;
mod pickle;
mod python;
mod r;
mod requirements;
mod safetensors;
mod sevenz;
mod skops;
mod tar;
mod tensorflow;
mod tflite;
mod xml;
mod yaml;
mod zip;

/// Whether a reader recognises a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// Not its kind.
    No,
    /// Could be; tried only if no reader is sure. Earlier readers in [`ALL`] go first.
    Hint,
    /// The content says so. All sure readers run; a second one makes the file a polyglot.
    Yes,
}

/// One format.
pub(crate) trait Reader: Sync {
    /// Id of the format, kebab-case. `read` may refine it by setting `cx.artifact.format`.
    fn format(&self) -> &'static str;
    /// Whether these bytes are this format, by content.
    fn probe(&self, head: &Head<'_>) -> Match;
    /// Fills `cx.artifact`: facts, contents, members, status.
    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>);
}

/// Every reader.
///
/// Where several are sure of the same bytes, the first in this list gives the file its format and the others become
/// members; where none is sure, only the first that hints is tried. So archives and containers come first (what they
/// hold is examined anyway), then formats with a magic number or keys of their own, and within text the readers that
/// hint at the least come before those that would take almost anything.
pub(crate) const ALL: &[&dyn Reader] = &[
    &sevenz::SevenZ,
    &opaque::Opaque,
    &tar::Tar,
    &compressed::Compressed,
    // Before zip: a model with labels packed behind it is a model first.
    &tflite::TfLite,
    &zip::Zip,
    &safetensors::Safetensors,
    &gguf::Gguf,
    &chat_template::ChatTemplate,
    &keras::KerasConfig,
    &hdf5::Hdf5,
    &tensorflow::SavedModel,
    &tensorflow::GraphFile,
    &tensorflow::KerasMetadata,
    &tensorflow::CheckpointIndex,
    &tensorflow::CheckpointState,
    &tensorflow::GraphText,
    &tensorflow::CheckpointData,
    &npy::Npy,
    &pickle::Pickle,
    &python::PathFile,
    &python::Python,
    &card::ModelCard,
    &requirements::Requirements,
    &yaml::Yaml,
    // Hints at any JSON at all; the readers below that know a JSON format of their own are sure of it.
    &config::Config,
    &onnx::Onnx,
    &coreml::CoreMl,
    &coreml::PackageManifest,
    &msgpack::Msgpack,
    &r::R,
    &xml::Xml,
    &skops::Skops,
    &boost::XgBoostJson,
    &boost::XgBoostUbj,
    &boost::XgBoostBinary,
    &boost::LightGbm,
    &boost::CatBoost,
    &boost::CatBoostJson,
    &engine::ExecuTorch,
    &engine::PaddleProgram,
    &engine::PaddleJson,
    &engine::PaddleParams,
    &engine::TensorRt,
    &engine::CaffeText,
    &engine::CaffeModel,
    &engine::MxNetSymbol,
    &engine::MxNetParams,
    &engine::Opaque,
    // Last: a model that is also a program is a model first, with the program as its second face.
    &executable::Executable,
];

/// Id of every format that has a reader, sorted.
pub fn formats() -> Vec<&'static str> {
    let mut formats: Vec<_> = ALL.iter().map(|reader| reader.format()).collect();
    formats.sort_unstable();
    formats.dedup();
    formats
}

/// Every kind of fact any reader can report; by module, those of shared parts first.
pub fn fact_kinds() -> Vec<FactKind> {
    [
        crate::budget::FACTS,
        crate::codelike::FACTS,
        crate::jinja::FACTS,
        crate::metadata::FACTS,
        crate::unread::FACTS,
        crate::walk::FACTS,
        boost::FACTS,
        compressed::FACTS,
        config::FACTS,
        config::weights_index::FACTS,
        coreml::FACTS,
        disguise::FACTS,
        engine::FACTS,
        executable::FACTS,
        gguf::FACTS,
        hdf5::FACTS,
        keras::FACTS,
        msgpack::FACTS,
        names::FACTS,
        npy::FACTS,
        onnx::FACTS,
        opaque::FACTS,
        pickle::FACTS,
        python::FACTS,
        r::FACTS,
        requirements::FACTS,
        safetensors::FACTS,
        sevenz::FACTS,
        skops::FACTS,
        tar::FACTS,
        tensorflow::FACTS,
        tflite::FACTS,
        xml::FACTS,
        yaml::FACTS,
        zip::FACTS,
    ]
    .concat()
}
