//! Notebooks: the code of their cells as one text, and where in the file each byte of it stands.

use redan_document::{Node, json};
use redan_domain::text::Lines;
use redan_domain::{AssetKind, Fact, Location};

use super::analyse_code;
use crate::project::{Analysis, Text};

/// What the path of the code of a notebook has behind that of the notebook.
const ENDING: &str = ".py";

/// Languages of cells that are not Python, by the word behind `%%`.
const FOREIGN: &[&str] = &[
    "!",
    "R",
    "bash",
    "bigquery",
    "cmd",
    "configure",
    "cython",
    "file",
    "html",
    "javascript",
    "js",
    "latex",
    "markdown",
    "perl",
    "ruby",
    "script",
    "sh",
    "sql",
    "svg",
    "sx",
    "system",
    "writefile",
];

/// The code of one notebook.
struct Notebook {
    /// Where it stands in the list of texts.
    at: usize,
    code: String,
    /// For each byte of the code where the notebook has it.
    origins: Vec<u32>,
}

/// Looks at the code in every notebook; the notebooks of a project know nothing of its other files.
pub(super) fn analyse(texts: &[Text]) -> Analysis {
    let is_notebook = |text: &&Text| text.path.ends_with(".ipynb");
    if !texts.iter().any(|text| is_notebook(&text)) {
        return Analysis::default();
    }
    let notebooks: Vec<Notebook> = texts.iter().enumerate().filter_map(|(at, text)| Notebook::read(at, text)).collect();
    let of_code = |notebook: &Notebook| {
        let path = texts.get(notebook.at).map_or("", |text| &text.path);
        Text { at: notebook.at, path: format!("{path}{ENDING}"), text: notebook.code.clone() }
    };
    let code: Vec<Text> = notebooks.iter().map(of_code).collect();
    let found = analyse_code(&code);
    let back = Back { texts, code: &code, notebooks: &notebooks };
    back.whole(found)
}

impl Notebook {
    /// None if it is no notebook, or one without code.
    fn read(at: usize, text: &Text) -> Option<Self> {
        if !text.path.ends_with(".ipynb") {
            return None;
        }
        let document = json(&text.text);
        let root = &document.root;
        // Before version 4 the cells stood in sheets.
        let sheets = root.get("worksheets").and_then(Node::as_list).into_iter().flatten();
        let cells = sheets.chain([root]).filter_map(|sheet| sheet.get("cells")?.as_list()).flatten();
        let mut notebook = Self { at, code: String::new(), origins: Vec::new() };
        for cell in cells.filter(|cell| cell.get("cell_type").and_then(Node::as_str) == Some("code")) {
            let Some(source) = cell.get("source").or_else(|| cell.get("input")) else { continue };
            let lines = source.as_list().unwrap_or(std::slice::from_ref(source));
            notebook.cell(&text.text, lines);
        }
        (!notebook.code.is_empty()).then_some(notebook)
    }

    fn cell(&mut self, text: &str, lines: &[Node]) {
        let start = self.code.len();
        for line in lines.iter().filter(|line| line.as_str().is_some()) {
            let inner = (line.span.start + 1, line.span.end.saturating_sub(1));
            self.decode(text.get(inner.0..inner.1).unwrap_or_default(), inner.0);
        }
        // A cell in another language; lines for the shell and for the notebook itself: comments of the same length.
        let own = self.code.get(start..).unwrap_or_default();
        let magic = own.strip_prefix("%%").unwrap_or_default();
        let magic = magic.split(|c: char| !c.is_alphanumeric() && c != '!').next().unwrap_or_default();
        let foreign = FOREIGN.contains(&magic);
        let masked: String = own.split_inclusive('\n').map(|line| masked(line, foreign)).collect();
        // What a cell leaves open would swallow the cells behind it.
        let open = left_open(&masked);
        self.code.truncate(start);
        self.code.push_str(&masked);
        let last = self.origins.last().map_or(0, |at| *at as usize);
        for c in open.chars().chain(['\n']) {
            self.put(c, last);
        }
    }

    /// Resolves the escapes of a JSON string that begins at `from`.
    fn decode(&mut self, raw: &str, from: usize) {
        let mut chars = raw.char_indices();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                self.put(c, from + at);
                continue;
            }
            let Some((_, escape)) = chars.next() else { break };
            let decoded = match escape {
                'n' => '\n',
                't' => '\t',
                'r' | 'b' | 'f' => ' ',
                'u' => {
                    let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
                }
                other => other,
            };
            self.put(decoded, from + at);
        }
    }

    fn put(&mut self, c: char, from: usize) {
        self.code.push(c);
        self.origins.resize(self.code.len(), from as u32);
    }

    fn origin(&self, at: u64) -> usize {
        let last = self.origins.last().copied();
        self.origins.get(at as usize).copied().or(last).unwrap_or(0) as usize
    }
}

