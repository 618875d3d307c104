//! What an outcome of a test asks of the values that it reads.

use std::collections::HashSet;
use std::rc::Rc;

use super::counts::{Count, Quantity};
use super::formula::{MET, Mask, NOT_MET, UNKNOWN};
use super::ranges::{End, Ranges};
use super::scores::happens_once;
use super::store::{EMPTY, Piece, Presence, Side, Test, VALUE, Var, WRONG};
use super::texts::{self, Asked};
use super::windows::offsets;
use crate::decimal::Decimal;
use crate::policy::{
    Bound, Compare, Condition, ConditionKind, Count as Asks, EventId, EventWindow, FieldId, FieldRef, Includes,
    Instants, Operand, Ordered, Policy, ScoreId, TextSubject, TextTest,
};
use crate::text::fold;

/// Longer lists are told apart by their names only.
const MOST_ENTRIES: usize = 5_000;

/// Where a test stands: in the lead or in the items of a list, and in which score.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// The list whose items it is about.
    pub list: Option<FieldId>,
    /// The score whose restarts bound what happened.
    pub score: Option<ScoreId>,
}

impl Place {
    fn field(self, field: FieldRef) -> Var {
        Var::Field(field, self.list.filter(|_| matches!(field, FieldRef::Item(_))))
    }
}

/// A side of a value that a test looks at: where it must lie to meet the test, and where not to.
struct Region {
    side: Side,
    met: Ranges<i64>,
    not_met: Ranges<i64>,
}

/// What must be so for a test to have one of the outcomes of `mask`; less than that, where the domain is too small.
pub fn pieces(policy: &Policy, condition: &Condition, place: Place, mask: Mask) -> Vec<Piece> {
    match &condition.kind {
        ConditionKind::FilledIn(subject, filled) => {
            filled_in(*subject, if *filled { mask } else { turned(mask) }, place)
        }
        ConditionKind::Text { of, not, test } => text(policy, *of, test, if *not { turned(mask) } else { mask }, place),
        ConditionKind::Number(of, test) => match literals(test, |operand| *operand) {
            Some(test) => vec![number(place.field(*of), Side::Main, &ranges(test), mask, false)],
            None => named(condition, place.field(*of), mask),
        },
        ConditionKind::Money(of, test) => {
            money(*of, test, mask, place).unwrap_or_else(|| named(condition, place.field(*of), mask))
        }
        ConditionKind::Date(of, test) => match literals(test, |day| i64::from(*day)) {
            Some(test) => {
                let met = whole(test);
                whole_piece(place.field(*of), mask, &[Region { side: Side::Main, not_met: outside(test), met }])
            }
            None => named(condition, place.field(*of), mask),
        },
        ConditionKind::Time(of, test) => match instants(test) {
            Some((met, not_met)) => whole_piece(place.field(*of), mask, &[Region { side: Side::Main, met, not_met }]),
            None => named(condition, place.field(*of), mask),
        },
        ConditionKind::Window { of, date, window, duration } => match offsets(*window, *duration, *date) {
            Some(offsets) => {
                let (met, not_met) = offsets.span;
                let mut regions = vec![Region { side: Side::Offset, met, not_met }];
                regions.extend(offsets.class.map(|(class, met, not_met)| Region {
                    side: Side::OffsetIn(class),
                    met,
                    not_met,
                }));
                whole_piece(place.field(*of), mask, &regions)
            }
            None => named(condition, place.field(*of), mask),
        },
        ConditionKind::YesNo(of, yes) => {
            let (met, not_met) = (Ranges::only(i64::from(*yes)), Ranges::only(i64::from(!yes)));
            whole_piece(place.field(*of), mask, &[Region { side: Side::Main, met, not_met }])
        }
        ConditionKind::Includes(of, how, values) => {
            includes(place.field(*of), *how, values, mask).unwrap_or_else(|| named(condition, place.field(*of), mask))
        }
        ConditionKind::Event { event, count, window } => happened(policy, *event, *count, *window, mask, place.score),
        // Whatever else there is may come out in any way.
        _ => Vec::new(),
    }
}

