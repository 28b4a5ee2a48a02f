//! One directory of Terraform with the arguments it is called with.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::hcl::{Block, Body};
use crate::terraform::eval::Scope;
use crate::value::Val;

/// Values that the evaluation of one project may make.
const MAX_VALUES: usize = 4_000_000;

/// How deep modules call modules.
pub(super) const MAX_MODULE_DEPTH: usize = 8;

/// Module instances of one project.
pub(super) const MAX_MODULES: usize = 400;

/// What all modules of a project share.
pub(super) struct Project<'a> {
    /// Directory → its files and their content.
    pub(super) folders: HashMap<String, Vec<(u32, &'a Body)>>,
    /// Text of every file of the model, by path; for `file()`.
    pub(super) texts: HashMap<&'a str, &'a str>,
    values: Cell<usize>,
    modules: Cell<usize>,
}

impl<'a> Project<'a> {
    pub(super) fn new(folders: HashMap<String, Vec<(u32, &'a Body)>>, texts: HashMap<&'a str, &'a str>) -> Self {
        Self { folders, texts, values: Cell::new(0), modules: Cell::new(0) }
    }

    /// Whether `count` more values may be made.
    pub(super) fn afford(&self, count: usize) -> bool {
        self.values.set(self.values.get().saturating_add(count));
        self.values.get() <= MAX_VALUES
    }

    /// Whether something was left out because the project is too large.
    pub(super) fn exhausted(&self) -> bool {
        self.values.get() > MAX_VALUES || self.modules.get() > MAX_MODULES
    }
}

/// One module as it is called.
pub(super) struct Module<'a> {
    pub(super) project: &'a Project<'a>,
    pub(super) folder: String,
    /// `module.name.` for a called one, nothing for the root.
    pub(super) prefix: String,
    pub(super) depth: usize,
    /// None for a root, whose variables come from outside.
    pub(super) arguments: Option<HashMap<String, Val>>,
    pub(super) tfvars: HashMap<String, Val>,
    variables: HashMap<&'a str, (u32, &'a Block)>,
    locals: HashMap<&'a str, (u32, &'a crate::hcl::Attribute)>,
    outputs: HashMap<&'a str, (u32, &'a Block)>,
    calls: HashMap<&'a str, (u32, &'a Block)>,
    /// `type.name` and `data.type.name`.
    pub(super) resources: HashMap<String, (u32, &'a Block)>,
    known: RefCell<HashMap<String, Option<Val>>>,
    children: RefCell<HashMap<String, Option<Rc<Module<'a>>>>>,
}

impl<'a> Module<'a> {
    pub(super) fn new(
        project: &'a Project<'a>,
        folder: &str,
        prefix: String,
        depth: usize,
        arguments: Option<HashMap<String, Val>>,
        tfvars: HashMap<String, Val>,
    ) -> Self {
        project.modules.set(project.modules.get() + 1);
        let mut module = Self {
            project,
            folder: folder.to_string(),
            prefix,
            depth,
            arguments,
            tfvars,
            variables: HashMap::new(),
            locals: HashMap::new(),
            outputs: HashMap::new(),
            calls: HashMap::new(),
            resources: HashMap::new(),
            known: RefCell::default(),
            children: RefCell::default(),
        };
        for (file, body) in project.folders.get(folder).into_iter().flatten() {
            for block in &body.blocks {
                module.declare(*file, block);
            }
        }
        module
    }

    fn declare(&mut self, file: u32, block: &'a Block) {
        match (block.kind.as_str(), block.labels.as_slice()) {
            ("variable", [name]) => _ = self.variables.insert(name, (file, block)),
            ("output", [name]) => _ = self.outputs.insert(name, (file, block)),
            ("module", [name]) => _ = self.calls.insert(name, (file, block)),
            ("locals", []) => {
                for attribute in &block.body.attributes {
                    self.locals.insert(&attribute.name, (file, attribute));
                }
            }
            ("resource", [kind, name]) => _ = self.resources.insert(format!("{kind}.{name}"), (file, block)),
            ("data", [kind, name]) => _ = self.resources.insert(format!("data.{kind}.{name}"), (file, block)),
            _ => {}
        }
    }

    /// Names of the modules it calls.
    pub(super) fn calls(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.calls.keys().copied().collect();
        names.sort_unstable();
        names
    }

