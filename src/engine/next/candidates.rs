//! Values that a field might take: those that stand in the policy, those just beside them, and those between.

use super::facts::Witness;
use super::goals::{Need, NeedKind, UNKNOWN};
use super::texts;
use super::waits::every_condition;
use super::world::{View, field_of};
use crate::decimal::Decimal;
use crate::engine::program::{Slot, WindowPlan};
use crate::engine::reads::fields_of;
use crate::engine::score::points;
use crate::intake::{Cell, Currency};
use crate::policy::{
    BandSubject, Bound, Condition, ConditionKind, Field, FieldRef, GradeKind, Money, Operand, Ordered, Policy,
    ScoreOperand, ScoreRuleKind, Type,
};

/// How many values of one field are tried.
const MOST: usize = 200;
/// A number, and so many days, beyond what leads say.
const FAR: i64 = 1_000_000_000;
const CENTURY: i32 = 36_525;

/// Values for the field of a slot, those that its needs name first; and whether no other value does more than these.
/// Those that are made of the value of a private field come last.
pub fn candidates(policy: &Policy, view: View<'_>, slot: Slot, needs: &[&Need<'_>]) -> (Vec<Witness>, bool) {
    let Some(field) = field_of(view.judge, slot) else { return (Vec::new(), true) };
    let conditions = conditions(policy, view, slot, needs);
    let (mut values, mut all) = values(policy, View { hides: true, ..view }, slot, field, needs, &conditions);
    if policy.fields.iter().any(|field| field.private) {
        let (others, are_all) = self::values(policy, view, slot, field, needs, &conditions);
        let telling: Vec<Witness> = others.into_iter().filter(|other| !values.contains(other)).collect();
        values.extend(telling.into_iter().map(|value| Witness::Private(Box::new(value))));
        all &= are_all;
    }
    (values, all)
}

/// What the needs ask of the field, then whatever else the policy asks of it.
fn conditions<'a>(policy: &'a Policy, view: View<'_>, slot: Slot, needs: &[&Need<'a>]) -> Vec<&'a Condition> {
    let reads = |condition: &Condition| {
        let mut reads = false;
        fields_of(condition, &mut |field, _| reads |= of_slot(view, field) == Some(slot));
        reads
    };
    let mut conditions: Vec<&Condition> = Vec::new();
    for need in needs {
        if let NeedKind::Condition(condition, _) = need.kind {
            conditions.push(condition);
        }
    }
    every_condition(policy, &mut |condition| {
        if reads(condition) && !conditions.iter().any(|known| known.span == condition.span) {
            conditions.push(condition);
        }
    });
    conditions
}

fn values(
    policy: &Policy,
    view: View<'_>,
    slot: Slot,
    field: &Field,
    needs: &[&Need<'_>],
    conditions: &[&Condition],
) -> (Vec<Witness>, bool) {
    let mut found = Found { view, slot, values: Vec::new() };
    // A need that something is unknown is met by nothing.
    if needs.iter().any(|need| matches!(need.kind, NeedKind::Condition(_, UNKNOWN))) {
        found.add(Witness::Empty);
    }
    match &field.ty {
        Type::YesNo => [true, false].into_iter().for_each(|yes| found.add(Witness::YesNo(yes))),
        Type::OneOf(options) => {
            let named = texts::whole(conditions, view, slot);
            let known = named
                .into_iter()
                .filter(|text| options.iter().any(|own| crate::text::fold(own) == crate::text::fold(text)));
            known.chain(options.iter().cloned()).for_each(|text| found.add(Witness::Text(text)));
        }
        Type::Number => found.numbers(policy, conditions, needs),
        Type::Money(own) => {
            found.money(policy, conditions);
            let own = own.as_deref().and_then(Currency::parse).or_else(|| Currency::parse("EUR"));
            for (own, amount) in own.into_iter().flat_map(|own| [1, FAR, -FAR].map(|amount| (own, amount))) {
                Decimal::new(amount, 0).into_iter().for_each(|amount| found.add(Witness::Money(amount, own)));
            }
        }
        Type::Date => found.dates(conditions),
        Type::Time => found.times(conditions),
        Type::Text => texts::texts(conditions, needs, view, slot).into_iter().for_each(|text| {
            found.add(Witness::Text(text));
        }),
        Type::TextList => texts::lists(conditions, needs, view, slot).into_iter().for_each(|list| {
            found.add(Witness::List(list));
        }),
        Type::Items => {}
    }
    found.add(Witness::Empty);
    let all = found.values.len() < MOST && (field.ty != Type::Text || texts::are_all(needs, view));
    (found.values, all)
}

/// The slot of a field of the lead.
pub fn of_slot(view: View<'_>, field: FieldRef) -> Option<Slot> {
    match field {
        FieldRef::Lead(id) => view.slot(id),
        FieldRef::Item(_) => None,
    }
}

struct Found<'v> {
    view: View<'v>,
    slot: Slot,
    values: Vec<Witness>,
}

