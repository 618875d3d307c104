//! The policy's own words as parts of sentences, with the names that people use for fields.

use super::page::{Block, Item};
use crate::policy::{
    Condition, ConditionKind, EventId, Field, FieldRef, Operand, Ordered, Policy, ScoreOperand, TextSubject, TextTest,
};
use crate::report::prose::words::list;
use crate::source::Span;

/// A policy, and how to say it.
#[derive(Clone, Copy)]
pub struct Sentences<'a> {
    pub policy: &'a Policy,
}

impl<'a> Sentences<'a> {
    /// What was written, on one line.
    pub fn written(self, span: Span) -> String {
        pieces(self.policy.sources.slice(span)).join(" ")
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
            _ => Item::new(self.named(condition, fields)),
        }
    }

    /// A condition that is no group, with the names that people use for its fields.
    fn named(self, condition: &Condition, fields: &[Field]) -> String {
        let mut pieces = pieces(self.policy.sources.slice(condition.span));
        let (subject, others) = read(&condition.kind);
        let field = |at: FieldRef| match at {
            FieldRef::Lead(id) => self.policy.fields.get(id.index()),
            FieldRef::Item(at) => fields.get(at as usize),
        };
        // A field may be called like a word of the language: the subject stands first, and what it is compared with last.
        let domain = matches!(condition.kind, ConditionKind::Text { of: TextSubject::DomainOf(_), .. })
            || matches!(condition.kind, ConditionKind::FilledIn(TextSubject::DomainOf(_), _));
        if let Some(field) = subject.and_then(field) {
            let before = if domain { 2 } else { 0 };
            let found = pieces.iter_mut().skip(before).find(|piece| is_path(piece, field));
            found.into_iter().for_each(|piece| *piece = field.display_name());
        }
        for field in others.into_iter().rev().filter_map(field) {
            let found = pieces.iter_mut().skip(1).rev().find(|piece| is_path(piece, field));
            if let Some(piece) = found {
                let comma = if piece.ends_with(',') { "," } else { "" };
                *piece = field.display_name() + comma;
            }
        }
        pieces.join(" ")
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

/// The field that a condition is about, and those that it is compared with, in the order in which they are written.
fn read(kind: &ConditionKind) -> (Option<FieldRef>, Vec<FieldRef>) {
    fn of<T>(operand: &Operand<T>) -> Option<FieldRef> {
        match operand {
            Operand::Field(field) => Some(*field),
            Operand::Literal(_) => None,
        }
    }
    fn ordered<T>(test: &Ordered<Operand<T>>) -> Vec<FieldRef> {
        match test {
            Ordered::Compare(_, operand) => of(operand).into_iter().collect(),
            Ordered::Between(from, to) => of(from).into_iter().chain(of(to)).collect(),
        }
    }
    let points = |operand: &ScoreOperand| match operand {
        ScoreOperand::Field(id) => Some(FieldRef::Lead(*id)),
        ScoreOperand::Points(_) | ScoreOperand::Score(_) => None,
    };
    match kind {
        ConditionKind::FilledIn(subject, _) => (Some(subject.field()), Vec::new()),
        ConditionKind::Text { of: subject, test, .. } => {
            let others = match test {
                TextTest::Is(texts) | TextTest::Find(_, texts) => texts.iter().filter_map(of).collect(),
                TextTest::InList(_) | TextTest::Pattern(_) => Vec::new(),
            };
            (Some(subject.field()), others)
        }
        ConditionKind::Number(field, test) => (Some(*field), ordered(test)),
        ConditionKind::Money(field, test) => (Some(*field), ordered(test)),
        ConditionKind::Date(field, test) => (Some(*field), ordered(test)),
        ConditionKind::Time(field, test) => (Some(*field), ordered(test)),
        ConditionKind::Window { of, .. } => (Some(*of), Vec::new()),
        ConditionKind::YesNo(field, _) => (Some(*field), Vec::new()),
        ConditionKind::Includes(field, _, texts) => (Some(*field), texts.iter().filter_map(of).collect()),
        ConditionKind::Score(_, Ordered::Compare(_, operand)) => (None, points(operand).into_iter().collect()),
        ConditionKind::Score(_, Ordered::Between(from, to)) => {
            (None, points(from).into_iter().chain(points(to)).collect())
        }
        _ => (None, Vec::new()),
    }
}

/// The words of a line; what stands in quotes or backticks is one, spaces and all.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut quote = None;
    let mut escaped = false;
    for c in text.chars() {
        match quote {
            None if c.is_whitespace() => {
                if !piece.is_empty() {
                    pieces.push(std::mem::take(&mut piece));
                }
                continue;
            }
            None => quote = Some(c).filter(|c| matches!(c, '"' | '`')),
            Some(open) if c == open && !escaped => quote = None,
            Some(_) => {}
        }
        escaped = c == '\\' && !escaped && quote == Some('"');
        piece.push(c);
    }
    pieces.extend(Some(piece).filter(|piece| !piece.is_empty()));
    pieces
}

/// Whether a word is a field's path, of which any part may stand in backticks.
fn is_path(piece: &str, field: &Field) -> bool {
    piece.trim_end_matches(',').replace('`', "") == field.dotted()
}