    fn once(&self, key: String, make: impl FnOnce() -> Val, what: &str) -> Val {
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone().unwrap_or_else(|| Val::unknown(format!("`{what}` refers to itself"), <_>::default()));
        }
        self.known.borrow_mut().insert(key.clone(), None);
        let value = make();
        self.known.borrow_mut().insert(key, Some(value.clone()));
        value
    }

    /// `var.name`
    pub(super) fn variable(&self, name: &str, scope: &Scope<'_, 'a>) -> Val {
        let Some((file, block)) = self.variables.get(name) else {
            return match self.tfvars.get(name) {
                Some(value) => value.clone(),
                None => Val::unknown(format!("variable `{name}` is not declared here"), <_>::default()),
            };
        };
        let given = match &self.arguments {
            Some(arguments) => arguments.get(name),
            None => self.tfvars.get(name),
        };
        if let Some(value) = given {
            return value.clone();
        }
        match block.body.attribute("default") {
            Some(default) => self.once(
                format!("var.{name}"),
                || scope.root(self, *file).eval(&default.value),
                &format!("var.{name}"),
            ),
            None => {
                let place = crate::value::Place::new(*file, block.start, block.head);
                Val::given(format!("variable `{name}` has no default"), place)
            }
        }
    }

    /// `local.name`
    pub(super) fn local(&self, name: &str, scope: &Scope<'_, 'a>) -> Val {
        let Some((file, attribute)) = self.locals.get(name) else {
            return Val::unknown(format!("`local.{name}` is not declared here"), <_>::default());
        };
        self.once(format!("local.{name}"), || scope.root(self, *file).eval(&attribute.value), &format!("local.{name}"))
    }

    /// `module.name.output`
    pub(super) fn output(&self, name: &str, output: &str, scope: &Scope<'_, 'a>) -> Val {
        let address = format!("{}module.{name}", self.prefix);
        let Some(child) = self.child(name, scope) else {
            return Val::reference(&address, &format!(".{output}"), <_>::default());
        };
        match child.outputs.get(output).and_then(|(file, block)| Some((file, block.body.attribute("value")?))) {
            Some((file, value)) => child.once(
                format!("output.{output}"),
                || scope.root(&child, *file).eval(&value.value),
                &format!("{address}.{output}"),
            ),
            None => Val::unknown(format!("module `{name}` has no output `{output}`"), <_>::default()),
        }
    }

    /// The module that is called under this name, if it is in the tree.
    pub(super) fn child(&self, name: &str, scope: &Scope<'_, 'a>) -> Option<Rc<Module<'a>>> {
        if let Some(known) = self.children.borrow().get(name) {
            return known.clone();
        }
        self.children.borrow_mut().insert(name.to_string(), None);
        let child = self.load(name, scope).map(Rc::new);
        self.children.borrow_mut().insert(name.to_string(), child.clone());
        child
    }

    fn load(&self, name: &str, scope: &Scope<'_, 'a>) -> Option<Module<'a>> {
        let (file, block) = *self.calls.get(name)?;
        if self.depth >= MAX_MODULE_DEPTH || self.project.modules.get() > MAX_MODULES {
            return None;
        }
        let caller = scope.root(self, file);
        let source = caller.eval(&block.body.attribute("source")?.value);
        let folder = join(&self.folder, source.as_str().filter(|source| source.starts_with('.'))?)?;
        self.project.folders.contains_key(&folder).then_some(())?;
        if caller.is_absent(block) {
            return None;
        }
        let caller = caller.first_instance(block);
        let given = block.body.attributes.iter().filter(|attribute| {
            !matches!(attribute.name.as_str(), "source" | "version" | "count" | "for_each" | "depends_on" | "providers")
        });
        let arguments = given.map(|attribute| (attribute.name.clone(), caller.eval(&attribute.value))).collect();
        let prefix = format!("{}module.{name}.", self.prefix);
        Some(Module::new(self.project, &folder, prefix, self.depth + 1, Some(arguments), HashMap::new()))
    }

    /// Directory of a called module, whether or not it is in the tree.
    pub(super) fn call_block(&self, name: &str) -> Option<(u32, &'a Block)> {
        self.calls.get(name).copied()
    }
}

/// `folder` and a relative way from it, without `.` and `..`; none if it leads out of the tree.
pub(crate) fn join(folder: &str, way: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in way.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a file.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