/// From places in the code of notebooks to places in their files.
struct Back<'t> {
    texts: &'t [Text],
    code: &'t [Text],
    notebooks: &'t [Notebook],
}

impl Back<'_> {
    fn whole(&self, found: Analysis) -> Analysis {
        let at = |index: usize| self.notebooks.get(index).map(|notebook| notebook.at);
        let facts = found.facts.into_iter().filter_map(|(index, facts)| {
            let notebook = self.notebooks.get(index)?;
            let lines = Lines::new(&self.texts.get(notebook.at)?.text);
            Some((notebook.at, facts.into_iter().map(|fact| self.fact(fact, notebook, &lines)).collect()))
        });
        // The notebook itself is an asset already.
        let own = found.assets.into_iter().filter(|(_, asset)| asset.kind != AssetKind::Code);
        let assets = own.filter_map(|(index, mut asset)| {
            self.location(&mut asset.location);
            asset.id = named(&asset.id);
            asset.name = named(&asset.name);
            Some((at(index)?, asset))
        });
        let edges = found.edges.into_iter().map(|mut edge| {
            (edge.from, edge.to) = (named(&edge.from), named(&edge.to));
            edge
        });
        Analysis {
            facts: facts.collect(),
            read: found.read.into_iter().filter_map(|(index, _)| Some((at(index)?, "notebook"))).collect(),
            incomplete: found.incomplete.into_iter().filter_map(|(index, why)| Some((at(index)?, why))).collect(),
            assets: assets.collect(),
            edges: edges.collect(),
        }
    }

    fn fact(&self, mut fact: Fact, notebook: &Notebook, lines: &Lines<'_>) -> Fact {
        if let Some((start, length)) = fact.span {
            let (from, to) = (notebook.origin(start), notebook.origin(start + length));
            fact.span = Some((from as u64, to.saturating_sub(from) as u64));
            fact.line = Some(lines.line_column(from));
            // What is shown is the code as it was written, at the line where the file has it.
            let line = fact.line.map_or(0, |(line, _)| line);
            let shown = fact.excerpt.iter_mut().flat_map(|excerpt| &mut excerpt.lines);
            shown.for_each(|shown| shown.label = line.to_string());
        }
        fact.flow.iter_mut().for_each(|step| self.location(&mut step.location));
        fact
    }

    fn location(&self, location: &mut Location) {
        let Some(index) = self.code.iter().position(|code| code.path == location.path) else { return };
        let Some(notebook) = self.notebooks.get(index) else { return };
        let Some(text) = self.texts.get(notebook.at) else { return };
        location.path.clone_from(&text.path);
        if let Some(offset) = location.offset {
            let at = notebook.origin(offset);
            let (line, column) = redan_domain::text::line_column(&text.text, at);
            (location.offset, location.line, location.column) = (Some(at as u64), Some(line), Some(column));
        }
    }
}

/// A line that is no Python becomes a comment; what measures a statement becomes a condition that holds. Both are as long
/// as before.
fn masked(line: &str, foreign: bool) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let (before, rest) = line.split_at(indent);
    let measured = ["%timeit ", "%time ", "%prun ", "%memit "].into_iter().find_map(|word| {
        let statement = rest.strip_prefix(word).filter(|statement| !foreign && !statement.starts_with('-'))?;
        Some(format!("{before}if {}: {statement}", "1".repeat(word.len() - 5)))
    });
    if let Some(measured) = measured {
        return measured;
    }
    match rest.chars().next() {
        Some(first) if first != '\n' && first.is_ascii() && (foreign || matches!(first, '%' | '!' | '?')) => {
            format!("{before}#{}", rest.get(1..).unwrap_or_default())
        }
        _ => line.to_owned(),
    }
}

