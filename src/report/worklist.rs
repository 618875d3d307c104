//! The worklist: every SLA clock that is open, the most pressing first.
//!
//! [`gather`] finds the open clocks of one lead, [`Worklist`] puts those of all leads in order. It shows as a table for
//! people ([`Worklist::human`]), as JSON, or as CSV.

mod table;

pub(super) use table::action as action_in_words;

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::prose::words::safe;
use crate::engine::{DueAction, Evaluator, Outputs, SlaDecision, UnknownKey, Worker};
use crate::intake::LeadError;
use crate::policy::{Policy, SlaStatus};

/// One open clock of one lead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Which lead.
    pub lead: Option<String>,
    /// Who owns the lead, where the policy says which field that is.
    pub owner: Option<String>,
    /// Which SLA.
    pub sla: Arc<str>,
    /// Which party answers for it.
    pub party: Option<String>,
    /// All that the decision says of the clock.
    pub clock: SlaDecision,
    /// What is due because of it.
    pub actions: Vec<DueAction>,
    /// The zone of its calendar, or, for plain time, of the policy.
    pub zone: Tz,
}

/// The open clocks of all leads: those that are breached, then at risk, then running, then paused, each in the order in
/// which they are due.
#[derive(Clone, Debug)]
pub struct Worklist {
    policy: (String, u32, String),
    zone: Tz,
    now: DateTime<Utc>,
    leads: u64,
    unread: u64,
    rows: Vec<Row>,
}

/// The statuses of open clocks, the most pressing first.
const OPEN: [SlaStatus; 4] = [SlaStatus::Breached, SlaStatus::AtRisk, SlaStatus::Running, SlaStatus::Paused];

/// The keys of a decision that a worklist needs, for [`Evaluator::only`].
///
/// # Errors
/// None, as long as decisions have these keys.
pub fn outputs() -> Result<Outputs, UnknownKey> {
    Outputs::only(["lead", "slas", "actions"])
}

/// Adds the open clocks of one lead.
///
/// # Errors
/// As [`Worker::decide`].
pub fn gather(evaluator: &Evaluator, worker: &mut Worker, lead: &[u8], rows: &mut Vec<Row>) -> Result<(), LeadError> {
    let decision = worker.decide(lead)?;
    for (name, clock) in &decision.slas {
        if clock.stopped_at.is_some() || !OPEN.contains(&clock.status) {
            continue;
        }
        let judge = evaluator.versions().find(|policy| policy.version == clock.policy_version);
        let judge = judge.unwrap_or(evaluator.policy());
        let sla = judge.slas.iter().find(|sla| sla.name == name);
        rows.push(Row {
            lead: decision.lead.clone(),
            owner: worker.owner().map(std::borrow::Cow::into_owned),
            sla: name.into(),
            party: sla.and_then(|sla| sla.owner.clone()),
            actions: decision.actions.iter().filter(|action| *action.sla == *name).cloned().collect(),
            zone: zone_of(judge, clock),
            clock: clock.clone(),
        });
    }
    Ok(())
}

fn zone_of(policy: &Policy, clock: &SlaDecision) -> Tz {
    let name = clock.calendar.as_deref();
    let calendar = policy.calendars.iter().find(|calendar| Some(calendar.name.as_str()) == name);
    calendar.map_or(policy.zone, |calendar| calendar.spec.zone)
}

impl Row {
    /// The seconds that are left until the clock is due, as it counts them; below zero, those that it is over. None
    /// where it is never due.
    pub fn left_seconds(&self) -> Option<i64> {
        let (window, elapsed) = (self.clock.window_seconds?, self.clock.elapsed_seconds?);
        let overrun = self.clock.overrun_seconds.unwrap_or(0);
        Some(if self.clock.status == SlaStatus::Breached { -overrun } else { (window - elapsed).max(0) })
    }

    fn rank(&self) -> usize {
        OPEN.iter().position(|status| *status == self.clock.status).unwrap_or(OPEN.len())
    }

    /// What is never due comes last.
    fn order(&self, other: &Row) -> Ordering {
        let due = |row: &Row| (row.clock.due_at.is_none(), row.clock.due_at);
        self.rank().cmp(&other.rank()).then_with(|| due(self).cmp(&due(other)))
    }
}

impl Worklist {
    /// The open clocks of `leads` leads as of the instant `now`, of which `unread` could not be read. Clocks that are
    /// due at one instant stay in the order of the leads.
    pub fn new(evaluator: &Evaluator, now: DateTime<Utc>, leads: u64, unread: u64, rows: Vec<Row>) -> Worklist {
        let mut rows = rows;
        rows.sort_by(Row::order);
        let policy = evaluator.policy();
        let named = (policy.name.clone(), policy.version, policy.digest.clone());
        Worklist { policy: named, zone: policy.zone, now, leads, unread, rows }
    }

