//! Where data goes: an abstract run of each function that follows values from sources to sinks, through the
//! functions, objects and files of a project.

mod call;
mod callback;
mod classes;
mod container;
mod expr;
mod fold;
mod guard;
mod heap;
mod late;
mod leak;
mod project;
mod promise;
mod record;
mod report;
mod run;
mod source;
mod stmt;
mod tool;
mod types;
mod value;

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

pub use leak::is_secret as names_secret;
pub use project::{Project, Source};

use crate::ir::Span;
use value::Value;

/// The run follows the nesting of the source and of calls, both bounded; this leaves room for the bounds.
pub const STACK: usize = 64 << 20;

/// A place in a file of the project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index of the file in the project.
    pub file: usize,
    /// Where in it.
    pub span: Span,
}

/// Something that data reaches, or a call that is weak by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Class of sink (`sql`, `shell`), or kind of weakness (`weak-hash`).
    pub kind: String,
    /// `user`, `model`, `tool`, `retrieved`, `local`, `unknown` for parameters; None for a weakness.
    pub label: Option<&'static str>,
    /// What is called.
    pub callee: String,
    /// Where it comes from.
    pub source: Option<Place>,
    /// Assignments on the way.
    pub steps: Vec<(Place, String)>,
    /// Where it ends.
    pub sink: Place,
    /// The address that it goes to, or what it surely begins with.
    pub target: Option<String>,
    /// Functions of the project that call this one hand nothing untrusted to it: only a stranger could.
    pub called: bool,
    /// Name that the result is given, and the function it stands in.
    pub context: String,
}

impl Flow {
    /// How little is known of who wrote it: of several ways to one place the one with a known stranger counts.
    #[must_use]
    pub fn weight(&self) -> u8 {
        match self.label {
            Some("unknown") => 2,
            Some("local" | "constant") => 1,
            _ => 0,
        }
    }
}

/// A library or service in use.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// What: `model:openai`, `tool:mcp`.
    pub kind: String,
    /// What is called.
    pub callee: String,
    /// Constant arguments that say more, in the order of the record.
    pub names: Vec<String>,
    /// Where.
    pub place: Place,
    /// The function that it stands in.
    pub function: Option<String>,
}

/// Something that a tool does besides giving an answer, by the words of the tables: `deletes`,
/// `deletes-own` (files that nobody chose), `pays`, `sends-to`
/// (whoever its caller names), `sends`, `network`, `fetches` (what strangers write), `reads` (what is not public),
/// `writes`, `runs`, `secrets` (reads them), `asks` (a person).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Which.
    pub kind: &'static str,
    /// What is called.
    pub callee: String,
    /// Where.
    pub place: Place,
}

/// A function that a model may call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tool {
    /// As the model knows it; empty if one function answers for many tools.
    pub name: String,
    /// What the model is told about it.
    pub about: String,
    /// What makes it a tool: a decorator, a base class, or the call that it is handed to.
    pub way: String,
    /// Switches beside it: `readOnlyHint`, `needs_approval`.
    pub switches: Vec<(String, bool)>,
    /// Names of what it is given.
    pub params: Vec<String>,
    /// The whole definition.
    pub place: Place,
    /// Its name in the source.
    pub name_span: Span,
    /// What it does, in order.
    pub deeds: Vec<Deed>,
}

/// An agent, and what it may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// What is called to make it.
    pub callee: String,
    /// Where.
    pub place: Place,
    /// Its tools, of this file or of others.
    pub tools: Vec<Tool>,
}

/// What was found from one file on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Flows and weak calls.
    pub flows: Vec<Flow>,
    /// Libraries and services in use.
    pub uses: Vec<Use>,
    /// Tools that the file defines.
    pub tools: Vec<Tool>,
    /// Agents that it makes.
    pub teams: Vec<Team>,
    /// Why not everything was gone through.
    pub problems: Vec<String>,
}

impl Found {
    /// Nothing, because of a problem.
    fn failed(problem: &str) -> Self {
        Self { problems: vec![format!("flows were not followed: {problem}")], ..Self::default() }
    }
}

/// What is found in one text without its project.
#[must_use]
pub fn flows(path: &str, text: &str) -> Found {
    let project = Project::new(vec![Source { path, text }]);
    project.analyse(0).unwrap_or_default()
}

/// Where what is confidential goes in the first of some texts.
#[must_use]
pub fn leaks(files: &[Source<'_>]) -> Found {
    Project::new(files.to_vec()).leaks(0).unwrap_or_default()
}

thread_local! {
    /// Whether this thread has a stack for deep sources.
    static IS_DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Says that this thread has [`STACK`] bytes: [`with_stack`] starts no other one from it.
pub fn has_stack() {
    IS_DEEP.set(true);
}

/// Runs `inner` with a stack for deep sources: in a thread of its own, unless this one has such a stack.
///
/// # Errors
/// The thread cannot be started.
pub fn with_stack<T: Send>(inner: impl FnOnce() -> T + Send) -> Result<T, String> {
    if IS_DEEP.get() {
        return Ok(inner());
    }
    std::thread::scope(|scope| {
        let inner = || {
            IS_DEEP.set(true);
            inner()
        };
        match std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, inner)
            .map(std::thread::ScopedJoinHandle::join)
        {
            Ok(Ok(value)) => Ok(value),
            // A panic belongs to this file's scan, which reports it.
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(format!("no thread could be started: {error}")),
        }
    })
}

/// What names stand for.
type Names<'u> = HashMap<&'u str, Rc<Value<'u>>, BuildHasherDefault<Quick>>;

/// A short hash for short names, eight bytes at a time; the tables are small, so that chosen collisions cost little.
#[derive(Debug, Clone)]
pub(crate) struct Quick(u64);

impl Quick {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Default for Quick {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        // What a table looks at are the lowest and the highest bits.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        // What is left over at the end is read once more with what stands before it: cheaper than byte by byte.
        if let Some(end) = bytes.last_chunk::<8>() {
            let (words, rest) = bytes.as_chunks::<8>();
            for word in words {
                self.add(u64::from_le_bytes(*word));
            }
            if !rest.is_empty() {
                self.add(u64::from_le_bytes(*end));
            }
        } else if let (Some(start), Some(end)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            self.add(u64::from(u32::from_le_bytes(*start)) << 32 | u64::from(u32::from_le_bytes(*end)));
        } else {
            for byte in bytes {
                self.add(u64::from(*byte));
            }
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }
}

#[cfg(test)]
mod tests;
