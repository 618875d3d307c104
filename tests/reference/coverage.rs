//! What came up: every row of §5 with each of its outcomes, and the other things that the language tells apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{
    Condition, Count, EventWindow, Group, Kind, Operand, Outcome, Policy, Span, StageTest, Subject, Window,
};
use crate::time::is_of_the_calendar;
use crate::words::{comparison, inclusion, moment, text_test};

#[derive(Default)]
pub struct Seen {
    rows: BTreeMap<(String, Outcome), usize>,
    others: BTreeMap<String, usize>,
    /// What the keys of a policy's actions stand for, and the other way round.
    keys: HashMap<String, String>,
    stand_for: HashMap<String, String>,
    confused: Vec<String>,
}

impl Seen {
    pub fn add(&mut self, what: impl Into<String>) {
        *self.others.entry(what.into()).or_default() += 1;
    }

    pub fn add_if(&mut self, came_up: bool, what: &str) {
        if came_up {
            self.add(what);
        }
    }

    pub fn row(&mut self, condition: &Condition, outcome: Outcome) {
        *self.rows.entry((row(condition), outcome)).or_default() += 1;
    }

    /// Notes the key of an action: hexadecimal digits, one key for one action of a lead's cycle.
    pub fn key(&mut self, key: &str, stands_for: &str) {
        let hexadecimal = !key.is_empty() && key.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let before = self.keys.insert(stands_for.to_owned(), key.to_owned());
        let other = self.stand_for.insert(key.to_owned(), stands_for.to_owned());
        if !hexadecimal || before.is_some_and(|one| one != key) || other.is_some_and(|one| one != stands_for) {
            self.confused.push(format!("`{key}` is the key of {stands_for}"));
        }
    }

    /// Notes what of §4 a policy has.
    pub fn policy(&mut self, policy: &Policy) {
        self.keys.clear();
        self.stand_for.clear();
        let fields = || policy.fields.iter();
        self.add_if(fields().any(|field| field.private), "policy: private");
        self.add_if(fields().any(|field| field.called.is_some()), "policy: called");
        self.add_if(
            fields().any(|field| matches!(field.when_empty, Some(Operand::Nothing))),
            "policy: when empty none",
        );
        self.add_if(!policy.empty_when.is_empty(), "policy: empty when, as a line");
        self.add_if(policy.library, "policy: uses");
        self.add_if(policy.lists.iter().any(|list| list.in_a_file), "policy: list from");
        self.add_if(policy.rates.iter().any(|table| table.in_a_file), "policy: rates from");
        self.add_if(policy.rates.len() > 1, "policy: rates of several dates");
        self.add_if(policy.calendar.is_none(), "policy: no calendar");
        self.add_if(policy.identified_by != ["id"], "policy: identified by");
        self.add_if(policy.handover.is_some(), "policy: handover");
        self.add_if(!policy.slas.is_empty(), "policy: sla");
        self.add_if(!policy.others.is_empty(), "policy: target and example");
    }

    /// What did not come up but should have, and what did but cannot.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let expected = rows();
        for row in &expected {
            for outcome in [Outcome::Met, Outcome::NotMet, Outcome::Unknown] {
                let came_up = self.rows.contains_key(&(row.clone(), outcome));
                match (cannot(row, outcome), came_up) {
                    (None, false) => complaints.push(format!("`{row}` was never {}", outcome.word())),
                    (Some(why), true) => complaints.push(format!("`{row}` was {}, but {why}", outcome.word())),
                    _ => {}
                }
            }
        }
        let unlisted: BTreeSet<&String> =
            self.rows.keys().map(|(row, _)| row).filter(|row| !expected.contains(*row)).collect();
        complaints.extend(unlisted.into_iter().map(|row| format!("`{row}` is no row of the table")));
        complaints.extend(self.never(OTHERS));
        complaints.extend(self.confused.iter().cloned());
        complaints
    }

    /// What of a list, with a line for each, never came up.
    pub fn never(&self, list: &str) -> Vec<String> {
        let lines = list.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.filter(|what| !self.others.contains_key(*what)).map(|what| format!("never: {what}")).collect()
    }

    /// Keys of actions that are not what they should be.
    pub fn confused(&self) -> &[String] {
        &self.confused
    }

    pub fn summary(&self) -> String {
        let rarest = self.rows.iter().min_by_key(|(_, count)| **count);
        format!("{} rows with their outcomes, the rarest {rarest:?}; {} others", self.rows.len(), self.others.len())
    }
}

