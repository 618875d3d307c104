//! What was counted → the figures of the report.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Counter;
use super::figures::*;
use super::periods::{label, next, start_of, word};
use super::spread::{KEPT, Spread};
use super::tally::{ClockCounts, Counts, STAYS, StageTally, Tally, USED, Waste as Wastage};
use crate::decimal::Decimal;
use crate::engine::{Reason, timestamp};
use crate::policy::{Handover, Period, Policy, TargetGoal};
use crate::report::prose::words::{count, thousands};
use crate::report::worklist::action_in_words;
use crate::time::calendar::Calendar;
use crate::time::zone;

/// A gap of more periods than this is left out: a date of long ago is mostly a slip.
const LONGEST_GAP: usize = 120;

pub fn report(counter: Counter<'_>, leads: u64, unread: u64) -> Report {
    let Counter { policy, now, ask, tallies, .. } = &counter;
    let calendar = policy.calendar.and_then(|id| policy.calendars.get(id.index()));
    let calendar = calendar.map(|calendar| Calendar::new(calendar.spec.clone()));
    let maker = Maker { counter: &counter, handover: policy.handover.as_ref(), calendar };
    let groups = tallies.groups.values();
    let group = |(name, tally): &(Option<String>, Tally)| Group {
        value: name.clone(),
        others: false,
        figures: maker.figures(tally),
    };
    let mut groups: Vec<Group> = groups.map(group).collect();
    // The largest first; what is as large stays in the order of its name.
    groups.sort_by_key(|group| std::cmp::Reverse(group.figures.leads));
    let others = tallies.others.iter();
    groups.extend(others.map(|tally| Group { value: None, others: true, figures: maker.figures(tally) }));
    Report {
        schema: 1,
        policy: About { name: policy.name.clone(), version: policy.version, digest: policy.digest.clone() },
        as_of: timestamp(*now),
        zone: policy.zone.name().to_owned(),
        period: word(ask.period),
        from: ask.from.map(|day| day.to_string()),
        to: ask.to.map(|day| day.to_string()),
        by: ask.by.clone(),
        mature_after_days: ask.mature_after_days,
        leads,
        unread,
        notes: maker.notes(),
        targets: maker.targets(),
        all: maker.figures(&tallies.all),
        groups,
    }
}

struct Maker<'a> {
    counter: &'a Counter<'a>,
    handover: Option<&'a Handover>,
    /// By which working days are counted.
    calendar: Option<Calendar>,
}

