//! Operator names: which ones every runtime has, and which ones need somebody's library.

/// The newest version of the default operator set whose names are listed here.
pub(super) const NEWEST_OPSET: u64 = 26;

/// Names of the default domain (`""`, also written `ai.onnx`), withdrawn and experimental ones included.
const DEFAULT: &str = "
ATen Abs Acos Acosh Add Affine AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool
BatchNormalization Bernoulli BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu
CenterCropPad Clip Col2Im Compress Concat ConcatFromSequence Constant ConstantFill ConstantOfShape Conv
ConvInteger ConvTranspose Cos Cosh Crop CumProd CumSum DFT DeformConv DepthToSpace DequantizeLinear Det Div
Dropout DynamicQuantizeLinear DynamicSlice Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU GRUUnit
Gather GatherElements GatherND Gelu Gemm GivenTensorFill GlobalAveragePool GlobalLpPool GlobalMaxPool Greater
GreaterOrEqual GridSample GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity
If ImageDecoder ImageScaler InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less
LessOrEqual Log LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool
Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss
NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or PRelu Pad
ParametricSoftplus Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN RandomNormal
RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum
ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu
Reshape Resize ReverseSequence RoiAlign RotaryEmbedding Round STFT Scale ScaledTanh Scan Scatter
ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert
SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss
Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat StringNormalizer StringSplit
Sub Sum Swish Tan Tanh TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unique
Unsqueeze Upsample Where Xor";

/// Names of `ai.onnx.ml`.
const ML: &str = "
ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder
LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble
TreeEnsembleClassifier TreeEnsembleRegressor ZipMap";

/// Names of `ai.onnx.contrib` and `com.microsoft.extensions` that the extensions library implements in native
/// code. Any other name in these domains is a Python function that somebody registered.
const EXTENSIONS: &str = "
AddNumbers AudioDecoder BasicTokenizer BertTokenizer BertTokenizerDecoder BlingFireSentenceBreaker BpeDecoder
BpeTokenizer CLIPTokenizer ConcatConvertTensorToList DecodeImage DrawBoundingBoxes EncodeImage FairseqTokenizer
FlattenString GPT2Tokenizer GaussianBlur HfBertTokenizer HfJsonTokenizer ImageDecoder ImageReader Inverse
MaskedFill NegPos RaggedTensorToDense RaggedTensorToSparse RobertaTokenizer SegmentExtraction SegmentSum
SentencepieceDecoder SentencepieceTokenizer SplineBasis StftNorm StringConcat StringECMARegexReplace
StringECMARegexSplitWithOffsets StringEqual StringHash StringHashFast StringJoin StringLength StringLower
StringMapping StringNormalizer StringRaggedTensorToDense StringRegexReplace StringRegexSplitWithOffsets
StringSlice StringSplit StringStrip StringToVector StringUpper T5Tokenizer TrieDetokenizer TrieTokenizer
VectorToString WordpieceTokenizer XLMRobertaTokenizer";

/// What an operator of a domain needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: every runtime, or the runtime that owns the domain, has it.
    Nothing,
    /// The name is not one of the default domain.
    UnknownName,
    /// A published extension library.
    Extension,
    /// A library that only the author of the model can name.
    CustomLibrary,
    /// A Python function.
    Python,
}

/// Judges an operator by domain and name. Functions that the model defines itself are not for this function.
pub(super) fn needs(domain: &str, name: &str) -> Needs {
    let lower = name.to_ascii_lowercase();
    let python = lower.starts_with("pyop") || lower.starts_with("pythonop") || lower.starts_with("pyfunc");
    if python || lower.starts_with("pycustomop") || domain == "pyopmulti" || domain == "ai.onnx.contrib.python" {
        return Needs::Python;
    }
    let listed = |list: &str| list.split_ascii_whitespace().any(|known| known == name);
    match domain {
        "" | "ai.onnx" if listed(DEFAULT) => Needs::Nothing,
        "ai.onnx.ml" if listed(ML) => Needs::Nothing,
        "" | "ai.onnx" | "ai.onnx.ml" => Needs::UnknownName,
        "ai.onnx.contrib" | "com.microsoft.extensions" if listed(EXTENSIONS) => Needs::Extension,
        "ai.onnx.contrib" | "com.microsoft.extensions" => Needs::CustomLibrary,
        "com.microsoft"
        | "com.microsoft.nchwc"
        | "com.microsoft.experimental"
        | "com.microsoft.dml"
        | "com.microsoft.mlfeaturizers"
        | "com.ms.internal.nhwc"
        | "com.ms.internal" => Needs::Nothing,
        _ if domain == "ai.onnx.training" || domain.starts_with("ai.onnx.preview") => Needs::Nothing,
        _ if domain.starts_with("ai.onnxruntime") => Needs::Extension,
        _ => Needs::CustomLibrary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_operators() {
        for (domain, name, expected) in [
            ("", "Relu", Needs::Nothing),
            ("ai.onnx", "Conv", Needs::Nothing),
            ("ai.onnx.ml", "TreeEnsembleRegressor", Needs::Nothing),
            ("com.microsoft", "FusedMatMul", Needs::Nothing),
            ("ai.onnx.preview.training", "Adam", Needs::Nothing),
            ("", "EvilOp", Needs::UnknownName),
            ("", "Conv ", Needs::UnknownName),
            ("ai.onnx.contrib", "BertTokenizer", Needs::Extension),
            ("ai.onnx.contrib", "MyReverse", Needs::CustomLibrary),
            ("com.evil.native", "Conv", Needs::CustomLibrary),
            ("com.microsoft.evil", "Conv", Needs::CustomLibrary),
            ("", "PyOp", Needs::Python),
            ("pyopmulti", "pyop_0", Needs::Python),
            ("com.microsoft", "PythonOp", Needs::Python),
        ] {
            assert_eq!(needs(domain, name), expected, "{domain} {name}");
        }
    }
}
