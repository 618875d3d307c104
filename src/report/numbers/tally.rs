//! What is counted while the leads go by. Its size depends on groups, periods and the policy, not on how many leads come.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::facts::{Answer, Handed, handovers};
use super::periods::{Dates, start_of};
use super::spread::Spread;
use crate::engine::{Account, Outcome, Reason};
use crate::policy::{Action, Period, Policy, Sla, SlaStatus, TargetGoal};
use crate::time::Instant;

const MINUTE: i64 = 60 * 1_000_000;
const HOUR: i64 = 60 * MINUTE;

/// Until when a first contact is within five minutes, an hour, four hours, a day.
pub const WITHIN: [i64; 4] = [5 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR];

/// Ends of the lengths of stays that are told apart: from an hour to ninety days.
pub const STAYS: [i64; 8] =
    [HOUR, 4 * HOUR, 24 * HOUR, 48 * HOUR, 7 * 24 * HOUR, 14 * 24 * HOUR, 30 * 24 * HOUR, 90 * 24 * HOUR];

/// Ends of the shares of the time allowed that are told apart, in percent.
pub const USED: [i64; 6] = [25, 50, 75, 100, 150, 200];

/// So many groups, and so many reasons that the policy does not list, have a row of their own.
const MOST_ROWS: usize = 200;

/// What all counting goes by.
#[derive(Clone, Debug)]
pub struct Rules {
    pub now: Instant,
    pub period: Period,
    /// The first and the last day that count.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub dates: Dates,
    /// For each SLA, whether the policy counts its missed leads as wasted.
    pub wastes: Vec<bool>,
    /// Of each target, its period, and the stage or the SLA that it is about.
    targets: Vec<(Period, Result<usize, usize>)>,
}

impl Rules {
    pub fn new(policy: &Policy, now: DateTime<Utc>, period: Period) -> Rules {
        let wastes = |sla: &Sla| sla.steps.iter().any(|step| step.actions.contains(&Action::CountAsWasted));
        let targets = policy.targets.iter().map(|target| match &target.goal {
            TargetGoal::Stage(_, stage) => (target.period, Ok(stage.index())),
            TargetGoal::OnTime(_, sla) => (target.period, Err(sla.index())),
        });
        Rules {
            now: now.timestamp_micros(),
            period,
            from: None,
            to: None,
            dates: Dates::new(policy.zone),
            wastes: policy.slas.iter().map(wastes).collect(),
            targets: targets.collect(),
        }
    }

    /// The day of an instant, where it counts.
    fn day(&mut self, at: Instant) -> Option<NaiveDate> {
        let day = self.dates.of(at);
        let counts = self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to);
        counts.then_some(day)
    }
}

/// Handovers of one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub handed_over: u64,
    pub again: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub open: u64,
    /// Of those handed over in the period.
    pub converted: u64,
    /// In the period, whenever they were handed over.
    pub conversions: u64,
    /// Within each of [`WITHIN`], and later.
    pub contacted: [u64; 5],
    /// Accepted, and never contacted since they were handed over.
    pub uncalled: u64,
    /// Not contacted, and handed over less than an hour ago.
    pub waiting: u64,
    /// Not contacted.
    pub never: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Counts) {
        self.handed_over += other.handed_over;
        self.again += other.again;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.open += other.open;
        self.converted += other.converted;
        self.conversions += other.conversions;
        self.contacted.iter_mut().zip(other.contacted).for_each(|(own, other)| *own += other);
        self.uncalled += other.uncalled;
        self.waiting += other.waiting;
        self.never += other.never;
    }
}

/// Clocks of one SLA that started in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockCounts {
    pub started: u64,
    pub met: u64,
    pub breached: u64,
    pub at_risk: u64,
    pub running: u64,
    pub paused: u64,
    pub cancelled: u64,
    pub handed_on: u64,
}

impl ClockCounts {
    pub fn add(&mut self, other: &ClockCounts) {
        self.started += other.started;
        self.met += other.met;
        self.breached += other.breached;
        self.at_risk += other.at_risk;
        self.running += other.running;
        self.paused += other.paused;
        self.cancelled += other.cancelled;
        self.handed_on += other.handed_on;
    }

    fn count(&mut self, status: SlaStatus) {
        self.started += 1;
        match status {
            SlaStatus::Met => self.met += 1,
            SlaStatus::Breached => self.breached += 1,
            SlaStatus::AtRisk => self.at_risk += 1,
            SlaStatus::Paused => self.paused += 1,
            SlaStatus::Cancelled => self.cancelled += 1,
            SlaStatus::HandedOn => self.handed_on += 1,
            _ => self.running += 1,
        }
    }
}

/// One stage.
#[derive(Clone, Debug, Default)]
pub struct StageTally {
    pub leads: u64,
    pub ended: Spread,
    pub ended_business: Spread,
    pub open: Spread,
}

