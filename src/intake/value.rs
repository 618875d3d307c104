//! What a JSON value means for a field's type: first whether it is empty, then whether it is of the type.

use chrono_tz::Tz;

use super::cell::{Cell, Currency};
use super::line::Written;
use super::moment::{self, Moment};
use super::shape::{Field, FieldKind};
use super::store::Store;
use crate::decimal::Decimal;
use crate::text;

/// A JSON value that is neither null nor an object nor an array.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scalar<'a> {
    Bool(bool),
    /// As written.
    Number(Written<'a>),
    /// Trimmed.
    Text(Written<'a>),
}

impl<'a> Scalar<'a> {
    /// The text that it is or is written as, unless that is blank or counts as empty.
    #[inline]
    pub(super) fn filled_text(self, empty_when: &[String]) -> Option<&'a str> {
        match self {
            Scalar::Bool(_) => None,
            _ if self.is_empty(empty_when) => None,
            Scalar::Number(text) | Scalar::Text(text) => Some(text.text()),
        }
    }

    /// Whether it is blank, or one of the texts (folded) that count as empty, or a number written so.
    #[inline(always)]
    fn is_empty(self, empty_when: &[String]) -> bool {
        let (text, is_blank) = match self {
            Scalar::Bool(_) => return false,
            Scalar::Number(number) => (number.text(), false),
            Scalar::Text(text) => (text.text(), text.text().is_empty()),
        };
        is_blank || (!empty_when.is_empty() && is_one_of(text, empty_when))
    }
}

/// Puts a value into its cell, unless it is empty: then the cell stays as it is.
// Inlined, and into the cell's own place: cells that travel are copied in pieces that the processor stumbles over.
#[inline(always)]
pub(super) fn put(field: &Field, scalar: Scalar<'_>, zone: Tz, store: &mut Store, cell: &mut Cell) {
    if scalar.is_empty(&field.empty_when) {
        return;
    }
    let written = match scalar {
        Scalar::Bool(yes) => {
            let is_yes_or_no = matches!(field.kind, FieldKind::YesNo);
            *cell = if is_yes_or_no { Cell::YesNo(yes) } else { Cell::WrongType };
            return;
        }
        Scalar::Number(written) | Scalar::Text(written) => written,
    };
    match &field.kind {
        FieldKind::Text => *cell = Cell::Text(store.keep(written, field.keep_raw)),
        FieldKind::Number => match number(written.text()) {
            Some(number) => *cell = Cell::Number(number),
            None => *cell = Cell::WrongType,
        },
        FieldKind::Time => *cell = time(scalar, zone),
        FieldKind::Date => match moment(scalar).and_then(|moment| moment.days(zone)) {
            Some(days) => *cell = Cell::Date(days),
            None => *cell = Cell::WrongType,
        },
        _ => *cell = rarer(field, scalar, written, store).unwrap_or(Cell::WrongType),
    }
}

/// The cell of a time that is not empty.
#[inline(always)]
pub(super) fn time(scalar: Scalar<'_>, zone: Tz) -> Cell {
    moment(scalar).and_then(|moment| moment.instant(zone)).map_or(Cell::WrongType, Cell::Time)
}

/// The cell of a value that is not empty, for the types that are left; `None` where it is of the wrong type.
#[inline(never)]
fn rarer(field: &Field, scalar: Scalar<'_>, written: Written<'_>, store: &mut Store) -> Option<Cell> {
    match &field.kind {
        FieldKind::OneOf(options) => {
            let kept = store.keep(written, field.keep_raw);
            options.find(store.folded(kept).as_bytes())?;
            Some(Cell::Text(kept))
        }
        FieldKind::Money(default) => money(written.text(), *default),
        FieldKind::YesNo => yes_or_no(written.text()).map(Cell::YesNo),
        FieldKind::TextList => match scalar {
            Scalar::Text(_) => Some(split_list(store, written.text(), field.keep_raw)),
            _ => {
                let first = store.entries();
                store.keep_entry(written, field.keep_raw);
                Some(store.list(first))
            }
        },
        _ => None,
    }
}

