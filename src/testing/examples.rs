//! The `example` statements of a policy, tried: a lead is built from what is given and decided at that time.
//!
//! What is expected of it is read off the decision. A condition becomes one more criterion of the policy, so that the
//! engine itself answers it.

use chrono::{DateTime, Utc};

use super::about::About;
use super::lead::{lead, tell_events_apart};
use super::{Came, Difference, Kind, Test, Tester, Wanted};
use crate::engine::{Decision, Outcome};
use crate::policy::{Criterion, Example, Expectation, ExpectationKind, Policy, SlaStatus};

/// The policy with each condition that an example expects as one more criterion, after its own.
fn with_questions(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    tell_events_apart(&mut policy);
    for expectation in policy.examples.iter().flat_map(|example| &example.expect) {
        if let ExpectationKind::Met(condition) = &expectation.kind {
            policy.criteria.push(Criterion {
                span: expectation.span,
                name: policy.sources.slice(expectation.span).to_owned(),
                owner: None,
                condition: condition.clone(),
                if_unknown: None,
                because: None,
            });
        }
    }
    policy
}

/// Tries the examples of a policy that are wanted by their names. `each` is told of each lead that is decided.
pub fn run(policy: &Policy, wanted: &Wanted, each: &mut super::Each<'_>) -> Vec<Test> {
    let (mut tests, mut asked) = (Vec::new(), policy.criteria.len());
    if !policy.examples.iter().any(|example| wanted.has(&example.name)) {
        return tests;
    }
    let mut tester = Tester::new(with_questions(policy));
    for example in &policy.examples {
        if wanted.has(&example.name) {
            tests.push(one(policy, example, asked, &mut tester, each));
        }
        asked += example.expect.iter().filter(|it| matches!(it.kind, ExpectationKind::Met(_))).count();
    }
    tests
}

/// Tries one. The criteria that stand for its conditions begin at `asked`.
fn one(policy: &Policy, example: &Example, asked: usize, tester: &mut Tester, each: &mut super::Each<'_>) -> Test {
    let now = DateTime::<Utc>::from_timestamp_micros(example.at).unwrap_or_default();
    let first = example.expect.first().map(|it| it.span).unwrap_or_default();
    let line = lead(policy, &example.given).to_string();
    let place = policy.sources.file(first.file).map(|file| file.path().to_owned()).unwrap_or_default();
    let mut test = Test {
        name: example.name.clone(),
        kind: Kind::Example,
        policy: place.clone(),
        file: place,
        line: head(policy, example),
        path: String::new(),
        came: Came::Passed,
    };
    let decision = match tester.decide(now, &line) {
        Ok(decision) => decision,
        Err(error) => {
            test.came = Came::Failed(vec![Difference::unreadable(test.line, first, &error)]);
            return test;
        }
    };
    each(tester.at(now), &line, &decision);
    let (mut differ, mut about, mut question) = (Vec::new(), Vec::new(), asked);
    for expectation in &example.expect {
        let met = matches!(expectation.kind, ExpectationKind::Met(_));
        if let Some((expected, actual, of)) = broken(policy, &decision, expectation, question) {
            let words = policy.sources.slice(expectation.span).trim();
            differ.push(Difference {
                what: words.strip_prefix("expect ").unwrap_or(words).to_owned(),
                line: policy.sources.line(expectation.span),
                span: expectation.span,
                expected,
                actual,
                trace: None,
            });
            about.push(of);
        }
        question += usize::from(met);
    }
    if !differ.is_empty() {
        tester.explain(now, &line, &about, &mut differ);
        test.came = Came::Failed(differ);
    }
    test
}

/// The line of the statement: the first above its expectations that begins with its word.
fn head(policy: &Policy, example: &Example) -> usize {
    let Some(first) = example.expect.first() else { return 0 };
    let Some(file) = policy.sources.file(first.span.file) else { return 0 };
    let line = policy.sources.line(first.span);
    (1..=line).rev().find(|line| file.line(*line).starts_with("example")).unwrap_or(line)
}

/// What was expected, what came instead, and what that is about; none where the promise is kept.
fn broken(
    policy: &Policy,
    decision: &Decision,
    expectation: &Expectation,
    question: usize,
) -> Option<(String, String, About)> {
    let criterion = |at: usize| decision.criteria.iter().nth(at).map(|(_, outcome)| *outcome);
    let name_of = |stage: Option<&str>| stage.map_or_else(|| "no stage".to_owned(), |name| format!("\"{name}\""));
    let outcome = |expected: Outcome, actual: Option<Outcome>, about: About| {
        let actual = actual.unwrap_or_default();
        (actual != expected).then(|| (in_words(expected).to_owned(), in_words(actual).to_owned(), about))
    };
    match &expectation.kind {
        ExpectationKind::Met(_) => outcome(Outcome::Met, criterion(question), About::Question(question)),
        ExpectationKind::CriterionUnknown(id) => {
            let name = &policy.criteria.get(id.index())?.name;
            outcome(Outcome::Unknown, criterion(id.index()), About::Criterion(name.clone()))
        }
        ExpectationKind::DisqualifierUnknown(id) => {
            let name = &policy.disqualifiers.get(id.index())?.name;
            let actual = decision.disqualifiers.get(name).copied();
            outcome(Outcome::Unknown, actual, About::Disqualifier(name.clone()))
        }
        ExpectationKind::StageUnknown(id) => {
            let name = &policy.stages.get(id.index())?.name;
            let actual = decision.stages.get(name).map(|stage| stage.outcome);
            outcome(Outcome::Unknown, actual, About::Stage(name.clone()))
        }
        ExpectationKind::LeadIn(expected) => {
            let expected = expected.and_then(|id| policy.stages.get(id.index())).map(|stage| stage.name.as_str());
            let actual = decision.stage.as_deref();
            let about = About::standing(decision, expected);
            (expected != actual).then(|| (name_of(expected), standing(decision), about))
        }
        ExpectationKind::DisqualifiedBy(id) => {
            let name = &policy.disqualifiers.get(id.index())?.name;
            let all: Vec<String> = decision.disqualified_by.iter().map(|it| format!("\"{it}\"")).collect();
            let actual = if all.is_empty() { "not disqualified".to_owned() } else { all.join(", ") };
            let missing = !decision.disqualified_by.iter().any(|it| **it == **name);
            missing.then(|| (format!("\"{name}\""), actual, About::Disqualifier(name.clone())))
        }
        ExpectationKind::Sla(id, status) => {
            let name = &policy.slas.get(id.index())?.name;
            let actual = decision.slas.get(name).map_or(SlaStatus::Unknown, |sla| sla.status);
            let words = |status: SlaStatus| status.as_str().replace('_', " ");
            (actual != *status).then(|| (words(*status), words(actual), About::Sla(name.clone())))
        }
    }
}

/// `met`, `not met`, `unknown`
pub fn in_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "met",
        Outcome::NotMet => "not met",
        Outcome::Unknown => "unknown",
    }
}

/// The lead's stage, and what rules it out where that is why it has none.
pub fn standing(decision: &Decision) -> String {
    let by: Vec<String> = decision.disqualified_by.iter().map(|it| format!("\"{it}\"")).collect();
    match (&decision.stage, by.is_empty()) {
        (Some(stage), _) => format!("\"{stage}\""),
        (None, true) => "no stage".to_owned(),
        (None, false) => format!("no stage: disqualified by {}", by.join(", ")),
    }
}
