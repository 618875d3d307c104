//! Random policies: every row of the conditions is as likely as any other.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::{Days, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use crate::chance::Chance;
use crate::exact::Exact;
use crate::model::{Calendar, Event, Field, Handover, Kind, List, Operand, Policy, Rates, Span, Unit};
use crate::time::{self, DAY, MINUTE, SECOND};

/// Instants at the ends of months and years, and about the changes of the clocks in several zones.
const NOWS: [&str; 13] = [
    "2026-03-10T09:00:00Z",
    "2026-03-31T12:30:00Z",
    "2026-03-29T01:30:00Z",
    "2026-10-25T00:30:00Z",
    "2026-05-31T23:59:59.5Z",
    "2024-02-29T10:00:00Z",
    "2026-01-01T00:00:00Z",
    "2026-08-15T15:45:30.123456Z",
    "2026-11-01T05:30:00Z",
    "2026-12-31T22:30:00Z",
    "2026-04-05T06:00:00Z",
    "2026-03-09T14:15:00Z",
    // Apia had no 30 December.
    "2011-12-31T12:00:00Z",
];

pub const ZONES: [Tz; 12] = [
    Tz::UTC,
    Tz::Europe__Sofia,
    Tz::America__New_York,
    Tz::Asia__Kolkata,
    Tz::Europe__London,
    Tz::America__Santiago,
    Tz::Australia__Sydney,
    Tz::Pacific__Auckland,
    Tz::Asia__Kathmandu,
    Tz::Pacific__Apia,
    Tz::Pacific__Chatham,
    Tz::Australia__Lord_Howe,
];

/// Where the clocks change in one of these zones.
const CHANGES: [&str; 9] = [
    "2026-03-29T03:30:00",
    "2026-03-08T02:30:00",
    "2026-03-29T01:30:00",
    "2026-09-06T00:30:00",
    "2026-10-04T02:30:00",
    "2026-09-27T02:30:00",
    "2026-10-25T03:30:00",
    "2026-11-01T01:30:00",
    "2026-04-05T02:30:00",
];

pub const CURRENCIES: [&str; 3] = ["EUR", "USD", "BGN"];
pub const KINDS: [&str; 6] = ["page_view", "demo_request", "accepted", "rejected", "e-mail opened", "Обаждане"];
pub const WORDS: [&str; 22] = [
    "VP",
    "chief",
    "head",
    "intern",
    "student",
    "manager",
    "marketing",
    "sales",
    "Продажби",
    "директор",
    "Straße",
    "café",
    "naïve",
    "Ångström",
    "vice president",
    "CEO",
    "R2D2",
    "Λόγος",
    "BG",
    "Acme",
    "e-mail",
    "rival.com",
];
pub const TEXTS: [&str; 24] = [
    "VP Marketing",
    "Vice-President, Sales",
    "international student",
    "Head of internal audit",
    "chief  executive",
    "CEO",
    "BG",
    "Търговски директор",
    "Продажби",
    "café owner",
    "STRASSE",
    "Straße 5",
    "ana@contoso.com",
    "bob@Gmail.com",
    "x@uni.edu",
    "rival.com",
    "a@b@rival.com",
    "no at sign",
    "trailing@",
    "Manager (R2D2)",
    "ΛΌΓΟΣ",
    "42",
    "vice_president",
    "e mail",
];
pub const DOMAINS: [&str; 5] = ["gmail.com", "contoso.com", "rival.com", "uni.edu", "b.org"];
pub const NUMBERS: [&str; 14] =
    ["0", "1", "3", "5", "10", "11", "50", "100", "1000", "5000", "0.5", "12.5", "-3", "49.99"];
pub const AMOUNTS: [&str; 6] = ["0", "100", "5000", "10000", "99.9", "25000"];
const ENUMS: [&[&str]; 4] = [
    &["webinar", "demo form", "me@uni.edu", "info@b.org"],
    &["ana@contoso.com", "bob@rival.com", "ROW", "CEO"],
    &["ново", "бюро@b.org", "Ново2", "x@uni.edu"],
    &["BG", "bob@rival.com", "1", "sales@gmail.com"],
];

