//! What a configuration asks a loader to do: code it pulls in, names it instantiates, files it points at.
//!
//! Works on the tree that JSON and YAML share, so that a key means the same in both.

use crate::json::Json;
use crate::readers::config::callable::{self, Verdict};
use crate::readers::config::{code_text, facts, paths};
use crate::walk::Cx;
use redan_domain::Fact;

/// Where the tree comes from. A recipe in YAML is written by the person who runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Json,
    Yaml,
}

/// Keys whose value is a callable that a framework looks up and calls (Hydra, OmegaConf, NeMo, Lightning,
/// jsonpickle, MLflow, latent-diffusion configs).
pub(crate) fn instantiates(key: &str) -> bool {
    matches!(
        key,
        "_target_"
            | "target"
            | "_target"
            | "__target__"
            | "class_path"
            | "_class_path"
            | "py/object"
            | "py/type"
            | "py/function"
            | "py/reduce"
            | "py/newobj"
            | "py/repr"
            | "py/ref"
            | "loader_module"
            | "impl"
            | "factory"
            | "_callable_"
            | "__class__"
            | "class_name"
            | "_component_"
    )
}

/// Keys that decide which code is loaded.
pub(crate) fn decides(key: &str) -> bool {
    instantiates(key) && !matches!(key, "target" | "factory" | "class_name" | "impl" | "__class__")
        || matches!(
            key,
            "auto_map"
                | "trust_remote_code"
                | "custom_generate"
                | "custom_pipelines"
                | "chat_template"
                | "architectures"
                | "base_model_name_or_path"
        )
}

/// Checks the whole tree. `text` is the document, for places and excerpts.
pub(crate) fn check(root: &Json<'_>, text: &str, origin: Origin, cx: &mut Cx<'_>) {
    let mut checks = Checks { text, origin, cx };
    checks.root(root);
    root.walk(&mut |pointer, node| {
        let mut index = 0;
        for (key, value) in node.members() {
            checks.member(pointer, key, value, node);
            index += 1;
        }
        if index == 0
            && let Some(value) = node.str()
        {
            checks.text_value(pointer, value, node);
        }
    });
}

struct Checks<'t, 'c, 'b> {
    text: &'t str,
    origin: Origin,
    cx: &'c mut Cx<'b>,
}

