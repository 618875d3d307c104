//! The `example` statements of a policy, tried: a lead is built from what is given and decided at that time.
//!
//! What is expected of it is read off the decision. A condition becomes one more criterion of the policy, so that the
//! engine itself answers it.

use chrono::{DateTime, SecondsFormat, Utc};
use handover::Policy;
use handover::engine::Evaluator;
use handover::policy::{
    Condition, ConditionKind, Criterion, Event, Example, Expectation, ExpectationKind, Field, FieldRef, Given, Literal,
    Operand, TextSubject, TextTest, Type,
};
use serde_json::{Map, Value, json};

/// What came of an example.
pub struct Tried {
    pub expectations: usize,
    pub broken: Vec<String>,
}

pub fn run(policy: &Policy, example: &Example) -> Tried {
    let mut policy = policy.clone();
    tell_events_apart(&mut policy);
    for (at, expectation) in example.expect.iter().enumerate() {
        if let ExpectationKind::Met(condition) = &expectation.kind {
            let name = asked(at);
            let condition = condition.clone();
            policy.criteria.push(Criterion {
                span: expectation.span,
                name,
                owner: None,
                condition,
                if_unknown: None,
                because: None,
            });
        }
    }
    let now = DateTime::from_timestamp_micros(example.at).unwrap();
    let decision = decide(policy.clone(), now, &lead(&policy, &example.given).to_string()).remove(0);
    let mut tried = Tried { expectations: example.expect.len(), broken: Vec::new() };
    for (at, expectation) in example.expect.iter().enumerate() {
        if !is_kept(&policy, &decision, at, expectation) {
            let line = policy.sources.slice(expectation.span);
            tried.broken.push(format!("{}: {line}\n    not so in {decision}", example.name));
        }
    }
    tried
}

/// The decisions about leads, one a line.
pub fn decide(policy: Policy, now: DateTime<Utc>, leads: &str) -> Vec<Value> {
    let evaluator = Evaluator::new(policy, now);
    let (mut worker, mut out) = (evaluator.worker(), Vec::new());
    leads.lines().for_each(|lead| worker.write(lead, &mut out).unwrap());
    String::from_utf8(out).unwrap().lines().map(|decision| serde_json::from_str(decision).unwrap()).collect()
}

/// The criterion that stands for the expectation at this place.
fn asked(at: usize) -> String {
    format!("expectation {at}")
}

fn is_kept(policy: &Policy, decision: &Value, at: usize, expectation: &Expectation) -> bool {
    match &expectation.kind {
        ExpectationKind::Met(_) => decision["criteria"][asked(at)] == "met",
        ExpectationKind::CriterionUnknown(id) => decision["criteria"][&policy.criteria[id.index()].name] == "unknown",
        ExpectationKind::DisqualifierUnknown(id) => {
            decision["disqualifiers"][&policy.disqualifiers[id.index()].name] == "unknown"
        }
        ExpectationKind::StageUnknown(id) => {
            decision["stages"][&policy.stages[id.index()].name]["outcome"] == "unknown"
        }
        ExpectationKind::LeadIn(Some(id)) => decision["stage"] == *policy.stages[id.index()].name,
        ExpectationKind::LeadIn(None) => decision["stage"].is_null(),
        ExpectationKind::DisqualifiedBy(id) => {
            let all = decision["disqualified_by"].as_array().unwrap();
            all.contains(&json!(policy.disqualifiers[id.index()].name))
        }
        ExpectationKind::Sla(id, status) => {
            decision["slas"][&policy.slas[id.index()].name]["status"] == status.as_str()
        }
    }
}

/// The field of an item that says which event it is.
const EVENT: &str = "which event of the example this is";

