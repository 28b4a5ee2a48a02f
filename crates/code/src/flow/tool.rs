//! Functions that a model may call: what they are said to do, what they do, and which agent has which.

use std::sync::Arc;

use super::heap::{Kind, Object, ObjectId};
use super::project::{Project, Read};
use super::record::{Args, is_fixed_host};
use super::run::Run;
use super::value::{Callable, Constant, Value};
use super::{Deed, Place, Team, Tool};
use crate::Language;
use crate::ir::{Arg, Expr, ExprKind, Function, FunctionId, Literal, Span};
use crate::specs::{Record, Table, Verb, names_private};

/// Tools of one file, and agents of one file, that are kept.
const MOST: usize = 200;
/// Deeds of one tool that are kept.
const DEEDS: usize = 50;
/// How far switches are looked for within arguments.
const WITHIN: usize = 4;

/// First words of functions that take something away for good.
const TAKES_AWAY: &[&str] = &["delete", "purge", "wipe", "destroy", "terminate", "erase"];
/// What is gone with all that is in it.
const STORES: &[&str] =
    &["table", "tables", "database", "db", "collection", "index", "indexes", "schema", "keyspace", "user", "tenant"];
/// What is moved by functions that pay.
const MONEY: &[&str] = &["refund", "payment", "payout", "funds", "money", "charge", "transfer"];
/// First words of functions that move it.
const MOVES: &[&str] = &["issue", "create", "send", "make", "process", "execute", "initiate", "submit", "transfer"];

/// A tool on its way.
#[derive(Debug)]
pub(super) struct Known {
    of: (usize, FunctionId),
    name: String,
    about: String,
    way: String,
    switches: Vec<(String, bool)>,
    deeds: Vec<Deed>,
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
    Own((usize, FunctionId)),
    Library(String),
}

/// What is asked of tools, if the file in question may know of any.
pub(super) fn table(project: &Project<'_>, files: &[(usize, Arc<Read>)], language: Language) -> Option<&'static Table> {
    let text = project.text(files.first()?.0).as_bytes();
    let is_about = ["tool", "Tool"].iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some());
    if is_about { Table::of_deeds(language) } else { None }
}

impl<'u> Run<'u> {
    /// A function that its decorator or base class makes a tool.
    pub(super) fn offered(&mut self, function: &'u Function, id: FunctionId, way: &str) {
        let mut known = Known::new((0, id), way);
        for decorator in &function.decorators {
            if let ExprKind::Call { args, .. } = &decorator.kind {
                known.told(args);
            }
        }
        let class = function.class.and_then(|class| self.unit(0)?.classes.get(class as usize));
        for field in class.into_iter().flat_map(|class| &class.fields) {
            known.entry(&field.name, field.value.as_ref(), 0);
        }
        if known.name.is_empty() {
            known.name = class.map_or(&function.name, |class| &class.name).clone();
        }
        let doc = function.doc.as_ref().or_else(|| class?.doc.as_ref());
        self.keep(known, doc.map(|(text, _)| text.as_str()));
    }

    /// A function that is handed to a library as a tool.
    pub(super) fn handed_over(&mut self, callable: &Callable<'u>, way: &str, args: &'u [Arg]) {
        let Some(function) = self.function(callable.unit, callable.function) else { return };
        let of = (callable.unit, callable.function);
        let mut known = Known::new(of, way);
        known.told(args);
        if known.name.is_empty() {
            known.name = if function.name.is_empty() { self.frame.target } else { &function.name }.to_owned();
        }
        self.keep(known, function.doc.as_ref().map(|(text, _)| text.as_str()));
        self.handed = Some(of);
    }

