//! What would become of a lead that was just decided if one part of the policy had come out otherwise. The very steps that
//! decide leads are taken again, but for one, whose outcome is given.

use std::cell;

use super::evaluate::{Setting, State};
use super::program::{BandsBy, Op, RuleKind, RulePlan, Step};
use super::score;
use super::truth::Outcome;
use super::{Verdict, Worker, verdict};
use crate::intake::Cell;
use crate::policy::Policy;

/// A part of a policy, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A criterion.
    Criterion(usize),
    /// An item of a checklist.
    Item {
        /// The checklist.
        checklist: usize,
        /// The item in it.
        item: usize,
    },
    /// A disqualification.
    Disqualifier(usize),
    /// A stage.
    Stage(usize),
    /// A rule of a score: met where it adds or removes anything.
    Rule {
        /// The score.
        score: usize,
        /// The rule in it.
        rule: usize,
    },
}

/// What came of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its outcome.
    pub outcome: Outcome,
    /// Whether the lead would be in another stage, or in or out of one, if the outcome were the opposite. What is unknown
    /// has none.
    pub decides: bool,
}

/// What is given instead of worked out.
#[derive(Clone, Copy)]
enum Forced {
    Step(Step, Outcome),
    Rule { score: usize, rule: usize, points: i64 },
}

impl Worker {
    /// The policy that decides as of now.
    pub fn policy(&self) -> &Policy {
        self.evaluator.policy()
    }

    /// The outcomes of all steps that decided the lead that was decided last, in an order that the policy sets.
    pub fn outcomes(&self) -> &[Outcome] {
        self.seats.get(self.evaluator.now.judging).map_or(&[], |seat| &seat.state.outcomes)
    }

    /// What came of these parts for the lead that was decided last, in whole decisions.
    pub fn probe(&mut self, parts: &[Part]) -> Vec<Option<Seen>> {
        let before = self.ends();
        // Outcomes are read while the lead stands as it really does.
        let flips: Vec<_> = parts.iter().map(|part| self.flip(*part)).collect();
        let seen = parts.iter().zip(flips).map(|(part, flip)| {
            let (outcome, forced) = flip?;
            Some(Seen { outcome, decides: forced.is_some_and(|forced| self.decides(*part, forced, &before)) })
        });
        let seen = seen.collect();
        self.judge_with(None);
        seen
    }

    fn decides(&mut self, part: Part, forced: Forced, before: &Ends) -> bool {
        self.judge_with(Some(forced));
        let mut after = self.ends();
        // A stage's own outcome is what was given.
        if let Part::Stage(at) = part
            && let (Some(place), Some(own)) = (after.met.get_mut(at), before.met.get(at))
        {
            *place = *own;
        }
        after != *before
    }

    /// The outcome of a part, and what to give instead.
    fn flip(&self, part: Part) -> Option<(Outcome, Option<Forced>)> {
        let judge = self.evaluator.judge();
        let (program, state) = (&judge.program, &self.seats.get(self.evaluator.now.judging)?.state);
        let step = match part {
            Part::Criterion(at) => *program.criteria.get(at)?,
            Part::Item { checklist, item } => *program.items.get(program.checklists.get(checklist)?.start + item)?,
            Part::Disqualifier(at) => *program.disqualifiers.get(at)?,
            Part::Stage(at) => program.stages.get(at)?.outcome,
            Part::Rule { score, rule } => {
                let plan = program.scores.get(score)?.rules.get(rule)?;
                let points = *state.rules(score, self.evaluator.setting()).0.get(rule)?;
                let outcome = of_rule(plan, points, state);
                let instead = match outcome {
                    Outcome::Met => Some(0),
                    Outcome::NotMet => most(plan).filter(|most| *most != 0),
                    Outcome::Unknown => None,
                };
                return Some((outcome, instead.map(|points| Forced::Rule { score, rule, points })));
            }
        };
        let outcome = state.outcome(step);
        let known = outcome != Outcome::Unknown;
        Some((outcome, known.then(|| Forced::Step(step, outcome.opposite()))))
    }

