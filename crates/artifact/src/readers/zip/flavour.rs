//! Which model format a zip is, told by the names of its members.

use super::layout::Slot;

/// Formats that are zip archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    Torch,
    TorchScript,
    TorchPackage,
    TorchMobile,
    TorchExport,
    TorchServe,
    Keras,
    Npz,
    Skops,
    Plain,
}

impl Flavour {
    pub(super) fn of(slots: &[Slot]) -> Self {
        let has = |end: &str| {
            let ends = |name: &str| name.strip_suffix(end).is_some_and(|dir| dir.is_empty() || dir.ends_with('/'));
            slots.iter().any(|slot| ends(&slot.name) || slot.other_name.as_deref().is_some_and(ends))
        };
        let code = || slots.iter().any(|slot| is_code(&slot.name));
        if has("MAR-INF/MANIFEST.json") {
            Self::TorchServe
        } else if has(".data/extern_modules") {
            Self::TorchPackage
        } else if has("bytecode.pkl") {
            Self::TorchMobile
        } else if has("constants.pkl") && (code() || has("data.pkl")) {
            Self::TorchScript
        } else if has("archive_format") || has("serialized_exported_program.json") || has("models/model.json") {
            Self::TorchExport
        } else if has("data.pkl") {
            Self::Torch
        } else if has("config.json") && (has("metadata.json") || has("model.weights.h5")) {
            Self::Keras
        } else if !slots.is_empty() && slots.iter().all(|slot| has_extension(&slot.name, "npy")) {
            Self::Npz
        } else if slots.iter().any(|slot| slot.name == "schema.json") {
            Self::Skops
        } else {
            Self::Plain
        }
    }

    pub(super) fn format(self) -> &'static str {
        match self {
            Self::Torch => "pytorch-zip",
            Self::TorchScript => "torchscript",
            Self::TorchPackage => "torch-package",
            Self::TorchMobile => "torch-mobile",
            Self::TorchExport => "torch-export",
            Self::TorchServe => "torchserve-mar",
            Self::Keras => "keras-zip",
            Self::Npz => "npz",
            Self::Skops => "skops",
            Self::Plain => "zip",
        }
    }

    /// Whether the `.py` files under `code/` are TorchScript, which is not Python.
    pub(super) fn has_torchscript(self) -> bool {
        matches!(self, Self::TorchScript | Self::TorchMobile)
    }

    /// Whether this format gives `name` to PyTorch archives although it ends in `.json`: `torch.export` did at first.
    pub(super) fn names_by_role(self, name: &str) -> bool {
        let last = name.rsplit('/').next().unwrap_or_default();
        self == Self::TorchExport && matches!(last, "serialized_state_dict.json" | "serialized_constants.json")
    }

    /// Whether `name` is a file of this format that holds raw numbers or a short text by design.
    pub(super) fn is_payload(self, name: &str) -> bool {
        let torch = matches!(
            self,
            Self::Torch | Self::TorchScript | Self::TorchPackage | Self::TorchMobile | Self::TorchExport
        );
        let mut parts = name.rsplit('/');
        let (last, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let known =
            matches!(last, "version" | "byteorder" | "serialization_id" | ".format_version" | ".storage_alignment");
        torch && (known || (matches!(folder, "data" | "constants" | "tensors") && !last.contains('.')))
    }
}

/// Whether `name` is TorchScript source, `<archive>/code/…/x.py`.
pub(super) fn is_code(name: &str) -> bool {
    has_extension(name, "py") && (name.starts_with("code/") || name.contains("/code/"))
}

/// Whether `name` ends in `.` and `extension`, as Python and NumPy compare it: case counts.
pub(super) fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}
