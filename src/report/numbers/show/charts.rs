//! Which pictures are drawn of a report.

mod columns;
pub mod picture;
mod rows;

pub use picture::Picture;

use crate::diagnostic::escape;
use crate::report::numbers::figures::*;
use crate::report::numbers::sections::name_of;
use crate::report::numbers::table::{Cell, lasting};
use crate::report::prose::words::{count, thousands};
use columns::{Border, Column, Unit, columns, need_breadth, short};
use picture::Part;
use rows::{Row, rows};

/// Of more periods than this, the latest are drawn.
const MOST_COLUMNS: usize = 120;
/// More bars than this come in several pictures, each of which has room on a printed page.
const MOST_ROWS: usize = 12;
/// Where the largest come first, these are drawn.
const LARGEST: usize = 24;
/// A picture with no more bars is told in words bar by bar.
const MOST_WORDS: usize = 13;

/// A picture and what is said beside it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Chart {
    pub title: String,
    /// What it shows, for whoever does not see it.
    pub about: String,
    pub legend: Vec<Key>,
    /// What it leaves out.
    pub note: Option<String>,
    /// Whether it needs the whole breadth of a page.
    pub wide: bool,
    pub picture: Picture,
}

/// What a colour stands for.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Key {
    pub class: &'static str,
    pub label: &'static str,
}

/// The pictures of a section, in their order.
pub fn of_section(report: &Report, id: &str) -> Vec<Chart> {
    let all = &report.all;
    match id {
        "targets" => report.targets.iter().filter_map(target).collect(),
        "handovers" => all.handovers.iter().flat_map(handovers).collect(),
        "efficiency" => all.efficiency.iter().filter_map(efficiency).collect(),
        "velocity" => all.velocity.iter().filter_map(velocity).collect(),
        "slas" => all.slas.iter().flat_map(sla).collect(),
        "speed" => all.speed.iter().filter_map(speed).collect(),
        "waste" => waste(&all.waste),
        "readiness" => readiness(&all.readiness),
        "funnel" => funnel(all),
        "groups" => groups(report),
        _ => Vec::new(),
    }
}

/// `≤ 1 d`, and `> 90 d` for what is longer than all.
pub fn ranges(distribution: &[Bucket]) -> Vec<String> {
    let ends: Vec<Option<String>> = distribution.iter().map(|it| it.up_to_seconds.0.map(lasting)).collect();
    bounded(&ends)
}

/// `≤ 75 %`, and `> 200 %` for what is more than all.
pub fn shares(used: &[Used]) -> Vec<String> {
    let ends: Vec<Option<String>> = used.iter().map(|it| it.up_to_percent.map(|end| format!("{end} %"))).collect();
    bounded(&ends)
}

fn bounded(ends: &[Option<String>]) -> Vec<String> {
    let mut last = String::new();
    let mut said = Vec::new();
    for end in ends {
        said.push(match end {
            Some(end) => format!("≤ {end}"),
            None => format!("> {last}"),
        });
        last = end.clone().unwrap_or_default();
    }
    said
}

fn number(count: u64) -> String {
    Cell::Count(count).shown()
}

fn percent(share: Share) -> String {
    Cell::Share(share).shown()
}

fn keys<const N: usize>(keys: [(&'static str, &'static str); N]) -> Vec<Key> {
    keys.map(|(class, label)| Key { class, label }).to_vec()
}

