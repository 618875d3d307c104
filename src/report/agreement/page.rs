//! What is said of a policy, before it takes a form.

use serde::Serialize;

use crate::diagnostic::escape;

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    pub name: String,
    /// Version and dates of effect.
    pub about: String,
    pub because: Option<String>,
    pub agreed: Vec<Signature>,
    pub sections: Vec<Section>,
    pub footer: String,
}

/// Who agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    pub party: String,
    pub person: String,
    pub on: String,
}

/// A part of the page under a title.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Section {
    pub title: &'static str,
    pub intro: &'static str,
    pub entries: Vec<Entry>,
}

/// One thing that was agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its name; empty where the section is about one thing.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    pub because: Option<String>,
    pub blocks: Vec<Block>,
}

/// What is said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Block {
    /// A sentence.
    Line(String),
    /// Lines with lines below them.
    Tree(Vec<Item>),
    /// A table, its first row the heads of the columns.
    Table(Vec<Vec<String>>),
}

/// A line, and those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    pub text: String,
    pub children: Vec<Item>,
}

impl Item {
    pub fn new(text: impl Into<String>) -> Item {
        Item { text: text.into(), children: Vec::new() }
    }

    fn clean(&mut self) {
        clean(&mut self.text);
        self.children.iter_mut().for_each(Item::clean);
    }
}

impl Page {
    /// The page with nothing in it that nobody sees.
    pub fn clean(mut self) -> Page {
        for text in [&mut self.name, &mut self.about, &mut self.footer].into_iter().chain(&mut self.because) {
            clean(text);
        }
        self.agreed.iter_mut().for_each(|it| [&mut it.party, &mut it.person].into_iter().for_each(clean));
        for entry in self.sections.iter_mut().flat_map(|section| &mut section.entries) {
            clean(&mut entry.title);
            entry.owner.iter_mut().chain(&mut entry.because).for_each(clean);
            for block in &mut entry.blocks {
                match block {
                    Block::Line(line) => clean(line),
                    Block::Tree(items) => items.iter_mut().for_each(Item::clean),
                    Block::Table(rows) => rows.iter_mut().flatten().for_each(clean),
                }
            }
        }
        self
    }
}

fn clean(text: &mut String) {
    *text = escape(text);
}