/// The rows of the table in §5, each with the kind of value that stands in it.
fn rows() -> BTreeSet<String> {
    let mut rows = BTreeSet::new();
    let mut add = |kinds: &[&str], tests: &[&str], values: &[&str]| {
        for kind in kinds {
            for test in tests {
                rows.extend(values.iter().map(|value| format!("{kind} {test} {value}").trim_end().to_owned()));
            }
        }
    };
    let fields = ["text", "one of", "number", "money", "date", "time", "yes or no", "list of text", "list"];
    add(&fields, &["is filled in", "is empty"], &[""]);
    add(&["domain of text", "domain of one of", "score"], &["is filled in", "is empty"], &[""]);
    let texts = ["text", "one of", "domain of text", "domain of one of"];
    let text_tests = [
        "is",
        "is not",
        "is one of",
        "is not one of",
        "contains",
        "contains any of",
        "does not contain",
        "does not contain any of",
        "contains the word",
        "contains any of the words",
        "does not contain the word",
        "does not contain any of the words",
        "starts with",
        "starts with any of",
        "does not start with",
        "does not start with any of",
        "ends with",
        "ends with any of",
        "does not end with",
        "does not end with any of",
    ];
    add(&texts, &text_tests, &["VALUE", "FIELD"]);
    add(&texts, &["is in list", "is not in list", "matches pattern", "does not match pattern"], &[""]);
    let numbers = ["is", "is not", "is at least", "is at most", "is more than", "is less than", "is between"];
    add(&["number", "money"], &numbers, &["VALUE", "FIELD"]);
    add(&["score"], &numbers, &["VALUE", "SCORE"]);
    let moments = ["is before", "is after", "is on", "is on or before", "is on or after", "is between"];
    add(&["date"], &moments, &["VALUE", "FIELD"]);
    add(&["time"], &moments, &["VALUE", "DATE", "FIELD"]);
    let windows = ["is within the last", "is within the next", "is ago", "is ahead"];
    add(&["date"], &windows, &["DAYS", "MONTHS"]);
    add(&["time"], &windows, &["DAYS", "MONTHS", "BUSINESS"]);
    add(&["yes or no"], &["is yes", "is no"], &[""]);
    add(
        &["list of text"],
        &["includes", "includes any of", "includes all of", "includes none of"],
        &["VALUE", "FIELD"],
    );
    let counts = [
        "happened",
        "did not happen",
        "happened at least",
        "happened at most",
        "happened exactly",
        "happened on at least days",
    ];
    add(&["event"], &counts, &["", "since the last", "before the first"]);
    for window in ["within the last", "ago", "after the last"] {
        add(
            &["event"],
            &counts,
            &[format!("{window} DAYS").as_str(), &format!("{window} MONTHS"), &format!("{window} BUSINESS")],
        );
    }
    add(&["criterion"], &["is met", "is not met"], &[""]);
    add(&["checklist"], &["at least N items", "all items"], &["", "including"]);
    add(&["grade"], &["is", "is one of"], &[""]);
    add(&["stage"], &["is reached", "is not reached", "passes its test"], &[""]);
    add(&["group"], &["all of", "any of", "none of", "at least N of"], &[""]);
    rows
}

/// Why a row can never have an outcome.
fn cannot(row: &str, outcome: Outcome) -> Option<&'static str> {
    let unknown = outcome == Outcome::Unknown;
    match row {
        "score is filled in" if outcome != Outcome::Met => Some("a score is always known"),
        "score is empty" if outcome != Outcome::NotMet => Some("a score is always known"),
        _ if row.starts_with("score ") && unknown => Some("a score is always known"),
        _ if row.starts_with("grade ") && unknown => Some("a grade takes `otherwise`"),
        _ => None,
    }
}

/// The row of a condition.
fn row(condition: &Condition) -> String {
    let row = match condition {
        Condition::Group(Group::All, _) => "group all of".to_owned(),
        Condition::Group(Group::Any, _) => "group any of".to_owned(),
        Condition::Group(Group::None, _) => "group none of".to_owned(),
        Condition::Group(Group::AtLeast(_), _) => "group at least N of".to_owned(),
        Condition::Filled { of, empty } => format!("{} is {}", kind(of), if *empty { "empty" } else { "filled in" }),
        Condition::Text { of, test, not, values } => {
            format!("{} {} {}", kind(of), text_test(*test, *not), value(of, values))
        }
        Condition::InList { of, not, .. } => {
            format!("{} {}", kind(of), if *not { "is not in list" } else { "is in list" })
        }
        Condition::Pattern { of, not, .. } => {
            format!("{} {}", kind(of), if *not { "does not match pattern" } else { "matches pattern" })
        }
        Condition::Compare { of, test, with } => {
            format!("{} {} {}", kind(of), comparison(*test), value(of, std::slice::from_ref(with)))
        }
        Condition::When { of, test, with } => {
            format!("{} {} {}", kind(of), moment(*test), value(of, std::slice::from_ref(with)))
        }
        Condition::Between { of, from, to } => {
            format!("{} is between {}", kind(of), value(of, &[from.clone(), to.clone()]))
        }
        Condition::Window { of, test, span } => {
            let test = match test {
                Window::WithinTheLast => "is within the last",
                Window::WithinTheNext => "is within the next",
                Window::Ago => "is ago",
                Window::Ahead => "is ahead",
            };
            format!("{} {test} {}", kind(of), units(*span))
        }
        Condition::YesNo { yes, .. } => format!("yes or no is {}", if *yes { "yes" } else { "no" }),
        Condition::Includes { of, test, values } => format!("{} {} {}", kind(of), inclusion(*test), value(of, values)),
        Condition::Event { count, window, .. } => {
            let count = match count {
                Count::Happened => "happened",
                Count::DidNotHappen => "did not happen",
                Count::AtLeast(_) => "happened at least",
                Count::AtMost(_) => "happened at most",
                Count::Exactly(_) => "happened exactly",
                Count::Days(_) => "happened on at least days",
            };
            let window = match window {
                None => String::new(),
                Some(EventWindow::WithinTheLast(span)) => format!("within the last {}", units(*span)),
                Some(EventWindow::Ago(span)) => format!("ago {}", units(*span)),
                Some(EventWindow::Since(_)) => "since the last".to_owned(),
                Some(EventWindow::Before(_)) => "before the first".to_owned(),
                Some(EventWindow::After(span, _)) => format!("after the last {}", units(*span)),
            };
            format!("event {count} {window}")
        }
        Condition::Criterion { not, .. } => format!("criterion is {}", if *not { "not met" } else { "met" }),
        Condition::Checklist { at_least, including, .. } => {
            let count = if at_least.is_some() { "at least N items" } else { "all items" };
            format!("checklist {count} {}", if including.is_empty() { "" } else { "including" })
        }
        Condition::Grade { labels, .. } => format!("grade {}", if labels.len() > 1 { "is one of" } else { "is" }),
        Condition::Stage { asks: StageTest::Reached, .. } => "stage is reached".to_owned(),
        Condition::Stage { asks: StageTest::NotReached, .. } => "stage is not reached".to_owned(),
        Condition::Stage { asks: StageTest::PassesItsTest, .. } => "stage passes its test".to_owned(),
    };
    row.trim_end().to_owned()
}