impl Found<'_> {
    fn add(&mut self, value: Witness) {
        if self.values.len() < MOST && !self.values.contains(&value) {
            self.values.push(value);
        }
    }

    /// What a test compares this field with: its literals, and the values of the other fields.
    fn compared<T: Clone>(
        &self,
        of: FieldRef,
        test: &Ordered<Operand<T>>,
        value: impl Fn(Cell) -> Option<T>,
    ) -> Vec<T> {
        let operands = match test {
            Ordered::Compare(_, with) => vec![with],
            Ordered::Between(low, high) => vec![low, high],
        };
        let other = |field: FieldRef| {
            let slot = of_slot(self.view, field).filter(|slot| *slot != self.slot)?;
            value(self.view.shown(slot))
        };
        let mut values: Vec<T> = Vec::new();
        for operand in operands {
            match operand {
                Operand::Literal(literal) => values.push(literal.clone()),
                Operand::Field(field) => values.extend(other(*field)),
            }
        }
        values.extend(other(of));
        values
    }

    fn numbers(&mut self, policy: &Policy, conditions: &[&Condition], needs: &[&Need<'_>]) {
        let mut all: Vec<Decimal> = Vec::new();
        for need in needs {
            match need.kind {
                NeedKind::Points(_, low, high) => {
                    let bound = if low.abs() < high.abs() { low } else { high };
                    points(bound).into_iter().for_each(|bound| {
                        self.add(Witness::Number(bound));
                        all.push(bound);
                    });
                }
                NeedKind::Band(bands, place) => {
                    let bound = bands.bounds.get(place).or_else(|| bands.bounds.last());
                    if let Some(Bound::Number(bound)) = bound {
                        self.near(*bound);
                        all.push(*bound);
                    }
                }
                NeedKind::Condition(..) => {}
            }
        }
        for condition in conditions {
            let found = match &condition.kind {
                ConditionKind::Number(of, test) => self.compared(*of, test, |cell| match cell {
                    Cell::Number(number) => Some(number),
                    _ => None,
                }),
                ConditionKind::Score(score, Ordered::Compare(_, ScoreOperand::Field(_)) | Ordered::Between(..)) => {
                    self.view.state.scores.get(score.index()).and_then(|own| points(*own)).into_iter().collect()
                }
                _ => Vec::new(),
            };
            for number in found {
                self.near(number);
                all.push(number);
            }
        }
        all.extend(bounds(policy, self.view, self.slot).into_iter().filter_map(|bound| match bound {
            Bound::Number(number) => Some(*number),
            Bound::Money(_) => None,
        }));
        all.sort_unstable();
        all.dedup();
        all.iter().for_each(|number| self.near(*number));
        for pair in all.windows(2) {
            if let [a, b] = pair {
                middle(*a, *b).into_iter().for_each(|middle| self.add(Witness::Number(middle)));
            }
        }
        let others = [1, 0, FAR, -FAR].into_iter().filter_map(|number| Decimal::new(number, 0));
        others.for_each(|number| self.add(Witness::Number(number)));
    }

    /// A number, and those beside it.
    fn near(&mut self, number: Decimal) {
        self.add(Witness::Number(number));
        for by in [100, -100, 1, -1] {
            plus(number, by).into_iter().for_each(|near| self.add(Witness::Number(near)));
        }
    }

    fn money(&mut self, policy: &Policy, conditions: &[&Condition]) {
        let mut all: Vec<(Decimal, Currency)> = Vec::new();
        let parse = |money: &Money| Some((money.amount, Currency::parse(&money.currency)?));
        for condition in conditions {
            if let ConditionKind::Money(of, test) = &condition.kind {
                let found = self.compared(*of, test, |cell| match cell {
                    Cell::Money(amount, currency) => Some(Money { amount, currency: currency.as_str().to_owned() }),
                    _ => None,
                });
                all.extend(found.iter().filter_map(parse));
            }
        }
        for bound in bounds(policy, self.view, self.slot) {
            if let Bound::Money(money) = bound {
                all.extend(parse(money));
            }
        }
        for (amount, currency) in all.clone() {
            self.add(Witness::Money(amount, currency));
            for by in [100, -100, 1, -1] {
                plus(amount, by).into_iter().for_each(|near| self.add(Witness::Money(near, currency)));
            }
        }
        all.sort_unstable_by_key(|(amount, currency)| (*currency, *amount));
        for pair in all.windows(2) {
            if let [(a, of), (b, other)] = pair
                && of == other
            {
                middle(*a, *b).into_iter().for_each(|middle| self.add(Witness::Money(middle, *of)));
            }
        }
    }

    fn dates(&mut self, conditions: &[&Condition]) {
        let today = self.view.setting.moment.today.to_epoch_days();
        let mut all = Vec::new();
        for condition in conditions {
            match &condition.kind {
                ConditionKind::Date(of, test) => all.extend(self.compared(*of, test, |cell| match cell {
                    Cell::Date(days) => Some(days),
                    _ => None,
                })),
                ConditionKind::Window { window, duration, date, .. } => {
                    let plan = WindowPlan { window: *window, duration: *duration, date: *date };
                    all.extend(self.edges(plan).into_iter().filter_map(|day| i32::try_from(day).ok()));
                }
                _ => {}
            }
        }
        all.push(today);
        // The years that a decision can write.
        let writable = |day: &i32| (-719_528..=2_932_896).contains(day);
        let far = [today.saturating_add(CENTURY), today.saturating_sub(CENTURY)];
        for day in all.iter().flat_map(|day| [*day, day.saturating_add(1), day.saturating_sub(1)]).filter(writable) {
            self.add(Witness::Date(day));
        }
        all.sort_unstable();
        for pair in all.windows(2) {
            if let [a, b] = pair {
                self.add(Witness::Date(a.midpoint(*b)));
            }
        }
        far.iter().filter(|day| writable(day)).for_each(|day| self.add(Witness::Date(*day)));
    }

    fn times(&mut self, conditions: &[&Condition]) {
        let now = self.view.now();
        let mut all: Vec<i64> = Vec::new();
        for condition in conditions {
            match &condition.kind {
                ConditionKind::Time(of, test) => {
                    let found = self.compared(*of, test, |cell| match cell {
                        Cell::Time(at) => Some(crate::policy::Instants { first: at, last: at }),
                        _ => None,
                    });
                    all.extend(found.iter().flat_map(|at| [at.first, at.last]));
                }
                ConditionKind::Window { window, duration, date, .. } => {
                    let plan = WindowPlan { window: *window, duration: *duration, date: *date };
                    all.extend(self.edges(plan));
                }
                _ => {}
            }
        }
        all.push(now);
        const SECOND: i64 = 1_000_000;
        let writable = |at: &i64| crate::engine::json::writable(*at) == *at;
        for at in all.iter().filter(|at| **at != i64::MIN && **at != i64::MAX) {
            let near =
                [*at, at.saturating_add(SECOND), at.saturating_sub(SECOND), at.saturating_add(1), at.saturating_sub(1)];
            near.into_iter().filter(writable).for_each(|at| self.add(Witness::Time(at)));
        }
        all.sort_unstable();
        for pair in all.windows(2) {
            if let [a, b] = pair {
                Some(a.midpoint(*b)).filter(writable).into_iter().for_each(|at| self.add(Witness::Time(at)));
            }
        }
        for power in 0..20 {
            let by = (60 * 60 * SECOND) << power;
            [now - by, now + by].into_iter().filter(writable).for_each(|at| self.add(Witness::Time(at)));
        }
    }

    /// The ends of a window round now, the later one first.
    fn edges(&self, plan: WindowPlan) -> Vec<i64> {
        let windows = &self.view.judge.program.tests.windows;
        let at = windows.iter().position(|own| *own == plan);
        let ends = at.and_then(|at| self.view.setting.moment.ends(at, self.view.known.hours));
        let ends = ends.map_or(Vec::new(), |(first, last)| vec![last, first]);
        ends.into_iter().filter(|end| *end != i64::MIN && *end != i64::MAX).collect()
    }
}

