//! The words of the table: what a callable can do, and the ways a pickle can use one.

use std::fmt;

/// What calling a dangerous name reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Runs or compiles Python code.
    Code,
    /// Starts a program or a process.
    Process,
    /// Reads files or lists folders.
    FileRead,
    /// Creates, changes or deletes files.
    FileWrite,
    /// Talks to the network.
    Network,
    /// Imports a module, which runs it.
    Import,
    /// Changes the running interpreter: attributes, hooks, threads, signals, exit.
    Interpreter,
    /// Reaches native code or raw memory.
    Native,
    /// Deserialises again, with rules of its own.
    Load,
    /// Hands out or calls arbitrary other callables.
    Resolve,
    /// Uses up memory, time or disk.
    Resource,
    /// Gives away what the host knows: environment, accounts, secrets.
    Disclose,
}

impl Effect {
    /// Every effect, worst first.
    pub const ALL: [Effect; 12] = [
        Effect::Process,
        Effect::Code,
        Effect::Native,
        Effect::Load,
        Effect::Import,
        Effect::Resolve,
        Effect::Network,
        Effect::FileWrite,
        Effect::FileRead,
        Effect::Interpreter,
        Effect::Disclose,
        Effect::Resource,
    ];

    /// The word of the table and of `redan.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Code => "code",
            Effect::Process => "process",
            Effect::FileRead => "file-read",
            Effect::FileWrite => "file-write",
            Effect::Network => "network",
            Effect::Import => "module-import",
            Effect::Interpreter => "interpreter",
            Effect::Native => "native",
            Effect::Load => "load",
            Effect::Resolve => "resolve",
            Effect::Resource => "resource",
            Effect::Disclose => "disclose",
        }
    }

    /// What it does, to follow the name of a callable in a sentence.
    pub fn does(self) -> &'static str {
        match self {
            Effect::Code => "runs Python code",
            Effect::Process => "starts programs",
            Effect::FileRead => "reads files",
            Effect::FileWrite => "writes or deletes files",
            Effect::Network => "opens network connections",
            Effect::Import => "imports modules, which runs them",
            Effect::Interpreter => "changes the running interpreter",
            Effect::Native => "reaches native code or raw memory",
            Effect::Load => "deserialises further data with rules of its own",
            Effect::Resolve => "hands out or calls arbitrary other callables",
            Effect::Resource => "can use up memory, time or disk",
            Effect::Disclose => "gives away what the host knows",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Effect> {
        Effect::ALL.into_iter().find(|effect| effect.name() == name)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One way a pickle uses a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Called with arguments: the opcodes REDUCE, INST and OBJ.
    Reduce,
    /// Its `__new__` is called: NEWOBJ, NEWOBJ_EX, or `copyreg.__newobj__` and `_reconstructor`.
    Newobj,
    /// Only named, as an argument or a value; never called.
    Import,
    /// BUILD on what a call of it returned: attributes or `__setstate__`. Never BUILD on the name itself.
    Build,
}

impl Way {
    /// Every way, in the order of [`Ways`].
    pub const ALL: [Way; 4] = [Way::Reduce, Way::Newobj, Way::Import, Way::Build];

    /// The word of the table and of `redan.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Way::Reduce => "reduce",
            Way::Newobj => "newobj",
            Way::Import => "import",
            Way::Build => "build",
        }
    }
}

/// A set of [`Way`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Ways(u8);

impl Ways {
    /// Called: REDUCE, INST, OBJ.
    pub const REDUCE: Ways = Ways(1);
    /// Made by `__new__`: NEWOBJ, NEWOBJ_EX.
    pub const NEWOBJ: Ways = Ways(2);
    /// Only named.
    pub const IMPORT: Ways = Ways(4);
    /// State set on what a call of it returned.
    pub const BUILD: Ways = Ways(8);
    /// Every way.
    pub const ALL: Ways = Ways(15);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Ways) -> Ways {
        Ways(self.0 | other.0)
    }

    /// Whether every way of `other` is in this set.
    pub const fn contains(self, other: Ways) -> bool {
        self.0 & other.0 == other.0
    }
}

impl From<Way> for Ways {
    fn from(way: Way) -> Ways {
        match way {
            Way::Reduce => Ways::REDUCE,
            Way::Newobj => Ways::NEWOBJ,
            Way::Import => Ways::IMPORT,
            Way::Build => Ways::BUILD,
        }
    }
}

impl fmt::Display for Ways {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Way::ALL.into_iter().filter(|way| self.contains((*way).into())).map(Way::name);
        f.write_str(words.next().unwrap_or("never"))?;
        words.try_for_each(|word| write!(f, " {word}"))
    }
}
