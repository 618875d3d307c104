//! The same policy, written as untidily as the language allows.

/// What was done to a text, by how often.
#[derive(Debug, Default)]
pub struct Untidy {
    pub spaces: usize,
    pub commas: usize,
    pub units: usize,
    pub dashes: usize,
    pub ends: usize,
    pub blanks: usize,
    pub files: usize,
}

/// Units by the number that they follow, as people mistake them.
const UNITS: [(&str, &str); 9] = [
    ("point", "points"),
    ("time", "times"),
    ("item", "items"),
    ("minute", "minutes"),
    ("hour", "hours"),
    ("day", "days"),
    ("week", "weeks"),
    ("month", "months"),
    ("year", "years"),
];

impl Untidy {
    /// Whether each of these came up.
    pub fn is_complete(&self) -> bool {
        let Untidy { spaces, commas, units, dashes, ends, blanks, files } = *self;
        [spaces, commas, units, dashes, ends, blanks, files].iter().all(|count| *count > 0)
    }

    /// Writes a text in canonical form in another way. `chance` gives a number below its argument.
    pub fn write(&mut self, text: &str, chance: &mut dyn FnMut(usize) -> usize) -> String {
        let end = ["\n", "\r\n"][chance(2)];
        let mut out = String::new();
        if chance(3) == 0 {
            out.push('\u{feff}');
            self.files += 1;
        }
        if chance(3) == 0 {
            out.push_str(end);
            self.blanks += 1;
        }
        for line in text.lines() {
            if line.is_empty() && chance(2) == 0 {
                out.push_str(&end.repeat(1 + chance(3)));
                self.blanks += 1;
            }
            out.push_str(&self.line(line, chance));
            out.push_str(end);
        }
        match chance(3) {
            0 => out.push_str(end),
            1 => out.truncate(out.trim_end().len()),
            _ => {}
        }
        out
    }

    fn line(&mut self, line: &str, chance: &mut dyn FnMut(usize) -> usize) -> String {
        let words = line.trim_start_matches(' ');
        let mut out = line[..line.len() - words.len()].to_owned();
        let mut rest = words;
        // Bullets stand under the words of the line above, so only a line without any may be moved.
        if let Some(after) = words.strip_prefix("- ") {
            out.push_str("- ");
            rest = after;
            if !code(words).ends_with(':') && chance(4) == 0 {
                out.push_str("  ");
                self.dashes += 1;
            }
        }
        while let Some(c) = rest.chars().next() {
            let length = match c {
                '#' => rest.len(),
                '"' => quoted(rest),
                '`' => rest[1..].find('`').unwrap() + 2,
                ' ' | ',' => 1,
                _ => rest.find([' ', ',', '"', '`', '#']).unwrap_or(rest.len()),
            };
            let (token, after) = rest.split_at(length);
            match c {
                ' ' if chance(5) == 0 => {
                    out.push_str(&"   "[..1 + chance(3)]);
                    self.spaces += 1;
                }
                // One comma is part of a phrase.
                ',' if after.starts_with(' ') && !after.starts_with(" treat as") && chance(3) == 0 => {
                    // A comma beside a digit is that of a number.
                    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
                    let numbers = digit(&after[1..]) || out.split(' ').next_back().is_some_and(digit);
                    let joined = !numbers && chance(2) == 0;
                    out.push_str(if joined { "," } else { " ," });
                    rest = if joined { &after[1..] } else { after };
                    self.commas += 1;
                    continue;
                }
                _ => match self.unit(token, &out, chance) {
                    Some(unit) => out.push_str(unit),
                    None => out.push_str(token),
                },
            }
            rest = after;
        }
        if chance(8) == 0 {
            out.push_str("  ");
            self.ends += 1;
        }
        out
    }

    /// The other form of a unit, where one follows a number.
    fn unit(&mut self, token: &str, before: &str, chance: &mut dyn FnMut(usize) -> usize) -> Option<&'static str> {
        let number = before.split_whitespace().next_back()?;
        // Between a number and its unit stands `business` or `different`, at most.
        let number = match number {
            "business" | "different" => before.split_whitespace().nth_back(1)?,
            number => number,
        };
        let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && !number.ends_with(['%', ',', ':']);
        let (one, many) = UNITS.iter().find(|(one, many)| token == *one || token == *many)?;
        if !is_number || chance(3) > 0 {
            return None;
        }
        self.units += 1;
        Some(if token == *one { many } else { one })
    }
}

/// The line without its comment.
fn code(line: &str) -> &str {
    let mut rest = line;
    while let Some(at) = rest.find(['"', '`', '#']) {
        let from = &rest[at..];
        let length = match &from[..1] {
            "#" => return line[..line.len() - from.len()].trim_end(),
            "\"" => quoted(from),
            _ => from[1..].find('`').unwrap() + 2,
        };
        rest = &from[length..];
    }
    line.trim_end()
}

fn quoted(from: &str) -> usize {
    let mut escaped = false;
    for (at, c) in from.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    panic!("a quote is never closed: {from}")
}
