//! Requirement files: packages that come from elsewhere than the default index.

use redan_domain::ReadAt;

use crate::artifact::Status;
use crate::head::Head;
use crate::readers::config::paths;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, FactKind, facts};

facts! {
    /// A package or a whole index comes from an address that is nobody's known index.
    ALTERNATE = "requirements-alternate-source";
    /// A package comes from a framework vendor's own index or repository.
    VENDOR = "requirements-vendor-source";
}

/// Larger files are not lists of requirements.
const MAX_SIZE: u64 = 1 << 20;

/// Domains whose owners publish the frameworks themselves.
const VENDORS: &[&str] =
    &["pytorch.org", "nvidia.com", "pyg.org", "dgl.ai", "openvino.ai", "tensorflow.org", "huggingface.co", "spacy.io"];

/// Accounts on code hosts that publish what model cards tell people to install.
const ACCOUNTS: &[&str] = &[
    "huggingface",
    "facebookresearch",
    "openai",
    "pytorch",
    "microsoft",
    "nvidia",
    "google",
    "google-research",
    "google-deepmind",
    "deepmind",
    "dao-ailab",
    "tensorflow",
    "keras-team",
    "idea-research",
    "salesforce",
    "mlfoundations",
    "laion-ai",
    "modelscope",
    "ultralytics",
    "explosion",
    "scikit-learn",
    "dmlc",
    "apache",
    "mlflow",
    "vllm-project",
    "unslothai",
    "qwenlm",
    "deepseek-ai",
    "state-spaces",
    "apple",
    "amazon-science",
    "aws",
    "intel",
    "onnx",
    "jax-ml",
    "speechbrain",
    "linkedin",
    "haotian-liu",
];

pub(crate) struct Requirements;

impl Reader for Requirements {
    fn format(&self) -> &'static str {
        "requirements"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if !head.is_text() || head.size > MAX_SIZE {
            return Match::No;
        }
        let name = head.base_name();
        let named = (name.contains("requirement") || name.contains("constraints"))
            && matches!(head.extension().as_str(), "txt" | "in" | "pip");
        let plain = matches!(head.extension().as_str(), "txt" | "in" | "");
        let text = String::from_utf8_lossy(head.bytes);
        if named || (plain && looks_like_requirements(&text)) { Match::Hint } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Ok(bytes) = input.read_vec_at(0, MAX_SIZE as usize) else {
            return cx.incomplete("could not be read");
        };
        let text = String::from_utf8_lossy(&bytes);
        // A backslash at the end continues the line.
        let joined = text.replace("\\\r\n", "  \n").replace("\\\n", " \n");
        let mut at = 0;
        for line in joined.split_inclusive('\n') {
            check_line(line, at, &text, cx);
            at += line.len();
        }
        if cx.artifact.facts.is_empty()
            && !looks_like_requirements(&text)
            && !cx.name().to_ascii_lowercase().contains("requirement")
        {
            cx.artifact.status = Status::Unrecognised;
        }
    }
}

/// Every line is a requirement or an option, and at least one could be nothing else.
fn looks_like_requirements(text: &str) -> bool {
    let mut telling = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).take(200) {
        let option = [
            "--index-url",
            "--extra-index-url",
            "--find-links",
            "--trusted-host",
            "-i ",
            "-f ",
            "-r ",
            "-e ",
            "--pre",
            "-c ",
            "--hash",
        ]
        .iter()
        .any(|option| line.starts_with(option));
        let name =
            line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.[],".contains(c))).next().unwrap_or_default();
        let rest = line.get(name.len()..).unwrap_or_default().trim_start();
        let version = ["==", ">=", "<=", "~=", "!=", "@ "].iter().any(|operator| rest.starts_with(operator));
        let direct = line.starts_with("git+") || line.contains(" @ git+") || line.contains(" @ http");
        if option || direct || (version && !name.is_empty()) {
            telling += 1;
        } else if name.is_empty() || !(rest.is_empty() || rest.starts_with([';', '#', '<', '>'])) {
            return false;
        }
    }
    telling > 0
}

