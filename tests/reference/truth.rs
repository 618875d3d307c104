//! §3 and §5: conditions, and the three outcomes that each may have.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use crate::business;
use crate::decide::Case;
use crate::exact::Exact;
use crate::json::Json;
use crate::model::{
    Comparison, Condition, Count, EventWindow, Group, Inclusion, Moment, Operand, Outcome, Span, StageTest, Subject,
    TextTest, Window,
};
use crate::text::{fold, holds_words, nfc};
use crate::time;
use crate::value::{Reason, Value};

use Outcome::{Met, NotMet, Unknown};

/// Where a condition stands: at an item of a list, or in a score that started again.
#[derive(Clone, Copy, Default)]
pub struct At<'a> {
    pub item: Option<&'a Json>,
    pub restart: Option<i64>,
}

impl Outcome {
    pub fn opposite(self) -> Outcome {
        match self {
            Met => NotMet,
            NotMet => Met,
            Unknown => Unknown,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Met => "met",
            NotMet => "not_met",
            Unknown => "unknown",
        }
    }
}

pub fn known(met: bool) -> Outcome {
    if met { Met } else { NotMet }
}

/// §3, strong Kleene logic.
pub fn group(group: Group, parts: &[Outcome]) -> Outcome {
    let count = |outcome| parts.iter().filter(|part| **part == outcome).count();
    let (met, not_met, unknown) = (count(Met), count(NotMet), count(Unknown));
    match group {
        Group::All if not_met > 0 => NotMet,
        Group::All if unknown > 0 => Unknown,
        Group::All => Met,
        Group::Any if met > 0 => Met,
        Group::Any if unknown > 0 => Unknown,
        Group::Any => NotMet,
        Group::None if met > 0 => NotMet,
        Group::None if unknown > 0 => Unknown,
        Group::None => Met,
        Group::AtLeast(least) if met >= least => Met,
        Group::AtLeast(least) if met + unknown < least => NotMet,
        Group::AtLeast(_) => Unknown,
    }
}

