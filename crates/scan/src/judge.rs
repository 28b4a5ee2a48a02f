//! From facts to findings: each rule says which kinds of fact make it fire.

use redan_artifact::{Artifact, Fact};
use redan_domain::{Finding, Location, Step};

use crate::code::{self, Budget};
use crate::rules::{Rule, for_fact};

/// What one file gave.
#[derive(Default)]
pub(crate) struct Judged {
    /// In file order.
    pub(crate) findings: Vec<Finding>,
    /// The subject of each finding.
    pub(crate) subjects: Vec<String>,
    /// Why source code was not gone through to its end.
    pub(crate) unfinished: Vec<String>,
}

/// Findings of one file.
pub(crate) fn judge(artifact: &Artifact, path: &str) -> Judged {
    let mut judged = Judged::default();
    let Judged { findings, subjects, unfinished } = &mut judged;
    visit(artifact, &Location::file(path), &mut Budget::default(), &mut |fact, base| {
        if code::is_unfinished(fact.kind) {
            let place = base.members.iter().fold(String::new(), |place, member| format!("{place}{member}: "));
            unfinished.push(format!("{place}{}", fact.message));
        }
        for rule in for_fact(fact.kind) {
            findings.push(finding(rule, fact, base));
            subjects.push(fact.subject.clone());
        }
    });
    judged
}

fn visit(artifact: &Artifact, location: &Location, budget: &mut Budget, emit: &mut dyn FnMut(&Fact, &Location)) {
    for fact in &artifact.facts {
        emit(fact, location);
    }
    for code in &artifact.contents.code {
        for fact in code::examine(code, budget) {
            emit(&fact, location);
        }
    }
    for member in &artifact.members {
        let mut inner = location.clone();
        inner.members.push(member.name.clone());
        visit(member, &inner, budget, emit);
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
    Finding {
        rule: rule.entry.id.clone(),
        severity: rule.entry.severity,
        confidence: rule.entry.confidence,
        persona: rule.entry.persona,
        message: fact.message.clone(),
        location,
        related: Vec::new(),
        steps: fact.steps.iter().map(|(offset, text)| Step { location: at(*offset), text: text.clone() }).collect(),
        excerpt: fact.excerpt.clone(),
        fix: rule.entry.fix.clone(),
        fingerprint: String::new(),
        suppressed: None,
    }
}
