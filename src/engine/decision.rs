//! A decision as a value.

use std::sync::Arc;
use std::{fmt, iter, slice};

use chrono::{DateTime, Utc};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::deadline::{DueAction, SlaDecision, due_actions, sla_decision};
use super::evaluate::Warning;
use super::horizon::NextChange;
use super::json;
use super::next::NextSteps;
use super::outputs::{Key, Outputs};
use super::program::Program;
use super::receipt::Receipt;
use super::trace::Trace;
use super::truth::Outcome;
use super::verdict::{Scratch, Verdict};
use crate::policy::Policy;
use crate::time::Instant;

/// What is said instead of the value of a private field.
pub(crate) const PRIVATE: &str = "(private)";

/// What a policy says of one lead, as of one instant.
///
/// Its fields are the keys of the JSON that `handover eval` writes, and it serializes to the same JSON. Where an
/// [`Evaluator`](super::Evaluator) was made for some [`Outputs`](super::Outputs) only, the fields of all other keys
/// are empty, and its JSON does not have them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// Which form of decision this is: 1.
    pub schema: u32,
    /// Which lead: the text of the field that identifies leads, trimmed; none where that is empty.
    pub lead: Option<String>,
    /// Which policy decided.
    pub policy: PolicyVersion,
    /// The instant as of which it decided. What lies after it has not happened yet.
    pub as_of: DateTime<Utc>,
    /// The last stage of the ladder that is met; none where none is, or where the lead is disqualified.
    pub stage: Option<Arc<str>>,
    /// The last stage that the lead entered and has not left, by its events. Where it differs from `stage`, the CRM
    /// has drifted from the policy.
    pub recorded_stage: Option<Arc<str>>,
    /// Why this stage and not the next: one sentence of at most 255 characters.
    pub why: String,
    /// The disqualifications that are met.
    pub disqualified_by: Vec<Arc<str>>,
    /// All disqualifications.
    pub disqualifiers: Named<Outcome>,
    /// The stages, whatever disqualifies the lead.
    pub stages: Named<StageDecision>,
    /// The fields behind every unknown part of an unknown stage or disqualification, in the order of `lead`.
    pub missing: Vec<Arc<str>>,
    /// The criteria, each after its `if unknown`.
    pub criteria: Named<Outcome>,
    /// The checklists.
    pub checklists: Named<ChecklistDecision>,
    /// The scores.
    pub scores: Named<Points>,
    /// The grades.
    pub grades: Named<Arc<str>>,
    /// The SLAs: of each the latest cycle of its clock.
    pub slas: Named<SlaDecision>,
    /// What is due because of the SLAs' latest cycles, in the order of the policy.
    pub actions: Vec<DueAction>,
    /// What a reader of this decision should know.
    pub warnings: Vec<Warning>,
    /// What would reach each stage that is not met; only where it is asked for.
    pub next: Option<NextSteps>,
    /// When the decision changes though nothing happens; only where [`With::NextChange`](super::With::NextChange) was asked for.
    pub next_change: Option<NextChange>,
    /// How the decision came about; only where [`With::Trace`](super::With::Trace) was asked for.
    pub trace: Option<Box<Trace>>,
    /// What it takes to decide the same again; only where [`With::Receipt`](super::With::Receipt) was asked for.
    pub receipt: Option<Box<Receipt>>,
    outputs: Outputs,
}

/// The policy that made a decision.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct PolicyVersion {
    /// Its name.
    pub name: Arc<str>,
    /// Its version.
    pub version: u32,
    /// `sha256:` and the digest, in hexadecimal, of the policy and every file that it reads.
    pub digest: Arc<str>,
}

/// What is said of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct StageDecision {
    /// The stage's outcome: met while the stay is open, not met while it is held back, else that of its test.
    pub outcome: Outcome,
    /// The outcome of its test alone.
    pub test: Outcome,
    /// When the open stay began; none where no stay is open.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub since: Option<DateTime<Utc>>,
}

/// What is said of one checklist.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ChecklistDecision {
    /// How many items are met.
    pub met: usize,
    /// How many are not.
    pub not_met: usize,
    /// Of how many the lead does not say.
    pub unknown: usize,
    /// The items by their labels.
    pub items: Named<Outcome>,
}

/// Values by the names that the policy gives them, in the policy's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    names: Names,
    values: Vec<T>,
}

type Names = Arc<[Arc<str>]>;