/// The outcomes of the opposite.
pub fn turned(mask: Mask) -> Mask {
    let mut turned = mask & UNKNOWN;
    if mask & MET != 0 {
        turned |= NOT_MET;
    }
    if mask & NOT_MET != 0 {
        turned |= MET;
    }
    turned
}

/// How a field must be there for the outcome of a test that is unknown without a value; `undefined` where it may be
/// unknown with one.
fn presence(mask: Mask, undefined: bool) -> Presence {
    let known = if mask & (MET | NOT_MET) != 0 || undefined { VALUE } else { 0 };
    let unknown = EMPTY | WRONG | if undefined { VALUE } else { 0 };
    known | if mask & UNKNOWN != 0 { unknown } else { 0 }
}

/// A test of which nothing is known but its words, and that it needs this value.
fn named(condition: &Condition, var: Var, mask: Mask) -> Vec<Piece> {
    let name = Var::Named(Rc::from(format!("{:?}", condition.kind)));
    let outcomes = [(MET, 1), (NOT_MET, 0), (UNKNOWN, 2)];
    let met = outcomes
        .iter()
        .filter(|(bit, _)| mask & bit != 0)
        .fold(Ranges::none(), |all, (_, at)| all.or(&Ranges::only(*at)));
    let mut pieces = vec![Piece { var: name, presence: VALUE, test: Some((Side::Main, Test::Whole(met))) }];
    if mask & UNKNOWN == 0 {
        pieces.push(Piece { var, presence: VALUE, test: None });
    }
    pieces
}

fn filled_in(subject: TextSubject, mask: Mask, place: Place) -> Vec<Piece> {
    let var = place.field(subject.field());
    let bit = |of: Mask, presence: Presence| if mask & of != 0 { presence } else { 0 };
    let presence = bit(MET, VALUE) | bit(NOT_MET, EMPTY) | bit(UNKNOWN, WRONG);
    let TextSubject::DomainOf(_) = subject else { return vec![Piece { var, presence, test: None }] };
    let asked = Asked { domain: true, test: None, met: mask & MET != 0, not_met: true, undefined: mask & NOT_MET != 0 };
    let presence = presence | bit(NOT_MET, VALUE);
    vec![Piece { var, presence, test: Some((Side::Main, Test::Text(asked))) }]
}

fn text(policy: &Policy, of: TextSubject, test: &TextTest, mask: Mask, place: Place) -> Vec<Piece> {
    let domain = matches!(of, TextSubject::DomainOf(_));
    let words = |values: &[Operand<String>]| -> Option<Vec<String>> {
        let literal = |value: &Operand<String>| match value {
            Operand::Literal(text) => Some(fold(text)),
            Operand::Field(_) => None,
        };
        values.iter().map(literal).collect()
    };
    let name = || texts::Test::Named(Rc::from(format!("{test:?}")));
    // A test beside a field that is empty is unknown, whatever the text.
    let (test, beside) = match test {
        TextTest::Is(values) => match words(values) {
            Some(texts) => (texts::Test::Is(Rc::new(texts.into_iter().collect())), false),
            None => (name(), true),
        },
        TextTest::Find(at, values) => match words(values) {
            Some(texts) => (texts::Test::Find(*at, Rc::new(texts)), false),
            None => (name(), true),
        },
        TextTest::InList(list) => {
            let entries = policy.lists.get(list.index()).map(|list| list.entries.as_slice()).unwrap_or_default();
            if entries.len() > MOST_ENTRIES {
                (name(), false)
            } else {
                (texts::Test::Is(Rc::new(entries.iter().map(|entry| fold(entry)).collect())), false)
            }
        }
        TextTest::Pattern(pattern) => (texts::Test::Named(Rc::from(format!("pattern {}", pattern.text))), false),
    };
    let undefined = domain || beside;
    let asked = Asked {
        domain,
        test: Some(test),
        met: mask & MET != 0,
        not_met: mask & NOT_MET != 0,
        undefined: undefined && mask & UNKNOWN != 0,
    };
    let test = if asked.undefined && beside { None } else { Some((Side::Main, Test::Text(asked))) };
    vec![Piece { var: place.field(of.field()), presence: presence(mask, undefined), test }]
}

