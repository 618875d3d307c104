//! What may be changed in a lead, so that it shows something else: values at the policy's own thresholds and just beside
//! them, events that happen, logs that are absent.

use chrono::{DateTime, Duration as Delta, Months, Utc};
use serde_json::{Value, json};

use crate::decimal::Decimal;
use crate::policy::{
    BandSubject, Bound, Condition, ConditionKind, Count, Duration, Event, EventWindow, Field, FieldRef, GradeKind,
    Literal, Money, Operand, Ordered, Policy, ScoreRuleKind, TextSubject, TextTest, Type, Unit, Window,
};
use crate::testing::lead::{dated, number, place, put, written as literal};

/// One change of a lead.
#[derive(Clone, Debug)]
pub enum Move {
    /// A field takes a value; a null takes it away.
    Set(Vec<String>, Value),
    /// An item more in a log, so many times, each a second before the other.
    Add { log: Vec<String>, items: Vec<Value> },
}

impl Move {
    pub fn apply(&self, lead: &mut Value) {
        match self {
            Move::Set(path, value) => put(lead, path, value.clone()),
            Move::Add { log, items } => match place(lead, log) {
                Some(Value::Array(own)) => own.extend(items.iter().cloned()),
                Some(place) => *place = Value::Array(items.clone()),
                None => {}
            },
        }
    }
}

/// All changes that the policy's words suggest, as of an instant.
pub fn moves(policy: &Policy, now: DateTime<Utc>) -> Vec<Move> {
    let words = Words::of(policy, now);
    let mut moves = Vec::new();
    for (at, field) in policy.fields.iter().enumerate() {
        let values = if field.ty == Type::Items { Vec::new() } else { words.values(field, at) };
        moves.extend(values.into_iter().chain([Value::Null]).map(|value| Move::Set(field.path.clone(), value)));
    }
    for (at, event) in policy.events.iter().enumerate() {
        moves.extend(words.events(event, at));
    }
    moves
}

/// So many occurrences of an event are put into a lead at once.
const MOST_TIMES: u32 = 20;

/// The conditions of a policy, and the instants that its durations lead to.
pub struct Words<'a> {
    policy: &'a Policy,
    conditions: Vec<&'a Condition>,
    /// From the latest to the earliest.
    times: Vec<DateTime<Utc>>,
    now: DateTime<Utc>,
}

