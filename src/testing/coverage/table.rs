//! Coverage as a table for people.

use unicode_width::UnicodeWidthStr;

use super::{Cell, Coverage, Coverages, Row};
use crate::diagnostic::{HumanOptions, escape};

/// Narrower screens are written to as if they were this wide.
const NARROWEST: usize = 60;
/// Wider ones gain nothing.
const WIDEST: usize = 100;
/// Four marks, each under its word, and the line.
const COLUMNS: usize = 42;

const BOLD: &str = "1";
const DIM: &str = "2";
const GOOD: &str = "32";
const BAD: &str = "31";

/// The tables of all policies.
pub fn coverage(all: &Coverages, options: HumanOptions) -> String {
    let mut out = String::new();
    let paper = Paper { width: options.width.clamp(NARROWEST, WIDEST), color: options.color };
    for coverage in all.iter() {
        out.push('\n');
        paper.one(&mut out, coverage);
    }
    out
}

struct Paper {
    width: usize,
    color: bool,
}

impl Paper {
    fn paint(&self, text: &str, style: &str) -> String {
        if self.color { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn one(&self, out: &mut String, it: &Coverage) {
        let share = it.share;
        let title = format!("coverage of {}: {} %", escape(&it.file), share.percent);
        let leads = if it.leads == 1 { "1 lead".to_owned() } else { format!("{} leads", it.leads) };
        let about = format!("{} of {} seen, by {leads}", share.covered, share.possible);
        out.push_str(&format!("{}  {}\n", self.paint(&title, BOLD), self.paint(&about, DIM)));
        if !it.parts.is_empty() {
            let heads = format!("{:>6}{:>9}{:>9}{:>9}{:>9}", "met", "not met", "unknown", "decides", "line");
            out.push_str(&format!("{}{}\n", " ".repeat(self.room()), self.paint(&heads, DIM)));
        }
        let mut of = None;
        for row in &it.parts {
            let group = row.of.as_ref().map(|of| format!("{} of \"{}\"", plural(row.kind), escape(of)));
            if group != of
                && let Some(group) = &group
            {
                out.push_str(&format!("{group}\n"));
            }
            of = group;
            self.row(out, row);
        }
        for sla in &it.slas {
            let line = format!("line {}", sla.line);
            let name = format!("sla \"{}\"", escape(&sla.name));
            let gap = self.width.saturating_sub(name.width() + line.width()).max(2);
            out.push_str(&format!("{name}{}{}\n", " ".repeat(gap), self.paint(&line, DIM)));
            for (wanted, word, style) in [(true, "seen", GOOD), (false, "not seen", BAD)] {
                let states = sla.states.iter().filter(|(_, seen)| *seen == wanted);
                let states: Vec<String> = states.map(|(status, _)| status.as_str().replace('_', " ")).collect();
                if !states.is_empty() {
                    out.push_str(&format!("  {} {}\n", self.paint(&format!("{word}:"), style), states.join(", ")));
                }
            }
        }
        out.push_str(&format!("{}\n", self.paint("✓ seen   ✗ not seen   – cannot come out", DIM)));
    }

    /// What is left for names.
    fn room(&self) -> usize {
        self.width.saturating_sub(COLUMNS)
    }

    fn row(&self, out: &mut String, row: &Row) {
        let name = escape(&row.name);
        let name = match (row.kind, &row.of) {
            (_, Some(_)) => format!("  {name}"),
            ("disqualification", None) => format!("disqualify \"{name}\""),
            (kind, None) => format!("{kind} \"{name}\""),
        };
        out.push_str(&cut(&name, self.room()));
        for (cell, width) in [(row.met, 6), (row.not_met, 9), (row.unknown, 9), (row.decisive, 9)] {
            let (sign, style) = match cell {
                Cell::Seen => ("✓", GOOD),
                Cell::NotSeen => ("✗", BAD),
                Cell::Impossible => ("–", DIM),
            };
            out.push_str(&" ".repeat(width - 1));
            out.push_str(&self.paint(sign, style));
        }
        out.push_str(&self.paint(&format!("{:>9}", row.line), DIM));
        out.push('\n');
    }
}

fn plural(kind: &str) -> &'static str {
    if kind == "score rule" { "rules" } else { "items" }
}

/// A name, filled up or cut to a width.
fn cut(name: &str, width: usize) -> String {
    let mut shown = name.to_owned();
    if shown.width() > width {
        while shown.width() >= width && shown.pop().is_some() {}
        shown.push('…');
    }
    let gap = width.saturating_sub(shown.width());
    shown + &" ".repeat(gap)
}
