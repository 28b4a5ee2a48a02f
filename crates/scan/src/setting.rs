//! What Python beside a model does when it is imported matters, because a loader imports it; in an ordinary project, or
//! as the script of an agent, somebody decided to run it.

use std::collections::{BTreeSet, HashSet};

use redan_code::Language;
use redan_domain::{AssetKind, Finding, Persona, Severity};

use crate::project::Text;
use crate::{FileScan, agent};

/// Files by which a folder shows that it belongs to a project or package.
const MARKERS: &[&str] = &["pyproject.toml", "setup.cfg", "__init__.py"];

/// Endings of files, besides source code, that name a model and hold none. JSON may be one: XGBoost writes it.
const CALLS: &[&str] = &[".ipynb", ".yaml", ".yml", ".tf", ".toml"];

/// How the messages begin that speak of what code does when it is called, not when it is imported.
pub(crate) const WHEN_USED: &str = "loading or using the model";

/// What such a finding is worth in an ordinary project. Starting a program on import stays what it is: that is how
/// hostile packages begin.
fn in_project(finding: &Finding) -> Option<(Severity, Persona)> {
    if finding.message.starts_with(WHEN_USED) {
        return in_script(finding);
    }
    Some(match finding.rule.as_str() {
        "python-runs-process" if asks_machine(&finding.message) => (Severity::Medium, Persona::Developer),
        "python-opens-connection" | "python-writes-startup" => (Severity::Medium, Persona::Developer),
        // Libraries restore functions from what they saved; hostile code has the same ask of `exec`.
        "python-dynamic-code" if finding.message.starts_with("`types.FunctionType`") => {
            (Severity::Medium, Persona::Developer)
        }
        "python-writes-file" | "python-unread-danger" => (Severity::Low, Persona::Auditor),
        _ => return None,
    })
}

/// Whether a program is started that only tells about the machine: `lspci`, `ps aux`.
fn asks_machine(message: &str) -> bool {
    const ASKS: &[&str] = &[
        "ps",
        "lspci",
        "ping",
        "nvidia-smi",
        "git",
        "uname",
        "which",
        "where",
        "hostname",
        "sw_vers",
        "sysctl",
        "df",
        "free",
        "lscpu",
        "locale",
        "tput",
        "stty",
        "clear",
        "ldconfig",
        "pkg-config",
        "rocm-smi",
        "system_profiler",
        "id",
        "java",
    ];
    let command = message.rsplit_once(": `").map_or("", |(_, command)| command);
    command.split(|c: char| c.is_whitespace() || c == '`').next().is_some_and(|word| ASKS.contains(&word))
        && !["curl", "wget", "http", "base64", "| sh", "|sh", "bash"].iter().any(|word| command.contains(word))
}

/// The same in a script that no package holds: somebody runs it to start programs.
fn alone(finding: &Finding) -> Option<(Severity, Persona)> {
    let starts = matches!(finding.rule.as_str(), "python-runs-process" | "python-runs-tool");
    in_project(finding).or(starts.then_some((Severity::Medium, Persona::Developer)))
}

