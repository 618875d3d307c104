//! The policy's own words as parts of sentences, with the names that people use for fields.

use super::page::{Block, Item};
use crate::policy::{Condition, ConditionKind, EventId, Field, Policy};
use crate::report::prose::words::{after, list};
use crate::source::Span;

/// A policy, and how to say it.
#[derive(Clone, Copy)]
pub struct Sentences<'a> {
    pub policy: &'a Policy,
}

impl<'a> Sentences<'a> {
    /// What was written, on one line.
    pub fn written(self, span: Span) -> String {
        self.policy.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A condition as a block: a sentence that begins with `lead_in`, and what it owns below it.
    pub fn blocks(self, lead_in: &str, condition: &Condition) -> Vec<Block> {
        let item = self.item(condition, &self.policy.fields);
        if item.children.is_empty() {
            return vec![Block::Line(format!("{lead_in} {}.", item.text))];
        }
        vec![Block::Line(format!("{lead_in} {}:", item.text)), Block::Tree(item.children)]
    }

    /// A condition as a line, and what it owns below it.
    fn item(self, condition: &Condition, fields: &[Field]) -> Item {
        let children = |parts: &[Condition]| parts.iter().map(|part| self.item(part, fields)).collect();
        match &condition.kind {
            ConditionKind::All(parts) => Item { text: "all of these hold".to_owned(), children: children(parts) },
            ConditionKind::Any(parts) => {
                Item { text: "at least one of these holds".to_owned(), children: children(parts) }
            }
            ConditionKind::None(parts) => Item { text: "none of these holds".to_owned(), children: children(parts) },
            ConditionKind::AtLeast(count, parts) => {
                let holds = if *count == 1 { "holds" } else { "hold" };
                Item { text: format!("at least {count} of these {holds}"), children: children(parts) }
            }
            _ => Item::new(named(&self.written(condition.span), fields)),
        }
    }

    /// A condition in one sentence.
    pub fn sentence(self, condition: &Condition) -> String {
        self.sentence_of(condition, &self.policy.fields)
    }

    /// The same for the items of a list.
    pub fn sentence_of(self, condition: &Condition, fields: &[Field]) -> String {
        flat(&self.item(condition, fields))
    }

    /// `"accepted" or "rejected"`
    pub fn events(self, events: &[EventId]) -> String {
        let names = events.iter().filter_map(|id| self.policy.events.get(id.index()));
        let names: Vec<String> = names.map(|event| format!("\"{}\"", event.name)).collect();
        list(&names, usize::MAX - 1).replace("\" and \"", "\" or \"")
    }
}

fn flat(item: &Item) -> String {
    if item.children.is_empty() {
        return item.text.clone();
    }
    let parts: Vec<String> = item.children.iter().map(flat).collect();
    format!("{} ({})", item.text, parts.join("; "))
}

/// A condition whose field has the name that people use.
fn named(text: &str, fields: &[Field]) -> String {
    let (before, rest) = text.strip_prefix("domain of ").map_or(("", text), |rest| ("domain of ", rest));
    let found = fields.iter().filter_map(|field| Some((field, after(rest, &written_path(field))?)));
    // Of two fields that begin alike, the longer was written.
    let found = found.max_by_key(|(field, _)| field.dotted().len());
    found.map_or_else(|| text.to_owned(), |(field, after)| format!("{before}{} {after}", field.display_name()))
}

/// A path as policies write it: parts that are no words stand in backticks.
fn written_path(field: &Field) -> String {
    let is_word = |part: &str| part.chars().all(|c| c.is_alphanumeric() || c == '_');
    if field.path.len() == 1 {
        return field.dotted();
    }
    let parts = field.path.iter().map(|part| if is_word(part) { part.clone() } else { format!("`{part}`") });
    parts.collect::<Vec<_>>().join(".")
}
