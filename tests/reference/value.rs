//! §4, *Reading a value*: empty first, then `when empty`, then the type.

use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveTime};
use regex::Regex;

use crate::decide::Case;
use crate::exact::Exact;
use crate::json::Json;
use crate::model::{Field, Kind, Operand};
use crate::text::{fold, nfc};
use crate::time;

#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Number(Exact),
    Money(Exact, String),
    Date(NaiveDate),
    Time(i64),
    YesNo(bool),
    Texts(Vec<String>),
    Items(Vec<Json>),
}

/// §3: why a lead does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Empty,
    WrongType,
    NoRate,
    NoLog,
}

use Reason::{Empty, WrongType};

impl Case<'_> {
    /// A field of an object: the lead, or an item of one of its lists.
    pub fn read(&self, field: &Field, object: &Json) -> Result<Value, Reason> {
        if !std::ptr::eq(object, self.lead) {
            return self.read_from(field, object);
        }
        let key = field.path.as_slice();
        if let Some(read) = self.values.borrow().get(key) {
            return read.clone();
        }
        let read = self.read_from(field, object);
        self.values.borrow_mut().insert(key.to_vec(), read.clone());
        read
    }

    fn read_from(&self, field: &Field, object: &Json) -> Result<Value, Reason> {
        let json = at_path(object, &field.path);
        let read = if self.is_empty(field, json) { Err(Empty) } else { self.typed(field, json) };
        match (&field.when_empty, read) {
            (Some(instead), Err(Empty)) => {
                self.seen.borrow_mut().add("value: when empty");
                Ok(self.literal(instead))
            }
            (_, read) => read,
        }
    }

    pub fn literal(&self, operand: &Operand) -> Value {
        match operand {
            Operand::Text(text) => Value::Text(nfc(text)),
            Operand::Number(number) => Value::Number(number.clone()),
            Operand::Money(amount, currency) => Value::Money(amount.clone(), (*currency).to_owned()),
            Operand::Date(date) => Value::Date(*date),
            Operand::Time { instant, .. } => Value::Time(*instant),
            Operand::YesNo(yes) => Value::YesNo(*yes),
            Operand::Nothing => Value::Items(Vec::new()),
            Operand::Field(_) | Operand::Score(_) => panic!("not a literal: {operand:?}"),
        }
    }

    /// Absent, null, blank, or one of the texts that count as empty.
    fn is_empty(&self, field: &Field, json: &Json) -> bool {
        let Some(text) = as_text(json) else { return *json == Json::Null };
        let mut texts = field.empty_when.iter().chain(&self.policy.empty_when);
        let counts_as_empty = texts.any(|empty| fold(empty) == fold(&text));
        self.seen.borrow_mut().add_if(counts_as_empty, "value: empty when");
        text.is_empty() || counts_as_empty
    }

    fn typed(&self, field: &Field, json: &Json) -> Result<Value, Reason> {
        let text = as_text(json).ok_or(WrongType);
        match &field.kind {
            Kind::Text => Ok(Value::Text(text?)),
            Kind::OneOf(texts) => {
                let text = text?;
                let known = texts.iter().any(|one| fold(one) == fold(&text));
                if known { Ok(Value::Text(text)) } else { Err(WrongType) }
            }
            Kind::Number => Exact::read(&text?).map(Value::Number).ok_or(WrongType),
            Kind::YesNo => match json {
                Json::Bool(yes) => Ok(Value::YesNo(*yes)),
                _ => match text?.to_lowercase().as_str() {
                    "yes" | "true" | "1" => Ok(Value::YesNo(true)),
                    "no" | "false" | "0" => Ok(Value::YesNo(false)),
                    _ => Err(WrongType),
                },
            },
            Kind::Money { currency } => self.money(field, *currency, json),
            Kind::Date | Kind::Time => self.date_or_time(field, json, &text?).ok_or(WrongType),
            Kind::Texts => texts(json).map(Value::Texts).ok_or(WrongType),
            Kind::Items(_) => match json {
                Json::List(items) => Ok(Value::Items(items.clone())),
                _ => Err(WrongType),
            },
        }
    }

    /// `{"amount": 25000, "currency": "EUR"}`, `"EUR 25000"`, and where the field has a currency, a bare number.
    fn money(&self, field: &Field, declared: Option<&str>, json: &Json) -> Result<Value, Reason> {
        let (amount, currency) = if let Json::Object(_) = json {
            let amount = json.get("amount").unwrap_or(&Json::Null);
            if self.is_empty(field, amount) {
                return Err(Empty);
            }
            let currency = match json.get("currency") {
                None | Some(Json::Null) => None,
                Some(Json::Text(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
                Some(_) => return Err(WrongType),
            };
            (as_text(amount).ok_or(WrongType)?, currency)
        } else {
            let text = as_text(json).ok_or(WrongType)?;
            match text.split_once(' ') {
                Some((currency, amount)) => (amount.trim().to_owned(), Some(currency.to_owned())),
                None => (text, None),
            }
        };
        let amount = Exact::read(&amount).ok_or(WrongType)?;
        let currency = currency.or(declared.map(str::to_owned)).ok_or(WrongType)?;
        let three_letters = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_alphabetic());
        if three_letters { Ok(Value::Money(amount, currency.to_uppercase())) } else { Err(WrongType) }
    }

    fn date_or_time(&self, field: &Field, json: &Json, text: &str) -> Option<Value> {
        let zone = self.policy.zone();
        let is_date = matches!(field.kind, Kind::Date);
        if let (Json::Text(_), Some(date)) = (json, bare_date(text)) {
            return Some(if is_date { Value::Date(date) } else { Value::Time(time::first_instant(zone, date)) });
        }
        let instant = instant(text, zone)?;
        Some(if is_date { Value::Date(time::date(zone, instant)) } else { Value::Time(instant) })
    }
}