    fn keep(&mut self, mut known: Known, doc: Option<&str>) {
        let offers_text = ["resource", "prompt"].iter().any(|word| last_name(&known.way).to_lowercase().contains(word));
        if self.deeds.is_none()
            || offers_text
            || self.tools.len() >= MOST
            || self.tools.iter().any(|tool| tool.of == known.of)
        {
            return;
        }
        if known.about.is_empty() {
            known.about = doc.unwrap_or_default().to_owned();
        }
        if answers_for_many(&known.way) {
            (known.name, known.about) = (String::new(), String::new());
        }
        self.tools.push(known);
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
                Verb::Check(kinds) if acts && self.holds(record, receiver, values) => self.does(kinds, path, span),
                Verb::Use(_) if self.recording => self.teams_up(record, path, receiver, values, span),
                _ => {}
            }
        }
        let is_private = |(_, value): &(Option<&str>, Value<'u>)| match &value.constant {
            Some(Constant::Text(text)) => names_private(text).is_some(),
            _ => false,
        };
        if acts && values.iter().any(is_private) {
            self.does("secrets", path, span);
        }
    }

    /// What a call of which no body is known is by its name.
    pub(super) fn does_by_name(&mut self, path: &str, span: Span) {
        if self.deeds.is_some()
            && let Some(kind) = by_name(path)
        {
            self.does(kind, path, span);
        }
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
            "shell" | "code" | "command" if is_open => self.does("runs", path, span),
            "url" => {
                let elsewhere =
                    given.iter().any(|value| !value.is_written() && !is_fixed_host(value.prefix.as_deref(), "url"));
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
                let makes =
                    ["write", "mkdir", "makedirs", "copy", "rename", "save", "append", "create", "move", "touch"]
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
        let Some(tool) = self.acting().and_then(|at| self.tools.get_mut(at)) else { return };
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
            let member = self.member(&element);
            members.extend(member.filter(|member| !members.contains(member)));
        }
        let place = self.place(span);
        // What makes the agent and what runs it are both handed its tools.
        let is_known = self.teams.iter().any(|team| team.place == place || team.members == members);
        if members.is_empty() || is_known || self.teams.len() >= MOST {
            return;
        }
        for member in &members {
            self.try_out(member);
        }
        self.teams.push(Group { callee: path.to_owned(), place, members });
    }

    fn member(&self, value: &Value<'u>) -> Option<Member> {
        if let Some(callable) = &value.callable {
            return Some(Member::Own((callable.unit, callable.function)));
        }
        let object = self.heap.of(value);
        if let Some(tool) = object.and_then(|object| object.tool) {
            return Some(Member::Own(tool));
        }
        if let Some(class) = object.and_then(|object| object.class).or(value.class) {
            let methods = &self.unit(class.unit)?.classes.get(class.class as usize)?.methods;
            let runs = |id: &&FunctionId| {
                self.function(class.unit, **id)
                    .is_some_and(|function| matches!(function.name.as_str(), "_run" | "_arun" | "forward" | "_call"))
            };
            return methods.iter().find(runs).map(|id| Member::Own((class.unit, *id)));
        }
        value.path.as_deref().map(|path| Member::Library(path.to_owned()))
    }

    /// Runs a tool of another file once, for what it does.
    fn try_out(&mut self, member: &Member) {
        let Member::Own(of) = *member else { return };
        let Some(function) = self.function(of.0, of.1) else { return };
        if of.0 == 0 || self.tools.iter().any(|tool| tool.of == of) {
            return;
        }
        let mut known = Known::new(of, "");
        known.name.clone_from(&function.name);
        self.keep(known, function.doc.as_ref().map(|(text, _)| text.as_str()));
        let file = self.units.get(of.0).map_or(0, |(file, _)| *file);
        let params = function.params.iter().filter(|param| !param.is_receiver);
        let handed = params.map(|param| (None, Value::origin("tool", Place { file, span: param.span }))).collect();
        let callable = Callable { unit: of.0, function: of.1, receiver: None, env: None };
        let recording = std::mem::replace(&mut self.recording, false);
        self.enter(&callable, &handed);
        self.recording = recording;
    }

    /// The tools of the file, and its agents with what each of their tools does.
    pub(super) fn offers(&mut self) -> (Vec<Tool>, Vec<Team>) {
        let (known, groups) = (std::mem::take(&mut self.tools), std::mem::take(&mut self.teams));
        let table = self.deeds;
        let of_library = |path: &str, place: Place| {
            let records = table.into_iter().flat_map(|table| table.find(path));
            let kinds = records.filter_map(|record| match &record.verb {
                Verb::Check(kinds) => Some(kinds.split(',')),
                _ => None,
            });
            kinds.flatten().map(|kind| Deed { kind, callee: path.to_owned(), place }).collect::<Vec<_>>()
        };
        let team = |group: Group| {
            let tools = group.members.iter().filter_map(|member| match member {
                Member::Own(of) => {
                    known.iter().find(|tool| tool.of == *of).map(|tool| (tool.name.clone(), tool.deeds.clone()))
                }
                Member::Library(path) => {
                    let name = last_name(path).to_owned();
                    Some((name, of_library(path, group.place))).filter(|(_, deeds)| !deeds.is_empty())
                }
            });
            Team { callee: group.callee, place: group.place, tools: tools.collect() }
        };
        let mut teams: Vec<Team> = groups.into_iter().map(team).collect();
        let file = self.units.first().map_or(0, |(file, _)| *file);
        let tool = |known: Known| {
            let function = self.function(0, known.of.1)?;
            let Known { name, about, way, switches, deeds, .. } = known;
            let place = Place { file, span: function.span };
            Some(Tool { name, about, way, switches, place, name_span: function.name_span, deeds })
        };
        let tools: Vec<Tool> = known.into_iter().filter(|known| known.of.0 == 0).filter_map(tool).collect();
        teams.extend(servers(&tools));
        (tools, teams)
    }
}