impl<'a> Words<'a> {
    pub fn of(policy: &'a Policy, now: DateTime<Utc>) -> Words<'a> {
        let mut conditions = Vec::new();
        each_condition(policy, &mut |condition| condition.visit(&mut |part| conditions.push(part)));
        let mut ago: Vec<i64> = [0, 3600, 86_400, 2 * 86_400, 7 * 86_400].into();
        for seconds in durations(policy, &conditions) {
            ago.extend([seconds - 1, seconds, seconds + 1]);
        }
        ago.sort_unstable();
        ago.dedup();
        let times = ago.into_iter().filter_map(|seconds| now.checked_sub_signed(Delta::seconds(seconds))).collect();
        Words { policy, conditions, times, now }
    }

    /// The values of a field that its conditions tell apart.
    fn values(&self, field: &Field, place: usize) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::new();
        let own = |of: &FieldRef| matches!(of, FieldRef::Lead(id) if id.index() == place);
        for condition in &self.conditions {
            match &condition.kind {
                ConditionKind::Text { of, test, .. } if own(&of.field()) => {
                    let domain = matches!(of, TextSubject::DomainOf(_));
                    let text = |text: String| Value::String(if domain { format!("ana@{text}") } else { text });
                    values.extend(self.texts(test).into_iter().map(text));
                }
                ConditionKind::FilledIn(of, _) if own(&of.field()) && field.ty == Type::Text => {
                    values.push(json!("ana@contoso.example"));
                }
                ConditionKind::Number(of, test) if own(of) => numbers(test, &mut values),
                ConditionKind::Money(of, test) if own(of) => amounts(test, &mut values),
                ConditionKind::Date(of, test) if own(of) => {
                    for day in literals(test) {
                        let near = [*day, day - 1, day + 1].into_iter().filter_map(chrono::NaiveDate::from_epoch_days);
                        values.extend(near.map(|date| json!(date.to_string())));
                    }
                }
                ConditionKind::Time(of, test) if own(of) => {
                    for time in literals(test) {
                        let (first, last) = (time.first, time.last);
                        let near = [first, first - 1_000_000, last, last + 1];
                        values.extend(near.map(|at| dated(self.policy, field, at)));
                    }
                }
                ConditionKind::Window { of, window, duration, .. } if own(of) => {
                    let ahead = matches!(window, Window::WithinNext | Window::MoreThanAhead);
                    let beside = if field.ty == Type::Date { Delta::days(1) } else { Delta::seconds(1) };
                    for edge in [self.edge(*duration, ahead), self.now] {
                        let near = [edge, edge + beside, edge - beside];
                        values.extend(near.map(|at| dated(self.policy, field, at.timestamp_micros())));
                    }
                }
                ConditionKind::Includes(of, _, texts) if own(of) => {
                    let all = written(texts);
                    values.extend(all.iter().map(|text| json!([text])));
                    values.push(Value::Array(all.into_iter().map(Value::String).collect()));
                }
                _ => {}
            }
        }
        self.bounds(place, &mut values);
        match &field.ty {
            Type::OneOf(all) => values = all.iter().cloned().map(Value::String).collect(),
            Type::YesNo => values = vec![Value::Bool(true), Value::Bool(false)],
            Type::Text => values.push(json!("something else")),
            Type::Number => values.extend([0, 1, 100].map(Value::from)),
            Type::Date | Type::Time => {
                values.extend(self.times.iter().map(|at| dated(self.policy, field, at.timestamp_micros())));
            }
            _ => {}
        }
        let mut known: Vec<Value> = Vec::new();
        values.retain(|value| {
            !known.contains(value) && {
                known.push(value.clone());
                true
            }
        });
        values
    }

    /// The far end of a window round now.
    fn edge(&self, duration: Duration, ahead: bool) -> DateTime<Utc> {
        let local = self.now.with_timezone(&self.policy.zone);
        let months = match duration.unit {
            Unit::Months => Some(duration.amount),
            Unit::Years => duration.amount.checked_mul(12),
            _ => None,
        };
        let edge = months.map(Months::new).and_then(|months| match ahead {
            true => local.checked_add_months(months),
            false => local.checked_sub_months(months),
        });
        let length = Delta::seconds(seconds(duration));
        edge.map_or_else(|| if ahead { self.now + length } else { self.now - length }, |edge| edge.to_utc())
    }

    fn bounds(&self, place: usize, values: &mut Vec<Value>) {
        let is_own = |by: BandSubject| matches!(by, BandSubject::Field(id) if id.index() == place);
        let mut all: Vec<&Bound> = Vec::new();
        for rule in self.policy.scores.iter().flat_map(|score| &score.rules) {
            if let ScoreRuleKind::Bands(bands) = &rule.kind
                && is_own(bands.by)
            {
                all.extend(bands.lines.iter().map(|(_, bound)| bound));
            }
        }
        for grade in &self.policy.grades {
            if let GradeKind::Bands(bands) = &grade.kind
                && is_own(bands.by)
            {
                all.extend(bands.lines.iter().map(|(_, bound)| bound));
            }
        }
        for bound in all {
            match bound {
                Bound::Number(limit) => values.extend(near(*limit, 0).into_iter().map(number)),
                Bound::Money(money) => values.extend(near_money(money)),
            }
        }
    }

    fn texts(&self, test: &TextTest) -> Vec<String> {
        match test {
            TextTest::Is(texts) | TextTest::Find(_, texts) => written(texts),
            TextTest::InList(list) => {
                let list = self.policy.lists.get(list.index());
                list.iter().flat_map(|list| &list.entries).take(1).cloned().collect()
            }
            TextTest::Pattern(_) => Vec::new(),
        }
    }

