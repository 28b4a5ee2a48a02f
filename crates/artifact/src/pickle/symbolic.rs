//! Callables that hand out or call others: what they give is computed on symbols, so that
//! `getattr(__import__("os"), "system")` is seen to be `os.system`.

use super::callables::{Verdict, Ways};
use super::machine::Machine;
use super::report::{IMPORTS_MODULE, RESOLVES_NAMES};
use super::text;
use super::value::{Call, How, Shape, Value};

/// What is special about a callable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// Nothing: its verdict decides.
    Ordinary,
    /// `f(object, "name")`; whether honest pickles use it.
    Attribute { honest: bool },
    /// `f("package.module")`; whether the result is the top package.
    Import { top: bool },
    /// `f("package.module:name")`.
    Resolve,
    /// How numpy pickles a universal function: a module and a name in it.
    Ufunc,
    /// `operator.attrgetter`, `operator.methodcaller`, `operator.itemgetter`: the result is called later.
    Getter,
    /// `functools.partial`.
    Partial,
    /// `f(object, key)`.
    Item,
    /// `f(callable, …)`: calls its first argument.
    Apply,
    /// `copyreg._reconstructor(class, base, state)` and `copyreg.__newobj__(class, …)`.
    Construct,
    /// A vetted callable whose arguments matter later: dtypes, encoded bytes, array descriptions.
    Remember,
    /// Reads bytes that it is given as a pickle or a model.
    Load,
    /// Rebuilds a tensor of torch.
    Tensor,
    /// `dill._dill._load_type(name)`.
    DillType,
    /// `type(object)`.
    TypeOf,
}

impl Special {
    pub(crate) fn of(module: &str, name: &str) -> Special {
        let (module, name) = super::names::python3(module, name);
        match (module, name) {
            ("builtins", "getattr") => Special::Attribute { honest: true },
            ("inspect", "getattr_static")
            | ("builtins", "object.__getattribute__" | "type.__getattribute__")
            | ("dill._dill" | "dill.dill", "_get_attr" | "_getattribute") => Special::Attribute { honest: false },
            ("builtins", "type") => Special::TypeOf,
            ("builtins", "__import__") => Special::Import { top: true },
            ("importlib" | "importlib._bootstrap", "import_module" | "__import__" | "_gcd_import")
            | ("dill._dill" | "dill.dill", "_import_module")
            | ("cloudpickle.cloudpickle" | "cloudpickle" | "joblib.externals.cloudpickle.cloudpickle", "subimport") => {
                Special::Import { top: name == "__import__" }
            }
            ("pkgutil", "resolve_name") | ("pydoc", "locate" | "resolve") | ("logging.config", "_resolve") => {
                Special::Resolve
            }
            ("numpy.core" | "numpy._core", "_ufunc_reconstruct") => Special::Ufunc,
            ("operator" | "_operator", "attrgetter" | "methodcaller" | "itemgetter") => Special::Getter,
            ("functools" | "_functools", "partial" | "partialmethod") => Special::Partial,
            ("operator" | "_operator", "getitem" | "__getitem__") => Special::Item,
            ("builtins", "map" | "filter" | "apply")
            | ("functools" | "_functools", "reduce")
            | ("itertools", "starmap" | "filterfalse" | "takewhile" | "dropwhile")
            | ("operator" | "_operator", "call") => Special::Apply,
            ("copyreg", "_reconstructor" | "__newobj__" | "__newobj_ex__") => Special::Construct,
            (module, name)
                if module.starts_with("keras.")
                    && (name.ends_with("._unpickle_model") || name == "deserialize_model_from_bytecode") =>
            {
                Special::Load
            }
            ("io" | "_io", "BytesIO")
            | ("numpy", "dtype")
            | ("_codecs", "encode")
            | ("joblib.numpy_pickle", "NumpyArrayWrapper") => Special::Remember,
            ("pickle" | "_pickle" | "dill" | "dill._dill" | "cloudpickle" | "cloudpickle.cloudpickle", "loads")
            | ("pickle" | "_pickle", "_loads")
            | ("joblib.externals.cloudpickle" | "ray.cloudpickle" | "pandas.compat.pickle_compat", "loads")
            | ("torch.storage", "_load_from_bytes")
            | ("marshal", "loads") => Special::Load,
            ("dill._dill" | "dill.dill", "_load_type") => Special::DillType,
            ("torch._utils" | "torch._tensor", name) if name.starts_with("_rebuild_") => Special::Tensor,
            _ => Special::Ordinary,
        }
    }
}

/// The built-in type of a value that the pickle itself spells out.
fn builtin_type(value: Value) -> Option<&'static str> {
    Some(match value {
        Value::Text(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::Int(_) => "int",
        Value::Bool(_) => "bool",
        Value::Container(Shape::Tuple, _) => "tuple",
        Value::Container(Shape::List, _) => "list",
        Value::Container(Shape::Dict, _) => "dict",
        Value::Container(Shape::Set, _) => "set",
        Value::Container(Shape::FrozenSet, _) => "frozenset",
        _ => return None,
    })
}

