//! Policies a little or very much other than they were.

use super::dice::Dice;
use super::words;

/// The text with a few changes that mostly leave a policy: values of the same kind, lines that may stand elsewhere,
/// letters within quotes.
pub fn gently(text: &str, dice: &mut Dice) -> String {
    let mut text = text.to_owned();
    for _ in 0..=dice.roll(2) {
        text = match dice.roll(10) {
            0..=3 => other_word(&text, dice),
            4 => other_text(&text, dice),
            5 => letter_in_quotes(&text, dice),
            6 => statements_turned(&text, dice),
            7 => lines(&text, dice, |lines, at, dice| {
                lines.insert(at, dice.pick(&["", "  ", "# x", "    # \"a: -"]).to_string())
            }),
            8 => lines(&text, dice, |lines, at, _| {
                // A bullet less, or a rule.
                if lines[at].trim_start().starts_with("- ") || lines[at].starts_with("  add ") {
                    lines.remove(at);
                }
            }),
            _ => match dice.roll(3) {
                0 => text.replace('\n', "\r\n"),
                1 => format!("\u{feff}{text}"),
                _ => text.trim_end().to_owned(),
            },
        };
    }
    text
}

/// The text with changes that mostly break it.
pub fn wildly(text: &str, other: &str, dice: &mut Dice) -> Vec<u8> {
    let mut text = text.to_owned();
    for _ in 0..=dice.roll(4) {
        text = match dice.roll(14) {
            0 => other_word(&text, dice),
            1 => insert(&text, words::any(dice), dice),
            2 => insert(&text, words::of("unicode", dice), dice),
            3 => cut(&text, dice, |_, _| String::new()),
            4 => cut(&text, dice, |_, dice| words::any(dice).to_owned()),
            5 => cut(&text, dice, |cut, dice| cut.repeat(*dice.pick(&[2, 2, 2, 30]))),
            6 => swapped(&text, dice),
            7 => lines(&text, dice, |lines, at, _| _ = lines.remove(at)),
            8 => lines(&text, dice, |lines, at, dice| lines.insert(at, lines[dice.roll(lines.len())].clone())),
            9 => lines(&text, dice, |lines, at, dice| {
                let indent = dice.pick(&["", " ", "  ", "   ", "    ", "      ", "\t", "  - ", "    - ", "\u{a0} "]);
                lines[at] = format!("{indent}{}", lines[at].trim_start());
            }),
            10 => lines(&text, dice, |lines, at, dice| lines[at] += words::any(dice)),
            11 => spliced(&text, other, dice),
            12 => text[..boundary(&text, dice.roll(text.len() + 1))].to_owned(),
            _ => statements_turned(&text, dice),
        };
    }
    let mut bytes = text.into_bytes();
    if dice.one_in(4) {
        bend(&mut bytes, dice);
    }
    bytes
}

/// Nothing but words, by chance.
pub fn heap(dice: &mut Dice) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..dice.roll(30)).flat_map(|_| words::any(dice).bytes().chain(*b" ")).collect();
    if dice.one_in(3) {
        bytes = (0..dice.roll(60)).map(|_| dice.number() as u8).collect();
    }
    bytes
}

/// Changes single bytes: bits, bytes that are left out, others that come in.
pub fn bend(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(bytes.len());
        match dice.roll(3) {
            _ if at >= bytes.len() => bytes.push(dice.number() as u8),
            0 => bytes[at] ^= 1 << dice.roll(8),
            1 => _ = bytes.remove(at),
            _ => bytes.insert(at, *dice.pick(b"\0\x1b \t\n\r\"\\{}[]:,-0\x7f\x80\xc3\xe2\xed\xf0\xff")),
        }
    }
}

pub fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

pub fn insert(text: &str, word: &str, dice: &mut Dice) -> String {
    let at = boundary(text, dice.roll(text.len() + 1));
    [&text[..at], word, &text[at..]].concat()
}

/// A stretch of up to so many bytes, and what becomes of it.
pub fn cut(text: &str, dice: &mut Dice, becomes: impl Fn(&str, &mut Dice) -> String) -> String {
    let start = boundary(text, dice.roll(text.len() + 1));
    let longest = *dice.pick(&[2, 8, 40, 400]);
    let end = boundary(text, (start + 1 + dice.roll(longest)).min(text.len())).max(start);
    [&text[..start], &becomes(&text[start..end], dice), &text[end..]].concat()
}

