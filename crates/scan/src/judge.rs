//! From facts to findings: each rule says which kinds of fact make it fire.

use std::collections::HashMap;

use redan_artifact::{Artifact, Code, Fact, FactKind, MORE_FINDINGS, unread};
use redan_domain::{Finding, Location, Persona, Severity, Step};

use crate::code::{self, Budget};
use crate::rules::{Rule, for_fact};

/// Findings of one rule that are listed of one file; the others are counted.
const MAX_LISTED: u64 = 500;

/// What one file gave.
#[derive(Default)]
pub(crate) struct Judged {
    /// In file order.
    pub(crate) findings: Vec<Finding>,
    /// The subject of each finding.
    pub(crate) subjects: Vec<String>,
    /// Why not everything was gone through or is listed.
    pub(crate) unfinished: Vec<String>,
    /// By rule.
    counts: HashMap<&'static str, Count>,
}

/// Findings of one rule.
#[derive(Default)]
struct Count {
    all: u64,
    listed: u64,
    /// Where the last one that is listed stands.
    last: usize,
}

/// Findings of one file.
pub(crate) fn judge(artifact: &Artifact, path: &str) -> Judged {
    let mut judged = Judged::default();
    let (analysed, left_out) = analyse(artifact);
    visit(artifact, &Location::file(path), &mut analysed.into_iter(), &mut |fact, base| {
        if code::is_unfinished(fact.kind) {
            let place = base.members.iter().fold(String::new(), |place, member| format!("{place}{member}: "));
            if judged.unfinished.len() < 16 {
                judged.unfinished.push(format!("{place}{}", fact.message));
            }
        }
        judged.put(fact, base);
    });
    for (kind, left_out) in artifact.left_out.iter().copied().chain(left_out) {
        for rule in for_fact(kind) {
            if let Some(count) = judged.counts.get_mut(rule.entry.id.as_str()) {
                count.all += left_out;
            }
        }
    }
    judged.close();
    judged
}

/// Adds what facts about one whole file, from outside its artifact, make of it. Then it has to be
/// [closed](Judged::close).
pub(crate) fn judge_facts(facts: &[Fact], path: &str, judged: &mut Judged) {
    let base = Location::file(path);
    for fact in facts {
        judged.put(fact, &base);
    }
}

impl Judged {
    /// Lists what the rules make of a fact, or counts it where enough is listed.
    fn put(&mut self, fact: &Fact, base: &Location) {
        for rule in for_fact(fact.kind) {
            let count = self.counts.entry(rule.entry.id.as_str()).or_default();
            count.all += 1;
            if count.listed < MAX_LISTED {
                count.listed += 1;
                count.last = self.findings.len();
                self.findings.push(finding(rule, fact, base));
                self.subjects.push(fact.subject.clone());
            }
        }
    }

    /// Says how many are not listed.
    pub(crate) fn close(&mut self) {
        let counts = std::mem::take(&mut self.counts);
        for Count { all, listed, last } in counts.into_values().filter(|count| count.all > count.listed) {
            if listed == MAX_LISTED && !self.unfinished.iter().any(|reason| reason == MORE_FINDINGS) {
                self.unfinished.push(MORE_FINDINGS.to_string());
            }
            if let Some(finding) = self.findings.get_mut(last) {
                finding.message = format!("{} (and {} more like this in the file)", finding.message, all - listed);
            }
        }
    }
}

/// Facts about every source in the file, in its order. Those that name what an attack needs are analysed first, the
/// small before the large, so that no amount of other source keeps them from it.
///
/// Also kinds of fact of which not all are kept, and how many are not.
fn analyse(artifact: &Artifact) -> (Vec<Vec<Fact>>, Vec<(FactKind, u64)>) {
    let mut sources = Vec::new();
    collect(artifact, &mut sources);
    let mut order: Vec<(usize, &Code)> = sources.iter().copied().enumerate().collect();
    if order.len() > 1 {
        order.sort_by_cached_key(|(_, code)| (!unread::is_dangerous(&code.text), code.text.len()));
    }
    let mut budget = Budget::default();
    let mut facts = vec![Vec::new(); sources.len()];
    let mut kinds: HashMap<FactKind, u64> = HashMap::new();
    for (at, code) in order {
        if let Some(facts) = facts.get_mut(at) {
            *facts = code::examine(code, &mut budget);
            facts.retain(|fact: &Fact| {
                let count = kinds.entry(fact.kind).or_default();
                *count += 1;
                *count <= MAX_LISTED
            });
        }
    }
    let left_out = kinds.into_iter().filter_map(|(kind, count)| Some((kind, count.checked_sub(MAX_LISTED)?)));
    (facts, left_out.collect())
}

fn collect<'a>(artifact: &'a Artifact, sources: &mut Vec<&'a Code>) {
    sources.extend(&artifact.contents.code);
    for member in &artifact.members {
        collect(member, sources);
    }
}

/// Hands on every fact with its place; `analysed` has those about source.
fn visit(
    artifact: &Artifact,
    location: &Location,
    analysed: &mut dyn Iterator<Item = Vec<Fact>>,
    emit: &mut dyn FnMut(&Fact, &Location),
) {
    for fact in &artifact.facts {
        emit(fact, location);
    }
    for facts in (&mut *analysed).take(artifact.contents.code.len()) {
        for fact in &facts {
            emit(fact, location);
        }
    }
    for member in &artifact.members {
        let mut inner = location.clone();
        inner.members.push(member.name.clone());
        visit(member, &inner, analysed, emit);
    }
}

fn finding(rule: &Rule, fact: &Fact, base: &Location) -> Finding {
    let at = |offset: u64| Location { offset: Some(offset), ..base.clone() };
    let location = Location {
        offset: fact.span.map(|(offset, _)| offset),
        len: fact.span.map(|(_, len)| len),
        line: fact.line.map(|(line, _)| line),
        column: fact.line.map(|(_, column)| column),
        pointer: fact.pointer.clone(),
        ..base.clone()
    };
    // What is raised to high is for everybody, whoever the rule is otherwise for.
    let raised = fact.severity.is_some_and(|severity| severity >= Severity::High && severity > rule.entry.severity);
    let persona = if raised { Persona::Developer } else { rule.entry.persona };
    let steps = fact.steps.iter().map(|(offset, text)| Step { location: at(*offset), text: text.clone() });
    Finding {
        rule: rule.entry.id.clone(),
        severity: fact.severity.unwrap_or(rule.entry.severity),
        confidence: fact.confidence.unwrap_or(rule.entry.confidence),
        persona: fact.persona.unwrap_or(persona),
        message: fact.message.clone(),
        location,
        related: Vec::new(),
        steps: steps.chain(fact.flow.iter().cloned()).collect(),
        excerpt: fact.excerpt.clone(),
        fix: fact.fix.clone().unwrap_or_else(|| rule.entry.fix.clone()),
        fingerprint: String::new(),
        suppressed: None,
    }
}
