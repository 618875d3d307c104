//! Policies and leads by chance: every kind of condition, of everything that a stage may ask for.

use serde_json::{Value, json};

use super::chance::Chance;

/// A policy while it is written.
pub struct Generator {
    pub chance: Chance,
    names: usize,
    criteria: Vec<String>,
    scores: Vec<String>,
    grades: Vec<String>,
    stages: Vec<String>,
    checklists: Vec<String>,
}

const HEAD: &str = r#"policy "chance"
  version 1
  working hours of "office"
lead
  empty when "n/a"
  title is text
  industry is text
  email is text, private
  size is a number
  level is a number, when empty 2
  budget is money
  value is money in EUR
  due is a date
  seen is a time
  opted is yes or no
  agreed is yes or no, when empty no
  source is one of "web", "fair", "mail"
  tags is a list of text
  entered_at is a time
  log is a list of:
    - kind is text
    - time is a time
  past is a list, when empty none, of:
    - kind is text
    - time is a time
list "free":
  - "free.example"
  - "mail.example"
calendar "office"
  time zone "Europe/Sofia"
  open Monday to Friday, 09:00 to 17:00
rates on 2020-01-01
  - USD 1 is EUR 0.5
event "a"
  from log where kind is "a"
  dated by time
event "b"
  from log where kind is "b"
  dated by time
event "c"
  from past where kind is "c"
  dated by time
event "d"
  from past where kind is "d"
  dated by time
event "in"
  dated by entered_at
"#;

impl Generator {
    pub fn new(seed: u64) -> Generator {
        Generator {
            chance: Chance::new(seed),
            names: 0,
            criteria: Vec::new(),
            scores: Vec::new(),
            grades: Vec::new(),
            stages: Vec::new(),
            checklists: Vec::new(),
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind} {}", self.names)
    }

    fn of(&mut self, these: &[&str]) -> String {
        self.chance.of(these).to_owned()
    }

    fn event(&mut self) -> String {
        self.of(&["a", "b", "c", "d", "in"])
    }

    /// A whole policy.
    pub fn policy(&mut self) -> String {
        let mut text = HEAD.to_owned();
        for _ in 0..self.chance.range(1, 3) {
            let name = self.name("criterion");
            text += &format!("criterion \"{name}\"\n  is met when {}", self.condition(2));
            if self.chance.percent(40) {
                text += &format!("  if unknown, treat as {}\n", self.chance.of(&["met", "not met"]));
            }
            self.criteria.push(name);
        }
        if self.chance.percent(50) {
            let name = self.name("checklist");
            text += &format!("checklist \"{name}\"\n");
            for label in ["one", "two", "three", "four"] {
                text += &format!("  - {label}: {}\n", self.leaf());
            }
            self.checklists.push(name);
        }
        for _ in 0..self.chance.range(0, 2) {
            text += &self.score();
        }
        if self.chance.percent(40) {
            text += &self.grade();
        }
        if self.chance.percent(40) {
            text += &format!("disqualify \"no\"\n  when {}", self.condition(2));
        }
        for _ in 0..self.chance.range(1, 3) {
            let name = self.name("stage");
            text += &format!("stage \"{name}\"\n  is reached when {}", self.condition(4));
            if self.chance.percent(25) {
                let entered = self.event();
                text += &format!("  entered when \"{entered}\"\n");
                let left = self.of(&["a", "b", "c", "d"]);
                if left != entered {
                    text += &format!(
                        "  left when \"{left}\"{}\n",
                        self.chance.of(&["", ", for 30 days", ", for 2 months"])
                    );
                }
                if self.chance.percent(20) {
                    text += "  only while it passes its test\n";
                }
            }
            self.stages.push(name);
        }
        text
    }

    /// A condition of an own statement, groups and all.
    fn condition(&mut self, depth: usize) -> String {
        self.group(depth, depth, 4)
    }

    fn group(&mut self, depth: usize, left: usize, indent: usize) -> String {
        if left == 0 || (left < depth && self.chance.percent(60)) {
            return format!("{}\n", self.leaf());
        }
        let count = self.chance.range(2, 4);
        let head = match self.chance.index(5) {
            0 | 1 => "all of".to_owned(),
            2 => "any of".to_owned(),
            3 => "none of".to_owned(),
            _ => format!("at least {} of", self.chance.range(1, count)),
        };
        let mut text = format!("{head}:\n");
        for _ in 0..count {
            text += &format!("{}- {}", " ".repeat(indent), self.group(depth, left - 1, indent + 4));
        }
        text
    }

