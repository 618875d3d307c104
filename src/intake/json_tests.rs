//! The same documents are JSON here and to serde_json, whether the policy reads them or not.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

fn field(path: &str, kind: Kind) -> FieldShape {
    let path = path.split('.').map(str::to_owned).collect();
    FieldShape { path, kind, empty_when: vec![], when_empty: None, keep_raw: true, items: vec![], only: None }
}

/// Reads most of what the documents below hold.
fn reading_shape() -> Shape {
    let items = vec![field("a", Kind::Text), field("b", Kind::Time), field("c.d", Kind::Number)];
    let fields = vec![
        field("a", Kind::Text),
        field("b", Kind::Money { default: None }),
        field("b.amount", Kind::Number),
        field("c", Kind::TextList),
        field("c.a", Kind::Date),
        FieldShape { items, ..field("d", Kind::Items) },
        field("e.a.b", Kind::YesNo),
    ];
    Shape::new(fields, &["id".into()], chrono_tz::Tz::Europe__Sofia)
}

/// What the line is without the language's own rules: a JSON object of at most 64 levels, in UTF-8.
fn is_lead(line: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(line) else { return false };
    // Unlike `Value`, this takes numbers of any size and checks no more than the form of `\u` escapes.
    serde_json::from_str::<IgnoredAny>(text).is_ok() && text.trim_start().starts_with('{') && levels(text) <= 64
}

/// How deep a valid document nests.
fn levels(text: &str) -> usize {
    let (mut open, mut most, mut in_string, mut escaped) = (0, 0, false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            '{' | '[' if !in_string => {
                open += 1;
                most = most.max(open);
            }
            '}' | ']' if !in_string => open -= 1,
            _ => {}
        }
    }
    most
}

#[track_caller]
fn agrees(line: &[u8]) {
    let indifferent = Shape::new(vec![], &[], chrono_tz::Tz::UTC);
    let done = read(&indifferent, line, &mut Lead::new(&indifferent), &mut ());
    assert_eq!(done.is_ok(), is_lead(line), "{}: {done:?}", line.escape_ascii());
    let reading = reading_shape();
    match read(&reading, line, &mut Lead::new(&reading), &mut ()) {
        Err(error) if ["H0704", "H0705"].contains(&error.code) => {}
        done => assert_eq!(done.is_ok(), is_lead(line), "{}: {done:?}", line.escape_ascii()),
    }
}

/// A text between quotes, with escapes, but without lone surrogates.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[ -!#-\\[\\]-~]{1,12}",
        2 => "[éÜдß漢😀\u{301}\u{a0}]",
        2 => r#"\\["\\/bfnrt]"#,
        2 => "\\\\u00[0-9a-fA-F]{2}",
        1 => Just("\\ud83d\\uDE00".to_owned()),
    ];
    vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![8 => "\"(a|b|c|d|e|id|amount|currency)\"", 1 => Just("\"\\u0061\"".to_owned()), 1 => string()]
}

fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        string(),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
        "true|false|null",
        "\"2026-03-1[0-9][T ]0[0-9]:00(:00(\\.5)?)?(Z|\\+02:00)?\"",
        "\"(EUR |usd )?-?[0-9]{1,4}\"",
    ];
    let space = "[ \t\r\n]{0,2}";
    scalar.prop_recursive(4, 40, 5, move |inner| {
        let member = (space, key(), space, space, inner.clone(), space)
            .prop_map(|(a, key, b, c, value, d)| format!("{a}{key}{b}:{c}{value}{d}"));
        prop_oneof![
            2 => vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
            1 => vec((space, inner), 0..4).prop_map(|elements| {
                let elements: Vec<_> = elements.into_iter().map(|(space, value)| space + &value).collect();
                format!("[{}]", elements.join(","))
            }),
        ]
    })
}

/// A document that is mostly a lead.
fn document() -> impl Strategy<Value = String> {
    vec((key(), value()), 0..6).prop_map(|members| {
        let members: Vec<_> = members.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn documents(document in document()) {
        agrees(document.as_bytes());
    }

    #[test]
    fn documents_with_a_few_bytes_changed(
        document in document(),
        changes in vec((any::<prop::sample::Index>(), 0..4u8, any::<u8>(), 0..40usize), 1..4),
    ) {
        const BYTES: &[u8] = b"{}[]\",:\\u0dDeE-+.19 \ntfn\x00\x1f\x7f\x80\xc3\xa9\xed\xa0\xbd\xff/";
        let mut line = document.into_bytes();
        for (place, how, byte, known) in changes {
            let place = place.index(line.len() + 1);
            let byte = BYTES.get(known).copied().unwrap_or(byte);
            match how {
                0 => line.truncate(place),
                1 if place < line.len() => drop(line.remove(place)),
                2 if place < line.len() => line[place] = byte,
                _ => line.insert(place, byte),
            }
        }
        agrees(&line);
    }

    #[test]
    fn bytes_that_look_like_json(line in "[{}\\[\\]\",:\\\\ubn0-2eE.+ tr-]{0,24}") {
        agrees(line.as_bytes());
        agrees(format!("{{\"a\":{line}}}").as_bytes());
        agrees(format!("{{\"d\":[{{{line}}}]}}").as_bytes());
        agrees(format!("{{\"x\":[{line}],\"a\":\"{line}\"}}").as_bytes());
    }

    #[test]
    fn any_bytes(line in vec(any::<u8>(), 0..64)) {
        agrees(&line);
        agrees(&[b"{\"a\":\"", line.as_slice(), b"\"}"].concat());
    }

    #[test]
    fn texts_mean_what_they_mean_to_serde_json(text in string(), before in string()) {
        let line = format!("{{{before}:[{before}],\"a\":{text}}}");
        let shape = reading_shape();
        let mut lead = Lead::new(&shape);
        prop_assume!(serde_json::from_str::<String>(&before).unwrap() != "a");
        if read(&shape, line.as_bytes(), &mut lead, &mut ()).is_ok() {
            let value: Value = serde_json::from_str(&line).unwrap();
            let expected = value["a"].as_str().unwrap().trim();
            match lead.cell(0) {
                Cell::Text(text) => {
                    prop_assert_eq!(lead.text(text), crate::text::fold(expected));
                    let mut normal = String::new();
                    crate::text::normalize_into(expected, &mut normal);
                    prop_assert_eq!(lead.raw(text), normal);
                }
                cell => prop_assert!(expected.is_empty() && cell == Cell::Empty),
            }
        }
    }
}

#[test]
fn levels_are_counted_along_every_path() {
    for (before, after) in [("{\"x\":", "}"), ("{\"a\":", "}"), ("{\"d\":[{\"x\":", "}]}"), ("{\"e\":{\"a\":", "}}")] {
        for depth in 55..70 {
            agrees(format!("{before}{}{}{after}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
            agrees(format!("{before}{}1{}{after}", "{\"e\":".repeat(depth), "}".repeat(depth)).as_bytes());
        }
    }
    agrees(format!("{{\"x\":{}", "[".repeat(100_000)).as_bytes());
}
