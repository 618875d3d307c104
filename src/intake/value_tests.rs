//! Text → cell, for each type, as data.

use super::*;
use crate::decimal::Decimal;
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

/// A field named `f` that is empty when "Select" or "0.0".
fn field(kind: Kind) -> FieldShape {
    FieldShape {
        path: vec!["f".into()],
        kind,
        empty_when: vec!["Select".into(), "0.0".into()],
        when_empty: None,
        keep_raw: true,
        items: vec![],
        only: None,
    }
}

pub(super) fn show(cell: Cell, lead: &Lead) -> String {
    match cell {
        Cell::Empty => "empty".into(),
        Cell::WrongType => "wrong type".into(),
        Cell::Text(text) => format!("{:?}", lead.raw(text)),
        Cell::Number(number) => number.to_string(),
        Cell::Money(amount, currency) => format!("{currency} {amount}"),
        Cell::Date(days) => NaiveDate::from_epoch_days(days).unwrap().to_string(),
        Cell::Time(micros) => format!("{:?}", DateTime::from_timestamp_micros(micros).unwrap()),
        Cell::YesNo(yes) => if yes { "yes" } else { "no" }.into(),
        Cell::Texts { first, count } => {
            let texts: Vec<_> = lead.texts(first, count).iter().map(|text| lead.raw(*text)).collect();
            format!("{texts:?}")
        }
        Cell::Items => "items".into(),
    }
}

fn read_one(field: FieldShape, json: &str) -> String {
    let shape = Shape::new(vec![field], &["id".into()], Tz::Europe__Sofia);
    let mut lead = Lead::new(&shape);
    // Twice, so that nothing of the first reading may show in the second.
    for _ in 0..2 {
        read(&shape, json.as_bytes(), &mut lead, &mut ()).unwrap_or_else(|error| panic!("{json}: {error:?}"));
    }
    show(lead.cell(0), &lead)
}

#[track_caller]
fn check(kind: Kind, table: &[(&str, &str)]) {
    for (value, expected) in table {
        let json = format!("{{\"f\": {value} }}");
        assert_eq!(read_one(field(kind.clone()), &json), *expected, "{value} as {kind:?}");
    }
}

#[test]
fn empty_comes_before_the_type() {
    for kind in [Kind::Text, Kind::Number, Kind::Date, Kind::Time, Kind::YesNo, Kind::TextList, Kind::Items] {
        check(
            kind.clone(),
            &[
                ("null", "empty"),
                ("\"\"", "empty"),
                ("\" \\t\\u00a0\"", "empty"),
                ("\"Select\"", "empty"),
                ("\" SELECT \"", "empty"),
                ("\"0.0\"", "empty"),
                ("0.0", "empty"),
            ],
        );
        assert_eq!(read_one(field(kind), "{}"), "empty");
    }
    check(
        Kind::Money { default: None },
        &[("null", "empty"), ("\"\"", "empty"), ("0.0", "empty"), ("{}", "empty"), ("\"select\"", "empty")],
    );
}

#[test]
fn text() {
    check(
        Kind::Text,
        &[
            ("\"  VP Sales\\n\"", "\"VP Sales\""),
            ("\"\\u0000\\u001b\"", "\"\\0\\u{1b}\""),
            ("\"Cafe\\u0301\"", "\"Café\""),
            ("\"\\ud83d\\ude00\"", "\"😀\""),
            ("\"a\u{3000}é\u{3000}\"", "\"a\\u{3000}é\""),
            ("12.50", "\"12.50\""),
            ("-1E5", "\"-1E5\""),
            ("1e400", "\"1e400\""),
            ("true", "wrong type"),
            ("false", "wrong type"),
            ("{}", "wrong type"),
            ("[\"a\"]", "wrong type"),
        ],
    );
}

