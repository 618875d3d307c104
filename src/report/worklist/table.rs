//! The worklist as people read it.

use std::fmt::Write;

use chrono::{DateTime, Datelike, TimeZone, Utc};
use chrono_tz::Tz;
use unicode_width::UnicodeWidthStr;

use super::{OPEN, Row, Worklist, local};
use crate::diagnostic::escape;
use crate::policy::{Action, SlaStatus};
use crate::report::prose::screen::cut;

const COLUMNS: [&str; 5] = ["LEAD", "OWNER", "SLA", "DUE", "TIME LEFT"];
const GAP: usize = 2;
/// A name is not cut to less than this.
const LEAST: usize = 6;

/// The tables, each under its status, and what they count.
pub fn render(list: &Worklist, width: Option<usize>, color: bool) -> String {
    let mut text = String::new();
    let as_of = list.zone.from_utc_datetime(&list.now.naive_utc());
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{}, version {}, as of {} {}",
        escape(&list.policy.0),
        list.policy.1,
        as_of.format("%a %-d %b %Y %H:%M"),
        zone(as_of)
    );
    let _ = writeln!(text, "{}", summary(list));
    let lines: Vec<[String; 5]> = list.rows.iter().map(|row| cells(row, list.now)).collect();
    let widths = widths(&lines, width);
    for status in OPEN {
        let rows = list.rows.iter().zip(&lines).filter(|(row, _)| row.clock.status == status);
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            continue;
        }
        let _ = writeln!(text, "\n{}", paint(&heading(status), status, color));
        let _ = writeln!(text, "{}", line(&COLUMNS.map(str::to_owned), &widths));
        for (row, cells) in rows {
            let _ = writeln!(text, "{}", line(cells, &widths));
            for action in &row.actions {
                let _ = writeln!(text, "    → {}", escape(&self::action(&action.action)));
            }
        }
    }
    if !list.rows.is_empty() {
        let plain = list.rows.iter().any(|row| row.clock.calendar.is_none());
        let also = if plain { "; * around the clock" } else { "" };
        let _ = writeln!(text, "\nTime left is counted in the opening hours of the SLA{also}.");
    }
    text
}

/// `2 breached, 1 at risk, 3 running, 0 paused; 16 leads`
fn summary(list: &Worklist) -> String {
    let counts = OPEN.map(|status| format!("{} {}", list.count(status), heading(status).to_lowercase()));
    let leads = if list.leads == 1 { "1 lead".to_owned() } else { format!("{} leads", list.leads) };
    let unread = if list.unread == 0 { String::new() } else { format!(", {} of them unreadable", list.unread) };
    format!("{}; {leads}{unread}", counts.join(", "))
}

fn heading(status: SlaStatus) -> String {
    status.as_str().replace('_', " ").to_uppercase()
}

fn cells(row: &Row, now: DateTime<Utc>) -> [String; 5] {
    let text = |text: Option<&str>| text.map_or_else(|| "–".to_owned(), escape);
    [text(row.lead.as_deref()), text(row.owner.as_deref()), escape(&row.sla), due(row, now), left(row)]
}

/// `Mon 9 Mar 16:40 EET`; the year only where it is not this one.
fn due(row: &Row, now: DateTime<Utc>) -> String {
    let Some(due) = local(row.clock.due_at, row.zone) else { return "never".to_owned() };
    let this_year = local(Some(now), row.zone).is_some_and(|now| now.year() == due.year());
    let format = if this_year { "%a %-d %b %H:%M" } else { "%a %-d %b %Y %H:%M" };
    format!("{} {}", due.format(format), zone(due))
}

/// `EET`, or, for zones without letters of their own, `UTC+03`.
fn zone(at: DateTime<Tz>) -> String {
    let name = at.format("%Z").to_string();
    if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
}

/// `1 h 30 min`, `4 h 20 min over`; with a star where it is no opening hours that count.
fn left(row: &Row) -> String {
    let Some(seconds) = row.left_seconds() else { return "–".to_owned() };
    let minutes = seconds.unsigned_abs() / 60;
    let time = match (minutes / 60, minutes % 60) {
        (0, 0) => "under 1 min".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02} min"),
    };
    let over = if row.clock.status == SlaStatus::Breached { " over" } else { "" };
    let plain = if row.clock.calendar.is_none() { "*" } else { "" };
    format!("{time}{over}{plain}")
}

/// An action in the words of the language: `notify "lead owner"`.
pub fn action(action: &Action) -> String {
    match action {
        Action::CountAsWasted => "count as wasted".to_owned(),
        Action::Notify(who) => format!("notify \"{who}\""),
        Action::ReturnTo(party) => format!("return to {party}"),
        Action::AssignTo(who) => format!("assign to \"{who}\""),
        Action::Task(what) => format!("task \"{what}\""),
    }
}

/// How wide each column is: as its widest cell, unless that is too much for the screen; then the widest name gives way.
fn widths(lines: &[[String; 5]], screen: Option<usize>) -> [usize; 5] {
    let mut widths = COLUMNS.map(UnicodeWidthStr::width);
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.width());
        }
    }
    let Some(screen) = screen else { return widths };
    let gaps = GAP * widths.len();
    loop {
        let total: usize = widths.iter().sum::<usize>() + gaps;
        let names = widths.iter_mut().take(3);
        match names.max_by_key(|width| **width) {
            Some(widest) if total > screen && *widest > LEAST => *widest -= 1,
            _ => return widths,
        }
    }
}

fn line(cells: &[String; 5], widths: &[usize; 5]) -> String {
    let mut text = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cell = cut(cell, *width);
        let pad = width.saturating_sub(cell.width());
        let _ = write!(text, "{:GAP$}{cell}{:pad$}", "", "");
    }
    text.trim_end().to_owned()
}

fn paint(text: &str, status: SlaStatus, color: bool) -> String {
    let code = match status {
        SlaStatus::Breached => "1;31",
        SlaStatus::AtRisk => "1;33",
        _ => "1",
    };
    if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
