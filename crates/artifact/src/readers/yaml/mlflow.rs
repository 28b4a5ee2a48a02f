//! MLflow's `MLmodel`, and the environments that MLflow and conda install from.

use crate::json::Json;
use crate::readers::config::paths;
use crate::readers::requirements;
use crate::readers::yaml::{MLFLOW_CODE, MLFLOW_LOADER, MLFLOW_PATH};
use crate::walk::Cx;
use redan_domain::{Fact, FactKind};

/// Fields of a flavour that are joined to the model's folder.
const PATHS: &[&str] = &[
    "data",
    "code",
    "model_path",
    "python_model",
    "model_code_path",
    "pickled_model",
    "model_data",
    "env",
    "path",
    "code_path",
    "conda_env",
    "conda",
    "virtualenv",
    "artifact_path",
    "model_file",
    "saved_model_dir",
    "cloudpickle_path",
];

pub(super) fn check(document: &Json<'_>, text: &str, cx: &mut Cx<'_>) {
    let Some(flavors) = document.get("flavors") else { return };
    flavors.walk(&mut |pointer, node| {
        for (key, value) in node.members() {
            let Some(value_text) = value.str() else { continue };
            let place = format!("/flavors{pointer}/{key}");
            match key.as_ref() {
                "loader_module" if !value_text.starts_with("mlflow.") => {
                    let message =
                        format!("the model is loaded by `{value_text}`, a module that comes with it and runs on load");
                    report(MLFLOW_LOADER, value_text, &message, value, &place, text, cx);
                }
                "code" | "model_code_path" if !value_text.is_empty() => {
                    let message =
                        format!("Python code from `{value_text}` is put on the path when the model is loaded");
                    report(MLFLOW_CODE, value_text, &message, value, &place, text, cx);
                }
                _ => {}
            }
            if PATHS.contains(&key.as_ref()) && paths::leaves_folder(value_text) {
                let message = format!("`{key}` is `{value_text}`, outside the model's folder");
                report(MLFLOW_PATH, value_text, &message, value, &place, text, cx);
            }
        }
    });
}

/// Requirements inside `conda.yaml` and `python_env.yaml`.
pub(super) fn dependencies(document: &Json<'_>, text: &str, cx: &mut Cx<'_>) {
    for key in ["dependencies", "build_dependencies"] {
        let Some(list) = document.get(key) else { continue };
        list.walk(&mut |_, node| {
            if let Some(line) = node.str() {
                requirements::check_line(line, node.start, text, cx);
            }
        });
    }
    for channel in document.get("channels").map(Json::items).unwrap_or_default() {
        if let Some(url) = channel.str().filter(|url| paths::is_url(url)) {
            requirements::check_index(url, "channels", channel.start, text, cx);
        }
    }
}

fn report(kind: FactKind, subject: &str, message: &str, node: &Json<'_>, pointer: &str, text: &str, cx: &mut Cx<'_>) {
    if !cx.has_room(kind) {
        return;
    }
    let len = node.end.saturating_sub(node.start).max(1);
    let (line, column) = crate::text::line_column(text, node.start);
    let excerpt = crate::text::excerpt(text, node.start, len, "here");
    let fact = Fact::new(kind, subject, message).at(node.start as u64, len as u64).line(line, column);
    cx.fact(fact.pointer(pointer).excerpt(excerpt));
}
