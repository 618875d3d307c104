//! Paths, items, the identity, and what makes a lead unreadable.

use super::value_tests::show;
use super::*;
use chrono_tz::Tz;

fn field(path: &str, kind: Kind) -> FieldShape {
    let path = path.split('.').map(str::to_owned).collect();
    FieldShape { path, kind, empty_when: vec![], when_empty: None, keep_raw: true, items: vec![], only: None }
}

fn shape_of(fields: Vec<FieldShape>) -> Shape {
    Shape::new(fields, &["id".into()], Tz::UTC)
}

/// Collects what it is handed, one line an item.
struct Log(Vec<String>, usize);

impl Items for Log {
    fn item(&mut self, list: usize, index: u32, lead: &Lead) {
        let cells: Vec<_> = (0..self.1).map(|field| show(lead.item_cell(field), lead)).collect();
        self.0.push(format!("{list}[{index}] {}", cells.join(" ")));
    }
}

#[test]
fn one_path_may_begin_another() {
    let shape = shape_of(vec![
        field("budget", Kind::Money { default: Currency::parse("EUR") }),
        field("budget.amount", Kind::Number),
        field("budget.currency.name", Kind::Text),
        field("a.b.c", Kind::Text),
        field("a.b", Kind::Text),
    ]);
    let mut lead = Lead::new(&shape);
    for (json, expected) in [
        (r#"{"budget":{"amount":5,"currency":"USD"}}"#, "USD 5|5|empty|empty|empty"),
        (r#"{"budget":{"amount":"x","currency":{"name":"euro"}}}"#, "wrong type|wrong type|\"euro\"|empty|empty"),
        (r#"{"budget":"USD 5"}"#, "USD 5|empty|empty|empty|empty"),
        (r#"{"budget":[{"amount":5}]}"#, "wrong type|empty|empty|empty|empty"),
        (r#"{"a":{"b":{"c":"x"}}}"#, "empty|empty|empty|\"x\"|wrong type"),
        (r#"{"a":{"b":"y"}}"#, "empty|empty|empty|empty|\"y\""),
        (r#"{"a":[{"b":"y"}]}"#, "empty|empty|empty|empty|empty"),
        (r#"{"a":null,"a.b":"y"}"#, "empty|empty|empty|empty|empty"),
    ] {
        read(&shape, json.as_bytes(), &mut lead, &mut ()).unwrap();
        let shown: Vec<_> = (0..5).map(|field| show(lead.cell(field), &lead)).collect();
        assert_eq!(shown.join("|"), expected, "{json}");
    }
}

/// Whatever order keys had before: a lead that is read after many others is what it is by itself.
#[test]
fn what_was_read_before_changes_nothing() {
    let items = vec![field("kind", Kind::Text), field("at", Kind::Time)];
    let log = FieldShape { items, ..field("log", Kind::Items) };
    let fields = vec![
        field("name", Kind::Text),
        field("name2", Kind::Text),
        field("company.name", Kind::Text),
        field("a_key_of_fourteen", Kind::Number),
        field("straße", Kind::Text),
        log,
    ];
    let shape = shape_of(fields);
    let pieces = [
        r#""name":"a""#,
        r#""name":"b""#,
        r#""name" : "c""#,
        r#" "name":null"#,
        r#""n\u0061me":"d""#,
        r#""name2":"e""#,
        r#""nam":"f""#,
        r#""name2""#,
        r#""":"g""#,
        r#""a_key_of_fourteen":14"#,
        r#""a_key_of_fourteem":15"#,
        r#""twelve_of_it":12"#,
        r#""thirteen_of_it":13"#,
        r#""straße":"h""#,
        r#""STRASSE":"i""#,
        r#""company":{"name":"j","kind":"k"}"#,
        r#""company":{"kind":"l","name":"m"}"#,
        r#""log":[{"kind":"n","at":"1970-01-01"},{"at":null,"name":7},{"kind":"o","kind":"p"}]"#,
        r#""log":[{"at":"1970-01-02","kind":"q"},{"kind":"r"}]"#,
        "\"name\":\"\u{1}\"",
        "\"na\u{1}me\":1",
    ];
    let read_into = |lead: &mut Lead, json: &str| {
        let mut log = Log(vec![], 2);
        let result = read(&shape, json.as_bytes(), lead, &mut log);
        let cells = (0..6).map(|field| show(lead.cell(field), lead)).collect::<Vec<_>>();
        result.map(|()| (cells, log.0))
    };
    let mut used = Lead::new(&shape);
    let (mut good, mut bad) = (0, 0);
    let mut random = 1u64;
    let mut pick = |of: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % of
    };
    for number in 0..20_000 {
        let mut members: Vec<String> = (0..pick(6)).map(|_| pieces[pick(pieces.len())].to_owned()).collect();
        // More keys than are kept, in the middle of it.
        members.extend((8_000 < number && number < 12_000).then(|| format!("\"x{number}\":0")));
        let json = format!("{{{}}}", members.join(","));
        let alone = read_into(&mut Lead::new(&shape), &json);
        assert_eq!(read_into(&mut used, &json), alone, "{json}");
        *if alone.is_ok() { &mut good } else { &mut bad } += 1;
    }
    assert!(good > 5_000 && bad > 5_000, "{good} good and {bad} bad leads");
}

#[test]
fn items_are_handed_over_one_by_one() {
    let list = |path, items| FieldShape { items, ..field(path, Kind::Items) };
    let shape = shape_of(vec![
        field("name", Kind::Text),
        list("log", vec![field("kind", Kind::Text), field("at.time", Kind::Time), field("tags", Kind::TextList)]),
        list("deep.log", vec![field("kind", Kind::Text), field("log", Kind::Items), field("x", Kind::Text)]),
    ]);
    let mut lead = Lead::new(&shape);
    let mut log = Log(vec![], 3);
    let json = r#"{"deep":{"log":[{"kind":"B","log":[{"kind":"no"}]}]},
        "log":[{"tags":["a","b"],"kind":"x"}, 7, [{"kind":"no"}], null, {}, {"at":{"time":"1970-01-01"},"kind":5}],
        "name":"N"}"#;
    read(&shape, json.as_bytes(), &mut lead, &mut log).unwrap();
    assert_eq!(
        log.0,
        [
            "2[0] \"B\" items empty",
            "1[0] \"x\" empty [\"a\", \"b\"]",
            "1[4] empty empty empty",
            "1[5] \"5\" 1970-01-01T00:00:00Z empty",
        ]
    );
    assert_eq!((lead.cell(1), lead.cell(2)), (Cell::Items, Cell::Items));
    assert_eq!(show(lead.cell(0), &lead), "\"N\"");
}

#[test]
fn the_identity_is_text_or_a_number_as_written() {
    let mut with_field = field("id", Kind::Number);
    with_field.empty_when = vec!["n/a".into()];
    let shapes = [shape_of(vec![]), shape_of(vec![with_field])];
    for (json, expected) in [
        (r#"{"id":" L1 "}"#, Some("L1")),
        (r#"{"id":"Cafe\u0301"}"#, Some("Cafe\u{301}")),
        (r#"{"id":007e1}"#, None),
        (r#"{"id":1.50}"#, Some("1.50")),
        (r#"{"id":" "}"#, None),
        (r#"{"id":null}"#, None),
        (r#"{"id":true}"#, None),
        (r#"{"id":["L1"]}"#, None),
        (r#"{}"#, None),
    ] {
        for shape in &shapes {
            let mut lead = Lead::new(shape);
            let done = read(shape, json.as_bytes(), &mut lead, &mut ());
            assert_eq!(done.ok().and(lead.id()), expected, "{json}");
        }
    }
    let mut lead = Lead::new(&shapes[1]);
    read(&shapes[1], br#"{"id":"N/A"}"#, &mut lead, &mut ()).unwrap();
    assert_eq!(lead.id(), None);
}

#[test]
fn keys_are_compared_in_nfc_after_their_escapes() {
    let shape = shape_of(vec![field("é", Kind::Text), field("__proto__", Kind::Text), field("K", Kind::Text)]);
    let mut lead = Lead::new(&shape);
    for json in [
        r#"{"é":"x","__proto__":"x","K":"x"}"#,
        r#"{"\u00e9":"x","\u005f_proto__":"x","\u004b":"x"}"#,
        r#"{"e\u0301":"x","__proto_\u005F":"x","\u212a":"x"}"#,
        "{\"e\u{301}\":\"x\",\"__proto__\":\"x\",\"\u{212a}\":\"x\"}",
    ] {
        read(&shape, json.as_bytes(), &mut lead, &mut ()).unwrap();
        let shown: Vec<_> = (0..3).map(|field| show(lead.cell(field), &lead)).collect();
        assert_eq!(shown, ["\"x\"", "\"x\"", "\"x\""], "{json}");
    }
    let others = r#"{"É":"x","k":"x","":"x","\ud800":1,"$serde_json::private::Number":"x"}"#;
    read(&shape, others.as_bytes(), &mut lead, &mut ()).unwrap();
    assert!((0..3).all(|field| lead.cell(field) == Cell::Empty));
}

#[test]
fn what_makes_a_lead_unreadable() {
    let list = FieldShape { items: vec![field("kind", Kind::Text)], ..field("log", Kind::Items) };
    let shape = shape_of(vec![
        field("email", Kind::Text),
        field("company.size", Kind::Number),
        field("budget", Kind::Money { default: None }),
        field("tags", Kind::TextList),
        list,
    ]);
    let deep = |levels: usize| format!(r#"{{"x":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1));
    let (deepest, too_deep) = (deep(64), deep(65));
    for (line, expected) in [
        (&b"{}"[..], None),
        (b" {\t}\r", None),
        (b"{\"x\":\"\xff\"}", Some(("H0701", 6))),
        (b"{\"email\":\"\xc3", Some(("H0701", 10))),
        (b"", Some(("H0702", 0))),
        (b"{", Some(("H0702", 1))),
        (b"{\"a\"", Some(("H0702", 4))),
        (b"{\"a\":", Some(("H0702", 5))),
        (b"{\"a\":tru", Some(("H0702", 8))),
        (b"{\"a\":1", Some(("H0702", 6))),
        (b"{\"a\":\"\\u00", Some(("H0702", 10))),
        (b"{\"a\":1,}", Some(("H0702", 7))),
        (b"{\"a\":[1,]}", Some(("H0702", 8))),
        (b"{\"tags\":[\"a\",]}", Some(("H0702", 13))),
        (b"{\"a\":01}", Some(("H0702", 6))),
        (b"{\"a\":NaN}", Some(("H0702", 5))),
        (b"{\"email\":NaN}", Some(("H0702", 9))),
        (b"{\"a\":-Infinity}", Some(("H0702", 6))),
        (b"{\"a\":\"\x01\"}", Some(("H0702", 6))),
        (b"{\"a\":\"\\x\"}", Some(("H0702", 7))),
        (b"{\"a\":\"\\u00g0\"}", Some(("H0702", 10))),
        (b"{'a':1}", Some(("H0702", 1))),
        (b"{}{}", Some(("H0702", 2))),
        (b"\xef\xbb\xbf{}", Some(("H0702", 0))),
        (deepest.as_bytes(), None),
        (too_deep.as_bytes(), Some(("H0703", 68))),
        (b"{\"email\":1,\"email\":1}", Some(("H0704", 11))),
        (b"{\"email\":null,\"em\\u0061il\":null}", Some(("H0704", 14))),
        (b"{\"company\":null,\"company\":{}}", Some(("H0704", 16))),
        (b"{\"company\":{\"size\":1,\"size\":2}}", Some(("H0704", 21))),
        (b"{\"budget\":{\"amount\":1,\"amount\":1}}", Some(("H0704", 22))),
        (b"{\"log\":[{\"kind\":1},{\"kind\":1,\"kind\":1}]}", Some(("H0704", 29))),
        (b"{\"id\":1,\"id\":1}", Some(("H0704", 8))),
        (b"{\"x\":1,\"x\":2,\"company\":{\"x\":1,\"x\":2,\"email\":1,\"email\":1}}", None),
        (b"{\"email\":[{\"email\":1,\"email\":1}]}", None),
        (b"{\"email\":\"\\ud800\"}", Some(("H0705", 9))),
        (b"{\"tags\":[\"\\ud800\"]}", Some(("H0705", 9))),
        (b"{\"log\":[{\"kind\":\"\\udc00\"}]}", Some(("H0705", 16))),
        (b"{\"budget\":{\"currency\":\"\\udc00\"}}", Some(("H0705", 22))),
        (b"{\"x\":\"\\ud800\",\"company\":\"\\ud800\"}", None),
        (b"[]", Some(("H0706", 0))),
        (b" 5 ", Some(("H0706", 1))),
        (b"null", Some(("H0706", 0))),
        (b"[", Some(("H0702", 1))),
        (b"email,phone", Some(("H0702", 0))),
    ] {
        let mut lead = Lead::new(&shape);
        let error = read(&shape, line, &mut lead, &mut ()).err();
        let found = error.as_ref().map(|error| (error.code, error.offset));
        assert_eq!(found, expected, "{}: {error:?}", line.escape_ascii());
    }
}

#[test]
fn input_that_breaks_off_is_told_from_what_is_wrong() {
    let shape = shape_of(vec![field("email", Kind::Text)]);
    let mut lead = Lead::new(&shape);
    let whole = "{\"email\": \"a\\u00e9é\", \"x\": [true, null, -1.5e3, {\"y\": \"\"}]}";
    for length in 1..whole.len() {
        let cut = &whole.as_bytes()[..length];
        let error = read(&shape, cut, &mut lead, &mut ()).unwrap_err().in_last_line();
        assert_eq!(error.code, "H0707", "{}: {error:?}", cut.escape_ascii());
        assert_eq!(error.message, "the input ends in the middle of a lead");
    }
    let error = read(&shape, b"{\"email\": nul}", &mut lead, &mut ()).unwrap_err().in_last_line();
    assert_eq!(error.code, "H0702");
}