    fn leaf(&mut self) -> String {
        let n = self.chance.range(0, 9);
        let duration = self.of(&["30 days", "1 month", "2 weeks", "3 days", "2 business days"]);
        let days = self.of(&["30 days", "1 month", "2 weeks", "1 year"]);
        let texts = ["\"head\"", "\"VP sales\"", "\"intern\"", "\"lead\"", "\"Chief\""];
        let (one, two) = (self.of(&texts), self.of(&texts));
        let compare = self.of(&["at least", "at most", "more than", "less than"]);
        match self.chance.index(24) {
            0 => format!(
                "{} is {}",
                self.of(&["title", "size", "budget", "tags", "due", "email"]),
                self.of(&["filled in", "empty"])
            ),
            1 => format!("{} is {one}", self.of(&["title", "industry"])),
            2 => format!("title is not one of {one}, {two}"),
            3 => format!(
                "title {} {one}",
                self.of(&["contains", "does not contain", "starts with", "ends with", "contains the word"])
            ),
            4 => format!("title contains any of the words {one}, {two}"),
            5 => format!(
                "domain of email {}",
                self.of(&[
                    "is in list \"free\"",
                    "is not in list \"free\"",
                    "ends with \".edu\"",
                    "does not end with \".edu\""
                ])
            ),
            6 => format!("industry matches pattern \"{}\"", self.of(&["^f[o]{2}d", "(tech|bio) [0-9]+", "a.c"])),
            7 => format!("size is {compare} {n}"),
            8 => {
                format!("size is {}", self.of(&["between 3 and 5", "not 4", "7", "at least level", "less than level"]))
            }
            9 => format!("level is {compare} {n}"),
            10 => format!("budget is {compare} {} {n}", self.of(&["EUR", "USD"])),
            11 => format!("value is {}", self.of(&["at least budget", "less than EUR 5", "EUR 3", "more than budget"])),
            12 => format!(
                "due is {}",
                self.of(&[
                    "before 2026-03-10",
                    "on or after 2026-05-01",
                    "on 2026-04-04",
                    "between 2026-01-01 and 2026-02-01"
                ])
            ),
            13 => format!("due is {} {days}", self.of(&["within the last", "within the next"])),
            14 => format!("due is more than {days} {}", self.of(&["ago", "ahead"])),
            15 => format!("seen is {} {duration}", self.of(&["within the last", "within the next"])),
            16 => format!("seen is {}", self.of(&["before 2026-03-01", "after 2026-03-05", "on or before entered_at"])),
            17 => format!("{} is {}", self.of(&["opted", "agreed"]), self.of(&["yes", "no"])),
            18 => format!("source is {}", self.of(&["\"web\"", "not \"web\"", "one of \"fair\", \"mail\""])),
            19 => format!(
                "tags includes {}",
                self.of(&["\"x\"", "any of \"x\", \"y\"", "all of \"x\", \"z\"", "none of \"x\", \"y\""])
            ),
            _ => self.reference(&duration),
        }
    }

    fn reference(&mut self, duration: &str) -> String {
        let (event, other) = (self.event(), self.event());
        match self.chance.index(9) {
            0 | 1 if !self.criteria.is_empty() => {
                let name = self.chance.of(&self.criteria);
                format!("\"{name}\" is {}", self.of(&["met", "not met"]))
            }
            2 if !self.checklists.is_empty() => {
                let name = self.chance.of(&self.checklists);
                let including = self.of(&["", ", including one", ", including two, three"]);
                format!("at least {} items of \"{name}\" are met{including}", self.chance.range(2, 4))
            }
            3 | 4 if !self.scores.is_empty() => {
                let name = self.chance.of(&self.scores);
                let compare = self.of(&["at least", "at most", "more than", "less than"]);
                match self.chance.index(6) {
                    0 => format!("score \"{name}\" is between 20 and 30"),
                    1 => format!("score \"{name}\" is at least size"),
                    _ => format!("score \"{name}\" is {compare} {}", self.chance.of(&[5, 20, 35, 50, 80])),
                }
            }
            5 if !self.grades.is_empty() => {
                let name = self.chance.of(&self.grades);
                format!("grade \"{name}\" is {}", self.of(&["\"A\"", "one of \"A\", \"B\"", "\"C\""]))
            }
            6 if !self.stages.is_empty() => {
                let name = self.chance.of(&self.stages);
                format!("stage \"{name}\" {}", self.of(&["is reached", "is not reached", "passes its test"]))
            }
            _ => {
                let count = self.of(&[
                    "happened",
                    "did not happen",
                    "happened at least 2 times",
                    "happened at most 1 time",
                    "happened exactly 1 time",
                    "happened on at least 2 different days",
                ]);
                let window = match self.chance.index(6) {
                    0 | 1 => format!(" within the last {duration}"),
                    2 => format!(" more than {duration} ago"),
                    3 if event != other => format!(" since the last \"{other}\""),
                    4 if event != other => format!(" before the first \"{other}\""),
                    5 if event != other => format!(" within {duration} after the last \"{other}\""),
                    _ => String::new(),
                };
                format!("\"{event}\" {count}{window}")
            }
        }
    }