impl Checks<'_, '_, '_> {
    fn root(&mut self, root: &Json<'_>) {
        for (index, module) in root.items().iter().enumerate().take(1000) {
            if let (Some(name), true) = (module.get("type").and_then(Json::str), module.get("path").is_some()) {
                self.module_type(&format!("/{index}/type"), name, module);
            }
        }
        let custom = root.get("_class_name").is_some()
            && (root.get("_diffusers_version").is_some() || root.members().iter().any(|(_, v)| v.items().len() == 2));
        if custom {
            for (key, value) in root.members() {
                self.diffusers_component(key, value);
            }
        }
        for key in ["license", "licence"] {
            if let Some(licence) = root.get(key).and_then(Json::str) {
                self.cx.artifact.contents.licences.push(crate::text::shown(licence, 200));
            }
        }
    }

    fn member(&mut self, pointer: &str, key: &str, value: &Json<'_>, parent: &Json<'_>) {
        let place = || format!("{pointer}/{key}");
        match key {
            "auto_map" => self.auto_map(&place(), value),
            "trust_remote_code" | "allow_remote_code" if is_true(value) => {
                let kind = if self.origin == Origin::Json { facts::REMOTE_CODE } else { facts::LOCAL_CODE };
                self.report(
                    Fact::new(
                        kind,
                        key,
                        format!("`{key}` is switched on: loading runs Python code that the model names"),
                    ),
                    value,
                    &place(),
                );
            }
            "custom_generate" | "custom_pipeline" => {
                if let Some(repository) = value.str().filter(|text| text.contains('/')) {
                    let message = format!("`{key}` takes Python code from `{repository}` and runs it");
                    self.report(Fact::new(facts::REMOTE_CODE, repository, message), value, &place());
                }
            }
            "_attn_implementation" | "attn_implementation" | "_experts_implementation" => self.kernel(&place(), value),
            "chat_template" | "default_chat_template" | "prompt_template" | "additional_chat_templates" => {
                self.template(&place(), value);
            }
            "template" if parent.get("template_format").and_then(Json::str) == Some("jinja2") => {
                self.template(&place(), value);
            }
            "base_model_name_or_path" => self.base_model(&place(), value),
            "parent_library" => self.called(&place(), key, value),
            "path" if is_looked_up(parent) => self.called(&place(), key, value),
            // An address is the target of something else.
            "target" if value.str().is_some_and(|text| text.contains("://")) => {}
            _ if instantiates(key) && !(value.str().is_some_and(is_lookup) && is_looked_up(parent)) => {
                self.called(&place(), key, value);
            }
            _ => {}
        }
    }

    fn auto_map(&mut self, place: &str, value: &Json<'_>) {
        let mut local = None;
        let mut names: Vec<&Json<'_>> = Vec::new();
        for (_, target) in value.members() {
            if target.str().is_some() { names.push(target) } else { names.extend(target.items()) }
        }
        if value.str().is_some() {
            names.push(value);
        }
        for node in names.into_iter().take(500) {
            let Some(name) = node.str() else { continue };
            if let Some((repository, class)) = name.split_once("--") {
                let message = format!("`auto_map` takes the code of `{class}` from another repository, `{repository}`");
                self.report(Fact::new(facts::REMOTE_CODE, name, message), node, place);
            } else if paths::leaves_folder(name) || paths::is_url(name) {
                let message = format!("`auto_map` takes code from `{name}`, outside the model's folder");
                self.report(Fact::new(facts::REMOTE_CODE, name, message), node, place);
            } else {
                local.get_or_insert((name, node));
            }
        }
        if let Some((name, node)) = local {
            let message =
                format!("`auto_map` runs code that ships with the model (`{name}`) when remote code is trusted");
            self.report(Fact::new(facts::LOCAL_CODE, name, message), node, place);
        }
    }

    /// An attention implementation written `owner/repository` is compiled code that is fetched and loaded.
    fn kernel(&mut self, place: &str, value: &Json<'_>) {
        if let Some(name) = value.str().filter(|name| name.contains('/')) {
            let kind = if name.starts_with("kernels-community/") { facts::LOCAL_CODE } else { facts::REMOTE_CODE };
            self.report(
                Fact::new(kind, name, format!("compiled kernels are fetched from `{name}` and loaded")),
                value,
                place,
            );
        }
    }

    fn template(&mut self, place: &str, value: &Json<'_>) {
        if let Some(text) = value.str() {
            crate::jinja::judge(text, place, self.cx);
        }
        for (index, item) in value.items().iter().enumerate().take(200) {
            if let Some(text) = item.get("template").and_then(Json::str) {
                crate::jinja::judge(text, &format!("{place}/{index}/template"), self.cx);
            }
        }
        for (key, item) in value.members().iter().take(200) {
            if let Some(text) = item.str() {
                crate::jinja::judge(text, &format!("{place}/{key}"), self.cx);
            }
        }
    }

    fn base_model(&mut self, place: &str, value: &Json<'_>) {
        let Some(base) = value.str() else { return };
        let (kind, what) = if paths::is_sensitive(base) {
            (facts::PATH_ESCAPE, "a file of the system")
        } else if paths::is_url(base) && !paths::is_hub(base) {
            (facts::FOREIGN_BASE, "an address that is not a model hub")
        } else if base.starts_with("../../../") {
            (facts::PATH_ESCAPE, "a path far outside the model's folder")
        } else if paths::is_url(base) || paths::is_absolute(base) {
            (facts::LOCAL_BASE, "not a repository name")
        } else {
            return;
        };
        self.report(Fact::new(kind, base, format!("the base model is `{base}`, {what}")), value, place);
    }

    /// The value names something that is looked up and called.
    fn called(&mut self, place: &str, key: &str, value: &Json<'_>) {
        let named = value.items().first().and_then(Json::str);
        let Some(name) = value.str().or(named) else { return };
        // The graph of an exported program names its operators so.
        if name.starts_with("torch.ops.") && !name.ends_with("load_library") {
            return;
        }
        // It calls what the configuration inside names, which is judged where it stands.
        if matches!(name, "hydra.utils.instantiate" | "hydra.utils.call") {
            return;
        }
        let what = match callable::judge(name) {
            Verdict::Executes => "runs code, starts a process or opens a connection",
            Verdict::Touches if key.starts_with("py/") => "reads or writes files",
            _ if key == "py/repr" => "is evaluated",
            _ if name.contains("--") => {
                let message = format!("`{key}` takes code from another repository: `{name}`");
                return self.report(Fact::new(facts::REMOTE_CODE, name, message), value, place);
            }
            _ => return,
        };
        let message = format!("`{key}` is `{name}`, which {what} when the configuration is instantiated");
        self.report(Fact::new(facts::DANGEROUS_CALLABLE, name, message), value, place);
    }

    fn module_type(&mut self, place: &str, name: &str, node: &Json<'_>) {
        if name.starts_with("sentence_transformers.") || is_process(name) {
            return;
        }
        if callable::judge(name) == Verdict::Executes {
            return self.called(place, "type", node.get("type").unwrap_or(node));
        }
        let kind = if name.contains("--") { facts::REMOTE_CODE } else { facts::LOCAL_CODE };
        self.report(
            Fact::new(kind, name, format!("the module `{name}` is code of its own, not of the library")),
            node,
            place,
        );
    }

    fn diffusers_component(&mut self, key: &str, value: &Json<'_>) {
        let [library, class] = value.items() else { return };
        let (Some(library), Some(class)) = (library.str(), class.str()) else { return };
        const KNOWN: &[&str] = &[
            "diffusers",
            "transformers",
            "stable_diffusion",
            "onnxruntime",
            "optimum",
            "k_diffusion",
            "flax",
            "peft",
            "torch",
        ];
        let place = format!("/{key}");
        if callable::judge(&format!("{library}.{class}")) == Verdict::Executes {
            let message = format!("the component `{key}` is `{library}.{class}`, which runs code");
            self.report(Fact::new(facts::DANGEROUS_CALLABLE, format!("{library}.{class}"), message), value, &place);
        } else if !KNOWN.contains(&library.split(['.', '_']).next().unwrap_or_default()) && !KNOWN.contains(&library) {
            let message = format!("the component `{key}` is code that ships with the pipeline (`{library}.{class}`)");
            self.report(Fact::new(facts::LOCAL_CODE, library, message), value, &place);
        }
    }

    fn text_value(&mut self, pointer: &str, value: &str, node: &Json<'_>) {
        if value.len() < 5 {
            return;
        }
        let key = pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/");
        let key = key.as_str();
        if key.contains("template") || pointer.contains("/chat_template") {
            return;
        }
        if key != "base_model_name_or_path" && paths::is_sensitive(value) && self.cx.has_room(facts::PATH_ESCAPE) {
            let message = format!("`{key}` is `{value}`, a place that no model needs");
            self.report(Fact::new(facts::PATH_ESCAPE, value, message), node, pointer);
        }
        if let Some(call) = code_text::dangerous_call(value) {
            let message = format!("`{key}` holds source code that reaches `{call}`");
            self.report(Fact::new(facts::CODE_IN_VALUE, call, message), node, pointer);
        } else if code_text::is_shell_attack(value) {
            let message = format!("`{key}` holds a shell command that fetches or opens a shell");
            self.report(Fact::new(facts::CODE_IN_VALUE, "shell", message), node, pointer);
        }
        if (value.contains("${oc.env:") || value.contains("${env:")) && self.cx.has_room(facts::ENVIRONMENT) {
            let message = format!("`{key}` is filled from an environment variable: `{value}`");
            self.report(Fact::new(facts::ENVIRONMENT, value, message), node, pointer);
        }
        if callable::is_dotted_name(value)
            && !instantiates(key)
            && callable::judge(value) == Verdict::Executes
            && is_process(value)
        {
            let message = format!("`{key}` names `{value}`, which runs code");
            self.report(Fact::new(facts::DANGEROUS_CALLABLE, value, message), node, pointer);
        }
    }

    fn report(&mut self, fact: Fact, node: &Json<'_>, pointer: &str) {
        if !self.cx.has_room(fact.kind) {
            return;
        }
        let len = node.end.saturating_sub(node.start);
        let (line, column) = crate::text::line_column(self.text, node.start);
        let excerpt = crate::text::excerpt(self.text, node.start, len, "here");
        self.cx.fact(fact.at(node.start as u64, len as u64).line(line, column).pointer(pointer).excerpt(excerpt));
    }
}