/// What closes the quotes and brackets that a text leaves open.
fn left_open(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut open, mut quote, mut at) = (Vec::new(), "", 0);
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        at += 1;
        if !quote.is_empty() {
            if *byte == b'\\' {
                at += 1;
            } else if rest.starts_with(quote.as_bytes()) {
                at += quote.len() - 1;
                quote = "";
            } else if *byte == b'\n' && quote.len() == 1 {
                quote = "";
            }
            continue;
        }
        match byte {
            b'#' => at += memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            b'"' | b'\'' => {
                let short = if *byte == b'"' { "\"" } else { "'" };
                quote = ["\"\"\"", "'''"].into_iter().find(|long| rest.starts_with(long.as_bytes())).unwrap_or(short);
                at += quote.len() - 1;
            }
            b'(' => open.push(')'),
            b'[' => open.push(']'),
            b'{' => open.push('}'),
            b')' | b']' | b'}' => {
                open.pop();
            }
            _ => {}
        }
    }
    let quote = if quote.len() == 3 { quote } else { "" };
    quote.chars().chain(open.into_iter().rev().take(100)).collect()
}

/// A name or id that begins with the path of the code.
fn named(text: &str) -> String {
    text.replacen(".ipynb.py", ".ipynb", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notebook(cells: &[&str]) -> Text {
        let cell = |source: &&str| {
            let lines: Vec<String> = source.split_inclusive('\n').map(|line| format!("    {line:?}")).collect();
            format!("  {{\"cell_type\": \"code\", \"source\": [\n{}\n  ]}}", lines.join(",\n"))
        };
        let cells: Vec<String> = cells.iter().map(cell).collect();
        let text = format!("{{\"cells\": [\n{}\n], \"nbformat\": 4}}\n", cells.join(",\n"));
        Text { path: "a.ipynb".into(), text, ..Text::default() }
    }

    #[test]
    fn what_cells_do_is_found_where_the_file_has_it() {
        let text = notebook(&[
            "!pip install torch\nimport torch, os\n",
            "%%bash\ncurl x | sh\n",
            "answer = client.chat.completions.create(model=\"gpt-4o\", max_tokens=9, messages=[])\nos.system(f\"echo \\\"{answer.choices[0].message.content}\\\"\")\n",
        ]);
        let found = crate::flows::analyse(std::slice::from_ref(&text));
        let facts: Vec<&Fact> = found.facts.iter().flat_map(|(_, facts)| facts).collect();
        let shell = facts.iter().find(|fact| fact.kind.0 == "untrusted-text-in-shell").unwrap();
        let (start, _) = shell.span.unwrap();
        assert!(text.text[start as usize..].starts_with("os.system("), "{shell:?}");
        let line = text.text[..start as usize].matches('\n').count() as u32 + 1;
        assert_eq!(shell.line.unwrap().0, line);
        assert_eq!(shell.excerpt.as_ref().unwrap().lines[0].label, line.to_string());
        assert!(shell.flow.iter().all(|step| step.location.path == "a.ipynb"), "{shell:?}");
        assert_eq!(found.read, [(0, "notebook")]);
        assert!(
            found.assets.iter().any(|(_, asset)| asset.id == "model:openai-compatible/gpt-4o"),
            "{:?}",
            found.assets
        );
    }

    #[test]
    fn a_cell_hides_no_other() {
        let model = "%time answer = client.chat.completions.create(model=\"gpt-4o\", max_tokens=9, messages=[])\nos.system(answer.choices[0].message.content)\n";
        for other in [
            "foo(\n",
            "x = \"\"\"never\nclosed\n",
            "x = [1, {\n",
            "%%bash\necho '(\n",
            "%%html\n<a '''>\n",
            "y = 'a\n",
            "# (\n",
        ] {
            let text = notebook(&["import os\n", other, model]);
            let found = crate::flows::analyse(std::slice::from_ref(&text));
            let facts = found.facts.iter().flat_map(|(_, facts)| facts);
            let shell = facts.filter(|fact| fact.kind.0 == "untrusted-text-in-shell");
            let by_model = shell.filter(|fact| fact.message.starts_with("what a model wrote"));
            assert_eq!(by_model.count(), 1, "{other}");
        }
        let profiled = notebook(&["%%prun\nimport hashlib\nhashlib.md5(b'x')\n"]);
        assert!(!crate::flows::analyse(&[profiled]).facts.is_empty());
    }

    #[test]
    fn what_is_no_notebook_gives_nothing() {
        for text in
            ["{}", "", "[1]", "{\"cells\": [{\"cell_type\": \"markdown\", \"source\": \"eval(x)\"}]}", "{\"cells\": 3}"]
        {
            let text = Text { path: "a.ipynb".into(), text: text.into(), ..Text::default() };
            assert!(Notebook::read(0, &text).is_none(), "{}", text.text);
        }
        let half = "{\"cells\": [{\"cell_type\": \"code\", \"source\": \"a = 1\\u00";
        let text = Text { path: "a.ipynb".into(), text: half.into(), ..Text::default() };
        let _ = Notebook::read(0, &text);
    }
}
