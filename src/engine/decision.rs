//! A decision as one line of JSON, written straight into a buffer.

use super::Evaluator;
use super::evaluate::State;
use super::json::{array, hundredths, instant, key, number, object, quote, quoted, text};
use super::missing::Missing;
use super::moment::Moment;
use super::program::Program;
use super::truth::Outcome;
use super::why::{Said, Told};
use crate::policy::Policy;

/// The keys of a decision, in their order.
pub const KEYS: [&str; 18] = [
    "schema",
    "lead",
    "policy",
    "as_of",
    "stage",
    "recorded_stage",
    "why",
    "disqualified_by",
    "disqualifiers",
    "stages",
    "missing",
    "criteria",
    "checklists",
    "scores",
    "grades",
    "slas",
    "actions",
    "warnings",
];

/// Which keys a decision holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, clippy::struct_excessive_bools, reason = "each is the key of that name")]
pub struct Outputs {
    pub schema: bool,
    pub lead: bool,
    pub policy: bool,
    pub as_of: bool,
    pub stage: bool,
    pub recorded_stage: bool,
    pub why: bool,
    pub disqualified_by: bool,
    pub disqualifiers: bool,
    pub stages: bool,
    pub missing: bool,
    pub criteria: bool,
    pub checklists: bool,
    pub scores: bool,
    pub grades: bool,
    pub slas: bool,
    pub actions: bool,
    pub warnings: bool,
}

impl Outputs {
    /// The whole decision.
    pub const ALL: Outputs = Outputs {
        schema: true,
        lead: true,
        policy: true,
        as_of: true,
        stage: true,
        recorded_stage: true,
        why: true,
        disqualified_by: true,
        disqualifiers: true,
        stages: true,
        missing: true,
        criteria: true,
        checklists: true,
        scores: true,
        grades: true,
        slas: true,
        actions: true,
        warnings: true,
    };

    /// These keys only; gives back the first that no decision has.
    pub fn only<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Outputs, &'a str> {
        let keys: Vec<&str> = keys.into_iter().collect();
        if let Some(unknown) = keys.iter().find(|key| !KEYS.contains(key)) {
            return Err(unknown);
        }
        let has = |key: &str| keys.contains(&key);
        Ok(Outputs {
            schema: has("schema"),
            lead: has("lead"),
            policy: has("policy"),
            as_of: has("as_of"),
            stage: has("stage"),
            recorded_stage: has("recorded_stage"),
            why: has("why"),
            disqualified_by: has("disqualified_by"),
            disqualifiers: has("disqualifiers"),
            stages: has("stages"),
            missing: has("missing"),
            criteria: has("criteria"),
            checklists: has("checklists"),
            scores: has("scores"),
            grades: has("grades"),
            slas: has("slas"),
            actions: has("actions"),
            warnings: has("warnings"),
        })
    }

    /// Whether stages and disqualifications have to be worked out.
    pub fn decides_stage(self) -> bool {
        let asked = [self.stage, self.recorded_stage, self.why, self.disqualified_by, self.disqualifiers];
        self.stages || self.missing || asked.contains(&true)
    }
}

/// What is the same in every decision: names in quotes, the policy, now.
#[derive(Debug)]
pub struct Frame {
    head: Vec<u8>,
    policy: Vec<u8>,
    as_of: Vec<u8>,
    stages: Vec<Vec<u8>>,
    disqualifiers: Vec<Vec<u8>>,
    criteria: Vec<Vec<u8>>,
    checklists: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    scores: Vec<Vec<u8>>,
    grades: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    /// Of the fields that are read, in the order of the slots.
    missing: Vec<Vec<u8>>,
    /// `evaluated outside its dates of effect`, where that is so.
    warning: Option<String>,
}