#[test]
fn number() {
    check(
        Kind::Number,
        &[
            ("420", "420"),
            ("0", "0"),
            ("-0", "0"),
            ("\"420\"", "420"),
            ("\" 420 \"", "420"),
            ("\"4.2e2\"", "420"),
            ("9007199254740993", "9007199254740993"),
            ("999999999999999999", "999999999999999999"),
            ("1000000000000000000", "1000000000000000000"),
            ("1000000000000000001", "wrong type"),
            ("0.1", "0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1e18", "1000000000000000000"),
            ("1e400", "wrong type"),
            ("1e-19", "wrong type"),
            ("\"many\"", "wrong type"),
            ("\"01\"", "wrong type"),
            ("\"+1\"", "wrong type"),
            ("\"1,000\"", "wrong type"),
            ("\"1 000\"", "wrong type"),
            ("\".5\"", "wrong type"),
            ("\"5.\"", "wrong type"),
            ("\"0x10\"", "wrong type"),
            ("\"NaN\"", "wrong type"),
            ("\"٣\"", "wrong type"),
            ("true", "wrong type"),
            ("[1]", "wrong type"),
            ("{\"a\":1}", "wrong type"),
        ],
    );
}

#[test]
fn money() {
    let both = [
        ("{\"amount\": 25000, \"currency\": \"EUR\"}", "EUR 25000"),
        ("{\"currency\": \" usd\", \"amount\": \"12.50\"}", "USD 12.5"),
        ("{\"amount\": null, \"currency\": \"EUR\"}", "empty"),
        ("{\"amount\": \" \", \"currency\": 5}", "empty"),
        ("{\"amount\": \"select\"}", "empty"),
        ("{\"currency\": \"EUR\"}", "empty"),
        ("{\"amount\": \"many\", \"currency\": \"EUR\"}", "wrong type"),
        ("{\"amount\": 1e400, \"currency\": \"EUR\"}", "wrong type"),
        ("{\"amount\": true, \"currency\": \"EUR\"}", "wrong type"),
        ("{\"amount\": {\"amount\": 1}, \"currency\": \"EUR\"}", "wrong type"),
        ("{\"amount\": 1, \"currency\": \"EURO\"}", "wrong type"),
        ("{\"amount\": 1, \"currency\": \"€\"}", "wrong type"),
        ("{\"amount\": 1, \"currency\": 978}", "wrong type"),
        ("{\"amount\": 1, \"currency\": [\"EUR\"]}", "wrong type"),
        ("{\"amount\": -1, \"currency\": \"sek\", \"note\": {\"amount\": 2, \"amount\": 3}}", "SEK -1"),
        ("\"EUR 25000\"", "EUR 25000"),
        ("\" eur  1e3 \"", "EUR 1000"),
        ("\"EUR\\u00a0-2.5\"", "EUR -2.5"),
        ("\"EUR25000\"", "wrong type"),
        ("\"EUR 25,000\"", "wrong type"),
        ("\"25000 EUR\"", "wrong type"),
        ("\"EUR\"", "wrong type"),
        ("\"EU 5\"", "wrong type"),
        ("\"€ 5\"", "wrong type"),
        ("\"much\"", "wrong type"),
        ("[5]", "wrong type"),
        ("true", "wrong type"),
    ];
    check(Kind::Money { default: None }, &both);
    check(Kind::Money { default: Currency::parse("bgn") }, &both);
    let bare =
        ["5", "\"5\"", "{\"amount\": 5}", "{\"amount\": 5, \"currency\": null}", "{\"amount\":5,\"currency\":\"\"}"];
    for value in bare {
        check(Kind::Money { default: None }, &[(value, "wrong type")]);
        check(Kind::Money { default: Currency::parse("bgn") }, &[(value, "BGN 5")]);
    }
}

