//! `handover report`: the figures, counted again by other means; and its forms, as people and programs read them.
//!
//! The leads are the export of `policies/examples/crm/`, by `policies/acme.handover`, and `tests/report/hostile.ndjson`; every
//! form of both is a snapshot in `tests/report/`. Numbers that others counted are asserted wherever their files are.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot read its files has failed"
)]
#![expect(clippy::disallowed_methods, reason = "a test reads its own files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

#[path = "parts/pages.rs"]
mod pages;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report");
const NOW: &str = "2026-03-10T12:00:00Z";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn report(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.arg("report").args(arguments).current_dir(FOLDER);
    command.env_remove("COLUMNS").output().unwrap()
}

fn crm(arguments: &[&str]) -> Output {
    let own = ["--policy", "../../policies/acme.handover", "--source", "../../policies/examples/crm/crm.yaml"];
    let leads = ["../../policies/examples/crm/leads.csv", "--now", NOW];
    report(&[&own[..], &leads, arguments].concat())
}

fn hostile(arguments: &[&str]) -> Output {
    let own = ["--policy", "hostile.handover", "hostile.ndjson", "--now", NOW, "--by", "source"];
    report(&[&own[..], arguments].concat())
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {output:?}"))
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("no `{key}` in {value}"))
}

#[test]
fn it_reads_well_in_every_form() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(FOLDER);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for format in ["human", "markdown", "csv"] {
            let done = crm(&["--format", format, "--by", "source"]);
            assert_eq!((done.status.code(), done.stderr.len()), (Some(0), 0), "{format}");
            insta::assert_snapshot!(format!("crm_{format}"), out(&done));
            let done = hostile(&["--format", format]);
            assert_eq!(done.status.code(), Some(3), "{format}");
            insta::assert_snapshot!(format!("hostile_{format}"), out(&done));
        }
        let done = hostile(&["--format", "json", "--period", "quarter", "--from", "2025-12-01"]);
        let pretty = serde_json::to_string_pretty(&json(&done)).unwrap();
        insta::assert_snapshot!("hostile_json", pretty);
    });
}