impl Frame {
    /// Quotes the names of a policy.
    pub fn new(policy: &Policy, program: &Program, moment: &Moment, outputs: Outputs) -> Frame {
        let mut of_policy = b"\"policy\":{\"name\":".to_vec();
        text(&mut of_policy, &policy.name);
        of_policy.extend_from_slice(b",\"version\":");
        of_policy.extend_from_slice(policy.version.to_string().as_bytes());
        of_policy.extend_from_slice(b",\"digest\":");
        text(&mut of_policy, &policy.digest);
        of_policy.push(b'}');
        let mut as_of = b"\"as_of\":".to_vec();
        instant(&mut as_of, moment.now);
        let head = if outputs.schema { b"\"schema\":1".to_vec() } else { Vec::new() };
        let early = policy.effective_from.filter(|from| moment.today < *from);
        let late = policy.effective_until.filter(|until| moment.today > *until);
        let warning = early
            .map(|from| format!("the policy takes effect on {from}, and this decision is as of {}", moment.today))
            .or_else(|| {
                late.map(|until| format!("the policy ended on {until}, and this decision is as of {}", moment.today))
            });
        let letters = program.grades.iter().map(|plan| quoted(plan.letters.iter().map(String::as_str)));
        Frame {
            head,
            policy: of_policy,
            as_of,
            stages: quoted(policy.stages.iter().map(|it| it.name.as_str())),
            disqualifiers: quoted(policy.disqualifiers.iter().map(|it| it.name.as_str())),
            criteria: quoted(policy.criteria.iter().map(|it| it.name.as_str())),
            checklists: policy
                .checklists
                .iter()
                .map(|it| (quote(&it.name), quoted(it.items.iter().map(|(label, _)| label.as_str()))))
                .collect(),
            scores: quoted(policy.scores.iter().map(|it| it.name.as_str())),
            grades: policy.grades.iter().map(|it| quote(&it.name)).zip(letters).collect(),
            missing: quoted(program.slots.iter().map(|slot| slot.path.as_str())),
            warning,
        }
    }
}

/// Room to write in; reused.
#[derive(Debug, Default)]
pub struct Scratch {
    missing: Missing,
    said: Said,
    why: String,
}

