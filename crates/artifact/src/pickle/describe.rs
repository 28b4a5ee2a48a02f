//! Symbolic values as Python expressions, and instructions as a disassembly: what a person reads.

use std::fmt::Write as _;

use redan_domain::{Excerpt, ExcerptLine};

use super::opcode::{Argument, Instruction, lookup, op};
use super::stream::Stream;
use super::text;
use super::value::{Shape, Store, Value};
use crate::text::shown;

/// Length at which an expression is cut.
const LENGTH: usize = 300;

/// Writes expressions over one store and stream.
pub(crate) struct Describe<'a, 'b> {
    pub(crate) store: &'b Store,
    pub(crate) stream: &'b Stream<'a>,
}

impl Describe<'_, '_> {
    /// A value in Python syntax.
    pub(crate) fn value(&self, value: Value) -> String {
        let mut out = String::new();
        self.write(&mut out, value, 6);
        out
    }

    /// A call in Python syntax; `args` is a tuple.
    pub(crate) fn call(&self, callee: Value, args: Value) -> String {
        let mut out = String::new();
        self.write(&mut out, callee, 5);
        self.arguments(&mut out, args, 5);
        out
    }

    fn write(&self, out: &mut String, value: Value, depth: u32) {
        if depth == 0 || out.len() > LENGTH {
            out.push('…');
            return;
        }
        match value {
            Value::None => out.push_str("None"),
            Value::Bool(true) => out.push_str("True"),
            Value::Bool(false) => out.push_str("False"),
            Value::Int(number) => drop(write!(out, "{number}")),
            Value::Number(at) => self.number(out, at),
            Value::Text(at) => self.text(out, at),
            Value::Bytes(at) => self.bytes(out, at),
            Value::Buffer => out.push_str("<buffer>"),
            Value::Container(shape, _) => self.container(out, shape, value, depth),
            Value::Global(index) => out.push_str(&self.global(index)),
            Value::Made(index, _) => drop(write!(out, "{}(…)", self.global(index))),
            Value::Call(index) => match self.store.called(index) {
                Some(call) => {
                    self.write(out, call.callee, depth - 1);
                    self.arguments(out, call.args, depth - 1);
                }
                None => out.push('…'),
            },
            Value::Persistent(_) => out.push_str("<persistent object>"),
            Value::Extension(code) => drop(write!(out, "<extension {code}>")),
            Value::Unknown => out.push('?'),
        }
    }

    fn global(&self, index: u32) -> String {
        let Some(global) = self.store.global(index) else { return "?".into() };
        match global.module.as_str() {
            "builtins" | "__builtin__" if !global.name.is_empty() => global.name.clone(),
            _ => global.path(),
        }
    }

    fn arguments(&self, out: &mut String, args: Value, depth: u32) {
        match self.store.look(args) {
            Some(tuple) => {
                out.push('(');
                self.list(out, &tuple.kids, tuple.count, depth);
                out.push(')');
            }
            None => out.push_str("(…)"),
        }
    }