impl Case<'_> {
    pub fn outcome(&self, condition: &Condition, at: At) -> Outcome {
        let outcome = match condition {
            Condition::Group(kind, parts) => {
                let parts: Vec<Outcome> = parts.iter().map(|part| self.outcome(part, at)).collect();
                group(*kind, &parts)
            }
            Condition::Criterion { name, not } => {
                let outcome = self.criterion(name);
                if *not { outcome.opposite() } else { outcome }
            }
            Condition::Checklist { name, at_least, including } => {
                let items = self.checklist(name);
                let outcomes: Vec<Outcome> = items.iter().map(|(_, outcome)| *outcome).collect();
                let count = group(Group::AtLeast(at_least.unwrap_or(items.len())), &outcomes);
                let named = items.iter().filter(|(label, _)| including.contains(label)).map(|(_, outcome)| *outcome);
                group(Group::All, &[vec![count], named.collect()].concat())
            }
            Condition::Stage { name, asks } => match asks {
                StageTest::Reached => self.stage(name).outcome,
                StageTest::NotReached => self.stage(name).outcome.opposite(),
                StageTest::PassesItsTest => self.stage(name).test,
            },
            leaf => match self.leaf(leaf, at) {
                Ok(met) => known(met),
                Err(reason) => {
                    self.seen.borrow_mut().add(format!("unknown: {reason:?}"));
                    Unknown
                }
            },
        };
        self.seen.borrow_mut().row(condition, outcome);
        outcome
    }

    fn leaf(&self, condition: &Condition, at: At) -> Result<bool, Reason> {
        match condition {
            Condition::Filled { of, empty } => match self.subject(of, at) {
                Ok(_) => Ok(!empty),
                Err(Reason::Empty) => Ok(*empty),
                Err(reason) => Err(reason),
            },
            Condition::Text { of, test, not, values } => {
                let text = self.text(of, at)?;
                any(values, |value| Ok(meets(*test, &text, &self.operand_text(value, at)?))).map(|met| met != *not)
            }
            Condition::InList { of, list, not } => {
                let text = self.text(of, at)?;
                let list = self.policy.lists.iter().find(|one| one.name == *list).unwrap();
                Ok(list.entries.iter().any(|entry| fold(entry.trim()) == fold(&text)) != *not)
            }
            Condition::Pattern { of, pattern, not } => {
                let pattern = compiled(pattern);
                Ok(pattern.is_match(&self.text(of, at)?) != *not)
            }
            Condition::Compare { of, test, with } => {
                let order = self.order(&self.subject(of, at)?, &self.operand(with, at)?)?;
                Ok(match test {
                    Comparison::Is => order.is_eq(),
                    Comparison::IsNot => order.is_ne(),
                    Comparison::AtLeast => order.is_ge(),
                    Comparison::AtMost => order.is_le(),
                    Comparison::MoreThan => order.is_gt(),
                    Comparison::LessThan => order.is_lt(),
                })
            }
            Condition::When { of, test, with } => {
                let value = self.subject(of, at)?;
                let (first, last) = self.compare_dates(&value, with, at)?;
                Ok(match test {
                    Moment::Before => first.is_lt(),
                    Moment::After => last.is_gt(),
                    Moment::On => first.is_ge() && last.is_le(),
                    Moment::OnOrBefore => last.is_le(),
                    Moment::OnOrAfter => first.is_ge(),
                })
            }
            Condition::Between { of, from, to } => {
                let value = self.subject(of, at)?;
                if matches!(value, Value::Date(_) | Value::Time(_)) {
                    let (from, to) = (self.compare_dates(&value, from, at)?, self.compare_dates(&value, to, at)?);
                    return Ok(from.0.is_ge() && to.1.is_le());
                }
                let from = self.order(&value, &self.operand(from, at)?)?;
                let to = self.order(&value, &self.operand(to, at)?)?;
                Ok(from.is_ge() && to.is_le())
            }
            Condition::Window { of, test, span } => Ok(match self.subject(of, at)? {
                Value::Date(date) => {
                    let first = time::earlier_date(self.today, *span);
                    let last = time::later_date(self.today, *span);
                    match test {
                        Window::WithinTheLast => first <= date && date <= self.today,
                        Window::Ago => date < first,
                        Window::WithinTheNext => self.today <= date && date <= last,
                        Window::Ahead => last < date,
                    }
                }
                Value::Time(instant) => match test {
                    Window::WithinTheLast => self.within_the_last(instant, *span),
                    Window::Ago => self.ago(instant, *span),
                    Window::WithinTheNext => self.now <= instant && instant <= self.later(self.now, *span),
                    Window::Ahead => self.later(self.now, *span) < instant,
                },
                value => panic!("{value:?} has no window"),
            }),
            Condition::YesNo { of, yes } => match self.subject(of, at)? {
                Value::YesNo(value) => Ok(value == *yes),
                value => panic!("{value:?} is neither yes nor no"),
            },
            Condition::Includes { of, test, values } => {
                let Value::Texts(texts) = self.subject(of, at)? else { panic!("no list of texts") };
                let held = |value: &Operand| {
                    let sought = fold(&self.operand_text(value, at)?);
                    Ok(texts.iter().any(|text| fold(text) == sought))
                };
                match test {
                    Inclusion::One | Inclusion::Any => any(values, held),
                    Inclusion::None => any(values, held).map(|met| !met),
                    Inclusion::All => any(values, |value| held(value).map(|met| !met)).map(|met| !met),
                }
            }
            Condition::Event { event, count, window } => self.happened(event, *count, window.as_ref(), at),
            Condition::Grade { name, labels } => Ok(labels.contains(&self.grade(name))),
            _ => panic!("not a leaf: {condition:?}"),
        }
    }

    pub fn subject(&self, subject: &Subject, at: At) -> Result<Value, Reason> {
        match subject {
            Subject::Field(field) => self.read(field, at.item.unwrap_or(self.lead)),
            Subject::Score(name) => Ok(Value::Number(Exact::hundredths(self.score(name)))),
            Subject::Domain(field) => match self.read(field, at.item.unwrap_or(self.lead))? {
                Value::Text(text) => match text.rsplit_once('@') {
                    Some((_, domain)) if !domain.trim().is_empty() => Ok(Value::Text(domain.trim().to_lowercase())),
                    _ => Err(Reason::Empty),
                },
                value => panic!("{value:?} has no domain"),
            },
        }
    }

    fn text(&self, subject: &Subject, at: At) -> Result<String, Reason> {
        match self.subject(subject, at)? {
            Value::Text(text) => Ok(text),
            value => panic!("{value:?} is no text"),
        }
    }

    fn operand(&self, operand: &Operand, at: At) -> Result<Value, Reason> {
        match operand {
            Operand::Field(field) => self.subject(&Subject::Field(field.clone()), at),
            Operand::Score(name) => self.subject(&Subject::Score(name.clone()), at),
            literal => Ok(self.literal(literal)),
        }
    }

    fn operand_text(&self, operand: &Operand, at: At) -> Result<String, Reason> {
        match self.operand(operand, at)? {
            Value::Text(text) => Ok(text),
            value => panic!("{value:?} is no text"),
        }
    }

    /// Numbers and scores as they are; money in two currencies by cross-multiplying with today's rate.
    pub fn order(&self, one: &Value, other: &Value) -> Result<Ordering, Reason> {
        match (one, other) {
            (Value::Number(one), Value::Number(other)) => Ok(one.cmp(other)),
            (Value::Money(one, from), Value::Money(other, to)) if from == to => Ok(one.cmp(other)),
            (Value::Money(one, from), Value::Money(other, to)) => {
                let tables = self.policy.rates.iter().filter(|table| table.date <= self.today);
                let table = tables.max_by_key(|table| table.date).ok_or(Reason::NoRate)?;
                let rate = |from: &str, to: &str| table.pairs.iter().find(|pair| (pair.0, pair.1) == (from, to));
                let mut seen = self.seen.borrow_mut();
                if let Some((_, _, rate)) = rate(from, to) {
                    seen.add("money: a listed rate");
                    Ok(one.times(rate).cmp(other))
                } else if let Some((_, _, rate)) = rate(to, from) {
                    seen.add("money: the inverse of a rate");
                    Ok(one.cmp(&other.times(rate)))
                } else {
                    Err(Reason::NoRate)
                }
            }
            _ => panic!("{one:?} and {other:?} do not compare"),
        }
    }

    /// A value beside the first and the last of what an operand stands for: a date literal is a whole day of a time.
    fn compare_dates(&self, value: &Value, with: &Operand, at: At) -> Result<(Ordering, Ordering), Reason> {
        let zone = self.policy.zone();
        match (value, self.operand(with, at)?) {
            (Value::Date(value), Value::Date(with)) => Ok((value.cmp(&with), value.cmp(&with))),
            (Value::Time(value), Value::Time(with)) => Ok((value.cmp(&with), value.cmp(&with))),
            (Value::Time(value), Value::Date(with)) => {
                let next = time::first_instant(zone, with.succ_opt().unwrap());
                Ok((value.cmp(&time::first_instant(zone, with)), value.cmp(&(next - 1))))
            }
            (value, with) => panic!("{value:?} and {with:?} do not compare"),
        }
    }

    pub fn later(&self, from: i64, span: Span) -> i64 {
        if !span.business {
            return time::later(self.policy.zone(), from, span);
        }
        let calendar = self.policy.calendar.as_ref().unwrap();
        let worked_out = || {
            let due = business::due(calendar, from, span).unwrap();
            business::crossed(calendar, from, due).into_iter().for_each(|what| self.seen.borrow_mut().add(what));
            due
        };
        *self.business.borrow_mut().entry((from, span)).or_insert_with(worked_out)
    }

    pub fn within_the_last(&self, instant: i64, span: Span) -> bool {
        let first_in_time = if span.business {
            instant <= self.now && self.now <= self.later(instant, span)
        } else {
            time::earlier(self.policy.zone(), self.now, span) <= instant
        };
        first_in_time && instant <= self.now
    }

    pub fn ago(&self, instant: i64, span: Span) -> bool {
        if span.business {
            self.later(instant, span) < self.now
        } else {
            instant < time::earlier(self.policy.zone(), self.now, span)
        }
    }

    fn happened(&self, event: &str, count: Count, window: Option<&EventWindow>, at: At) -> Result<bool, Reason> {
        let since_restart = |event: &str| {
            let mut instants = self.occurrences(event).ok_or(Reason::NoLog)?;
            instants.retain(|instant| at.restart.is_none_or(|restart| restart <= *instant));
            Ok(instants)
        };
        let mut instants = since_restart(event)?;
        match window {
            None => {}
            Some(EventWindow::WithinTheLast(span)) => instants.retain(|one| self.within_the_last(*one, *span)),
            Some(EventWindow::Ago(span)) => instants.retain(|one| self.ago(*one, *span)),
            Some(EventWindow::Since(other)) => match since_restart(other)?.last() {
                Some(last) => instants.retain(|one| last <= one),
                None => instants.clear(),
            },
            Some(EventWindow::Before(other)) => {
                if let Some(first) = since_restart(other)?.first() {
                    instants.retain(|one| one < first);
                }
            }
            Some(EventWindow::After(span, other)) => match since_restart(other)?.last() {
                Some(last) => {
                    let end = self.later(*last, *span);
                    instants.retain(|one| last <= one && *one <= end);
                }
                None => instants.clear(),
            },
        }
        Ok(match count {
            Count::Happened => !instants.is_empty(),
            Count::DidNotHappen => instants.is_empty(),
            Count::AtLeast(times) => instants.len() >= times,
            Count::AtMost(times) => instants.len() <= times,
            Count::Exactly(times) => instants.len() == times,
            Count::Days(days) => {
                let mut dates: Vec<_> = instants.iter().map(|one| time::date(self.policy.zone(), *one)).collect();
                dates.dedup();
                dates.len() >= days
            }
        })
    }
}