fn parts<const N: usize>(parts: [(&'static str, u64); N]) -> Vec<Part> {
    parts.map(|(class, count)| Part { class, count }).to_vec()
}

/// A picture of periods.
fn by_period<T>(
    title: String,
    legend: Vec<Key>,
    unit: Unit,
    periods: &[InPeriod<T>],
    column: impl Fn(&InPeriod<T>) -> Column,
) -> Option<Chart> {
    let drawn = periods.get(periods.len().saturating_sub(MOST_COLUMNS)..).unwrap_or_default();
    let bars: Vec<Column> = drawn
        .iter()
        .map(|period| {
            let (days, it) = (&period.days, column(period));
            let so_far = if days.ended { "" } else { " so far" };
            Column {
                about: format!("{}{so_far}: {}", days.period, it.about),
                name: days.period.clone(),
                below: (!days.ended).then_some("so far"),
                ..it
            }
        })
        .collect();
    let (first, last) = (bars.first()?, bars.last()?);
    let about = match bars.len() {
        0..=MOST_WORDS => told(bars.iter().map(|it| &it.about)),
        many => format!("{} periods from {} to {}.", thousands(many), first.name, last.name),
    };
    let note = (drawn.len() < periods.len()).then(|| {
        format!("The latest {} of {} periods; the table has all.", thousands(drawn.len()), thousands(periods.len()))
    });
    let wide = need_breadth(&bars);
    Some(Chart { title, about, legend, note, wide, picture: columns(&bars, unit, None, wide) })
}

fn told<'a>(abouts: impl Iterator<Item = &'a String>) -> String {
    abouts.cloned().collect::<Vec<_>>().join("; ") + "."
}

/// A picture of how many there are in each range.
fn distribution(title: String, legend: Vec<Key>, bars: Vec<Column>, border: Option<Border>) -> Option<Chart> {
    let found = bars.iter().flat_map(|it| &it.parts).any(|part| part.count > 0);
    found.then(|| {
        let about = told(bars.iter().map(|it| &it.about));
        Chart { title, about, legend, note: None, wide: false, picture: columns(&bars, Unit::Count, border, false) }
    })
}

fn in_range(name: &str, class: &'static str, many: u64, what: &str) -> Column {
    Column {
        name: name.replace(' ', ""),
        value: number(many),
        short: short(many),
        parts: parts([(class, many)]),
        about: format!("{name}: {} {what}", number(many)),
        ..Column::default()
    }
}

/// Pictures of bars that lie: one, or as many as all bars need.
fn lying(title: &str, legend: &[Key], bars: &[Row], whole: u64) -> Vec<Chart> {
    let sheets: Vec<&[Row]> = bars.chunks(MOST_ROWS).collect();
    let many = sheets.len();
    let draw = |(at, bars): (usize, &&[Row])| Chart {
        title: if many > 1 { format!("{title}, {} of {many}", at + 1) } else { title.to_owned() },
        about: told(bars.iter().map(|it| &it.about)),
        legend: legend.to_vec(),
        note: None,
        wide: false,
        picture: rows(bars, whole),
    };
    sheets.iter().enumerate().map(draw).collect()
}

/// Pictures of the first bars only.
fn largest(title: &str, legend: &[Key], bars: &[Row], whole: u64) -> Vec<Chart> {
    let drawn = bars.get(..LARGEST).unwrap_or(bars);
    let mut charts = lying(title, legend, drawn, whole);
    if let Some(last) = charts.last_mut().filter(|_| drawn.len() < bars.len()) {
        last.note = Some(format!("The table has {} more.", thousands(bars.len() - drawn.len())));
    }
    charts
}

fn target(target: &Target) -> Option<Chart> {
    let unit = if target.sla.is_some() { Unit::Percent } else { Unit::Count };
    let shown = |it: Reached| match unit {
        Unit::Count => Cell::Reached(it).shown(),
        Unit::Percent => Cell::Percent(it).shown(),
    };
    let measured = |it: Reached| match unit {
        Unit::Count => it.0.map(|it| it / 100),
        Unit::Percent => it.0,
    };
    let legend = keys([("good", "reached"), ("bad", "not reached"), ("middle", "still running"), ("mark", "target")]);
    by_period(escape(&target.target), legend, unit, &target.periods, |InPeriod { days, figures: it }| {
        let reached = it.actual.0.zip(it.target.0).is_some_and(|(actual, target)| actual >= target);
        let class = match (reached, days.ended) {
            (true, _) => "good",
            (false, true) => "bad",
            (false, false) => "middle",
        };
        Column {
            value: shown(it.actual),
            short: measured(it.actual).filter(|_| unit == Unit::Count).map_or_else(|| shown(it.actual), short),
            parts: parts([(class, measured(it.actual).unwrap_or_default())]),
            mark: measured(it.target),
            about: format!("{} of {}", shown(it.actual), shown(it.target)),
            ..Column::default()
        }
    })
}

fn handovers(it: &Handovers) -> Vec<Chart> {
    let legend = keys([("good", "accepted"), ("bad", "rejected"), ("rest", "open")]);
    let chart = by_period(
        "Handovers, and the share that was accepted".to_owned(),
        legend,
        Unit::Count,
        &it.periods,
        |InPeriod { figures: it, .. }| {
            let counts = answers(it);
            Column {
                value: percent(it.acceptance_percent),
                short: percent(it.acceptance_percent),
                parts: answered(it),
                about: match it.handed_over {
                    0 => "nothing was handed over".to_owned(),
                    _ => format!("{counts}; acceptance {}", percent(it.acceptance_percent)),
                },
                ..Column::default()
            }
        },
    );
    let reasons = it.reasons.iter().flatten().map(|it| {
        let name = match &it.reason {
            None => "(no reason given)".to_owned(),
            Some(reason) => escape(reason),
        };
        let value = format!("{} · {}", number(it.rejected), percent(it.share_percent));
        let note = (it.reason.is_some() && !it.listed).then(|| "not in the policy".to_owned());
        let about = format!("{name}: {value}");
        Row { name, value, note, parts: parts([("bad", it.rejected)]), about, ..Row::default() }
    });
    let reasons: Vec<Row> = reasons.collect();
    let reasons = if it.total.rejected == 0 {
        Vec::new()
    } else {
        largest("Why leads were rejected", &[], &reasons, it.total.rejected)
    };
    chart.into_iter().chain(reasons).collect()
}

fn answered(it: &HandedOver) -> Vec<Part> {
    parts([("good", it.accepted), ("bad", it.rejected), ("rest", it.open)])
}

fn answers(it: &HandedOver) -> String {
    format!("{} accepted, {} rejected, {} open", number(it.accepted), number(it.rejected), number(it.open))
}

fn efficiency(it: &Efficiency) -> Option<Chart> {
    let legend = keys([("good", "converted by now"), ("rest", "not converted")]);
    let title = "Handovers, and the share that was converted (* not all had their time)".to_owned();
    by_period(title, legend, Unit::Count, &it.periods, |InPeriod { figures: it, .. }| {
        let star = if it.mature || it.handed_over == 0 { "" } else { "*" };
        let rate = percent(it.rate_percent) + star;
        let immature = if star.is_empty() { "" } else { ", immature" };
        Column {
            value: rate.clone(),
            short: rate,
            parts: parts([("good", it.converted), ("rest", it.handed_over.saturating_sub(it.converted))]),
            about: match it.handed_over {
                0 => "nothing was handed over".to_owned(),
                all => format!(
                    "{} of {} converted, {}{immature}",
                    number(it.converted),
                    number(all),
                    percent(it.rate_percent)
                ),
            },
            ..Column::default()
        }
    })
}

fn velocity(it: &Velocity) -> Option<Chart> {
    let bars = it.distribution.iter().zip(ranges(&it.distribution));
    let bars = bars.map(|(bucket, name)| in_range(&name, "good", bucket.count, "stays")).collect();
    distribution(format!("How long leads stayed in {}", escape(&it.stage)), Vec::new(), bars, None)
}

fn sla(it: &Sla) -> Vec<Chart> {
    let name = match &it.party {
        Some(party) => format!("{} ({})", escape(&it.sla), escape(party)),
        None => escape(&it.sla),
    };
    let legend = keys([("good", "on time"), ("bad", "late")]);
    let late = |used: &Used| used.up_to_percent.is_none_or(|end| end > 100);
    let bars = it.used.iter().zip(shares(&it.used));
    let bars = bars.map(|(used, name)| in_range(&name, if late(used) { "bad" } else { "good" }, used.clocks, "clocks"));
    let border = Border { after: it.used.iter().filter(|it| !late(it)).count(), label: "time allowed" };
    let used = distribution(format!("{name}: time used"), legend, bars.collect(), Some(border));
    let legend = keys([("good", "met"), ("bad", "breached"), ("rest", "undecided")]);
    let periods = by_period(
        format!("{name}: clocks, and the share met"),
        legend,
        Unit::Count,
        &it.periods,
        |InPeriod { figures: it, .. }| {
            let undecided = it.started.saturating_sub(it.met + it.breached);
            let (met, breached) = (number(it.met), number(it.breached));
            let attained = percent(it.attainment_percent);
            Column {
                value: attained.clone(),
                short: attained.clone(),
                parts: parts([("good", it.met), ("bad", it.breached), ("rest", undecided)]),
                about: match it.started {
                    0 => "no clock started".to_owned(),
                    _ => {
                        format!("{met} met, {breached} breached, {} undecided; attained {attained}", number(undecided))
                    }
                },
                ..Column::default()
            }
        },
    );
    used.into_iter().chain(periods).collect()
}

fn speed(it: &Speed) -> Option<Chart> {
    let it = &it.total;
    let bars = [
        ("≤ 5 min", "good", it.within_5_minutes),
        ("≤ 1 h", "good", it.within_1_hour),
        ("≤ 4 h", "middle", it.within_4_hours),
        ("≤ 1 d", "middle", it.within_1_day),
        ("later", "middle", it.later),
        ("never", "bad", it.never),
        ("waiting", "rest", it.waiting),
    ];
    let bars = bars.map(|(name, class, count)| in_range(name, class, count, "handovers")).to_vec();
    let legend =
        keys([("good", "within the hour"), ("middle", "later"), ("bad", "never"), ("rest", "still within its hour")]);
    let title = format!("From handover to first contact: {} within the hour", percent(it.within_the_hour_percent));
    distribution(title, legend, bars, None)
}

fn waste(it: &Waste) -> Vec<Chart> {
    let whole = it.slas.iter().map(|it| it.late + it.never).max().unwrap_or(0);
    if whole == 0 {
        return Vec::new();
    }
    let bars = it.slas.iter().map(|it| {
        let cost = it.cost.as_ref().filter(|cost| !cost.is_empty());
        let cost = cost.map(|cost| escape(&Cell::Money(cost.clone()).shown()));
        let leads = if it.leads == 1 { "lead" } else { "leads" };
        let name = escape(&it.sla);
        let about =
            format!("{name}: {} {leads}, {} late, {} never", number(it.leads), number(it.late), number(it.never));
        let note = [cost, (!it.counts_as_wasted).then(|| "not counted as wasted".to_owned())];
        let note = note.into_iter().flatten().collect::<Vec<_>>().join("; ");
        Row {
            name,
            value: format!("{} {leads}", number(it.leads)),
            note: (!note.is_empty()).then_some(note),
            parts: parts([("middle", it.late), ("bad", it.never)]),
            about,
            ..Row::default()
        }
    });
    let legend = keys([("middle", "answered late"), ("bad", "never answered")]);
    lying("Leads whose clock ran out", &legend, &bars.collect::<Vec<_>>(), whole)
}

fn readiness(criteria: &[Readiness]) -> Vec<Chart> {
    let bars = criteria.iter().map(|it| {
        let name = it.checklist.as_ref().map_or_else(|| it.name.clone(), |list| format!("{list}: {}", it.name));
        let name = escape(&name);
        let blame = it.field.as_ref().filter(|_| it.unknown > 0);
        let note = blame.map(|field| {
            format!("for want of {}: {}", escape(field), count(it.field_missing as usize, "lead", "leads"))
        });
        let counts = [it.met, it.not_met, it.unknown].map(number);
        let about = format!("{name}: {} met, {} not met, {} unknown", counts[0], counts[1], counts[2]);
        Row {
            name,
            value: format!("{} unknown", percent(it.unknown_percent)),
            note,
            parts: parts([("good", it.met), ("middle", it.not_met), ("rest", it.unknown)]),
            about,
            ..Row::default()
        }
    });
    let bars: Vec<Row> = bars.collect();
    let whole = criteria.iter().map(|it| it.met + it.not_met + it.unknown).max().unwrap_or(0);
    if whole == 0 {
        return Vec::new();
    }
    let legend = keys([("good", "met"), ("middle", "not met"), ("rest", "unknown")]);
    lying("What can be judged of the leads", &legend, &bars, whole)
}

fn funnel(figures: &Figures) -> Vec<Chart> {
    let (it, all) = (&figures.funnel, figures.leads);
    if all == 0 {
        return Vec::new();
    }
    let bar = |name: String, class: &'static str, leads: u64, apart: bool| {
        let value = format!("{} · {}", number(leads), percent(Share::of(leads, all)));
        let about = format!("{name}: {value}");
        Row { name, value, note: None, parts: parts([(class, leads)]), about, apart }
    };
    let mut bars = vec![bar("all leads".to_owned(), "rest", all, false)];
    for (at, stage) in it.stages.iter().enumerate() {
        let last = at + 1 == it.stages.len();
        let name = if last { escape(&stage.stage) } else { format!("{} or further", escape(&stage.stage)) };
        bars.push(bar(name, "good", stage.at_least, false));
    }
    bars.push(bar("disqualified".to_owned(), "bad", it.disqualified, true));
    let mut charts = lying("How far leads have come", &[], &bars, all);
    if it.disqualified > 0 {
        let named = it.disqualifiers.iter();
        let bars: Vec<Row> = named.map(|by| bar(escape(&by.disqualifier), "bad", by.leads, false)).collect();
        charts.extend(lying("Why leads are disqualified, of all leads", &[], &bars, all));
    }
    charts
}

