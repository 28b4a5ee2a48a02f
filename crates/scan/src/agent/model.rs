//! What there is: the typed things that configurations and skills describe.

use std::ops::Range;

/// How a server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A process that is started.
    Stdio,
    /// An address.
    Http,
    /// Neither is said.
    Unknown,
}

/// A value with the place where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its name: a variable, a header; empty for an argument.
    pub name: String,
    /// The value.
    pub value: String,
    /// Bytes of the file.
    pub span: Range<usize>,
}

/// An MCP server as a client starts or reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct McpServer {
    /// What the client calls it.
    pub name: String,
    /// How it is reached.
    pub transport: Transport,
    /// The command and its arguments.
    pub command: Vec<Placed>,
    /// Environment variables.
    pub env: Vec<Placed>,
    /// Its address.
    pub url: Option<Placed>,
    /// Headers that are sent to it.
    pub headers: Vec<Placed>,
    /// Tools that run without being asked about; `*` for all.
    pub auto_approve: Vec<Placed>,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Bytes of the file.
    pub span: Range<usize>,
}

/// A tool as a server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its description and those of its parameters.
    pub description: String,
    /// Bytes of the file.
    pub span: Range<usize>,
}

/// A command that runs by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// When it runs.
    pub event: String,
    /// What runs.
    pub command: String,
    /// Bytes of the file.
    pub span: Range<usize>,
}

/// Something that belongs to the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asset {
    /// A file of settings.
    Config,
    /// A server.
    Server(McpServer),
    /// A tool.
    Tool(Tool),
    /// A skill: its name and description.
    Skill(String, String),
    /// A hook.
    Hook(Hook),
    /// Instructions.
    Instructions,
}