/// `given "e" happened` is an occurrence of e alone, and other events may read the same list: an item that says which
/// event it is belongs to that one, all others to whom they belonged before.
fn tell_events_apart(policy: &mut Policy) {
    for list in policy.fields.iter_mut().filter(|field| field.ty == Type::Items) {
        let path = vec![EVENT.to_owned()];
        let span = list.span;
        list.items.push(Field {
            span,
            path,
            ty: Type::Text,
            empty_when: Vec::new(),
            when_empty: None,
            private: false,
            called: None,
            items: Vec::new(),
        });
    }
    for event in &mut policy.events {
        let Some(list) = event.from else { continue };
        let list = &policy.fields[list.index()];
        let which = TextSubject::Field(FieldRef::Item(u32::try_from(list.items.len() - 1).unwrap()));
        let condition = |kind| Condition { span: list.span, kind };
        let names = vec![Operand::Literal(event.name.clone())];
        let this = condition(ConditionKind::Text { of: which, not: false, test: TextTest::Is(names) });
        let mut before = vec![condition(ConditionKind::FilledIn(which, false))];
        before.extend(event.condition.take());
        event.condition = Some(condition(ConditionKind::Any(vec![this, condition(ConditionKind::All(before))])));
    }
}

/// The lead. A log that is not mentioned is empty; a lead in a file is taken as it stands.
fn lead(policy: &Policy, given: &[Given]) -> Value {
    let file = given.iter().find_map(|given| match given {
        Given::Lead(bytes) => Some(serde_json::from_slice(bytes).unwrap()),
        _ => None,
    });
    let mut lead = file.unwrap_or_else(|| {
        let mut lead = json!({});
        let logs = policy.fields.iter().filter(|field| field.ty == Type::Items);
        logs.for_each(|log| *at(&mut lead, &log.path) = json!([]));
        lead
    });
    for given in given {
        match given {
            Given::Field(id, value) => *at(&mut lead, &policy.fields[id.index()].path) = json_of(value),
            Given::Absent(id) => *at(&mut lead, &policy.fields[id.index()].path) = Value::Null,
            Given::Event(id, time) => happen(&mut lead, policy, &policy.events[id.index()], *time),
            Given::Lead(_) => {}
        }
    }
    lead
}

fn happen(lead: &mut Value, policy: &Policy, event: &Event, time: i64) {
    match (event.from, event.dated_by) {
        (Some(list), FieldRef::Item(dated)) => {
            let list = &policy.fields[list.index()];
            let dated = &list.items[usize::try_from(dated).unwrap()];
            let mut item = json!({ EVENT: event.name });
            *at(&mut item, &dated.path) = dated_json(policy, dated, time);
            at(lead, &list.path).as_array_mut().unwrap().push(item);
        }
        (None, FieldRef::Lead(field)) => {
            let field = &policy.fields[field.index()];
            *at(lead, &field.path) = dated_json(policy, field, time);
        }
        _ => panic!("an event is dated by a field of its list, or by one of the lead"),
    }
}

fn dated_json(policy: &Policy, field: &Field, time: i64) -> Value {
    let instant = DateTime::from_timestamp_micros(time).unwrap();
    match field.ty {
        Type::Date => json!(instant.with_timezone(&policy.zone).date_naive().to_string()),
        _ => json!(instant.to_rfc3339_opts(SecondsFormat::Micros, true)),
    }
}

fn json_of(value: &Literal) -> Value {
    match value {
        Literal::Text(text) => json!(text),
        Literal::Number(number) => json!(number.to_string()),
        Literal::Money(money) => json!({"amount": money.amount.to_string(), "currency": money.currency}),
        Literal::Date(date) => json!(date.to_string()),
        Literal::Time(time) => json!(DateTime::from_timestamp_micros(*time).unwrap().to_rfc3339()),
        Literal::YesNo(yes) => json!(yes),
        Literal::None => json!([]),
    }
}

/// The place of a path, made where it is not there yet.
fn at<'a>(value: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(value, |value, part| {
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        value.as_object_mut().unwrap().entry(part).or_insert(Value::Null)
    })
}
