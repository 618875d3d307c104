//! What a policy reads of a lead, as a tree of keys.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::cell::{Cell, Currency};
use super::keys::Keys;
use super::line::Written;
use super::store::Store;
use crate::decimal::Decimal;
use crate::text;

/// A field that the policy reads.
#[derive(Clone, Debug)]
pub struct FieldShape {
    /// The keys that lead to it, outermost first.
    pub path: Vec<String>,
    /// Its type.
    pub kind: Kind,
    /// Texts that count as empty.
    pub empty_when: Vec<String>,
    /// The value where it is empty.
    pub when_empty: Option<Preset>,
    /// Whether its texts are wanted in their own case too.
    pub keep_raw: bool,
    /// The fields of each item, for a list of items.
    pub items: Vec<FieldShape>,
    /// For a field of an item: nothing is wanted of items in which it is a text other than these.
    pub only: Option<Vec<String>>,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `is text`
    Text,
    /// `is a number`
    Number,
    /// `is money`, `is money in EUR`
    Money {
        /// The currency of an amount that names none.
        default: Option<Currency>,
    },
    /// `is a date`
    Date,
    /// `is a time`
    Time,
    /// `is yes or no`
    YesNo,
    /// `is one of "webinar", "referral"`
    OneOf(Vec<String>),
    /// `is a list of text`
    TextList,
    /// `is a list of:`
    Items,
}

/// `when empty V`: the value of an empty field.
#[derive(Clone, Debug, PartialEq)]
pub enum Preset {
    /// A text; for a list of text, its entries with `;` between.
    Text(String),
    /// A number.
    Number(Decimal),
    /// An amount in a currency.
    Money(Decimal, Currency),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// Yes or no.
    YesNo(bool),
    /// A list without entries.
    None,
}

/// The fields that a policy reads, compiled: what [`read`](super::read()) walks along.
#[derive(Debug)]
pub struct Shape {
    pub(super) zone: Tz,
    pub(super) root: Node,
    /// The number of nodes in all trees.
    pub(super) nodes: usize,
    /// The cells of a lead that says nothing, and empty cells for items.
    pub(super) defaults: Vec<Cell>,
    pub(super) first_item_cell: usize,
    /// The texts of the defaults.
    pub(super) presets: Store,
}

/// A key that is read, or the object that holds such keys.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its place among all nodes.
    pub(super) number: usize,
    /// Its path, for messages.
    pub(super) name: String,
    pub(super) keys: Keys<Node>,
    pub(super) field: Option<Field>,
    pub(super) is_id: bool,
    /// The part that it is of the money in the object around it.
    pub(super) part: Option<MoneyPart>,
    /// Whether a value here is read at all, were it no object.
    pub(super) reads_values: bool,
    /// Where a text here goes, if there is no more to it than that, as with most.
    pub(super) plain: Option<Plain>,
}

/// The cell of a text or a time of which nothing else is asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plain {
    Text(usize),
    Time(usize),
}

#[derive(Debug)]
pub(super) struct Field {
    /// Its place among the cells of the lead or of the item.
    pub(super) place: usize,
    pub(super) kind: FieldKind,
    /// Folded.
    pub(super) empty_when: Vec<String>,
    pub(super) keep_raw: bool,
    /// Folded: the texts of the items that are wanted.
    pub(super) only: Option<Keys<()>>,
}

#[derive(Debug)]
pub(super) enum FieldKind {
    Text,
    Number,
    Money(Option<Currency>),
    Date,
    Time,
    YesNo,
    OneOf(Keys<()>),
    TextList,
    Items(Option<Box<List>>),
}

#[derive(Debug)]
pub(super) struct List {
    /// The place of the list among the fields.
    pub(super) place: usize,
    pub(super) root: Node,
    /// Where the item's cells begin.
    pub(super) first_cell: usize,
    /// The cells of an item that says nothing.
    pub(super) defaults: Vec<Cell>,
}

#[derive(Debug)]
pub(super) enum MoneyPart {
    Amount { empty_when: Vec<String> },
    Currency { empty_when: Vec<String> },
}

impl Shape {
    /// The shape of leads of which these fields are read; `id` is the path of what identifies a lead.
    pub fn new(fields: Vec<FieldShape>, id: &[String], zone: Tz) -> Shape {
        let first_item_cell = fields.len();
        let most_items = fields.iter().map(|field| field.items.len()).max().unwrap_or(0);
        let mut build = Build { nodes: 0, first_item_cell, presets: Store::default() };
        let (root, mut defaults) = build.tree("", fields, 0, id);
        defaults.resize(first_item_cell + most_items, Cell::Empty);
        Shape { zone, root, nodes: build.nodes, defaults, first_item_cell, presets: build.presets }
    }
}

impl Field {
    fn plain(&self) -> Option<Plain> {
        match self.kind {
            _ if !self.empty_when.is_empty() || self.only.is_some() => None,
            FieldKind::Text if !self.keep_raw => Some(Plain::Text(self.place)),
            FieldKind::Time => Some(Plain::Time(self.place)),
            _ => None,
        }
    }
}

