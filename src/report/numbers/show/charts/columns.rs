//! Bars that stand side by side: one for each period, or for each range of a distribution.

use super::picture::{Anchor, Part, Picture, scaled, stacked, width};
use super::rows::on;
use crate::report::prose::words::thousands;

/// A bar.
#[derive(Clone, Debug, Default)]
pub struct Column {
    pub name: String,
    /// What is said below its name.
    pub below: Option<&'static str>,
    /// What is said above it.
    pub value: String,
    /// The same in less room.
    pub short: String,
    pub parts: Vec<Part>,
    /// How high it should be.
    pub mark: Option<u64>,
    /// All of it in words.
    pub about: String,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    /// In hundredths of a percent.
    Percent,
}

/// A line between two columns.
#[derive(Clone, Copy, Debug)]
pub struct Border {
    /// So many columns are before it.
    pub after: usize,
    pub label: &'static str,
}

const NARROW: i64 = 4_000;
const WIDE: i64 = 8_600;
const PLOT: i64 = 1_500;
const LINE: i64 = 150;
/// Between two names, where some are left out.
const GAP: i64 = 80;
/// A bar is not broader.
const BROADEST: i64 = 560;

/// Whether so many columns with such names need the whole breadth of a page.
pub fn need_breadth(columns: &[Column]) -> bool {
    let widest = columns.iter().map(|it| width(&it.name)).max().unwrap_or(0);
    (widest + GAP) * columns.len() as i64 > NARROW - 400
}

/// At least one column. All names are shown, or each second, each third …, the last one among them.
pub fn columns(columns: &[Column], unit: Unit, border: Option<Border>, wide: bool) -> Picture {
    let count = columns.len().max(1) as i64;
    let all = if wide { WIDE } else { NARROW };
    let highest = columns.iter().map(|it| it.parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.count)));
    let highest = highest.chain(columns.iter().filter_map(|it| it.mark)).max().unwrap_or(0);
    let ticks = ticks(highest, unit);
    let whole = ticks.last().copied().unwrap_or(1);
    let tick = |tick: u64| match unit {
        Unit::Count => short(tick),
        Unit::Percent => format!("{} %", tick / 100),
    };

    let name = columns.iter().map(|it| width(&it.name)).max().unwrap_or(0);
    let axis = ticks.iter().map(|it| width(&tick(*it))).max().unwrap_or(0) + 70;
    // Where a text is wider than its column, the outermost reach beyond the columns.
    let widest = columns.iter().map(|it| width(&it.short)).max().unwrap_or(0).max(name);
    let beyond = ((widest - (all - axis - widest) / count) / 2).max(0);
    let (left, right) = (axis + beyond, 20 + beyond);
    let room = all - left - right;
    let middle = |at: usize| left + room * (2 * at as i64 + 1) / (2 * count);
    let slot = room / count;
    let bar = (slot * 7 / 10).clamp(10, BROADEST);
    // Each n-th name, and each n-th value: those of the last column are always there.
    let each = |widest: i64| if widest <= slot { 1 } else { ((widest + GAP) * count + room - 1) / room.max(1) };
    let name_step = each(name);
    let values: Vec<&str> = {
        let full = columns.iter().map(|it| width(&it.value)).max().unwrap_or(0);
        let fits = full <= slot;
        columns.iter().map(|it| if fits { it.value.as_str() } else { it.short.as_str() }).collect()
    };
    let value_step = {
        let widest = values.iter().map(|it| width(it)).max().unwrap_or(0);
        if widest <= slot { 1 } else { each(widest).max(name_step) }
    };
    let is_shown = |at: usize, step: i64| (columns.len() - 1 - at) as i64 % step == 0;

    let top = if border.is_some() { 380 } else { 220 };
    let floor = top + PLOT;
    let lines = 1 + i64::from(columns.iter().any(|it| it.below.is_some()));
    let mut picture = Picture::new(all, floor + 50 + lines * LINE);
    let height = |count: u64| scaled(count, whole, PLOT);
    for it in &ticks {
        let y = floor - height(*it);
        picture.line(if *it == 0 { "axis" } else { "grid" }, (left, y), (all - right, y));
        picture.text("dim", Anchor::End, (left - 50, y + 42), &tick(*it), left);
    }
    for (at, (column, value)) in columns.iter().zip(values).enumerate() {
        let (middle, mut above) = (middle(at), floor);
        let start = middle - bar / 2;
        for (part, from, to) in stacked(&column.parts, whole, PLOT) {
            picture.rect(part.class, (start, floor - to), (bar, to - from), None);
            let text = thousands(usize::try_from(part.count).unwrap_or(usize::MAX));
            if column.parts.len() > 1 && width(&text) + 30 <= bar && to - from >= 150 {
                let y = floor - (from + to) / 2 + 42;
                picture.text(on(part.class), Anchor::Middle, (middle, y), &text, bar);
            }
            above = floor - to;
        }
        if let Some(mark) = column.mark {
            let y = floor - height(mark);
            for class in ["halo", "mark"] {
                picture.line(class, (middle - slot * 9 / 20, y), (middle + slot * 9 / 20, y));
            }
            // A figure does not stand on the mark.
            if y < above + 20 && y > above - 180 {
                above = y;
            }
        }
        if !value.is_empty() && is_shown(at, value_step) {
            // A value that is wider than its column would stand before its neighbours.
            let y = if value_step > 1 { top } else { above } - 45;
            picture.text("value", Anchor::Middle, (middle, y), value, all);
        }
        if is_shown(at, name_step) {
            picture.text("dim", Anchor::Middle, (middle, floor + LINE), &column.name, all);
            if let Some(below) = column.below {
                picture.text("dim", Anchor::Middle, (middle, floor + 2 * LINE), below, all);
            }
        }
    }
    if let Some(border) = border {
        let x = left + room * border.after as i64 / count;
        picture.line("border", (x, 150), (x, floor));
        picture.text("value", Anchor::Middle, (x, 110), border.label, all);
    }
    for (at, column) in columns.iter().enumerate() {
        let x = middle(at) - slot / 2;
        picture.rect("slot", (x, top), (slot, PLOT), Some(&column.about));
    }
    picture
}

/// From zero to what is not below the highest, in round steps.
fn ticks(highest: u64, unit: Unit) -> Vec<u64> {
    if unit == Unit::Percent {
        return vec![0, 5_000, 10_000.max(highest)];
    }
    let mut ten = 1_u64;
    let step = loop {
        let round = [1, 2, 5].map(|it| ten.saturating_mul(it));
        if let Some(step) = round.into_iter().find(|step| highest.div_ceil(*step) <= 4) {
            break step;
        }
        ten = ten.saturating_mul(10);
    };
    (0..=highest.div_ceil(step).max(1)).map(|at| at.saturating_mul(step)).collect()
}

/// `9,999`, `12k`, `34M`, `56bn`
pub fn short(count: u64) -> String {
    let (count, unit) = match count {
        0..10_000 => (count, ""),
        10_000..10_000_000 => (count / 1_000, "k"),
        10_000_000..10_000_000_000 => (count / 1_000_000, "M"),
        _ => (count / 1_000_000_000, "bn"),
    };
    thousands(usize::try_from(count).unwrap_or(usize::MAX)) + unit
}
