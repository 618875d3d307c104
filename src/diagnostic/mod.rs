//! What Handover says about a policy: one fault or doubt, where it is, and how to mend it.

mod all;
pub mod codes;
mod escape;
mod excerpt;
mod human;
mod json;
mod list;
mod place;
mod plain;

pub use all::Diagnostics;
pub use codes::*;
pub use escape::escape;
pub use human::{HumanOptions, human};
pub use json::{json, json_of_all};
pub use list::{Counts, SHOWN};
pub use plain::plain;

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

/// The candidate nearest to `word` by edits, where it is near enough to be a slip of the pen.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    let room = match folded.chars().count() {
        0 | 1 => 0,
        2..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    // What differs more in length than that cannot be near, and need not be compared letter by letter.
    let near_in_length = |candidate: &&str| candidate.chars().count().abs_diff(folded.chars().count()) <= room;
    if folded.len() > LONGEST_WORD {
        return None;
    }
    candidates
        .into_iter()
        .filter(near_in_length)
        .map(|candidate| (edits(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= room)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many single characters must be added, dropped, changed or swapped with a neighbour to make `a` into `b`.
pub fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
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
}
