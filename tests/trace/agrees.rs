//! Whether a trace and its decision say the same, and a trace with itself.

use std::collections::BTreeSet;

use serde_json::Value;

/// What there is to see in traces; whoever checks many asks that all of it came up.
pub const SIGNS: [&str; 29] = [
    "all of: met",
    "all of: not_met",
    "all of: unknown",
    "any of: met",
    "any of: not_met",
    "any of: unknown",
    "none of: met",
    "none of: not_met",
    "none of: unknown",
    "at least: met",
    "at least: not_met",
    "at least: unknown",
    "reason: empty",
    "reason: wrong_type",
    "reason: no_log",
    "reason: no_rate",
    "treated as",
    "points that could be added",
    "a score beyond its bounds",
    "occurrences that do not count",
    "a rule cut by its limit",
    "an occurrence that has faded",
    "a score that started again",
    "occurrences before a restart",
    "a stretch of a clock",
    "a pause",
    "a pause that took time off",
    "a pause that nothing has ended",
    "a clock that was restarted",
];

/// Holds a decision with a trace against itself; `seen` is told which signs came up.
pub fn agrees(decision: &Value, seen: &mut BTreeSet<String>) {
    let trace = &decision["trace"];
    let context = || format!("{decision}");
    for key in ["criteria", "disqualifiers"] {
        for (node, outcome) in named(trace, decision, key) {
            assert_eq!(&node["outcome"], outcome, "{}", context());
            let closed = node.get("treated_as").is_some();
            let own = if closed { &node["treated_as"] } else { &node["children"][0]["outcome"] };
            assert_eq!(own, outcome, "{}", context());
            assert!(!closed || node["children"][0]["outcome"] == "unknown", "{}", context());
            sign(seen, "treated as", closed);
        }
    }
    for (node, stage) in named(trace, decision, "stages") {
        assert_eq!(node["outcome"], stage["outcome"], "{}", context());
        assert_eq!(node["children"][0]["outcome"], stage["test"], "{}", context());
        match node.get("stay") {
            Some(stay) => assert_eq!((&stay["test"], &stay["since"]), (&stage["test"], &stage["since"])),
            None => assert_eq!(stage["outcome"], stage["test"]),
        }
    }
    for (node, list) in named(trace, decision, "checklists") {
        let items = list["items"].as_object().unwrap();
        assert_eq!(nodes(&node["children"]).len(), items.len());
        for item in nodes(&node["children"]) {
            assert_eq!(item["outcome"], items[item["name"].as_str().unwrap()], "{}", context());
        }
    }
    named(trace, decision, "scores").for_each(|(node, points)| score(node, points, seen));
    for (node, letter) in named(trace, decision, "grades") {
        assert_eq!(&node["grade"], letter);
        assert_eq!(&taken(&node["children"])["grade"], letter, "{node}");
    }
    for (sla, clock) in named(trace, decision, "slas") {
        assert_eq!(sla["status"], clock["status"]);
        self::clock(sla, clock, seen);
    }
    every_node(trace, &mut |node| condition(node, decision, seen));
}

/// What a trace and what its decision say of things of one kind.
fn named<'a>(trace: &'a Value, decision: &'a Value, key: &str) -> impl Iterator<Item = (&'a Value, &'a Value)> {
    let said = decision[key].as_object().unwrap();
    assert_eq!(nodes(&trace[key]).len(), said.len(), "{key}: {decision}");
    nodes(&trace[key]).iter().map(|node| (node, &said[node["name"].as_str().unwrap()]))
}

fn sign(seen: &mut BTreeSet<String>, sign: &str, came_up: bool) {
    if came_up {
        assert!(SIGNS.contains(&sign), "{sign} is no sign");
        seen.insert(sign.to_owned());
    }
}

fn nodes(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Calls `each` with everything that has an outcome and a text.
fn every_node(value: &Value, each: &mut impl FnMut(&Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| every_node(item, each)),
        Value::Object(keys) => {
            if keys.contains_key("text") && keys.contains_key("outcome") {
                each(value);
            }
            keys.values().for_each(|item| every_node(item, each));
        }
        _ => {}
    }
}

