//! What is said of SLAs and their actions: as JSON, and as values.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::ser::{Serialize, SerializeMap, Serializer};
use sha2::{Digest, Sha256};

use super::json::{instant, key, number, quote, quoted, text};
use super::sla::{self, Course, SlaState};
use super::verdict::Verdict;
use crate::policy::{Action, Policy, SlaStatus, SlaStepWhen, Unit};
use crate::time::Instant;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// What is said of one SLA: of the latest cycle of its clock.
///
/// Its seconds are open time of `calendar` where the time allowed is business time, and plain time otherwise.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SlaDecision {
    /// Where the clock stands.
    pub status: SlaStatus,
    /// When the cycle began; none before a clock starts, and where the SLA does not hold.
    #[serde(serialize_with = "super::decision::rfc3339_or_null")]
    pub started_at: Option<DateTime<Utc>>,
    /// Until when the answer is in time, pauses so far included; none as well where the calendar has no such moment
    /// within ten years.
    #[serde(serialize_with = "super::decision::rfc3339_or_null")]
    pub due_at: Option<DateTime<Utc>>,
    /// From when the cycle is at risk, where the SLA says so.
    #[serde(serialize_with = "super::decision::rfc3339_or_null")]
    pub at_risk_at: Option<DateTime<Utc>>,
    /// When the cycle ended, however it ended.
    #[serde(serialize_with = "super::decision::rfc3339_or_null")]
    pub stopped_at: Option<DateTime<Utc>>,
    /// How much time has counted so far, in whole seconds, without pauses.
    pub elapsed_seconds: Option<i64>,
    /// How much time was allowed.
    pub window_seconds: Option<i64>,
    /// How much more has elapsed than was allowed.
    pub overrun_seconds: Option<i64>,
    /// The calendar whose open time counts; none for plain time.
    pub calendar: Option<Arc<str>>,
    /// How often the clock has started.
    pub cycles: u32,
    /// How many cycles before this one were missed.
    pub missed_before: u32,
    /// The version of the policy that judges this cycle: the one in effect when it started.
    pub policy_version: u32,
}

/// Something that is to be done because of an SLA. Handover names it; another system does it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueAction {
    /// The SLA.
    pub sla: Arc<str>,
    /// What to do.
    pub action: Action,
    /// When it became due.
    pub since: DateTime<Utc>,
    /// The same for the same lead, SLA, cycle, step and action, whenever it is asked, so that who polls can act once:
    /// 32 hexadecimal digits.
    pub key: String,
}

impl Serialize for DueAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (does, with) = words(&self.action);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sla", &self.sla)?;
        map.serialize_entry("do", does)?;
        if let Some((key, value)) = with {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("since", &super::decision::Rfc3339(self.since))?;
        map.serialize_entry("key", &self.key)?;
        map.end()
    }
}

impl Serialize for SlaStatus {
    /// As decisions write it: `at_risk`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl SlaStatus {
    /// As decisions write it: `at_risk`.
    pub fn as_str(self) -> &'static str {
        match self {
            SlaStatus::NotApplicable => "not_applicable",
            SlaStatus::NotStarted => "not_started",
            SlaStatus::Running => "running",
            SlaStatus::AtRisk => "at_risk",
            SlaStatus::Paused => "paused",
            SlaStatus::Met => "met",
            SlaStatus::Breached => "breached",
            SlaStatus::Cancelled => "cancelled",
            SlaStatus::HandedOn => "handed_on",
            SlaStatus::Unknown => "unknown",
        }
    }
}

/// What is the same in all decisions about the SLAs of one version.
#[derive(Debug)]
pub struct SlaFrame {
    /// The names of the SLAs, in quotes.
    pub names: Vec<Vec<u8>>,
    calendars: Vec<Vec<u8>>,
    version: Vec<u8>,
    /// Of each SLA, each step and each action.
    actions: Vec<Vec<Vec<ActionFrame>>>,
}

#[derive(Debug)]
struct ActionFrame {
    /// `{"sla":"…","do":"…",`, and who or what.
    json: Vec<u8>,
    /// A digest of what tells it apart from all others of the same cycle.
    digest: [u8; 16],
}

impl SlaFrame {
    /// Words the actions of a policy.
    pub fn new(policy: &Policy) -> SlaFrame {
        let actions = policy.slas.iter().map(|sla| {
            let steps = sla.steps.iter();
            let steps = steps
                .map(|step| step.actions.iter().map(|action| ActionFrame::new(&sla.name, step.when, action)).collect());
            steps.collect()
        });
        SlaFrame {
            names: quoted(policy.slas.iter().map(|sla| sla.name.as_str())),
            calendars: quoted(policy.calendars.iter().map(|calendar| calendar.name.as_str())),
            version: policy.version.to_string().into_bytes(),
            actions: actions.collect(),
        }
    }