#[test]
fn no_line_is_wider_than_eighty_columns_and_nothing_reaches_the_terminal() {
    for done in [crm(&["--by", "source"]), hostile(&[]), hostile(&["--period", "week"])] {
        for line in out(&done).lines() {
            assert!(line.width() <= 80, "{line}");
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
    let plain = out(&crm(&[]));
    let colored = out(&crm(&["--color", "always"]));
    assert_eq!(colored.replace("\x1b[1m", "").replace("\x1b[0m", ""), plain);
    assert_ne!(colored, plain);
}

/// What holds for all figures: of all leads and of each group, in every period.
fn hold(report: &Value) -> usize {
    let mut seen = 0;
    let groups = report["groups"].as_array().unwrap();
    for figures in groups.iter().chain([&report["all"]]) {
        let handovers = &figures["handovers"];
        for counts in handovers["periods"].as_array().unwrap().iter().chain([&handovers["total"]]) {
            let count = |key| number(counts, key);
            assert_eq!(count("handed_over"), count("accepted") + count("rejected") + count("open"), "{counts}");
            assert!(count("again") <= count("handed_over"));
            assert_eq!(counts["acceptance_percent"].is_null(), count("accepted") + count("rejected") == 0, "{counts}");
            seen += 1;
        }
        let reasons: u64 = handovers["reasons"].as_array().unwrap().iter().map(|it| number(it, "rejected")).sum();
        assert_eq!(reasons, number(&handovers["total"], "rejected"));
        for (part, speed) in
            figures["speed"]["periods"].as_array().unwrap().iter().zip(handovers["periods"].as_array().unwrap())
        {
            let keys =
                ["within_5_minutes", "within_1_hour", "within_4_hours", "within_1_day", "later", "never", "waiting"];
            assert_eq!(keys.iter().map(|key| number(part, key)).sum::<u64>(), number(speed, "handed_over"));
        }
        for sla in figures["slas"].as_array().unwrap() {
            let keys = ["met", "breached", "at_risk", "running", "paused", "cancelled", "handed_on"];
            for counts in sla["periods"].as_array().unwrap().iter().chain([&sla["total"]]) {
                assert_eq!(keys.iter().map(|key| number(counts, key)).sum::<u64>(), number(counts, "started"));
            }
            let used: u64 = sla["used"].as_array().unwrap().iter().map(|it| number(it, "clocks")).sum();
            assert_eq!(used, number(&sla["total"], "met") + number(&sla["total"], "breached"));
            let late: u64 = sla["used"].as_array().unwrap()[4..].iter().map(|it| number(it, "clocks")).sum();
            assert_eq!(late, number(&sla["total"], "breached"), "what used more than all of its time is late");
        }
        for stage in figures["velocity"].as_array().unwrap() {
            let all: u64 = stage["distribution"].as_array().unwrap().iter().map(|it| number(it, "count")).sum();
            assert_eq!(all, number(&stage["ended"], "count"));
        }
        for it in figures["readiness"].as_array().unwrap() {
            assert_eq!(number(it, "met") + number(it, "not_met") + number(it, "unknown"), number(figures, "leads"));
        }
        let funnel = &figures["funnel"];
        let stages: u64 = funnel["stages"].as_array().unwrap().iter().map(|it| number(it, "leads")).sum();
        assert_eq!(stages + number(funnel, "no_stage") + number(funnel, "disqualified"), number(figures, "leads"));
        shares(figures);
    }
    // The groups are all leads.
    for path in ["/leads", "/handovers/total/handed_over", "/handovers/total/accepted", "/efficiency/total/converted"] {
        let of = |figures: &Value| figures.pointer(path).unwrap().as_u64().unwrap();
        assert_eq!(groups.iter().map(of).sum::<u64>(), of(&report["all"]), "{path}");
    }
    seen
}

/// No share is above 100 %; the ratio of a period, which is none, may be.
fn shares(value: &Value) {
    match value {
        Value::Object(parts) => {
            for (key, part) in parts {
                if key.ends_with("_percent") && key != "period_ratio_percent" && key != "up_to_percent" {
                    assert!(part.is_null() || part.as_f64().unwrap() <= 100.0, "{key} {part}");
                }
                shares(part);
            }
        }
        Value::Array(parts) => parts.iter().for_each(shares),
        _ => {}
    }
}

/// The elements of a page, each with its attributes and its text; the page is well-formed.
fn elements(page: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    use quick_xml::events::Event;
    // What HTML leaves open, XML closes.
    let text = page.replace("<!doctype html>\n", "");
    let text =
        text.lines().map(|line| if line.starts_with("<meta ") { line.replace('>', "/>") } else { line.to_owned() });
    let text = text.collect::<Vec<_>>().join("\n");
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut all = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|why| panic!("{why} at {}", reader.buffer_position())) {
            Event::Start(it) => {
                let attributes = it.attributes().map(|it| {
                    let it = it.unwrap();
                    (
                        String::from_utf8_lossy(it.key.as_ref()).into_owned(),
                        String::from_utf8_lossy(&it.value).into_owned(),
                    )
                });
                open.push(all.len());
                all.push((
                    String::from_utf8_lossy(it.name().as_ref()).into_owned(),
                    attributes.collect(),
                    String::new(),
                ));
            }
            Event::End(_) => _ = open.pop(),
            Event::Text(it) => {
                if let Some(at) = open.last() {
                    all[*at].2.push_str(&it.decode().unwrap());
                }
            }
            Event::GeneralRef(it) => {
                if let Some(at) = open.last() {
                    all[*at].2.push_str(&format!("&{};", it.decode().unwrap()));
                }
            }
            Event::Eof => return all,
            _ => {}
        }
    }
}

