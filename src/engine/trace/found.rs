//! What stands in a lead where a field could not be read.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// So many characters of it are shown.
const MOST: usize = 60;

/// The JSON at a path of a lead, on one line, cut. None where it is not there.
pub fn found(line: &[u8], path: &[String]) -> Option<String> {
    let mut json = std::str::from_utf8(line).ok()?;
    for key in path {
        json = At(key).deserialize(&mut serde_json::Deserializer::from_str(json)).ok()??.get();
    }
    let mut letters = json.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut shown: String = letters.by_ref().take(MOST).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    Some(shown)
}

/// What stands at a key of an object, if it is there.
struct At<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(same) = object.next_key_seed(Same(self.0))? {
            if same {
                found = Some(object.next_value()?);
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Whether a key is this one.
struct Same<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Same<'_> {
    type Value = bool;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn what_stands_at_a_path_is_shown_as_it_came() {
        let shown = |line: &str, path: &[&str]| {
            found(line.as_bytes(), &path.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>())
        };
        let lead = r#"{"a":{"b":"many","b2":1e999,"c":[1,  {"d":null}]},"e\u0061":"x"}"#;
        assert_eq!(shown(lead, &["a", "b"]).as_deref(), Some(r#""many""#));
        assert_eq!(shown(lead, &["a", "b2"]).as_deref(), Some("1e999"));
        assert_eq!(shown(lead, &["a", "c"]).as_deref(), Some(r#"[1,  {"d":null}]"#));
        assert_eq!(shown(lead, &["ea"]).as_deref(), Some(r#""x""#));
        assert_eq!(shown(lead, &["a", "none"]), None);
        assert_eq!(shown(lead, &["a", "b", "c"]), None);
        let long = format!(r#"{{"a":"{}"}}"#, "é".repeat(100));
        assert_eq!(shown(&long, &["a"]), Some(format!("\"{}…", "é".repeat(59))));
        assert_eq!(shown("{\"a\":[1,\n2]}", &["a"]).as_deref(), Some("[1, 2]"));
    }
}
