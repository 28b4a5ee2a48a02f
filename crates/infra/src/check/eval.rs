//! Runs checks over a model, in three values.

use std::borrow::Cow;

use redan_domain::{Persona, Severity};

use super::{Check, Comparison, Expr, Operand, Path, Quantifier, State, Term};
use crate::check::Comparison as C;
use crate::container::REST;
use crate::literal;
use crate::model::{Model, Resource};
use crate::value::{Data, HOLE, Place, Val};

/// One place where a check found something.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<'m> {
    /// The resource that is judged.
    pub resource: &'m Resource,
    /// What to point at.
    pub place: Place,
    /// What `say` makes of it, if the check says something.
    pub message: Option<String>,
    /// Why it is not certain; none when it is.
    pub unknown: Option<String>,
    /// Where it is worse or better than the rule says.
    pub severity: Option<Severity>,
    /// Where it concerns somebody else than the rule says.
    pub persona: Option<Persona>,
}

/// True, false, or unknown and why.
#[derive(Debug, Clone, PartialEq)]
enum Tri {
    Yes,
    No,
    Unknown(String),
}

impl Tri {
    fn of(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }
}

/// Everything a check finds.
pub fn run<'m>(check: &Check, model: &'m Model) -> Vec<Hit<'m>> {
    let mut hits = Vec::new();
    for kind in &check.kinds {
        for resource in model.of_kind(kind) {
            let scope = Scope { model, resource, value: &resource.attributes, outer: None, depth: 0 };
            if check.filter.iter().any(|filter| scope.eval(filter) != Tri::Yes) {
                continue;
            }
            let unknown = match scope.all(&check.wrong) {
                Tri::Yes => None,
                Tri::No => continue,
                Tri::Unknown(reason) => Some(reason),
            };
            let place = check.at.as_ref().and_then(|path| scope.place_of(path));
            let place = place.or_else(|| check.wrong.iter().find_map(|wrong| scope.blame(wrong)));
            hits.push(Hit {
                resource,
                place: place.unwrap_or(resource.place),
                message: check.say.as_ref().map(|say| scope.say(say)),
                unknown,
                severity: check.severity.iter().find(|(_, when)| scope.eval(when) == Tri::Yes).map(|(level, _)| *level),
                persona: check.persona.iter().find(|(_, when)| scope.eval(when) == Tri::Yes).map(|(who, _)| *who),
            });
        }
    }
    hits
}

/// What is looked at: a resource or an element of a list in it.
struct Scope<'s, 'm> {
    model: &'m Model,
    resource: &'m Resource,
    value: &'m Val,
    outer: Option<&'s Scope<'s, 'm>>,
    depth: usize,
}