impl<T> Named<T> {
    fn new(names: &Names, values: impl Iterator<Item = T>) -> Self {
        Named { names: Arc::clone(names), values: values.collect() }
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// Names and values, in the policy's order.
    pub fn iter(&self) -> Entries<'_, T> {
        self.names.iter().zip(&self.values).map(|(name, value)| (name.as_ref(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Names and values, in the policy's order.
pub type Entries<'a, T> =
    iter::Map<iter::Zip<slice::Iter<'a, Arc<str>>, slice::Iter<'a, T>>, fn((&'a Arc<str>, &'a T)) -> (&'a str, &'a T)>;

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = (&'a str, &'a T);
    type IntoIter = Entries<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named { names: Arc::new([]), values: Vec::new() }
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for key in Key::ALL.iter().filter(|key| self.outputs.has(**key)) {
            let name = key.name();
            match key {
                Key::Schema => map.serialize_entry(name, &self.schema),
                Key::Lead => map.serialize_entry(name, &self.lead),
                Key::Policy => map.serialize_entry(name, &self.policy),
                Key::AsOf => map.serialize_entry(name, &Rfc3339(self.as_of)),
                Key::Stage => map.serialize_entry(name, &self.stage),
                Key::RecordedStage => map.serialize_entry(name, &self.recorded_stage),
                Key::Why => map.serialize_entry(name, &self.why),
                Key::DisqualifiedBy => map.serialize_entry(name, &self.disqualified_by),
                Key::Disqualifiers => map.serialize_entry(name, &self.disqualifiers),
                Key::Stages => map.serialize_entry(name, &self.stages),
                Key::Missing => map.serialize_entry(name, &self.missing),
                Key::Criteria => map.serialize_entry(name, &self.criteria),
                Key::Checklists => map.serialize_entry(name, &self.checklists),
                Key::Scores => map.serialize_entry(name, &self.scores),
                Key::Grades => map.serialize_entry(name, &self.grades),
                Key::Slas => map.serialize_entry(name, &self.slas),
                Key::Actions => map.serialize_entry(name, &self.actions),
                Key::Warnings if self.warnings.is_empty() => Ok(()),
                Key::Warnings => map.serialize_entry(name, &self.warnings),
            }?;
        }
        if let Some(next) = &self.next {
            map.serialize_entry("next", next)?;
        }
        if let Some(change) = &self.next_change {
            map.serialize_entry("next_change_at", &change.at.map(Rfc3339))?;
            if let Some(until) = change.searched_until {
                map.serialize_entry("next_change_searched_until", &Rfc3339(until))?;
            }
        }
        if let Some(trace) = &self.trace {
            map.serialize_entry("trace", trace)?;
        }
        if let Some(receipt) = &self.receipt {
            map.serialize_entry("receipt", receipt)?;
        }
        map.end()
    }
}

/// The points of a score, exact to a hundredth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    pub(super) fn of(hundredths: i64) -> Points {
        Points(hundredths)
    }

    /// The points in hundredths: 5250 for 52.5 points.
    pub fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Points {
    /// The shortest decimal: `52.5`, `60`, `-0.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, |out| json::hundredths(out, self.0))
    }
}

impl Serialize for Points {
    /// A whole number exactly; any other as the nearest floating-point number, which prints the same digits up to
    /// 10,000,000,000,000 points.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            #[expect(clippy::cast_precision_loss, reason = "said above")]
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl fmt::Display for Outcome {
    /// As decisions write it: `met`, `not_met`, `unknown`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

pub(super) fn rfc3339_or_null<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(Rfc3339).serialize(serializer)
}

pub(super) fn rfc3339<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    Rfc3339(*at).serialize(serializer)
}

/// An instant as decisions write it: a fraction only where there is one.
pub(super) struct Rfc3339(pub DateTime<Utc>);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, |out| json::timestamp(out, self.0.timestamp_micros()))
    }
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the writer of JSON writes, which is text.
fn write(f: &mut fmt::Formatter<'_>, write: impl FnOnce(&mut Vec<u8>)) -> fmt::Result {
    let mut out = Vec::new();
    write(&mut out);
    f.write_str(std::str::from_utf8(&out).map_err(|_| fmt::Error)?)
}

/// The names of a policy, shared by all its decisions.
#[derive(Debug)]
pub struct Vocabulary {
    policy: PolicyVersion,
    stages: Names,
    disqualifiers: Names,
    criteria: Names,
    checklists: Names,
    /// The labels of each checklist.
    items: Vec<Names>,
    scores: Names,
    grades: Names,
    pub slas: Names,
    pub calendars: Names,
    /// The letters of each grade.
    letters: Vec<Names>,
    /// The fields that are read, by their slots.
    fields: Names,
}

