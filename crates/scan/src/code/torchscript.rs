//! TorchScript inside a model: operators that touch files, and operators of libraries that must be loaded first.

use redan_artifact::{Fact, FactKind, text};

/// An operator that reads or writes files runs in the graph.
const FILE_OP: FactKind = FactKind("torchscript-file-op");
/// An operator of a library that is not PyTorch's own.
const CUSTOM_OP: FactKind = FactKind("torchscript-custom-op");

/// Facts of one source that are enough.
const MAX_FACTS: usize = 100;

/// Every kind of fact about TorchScript.
pub(super) const FACTS: &[FactKind] = &[FILE_OP, CUSTOM_OP];

/// Operators of the interpreter that touch files.
const FILES: &[&str] = &[
    "torch.save(",
    "torch.from_file(",
    "torch.load(",
    "ops.aten.save(",
    "ops.aten.from_file(",
    "aten::save(",
    "aten::from_file(",
];

/// Namespaces that come with PyTorch and its sister libraries.
const KNOWN: &[&str] = &[
    "aten",
    "prim",
    "prims",
    "quantized",
    "_quantized",
    "torchvision",
    "torchaudio",
    "torchtext",
    "profiler",
    "inductor",
    "c10d",
    "c10d_functional",
    "_c10d_functional",
    "mkldnn",
    "mkldnn_prepacked",
    "onednn",
    "xnnpack",
    "prepacked",
    "sparse",
    "static_runtime",
    "cuda",
    "mtia",
    "rngprims",
    "debugprims",
    "image",
    "torchrec",
    "fbgemm",
    "torch_sparse",
    "torch_scatter",
    "torch_cluster",
    "torch_spline_conv",
    "tensorrt",
    "torch_ipex",
    "detectron2",
    "vulkan",
    "metal",
    "nnapi",
    "_test",
    "internal",
    "symm_mem",
    "rec",
    "torchao",
    "neuron",
    "functional",
];

pub(super) fn examine(source: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let code = without_text(line);
        for name in FILES {
            if let Some(step) = code.find(name).filter(|step| starts_word(&code, *step)) {
                let name = name.trim_end_matches('(');
                let message = format!("running the model calls `{name}`, which reads or writes a file of its choice");
                facts.push(placed(Fact::new(FILE_OP, name, message), source, at + step, name.len()));
            }
        }
        let mut from = 0;
        while let Some(step) = code.get(from..).and_then(|rest| rest.find("ops.")).map(|step| from + step) {
            if facts.len() > MAX_FACTS {
                break;
            }
            let rest = code.get(step + 4..).unwrap_or_default();
            let space: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let called = rest.get(space.len()..).is_some_and(|rest| rest.starts_with('.'));
            if starts_word(&code, step) && called && !space.is_empty() && !KNOWN.contains(&space.as_str()) {
                let message =
                    format!("the model needs operators of `{space}`, a native library that has to be loaded first");
                facts.push(placed(Fact::new(CUSTOM_OP, &space, message), source, at + step, 4 + space.len()));
            }
            from = step + 4;
        }
        at += line.len();
        if facts.len() > MAX_FACTS {
            break;
        }
    }
    facts.dedup_by(|a, b| a.kind == b.kind && a.subject == b.subject);
    facts
}

/// The line with string contents and comments blanked, so that offsets stay.
fn without_text(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut quote = None;
    let mut escaped = false;
    for c in line.chars() {
        let blank = match quote {
            Some(end) => {
                if !escaped && c == end {
                    quote = None;
                }
                escaped = !escaped && c == '\\';
                true
            }
            None if c == '#' => break,
            None => {
                if matches!(c, '"' | '\'') {
                    quote = Some(c);
                }
                false
            }
        };
        if blank { out.extend(std::iter::repeat_n(' ', c.len_utf8())) } else { out.push(c) }
    }
    out
}

fn starts_word(code: &str, at: usize) -> bool {
    !code
        .get(..at)
        .and_then(|before| before.chars().next_back())
        .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

fn placed(fact: Fact, source: &str, at: usize, len: usize) -> Fact {
    let (line, column) = text::line_column(source, at);
    fact.at(at as u64, len as u64).line(line, column).excerpt(text::excerpt(source, at, len, "here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_operators_outside_the_library() {
        let kinds = |source: &str| examine(source).iter().map(|fact| fact.kind.0).collect::<Vec<_>>();
        assert_eq!(
            kinds("  _0 = torch.add(x, y)\n  _1 = ops.quantized.linear(x)\n  raise(\"torch.save(\")\n"),
            Vec::<&str>::new()
        );
        assert_eq!(kinds("  _0 = ops.evil.run(x)\n  _1 = ops.evil.run(y)\n"), ["torchscript-custom-op"]);
        assert!(kinds(&"ops.evil.run(x) ".repeat(100_000)).len() <= MAX_FACTS + 1);
        assert_eq!(kinds("  torch.save([x], \"/tmp/x\")\n"), ["torchscript-file-op"]);
    }
}
