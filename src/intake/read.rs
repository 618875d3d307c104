//! The walk: the bytes of one lead, once, along the tree of the keys that the policy reads.

use super::cell::{Cell, Lead};
use super::error::{LeadError, What};
use super::escape::unescape;
use super::guess::{Guessed, Known};
use super::json::{Json, Walked, token};
use super::keys::Head;
use super::line::{At, Written};
use super::shape::{Field, FieldKind, List, MoneyPart, Node, Plain, Shape};
use super::value::{self, Given, MoneyParts, Scalar};
use crate::text;

/// Takes the items of lists as they are read.
pub trait Items {
    /// The item at `index` of the list that is the field number `list`; its cells are `lead`'s item cells, and
    /// the texts that they point to stay until the next lead is read.
    fn item(&mut self, list: usize, index: u32, lead: &Lead);
}

/// For those who want no items.
impl Items for () {
    fn item(&mut self, _list: usize, _index: u32, _lead: &Lead) {}
}

/// Reads one lead, a JSON object, into `lead`, which was made for this shape.
///
/// The whole line is checked, the parts that the policy does not read too. After an error the lead holds nothing
/// of use.
pub fn read(shape: &Shape, line: &[u8], lead: &mut Lead, items: &mut impl Items) -> Result<(), LeadError> {
    if line.len() > LeadError::LONGEST_LINE {
        return Err(LeadError::too_long_for_anybody());
    }
    let mut buffer = std::mem::take(&mut lead.line);
    let result = match buffer.take(line) {
        Err(error) => Err(LeadError::not_utf8(error)),
        Ok(line) => {
            lead.begin(shape);
            let json = Json { line, fault: None };
            let mut walk = Walk { shape, json, lead, items, wanted: true, money: MoneyParts::default(), at_fault: "" };
            walk.lead();
            let fault = walk.json.fault.map(|fault| LeadError::from_fault(fault, line.text.len(), walk.at_fault));
            fault.map_or(Ok(()), Err)
        }
    };
    lead.line = buffer;
    result
}

/// The place among the keys that are read of one with escapes or beyond ASCII.
#[cold]
fn normalized(node: &Node, key: &str) -> Option<usize> {
    let mut plain = String::new();
    if node.keys.is_empty() || !unescape(key, &mut plain) {
        return None;
    }
    let name = text::normalize(&plain);
    node.keys.place(Head::of(name.as_bytes()), name.as_bytes())
}

struct Walk<'s, 'a, I> {
    shape: &'s Shape,
    json: Json<'a>,
    lead: &'a mut Lead,
    items: &'a mut I,
    /// Whether anything is wanted of the item that is being read.
    wanted: bool,
    /// The parts of the money object that is being read.
    money: MoneyParts,
    /// The path of the key that a fault is about.
    at_fault: &'s str,
}

/// The object that a member is in.
#[derive(Clone, Copy)]
struct Inside {
    /// Its number among all objects that were read.
    object: u64,
    /// How many objects and lists are open.
    level: u32,
}

impl<'s, 'a, I: Items> Walk<'s, 'a, I> {
    /// The whole line; none where something is wrong.
    fn lead(&mut self) -> Option<()> {
        let start = token(self.json.line.start);
        let other = match start.byte() {
            b'{' => None,
            b'[' => Some(What::IsList),
            b'"' => Some(What::IsText),
            _ => Some(What::IsScalar),
        };
        let end = match other {
            None => self.object(start, 0, &self.shape.root)?,
            Some(_) => self.json.skip(start, 0)?,
        };
        let behind = token(end);
        match other {
            _ if !self.json.is_end(behind) => self.json.fail(behind, What::Trailing),
            Some(other) => self.json.fail(start, other),
            None => Some(()),
        }
    }

