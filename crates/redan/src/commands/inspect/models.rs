//! Models of the user's own: the fitted one, and classifiers in ONNX form.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use redan_inspect::Options;
use redan_inspect::injection::Model;

use crate::cli::InspectArgs;

/// Loads what the arguments name.
///
/// # Errors
/// Names the file that is missing or not understood.
pub(super) fn load(args: &InspectArgs, options: &mut Options) -> Result<()> {
    if let Some(path) = &args.injection_fit {
        let model = Model::from_bytes(&read(path)?);
        let model = model.with_context(|| format!("`{}`; `redan inspect fit` makes such a file", path.display()))?;
        options.injection = Some(Arc::new(model));
    }
    if let Some(folder) = &args.injection_model {
        options.attack_model = Some(onnx(folder)?);
    }
    if let Some(folder) = &args.entity_model {
        options.entity_model = Some(onnx(folder)?);
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))
}

#[cfg(feature = "onnx")]
fn onnx(folder: &Path) -> Result<Arc<redan_inspect::classify::onnx::OnnxModel>> {
    let part = |name: &str| read(&folder.join(name));
    let (model, tokenizer, config) = (part("model.onnx")?, part("tokenizer.json")?, part("config.json")?);
    let model = redan_inspect::classify::onnx::OnnxModel::load(&model, &tokenizer, &config);
    model.map(Arc::new).map_err(anyhow::Error::msg).with_context(|| format!("model `{}`", folder.display()))
}

#[cfg(not(feature = "onnx"))]
fn onnx(folder: &Path) -> Result<Arc<absent::Absent>> {
    anyhow::bail!("this build cannot load `{}`: build with `cargo build --release --features onnx`", folder.display())
}

/// What stands for a model in a build that can load none.
#[cfg(not(feature = "onnx"))]
mod absent {
    use redan_inspect::classify::{AttackModel, Entity, EntityModel};

    #[derive(Debug)]
    pub(super) enum Absent {}

    impl EntityModel for Absent {
        fn entities(&self, _text: &str) -> Result<Vec<Entity>, String> {
            match *self {}
        }
    }

    impl AttackModel for Absent {
        fn attack(&self, _text: &str) -> Result<f32, String> {
            match *self {}
        }
    }
}
