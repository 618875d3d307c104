//! The lead that an `example` describes, as JSON.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};

use crate::decimal::Decimal;
use crate::policy::{
    Condition, ConditionKind, Event, Field, FieldRef, Given, Literal, Operand, Policy, TextSubject, TextTest, Type,
};

/// Numbers pass through binary fractions where YAML and JSON are read, and up to so many digits come out as they were
/// written.
pub const EXACT_DIGITS: usize = 15;

/// The field of an item that says which event of the example it is. No policy can declare it: it is no path.
const EVENT: &str = "which event of the example this is";

/// `given "e" happened` is an occurrence of e alone, and other events may read the same list: an item that says which
/// event it is belongs to that one, all others to whom they belonged before.
pub fn tell_events_apart(policy: &mut Policy) {
    for list in policy.fields.iter_mut().filter(|field| field.ty == Type::Items) {
        list.items.push(Field {
            span: list.span,
            path: vec![EVENT.to_owned()],
            ty: Type::Text,
            empty_when: Vec::new(),
            when_empty: None,
            private: false,
            called: None,
            items: Vec::new(),
        });
    }
    for event in &mut policy.events {
        let Some(list) = event.from.and_then(|list| policy.fields.get(list.index())) else { continue };
        let Ok(last) = u32::try_from(list.items.len().saturating_sub(1)) else { continue };
        let which = TextSubject::Field(FieldRef::Item(last));
        let condition = |kind| Condition { span: list.span, kind };
        let names = vec![Operand::Literal(event.name.clone())];
        let this = condition(ConditionKind::Text { of: which, not: false, test: TextTest::Is(names) });
        let mut before = vec![condition(ConditionKind::FilledIn(which, false))];
        before.extend(event.condition.take());
        event.condition = Some(condition(ConditionKind::Any(vec![this, condition(ConditionKind::All(before))])));
    }
}

/// The lead. A log that is not mentioned is empty; a lead in a file is taken as it stands.
pub fn lead(policy: &Policy, given: &[Given]) -> Value {
    let file = given.iter().find_map(|given| match given {
        Given::Lead(bytes) => serde_json::from_slice(bytes).ok(),
        _ => None,
    });
    let mut lead = file.unwrap_or_else(|| with_empty_logs(policy));
    let field = |id: &crate::policy::FieldId| policy.fields.get(id.index());
    for given in given {
        match given {
            Given::Field(id, value) => {
                field(id).into_iter().for_each(|field| put(&mut lead, &field.path, written(value)));
            }
            Given::Absent(id) => field(id).into_iter().for_each(|field| put(&mut lead, &field.path, Value::Null)),
            Given::Event(id, time) => {
                policy.events.get(id.index()).into_iter().for_each(|event| happen(&mut lead, policy, event, *time));
            }
            Given::Lead(_) => {}
        }
    }
    lead
}

/// A lead of whom nothing is known, and to whom nothing has happened.
pub fn with_empty_logs(policy: &Policy) -> Value {
    let mut lead = json!({});
    for log in policy.fields.iter().filter(|field| field.ty == Type::Items) {
        put(&mut lead, &log.path, json!([]));
    }
    lead
}

/// Lets an event happen.
fn happen(lead: &mut Value, policy: &Policy, event: &Event, time: i64) {
    match (event.from, event.dated_by) {
        (Some(list), FieldRef::Item(by)) => {
            let Some(list) = policy.fields.get(list.index()) else { return };
            let Some(day) = list.items.get(by as usize) else { return };
            let mut item = json!({ EVENT: event.name });
            put(&mut item, &day.path, dated(policy, day, time));
            let Some(log) = place(lead, &list.path) else { return };
            match log {
                Value::Array(items) => items.push(item),
                log => *log = json!([item]),
            }
        }
        (_, FieldRef::Lead(field)) => {
            let Some(field) = policy.fields.get(field.index()) else { return };
            put(lead, &field.path, dated(policy, field, time));
        }
        (None, FieldRef::Item(_)) => {}
    }
}

/// An instant as the value of a date or a time.
pub fn dated(policy: &Policy, field: &Field, time: i64) -> Value {
    let instant = DateTime::from_timestamp_micros(time).unwrap_or_default();
    match field.ty {
        Type::Date => json!(instant.with_timezone(&policy.zone).date_naive().to_string()),
        _ => json!(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
    }
}

/// A value of a policy as a lead has it.
pub fn written(value: &Literal) -> Value {
    match value {
        Literal::Text(text) => json!(text),
        Literal::Number(it) => number(*it),
        Literal::Money(money) => json!({"amount": number(money.amount), "currency": money.currency}),
        Literal::Date(date) => json!(date.to_string()),
        Literal::Time(time) => json!(DateTime::from_timestamp_micros(*time).unwrap_or_default().to_rfc3339()),
        Literal::YesNo(yes) => json!(yes),
        Literal::None => json!([]),
    }
}

/// A number as a lead has it; one with many digits as a text, in which none is lost.
pub fn number(number: Decimal) -> Value {
    let text = number.to_string();
    let exact = if text.len() <= EXACT_DIGITS { serde_json::from_str(&text).ok() } else { None };
    exact.unwrap_or(Value::String(text))
}

/// Puts a value at a path.
pub fn put(lead: &mut Value, path: &[String], value: Value) {
    place(lead, path).into_iter().for_each(|place| *place = value.clone());
}

/// The place of a path, made where it is not there yet.
pub fn place<'a>(value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, part| {
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        Some(value.as_object_mut()?.entry(part).or_insert(Value::Null))
    })
}