#[test]
fn the_page_has_charts_that_fit_and_a_table_for_each() {
    let mut shapes = 0;
    let weeks = crm(&["--format", "html", "--by", "company.country", "--period", "week"]);
    for done in [crm(&["--format", "html", "--by", "source"]), hostile(&["--format", "html"]), weeks] {
        let page = out(&done);
        for never in ["<script", "http://", "https://", "NaN", "javascript", "\u{1b}"] {
            assert!(!page.contains(never), "{never}");
        }
        // In tenths of a unit.
        let number = |text: &str| -> i64 {
            let (whole, tenths) = text.split_once('.').unwrap_or((text, "0"));
            whole.parse::<i64>().unwrap() * 10 + tenths.parse::<i64>().unwrap()
        };
        let (mut size, mut charts, mut tables) = ((0, 0), 0, 0);
        for (name, attributes, text) in elements(&page) {
            let at = |key: &str| number(&attributes[key]);
            match name.as_str() {
                "svg" => {
                    let of: Vec<i64> = attributes["viewBox"].split(' ').map(number).collect();
                    size = (of[2], of[3]);
                    charts += usize::from(attributes.contains_key("aria-labelledby"));
                }
                "rect" if attributes.contains_key("x") => {
                    assert!(at("x") + at("width") <= size.0 && at("y") + at("height") <= size.1);
                    shapes += 1;
                }
                "text" => {
                    let width = text.width() as i64 * 60;
                    let from = match attributes["text-anchor"].as_str() {
                        "start" => at("x"),
                        "end" => at("x") - width,
                        _ => at("x") - width / 2,
                    };
                    assert!(from >= 0 && from + width <= size.0 && at("y") <= size.1, "{text} {attributes:?} {size:?}");
                }
                "table" => tables += 1,
                _ => {}
            }
        }
        assert!(charts >= 8 && tables >= 10, "{charts} charts, {tables} tables");
        for section in page.split("<section ").filter(|it| it.contains("<figure")) {
            assert!(section.contains("<table>"), "{section}");
        }
    }
    assert!(shapes > 300, "{shapes}");
}