/// Whether this is one of Hydra's functions that hand out what a `path` beside them names.
fn is_lookup(target: &str) -> bool {
    let lookups = ["get_class", "get_method", "get_static_method", "get_object"];
    target.strip_prefix("hydra.utils.").is_some_and(|name| lookups.contains(&name))
}

/// Whether the object hands out what its `path` names, so that this is what is judged.
fn is_looked_up(object: &Json<'_>) -> bool {
    let targets = ["_target_", "target", "__target__", "_target"].iter();
    let lookup = targets.filter_map(|key| object.get(key)?.str()).any(is_lookup);
    lookup && object.get("path").and_then(Json::str).is_some()
}

/// The names that are never a class or a setting, only a way to run something.
fn is_process(name: &str) -> bool {
    let name = name.replace(':', ".");
    name.starts_with("os.system")
        || name.starts_with("os.popen")
        || name.starts_with("os.exec")
        || name.starts_with("os.spawn")
        || ["subprocess.", "builtins.exec", "builtins.eval", "posix.system", "nt.system", "pty.spawn", "runpy.run"]
            .iter()
            .any(|start| name.starts_with(start))
}

fn is_true(value: &Json<'_>) -> bool {
    value.bool() == Some(true)
        || value.u64() == Some(1)
        || value.str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
