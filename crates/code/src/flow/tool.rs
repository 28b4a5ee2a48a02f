//! Functions that a model may call: what they are said to do, what they do, and which agent has which.

mod errand;
mod named;
mod told;

pub(super) use errand::{Errand, Listing};

use std::rc::Rc;
use std::sync::Arc;

use super::heap::{Kind, Object, ObjectId};
use super::project::{Project, Read};
use super::record::{Args, is_fixed_host};
use super::run::{Frame, Run};
use super::value::{Callable, ClassRef, Constant, Value};
use super::{Deed, Place, Team, Tool};
use crate::Language;
use crate::ir::{Arg, Expr, ExprKind, FunctionId, Param, Span, StmtKind};
use crate::specs::{Record, Table, Verb, names_private};

/// Tools of one file, and agents of one file, that are kept.
const MOST: usize = 200;
/// Deeds of one tool that are kept.
const DEEDS: usize = 50;

/// The name of a text that begins with what is configured.
pub(super) const CONFIGURED: &str = "begins as configured!";
/// Beginnings of the names of what is configured.
const SETTINGS: &[&str] = &[
    "process.env",
    "import.meta.env",
    "Deno.env",
    "os.environ",
    "os.getenv",
    "self.",
    "this.",
    "settings.",
    "config.",
];

/// A tool on its way.
#[derive(Debug, Clone)]
pub(super) struct Known {
    of: (usize, FunctionId),
    name: String,
    about: String,
    way: String,
    switches: Vec<(String, bool)>,
    deeds: Vec<Deed>,
    /// Of one of many that a function answers for: its branch there or its own function, and its name.
    spans: Option<(Span, Span)>,
}

/// An agent on its way.
#[derive(Debug)]
pub(super) struct Group {
    callee: String,
    place: Place,
    members: Vec<Member>,
}

#[derive(Debug, PartialEq, Eq)]
enum Member {
    /// A function, and its name and what the model is told about it where that stands apart from it.
    Own((usize, FunctionId), String, String),
    Library(String),
}