    /// The object at `at`, inside of `level` others, and where it ends.
    fn object(&mut self, at: At<'a>, level: u32, node: &'s Node) -> Walked<'a> {
        let level = self.json.enter(at, level)?;
        self.lead.objects += 1;
        let inside = Inside { object: self.lead.objects, level };
        let mut at = token(at.next());
        if at.byte() == b'}' {
            return Some(at.next());
        }
        let mut before = self.lead.guesses.beginning(node.number);
        loop {
            let (value, child) = match self.lead.guesses.next(before, at) {
                Some(Guessed { key, behind, child }) => {
                    before = key;
                    (token(behind), node.keys.at(child))
                }
                None => self.key(at, node, &mut before)?,
            };
            at = token(match child {
                None => self.json.skip(value, inside.level)?,
                Some(child) => self.member(at, value, inside, child)?,
            });
            match at.byte() {
                b',' => at = token(at.next()),
                b'}' => return Some(at.next()),
                _ => return self.json.fail(at, What::NoBrace),
            }
        }
    }

    /// The value at `value` of the key at `at`, which is read; and where it ends.
    #[inline(always)]
    fn member(&mut self, at: At<'a>, value: At<'a>, inside: Inside, node: &'s Node) -> Walked<'a> {
        let seen = self.lead.seen.get_mut(node.number).map(|seen| std::mem::replace(seen, inside.object));
        if seen == Some(inside.object) {
            return self.fault(node, at, What::Twice);
        }
        if self.wanted { self.value(value, inside.level, node) } else { self.unwanted(value, inside.level, node) }
    }

    /// The end of a value of which nothing but its faults is wanted.
    #[inline(always)]
    fn unwanted(&mut self, at: At<'a>, level: u32, node: &'s Node) -> Walked<'a> {
        match at.byte() {
            b'"' => match at.quoted() {
                Some((_, end)) => Some(end),
                None => self.value(at, level, node),
            },
            b'{' | b'[' => self.rarer_value(at, level, node),
            _ => self.json.scalar(at),
        }
    }

    /// The value of the key at `at`, and the child that the key leads to, if the policy reads it. `before` is the key
    /// before it, and becomes this one.
    #[inline(never)]
    fn key(&mut self, at: At<'a>, node: &'s Node, before: &mut Known) -> Option<(At<'a>, Option<&'s Node>)> {
        let Some((key, behind)) = at.short_quoted() else {
            // What is written is not the key: a backslash in a field's name is one, and here it is an escape.
            let (key, behind) = self.json.unusual_key(at)?;
            return Some((self.json.value_of(behind)?, node.keys.at(normalized(node, key).unwrap_or(usize::MAX))));
        };
        let value = self.json.value_of(behind)?;
        let (name, head) = (key.text(), key.head());
        let is_plain = head.is_ascii() && (name.len() <= 16 || name.is_ascii());
        let child = node.keys.place(head, name.as_bytes());
        let child = if child.is_none() && !is_plain { normalized(node, name) } else { child };
        *before = self.lead.guesses.learn(*before, node.number, key, child);
        Some((value, child.and_then(|child| node.keys.at(child))))
    }

    /// The value at `at` of a key that is read, and where it ends.
    #[inline(always)]
    fn value(&mut self, at: At<'a>, level: u32, node: &'s Node) -> Walked<'a> {
        match at.byte() {
            b'"' if node.reads_values => match at.quoted() {
                Some((text, end)) => {
                    match node.plain {
                        Some(plain) => self.take_plain(plain, text.trimmed()),
                        None => self.take(node, Scalar::Text(text.trimmed())),
                    }
                    Some(end)
                }
                None => self.escaped(node, at, |walk, text| walk.take(node, Scalar::Text(text))),
            },
            b'-' | b'0'..=b'9' => {
                let end = self.json.number(at)?;
                self.take(node, Scalar::Number(self.number(at, end)));
                Some(end)
            }
            _ => self.rarer_value(at, level, node),
        }
    }

    #[inline(never)]
    fn rarer_value(&mut self, at: At<'a>, level: u32, node: &'s Node) -> Walked<'a> {
        match at.byte() {
            b'{' => self.inner_object(at, level, node),
            b'[' => self.array(at, level, node),
            first @ (b't' | b'f') => {
                let end = self.json.scalar(at)?;
                self.take(node, Scalar::Bool(first == b't'));
                Some(end)
            }
            // Null is empty, and what is empty has its cell already.
            _ => self.json.skip(at, level),
        }
    }

    fn number(&self, at: At<'a>, end: At<'a>) -> Written<'a> {
        Written::elsewhere(self.json.line.between(at, end))
    }

    /// The object in which money or further keys may stand; for any other field it is of the wrong type.
    fn inner_object(&mut self, at: At<'a>, level: u32, node: &'s Node) -> Walked<'a> {
        if node.keys.is_empty() {
            self.take_wrong_type(node);
            return self.json.skip(at, level);
        }
        let Some(field @ Field { kind: FieldKind::Money(default), .. }) = &node.field else {
            let end = self.object(at, level, node)?;
            self.take_wrong_type(node);
            return Some(end);
        };
        let outer = std::mem::take(&mut self.money);
        let end = self.object(at, level, node)?;
        let parts = std::mem::replace(&mut self.money, outer);
        self.take_wrong_part(node);
        self.set(field, parts.cell(*default));
        Some(end)
    }

    fn array(&mut self, at: At<'a>, level: u32, node: &'s Node) -> Walked<'a> {
        match &node.field {
            Some(field @ Field { kind: FieldKind::TextList, .. }) => self.text_list(at, level, node, field),
            Some(field @ Field { kind: FieldKind::Items(list), .. }) => {
                self.set(field, Some(Cell::Items));
                match list {
                    Some(list) => self.item_list(at, level, list),
                    None => self.json.skip(at, level),
                }
            }
            _ => {
                self.take_wrong_type(node);
                self.json.skip(at, level)
            }
        }
    }

    /// Every element that is an object, handed over at its end if it is wanted.
    fn item_list(&mut self, at: At<'a>, level: u32, list: &'s List) -> Walked<'a> {
        self.elements(at, level, |walk, at, level, index| {
            if at.byte() != b'{' {
                return walk.json.skip(at, level);
            }
            walk.lead.begin_item(list);
            let end = walk.object(at, level, &list.root)?;
            if std::mem::replace(&mut walk.wanted, true) {
                walk.items.item(list.place, index, walk.lead);
            }
            Some(end)
        })
    }

    /// The texts and numbers of an array, blanks and nulls left out; anything else among them is of the wrong type.
    fn text_list(&mut self, at: At<'a>, level: u32, node: &'s Node, field: &'s Field) -> Walked<'a> {
        let first = self.lead.store.entries();
        let mut all_text = true;
        let end = self.elements(at, level, |walk, at, level, _| match at.byte() {
            b'"' => {
                let keep = |walk: &mut Self, text: Written<'_>| {
                    if !text.text().is_empty() {
                        walk.lead.store.keep_entry(text, field.keep_raw);
                    }
                };
                match at.quoted() {
                    Some((text, end)) => {
                        keep(walk, text.trimmed());
                        Some(end)
                    }
                    None => walk.escaped(node, at, keep),
                }
            }
            b'-' | b'0'..=b'9' => {
                let end = walk.json.number(at)?;
                let number = walk.number(at, end);
                walk.lead.store.keep_entry(number, field.keep_raw);
                Some(end)
            }
            other => {
                all_text &= other == b'n';
                walk.json.skip(at, level)
            }
        })?;
        self.set(field, Some(if all_text { self.lead.store.list(first) } else { Cell::WrongType }));
        Some(end)
    }

    /// The elements of the array at `at`, and where it ends; `element` reads one at its place, level and index.
    #[inline]
    fn elements(
        &mut self,
        at: At<'a>,
        level: u32,
        mut element: impl FnMut(&mut Self, At<'a>, u32, u32) -> Walked<'a>,
    ) -> Walked<'a> {
        let level = self.json.enter(at, level)?;
        let mut at = token(at.next());
        if at.byte() == b']' {
            return Some(at.next());
        }
        let mut index = 0;
        loop {
            at = token(element(self, at, level, index)?);
            index += 1;
            match at.byte() {
                b',' => at = token(at.next()),
                b']' => return Some(at.next()),
                _ => return self.json.fail(at, What::NoBracket),
            }
        }
    }

    /// Hands the string with escapes at `at` to `take`, trimmed and without them; and where it ends.
    #[cold]
    fn escaped(&mut self, node: &'s Node, at: At<'a>, take: impl FnOnce(&mut Self, Written<'_>)) -> Walked<'a> {
        let (written, end) = self.json.unusual_string(at)?;
        let mut plain = std::mem::take(&mut self.lead.scratch);
        plain.clear();
        let whole = unescape(written, &mut plain);
        if whole {
            take(self, Written::elsewhere(&plain).trimmed());
        }
        self.lead.scratch = plain;
        if whole { Some(end) } else { self.fault(node, at, What::LoneSurrogate) }
    }

    /// A scalar, for all that the node is: the identity, a part of money, a field.
    #[inline(always)]
    fn take(&mut self, node: &'s Node, scalar: Scalar<'_>) {
        if node.is_id || node.part.is_some() {
            self.take_aside(node, scalar);
        }
        if let Some(field) = &node.field {
            let Lead { cells, store, .. } = &mut *self.lead;
            if let Some(cell) = cells.get_mut(field.place) {
                value::put(field, scalar, self.shape.zone, store, cell);
                if let (Some(only), Cell::Text(text)) = (&field.only, cell) {
                    self.wanted = only.find(store.folded_bytes(*text)).is_some();
                }
            }
        }
    }

    /// [`Walk::take`] of a text that goes into its cell and nowhere else.
    #[inline(always)]
    fn take_plain(&mut self, plain: Plain, text: Written<'a>) {
        let Lead { cells, store, .. } = &mut *self.lead;
        let (Plain::Text(place) | Plain::Time(place)) = plain;
        if let (false, Some(cell)) = (text.text().is_empty(), cells.get_mut(place)) {
            *cell = match plain {
                Plain::Text(_) => Cell::Text(store.keep(text, false)),
                Plain::Time(_) => value::time(Scalar::Text(text), self.shape.zone),
            };
        }
    }

    #[inline(never)]
    fn take_aside(&mut self, node: &'s Node, scalar: Scalar<'_>) {
        if node.is_id {
            let empty_when = node.field.as_ref().map_or(&[][..], |field| &field.empty_when);
            self.lead.set_id(scalar.filled_text(empty_when));
        }
        match &node.part {
            None => {}
            Some(MoneyPart::Amount { empty_when }) => self.money.amount = value::amount(scalar, empty_when),
            Some(MoneyPart::Currency { empty_when }) => self.money.currency = value::currency(scalar, empty_when),
        }
    }

    /// An object or an array where a scalar is due.
    fn take_wrong_type(&mut self, node: &'s Node) {
        self.take_wrong_part(node);
        if let Some(field) = &node.field {
            self.set(field, Some(Cell::WrongType));
        }
    }

    fn take_wrong_part(&mut self, node: &'s Node) {
        match node.part {
            None => {}
            Some(MoneyPart::Amount { .. }) => self.money.amount = Given::WrongType,
            Some(MoneyPart::Currency { .. }) => self.money.currency = Given::WrongType,
        }
    }

    /// Sets a cell, unless the value is empty: then it keeps its default.
    #[inline]
    fn set(&mut self, field: &'s Field, value: Option<Cell>) {
        if let (Some(value), Some(cell)) = (value, self.lead.cells.get_mut(field.place)) {
            *cell = value;
        }
    }

    #[cold]
    fn fault<T>(&mut self, node: &'s Node, at: At<'_>, what: What) -> Option<T> {
        self.at_fault = &node.name;
        self.json.fail(at, what)
    }
}
