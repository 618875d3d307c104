//! What tests cover of a policy: which of its parts they have seen met, not met and unknown, and which of them have decided
//! where a lead stands.
//!
//! A part decides where the lead would be in another stage, or in or out of one, if that part alone had come out the other
//! way: the engine really takes its steps again with that outcome.

mod possible;
mod table;

pub use table::coverage as human;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::decimal::Decimal;
use crate::engine::probe::Part;
use crate::engine::{Decision, Outcome, Worker};
use crate::policy::{Policy, SlaStatus};
use crate::source::Span;

use possible::Definition;

/// What the tests of all policies cover.
#[derive(Clone, Debug, Default)]
pub struct Coverages {
    all: Vec<Covered>,
}

/// What the tests of one policy cover, and where one may look for more.
#[derive(Clone, Debug)]
pub(super) struct Covered {
    pub policy: Policy,
    pub coverage: Coverage,
    /// The leads of suites, and as of when they were decided. Those of examples are no whole leads.
    pub leads: Vec<(String, DateTime<Utc>)>,
}

impl Coverages {
    /// Adds a policy, which may have no tests at all.
    pub fn add(&mut self, policy: &Policy) {
        self.of(policy);
    }

    /// Counts the lead of an example, which was decided last.
    pub fn observe(&mut self, worker: &mut Worker, decision: &Decision) {
        self.of(worker.policy()).into_iter().for_each(|it| it.coverage.observe(worker, decision));
    }

    /// Counts the lead of a suite, which was decided last.
    pub fn observe_lead(&mut self, worker: &mut Worker, lead: &str, decision: &Decision) {
        self.observe(worker, decision);
        self.of(worker.policy()).into_iter().for_each(|it| it.leads.push((lead.to_owned(), decision.as_of)));
    }

    /// Of each policy, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Coverage> {
        self.all.iter().map(|it| &it.coverage)
    }

    /// Of each policy, with the policy and its leads.
    pub(super) fn covered(&self) -> &[Covered] {
        &self.all
    }

    /// That of a policy, which is added where it is not there yet.
    fn of(&mut self, policy: &Policy) -> Option<&mut Covered> {
        let at = self.all.iter().position(|it| it.policy.digest == policy.digest).unwrap_or(self.all.len());
        if at == self.all.len() {
            self.all.push(Covered { policy: policy.clone(), coverage: Coverage::new(policy), leads: Vec::new() });
        }
        self.all.get_mut(at)
    }
}

/// What the tests of one policy cover.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// The policy's name.
    pub policy: String,
    /// Its version.
    pub version: u32,
    /// Its file, as messages show it.
    pub file: String,
    /// How many leads were decided.
    pub leads: usize,
    /// How much of what can come out was seen.
    #[serde(flatten)]
    pub share: Share,
    /// Criteria, checklist items, score rules, disqualifications and stages.
    pub parts: Vec<Row>,
    /// The SLAs.
    pub slas: Vec<SlaRow>,
}

/// One part of a policy.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// `criterion`, `checklist item`, `score rule`, `disqualification`, `stage`
    pub kind: &'static str,
    /// Its name; of a rule, its words.
    pub name: String,
    /// The checklist or score that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Its line, in the policy's own file where `file` is absent.
    pub line: usize,
    /// Whether it was seen met.
    pub met: Cell,
    /// Whether it was seen not met.
    pub not_met: Cell,
    /// Whether it was seen unknown.
    pub unknown: Cell,
    /// Whether it has decided.
    pub decisive: Cell,
    /// Where it is.
    #[serde(skip)]
    pub part: Part,
}

/// One SLA.
#[derive(Clone, Debug, Serialize)]
pub struct SlaRow {
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// Each status that its clock can have, and whether that was seen.
    #[serde(serialize_with = "statuses")]
    pub states: Vec<(SlaStatus, bool)>,
}

