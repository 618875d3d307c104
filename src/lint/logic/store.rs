//! What is asked of the values of a lead, value by value, and whether there can be such a value.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::counts::{self, Count};
use super::ranges::Ranges;
use super::texts::{self, Asked};
use super::windows::Class;
use crate::decimal::Decimal;
use crate::policy::{EventId, FieldId, FieldRef, ScoreId, StageId};

/// Something that has a value, or none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Var {
    /// A field of the lead, or of the items of a list.
    Field(FieldRef, Option<FieldId>),
    /// A score.
    Score(ScoreId),
    /// The stay of a stage: see [`STAY_NONE`].
    Stay(StageId),
    /// Something of which only its name is known.
    Named(Rc<str>),
}

/// Neither open nor shut.
pub const STAY_NONE: i64 = 0;
/// Open.
pub const STAY_OPEN: i64 = 1;
/// Left, and still kept shut.
pub const STAY_SHUT: i64 = 2;

/// How a value can be there: as one, as none, or as one of the wrong type.
pub type Presence = u8;
/// There is a value.
pub const VALUE: Presence = 1;
/// There is none.
pub const EMPTY: Presence = 2;
/// There is something else.
pub const WRONG: Presence = 4;

/// One side of a value that may be asked about by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The value.
    Main,
    /// How far it is from now.
    Offset,
    /// How far it is from now, in the unit of a class.
    OffsetIn(Class),
    /// What it is worth in a currency.
    In([u8; 3]),
    /// What happened, in a log; since the last restart of a score.
    Event(EventId, Option<ScoreId>),
}

/// What is asked of a side of a value, if there is a value.
#[derive(Clone, Debug)]
pub enum Test {
    /// It lies there, or is undefined where the flag says so.
    Number(Ranges<Decimal>, bool),
    /// It lies there.
    Whole(Ranges<i64>),
    /// A text.
    Text(Asked),
    /// A list of texts holds at least one of these (true), or none (false).
    Holds(Rc<HashSet<String>>, bool),
    /// A list of texts lacks at least one of these.
    Lacks(Rc<HashSet<String>>),
    /// Counts of an event.
    Count(Count),
}

/// What a condition asks of one value.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Of which.
    pub var: Var,
    /// How it may be there.
    pub presence: Presence,
    /// What it must be, if it is there as a value.
    pub test: Option<(Side, Test)>,
}

/// What is known of a value before anything is asked.
#[derive(Clone, Debug)]
pub struct Known {
    /// How it may be there.
    pub presence: Presence,
    /// All texts that there may be.
    pub options: Option<Rc<HashSet<String>>>,
    /// Texts that count as empty.
    pub empty: Rc<[String]>,
    /// Where a score, or something without a name, lies.
    pub tests: Vec<(Side, Test)>,
    /// How often an event can happen at all, by event.
    pub most_ever: HashMap<EventId, u64>,
}

impl Known {
    /// Nothing is known but how it may be there.
    pub fn of(presence: Presence) -> Known {
        Known { presence, options: None, empty: Rc::new([]), tests: Vec::new(), most_ever: HashMap::new() }
    }
}

/// Whether there is no value of which all of this is true.
pub fn refuted(known: &Known, pieces: &[&Piece]) -> bool {
    let presence = pieces.iter().fold(known.presence, |presence, piece| presence & piece.presence);
    if presence & !VALUE != 0 {
        return false;
    }
    if presence & VALUE == 0 {
        return true;
    }
    let mut sides: Vec<(Side, Vec<&Test>)> = Vec::new();
    for (side, test) in pieces.iter().filter_map(|piece| piece.test.as_ref()).chain(&known.tests) {
        match sides.iter_mut().find(|(known, _)| known == side) {
            Some((_, tests)) => tests.push(test),
            None => sides.push((*side, vec![test])),
        }
    }
    sides.iter().any(|(side, tests)| side_refuted(*side, tests, known))
}

fn side_refuted(side: Side, tests: &[&Test], known: &Known) -> bool {
    let (mut numbers, mut undefined, mut wholes) = (Ranges::all(), true, Ranges::all());
    let (mut asked, mut counted) = (Vec::new(), Vec::new());
    for test in tests {
        match test {
            Test::Number(ranges, may_be_undefined) => {
                numbers = numbers.and(ranges);
                undefined &= may_be_undefined;
            }
            Test::Whole(ranges) => wholes = wholes.and(ranges),
            Test::Text(it) => asked.push(it),
            Test::Count(count) => counted.push(*count),
            Test::Holds(..) | Test::Lacks(_) => {}
        }
    }
    let most_ever = match side {
        Side::Event(event, _) => known.most_ever.get(&event).copied(),
        _ => None,
    };
    let has_number = tests.iter().any(|test| matches!(test, Test::Number(..)));
    (has_number && numbers.is_empty() && !undefined)
        || wholes.is_empty()
        || (!counted.is_empty() && counts::refuted(&counted, most_ever))
        || (!asked.is_empty() && texts::refuted(&asked, known.options.as_deref(), &known.empty))
        || lists_refuted(tests)
}

/// Whether no list of texts passes: what must not be in it leaves nothing of what must.
fn lists_refuted(tests: &[&Test]) -> bool {
    let banned = |text: &String| tests.iter().any(|test| matches!(test, Test::Holds(set, false) if set.contains(text)));
    let mut needed: HashSet<&String> = HashSet::new();
    for test in tests {
        if let Test::Holds(set, true) = test {
            let mut left = set.iter().filter(|text| !banned(text));
            match (left.next(), left.next()) {
                (None, _) => return true,
                (Some(only), None) => {
                    needed.insert(only);
                }
                _ => {}
            }
        }
    }
    tests.iter().any(|test| matches!(test, Test::Lacks(set) if set.iter().all(|text| needed.contains(text))))
}