struct Build {
    nodes: usize,
    first_item_cell: usize,
    presets: Store,
}

/// A node while keys are still added to it.
#[derive(Default)]
struct Draft {
    field: Option<Field>,
    is_id: bool,
    part: Option<MoneyPart>,
    keys: BTreeMap<String, Draft>,
}

impl Build {
    /// The tree of `fields`, whose cells begin at `first`, and the cells of what says nothing.
    fn tree(&mut self, name: &str, fields: Vec<FieldShape>, first: usize, id: &[String]) -> (Node, Vec<Cell>) {
        let mut draft = Draft::default();
        let mut defaults = Vec::with_capacity(fields.len());
        for (place, field) in (first..).zip(fields) {
            defaults.push(self.default_of(&field));
            let empty_when: Vec<String> = field.empty_when.iter().map(|text| text::fold(text)).collect();
            let node = draft.at(&field.path);
            if let Kind::Money { .. } = field.kind {
                node.key("amount").part = Some(MoneyPart::Amount { empty_when: empty_when.clone() });
                node.key("currency").part = Some(MoneyPart::Currency { empty_when: empty_when.clone() });
            }
            let path = join(name, &field.path.join("."));
            let kind = self.kind(&path, place, field.kind, field.items);
            let only = field.only.filter(|_| place >= self.first_item_cell);
            let only = only.map(|texts| Keys::new(texts.iter().map(|text| (text::fold(text), ()))));
            node.field = Some(Field { place, kind, empty_when, keep_raw: field.keep_raw, only });
        }
        if !id.is_empty() {
            draft.at(id).is_id = true;
        }
        (self.finish(name, draft), defaults)
    }

    fn kind(&mut self, path: &str, place: usize, kind: Kind, items: Vec<FieldShape>) -> FieldKind {
        match kind {
            Kind::Text => FieldKind::Text,
            Kind::Number => FieldKind::Number,
            Kind::Money { default } => FieldKind::Money(default),
            Kind::Date => FieldKind::Date,
            Kind::Time => FieldKind::Time,
            Kind::YesNo => FieldKind::YesNo,
            Kind::OneOf(options) => FieldKind::OneOf(Keys::new(options.iter().map(|option| (text::fold(option), ())))),
            Kind::TextList => FieldKind::TextList,
            // Lists do not nest: the items of an item's list are nobody's.
            Kind::Items if place >= self.first_item_cell => FieldKind::Items(None),
            Kind::Items => {
                let (root, defaults) = self.tree(path, items, self.first_item_cell, &[]);
                FieldKind::Items(Some(Box::new(List { place, root, first_cell: self.first_item_cell, defaults })))
            }
        }
    }

    fn default_of(&mut self, field: &FieldShape) -> Cell {
        match &field.when_empty {
            None => Cell::Empty,
            Some(Preset::Text(text)) if field.kind == Kind::TextList => {
                super::value::split_list(&mut self.presets, text, field.keep_raw)
            }
            Some(Preset::Text(text)) => {
                let text = Written::elsewhere(text).trimmed();
                Cell::Text(self.presets.keep(text, field.keep_raw))
            }
            Some(Preset::Number(number)) => Cell::Number(*number),
            Some(Preset::Money(amount, currency)) => Cell::Money(*amount, *currency),
            Some(Preset::Date(days)) => Cell::Date(*days),
            Some(Preset::Time(instant)) => Cell::Time(*instant),
            Some(Preset::YesNo(yes)) => Cell::YesNo(*yes),
            Some(Preset::None) if field.kind == Kind::TextList => self.presets.list(self.presets.entries()),
            Some(Preset::None) if field.kind == Kind::Items => Cell::Items,
            Some(Preset::None) => Cell::Empty,
        }
    }

    fn finish(&mut self, name: &str, mut draft: Draft) -> Node {
        let number = self.nodes;
        self.nodes += 1;
        let keys = std::mem::take(&mut draft.keys).into_iter().map(|(key, draft)| {
            let node = self.finish(&join(name, &key), draft);
            (key, node)
        });
        let keys = Keys::new(keys.collect::<Vec<_>>());
        let Draft { field, is_id, part, .. } = draft;
        let plain = field.as_ref().filter(|_| !is_id && part.is_none()).and_then(Field::plain);
        let reads_values = field.is_some() || is_id || part.is_some();
        Node { number, name: name.to_owned(), keys, field, is_id, part, reads_values, plain }
    }
}

impl Draft {
    fn at(&mut self, path: &[String]) -> &mut Draft {
        path.iter().fold(self, |draft, key| draft.key(key))
    }

    fn key(&mut self, key: &str) -> &mut Draft {
        self.keys.entry(text::normalize(key)).or_default()
    }
}

fn join(name: &str, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") }
}