/// The same in a script of an agent: what it does when it is run is what it is for.
fn in_script(finding: &Finding) -> Option<(Severity, Persona)> {
    let eased = [
        "python-opens-connection",
        "python-runs-process",
        "python-runs-tool",
        "python-writes-file",
        "python-writes-startup",
        "python-loads-native",
        "python-unsafe-load",
        "python-unread-danger",
    ];
    eased.contains(&finding.rule.as_str()).then_some((Severity::Low, Persona::Auditor))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Lowers what is said about the import of Python that stands in a project, with no model beside it, above, or in a folder beside it.
pub(crate) fn soften(scans: &mut [FileScan], texts: &[Text]) {
    let concerns =
        |scan: &FileScan| scan.findings.iter().any(|finding| in_script(finding).or(in_project(finding)).is_some());
    if !scans.iter().any(concerns) {
        return;
    }
    let (mut projects, mut models, mut above) = (HashSet::new(), HashSet::new(), HashSet::new());
    for scan in &*scans {
        let path = scan.record.path.as_str();
        if MARKERS.contains(&path.rsplit('/').next().unwrap_or(path)) {
            projects.insert(folder(path).to_string());
        }
        // Configuration of agents and of others names no code that a loader of models imports, and where code calls a
        // model there is none beside it.
        let of_model = scan.record.format.ends_with("config") && scan.record.format != "agent-config";
        let calls = Language::of(path).is_some() || CALLS.iter().any(|ending| path.ends_with(ending));
        // What only holds numbers is loaded by no Python.
        let is_data = matches!(scan.record.format.as_str(), "gguf" | "onnx" | "tflite" | "coreml");
        let is_model =
            |kind| !is_data && (kind == AssetKind::Model && !calls || kind == AssetKind::Configuration && of_model);
        if scan.assets.iter().any(|asset| is_model(asset.kind)) {
            models.insert(folder(path).to_string());
            above.insert(folder(folder(path)).to_string());
        }
    }
    let packages: HashSet<String> = scans
        .iter()
        .filter_map(|scan| scan.record.path.strip_suffix("__init__.py"))
        .map(|folder| folder.trim_end_matches('/').to_string())
        .collect();
    // What an installer or a test runner imports by its name is no script.
    let is_imported = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        matches!(name, "__init__.py" | "setup.py" | "conftest.py" | "sitecustomize.py" | "usercustomize.py")
    };
    let is_alone = |path: &str| !packages.contains(folder(path)) && !is_imported(path);
    let files: Vec<(&str, &str)> = texts.iter().map(|text| (text.path.as_str(), text.text.as_str())).collect();
    let scripts: HashSet<usize> =
        agent::scripts(&files).into_iter().filter_map(|index| Some(texts.get(index)?.at)).collect();
    let programs: HashSet<usize> =
        texts.iter().filter(|text| text.path.ends_with(".py") && is_program(&text.text)).map(|text| text.at).collect();
    for (at, scan) in scans.iter_mut().enumerate() {
        let path = scan.record.path.as_str();
        let beside = above.contains(folder(path)) || folders(path).any(|folder| models.contains(folder));
        let is_ours = path.ends_with(".py") && folders(path).any(|folder| projects.contains(folder));
        let graded = match (beside, scripts.contains(&at), is_ours) {
            (false, true, _) => in_script,
            // Nobody imports it: `python -m package` runs it.
            (false, false, true) if path.ends_with("/__main__.py") => in_script,
            (false, ..) if path.contains(".data/scripts/") => in_script,
            // Whoever builds the documentation runs it.
            (false, ..) if path.ends_with("docs/conf.py") || path.ends_with("docs/source/conf.py") => alone,
            (false, false, true) if is_alone(path) || programs.contains(&at) && !is_imported(path) => alone,
            (false, false, true) => in_project,
            // A program that nothing else is beside is started by its user, not imported by a loader.
            (false, false, false) if models.is_empty() && programs.contains(&at) && is_alone(path) => in_project,
            _ => continue,
        };
        for finding in &mut scan.findings {
            if let Some((severity, persona)) = graded(finding) {
                finding.severity = finding.severity.min(severity);
                finding.persona = finding.persona.max(persona);
            }
        }
    }
}

/// Whether a text of Python is a program with a user in front of it: it asks or tells, and has nothing to import.
fn is_program(text: &str) -> bool {
    if text.starts_with("#!") {
        return true;
    }
    let defines = |line: &str| ["def ", "class ", "async def "].iter().any(|word| line.starts_with(word));
    ["argparse", "sys.argv", "input(", "click.command", "typer."].iter().any(|sign| text.contains(sign))
        || text.contains("print(") && !text.lines().any(defines)
}

/// The folders that a file is in, the innermost first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder(path)), |at| (!at.is_empty()).then(|| folder(at)))
}