    fn action(&self, of: &sla::DueAction) -> Option<&ActionFrame> {
        self.actions.get(of.sla)?.get(of.step)?.get(of.action)
    }
}

impl ActionFrame {
    fn new(sla: &str, when: SlaStepWhen, action: &Action) -> ActionFrame {
        let (does, with) = words(action);
        let mut json = b"{\"sla\":".to_vec();
        text(&mut json, sla);
        json.extend_from_slice(b",\"do\":");
        text(&mut json, does);
        if let Some((key, value)) = with {
            json.push(b',');
            json.extend(quote(key));
            json.push(b':');
            text(&mut json, value);
        }
        let digest = digest(&[sla.as_bytes(), step(when).as_bytes(), &json]);
        ActionFrame { json, digest }
    }

    /// 32 hexadecimal digits that are the same whenever this cycle is looked at, by whatever later version. Both digests
    /// tell all leads and cycles, and all actions, apart, and so does what they make together.
    fn key(&self, cycle: [u8; 16]) -> [u8; 32] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut key = [0; 32];
        for ((two, one), other) in key.chunks_exact_mut(2).zip(self.digest).zip(cycle) {
            for (place, half) in two.iter_mut().zip([(one ^ other) >> 4, (one ^ other) & 15]) {
                *place = DIGITS.get(usize::from(half)).copied().unwrap_or_default();
            }
        }
        key
    }
}

/// A digest of the lead and of when its cycle started.
fn cycle(lead: Option<&str>, start: Instant) -> [u8; 16] {
    digest(&[&[u8::from(lead.is_some())], lead.unwrap_or_default().as_bytes(), &start.to_le_bytes()])
}

/// A digest of parts, each with its length, so that no two lists of parts look alike.
fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let mut short = [0; 16];
    short.iter_mut().zip(digest.finalize()).for_each(|(place, byte)| *place = byte);
    short
}

/// What JSON calls an action, and the key and text of whom or what it is about.
fn words(action: &Action) -> (&'static str, Option<(&'static str, &str)>) {
    match action {
        Action::CountAsWasted => ("count_as_wasted", None),
        Action::Notify(who) => ("notify", Some(("who", who))),
        Action::ReturnTo(who) => ("return_to", Some(("who", who))),
        Action::AssignTo(who) => ("assign_to", Some(("who", who))),
        Action::Task(what) => ("task", Some(("what", what))),
    }
}

/// A step in words that never change.
fn step(when: SlaStepWhen) -> String {
    match when {
        SlaStepWhen::Percent(percent) => format!("after {percent}%"),
        SlaStepWhen::Missed => "if missed".to_owned(),
        SlaStepWhen::Duration(duration) => {
            let unit = match duration.unit {
                Unit::Minutes => "minutes",
                Unit::Hours => "hours",
                Unit::Days => "days",
                Unit::Weeks => "weeks",
                Unit::Months => "months",
                Unit::Years => "years",
                Unit::BusinessMinutes => "business minutes",
                Unit::BusinessHours => "business hours",
                Unit::BusinessDays => "business days",
            };
            format!("after {} {unit}", duration.amount)
        }
    }
}

/// What follows the status of an SLA whose clock never started, which is most of what is written.
const WITHOUT_CYCLES: &str = ",\"started_at\":null,\"due_at\":null,\"at_risk_at\":null,\"stopped_at\":null,\
    \"elapsed_seconds\":null,\"window_seconds\":null,\"overrun_seconds\":null,\"calendar\":null,\"cycles\":0,\
    \"missed_before\":0,\"policy_version\":";