/// Servers and agents to which their tools are added one by one.
fn servers(tools: &[Tool]) -> Vec<Team> {
    let mut ways: Vec<&str> = tools.iter().filter_map(|tool| owner(&tool.way)).collect();
    ways.sort_unstable();
    ways.dedup();
    let of_way = |way: &str| {
        let own: Vec<&Tool> = tools.iter().filter(|tool| owner(&tool.way) == Some(way)).collect();
        let place = own.first().map(|tool| Place { span: tool.name_span, ..tool.place }).unwrap_or_default();
        let tools = own.into_iter().map(|tool| (tool.name.clone(), tool.deeds.clone())).collect();
        Team { callee: way.to_owned(), place, tools }
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

/// The last name of a path, without the `()` behind it.
fn last_name(path: &str) -> &str {
    let path = path.trim_end_matches("()");
    path.rsplit(['.', '/']).next().unwrap_or(path)
}

/// What a function does by its name alone: `delete_user`, `refundPayment`.
fn by_name(path: &str) -> Option<&'static str> {
    let words = words(last_name(path.strip_suffix("()")?));
    let first = words.first()?.as_str();
    let what = words.get(1)?.as_str();
    if TAKES_AWAY.contains(&first) || matches!(first, "drop" | "truncate") && STORES.contains(&what) {
        return Some("deletes");
    }
    let pays = words.iter().skip(1).any(|word| MONEY.contains(&word.as_str())) && MOVES.contains(&first);
    (pays || matches!(first, "refund" | "payout")).then_some("pays")
}

/// Words of an identifier in any usual spelling, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before = '_';
    for c in name.chars().take(80) {
        if !c.is_alphanumeric() {
            before = '_';
            continue;
        }
        if before == '_' || c.is_uppercase() && before.is_lowercase() {
            out.push(String::new());
        }
        before = c;
        out.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
    }
    out
}

impl Known {
    fn new(of: (usize, FunctionId), way: &str) -> Self {
        Self { of, name: String::new(), about: String::new(), way: way.to_owned(), switches: Vec::new(), deeds: vec![] }
    }

    /// What the arguments of a decorator or of a registration say.
    fn told(&mut self, args: &[Arg]) {
        let texts = args.iter().filter(|arg| arg.name.is_none()).filter_map(|arg| text(&arg.value));
        for (at, text) in texts.take(2).enumerate() {
            let slot = if at == 0 { &mut self.name } else { &mut self.about };
            slot.clear();
            slot.push_str(text);
        }
        for arg in args {
            match &arg.name {
                Some(name) => self.entry(name, Some(&arg.value), 0),
                None => self.within(&arg.value, 0),
            }
        }
    }

    fn entry(&mut self, name: &str, value: Option<&Expr>, depth: usize) {
        let Some(value) = value else { return };
        match (name, text(value), &value.kind) {
            ("name", Some(text), _) if depth < 2 => text.clone_into(&mut self.name),
            ("description", Some(text), _) if depth < 2 => text.clone_into(&mut self.about),
            (_, _, ExprKind::Literal(Literal::Bool(is))) if self.switches.len() < 20 => {
                self.switches.push((name.to_owned(), *is));
            }
            _ => self.within(value, depth),
        }
    }

    fn within(&mut self, value: &Expr, depth: usize) {
        if depth >= WITHIN {
            return;
        }
        match &value.kind {
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    let name = text(key).or(match &key.kind {
                        ExprKind::Name(name) => Some(name.as_str()),
                        _ => None,
                    });
                    self.entry(name.unwrap_or_default(), Some(value), depth + 1);
                }
            }
            ExprKind::Call { args, .. } => {
                for arg in args {
                    self.entry(arg.name.as_deref().unwrap_or_default(), Some(&arg.value), depth + 2);
                }
            }
            ExprKind::Same(inner) | ExprKind::Cast(inner, _) => self.within(inner, depth + 1),
            _ => {}
        }
    }
}

/// A text that stands in the source.
fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        ExprKind::Same(inner) | ExprKind::Cast(inner, _) => text(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_done() {
        assert_eq!(by_name("crm.delete_customer()"), Some("deletes"));
        assert_eq!(by_name("api.issueRefund()"), Some("pays"));
        assert_eq!(by_name("bank.transfer_funds()"), Some("pays"));
        for path in ["cache.delete()", "list_deleted()", "transfer_learning()", "refund_policy", "undelete_user()", "drop_duplicates()"] {
            assert_eq!(by_name(path), None, "{path}");
        }
    }

    #[test]
    fn tools_are_added_to_servers_and_agents() {
        assert_eq!(owner("mcp.tool()"), Some("mcp"));
        assert_eq!(owner("fastmcp.FastMCP().tool"), Some("fastmcp.FastMCP()"));
        assert_eq!(owner("langchain_core.tools.tool()"), None);
        assert_eq!(owner("tool"), None);
    }
}