impl Maker<'_> {
    fn policy(&self) -> &Policy {
        self.counter.policy
    }

    fn says(&self, line: fn(&Handover) -> bool) -> bool {
        self.handover.is_some_and(|it| !it.handed_over.is_empty() && line(it))
    }

    fn figures(&self, tally: &Tally) -> Figures {
        let mut total = Counts::default();
        tally.periods.values().for_each(|counts| total.add(counts));
        let counts = filled(self.counter.ask.period, &tally.periods);
        let in_periods = |make: &dyn Fn(&NaiveDate, &Counts) -> Converted| -> Vec<InPeriod<Converted>> {
            counts.iter().map(|(start, it)| self.in_period(*start, make(start, it))).collect()
        };
        let handovers = self.says(|_| true).then(|| Handovers {
            total: HandedOver::from(&total),
            periods: counts.iter().map(|(start, it)| self.in_period(*start, HandedOver::from(it))).collect(),
            reasons: self.says(|it| !it.rejected.is_empty()).then(|| self.reasons(tally, total.rejected)),
        });
        let efficiency = self.says(|it| !it.converted.is_empty()).then(|| Efficiency {
            total: Converted::of(
                &total,
                counts.iter().all(|(start, it)| it.handed_over == 0 || self.is_mature(*start)),
            ),
            periods: in_periods(&|start, it| Converted::of(it, self.is_mature(*start))),
        });
        let speed = self.says(|it| !it.contacted.is_empty()).then(|| Speed {
            total: Contacts::from(&total),
            length: Lengths::from(tally.speed.summary()),
            periods: counts.iter().map(|(start, it)| self.in_period(*start, Contacts::from(it))).collect(),
        });
        Figures {
            leads: tally.leads,
            handovers,
            efficiency,
            velocity: self.velocity(tally),
            slas: self.slas(tally),
            speed,
            waste: self.waste(tally),
            readiness: self.readiness(tally),
            funnel: self.funnel(tally),
        }
    }

    fn in_period<T>(&self, start: NaiveDate, figures: T) -> InPeriod<T> {
        InPeriod { days: self.days(self.counter.ask.period, start), figures }
    }

    fn days(&self, period: Period, start: NaiveDate) -> Days {
        let after = next(period, start);
        let last = after.pred_opt().unwrap_or(after);
        let name = label(period, start);
        Days { period: name, from: start.to_string(), to: last.to_string(), ended: after <= self.today() }
    }

    fn today(&self) -> NaiveDate {
        zone::date_of(self.policy().zone, self.counter.now.timestamp_micros())
    }

    /// Whether all handovers of a period had their time to convert.
    fn is_mature(&self, start: NaiveDate) -> bool {
        let Counter { ask, .. } = self.counter;
        let ripe = next(ask.period, start).checked_add_days(chrono::Days::new(ask.mature_after_days.into()));
        ripe.is_some_and(|ripe| ripe <= self.today())
    }

    fn reasons(&self, tally: &Tally, rejected: u64) -> Vec<Rejections> {
        let names = self.handover.map(|it| it.reasons.as_slice()).unwrap_or_default();
        let row = |reason: Option<String>, listed: bool, count: u64| Rejections {
            reason,
            listed,
            rejected: count,
            share_percent: Share::of(count, rejected),
        };
        let listed = names.iter().enumerate().map(|(at, name)| {
            let count = tally.reasons.get(&Reason::Listed(at)).copied().unwrap_or_default();
            row(Some(name.clone()), true, count)
        });
        let mut rows: Vec<Rejections> = listed.collect();
        rows.extend(tally.reasons.iter().filter_map(|(reason, count)| match reason {
            Reason::Listed(_) => None,
            // Where the policy lists none, any reason will do.
            Reason::Other(text) => Some(row(Some(text.clone()), names.is_empty(), *count)),
            Reason::None => Some(row(None, false, *count)),
        }));
        rows.sort_by_key(|row| std::cmp::Reverse(row.rejected));
        rows
    }

    fn velocity(&self, tally: &Tally) -> Vec<Velocity> {
        let policy = self.policy();
        let none = StageTally::default();
        let stages = policy.stages.iter().enumerate().filter(|(_, stage)| !stage.entered.is_empty());
        let rows = stages.map(|(at, stage)| {
            let it = tally.stages.get(at).unwrap_or(&none);
            let starts = |sla: &crate::policy::Sla| sla.starts.iter().any(|event| stage.entered.contains(event));
            let slas = policy.slas.iter().enumerate().filter(|(_, sla)| starts(sla));
            let (mut names, mut clocks) = (Vec::new(), ClockCounts::default());
            for (at, sla) in slas {
                names.push(sla.name.clone());
                let periods = tally.slas.get(at).into_iter().flat_map(|it| it.periods.values());
                periods.for_each(|period| clocks.add(period));
            }
            Velocity {
                stage: stage.name.clone(),
                ended: it.ended.summary().into(),
                ended_business: policy.calendar.map(|_| it.ended_business.summary().into()),
                open: it.open.summary().into(),
                distribution: distribution(&it.ended),
                slas: names,
                within_sla_percent: Share::of(clocks.met, clocks.met + clocks.breached),
            }
        });
        rows.collect()
    }

    fn slas(&self, tally: &Tally) -> Vec<Sla> {
        let row = |(at, sla): (usize, &crate::policy::Sla)| {
            let it = tally.slas.get(at);
            let periods = it.map(|it| filled(self.counter.ask.period, &it.periods)).unwrap_or_default();
            let mut total = ClockCounts::default();
            periods.iter().for_each(|(_, counts)| total.add(counts));
            Sla {
                sla: sla.name.clone(),
                party: sla.owner.clone(),
                total: clocks(&total),
                overrun: it.map(|it| it.overrun.summary().into()).unwrap_or_default(),
                used: used(it.map(|it| it.used).unwrap_or_default()),
                periods: periods.iter().map(|(start, it)| self.in_period(*start, clocks(it))).collect(),
            }
        };
        self.policy().slas.iter().enumerate().map(row).collect()
    }

    fn waste(&self, tally: &Tally) -> Waste {
        let priced = self.handover.is_some_and(|it| it.cost.is_some());
        let cost = |waste: &Wastage| {
            let amounts = waste.cost.iter();
            let amounts = amounts.map(|(currency, sum)| Amount { hundredths: *sum, currency: currency.clone() });
            priced.then(|| amounts.collect())
        };
        let slas = self.policy().slas.iter().zip(&self.counter.rules.wastes).enumerate();
        let slas = slas.map(|(at, (sla, wastes))| {
            let it = tally.slas.get(at).cloned().unwrap_or_default();
            let mut actions: Vec<Due> = Vec::new();
            for (at, step) in sla.steps.iter().enumerate() {
                for (place, action) in step.actions.iter().enumerate() {
                    let due = it.due.get(&(at, place)).copied().unwrap_or_default();
                    let action = action_in_words(action);
                    match actions.iter_mut().find(|other| other.action == action) {
                        Some(other) => other.due += due,
                        None => actions.push(Due { action, due }),
                    }
                }
            }
            Wasted {
                sla: sla.name.clone(),
                counts_as_wasted: *wastes,
                leads: it.waste.leads,
                late: it.late,
                never: it.never,
                cost: cost(&it.waste),
                actions,
            }
        });
        Waste {
            leads: tally.waste.leads,
            cost: cost(&tally.waste),
            without_cost: tally.waste.without_cost,
            slas: slas.collect(),
        }
    }

    fn readiness(&self, tally: &Tally) -> Vec<Readiness> {
        let policy = self.policy();
        let criteria = policy.criteria.iter().map(|it| (None, &it.name));
        let items = policy
            .checklists
            .iter()
            .flat_map(|list| list.items.iter().map(|(label, _)| (Some(list.name.clone()), label)));
        let rows = criteria.chain(items).enumerate().map(|(at, (checklist, name))| {
            let it = tally.readiness.get(at).cloned().unwrap_or_default();
            // Of fields that are missing as often, the first.
            let worst = it.missing.iter().rev().max_by_key(|(_, count)| **count);
            Readiness {
                checklist,
                name: name.clone(),
                met: it.met,
                not_met: it.not_met,
                unknown: it.unknown,
                unknown_percent: Share::of(it.unknown, it.met + it.not_met + it.unknown),
                field: worst.and_then(|(slot, _)| self.counter.fields.get(*slot)).cloned(),
                field_missing: worst.map_or(0, |(_, count)| *count),
            }
        });
        rows.collect()
    }

    fn funnel(&self, tally: &Tally) -> Funnel {
        let policy = self.policy();
        let leads: Vec<u64> =
            (0..policy.stages.len()).map(|at| tally.stages.get(at).map_or(0, |stage| stage.leads)).collect();
        let stages = policy.stages.iter().enumerate().map(|(at, stage)| AtStage {
            stage: stage.name.clone(),
            leads: leads.get(at).copied().unwrap_or_default(),
            at_least: leads.iter().skip(at).sum(),
        });
        let disqualifiers = policy.disqualifiers.iter().enumerate().map(|(at, it)| Disqualified {
            disqualifier: it.name.clone(),
            leads: tally.disqualifiers.get(at).copied().unwrap_or_default(),
        });
        Funnel {
            stages: stages.collect(),
            no_stage: tally.no_stage,
            disqualified: tally.disqualified,
            disqualifiers: disqualifiers.collect(),
        }
    }

    fn targets(&self) -> Vec<Target> {
        let policy = self.policy();
        let none = BTreeMap::new();
        let all = policy.targets.iter().enumerate().map(|(at, target)| {
            let per = word(target.period);
            let counts = self.counter.tallies.targets.get(at).unwrap_or(&none);
            let (said, stage, sla, unknown) = match &target.goal {
                TargetGoal::Stage(goal, stage) => {
                    let stage = policy.stages.get(stage.index());
                    let name = stage.map(|stage| stage.name.clone()).unwrap_or_default();
                    let dated = stage.is_some_and(|stage| !stage.entered.is_empty());
                    let unknown = (!dated).then(|| {
                        format!("the stage `{name}` has no `entered when`, so nobody knows when a lead reached it")
                    });
                    (format!("{} \"{name}\" per {per}", thousands(*goal as usize)), Some(name), None, unknown)
                }
                TargetGoal::OnTime(goal, sla) => {
                    let name = policy.slas.get(sla.index()).map(|sla| sla.name.clone()).unwrap_or_default();
                    (format!("{goal}% on time for \"{name}\" per {per}"), None, Some(name), None)
                }
            };
            let periods = if unknown.is_some() { Vec::new() } else { self.attained(target, counts) };
            Target { target: said, stage, sla, unknown, periods }
        });
        all.collect()
    }

    /// From the first period with anything in it to the current one; or those, whole, that have a day that was asked for.
    fn attained(
        &self,
        target: &crate::policy::Target,
        counts: &BTreeMap<NaiveDate, (u64, u64)>,
    ) -> Vec<InPeriod<Attained>> {
        let Counter { ask, .. } = self.counter;
        let today = self.today();
        let last = ask.to.map_or(today, |to| to.min(today));
        let first = ask.from.map(|from| start_of(target.period, from));
        let mut periods: BTreeMap<NaiveDate, (u64, u64)> = counts.clone();
        periods.retain(|start, _| first.is_none_or(|first| first <= *start) && *start <= last);
        for day in [ask.from, Some(last)].into_iter().flatten().filter(|day| *day <= last) {
            periods.entry(start_of(target.period, day)).or_default();
        }
        let rows = filled(target.period, &periods).into_iter().map(|(start, (count, decided))| {
            let figures = match &target.goal {
                TargetGoal::Stage(goal, _) => self.counted(target.period, start, count, u64::from(*goal)),
                TargetGoal::OnTime(goal, _) => on_time(count, decided, *goal),
            };
            InPeriod { days: self.days(target.period, start), figures }
        });
        rows.collect()
    }

    /// Leads against a number of leads. What is expected by now follows the working days, today's among them.
    fn counted(&self, period: Period, start: NaiveDate, actual: u64, goal: u64) -> Attained {
        let after = next(period, start);
        let until = after.min(self.today().succ_opt().unwrap_or(after));
        let (days, gone) = (self.working_days(start, after), self.working_days(start, until));
        let round = |numerator: u64, denominator: u64| {
            let (numerator, denominator) = (u128::from(numerator), u128::from(denominator));
            let rounded = (numerator * 2 + denominator).checked_div(denominator * 2)?;
            u64::try_from(rounded).ok()
        };
        let expected = round(goal * gone * 100, days);
        let forecast = round(actual * days, gone).map(|leads| leads * 100);
        Attained {
            actual: Reached(Some(actual * 100)),
            target: Reached(Some(goal * 100)),
            attainment_percent: Share::of(actual, goal),
            working_days: Some(days),
            working_days_gone: Some(gone),
            expected: Reached(expected),
            pace_percent: Share::of(actual * days, goal * gone),
            forecast: Reached(forecast),
        }
    }

    fn working_days(&self, from: NaiveDate, until: NaiveDate) -> u64 {
        let days = from.iter_days().take_while(|day| *day < until);
        let Some(calendar) = &self.calendar else { return days.count() as u64 };
        let zone = calendar.spec().zone;
        let is_open = |day: &NaiveDate| {
            let after = zone::start_of_day(zone, day.succ_opt().unwrap_or(*day));
            calendar.next_open(zone::start_of_day(zone, *day)).is_some_and(|open| open < after)
        };
        days.filter(is_open).count() as u64
    }

    fn notes(&self) -> Vec<String> {
        let Counter { ask, tallies, .. } = self.counter;
        let all = &tallies.all;
        let mut notes = Vec::new();
        let mut lacks = |what: &str, line: &str| {
            notes.push(format!("{what} cannot be counted: `handover` in the policy has no line `{line}`."));
        };
        match self.handover {
            None => notes.push(
                "Handovers, efficiency, speed and cost cannot be counted: the policy has no `handover`.".to_owned(),
            ),
            Some(it) if it.handed_over.is_empty() => lacks("Handovers, efficiency and speed", "handed over at"),
            Some(it) => {
                if it.accepted.is_empty() {
                    lacks("Acceptance", "accepted at");
                }
                if it.rejected.is_empty() {
                    lacks("Rejection", "rejected at");
                }
                if it.converted.is_empty() {
                    lacks("Efficiency", "converted at");
                }
                if it.contacted.is_empty() {
                    lacks("Speed to first contact", "contacted at");
                }
            }
        }
        if ask.from.is_some() || ask.to.is_some() {
            notes.push(
                "The funnel, data readiness, open ages and actions that are due are as of now, whatever the days that were \
                 asked for."
                    .to_owned(),
            );
        }
        if all.unknown > 0 {
            let leads = count(all.unknown as usize, "lead has", "leads have");
            notes.push(format!(
                "{leads} no log of handovers and answers: nobody knows what happened, so no count has them."
            ));
        }
        if all.early > 0 {
            let handovers = count(all.early as usize, "handover has", "handovers have");
            notes.push(format!("{handovers} an answer or a conversion with an earlier date; it counts all the same."));
        }
        if self.handover.is_some_and(|it| it.cost.is_some()) && all.waste.without_cost > 0 {
            let leads = count(all.waste.without_cost as usize, "wasted lead has", "wasted leads have");
            notes.push(format!("{leads} no known cost, so what was wasted cost more than is shown."));
        }
        let stages = all.stages.iter().flat_map(|it| [&it.ended, &it.ended_business, &it.open]);
        let overruns = all.slas.iter().map(|it| &it.overrun);
        if stages.chain(overruns).chain([&all.speed]).any(|it| !it.is_exact()) {
            notes.push(format!(
                "Percentiles of more than {} lengths of time are right to a thousandth; means and counts are exact.",
                thousands(KEPT)
            ));
        }
        if tallies.others.is_some() {
            notes.push(format!(
                "There are more than {} groups; those that came later are counted together.",
                tallies.groups.len()
            ));
        }
        notes
    }
}

