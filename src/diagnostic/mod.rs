//! What Handover says about a policy: one fault or doubt, where it is, and how to mend it.

mod all;
pub mod codes;
mod escape;
mod excerpt;
mod github;
mod human;
mod json;
mod junit;
mod list;
mod place;
mod plain;
mod rule;
mod sarif;

pub use all::Diagnostics;
pub use codes::*;
pub use escape::escape;
pub use github::github;
pub use human::{HumanOptions, human};
pub use json::{json, json_of_all};
pub use junit::junit;
pub use list::{Counts, SHOWN};
pub use plain::plain;
pub use rule::{rule, rules};
pub use sarif::sarif;

use crate::source::Span;

/// One fault or doubt in a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of fault it is.
    pub code: &'static Code,
    /// One sentence in lower case, with the user's own words in backticks, without a full stop.
    pub message: String,
    /// The exact words at fault.
    pub span: Span,
    /// What to write below those words; empty to point at them only.
    pub label: String,
    /// Other places that belong to the fault.
    pub labels: Vec<Label>,
    /// How to mend it: a full sentence.
    pub help: Option<String>,
    /// What to write instead of the words at `span`, where that is certain.
    pub fix: Option<String>,
}

/// A second place that belongs to a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The words.
    pub span: Span,
    /// What they have to do with it.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic that points at `span`.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            message: message.into(),
            span,
            label: String::new(),
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says what the words at fault are.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn also(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Gives the words to write instead.
    #[must_use]
    pub fn fix(mut self, replace: impl Into<String>) -> Self {
        self.fix = Some(replace.into());
        self
    }

    /// Whether it keeps the policy from running.
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }
}

/// Longer words, in bytes, are not looked for among others.
const LONGEST_WORD: usize = 160;

/// So many names say what the others are like; all thousand of them would bury the fault.
const MOST_NAMED: usize = 8;

/// The candidate nearest to `word` by edits, where it is near enough to be a slip of the pen.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let folded: Vec<char> = word.to_lowercase().chars().collect();
    let room = match folded.len() {
        0 | 1 => 0,
        2..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let mut letters = Vec::new();
    let mut nearest = None;
    for candidate in candidates {
        // What differs more in length than that cannot be near, and need not be compared letter by letter.
        if candidate.chars().count().abs_diff(folded.len()) > room {
            continue;
        }
        letters.clear();
        letters.extend(candidate.chars().flat_map(char::to_lowercase));
        // Only what is nearer than the nearest so far is of use.
        let most = nearest.map_or(Some(room), |(distance, _): (usize, _)| distance.checked_sub(1));
        let Some(most) = most else { break };
        if let Some(distance) = edits_up_to(most, &folded, &letters) {
            nearest = Some((distance, candidate));
        }
    }
    nearest.map(|(_, candidate)| candidate)
}

/// The first few of the texts that there are, each in this quote, for a help that names them: `A`, `B` and 3 more.
pub fn few(all: &[String], quote: &str) -> String {
    let shown: Vec<String> = all.iter().take(MOST_NAMED).map(|text| format!("{quote}{text}{quote}")).collect();
    let more = all.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// How many single characters must be added, dropped, changed or swapped with a neighbour to make `a` into `b`.
pub fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    edits_up_to(usize::MAX, &a, &b).unwrap_or(usize::MAX)
}

/// [`edits`], where there are at most so many.
fn edits_up_to(most: usize, a: &[char], b: &[char]) -> Option<usize> {
    const FAR: usize = usize::MAX / 2;
    let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(FAR);
    let mut before: Vec<usize> = vec![FAR; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row: Vec<usize> = vec![FAR; b.len() + 1];
    let mut least_before = 0;
    for (i, x) in a.iter().enumerate() {
        // Places further than that from the diagonal take more edits to come to, and are not looked at; those beside
        // them are read, and hold something from another row.
        let first = i.saturating_sub(most);
        let end = i.saturating_add(most).saturating_add(1).min(b.len());
        let mut least = if first == 0 { i + 1 } else { FAR };
        for (place, value) in [(first, least), (end + 1, FAR)] {
            if let Some(place) = row.get_mut(place) {
                *place = value;
            }
        }
        for (j, y) in b.iter().enumerate().take(end).skip(first) {
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            if let Some(place) = row.get_mut(j + 1) {
                *place = best;
            }
            least = least.min(best);
        }
        if least > most && least_before >= most {
            return None;
        }
        least_before = least;
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_the_word() {
        let words = ["company.employees", "company.country", "email"];
        assert_eq!(did_you_mean("company.employes", words), Some("company.employees"));
        assert_eq!(did_you_mean("emial", words), Some("email"));
        assert_eq!(did_you_mean("budget", words), None);
        assert_eq!(did_you_mean("C", ["A", "B"]), None);
    }

    #[test]
    fn the_nearest_is_found_and_of_two_the_first() {
        assert_eq!(did_you_mean("employees", ["employeesss", "emploiees", "employes"]), Some("emploiees"));
        assert_eq!(did_you_mean("employees", ["x", "employees", "Employees"]), Some("employees"));
        assert_eq!(did_you_mean("empolyees", ["employees"]), Some("employees"));
    }

    #[test]
    fn edits_within_a_bound_are_the_edits_without_one() {
        let words = ["", "a", "ab", "ba", "abc", "acb", "cab", "abcd", "badc", "employees", "emplyoeess", "сума"];
        for a in words {
            for b in words {
                let all = edits(a, b);
                let letters = |word: &str| word.chars().collect::<Vec<_>>();
                for most in 0..12 {
                    let found = edits_up_to(most, &letters(a), &letters(b));
                    assert_eq!(found, Some(all).filter(|edits| *edits <= most), "{a} {b} {most}");
                }
            }
        }
        assert_eq!(
            (edits("abc", "acb"), edits("abc", "xyz"), edits("", "abc"), edits("kitten", "sitting")),
            (1, 3, 3, 3)
        );
    }
}
