//! Where values come into a pickle from outside: imported names, persistent objects, extension codes.

use super::machine::{Known, Machine};
use super::names;
use super::opcode::{Instruction, op};
use super::report::{EXTENSION, RESOLVES_NAMES};
use super::symbolic::Special;
use super::text;
use super::value::Value;

/// Longest module or attribute name that is looked at, in bytes.
const NAME: usize = 1024;

impl Machine<'_> {
    /// The name that GLOBAL or INST imports.
    pub(super) fn global_lines(&mut self, found: Instruction) -> Value {
        let module = text::line(&self.stream, found.data, found.number);
        let name = text::line(&self.stream, found.second, found.next.saturating_sub(found.second + 1));
        if let (Some(module), Some(name)) = (module, name) {
            return self.import(found.at, &module, &name);
        }
        self.flaw(found.at, "the imported name is not UTF-8 or absurdly long");
        Value::Unknown
    }

    /// The name that STACK_GLOBAL imports.
    pub(super) fn stack_global(&mut self, at: u64, module: Value, name: Value) -> Value {
        if let (Value::Text(module_at), Value::Text(name_at)) = (module, name) {
            let module = text::string(&self.stream, module_at, NAME);
            let name = text::string(&self.stream, name_at, NAME);
            if let (Some((module, true)), Some((name, true))) = (module, name) {
                return self.import(at, &module, &name);
            }
            self.flaw(at, "the imported name is not UTF-8 or absurdly long");
            return Value::Unknown;
        }
        let computed =
            |value| matches!(value, Value::Call(_) | Value::Made(..) | Value::Persistent(_) | Value::Extension(_));
        if computed(module) || computed(name) {
            let expression = format!("{}.{}", self.describe().value(module), self.describe().value(name));
            self.say(
                RESOLVES_NAMES,
                at,
                "computed name",
                &format!("imports `{expression}`, a name that is computed while loading"),
                name,
            );
        } else {
            self.flaw(at, "STACK_GLOBAL needs two strings");
        }
        Value::Unknown
    }

    /// An instruction imports this name.
    pub(super) fn import(&mut self, at: u64, module: &str, name: &str) -> Value {
        if plausible(module) && plausible(name) {
            self.imports += 1;
        } else {
            self.flaw(at, "the imported name is not a Python name");
        }
        let Some(index) = self.name(at, module, name) else { return Value::Unknown };
        if let Some(global) = self.store.global_mut(index)
            && !global.imported
        {
            global.imported = true;
            global.at = at;
        }
        Value::Global(index)
    }

    /// The number of a name, judged when it is new. A module itself has an empty `name`.
    pub(super) fn name(&mut self, at: u64, module: &str, name: &str) -> Option<u32> {
        let index = self.store.intern(module, name, at)?;
        if index as usize >= self.known.len() {
            let judged = names::judge(self.callables, module, name);
            let special = Special::of(module, name);
            self.known.push(Known { judged, special });
        }
        Some(index)
    }

    /// The object behind a persistent id: a storage of torch, a class with its source (torch before 0.4),
    /// or whatever the loading program makes of it.
    pub(super) fn persistent(&mut self, id: Value) -> Value {
        let kids = self.store.kids(id);
        let Some(Value::Text(tag)) = kids.first() else { return Value::Persistent(0) };
        match text::string(&self.stream, *tag, 16).as_ref().map(|(tag, _)| tag.as_str()) {
            Some("storage") => {
                let id = kids.to_vec();
                Value::Persistent(self.storage(&id).unwrap_or(0))
            }
            Some("module") => match kids.get(1) {
                Some(class @ Value::Global(_)) => *class,
                _ => Value::Persistent(0),
            },
            _ => Value::Persistent(0),
        }
    }

    /// An object of the registry of `copyreg.add_extension`: only the loading program knows it.
    pub(super) fn extension(&mut self, found: Instruction) -> Value {
        let code = found.number as u32;
        let code_text = if found.code == op::EXT4 { found.signed().to_string() } else { code.to_string() };
        if found.signed() <= 0 && found.code == op::EXT4 || code == 0 {
            self.flaw(found.at, "extension codes are positive");
        }
        let message =
            format!("uses extension code {code_text}: which callable that is, only the loading program knows");
        self.say(EXTENSION, found.at, &format!("extension {code_text}"), &message, Value::Unknown);
        Value::Extension(code)
    }
}

/// Whether text can be a dotted Python name; `<` and `>` stand in names of local functions.
fn plausible(name: &str) -> bool {
    name.split('.')
        .all(|part| !part.is_empty() && part.chars().all(|c| c == '_' || c == '<' || c == '>' || c.is_alphanumeric()))
}
