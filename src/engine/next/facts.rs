//! Facts that may be laid over a lead, and the values that fields may take.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use crate::decimal::Decimal;
use crate::engine::decision::PRIVATE;
use crate::engine::json;
use crate::engine::program::Slot;
use crate::intake::Currency;
use crate::time::Instant;

/// A value that a field may take.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Witness {
    /// No value: the field is empty.
    Empty,
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(Decimal),
    /// An amount in a currency, three capital letters.
    Money(Decimal, Currency),
    /// A text.
    Text(String),
    /// A date, in days since 1970-01-01.
    Date(i32),
    /// A time, in microseconds since 1970-01-01 UTC.
    Time(i64),
    /// A list of text; without entries also a log in which nothing happened.
    List(Vec<String>),
    /// A value that would tell that of a private field: it is not shown.
    Private(Box<Witness>),
}

impl Witness {
    /// The value itself, also where it would tell that of a private field.
    pub(crate) fn in_the_open(&self) -> &Witness {
        if let Witness::Private(value) = self { value.in_the_open() } else { self }
    }

    /// The value as JSON, as it is laid over the lead.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Witness::Empty => out.extend_from_slice(b"null"),
            Witness::YesNo(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
            Witness::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Witness::Money(amount, currency) => {
                out.extend_from_slice(format!("{{\"amount\":{amount},\"currency\":\"{currency}\"}}").as_bytes());
            }
            Witness::Text(text) => json::text(out, text),
            Witness::Date(days) => out.extend_from_slice(format!("\"{}\"", date(*days)).as_bytes()),
            Witness::Time(at) => json::instant(out, *at),
            Witness::List(entries) => {
                out.push(b'[');
                let start = out.len();
                for entry in entries {
                    json::key(out, start, b"");
                    json::text(out, entry);
                }
                out.push(b']');
            }
            Witness::Private(value) => value.write(out),
        }
    }
}

fn date(days: i32) -> NaiveDate {
    NaiveDate::from_epoch_days(days).unwrap_or_default()
}

/// A whole number exactly; any other as the nearest floating-point number, which prints the same digits up to fifteen.
struct Amount(Decimal);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.times_power_of_ten(0) {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.0.to_string().parse().unwrap_or_default()),
        }
    }
}

impl Serialize for Witness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Money<'a> {
            amount: Amount,
            currency: &'a str,
        }
        match self {
            Witness::Empty => serializer.serialize_unit(),
            Witness::YesNo(yes) => serializer.serialize_bool(*yes),
            Witness::Number(number) => Amount(*number).serialize(serializer),
            Witness::Money(amount, currency) => {
                Money { amount: Amount(*amount), currency: currency.as_str() }.serialize(serializer)
            }
            Witness::Text(text) => serializer.serialize_str(text),
            Witness::Date(days) => serializer.collect_str(&date(*days)),
            Witness::Time(at) => {
                let at = chrono::DateTime::from_timestamp_micros(*at).unwrap_or_default();
                serializer.serialize_str(&crate::engine::timestamp(at))
            }
            Witness::List(entries) => entries.serialize(serializer),
            Witness::Private(_) => serializer.serialize_str(PRIVATE),
        }
    }
}

/// What is laid over a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facts {
    /// Fields that take a value.
    pub values: BTreeMap<Slot, Witness>,
    /// Absent logs that become empty ones.
    pub logs: BTreeSet<Slot>,
    /// Events that happen, and when.
    pub events: BTreeMap<usize, Vec<Instant>>,
    /// Now is this instant.
    pub wait: Option<Instant>,
}

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    Value(Slot),
    Log(Slot),
    Event(usize),
    Wait,
}

impl Facts {
    /// What they are about, in the order in which they are shown.
    pub fn about(&self) -> Vec<About> {
        let values = self.values.keys().map(|slot| About::Value(*slot));
        let logs = self.logs.iter().map(|slot| About::Log(*slot));
        let events = self.events.keys().map(|event| About::Event(*event));
        values.chain(logs).chain(events).chain(self.wait.map(|_| About::Wait)).collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len() + self.logs.len() + self.events.len() + usize::from(self.wait.is_some())
    }

    /// Those that are about one of these.
    pub fn only(&self, keep: &[About]) -> Facts {
        let mut facts = self.clone();
        facts.values.retain(|slot, _| keep.contains(&About::Value(*slot)));
        facts.logs.retain(|slot| keep.contains(&About::Log(*slot)));
        facts.events.retain(|event, _| keep.contains(&About::Event(*event)));
        facts.wait = facts.wait.filter(|_| keep.contains(&About::Wait));
        facts
    }
}