/// A test of an order with nothing but literals beside it.
#[derive(Clone, Copy)]
enum Plain<T> {
    Compare(Compare, T),
    Between(T, T),
}

fn literals<T, U>(test: &Ordered<Operand<T>>, value: impl Fn(&T) -> U) -> Option<Plain<U>> {
    let literal = |operand: &Operand<T>| match operand {
        Operand::Literal(it) => Some(value(it)),
        Operand::Field(_) => None,
    };
    Some(match test {
        Ordered::Compare(compare, operand) => Plain::Compare(*compare, literal(operand)?),
        Ordered::Between(low, high) => Plain::Between(literal(low)?, literal(high)?),
    })
}

fn ranges<T: Copy + Ord>(test: Plain<T>) -> Ranges<T> {
    match test {
        Plain::Compare(Compare::Equal, value) => Ranges::only(value),
        Plain::Compare(Compare::NotEqual, value) => Ranges::only(value).opposite(),
        Plain::Compare(Compare::AtLeast, value) => Ranges::from(value),
        Plain::Compare(Compare::AtMost, value) => Ranges::up_to(value),
        Plain::Compare(Compare::MoreThan, value) => Ranges::above(value),
        Plain::Compare(Compare::LessThan, value) => Ranges::below(value),
        Plain::Between(low, high) => Ranges::between(End::With(low), End::With(high)),
    }
}

/// Where a comparison of whole numbers holds, with both ends in it.
fn whole(test: Plain<i64>) -> Ranges<i64> {
    match test {
        Plain::Compare(Compare::MoreThan, value) => Ranges::from(value.saturating_add(1)),
        Plain::Compare(Compare::LessThan, value) => Ranges::up_to(value.saturating_sub(1)),
        Plain::Compare(Compare::NotEqual, value) => apart(value, value),
        other => ranges(other),
    }
}

/// Where it does not.
fn outside(test: Plain<i64>) -> Ranges<i64> {
    match test {
        Plain::Compare(Compare::Equal, value) => apart(value, value),
        Plain::Compare(Compare::NotEqual, value) => Ranges::only(value),
        Plain::Compare(Compare::AtLeast, value) => Ranges::up_to(value.saturating_sub(1)),
        Plain::Compare(Compare::AtMost, value) => Ranges::from(value.saturating_add(1)),
        Plain::Compare(Compare::MoreThan, value) => Ranges::up_to(value),
        Plain::Compare(Compare::LessThan, value) => Ranges::from(value),
        Plain::Between(low, high) => apart(low, high),
    }
}

fn apart(low: i64, high: i64) -> Ranges<i64> {
    Ranges::up_to(low.saturating_sub(1)).or(&Ranges::from(high.saturating_add(1)))
}

/// Where a time meets a test, and where not; a day stands for all of its instants.
fn instants(test: &Ordered<Operand<Instants>>) -> Option<(Ranges<i64>, Ranges<i64>)> {
    Some(match literals(test, |instants| *instants)? {
        Plain::Between(low, high) => {
            let test = Plain::Between(low.first, high.last);
            (whole(test), outside(test))
        }
        Plain::Compare(compare, Instants { first, last }) => {
            let plain = match compare {
                Compare::Equal => Plain::Between(first, last),
                Compare::NotEqual => return Some((apart(first, last), whole(Plain::Between(first, last)))),
                Compare::AtLeast | Compare::LessThan => Plain::Compare(compare, first),
                Compare::AtMost | Compare::MoreThan => Plain::Compare(compare, last),
            };
            (whole(plain), outside(plain))
        }
    })
}