/// Handovers of each group and their acceptance; where nothing tells of handovers, leads.
fn groups(report: &Report) -> Vec<Chart> {
    let named = |name: &Group| escape(&name_of(name));
    let handed: Option<Vec<(String, HandedOver)>> =
        report.groups.iter().map(|it| Some((named(it), it.figures.handovers.as_ref()?.total))).collect();
    let Some(handed) = handed.filter(|all| all.iter().any(|(_, it)| it.handed_over > 0)) else {
        let whole = report.groups.iter().map(|it| it.figures.leads).max().unwrap_or(0);
        let bars = report.groups.iter().map(|it| {
            let (name, value) = (named(it), count(it.figures.leads as usize, "lead", "leads"));
            let about = format!("{name}: {value}");
            Row { name, value, parts: parts([("good", it.figures.leads)]), about, ..Row::default() }
        });
        return largest("Leads", &[], &bars.collect::<Vec<_>>(), whole);
    };
    let whole = handed.iter().map(|(_, it)| it.handed_over).max().unwrap_or(0);
    let counted = handed.iter().map(|(name, it)| Row {
        name: name.clone(),
        value: number(it.handed_over),
        parts: answered(it),
        about: format!("{name}: {}", answers(it)),
        ..Row::default()
    });
    let legend = keys([("good", "accepted"), ("bad", "rejected"), ("rest", "open")]);
    let mut charts = largest("Handovers", &legend, &counted.collect::<Vec<_>>(), whole);
    let accepted = handed.iter().map(|(name, it)| {
        let answered = it.accepted + it.rejected;
        let value = match answered {
            0 => "no answer yet".to_owned(),
            _ => format!("{} of {}", percent(it.acceptance_percent), number(answered)),
        };
        // A bar for a share is as long as the share.
        let share = it.acceptance_percent.hundredths().unwrap_or_default();
        let about = format!("{name}: {value}");
        Row { name: name.clone(), value, parts: parts([("good", share)]), about, ..Row::default() }
    });
    charts.extend(largest("Acceptance, of those answered", &[], &accepted.collect::<Vec<_>>(), 10_000));
    charts
}
