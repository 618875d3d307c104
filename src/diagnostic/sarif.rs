//! Diagnostics as SARIF 2.1.0, which code hosts keep, compare from run to run, and show beside the lines.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::list::{Merged, advice};
use super::place::Place;
use super::rule::rule as rule_page;
use super::{Code, Diagnostic, HumanOptions, escape};
use crate::source::{Sources, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// All diagnostics of some policies as one log with one run, and a line end. What two policies have in common, such as
/// a fault of their library, is one result.
pub fn sarif<'a>(policies: impl IntoIterator<Item = (&'a [Diagnostic], &'a Sources)>) -> String {
    let all = Merged::of(policies);
    let rules: BTreeMap<&str, &Code> = all.shown.iter().map(|(one, _)| (one.code.id, one.code)).collect();
    let places: HashMap<&str, usize> = rules.keys().enumerate().map(|(index, id)| (*id, index)).collect();
    let (mut results, mut seen) = (Vec::new(), HashMap::new());
    for (diagnostic, sources) in all.shown {
        let mut result = result(diagnostic, sources, places.get(diagnostic.code.id).copied());
        // The same words twice in a file are told apart by their order.
        let before = seen.entry(fingerprint(diagnostic, sources, 0)).or_insert(0usize);
        if let Some(result) = result.as_object_mut() {
            let print = fingerprint(diagnostic, sources, *before);
            result.insert("partialFingerprints".to_owned(), json!({ "handoverWords/v1": print }));
        }
        *before += 1;
        results.push(result);
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Handover",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "results": results,
            "properties": { "errors": all.counts.errors, "warnings": all.counts.warnings },
        }],
    });
    format!("{log}\n")
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": plain_text(code.summary) },
        "help": { "text": plain_text(&rule_page(code, HumanOptions::default())), "markdown": plain_text(code.page) },
        "defaultConfiguration": { "level": code.severity.name() },
    })
}

fn result(diagnostic: &Diagnostic, sources: &Sources, rule: Option<usize>) -> Value {
    let mut message = escape(&diagnostic.message);
    if let Some(advice) = advice(diagnostic) {
        for line in advice.lines() {
            message = message + "\n" + &escape(line);
        }
    }
    let mut result = json!({
        "ruleId": diagnostic.code.id,
        "level": diagnostic.code.severity.name(),
        "message": { "text": plain_text(&message) },
    });
    let Some(parts) = result.as_object_mut() else { return result };
    let mut add = |key: &str, value: Value| parts.insert(key.to_owned(), value);
    if let Some(rule) = rule {
        add("ruleIndex", json!(rule));
    }
    if let Some(place) = location(sources, diagnostic.span, &diagnostic.label) {
        add("locations", json!([place]));
    }
    let others = diagnostic.labels.iter().filter_map(|label| location(sources, label.span, &label.message));
    let others: Vec<Value> = others.collect();
    if !others.is_empty() {
        add("relatedLocations", Value::Array(others));
    }
    if let (Some(words), Some(place)) = (&diagnostic.fix, Place::of(sources, diagnostic.span)) {
        add(
            "fixes",
            json!([{
                "description": { "text": plain_text(&format!("Write `{}` instead.", escape(words))) },
                "artifactChanges": [{
                    "artifactLocation": artifact(place.file.path()),
                    "replacements": [{ "deletedRegion": region(&place), "insertedContent": { "text": words } }],
                }],
            }]),
        );
    }
    result
}

fn location(sources: &Sources, span: Span, message: &str) -> Option<Value> {
    let place = Place::of(sources, span)?;
    let physical = json!({ "artifactLocation": artifact(place.file.path()), "region": region(&place) });
    Some(match message {
        "" => json!({ "physicalLocation": physical }),
        _ => json!({ "physicalLocation": physical, "message": { "text": plain_text(&escape(message)) } }),
    })
}

fn region(place: &Place) -> Value {
    let (from, to) = (place.from(), place.to());
    json!({ "startLine": from.line, "startColumn": from.column, "endLine": to.line, "endColumn": to.column })
}

/// Where a file is, counted from where the command was run; a path from the root stays one.
fn artifact(path: &str) -> Value {
    let path = path.replace(std::path::MAIN_SEPARATOR, "/");
    match path.strip_prefix('/') {
        Some(_) => json!({ "uri": format!("file://{}", percent_encoded(&path)) }),
        None => json!({ "uri": percent_encoded(path.trim_start_matches("./")), "uriBaseId": "%SRCROOT%" }),
    }
}

/// Everything but the characters that every URI may have, so that a colon begins no scheme and a `#` no fragment.
fn percent_encoded(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// Tells a fault from others, and stays the same when lines are added or removed elsewhere: made of the file, the code,
/// the words, the line that they stand on, and how many were alike before it.
fn fingerprint(diagnostic: &Diagnostic, sources: &Sources, before: usize) -> String {
    let mut digest = Sha256::new();
    let (path, words, line) = Place::of(sources, diagnostic.span).map_or(("", "", ""), |place| {
        let words = place.file.text().get(place.start..place.end).unwrap_or("");
        (place.file.path(), words, place.file.line(place.from().line).trim())
    });
    for part in [diagnostic.code.id, path, words, line, &before.to_string()] {
        digest.update(part);
        digest.update([0]);
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// In a message of SARIF braces hold a place open for an argument, and brackets before a parenthesis are a link.
fn plain_text(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    if text.contains("](") { text.replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]") } else { text }
}