fn kind(of: &Subject) -> String {
    match of {
        Subject::Score(_) => "score".to_owned(),
        Subject::Domain(field) => format!("domain of {}", kind(&Subject::Field(field.clone()))),
        Subject::Field(field) => match field.kind {
            Kind::Text => "text",
            Kind::Number => "number",
            Kind::Money { .. } => "money",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::YesNo => "yes or no",
            Kind::OneOf(_) => "one of",
            Kind::Texts => "list of text",
            Kind::Items(_) => "list",
        }
        .to_owned(),
    }
}

/// What the values of a row are: a field or a score among them counts, and a date where a time is due.
fn value(of: &Subject, values: &[Operand]) -> &'static str {
    let is_time = matches!(of, Subject::Field(field) if matches!(field.kind, Kind::Time));
    if values.iter().any(|value| matches!(value, Operand::Field(_))) {
        "FIELD"
    } else if values.iter().any(|value| matches!(value, Operand::Score(_))) {
        "SCORE"
    } else if is_time && values.iter().any(|value| matches!(value, Operand::Date(_))) {
        "DATE"
    } else {
        "VALUE"
    }
}

fn units(span: Span) -> &'static str {
    if span.business {
        "BUSINESS"
    } else if is_of_the_calendar(span) {
        "MONTHS"
    } else {
        "DAYS"
    }
}

/// Everything else that must come up.
const OTHERS: &str = "
    unknown: Empty
    unknown: WrongType
    unknown: NoRate
    unknown: NoLog
    money: a listed rate
    money: the inverse of a rate
    if unknown, treat as met
    if unknown, treat as not_met
    disqualify: met
    disqualify: not_met
    disqualify: unknown
    stage: met
    stage: not_met
    stage: unknown
    stage: no stay
    stage: open
    stage: open against its test
    stage: open, only while it passes its test
    stage: left, and held back
    stage: held back against its test
    stage: left, and the hold-back is over
    stage: unknown by an absent log
    stage: an absent log that changes nothing
    score: starts at
    score: never below
    score: never above
    score: starts again at
    score: at most
    score: within the last
    score: counted once every
    score: halving
    score: losing a percentage
    score: losing points
    score: table otherwise
    score: band otherwise
    score: add points
    score: add points by a table
    score: add points by a number
    score: add points by money
    score: add points by a score
    score: add points for each
    score: add points for every without
    score: add F points
    score: add score
    score: add N% of score
    score: remove points
    score: remove points by a table
    score: remove points by a number
    score: remove points by money
    score: remove points by a score
    score: remove points for each
    score: remove points for every without
    score: points for each when met
    score: points for each when unknown
    score: points for every without when met
    score: F points when met
    score: score when met
    score: N% of score when met
    grade of a score: a line
    grade of a score: otherwise
    grade by conditions: a line
    grade by conditions: otherwise
    business time: closed on
    business time: open on
    business time: a holiday
    business time: open on a holiday, or by one
    business time: always open
    business time: past midnight
    business time: a break
    business time: the clocks go forward
    business time: the clocks go back
    business time: a zone of half or quarter hours
    policy: private
    policy: called
    policy: when empty none
    policy: empty when, as a line
    policy: uses
    policy: list from
    policy: rates from
    policy: rates of several dates
    policy: no calendar
    policy: identified by
    policy: handover
    policy: sla
    policy: target and example
    value: empty when
    value: when empty
    warning: H0730
    warning: H0731
    warning: H0732
    warning: H0733
    warning: H0734
";
