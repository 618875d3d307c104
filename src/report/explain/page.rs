//! What is said of one lead, before it takes a form: all forms say the same, and each only has to lay it out.

use crate::report::prose::words::cut;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::diagnostic::escape;
use crate::engine::Outcome;

/// A longer text, of a lead or of a policy, is cut.
const LONGEST: usize = 240;
/// Notes that are longer stand below their line.
const LONGEST_ASIDE: usize = 110;

/// The page about one lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Page {
    /// The sentence that answers the question.
    pub answer: String,
    /// By which policy, and as of when.
    pub about: String,
    /// Why, what is missing, and the rest.
    pub sections: Vec<Section>,
}

/// A part of the page under a title.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Section {
    pub title: &'static str,
    /// Whether the question is answered without it.
    pub aside: bool,
    pub parts: Vec<Part>,
}

/// What stands in a section.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Part {
    /// A line of text.
    Line(String),
    /// A list of short lines.
    List(Vec<String>),
    /// Conditions, deadlines, events: lines with lines below them.
    Tree(Vec<Branch>),
    /// Points that add up.
    Sum(Sum),
}

/// A line, and those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    pub mark: Mark,
    pub text: String,
    /// Where the policy says it.
    pub place: Option<String>,
    /// What was read, and what is to be said of it.
    pub notes: Vec<String>,
    pub children: Vec<Branch>,
}

/// What came of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    Met,
    NotMet,
    Unknown,
    /// It is nothing that could be met.
    #[default]
    None,
}

/// A score with its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sum {
    pub title: String,
    pub place: Option<String>,
    pub rows: Vec<Row>,
}

/// A line of a sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    pub text: String,
    pub place: Option<String>,
    pub points: String,
    /// Whether it is what the rows above it come to.
    pub total: bool,
    pub notes: Vec<String>,
}

impl From<Option<Outcome>> for Mark {
    fn from(outcome: Option<Outcome>) -> Mark {
        match outcome {
            Some(Outcome::Met) => Mark::Met,
            Some(Outcome::NotMet) => Mark::NotMet,
            Some(Outcome::Unknown) => Mark::Unknown,
            None => Mark::None,
        }
    }
}

impl Mark {
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Met => "✓",
            Mark::NotMet => "✗",
            Mark::Unknown => "?",
            Mark::None => "",
        }
    }

    /// For those who see no signs and no colours.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Met => "met",
            Mark::NotMet => "not met",
            Mark::Unknown => "unknown",
            Mark::None => "",
        }
    }
}

/// For the template: with the mark as a sign, a word and a class.
impl Serialize for Branch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let aside = aside(&self.notes);
        let notes = if aside.is_some() { &[][..] } else { &self.notes };
        let mut map = serializer.serialize_struct("Branch", 8)?;
        map.serialize_field("mark", &self.mark.word().replace(' ', "-"))?;
        map.serialize_field("sign", self.mark.sign())?;
        map.serialize_field("word", self.mark.word())?;
        map.serialize_field("text", &self.text)?;
        map.serialize_field("place", &self.place)?;
        map.serialize_field("aside", &aside)?;
        map.serialize_field("notes", notes)?;
        map.serialize_field("children", &self.children)?;
        map.end()
    }
}

impl Branch {
    pub fn new(mark: Mark, text: impl Into<String>) -> Branch {
        Branch { mark, text: text.into(), ..Branch::default() }
    }

    pub fn note(mut self, note: impl Into<String>) -> Branch {
        self.notes.push(note.into());
        self
    }
}

impl Page {
    /// The page with nothing in it that a terminal obeys or nobody sees, and without endless texts. Leads and policies
    /// come from anybody, so every text passes here.
    pub fn clean(mut self) -> Page {
        clean(&mut self.answer, 4 * LONGEST);
        clean(&mut self.about, LONGEST);
        for part in self.sections.iter_mut().flat_map(|section| &mut section.parts) {
            match part {
                Part::Line(text) => clean(text, 4 * LONGEST),
                Part::List(lines) => lines.iter_mut().for_each(|line| clean(line, 2 * LONGEST)),
                Part::Tree(branches) => branches.iter_mut().for_each(clean_branch),
                Part::Sum(sum) => {
                    clean(&mut sum.title, LONGEST);
                    sum.rows.iter_mut().for_each(clean_row);
                }
            }
        }
        self
    }
}

fn clean_branch(branch: &mut Branch) {
    clean(&mut branch.text, 2 * LONGEST);
    branch.place.iter_mut().chain(&mut branch.notes).for_each(|text| clean(text, 2 * LONGEST));
    branch.children.iter_mut().for_each(clean_branch);
}

fn clean_row(row: &mut Row) {
    clean(&mut row.text, 2 * LONGEST);
    row.place.iter_mut().chain(&mut row.notes).for_each(|text| clean(text, 2 * LONGEST));
}

fn clean(text: &mut String, longest: usize) {
    *text = escape(&cut(text, longest));
}

/// Notes that are short enough to stand behind their line.
pub fn aside(notes: &[String]) -> Option<String> {
    let joined = notes.iter().map(|note| note.trim_end_matches('.')).collect::<Vec<_>>().join("; ");
    (!joined.is_empty() && joined.chars().count() <= LONGEST_ASIDE).then_some(joined)
}

/// A value of a lead in a sentence.
pub fn short(text: &str) -> String {
    cut(text, LONGEST / 2)
}
