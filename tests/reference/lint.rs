//! What the warnings say can never be, or always is, is so for random leads of random policies.

use std::collections::{BTreeMap, BTreeSet};

use handover::engine::trace::Node;
use handover::engine::{Decision, Outcome, Outputs, With};
use handover::lint::{Claim, findings};
use handover::policy::SlaStatus;
use handover::source::Span;
use handover::{Evaluator, Policy};

use super::{generate, leads, number, policy_of, time};

/// Policies, and leads for each.
const CASES: u64 = 1_000;
const LEADS: usize = 4;
const FIRST: u64 = 900_000;

/// The kinds of claims that must have come up.
const KINDS: [&str; 8] = [
    "never met",
    "never not met",
    "never together",
    "never above",
    "always same",
    "never taken",
    "never reached",
    "always reached",
];

/// A decision by the places of the policy.
struct Seen<'a> {
    outcomes: BTreeMap<(usize, String), Vec<Outcome>>,
    taken: BTreeSet<usize>,
    decision: &'a Decision,
}

impl Seen<'_> {
    fn of(decision: &Decision) -> Seen<'_> {
        let mut seen = Seen { outcomes: BTreeMap::new(), taken: BTreeSet::new(), decision };
        let trace = decision.trace.as_ref().unwrap();
        let sections =
            [&trace.disqualifiers, &trace.stages, &trace.criteria, &trace.checklists, &trace.scores, &trace.grades];
        sections.into_iter().flatten().for_each(|node| seen.node(node));
        for sla in trace.slas.iter().filter(|sla| !matches!(sla.status, SlaStatus::NotApplicable | SlaStatus::Unknown))
        {
            sla.applies.iter().chain(&sla.allowed).chain(&sla.hours).for_each(|node| seen.node(node));
        }
        seen
    }

    fn node(&mut self, node: &Node) {
        // A criterion's own line says what it counts as; its condition stands below it.
        if let (Some(outcome), None) = (node.outcome, &node.file) {
            self.outcomes.entry((node.line, node.text.clone())).or_default().push(outcome);
        }
        if node.taken == Some(true) && node.file.is_none() {
            self.taken.insert(node.line);
        }
        node.children.iter().for_each(|child| self.node(child));
    }

    /// The one outcome of what stands there.
    fn at(&self, policy: &Policy, span: Span) -> Option<Outcome> {
        let words = policy.sources.slice(span);
        let key = (policy.sources.line(span), words.to_owned());
        let found =
            self.outcomes.get(&key).or_else(|| self.outcomes.get(&(key.0, words.trim_end_matches(':').to_owned())));
        found.filter(|all| all.iter().all(|outcome| Some(outcome) == all.first())).map(|all| all[0])
    }

    /// Whether the claim holds; none where this lead says nothing about it.
    fn bears_out(&self, policy: &Policy, claim: &Claim) -> Option<bool> {
        let stage = |at: usize| self.decision.stages.iter().nth(at).map(|(_, stage)| stage.outcome);
        Some(match claim {
            Claim::NeverMet(span) => self.at(policy, *span)? != Outcome::Met,
            Claim::NeverNotMet(span) => self.at(policy, *span)? != Outcome::NotMet,
            Claim::NeverTogether(all) => {
                let outcomes: Option<Vec<bool>> = all
                    .iter()
                    .map(|(span, met)| {
                        Some(self.at(policy, *span)? == if *met { Outcome::Met } else { Outcome::NotMet })
                    })
                    .collect();
                !outcomes?.into_iter().all(|it| it)
            }
            Claim::NeverAbove(a, b) => self.at(policy, *a)? <= self.at(policy, *b)?,
            Claim::AlwaysSame(a, b) => self.at(policy, *a)? == self.at(policy, *b)?,
            Claim::NeverTaken(span) | Claim::NeverTakenBySla(_, span) => {
                !self.taken.contains(&policy.sources.line(*span))
            }
            Claim::NeverReached(id) => stage(id.index())? != Outcome::Met,
            Claim::AlwaysReached(id) => stage(id.index())? == Outcome::Met,
            Claim::AlwaysDisqualified(id) => {
                stage(id.index())? != Outcome::Met || !self.decision.disqualified_by.is_empty()
            }
            _ => return None,
        })
    }
}

fn kind(claim: &Claim) -> &'static str {
    match claim {
        Claim::NeverMet(_) => "never met",
        Claim::NeverNotMet(_) => "never not met",
        Claim::NeverTogether(_) => "never together",
        Claim::NeverAbove(..) => "never above",
        Claim::AlwaysSame(..) => "always same",
        Claim::NeverTaken(_) | Claim::NeverTakenBySla(..) => "never taken",
        Claim::NeverReached(_) => "never reached",
        Claim::AlwaysReached(_) => "always reached",
        _ => "other",
    }
}

#[test]
fn no_lead_does_what_a_warning_says_none_does() {
    let first = number("HANDOVER_FIRST", FIRST);
    let mut confronted: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut without, cases) = (0, number("HANDOVER_CASES", CASES));
    for seed in first..first + cases {
        let mut generator = generate::generate(seed);
        let policy = policy_of(&generator.policy).unwrap();
        let findings: Vec<_> = findings(&policy).into_iter().filter(|finding| finding.claim.is_some()).collect();
        if findings.is_empty() {
            without += 1;
            continue;
        }
        let evaluator = Evaluator::only(policy.clone(), time::utc(generator.now), Outputs::ALL.and(With::Trace));
        let mut confronts = vec![false; findings.len()];
        for at in 0..LEADS {
            let lead = leads::lead(&mut generator, at).to_string();
            let decision = evaluator.decide(&lead).unwrap();
            let seen = Seen::of(&decision);
            for (finding, confronts) in findings.iter().zip(&mut confronts) {
                let Some(holds) = seen.bears_out(&policy, finding.claim.as_ref().unwrap()) else { continue };
                *confronts = true;
                let file = policy.sources.file(handover::source::FileId(0)).unwrap();
                assert!(
                    holds,
                    "case {seed}: line {}: {}\n{:?}\n{lead}\n{}",
                    policy.sources.line(finding.diagnostic.span),
                    finding.diagnostic.message,
                    finding.claim,
                    file.text()
                );
            }
        }
        for (finding, _) in findings.iter().zip(&confronts).filter(|(_, confronts)| **confronts) {
            *confronted.entry(kind(finding.claim.as_ref().unwrap())).or_default() += 1;
        }
    }
    println!("{cases} policies, {without} without a proof; proofs confronted with leads: {confronted:?}");
    if cases >= CASES {
        let absent: Vec<_> = KINDS.iter().filter(|kind| !confronted.contains_key(**kind)).collect();
        let all: usize = confronted.values().sum();
        assert!(absent.is_empty() && all >= 5_000, "no {absent:?}, {all} in all: {confronted:?}");
    }
}
