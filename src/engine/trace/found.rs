//! What stands in a lead where a field could not be read.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

/// So many characters of it are shown.
const MOST: usize = 60;

/// The JSON at a path of a lead, on one line, cut. None where it is not there.
pub fn found(line: &[u8], path: &[String]) -> Option<String> {
    let mut json = std::str::from_utf8(line).ok()?;
    for key in path {
        let keys: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json).ok()?;
        json = keys.get(key.as_str())?.get();
    }
    let mut letters = json.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut shown: String = letters.by_ref().take(MOST).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    Some(shown)
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
