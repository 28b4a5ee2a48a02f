//! CloudFormation and SAM: resources with their intrinsic functions resolved as far as the template decides them.

use std::collections::HashMap;

use redan_document::{Node, Value};

use crate::model::Draft;
use crate::value::{Data, Place, Val, from_node};

/// How deep functions nest.
const MAX_DEPTH: usize = 40;

struct Template<'a> {
    file: u32,
    parameters: HashMap<&'a str, &'a Node>,
    conditions: Option<&'a Node>,
    mappings: Option<&'a Node>,
    globals: Option<&'a Node>,
}

/// Every resource of one template.
pub(crate) fn resources(root: &Node, file: u32) -> Vec<Draft> {
    let parameters = root.get("Parameters").and_then(Node::as_map).into_iter().flatten();
    let template = Template {
        file,
        parameters: parameters.map(|pair| (pair.key.as_str(), &pair.value)).collect(),
        conditions: root.get("Conditions"),
        mappings: root.get("Mappings"),
        globals: root.get("Globals"),
    };
    let mut out = Vec::new();
    for pair in root.get("Resources").and_then(Node::as_map).into_iter().flatten() {
        let Some(native) = pair.value.get("Type").and_then(Node::as_str) else { continue };
        let condition = pair.value.get("Condition").and_then(Node::as_str);
        if condition.is_some_and(|name| template.condition(name, 0) == Some(false)) {
            continue;
        }
        let place = Place::new(file, pair.key_span.start, pair.key_span.end);
        let mut attributes = pair.value.get("Properties").map(|node| template.value(node, 0)).unwrap_or_default();
        if !matches!(attributes.data, Data::Map(_)) {
            attributes = Val::map(Vec::new(), place);
        }
        if native == "AWS::Serverless::Function"
            && let Some(global) = template.globals.and_then(|globals| globals.get("Function"))
        {
            for entry in template.value(global, 0).entries() {
                if attributes.get(&entry.key).is_none() {
                    attributes.insert(&entry.key, entry.value.clone());
                }
            }
        }
        let name = pair.key.clone();
        out.push(Draft { native: native.to_string(), address: name.clone(), name, place, attributes });
    }
    out
}

/// The function a node calls, and its argument.
fn function(node: &Node) -> Option<(String, &Node)> {
    if let Value::Tagged(tag, inner) = &node.value {
        return Some((tag.trim_start_matches('!').to_string(), inner));
    }
    match node.as_map()? {
        [only] if only.key == "Ref" || only.key == "Condition" => Some((only.key.clone(), &only.value)),
        [only] => Some((only.key.strip_prefix("Fn::")?.to_string(), &only.value)),
        _ => None,
    }
}

