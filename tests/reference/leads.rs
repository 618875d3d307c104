//! Random leads for a policy: the values that its conditions turn on, what is next to them, and what cannot be read.

use chrono::{FixedOffset, TimeDelta};
use unicode_normalization::UnicodeNormalization;

use crate::exact::Exact;
use crate::generate::{A_DAY, AMOUNTS, CURRENCIES, Generator, KINDS, NUMBERS, TEXTS, WORDS, YEAR};
use crate::json::Json;
use crate::model::{Field, Kind, Operand};
use crate::text::nfc;
use crate::time::{self, DAY, HOUR, MINUTE, SECOND};

const NO_TIMES: [&str; 24] = [
    "2026-03-10T09:00:60Z",
    "2026-03-10T24:00:00Z",
    "2026-02-30",
    "2026-13-01T00:00:00Z",
    "10.03.2026",
    "soon",
    "5",
    "17731332000",
    "177313320000000",
    "2026-03-10T09:00:00+25:00",
    "2026-3-1",
    "2026-03-29 03:30",
    "2026-03-29T02:30:00",
    "2026-03-08 02:30",
    "2026-11-01 01:30",
    "2026-10-25T03:30:00",
    "2026-09-06",
    "2026-09-06 00:30",
    "1773133200000.0",
    "2026-03-10T09",
    "20260310",
    "2026-03-10 09:00 +02:00",
    "2026-04-05 02:30",
    "2026-10-04 02:30",
];
const NO_NUMBERS: [&str; 18] = [
    "1234567890123456789",
    "999999999999999999",
    "1e18",
    "1e19",
    "1e-18",
    "1e-19",
    "1e400",
    "-0",
    "0e999",
    "1000000000",
    "1000000000.01",
    "-2000000000",
    "123456789012345678e-30",
    "0.10e1",
    "100e17",
    "10e18",
    "0.0000000000000000010",
    "-0.0",
];
const NO_NUMBER_TEXTS: [&str; 12] =
    ["5,000", "0,5", "NaN", "007", "+5", "5.", ".5", "many", "12 500", "0x10", "٣", "1e+-2"];

/// How much stands in for a lead.
struct Writer<'a> {
    of: &'a mut Generator,
    instants: Vec<i64>,
}

pub fn lead(of: &mut Generator, number: usize) -> Json {
    let instants = instants(of);
    let mut writer = Writer { of, instants };
    let mut lead = Json::Object(Vec::new());
    let id = format!("L{number}");
    let ids = [
        Json::text(&id),
        Json::text(&id),
        Json::text(&id),
        Json::text(format!(" {id}\u{a0}")),
        Json::number(number),
        Json::Number(format!("{number}.50")),
        Json::text("Иван"),
        Json::Null,
        Json::text(" "),
    ];
    let id = writer.of.chance.of(&ids);
    put(&mut lead, &writer.of.policy.identified_by.clone(), id);
    for field in writer.of.policy.fields.clone() {
        if let Some(value) = writer.value(&field) {
            put(&mut lead, &field.path, value);
        }
    }
    writer.twins(&mut lead);
    let chance = &mut writer.of.chance;
    if chance.percent(6) {
        let instead =
            [Json::Null, Json::text("Acme"), Json::List(Vec::new()), Json::number(5), Json::Object(Vec::new())];
        put(&mut lead, &["company".to_owned()], chance.of(&instead));
    }
    if chance.percent(10) {
        put(&mut lead, &["unread".to_owned()], Json::object(vec![("a", Json::Number("1e400".to_owned()))]));
    }
    let decomposed = chance.percent(10);
    if let Json::Object(entries) = &mut lead {
        chance.shuffle(entries);
        if decomposed {
            entries.iter_mut().for_each(|(key, _)| *key = key.nfd().collect());
        }
    }
    lead
}

/// Puts a value at the end of a path, unless something that is no object stands on the way.
pub fn put(object: &mut Json, path: &[String], value: Json) {
    let Json::Object(entries) = object else { return };
    let at = entries.iter().position(|(key, _)| nfc(key) == nfc(&path[0])).unwrap_or_else(|| {
        entries.push((path[0].clone(), Json::Object(Vec::new())));
        entries.len() - 1
    });
    match path {
        [_] => entries[at].1 = value,
        _ => put(&mut entries[at].1, &path[1..], value),
    }
}