/// What a policy is made in: the instant it will judge at, and all that is chosen by chance.
pub struct Generator {
    pub chance: Chance,
    pub now: i64,
    pub policy: Policy,
    /// The lengths and instants that the policy's own windows and literals turn on.
    pub spans: Vec<Span>,
    pub instants: Vec<i64>,
    /// Two fields that are compared, with texts of theirs that fit.
    pub pairs: Vec<[(Rc<Field>, String); 2]>,
}

/// A policy and the instant at which it judges.
pub fn generate(seed: u64) -> Generator {
    let mut generator = started(seed);
    generator.everything();
    generator
}

/// What a policy has whatever stands in it.
pub fn started(seed: u64) -> Generator {
    let mut chance = Chance::new(seed);
    let now = chance.of(&NOWS);
    let now = chrono::DateTime::parse_from_rfc3339(now).unwrap().timestamp_micros();
    let policy = Policy {
        name: chance.of(&["Acme: from lead to sale", "Договор \"А\"", "back\\slash"]).to_owned(),
        version: chance.range(1, 12),
        effective_from: None,
        effective_until: None,
        identified_by: vec!["id".to_owned()],
        empty_when: strings(chance.of::<&[&str]>(&[&[], &[], &["Select", "null"], &["n/a"]])),
        fields: Vec::new(),
        lists: Vec::new(),
        calendar: None,
        calendars: Vec::new(),
        rates: Vec::new(),
        events: Vec::new(),
        handover: None,
        slas: Vec::new(),
        statements: Vec::new(),
        others: Vec::new(),
        library: chance.percent(12),
        layout: chance.bits(),
    };
    Generator { chance, now, policy, spans: Vec::new(), instants: Vec::new(), pairs: Vec::new() }
}

impl Generator {
    fn everything(&mut self) {
        self.policy.calendar = self.chance.percent(80).then(|| self.default_calendar());
        if self.chance.percent(20) {
            self.other_calendars();
        }
        let today = self.today();
        self.policy.effective_from = self.chance.some(40, |chance| chance.of(&[today, today.succ_opt().unwrap()]));
        let last = self.policy.effective_from.unwrap_or(today);
        self.policy.effective_until = self.chance.some(40, |chance| chance.of(&[last, last + Days::new(400)]));
        if self.chance.percent(25) {
            self.policy.identified_by = strings(&["crm", "Lead Id"]);
        }
        self.fields();
        self.lists();
        self.rates();
        self.events();
        self.statements();
        self.others();
    }

    pub fn today(&self) -> NaiveDate {
        time::date(self.policy.zone(), self.now)
    }

    pub fn default_calendar(&mut self) -> Calendar {
        let (name, zone) = (self.chance.of(&["Sofia office", "офис"]), self.chance.of(&ZONES));
        self.calendar(name, zone)
    }

