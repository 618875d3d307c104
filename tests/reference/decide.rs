//! The decision, with the keys of the contract but for `why` and messages.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use chrono::NaiveDate;

use crate::coverage::Seen;
use crate::deadline::{Deadlines, Versions};
use crate::exact::Exact;
use crate::json::Json;
use crate::model::{Condition, Group, Operand, Outcome, Policy, Span, StageTest, Subject};
use crate::stage::Standing;
use crate::time;
use crate::truth::{self, At};
use crate::value::{Reason, Value, as_text, at_path};

/// What was read, by the path of its field.
type Values = HashMap<Vec<String>, Result<Value, Reason>>;

/// One lead, judged by one policy at one instant.
pub struct Case<'a> {
    pub policy: &'a Policy,
    pub lead: &'a Json,
    pub now: i64,
    pub today: NaiveDate,
    pub seen: &'a RefCell<Seen>,
    pub scores: RefCell<HashMap<String, i128>>,
    pub stages: RefCell<HashMap<String, Standing>>,
    pub instants: RefCell<HashMap<String, Option<Vec<i64>>>>,
    /// The fields, which are read as they are whatever the instant.
    pub values: Rc<RefCell<Values>>,
    pub business: RefCell<HashMap<(i64, Span), i64>>,
    criteria: RefCell<HashMap<String, Outcome>>,
    checklists: RefCell<HashMap<String, Vec<(String, Outcome)>>>,
    then: RefCell<HashMap<i64, Rc<Case<'a>>>>,
}

pub fn decide(policy: &Policy, lead: &Json, now: i64, seen: &RefCell<Seen>) -> Json {
    decide_by_versions(std::slice::from_ref(policy), lead, now, seen)
}

/// By the version in effect, with the clocks of those before it too; they are in the order of effect, one for each day.
pub fn decide_by_versions(versions: &[Policy], lead: &Json, now: i64, seen: &RefCell<Seen>) -> Json {
    let case = |version| Case::new(version, lead, now, seen);
    let last = versions.iter().rposition(|version| versions.len() == 1 || case(version).in_effect_at(now)).unwrap();
    let versions = Versions(versions[..=last].iter().map(case).collect());
    versions.0[last].decision(&versions)
}

impl<'a> Case<'a> {
    pub fn new(policy: &'a Policy, lead: &'a Json, now: i64, seen: &'a RefCell<Seen>) -> Self {
        let today = time::date(policy.zone(), now);
        let (scores, stages, instants, values, business, criteria, checklists, then) = Default::default();
        Case { policy, lead, now, today, seen, scores, stages, instants, values, business, criteria, checklists, then }
    }

