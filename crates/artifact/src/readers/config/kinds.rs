//! Which configuration a JSON document is, by its keys.

use crate::json::Json;

/// Names that frameworks read by themselves; a broken one of these is worth saying.
pub(super) fn known_name(name: &str) -> bool {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    const NAMES: &[&str] = &[
        "config.json",
        "generation_config.json",
        "tokenizer_config.json",
        "preprocessor_config.json",
        "processor_config.json",
        "adapter_config.json",
        "model_index.json",
        "modules.json",
        "chat_template.json",
        "feature_extractor_config.json",
        "video_preprocessor_config.json",
        "scheduler_config.json",
        "config_sentence_transformers.json",
    ];
    NAMES.contains(&base.as_str()) || base.ends_with(".index.json")
}

/// Whether this is a serialised tokenizer: megabytes of vocabulary behind a few telling keys, and nothing in
/// it names code. It is recognised by its first keys and not parsed.
pub(super) fn is_tokenizer(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    let has = |key: &[u8]| memchr::memmem::find(head, key).is_some();
    let whole = bytes.trim_ascii_end().ends_with(b"}");
    whole && has(b"\"truncation\"") && has(b"\"padding\"") && has(b"\"added_tokens\"")
}

/// Kind of configuration; none for a document that has nothing to do with models.
pub(super) fn kind(json: &Json<'_>) -> Option<&'static str> {
    let has = |keys: &[&str]| keys.iter().any(|key| json.get(key).is_some());
    let all = |keys: &[&str]| keys.iter().all(|key| json.get(key).is_some());
    if let Some(first) = json.items().first() {
        let module = first.get("type").and_then(Json::str).is_some()
            && first.get("path").is_some()
            && first.get("idx").is_some();
        return if module { Some("sentence-transformers-config") } else { buried(json) };
    }
    if json.get("schemaVersion").is_some() && has(&["mediaType", "layers", "manifests", "config", "fsLayers"]) {
        Some("oci-manifest")
    } else if has(&["peft_type", "base_model_name_or_path", "lora_alpha"]) {
        Some("adapter-config")
    } else if has(&["_diffusers_version", "_class_name"]) {
        Some("diffusers-config")
    } else if has(&[
        "model_type",
        "architectures",
        "auto_map",
        "transformers_version",
        "torch_dtype",
        "custom_pipelines",
        "trust_remote_code",
    ]) {
        Some(if has(&["custom_generate", "_from_model_config"]) { "generation-config" } else { "model-config" })
    } else if has(&[
        "custom_generate",
        "_from_model_config",
        "max_new_tokens",
        "do_sample",
        "eos_token_id",
        "bos_token_id",
    ]) {
        Some("generation-config")
    } else if has(&[
        "tokenizer_class",
        "chat_template",
        "added_tokens_decoder",
        "bos_token",
        "eos_token",
        "pad_token",
        "model_max_length",
        "special_tokens_map_file",
    ]) {
        Some("tokenizer-config")
    } else if has(&[
        "processor_class",
        "image_processor_type",
        "feature_extractor_type",
        "image_mean",
        "video_processor_type",
    ]) {
        Some("processor-config")
    } else if json.get("weight_map").is_some() {
        Some("weights-index-config")
    } else if all(&["log_history", "global_step"]) {
        Some("trainer-state")
    } else if has(&["quant_method", "quantization_config"]) || all(&["bits", "group_size"]) {
        Some("quantization-config")
    } else if has(&["__version__", "similarity_fn_name", "pooling_mode_mean_tokens", "word_embedding_dimension"]) {
        Some("sentence-transformers-config")
    } else {
        buried(json)
    }
}

/// A key that decides what is loaded, anywhere inside.
fn buried(json: &Json<'_>) -> Option<&'static str> {
    let mut found = false;
    let mut left = 200_000_u32;
    json.walk(&mut |_, node| {
        if !found && left > 0 {
            left -= 1;
            found =
                node.members().iter().any(|(key, _)| super::checks::instantiates(key) || super::checks::decides(key));
        }
    });
    found.then_some("config")
}
