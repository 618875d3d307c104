//! A decision as one line of JSON, written straight into a buffer.

use chrono::{DateTime, Utc};

use super::deadline::{SlaFrame, write_actions, write_sla};
use super::evaluate::Warning;
use super::json::{array, hundredths, instant, key, number, object, quote, quoted, text};
use super::outputs::{Key, Outputs};
use super::program::Program;
use super::truth::Outcome;
use super::verdict::{Scratch, Verdict};
use super::{Evaluator, Extras};
use crate::policy::Policy;

/// What is the same in every decision of a policy: names in quotes, the policy itself.
#[derive(Debug)]
pub struct Frame {
    head: Vec<u8>,
    policy: Vec<u8>,
    stages: Vec<Vec<u8>>,
    disqualifiers: Vec<Vec<u8>>,
    /// Of each criterion, its entry with each outcome.
    criteria: Vec<Entry>,
    /// Of each checklist, its name, and of each item its entry with each outcome.
    checklists: Vec<(Vec<u8>, Vec<Entry>)>,
    scores: Vec<Vec<u8>>,
    grades: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    /// Of the fields that are read, in the order of the slots.
    missing: Vec<Vec<u8>>,
    pub slas: SlaFrame,
}

/// `"name":"not_met"`, `"name":"unknown"` and `"name":"met"`: what decisions are mostly made of.
type Entry = [Vec<u8>; 3];

fn entry(name: &str) -> Entry {
    [Outcome::NotMet, Outcome::Unknown, Outcome::Met].map(|it| {
        let mut entry = quote(name);
        entry.push(b':');
        outcome(&mut entry, it);
        entry
    })
}

/// `{"a":"met",…}`
fn entries<'a>(out: &mut Vec<u8>, entries: impl Iterator<Item = (&'a Entry, Outcome)>) {
    out.push(b'{');
    let start = out.len();
    for ([not_met, unknown, met], outcome) in entries {
        key(
            out,
            start,
            match outcome {
                Outcome::NotMet => not_met,
                Outcome::Unknown => unknown,
                Outcome::Met => met,
            },
        );
    }
    out.push(b'}');
}

impl Frame {
    /// Quotes the names of a policy.
    pub fn new(policy: &Policy, program: &Program, outputs: Outputs) -> Frame {
        let mut of_policy = b"\"policy\":{\"name\":".to_vec();
        text(&mut of_policy, &policy.name);
        of_policy.extend_from_slice(b",\"version\":");
        of_policy.extend_from_slice(policy.version.to_string().as_bytes());
        of_policy.extend_from_slice(b",\"digest\":");
        text(&mut of_policy, &policy.digest);
        of_policy.push(b'}');
        let head = if outputs.has(Key::Schema) { b"\"schema\":1".to_vec() } else { Vec::new() };
        let letters = program.grades.iter().map(|plan| quoted(plan.letters.iter().map(String::as_str)));
        Frame {
            head,
            policy: of_policy,
            stages: quoted(policy.stages.iter().map(|it| it.name.as_str())),
            disqualifiers: quoted(policy.disqualifiers.iter().map(|it| it.name.as_str())),
            criteria: policy.criteria.iter().map(|it| entry(&it.name)).collect(),
            checklists: policy
                .checklists
                .iter()
                .map(|it| (quote(&it.name), it.items.iter().map(|(label, _)| entry(label)).collect()))
                .collect(),
            scores: quoted(policy.scores.iter().map(|it| it.name.as_str())),
            grades: policy.grades.iter().map(|it| quote(&it.name)).zip(letters).collect(),
            missing: quoted(program.slots.iter().map(|slot| slot.path.as_str())),
            slas: SlaFrame::new(policy),
        }
    }
}

/// Appends the decision about a lead that has been decided, and a line feed.
pub fn write(verdict: Verdict<'_>, scratch: &mut Scratch, extras: &Extras, trace: &[u8], out: &mut Vec<u8>) {
    out.push(b'{');
    let start = out.len();
    write_keys(verdict, verdict.evaluator.judge().outputs, scratch, out);
    let Extras { next, next_change, receipt } = extras;
    extra(out, start, b"\"next\":", next.as_ref());
    if let Some(change) = next_change {
        key(out, start, b"\"next_change_at\":");
        or_null(out, change.at);
        if change.searched_until.is_some() {
            key(out, start, b"\"next_change_searched_until\":");
            or_null(out, change.searched_until);
        }
    }
    if !trace.is_empty() {
        key(out, start, b"\"trace\":");
        out.extend_from_slice(trace);
    }
    extra(out, start, b"\"receipt\":", receipt.as_deref());
    out.extend_from_slice(b"}\n");
}

