//! `no-owner`, `no-agreement`, `recipient`: who answers for what, who agreed, and whether names are spelt as elsewhere.

use std::collections::{HashMap, HashSet};

use super::{Finding, places};
use crate::diagnostic::{Diagnostic, codes, edits};
use crate::policy::{Action, Policy};
use crate::source::Span;

/// Finds what nobody owns, owners that have not agreed, and recipients that are misspelt.
pub fn find(policy: &Policy, found: &mut Vec<Finding>) {
    owners(policy, found);
    agreements(policy, found);
    recipients(policy, found);
}

/// Stages and SLAs: what they are, their names' places, their names and owners.
fn owned(policy: &Policy) -> impl Iterator<Item = (&'static str, Span, &str, Option<&str>)> {
    let stages = policy.stages.iter().map(|it| ("stage", it.span, it.name.as_str(), it.owner.as_deref()));
    let slas = policy.slas.iter().map(|it| ("SLA", it.span, it.name.as_str(), it.owner.as_deref()));
    stages.chain(slas)
}

fn owners(policy: &Policy, found: &mut Vec<Finding>) {
    for (kind, span, name, owner) in owned(policy) {
        if owner.is_none() {
            let message = format!("nobody owns the {kind} `{name}`");
            let help = "Say who answers for it: `owned by Sales`.";
            found.push(Finding::new(Diagnostic::new(&codes::NO_OWNER, span, message).help(help)));
        }
    }
}

fn agreements(policy: &Policy, found: &mut Vec<Finding>) {
    let Some(from) = policy.effective_from else { return };
    let mut judged = HashSet::new();
    for (kind, span, name, owner) in owned(policy) {
        let Some(owner) = owner.filter(|owner| judged.insert(*owner)) else { continue };
        let first = policy.agreements.iter().filter(|it| it.party == owner).map(|it| it.on).min();
        let place = places::line(policy, span, "owned by");
        let diagnostic = match first {
            Some(on) if on <= from => continue,
            Some(on) => Diagnostic::new(
                &codes::NO_AGREEMENT,
                place,
                format!(
                    "`{owner}` owns the {kind} `{name}`, and agreed on {on}, after the policy took effect on {from}"
                ),
            )
            .also(policy.effect_span, "it took effect here")
            .help(format!("Begin on {on} or later with `effective from`, or correct the date of `agreed by {owner}`.")),
            None => Diagnostic::new(
                &codes::NO_AGREEMENT,
                place,
                format!("`{owner}` owns the {kind} `{name}`, and has not agreed to this policy"),
            )
            .also(policy.span, "this policy has no `agreed by` for them")
            .help(format!("Add it under `policy`, once it is so: `agreed by {owner} \"who signs\" on {from}`.")),
        };
        found.push(Finding::new(diagnostic));
    }
}

fn recipients(policy: &Policy, found: &mut Vec<Finding>) {
    let mut named: Vec<(&str, Span)> = Vec::new();
    let mut parties: HashMap<&str, usize> = HashMap::new();
    for party in
        owned(policy).filter_map(|(.., owner)| owner).chain(policy.agreements.iter().map(|it| it.party.as_str()))
    {
        *parties.entry(party).or_default() += 1;
    }
    for party in policy.handover.iter().flat_map(|handover| [&handover.from, &handover.to]) {
        *parties.entry(party).or_default() += 1;
    }
    for step in policy.slas.iter().flat_map(|sla| &sla.steps) {
        for (at, action) in step.actions.iter().enumerate() {
            if let Action::Notify(name) | Action::AssignTo(name) | Action::ReturnTo(name) = action {
                named.push((name, places::bullet(policy, step.span, at)));
            }
        }
    }
    let mut times: HashMap<&str, usize> = parties.clone();
    for (name, _) in &named {
        *times.entry(name).or_default() += 1;
    }
    for (at, (name, span)) in named.iter().enumerate() {
        let known = named.iter().map(|(other, _)| *other).chain(parties.keys().copied());
        let near = known.filter(|other| is_slip(name, other)).max_by_key(|other| (times.get(other), *other));
        let Some(near) = near.filter(|_| times.get(name) == Some(&1)) else { continue };
        // Of two that are named once each, the later is probably the slip.
        let first = named.iter().position(|(other, _)| *other == near);
        if times.get(near) == Some(&1) && first.is_some_and(|first| first > at) {
            continue;
        }
        let message = format!("`{name}` is named once, and is one letter from `{near}`");
        let mut diagnostic = Diagnostic::new(&codes::RECIPIENT, *span, message).help(format!(
            "Write `{near}` if it is the same; if they are two, write `# allow recipient` above this line."
        ));
        if let Some((_, other)) = first.and_then(|first| named.get(first)) {
            diagnostic = diagnostic.also(*other, "the other one");
        }
        found.push(Finding::new(diagnostic));
    }
}

/// Whether two names are probably one: a letter apart, and not by a number, as teams are told apart.
fn is_slip(a: &str, b: &str) -> bool {
    const SHORTEST: usize = 4;
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    a.chars().count() >= SHORTEST && digits(a) == digits(b) && edits(a, b) == 1
}