static DATE: LazyLock<Regex> = LazyLock::new(|| shape("DDDD-DD-DD"));
static TIME: LazyLock<Regex> =
    LazyLock::new(|| shape(r"(DDDD-DD-DD)[Tt ](DD):(DD)(?::(DD)(?:\.(D+))?)?(?:([Zz])|([+-])(DD):?(DD))?"));

/// The whole of a text, with a digit for each D.
fn shape(shape: &str) -> Regex {
    Regex::new(&format!("^(?:{})$", shape.replace('D', "[0-9]"))).unwrap()
}

/// What stands at the end of a path; null where a part of it is absent or no object.
pub fn at_path<'a>(object: &'a Json, path: &[String]) -> &'a Json {
    let step = |json: &'a Json, part: &String| json.entries().iter().find(|(key, _)| nfc(key) == nfc(part));
    path.iter().fold(object, |json, part| step(json, part).map_or(&Json::Null, |(_, value)| value))
}

/// A text, trimmed, or a number as it is written.
pub fn as_text(json: &Json) -> Option<String> {
    match json {
        Json::Text(text) => Some(nfc(text).trim().to_owned()),
        Json::Number(number) => Some(number.clone()),
        _ => None,
    }
}

fn texts(json: &Json) -> Option<Vec<String>> {
    let read: Option<Vec<String>> = match json {
        Json::Number(number) => Some(vec![number.clone()]),
        Json::Text(text) => Some(text.split(';').map(|part| nfc(part).trim().to_owned()).collect()),
        Json::List(entries) => entries.iter().filter(|entry| **entry != Json::Null).map(as_text).collect(),
        _ => None,
    };
    read.map(|texts| texts.into_iter().filter(|text| !text.is_empty()).collect())
}

fn bare_date(text: &str) -> Option<NaiveDate> {
    DATE.is_match(text).then(|| text.parse().ok()).flatten()
}

/// A time with its time of day, or epoch milliseconds.
fn instant(text: &str, zone: chrono_tz::Tz) -> Option<i64> {
    if (12..=14).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse::<i64>().unwrap() * 1000);
    }
    let parts = TIME.captures(text)?;
    let part = |at: usize| parts.get(at).map_or("", |part| part.as_str());
    let number = |at: usize| part(at).parse::<u32>().unwrap_or(0);
    // Kept to the microsecond, the rest cut.
    let micros: u32 = format!("{:0<6}", part(5))[..6].parse().unwrap();
    let time_of_day = NaiveTime::from_hms_micro_opt(number(2), number(3), number(4), micros)?;
    let written = part(1).parse::<NaiveDate>().ok()?.and_time(time_of_day);
    if part(6).is_empty() && part(7).is_empty() {
        return Some(time::instant(zone, written));
    }
    let (hours, minutes) = (i64::from(number(8)), i64::from(number(9)));
    let offset = (hours * time::HOUR + minutes * time::MINUTE) * if part(7) == "-" { -1 } else { 1 };
    (hours < 24 && minutes < 60).then(|| written.and_utc().timestamp_micros() - offset)
}