impl<'m> Scope<'_, 'm> {
    fn all(&self, parts: &[Expr]) -> Tri {
        let mut unknown = None;
        for part in parts {
            match self.eval(part) {
                Tri::Yes => {}
                Tri::No => return Tri::No,
                Tri::Unknown(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        unknown.map_or(Tri::Yes, Tri::Unknown)
    }

    fn some(answers: impl Iterator<Item = Tri>) -> Tri {
        let mut unknown = None;
        for answer in answers {
            match answer {
                Tri::Yes => return Tri::Yes,
                Tri::No => {}
                Tri::Unknown(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        unknown.map_or(Tri::No, Tri::Unknown)
    }

    fn eval(&self, expr: &Expr) -> Tri {
        match expr {
            Expr::And(parts) => self.all(parts),
            Expr::Or(parts) => Self::some(parts.iter().map(|part| self.eval(part))),
            Expr::Not(inner) => self.eval(inner).not(),
            Expr::Is(term, state) => self.is(term, *state),
            Expr::Compare(term, comparison, operands) => self.compare(term, *comparison, operands),
            Expr::Quantified(quantifier, path, inner) => self.quantified(*quantifier, path, inner),
            Expr::Exists(kind, inner) => self.exists(kind, inner),
            Expr::Refers(path, target) => self.refers(path, target),
        }
    }

    fn exists(&self, kind: &str, inner: &Expr) -> Tri {
        let answers = self.model.of_kind(kind).map_while(|resource| {
            let scope = Scope {
                model: self.model,
                resource,
                value: &resource.attributes,
                outer: Some(self),
                depth: self.depth + 1,
            };
            self.model.may_compare().then(|| scope.eval(inner))
        });
        match Self::some(answers) {
            Tri::No if self.model.is_exhausted() => Tri::Unknown("there are too many resources to compare".to_string()),
            answer => answer,
        }
    }

    fn quantified(&self, quantifier: Quantifier, path: &Path, inner: &Expr) -> Tri {
        let answers = self.find(path).into_iter().map(|value| match value.unknown_reason() {
            Some(reason) => Tri::Unknown(reason.to_string()),
            None => {
                let scope = Scope {
                    model: self.model,
                    resource: self.resource,
                    value,
                    outer: Some(self),
                    depth: self.depth + 1,
                };
                scope.eval(inner)
            }
        });
        match quantifier {
            Quantifier::Any => Self::some(answers),
            Quantifier::No => Self::some(answers).not(),
            Quantifier::Every => Self::some(answers.map(Tri::not)).not(),
        }
    }

    /// The scope a path begins in, and what is left of it.
    fn start<'p>(&self, path: &'p [String]) -> (&Self, &'p [String]) {
        match (path, self.outer) {
            ([first, rest @ ..], Some(outer)) if first == "outer" => outer.start(rest),
            _ => (self, path),
        }
    }

    /// Every value at a path, lists flattened, nulls left out.
    fn find(&self, path: &[String]) -> Vec<&'m Val> {
        let (scope, path) = self.start(path);
        let mut found = Vec::new();
        collect(scope.value, path, &mut found);
        found
    }

    fn place_of(&self, path: &[String]) -> Option<Place> {
        let found = self.find(path);
        found.first().map(|value| value.place).filter(|place| place.end > 0)
    }

    /// What a path is about that is no attribute: the name, type, platform and address of a resource.
    fn pseudo(&self, path: &[String]) -> Option<Val> {
        let (scope, path) = self.start(path);
        let [only] = path else { return None };
        let resource = scope.resource;
        let text = match only.as_str() {
            "resource_name" => &resource.name,
            "resource_type" => &resource.native,
            "address" => &resource.address,
            "platform" => return Some(Val::text(resource.platform, resource.place)),
            _ => return None,
        };
        Some(Val::text(text.clone(), resource.place))
    }

    fn values(&self, term: &Term) -> Vec<Cow<'m, Val>> {
        let mut found: Vec<Cow<'m, Val>> = self.find(&term.path).into_iter().map(Cow::Borrowed).collect();
        if found.is_empty()
            && let Some(value) = self.pseudo(&term.path)
        {
            found.push(Cow::Owned(value));
        }
        if let (true, Some(default)) = (found.is_empty(), &term.default) {
            found.push(Cow::Owned(Val::text(default.clone(), Place::default())));
        }
        found
    }

    fn is(&self, term: &Term, state: State) -> Tri {
        let values = self.values(term);
        Self::some(values.iter().map(|value| {
            let Data::Unknown(unknown) = &value.data else {
                return Tri::of(match state {
                    State::On => literal::is_on(value),
                    State::Off => literal::is_off(value),
                    State::Set => !literal::is_empty(value),
                    State::Literal => value.scalar().is_some_and(|text| literal::is_literal(text) && !text.is_empty()),
                    State::Secret => value.as_str().is_some_and(literal::is_secret),
                    State::Open => value.as_str().is_some_and(literal::is_open_range),
                    State::Weak => value.scalar().is_some_and(literal::is_weak),
                    State::Unknown => false,
                });
            };
            match state {
                State::Unknown => Tri::Yes,
                State::Set if unknown.present => Tri::Yes,
                // A reference to another resource is not a literal, whatever it resolves to.
                State::Literal | State::Secret | State::Weak | State::Open if unknown.present => Tri::No,
                _ => Tri::Unknown(unknown.reason.clone()),
            }
        }))
    }

    fn compare(&self, term: &Term, comparison: Comparison, operands: &[Operand]) -> Tri {
        let mut texts: Vec<String> = Vec::new();
        let mut unknown = None;
        for operand in operands {
            match operand {
                Operand::Text(text) => texts.push(text.clone()),
                Operand::Path(path) => {
                    let right = Term { path: path.clone(), default: None };
                    for value in self.values(&right) {
                        match value.scalar() {
                            Some(text) => texts.push(text.to_string()),
                            None => unknown = value.unknown_reason().map(str::to_string),
                        }
                    }
                }
            }
        }
        let values = self.values(term);
        let answer = Self::some(values.iter().map(|value| {
            let each = texts.iter().map(|text| compare(value, comparison, text));
            match comparison {
                C::Differs | C::Outside => {
                    let equal = texts.iter().map(|text| compare(value, C::Equal, text));
                    if literal::is_empty(value) { Tri::No } else { Self::some(equal).not() }
                }
                _ => Self::some(each),
            }
        }));
        match (answer, unknown) {
            (Tri::No, Some(reason)) if !values.is_empty() => Tri::Unknown(reason),
            (answer, _) => answer,
        }
    }

    /// Whether a value belongs to the resource at `target`, or is its name.
    fn refers(&self, path: &Path, target: &Path) -> Tri {
        let (target, rest) = self.start(target);
        let names = if rest.is_empty() {
            let own = ["name", "id", "bucket", "arn", "domain_name", "collection_name", "agent_name", "metadata.name"];
            let named = own.iter().filter_map(|key| target.resource.attributes.path(key).and_then(Val::scalar));
            let mut names: Vec<&str> = named.collect();
            names.push(&target.resource.name);
            names.push(&target.resource.address);
            names
        } else {
            target.find(rest).into_iter().filter_map(Val::scalar).collect()
        };
        Self::some(self.find(path).into_iter().map(|value| {
            let belongs = value.origin.as_deref() == Some(target.resource.address.as_str());
            if belongs || value.scalar().is_some_and(|text| names.contains(&text)) {
                return Tri::Yes;
            }
            match &value.data {
                Data::Unknown(unknown) if value.origin.is_none() => Tri::Unknown(unknown.reason.clone()),
                _ => Tri::No,
            }
        }))
    }

    /// Where the first attribute stands that a condition names.
    fn blame(&self, expr: &Expr) -> Option<Place> {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                // Of alternatives, the one that holds is to blame.
                let holds = parts.iter().filter(|part| self.eval(part) != Tri::No).find_map(|part| self.blame(part));
                holds.or_else(|| parts.iter().find_map(|part| self.blame(part)))
            }
            Expr::Not(inner) => self.blame(inner),
            Expr::Is(term, _) | Expr::Compare(term, ..) => self.place_of(&term.path),
            Expr::Refers(path, _) => self.place_of(path),
            Expr::Quantified(_, path, inner) => {
                let elements = self.find(path);
                let wrong = elements.iter().find_map(|value| {
                    let scope = Scope {
                        model: self.model,
                        resource: self.resource,
                        value,
                        outer: Some(self),
                        depth: self.depth + 1,
                    };
                    if scope.eval(inner) == Tri::Yes { scope.blame(inner) } else { None }
                });
                wrong.or_else(|| elements.first().map(|value| value.place)).filter(|place| place.end > 0)
            }
            Expr::Exists(..) => None,
        }
    }

    fn say(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                rest = after;
                break;
            };
            let path: Path = name.split('.').map(str::to_string).collect();
            let values = self.values(&Term { path, default: None });
            let shown = values.iter().find_map(|value| value.text_or_partial()).unwrap_or("unknown");
            out.push_str(&shown.replace(HOLE, "…"));
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

fn collect<'v>(value: &'v Val, path: &[String], out: &mut Vec<&'v Val>) {
    if out.len() > 4096 {
        return;
    }
    if let Data::List(items) = &value.data {
        for item in items {
            collect(item, path, out);
        }
        return;
    }
    let Some((key, rest)) = path.split_first() else {
        if !value.is_null() {
            out.push(value);
        }
        return;
    };
    match &value.data {
        Data::Unknown(_) => out.push(value),
        Data::Map(entries) if key == "*" => {
            for entry in entries.iter().filter(|entry| entry.key != REST) {
                collect(&entry.value, rest, out);
            }
        }
        Data::Map(_) => {
            // A map that may have more entries than are written answers so for what is not.
            if let Some(inner) = value.get(key).or_else(|| value.exact(REST)) {
                collect(inner, rest, out);
            }
        }
        _ => {}
    }
}

