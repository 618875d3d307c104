//! Leads a little or very much other than they were.

use super::dice::Dice;
use super::policies::{bend, cut, insert};
use super::tree::Tree;
use super::words;

/// What values are written as in leads.
const KINDS: [&str; 8] = ["number", "money", "date", "time", "text", "json", "near", "unicode"];

/// The lead with other values, keys and shapes; mostly still JSON.
pub fn gently(lead: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let Some(mut tree) = Tree::read(lead) else { return wildly(lead, other, dice) };
    for _ in 0..=dice.roll(3) {
        let nth = 1 + dice.roll(tree.count().saturating_sub(1));
        if dice.one_in(4) {
            if let Tree::Object(entries) = &mut tree {
                keys(entries, other, dice);
            }
        } else if let Some(value) = tree.nth(nth) {
            change(value, dice);
        }
    }
    let mut text = String::new();
    tree.write(&mut text);
    if dice.one_in(8) {
        // The same JSON in more bytes.
        let mark = *dice.pick(&[":", ",", "{", "["]);
        text = text.replace(mark, &format!(" {mark}\t"));
    }
    text.into_bytes()
}

/// The lead as text that mostly is no JSON any more.
pub fn wildly(lead: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(lead).into_owned();
    for _ in 0..=dice.roll(2) {
        text = match dice.roll(6) {
            0 => insert(&text, words::of("json", dice), dice),
            1 => insert(&text, words::any(dice), dice),
            2 => cut(&text, dice, |_, _| String::new()),
            3 => cut(&text, dice, |_, dice| words::any(dice).to_owned()),
            4 => {
                let other = String::from_utf8_lossy(other).into_owned();
                cut(&text, dice, |_, dice| cut(&other, dice, |_, _| String::new()))
            }
            _ => cut(&text, dice, |cut, _| cut.repeat(2)),
        };
    }
    let mut bytes = text.into_bytes();
    match dice.roll(4) {
        0 => bend(&mut bytes, dice),
        1 => bytes.truncate(dice.roll(bytes.len() + 1)),
        _ => {}
    }
    bytes
}

/// Keys twice, gone, called otherwise, from another lead, or such as no other has.
fn keys(entries: &mut Vec<(String, Tree)>, other: &[u8], dice: &mut Dice) {
    let at = dice.roll(entries.len());
    match dice.roll(6) {
        0 if at < entries.len() => entries.push(entries[at].clone()),
        1 if at < entries.len() => _ = entries.remove(at),
        2 if at < entries.len() => entries[at].0.push_str(words::of("unicode", dice)),
        3 => {
            if let Some(Tree::Object(others)) = Tree::read(other) {
                entries.extend(others.into_iter().skip(at).take(2));
            }
        }
        4 => entries.push((words::any(dice).to_owned(), raw(dice))),
        // What is written as an escape in a key is the key's letter.
        _ if at < entries.len() => {
            let (key, value) = entries[at].clone();
            let escaped: String = key.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let mut json = String::new();
            value.write(&mut json);
            entries[at] = ("ignored".to_owned(), Tree::Raw(format!("0,\"{escaped}\":{json}")));
        }
        _ => {}
    }
}

/// One value in the place of another.
fn change(value: &mut Tree, dice: &mut Dice) {
    *value = match (dice.roll(7), value.clone()) {
        (0, it) => Tree::List(vec![it.clone(), raw(dice), it]),
        (1, it) => (0..*dice.pick(&[1, 3, 30, 62, 63, 64, 65, 100])).fold(it, |it, _| Tree::List(vec![it])),
        (2, it) => (0..*dice.pick(&[1, 3, 62, 65])).fold(it, |it, _| Tree::Object(vec![("a".to_owned(), it)])),
        (3, Tree::List(items)) => Tree::List(items.iter().cycle().take(items.len() * 7).cloned().collect()),
        (3 | 4, Tree::Text(text)) => Tree::Raw(format!(
            "\"{}\"",
            insert(&text.escape_default().to_string().replace("\\'", "'"), words::any(dice), dice)
        )),
        (4, Tree::Object(mut entries)) => {
            keys(&mut entries, b"", dice);
            Tree::Object(entries)
        }
        (5, Tree::Text(text)) => Tree::Text(insert(&text, words::of("unicode", dice), dice)),
        _ => raw(dice),
    };
}

/// A value as nobody expects it, as a text or as it is written.
fn raw(dice: &mut Dice) -> Tree {
    let kind = *dice.pick(&KINDS);
    let word = words::of(kind, dice);
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(word).is_ok();
    if is_json && !dice.one_in(3) { Tree::Raw(word.to_owned()) } else { Tree::Text(word.trim_matches('"').to_owned()) }
}