#[test]
fn date() {
    check(
        Kind::Date,
        &[
            ("\"2026-03-10\"", "2026-03-10"),
            ("\" 2026-03-10 \"", "2026-03-10"),
            ("\"2024-02-29\"", "2024-02-29"),
            ("\"2000-02-29\"", "2000-02-29"),
            ("\"0000-01-01\"", "0000-01-01"),
            ("\"9999-12-31\"", "9999-12-31"),
            ("\"2026-02-30\"", "wrong type"),
            ("\"2026-02-29\"", "wrong type"),
            ("\"1900-02-29\"", "wrong type"),
            ("\"2026-13-01\"", "wrong type"),
            ("\"2026-00-01\"", "wrong type"),
            ("\"2026-01-00\"", "wrong type"),
            ("\"2026-3-10\"", "wrong type"),
            ("\"10.03.2026\"", "wrong type"),
            ("\"20260310\"", "wrong type"),
            ("\"2026-03-10x\"", "wrong type"),
            ("\"+2026-03-10\"", "wrong type"),
            // A time is on its date in Sofia.
            ("\"2026-03-10T21:59:59Z\"", "2026-03-10"),
            ("\"2026-03-10T22:00:00Z\"", "2026-03-11"),
            ("\"2026-03-10 23:30\"", "2026-03-10"),
            ("\"2026-03-10T00:30:00+05:00\"", "2026-03-09"),
            ("1773180000000", "2026-03-11"),
            ("\"1773179999999\"", "2026-03-10"),
            ("20260310", "wrong type"),
            ("true", "wrong type"),
        ],
    );
}

#[test]
fn time() {
    check(
        Kind::Time,
        &[
            ("\"2026-03-10T09:00:00Z\"", "2026-03-10T09:00:00Z"),
            ("\"2026-03-10t09:00:00z\"", "2026-03-10T09:00:00Z"),
            ("\"2026-03-10T09:00:00.5Z\"", "2026-03-10T09:00:00.500Z"),
            ("\"2026-03-10T09:00:00.1234569Z\"", "2026-03-10T09:00:00.123456Z"),
            ("\"2026-03-10T09:00:00.000+0200\"", "2026-03-10T07:00:00Z"),
            ("\"2026-03-10T09:00:00-23:59\"", "2026-03-11T08:59:00Z"),
            ("\"2026-03-10 09:00Z\"", "2026-03-10T09:00:00Z"),
            ("\" 2026-03-10T09:00Z \"", "2026-03-10T09:00:00Z"),
            ("\"1969-12-31T23:59:59.999999Z\"", "1969-12-31T23:59:59.999999Z"),
            // In the policy's zone.
            ("\"2026-03-10 09:00\"", "2026-03-10T07:00:00Z"),
            ("\"2026-07-10T09:00:00.25\"", "2026-07-10T06:00:00.250Z"),
            ("\"2026-03-10\"", "2026-03-09T22:00:00Z"),
            // The clocks of Sofia go from 03:00 to 04:00 on 29 March, and back on 25 October.
            ("\"2026-03-29 03:30\"", "2026-03-29T01:00:00Z"),
            ("\"2026-03-29 04:00\"", "2026-03-29T01:00:00Z"),
            ("\"2026-10-25 03:30\"", "2026-10-25T00:30:00Z"),
            // Milliseconds since 1970.
            ("1757867090422", "2025-09-14T16:24:50.422Z"),
            ("\"1757867090422\"", "2025-09-14T16:24:50.422Z"),
            ("100000000000", "1973-03-03T09:46:40Z"),
            ("99999999999999", "5138-11-16T09:46:39.999Z"),
            ("99999999999", "wrong type"),
            ("100000000000000", "wrong type"),
            ("1757867090422.0", "wrong type"),
            ("-1757867090422", "wrong type"),
            ("1.757867090422e12", "wrong type"),
            ("1757867090", "wrong type"),
            ("0", "wrong type"),
            ("\"2026-03-10T09:00:60Z\"", "wrong type"),
            ("\"2026-03-10T24:00:00Z\"", "wrong type"),
            ("\"2026-03-10T09:60Z\"", "wrong type"),
            ("\"2026-02-30T09:00Z\"", "wrong type"),
            ("\"2026-03-10T09:00:00.Z\"", "wrong type"),
            ("\"2026-03-10T09:00.5Z\"", "wrong type"),
            ("\"2026-03-10T09:00:00,5Z\"", "wrong type"),
            ("\"2026-03-10T09Z\"", "wrong type"),
            ("\"2026-03-10T09:00:00+24:00\"", "wrong type"),
            ("\"2026-03-10T09:00:00+01:60\"", "wrong type"),
            ("\"2026-03-10T09:00:00+02\"", "wrong type"),
            ("\"2026-03-10T09:00:00 Z\"", "wrong type"),
            ("\"2026-03-10  09:00\"", "wrong type"),
            ("\"2026-03-10T\"", "wrong type"),
            ("\"2026-03-10T09:00:00Zulu\"", "wrong type"),
            ("\"yesterday\"", "wrong type"),
            ("true", "wrong type"),
            ("[]", "wrong type"),
        ],
    );
}