/// One SLA.
#[derive(Clone, Debug, Default)]
pub struct SlaTally {
    pub periods: BTreeMap<NaiveDate, ClockCounts>,
    pub overrun: Spread,
    /// Of clocks that are met or breached, how many used up to each share of [`USED`], and more.
    pub used: [u64; USED.len() + 1],
    /// Clocks that ended late, and that ran out with no answer yet.
    pub late: u64,
    pub never: u64,
    pub waste: Waste,
    /// How often each action is due now, by the places of its step and there.
    pub due: BTreeMap<(usize, usize), u64>,
}

/// Leads that were let lie.
#[derive(Clone, Debug, Default)]
pub struct Waste {
    pub leads: u64,
    /// In hundredths, by currency.
    pub cost: BTreeMap<String, i128>,
    /// Those whose cost nobody knows.
    pub without_cost: u64,
}

/// Of one criterion or item of a checklist.
#[derive(Clone, Debug, Default)]
pub struct ReadinessTally {
    pub met: u64,
    pub not_met: u64,
    pub unknown: u64,
    /// How often each field was missing, by its slot.
    pub missing: BTreeMap<usize, u64>,
}

/// What is counted of all leads, or of those of one group.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub leads: u64,
    /// Leads of which nobody knows whether they were handed over.
    pub unknown: u64,
    /// Handovers with an answer or a conversion that is dated before them.
    pub early: u64,
    pub periods: BTreeMap<NaiveDate, Counts>,
    pub reasons: BTreeMap<Reason, u64>,
    pub speed: Spread,
    pub stages: Vec<StageTally>,
    pub no_stage: u64,
    pub disqualified: u64,
    pub disqualifiers: Vec<u64>,
    pub slas: Vec<SlaTally>,
    pub waste: Waste,
    pub readiness: Vec<ReadinessTally>,
}

/// All leads, and each group of them.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    pub all: Tally,
    /// By what the field says, folded, with the first of its spellings in the order of letters; none where it is empty.
    pub groups: BTreeMap<Option<String>, (Option<String>, Tally)>,
    /// The groups that have no row of their own.
    pub others: Option<Box<Tally>>,
    /// Of each target, by whole periods, whatever the days that count: leads that entered the stage; or clocks on time, and clocks decided.
    pub targets: Vec<BTreeMap<NaiveDate, (u64, u64)>>,
}

impl Tallies {
    pub fn add(&mut self, account: &Account, rules: &mut Rules, grouped: bool) {
        let handed: Vec<Handed> = if account.unknown { Vec::new() } else { handovers(account).collect() };
        self.all.add(account, &handed, rules);
        if grouped {
            let (key, shown) = account.group.clone().unzip();
            let tally = if self.groups.contains_key(&key) || self.groups.len() < MOST_ROWS {
                let (name, tally) = self.groups.entry(key).or_insert_with(|| (shown.clone(), Tally::default()));
                if shown < *name {
                    *name = shown;
                }
                tally
            } else {
                self.others.get_or_insert_default()
            };
            tally.add(account, &handed, rules);
        }
        self.targets(account, rules);
    }

    fn targets(&mut self, account: &Account, rules: &mut Rules) {
        self.targets.resize_with(rules.targets.len(), BTreeMap::new);
        for (at, counts) in self.targets.iter_mut().enumerate() {
            let Some((period, goal)) = rules.targets.get(at).copied() else { continue };
            match goal {
                Ok(stage) => {
                    let mut latest = None;
                    for stay in account.stays.iter().filter(|stay| stay.stage == stage) {
                        let start = start_of(period, rules.dates.of(stay.from));
                        // A lead counts once a period, however often it comes back.
                        if latest.replace(start) != Some(start) {
                            counts.entry(start).or_default().0 += 1;
                        }
                    }
                }
                Err(sla) => {
                    for clock in account.clocks.iter().filter(|clock| clock.sla == sla) {
                        let start = start_of(period, rules.dates.of(clock.start));
                        let (met, decided) = counts.entry(start).or_default();
                        *met += u64::from(clock.status == SlaStatus::Met);
                        *decided += u64::from(matches!(clock.status, SlaStatus::Met | SlaStatus::Breached));
                    }
                }
            }
        }
    }
}

impl Tally {
    fn add(&mut self, account: &Account, handed: &[Handed], rules: &mut Rules) {
        self.leads += 1;
        self.unknown += u64::from(account.unknown);
        self.funnel(account);
        for it in handed {
            self.handover(it, rules);
        }
        self.velocity(account, rules);
        self.clocks(account, rules);
        let looked_at = account.outcomes.len();
        self.readiness.resize_with(looked_at.max(self.readiness.len()), ReadinessTally::default);
        for (tally, outcome) in self.readiness.iter_mut().zip(&account.outcomes) {
            *match outcome {
                Outcome::Met => &mut tally.met,
                Outcome::NotMet => &mut tally.not_met,
                Outcome::Unknown => &mut tally.unknown,
            } += 1;
        }
        for (at, slot) in &account.missing {
            if let Some(tally) = self.readiness.get_mut(*at) {
                *tally.missing.entry(*slot).or_default() += 1;
            }
        }
    }

