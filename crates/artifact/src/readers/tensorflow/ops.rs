//! TensorFlow operations: which exist, and what some do beyond computing.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{FILE_READ, FILE_WRITE, NETWORK, RUNS_CODE};
use redan_domain::FactKind;

/// Names of the operations that TensorFlow registers: those of 2.21 and some of versions before.
static KNOWN: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("ops.txt").split_ascii_whitespace().collect());

/// Whether TensorFlow has this operation. Names with a leading underscore are its own, too.
pub(crate) fn is_known(op: &str) -> bool {
    op.starts_with('_') || KNOWN.contains(op)
}

/// Whether the operation comes from a widely used extension, which has to be installed to load the model.
pub(crate) fn is_extension(op: &str) -> bool {
    const NAMESPACES: &[&str] =
        &["TFText>", "Addons>", "IO>", "TFGNN>", "Dtensor>", "DeepmindReverb>", "TFRA>", "TensorFlowQuantum>"];
    const PREFIXES: &[&str] =
        &["Sentencepiece", "SimpleML", "Horovod", "Tfq", "Mkl", "ZenOp", "_Zen", "TPU", "Tensorrt", "GetStableHlo"];
    const NAMES: &[&str] = &[
        "RegexSplitWithOffsets",
        "WordpieceTokenizeWithOffsets",
        "FastWordpieceTokenizeWithOffsets",
        "FastBertNormalize",
        "CaseFoldUTF8",
        "NormalizeUTF8",
        "NormalizeUTF8WithOffsetsMap",
        "FindSourceOffsets",
        "UnicodeScriptTokenizeWithOffsets",
        "WhitespaceTokenizeWithOffsets",
        "WhitespaceTokenizeWithOffsetsV2",
        "SplitMergeTokenizeWithOffsets",
        "SentenceFragments",
        "WordpieceBuilder",
        "ConstrainedSequence",
        "MaxSpanningTree",
        "RougeL",
        "NgramsStringJoin",
        "RoundRobinTrim",
        "GatherTree",
        "CreateFertileStatsVariable",
        "TreeEnsembleVariable",
        "DecodeProtoSparseV2",
        "EdgeTpuOp",
        "NeuronOp",
    ];
    NAMESPACES.iter().chain(PREFIXES).any(|prefix| op.starts_with(prefix)) || NAMES.contains(&op)
}

/// What an operation that reaches outside of the graph does: the kind of fact, and words for it.
pub(crate) fn effect(op: &str) -> Option<(FactKind, &'static str)> {
    Some(match op {
        "PyFunc" | "PyFuncStateless" | "EagerPyFunc" | "_EagerPyFunc" | "PyFuncV2" | "PyCall" => {
            (RUNS_CODE, "calls Python code")
        }
        "WriteFile"
        | "SaveDataset"
        | "SaveDatasetV2"
        | "DatasetToTFRecord"
        | "ExperimentalDatasetToTFRecord"
        | "DistributedSave" => (FILE_WRITE, "writes a file"),
        "DebugIdentity"
        | "DebugIdentityV2"
        | "DebugIdentityV3"
        | "DebugNanCount"
        | "DebugNumericSummary"
        | "DebugNumericSummaryV2" => (FILE_WRITE, "writes tensors to a file or sends them to an address"),
        "CreateSummaryFileWriter" | "CreateSummaryDbWriter" => (FILE_WRITE, "writes an event file"),
        "ReadFile" => (FILE_READ, "reads a file"),
        "MatchingFiles" | "MatchingFilesDataset" | "ExperimentalMatchingFilesDataset" => (FILE_READ, "lists files"),
        "ImmutableConst" => (FILE_READ, "maps a file into memory"),
        "RpcCall" | "RpcClient" | "RpcServer" | "RpcServerStart" | "RpcServerRegister" => {
            (NETWORK, "opens a connection")
        }
        "DataServiceDataset"
        | "DataServiceDatasetV2"
        | "DataServiceDatasetV3"
        | "DataServiceDatasetV4"
        | "RegisterDataset"
        | "RegisterDatasetV2" => (NETWORK, "connects to a data service"),
        "FileSystemSetConfiguration" => (NETWORK, "configures access to a remote file system"),
        _ => return None,
    })
}

/// Operations that read files as part of an input pipeline: unusual in a model for serving.
pub(super) fn reads_input(op: &str) -> bool {
    const NAMES: &[&str] = &[
        "WholeFileReader",
        "WholeFileReaderV2",
        "TextLineReader",
        "TextLineReaderV2",
        "FixedLengthRecordReader",
        "FixedLengthRecordReaderV2",
        "TFRecordReader",
        "TFRecordReaderV2",
        "LMDBReader",
        "LMDBDataset",
        "ExperimentalLMDBDataset",
        "SqlDataset",
        "ExperimentalSqlDataset",
        "TextLineDataset",
        "TFRecordDataset",
        "TFRecordDatasetV2",
        "CSVDataset",
        "CSVDatasetV2",
        "ExperimentalCSVDataset",
        "FixedLengthRecordDataset",
        "FixedLengthRecordDatasetV2",
        "LoadDataset",
        "RecordInput",
        "SnapshotDatasetReader",
        "SnapshotDatasetV2",
        "SnapshotDataset",
    ];
    NAMES.contains(&op)
}

/// An operation that TensorFlow does not have, whose name says that it starts something.
pub(crate) fn sounds_like_execution(op: &str) -> bool {
    let lower = op.to_ascii_lowercase();
    ["shell", "execute", "exec_", "execop", "system", "command", "spawn", "popen", "subprocess", "pycall"]
        .iter()
        .any(|word| lower.contains(word))
}

/// Words for an operation that touches files, the network or other code, for other formats that embed nodes.
pub(crate) fn dangerous_op(op: &str) -> Option<&'static str> {
    effect(op).map(|(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_operations_it_judges() {
        for op in [
            "ReadFile",
            "WriteFile",
            "MatchingFiles",
            "PyFunc",
            "EagerPyFunc",
            "PrintV2",
            "DebugIdentityV3",
            "SaveV2",
            "ImmutableConst",
        ] {
            assert!(is_known(op), "{op}");
        }
        for op in [
            "MatMul",
            "BiasAdd",
            "StatefulPartitionedCall",
            "VarHandleOp",
            "FusedBatchNormV3",
            "_Arg",
            "XlaCallModule",
            "HashTableV2",
        ] {
            assert!(is_known(op) && effect(op).is_none() && !reads_input(op), "{op}");
        }
        assert!(!is_known("MyOp") && !is_extension("MyOp"));
        assert!(is_extension("TFText>FastWordpieceTokenizeWithOffsets"));
        assert!(KNOWN.len() > 1400);
    }
}