    /// An event happens, as often and as long ago as conditions tell apart.
    fn events(&self, event: &Event, place: usize) -> Vec<Move> {
        let Some(list) = event.from.and_then(|list| self.policy.fields.get(list.index())) else { return Vec::new() };
        let mut counts = vec![1, 2];
        for condition in &self.conditions {
            if let ConditionKind::Event { event, count, .. } = &condition.kind
                && event.index() == place
            {
                let (Count::AtLeast(n) | Count::AtMost(n) | Count::Exactly(n) | Count::OnDays(n)) = *count;
                counts.extend([n, n.saturating_sub(1), n.saturating_add(1)]);
            }
        }
        counts.retain(|count| (1..=MOST_TIMES).contains(count));
        counts.sort_unstable();
        counts.dedup();
        let mut moves = Vec::new();
        for at in &self.times {
            for count in &counts {
                for apart in [1, 86_400] {
                    if *count == 1 && apart > 1 {
                        continue;
                    }
                    let time = |n: u32| *at - Delta::seconds(i64::from(n) * apart);
                    let items = (0..*count).rev().filter_map(|n| self.item(event, list, time(n))).collect();
                    moves.push(Move::Add { log: list.path.clone(), items });
                }
            }
        }
        moves
    }

    /// An item of a log that is this event.
    pub fn item(&self, event: &Event, list: &Field, at: DateTime<Utc>) -> Option<Value> {
        let FieldRef::Item(by) = event.dated_by else { return None };
        let day = list.items.get(by as usize)?;
        let mut item = json!({});
        if let Some(condition) = &event.condition {
            self.meet(condition, list, &mut item);
        }
        put(&mut item, &day.path, dated(self.policy, day, at.timestamp_micros()));
        Some(item)
    }

    /// Puts into an item what its condition asks for, where that is plain; deciding the lead will tell.
    fn meet(&self, condition: &Condition, list: &Field, item: &mut Value) {
        let mut set = |of: FieldRef, value: Option<Value>| {
            if let (FieldRef::Item(place), Some(value)) = (of, value)
                && let Some(field) = list.items.get(place as usize)
            {
                put(item, &field.path, value);
            }
        };
        match &condition.kind {
            ConditionKind::All(parts) => parts.iter().for_each(|part| self.meet(part, list, item)),
            ConditionKind::Any(parts) => parts.iter().take(1).for_each(|part| self.meet(part, list, item)),
            ConditionKind::AtLeast(count, parts) => {
                parts.iter().take(*count as usize).for_each(|part| self.meet(part, list, item));
            }
            ConditionKind::Text { of, not, test } => {
                let text = if *not { Some("something else".to_owned()) } else { self.texts(test).into_iter().next() };
                set(of.field(), text.map(Value::String));
            }
            ConditionKind::FilledIn(of, true) => set(of.field(), Some(json!("something"))),
            ConditionKind::YesNo(of, yes) => set(*of, Some(Value::Bool(*yes))),
            ConditionKind::Number(of, test) => {
                let mut values = Vec::new();
                numbers(test, &mut values);
                set(*of, values.into_iter().next());
            }
            _ => {}
        }
    }
}

fn written(texts: &[Operand<String>]) -> Vec<String> {
    let text = |operand: &Operand<String>| match operand {
        Operand::Literal(text) => Some(text.clone()),
        Operand::Field(_) => None,
    };
    texts.iter().filter_map(text).collect()
}

fn literals<T>(test: &Ordered<Operand<T>>) -> Vec<&T> {
    let operands = match test {
        Ordered::Compare(_, operand) => vec![operand],
        Ordered::Between(low, high) => vec![low, high],
    };
    operands
        .into_iter()
        .filter_map(|operand| if let Operand::Literal(it) = operand { Some(it) } else { None })
        .collect()
}

fn numbers(test: &Ordered<Operand<Decimal>>, values: &mut Vec<Value>) {
    for limit in literals(test) {
        values.extend(near(*limit, 0).into_iter().map(number));
    }
}

fn amounts(test: &Ordered<Operand<Money>>, values: &mut Vec<Value>) {
    literals(test).into_iter().for_each(|money| values.extend(near_money(money)));
}