    fn list(&self, out: &mut String, kids: &[Value], count: u64, depth: u32) {
        const SHOWN: usize = 8;
        for (index, kid) in kids.iter().take(SHOWN).enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write(out, *kid, depth.saturating_sub(1));
        }
        if count > SHOWN as u64 {
            out.push_str(", …");
        }
    }

    fn container(&self, out: &mut String, shape: Shape, value: Value, depth: u32) {
        let (open, close) = match shape {
            Shape::Tuple => ("(", ")"),
            Shape::List => ("[", "]"),
            Shape::Dict | Shape::Set => ("{", "}"),
            Shape::FrozenSet => ("frozenset({", "})"),
        };
        out.push_str(open);
        match self.store.look(value) {
            Some(container) if shape == Shape::Dict => {
                for (index, pair) in container.kids.chunks(2).take(4).enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.write(out, pair.first().copied().unwrap_or(Value::Unknown), depth - 1);
                    out.push_str(": ");
                    self.write(out, pair.get(1).copied().unwrap_or(Value::Unknown), depth - 1);
                }
                if container.count > 8 {
                    out.push_str(", …");
                }
            }
            Some(container) => {
                self.list(out, &container.kids, container.count, depth);
                if shape == Shape::Tuple && container.count == 1 {
                    out.push(',');
                }
            }
            None => out.push('…'),
        }
        out.push_str(close);
    }

    fn text(&self, out: &mut String, at: u64) {
        match text::string(self.stream, at, 200) {
            Some((text, whole)) => {
                let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                let _ = write!(out, "\"{}{}\"", shown(&text, 120), if whole { "" } else { "…" });
            }
            None => out.push_str("\"?\""),
        }
    }

    fn bytes(&self, out: &mut String, at: u64) {
        let Some(found) = text::instruction(self.stream, at) else { return out.push_str("b\"?\"") };
        let raw = self.stream.fetch(found.data, found.number.min(40) as usize);
        let rest = if found.number > 40 { "…" } else { "" };
        let _ = write!(out, "b\"{}{rest}\"", raw.escape_ascii());
    }

    fn number(&self, out: &mut String, at: u64) {
        let Some(found) = text::instruction(self.stream, at) else { return out.push('?') };
        match found.code {
            op::BINFLOAT => drop(write!(out, "{}", f64::from_bits(found.number.swap_bytes()))),
            op::FLOAT | op::LONG | op::INT => {
                out.push_str(&shown(&text::line(self.stream, found.data, found.number).unwrap_or_default(), 40));
            }
            _ => drop(write!(out, "<integer of {} bytes>", found.number)),
        }
    }

    /// One line of disassembly.
    pub(crate) fn disassemble(&self, found: Instruction) -> String {
        let name = found.name();
        let Some((_, argument)) = lookup(found.code) else { return name.into() };
        match argument {
            Argument::None => name.into(),
            Argument::Number(_) => format!("{name} {}", found.number),
            Argument::Signed => format!("{name} {}", found.signed()),
            Argument::Float => format!("{name} {}", f64::from_bits(found.number.swap_bytes())),
            Argument::Line => {
                let line = self.stream.fetch(found.data, found.number.min(80) as usize);
                format!("{name} {}", shown(&String::from_utf8_lossy(&line), 80))
            }
            Argument::Lines => {
                let second = found.next.saturating_sub(found.second + 1).min(80);
                let module = self.stream.fetch(found.data, found.number.min(80) as usize);
                let global = self.stream.fetch(found.second, second as usize);
                let text = format!("{} {}", String::from_utf8_lossy(&module), String::from_utf8_lossy(&global));
                format!("{name} {}", shown(&text, 120))
            }
            Argument::Data(_) | Argument::DataSigned => {
                let mut out = format!("{name} ");
                match found.code {
                    op::LONG1 | op::LONG4 => drop(write!(out, "({} bytes)", found.number)),
                    op::BINBYTES | op::SHORT_BINBYTES | op::BINBYTES8 | op::BYTEARRAY8 => {
                        self.bytes(&mut out, found.at);
                    }
                    _ => self.text(&mut out, found.at),
                }
                out
            }
        }
    }

    /// The instructions at these offsets; the last one is marked and noted.
    pub(crate) fn excerpt(&self, offsets: &[u64], note: &str) -> Excerpt {
        let mut lines: Vec<ExcerptLine> = offsets
            .iter()
            .filter_map(|at| text::instruction(self.stream, *at))
            .map(|found| ExcerptLine {
                label: format!("{:#x}", found.at),
                text: self.disassemble(found),
                ..ExcerptLine::default()
            })
            .collect();
        if let Some(last) = lines.last_mut() {
            last.mark = Some((0, last.text.split(' ').next().unwrap_or_default().chars().count() as u32));
            last.note = shown(note, 160);
        }
        Excerpt { lines }
    }
}
