use crate::Language;

fn found(text: &str) -> Vec<String> {
    super::found(Language::TypeScript, text)
}