fn compare(value: &Val, comparison: Comparison, text: &str) -> Tri {
    if let Data::Unknown(unknown) = &value.data {
        let possible = match (&unknown.partial, comparison) {
            // A part that is known when it is deployed is a name, never a star.
            (Some(partial), C::Equal | C::Within) => {
                let stars = |text: &str| text.matches('*').count();
                literal::could_be(partial, text) && (value.origin.is_none() || stars(text) <= stars(partial))
            }
            (Some(partial), C::Contains) if partial.to_lowercase().contains(&text.to_lowercase()) => return Tri::Yes,
            (Some(partial), C::Matches) => {
                if literal::glob(text, partial) {
                    return Tri::Yes;
                }
                literal::could_match(partial, text)
            }
            // What a resource is known by is never everything.
            (None, C::Equal | C::Within) => !(value.origin.is_some() && text == "*"),
            (None, C::Contains) => !(value.origin.is_some() && text.contains('*')),
            _ => true,
        };
        return if possible { Tri::Unknown(unknown.reason.clone()) } else { Tri::No };
    }
    let Some(known) = value.scalar() else { return Tri::No };
    let numbers = || Some((value.as_f64()?, text.parse::<f64>().ok()?));
    Tri::of(match comparison {
        C::Equal | C::Within => {
            known.eq_ignore_ascii_case(text)
                || (text == "on" && literal::is_on(value))
                || (text == "off" && literal::is_off(value))
        }
        C::Less => numbers().is_some_and(|(a, b)| a < b),
        C::More => numbers().is_some_and(|(a, b)| a > b),
        C::Matches => literal::glob(text, known),
        C::Contains => known.to_lowercase().contains(&text.to_lowercase()),
        C::Differs | C::Outside => !known.eq_ignore_ascii_case(text),
    })
}
