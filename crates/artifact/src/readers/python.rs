//! Python source that ships with a model: handed on to the scanner, which judges what importing it would do.

use redan_domain::ReadAt;

use crate::artifact::{Code, Language};
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::unread;
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// The source declares an encoding that hides what it says.
    ENCODING = "python-unusual-encoding";
    /// A `.pth` file of text whose lines Python runs at every start.
    PATH_FILE = "python-path-file-code";
}

/// More source than anybody writes in one file, and little enough that no parser takes long over it.
const MAX_SIZE: u64 = 512 << 10;

/// How much of a source is searched at least.
const MAX_SEARCHED: u64 = 16 << 20;

pub(crate) struct Python;

impl Reader for Python {
    fn format(&self) -> &'static str {
        "python"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.bytes.is_empty() || !head.is_text() {
            // Source in a legacy encoding is not UTF-8, but has no zero bytes either.
            let legacy =
                matches!(head.extension().as_str(), "py" | "pyw") && !head.bytes.is_empty() && !head.bytes.contains(&0);
            return if legacy { Match::Hint } else { Match::No };
        }
        let named = matches!(head.extension().as_str(), "py" | "pyw");
        // What a package says of itself may go on with its README.
        let described = head.bytes.starts_with(b"Metadata-Version:");
        let bare = !described
            && !matches!(
                head.extension().as_str(),
                "txt"
                    | "md"
                    | "rst"
                    | "html"
                    | "ipynb"
                    | "json"
                    | "jsonl"
                    | "yaml"
                    | "yml"
                    | "toml"
                    | "csv"
                    | "tsv"
                    | "log"
                    | "cfg"
                    | "ini"
                    | "pyi"
                    | "pyx"
                    | "js"
                    | "ts"
                    | "java"
                    | "go"
                    | "scala"
                    | "kt"
                    | "jinja"
                    | "j2"
                    | "xml"
                    | "pth"
            );
        if named || (bare && looks_like_python(head.bytes)) { Match::Hint } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Ok(bytes) = input.read_vec_at(0, input.size().min(MAX_SEARCHED) as usize) else {
            return cx.incomplete("could not be read");
        };
        if let Some(encoding) = declared_encoding(&bytes).filter(|name| !is_usual(name)) {
            let message =
                format!("the source is declared to be in `{encoding}`, so it does not say what it seems to say");
            cx.fact(Fact::new(ENCODING, &encoding, message).at(0, 1).line(1, 1));
        }
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        let kept = text.floor_char_boundary(MAX_SIZE as usize);
        if kept < text.len() {
            cx.incomplete("source of more than 512 KiB is analysed only in part");
            for fact in unread::examine(&text, kept) {
                cx.fact(fact);
            }
            text.truncate(kept);
            text.shrink_to_fit();
        }
        if !cx.budget().source(text.len() as u64) {
            cx.over_budget("source code");
            for fact in unread::examine(&text, 0) {
                cx.fact(fact);
            }
            return;
        }
        cx.artifact.contents.code.push(Code { language: Language::Python, text });
    }
}

/// At least one import and one more line that only Python has, and no line of another language before it.
fn looks_like_python(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if text.starts_with("#!") && text.lines().next().is_some_and(|line| line.contains("python")) {
        return true;
    }
    let (mut imports, mut others) = (0, 0);
    for line in text.lines().take(400) {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("from"), Some(module), Some("import")) if is_dotted(module) => imports += 1,
            (Some("import"), Some(module), None | Some("as")) if is_dotted(module.trim_end_matches(',')) => {
                imports += 1;
            }
            (Some("import"), Some(module), Some(_)) if module.ends_with(',') => imports += 1,
            (Some("def" | "class" | "async"), Some(_), _) if line.trim_end().ends_with(':') => others += 1,
            (Some("#include" | "package" | "namespace" | "using"), ..) => return false,
            _ if line.trim_end().ends_with(';') => return false,
            (Some(first), ..) if first.contains('(') && line.trim_end().ends_with(')') => others += 1,
            _ => {}
        }
    }
    imports > 0 && others > 0
}