/// Appends these keys of a decision, with nothing round them.
pub fn write_keys(verdict: Verdict<'_>, outputs: Outputs, scratch: &mut Scratch, out: &mut Vec<u8>) {
    let Verdict { evaluator, state, .. } = verdict;
    let frame = &evaluator.judge().frame;
    let start = out.len();
    out.extend_from_slice(&frame.head);
    if outputs.has(Key::Lead) {
        key(out, start, b"\"lead\":");
        match state.lead.id() {
            Some(id) => text(out, id),
            None => out.extend_from_slice(b"null"),
        }
    }
    if outputs.has(Key::Policy) {
        key(out, start, &frame.policy);
    }
    if outputs.has(Key::AsOf) {
        key(out, start, b"\"as_of\":");
        instant(out, evaluator.moment().now);
    }
    if outputs.has(Key::Stage) {
        key(out, start, b"\"stage\":");
        name(out, &frame.stages, verdict.stage());
    }
    if outputs.has(Key::RecordedStage) {
        key(out, start, b"\"recorded_stage\":");
        name(out, &frame.stages, verdict.recorded_stage());
    }
    if outputs.has(Key::Why) {
        key(out, start, b"\"why\":");
        text(out, verdict.why(scratch));
    }
    if outputs.has(Key::DisqualifiedBy) {
        key(out, start, b"\"disqualified_by\":");
        let names = frame.disqualifiers.iter().zip(verdict.disqualifiers());
        array(out, names.filter(|(_, outcome)| *outcome == Outcome::Met).map(|(name, _)| name));
    }
    if outputs.has(Key::Disqualifiers) {
        key(out, start, b"\"disqualifiers\":");
        object(out, frame.disqualifiers.iter().zip(verdict.disqualifiers()), outcome);
    }
    if outputs.has(Key::Stages) {
        key(out, start, b"\"stages\":");
        object(out, frame.stages.iter().zip(&state.stages), |out, stage| {
            out.extend_from_slice(b"{\"outcome\":");
            outcome(out, stage.outcome);
            out.extend_from_slice(b",\"test\":");
            outcome(out, stage.test);
            out.extend_from_slice(b",\"since\":");
            match stage.since {
                Some(since) => instant(out, since),
                None => out.extend_from_slice(b"null"),
            }
            out.push(b'}');
        });
    }
    if outputs.has(Key::Missing) {
        key(out, start, b"\"missing\":");
        let names = frame.missing.iter().zip(verdict.missing(scratch)).filter(|(_, missing)| **missing);
        array(out, names.map(|(name, _)| name));
    }
    if outputs.has(Key::Criteria) {
        key(out, start, b"\"criteria\":");
        entries(out, frame.criteria.iter().zip(verdict.criteria()));
    }
    if outputs.has(Key::Checklists) {
        key(out, start, b"\"checklists\":");
        checklists(evaluator, verdict, out);
    }
    if outputs.has(Key::Scores) {
        key(out, start, b"\"scores\":");
        object(out, frame.scores.iter().zip(&state.scores), |out, points| hundredths(out, *points));
    }
    if outputs.has(Key::Grades) {
        key(out, start, b"\"grades\":");
        let grades = frame.grades.iter().zip(&state.grades);
        let grades = grades.map(|((name, letters), place)| (name, letters.get(*place as usize)));
        object(out, grades, |out, letter| out.extend_from_slice(letter.map_or(b"null", Vec::as_slice)));
    }
    if outputs.has(Key::Slas) {
        key(out, start, b"\"slas\":");
        object(out, frame.slas.names.iter().zip(&verdict.clocks.slas), |out, sla| write_sla(verdict, sla, out));
    }
    if outputs.has(Key::Actions) {
        key(out, start, b"\"actions\":");
        write_actions(verdict, out);
    }
    if outputs.has(Key::Warnings) {
        warnings(verdict, start, out);
    }
}

fn or_null(out: &mut Vec<u8>, at: Option<DateTime<Utc>>) {
    match at {
        Some(at) => instant(out, at.timestamp_micros()),
        None => out.extend_from_slice(b"null"),
    }
}

fn extra<T: serde::Serialize>(out: &mut Vec<u8>, start: usize, name: &[u8], value: Option<&T>) {
    let Some(value) = value else { return };
    key(out, start, name);
    // All that stands here is texts, numbers, and lists and objects of them, which always are JSON.
    out.extend(serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec()));
}

fn checklists(evaluator: &Evaluator, verdict: Verdict<'_>, out: &mut Vec<u8>) {
    let entries = evaluator.judge().frame.checklists.iter().zip(verdict.checklists());
    object(out, entries.map(|((name, labels), items)| (name, (labels, items))), |out, (labels, items)| {
        let (mut met, mut not_met, mut unknown) = (0, 0, 0);
        for item in items.clone() {
            *match item {
                Outcome::Met => &mut met,
                Outcome::NotMet => &mut not_met,
                Outcome::Unknown => &mut unknown,
            } += 1;
        }
        for (name, count) in [("{\"met\":", met), (",\"not_met\":", not_met), (",\"unknown\":", unknown)] {
            out.extend_from_slice(name.as_bytes());
            number(out, count);
        }
        out.extend_from_slice(b",\"items\":");
        self::entries(out, labels.iter().zip(items));
        out.push(b'}');
    });
}

fn warnings(verdict: Verdict<'_>, start: usize, out: &mut Vec<u8>) {
    let mut warnings = verdict.warnings().peekable();
    if warnings.peek().is_none() {
        return;
    }
    key(out, start, b"\"warnings\":[");
    let begin = out.len();
    warnings.for_each(|it| warning(out, begin, it));
    out.push(b']');
}

fn warning(out: &mut Vec<u8>, begin: usize, it: &Warning) {
    key(out, begin, b"{\"code\":");
    text(out, it.code);
    if let Some(field) = &it.field {
        out.extend_from_slice(b",\"field\":");
        text(out, field);
    }
    out.extend_from_slice(b",\"message\":");
    text(out, &it.message);
    out.push(b'}');
}

fn name(out: &mut Vec<u8>, names: &[Vec<u8>], at: Option<usize>) {
    let name = at.and_then(|at| names.get(at));
    out.extend_from_slice(name.map_or(b"null", Vec::as_slice));
}

fn outcome(out: &mut Vec<u8>, outcome: Outcome) {
    out.push(b'"');
    out.extend_from_slice(outcome.as_str().as_bytes());
    out.push(b'"');
}
