use super::flows;
use crate::{Language, lower};

mod python;

/// What is found in a text: `LABEL CLASS` of flows, the kind of weak calls.
fn found(language: Language, text: &str) -> Vec<String> {
    let (flows, _) = flows(&lower("a", text, language));
    flows
        .into_iter()
        .map(|flow| flow.label.map_or(flow.kind.clone(), |label| format!("{label} {}", flow.kind)))
        .collect()
}
