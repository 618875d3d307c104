//! The same policy as a program written for it alone, as one writes it with serde_json: what Handover is measured against.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Lead<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    email: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    phone: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow)]
    company: Company<'a>,
    budget: Option<f64>,
    decides: Option<bool>,
    pain: Option<f64>,
    #[serde(borrow, default)]
    buys_by: Option<Cow<'a, str>>,
    #[serde(borrow)]
    activities: Vec<Activity<'a>>,
}

#[derive(Deserialize)]
struct Company<'a> {
    size: Option<f64>,
    #[serde(borrow)]
    country: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Activity<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    page: Cow<'a, str>,
    #[serde(borrow)]
    at: Cow<'a, str>,
}

const FREE_MAIL: [&str; 8] =
    ["gmail.com", "yahoo.com", "outlook.com", "gmx.de", "abv.bg", "proton.me", "web.de", "icloud.com"];
const MARKET: [&str; 8] = ["bg", "ro", "de", "se", "cz", "at", "pl", "hu"];
const DECIDERS: [&str; 4] = ["chief", "head", "director", "owner"];

/// Met, not met, or unknown.
type Outcome = Option<bool>;

fn all(parts: &[Outcome]) -> Outcome {
    if parts.contains(&Some(false)) {
        Some(false)
    } else {
        parts.iter().all(|part| *part == Some(true)).then_some(true)
    }
}

fn any(parts: &[Outcome]) -> Outcome {
    if parts.contains(&Some(true)) {
        Some(true)
    } else {
        parts.iter().all(|part| *part == Some(false)).then_some(false)
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Some(true) => "met",
        Some(false) => "not_met",
        None => "unknown",
    }
}

/// Decides one lead and writes its id, stage, criteria and checklist.
pub fn decide(line: &str, now: DateTime<Utc>, out: &mut String) {
    use std::fmt::Write;
    let lead: Lead<'_> = serde_json::from_str(line).unwrap();
    let filled =
        |text: &Option<Cow<'_, str>>| text.as_ref().map(|text| text.trim().to_lowercase()).filter(|it| !it.is_empty());
    let (email, phone, title) = (filled(&lead.email), filled(&lead.phone), filled(&lead.title));
    let country = filled(&lead.company.country);
    let holds = |title: &str, words: &[&str]| words.iter().any(|word| title.contains(word));
    let (mut views, mut asked) = (0, 0);
    for activity in &lead.activities {
        let Ok(at) = activity.at.parse::<DateTime<Utc>>() else { continue };
        let within = |days| at <= now && at >= now - TimeDelta::days(days);
        let kind = activity.kind.to_lowercase();
        views += i32::from(kind == "page_view" && activity.page.to_lowercase().starts_with("/pricing") && within(30));
        asked += i32::from((kind == "demo_request" || kind == "free_trial") && within(60));
    }
    let domain = email.as_ref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
    let reachable = email.is_some() || phone.is_some();
    let free = domain.map(|domain| FREE_MAIL.contains(&domain));
    let junior = title.as_ref().map(|title| holds(title, &["student", "intern"]));
    let company = any(&[free, junior]).map(|any| !any).unwrap_or(true);
    let size = lead.company.size.map(|size| size >= 50.0);
    let market = all(&[size, country.map(|country| MARKET.contains(&country.as_str()))]).unwrap_or(false);
    let interested = views >= 2 || asked >= 1;
    let decider = title.as_ref().map(|title| holds(title, &DECIDERS));
    let today = now.date_naive();
    let soon = |day: NaiveDate| today <= day && Some(day) <= today.checked_add_days(Days::new(183));
    let bant = [
        ("budget", lead.budget.map(|budget| budget >= 10_000.0)),
        ("authority", any(&[lead.decides, decider])),
        ("need", lead.pain.map(|pain| pain >= 3.0)),
        ("timeline", lead.buys_by.as_ref().and_then(|day| day.parse().ok()).map(soon)),
    ];
    let count = |outcome: Outcome| bant.iter().filter(|(_, own)| *own == outcome).count();
    let mql = reachable && company && market && interested;
    let stage = if mql && count(Some(true)) >= 3 {
        "\"SQL\""
    } else if mql {
        "\"MQL\""
    } else {
        "null"
    };
    write!(out, "{{\"lead\":{},\"stage\":{stage},\"criteria\":{{", serde_json::to_string(&lead.id).unwrap()).unwrap();
    let criteria =
        [("reachable", reachable), ("a company", company), ("our market", market), ("interested", interested)];
    for (place, (name, outcome)) in criteria.iter().enumerate() {
        write!(out, "{}\"{name}\":\"{}\"", if place == 0 { "" } else { "," }, word(Some(*outcome))).unwrap();
    }
    let (met, not_met, unknown) = (count(Some(true)), count(Some(false)), count(None));
    write!(
        out,
        "}},\"checklists\":{{\"BANT\":{{\"met\":{met},\"not_met\":{not_met},\"unknown\":{unknown},\"items\":{{"
    )
    .unwrap();
    for (place, (name, outcome)) in bant.iter().enumerate() {
        write!(out, "{}\"{name}\":\"{}\"", if place == 0 { "" } else { "," }, word(*outcome)).unwrap();
    }
    out.push_str("}}}}\n");
}
