//! What Python beside a model does when it is imported matters, because a loader imports it; in an ordinary project
//! somebody decided to import it.

use std::collections::HashSet;

use redan_domain::{AssetKind, Persona, Severity};

use crate::FileScan;

/// Files by which a folder shows that it belongs to a project or package.
const MARKERS: &[&str] = &["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "__init__.py"];

/// What such a finding is worth in an ordinary project. Starting a program on import stays visible: that is how
/// hostile packages begin.
fn in_project(rule: &str) -> Option<(Severity, Persona)> {
    Some(match rule {
        "python-runs-process" | "python-opens-connection" => (Severity::Medium, Persona::Developer),
        "python-writes-file" | "python-unread-danger" => (Severity::Low, Persona::Auditor),
        _ => return None,
    })
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Lowers what is said about the import of Python that stands in a project, with no model beside it, above, or in a folder beside it.
pub(crate) fn soften(scans: &mut [FileScan]) {
    let concerns = |scan: &FileScan| scan.findings.iter().any(|finding| in_project(&finding.rule).is_some());
    if !scans.iter().any(concerns) {
        return;
    }
    let (mut projects, mut models, mut above) = (HashSet::new(), HashSet::new(), HashSet::new());
    for scan in &*scans {
        let path = scan.record.path.as_str();
        if MARKERS.contains(&path.rsplit('/').next().unwrap_or(path)) {
            projects.insert(folder(path).to_string());
        }
        if scan.assets.iter().any(|asset| matches!(asset.kind, AssetKind::Model | AssetKind::Configuration)) {
            models.insert(folder(path).to_string());
            above.insert(folder(folder(path)).to_string());
        }
    }
    for scan in scans {
        let path = scan.record.path.as_str();
        let ours = path.ends_with(".py") && !above.contains(folder(path)) && is_project(path, &projects, &models);
        for finding in scan.findings.iter_mut().filter(|_| ours) {
            if let Some((severity, persona)) = in_project(&finding.rule) {
                finding.severity = finding.severity.min(severity);
                finding.persona = finding.persona.max(persona);
            }
        }
    }
}

/// Whether one of the folders above belongs to a project, and none of them to a model.
fn is_project(path: &str, projects: &HashSet<String>, models: &HashSet<String>) -> bool {
    let above = std::iter::successors(Some(folder(path)), |at| (!at.is_empty()).then(|| folder(at)));
    let mut found = false;
    for at in above {
        if models.contains(at) {
            return false;
        }
        found |= projects.contains(at);
    }
    found
}

#[cfg(test)]
mod tests {
    use redan_domain::ReadAt;

    use super::*;
    use crate::{Settings, scan_files};

    fn severity(files: &[(&str, &str)]) -> Severity {
        let bytes: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())).collect();
        let inputs: Vec<(&str, &dyn ReadAt)> = bytes.iter().map(|(path, text)| (*path, text as &dyn ReadAt)).collect();
        let scans = scan_files(&inputs, &Settings::default());
        let found = scans.iter().flat_map(|scan| &scan.findings).find(|finding| finding.rule == "python-writes-file");
        found.unwrap().severity
    }

    #[test]
    fn a_file_written_on_import_is_graver_beside_a_model() {
        let code = "open('x', 'w').write('y')\n";
        let config = r#"{"model_type": "x", "architectures": ["X"], "auto_map": {"AutoModel": "a.X"}}"#;
        assert_eq!(severity(&[("p/a.py", code)]), Severity::High);
        assert_eq!(severity(&[("p/a.py", code), ("p/config.json", config), ("p/setup.py", "")]), Severity::High);
        assert_eq!(severity(&[("p/a/a.py", code), ("p/config.json", config), ("p/a/__init__.py", "")]), Severity::High);
        assert_eq!(severity(&[("p/a.py", code), ("p/m/config.json", config), ("p/__init__.py", "")]), Severity::High);
        assert_eq!(severity(&[("p/a/a.py", code), ("m/config.json", config), ("p/a/__init__.py", "")]), Severity::Low);
        assert_eq!(severity(&[("p/a.py", code), ("p/setup.py", "")]), Severity::Low);
    }
}