fn is_dotted(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

/// The encoding that the first or second line declares, as Python reads it.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let comment = line.trim_start();
        if !comment.starts_with('#') {
            continue;
        }
        let Some((_, rest)) = comment.split_once("coding").filter(|(_, rest)| rest.starts_with([':', '='])) else {
            continue;
        };
        let name: String =
            rest[1..].trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        if !name.is_empty() {
            return Some(name.to_ascii_lowercase().replace('_', "-"));
        }
    }
    None
}

/// Encodings in which code reads as it is written.
fn is_usual(name: &str) -> bool {
    [
        "utf-8",
        "utf8",
        "ascii",
        "us-ascii",
        "latin",
        "iso-8859",
        "iso8859",
        "cp125",
        "windows-125",
        "gb",
        "euc-",
        "shift-jis",
        "sjis",
        "big5",
        "koi8",
        "cp932",
        "cp949",
    ]
    .iter()
    .any(|usual| name.starts_with(usual))
}

/// A `.pth` file of text: Python runs its `import` lines at every start of the interpreter.
pub(crate) struct PathFile;

impl Reader for PathFile {
    fn format(&self) -> &'static str {
        "python-path-file"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let text = head.extension() == "pth" && !head.bytes.is_empty() && head.is_text();
        if text { Match::Hint } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Ok(bytes) = input.read_vec_at(0, input.size().min(MAX_SIZE) as usize) else {
            return cx.incomplete("could not be read");
        };
        if input.size() > MAX_SIZE {
            cx.incomplete("a path file of more than 512 KiB is read only in part");
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let code = line.starts_with("import ") || line.starts_with("import\t");
            if code && line.contains([';', '(']) && cx.has_room(PATH_FILE) {
                let (number, column) = crate::text::line_column(&text, at);
                let shown = line.trim_end();
                let fact = Fact::new(
                    PATH_FILE,
                    shown,
                    format!("Python runs `{}` at every start", crate::text::shown(shown, 120)),
                );
                let excerpt = crate::text::excerpt(&text, at, shown.len(), "here");
                cx.fact(fact.at(at as u64, shown.len() as u64).line(number, column).excerpt(excerpt));
            }
            at += line.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::walk::{Options, inspect};

    #[test]
    fn recognises_source_by_name_and_by_content() {
        for (name, text, format) in [
            ("a.py", "x = 1\n", "python"),
            ("handler", "import os\nos.system('x')\n", "python"),
            ("handler.bin", "#!/usr/bin/env python3\nx\n", "python"),
            ("notes.txt", "import os\nprint(1)\n", "unknown"),
            ("vocab", "import\ndef\nclass\n", "unknown"),
            ("x.c", "#include <a.h>\nimport os\nf(x)\n", "unknown"),
        ] {
            let artifact = inspect(&text.as_bytes().to_vec(), name, &Options::default());
            assert_eq!(artifact.format, format, "{name}");
            assert_eq!(artifact.contents.code.len(), usize::from(format == "python"));
        }
    }

    #[test]
    fn sees_encodings_that_hide_code_and_lines_run_at_start() {
        let padding = "# nothing\n".repeat(60_000);
        for (name, text, kinds) in [
            ("a.py", "# -*- coding: utf-7 -*-\nx\n", vec!["python-unusual-encoding"]),
            ("a.py", "#!/usr/bin/python\n# vim: set fileencoding=rot13 :\n", vec!["python-unusual-encoding"]),
            ("a.py", "# -*- coding: latin-1 -*-\nx\n", vec![]),
            ("x.pth", "/usr/lib/x\nimport os; os.system('x')\n", vec!["python-path-file-code"]),
            ("x.pth", "../x\n", vec![]),
            ("a.py", &format!("{padding}import os\nos.system('x')\n"), vec!["python-unread-danger"]),
            ("a.py", &format!("import os\nos.system('x')\n{padding}"), vec![]),
        ] {
            let artifact = inspect(&text.as_bytes().to_vec(), name, &Options::default());
            assert_eq!(artifact.facts.iter().map(|fact| fact.kind.0).collect::<Vec<_>>(), kinds, "{text}");
        }
    }
}
