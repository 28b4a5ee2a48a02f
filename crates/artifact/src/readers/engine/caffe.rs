//! Caffe: networks as text (prototxt) and with weights (caffemodel). A `Python` layer imports a module.

use redan_domain::ReadAt;

use super::{PYTHON_OP, invalid};
use crate::head::Head;
use crate::protobuf::{Part, Place, Stream, looks_like_message};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::Fact;

fn python_layer(cx: &mut Cx<'_>, module: &str, class: &str) -> Fact {
    let message = format!("a layer of type `Python` imports the module `{module}` and runs its class `{class}`");
    if !module.is_empty() {
        cx.artifact.contents.imports.push(crate::text::shown(&format!("{module}.{class}"), 200));
    }
    Fact::new(PYTHON_OP, format!("{module}.{class}"), message)
}

/// prototxt: text without a signature, told by its words.
pub(crate) struct CaffeText;

/// Networks are written by hand or by scripts, and are short.
const MAX_TEXT: u64 = 16 << 20;

impl Reader for CaffeText {
    fn format(&self) -> &'static str {
        "caffe-prototxt"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if !head.is_text() {
            return Match::No;
        }
        let text = String::from_utf8_lossy(head.bytes);
        let mut layer = false;
        let mut kind = false;
        let mut edge = false;
        for line in text.lines().map(str::trim) {
            let key = line.split([':', '{', ' ']).next().unwrap_or_default();
            layer |= matches!(key, "layer" | "layers") && line.contains('{');
            kind |= layer && (key == "type" || line.contains("type:"));
            edge |= layer && (matches!(key, "bottom" | "top") || line.contains("top:"));
        }
        if layer && kind && edge { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        if input.size() > MAX_TEXT {
            return cx.over_budget("text size");
        }
        let bytes = input.read_vec_at(0, MAX_TEXT as usize).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let (mut module, mut class) = (String::new(), String::new());
        // Where the last layer of type Python, or its parameters, were seen.
        let mut python: Option<(usize, u32)> = None;
        let mut offset = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let code = line.split('#').next().unwrap_or_default();
            let is_python = code.contains("\"Python\"") || code.contains("'Python'") || code.contains("python_param");
            if is_python && python.is_none() {
                python = Some((offset, index as u32 + 1));
            }
            if python.is_some() {
                module = value(code, "module").unwrap_or(module);
                class = value(code, "layer").unwrap_or(class);
            }
            let next = matches!(code.trim_start().split([' ', '{']).next(), Some("layer" | "layers"))
                || offset + line.len() == text.len();
            if next
                && !is_python
                && let Some((at, number)) = python.take()
            {
                let fact = python_layer(cx, &module, &class);
                cx.fact(fact.at(at as u64, 1).line(number, 1));
                module.clear();
                class.clear();
            }
            offset += line.len();
        }
        if let Some((at, number)) = python {
            let fact = python_layer(cx, &module, &class);
            cx.fact(fact.at(at as u64, 1).line(number, 1));
        }
    }
}

/// The quoted text after `key:`.
fn value(line: &str, key: &str) -> Option<String> {
    let rest = line.split_once(&format!("{key}:"))?.1.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split_once(quote).map(|(text, _)| text.to_string())
}

/// caffemodel.
pub(crate) struct CaffeModel;

fn net_field(number: u32, wire: u8) -> bool {
    matches!((number, wire), (1 | 2 | 3 | 4 | 6 | 8 | 100, 2) | (4 | 5 | 7, 0))
}

fn layer_field(number: u32, wire: u8) -> bool {
    matches!((number, wire), (1..=4 | 6..=9 | 100..=160, 2) | (10, 0) | (5, 5) | (11, 0 | 2))
}

impl Reader for CaffeModel {
    fn format(&self) -> &'static str {
        "caffe-model"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let mut stream = Stream::new(head.input(), 0, head.size);
        let (mut layers, mut good) = (0, true);
        for field in stream.by_ref().take(64) {
            match field.place {
                Place::Bytes { start, len } => {
                    good &= net_field(field.number, 2);
                    if field.number == 100 {
                        let prefix = head.input().read_vec_at(start, len.min(512) as usize).unwrap_or_default();
                        good &=
                            looks_like_message(&prefix, len, layer_field).is_some() && prefix.first() == Some(&0x0a);
                        layers += 1;
                    }
                }
                Place::Number(_) => good &= net_field(field.number, 0),
            }
            if !good {
                return Match::No;
            }
        }
        if layers > 0 { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut net = Stream::new(input, 0, input.size());
        for field in net.by_ref() {
            let (100, Place::Bytes { start, len }) = (field.number, field.place) else { continue };
            if !cx.budget().nodes(1) {
                return cx.over_budget("layers");
            }
            let (mut kind, mut module, mut class, mut parameters) =
                (String::new(), String::new(), String::new(), false);
            for field in (Part { start, len }).fields(input) {
                let Place::Bytes { start, len } = field.place else { continue };
                match field.number {
                    2 => kind = Part { start, len }.text(input, 100),
                    130 => {
                        parameters = true;
                        (module, class) = Part { start, len }.entry(input);
                    }
                    _ => {}
                }
            }
            if kind == "Python" || parameters {
                let fact = python_layer(cx, &module, &class);
                cx.fact(fact.at(start, len));
            }
        }
        if net.broken() {
            invalid(cx, "net", &format!("the network is cut or damaged at byte {}", net.position()), net.position());
        }
    }
}