/// A condition and its parts, whatever it belongs to.
fn condition(node: &Value, decision: &Value, seen: &mut BTreeSet<String>) {
    let (text, outcome) = (node["text"].as_str().unwrap(), node["outcome"].as_str().unwrap());
    let parts: Vec<&str> = nodes(&node["children"]).iter().filter_map(|it| it["outcome"].as_str()).collect();
    let count = |of: &str| parts.iter().filter(|part| **part == of).count();
    let (met, not_met, unknown) = (count("met"), count("not_met"), count("unknown"));
    let head = ["all of", "any of", "none of", "at least"]
        .into_iter()
        .find(|head| text.starts_with(head) && text.ends_with("of:"));
    if let Some(head) = head {
        let needed = match head {
            "all of" => parts.len(),
            "any of" => 1,
            "none of" => parts.len(),
            _ => text.split_whitespace().find_map(|word| word.parse().ok()).unwrap(),
        };
        let (met, not_met) = if head == "none of" { (not_met, met) } else { (met, not_met) };
        let expected = match () {
            () if met >= needed => "met",
            () if met + unknown < needed => "not_met",
            () => "unknown",
        };
        assert_eq!(met + not_met + unknown, parts.len());
        assert_eq!(outcome, expected, "{node}");
        sign(seen, &format!("{head}: {outcome}"), true);
    }
    let leaf = parts.is_empty() && node.get("refers_to").is_none();
    assert!(!leaf || outcome != "unknown" || node.get("reason").is_some(), "{node}");
    for reason in ["empty", "wrong_type", "no_log", "no_rate"] {
        sign(seen, &format!("reason: {reason}"), node["reason"] == reason);
    }
    let name = node["refers_to"]["name"].as_str().unwrap_or_default();
    let opposite = |of: &str| match of {
        "met" => "not_met".to_owned(),
        "not_met" => "met".to_owned(),
        other => other.to_owned(),
    };
    match node["refers_to"]["kind"].as_str() {
        Some("criterion") => {
            let own = decision["criteria"][name].as_str().unwrap();
            let expected = if text.ends_with("is not met") { opposite(own) } else { own.to_owned() };
            // A clock asks as of its start.
            assert!(outcome == expected || within_sla(node, decision), "{node}: {own}");
        }
        Some("event") if node.get("counted").is_some() => {
            let of = nodes(&decision["trace"]["events"]).iter().find(|event| event["name"] == name).unwrap();
            let all: Vec<&Value> = nodes(&of["occurrences"]).iter().map(|it| &it["at"]).collect();
            assert!(nodes(&node["counted"]).iter().all(|it| all.contains(&&it["at"])), "{node}");
            let not: u64 = nodes(&node["not_counted"]).iter().map(|it| it["times"].as_u64().unwrap()).sum();
            let sum = nodes(&node["counted"]).len() as u64 + not;
            // A quiet period is about the latest occurrence alone.
            let quiet = text.contains("for every");
            assert!(sum == all.len() as u64 || quiet || within_sla(node, decision), "{node}: {of}");
            sign(seen, "occurrences that do not count", not > 0);
        }
        _ => {}
    }
}

fn within_sla(node: &Value, decision: &Value) -> bool {
    decision["trace"]["slas"].to_string().contains(&node.to_string())
}

fn hundredths(points: &Value) -> i64 {
    points.as_f64().map_or(0, |points| (points * 100.0).round() as i64)
}