/// A few of the instants at which something turns, and some by chance.
fn instants(of: &mut Generator) -> Vec<i64> {
    let (now, zone) = (of.now, of.policy.zone());
    let mut all = vec![now, now, now - 1, now + 1, now - SECOND, now + MINUTE, now + 5 * DAY, now - HOUR];
    let spans = of.spans.clone();
    let spans = of.chance.sample(&spans, spans.len().min(12), spans.len().min(12));
    for span in spans {
        let turn = if of.chance.percent(80) { time::earlier(zone, now, span) } else { time::later(zone, now, span) };
        all.extend([turn, turn + of.chance.of(&[-1, 1]), turn + of.chance.of(&[-SECOND, SECOND])]);
    }
    let literals = of.instants.clone();
    all.extend(of.chance.sample(&literals, literals.len().min(12), literals.len().min(12)));
    all.extend((0..25).map(|_| now - of.chance.range(0, YEAR / SECOND) * SECOND));
    all.extend((0..25).map(|_| now - of.chance.range(0, 9 * DAY / MINUTE) * MINUTE));
    all.extend((0..4).map(|_| now + of.chance.range(0, 60 * DAY / SECOND) * SECOND));
    of.chance.sample(&all, 3, 12)
}

impl Generator {
    /// An instant in one of the many ways of writing it, which may cut it to the date where it need not be exact.
    pub fn written(&mut self, instant: i64, exactly: bool) -> Json {
        let (zone, chance) = (self.policy.zone(), &mut self.chance);
        let utc = time::utc(instant).naive_utc();
        let fraction = match instant.rem_euclid(SECOND) {
            0 => chance.of(&["", "", "", ".0", ".000", ".000000999"]).to_owned(),
            micros => format!(".{micros:06}{}", chance.of(&["", "", "9"])),
        };
        let whole_minutes = instant.rem_euclid(MINUTE) == 0;
        let write = |local: chrono::NaiveDateTime, chance: &mut crate::chance::Chance| {
            let between = chance.of(&["T", "T", "T", " ", "t"]);
            let minutes = format!("{}{between}{}", local.date(), local.format("%H:%M"));
            let seconds = local.format("%S");
            if whole_minutes && chance.percent(30) { minutes } else { format!("{minutes}:{seconds}{fraction}") }
        };
        let text = match chance.range(0, if exactly { 8 } else { 9 }) {
            0..=3 => write(utc, chance) + chance.of(&["Z", "Z", "Z", "+00:00", "+0000", "-00:00", "z"]),
            4 | 5 => {
                let offset = chance.of(&["+02:00", "+0300", "-05:00", "+05:30", "-0330", "+14:00"]);
                let zone: FixedOffset = offset.parse().unwrap();
                write(utc + TimeDelta::seconds(i64::from(zone.local_minus_utc())), chance) + offset
            }
            6 | 7 => write(time::local(zone, instant), chance),
            8 if instant % 1000 == 0 => {
                let millis = (instant / 1000).to_string();
                return if chance.percent(50) { Json::Number(millis) } else { Json::Text(millis) };
            }
            8 => write(utc, chance) + "Z",
            _ => time::date(zone, instant).to_string(),
        };
        Json::Text(if chance.percent(4) { format!("  {text} ") } else { text })
    }
}

