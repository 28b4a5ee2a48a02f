//! The syntax of Terraform: attributes, blocks and expressions, read as far as they can be.

mod expression;
mod template;

use crate::cursor::Cursor;
use crate::expr::Node;

/// The content of a file or a block.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<Block>,
}

/// `name = value`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) start: usize,
    pub(crate) value: Node,
}

/// `kind "label" { … }`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    pub(crate) kind: String,
    pub(crate) labels: Vec<String>,
    pub(crate) start: usize,
    /// End of the line that opens it.
    pub(crate) head: usize,
    pub(crate) body: Body,
}

impl Body {
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(crate) fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}

/// Reads a file; the problems say what could not be read.
pub(crate) fn parse(text: &str) -> (Body, Vec<(usize, String)>) {
    let mut cursor = Cursor::new(text);
    let body = body(&mut cursor, false);
    (body, cursor.problems)
}

fn body(c: &mut Cursor<'_>, inner: bool) -> Body {
    let mut out = Body::default();
    loop {
        c.space(true, true);
        if c.done() {
            if inner {
                c.problem("a block is not closed");
            }
            return out;
        }
        if c.peek() == Some(b'}') {
            c.at += 1;
            if inner {
                return out;
            }
            c.problem("a `}` closes nothing");
            continue;
        }
        let before = c.at;
        if !item(c, &mut out) {
            c.problem("neither an attribute nor a block");
            c.line_end();
        }
        if c.at == before {
            c.bump();
        }
    }
}

fn item(c: &mut Cursor<'_>, out: &mut Body) -> bool {
    let start = c.at;
    let name = if c.peek() == Some(b'"') { quoted(c) } else { c.word(b"-").map(str::to_string) };
    let Some(name) = name else { return false };
    c.space(false, true);
    if matches!(c.peek(), Some(b'=' | b':')) && c.peek_at(1) != Some(b'=') {
        c.at += 1;
        let value = expression::expression(c);
        c.space(false, true);
        if c.peek() == Some(b',') {
            c.at += 1;
        }
        out.attributes.push(Attribute { name, start, value });
        return true;
    }
    let mut labels = Vec::new();
    loop {
        c.space(false, true);
        match c.peek() {
            Some(b'{') => break,
            Some(b'"') => match quoted(c) {
                Some(label) => labels.push(label),
                None => return false,
            },
            _ => match c.word(b"-") {
                Some(label) => labels.push(label.to_string()),
                None => return false,
            },
        }
    }
    let head = c.at;
    c.at += 1;
    let body = if c.down() {
        let brackets = std::mem::take(&mut c.brackets);
        let body = body(c, true);
        c.brackets = brackets;
        body
    } else {
        Body::default()
    };
    c.up();
    out.blocks.push(Block { kind: name, labels, start, head, body });
    true
}

/// A label in quotes.
fn quoted(c: &mut Cursor<'_>) -> Option<String> {
    let start = c.at + 1;
    let length = c.text.get(start..)?.find(['"', '\n'])?;
    c.at = start + length + 1;
    (c.text.as_bytes().get(start + length) == Some(&b'"')).then(|| c.slice(start, start + length).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::Expr;

    #[test]
    fn reads_blocks_attributes_and_expressions() {
        let text = r#"
# comment
resource "aws_x" "y" {
  a = "t-${var.n}-u" // more
  b = [1, true, { k = "v", "l" : null }]
  c = var.on ? 1 : local.z[0].q
  inner { d = f(x, "y"...) }
  e = <<-EOT
    one ${two}
  EOT
  g = [for k, v in var.m : upper(v) if v != ""]
  h = { for k in var.m : k => k }
  i = a.*.id == b[*].id && !c
}
"#;
        let (body, problems) = parse(text);
        assert_eq!(problems, []);
        let block = &body.blocks[0];
        assert_eq!(
            (block.kind.as_str(), block.labels.as_slice()),
            ("resource", ["aws_x".to_string(), "y".into()].as_slice())
        );
        assert_eq!(block.body.attributes.len(), 7);
        assert!(matches!(&block.body.attributes[0].value.expr, Expr::Template(parts) if parts.len() == 3));
        assert!(matches!(&block.body.attributes[2].value.expr, Expr::If(..)));
        assert!(
            matches!(&block.body.attributes[4].value.expr, Expr::For(names, _, None, _, Some(_)) if names.len() == 2)
        );
        assert_eq!(block.body.blocks[0].kind, "inner");
    }

    #[test]
    fn goes_on_after_what_it_does_not_understand() {
        let (body, problems) = parse("x = = 3\n???\nresource \"a\" \"b\" {\n  k = 1\n}\n");
        assert!(!problems.is_empty());
        assert_eq!(body.blocks.len(), 1);
    }

    #[test]
    fn hostile_nesting_ends() {
        for text in
            ["a = ".to_string() + &"[".repeat(100_000), "b {".repeat(100_000), format!("a = {}", "!".repeat(100_000))]
        {
            let (_, problems) = parse(&text);
            assert!(!problems.is_empty());
        }
    }
}