fn score(node: &Value, points: &Value, seen: &mut BTreeSet<String>) {
    assert_eq!(&node["points"], points, "{node}");
    let rules = nodes(&node["children"]);
    let sum = hundredths(&node["starts_at"]) + rules.iter().map(|rule| hundredths(&rule["points"])).sum::<i64>();
    let whole = node.get("sum").unwrap_or(points);
    assert_eq!(sum, hundredths(whole), "{node}");
    sign(seen, "a score that started again", node.get("started_again_at").is_some());
    sign(seen, "a score beyond its bounds", node.get("sum").is_some());
    for rule in rules {
        let own = hundredths(rule.get("sum").unwrap_or(&rule["points"]));
        let counts = rule.get("outcome").is_none_or(|outcome| outcome == "met");
        if let Some(counted) = rule.get("counted").filter(|_| counts) {
            let worth = nodes(counted).iter().filter(|it| it.get("points").is_some());
            let text = rule["text"].as_str().unwrap();
            let worths: Vec<i64> = worth.clone().map(|it| hundredths(&it["points"])).collect();
            let fades = text.contains("halving") || text.contains("losing");
            sign(seen, "an occurrence that has faded", fades && worths.windows(2).any(|pair| pair[0] < pair[1]));
            if text.contains("for each") {
                assert_eq!(worth.map(|it| hundredths(&it["points"])).sum::<i64>(), own.abs(), "{rule}");
            }
        }
        if rule["text"].as_str().unwrap().ends_with("points:") && counts {
            assert_eq!(hundredths(&taken(&rule["children"])["points"]), own.abs(), "{rule}");
        }
        assert!(counts || hundredths(&rule["points"]) == 0, "{rule}");
        if let Some(most) = rule.get("of") {
            assert!(hundredths(&rule["points"]).abs() <= hundredths(most).abs(), "{rule}");
        }
        sign(seen, "a rule cut by its limit", rule.get("sum").is_some());
        let not = nodes(&rule["not_counted"]);
        sign(seen, "occurrences before a restart", not.iter().any(|it| it["why"] == "before_restart"));
        sign(seen, "points that could be added", rule.get("could_add").is_some());
    }
}

/// The line of a table that is taken: the first that is met, else the last.
fn taken(lines: &Value) -> &Value {
    let lines: Vec<&Value> = nodes(lines).iter().filter(|line| line.get("taken").is_some()).collect();
    let taken: Vec<usize> = (0..lines.len()).filter(|at| lines[*at]["taken"] == true).collect();
    assert_eq!(taken.len(), 1, "{lines:?}");
    let first_met = lines.iter().position(|line| line["outcome"] == "met");
    assert!(first_met.is_none_or(|first| first == taken[0]), "{lines:?}");
    lines[taken[0]]
}

fn clock(sla: &Value, clock: &Value, seen: &mut BTreeSet<String>) {
    let seconds = |list: &Value| nodes(list).iter().map(|it| it["micros"].as_i64().unwrap()).sum::<i64>() / 1_000_000;
    let Some(count) = sla.get("count") else {
        assert!(clock["started_at"].is_null(), "{sla}: {clock}");
        return;
    };
    assert_eq!(seconds(&count["elapsed"]), clock["elapsed_seconds"].as_i64().unwrap(), "{sla}: {clock}");
    assert_eq!(count["due_at"], clock["due_at"]);
    if let Some(window) = clock["window_seconds"].as_i64().filter(|_| sla.get("calendar").is_some()) {
        assert_eq!(seconds(&count["to_due"]), window, "{sla}: {clock}");
    }
    assert_eq!(sla.get("calendar").unwrap_or(&Value::Null), &clock["calendar"]);
    let cycles = nodes(&sla["cycles"]);
    assert_eq!(cycles.len() as u64, clock["cycles"].as_u64().unwrap());
    let last = cycles.last().unwrap();
    assert_eq!((&last["from"], &last["until"]), (&clock["started_at"], &clock["stopped_at"]));
    taken(&sla["allowed"]);
    let parts = nodes(&count["elapsed"]);
    sign(seen, "a stretch of a clock", !parts.is_empty());
    let pauses = nodes(&count["pauses"]);
    sign(seen, "a pause", !pauses.is_empty());
    sign(seen, "a pause that took time off", pauses.iter().any(|it| it["micros"].as_i64().unwrap() > 0));
    sign(seen, "a pause that nothing has ended", pauses.iter().any(|it| it["open"] == true));
    sign(seen, "a clock that was restarted", cycles.iter().any(|it| it["ended"] == "handed_on"));
    let times: Vec<&str> =
        parts.iter().flat_map(|part| [&part["from"], &part["until"]]).map(|at| at.as_str().unwrap()).collect();
    assert!(times.windows(2).all(|pair| instant(pair[0]) <= instant(pair[1])), "{sla}");
}

fn instant(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}
