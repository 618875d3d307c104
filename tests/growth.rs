//! Tests of one field, or of one event, are worked out together where there are many: each comes out as it does alone.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a policy that does not compile has failed the test, and lists are walked round and round"
)]

use std::collections::BTreeMap;
use std::fmt::Write;

use handover::loader::Memory;
use handover::{Evaluator, Outcome, Policy};

const NOW: &str = "2026-03-10T12:00:00Z";
const HEAD: &str = r#"policy "growth"
  version 1

lead
  size is a number
  title is text
  email is text
  country is text
  due is a date
  seen is a time
  activities is a list of:
    - kind is text
    - at is a time

event "viewed"
  from activities where kind is "view"
  dated by at

event "asked"
  from activities where kind is "ask"
  dated by at
"#;

/// Several of each kind of test, thresholds beside each other and on each other.
fn conditions() -> Vec<String> {
    let mut all = Vec::new();
    for bound in ["-1.5", "0", "10", "10.00", "10.01", "250", "1,000,000"] {
        for how in ["at least", "at most", "more than", "less than"] {
            all.push(format!("size is {how} {bound}"));
        }
        all.push(format!("size is {bound}"));
        all.push(format!("size is not {bound}"));
    }
    all.extend([("0", "10"), ("10", "10"), ("10", "250")].map(|(a, b)| format!("size is between {a} and {b}")));
    for day in ["2026-03-09", "2026-03-10", "2026-03-11"] {
        for how in ["on", "before", "after", "on or before", "on or after"] {
            all.push(format!("due is {how} {day}"));
            all.push(format!("seen is {how} {day}"));
        }
    }
    all.push("due is between 2026-03-09 and 2026-03-10".to_owned());
    for days in [1, 2, 30] {
        all.push(format!("due is within the next {days} days"));
        all.push(format!("due is within the last {days} days"));
        all.push(format!("due is more than {days} days ago"));
        all.push(format!("seen is within the last {days} days"));
        all.push(format!("seen is more than {days} days ago"));
        for times in 0..3 {
            for event in ["viewed", "asked"] {
                all.push(format!("\"{event}\" happened at least {} times within the last {days} days", times + 1));
                all.push(format!("\"{event}\" happened at most {times} times within the last {days} days"));
                all.push(format!("\"{event}\" happened exactly {times} times"));
            }
        }
    }
    for texts in [r#""chief""#, r#""chief", "head of""#, r#""of", "ef""#, r#""é""#, r#""head of sales""#] {
        all.push(format!("title contains any of {texts}"));
        all.push(format!("title contains any of the words {texts}"));
        all.push(format!("title starts with {}", texts.split(", ").next().unwrap()));
    }
    for texts in [r#""BG""#, r#""BG", "DE""#, r#""de", "SE", "fi""#, r#""Österreich""#, r#""BG", "Österreich""#] {
        all.push(format!("country is one of {texts}"));
        all.push(format!("country is not one of {texts}"));
        let domains = texts.to_lowercase().replace("\", ", ".example\", ");
        let domains = domains.trim_end_matches('"').to_owned() + ".example\"";
        all.push(format!("domain of email is one of {domains}"));
    }
    all.sort();
    all.dedup();
    all
}

fn policy(conditions: &[String]) -> Evaluator {
    let mut text = HEAD.to_owned();
    for (number, condition) in conditions.iter().enumerate() {
        write!(text, "\ncriterion \"{number}\"\n  is met when {condition}\n").unwrap();
    }
    text.push_str("\nstage \"MQL\"\n  is reached when any of:\n");
    (0..conditions.len()).for_each(|number| writeln!(text, "    - \"{number}\" is met").unwrap());
    let policy = Policy::compile(&text, &Memory::default());
    Evaluator::new(policy.unwrap_or_else(|faults| panic!("{faults}\n{text}")), NOW.parse().unwrap())
}

fn leads() -> Vec<String> {
    let sizes = ["-1.5", "-2", "0", "9.99", "10", "10.0", "10.005", "10.01", "250", "1e6", "1e7", "\"many\"", "null"];
    let titles = ["Chief of Staff", "HEAD OF SALES", "mischief", "Thereof", "Café é", "head", "", "of  of", "É"];
    let countries = ["bg", "DE", " se ", "FI", "ÖSTERREICH", "österreich", "XX", ""];
    let days =
        ["2026-03-08", "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-05-01", "2025-01-01", "soon"];
    let times = [
        "2026-03-09T22:00:00Z",
        "2026-03-09T21:59:59Z",
        "2026-03-10T12:00:00Z",
        "2026-01-01",
        "2026-03-11T00:00:00Z",
        "2026-03-12",
        "x",
    ];
    let logs = [
        "[]",
        "null",
        r#"[{"kind":"view","at":"2026-03-10T11:00:00Z"},{"kind":"ASK","at":"2026-03-01"}]"#,
        r#"[{"kind":"view","at":"2026-03-09T12:00:00Z"},{"kind":"view","at":"2026-02-09T12:00:00Z"},{"kind":"ask","at":"2026-03-10"}]"#,
        r#"[{"kind":"view","at":"2026-03-10"},{"kind":"view","at":"2026-03-10"},{"kind":"view","at":"2026-03-10"},{"kind":"ask","at":"2026-03-08T12:00:00Z"},{"kind":"ask","at":"2026-03-09T12:00:00Z"},{"kind":"ask","at":"2026-03-10"}]"#,
        r#"[{"kind":"ask","at":"2026-03-10"},{"kind":"ask","at":"2026-03-10"},{"kind":"view","at":"2027-01-01"}]"#,
        r#"[{"kind":"ask","at":"2026-03-10"},{"kind":"ask","at":"2026-03-10"},{"kind":"ask","at":"2026-03-10"}]"#,
        "7",
    ];
    let mut leads = vec!["{}".to_owned()];
    for n in 0..280 {
        let (country, title) = (countries[n % 8], titles[n % 9]);
        let domain = if n % 11 == 0 { String::new() } else { format!("@{}.example", countries[(n / 3) % 8].trim()) };
        leads.push(format!(
            r#"{{"id":{n},"size":{},"title":"{title}","email":"ana{domain}","country":"{country}","due":"{}","seen":"{}","activities":{}}}"#,
            sizes[n % 13], days[n % 8], times[n % 7], logs[(n / 2) % 8],
        ));
    }
    leads
}

#[test]
fn many_tests_of_one_field_come_out_as_each_alone() {
    let (conditions, leads) = (conditions(), leads());
    let together = policy(&conditions);
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut alone: Vec<_> = conditions.iter().map(|it| policy(std::slice::from_ref(it)).worker()).collect();
    let mut worker = together.worker();
    for lead in &leads {
        let decision = worker.decide(lead).unwrap();
        for ((condition, alone), (number, outcome)) in conditions.iter().zip(&mut alone).zip(decision.criteria.iter()) {
            let expected = alone.decide(lead).unwrap();
            let (_, expected) = expected.criteria.iter().next().unwrap();
            assert_eq!(outcome, expected, "criterion {number}: {condition}\n{lead}");
            *seen.entry((condition, outcome.as_str())).or_default() += 1;
        }
    }
    let never = conditions.iter().flat_map(|condition| {
        let outcomes = [Outcome::Met, Outcome::NotMet, Outcome::Unknown];
        let never = outcomes.into_iter().filter(|it| !seen.contains_key(&(condition.as_str(), it.as_str())));
        never.map(move |outcome| format!("{condition} is never {outcome:?}"))
    });
    assert_eq!(never.collect::<Vec<_>>(), Vec::<String>::new());
}
