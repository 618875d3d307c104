//! What all forms of a report lay out: sections with tables, whose cells still know what they are.

use super::figures::{Amount, Length, Ratio, Reached, Share, hundredths_of, seconds};
use crate::report::prose::words::thousands;

/// One question, and the tables that answer it.
#[derive(Clone, Debug)]
pub struct Section {
    /// A word for programs: `handovers`.
    pub id: &'static str,
    pub title: String,
    /// How it is counted, for people.
    pub how: String,
    pub tables: Vec<Table>,
    /// Why there is nothing to say, where that is so.
    pub instead: Option<String>,
}

/// Rows, each about one thing.
#[derive(Clone, Debug)]
pub struct Table {
    /// A word for programs: `periods`.
    pub id: &'static str,
    /// What is shown above it, where a section has several.
    pub title: String,
    /// Why it has no rows, where there is more to say than that there are none.
    pub why: Option<String>,
    /// The name of the first column, and of each column of figures.
    pub of: &'static str,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

impl Table {
    /// What stands in its place where it has no rows.
    pub fn instead(&self) -> Option<String> {
        let why = self.why.as_deref().unwrap_or("none");
        self.rows.is_empty().then(|| format!("{}: {why}.", self.title))
    }
}

/// A column of figures.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// A word for programs, with its unit: `acceptance_percent`.
    pub id: &'static str,
    pub title: &'static str,
}

/// What is said of one thing.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    /// Whether it is a period that has not ended.
    pub so_far: bool,
    /// Whether it sums up the others.
    pub total: bool,
    pub cells: Vec<Cell>,
}

impl Row {
    /// Its name for people.
    pub fn shown(&self) -> String {
        if self.so_far { format!("{} so far", self.name) } else { self.name.clone() }
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Count(u64),
    Share(Share),
    Ratio(Ratio),
    Length(Length),
    Reached(Reached),
    /// The same in percent.
    Percent(Reached),
    Money(Vec<Amount>),
    Text(String),
    /// There is nothing to say: not the same as zero.
    None,
}

impl Cell {
    /// For people: `1,234`, `74.94 %`, `2 d 4 h`; `–` where there is nothing to say.
    pub fn shown(&self) -> String {
        let said = match self {
            Cell::Count(count) => Some(whole(*count)),
            Cell::Share(share) => share.tenths().map(|it| format!("{} %", with_tenths(it))),
            Cell::Ratio(ratio) => ratio.hundredths().map(|it| grouped(it.into())),
            Cell::Length(length) => length.0.map(lasting),
            Cell::Reached(it) => it.0.map(rounded),
            Cell::Percent(it) => it.0.map(|it| format!("{} %", rounded(it))),
            Cell::Money(amounts) if amounts.is_empty() => None,
            Cell::Money(amounts) => {
                let amounts: Vec<String> =
                    amounts.iter().map(|it| format!("{} {}", it.currency, grouped(it.hundredths))).collect();
                Some(amounts.join(", "))
            }
            Cell::Text(text) => Some(text.clone()),
            Cell::None => None,
        };
        said.unwrap_or_else(|| "–".to_owned())
    }

    /// For programs: digits, seconds, percent; nothing where there is nothing to say.
    pub fn plain(&self) -> String {
        let said = match self {
            Cell::Count(count) => Some(count.to_string()),
            Cell::Share(share) => share.hundredths().map(|it| hundredths_of(it.into())),
            Cell::Ratio(ratio) => ratio.hundredths().map(|it| hundredths_of(it.into())),
            Cell::Length(length) => length.0.map(seconds),
            Cell::Reached(it) | Cell::Percent(it) => it.0.map(|it| hundredths_of(it.into())),
            Cell::Money(amounts) => {
                let amounts: Vec<String> =
                    amounts.iter().map(|it| format!("{} {}", it.currency, hundredths_of(it.hundredths))).collect();
                Some(amounts.join("; "))
            }
            Cell::Text(text) => Some(text.clone()),
            Cell::None => None,
        };
        said.unwrap_or_default()
    }

    pub fn is_text(&self) -> bool {
        matches!(self, Cell::Text(_) | Cell::Money(_))
    }
}

fn whole(count: u64) -> String {
    usize::try_from(count).map_or_else(|_| count.to_string(), thousands)
}

/// `74.9` of 749, and `75` of 750
fn with_tenths(tenths: u64) -> String {
    let whole = self::whole(tenths / 10);
    if tenths.is_multiple_of(10) { whole } else { format!("{whole}.{}", tenths % 10) }
}

/// Hundredths with one decimal at most, rounded half up.
fn rounded(hundredths: u64) -> String {
    with_tenths((hundredths + 5) / 10)
}

/// `12,345.60`, `12,345`
fn grouped(hundredths: i128) -> String {
    let (sign, rest) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    let whole = u64::try_from(rest / 100).map_or_else(|_| (rest / 100).to_string(), self::whole);
    if rest % 100 == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{:02}", rest % 100) }
}

/// `2 d 4 h`, `26 min 3 s`: the two largest units, rounded down to the smaller.
pub fn lasting(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size);
    let Some(first) = first else { return "0 s".to_owned() };
    let mut said = Vec::new();
    let mut rest = seconds;
    for (size, unit) in units.iter().skip(first).take(2) {
        if rest / size > 0 {
            let amount = usize::try_from(rest / size).map_or_else(|_| (rest / size).to_string(), thousands);
            said.push(format!("{amount} {unit}"));
        }
        rest %= size;
    }
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_said_shortly_and_exactly() {
        let share = |part, whole| Cell::Share(Share::of(part, whole));
        let length = |seconds: i64| Cell::Length(Length(Some(seconds * 1_000_000)));
        let cost = |hundredths| Cell::Money(vec![Amount { hundredths, currency: "EUR".to_owned() }]);
        for (cell, shown, plain) in [
            (Cell::Count(1_234_567), "1,234,567", "1234567"),
            (share(7_494, 10_000), "74.9 %", "74.94"),
            (share(1, 3), "33.3 %", "33.33"),
            (share(2, 3), "66.7 %", "66.67"),
            (share(1, 1), "100 %", "100"),
            (share(7, 39), "17.9 %", "17.95"),
            (share(0, 0), "–", ""),
            (share(0, 7), "0 %", "0"),
            (Cell::Ratio(Ratio { whole: 10, part: 3 }), "3.33", "3.33"),
            (Cell::Ratio(Ratio { whole: 10, part: 0 }), "–", ""),
            (length(0), "0 s", "0"),
            (length(59), "59 s", "59"),
            (length(1_563), "26 min 3 s", "1563"),
            (length(86_400 + 59), "1 d", "86459"),
            (length(400 * 86_400 + 3_600), "400 d 1 h", "34563600"),
            (Cell::Length(Length(None)), "–", ""),
            (cost(123_450), "EUR 1,234.50", "EUR 1234.5"),
            (cost(-5), "EUR -0.05", "EUR -0.05"),
            (Cell::None, "–", ""),
        ] {
            assert_eq!((cell.shown().as_str(), cell.plain().as_str()), (shown, plain), "{cell:?}");
        }
        assert_eq!(hundredths_of(-50), "-0.5");
    }
}