/// What an outcome asks of a number.
fn number(var: Var, side: Side, met: &Ranges<Decimal>, mask: Mask, undefined: bool) -> Piece {
    let mut may = Ranges::none();
    if mask & MET != 0 {
        may = may.or(met);
    }
    if mask & NOT_MET != 0 {
        may = may.or(&met.opposite());
    }
    let test = Test::Number(may, undefined && mask & UNKNOWN != 0);
    Piece { var, presence: presence(mask, undefined), test: Some((side, test)) }
}

/// Money is compared in the currency of the literal; where no rate leads there it is unknown.
fn money(of: FieldRef, test: &Ordered<Operand<crate::policy::Money>>, mask: Mask, place: Place) -> Option<Vec<Piece>> {
    let currency = |code: &str| <[u8; 3]>::try_from(code.as_bytes()).ok();
    let var = place.field(of);
    match literals(test, Clone::clone)? {
        Plain::Compare(compare, money) => {
            let met = ranges(Plain::Compare(compare, money.amount));
            Some(vec![number(var, Side::In(currency(&money.currency)?), &met, mask, true)])
        }
        Plain::Between(low, high) => {
            let met = ranges(Plain::Between(low.amount, high.amount));
            (low.currency == high.currency)
                .then_some(())
                .and_then(|()| Some(vec![number(var, Side::In(currency(&low.currency)?), &met, mask, true)]))
        }
    }
}

/// What a bound of a band asks of a field: that it is reached, and the one before it is not.
pub fn band(field: FieldId, bound: &Bound, before: Option<&Bound>) -> Vec<Piece> {
    let var = Var::Field(FieldRef::Lead(field), None);
    let one = |bound: &Bound, below: bool| {
        let (side, at) = match bound {
            Bound::Number(number) => (Side::Main, *number),
            Bound::Money(money) => (Side::In(<[u8; 3]>::try_from(money.currency.as_bytes()).ok()?), money.amount),
        };
        let may = if below { Ranges::below(at) } else { Ranges::from(at) };
        Some(Piece { var: var.clone(), presence: VALUE, test: Some((side, Test::Number(may, false))) })
    };
    one(bound, false).into_iter().chain(before.and_then(|bound| one(bound, true))).collect()
}

fn whole_piece(var: Var, mask: Mask, regions: &[Region]) -> Vec<Piece> {
    let piece = |region: &Region| {
        let mut may = Ranges::none();
        if mask & MET != 0 {
            may = may.or(&region.met);
        }
        if mask & NOT_MET != 0 {
            may = may.or(&region.not_met);
        }
        let test = Some((region.side, Test::Whole(may)));
        Piece { var: var.clone(), presence: presence(mask, false), test }
    };
    regions.iter().map(piece).collect()
}

fn includes(var: Var, how: Includes, values: &[Operand<String>], mask: Mask) -> Option<Vec<Piece>> {
    let literal = |value: &Operand<String>| match value {
        Operand::Literal(text) => Some(fold(text)),
        Operand::Field(_) => None,
    };
    let texts: HashSet<String> = values.iter().map(literal).collect::<Option<_>>()?;
    let piece = |test: Option<Test>| Piece {
        var: var.clone(),
        presence: presence(mask, false),
        test: test.map(|test| (Side::Main, test)),
    };
    let both = mask & MET != 0 && mask & NOT_MET != 0;
    let met = mask & MET != 0;
    if both || mask & (MET | NOT_MET) == 0 {
        return Some(vec![piece(None)]);
    }
    Some(match (how, met) {
        (Includes::Any, met) => vec![piece(Some(Test::Holds(Rc::new(texts), met)))],
        (Includes::None, met) => vec![piece(Some(Test::Holds(Rc::new(texts), !met)))],
        (Includes::All, false) => vec![piece(Some(Test::Lacks(Rc::new(texts))))],
        (Includes::All, true) => {
            let one = |text| piece(Some(Test::Holds(Rc::new(HashSet::from([text])), true)));
            texts.into_iter().map(one).collect()
        }
    })
}