impl Vocabulary {
    pub fn new(policy: &Policy, program: &Program) -> Vocabulary {
        fn names<'a>(names: impl Iterator<Item = &'a String>) -> Names {
            names.map(|name| Arc::from(name.as_str())).collect()
        }
        let version = PolicyVersion {
            name: policy.name.as_str().into(),
            version: policy.version,
            digest: policy.digest.as_str().into(),
        };
        Vocabulary {
            policy: version,
            stages: names(policy.stages.iter().map(|it| &it.name)),
            disqualifiers: names(policy.disqualifiers.iter().map(|it| &it.name)),
            criteria: names(policy.criteria.iter().map(|it| &it.name)),
            checklists: names(policy.checklists.iter().map(|it| &it.name)),
            items: policy.checklists.iter().map(|it| names(it.items.iter().map(|(label, _)| label))).collect(),
            scores: names(policy.scores.iter().map(|it| &it.name)),
            grades: names(policy.grades.iter().map(|it| &it.name)),
            slas: names(policy.slas.iter().map(|it| &it.name)),
            calendars: names(policy.calendars.iter().map(|it| &it.name)),
            letters: program.grades.iter().map(|plan| names(plan.letters.iter())).collect(),
            fields: names(program.slots.iter().map(|slot| &slot.path)),
        }
    }
}

impl Decision {
    /// The decision about a lead that has been decided.
    pub(super) fn of(verdict: Verdict<'_>, scratch: &mut Scratch) -> Decision {
        let (judge, state) = (verdict.evaluator.judge(), verdict.state);
        let (words, asked) = (&judge.words, Asked(judge.outputs));
        let stage = |at: Option<usize>| at.and_then(|at| words.stages.get(at)).cloned();
        let outcomes = |names: &Names, outcomes: &mut dyn Iterator<Item = Outcome>| Named::new(names, outcomes);
        let disqualified = || {
            let outcomes = words.disqualifiers.iter().zip(verdict.disqualifiers());
            outcomes.filter(|(_, outcome)| *outcome == Outcome::Met).map(|(name, _)| Arc::clone(name)).collect()
        };
        let checklist = |(labels, items): (&Names, _)| checklist(labels, items);
        let stages = state.stages.iter().map(|stage| StageDecision {
            outcome: stage.outcome,
            test: stage.test,
            since: stage.since.map(date_time),
        });
        let letter = |(letters, at): (&Names, &u32)| letters.get(*at as usize).cloned().unwrap_or_default();
        Decision {
            schema: 1,
            lead: asked.value(Key::Lead, || state.lead.id().map(str::to_owned)),
            policy: words.policy.clone(),
            as_of: date_time(verdict.evaluator.moment().now),
            stage: asked.value(Key::Stage, || stage(verdict.stage())),
            recorded_stage: asked.value(Key::RecordedStage, || stage(verdict.recorded_stage())),
            why: asked.value(Key::Why, || verdict.why(scratch).to_owned()),
            disqualified_by: asked.value(Key::DisqualifiedBy, disqualified),
            disqualifiers: asked
                .value(Key::Disqualifiers, || outcomes(&words.disqualifiers, &mut verdict.disqualifiers())),
            stages: asked.value(Key::Stages, || Named::new(&words.stages, stages)),
            missing: asked.value(Key::Missing, || {
                let fields = words.fields.iter().zip(verdict.missing(scratch));
                fields.filter(|(_, missing)| **missing).map(|(field, _)| Arc::clone(field)).collect()
            }),
            criteria: asked.value(Key::Criteria, || outcomes(&words.criteria, &mut verdict.criteria())),
            checklists: asked.value(Key::Checklists, || {
                Named::new(&words.checklists, words.items.iter().zip(verdict.checklists()).map(checklist))
            }),
            scores: asked.value(Key::Scores, || Named::new(&words.scores, state.scores.iter().copied().map(Points))),
            grades: asked
                .value(Key::Grades, || Named::new(&words.grades, words.letters.iter().zip(&state.grades).map(letter))),
            slas: asked.value(Key::Slas, || {
                Named::new(&words.slas, verdict.clocks.slas.iter().map(|sla| sla_decision(verdict, sla)))
            }),
            actions: asked.value(Key::Actions, || due_actions(verdict)),
            warnings: asked.value(Key::Warnings, || verdict.warnings().cloned().collect()),
            next: None,
            next_change: None,
            trace: None,
            receipt: None,
            outputs: judge.outputs,
        }
    }
}

/// The keys that were asked for.
struct Asked(Outputs);

impl Asked {
    /// The value of a key, which is empty where nobody asked for it.
    fn value<T: Default>(&self, key: Key, value: impl FnOnce() -> T) -> T {
        if self.0.has(key) { value() } else { T::default() }
    }
}

fn checklist(labels: &Names, items: impl Iterator<Item = Outcome> + Clone) -> ChecklistDecision {
    let count = |of: Outcome| items.clone().filter(|outcome| *outcome == of).count();
    let (met, not_met, unknown) = (count(Outcome::Met), count(Outcome::NotMet), count(Outcome::Unknown));
    ChecklistDecision { met, not_met, unknown, items: Named::new(labels, items) }
}

/// Instants of leads have years of four digits, and `now` was one of these.
pub fn date_time(at: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at).unwrap_or_default()
}