/// Whether a text may make an agent: then what it imports is read, too.
pub(super) fn makes_team(text: &str, language: Language) -> bool {
    let words = ["tools=", "tools =", "tools:", "tools,", "tools }", "bind_tools", "bindTools", "ToolNode"];
    Table::of_deeds(language).is_some()
        && memchr::memmem::find(text.as_bytes(), b"ool").is_some()
        && words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// What is asked of tools, if the file in question may know of any.
pub(super) fn table(project: &Project<'_>, files: &[(usize, Arc<Read>)], language: Language) -> Option<&'static Table> {
    let text = project.text(files.first()?.0).as_bytes();
    let is_about = ["tool", "Tool"].iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some());
    if is_about { Table::of_deeds(language) } else { None }
}

impl<'u> Run<'u> {
    /// A function that its decorator or base class makes a tool.
    pub(super) fn offered(&mut self, id: FunctionId, way: &str) {
        self.keep(Known::new((0, id), way), &[]);
    }

    /// A function that is handed to a library as a tool.
    pub(super) fn handed_over(&mut self, callable: &Callable<'u>, way: &str, args: &'u [Arg]) {
        let of = (callable.unit, callable.function);
        self.keep(Known::new(of, way), args);
        self.handed = Some(of);
    }

    /// Keeps a tool with what is said of it: where it is handed over, in its decorators, its class, its documentation.
    fn keep(&mut self, mut known: Known, args: &'u [Arg]) {
        let Some(function) = self.function(known.of.0, known.of.1) else { return };
        let offers_text = ["resource", "prompt"].iter().any(|word| last_name(&known.way).to_lowercase().contains(word));
        if self.deeds.is_none()
            || offers_text
            || self.tools.len() >= MOST
            || self.tools.iter().any(|t| t.of == known.of)
        {
            return;
        }
        let decorators = function.decorators.iter().filter_map(|decorator| match &decorator.kind {
            ExprKind::Call { args, .. } => Some(args.as_slice()),
            _ => None,
        });
        for args in std::iter::once(args).chain(decorators) {
            known.told(args);
            for arg in args {
                if let ExprKind::Name(name) = &arg.value.kind {
                    known.within_named(self.given_on_load(known.of.0, name));
                }
            }
        }
        let class = function.class.and_then(|class| self.unit(known.of.0)?.classes.get(class as usize));
        let class = class.filter(|_| runs(&function.name));
        for field in class.into_iter().flat_map(|class| &class.fields) {
            known.entry(&field.name, field.value.as_ref(), 0);
        }
        if known.name.is_empty() {
            let own = class.map_or(&function.name, |class| &class.name);
            known.name = (if own.is_empty() { self.frame.target } else { own.as_str() }).into();
        }
        let doc = function.doc.as_ref().or_else(|| class?.doc.as_ref());
        if known.about.is_empty() {
            known.about = doc.map(|(text, _)| text.clone()).unwrap_or_default();
        }
        if answers_for_many(&known.way) {
            (known.name, known.about) = (String::new(), String::new());
        }
        self.tools.push(known);
    }

    /// What a file gives a name where it is loaded.
    fn given_on_load(&self, unit: usize, name: &str) -> Option<&'u Expr> {
        self.function(unit, 0)?.body.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Assign { targets, value, .. } => {
                let is_it = |target: &Expr| matches!(&target.kind, ExprKind::Name(target) if target == name);
                targets.iter().any(is_it).then_some(value)
            }
            _ => None,
        })
    }

    /// The object that a call gives which was handed a tool.
    pub(super) fn as_tool(&mut self, object: Option<ObjectId>) -> Option<ObjectId> {
        let Some(tool) = self.handed.take() else { return object };
        let id = object.unwrap_or_else(|| self.heap.add(Object { open: true, ..Object::new(Kind::Instance) }));
        if let Some(object) = self.heap.get_mut(id) {
            object.tool = Some(tool);
        }
        Some(id)
    }

    /// What a call is to the tool that makes it, and whether it makes an agent.
    pub(super) fn consult(&mut self, path: &str, receiver: Option<&Value<'u>>, values: &Args<'u>, span: Span) {
        let Some(table) = self.deeds else { return };
        let acts = self.acting().is_some();
        for record in table.find(path) {
            match &record.verb {
                Verb::Check(kinds) if acts && self.holds(record, receiver, values) => {
                    // Files of its own, such as those of a cache, are the tool's to remove.
                    let chosen = || {
                        receiver.into_iter().chain(values.iter().map(|(_, value)| value)).any(|it| self.is_chosen(it))
                    };
                    match kinds.as_str() {
                        "deletes-file" if chosen() => self.does("deletes", path, span),
                        "deletes-file" => self.does("deletes-own", path, span),
                        kinds => self.does(kinds, path, span),
                    }
                }
                Verb::Use(_) if self.recording => self.teams_up(record, path, receiver, values, span),
                _ => {}
            }
        }
        // What is asked of a path opens nothing.
        let asks =
            ["startswith", "endswith", "startsWith", "endsWith", "includes", "match", "test", "indexOf", "search"];
        if acts && !asks.contains(&last_name(path)) && values.iter().any(|(_, value)| is_private(value)) {
            self.does("secrets", path, span);
        }
    }

    /// What a call of which no body is known is by its name.
    pub(super) fn does_by_name(&mut self, path: &str, values: &Args<'u>, span: Span) {
        if self.deeds.is_none() || self.acting().is_none() {
            return;
        }
        let entry =
            || matches!(values.as_slice(), [(None, one)] if self.heap.of(one).is_some_and(|it| it.kind == Kind::Map));
        // `bucket.delete()`, `repos.delete({ owner, repo })`: of a set or a map it is given a key.
        let whole = match last_name(path) {
            "delete" => values.iter().all(|(name, _)| name.is_some()) || entry(),
            "drop" => values.is_empty(),
            _ => false,
        };
        if whole && path.contains('.') {
            self.does("deletes", path, span);
        } else if let Some(kind) = named::by_name(path) {
            self.does(kind, path, span);
        }
    }

    /// A path that a tool puts together of these parts.
    pub(super) fn joins(&mut self, part: &Value<'u>, span: Span) {
        if self.deeds.is_some() && self.acting().is_some() && is_private(part) {
            self.does("secrets", "pathlib.Path()", span);
        }
    }

    /// Whether a text that is put together begins with what the environment or an object's own setting says.
    pub(super) fn begins_as_configured(&self, left: &Value<'u>, right: &Value<'u>) -> bool {
        if self.deeds.is_none() {
            return false;
        }
        let is_nothing = matches!(&left.constant, Some(Constant::Text(text)) if text.is_empty());
        let first = if is_nothing { right } else { left };
        let path = first.path.as_deref().unwrap_or_default();
        path == CONFIGURED
            || first.constant.is_none()
                && !self.is_chosen(first)
                && SETTINGS.iter().any(|start| path.starts_with(start))
    }

    /// Whether whoever calls the tool has a say in a value.
    fn is_chosen(&self, value: &Value<'u>) -> bool {
        let origins = self.heap.origins(value);
        origins.iter().any(|origin| !matches!(origin.label, "local" | "constant" | "mac" | "unknown"))
    }

    /// What reaching a sink is to the tool that does so.
    pub(super) fn does_at(&mut self, class: &str, path: &str, given: &[Value<'u>], values: &Args<'u>, span: Span) {
        if self.deeds.is_none() || self.acting().is_none() {
            return;
        }
        let text = |value: &Value<'u>| match &value.constant {
            Some(Constant::Text(text)) => text.to_ascii_lowercase(),
            _ => value.prefix.as_deref().unwrap_or_default().to_ascii_lowercase(),
        };
        let is_open = given.iter().any(|value| !value.is_written());
        let last = last_name(path);
        match class {
            "shell" | "command" | "argument" => match program(given, values, self).as_deref() {
                Some("rm" | "rmdir" | "shred" | "unlink") => self.does("deletes", path, span),
                Some("curl" | "wget" | "nc" | "scp" | "rsync" | "ftp") => self.does("network,sends", path, span),
                _ if is_open && class != "argument" => self.does("runs", path, span),
                _ => {}
            },
            "code" if is_open => self.does("runs", path, span),
            "url" => {
                let is_set = |value: &Value<'u>| {
                    value.path.as_deref() == Some(CONFIGURED)
                        || self.heap.origins(value).iter().any(|origin| origin.label == "local")
                };
                let elsewhere = given.iter().any(|value| {
                    self.is_chosen(value) && !is_set(value) && !is_fixed_host(value.prefix.as_deref(), "url")
                });
                self.does(if elsewhere { "fetches,sends-to" } else { "network" }, path, span);
                if matches!(last, "post" | "put" | "patch") {
                    self.does("sends", path, span);
                }
            }
            "sql" => {
                let first = given.first().map(text).unwrap_or_default();
                let takes = ["delete ", "drop ", "truncate "].iter().any(|word| first.trim_start().starts_with(word));
                self.does(if takes { "deletes" } else { "reads" }, path, span);
            }
            "nosql" => self.does("reads", path, span),
            "path" if is_open => {
                let mode = values.iter().skip(1).map(|(_, value)| text(value));
                let writes = mode.into_iter().any(|mode| mode.len() <= 3 && mode.contains(['w', 'a', 'x', '+']));
                // An empty folder is no change that anybody would miss to be told of.
                if ["mkdir", "makedirs", "mkdirSync", "ensureDir"].contains(&last) {
                    return;
                }
                let makes = ["write", "copy", "rename", "save", "append", "create", "move", "touch"]
                    .iter()
                    .any(|word| last.to_ascii_lowercase().starts_with(word));
                self.does(if writes || makes { "writes" } else { "reads" }, path, span);
            }
            _ => {}
        }
    }

    /// The tool that what runs belongs to, by its place among those known.
    fn acting(&self) -> Option<usize> {
        self.stack.iter().rev().find_map(|at| self.tools.iter().position(|tool| tool.of == *at))
    }

    fn does(&mut self, kinds: &'static str, path: &str, span: Span) {
        let place = self.place(span);
        let Some(at) = self.acting().map(|at| self.on_errand(at)) else { return };
        let Some(tool) = self.tools.get_mut(at) else { return };
        for kind in kinds.split(',') {
            let is_known = tool.deeds.iter().any(|deed| deed.kind == kind && deed.place == place);
            if tool.deeds.len() < DEEDS && !is_known {
                tool.deeds.push(Deed { kind, callee: path.to_owned(), place });
            }
        }
    }

    fn teams_up(
        &mut self,
        record: &'static Record,
        path: &str,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
        span: Span,
    ) {
        let given: Vec<Value<'u>> = record.args.iter().filter_map(|arg| self.argument(arg, receiver, values)).collect();
        let lists = given.iter().filter_map(|value| self.heap.of(value));
        let elements: Vec<Value<'u>> = lists.flat_map(|list| list.items.values().cloned()).take(MOST).collect();
        let mut members = Vec::new();
        for element in elements {
            for member in self.members(&element) {
                if !members.contains(&member) {
                    members.push(member);
                }
            }
        }
        let place = self.place(span);
        // What was entered while its names were not there yet is looked at anew.
        let owns = |members: &[Member]| members.iter().any(|member| matches!(member, Member::Own(..)));
        if owns(&members) {
            self.teams.retain(|team| team.place != place || owns(&team.members));
        }
        // What makes the agent and what runs it are both handed its tools.
        let is_known = self.teams.iter().any(|team| team.place == place || team.members == members);
        if members.is_empty() || is_known || self.teams.len() >= MOST {
            return;
        }
        self.teams.push(Group { callee: path.to_owned(), place, members });
    }

    /// What one element of a list of tools stands for.
    fn members(&self, value: &Value<'u>) -> Vec<Member> {
        let own = |of: (usize, FunctionId)| Member::Own(of, String::new(), String::new());
        if let Some(callable) = &value.callable {
            return vec![own((callable.unit, callable.function))];
        }
        let object = self.heap.of(value);
        if let Some(tool) = object.and_then(|object| object.tool) {
            return vec![own(tool)];
        }
        if let Some(object) = object.filter(|object| object.kind == Kind::Map) {
            return self.described(object).into_iter().collect();
        }
        if let Some(class) = object.and_then(|object| object.class).or(value.class) {
            let Some(known) = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize)) else {
                return Vec::new();
            };
            // Of a kit every method is a tool.
            let is_kit = known.bases.iter().any(|base| base.ends_with("Toolkit"));
            let name = |id: FunctionId| self.function(class.unit, id).map_or("", |function| &function.name);
            let methods = known.methods.iter().copied();
            let found = methods.filter(|id| runs(name(*id)) || is_kit && !name(*id).starts_with('_'));
            return found.take(if is_kit { MOST } else { 1 }).map(|id| own((class.unit, id))).collect();
        }
        value.path.as_deref().map(|path| Member::Library(path.to_owned())).into_iter().collect()
    }

    /// `{"name": "f", …}`, `{"function": {"name": "f", …}}`: the function of that name, or what a table has under it.
    fn described(&self, object: &Object<'u>) -> Option<Member> {
        let inner = object.items.get("function").and_then(|inner| self.heap.of(inner)).unwrap_or(object);
        let text = |key: &str| match &inner.items.get(key)?.constant {
            Some(Constant::Text(text)) => Some(text.to_string()),
            _ => None,
        };
        let name = text("name")?;
        let named = self.modules.iter().find_map(|names| names.get(name.as_str())?.callable.clone());
        let listed = |value: &Rc<Value<'u>>| self.heap.of(value)?.items.get(name.as_str())?.callable.clone();
        let named = named.or_else(|| self.modules.iter().flat_map(|names| names.values()).find_map(listed))?;
        Some(Member::Own((named.unit, named.function), name, text("description").unwrap_or_default()))
    }

    /// Runs what agents are given and nothing made a tool of, once, for what it does.
    pub(super) fn try_out(&mut self) {
        let members = self.teams.iter().flat_map(|team| &team.members);
        let own: Vec<((usize, FunctionId), String, String)> = members
            .filter_map(|member| match member {
                Member::Own(of, name, about) => Some((*of, name.clone(), about.clone())),
                Member::Library(_) => None,
            })
            .collect();
        self.recording = false;
        for (of, name, about) in own {
            let Some(function) = self.function(of.0, of.1).filter(|_| !self.tools.iter().any(|tool| tool.of == of))
            else {
                continue;
            };
            self.keep(Known { name, about, ..Known::new(of, "") }, &[]);
            let file = self.units.get(of.0).map_or(0, |(file, _)| *file);
            let params = function.params.iter().filter(|param| !param.is_receiver);
            let handed = params.map(|param| (None, Value::origin("tool", Place { file, span: param.span }))).collect();
            let class = function.class.map(|class| ClassRef { unit: of.0, class });
            let receiver = class.and_then(|class| self.instance(class));
            let callable = Callable { unit: of.0, function: of.1, receiver, env: self.seen(of.0, of.1) };
            self.stack.clear();
            self.frame = Frame { unit: of.0, function: of.1, ..Frame::default() };
            self.enter(&callable, &handed);
        }
    }

    /// The tools of the file, and its agents with what each of their tools does.
    pub(super) fn offers(&mut self) -> (Vec<Tool>, Vec<Team>) {
        let (known, groups) = (std::mem::take(&mut self.tools), std::mem::take(&mut self.teams));
        let of_library = |path: &str, place: Place| {
            let records = self.deeds.into_iter().flat_map(|table| table.find(path));
            let kinds = records.filter_map(|record| match &record.verb {
                Verb::Check(kinds) => Some(kinds.split(',')),
                _ => None,
            });
            let deeds: Vec<Deed> = kinds.flatten().map(|kind| Deed { kind, callee: path.to_owned(), place }).collect();
            let tool = Tool { name: last_name(path).to_owned(), place, deeds, ..Tool::default() };
            Some(tool).filter(|tool| !tool.deeds.is_empty())
        };
        let team = |group: Group| {
            let tools = group.members.iter().filter_map(|member| match member {
                Member::Own(of, ..) => self.tool(known.iter().find(|tool| tool.of == *of)?.clone()),
                Member::Library(path) => of_library(path, group.place),
            });
            Team { callee: group.callee, place: group.place, tools: tools.collect() }
        };
        let mut teams: Vec<Team> = groups.into_iter().map(team).collect();
        let tools: Vec<Tool> = known
            .into_iter()
            .filter(|known| known.of.0 == 0 || known.spans.is_some())
            .filter_map(|known| self.tool(known))
            .collect();
        teams.extend(servers(&tools));
        (tools, teams)
    }

    fn tool(&self, mut known: Known) -> Option<Tool> {
        let function = self.function(known.of.0, known.of.1)?;
        let listed = known.spans.map(|_| self.look_up(&mut known));
        let Known { of, name, about, way, switches, deeds, spans } = known;
        let (file, _) = self.units.get(of.0)?;
        // A pattern has no name of its own: `({ to, text })`.
        let named = |param: &Param| {
            let written = self.project.text(*file).get(param.span.start as usize..param.span.end as usize);
            let written = written.filter(|_| !param.name.starts_with(char::is_alphabetic)).unwrap_or(&param.name);
            let names = written.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|name| !name.is_empty());
            names.take(20).map(str::to_owned).collect::<Vec<_>>()
        };
        let own = || function.params.iter().filter(|param| !param.is_receiver).flat_map(named).collect();
        let params = listed.unwrap_or_else(own);
        let (span, name_span) = spans.unwrap_or((function.span, function.name_span));
        Some(Tool { name, about, way, switches, params, place: Place { file: *file, span }, name_span, deeds })
    }
}