/// The places of the words between white space and marks.
fn places(text: &str) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let within = !c.is_whitespace() && !"\"`,:".contains(c);
        match (within, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                places.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    places
}

/// A number, date, unit or group that is another one.
fn other_word(text: &str, dice: &mut Dice) -> String {
    let known = |(start, end): (usize, usize)| Some((start, end, words::kind_of(&text[start..end])?));
    let places: Vec<_> = places(text).into_iter().filter_map(known).collect();
    let Some(&(start, end, kind)) = places.get(dice.roll(places.len())) else { return text.to_owned() };
    let mut word = words::of(kind, dice).to_owned();
    if kind == "number" && dice.one_in(2) {
        // Nearer to what stood there than the edges are.
        word = (dice.roll(120) + usize::from(dice.one_in(2)) * 1_000_000).to_string();
    }
    [&text[..start], &word, &text[end..]].concat()
}

/// The places between quotes, where no quote is escaped.
fn quoted(text: &str) -> Vec<(usize, usize)> {
    let marks: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let pairs = marks.chunks_exact(2).map(|pair| (pair[0] + 1, pair[1]));
    pairs.filter(|(start, end)| !text[*start..*end].contains('\n')).collect()
}

/// A text or name that is another one of the same policy, or one from the list.
fn other_text(text: &str, dice: &mut Dice) -> String {
    let places = quoted(text);
    let Some(&(start, end)) = places.get(dice.roll(places.len())) else { return text.to_owned() };
    let (from, to) = *dice.pick(&places);
    let listed = words::of("text", dice).trim_matches('"');
    let word = if dice.one_in(2) { &text[from..to] } else { listed };
    [&text[..start], word, &text[end..]].concat()
}

fn letter_in_quotes(text: &str, dice: &mut Dice) -> String {
    let places = quoted(text);
    let Some(&(start, end)) = places.get(dice.roll(places.len())) else { return text.to_owned() };
    let at = boundary(text, start + dice.roll(end - start + 1));
    [&text[..at], words::of("unicode", dice), &text[at..]].concat()
}

fn swapped(text: &str, dice: &mut Dice) -> String {
    let places = places(text);
    let two = [dice.roll(places.len()), dice.roll(places.len())];
    let [Some(&one), Some(&other)] = two.map(|at| places.get(at)) else { return text.to_owned() };
    let ((a, b), (c, d)) = if one < other { (one, other) } else { (other, one) };
    if b > c {
        return text.to_owned();
    }
    [&text[..a], &text[c..d], &text[b..c], &text[a..b], &text[d..]].concat()
}

fn lines(text: &str, dice: &mut Dice, change: impl Fn(&mut Vec<String>, usize, &mut Dice)) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if !lines.is_empty() {
        let at = dice.roll(lines.len());
        change(&mut lines, at, dice);
    }
    lines.join("\n") + "\n"
}

/// The statements of a text with the lines under them, and what stands before the first.
pub fn statements(text: &str) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        match statements.last_mut() {
            Some(last) if line.starts_with([' ', '#', '\n', '\r']) => last.push_str(line),
            _ => statements.push(line.to_owned()),
        }
    }
    statements
}

/// Two statements in each other's place, or one of them twice or left out. The first stays.
fn statements_turned(text: &str, dice: &mut Dice) -> String {
    let mut statements = statements(text);
    if statements.len() > 2 {
        let (one, other) = (1 + dice.roll(statements.len() - 1), 1 + dice.roll(statements.len() - 1));
        match dice.roll(6) {
            0 => _ = statements.remove(one),
            1 => statements.insert(one, statements[other].clone()),
            _ => statements.swap(one, other),
        }
    }
    statements.concat()
}

/// Lines or statements of another policy in the place of its own.
fn spliced(text: &str, other: &str, dice: &mut Dice) -> String {
    let whole = dice.one_in(2);
    let [own, others] = [text, other]
        .map(|text| if whole { statements(text) } else { text.split_inclusive('\n').map(str::to_owned).collect() });
    let (at, from) = (dice.roll(own.len() + 1), dice.roll(others.len() + 1));
    let count = 1 + dice.roll(6);
    let taken = others.iter().skip(from).take(count);
    own.iter().take(at).chain(taken).chain(own.iter().skip(at + dice.roll(count))).cloned().collect()
}