    /// The same lead as of another instant: what happened after it has not happened.
    pub fn at(&self, instant: i64) -> Rc<Case<'a>> {
        let mut then = self.then.borrow_mut();
        let case = || {
            let values = self.values.clone();
            Rc::new(Case { values, ..Case::new(self.policy, self.lead, instant, self.seen) })
        };
        then.entry(instant).or_insert_with(case).clone()
    }

    pub fn criterion(&self, name: &str) -> Outcome {
        if let Some(outcome) = self.criteria.borrow().get(name) {
            return *outcome;
        }
        let criterion = self.policy.criteria().find(|criterion| criterion.name == name).unwrap();
        let outcome = match (self.outcome(&criterion.condition, At::default()), criterion.if_unknown) {
            (Outcome::Unknown, Some(treated_as)) => {
                self.seen.borrow_mut().add(format!("if unknown, treat as {}", treated_as.word()));
                treated_as
            }
            (outcome, _) => outcome,
        };
        self.criteria.borrow_mut().insert(name.to_owned(), outcome);
        outcome
    }

    pub fn checklist(&self, name: &str) -> Vec<(String, Outcome)> {
        if let Some(items) = self.checklists.borrow().get(name) {
            return items.clone();
        }
        let list = self.policy.checklists().find(|list| list.name == name).unwrap();
        let outcome = |condition| self.outcome(condition, At::default());
        let items: Vec<_> = list.items.iter().map(|(label, condition)| (label.clone(), outcome(condition))).collect();
        self.checklists.borrow_mut().insert(name.to_owned(), items.clone());
        items
    }

    fn decision(&self, versions: &Versions) -> Json {
        let policy = self.policy;
        let id = as_text(at_path(self.lead, &policy.identified_by)).filter(|id| !id.is_empty());
        let stages: Vec<(&str, Standing)> =
            policy.stages().map(|stage| (stage.name.as_str(), self.stage(&stage.name))).collect();
        let disqualifiers: Vec<(&str, Outcome)> = policy
            .disqualifiers()
            .map(|(name, condition)| (name.as_str(), self.outcome(condition, At::default())))
            .collect();
        let met = disqualifiers.iter().filter(|(_, outcome)| *outcome == Outcome::Met);
        let disqualified_by: Vec<Json> = met.map(|(name, _)| Json::text(*name)).collect();
        let reached = stages.iter().rev().find(|(_, standing)| standing.outcome == Outcome::Met);
        let stage = reached.filter(|_| disqualified_by.is_empty());
        let recorded = stages.iter().rev().find(|(_, standing)| standing.since.is_some());
        let named = |stage: Option<&(&str, Standing)>| stage.map_or(Json::Null, |(name, _)| Json::text(*name));
        self.see(&stages, &disqualifiers);
        let no_id = id.is_none();
        let lead = id.map_or(Json::Null, Json::Text);
        let Deadlines { slas, actions, warnings: of_deadlines } = versions.deadlines(&lead);
        let warnings = self.warnings(no_id, of_deadlines);
        let mut decision = vec![
            ("schema", Json::number(1)),
            ("lead", lead),
            (
                "policy",
                Json::object(vec![("name", Json::text(&policy.name)), ("version", Json::number(policy.version))]),
            ),
            ("as_of", Json::text(time::rfc3339(self.now))),
            ("stage", named(stage)),
            ("recorded_stage", named(recorded)),
            ("disqualified_by", Json::List(disqualified_by)),
            ("disqualifiers", map(disqualifiers.iter().map(|(name, outcome)| (*name, word(*outcome))))),
            ("stages", map(stages.iter().map(|(name, standing)| (*name, standing_of(standing))))),
            ("missing", self.missing(&stages, &disqualifiers)),
            ("criteria", map(policy.criteria().map(|one| (one.name.as_str(), word(self.criterion(&one.name)))))),
            ("checklists", map(policy.checklists().map(|one| (one.name.as_str(), self.counts(&one.name))))),
            ("scores", map(policy.scores().map(|one| (one.name.as_str(), points(self.score(&one.name)))))),
            ("grades", map(policy.grades().map(|one| (one.name.as_str(), Json::text(self.grade(&one.name)))))),
            ("slas", slas),
            ("actions", actions),
        ];
        if !warnings.is_empty() {
            decision.push(("warnings", Json::List(warnings)));
        }
        Json::object(decision)
    }

    fn counts(&self, checklist: &str) -> Json {
        let items = self.checklist(checklist);
        let count = |outcome| Json::number(items.iter().filter(|(_, one)| *one == outcome).count());
        Json::object(vec![
            ("met", count(Outcome::Met)),
            ("not_met", count(Outcome::NotMet)),
            ("unknown", count(Outcome::Unknown)),
            ("items", map(items.iter().map(|(label, outcome)| (label.as_str(), word(*outcome))))),
        ])
    }

    /// The fields behind every unknown condition of a stage or disqualification that is unknown, all the way up.
    fn missing(&self, stages: &[(&str, Standing)], disqualifiers: &[(&str, Outcome)]) -> Json {
        let mut fields = BTreeSet::new();
        for (name, _) in stages.iter().filter(|(_, standing)| standing.outcome == Outcome::Unknown) {
            self.behind_a_stage(name, &mut fields);
        }
        for (name, condition) in self.policy.disqualifiers() {
            if disqualifiers.iter().any(|(one, outcome)| one == name && *outcome == Outcome::Unknown) {
                self.behind(condition, &mut fields);
            }
        }
        let in_order = self.policy.fields.iter().map(|field| field.path.join("."));
        Json::List(in_order.filter(|path| fields.contains(path)).map(Json::Text).collect())
    }

    fn behind_a_stage(&self, name: &str, fields: &mut BTreeSet<String>) {
        let standing = self.stage(name);
        fields.extend(standing.absent.iter().filter_map(|event| self.absent_log(event)).map(|log| log.path.join(".")));
        if standing.asks_its_test {
            let stage = self.policy.stages().find(|stage| stage.name == name).unwrap();
            self.behind(&stage.test, fields);
        }
    }

    fn behind(&self, condition: &Condition, fields: &mut BTreeSet<String>) {
        if self.outcome(condition, At::default()) != Outcome::Unknown {
            return;
        }
        match condition {
            Condition::Group(_, parts) => parts.iter().for_each(|part| self.behind(part, fields)),
            Condition::Criterion { name, .. } => {
                let criterion = self.policy.criteria().find(|criterion| criterion.name == *name).unwrap();
                self.behind(&criterion.condition, fields);
            }
            Condition::Checklist { name, at_least, including } => {
                let list = self.policy.checklists().find(|list| list.name == *name).unwrap();
                let outcomes: Vec<Outcome> = self.checklist(name).into_iter().map(|(_, outcome)| outcome).collect();
                let count = truth::group(Group::AtLeast(at_least.unwrap_or(outcomes.len())), &outcomes);
                let open = |label: &String| count == Outcome::Unknown || including.contains(label);
                list.items.iter().filter(|(label, _)| open(label)).for_each(|(_, item)| self.behind(item, fields));
            }
            Condition::Stage { name, asks: StageTest::PassesItsTest } => {
                self.behind(&self.policy.stages().find(|stage| stage.name == *name).unwrap().test, fields);
            }
            Condition::Stage { name, .. } => self.behind_a_stage(name, fields),
            Condition::Event { event, window, .. } => {
                use crate::model::EventWindow::{After, Before, Since};
                let other = match window {
                    Some(Since(other) | Before(other) | After(_, other)) => Some(other),
                    _ => None,
                };
                let logs = other.into_iter().chain([event]).filter_map(|event| self.absent_log(event));
                fields.extend(logs.map(|log| log.path.join(".")));
            }
            Condition::Filled { of, .. }
            | Condition::InList { of, .. }
            | Condition::Pattern { of, .. }
            | Condition::Window { of, .. }
            | Condition::YesNo { of, .. } => self.unread(of, &[], fields),
            Condition::Text { of, values, .. } | Condition::Includes { of, values, .. } => {
                self.unread(of, &values.iter().collect::<Vec<_>>(), fields);
            }
            Condition::Compare { of, with, .. } | Condition::When { of, with, .. } => self.unread(of, &[with], fields),
            Condition::Between { of, from, to } => self.unread(of, &[from, to], fields),
            Condition::Grade { .. } => panic!("a grade is never unknown"),
        }
    }

    /// The fields of a comparison that are not known; where there is no rate between them, all of them.
    fn unread(&self, of: &Subject, values: &[&Operand], fields: &mut BTreeSet<String>) {
        let of = match of {
            Subject::Field(field) | Subject::Domain(field) => Some((field, self.subject(of, At::default()))),
            Subject::Score(_) => None,
        };
        let values = values.iter().filter_map(|value| match value {
            Operand::Field(field) => Some((field, self.read(field, self.lead))),
            _ => None,
        });
        let all: Vec<_> = of.into_iter().chain(values).collect();
        let none_is_unknown = all.iter().all(|(_, read)| read.is_ok());
        let unknown = all.into_iter().filter(|(_, read)| none_is_unknown || read.is_err());
        fields.extend(unknown.map(|(field, _)| field.path.join(".")));
    }

    fn warnings(&self, no_id: bool, of_deadlines: BTreeSet<(&'static str, String)>) -> Vec<Json> {
        let mut warnings = [self.warnings_of_events(), self.warnings_of_scores()].concat();
        let policy = self.policy;
        let outside = policy.effective_from.is_some_and(|from| self.today < from)
            || policy.effective_until.is_some_and(|until| until < self.today);
        warnings.extend(outside.then_some(("H0734", None)));
        warnings.extend(no_id.then_some(("H0730", None)));
        let distinct: BTreeSet<_> = warnings.into_iter().collect();
        // Each is about an SLA or a calendar, which its message names.
        let of_deadlines = of_deadlines.into_iter().map(|(code, _)| (code, None));
        let warning = |(code, field): (&str, Option<String>)| {
            self.seen.borrow_mut().add(format!("warning: {code}"));
            let field = field.map(|field| ("field", Json::Text(field)));
            Json::object([("code", Json::text(code))].into_iter().chain(field).collect())
        };
        distinct.into_iter().chain(of_deadlines).map(warning).collect()
    }

    fn see(&self, stages: &[(&str, Standing)], disqualifiers: &[(&str, Outcome)]) {
        let mut seen = self.seen.borrow_mut();
        stages.iter().for_each(|(_, standing)| seen.add(format!("stage: {}", standing.outcome.word())));
        disqualifiers.iter().for_each(|(_, outcome)| seen.add(format!("disqualify: {}", outcome.word())));
    }
}

fn map<'a>(entries: impl Iterator<Item = (&'a str, Json)>) -> Json {
    Json::object(entries.collect())
}

fn word(outcome: Outcome) -> Json {
    Json::text(outcome.word())
}

fn standing_of(standing: &Standing) -> Json {
    let since = standing.since.map_or(Json::Null, |since| Json::text(time::rfc3339(since)));
    Json::object(vec![("outcome", word(standing.outcome)), ("test", word(standing.test)), ("since", since)])
}

fn points(hundredths: i128) -> Json {
    Json::Number(Exact::hundredths(hundredths).text())
}