    fn score(&mut self) -> String {
        let name = self.name("score");
        let mut text = format!("score \"{name}\"\n");
        if self.chance.percent(50) {
            text += "  never below 0\n";
        }
        if self.chance.percent(50) {
            text += "  never above 100\n";
        }
        if self.chance.percent(20) {
            text += &format!("  starts again at \"{}\"\n", self.event());
        }
        for _ in 0..self.chance.range(1, 4) {
            let (event, leaf) = (self.event(), self.leaf());
            let sign = self.of(&["add", "add", "remove"]);
            let points = self.chance.of(&[10, 15, 40]);
            text += &match self.chance.index(8) {
                0 | 1 => format!("  {sign} {points} points when {leaf}\n"),
                2 => format!(
                    "  {sign} points:\n    - 30 when {leaf}\n    - 10 when {}\n    - 0 otherwise\n",
                    self.leaf()
                ),
                3 => format!("  {sign} points by size:\n    - 20 from 6\n    - 10 from 3\n    - 0 otherwise\n"),
                4 => format!("  {sign} {points} points for each \"{event}\", at most 45 points\n"),
                5 => {
                    let more = self.of(&[
                        ", halving every 14 days",
                        " within the last 90 days, counted once every 7 days",
                        ", losing 5 points every 30 days",
                        " within the last 30 days",
                    ]);
                    format!("  {sign} {points} points for each \"{event}\"{more}\n")
                }
                6 => format!("  remove 10 points for every 30 days without \"{event}\", at most 30 points\n"),
                _ => match self.scores.first().cloned() {
                    Some(other) => format!("  add {}score \"{other}\", at most 40 points\n", self.of(&["", "40% of "])),
                    None => format!("  {sign} level points, at most 30 points\n"),
                },
            };
        }
        self.scores.push(name);
        text
    }

    fn grade(&mut self) -> String {
        let name = self.name("grade");
        let text = match self.scores.first().cloned() {
            Some(score) if self.chance.percent(60) => {
                format!(
                    "grade \"{name}\" of score \"{score}\"\n  - \"A\" from 60\n  - \"B\" from 20\n  - \"C\" otherwise\n"
                )
            }
            _ => {
                let (a, b) = (self.leaf(), self.leaf());
                format!("grade \"{name}\"\n  - \"A\" when {a}\n  - \"B\" when {b}\n  - \"C\" otherwise\n")
            }
        };
        self.grades.push(name);
        text
    }

    /// A value for a field.
    pub fn value(&mut self, field: &str) -> Value {
        if self.chance.percent(30) {
            return self.chance.of(&[Value::Null, json!("n/a"), json!({"odd": true})]);
        }
        let n = self.chance.range(0, 9);
        match field {
            "title" | "industry" => {
                json!(self.of(&[
                    "Head of sales",
                    "VP Sales",
                    "Chief intern",
                    "clerk",
                    "food",
                    "tech 5",
                    "lead",
                    "intern"
                ]))
            }
            "email" => json!(self.of(&["a@free.example", "b@uni.edu", "c@firm.example", "nobody"])),
            "size" | "level" => self.chance.of(&[json!(n), json!(n.to_string()), json!("many")]),
            "budget" | "value" => self.chance.of(&[
                json!({"amount": n, "currency": "EUR"}),
                json!({"amount": n, "currency": "USD"}),
                json!(format!("GBP {n}")),
            ]),
            "due" => json!(self.of(&["2026-03-10", "2026-03-25", "2026-05-05", "2025-12-31", "2026-01-15", "soon"])),
            "seen" | "entered_at" => json!(self.time()),
            "opted" | "agreed" => self.chance.of(&[json!(true), json!("no"), json!("maybe")]),
            "source" => json!(self.of(&["web", "Fair", "mail", "fax"])),
            "tags" => self.chance.of(&[json!([]), json!(["x"]), json!("y; z"), json!(["x", "z"]), json!(7)]),
            log => {
                let kinds = if log == "log" { ["a", "b"] } else { ["c", "d"] };
                let count = self.chance.range(0, 4);
                (0..count).map(|_| json!({"kind": self.of(&kinds), "time": self.time()})).collect()
            }
        }
    }

    fn time(&mut self) -> String {
        self.of(&[
            "2026-03-10T09:00:00Z",
            "2026-03-08T15:30:00Z",
            "2026-02-20T10:00:00Z",
            "2026-01-02T10:00:00Z",
            "2025-11-01T10:00:00Z",
            "2026-03-20T10:00:00Z",
        ])
    }

    pub fn lead(&mut self) -> Value {
        let mut lead = json!({"id": "L"});
        for field in FIELDS {
            lead[field] = self.value(field);
        }
        lead
    }
}

pub const FIELDS: [&str; 17] = [
    "title",
    "industry",
    "email",
    "size",
    "level",
    "budget",
    "value",
    "due",
    "seen",
    "opted",
    "agreed",
    "source",
    "tags",
    "entered_at",
    "log",
    "past",
    "unread",
];

/// What an item of a log looks like for an event; null for the event that a field dates.
pub fn item(event: &str) -> Value {
    if event == "in" { Value::Null } else { json!({"kind": event}) }
}
