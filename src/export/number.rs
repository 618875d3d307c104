//! Numbers as people and programs write them: with currency signs, units and grouped digits.

use std::fmt;

use super::mapping::{Point, Style};
use crate::decimal::{divide_half_away, shortest};
use crate::text::fold;

/// An exact decimal: a mantissa and how many of its digits are decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    mantissa: i128,
    places: u32,
}

impl Number {
    pub fn new(mantissa: i128, places: u32) -> Number {
        Number { mantissa, places }
    }

    /// Of digits with at most one point, and a sign.
    pub fn parse(text: &str) -> Option<Number> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        if digits.is_empty() || !is_digits(digits) || !is_digits(part) {
            return None;
        }
        Some(Number { mantissa: format!("{whole}{part}").parse().ok()?, places: u32::try_from(part.len()).ok()? })
    }

    pub fn times(self, other: Number) -> Option<Number> {
        let mantissa = self.mantissa.checked_mul(other.mantissa)?;
        Some(Number { mantissa, places: self.places.checked_add(other.places)? })
    }

    /// The number of parts, each 1 ÷ `parts` of a whole, if that number is small enough; rounded half away from zero.
    pub fn in_parts(self, parts: i128) -> Option<i128> {
        let scale = 10i128.checked_pow(self.places)?;
        Some(divide_half_away(self.mantissa.checked_mul(parts)?, scale))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortest(self.mantissa, self.places))
    }
}

/// How numbers are written.
#[derive(Clone, Debug)]
pub struct Digits {
    point: Option<Point>,
    /// Folded, the longest first.
    without: Vec<String>,
    /// Folded, the longest first.
    units: Vec<(String, Number)>,
}

impl Digits {
    pub fn new(style: &Style) -> Digits {
        let mut without: Vec<String> = style.without.iter().map(|text| fold(text.trim())).collect();
        without.retain(|text| !text.is_empty());
        without.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let mut units: Vec<_> = style.units.iter().map(|(unit, it)| (fold(unit.trim()), it.0)).collect();
        units.sort_by_key(|(unit, _)| std::cmp::Reverse(unit.len()));
        Digits { point: style.decimal, without, units }
    }

    /// Whether numbers stay as they are.
    pub fn are_plain(&self) -> bool {
        self.point.is_none() && self.without.is_empty() && self.units.is_empty()
    }

    /// A text without what the style strips.
    pub fn bare<'a>(&self, text: &'a str) -> &'a str {
        strip(text, &self.without)
    }

    /// A number as JSON writes it; none where the text is no number.
    pub fn read(&self, text: &str) -> Option<String> {
        let (sign, text) = signed(text.trim());
        let text = self.bare(text);
        // A sign before the currency, or behind it: `-$5`, `$ -5`.
        let (inner, text) = signed(text);
        if !(sign.is_empty() || inner.is_empty()) {
            return None;
        }
        let unit = self.units.iter().find_map(|(unit, factor)| Some((strip_end(text, unit)?.trim_end(), factor)));
        let (text, factor) = unit.map_or((text, None), |(text, factor)| (text, Some(*factor)));
        let text = self.bare(text);
        let digits = match self.point {
            Some(point) => ungrouped(text, point)?,
            None => text.to_owned(),
        };
        let digits = format!("{sign}{inner}{digits}");
        match factor {
            None => Some(digits),
            Some(factor) => Some(Number::parse(&digits)?.times(factor)?.to_string()),
        }
    }
}

fn signed(text: &str) -> (&'static str, &str) {
    let minus = text.strip_prefix(['-', '\u{2212}']).map(|rest| ("-", rest.trim_start()));
    minus.unwrap_or(("", text.strip_prefix('+').map_or(text, str::trim_start)))
}

/// A text without others that stand at its ends, without regard to case.
pub fn strip<'a>(text: &'a str, others: &[String]) -> &'a str {
    let mut text = text.trim();
    while let Some(rest) = others.iter().find_map(|other| strip_start(text, other).or_else(|| strip_end(text, other))) {
        text = rest.trim();
    }
    text
}

fn strip_start<'a>(text: &'a str, folded: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(folded.len())?;
    (start.eq_ignore_ascii_case(folded) || fold(start) == folded).then_some(rest)
}

fn strip_end<'a>(text: &'a str, folded: &str) -> Option<&'a str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(folded.len())?)?;
    (end.eq_ignore_ascii_case(folded) || fold(end) == folded).then_some(rest)
}

/// Digits without what groups them, and with a point before the decimals.
pub fn ungrouped(text: &str, point: Point) -> Option<String> {
    let (point, group) = match point {
        Point::Point => ('.', ','),
        Point::Comma => (',', '.'),
    };
    let (whole, part) = text.split_once(point).unwrap_or((text, ""));
    let groups: Vec<&str> = whole.split([group, ' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}']).collect();
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = groups.iter().skip(1).all(|it| it.len() == 3) && groups.first().is_some_and(|it| it.len() <= 3);
    // `,5` is a half.
    let sound = groups.iter().all(digits) || (whole.is_empty() && digits(&part));
    if !sound || !(groups.len() == 1 || grouped) || !(part.is_empty() || digits(&part)) {
        return None;
    }
    let whole = groups.concat();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if part.is_empty() { "" } else { "." };
    Some(format!("{whole}{point}{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::mapping::Factor;

    #[test]
    fn signs_and_units_come_off_and_the_value_is_exact() {
        let number = |text: &str| Factor(Number::parse(text).unwrap());
        let style = Style {
            decimal: Some(Point::Comma),
            without: ["R$", "USD", "€"].map(str::to_owned).to_vec(),
            units: [("mln", "1000000"), ("k", "1000"), ("%", "0.01")]
                .map(|(unit, it)| (unit.to_owned(), number(it)))
                .into(),
            ..Style::default()
        };
        let digits = Digits::new(&style);
        for (text, found) in [
            ("R$ 100.000", Some("100000")),
            ("r$\u{a0}111.349", Some("111349")),
            ("1,2 mln", Some("1200000")),
            ("1,2MLN USD", Some("1200000")),
            ("342,09K", Some("342090")),
            ("12,5 %", Some("0.125")),
            ("-R$ 5", Some("-5")),
            ("R$ -5,50", Some("-5.50")),
            ("- R$ -5", None),
            ("1.234.567,891 €", Some("1234567.891")),
            (",5", Some("0.5")),
            ("007", Some("7")),
            ("0,000001 %", Some("0.00000001")),
            ("170141183460469231731687303715884105727 k", None),
            ("R$", None),
            ("mln", None),
            ("5 apples", None),
            ("12.34", None),
        ] {
            assert_eq!(digits.read(text).as_deref(), found, "{text}");
        }
        let plain = Digits::new(&Style { without: vec!["%".to_owned()], ..Style::default() });
        assert_eq!(plain.read("12 %").as_deref(), Some("12"));
        assert_eq!(plain.read("1,5%").as_deref(), Some("1,5"), "nothing is guessed");
    }
}