/// One thing that tests may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// They have.
    Seen,
    /// They have not.
    NotSeen,
    /// As the policy is written, it cannot come out.
    Impossible,
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Cell::Seen => "seen",
            Cell::NotSeen => "not_seen",
            Cell::Impossible => "impossible",
        })
    }
}

fn statuses<S: Serializer>(states: &[(SlaStatus, bool)], serializer: S) -> Result<S::Ok, S::Error> {
    let cell = |seen: bool| if seen { Cell::Seen } else { Cell::NotSeen };
    serializer.collect_map(states.iter().map(|(status, seen)| (status.as_str(), cell(*seen))))
}

impl Cell {
    fn when(possible: bool) -> Cell {
        if possible { Cell::NotSeen } else { Cell::Impossible }
    }

    /// What was seen can come out, whatever was thought before.
    fn see(&mut self) {
        *self = Cell::Seen;
    }
}

/// How much of what can come out was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The cells that were seen.
    pub covered: usize,
    /// The cells that can come out.
    pub possible: usize,
    /// The share in whole percent, rounded down: 100 means all of it.
    pub percent: usize,
}

impl Share {
    fn of(covered: usize, possible: usize) -> Share {
        Share { covered, possible, percent: (covered * 100).checked_div(possible).unwrap_or(100) }
    }

    /// Whether it is less than so many percent, exactly.
    pub fn is_below(self, percent: Decimal) -> bool {
        let number = |count: usize| Decimal::from(u32::try_from(count).unwrap_or(u32::MAX));
        Decimal::compare_products(number(self.covered), Decimal::from(100), percent, number(self.possible)).is_lt()
    }
}

/// Something that can come out of a policy and that no test has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// An outcome of a part, by its place among the rows.
    Outcome(usize, Outcome),
    /// That a part decides.
    Decides(usize),
    /// A status of an SLA, by its place.
    Status(usize, SlaStatus),
}

impl Coverage {
    /// Nothing was seen yet.
    fn new(policy: &Policy) -> Coverage {
        let mut coverage = Coverage {
            policy: policy.name.clone(),
            version: policy.version,
            file: policy.sources.file(policy.span.file).map(|file| file.path().to_owned()).unwrap_or_default(),
            leads: 0,
            share: Share::of(0, 0),
            parts: Vec::new(),
            slas: Vec::new(),
        };
        coverage.rows(policy);
        coverage.slas = policy
            .slas
            .iter()
            .map(|sla| SlaRow {
                name: sla.name.clone(),
                line: policy.sources.line(sla.span),
                states: possible::statuses(sla).into_iter().map(|status| (status, false)).collect(),
            })
            .collect();
        coverage.count();
        coverage
    }

    fn rows(&mut self, policy: &Policy) {
        let asked = possible::asked_for(policy);
        let line = |span: Span| policy.sources.line(span);
        let mut add =
            |part, kind, name: &str, of: Option<&str>, span, (not_met, unknown, decides): (bool, bool, bool)| {
                self.parts.push(Row {
                    kind,
                    name: name.to_owned(),
                    of: of.map(str::to_owned),
                    line: line(span),
                    met: Cell::NotSeen,
                    not_met: Cell::when(not_met),
                    unknown: Cell::when(unknown),
                    decisive: Cell::when(decides),
                    part,
                });
            };
        for (at, it) in policy.criteria.iter().enumerate() {
            let decides = asked.contains(&Definition::Criterion(at));
            let can = (true, possible::criterion(policy, it), decides);
            add(Part::Criterion(at), "criterion", &it.name, None, it.span, can);
        }
        for (checklist, it) in policy.checklists.iter().enumerate() {
            let decides = asked.contains(&Definition::Checklist(checklist));
            for (item, (label, condition)) in it.items.iter().enumerate() {
                let can = (true, possible::may_be_unknown(policy, condition), decides);
                let part = Part::Item { checklist, item };
                add(part, "checklist item", label, Some(&it.name), condition.span, can);
            }
        }
        for (score, it) in policy.scores.iter().enumerate() {
            let decides = asked.contains(&Definition::Score(score));
            for (rule, of) in it.rules.iter().enumerate() {
                let decides = decides && possible::rule_has_opposite(of);
                let can = (possible::rule_adds_nothing(of), possible::rule(policy, of), decides);
                let words = policy.sources.slice(of.span).lines().next().unwrap_or_default().trim_end_matches(':');
                add(Part::Rule { score, rule }, "score rule", words, Some(&it.name), of.span, can);
            }
        }
        for (at, it) in policy.disqualifiers.iter().enumerate() {
            let can = (true, possible::may_be_unknown(policy, &it.condition), true);
            add(Part::Disqualifier(at), "disqualification", &it.name, None, it.span, can);
        }
        for (at, it) in policy.stages.iter().enumerate() {
            add(Part::Stage(at), "stage", &it.name, None, it.span, (true, possible::stage(policy, it), true));
        }
    }