/// Appends what is said of one SLA.
pub fn write_sla(verdict: Verdict<'_>, state: &SlaState, out: &mut Vec<u8>) {
    let frame = verdict.evaluator.versions.get(state.version).map(|judge| &judge.frame.slas);
    let version = frame.map_or(&b"0"[..], |frame| frame.version.as_slice());
    let course = state.course.as_ref();
    out.extend_from_slice(b"{\"status\":\"");
    out.extend_from_slice(state.status.as_str().as_bytes());
    out.push(b'"');
    if course.is_none() && (state.cycles, state.missed_before) == (0, 0) {
        out.extend_from_slice(WITHOUT_CYCLES.as_bytes());
        out.extend_from_slice(version);
        out.push(b'}');
        return;
    }
    let instants: [(&[u8], Option<Instant>); 4] = [
        (b",\"started_at\":", course.map(|course| course.start)),
        (b",\"due_at\":", course.and_then(|course| course.due)),
        (b",\"at_risk_at\":", course.and_then(|course| course.at_risk)),
        (b",\"stopped_at\":", course.and_then(|course| course.end)),
    ];
    for (name, at) in instants {
        out.extend_from_slice(name);
        or_null(out, at, instant);
    }
    let [elapsed, window, overrun] = seconds(course);
    for (name, seconds) in [
        (&b",\"elapsed_seconds\":"[..], elapsed),
        (b",\"window_seconds\":", window),
        (b",\"overrun_seconds\":", overrun),
    ] {
        out.extend_from_slice(name);
        or_null(out, seconds, |out, seconds| number(out, seconds.unsigned_abs()));
    }
    out.extend_from_slice(b",\"calendar\":");
    let calendar = course.and_then(|course| frame?.calendars.get(course.calendar?));
    out.extend_from_slice(calendar.map_or(b"null", Vec::as_slice));
    for (name, count) in [(&b",\"cycles\":"[..], state.cycles), (b",\"missed_before\":", state.missed_before)] {
        out.extend_from_slice(name);
        number(out, count.into());
    }
    out.extend_from_slice(b",\"policy_version\":");
    out.extend_from_slice(version);
    out.push(b'}');
}

/// Appends the actions that are due.
pub fn write_actions(verdict: Verdict<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    let start = out.len();
    let mut cycles = Cycles::of(verdict);
    for due in &verdict.clocks.actions {
        let judge = verdict.evaluator.versions.get(due.version);
        let Some(action) = judge.and_then(|judge| judge.frame.slas.action(due)) else { continue };
        key(out, start, &action.json);
        out.extend_from_slice(b",\"since\":");
        instant(out, due.since);
        out.extend_from_slice(b",\"key\":\"");
        out.extend_from_slice(&action.key(cycles.digest(due.start)));
        out.extend_from_slice(b"\"}");
    }
    out.push(b']');
}

/// The digests of a lead's cycles, each made once for the actions that follow each other.
struct Cycles<'a> {
    lead: Option<&'a str>,
    last: Option<(Instant, [u8; 16])>,
}

impl<'a> Cycles<'a> {
    fn of(verdict: Verdict<'a>) -> Self {
        Cycles { lead: verdict.state.lead.id(), last: None }
    }

    fn digest(&mut self, start: Instant) -> [u8; 16] {
        let known = self.last.filter(|(at, _)| *at == start);
        self.last.insert(known.unwrap_or_else(|| (start, cycle(self.lead, start)))).1
    }
}

fn or_null<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

/// Elapsed, window and overrun in whole seconds, rounded down.
fn seconds(course: Option<&Course>) -> [Option<i64>; 3] {
    let whole = |micros: i64| micros / MICROS_PER_SECOND;
    [
        course.map(|course| whole(course.elapsed)),
        course.and_then(|course| course.window).map(whole),
        course.map(|course| whole(course.overrun)),
    ]
}

/// What is said of one SLA, as a value.
pub fn sla_decision(verdict: Verdict<'_>, state: &SlaState) -> SlaDecision {
    let judge = verdict.evaluator.versions.get(state.version);
    let course = state.course.as_ref();
    let time = |at: Option<Instant>| at.map(super::decision::date_time);
    let [elapsed_seconds, window_seconds, overrun_seconds] = seconds(course);
    SlaDecision {
        status: state.status,
        started_at: time(course.map(|course| course.start)),
        due_at: time(course.and_then(|course| course.due)),
        at_risk_at: time(course.and_then(|course| course.at_risk)),
        stopped_at: time(course.and_then(|course| course.end)),
        elapsed_seconds,
        window_seconds,
        overrun_seconds,
        calendar: course.and_then(|course| judge?.words.calendars.get(course.calendar?)).cloned(),
        cycles: state.cycles,
        missed_before: state.missed_before,
        policy_version: judge.map_or(0, |judge| judge.policy.version),
    }
}

/// The actions that are due, as values.
pub fn due_actions(verdict: Verdict<'_>) -> Vec<DueAction> {
    let mut cycles = Cycles::of(verdict);
    let due = verdict.clocks.actions.iter().filter_map(|due| {
        let judge = verdict.evaluator.versions.get(due.version)?;
        let key = judge.frame.slas.action(due)?.key(cycles.digest(due.start));
        Some(DueAction {
            sla: judge.words.slas.get(due.sla)?.clone(),
            action: judge.policy.slas.get(due.sla)?.steps.get(due.step)?.actions.get(due.action)?.clone(),
            since: super::decision::date_time(due.since),
            key: String::from_utf8_lossy(&key).into_owned(),
        })
    });
    due.collect()
}
