//! Charts as shapes with whole-numbered places: the template only has to draw them.

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::report::numbers::figures::*;
use crate::report::numbers::sections::name_of;
use crate::report::numbers::table::Cell;

/// The width of every chart.
const WIDTH: u64 = 720;
/// No letter of the usual ones is wider on average.
const LETTER: u64 = 8;
/// So many bars one below another; what is beyond them stands in the table.
const MOST_BARS: usize = 24;

/// A picture, and what it shows in words.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Chart {
    pub id: String,
    pub title: String,
    /// For those who do not see it; the table has every figure.
    pub said: String,
    pub width: u64,
    pub height: u64,
    pub shapes: Vec<Shape>,
    pub texts: Vec<Text>,
    pub lines: Vec<Line>,
    pub legend: Vec<Key>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Shape {
    pub x: u64,
    pub y: u64,
    pub width: u64,
    pub height: u64,
    pub kind: Kind,
    /// What it stands for.
    pub said: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Text {
    pub x: u64,
    pub y: u64,
    pub anchor: &'static str,
    pub text: String,
    /// The whole of a text that was cut.
    pub whole: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub x1: u64,
    pub y1: u64,
    pub x2: u64,
    pub y2: u64,
    /// Whether it is what was agreed, and not only a base.
    pub agreed: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Key {
    pub kind: Kind,
    pub text: String,
}

/// What a colour stands for; each has a lightness of its own, so that it can be told in grey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Plain,
    Good,
    Bad,
    Open,
}

/// A bar: its name, its parts, and what stands behind it.
struct Bar {
    name: String,
    parts: Vec<(u64, Kind, String)>,
    behind: String,
}

/// The charts of a section, by its id.
pub fn of(id: &str, report: &Report) -> Vec<Chart> {
    let figures = &report.all;
    match id {
        "targets" => report.targets.iter().enumerate().filter_map(|(at, it)| target(at, it)).collect(),
        "handovers" => figures.handovers.iter().flat_map(handovers).collect(),
        "efficiency" => figures.efficiency.iter().filter_map(efficiency).collect(),
        "velocity" => figures.velocity.iter().enumerate().filter_map(|(at, it)| velocity(at, it)).collect(),
        "slas" => figures.slas.iter().enumerate().filter_map(|(at, it)| used(at, it)).collect(),
        "speed" => figures.speed.iter().filter_map(speed).collect(),
        "waste" => waste(&figures.waste).into_iter().collect(),
        "readiness" => readiness(&figures.readiness).into_iter().collect(),
        "funnel" => funnel(&figures.funnel).into_iter().collect(),
        "groups" => groups(&report.groups).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn shown(count: u64) -> String {
    Cell::Count(count).shown()
}

fn percent(share: Share) -> String {
    Cell::Share(share).shown()
}

fn key(kind: Kind, text: &str) -> Key {
    Key { kind, text: text.to_owned() }
}

/// A text that fits, and the whole of it where it was cut.
fn cut(text: &str, room: u64) -> (String, Option<String>) {
    let letters = usize::try_from(room / LETTER).unwrap_or(usize::MAX);
    if text.width() <= letters {
        return (text.to_owned(), None);
    }
    let (mut short, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > letters {
            break;
        }
        short.push(c);
    }
    (short + "…", Some(text.to_owned()))
}

fn width_of(text: &str) -> u64 {
    text.width() as u64 * LETTER
}

/// `part` of `whole`, of a length; nothing of nothing.
fn scaled(part: u64, whole: u64, length: u64) -> u64 {
    let scaled = (u128::from(part) * u128::from(length)).checked_div(u128::from(whole)).unwrap_or(0);
    u64::try_from(scaled).unwrap_or(length).min(length)
}

/// Bars one below another, all of one scale. None where all of them are empty.
fn bars(id: &str, title: &str, bars: &[Bar], legend: Vec<Key>) -> Option<Chart> {
    let sum = |bar: &Bar| bar.parts.iter().map(|(count, ..)| count).sum::<u64>();
    let most = bars.iter().map(sum).max().filter(|most| *most > 0)?;
    let (row, thick) = (26, 16);
    let bars = bars.get(..MOST_BARS.min(bars.len())).unwrap_or_default();
    let names = bars.iter().map(|bar| width_of(&bar.name)).max().unwrap_or(0).clamp(40, 220);
    let behind = bars.iter().map(|bar| width_of(&bar.behind)).max().unwrap_or(0).clamp(20, 240);
    let room = WIDTH - names - behind - 24;
    let mut chart = Chart { id: id.to_owned(), title: title.to_owned(), width: WIDTH, legend, ..Chart::default() };
    let mut said = Vec::new();
    for (at, bar) in bars.iter().enumerate() {
        let y = row * at as u64 + 4;
        let (text, whole) = cut(&bar.name, names);
        chart.texts.push(Text { x: names, y: y + 13, anchor: "end", text, whole });
        let mut x = names + 8;
        for (count, kind, what) in bar.parts.iter().filter(|(count, ..)| *count > 0) {
            // What is there is seen, however little it is.
            let width = scaled(*count, most, room).max(1);
            let said = if what.is_empty() { bar.name.clone() } else { format!("{}, {what}", bar.name) };
            let said = format!("{said}: {}", shown(*count));
            chart.shapes.push(Shape { x, y, width, height: thick, kind: *kind, said });
            x += width;
        }
        let (text, whole) = cut(&bar.behind, behind);
        chart.texts.push(Text { x: x + 8, y: y + 13, anchor: "start", text, whole });
        said.push(format!("{}: {}", bar.name, bar.behind));
    }
    let base = names + 7;
    chart.height = row * bars.len() as u64 + 4;
    chart.lines.push(Line { x1: base, y1: 0, x2: base, y2: chart.height, agreed: false });
    chart.said = said.join("; ");
    Some(chart)
}

/// A column of a period: its parts from the bottom, what stands above it, and what was aimed at.
struct Column<'a> {
    days: &'a Days,
    parts: Vec<(u64, Kind, &'static str)>,
    above: String,
    aim: Option<u64>,
}

/// Columns side by side. None where there are none.
fn columns(id: &str, title: &str, all: &[Column<'_>], legend: Vec<Key>) -> Option<Chart> {
    let sum = |column: &Column<'_>| column.parts.iter().map(|(count, ..)| count).sum::<u64>();
    let most = all.iter().map(|it| sum(it).max(it.aim.unwrap_or(0))).max().filter(|most| *most > 0)?;
    let (height, top, left) = (220, 24, 8);
    let step = ((WIDTH - 2 * left) / all.len() as u64).clamp(1, 90);
    let thick = (step * 6 / 10).max(1);
    let bottom = top + height;
    // Of many periods only every so many a one has room for its name.
    let widest = |text: &dyn Fn(&Column<'_>) -> u64| all.iter().map(text).max().unwrap_or(1);
    let every = (widest(&|it| width_of(&it.days.period)) + 6).div_ceil(step).max(1);
    let fits = widest(&|it| width_of(&it.above)) <= step + 4;
    let mut chart = Chart { id: id.to_owned(), title: title.to_owned(), width: WIDTH, legend, ..Chart::default() };
    let mut said = Vec::new();
    for (at, column) in all.iter().enumerate() {
        let x = left + step * at as u64;
        let middle = x + step / 2;
        let mut y = bottom;
        for (count, kind, what) in column.parts.iter().filter(|(count, ..)| *count > 0) {
            let tall = scaled(*count, most, height).max(1);
            y = y.saturating_sub(tall);
            let said = format!("{}, {what}: {}", column.days.period, shown(*count));
            chart.shapes.push(Shape { x: x + (step - thick) / 2, y, width: thick, height: tall, kind: *kind, said });
        }
        let mut highest = y;
        if let Some(aim) = column.aim {
            let y = bottom - scaled(aim, most, height);
            chart.lines.push(Line { x1: x + step / 10, y1: y, x2: x + step - step / 10, y2: y, agreed: true });
            // The figure stands above its column, unless the line would go through it.
            if y < highest + 4 && highest < y + 22 {
                highest = highest.min(y);
            }
        }
        if fits {
            let (text, whole) = (column.above.clone(), None);
            chart.texts.push(Text { x: middle, y: highest.saturating_sub(6).max(12), anchor: "middle", text, whole });
        }
        if (at as u64).is_multiple_of(every) {
            let (text, whole) = (column.days.period.clone(), None);
            let half = width_of(&text) / 2;
            let x = middle.clamp(half, WIDTH - half);
            chart.texts.push(Text { x, y: bottom + 18, anchor: "middle", text, whole });
        }
        let aim = column.aim.map(|aim| format!(" of {}", shown(aim))).unwrap_or_default();
        said.push(format!("{}: {}{aim}, {}", column.days.period, shown(sum(column)), column.above));
    }
    chart.height = bottom + 26;
    chart.lines.push(Line { x1: left, y1: bottom, x2: left + step * all.len() as u64, y2: bottom, agreed: false });
    chart.said = said.join("; ");
    Some(chart)
}

fn target(at: usize, target: &Target) -> Option<Chart> {
    let on_time = target.sla.is_some();
    let all: Vec<Column<'_>> = target
        .periods
        .iter()
        .map(|it| {
            let figures = &it.figures;
            let reached = figures.actual.0.zip(figures.target.0).is_some_and(|(actual, goal)| actual >= goal);
            let kind = if reached { Kind::Good } else { Kind::Bad };
            let cell = if on_time { Cell::Percent(figures.actual) } else { Cell::Reached(figures.actual) };
            Column {
                days: &it.days,
                parts: vec![(figures.actual.0.unwrap_or(0) / 100, kind, "actual")],
                above: cell.shown(),
                aim: figures.target.0.map(|goal| goal / 100),
            }
        })
        .collect();
    let legend = vec![key(Kind::Good, "reached"), key(Kind::Bad, "below the target, which is the line")];
    columns(&format!("chart-target-{at}"), &target.target, &all, legend)
}

fn handovers(it: &Handovers) -> Vec<Chart> {
    let all: Vec<Column<'_>> = it
        .periods
        .iter()
        .map(|it| Column {
            days: &it.days,
            parts: vec![
                (it.figures.accepted, Kind::Good, "accepted"),
                (it.figures.rejected, Kind::Bad, "rejected"),
                (it.figures.open, Kind::Open, "open"),
            ],
            above: if it.figures.handed_over == 0 { String::new() } else { percent(it.figures.acceptance_percent) },
            aim: None,
        })
        .collect();
    let legend = vec![
        key(Kind::Good, "accepted"),
        key(Kind::Bad, "rejected"),
        key(Kind::Open, "open; above each column, the acceptance"),
    ];
    let mut charts: Vec<Chart> =
        columns("chart-handovers", "Handed over, and what became of it", &all, legend).into_iter().collect();
    let reasons = it.reasons.iter().flatten().filter(|it| it.rejected > 0).map(|it| Bar {
        name: it.reason.clone().unwrap_or_else(|| "(no reason given)".to_owned()),
        parts: vec![(it.rejected, if it.listed { Kind::Plain } else { Kind::Bad }, String::new())],
        behind: format!("{}, {}", shown(it.rejected), percent(it.share_percent)),
    });
    let legend = vec![key(Kind::Plain, "listed in the policy"), key(Kind::Bad, "not listed")];
    charts.extend(bars("chart-reasons", "Why leads were rejected", &reasons.collect::<Vec<_>>(), legend));
    charts
}

fn efficiency(it: &Efficiency) -> Option<Chart> {
    let all: Vec<Column<'_>> = it
        .periods
        .iter()
        .map(|it| Column {
            days: &it.days,
            parts: vec![
                (it.figures.converted, if it.figures.mature { Kind::Good } else { Kind::Plain }, "converted"),
                (it.figures.handed_over - it.figures.converted, Kind::Open, "not converted"),
            ],
            above: if it.figures.handed_over == 0 { String::new() } else { percent(it.figures.rate_percent) },
            aim: None,
        })
        .collect();
    let legend = vec![
        key(Kind::Good, "converted, mature"),
        key(Kind::Plain, "converted so far"),
        key(Kind::Open, "not converted; above each column, the rate"),
    ];
    columns("chart-efficiency", "Of those handed over, converted", &all, legend)
}

fn velocity(at: usize, it: &Velocity) -> Option<Chart> {
    let units = ["1 hour", "4 hours", "1 day", "2 days", "1 week", "2 weeks", "30 days", "90 days"];
    let names = units.map(|unit| format!("up to {unit}")).into_iter().chain(["longer".to_owned()]);
    let all: Vec<Bar> = names
        .zip(&it.distribution)
        .map(|(name, bucket)| Bar {
            name,
            parts: vec![(bucket.count, Kind::Plain, String::new())],
            behind: format!("{}, {}", shown(bucket.count), percent(Share::of(bucket.count, it.ended.count))),
        })
        .collect();
    bars(&format!("chart-velocity-{at}"), &format!("{}: how long stays lasted", it.stage), &all, Vec::new())
}

/// How much of the time allowed was used; the line is where it runs out.
fn used(at: usize, it: &Sla) -> Option<Chart> {
    let decided: u64 = it.used.iter().map(|it| it.clocks).sum();
    let mut within = 0;
    let mut previous = 0;
    let mut all = Vec::new();
    for used in &it.used {
        let late = used.up_to_percent.is_none_or(|end| end > 100);
        within += usize::from(!late);
        let name = match used.up_to_percent {
            Some(end) => format!("up to {end} %"),
            None => format!("over {previous} %"),
        };
        previous = used.up_to_percent.unwrap_or(previous);
        all.push(Bar {
            name,
            parts: vec![(used.clocks, if late { Kind::Bad } else { Kind::Good }, String::new())],
            behind: format!("{}, {}", shown(used.clocks), percent(Share::of(used.clocks, decided))),
        });
    }
    let title = format!("{}: how much of the time allowed was used", it.sla);
    let legend = vec![key(Kind::Good, "in time"), key(Kind::Bad, "late, below the line where the time runs out")];
    let mut chart = bars(&format!("chart-sla-{at}"), &title, &all, legend)?;
    let y = 26 * within as u64;
    chart.lines.push(Line { x1: 0, y1: y, x2: WIDTH, y2: y, agreed: true });
    Some(chart)
}

fn speed(it: &Speed) -> Option<Chart> {
    let total = &it.total;
    let rows = [
        ("within 5 minutes", total.within_5_minutes, Kind::Good),
        ("within 1 hour", total.within_1_hour, Kind::Good),
        ("within 4 hours", total.within_4_hours, Kind::Plain),
        ("within 1 day", total.within_1_day, Kind::Plain),
        ("later", total.later, Kind::Bad),
        ("never", total.never, Kind::Bad),
        ("waiting", total.waiting, Kind::Open),
    ];
    let all: Vec<Bar> = rows
        .into_iter()
        .map(|(name, count, kind)| Bar {
            name: name.to_owned(),
            parts: vec![(count, kind, String::new())],
            behind: format!("{}, {}", shown(count), percent(Share::of(count, total.handed_over))),
        })
        .collect();
    let legend = vec![
        key(Kind::Good, "within the hour"),
        key(Kind::Plain, "the same day"),
        key(Kind::Bad, "later or never"),
        key(Kind::Open, "waiting"),
    ];
    bars("chart-speed", "From handover to first contact", &all, legend)
}

fn waste(it: &Waste) -> Option<Chart> {
    let all: Vec<Bar> = it
        .slas
        .iter()
        .map(|it| Bar {
            name: it.sla.clone(),
            parts: vec![(it.late, Kind::Plain, "late".to_owned()), (it.never, Kind::Bad, "never".to_owned())],
            behind: format!("{} late, {} never", shown(it.late), shown(it.never)),
        })
        .collect();
    let legend = vec![key(Kind::Plain, "answered late"), key(Kind::Bad, "not answered yet")];
    bars("chart-waste", "Clocks that ran out", &all, legend)
}

fn readiness(all: &[Readiness]) -> Option<Chart> {
    let all: Vec<Bar> = all
        .iter()
        .map(|it| Bar {
            name: it.checklist.as_ref().map_or_else(|| it.name.clone(), |list| format!("{list}: {}", it.name)),
            parts: vec![
                (it.met, Kind::Good, "met".to_owned()),
                (it.not_met, Kind::Bad, "not met".to_owned()),
                (it.unknown, Kind::Open, "unknown".to_owned()),
            ],
            behind: match &it.field {
                Some(field) => format!("{} unknown: {field}", percent(it.unknown_percent)),
                None => String::new(),
            },
        })
        .collect();
    let legend =
        vec![key(Kind::Good, "met"), key(Kind::Bad, "not met"), key(Kind::Open, "unknown, and for want of what")];
    bars("chart-readiness", "What is known of the leads", &all, legend)
}

fn funnel(it: &Funnel) -> Option<Chart> {
    let leads: u64 = it.stages.first().map_or(0, |stage| stage.at_least) + it.no_stage + it.disqualified;
    let bar = |name: &str, count: u64, kind: Kind| Bar {
        name: name.to_owned(),
        parts: vec![(count, kind, String::new())],
        behind: format!("{}, {}", shown(count), percent(Share::of(count, leads))),
    };
    let mut all = vec![bar("all leads", leads, Kind::Open)];
    all.extend(it.stages.iter().map(|stage| bar(&format!("{} or further", stage.stage), stage.at_least, Kind::Plain)));
    all.push(bar("disqualified", it.disqualified, Kind::Bad));
    bars("chart-funnel", "How far the leads are", &all, Vec::new())
}

fn groups(all: &[Group]) -> Option<Chart> {
    let all: Vec<Bar> = all
        .iter()
        .filter_map(|group| {
            let it = group.figures.handovers.as_ref()?.total;
            Some(Bar {
                name: name_of(group),
                parts: vec![
                    (it.accepted, Kind::Good, "accepted".to_owned()),
                    (it.rejected, Kind::Bad, "rejected".to_owned()),
                    (it.open, Kind::Open, "open".to_owned()),
                ],
                behind: format!("{}, accepted {}", shown(it.handed_over), percent(it.acceptance_percent)),
            })
        })
        .collect();
    let legend = vec![key(Kind::Good, "accepted"), key(Kind::Bad, "rejected"), key(Kind::Open, "open")];
    bars("chart-groups", "Handed over, side by side", &all, legend)
}