/// Python writes what it compiled beside every source: only that without its source says something.
pub(crate) fn leave_out_compiled(scans: &mut [FileScan]) {
    let source = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = name.split('.').next().unwrap_or(name);
        let folder = folder.strip_suffix("__pycache__").unwrap_or(folder).trim_end_matches('/');
        if folder.is_empty() { format!("{stem}.py") } else { format!("{folder}/{stem}.py") }
    };
    let compiled = |scan: &FileScan| scan.record.format == "python-bytecode";
    let sources: BTreeSet<String> =
        scans.iter().filter(|scan| compiled(scan)).map(|it| source(&it.record.path)).collect();
    let present: BTreeSet<String> =
        scans.iter().map(|scan| &scan.record.path).filter(|path| sources.contains(*path)).cloned().collect();
    for scan in scans.iter_mut().filter(|scan| compiled(scan) && present.contains(&source(&scan.record.path))) {
        scan.findings.retain(|finding| finding.rule != "executable-file");
    }
}

#[cfg(test)]
mod tests {
    use redan_domain::ReadAt;

    use super::*;
    use crate::{Settings, scan_files};

    fn severity(files: &[(&str, &str)]) -> Severity {
        severity_of("python-writes-file", files)
    }

    fn severity_of(rule: &str, files: &[(&str, &str)]) -> Severity {
        let bytes: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())).collect();
        let inputs: Vec<(&str, &dyn ReadAt)> = bytes.iter().map(|(path, text)| (*path, text as &dyn ReadAt)).collect();
        let scans = scan_files(&inputs, &Settings::default());
        let found = scans.iter().flat_map(|scan| &scan.findings).find(|finding| finding.rule == rule);
        found.unwrap().severity
    }

    #[test]
    fn a_file_written_on_import_is_graver_beside_a_model() {
        let code = "open('x', 'w').write('y')\n";
        let config = r#"{"model_type": "x", "architectures": ["X"], "auto_map": {"AutoModel": "a.X"}}"#;
        assert_eq!(severity(&[("p/a.py", code)]), Severity::High);
        assert_eq!(severity(&[("p/a.py", code), ("p/config.json", config), ("p/pyproject.toml", "")]), Severity::High);
        assert_eq!(severity(&[("p/a/a.py", code), ("p/config.json", config), ("p/a/__init__.py", "")]), Severity::High);
        assert_eq!(severity(&[("p/a.py", code), ("p/m/config.json", config), ("p/__init__.py", "")]), Severity::High);
        assert_eq!(severity(&[("p/a/a.py", code), ("m/config.json", config), ("p/a/__init__.py", "")]), Severity::Low);
        assert_eq!(severity(&[("p/a.py", code), ("p/pyproject.toml", "")]), Severity::Low);
        let text = r#"{"learner": {"gradient_booster": {"model": {}, "name": "gbtree"}}, "version": [2, 0, 0]}"#;
        assert_eq!(severity(&[("p/a.py", code), ("p/model.json", text), ("p/__init__.py", "")]), Severity::High);
    }

    #[test]
    fn code_that_calls_a_model_has_none_beside_it() {
        let starts = "import subprocess\nsubprocess.run(['tool', 'x'])\n";
        let when_called = "import subprocess\nfrom torch import nn\nclass T(nn.Module):\n    def forward(self, a):\n        subprocess.Popen(a, shell=True)\n";
        let calls = "import openai\nopenai.OpenAI().chat.completions.create(model='gpt-4o', messages=[])\n";
        let of = |code: &str, others: &[(&str, &str)]| {
            let files = [&[("p/a.py", code), ("p/llm.py", calls), ("pyproject.toml", "")], others].concat();
            severity_of("python-runs-process", &files)
        };
        assert_eq!(of(starts, &[("p/__init__.py", "")]), Severity::High);
        assert_eq!(of(starts, &[]), Severity::Medium);
        assert_eq!(of(when_called, &[("p/__init__.py", "")]), Severity::Low);
    }
}