    pub fn calendar(&mut self, name: &str, zone: Tz) -> Calendar {
        let weekdays = || vec![0, 1, 2, 3, 4];
        let week = match self.chance.range(0, 8) {
            0 | 1 => vec![(weekdays(), vec![(540, 780), (840, 1080)])],
            2 => vec![(vec![6, 0, 1, 2, 3], vec![(480, 1020)])],
            3 => vec![(weekdays(), vec![(1320, 360)]), (vec![5], vec![(600, 840)])],
            // Until after midnight, while the next date's hours have begun.
            4 => vec![((0..7).collect(), vec![(60, 300), (1200, 120)])],
            5 => vec![(vec![0, 2, 4], vec![(540, 1440)])],
            // Half a day on Saturday, and hours about the time at which clocks change.
            6 => vec![(weekdays(), vec![(570, 1110)]), (vec![5], vec![(540, 780)])],
            7 => vec![((0..7).collect(), vec![(0, 90), (150, 1440)])],
            _ => Vec::new(),
        };
        let today = time::date(zone, self.now);
        let chance = &mut self.chance;
        let near = |chance: &mut Chance| today + Days::new(chance.bits() % 9) - Days::new(5);
        let instead = [vec![(600, 660), (700, 720)], vec![(600, 660), (700, 720)], vec![(1320, 360)], vec![(0, 1440)]];
        let closed = (0..chance.range(0, 2)).map(|_| near(chance)).collect::<Vec<_>>();
        let mut open = (0..chance.range(0, 2)).map(|_| (near(chance), chance.of(&instead))).collect::<Vec<_>>();
        let mut holidays = (0..chance.range(0, 3)).map(|_| near(chance)).collect::<Vec<_>>();
        if !holidays.is_empty() {
            // The file speaks for the years around, so that no business time runs past its end.
            holidays.extend((2005..2056).filter_map(|year| NaiveDate::from_ymd_opt(year, 5, 3)));
        }
        let mut closed = closed;
        for dates in [&mut closed, &mut holidays] {
            dates.sort();
            dates.dedup();
        }
        open.dedup_by_key(|(date, _)| *date);
        if open.len() == 2 && open[0].0 == open[1].0 {
            open.pop();
        }
        Calendar {
            name: name.to_owned(),
            zone,
            always_open: week.is_empty(),
            week,
            closed,
            open,
            holidays,
            open_on: RefCell::default(),
        }
    }

    pub fn fields(&mut self) {
        const PATHS: [(&str, &[&[&str]], usize); 8] = [
            (
                "text",
                &[
                    &["email"],
                    &["job_title"],
                    &["company", "country"],
                    &["Lead Source"],
                    &["фирма", "име"],
                    &["stage"],
                    &["at"],
                    &["domain"],
                ],
                3,
            ),
            (
                "number",
                &[
                    &["company", "employees"],
                    &["company", "No. of staff"],
                    &["score"],
                    &["no"],
                    &["all"],
                    &["брой"],
                    &["points"],
                ],
                3,
            ),
            ("money", &[&["budget"], &["deal_value"], &["company", "revenue"], &["any"]], 2),
            ("date", &[&["timeline", "purchase_by"], &["renewal"], &["before"], &["дата"]], 2),
            ("time", &[&["mql_at"], &["last_seen"], &["timeline", "demo_at"], &["now"]], 4),
            ("yes or no", &[&["unsubscribed"], &["is_customer"], &["yes"]], 1),
            ("one of", &[&["source"], &["tier"], &["company", "kind"]], 2),
            ("list of text", &[&["interests"], &["tags"], &["filled"]], 1),
        ];
        for (kind, paths, count) in PATHS {
            for path in self.chance.sample(paths, count, count) {
                let field = self.field(kind, path);
                self.policy.fields.push(field);
            }
        }
        for path in self.chance.sample(&[&["activities"][..], &["history"], &["crm", "log"], &["x events"]], 2, 2) {
            let dated = if self.chance.percent(80) { "time" } else { "date" };
            let log = self.log(path, dated);
            self.policy.fields.push(log);
        }
        self.chance.shuffle(&mut self.policy.fields);
    }

    pub fn field(&mut self, kind: &str, path: &[&str]) -> Rc<Field> {
        let currency = self.chance.some(50, |chance| chance.of(&CURRENCIES));
        let kind = match kind {
            "text" => Kind::Text,
            "number" => Kind::Number,
            "money" => Kind::Money { currency },
            "date" => Kind::Date,
            "time" => Kind::Time,
            "yes or no" => Kind::YesNo,
            "one of" => Kind::OneOf(strings(self.chance.of(&ENUMS))),
            _ => Kind::Texts,
        };
        let when_empty = if self.chance.percent(12) { self.instead(&kind) } else { None };
        let empty = |chance: &mut Chance| chance.sample(&["Select", "n/a", "0", "-1", "Няма"].map(str::to_owned), 1, 2);
        Rc::new(Field {
            path: strings(path),
            kind,
            empty_when: self.chance.some(20, empty).unwrap_or_default(),
            when_empty,
            private: self.chance.percent(15),
            called: self.chance.some(10, |chance| chance.of(&["purchase date", "Поле", "a \"q\""]).to_owned()),
            hints: RefCell::default(),
        })
    }