/// The bounds of all tables of bands that go by a field.
fn bounds<'a>(policy: &'a Policy, view: View<'_>, slot: Slot) -> Vec<&'a Bound> {
    let mut bounds: Vec<&Bound> = Vec::new();
    let is_own = |by: BandSubject| matches!(by, BandSubject::Field(field) if view.slot(field) == Some(slot));
    for rule in policy.scores.iter().flat_map(|score| &score.rules) {
        if let ScoreRuleKind::Bands(bands) = &rule.kind
            && is_own(bands.by)
        {
            bounds.extend(bands.lines.iter().map(|(_, bound)| bound));
        }
    }
    for grade in &policy.grades {
        if let GradeKind::Bands(bands) = &grade.kind
            && is_own(bands.by)
        {
            bounds.extend(bands.lines.iter().map(|(_, bound)| bound));
        }
    }
    bounds
}

/// A number and so many hundredths.
fn plus(number: Decimal, hundredths: i64) -> Option<Decimal> {
    (2..=12u32).find_map(|places| {
        let scaled = number.times_power_of_ten(places)?;
        let by = hundredths.checked_mul(10i64.checked_pow(places - 2)?)?;
        Decimal::new(scaled.checked_add(by)?, -i64::from(places))
    })
}

/// The number in the middle of two.
fn middle(a: Decimal, b: Decimal) -> Option<Decimal> {
    (0..=12u32).find_map(|places| {
        let (a, b) = (a.times_power_of_ten(places)?, b.times_power_of_ten(places)?);
        Decimal::new(a.checked_add(b)?.checked_mul(5)?, -i64::from(places) - 1)
    })
}