fn near_money(money: &Money) -> Vec<Value> {
    let amounts = near(money.amount, CENTS).into_iter();
    amounts.map(|amount| literal(&Literal::Money(Money { amount, currency: money.currency.clone() }))).collect()
}

/// Amounts are told apart by the cent.
const CENTS: u32 = 2;

/// A number, and those beside it by one of its last digit, or of the last of so many decimals.
fn near(number: Decimal, decimals: u32) -> Vec<Decimal> {
    let places = (decimals..=18).find(|places| number.times_power_of_ten(*places).is_some());
    let Some((places, scaled)) = places.and_then(|places| Some((places, number.times_power_of_ten(places)?))) else {
        return vec![number];
    };
    let beside = [scaled, scaled.saturating_sub(1), scaled.saturating_add(1)];
    beside.into_iter().filter_map(|scaled| Decimal::new(scaled, -i64::from(places))).collect()
}

/// About so long; a business day is a day, and a deadline is met or not all the same.
fn seconds(duration: Duration) -> i64 {
    let unit = match duration.unit {
        Unit::Minutes | Unit::BusinessMinutes => 60,
        Unit::Hours | Unit::BusinessHours => 3600,
        Unit::Days | Unit::BusinessDays => 86_400,
        Unit::Weeks => 7 * 86_400,
        Unit::Months => 30 * 86_400,
        Unit::Years => 365 * 86_400,
    };
    i64::from(duration.amount).saturating_mul(unit)
}

/// The lengths in seconds that anything of the policy goes by.
fn durations(policy: &Policy, conditions: &[&Condition]) -> Vec<i64> {
    let mut all = Vec::new();
    for condition in conditions {
        match &condition.kind {
            ConditionKind::Window { duration, .. } => all.push(seconds(*duration)),
            ConditionKind::Event {
                window: Some(EventWindow::WithinLast(it) | EventWindow::MoreThanAgo(it) | EventWindow::AfterLast(it, _)),
                ..
            } => all.push(seconds(*it)),
            _ => {}
        }
    }
    for rule in policy.scores.iter().flat_map(|score| &score.rules) {
        match &rule.kind {
            ScoreRuleKind::ForEach { within, decay, .. } => {
                all.extend(within.map(seconds));
                all.extend(decay.iter().map(|decay| decay.every / 1_000_000));
            }
            ScoreRuleKind::ForEveryWithout { period, .. } => all.push(period / 1_000_000),
            _ => {}
        }
    }
    for sla in &policy.slas {
        let allowed = sla.allowed.lines.iter().map(|(duration, _)| duration).chain([&sla.allowed.otherwise]);
        for length in allowed.map(|duration| seconds(*duration)) {
            all.extend([length, length * 3 / 4 + 60, length * 2, length * 5]);
        }
    }
    all.extend(policy.stages.iter().flat_map(|stage| &stage.left).filter_map(|(_, hold)| *hold).map(seconds));
    all.sort_unstable();
    all.dedup();
    all
}

/// All conditions that are asked of a lead.
fn each_condition<'a>(policy: &'a Policy, each: &mut impl FnMut(&'a Condition)) {
    policy.criteria.iter().for_each(|it| each(&it.condition));
    policy.checklists.iter().flat_map(|it| &it.items).for_each(|(_, it)| each(it));
    policy.disqualifiers.iter().for_each(|it| each(&it.condition));
    policy.stages.iter().for_each(|it| each(&it.condition));
    for rule in policy.scores.iter().flat_map(|it| &it.rules) {
        rule.condition.iter().for_each(&mut *each);
        if let ScoreRuleKind::Table(table) = &rule.kind {
            table.lines.iter().for_each(|(_, it)| each(it));
        }
    }
    for grade in &policy.grades {
        if let GradeKind::Table(table) = &grade.kind {
            table.lines.iter().for_each(|(_, it)| each(it));
        }
    }
    for sla in &policy.slas {
        sla.condition.iter().for_each(&mut *each);
        sla.allowed.lines.iter().for_each(|(_, it)| each(it));
        sla.hours.iter().flat_map(|hours| &hours.lines).for_each(|(_, it)| each(it));
    }
}