/// Whether an attribute path is one that no honest getter takes: out of an object, or to what runs code.
fn leads_out(path: &str) -> bool {
    const RUNNERS: [&str; 14] = [
        "system",
        "popen",
        "Popen",
        "eval",
        "exec",
        "compile",
        "import_module",
        "check_output",
        "getoutput",
        "spawn",
        "execve",
        "fork",
        "load_module",
        "LoadLibrary",
    ];
    path.split('.').any(|name| {
        RUNNERS.contains(&name)
            || (name.starts_with("__") && name.ends_with("__") && !matches!(name, "__name__" | "__len__" | "__doc__"))
    })
}

impl Machine<'_> {
    /// Calls a special callable; none if it has to be judged like any other.
    pub(super) fn special(&mut self, special: Special, at: u64, callee: Value, args: Value) -> Option<Value> {
        let kid = |machine: &Self, index: usize| machine.store.kids(args).get(index).copied();
        match special {
            Special::Ordinary | Special::Load | Special::Tensor => None,
            Special::Remember => self.remember(at, callee, args),
            Special::Attribute { honest } => {
                let object = kid(self, 0)?;
                let is = self.constant(kid(self, 1)).and_then(|name| self.attribute(at, object, &name));
                if is.is_none() || !honest {
                    self.say_call(RESOLVES_NAMES, at, "hands out attributes by name", callee, args);
                }
                Some(self.result(at, callee, args, is))
            }
            Special::Import { top } => {
                let Some(name) = self.constant(kid(self, 0)) else {
                    self.say_call(IMPORTS_MODULE, at, "imports a module, which runs it", callee, args);
                    return Some(self.result(at, callee, args, None));
                };
                self.say_call(IMPORTS_MODULE, at, "imports a module, which runs it", callee, args);
                let module = if top { name.split('.').next().unwrap_or_default() } else { &name };
                let is = self.name(at, module, "");
                Some(self.result(at, callee, args, is))
            }
            Special::Resolve => {
                self.say_call(RESOLVES_NAMES, at, "hands out a callable by name", callee, args);
                let is = self.constant(kid(self, 0)).and_then(|name| {
                    let (module, name) = name.split_once(':').or_else(|| name.rsplit_once('.'))?;
                    self.reach(at, module, name)
                });
                Some(self.result(at, callee, args, is))
            }
            Special::Ufunc => {
                let is = match (self.constant(kid(self, 0)), self.constant(kid(self, 1))) {
                    (Some(module), Some(name)) => {
                        // All of numpy's own are also in its main module, by which the table knows them.
                        let own = module.starts_with("numpy.core.") || module.starts_with("numpy._core.");
                        self.reach(at, if own { "numpy" } else { &module }, &name)
                    }
                    _ => None,
                };
                let verdict = is.and_then(|is| self.known.get(is as usize)).map(|known| known.judged.verdict);
                if !matches!(verdict, Some(Verdict::Vetted(_))) {
                    self.say_call(RESOLVES_NAMES, at, "hands out a callable by name", callee, args);
                }
                Some(self.result(at, callee, args, is))
            }
            Special::Getter => {
                let kids: Vec<Value> = self.store.kids(args).iter().take(8).copied().collect();
                if kids.into_iter().any(|name| self.constant(Some(name)).is_some_and(|name| leads_out(&name))) {
                    self.say_call(RESOLVES_NAMES, at, "will hand out or call what it names", callee, args);
                }
                Some(self.result(at, callee, args, None))
            }
            Special::Partial => {
                if let Some(function) = kid(self, 0) {
                    self.judge_handed(at, function, callee, args);
                }
                Some(self.result(at, callee, args, None))
            }
            Special::Item => {
                let object = kid(self, 0)?;
                let is = self.constant(kid(self, 1)).and_then(|key| self.item(at, object, &key));
                is?;
                self.say_call(RESOLVES_NAMES, at, "takes a callable out of a namespace", callee, args);
                Some(self.result(at, callee, args, is))
            }
            Special::Apply => {
                let function = kid(self, 0)?;
                self.judge_handed(at, function, callee, args);
                match self.verdict(function) {
                    // Called later with arguments from the file, which is no worse than a call in the file.
                    Some(Verdict::Vetted(ways)) if ways.contains(Ways::REDUCE) => {
                        Some(self.result(at, callee, args, None))
                    }
                    None if function == Value::None => Some(self.result(at, callee, args, None)),
                    _ => None,
                }
            }
            Special::TypeOf => match self.store.look(args) {
                // With one argument it only tells the type.
                Some(tuple) if tuple.count == 1 => Some(self.result(at, callee, args, None)),
                _ => None,
            },
            Special::Construct => {
                let class = kid(self, 0)?;
                let rest: Vec<Value> = self.store.kids(args).iter().skip(1).copied().collect();
                let rest = self.store.container(Shape::Tuple, &rest);
                Some(self.invoke(at, class, rest, How::Built))
            }
            Special::DillType => {
                let name = self.constant(kid(self, 0))?;
                let module = if name.ends_with("Type") && name != "ObjectType" { "types" } else { "builtins" };
                let name = if name == "ObjectType" { "object" } else { &name };
                let is = self.reach(at, module, name);
                Some(self.result(at, callee, args, is))
            }
        }
    }

    /// A vetted call whose arguments are kept.
    fn remember(&mut self, at: u64, callee: Value, args: Value) -> Option<Value> {
        let index = self.store.identity(callee)?;
        match self.known.get(index as usize)?.judged.verdict {
            Verdict::Vetted(_) => {
                // Encoded bytes are many and used at once; descriptions of arrays are few and used again.
                if self.store.global(index).is_some_and(|global| global.name != "encode") {
                    self.store.pin(args);
                }
                Some(self.store.call(Call { at, callee, args, state: Value::None, is: None }))
            }
            _ => None,
        }
    }

    /// The result of a call that gives the global `is`, where that is known.
    pub(super) fn result(&mut self, at: u64, callee: Value, args: Value, is: Option<u32>) -> Value {
        self.store.pin(args);
        self.store.call(Call { at, callee, args, state: Value::None, is })
    }

    /// A short string argument.
    pub(super) fn constant(&self, value: Option<Value>) -> Option<String> {
        match value {
            Some(Value::Text(at)) => {
                text::string(&self.stream, at, 1024).filter(|(_, whole)| *whole).map(|(text, _)| text)
            }
            _ => None,
        }
    }

    /// `object.name`, for a module, a global, or an instance of one.
    pub(super) fn attribute(&mut self, at: u64, object: Value, name: &str) -> Option<u32> {
        if let Some(kind) = builtin_type(object) {
            return self.reach(at, "builtins", &format!("{kind}.{name}"));
        }
        let index = match object {
            Value::Made(index, _) => index,
            object => self.store.identity(object)?,
        };
        let global = self.store.global(index)?;
        let module = global.module.clone();
        let path = if global.name.is_empty() { name.to_string() } else { format!("{}.{name}", global.name) };
        self.reach(at, &module, &path)
    }

    /// `object[key]`, for the namespaces of modules.
    pub(super) fn item(&mut self, at: u64, object: Value, key: &str) -> Option<u32> {
        let index = self.store.identity(object)?;
        let global = self.store.global(index)?;
        let (module, name) = (global.module.clone(), global.name.clone());
        if module == "sys" && name == "modules" {
            return self.name(at, key, "");
        }
        let owner = name.strip_suffix("__dict__").or_else(|| name.strip_suffix("__builtins__"));
        if name.ends_with("__builtins__") || name.ends_with("__globals__") {
            return self.reach(at, "builtins", key);
        }
        let owner = owner?.trim_end_matches('.');
        let path = if owner.is_empty() { key.to_string() } else { format!("{owner}.{key}") };
        self.reach(at, &module, &path)
    }

    /// A name that is reached through calls rather than imported by an instruction.
    fn reach(&mut self, at: u64, module: &str, name: &str) -> Option<u32> {
        let index = self.name(at, module, name)?;
        if let Some(global) = self.store.global_mut(index) {
            global.imported = true;
        }
        Some(index)
    }

    /// Calls what a getter, a partial or an unresolved expression gave.
    pub(super) fn invoke_result(&mut self, at: u64, index: u32, callee: Value, args: Value) -> Option<Value> {
        let call = *self.store.called(index)?;
        let inner = self.store.identity(call.callee)?;
        let special = self.known.get(inner as usize)?.special;
        let given: Vec<Value> = self.store.kids(call.args).to_vec();
        match special {
            Special::Partial => {
                let function = *given.first()?;
                let mut all: Vec<Value> = given.iter().skip(1).copied().collect();
                all.extend(self.store.kids(args));
                let all = self.store.container(Shape::Tuple, &all);
                Some(self.invoke(at, function, all, How::Called))
            }
            Special::Getter => {
                let kind = self.store.global(inner)?.name.clone();
                let object = *self.store.kids(args).first()?;
                let name = self.constant(given.first().copied());
                let is = name.and_then(|name| match kind.as_str() {
                    "itemgetter" => self.item(at, object, &name),
                    _ => self.attribute(at, object, &name),
                });
                if is.is_none() || kind != "methodcaller" {
                    self.say_call(RESOLVES_NAMES, at, "hands out a callable by name", callee, args);
                }
                let result = self.result(at, callee, args, is);
                if kind == "methodcaller" && is.is_some() {
                    let rest: Vec<Value> = given.iter().skip(1).copied().collect();
                    let rest = self.store.container(Shape::Tuple, &rest);
                    return Some(self.invoke(at, result, rest, How::Called));
                }
                Some(result)
            }
            _ => None,
        }
    }
}