/// The entries of one text, with `;` between them as HubSpot and Salesforce write it.
pub(super) fn split_list(store: &mut Store, text: &str, keep_raw: bool) -> Cell {
    let first = store.entries();
    for entry in text.split(';').map(text::trim).filter(|entry| !entry.is_empty()) {
        store.keep_entry(Written::elsewhere(entry), keep_raw);
    }
    store.list(first)
}

/// A part of a money object.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Given<T> {
    #[default]
    Empty,
    WrongType,
    Is(T),
}

/// The parts of a money object.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MoneyParts {
    pub(super) amount: Given<Decimal>,
    pub(super) currency: Given<Currency>,
}

impl MoneyParts {
    /// The cell that they make; `None` where the amount is empty.
    pub(super) fn cell(self, default: Option<Currency>) -> Option<Cell> {
        let amount = match self.amount {
            Given::Empty => return None,
            Given::WrongType => return Some(Cell::WrongType),
            Given::Is(amount) => amount,
        };
        let currency = match self.currency {
            Given::Empty => default,
            Given::WrongType => None,
            Given::Is(currency) => Some(currency),
        };
        Some(currency.map_or(Cell::WrongType, |currency| Cell::Money(amount, currency)))
    }
}

/// The amount of a money object.
pub(super) fn amount(scalar: Scalar<'_>, empty_when: &[String]) -> Given<Decimal> {
    match scalar {
        _ if scalar.is_empty(empty_when) => Given::Empty,
        Scalar::Bool(_) => Given::WrongType,
        Scalar::Number(written) | Scalar::Text(written) => number(written.text()).map_or(Given::WrongType, Given::Is),
    }
}

/// The currency of a money object.
pub(super) fn currency(scalar: Scalar<'_>, empty_when: &[String]) -> Given<Currency> {
    match scalar {
        _ if scalar.is_empty(empty_when) => Given::Empty,
        Scalar::Text(written) => Currency::parse(written.text()).map_or(Given::WrongType, Given::Is),
        Scalar::Bool(_) | Scalar::Number(_) => Given::WrongType,
    }
}

/// `EUR 25000`, or a bare amount where the field has a currency of its own.
fn money(text: &str, default: Option<Currency>) -> Option<Cell> {
    if let Some(currency) = default
        && let Some(amount) = number(text)
    {
        return Some(Cell::Money(amount, currency));
    }
    let (currency, amount) = text.split_once(char::is_whitespace)?;
    Some(Cell::Money(number(text::trim(amount))?, Currency::parse(currency)?))
}

/// A number as JSON writes it. Most are short and whole.
#[inline]
fn number(text: &str) -> Option<Decimal> {
    let bytes = text.as_bytes();
    if bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit) && bytes.first() != Some(&b'0') && !bytes.is_empty() {
        let value = bytes.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
        return Decimal::new(value, 0);
    }
    Decimal::parse_bytes(bytes)
}

#[inline]
fn moment(scalar: Scalar<'_>) -> Option<Moment> {
    match scalar {
        Scalar::Bool(_) => None,
        Scalar::Number(written) => moment::epoch_millis(written.text().as_bytes()),
        Scalar::Text(written) => Moment::parse(written.text().as_bytes()),
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    let is_any = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_any(["yes", "true", "1"]) { Some(true) } else { is_any(["no", "false", "0"]).then_some(false) }
}

/// Whether `text` is one of these folded texts.
#[inline(never)]
fn is_one_of(text: &str, folded: &[String]) -> bool {
    if text.is_ascii() {
        return folded.iter().any(|one| one.eq_ignore_ascii_case(text));
    }
    let text = text::fold(text);
    folded.contains(&text)
}