/// Appends the decision about the lead in `state`, and a line feed.
pub fn write(evaluator: &Evaluator, state: &State, scratch: &mut Scratch, out: &mut Vec<u8>) {
    let (frame, program, outputs) = (&evaluator.frame, &evaluator.program, evaluator.outputs);
    out.push(b'{');
    let start = out.len();
    out.extend_from_slice(&frame.head);
    if outputs.lead {
        key(out, start, b"\"lead\":");
        match state.lead.id() {
            Some(id) => text(out, id),
            None => out.extend_from_slice(b"null"),
        }
    }
    if outputs.policy {
        key(out, start, &frame.policy);
    }
    if outputs.as_of {
        key(out, start, &frame.as_of);
    }
    let is_met = |step: &u32| state.outcome(*step) == Outcome::Met;
    let disqualified = program.disqualifiers.iter().any(&is_met);
    let last = state.stages.iter().rposition(|stage| stage.outcome == Outcome::Met);
    let stage = last.filter(|_| outputs.decides_stage() && !disqualified);
    if outputs.stage {
        key(out, start, b"\"stage\":");
        name(out, &frame.stages, stage);
    }
    if outputs.recorded_stage {
        key(out, start, b"\"recorded_stage\":");
        name(out, &frame.stages, state.stages.iter().rposition(|stage| stage.since.is_some()));
    }
    if outputs.why {
        let setting = evaluator.setting();
        let told = Told { state, setting, missing: &mut scratch.missing, said: &mut scratch.said };
        evaluator.stories.tell(stage, told, &mut scratch.why);
        key(out, start, b"\"why\":");
        text(out, &scratch.why);
    }
    if outputs.disqualified_by {
        key(out, start, b"\"disqualified_by\":");
        let names = program.disqualifiers.iter().zip(&frame.disqualifiers).filter(|(step, _)| is_met(step));
        array(out, names.map(|(_, name)| name));
    }
    if outputs.disqualifiers {
        key(out, start, b"\"disqualifiers\":");
        let outcomes = program.disqualifiers.iter().map(|step| state.outcome(*step));
        object(out, frame.disqualifiers.iter().zip(outcomes), outcome);
    }
    if outputs.stages {
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
    if outputs.missing {
        key(out, start, b"\"missing\":");
        missing(evaluator, state, &mut scratch.missing);
        let names = frame.missing.iter().zip(&scratch.missing.slots).filter(|(_, missing)| **missing);
        array(out, names.map(|(name, _)| name));
    }
    if outputs.criteria {
        key(out, start, b"\"criteria\":");
        let outcomes = program.criteria.iter().map(|step| state.outcome(*step));
        object(out, frame.criteria.iter().zip(outcomes), outcome);
    }
    if outputs.checklists {
        key(out, start, b"\"checklists\":");
        checklists(evaluator, state, out);
    }
    if outputs.scores {
        key(out, start, b"\"scores\":");
        object(out, frame.scores.iter().zip(&state.scores), |out, points| hundredths(out, *points));
    }
    if outputs.grades {
        key(out, start, b"\"grades\":");
        let grades = frame.grades.iter().zip(&state.grades);
        let grades = grades.map(|((name, letters), place)| (name, letters.get(*place as usize)));
        object(out, grades, |out, letter| out.extend_from_slice(letter.map_or(b"null", Vec::as_slice)));
    }
    if outputs.slas {
        key(out, start, b"\"slas\":{}");
    }
    if outputs.actions {
        key(out, start, b"\"actions\":[]");
    }
    if outputs.warnings {
        warnings(frame, state, start, out);
    }
    out.extend_from_slice(b"}\n");
}

fn missing(evaluator: &Evaluator, state: &State, missing: &mut Missing) {
    let (program, setting) = (&evaluator.program, evaluator.setting());
    missing.clear(setting);
    program.stages.iter().for_each(|stage| missing.add(stage.outcome, state, setting));
    program.disqualifiers.iter().for_each(|step| missing.add(*step, state, setting));
}

fn checklists(evaluator: &Evaluator, state: &State, out: &mut Vec<u8>) {
    let program = &evaluator.program;
    let ranges = program.checklists.iter();
    object(
        out,
        evaluator
            .frame
            .checklists
            .iter()
            .map(|(name, labels)| (name, labels))
            .zip(ranges)
            .map(|((name, labels), range)| (name, (labels, range))),
        |out, (labels, range)| {
            let items = program.items.get(range.clone()).unwrap_or_default();
            let count = |outcome: Outcome| items.iter().filter(|step| state.outcome(**step) == outcome).count();
            for (name, of) in
                [("{\"met\":", Outcome::Met), (",\"not_met\":", Outcome::NotMet), (",\"unknown\":", Outcome::Unknown)]
            {
                out.extend_from_slice(name.as_bytes());
                number(out, count(of) as u64);
            }
            out.extend_from_slice(b",\"items\":");
            let outcomes = items.iter().map(|step| state.outcome(*step));
            object(out, labels.iter().zip(outcomes), outcome);
            out.push(b'}');
        },
    );
}

fn warnings(frame: &Frame, state: &State, start: usize, out: &mut Vec<u8>) {
    let no_id = state.lead.id().is_none();
    if frame.warning.is_none() && !no_id && state.warnings.is_empty() {
        return;
    }
    key(out, start, b"\"warnings\":[");
    let begin = out.len();
    if let Some(message) = &frame.warning {
        warning(out, begin, "H0734", None, message);
    }
    if no_id {
        warning(out, begin, "H0730", None, "this lead has no id");
    }
    for it in &state.warnings {
        warning(out, begin, it.code, it.field.as_deref(), &it.message);
    }
    out.push(b']');
}

fn warning(out: &mut Vec<u8>, begin: usize, code: &str, field: Option<&str>, message: &str) {
    key(out, begin, b"{\"code\":");
    text(out, code);
    if let Some(field) = field {
        out.extend_from_slice(b",\"field\":");
        text(out, field);
    }
    out.extend_from_slice(b",\"message\":");
    text(out, message);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_given_back() {
        assert_eq!(Outputs::only(["lead", "stagee"]), Err("stagee"));
        assert!(Outputs::only(KEYS).is_ok_and(|all| all == Outputs::ALL));
    }
}