impl Template<'_> {
    fn place(&self, node: &Node) -> Place {
        Place::new(self.file, node.span.start, node.span.end)
    }

    fn value(&self, node: &Node, depth: usize) -> Val {
        if depth > MAX_DEPTH {
            return Val::unknown("functions nest too deeply", self.place(node));
        }
        from_node(node, self.file, &mut |node| {
            let (name, argument) = function(node)?;
            Some(self.call(&name, argument, self.place(node), depth + 1))
        })
    }

    fn call(&self, name: &str, argument: &Node, place: Place, depth: usize) -> Val {
        let value = |node: &Node| self.value(node, depth);
        match name {
            "Ref" => self.reference(argument.as_str().unwrap_or_default(), "", place),
            "GetAtt" => {
                let (target, attribute) = match argument.as_list() {
                    Some([target, rest @ ..]) => {
                        let rest: Vec<&str> = rest.iter().filter_map(Node::as_str).collect();
                        (target.as_str().unwrap_or_default(), rest.join("."))
                    }
                    _ => {
                        let text = argument.as_str().unwrap_or_default();
                        text.split_once('.').map_or((text, String::new()), |(a, b)| (a, b.to_string()))
                    }
                };
                Val::reference(target, &format!(".{attribute}"), place)
            }
            "If" => match argument.as_list() {
                Some([condition, yes, no]) => match condition.as_str().and_then(|name| self.condition(name, depth)) {
                    Some(true) => value(yes),
                    Some(false) => value(no),
                    None => {
                        let (yes, no) = (value(yes), value(no));
                        if yes.data == no.data {
                            return yes;
                        }
                        let name = condition.as_str().unwrap_or_default();
                        let reason = format!("it depends on the condition `{name}`");
                        let sure = !yes.is_null() && !no.is_null();
                        if sure { Val::given(reason, place) } else { Val::unknown(reason, place) }
                    }
                },
                _ => Val::unknown("`Fn::If` could not be read", place),
            },
            "Sub" => {
                let (text, own) = match argument.as_list() {
                    Some([text, own, ..]) => (text.as_str(), Some(own)),
                    _ => (argument.as_str(), None),
                };
                self.substitute(text.unwrap_or_default(), own, place, depth)
            }
            "Join" => match argument.as_list() {
                Some([separator, parts]) => {
                    let parts = value(parts);
                    let known: Vec<&str> =
                        parts.items().iter().map(|part| part.text_or_partial().unwrap_or("\u{0}")).collect();
                    let text = known.join(separator.as_str().unwrap_or_default());
                    let mut out = Val::template(text, "a part of it is known when it is deployed", place);
                    out.origin = parts.items().iter().find_map(|part| part.origin.clone());
                    out
                }
                _ => Val::given("`Fn::Join` could not be read", place),
            },
            "Select" => match argument.as_list() {
                Some([index, items]) => {
                    let items = value(items);
                    let index = value(index).scalar().and_then(|index| index.parse::<usize>().ok());
                    let found = index.and_then(|index| items.items().get(index)).cloned();
                    found
                        .filter(|_| items.unknown_reason().is_none())
                        .unwrap_or_else(|| Val::given("it is one of several", place))
                }
                _ => Val::given("`Fn::Select` could not be read", place),
            },
            "FindInMap" => self.mapped(argument, depth).unwrap_or_else(|| Val::given("it depends on a mapping", place)),
            "ToJsonString" | "Base64" => value(argument),
            "Equals" | "And" | "Or" | "Not" | "Condition" => match self.truth(name, argument, depth) {
                Some(known) => Val::bool(known, place),
                None => Val::given("a condition that the template does not decide", place),
            },
            _ => Val::given(format!("`{name}` is known when it is deployed"), place),
        }
    }

    fn reference(&self, name: &str, attribute: &str, place: Place) -> Val {
        if name == "AWS::NoValue" {
            return Val::new(Data::Null, place);
        }
        match self.parameters.get(name) {
            Some(parameter) => match parameter.get("Default") {
                Some(default) if parameter.get("NoEcho").and_then(Node::as_bool) != Some(true) => {
                    let mut value = self.value(default, MAX_DEPTH / 2);
                    value.place = place;
                    value
                }
                Some(default) => self.value(default, MAX_DEPTH / 2),
                None => Val::given(format!("parameter `{name}` has no default"), place),
            },
            None if name.starts_with("AWS::") => Val::given(format!("`{name}` is known when it is deployed"), place),
            None => Val::reference(name, attribute, place),
        }
    }

    fn substitute(&self, text: &str, own: Option<&Node>, place: Place, depth: usize) -> Val {
        let mut out = String::new();
        let mut rest = text;
        let mut origin = None;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else { break };
            rest = tail;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let value = match own.and_then(|own| own.get(name)) {
                Some(node) => self.value(node, depth),
                None => {
                    let (target, attribute) = name.split_once('.').unwrap_or((name, ""));
                    self.reference(target, attribute, place)
                }
            };
            out.push_str(value.text_or_partial().unwrap_or("\u{0}"));
            origin = origin.or(value.origin);
        }
        out.push_str(rest);
        let mut value = Val::template(out, "a part of it is known when it is deployed", place);
        value.origin = origin;
        value
    }

    fn mapped(&self, argument: &Node, depth: usize) -> Option<Val> {
        let mut node = self.mappings?;
        for key in argument.as_list()? {
            let key = self.value(key, depth);
            node = node.get(key.scalar()?)?;
        }
        Some(self.value(node, depth))
    }

    fn condition(&self, name: &str, depth: usize) -> Option<bool> {
        let node = self.conditions?.get(name)?;
        let (function, argument) = function(node)?;
        self.truth(&function, argument, depth + 1)
    }

    /// What a condition comes to; parameters count by their default only where nothing else can be given.
    fn truth(&self, name: &str, argument: &Node, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let inner = |node: &Node| {
            let (name, argument) = function(node)?;
            self.truth(&name, argument, depth + 1)
        };
        match name {
            "Condition" => self.condition(argument.as_str()?, depth + 1),
            "Equals" => {
                let [a, b] = argument.as_list()? else { return None };
                if self.chosen(a) || self.chosen(b) {
                    return None;
                }
                let (a, b) = (self.value(a, depth), self.value(b, depth));
                Some(a.scalar()? == b.scalar()?)
            }
            "Not" => inner(argument.at(0)?).map(|known| !known),
            "And" => {
                let all: Vec<Option<bool>> = argument.as_list()?.iter().map(inner).collect();
                if all.contains(&Some(false)) {
                    Some(false)
                } else {
                    all.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            "Or" => {
                let all: Vec<Option<bool>> = argument.as_list()?.iter().map(inner).collect();
                if all.contains(&Some(true)) {
                    Some(true)
                } else {
                    all.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            _ => None,
        }
    }

    /// Whether a value is a parameter: what is deployed may be another than the default.
    fn chosen(&self, node: &Node) -> bool {
        function(node).is_some_and(|(name, argument)| {
            name == "Ref" && argument.as_str().is_some_and(|name| self.parameters.contains_key(name))
        })
    }
}
