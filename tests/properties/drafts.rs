//! Policies and leads by chance: a policy as statements, so that their order and their bullets can be changed; a lead
//! as a choice of a value for each field.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The fields, of every type, and the events, which read logs that may be absent, one that is never, and two times.
pub const DATA: [&str; 7] = [
    r#"lead
  empty when "Select"
  title is text
  email is text
  size is a number
  company.seats is a number
  budget is money in EUR
  due is a date
  seen is a time
  optin is yes or no
  vip is yes or no, when empty no
  source is one of "web", "fair"
  tags is a list of text
  entered_at is a time
  left_at is a time
  activities is a list of:
    - kind is text
    - page is text
    - time is a time
  history is a list, when empty none, of:
    - what is text
    - time is a time
"#,
    "rates on 2026-01-01\n  - USD 1 is EUR 0.92\n",
    "list \"free mail\":\n  - \"gmail.com\"\n  - \"mail.example\"\n",
    "event \"visit\"\n  from activities where kind is \"visit\"\n  dated by time\n",
    "event \"pricing\"\n  from activities where all of:\n    - kind is \"visit\"\n    - page starts with \"/pricing\"\n  dated by time\n",
    "event \"done\"\n  from history where what is \"done\"\n  dated by time\n",
    "event \"entered\"\n  dated by entered_at\n\nevent \"left\"\n  dated by left_at\n",
];