/// The program that a shell or a list of arguments begins with.
fn program<'u>(given: &[Value<'u>], values: &Args<'u>, run: &Run<'u>) -> Option<String> {
    let first = values.first().map(|(_, value)| value).or_else(|| given.first())?;
    let inner = run.heap.of(first).and_then(|list| list.items.get("0").cloned()).unwrap_or_else(|| first.clone());
    let text = match &inner.constant {
        Some(Constant::Text(text)) => text.to_string(),
        _ => inner.prefix.as_deref()?.to_owned(),
    };
    let word = text.split_whitespace().next()?;
    Some(word.rsplit('/').next().unwrap_or(word).to_ascii_lowercase())
}

/// Whether a value is the path of a file with credentials that stands in the source.
fn is_private(value: &Value<'_>) -> bool {
    // A query or a template is no path.
    let is_path = |text: &str| text.len() < 200 && !text.contains('\n') && text.matches(' ').count() < 3;
    matches!(&value.constant, Some(Constant::Text(text)) if is_path(text) && names_private(text) == Some("private"))
}

/// Servers and agents to which their tools are added one by one.
fn servers(tools: &[Tool]) -> Vec<Team> {
    let mut ways: Vec<&str> = tools.iter().filter_map(|tool| owner(&tool.way)).collect();
    ways.sort_unstable();
    ways.dedup();
    let of_way = |way: &str| {
        let own: Vec<&Tool> = tools.iter().filter(|tool| owner(&tool.way) == Some(way)).collect();
        let place = own.first().map(|tool| Place { span: tool.name_span, ..tool.place }).unwrap_or_default();
        Team { callee: way.to_owned(), place, tools: own.into_iter().cloned().collect() }
    };
    ways.into_iter().map(of_way).collect()
}

