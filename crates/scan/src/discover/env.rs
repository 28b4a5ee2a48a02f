//! Names of variables in `.env` files: which keys to AI services a project uses. Values are never taken.

use std::collections::BTreeMap;

use redan_domain::text::Lines;
use redan_domain::{Asset, AssetKind, Attribute};

use super::{file_name, lines, place};

/// Parts of names of variables that hold a key to an AI service, and whose it is.
const SERVICES: [(&str, &str); 30] = [
    ("OPENAI", "OpenAI"),
    ("ANTHROPIC", "Anthropic"),
    ("CLAUDE", "Anthropic"),
    ("GEMINI", "Google"),
    ("GOOGLE_API", "Google"),
    ("GOOGLE_GENAI", "Google"),
    ("VERTEX", "Google"),
    ("BEDROCK", "AWS"),
    ("AZURE_OPENAI", "Azure"),
    ("COHERE", "Cohere"),
    ("MISTRAL", "Mistral"),
    ("GROQ", "Groq"),
    ("XAI_", "xAI"),
    ("DEEPSEEK", "DeepSeek"),
    ("OPENROUTER", "OpenRouter"),
    ("TOGETHER", "Together"),
    ("FIREWORKS", "Fireworks"),
    ("REPLICATE", "Replicate"),
    ("PERPLEXITY", "Perplexity"),
    ("HUGGINGFACE", "Hugging Face"),
    ("HF_TOKEN", "Hugging Face"),
    ("PINECONE", "Pinecone"),
    ("QDRANT", "Qdrant"),
    ("WEAVIATE", "Weaviate"),
    ("LANGCHAIN", "LangSmith"),
    ("LANGSMITH", "LangSmith"),
    ("LANGFUSE", "Langfuse"),
    ("WANDB", "Weights & Biases"),
    ("LITELLM", "LiteLLM"),
    ("TAVILY", "Tavily"),
];

pub(super) fn format(name: &str) -> Option<&'static str> {
    let is = name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
    is.then_some("env")
}

pub(super) fn assets(path: &str, text: &str) -> Vec<Asset> {
    if format(file_name(path)).is_none() {
        return Vec::new();
    }
    let places = Lines::new(text);
    let mut assets = Vec::new();
    for (offset, line) in lines(text) {
        let line = line.trim_start_matches("export ");
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let name = name.trim();
        let upper = name.to_ascii_uppercase();
        let Some((_, service)) = SERVICES.iter().find(|(part, _)| upper.contains(part)) else { continue };
        if !["KEY", "TOKEN", "SECRET", "PASSWORD"].iter().any(|word| upper.contains(word)) {
            continue;
        }
        let attributes = BTreeMap::from([
            ("provider".to_string(), Attribute::from(*service)),
            ("set".to_string(), Attribute::from(!value.trim().trim_matches(['"', '\'']).is_empty())),
        ]);
        let (id, location) = (format!("{path}#{name}"), place(path, &places, offset));
        assets.push(Asset { id, kind: AssetKind::Secret, name: name.to_string(), location, attributes });
    }
    assets
}