/// Judges one line that starts at byte `at` of `text`.
pub(crate) fn check_line(line: &str, at: usize, text: &str, cx: &mut Cx<'_>) {
    let lead = line.len() - line.trim_start().len();
    let line = line.trim();
    let line = line.split_once(" #").map_or(line, |(line, _)| line).trim_end();
    if line.is_empty() || line.starts_with('#') {
        return;
    }
    let at = at + lead;
    let (option, value) = option(line);
    match option {
        "--index-url" | "--extra-index-url" | "-i" | "--find-links" | "-f" | "--pypi-url" => {
            check_index(value, option, at, text, cx);
        }
        "--trusted-host" => {
            report(ALTERNATE, value, &format!("certificates of `{value}` are not checked"), (at, line.len()), text, cx);
        }
        "-e" | "--editable" | "" => check_source(value, at, text, cx),
        "-r" | "--requirement" | "-c" | "--constraint" if value.contains("://") => {
            let message = format!("further requirements come from `{value}`, whoever controls that place");
            report(ALTERNATE, value, &message, (at, line.len()), text, cx);
        }
        _ => {}
    }
}

/// `--option=value`, `--option value`, `-ivalue`, or no option at all.
fn option(line: &str) -> (&str, &str) {
    if !line.starts_with('-') {
        return ("", line);
    }
    if line.starts_with("--") {
        let (option, value) = line.split_once(['=', ' ', '\t']).unwrap_or((line, ""));
        return (option, value.trim().trim_matches(['"', '\'']));
    }
    let (option, value) = (line.get(..2).unwrap_or(line), line.get(2..).unwrap_or_default());
    (option, value.trim())
}

/// An index, a page of links, or a conda channel.
pub(crate) fn check_index(url: &str, option: &str, at: usize, text: &str, cx: &mut Cx<'_>) {
    let host = paths::host(url);
    let default = host.strip_suffix(".org").is_some_and(|name| name == "pypi") || paths::below(&host, "anaconda.org");
    if url.starts_with("https://") && default {
        return;
    }
    let vendor = url.starts_with("https://") && VENDORS.iter().any(|domain| paths::below(&host, domain));
    let jax = url.starts_with("https://storage.googleapis.com/jax-releases/");
    if !paths::is_url(url) && !paths::leaves_folder(url) {
        return;
    }
    let kind = if vendor || jax { VENDOR } else { ALTERNATE };
    let message = format!("`{option}` lets packages come from `{url}`");
    report(kind, url, &message, (at, option.len() + 1 + url.len()), text, cx);
}

/// One requirement: a name, or where it comes from instead.
fn check_source(requirement: &str, at: usize, text: &str, cx: &mut Cx<'_>) {
    let source =
        requirement.split_once('@').filter(|(name, _)| is_name(name)).map_or(requirement, |(_, source)| source.trim());
    let source = source.split(" ;").next().unwrap_or(source).trim();
    let lower = source.to_ascii_lowercase();
    let span = (at, requirement.len());
    let version_control = ["git+", "hg+", "svn+", "bzr+"].iter().any(|scheme| lower.starts_with(scheme));
    if version_control {
        let encrypted = lower.starts_with("git+https://") || lower.starts_with("git+ssh://");
        let kind = if encrypted && (is_vendor_repository(source) || is_pinned(source)) { VENDOR } else { ALTERNATE };
        report(kind, source, &format!("a package is built from the repository `{source}`"), span, text, cx);
    } else if paths::is_url(&lower) {
        let host = paths::host(source);
        let vendor = lower.starts_with("https://")
            && (VENDORS.iter().any(|domain| paths::below(&host, domain))
                || (paths::below(&host, "github.com") && is_vendor_repository(source)));
        let kind = if vendor { VENDOR } else { ALTERNATE };
        report(kind, source, &format!("a package is installed from the address `{source}`"), span, text, cx);
    } else if source.starts_with("file:") || paths::leaves_folder(source) {
        report(ALTERNATE, source, &format!("a package is installed from the path `{source}`"), span, text, cx);
    }
}