/// Periods without anything between those with something stand as empty.
fn filled<T: Clone + Default>(period: Period, periods: &BTreeMap<NaiveDate, T>) -> Vec<(NaiveDate, T)> {
    let mut filled: Vec<(NaiveDate, T)> = Vec::new();
    for (start, counts) in periods {
        if let Some((last, _)) = filled.last() {
            let starts = std::iter::successors(Some(next(period, *last)), |start| Some(next(period, *start)));
            let gap: Vec<NaiveDate> = starts.take_while(|other| other < start).take(LONGEST_GAP + 1).collect();
            if gap.len() <= LONGEST_GAP {
                filled.extend(gap.into_iter().map(|start| (start, T::default())));
            }
        }
        filled.push((*start, counts.clone()));
    }
    filled
}

fn clocks(it: &ClockCounts) -> Clocks {
    Clocks {
        started: it.started,
        met: it.met,
        breached: it.breached,
        at_risk: it.at_risk,
        running: it.running,
        paused: it.paused,
        cancelled: it.cancelled,
        handed_on: it.handed_on,
        attainment_percent: Share::of(it.met, it.met + it.breached),
    }
}

fn distribution(lengths: &Spread) -> Vec<Bucket> {
    let ends = STAYS.iter().copied().map(Some).chain([None]).map(Length);
    ends.zip(lengths.shares(&STAYS)).map(|(up_to_seconds, count)| Bucket { up_to_seconds, count }).collect()
}

fn used(counts: [u64; USED.len() + 1]) -> Vec<Used> {
    let ends = USED.iter().map(|end| u64::try_from(*end).ok()).chain([None]);
    ends.zip(counts).map(|(up_to_percent, clocks)| Used { up_to_percent, clocks }).collect()
}

/// Percent against percent. There is no pace: what is on time is not spread over days.
fn on_time(met: u64, decided: u64, goal: Decimal) -> Attained {
    let actual = Share::of(met, decided).hundredths();
    let goal = goal.rounded_hundredths().and_then(|goal| u64::try_from(goal).ok());
    let attained = actual.zip(goal).map(|(actual, goal)| Share::of(actual, goal));
    Attained {
        actual: Reached(actual),
        target: Reached(goal),
        attainment_percent: attained.unwrap_or_default(),
        working_days: None,
        working_days_gone: None,
        expected: Reached(None),
        pace_percent: Share::default(),
        forecast: Reached(None),
    }
}
