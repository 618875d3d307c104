//! Values and durations as written.

use chrono::{NaiveDate, NaiveDateTime};

use super::{Path, Quoted};
use crate::decimal::Decimal;

/// A value written out.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `"webinar"`
    Text(String),
    /// `5,000`, `0.5`
    Number(Decimal),
    /// `EUR 10,000`; the currency in capitals
    Money(String, Decimal),
    /// `2026-03-10`
    Date(NaiveDate),
    /// `2026-03-10 09:00` (in the policy's zone) or RFC 3339
    Time(TimeLiteral),
    /// `yes`, `no`
    YesNo(bool),
    /// `none` (an empty list, after `when empty`)
    None,
}

/// A time written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLiteral {
    /// In the policy's zone.
    Local(NaiveDateTime),
    /// With an offset: microseconds since 1970-01-01 UTC.
    Instant(i64),
}

/// A value in a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A literal.
    Literal(Literal),
    /// A field of the same type.
    Field(Path),
    /// `score "fit"`
    Score(Quoted),
}

/// `30 days`; whole numbers only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Duration {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

/// The units of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the words of the language")]
pub enum Unit {
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
    Years,
    BusinessMinutes,
    BusinessHours,
    BusinessDays,
}

impl Unit {
    /// Whether it counts business time.
    pub fn is_business(self) -> bool {
        matches!(self, Unit::BusinessMinutes | Unit::BusinessHours | Unit::BusinessDays)
    }
}

impl Duration {
    /// Its microseconds, where it is always equally long: minutes to weeks, a day being 24 hours.
    pub fn fixed_micros(self) -> Option<i64> {
        const MINUTE: i64 = 60_000_000;
        let unit = match self.unit {
            Unit::Minutes => MINUTE,
            Unit::Hours => 60 * MINUTE,
            Unit::Days => 24 * 60 * MINUTE,
            Unit::Weeks => 7 * 24 * 60 * MINUTE,
            _ => return None,
        };
        Some(i64::from(self.amount).saturating_mul(unit))
    }
}