#[test]
fn figures_add_up_in_every_period_and_group() {
    let mut seen = 0;
    for period in ["week", "month", "quarter", "year"] {
        let arguments = ["--format", "json", "--period", period];
        seen += hold(&json(&crm(&[&arguments[..], &["--by", "source"]].concat())));
        seen += hold(&json(&crm(&[&arguments[..], &["--by", "company.country", "--from", "2025-12-15"]].concat())));
        seen += hold(&json(&hostile(&arguments)));
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn threads_and_the_order_of_leads_change_no_byte() {
    let leads = fs::read_to_string(root().join("policies/leads/acme.ndjson")).unwrap();
    let lines: Vec<&str> = leads.lines().collect();
    // Enough for the work to be shared, and each time in another order.
    let many = |step: usize| -> String {
        let order = (0..lines.len() * 40).map(|at| lines[(at * step) % lines.len()]);
        order.map(|line| format!("{line}\n")).collect()
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&folder).unwrap();
    let mut all = BTreeSet::new();
    for step in [1, 3, 7] {
        assert!(!lines.len().is_multiple_of(step) || step == 1);
        let path = folder.join(format!("{step}.ndjson"));
        fs::write(&path, many(step)).unwrap();
        for threads in ["1", "2", "5"] {
            let policy =
                ["--policy", "../../policies/acme.handover", "--now", NOW, "--format", "json", "--by", "source"];
            let done = report(&[&policy[..], &["--threads", threads, path.to_str().unwrap()]].concat());
            assert_eq!(done.status.code(), Some(0));
            all.insert(out(&done));
        }
    }
    assert_eq!(all.len(), 1);
}

/// The rows of a table by the number of the lead.
fn rows(name: &str) -> (Vec<String>, Vec<csv::StringRecord>) {
    let path = root().join("policies/examples/crm").join(name);
    let mut table = csv::ReaderBuilder::new().delimiter(b';').from_path(path).unwrap();
    let header = table.headers().unwrap().iter().map(str::to_owned).collect();
    (header, table.records().map(Result::unwrap).collect())
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, "%d/%m/%Y %H:%M").ok()?;
    Some(chrono_tz::Europe::Sofia.from_local_datetime(&local).earliest().unwrap().to_utc())
}

/// The export counted once more, from its rows and with nothing of the program: each lead is handed over at most once there.
#[test]
fn another_count_of_the_same_rows_comes_to_the_same() {
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let mut history: BTreeMap<String, Vec<(DateTime<Utc>, String, String)>> = BTreeMap::new();
    for row in rows("history.csv").1 {
        let at = moment(&row[3]).unwrap();
        if at <= now {
            history.entry(row[0].to_owned()).or_default().push((at, row[1].to_owned(), row[2].to_owned()));
        }
    }
    let (header, leads) = rows("leads.csv");
    let column = |name: &str| header.iter().position(|own| own == name).unwrap();
    // Month → handed over, accepted, rejected, converted, within an hour, never.
    let mut months: BTreeMap<String, [u64; 6]> = BTreeMap::new();
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    let mut lengths = Vec::new();
    for lead in &leads {
        let Some(at) = moment(&lead[column("Became MQL")]).filter(|at| *at <= now) else { continue };
        let month = at.with_timezone(&chrono_tz::Europe::Sofia).format("%Y-%m").to_string();
        let counts = months.entry(month).or_default();
        counts[0] += 1;
        let mut own = history.get(&lead[column("Lead No")]).cloned().unwrap_or_default();
        own.sort();
        match own.iter().find(|(_, what, _)| what == "accepted" || what == "rejected") {
            Some((_, what, _)) if what == "accepted" => counts[1] += 1,
            Some((_, _, why)) => {
                counts[2] += 1;
                *reasons.entry(why.clone()).or_default() += 1;
            }
            None => {}
        }
        counts[3] += u64::from(moment(&lead[column("Became SQL")]).is_some_and(|at| at <= now));
        let talks = ["call", "meeting", "personal mail"];
        let talk = own.iter().find(|(when, what, _)| *when >= at && talks.contains(&what.as_str()));
        match talk {
            Some((when, ..)) => {
                counts[4] += u64::from(*when - at <= TimeDelta::hours(1));
                lengths.push((*when - at).num_seconds());
            }
            None => counts[5] += 1,
        }
    }
    let found = json(&crm(&["--format", "json"]));
    let periods = |part: &str| found["all"][part]["periods"].as_array().unwrap().clone();
    let (handovers, efficiency, speed) = (periods("handovers"), periods("efficiency"), periods("speed"));
    let mut counted = BTreeMap::new();
    for ((handed, converted), contacts) in handovers.iter().zip(&efficiency).zip(&speed) {
        let of = |key| number(handed, key);
        let hour = number(contacts, "within_5_minutes") + number(contacts, "within_1_hour");
        let never = number(contacts, "never") + number(contacts, "waiting");
        let counts = [of("handed_over"), of("accepted"), of("rejected"), number(converted, "converted"), hour, never];
        counted.insert(handed["period"].as_str().unwrap().to_owned(), counts);
    }
    assert_eq!(counted, months);
    let said = found["all"]["handovers"]["reasons"].as_array().unwrap();
    for reason in said.iter().filter(|it| number(it, "rejected") > 0) {
        let name = reason["reason"].as_str().unwrap_or_default();
        assert_eq!(Some(&number(reason, "rejected")), reasons.get(name), "{name}");
    }
    lengths.sort_unstable();
    let rank = |percent: usize| lengths[(lengths.len() * percent).div_ceil(100) - 1];
    let length = &found["all"]["speed"]["length"];
    assert_eq!(number(length, "count"), lengths.len() as u64);
    for (key, percent) in [("median_seconds", 50), ("p75_seconds", 75), ("p90_seconds", 90)] {
        assert_eq!(length[key].as_i64(), Some(rank(percent)), "{key}");
    }
    // The counting was worth something.
    assert!(months.len() == 6 && months.values().all(|counts| counts[..5].iter().sum::<u64>() > 0), "{months:?}");
}

#[test]
fn what_cannot_be_counted_is_said_and_an_empty_report_is_one() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&folder).unwrap();
    let bare = folder.join("bare.handover");
    fs::write(&bare, "policy \"Bare\"\n  version 1\nlead\n  size is a number\nstage \"MQL\"\n  is reached when size is at least 5\ntarget 4 \"MQL\" per month\n").unwrap();
    let none = folder.join("none.ndjson");
    fs::write(&none, "").unwrap();
    for format in ["human", "json", "csv", "markdown", "html"] {
        let done =
            report(&["--policy", bare.to_str().unwrap(), "--now", NOW, "--format", format, none.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(0), "{format}");
        assert!(!out(&done).contains("NaN"), "{format}");
        if format == "human" {
            let said = out(&done).replace('\n', " ").replace("   ", " ");
            assert!(said.contains("the policy has no `handover`"), "{said}");
            assert!(said.contains("has no `entered when`"), "{said}");
        }
        let done = report(&["--policy", "hostile.handover", "--now", NOW, "--format", format, none.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(0), "{format}");
        if format == "json" {
            let all = json(&done)["all"].to_string();
            assert!(all.contains("_percent\":null") && !all.contains("_percent\":0"), "nothing of nothing is not 0 %");
        }
    }
}

#[test]
fn wrong_use_is_answered_with_what_would_be_right() {
    for (arguments, expected) in [
        (&["--by", "sorce"][..], "the policy has no field `sorce`; leads can be grouped by source, size"),
        (&["--by", "secret"], "`secret` is private, so no report shows its values"),
        (&["--by", "budget"], "`budget` holds no words by which leads could be grouped"),
        (&["--from", "2026-02-01", "--to", "2026-01-01"], "`--from` is the later one"),
        (&["--from", "1.2.2026"], "write a year, a month and a day, such as 2026-01-31"),
        (&["--period", "day"], "[possible values: week, month, quarter, year]"),
    ] {
        let own = ["--policy", "hostile.handover", "hostile.ndjson", "--now", NOW];
        let done = report(&[&own[..], arguments].concat());
        assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0), "{arguments:?}");
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(said.contains(expected), "{said}");
    }
    // An identity that the policy does not declare is no field of its own.
    let done = hostile(&[]);
    assert_eq!(done.status.code(), Some(3));
    assert!(String::from_utf8(done.stderr).unwrap().contains("line 9: H0702"));
}