#[test]
fn yes_or_no() {
    check(
        Kind::YesNo,
        &[
            ("true", "yes"),
            ("false", "no"),
            ("1", "yes"),
            ("0", "no"),
            ("\"YES\"", "yes"),
            ("\" no \"", "no"),
            ("\"True\"", "yes"),
            ("\"fAlse\"", "no"),
            ("\"1\"", "yes"),
            ("\"0\"", "no"),
            ("2", "wrong type"),
            ("\"y\"", "wrong type"),
            ("\"on\"", "wrong type"),
            ("[]", "wrong type"),
        ],
    );
}

#[test]
fn one_of() {
    check(
        Kind::OneOf(vec!["Demo form".into(), "3".into(), "Über".into()]),
        &[
            ("\" demo FORM \"", "\"demo FORM\""),
            ("\"u\\u0308BER\"", "\"üBER\""),
            ("3", "\"3\""),
            ("3.0", "wrong type"),
            ("\"demo\"", "wrong type"),
            ("\"demo forms\"", "wrong type"),
            ("true", "wrong type"),
            ("[\"3\"]", "wrong type"),
        ],
    );
}

#[test]
fn list_of_text() {
    check(
        Kind::TextList,
        &[
            ("[]", "[]"),
            ("[null, \" \", \"\"]", "[]"),
            ("[\"a\", null, \" b;c \", 1.50]", "[\"a\", \"b;c\", \"1.50\"]"),
            ("[\"a\", true]", "wrong type"),
            ("[[\"a\"]]", "wrong type"),
            ("[{}, \"a\"]", "wrong type"),
            ("\"a; b ;;c\"", "[\"a\", \"b\", \"c\"]"),
            ("\";\"", "[]"),
            ("\"Select\"", "empty"),
            ("5", "[\"5\"]"),
            ("true", "wrong type"),
            ("{}", "wrong type"),
        ],
    );
}

#[test]
fn list_of_items() {
    check(
        Kind::Items,
        &[
            ("[]", "items"),
            ("[1, null, {}]", "items"),
            ("{}", "wrong type"),
            ("\"x\"", "wrong type"),
            ("5", "wrong type"),
        ],
    );
}

#[test]
fn when_empty_fills_in_for_what_is_empty_and_never_for_the_wrong_type() {
    let eur = Currency::parse("EUR").unwrap();
    for (kind, preset, shown) in [
        (Kind::Text, Preset::Text("None Yet".into()), "\"None Yet\""),
        (Kind::Number, Preset::Number(Decimal::from(7)), "7"),
        (Kind::Money { default: None }, Preset::Money(Decimal::from(7), eur), "EUR 7"),
        (Kind::Date, Preset::Date(0), "1970-01-01"),
        (Kind::Time, Preset::Time(1), "1970-01-01T00:00:00.000001Z"),
        (Kind::YesNo, Preset::YesNo(true), "yes"),
        (Kind::TextList, Preset::Text("a; B".into()), "[\"a\", \"B\"]"),
        (Kind::TextList, Preset::None, "[]"),
        (Kind::Items, Preset::None, "items"),
    ] {
        let field = FieldShape { when_empty: Some(preset), ..field(kind.clone()) };
        for json in ["{}", "{\"f\":null}", "{\"f\":\" \"}", "{\"f\":\"select\"}", "{\"f\":0.0}"] {
            assert_eq!(read_one(field.clone(), json), shown, "{json} as {kind:?}");
        }
        if kind != Kind::Text {
            let wrong = if matches!(kind, Kind::Money { .. }) { "{\"f\":[]}" } else { "{\"f\":{}}" };
            assert_eq!(read_one(field, wrong), "wrong type", "{kind:?}");
        }
    }
}