impl Writer<'_> {
    /// A value of a field, or none where it is absent.
    fn value(&mut self, field: &Field) -> Option<Json> {
        let chance = &mut self.of.chance;
        let empty: Vec<String> = field.empty_when.iter().chain(&self.of.policy.empty_when).cloned().collect();
        Some(match chance.range(0, 99) {
            0..10 => return None,
            10..13 => Json::Null,
            13..15 => Json::text(chance.of(&["", "  ", "\u{a0}", "\t\u{2003}"])),
            15..18 if !empty.is_empty() => {
                let text = chance.of(&empty);
                let number = text.parse::<i64>().is_ok() && chance.percent(50);
                if number {
                    Json::Number(text)
                } else {
                    Json::text(chance.of(&[text.clone(), text.to_uppercase(), format!(" {text} ")]))
                }
            }
            18..22 => {
                let junk = [
                    Json::Bool(true),
                    Json::Bool(false),
                    Json::Object(Vec::new()),
                    Json::List(Vec::new()),
                    Json::number(7),
                    Json::object(vec![("x", Json::number(1))]),
                    Json::text("many"),
                    Json::List(vec![Json::number(1)]),
                    Json::text("Select"),
                    Json::text("0"),
                    Json::number(0),
                ];
                chance.of(&junk)
            }
            _ => self.typed(field),
        })
    }

    fn hint<T: Clone>(&mut self, field: &Field, of: impl Fn(&Operand) -> Option<T>) -> Option<T> {
        let hints: Vec<T> = field.hints.borrow().iter().filter_map(of).collect();
        if hints.is_empty() || self.of.chance.percent(25) { None } else { Some(self.of.chance.of(&hints)) }
    }

    fn typed(&mut self, field: &Field) -> Json {
        let text_hint = |hint: &Operand| if let Operand::Text(text) = hint { Some(text.clone()) } else { None };
        match &field.kind {
            Kind::Text => {
                let hint = self.hint(field, text_hint);
                let pool = if field.path == ["kind"] { KINDS.to_vec() } else { TEXTS.to_vec() };
                let text = hint.unwrap_or_else(|| self.of.chance.of(&pool).to_owned());
                if field.path == ["kind"] && self.of.chance.percent(80) { Json::Text(text) } else { self.text(text) }
            }
            Kind::OneOf(values) => {
                if self.of.chance.percent(5) {
                    return self.of.chance.of(&[Json::text("other"), Json::number(1), Json::Number("1.0".to_owned())]);
                }
                let text = self.of.chance.of(values);
                Json::Text(self.vary(text))
            }
            Kind::Number => {
                let hint = self
                    .hint(field, |hint| if let Operand::Number(number) = hint { Some(number.clone()) } else { None });
                let number = hint.unwrap_or_else(|| Exact::decimal(self.of.chance.of(&NUMBERS)));
                self.number(number)
            }
            Kind::Money { .. } => self.money(field),
            Kind::Date | Kind::Time => self.time(field),
            Kind::YesNo => {
                let text = ["yes", "NO", "True", "false", "1", "0", " Yes ", "y", "on"].map(Json::text);
                let others = [Json::Bool(true), Json::Bool(false), Json::number(1), Json::number(0), Json::number(2)];
                self.of.chance.of(&[&text[..], &others, &others].concat())
            }
            Kind::Texts => {
                let mut texts: Vec<String> = Vec::new();
                for _ in 0..self.of.chance.range(0, 4) {
                    let text = self.hint(field, text_hint);
                    let text = text.unwrap_or_else(|| self.of.chance.of(&WORDS).to_owned());
                    texts.push(self.vary(text));
                }
                let chance = &mut self.of.chance;
                match chance.range(0, 9) {
                    0 => Json::number(42),
                    1..=3 => Json::text(texts.join(chance.of(&[";", "; ", " ;;"]))),
                    others => {
                        let mut list: Vec<Json> = texts.into_iter().map(Json::Text).collect();
                        match others {
                            4 => list.push(chance.of(&[
                                Json::Bool(true),
                                Json::Object(Vec::new()),
                                Json::List(Vec::new()),
                            ])),
                            5 => list.extend([Json::Null, Json::text(" "), Json::number(42)]),
                            _ => {}
                        }
                        Json::List(list)
                    }
                }
            }
            Kind::Items(fields) => {
                if self.of.chance.percent(4) {
                    let item = Json::object(vec![("kind", Json::text("accepted")), ("time", Json::text("2026-01-01"))]);
                    return self.of.chance.of(&[Json::text("page_view"), Json::number(5), Json::Bool(true), item]);
                }
                let count = self.of.chance.of(&[0, 1, 2, 3, 5, 8]);
                Json::List((0..count).map(|_| self.item(fields)).collect())
            }
        }
    }

    fn item(&mut self, fields: &[std::rc::Rc<Field>]) -> Json {
        if self.of.chance.percent(4) {
            return self.of.chance.of(&[Json::Null, Json::text("x"), Json::number(5), Json::List(Vec::new())]);
        }
        let mut item = Json::Object(Vec::new());
        for field in fields {
            let surely = matches!(field.kind, Kind::Time) || field.path == ["kind"];
            let value = if surely && self.of.chance.percent(85) { Some(self.typed(field)) } else { self.value(field) };
            if let Some(value) = value {
                put(&mut item, &field.path, value);
            }
        }
        item
    }

    /// Letters in another case, another normal form, or with white space about them.
    fn vary(&mut self, text: String) -> String {
        match self.of.chance.range(0, 9) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            2 => format!(
                "{}{text}{}",
                self.of.chance.of(&[" ", "\t", "\u{a0}", "\n"]),
                self.of.chance.of(&["", "\u{2003}"])
            ),
            3 => text.nfd().collect(),
            4 => text.replace('s', "ſ").replace('K', "\u{212a}").replace('σ', "ς"),
            _ => text,
        }
    }

    fn text(&mut self, mut text: String) -> Json {
        let chance = &mut self.of.chance;
        if text.starts_with('@') {
            let before = chance.of(&["ana", "a@b", "", "Иван"]);
            text = format!("{before}{text}{}", chance.of(&["", "", "", ".bg", " "]));
        }
        match chance.range(0, 24) {
            0 => return Json::Number(chance.of(&["42", "4.50", "-7", "1e3"]).to_owned()),
            1..=3 => text.insert_str(0, chance.of(&["Senior ", "pre", "x", "Mid-", "é"])),
            4..=6 => text += chance.of(&[" of Sales", "s", "2", "_x", ".", "\u{301}", " ß", ", CEO"]),
            7 => text = text.replace(' ', chance.of(&["  ", "-", ", ", "_", "\n"])),
            8 => _ = text.pop(),
            _ => {}
        }
        Json::Text(self.vary(text))
    }

    fn number(&mut self, number: Exact) -> Json {
        let chance = &mut self.of.chance;
        match chance.range(0, 29) {
            0 | 1 => return Json::Number(chance.of(&NO_NUMBERS).to_owned()),
            2 => return Json::text(chance.of(&NO_NUMBER_TEXTS)),
            _ => {}
        }
        let more = ["0", "0", "0", "0", "0", "0.01", "-0.01", "1", "-1", "0.000000001", "-0.000000001", "10", "300"];
        let number = number.plus(&Exact::decimal(chance.of(&more)));
        let text = number.text();
        let text = match chance.range(0, 9) {
            0 => text.clone() + if text.contains('.') { "0" } else { ".00" },
            1 => number.times(&Exact::decimal("10")).text() + "e-1",
            2 => number.times(&Exact::decimal("0.1")).text() + chance.of(&["e1", "E+1"]),
            _ => text,
        };
        if chance.percent(75) {
            Json::Number(text)
        } else {
            Json::text(chance.of(&[text.clone(), format!(" {text} ")]))
        }
    }

    fn money(&mut self, field: &Field) -> Json {
        let hint = self.hint(field, |hint| {
            if let Operand::Money(amount, currency) = hint { Some((amount.clone(), *currency)) } else { None }
        });
        let chance = &mut self.of.chance;
        let (mut amount, mut currency) =
            hint.unwrap_or_else(|| (Exact::decimal(chance.of(&AMOUNTS)), chance.of(&CURRENCIES)));
        // The same in another currency, exactly or nearly.
        let pairs: Vec<_> = self.of.policy.rates.iter().flat_map(|table| table.pairs.clone()).collect();
        if let Some((from, to, rate)) = (!pairs.is_empty()).then(|| chance.of(&pairs)) {
            if currency == from {
                (amount, currency) = (amount.times(&rate), to);
            } else if currency == to && matches!(rate.text().as_str(), "0.8" | "1.25" | "0.5") {
                let inverse = if rate.text() == "0.8" {
                    "1.25"
                } else if rate.text() == "0.5" {
                    "2"
                } else {
                    "0.8"
                };
                (amount, currency) = (amount.times(&Exact::decimal(inverse)), from);
            }
        }
        let amount = amount.plus(&Exact::decimal(chance.of(&["0", "0", "0", "0.01", "-0.01", "1", "0.00000001"])));
        let number =
            if chance.percent(80) { Json::Number(amount.text()) } else { Json::text(format!(" {}", amount.text())) };
        let in_currency = |amount: Json, currency: Json| Json::object(vec![("amount", amount), ("currency", currency)]);
        let amount = amount.text();
        match chance.range(0, 22) {
            0..=9 => in_currency(number, Json::text(chance.of(&[currency, currency, &currency.to_lowercase()]))),
            10..=12 => Json::text(format!("{currency} {amount}")),
            13 | 14 => number,
            15 => Json::object(vec![("amount", number)]),
            16 => in_currency(number, chance.of(&[Json::Null, Json::text(""), Json::text("EURO"), Json::number(1)])),
            17 => in_currency(chance.of(&[Json::Null, Json::text(" ")]), Json::text(currency)),
            18 => Json::object(vec![("currency", Json::text(currency))]),
            19 => in_currency(
                chance.of(&[Json::text("many"), Json::Bool(true), Json::text("1,000")]),
                Json::text(currency),
            ),
            20 => Json::text(chance.of(&[
                format!("{currency} many"),
                currency.to_owned(),
                format!("{amount} {currency}"),
            ])),
            _ => in_currency(number, Json::text("GBP")),
        }
    }

    fn instant(&mut self) -> i64 {
        let instants = self.instants.clone();
        let instant = self.of.chance.of(&instants);
        if !self.of.chance.percent(15) {
            return instant;
        }
        // So far from another occurrence, or nearly.
        let spans = [&[A_DAY], &self.of.spans[..]].concat();
        let (span, zone) = (self.of.chance.of(&spans), self.of.policy.zone());
        let near = self.of.chance.of(&[0, 0, 1, -1]);
        near + if self.of.chance.percent(50) {
            time::later(zone, instant, span)
        } else {
            time::earlier(zone, instant, span)
        }
    }

    fn time(&mut self, field: &Field) -> Json {
        if self.of.chance.percent(7) {
            let text = self.of.chance.of(&NO_TIMES);
            let is_number = text.parse::<f64>().is_ok() && self.of.chance.percent(60);
            return if is_number { Json::Number(text.to_owned()) } else { Json::text(text) };
        }
        let date = self.hint(field, |hint| if let Operand::Date(date) = hint { Some(*date) } else { None });
        if matches!(field.kind, Kind::Date) && self.of.chance.percent(75) {
            let (today, spans) = (self.of.today(), self.of.spans.clone());
            let mut date = date.unwrap_or(today);
            if self.of.chance.percent(50) {
                let whole =
                    |span: &&crate::model::Span| time::is_of_the_calendar(**span) || time::length(**span) % DAY == 0;
                let spans: Vec<_> = spans.iter().filter(whole).copied().chain([A_DAY]).collect();
                let span = self.of.chance.of(&spans);
                date = if self.of.chance.percent(50) {
                    time::later_date(today, span)
                } else {
                    time::earlier_date(today, span)
                };
            }
            return Json::text((date + TimeDelta::days(self.of.chance.of(&[0, 0, 0, 1, -1]))).to_string());
        }
        let literal =
            self.hint(field, |hint| if let Operand::Time { instant, .. } = hint { Some(*instant) } else { None });
        let instant = match literal.filter(|_| self.of.chance.percent(30)) {
            Some(instant) => instant + self.of.chance.of(&[0, 0, 1, -1]),
            None => self.instant(),
        };
        self.of.written(instant, false)
    }

    /// Often two fields hold what fits, so that a field beside a field is met too.
    fn twins(&mut self, lead: &mut Json) {
        let pairs = self.of.pairs.clone();
        for pair in self.of.chance.sample(&pairs, pairs.len().min(1), pairs.len().min(3)) {
            for (field, text) in pair {
                let text = self.vary(text);
                put(lead, &field.path, Json::Text(text));
            }
        }
        for _ in 0..3 {
            let fields = self.of.policy.fields.clone();
            let one = self.of.chance.of(&fields);
            let same =
                |field: &&std::rc::Rc<Field>| std::mem::discriminant(&field.kind) == std::mem::discriminant(&one.kind);
            let twins: Vec<_> = fields.iter().filter(same).cloned().collect();
            let other = self.of.chance.of(&twins);
            if !matches!(one.kind, Kind::Items(_))
                && self.of.chance.percent(60)
                && let Some(value) = self.value(&one)
            {
                put(lead, &one.path, value.clone());
                put(lead, &other.path, value);
            }
        }
    }
}