/// The values of each field: those that are known, and those that are empty or of the wrong type.
const VALUES: [(&str, &[&str], &[&str]); 15] = [
    ("title", &[r#""VP Sales""#, r#""intern, sales""#, r#""Chief""#, "7"], &["null", r#"" ""#, r#""Select""#, "true"]),
    ("email", &[r#""a@GMAIL.com""#, r#""b@acme.edu""#, r#""c@acme.example""#], &["null", "[]"]),
    ("size", &["5", "50", r#""49.99""#, "-3", "1e3"], &["null", r#""many""#, "1e400"]),
    ("company", &[r#"{"seats":99.99}"#, r#"{"seats":100}"#, r#"{"seats":0}"#], &["{}", r#"{"seats":"x"}"#, "5"]),
    ("budget", &["100", r#""EUR 99""#, r#"{"amount":109,"currency":"USD"}"#, "5000"], &[r#""""#, r#""GBP 1 000""#]),
    ("due", &[r#""2026-03-09""#, r#""2026-03-10""#, r#""2026-09-10""#], &["null", r#""soon""#, r#""2026-02-30""#]),
    ("seen", &[r#""2026-03-10T12:00:00Z""#, r#""2026-03-01""#, "1773126000000"], &["null", "5", r#""never""#]),
    ("optin", &["true", "0", r#""No""#], &["null", r#""maybe""#]),
    ("vip", &["true", "false"], &[r#""perhaps""#]),
    ("source", &[r#""Web""#, r#""fair""#], &["null", r#""fax""#]),
    ("tags", &[r#""a;b""#, r#"["a"]"#, "[]", r#"["c",null]"#], &["null", r#"[{}]"#]),
    // An empty time has not happened, which is known: what is not known is a time of the wrong type.
    ("entered_at", &[r#""2026-03-01""#, r#""2026-03-08T12:00:00Z""#, r#""2026-03-11""#], &[r#""once""#]),
    ("left_at", &[r#""2026-03-01""#, r#""2026-03-05""#, r#""2026-03-09T12:00:00Z""#], &[r#""once""#]),
    (
        "activities",
        &[
            "[]",
            r#"[{"kind":"visit","page":"/pricing/eu","time":"2026-03-09"},{"kind":"visit","time":"2026-02-01"}]"#,
            r#"[{"kind":"visit","page":"/","time":"2026-03-10T12:00:00Z"},{"kind":"visit","time":"soon"},7]"#,
            r#"[{"kind":"visit","page":"/pricing","time":"2026-03-01"},{"kind":"call","time":"2026-03-02"}]"#,
        ],
        &["null", "{}"],
    ),
    (
        "history",
        &["[]", r#"[{"what":"done","time":"2026-03-05"}]"#, r#"[{"what":"done","time":"2026-03-09"}]"#],
        &["5"],
    ),
];

/// Tests that are unknown where their field is: making it known can decide them, but never turn them round.
const ASKS: [&str; 34] = [
    "title is \"chief\"",
    "title is not \"chief\"",
    "title is one of \"chief\", \"7\"",
    "title contains \"inter\"",
    "title does not contain any of the words \"VP\", \"chief\"",
    "title contains the word \"sales\"",
    "title starts with any of \"VP\", \"C\"",
    "title matches pattern \"^v|\\d\"",
    "domain of email is in list \"free mail\"",
    "domain of email ends with \".edu\"",
    "size is at least 50",
    "size is not 5",
    "size is between 0 and 50",
    "size is at most company.seats",
    "company.seats is more than 99.99",
    "budget is at least EUR 100",
    "budget is less than USD 109",
    "due is on or before 2026-03-10",
    "due is within the next 6 months",
    "due is more than 1 day ago",
    "seen is after 2026-03-09",
    "seen is within the last 2 days",
    "optin is yes",
    "optin is no",
    "vip is no",
    "source is not \"web\"",
    "tags includes any of \"a\", \"c\"",
    "tags includes none of \"b\"",
    "\"visit\" happened",
    "\"visit\" did not happen within the last 7 days",
    "\"pricing\" happened since the last \"done\"",
    "\"visit\" happened at most 1 time before the first \"done\"",
    "\"visit\" happened on at least 2 different days",
    "\"entered\" happened more than 3 days ago",
];

/// Tests that are known though a field is not, or that count points.
const KNOWS: [&str; 9] = [
    "title is filled in",
    "budget is empty",
    "tags is filled in",
    "domain of email is empty",
    "score \"points\" is at least 5",
    "score \"points\" is between -1 and 12.5",
    "score \"points\" is less than size",
    "grade \"heat\" is one of \"hot\", \"warm\"",
    "grade \"use\" is \"some\"",
];

/// A condition.
#[derive(Clone, Debug)]
pub enum Ask {
    Test(&'static str),
    /// A criterion before this one, met or not met.
    Criterion(usize, bool),
    /// A stage before this one: `is reached`, `is not reached`, `passes its test`.
    Stage(usize, &'static str),
    Group(Head, Vec<Ask>),
}

#[derive(Clone, Copy, Debug)]
pub enum Head {
    All,
    Any,
    None,
    /// At least so many, or as many as there are.
    AtLeast(usize),
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Draft {
    pub criteria: Vec<(Ask, &'static str)>,
    pub items: Vec<Ask>,
    pub rules: Vec<&'static str>,
    pub disqualify: Ask,
    pub stages: Vec<(Ask, Vec<&'static str>)>,
}

const RULES: [&str; 10] = [
    "  add 5 points when optin is yes\n",
    "  remove 7.5 points when size is less than 10\n",
    "  add 2 points for each \"visit\" within the last 30 days, at most 3 points\n",
    "  add 8 points for each \"visit\", halving every 3 days\n",
    "  add 1 point for each \"pricing\", counted once every 7 days, when vip is no\n",
    "  remove 3 points for every 5 days without \"visit\", at most 20 points\n",
    "  add size points, at most 30 points\n",
    "  add points by company.seats:\n    - 20 from 100\n    - 1.25 otherwise\n",
    "  add points:\n    - 4 when title contains the word \"VP\"\n    - 2 when budget is at least EUR 100\n    - 0 otherwise\n",
    "  starts again at \"done\"\n",
];
const STAYS: [&str; 6] = [
    "  entered when \"entered\"\n",
    "  entered when \"pricing\", \"done\"\n",
    "  left when \"left\", for 5 days\n",
    "  left when \"done\", for 1 month\n",
    "  left when \"pricing\"\n",
    "  left when \"left\", \"done\", for 0 days\n",
];

/// Any policy.
pub fn draft() -> BoxedStrategy<Draft> {
    let closed = select(&["", "  if unknown, treat as met\n", "  if unknown, treat as not met\n", ""][..]);
    policy(true, closed.boxed())
}

/// A policy in which nothing that is decided depends on something unknown.
pub fn open_draft() -> BoxedStrategy<Draft> {
    policy(false, Just("").boxed())
}

fn policy(all: bool, closed: BoxedStrategy<&'static str>) -> BoxedStrategy<Draft> {
    let criteria = vec((ask(all, false), closed), 1..4);
    let rules = proptest::sample::subsequence(&RULES[..], 1..5);
    let stay = proptest::sample::subsequence(&STAYS[..], 0..4);
    let stages = vec((ask(all, true), stay), 1..4);
    (criteria, vec(ask(all, false), 1..4), rules, ask(all, false), stages)
        .prop_map(|(criteria, items, rules, disqualify, stages)| Draft { criteria, items, rules, disqualify, stages })
        .boxed()
}

fn ask(all: bool, stage: bool) -> BoxedStrategy<Ask> {
    let tests = ASKS.iter().chain(if all { &KNOWS[..] } else { &[] }).copied().collect::<Vec<_>>();
    let criterion = (0..9usize, any::<bool>()).prop_map(|(at, met)| Ask::Criterion(at, met));
    let how = select(&["is reached", "is not reached", "passes its test"][..]);
    let earlier = (0..9usize, how).prop_map(|(at, how)| Ask::Stage(at, how));
    let leaf = prop_oneof![6 => select(tests).prop_map(Ask::Test), 2 => criterion, u32::from(stage) => earlier];
    let head = prop_oneof![Just(Head::All), Just(Head::Any), Just(Head::None), (1..4usize).prop_map(Head::AtLeast)];
    leaf.prop_recursive(3, 10, 4, move |inner| {
        (head.clone(), vec(inner, 1..5)).prop_map(|(head, parts)| Ask::Group(head, parts))
    })
    .boxed()
}

/// What a condition may refer to.
#[derive(Clone, Copy)]
struct Before {
    criteria: usize,
    stages: usize,
}

impl Ask {
    /// The condition as it is written where its text begins in column `at`.
    fn text(&self, at: usize, before: Before) -> String {
        match self {
            Ask::Test(test) => (*test).to_owned(),
            Ask::Criterion(..) if before.criteria == 0 => ASKS[0].to_owned(),
            Ask::Criterion(number, met) => {
                format!("\"c{}\" is {}", number % before.criteria, if *met { "met" } else { "not met" })
            }
            Ask::Stage(..) if before.stages == 0 => ASKS[1].to_owned(),
            Ask::Stage(number, how) => format!("stage \"s{}\" {how}", number % before.stages),
            Ask::Group(head, parts) => {
                let head = match head {
                    Head::All => "all of:".to_owned(),
                    Head::Any => "any of:".to_owned(),
                    Head::None => "none of:".to_owned(),
                    Head::AtLeast(count) => format!("at least {} of:", count.min(&parts.len())),
                };
                let bullet = |part: &Ask| format!("\n{:1$}- {2}", "", at + 2, part.text(at + 4, before));
                head + &parts.iter().map(bullet).collect::<String>()
            }
        }
    }
}

impl Draft {
    /// The statements, those before the stages in an order that does not matter.
    pub fn statements(&self) -> (Vec<String>, Vec<String>) {
        let all = Before { criteria: self.criteria.len(), stages: 0 };
        let mut any_order: Vec<String> = DATA.iter().map(|&statement| statement.to_owned()).collect();
        for (number, (ask, closed)) in self.criteria.iter().enumerate() {
            let text = ask.text(2, Before { criteria: number, stages: 0 });
            any_order.push(format!("criterion \"c{number}\"\n  is met when {text}\n{closed}"));
        }
        let items = self.items.iter().enumerate();
        let items: String = items.map(|(number, ask)| format!("  - i{number}: {}\n", ask.text(4, all))).collect();
        any_order.push(format!("checklist \"list\"\n{items}"));
        // A score is asked by criteria, so it asks only fields.
        any_order.push(format!(
            "score \"points\"\n  never below -50\n  add 1 point when vip is no\n{}",
            self.rules.concat()
        ));
        any_order.push(
            "grade \"heat\" of score \"points\"\n  - \"hot\" from 10\n  - \"warm\" from 1\n  - \"cold\" otherwise\n"
                .to_owned(),
        );
        any_order.push("grade \"use\"\n  - \"some\" when \"visit\" happened\n  - \"none\" otherwise\n".to_owned());
        any_order.push(format!("disqualify \"odd\"\n  when {}\n", self.disqualify.text(2, all)));
        let stages = self.stages.iter().enumerate().map(|(number, (ask, stay))| {
            let text = ask.text(2, Before { stages: number, ..all });
            let entries = stay.iter().filter(|line| line.starts_with("  entered")).count();
            // Two lines `entered when` would be one too many.
            let stay: String = stay.iter().skip(entries.saturating_sub(1)).copied().collect();
            format!("stage \"s{number}\"\n  is reached when {text}\n{stay}")
        });
        (any_order, stages.collect())
    }

    /// The policy as it is written.
    pub fn text(&self) -> String {
        let (any_order, stages) = self.statements();
        [vec![HEAD.to_owned()], any_order, stages].concat().join("\n")
    }
}

/// The first statement.
pub const HEAD: &str = "policy \"By chance\"\n  version 1\n";

/// For each field, whether it is known, and which value it has.
#[derive(Clone, Debug)]
pub struct Choice(Vec<(bool, usize)>);

/// Any lead.
pub fn lead() -> impl Strategy<Value = Choice> {
    vec((prop::bool::weighted(0.7), 0..12usize), VALUES.len()).prop_map(Choice)
}

impl Choice {
    /// The lead as JSON.
    pub fn json(&self) -> String {
        let fields = VALUES.iter().zip(&self.0).map(|((name, known, unknown), (is_known, at))| {
            let values = if *is_known { known } else { unknown };
            format!(",\"{name}\":{}", values[at % values.len()])
        });
        format!("{{\"id\":\"L\"{}}}", fields.collect::<String>())
    }

    /// The same lead with these of its unknown fields made known.
    #[must_use]
    pub fn with_known(&self, fields: &[bool]) -> Choice {
        Choice(self.0.iter().zip(fields).map(|((known, at), make)| (*known || *make, *at)).collect())
    }
}
