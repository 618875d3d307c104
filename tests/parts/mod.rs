//! What is expected of a decision: the part of it that matters, as JSON.

use serde_json::Value;

/// Tells where `actual` differs from what is expected of it. Objects are compared by the keys that are expected, of which
/// one that is not there is null; lists item by item, everything else as it stands.
pub fn compare(expected: &Value, actual: &Value, place: &str, differ: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(parts), Value::Object(_)) => {
            for (key, part) in parts {
                compare(part, actual.get(key).unwrap_or(&Value::Null), &format!("{place} {key}"), differ);
            }
        }
        (Value::Array(parts), Value::Array(all)) if parts.len() == all.len() => {
            for (at, (part, one)) in parts.iter().zip(all).enumerate() {
                compare(part, one, &format!("{place}[{at}]"), differ);
            }
        }
        _ if expected == actual => {}
        _ => differ.push(format!("{place}: {expected} was expected, and {actual} came out")),
    }
}
