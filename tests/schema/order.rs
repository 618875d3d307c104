//! The order of keys, of which JSON Schema says nothing and `serde_json::Value` knows nothing.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value whose keys stand as they were written.
#[derive(Debug)]
pub enum Ordered {
    Object(Vec<(String, Ordered)>),
    List(Vec<Ordered>),
    Text(String),
    /// Numbers, booleans and null.
    Other,
}

impl Ordered {
    pub fn read(json: &str) -> Ordered {
        serde_json::from_str(json).unwrap()
    }

    pub fn get(&self, wanted: &str) -> Option<&Ordered> {
        let Ordered::Object(entries) = self else { return None };
        entries.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
    }

    pub fn keys(&self) -> Vec<&str> {
        let Ordered::Object(entries) = self else { return Vec::new() };
        entries.iter().map(|(key, _)| key.as_str()).collect()
    }
}

/// The objects of a document whose keys are not in the order of `properties` in its schema.
pub fn out_of_order(schema: &Ordered, document: &Ordered) -> Vec<String> {
    let mut wrong = Vec::new();
    walk(schema, schema, document, &mut wrong);
    wrong
}

fn walk(root: &Ordered, schema: &Ordered, document: &Ordered, wrong: &mut Vec<String>) {
    let schema = match schema.get("$ref") {
        // What is in another file is held against that file.
        Some(Ordered::Text(to)) => match to.strip_prefix("#/$defs/") {
            Some(name) => root.get("$defs").and_then(|defs| defs.get(name)).unwrap(),
            None => return,
        },
        _ => schema,
    };
    match document {
        Ordered::Object(entries) => {
            let stated = schema.get("properties");
            if let Some(stated) = stated {
                let written: Vec<&str> = document.keys();
                let due: Vec<&str> = stated.keys().into_iter().filter(|key| written.contains(key)).collect();
                if due != written {
                    wrong.push(format!("the keys {written:?} should be {due:?}"));
                }
            }
            for (key, value) in entries {
                let below = stated.and_then(|stated| stated.get(key)).or(schema.get("additionalProperties"));
                below.into_iter().for_each(|below| walk(root, below, value, wrong));
            }
        }
        Ordered::List(items) => {
            let of = schema.get("items");
            items.iter().for_each(|item| of.into_iter().for_each(|of| walk(root, of, item, wrong)));
        }
        _ => {}
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ordered, D::Error> {
        deserializer.deserialize_any(AsWritten)
    }
}

struct AsWritten;

impl<'de> Visitor<'de> for AsWritten {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered::Object(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Ordered::List(items))
    }

    fn visit_str<E>(self, text: &str) -> Result<Ordered, E> {
        Ok(Ordered::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Ordered, E> {
        Ok(Ordered::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Ordered, E> {
        Ok(Ordered::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Ordered, E> {
        Ok(Ordered::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Ordered, E> {
        Ok(Ordered::Other)
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Other)
    }
}

#[test]
fn a_key_before_its_turn_is_seen() {
    let schema = r##"{"properties": {"a": {}, "b": {"items": {"$ref": "#/$defs/c"}}},
                      "$defs": {"c": {"properties": {"x": {}, "y": {}}}}}"##;
    let schema = Ordered::read(schema);
    let seen = |document: &str| out_of_order(&schema, &Ordered::read(document)).len();
    assert_eq!(seen(r#"{"a":1,"b":[{"x":1,"y":2},{"y":1}]}"#), 0);
    assert_eq!(seen(r#"{"b":[],"a":1}"#), 1);
    assert_eq!(seen(r#"{"a":1,"b":[{"y":2,"x":1}]}"#), 1);
}
