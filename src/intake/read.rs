//! The walk: the bytes of one lead, once, along the tree of the keys that the policy reads.

use super::cell::{Cell, Lead};
use super::error::{Fault, LeadError, What};
use super::escape::unescape;
use super::json::{Json, Span, Walked};
use super::keys::Head;
use super::shape::{Field, FieldKind, List, MoneyPart, Node, Shape};
use super::store::Written;
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
    let json = Json::new(std::str::from_utf8(line).map_err(LeadError::not_utf8)?);
    lead.begin(shape, json.line());
    let mut walk = Walk { shape, json, lead, items, money: MoneyParts::default(), at_fault: "" };
    walk.lead().map_err(|fault| LeadError::from_fault(fault, line.len(), walk.at_fault))
}

struct Walk<'s, 'a, I> {
    shape: &'s Shape,
    json: Json<'a>,
    lead: &'a mut Lead,
    items: &'a mut I,
    /// The parts of the money object that is being read.
    money: MoneyParts,
    /// The path of the key that a fault is about.
    at_fault: &'s str,
}

impl<'s, I: Items> Walk<'s, '_, I> {
    fn lead(&mut self) -> Result<(), Fault> {
        let json = self.json;
        let start = json.token(0);
        let other = match json.byte(start) {
            Some(b'{') => None,
            Some(b'[') => Some(What::IsList),
            Some(b'"') => Some(What::IsText),
            _ => Some(What::IsScalar),
        };
        let end = match other {
            None => self.object(start, 0, &self.shape.root)?,
            Some(_) => json.skip(start, 0)?,
        };
        let behind = json.token(end);
        match (json.byte(behind), other) {
            (Some(_), _) => Err(json.malformed(behind, What::Trailing)),
            (None, Some(other)) => Err(json.malformed(start, other)),
            (None, None) => Ok(()),
        }
    }

    /// The object at `at`, inside of `level` others, and where it ends.
    fn object(&mut self, at: usize, level: u32, node: &'s Node) -> Walked {
        let json = self.json;
        let level = json.enter(at, level)?;
        self.lead.objects += 1;
        let this = self.lead.objects;
        let mut at = json.token(at + 1);
        if json.byte(at) == Some(b'}') {
            return Ok(at + 1);
        }
        loop {
            let (key, value) = json.key(at)?;
            let end = match self.find(node, key) {
                None => json.skip(value, level)?,
                Some(child) => {
                    let seen = self.lead.seen.get_mut(child.number).map(|seen| std::mem::replace(seen, this));
                    if seen == Some(this) {
                        return Err(self.fault(child, key, What::Twice));
                    }
                    self.value(value, level, child)?
                }
            };
            at = json.token(end);
            match json.byte(at) {
                Some(b',') => at = json.token(at + 1),
                Some(b'}') => return Ok(at + 1),
                _ => return Err(json.malformed(at, What::NoBrace)),
            }
        }
    }

    /// The child that a key leads to, if the policy reads it.
    #[inline(always)]
    fn find(&self, node: &'s Node, key: Span) -> Option<&'s Node> {
        if key.escaped {
            // What is written is not the key: a backslash in a field's name is one, and here it is an escape.
            return self.find_normalized(node, key);
        }
        let name = self.json.bytes(key);
        let (found, is_ascii) = match self.json.chunk(key.start) {
            Some(chunk) => {
                let head = Head::new(u64::from_le_bytes(*chunk), name.len());
                (node.keys.find_with_head(head, name), head.is_ascii() && (name.len() <= 8 || name.is_ascii()))
            }
            None => (node.keys.find(name), name.is_ascii()),
        };
        if found.is_some() || is_ascii {
            return found;
        }
        self.find_normalized(node, key)
    }

    /// [`Walk::find`] for keys with escapes or beyond ASCII.
    #[inline(never)]
    fn find_normalized(&self, node: &'s Node, key: Span) -> Option<&'s Node> {
        let (mut plain, mut normal) = (String::new(), String::new());
        if node.keys.is_empty() || !unescape(self.json.written(key), &mut plain) {
            return None;
        }
        text::normalize_into(&plain, &mut normal);
        node.keys.find(normal.as_bytes())
    }

    /// The value at `at` of a key that is read, and where it ends.
    #[inline]
    fn value(&mut self, at: usize, level: u32, node: &'s Node) -> Walked {
        let json = self.json;
        match json.byte(at) {
            Some(b'"') if node.reads_values() => {
                let string = json.string(at)?;
                match Written::plain(json, string) {
                    Some(text) => self.take(node, Scalar::Text(text)),
                    None => self.escaped(node, string, |walk, text| walk.take(node, Scalar::Text(text)))?,
                }
                Ok(string.end + 1)
            }
            Some(b'-' | b'0'..=b'9') => {
                let end = json.number(at)?;
                self.take(node, Scalar::Number(Written { text: json.slice(at, end), at }));
                Ok(end)
            }
            Some(b'{') => self.inner_object(at, level, node),
            Some(b'[') => self.array(at, level, node),
            Some(first @ (b't' | b'f')) => {
                let end = json.scalar(at)?;
                self.take(node, Scalar::Bool(first == b't'));
                Ok(end)
            }
            // Null is empty, and what is empty has its cell already.
            _ => json.skip(at, level),
        }
    }

    /// The object in which money or further keys may stand; for any other field it is of the wrong type.
    fn inner_object(&mut self, at: usize, level: u32, node: &'s Node) -> Walked {
        if node.keys.is_empty() {
            self.take_wrong_type(node);
            return self.json.skip(at, level);
        }
        let outer = std::mem::take(&mut self.money);
        let end = self.object(at, level, node)?;
        let parts = std::mem::replace(&mut self.money, outer);
        if let Some(field @ Field { kind: FieldKind::Money(default), .. }) = &node.field {
            self.take_wrong_part(node);
            self.set(field, parts.cell(*default));
        } else {
            self.take_wrong_type(node);
        }
        Ok(end)
    }

    fn array(&mut self, at: usize, level: u32, node: &'s Node) -> Walked {
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

    /// Every element that is an object, handed over at its end.
    fn item_list(&mut self, at: usize, level: u32, list: &'s List) -> Walked {
        self.elements(at, level, |walk, at, level, index| {
            if walk.json.byte(at) != Some(b'{') {
                return walk.json.skip(at, level);
            }
            walk.lead.begin_item(list);
            let end = walk.object(at, level, &list.root)?;
            walk.items.item(list.place, index, walk.lead);
            Ok(end)
        })
    }

    /// The texts and numbers of an array, blanks and nulls left out; anything else among them is of the wrong type.
    fn text_list(&mut self, at: usize, level: u32, node: &'s Node, field: &'s Field) -> Walked {
        let first = self.lead.store.entries();
        let mut all_text = true;
        let end = self.elements(at, level, |walk, at, level, _| match walk.json.byte(at) {
            Some(b'"') => {
                let string = walk.json.string(at)?;
                let keep = |walk: &mut Self, text: Written<'_>| {
                    if !text.text.is_empty() {
                        walk.lead.store.keep_entry(text, field.keep_raw);
                    }
                };
                match Written::plain(walk.json, string) {
                    Some(text) => keep(walk, text),
                    None => walk.escaped(node, string, keep)?,
                }
                Ok(string.end + 1)
            }
            Some(b'-' | b'0'..=b'9') => {
                let end = walk.json.number(at)?;
                let number = Written { text: walk.json.slice(at, end), at };
                walk.lead.store.keep_entry(number, field.keep_raw);
                Ok(end)
            }
            other => {
                all_text &= other == Some(b'n');
                walk.json.skip(at, level)
            }
        })?;
        self.set(field, Some(if all_text { self.lead.store.list(first) } else { Cell::WrongType }));
        Ok(end)
    }

    /// The elements of the array at `at`, and where it ends; `element` reads one at its place, level and index.
    #[inline]
    fn elements(
        &mut self,
        at: usize,
        level: u32,
        mut element: impl FnMut(&mut Self, usize, u32, u32) -> Walked,
    ) -> Walked {
        let json = self.json;
        let level = json.enter(at, level)?;
        let mut at = json.token(at + 1);
        if json.byte(at) == Some(b']') {
            return Ok(at + 1);
        }
        let mut index = 0;
        loop {
            at = json.token(element(self, at, level, index)?);
            index += 1;
            match json.byte(at) {
                Some(b',') => at = json.token(at + 1),
                Some(b']') => return Ok(at + 1),
                _ => return Err(json.malformed(at, What::NoBracket)),
            }
        }
    }

    /// Hands a string with escapes to `take`, trimmed and without them.
    #[inline(never)]
    fn escaped(
        &mut self,
        node: &'s Node,
        string: Span,
        take: impl FnOnce(&mut Self, Written<'_>),
    ) -> Result<(), Fault> {
        let mut plain = std::mem::take(&mut self.lead.scratch);
        plain.clear();
        let whole = unescape(self.json.written(string), &mut plain);
        if whole {
            take(self, Written { text: text::trim(&plain), at: Written::NOWHERE });
        }
        self.lead.scratch = plain;
        if whole { Ok(()) } else { Err(self.fault(node, string, What::LoneSurrogate)) }
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
            }
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
    fn fault(&mut self, node: &'s Node, string: Span, what: What) -> Fault {
        self.at_fault = &node.name;
        self.json.malformed(string.start - 1, what)
    }
}