    /// A value for `when empty`.
    fn instead(&mut self, kind: &Kind) -> Option<Operand> {
        Some(match kind {
            Kind::Text => Operand::Text(self.chance.of(&WORDS).to_owned()),
            Kind::Number => Operand::Number(self.number()),
            Kind::Money { .. } => Operand::Money(Exact::decimal(self.chance.of(&AMOUNTS)), self.chance.of(&CURRENCIES)),
            Kind::Date => Operand::Date(self.near_date()),
            Kind::Time => self.near_time(),
            Kind::YesNo => Operand::YesNo(self.chance.percent(50)),
            Kind::OneOf(values) => Operand::Text(self.chance.of(values)),
            Kind::Texts | Kind::Items(_) => return None,
        })
    }

    pub fn number(&mut self) -> Exact {
        Exact::decimal(self.chance.of(&NUMBERS))
    }

    /// A date near today, or far from it.
    pub fn near_date(&mut self) -> NaiveDate {
        let days = self.chance.of(&[0, 0, 1, -1, -7, 30, -30, 100, -200]);
        let date = self.today() + chrono::TimeDelta::days(days);
        let first = time::first_instant(self.policy.zone(), date);
        let next = time::first_instant(self.policy.zone(), date.succ_opt().unwrap());
        self.instants.extend([first, first - 1, next, next - 1]);
        date
    }

