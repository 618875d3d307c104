//! §7: stages, their tests and their stays.

use std::collections::{BTreeMap, BTreeSet};

use crate::decide::Case;
use crate::model::{Outcome, Stage};
use crate::time::{self, DAY};
use crate::truth::At;

/// What is known of a lead and a stage.
#[derive(Clone, Debug)]
pub struct Standing {
    pub outcome: Outcome,
    pub test: Outcome,
    /// The entry of the stay that is open.
    pub since: Option<i64>,
    /// The absent logs that could change the outcome.
    pub absent: Vec<String>,
    /// Whether the outcome may be that of the test.
    pub asks_its_test: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stay {
    Open,
    HeldBack,
    /// There is none, or it is over: the test decides.
    None,
}

/// The latest occurrence of each event that a stage names.
type Latest<'a> = BTreeMap<&'a str, Option<i64>>;

impl Case<'_> {
    pub fn stage(&self, name: &str) -> Standing {
        if let Some(standing) = self.stages.borrow().get(name) {
            return standing.clone();
        }
        let stage = self.policy.stages().find(|stage| stage.name == name).unwrap();
        let standing = self.standing(stage);
        self.stages.borrow_mut().insert(name.to_owned(), standing.clone());
        standing
    }

    fn standing(&self, stage: &Stage) -> Standing {
        let test = self.outcome(&stage.test, At::default());
        let mut latest = Latest::new();
        let mut absent = BTreeSet::new();
        for event in stage.entered_when.iter().chain(stage.left_when.iter().flat_map(|(events, _)| events)) {
            match self.occurrences(event) {
                Some(instants) => _ = latest.insert(event, instants.last().copied()),
                None => _ = absent.insert(event.as_str()),
            }
        }
        let outcome = |stay| match stay {
            Stay::Open if !stage.only_while => Outcome::Met,
            Stay::HeldBack => Outcome::NotMet,
            Stay::Open | Stay::None => test,
        };
        // Of events with the same part to play, whichever is last counts: one stands for them all.
        let part = |event: &str| {
            let among = |events: &Vec<String>| events.iter().any(|one| one == event);
            (among(&stage.entered_when), stage.left_when.iter().position(|(events, _)| among(events)))
        };
        let parts: BTreeMap<_, &str> = absent.iter().map(|event| (part(event), *event)).collect();
        let mut stays = BTreeSet::new();
        self.possible(stage, &mut latest.clone(), &parts.into_values().collect::<Vec<_>>(), &mut stays);
        let outcomes: BTreeSet<Outcome> = stays.iter().map(|stay| outcome(*stay)).collect();
        let agreed = outcomes.len() == 1;
        let entry = stage.entered_when.iter().filter_map(|event| *latest.get(event.as_str())?).max();
        let open = stays.iter().all(|stay| *stay == Stay::Open);
        let standing = Standing {
            outcome: if agreed { *outcomes.first().unwrap() } else { Outcome::Unknown },
            test,
            since: entry.filter(|_| open),
            absent: if agreed { Vec::new() } else { absent.iter().map(|event| (*event).to_owned()).collect() },
            asks_its_test: outcomes.contains(&test),
        };
        self.see_stage(stage, &stays, &latest, !absent.is_empty(), &standing);
        standing
    }

    /// The stays that there may be, whatever the absent logs hold: each event never, or last at any instant up to now.
    /// A stay turns on nothing but the order of these instants and on when a hold-back ends, so that the instants at
    /// and around those that are known, and one before them all, stand for every other.
    fn possible<'a>(&self, stage: &'a Stage, latest: &mut Latest<'a>, absent: &[&'a str], stays: &mut BTreeSet<Stay>) {
        let Some((event, others)) = absent.split_first() else {
            stays.insert(self.stay(stage, latest));
            return;
        };
        let mut instants: BTreeSet<i64> = latest.values().flatten().flat_map(|at| [at - 1, *at, at + 1]).collect();
        instants.extend([self.now, self.now - 1, self.now - 40_000 * DAY]);
        for span in stage.left_when.iter().filter_map(|(_, span)| *span).filter(|span| !span.business) {
            let over = time::earlier(self.policy.zone(), self.now, span);
            instants.extend([over - 1, over, over + 1]);
        }
        for at in instants.into_iter().filter(|at| *at <= self.now).map(Some).chain([None]) {
            latest.insert(event, at);
            self.possible(stage, latest, others, stays);
        }
        latest.remove(event);
    }

    fn stay(&self, stage: &Stage, latest: &Latest) -> Stay {
        let last = |events: &[String]| events.iter().filter_map(|event| *latest.get(event.as_str())?).max();
        let entry = last(&stage.entered_when);
        let exit = stage.left_when.iter().filter_map(|(events, _)| last(events)).max();
        let Some(exit) = exit else { return if entry.is_some() { Stay::Open } else { Stay::None } };
        if entry.is_some_and(|entry| entry > exit) {
            return Stay::Open;
        }
        let exits = stage.left_when.iter().filter(|(events, _)| last(events) == Some(exit));
        let mut holds = exits.map(|(_, span)| span.is_none_or(|span| self.now < self.later(exit, span)));
        if holds.any(|holds| holds) { Stay::HeldBack } else { Stay::None }
    }

    /// Notes which of the situations of a stage this is.
    fn see_stage(&self, stage: &Stage, stays: &BTreeSet<Stay>, latest: &Latest, absent: bool, standing: &Standing) {
        let left = stage
            .left_when
            .iter()
            .flat_map(|(events, _)| events)
            .any(|event| latest.get(event.as_str()).is_some_and(Option::is_some));
        let situation = match (absent, stays.first().unwrap()) {
            (true, _) if !standing.absent.is_empty() => "unknown by an absent log",
            (true, _) => "an absent log that changes nothing",
            (false, Stay::Open) if stage.only_while => "open, only while it passes its test",
            (false, Stay::Open) => "open",
            (false, Stay::HeldBack) => "left, and held back",
            (false, Stay::None) if left => "left, and the hold-back is over",
            (false, Stay::None) => "no stay",
        };
        let mut seen = self.seen.borrow_mut();
        seen.add(format!("stage: {situation}"));
        let against = standing.outcome != standing.test;
        seen.add_if(against && situation == "open", "stage: open against its test");
        seen.add_if(against && situation == "left, and held back", "stage: held back against its test");
    }
}