/// The field that a log is read from, and how it must be there for the log to be known.
fn log(policy: &Policy, event: EventId) -> Option<(Var, Presence)> {
    let it = policy.events.get(event.index())?;
    Some(match it.from {
        Some(list) => (Var::Field(FieldRef::Lead(list), None), VALUE),
        None => (Var::Field(it.dated_by, None), VALUE | EMPTY),
    })
}

/// That a log cannot be read.
pub fn log_absent(policy: &Policy, event: EventId) -> Option<Piece> {
    let (var, known) = log(policy, event)?;
    Some(Piece { var, presence: (VALUE | EMPTY | WRONG) & !known, test: None })
}

fn happened(
    policy: &Policy,
    event: EventId,
    asks: Asks,
    window: Option<EventWindow>,
    mask: Mask,
    score: Option<ScoreId>,
) -> Vec<Piece> {
    let Some((var, known)) = log(policy, event) else { return Vec::new() };
    let other = match window {
        Some(EventWindow::SinceLast(other) | EventWindow::BeforeFirst(other) | EventWindow::AfterLast(_, other)) => {
            log(policy, other).map(|log| (other, log))
        }
        _ => None,
    };
    let of = if matches!(asks, Asks::OnDays(_)) { Quantity::Days } else { Quantity::Times };
    let count = |least: u32, most: Option<u64>| Some(Count { of, window, least: least.into(), most });
    let below = |n: u32| u64::from(n).checked_sub(1);
    // Where a test fails, no count may be left: then it cannot.
    let (met, not_met) = match asks {
        Asks::AtLeast(n) | Asks::OnDays(n) => (count(n, None), below(n).and_then(|most| count(0, Some(most)))),
        Asks::AtMost(n) => (count(0, Some(n.into())), count(n.saturating_add(1), None)),
        Asks::Exactly(0) => (count(0, Some(0)), count(1, None)),
        Asks::Exactly(n) => (count(n, Some(n.into())), count(0, None)),
    };
    let never = matches!(asks, Asks::AtLeast(0) | Asks::OnDays(0));
    let foreign = other.as_ref().is_some_and(|(_, (of, _))| *of != var);
    let vague = foreign && mask & UNKNOWN != 0;
    let outcome = match (mask & MET != 0, mask & NOT_MET != 0) {
        (true, false) => met,
        (false, true) => not_met,
        _ => None,
    };
    if never && mask & (MET | UNKNOWN) == 0 {
        return vec![Piece { var, presence: 0, test: None }];
    }
    let no_occurrence = outcome.is_none_or(|count| count.least == 0);
    let mut presence = 0;
    if mask & (MET | NOT_MET) != 0 {
        presence |= VALUE;
        if known & EMPTY != 0 && no_occurrence {
            presence |= EMPTY;
        }
    }
    if mask & UNKNOWN != 0 {
        presence |= (EMPTY | WRONG) & !known;
        if foreign {
            presence |= known;
        }
    }
    let side = Side::Event(event, score);
    let test = outcome.filter(|_| !vague).map(|count| (side, Test::Count(count)));
    let mut pieces = vec![Piece { var, presence, test }];
    if mask & UNKNOWN == 0
        && let Some((other, (var, known))) = other
    {
        // What counts from another event needs one; before the first of none lies everything.
        let needs = outcome.is_some_and(|it| it.least > 0) && !matches!(window, Some(EventWindow::BeforeFirst(_)));
        let once = Count { of: Quantity::Times, window: None, least: 1, most: None };
        let test = needs.then_some((Side::Event(other, score), Test::Count(once)));
        pieces.push(Piece { var, presence: if needs { VALUE } else { known }, test });
    }
    pieces
}

/// That an event happened at least once.
pub fn happened_once(policy: &Policy, event: EventId, score: Option<ScoreId>) -> Vec<Piece> {
    happened(policy, event, Asks::AtLeast(1), None, MET, score)
}

/// How often an event can happen at all, where that is certain.
pub fn most_ever(policy: &Policy, event: EventId, impossible: &HashSet<EventId>) -> Option<u64> {
    if impossible.contains(&event) {
        return Some(0);
    }
    happens_once(policy, event).then_some(1)
}