/// A pattern, compiled once.
fn compiled(pattern: &str) -> Regex {
    thread_local!(static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default());
    let compile = || RegexBuilder::new(&nfc(pattern)).case_insensitive(true).build().unwrap();
    COMPILED.with_borrow_mut(|all| all.entry(pattern.to_owned()).or_insert_with(compile).clone())
}

/// `any of` these values, of which a field may not be known.
fn any<T>(values: &[T], test: impl Fn(&T) -> Result<bool, Reason>) -> Result<bool, Reason> {
    let tested: Vec<_> = values.iter().map(test).collect();
    if tested.contains(&Ok(true)) { Ok(true) } else { tested.into_iter().find(Result::is_err).unwrap_or(Ok(false)) }
}

fn meets(test: TextTest, text: &str, value: &str) -> bool {
    let (text, value) = (fold(text), fold(value));
    match test {
        TextTest::Is | TextTest::IsOneOf => text == value,
        TextTest::Contains | TextTest::ContainsAny => text.contains(&value),
        TextTest::ContainsWord | TextTest::ContainsAnyWord => holds_words(&text, &value),
        TextTest::StartsWith | TextTest::StartsWithAny => text.starts_with(&value),
        TextTest::EndsWith | TextTest::EndsWithAny => text.ends_with(&value),
    }
}
