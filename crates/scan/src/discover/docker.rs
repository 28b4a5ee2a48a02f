//! Images that a Dockerfile starts from: what of AI runs in them.

use std::collections::BTreeMap;

use redan_domain::text::Lines;
use redan_domain::{Asset, AssetKind, Attribute};

use super::{file_name, lines, place};

/// Parts of names of images, and what runs in them.
const IMAGES: [(&str, &str); 24] = [
    ("vllm", "vLLM"),
    ("tritonserver", "Triton"),
    ("text-generation-inference", "TGI"),
    ("text-embeddings-inference", "TEI"),
    ("ollama", "Ollama"),
    ("sglang", "SGLang"),
    ("llama.cpp", "llama.cpp"),
    ("torchserve", "TorchServe"),
    ("tensorflow/serving", "TensorFlow Serving"),
    ("pytorch", "PyTorch"),
    ("tensorflow", "TensorFlow"),
    ("jupyter", "Jupyter"),
    ("mlflow", "MLflow"),
    ("rayproject", "Ray"),
    ("nvidia/cuda", "CUDA"),
    ("huggingface", "Hugging Face"),
    ("litellm", "LiteLLM"),
    ("langfuse", "Langfuse"),
    ("open-webui", "Open WebUI"),
    ("qdrant", "Qdrant"),
    ("milvus", "Milvus"),
    ("weaviate", "Weaviate"),
    ("chroma", "Chroma"),
    ("sagemaker", "SageMaker"),
];

pub(super) fn format(name: &str) -> Option<&'static str> {
    let is = name == "Dockerfile"
        || name == "Containerfile"
        || name.starts_with("Dockerfile.")
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile");
    is.then_some("dockerfile")
}

pub(super) fn assets(path: &str, text: &str) -> Vec<Asset> {
    if format(file_name(path)).is_none() {
        return Vec::new();
    }
    let places = Lines::new(text);
    let mut assets = Vec::new();
    for (offset, line) in lines(text) {
        let mut words = line.split_whitespace();
        if !words.next().is_some_and(|word| word.eq_ignore_ascii_case("from")) {
            continue;
        }
        let Some(image) = words.find(|word| !word.starts_with("--")) else { continue };
        let Some((_, product)) = IMAGES.iter().find(|(part, _)| image.to_ascii_lowercase().contains(part)) else {
            continue;
        };
        let pinned = if image.contains('$') {
            Attribute::new(redan_domain::Value::Unknown)
        } else {
            image.contains("@sha256:").into()
        };
        let attributes = BTreeMap::from([
            ("image".to_string(), Attribute::from(image)),
            ("product".to_string(), Attribute::from(*product)),
            ("pinned".to_string(), pinned),
        ]);
        let (id, location) = (format!("{path}#{image}"), place(path, &places, offset));
        assets.push(Asset { id, kind: AssetKind::Workload, name: (*product).to_string(), location, attributes });
    }
    assets
}