fn is_name(text: &str) -> bool {
    let name = text.trim();
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.[], ".contains(c))
}

fn is_vendor_repository(source: &str) -> bool {
    let rest = source.split_once("://").map_or("", |(_, rest)| rest);
    let mut parts = rest.split('/');
    let host = parts.next().unwrap_or_default().rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let account = parts.next().unwrap_or_default().to_ascii_lowercase();
    matches!(host.as_str(), "github.com" | "www.github.com" | "gitlab.com") && ACCOUNTS.contains(&account.as_str())
}

/// Whether a whole commit id fixes what is built.
fn is_pinned(source: &str) -> bool {
    let reference = source.rsplit_once('@').map_or("", |(_, reference)| reference);
    let reference = reference.split(['#', '&']).next().unwrap_or_default();
    reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn report(kind: FactKind, subject: &str, message: &str, (at, len): (usize, usize), text: &str, cx: &mut Cx<'_>) {
    if !cx.has_room(kind) {
        return;
    }
    let (line, column) = crate::text::line_column(text, at);
    let excerpt = crate::text::excerpt(text, at, len, "here");
    cx.fact(Fact::new(kind, subject, message).at(at as u64, len as u64).line(line, column).excerpt(excerpt));
}

#[cfg(test)]
mod tests {
    use crate::walk::{Options, inspect};

    fn facts(name: &str, text: &str) -> Vec<&'static str> {
        let artifact = inspect(&text.as_bytes().to_vec(), name, &Options::default());
        artifact.facts.iter().map(|fact| fact.kind.0.trim_start_matches("requirements-")).collect()
    }

    #[test]
    fn says_where_packages_come_from() {
        for (line, kinds) in [
            ("torch==2.1\nnumpy>=1.2 ; python_version > '3'\nscikit-learn\n", vec![]),
            ("--index-url http://evil.invalid/simple\ntorch", vec!["alternate-source"]),
            ("--extra-index-url=https://evil.invalid/simple", vec!["alternate-source"]),
            ("-ihttps://evil.invalid/simple", vec!["alternate-source"]),
            ("--extra-index-url https://download.pytorch.org/whl/cu121\ntorch", vec!["vendor-source"]),
            ("--trusted-host evil.invalid", vec!["alternate-source"]),
            ("x @ http://evil.invalid/x.tar.gz", vec!["alternate-source"]),
            ("https://evil.invalid/x.whl", vec!["alternate-source"]),
            ("git+https://github.com/huggingface/transformers", vec!["vendor-source"]),
            ("git+https://github.com/someone/thing@main#egg=thing", vec!["alternate-source"]),
            ("git+https://github.com/someone/thing@0123456789abcdef0123456789abcdef01234567", vec!["vendor-source"]),
            ("git+http://github.com/huggingface/transformers", vec!["alternate-source"]),
            ("-e git+https://evil.invalid/x#egg=x", vec!["alternate-source"]),
            ("-e .\n-r other.txt", vec![]),
            ("-r http://example.com/more.txt", vec!["alternate-source"]),
            ("../outside", vec!["alternate-source"]),
            ("torch \\\n  --hash=sha256:00\n", vec![]),
            ("# git+https://evil.invalid/x", vec![]),
        ] {
            assert_eq!(facts("requirements.txt", line), kinds, "{line}");
        }
    }

    #[test]
    fn content_decides_where_the_name_does_not() {
        assert_eq!(facts("deps.txt", "torch==2.1\n--index-url http://evil.invalid/s\n"), ["alternate-source"]);
        for text in ["[PAD]\nos\nsystem\n", "Some prose, and more.\nSee http://x.invalid/y\n", "a\nb\nc\n"] {
            assert_eq!(facts("vocab.txt", text), Vec::<&str>::new(), "{text}");
        }
    }
}