    /// What no test has seen, in the order of the rows.
    pub fn goals(&self) -> Vec<Goal> {
        let of_row = |(at, row): (usize, &Row)| {
            [
                (row.met, Goal::Outcome(at, Outcome::Met)),
                (row.not_met, Goal::Outcome(at, Outcome::NotMet)),
                (row.unknown, Goal::Outcome(at, Outcome::Unknown)),
                (row.decisive, Goal::Decides(at)),
            ]
        };
        let cells = self.parts.iter().enumerate().flat_map(of_row);
        let parts = cells.filter(|(cell, _)| *cell == Cell::NotSeen).map(|(_, goal)| goal);
        let slas = self.slas.iter().enumerate().flat_map(|(at, sla)| {
            sla.states.iter().filter(|(_, seen)| !seen).map(move |(status, _)| Goal::Status(at, *status))
        });
        parts.chain(slas).collect()
    }

    /// Counts the lead that was decided last.
    pub(super) fn observe(&mut self, worker: &mut Worker, decision: &Decision) {
        // What was thought impossible is always looked for, so that the order of tests is nothing to the result.
        let open = |row: &&mut Row| {
            [row.met, row.not_met, row.unknown].iter().any(|cell| *cell != Cell::Seen) || row.decisive == Cell::NotSeen
        };
        let mut rows: Vec<&mut Row> = self.parts.iter_mut().filter(open).collect();
        let parts: Vec<Part> = rows.iter().map(|row| row.part).collect();
        for (row, seen) in rows.iter_mut().zip(worker.probe(&parts)) {
            let Some(seen) = seen else { continue };
            match seen.outcome {
                Outcome::Met => row.met.see(),
                Outcome::NotMet => row.not_met.see(),
                Outcome::Unknown => row.unknown.see(),
            }
            // What equals a condition of a stage by chance does not decide: nothing asks for it.
            if seen.decides && row.decisive != Cell::Impossible {
                row.decisive.see();
            }
        }
        for sla in &mut self.slas {
            let Some(decided) = decision.slas.get(&sla.name) else { continue };
            match sla.states.iter_mut().find(|(status, _)| *status == decided.status) {
                Some((_, seen)) => *seen = true,
                None => sla.states.push((decided.status, true)),
            }
        }
        self.leads += 1;
        self.count();
    }

    fn count(&mut self) {
        let cells = self.parts.iter().flat_map(|row| [row.met, row.not_met, row.unknown, row.decisive]);
        let (mut covered, mut all) = (0, 0);
        for cell in cells {
            covered += usize::from(cell == Cell::Seen);
            all += usize::from(cell != Cell::Impossible);
        }
        let states = self.slas.iter().flat_map(|sla| &sla.states);
        covered += states.clone().filter(|(_, seen)| *seen).count();
        all += states.count();
        self.share = Share::of(covered, all);
    }
}

/// As a list.
impl Serialize for Coverages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
