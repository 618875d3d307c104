//! Tests of policies: the `example` statements in them, and suites (`*.test.yaml`) beside them.
//!
//! Each test is a lead, an instant, and what must come out. A test that fails says what was expected, what came
//! instead, and how the policy came to that: the part of the trace that the difference is about.

mod about;
pub mod coverage;
mod examples;
mod expect;
mod lead;
mod show;
mod suggest;
mod suite;
mod unreached;

pub use show::{Totals, human, json, junit};
pub use suggest::suggestions;
pub use suite::{Suite, policy_of};
pub use unreached::unreached;

use chrono::{DateTime, Utc};

use crate::diagnostic::{Diagnostic, codes};
use crate::engine::{Decision, Evaluator, Outputs, With, Worker};
use crate::intake::LeadError;
use crate::policy::{Policy, Versions};
use crate::report::explain::Explanation;
use crate::source::{Sources, Span};

use about::About;

/// What is told of each lead that a test decides: the worker that has just decided it, the lead, and the decision.
pub type Each<'a> = dyn FnMut(&mut Worker, &str, &Decision) + 'a;

/// The tests that stand in one file.
#[derive(Clone, Debug)]
pub struct Group {
    /// The file, as messages show it.
    pub file: String,
    /// What its places point into.
    pub sources: Sources,
    /// The tests, in the order in which they were written.
    pub tests: Vec<Test>,
    /// What is wrong with the file itself.
    pub faults: Vec<Diagnostic>,
}

/// One test, and what came of it.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub kind: Kind,
    /// The file, as messages show it.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// The file of the policy that decides, whose lines traces name.
    pub policy: String,
    /// Its place in a suite: `tests[3]`; empty for an example.
    pub path: String,
    /// What came of it.
    pub came: Came,
}

/// Where a test stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An `example` statement of a policy.
    Example,
    /// A test of a suite.
    Suite,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub enum Came {
    /// All came out as expected.
    Passed,
    /// It was not tried, for this reason.
    Skipped(String),
    /// It came out differently.
    Failed(Vec<Difference>),
    /// It could not be tried: what is wrong stands among the faults of its file.
    Faulty,
}

/// Something that came out differently from what was expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What it is about: the words of an expectation, or the path of keys.
    pub what: String,
    /// The line of the expectation.
    pub line: usize,
    /// Where it stands in the file.
    pub span: Span,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// How it came about; none where that is nothing that a policy works out, or where it was shown before.
    pub trace: Option<Explanation>,
}

impl Difference {
    fn unreadable(line: usize, span: Span, error: &LeadError) -> Difference {
        Difference {
            what: "the lead".to_owned(),
            line,
            span,
            expected: "a lead that can be read".to_owned(),
            actual: format!("{} {}", error.code, error.message),
            trace: None,
        }
    }

    /// The same as a diagnostic, for whoever shows all of them alike.
    pub fn diagnostic(&self, test: &Test) -> Diagnostic {
        let message = format!(
            "the test `{}` failed: {} was expected to be {}, and is {}",
            test.name, self.what, self.expected, self.actual
        );
        Diagnostic::new(&codes::FAILED_TEST, self.span, message).label(format!("this is {}", self.actual))
    }
}

impl Group {
    /// Failures and faults as diagnostics, in the order of their places.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let failed = self.tests.iter().filter_map(|test| match &test.came {
            Came::Failed(differ) => Some(differ.iter().map(|it| it.diagnostic(test))),
            _ => None,
        });
        let mut all: Vec<Diagnostic> = failed.flatten().chain(self.faults.iter().cloned()).collect();
        all.sort_by_key(|it| (it.span.file, it.span.start, it.span.end, it.code.id));
        all
    }
}

/// Which tests are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    folded: Option<String>,
}

impl Wanted {
    /// Those whose name holds this text, in any case; without one, all.
    pub fn with(filter: Option<&str>) -> Wanted {
        Wanted { folded: filter.map(str::to_lowercase) }
    }

    /// Whether the test of that name is among them.
    pub fn has(&self, name: &str) -> bool {
        self.folded.as_ref().is_none_or(|wanted| name.to_lowercase().contains(wanted.as_str()))
    }
}

/// Tries the examples of a policy. None where it has none that are wanted.
pub fn examples(policy: &Policy, wanted: &Wanted, each: &mut Each<'_>) -> Option<Group> {
    let tests = examples::run(policy, wanted, each);
    let file = tests.first()?.file.clone();
    Some(Group { file, sources: policy.sources.clone(), tests, faults: Vec::new() })
}

/// What a decision holds where a test asks for all of it.
const WHOLE: Outputs = Outputs::ALL;

/// Decides leads as of any instant; the policy is compiled once.
#[derive(Debug)]
pub struct Tester {
    versions: Versions,
    evaluator: Evaluator,
    worker: Worker,
    now: DateTime<Utc>,
    /// Compiled once more, for traces, as soon as a test fails.
    explaining: Option<Evaluator>,
}

impl Tester {
    /// Compiles a policy, or the versions of one.
    pub fn new(versions: impl Into<Versions>) -> Tester {
        let (versions, now) = (versions.into(), DateTime::default());
        let evaluator = Evaluator::only(versions.clone(), now, WHOLE);
        Tester { versions, worker: evaluator.worker(), evaluator, now, explaining: None }
    }

    /// Decides a lead.
    fn decide(&mut self, now: DateTime<Utc>, lead: &str) -> Result<Decision, LeadError> {
        self.at(now).decide(lead)
    }

    /// The policy that decides as of an instant.
    fn policy(&mut self, now: DateTime<Utc>) -> &Policy {
        self.at(now);
        self.evaluator.policy()
    }

    /// The file of the policy that decides as of an instant.
    fn policy_file(&mut self, now: DateTime<Utc>) -> String {
        let policy = self.policy(now);
        policy.sources.file(policy.span.file).map(|file| file.path().to_owned()).unwrap_or_default()
    }

    fn at(&mut self, now: DateTime<Utc>) -> &mut Worker {
        if now != self.now {
            self.now = now;
            self.evaluator = self.evaluator.at(now);
            self.worker.at(now);
        }
        &mut self.worker
    }

    /// Decides the lead again, and adds to each difference the part of the trace that it is about, each part once.
    fn explain(&mut self, now: DateTime<Utc>, lead: &str, about: &[About], differ: &mut [Difference]) {
        let versions = &self.versions;
        let explaining = self
            .explaining
            .get_or_insert_with(|| Evaluator::only(versions.clone(), now, WHOLE.and(With::Trace)))
            .at(now);
        let Ok(decision) = explaining.decide(lead) else { return };
        let mut sums = Vec::new();
        for (at, (about_it, difference)) in about.iter().zip(differ).enumerate() {
            let shown = about.iter().take(at).any(|before| before == about_it);
            let Some(topic) = about_it.topic().filter(|_| !shown) else { continue };
            let trace = Explanation::of(&explaining, &decision, topic).ok();
            difference.trace = trace.filter(|trace| !trace.is_empty()).map(|mut trace| {
                trace.without_sums(&mut sums);
                trace
            });
        }
    }
}
