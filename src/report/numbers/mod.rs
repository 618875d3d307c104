//! The reports: what became of all leads, counted in one pass.
//!
//! A [`Counter`] takes the [`Account`]s of leads, one after another, and keeps what it counts of them: its size depends on
//! groups, periods and the policy. [`Counter::finish`] makes the [`Report`] of it, which shows as tables for people, as
//! Markdown, as JSON, as CSV, or as a page with charts.
//!
//! What is counted is the handover, not the lead: a lead that comes back is handed over again. An answer, a contact and a
//! conversion belong to the latest handover before them; what is dated before the first handover counts for the first.

mod facts;
mod figures;
mod finish;
mod headlines;
mod periods;
mod sections;
mod show;

mod spread;
mod table;
mod tally;

pub use figures::Report;
pub use spread::KEPT;

use chrono::{DateTime, NaiveDate, Utc};

use crate::engine::{Account, Evaluator};
use crate::policy::{Period, Policy};
use tally::{Rules, Tallies};

/// What a report is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The length of its periods.
    pub period: Period,
    /// The first day that counts.
    pub from: Option<NaiveDate>,
    /// The last day that counts.
    pub to: Option<NaiveDate>,
    /// The path of the field by which leads are grouped.
    pub by: Option<String>,
    /// After so many days a handover has had its time to convert.
    pub mature_after_days: u32,
}

/// Counts what reports say.
#[derive(Clone, Debug)]
pub struct Counter<'a> {
    policy: &'a Policy,
    /// The names of the fields that the policy reads, by their slots.
    fields: Vec<String>,
    now: DateTime<Utc>,
    ask: Ask,
    rules: Rules,
    tallies: Tallies,
}

impl<'a> Counter<'a> {
    /// For an evaluator made by [`Evaluator::for_reports`], as of its instant `now`.
    pub fn new(evaluator: &'a Evaluator, now: DateTime<Utc>, ask: Ask) -> Counter<'a> {
        let policy = evaluator.policy();
        let mut rules = Rules::new(policy, now, ask.period);
        (rules.from, rules.to) = (ask.from, ask.to);
        Counter { policy, fields: evaluator.read_fields(), now, ask, rules, tallies: Tallies::default() }
    }

    /// Counts a lead. In whatever order leads come, the figures are the same; which groups have a row of their own, where
    /// there are more than 200, is up to the order.
    pub fn add(&mut self, account: &Account) {
        self.tallies.add(account, &mut self.rules, self.ask.by.is_some());
    }

    /// The figures of `leads` leads, of which `unread` could not be read.
    pub fn finish(self, leads: u64, unread: u64) -> Report {
        finish::report(self, leads, unread)
    }
}
