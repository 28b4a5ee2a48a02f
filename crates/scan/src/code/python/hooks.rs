//! Functions that a loader calls by itself, by the names that loaders and servers of models give them.

use super::run::Run;

impl Run<'_> {
    /// Whether a loader calls this function by itself.
    pub(super) fn is_hook(&self, index: usize) -> bool {
        let Some(function) = self.functions.get(index) else { return false };
        if self.patches.contains(&index) {
            return true;
        }
        let name = function.name.as_str();
        let Some(class) = function.class.and_then(|class| self.classes.get(class)) else {
            return matches!(
                name,
                "handle"
                    | "initialize"
                    | "_load_pyfunc"
                    | "load_pyfunc"
                    | "model_fn"
                    | "input_fn"
                    | "predict_fn"
                    | "output_fn"
                    | "transform_fn"
                    | "load_model"
                    | "load_context"
                    | "__getattr__"
                    | "generate"
                    | "init"
            );
        };
        const ALWAYS: &[&str] = &[
            "__reduce__",
            "__reduce_ex__",
            "__setstate__",
            "__getstate__",
            "__init_subclass__",
            "__class_getitem__",
            "__set_name__",
            "__del__",
            "__new__",
            "__getattr__",
            "__getattribute__",
            "__getnewargs__",
            "__getnewargs_ex__",
            "__getinitargs__",
            "__prepare__",
        ];
        const MODEL: &[&str] = &[
            "__init__",
            "__call__",
            "forward",
            "from_pretrained",
            "from_config",
            "_from_config",
            "generate",
            "initialize",
            "preprocess",
            "postprocess",
            "inference",
            "handle",
            "predict",
            "load_context",
            "setup",
            "build",
            "call",
            "get_config",
            "from_dict",
            "tokenize",
            "_tokenize",
            "post_init",
            "load_state_dict",
            "_load_from_state_dict",
            "_init_weights",
            "execute",
            "load",
            "transform",
            "__post_init__",
        ];
        const BASES: &[&str] = &[
            "Handler",
            "Predictor",
            "Model",
            "Pipeline",
            "Tokenizer",
            "Config",
            "Layer",
            "Module",
            "Processor",
            "PreTrained",
            "Extractor",
        ];
        const NAMES: &[&str] =
            &["EndpointHandler", "Predictor", "TritonPythonModel", "ModelHandler", "InferenceHandler"];
        let (own, bases) = class.bases.split_first().map_or(("", &[][..]), |(own, bases)| (own.as_str(), bases));
        let served = NAMES.contains(&own) || ["Model", "Tokenizer", "ForCausalLM"].iter().any(|end| own.ends_with(end));
        ALWAYS.contains(&name)
            || MODEL.contains(&name)
                && (served || bases.iter().any(|base| BASES.iter().any(|word| base.contains(word))))
    }
}