    /// A time near now, in one of the ways of writing it.
    pub fn near_time(&mut self) -> Operand {
        let minutes = self.chance.of(&[0, 0, -60, 60, -1440, 1440, -30 * 1440, 7 * 1440, -100_000]);
        let mut instant = (self.now / MINUTE + minutes) * MINUTE;
        // A time that does not exist in the policy's zone, or occurs twice.
        let zone = self.policy.zone();
        let changes: Vec<NaiveDateTime> = CHANGES.iter().map(|written| written.parse().unwrap()).collect();
        let changes: Vec<_> =
            changes.into_iter().filter(|one| zone.from_local_datetime(one).single().is_none()).collect();
        let written = match self.chance.range(0, 3) {
            0 => {
                instant += self.chance.of(&[0, 5 * SECOND]);
                time::rfc3339(instant)
            }
            1 => {
                let offset = self.chance.of(&["+02:00", "-05:30", "+00:00"]);
                let zone: chrono::FixedOffset = offset.parse().unwrap();
                format!("{}{offset}", time::utc(instant).with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S"))
            }
            2 if !changes.is_empty() => {
                let written = self.chance.of(&changes);
                instant = time::instant(zone, written);
                written.format("%Y-%m-%d %H:%M").to_string()
            }
            _ => {
                // Of two local times that are the same, the first.
                let local = time::local(self.policy.zone(), instant);
                instant = time::instant(self.policy.zone(), local);
                local.format("%Y-%m-%d %H:%M").to_string()
            }
        };
        self.instants.extend([instant, instant - 1, instant + 1]);
        Operand::Time { instant, written }
    }

    /// A length in one of these units.
    pub fn span(&mut self, units: &[Unit]) -> Span {
        let unit = self.chance.of(units);
        let counts: &[i64] = match unit {
            Unit::Minute => &[1, 15, 30, 90],
            Unit::Hour => &[1, 4, 24, 36],
            Unit::Day => &[1, 2, 7, 14, 30, 90, 365],
            Unit::Week => &[1, 2, 6],
            Unit::Month => &[1, 2, 3, 6, 13],
            Unit::Year => &[1, 2],
        };
        let span = Span { count: self.chance.of(counts), unit, business: false };
        self.spans.push(span);
        span
    }

    pub fn business_span(&mut self) -> Span {
        let unit = self.chance.of(&[Unit::Minute, Unit::Hour, Unit::Day, Unit::Day]);
        let count = self.chance.of(&[1, 2, 3, 10]) * if unit == Unit::Minute { 15 } else { 1 };
        self.spans.push(Span { count, unit, business: false });
        Span { count, unit, business: true }
    }

    pub fn lists(&mut self) {
        let names = ["free mail", "competitors", "списък"];
        let entries: Vec<&str> = DOMAINS.into_iter().chain(WORDS).chain(["ROW", "webinar", "ново"]).collect();
        for name in self.chance.sample(&names, 1, 2) {
            let entries = strings(&self.chance.sample(&entries, 3, 9));
            self.policy.lists.push(List { name: name.to_owned(), entries, in_a_file: self.chance.percent(30) });
        }
    }

    fn rates(&mut self) {
        let today = self.today();
        let near = [today, today.succ_opt().unwrap(), today - Days::new(40), today - Days::new(2000)];
        for date in self.chance.sample(&near, 0, 4) {
            let euro = self.chance.of(&["0.92", "0.8", "1.25"]);
            let pairs = [("USD", "EUR", euro), ("EUR", "BGN", "1.95583"), ("BGN", "USD", "0.5")];
            let pairs = self.chance.sample(&pairs, 1, 3);
            let pairs = pairs.into_iter().map(|(from, to, rate)| (from, to, Exact::decimal(rate))).collect();
            self.policy.rates.push(Rates { date, pairs, in_a_file: self.chance.percent(25) });
        }
    }

    fn events(&mut self) {
        let names = [
            "pricing page viewed",
            "demo requested",
            "became an MQL",
            "accepted",
            "rejected",
            "обаждане",
            "say \"hi\"",
        ];
        for (place, name) in self.chance.sample(&names, 6, 7).into_iter().enumerate() {
            let is_dated = |field: &&Rc<Field>| matches!(field.kind, Kind::Time | Kind::Date);
            let of_the_lead = self.policy.fields.clone();
            let (from, fields) = if place < 2 || self.chance.percent(10) {
                (None, of_the_lead)
            } else {
                let logs: Vec<_> =
                    of_the_lead.iter().filter(|field| matches!(field.kind, Kind::Items(_))).cloned().collect();
                let log = self.chance.of(&logs);
                let Kind::Items(items) = &log.kind else { panic!("no list of items") };
                (Some(log.clone()), items.clone())
            };
            let dates: Vec<_> = fields.iter().filter(is_dated).cloned().collect();
            let texts: Vec<_> = fields.iter().filter(|field| matches!(field.kind, Kind::Text)).cloned().collect();
            let event = Event {
                name: name.to_owned(),
                condition: if from.is_some() && self.chance.percent(85) {
                    Some(self.of_an_item(&fields))
                } else {
                    None
                },
                from,
                dated_by: self.chance.of(&dates),
                reason_in: self.chance.some(40, |chance| chance.of(&texts)),
            };
            self.policy.events.push(event);
        }
        if self.chance.percent(50) {
            let reasons = self.chance.sample(&["no budget", "CEO", "BG"], 1, 3);
            let (handed_over_at, rejected_at) = (self.event_name(), self.event_names(2));
            self.policy.handover = Some(Handover { handed_over_at, rejected_at, reasons: strings(&reasons) });
        }
    }

    pub fn event_names(&mut self, most: usize) -> Vec<String> {
        let names: Vec<String> = self.policy.events.iter().map(|event| event.name.clone()).collect();
        self.chance.sample(&names, 1, most)
    }

    pub fn some_field(&mut self, kind: impl Fn(&Kind) -> bool) -> Rc<Field> {
        let fields: Vec<_> = self.policy.fields.iter().filter(|field| kind(&field.kind)).cloned().collect();
        self.chance.of(&fields)
    }

    pub fn event_name(&mut self) -> String {
        self.event_names(1).remove(0)
    }
}

pub fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A day, as a length of time.
pub const A_DAY: Span = Span { count: 1, unit: Unit::Day, business: false };
pub const YEAR: i64 = 365 * DAY;