    /// The clocks.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many clocks have a status.
    pub fn count(&self, status: SlaStatus) -> usize {
        self.rows.iter().filter(|row| row.clock.status == status).count()
    }

    /// For people: a table for each status. With a `width`, names are cut to fit the screen.
    pub fn human(&self, width: Option<usize>, color: bool) -> String {
        table::render(self, width, color)
    }

    /// One JSON object and a line feed.
    ///
    /// # Errors
    /// None: there is nothing in a worklist that JSON cannot say.
    pub fn json(&self) -> serde_json::Result<String> {
        let (name, version, digest) = (self.policy.0.as_str(), self.policy.1, self.policy.2.as_str());
        let json = Json {
            schema: 1,
            policy: JsonPolicy { name, version, digest },
            as_of: rfc3339(self.now),
            leads: self.leads,
            unread: self.unread,
            breached: self.count(SlaStatus::Breached),
            at_risk: self.count(SlaStatus::AtRisk),
            running: self.count(SlaStatus::Running),
            paused: self.count(SlaStatus::Paused),
            clocks: self.rows.iter().map(JsonRow::of).collect(),
        };
        Ok(serde_json::to_string(&json)? + "\n")
    }

    /// A header and a line for each clock, for spreadsheets. A text that a spreadsheet would take for a formula gets a
    /// `'` before it, because leads come from anybody.
    ///
    /// # Errors
    /// None: it is written to memory.
    pub fn csv(&self) -> Result<String, csv::Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(CSV)?;
        for row in &self.rows {
            let clock = &row.clock;
            let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
            let due = |format: &str| local(clock.due_at, row.zone).map(|due| due.format(format).to_string());
            let actions: Vec<String> = row.actions.iter().map(|due| table::action(&due.action)).collect();
            out.write_record([
                plain(row.lead.as_deref()),
                plain(row.owner.as_deref()),
                plain(Some(&row.sla)),
                plain(row.party.as_deref()),
                clock.status.as_str().to_owned(),
                clock.started_at.map(rfc3339).unwrap_or_default(),
                clock.due_at.map(rfc3339).unwrap_or_default(),
                due("%Y-%m-%d %H:%M:%S").unwrap_or_default(),
                row.zone.name().to_owned(),
                number(row.left_seconds()),
                plain(clock.calendar.as_deref()),
                clock.cycles.to_string(),
                clock.missed_before.to_string(),
                clock.policy_version.to_string(),
                plain(Some(&actions.join("; "))),
            ])?;
        }
        let bytes = out.into_inner().map_err(|error| error.into_error())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

const CSV: [&str; 15] = [
    "lead",
    "owner",
    "sla",
    "party",
    "status",
    "started_at",
    "due_at",
    "due_local",
    "zone",
    "left_seconds",
    "calendar",
    "cycles",
    "missed_before",
    "policy_version",
    "actions",
];

fn plain(text: Option<&str>) -> String {
    safe(text.unwrap_or_default())
}

fn local(at: Option<DateTime<Utc>>, zone: Tz) -> Option<DateTime<Tz>> {
    at.map(|at| zone.from_utc_datetime(&at.naive_utc()))
}

fn rfc3339(at: DateTime<Utc>) -> String {
    crate::engine::timestamp(at)
}

#[derive(Serialize)]
struct Json<'a> {
    schema: u32,
    policy: JsonPolicy<'a>,
    as_of: String,
    leads: u64,
    unread: u64,
    breached: usize,
    at_risk: usize,
    running: usize,
    paused: usize,
    clocks: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonPolicy<'a> {
    name: &'a str,
    version: u32,
    digest: &'a str,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    lead: Option<&'a str>,
    owner: Option<&'a str>,
    sla: &'a str,
    party: Option<&'a str>,
    status: &'static str,
    started_at: Option<String>,
    due_at: Option<String>,
    /// With the offset of `zone`.
    due_local: Option<String>,
    zone: &'static str,
    left_seconds: Option<i64>,
    calendar: Option<&'a str>,
    cycles: u32,
    missed_before: u32,
    policy_version: u32,
    actions: &'a [DueAction],
}

impl<'a> JsonRow<'a> {
    fn of(row: &'a Row) -> Self {
        let clock = &row.clock;
        JsonRow {
            lead: row.lead.as_deref(),
            owner: row.owner.as_deref(),
            sla: &row.sla,
            party: row.party.as_deref(),
            status: clock.status.as_str(),
            started_at: clock.started_at.map(rfc3339),
            due_at: clock.due_at.map(rfc3339),
            due_local: local(clock.due_at, row.zone).map(|due| due.to_rfc3339()),
            zone: row.zone.name(),
            left_seconds: row.left_seconds(),
            calendar: clock.calendar.as_deref(),
            cycles: clock.cycles,
            missed_before: clock.missed_before,
            policy_version: clock.policy_version,
            actions: &row.actions,
        }
    }
}
