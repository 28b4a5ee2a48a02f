//! States that a class runs as code when BUILD hands them over.

use super::machine::Machine;
use super::report::RUNS_CODE;
use super::text;
use super::value::Value;

/// The attribute that scipy's distributions hand to `exec` in `__setstate__` (`rv_generic._attach_argparser_methods`).
const TEMPLATE: &str = "_parse_arg_template";

impl Machine<'_> {
    /// Source text in a dictionary (its pairs are on the stack from `start`) that becomes the state of a distribution. Judged when the pair is written: a
    /// state may be filled with anything before and after, and its key is used by nothing else.
    pub(super) fn runs_pairs(&mut self, at: u64, start: usize) {
        let source = |pair: &[Value]| match pair {
            [Value::Text(key), value] if text::is(&self.stream, *key, TEMPLATE) => Some(*value),
            _ => None,
        };
        let pairs = self.stack_from(start).chunks(2);
        let sources: Vec<Value> = pairs.filter_map(source).take(8).collect();
        for value in sources {
            let source = match value {
                Value::Text(place) => text::string(&self.stream, place, 4096).filter(|(_, whole)| *whole),
                _ => None,
            };
            if source.is_none_or(|(source, _)| !only_parses_arguments(&source)) {
                let code = self.describe().value(value);
                let message = format!("sets `{TEMPLATE}`, which distributions of SciPy run as Python code: `{code}`");
                self.say(RUNS_CODE, at, TEMPLATE, &message, value);
            }
        }
    }
}

/// Whether this is what scipy writes: functions that only pass their arguments on.
fn only_parses_arguments(source: &str) -> bool {
    const CALLS: &[&str] = &["_parse_args", "_parse_args_rvs", "_parse_args_stats", "_argcheck_rvs", "return", ""];
    let mut before = source.split('(');
    let last = before.next_back();
    let known = before.all(|part| {
        let word = part.trim_end().rsplit(|c: char| c != '_' && !c.is_ascii_alphanumeric()).next();
        word.is_some_and(|word| CALLS.contains(&word))
    });
    let plain = |c: char| c == '\n' || c == ' ' || c.is_ascii_alphanumeric() || "_,()=:.'+-".contains(c);
    let line = |line: &str| {
        let text = line.trim_start();
        text.is_empty() || text.starts_with("def _parse_args") || text.starts_with("return ")
    };
    last.is_some() && known && source.chars().all(plain) && !source.contains("__") && source.lines().all(line)
}

#[cfg(test)]
mod tests {
    use super::only_parses_arguments;

    #[test]
    fn only_scipys_own_text_is_harmless() {
        let honest = "\ndef _parse_args(self, a, b, loc=0, scale=1):\n    return (a, b), loc, scale\n\n\
                      def _parse_args_rvs(self, a, b, loc=0, scale=1, size=None):\n    \
                      return self._argcheck_rvs(a, b, loc, scale, size=size)\n\n\
                      def _parse_args_stats(self, a, b, loc=0, scale=1, moments='mv'):\n    \
                      return (a, b), loc, scale, moments\n";
        assert!(only_parses_arguments(honest));
        assert!(only_parses_arguments(&honest.replace("a, b, ", "").replace("(a, b)", "()")));
        for hostile in [
            "import os\n",
            "def _parse_args(self, a=__import__('os').system('id')):\n    return a\n",
            "def _parse_args(self, a=eval('1')):\n    return a\n",
            "return print('x')",
            "def _parse_args(self): return 0\nx = [c for c in ()]",
            "@print\ndef _parse_args(self):\n    return 0\n",
        ] {
            assert!(!only_parses_arguments(hostile), "{hostile}");
        }
    }
}