    /// Takes all steps once more, one of them given.
    fn judge_with(&mut self, forced: Option<Forced>) {
        let Worker { evaluator, seats, .. } = self;
        let setting = evaluator.setting();
        let Some(seat) = seats.get_mut(evaluator.now.judging) else { return };
        for step in &setting.program.order {
            seat.state.judge(std::slice::from_ref(step), setting);
            match forced {
                Some(Forced::Step(given, outcome)) if given == *step => seat.state.give(*step, outcome, setting),
                Some(Forced::Rule { score, rule, points })
                    if setting.program.steps.get(*step as usize) == Some(&Op::SumUp(score)) =>
                {
                    seat.state.give_points(score, (rule, points), setting);
                }
                _ => {}
            }
        }
    }

    fn ends(&self) -> Ends {
        let verdict: Verdict<'_> = verdict(&self.evaluator, &self.seats, &self.clocks);
        let met = verdict.state.stages.iter().map(|stage| stage.outcome == Outcome::Met).collect();
        Ends { met, stage: verdict.stage() }
    }
}

/// Where a lead stands.
#[derive(Debug, PartialEq, Eq)]
struct Ends {
    /// Of each stage, whether it is met.
    met: Vec<bool>,
    stage: Option<usize>,
}

impl State {
    fn give(&mut self, step: Step, outcome: Outcome, setting: Setting<'_>) {
        if let Some(place) = self.outcomes.get_mut(step as usize) {
            *place = outcome;
        }
        if let Some(Op::Stage(at)) = setting.program.steps.get(step as usize)
            && let Some(stage) = self.stages.get_mut(*at)
        {
            stage.outcome = outcome;
        }
    }

    fn give_points(&mut self, score: usize, instead: (usize, i64), setting: Setting<'_>) {
        let Some(plan) = setting.program.scores.get(score) else { return };
        let past = cell::Cell::new(false);
        let total = score::total_with(plan, self.sheet(self.floor(score), setting.known(&past)), Some(instead), |_| {});
        if let Some(place) = self.scores.get_mut(score) {
            *place = total;
        }
    }
}

/// Met where it adds or removes anything; unknown where it adds nothing because something is not known.
fn of_rule(plan: &RulePlan, points: i64, state: &State) -> Outcome {
    let condition = plan.condition.map_or(Outcome::Met, |step| state.outcome(step));
    if points != 0 || condition == Outcome::NotMet {
        return Outcome::of(points != 0);
    }
    let is_absent = |event: &usize| state.events.get(*event).is_some_and(|log| log.absent);
    let is_empty = |slot: usize| !matches!(state.lead.cell(slot), Cell::Number(_) | Cell::Money(..));
    let by_unknown = match &plan.kind {
        RuleKind::Points(_) | RuleKind::Score { .. } => false,
        RuleKind::Table(lines, _) => {
            let first = lines.iter().map(|(_, step)| state.outcome(*step)).find(|it| *it != Outcome::NotMet);
            first == Some(Outcome::Unknown)
        }
        RuleKind::Bands(bands, _) => matches!(bands.by, BandsBy::Slot(slot) if is_empty(slot)),
        RuleKind::ForEach { event, .. } | RuleKind::ForEveryWithout { event, .. } => is_absent(event),
        RuleKind::Field(slot) => is_empty(*slot),
    };
    if condition == Outcome::Unknown || by_unknown { Outcome::Unknown } else { Outcome::NotMet }
}

/// What a rule would come to if it were met; of what happens more than once, one occurrence. None where nothing bounds it.
fn most(plan: &RulePlan) -> Option<i64> {
    let largest = |points: &mut dyn Iterator<Item = i64>| points.max_by_key(|points| points.unsigned_abs());
    let points = match &plan.kind {
        RuleKind::Points(points) | RuleKind::ForEach { points, .. } | RuleKind::ForEveryWithout { points, .. } => {
            *points
        }
        RuleKind::Table(lines, otherwise) => largest(&mut lines.iter().map(|(points, _)| *points).chain([*otherwise]))?,
        RuleKind::Bands(_, points) => largest(&mut points.iter().copied())?,
        RuleKind::Field(_) | RuleKind::Score { .. } => return None,
    };
    Some(points.clamp(-plan.at_most, plan.at_most))
}
