//! JSON as it is written: keys in their order, and one that stands twice stands twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// Anything but a text, a list or an object, or anything at all, as it is written.
    Raw(String),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Reads a line; none where it is no JSON.
    pub fn read(line: &[u8]) -> Option<Tree> {
        serde_json::from_slice(line).ok()
    }

    /// The value as JSON.
    pub fn write(&self, to: &mut String) {
        match self {
            Tree::Raw(raw) => to.push_str(raw),
            Tree::Text(text) => to.push_str(&quoted(text)),
            Tree::List(items) => {
                to.push('[');
                for (at, item) in items.iter().enumerate() {
                    to.push_str(if at > 0 { "," } else { "" });
                    item.write(to);
                }
                to.push(']');
            }
            Tree::Object(entries) => {
                to.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    to.push_str(if at > 0 { "," } else { "" });
                    to.push_str(&quoted(key));
                    to.push(':');
                    value.write(to);
                }
                to.push('}');
            }
        }
    }

    /// The values within, itself first.
    pub fn count(&self) -> usize {
        1 + match self {
            Tree::List(items) => items.iter().map(Tree::count).sum(),
            Tree::Object(entries) => entries.iter().map(|(_, value)| value.count()).sum(),
            _ => 0,
        }
    }

    /// The value of that number among those within.
    pub fn nth(&mut self, number: usize) -> Option<&mut Tree> {
        if number == 0 {
            return Some(self);
        }
        let mut left = number - 1;
        let parts: Vec<&mut Tree> = match self {
            Tree::List(items) => items.iter_mut().collect(),
            Tree::Object(entries) => entries.iter_mut().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        for part in parts {
            let count = part.count();
            if left < count {
                return part.nth(left);
            }
            left -= count;
        }
        None
    }

    /// The entries of an object.
    pub fn entries(&self) -> Option<&[(String, Tree)]> {
        if let Tree::Object(entries) = self { Some(entries) } else { None }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Tree, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Raw("null".to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Raw(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Raw(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Raw(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Raw(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = from.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Object(entries))
    }
}
