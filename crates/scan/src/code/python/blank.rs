//! Functions in which nothing happens that is judged: their bodies are left out before a source is parsed, which is most
//! of the work.

use super::words;

/// Shorter bodies cost nothing.
const WORTH: usize = 200;
/// Shorter sources are parsed as they are.
const LONG: usize = 2 << 10;

/// The source with `pass` for the bodies of quiet functions, every byte else in its place; None if all of it counts.
pub(super) fn blanked(text: &str) -> Option<String> {
    if text.len() < LONG {
        return None;
    }
    let loose = words::loose(text)?;
    let bodies = redan_code::python_bodies(text)?;
    let mut out = String::with_capacity(text.len());
    for body in bodies {
        // What is in one that was left out is left out with it.
        let inner = text.get(body.clone()).filter(|inner| body.start >= out.len() && inner.len() >= WORTH);
        let Some(inner) = inner.filter(|inner| words::is_quiet(inner, loose)) else { continue };
        out.push_str(text.get(out.len()..body.start)?);
        out.push_str("pass");
        // Lines stay where they are.
        out.extend(inner.bytes().skip(4).map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    }
    if out.is_empty() {
        return None;
    }
    out.push_str(text.get(out.len()..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_quiet_is_left_out() {
        let quiet = format!("    x = text.replace('a', 'b')\n{}    return é\n", "    y = os.environ['b']\n".repeat(20));
        let loud = format!("{quiet}    os.replace('a', 'b')\n");
        let filler = "z = 1\n".repeat(400);
        let source = format!(
            "import os\n{filler}def a():\n{quiet}\nclass B:\n  async def b(self):\n{loud}\ndef c(): return 1\n"
        );
        let blanked = blanked(&source).unwrap();
        assert_eq!(blanked.len(), source.len());
        assert_eq!(blanked.matches('\n').count(), source.matches('\n').count());
        assert!(
            blanked.contains("def a():\n    pass  ")
                && !blanked.contains("text.replace('a', 'b')\n    y = os.environ['b']\n    return")
        );
        assert!(blanked.contains("os.replace('a', 'b')") && blanked.contains("def c(): return 1"));
        assert_eq!(blanked.matches("text.replace").count(), 1);
        for (from, to) in [
            ("import os\n", "import os as o\n"),
            ("import os\n", "from os import replace\n"),
            ("import os\n", "import os\nfrom lib import *\n"),
            ("y = os.environ", "y = getattr(os, 'x')"),
            ("y = os.environ", "y = os"),
            ("y = os.environ", "y = requests"),
            ("y = os.environ", "y = eval"),
        ] {
            let source = source.replace(from, to);
            assert!(super::blanked(&source).is_none(), "{from} {to}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_parsed_whole() {
        let text = format!("import os\ndef a():\n{}x = (\n", "    y = 1\n".repeat(400));
        assert!(blanked(&text).is_none());
    }
}