/// The object in the program to which a tool is added, if it is one: `mcp` of `mcp.tool()`.
fn owner(way: &str) -> Option<&str> {
    let (owner, _) = way.trim_end_matches("()").rsplit_once('.')?;
    let name = last_name(owner).to_ascii_lowercase();
    let is_one = owner.ends_with("()") || ["mcp", "server", "agent"].iter().any(|word| name.ends_with(word));
    is_one.then_some(owner)
}

/// One function that is handed the name of the tool.
fn answers_for_many(way: &str) -> bool {
    matches!(last_name(way), "call_tool" | "setRequestHandler" | "handle_call_tool_request")
}

/// Whether a method of this name is what runs of a class that is a tool.
fn runs(name: &str) -> bool {
    matches!(name, "_run" | "_arun" | "forward" | "_call" | "call" | "execute" | "run")
}

/// The last name of a path, without the `()` behind it.
fn last_name(path: &str) -> &str {
    let path = path.trim_end_matches("()");
    path.rsplit(['.', '/']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_added_to_servers_and_agents() {
        assert_eq!(owner("mcp.tool()"), Some("mcp"));
        assert_eq!(owner("fastmcp.FastMCP().tool"), Some("fastmcp.FastMCP()"));
        assert_eq!(owner("langchain_core.tools.tool()"), None);
        assert_eq!(owner("tool"), None);
    }
}