#[test]
fn days_that_are_asked_for_bound_what_is_counted() {
    let total = |from: &str, to: &str| {
        let found = json(&crm(&["--format", "json", "--from", from, "--to", to]));
        number(&found["all"]["handovers"]["total"], "handed_over")
    };
    let all = total("2025-01-01", "2026-12-31");
    let split =
        total("2025-01-01", "2025-12-16") + total("2025-12-17", "2025-12-17") + total("2025-12-18", "2026-12-31");
    assert_eq!(all, split);
    assert_eq!(all, number(&json(&crm(&["--format", "json"]))["all"]["handovers"]["total"], "handed_over"));
}

/// A target is for a whole period, so half of one is held against nothing.
#[test]
fn targets_are_of_whole_periods_whatever_days_are_asked_for() {
    let periods = |arguments: &[&str]| {
        let found = json(&crm(&[&["--format", "json"], arguments].concat()));
        found["targets"][0]["periods"].as_array().unwrap().clone()
    };
    let (all, some) = (periods(&[]), periods(&["--from", "2025-12-15", "--to", "2026-02-03"]));
    let names: Vec<&str> = some.iter().map(|it| it["period"].as_str().unwrap()).collect();
    assert_eq!(names, ["2025-12", "2026-01", "2026-02"]);
    assert_eq!(
        some,
        all.iter().filter(|it| names.contains(&it["period"].as_str().unwrap())).cloned().collect::<Vec<_>>()
    );
    assert!(all.len() > some.len());
}

#[test]
fn leads_whose_cost_nobody_knows_are_said() {
    let notes = json(&crm(&["--format", "json"]))["notes"].to_string();
    assert!(notes.contains("7 wasted leads have no known cost"), "{notes}");
}

/// The folder of real files that others made, where it is.
fn real(name: &str) -> Option<PathBuf> {
    let folder = root().join("../shared/data").join(name);
    if !folder.exists() {
        println!("not tried: there is no folder {}", folder.display());
    }
    folder.exists().then_some(folder)
}