    fn funnel(&mut self, account: &Account) {
        let most = account.disqualified_by.iter().max().map_or(0, |most| most + 1);
        self.disqualifiers.resize(most.max(self.disqualifiers.len()), 0);
        for at in &account.disqualified_by {
            if let Some(count) = self.disqualifiers.get_mut(*at) {
                *count += 1;
            }
        }
        match account.stage {
            _ if !account.disqualified_by.is_empty() => self.disqualified += 1,
            None => self.no_stage += 1,
            Some(stage) => self.stage(stage).leads += 1,
        }
    }

    fn stage(&mut self, stage: usize) -> &mut StageTally {
        place(&mut self.stages, stage)
    }

    fn handover(&mut self, it: &Handed, rules: &mut Rules) {
        let period = rules.period;
        if let Some(day) = it.converted.and_then(|at| rules.day(at)) {
            self.periods.entry(start_of(period, day)).or_default().conversions += 1;
        }
        let Some(day) = rules.day(it.at) else { return };
        self.early += u64::from(it.early);
        let counts = self.periods.entry(start_of(period, day)).or_default();
        counts.handed_over += 1;
        counts.again += u64::from(it.again);
        counts.converted += u64::from(it.converted.is_some());
        match it.contacted {
            Some(at) => {
                let length = at - it.at;
                self.speed.add(length);
                if let Some(bucket) = counts.contacted.get_mut(WITHIN.partition_point(|end| *end < length)) {
                    *bucket += 1;
                }
            }
            None if rules.now - it.at < HOUR => counts.waiting += 1,
            None => counts.never += 1,
        }
        match &it.answer {
            Answer::Open => counts.open += 1,
            Answer::Accepted => {
                counts.accepted += 1;
                counts.uncalled += u64::from(it.contacted.is_none());
            }
            Answer::Rejected(reason) => {
                counts.rejected += 1;
                let is_new = || !self.reasons.contains_key(reason);
                let reason = match reason {
                    Reason::Other(_) if self.reasons.len() >= MOST_ROWS && is_new() => Reason::Other("…".to_owned()),
                    reason => reason.clone(),
                };
                *self.reasons.entry(reason).or_default() += 1;
            }
        }
    }

    fn velocity(&mut self, account: &Account, rules: &mut Rules) {
        for stay in &account.stays {
            match stay.until {
                None => self.stage(stay.stage).open.add(rules.now - stay.from),
                Some(until) if rules.day(until).is_some() => {
                    let tally = self.stage(stay.stage);
                    tally.ended.add(until - stay.from);
                    stay.business.into_iter().for_each(|length| tally.ended_business.add(length));
                }
                Some(_) => {}
            }
        }
    }

    fn clocks(&mut self, account: &Account, rules: &mut Rules) {
        let period = rules.period;
        let mut wasted = false;
        let mut latest = None;
        for clock in &account.clocks {
            let Some(day) = rules.day(clock.start) else { continue };
            let counts_as_wasted = rules.wastes.get(clock.sla) == Some(&true);
            let tally = place(&mut self.slas, clock.sla);
            tally.periods.entry(start_of(period, day)).or_default().count(clock.status);
            if let (SlaStatus::Met | SlaStatus::Breached, Some(window)) = (clock.status, clock.window) {
                let share = |end: &i64| i128::from(window) * i128::from(*end) < i128::from(clock.elapsed) * 100;
                if let Some(count) = tally.used.get_mut(USED.partition_point(share)) {
                    *count += 1;
                }
            }
            if clock.status == SlaStatus::Breached {
                tally.overrun.add(clock.overrun);
                *(if clock.ended { &mut tally.late } else { &mut tally.never }) += 1;
                // However often a lead was let lie, it is one lead.
                if latest.replace(clock.sla) != Some(clock.sla) {
                    tally.waste.add(account);
                }
                wasted |= counts_as_wasted;
            }
        }
        if wasted {
            self.waste.add(account);
        }
        for (sla, step, action) in &account.due {
            *place(&mut self.slas, *sla).due.entry((*step, *action)).or_default() += 1;
        }
    }
}

impl Waste {
    fn add(&mut self, account: &Account) {
        self.leads += 1;
        match account.cost.as_ref().and_then(|(amount, currency)| Some((amount.rounded_hundredths()?, currency))) {
            None => self.without_cost += 1,
            Some((hundredths, currency)) => *self.cost.entry(currency.clone()).or_default() += i128::from(hundredths),
        }
    }
}

/// What stands at a place of a list that grows with what comes.
fn place<T: Default>(all: &mut Vec<T>, at: usize) -> &mut T {
    if all.len() <= at {
        all.resize_with(at + 1, T::default);
    }
    #[expect(clippy::indexing_slicing, reason = "the list was just made that long")]
    &mut all[at]
}
