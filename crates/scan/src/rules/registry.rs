//! The list of entries, by family. `cargo dev new rule FAMILY/ID` adds a line; a test holds it against the folders.

use redan_domain::entry::Pack;

/// The entries of one family.
#[derive(Clone, Copy)]
pub(super) struct Entries {
    /// Path below `src/rules` without extension, and text, of each.
    pub(super) pack: Pack,
    /// The kinds of fact that each judges, a line an entry.
    pub(super) facts: &'static str,
}

/// One family: its folder, then the ids in it, sorted. Called from the folder's `mod.rs`.
macro_rules! family {
    ($family:literal: $($id:literal),+ $(,)?) => {
        pub(super) const ENTRIES: super::registry::Entries = super::registry::Entries {
            pack: redan_domain::pack!($family, "", $($id),+),
            facts: redan_domain::pack_facts!($($id),+),
        };
    };
}
pub(super) use family;

/// Every family, sorted.
pub(super) const FAMILIES: &[Entries] = &[
    super::agent_ci::ENTRIES,
    super::agent_config::ENTRIES,
    super::agent_lock::ENTRIES,
    super::agent_mcp::ENTRIES,
    super::agent_script::ENTRIES,
    super::agent_text::ENTRIES,
    super::agent_tool::ENTRIES,
    super::archive::ENTRIES,
    super::boost::ENTRIES,
    super::code_ai::ENTRIES,
    super::code_crypto::ENTRIES,
    super::code_injection::ENTRIES,
    super::code_memory::ENTRIES,
    super::code_misc::ENTRIES,
    super::code_web::ENTRIES,
    super::config::ENTRIES,
    super::coreml::ENTRIES,
    super::engine::ENTRIES,
    super::executable::ENTRIES,
    super::gguf::ENTRIES,
    super::hdf5::ENTRIES,
    super::infra_agent::ENTRIES,
    super::infra_aws::ENTRIES,
    super::infra_azure::ENTRIES,
    super::infra_databricks::ENTRIES,
    super::infra_google::ENTRIES,
    super::infra_platform::ENTRIES,
    super::infra_serving::ENTRIES,
    super::inventory::ENTRIES,
    super::keras::ENTRIES,
    super::metadata::ENTRIES,
    super::mlflow::ENTRIES,
    super::msgpack::ENTRIES,
    super::numpy::ENTRIES,
    super::onnx::ENTRIES,
    super::pickle::ENTRIES,
    super::python::ENTRIES,
    super::r::ENTRIES,
    super::requirements::ENTRIES,
    super::run::ENTRIES,
    super::safetensors::ENTRIES,
    super::secrets::ENTRIES,
    super::skops::ENTRIES,
    super::template::ENTRIES,
    super::tensorflow::ENTRIES,
    super::torchscript::ENTRIES,
    super::xml::ENTRIES,
    super::yaml::ENTRIES,
];