#[test]
fn the_speed_of_real_responses_is_as_others_counted() {
    let Some(data) = real("response_time_synth") else { return };
    let leads = data.join("sample_lead_data.csv");
    let own = ["--policy", "responses.handover", "--source", "responses.yaml", "--now", "2026-03-01T00:00:00Z"];
    let found = json(&report(&[&own[..], &["--by", "source", "--format", "json", leads.to_str().unwrap()]].concat()));
    let total = &found["all"]["speed"]["total"];
    let keys = ["within_5_minutes", "within_1_hour", "within_4_hours", "within_1_day", "later", "never"];
    assert_eq!(keys.map(|key| number(total, key)), [863, 6_631, 2_146, 360, 0, 0]);
    assert_eq!(total["within_the_hour_percent"].to_string(), "74.94");
    let length = &found["all"]["speed"]["length"];
    let seconds =
        ["median_seconds", "p90_seconds", "mean_seconds"].map(|key| format!("{:.2}", length[key].as_f64().unwrap()));
    assert_eq!(seconds, ["1563.32", "7649.94", "3180.46"]);
    let groups: BTreeMap<String, (u64, u64)> = found["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            let total = &group["speed"]["total"];
            let hour = number(total, "within_5_minutes") + number(total, "within_1_hour");
            (group["value"].as_str().unwrap().to_owned(), (hour, number(total, "handed_over")))
        })
        .collect();
    let expected = [
        ("Dealer Referral", (775, 1031)),
        ("Phone Call", (1499, 2021)),
        ("Third Party Lead", (1459, 1962)),
        ("Walk-in", (1085, 1435)),
        ("Website Form", (2676, 3551)),
    ];
    assert_eq!(groups, expected.map(|(name, counts)| (name.to_owned(), counts)).into());
}

#[test]
fn the_cohorts_of_a_real_marketplace_are_as_others_counted() {
    let Some(data) = real("olist_orig") else { return };
    let leads = data.join("olist_marketing_qualified_leads_dataset.csv");
    let deals = format!("deals={}", data.join("olist_closed_deals_dataset.csv").display());
    let own =
        ["--policy", "olist.handover", "--source", "olist.yaml", "--join", &deals, "--now", "2019-01-01T00:00:00Z"];
    let found = json(&report(&[&own[..], &["--by", "origin", "--format", "json", leads.to_str().unwrap()]].concat()));
    let converted = |value: &Value| (number(value, "handed_over"), number(value, "converted"));
    let months: Vec<(String, (u64, u64))> = found["all"]["efficiency"]["periods"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| number(it, "handed_over") > 0)
        .map(|it| (it["period"].as_str().unwrap().to_owned(), converted(it)))
        .collect();
    let expected = [
        ("2017-06", (4, 0)),
        ("2017-07", (239, 2)),
        ("2017-08", (386, 9)),
        ("2017-09", (312, 7)),
        ("2017-10", (416, 14)),
        ("2017-11", (445, 18)),
        ("2017-12", (200, 11)),
        ("2018-01", (1141, 152)),
        ("2018-02", (1028, 149)),
        ("2018-03", (1174, 167)),
        ("2018-04", (1352, 183)),
        ("2018-05", (1303, 130)),
    ];
    assert_eq!(months, expected.map(|(month, counts)| (month.to_owned(), counts)));
    let groups: Vec<(Option<&str>, (u64, u64))> = found["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["value"].as_str(), converted(&group["efficiency"]["total"])))
        .collect();
    let expected = [
        (Some("organic_search"), (2296, 271)),
        (Some("paid_search"), (1586, 195)),
        (Some("social"), (1350, 75)),
        (Some("unknown"), (1099, 179)),
        (Some("direct_traffic"), (499, 56)),
        (Some("email"), (493, 15)),
        (Some("referral"), (284, 24)),
        (Some("other"), (150, 4)),
        (Some("display"), (118, 6)),
        (Some("other_publicities"), (65, 3)),
        (None, (60, 14)),
    ];
    assert_eq!(groups, expected);
    let notes = found["notes"].to_string();
    assert!(notes.contains("1 handover has an answer or a conversion with an earlier date"), "{notes}");
}

#[test]
fn every_block_of_the_page_is_what_it_says() {
    let blocks = pages::run("reports", include_str!("../docs/reports.md"));
    assert!(blocks.runs >= 5, "{}", blocks.runs);
}
