//! Files of a project that no other target has: images, pipelines, overlays, cards, manifests, declarations.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redan_domain::ReadAt;

const NAMES: &[&str] = &[
    "Dockerfile",
    "compose.yaml",
    "kustomization.yaml",
    ".gitlab-ci.yml",
    ".github/workflows/x.yml",
    "README.md",
    "Chart.yaml",
    "requirements.txt",
    "pyproject.toml",
    "package.json",
    "redan.toml",
    "Makefile",
    "notebook.ipynb",
    "go.mod",
    "pom.xml",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let bytes = rest.to_vec();
    let files: [(&str, &dyn ReadAt); 1] = [(name, &bytes)];
    for scan in redan_scan::scan_files(&files, &redan_scan::Settings::default()) {
        // The scan catches panics; here they have to show.
        let failed = scan.record.reasons.iter().find(|reason| reason.contains("please report it"));
        assert!(failed.is_none(), "{failed:?}");
    }
});
