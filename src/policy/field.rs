//! What a lead has: its fields, their types, and values written out.

use chrono::NaiveDate;

use crate::decimal::Decimal;
use crate::source::Span;

/// `company.employees is a number`
#[derive(Clone, Debug)]
pub struct Field {
    /// Where it was declared: its path.
    pub span: Span,
    /// The parts of its path.
    pub path: Vec<String>,
    /// Its type.
    pub ty: Type,
    /// Texts that count as empty, its own and those of its `lead`.
    pub empty_when: Vec<String>,
    /// The value that an empty field takes.
    pub when_empty: Option<Literal>,
    /// Whether its values are masked.
    pub private: bool,
    /// The name for people, where it has one.
    pub called: Option<String>,
    /// The fields of its items, for [`Type::Items`].
    pub items: Vec<Field>,
}

impl Field {
    /// The path as decisions write it: `company.employees`.
    pub fn dotted(&self) -> String {
        self.path.join(".")
    }

    /// What people call it: its `called` name, else its path.
    pub fn display_name(&self) -> String {
        self.called.clone().unwrap_or_else(|| self.dotted())
    }
}

/// The types of fields.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `is text`
    Text,
    /// `is a number`
    Number,
    /// `is money in EUR`: the currency of bare numbers, where there is one
    Money(Option<String>),
    /// `is a date`
    Date,
    /// `is a time`
    Time,
    /// `is yes or no`
    YesNo,
    /// `is one of "a", "b"`
    OneOf(Vec<String>),
    /// `is a list of text`
    TextList,
    /// `is a list of:`
    Items,
}

/// A value written out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Literal {
    /// A text, not folded.
    Text(String),
    /// A number.
    Number(Decimal),
    /// Money.
    Money(Money),
    /// A date.
    Date(NaiveDate),
    /// An instant: microseconds since 1970-01-01 UTC.
    Time(i64),
    /// Yes or no.
    YesNo(bool),
    /// The empty list.
    None,
}

/// An amount of a currency, three capital letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// The currency.
    pub currency: String,
    /// The amount.
    pub amount: Decimal,
}
