//! Where something stands in a YAML file. Values that were read have no places, but a reader that gives up says where:
//! so the file is read once more, up to the place that is looked for. Only what fails is ever looked for.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

use crate::source::{FileId, SourceFile, Span};

/// A step of a path through a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into an item of a list, counted from 0.
    Item(usize),
}

/// A path from the outermost key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

impl Path {
    /// Keys, each within the one before.
    pub fn of(keys: &[&str]) -> Path {
        keys.iter().fold(Path::default(), |path, key| path.key(key))
    }

    /// A key further in.
    #[must_use]
    pub fn key(&self, key: &str) -> Path {
        self.and(Step::Key(key.to_owned()))
    }

    /// An item further in.
    #[must_use]
    pub fn item(&self, at: usize) -> Path {
        self.and(Step::Item(at))
    }

    fn and(&self, step: Step) -> Path {
        Path(self.0.iter().cloned().chain([step]).collect())
    }

    /// Its line in a text, from 1; of the nearest place above it where there is no such key.
    pub fn line(&self, text: &str) -> usize {
        let file = SourceFile::new("", text);
        file.line_column(locate(&file, &self.0).start).0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

/// A path as messages show it: `tests[3].expect.stage`.
pub fn shown(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Item(at) => text.push_str(&format!("[{at}]")),
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
        }
    }
    text
}

/// The place of the key at the end of a path, or of the item up to the end of its line; of the nearest place above it
/// where there is no such key.
pub fn locate(file: &SourceFile, path: &[Step]) -> Span {
    let mut path = path;
    loop {
        let probe = Probe { path };
        let error = serde_yaml::Deserializer::from_str(file.text());
        let error = probe.deserialize(error).err();
        let place = error.and_then(|error| error.location());
        match (place, path.split_last()) {
            (Some(place), last) => {
                let span = line_from(file, place.line(), place.column());
                return key_of(file, span, last.map(|(last, _)| last));
            }
            (None, Some((_, above))) => path = above,
            (None, None) => return line_from(file, 1, 1),
        }
    }
}

/// The lines of the items of a list, of which there are so many. In a block the dashes stand below each other, and nothing
/// else can begin as far to the left, so one look finds them all; where they do not, each is looked for.
pub fn lines_of(file: &SourceFile, list: &str, count: usize) -> Vec<usize> {
    let item = |at: usize| {
        let span = locate(file, &[Step::Key(list.to_owned()), Step::Item(at)]);
        file.line_column(span.start).0
    };
    if count == 0 {
        return Vec::new();
    }
    let first = item(0);
    let begin = |line: usize| file.line(line).split_once('-').map(|(before, _)| before);
    let dash = begin(first).filter(|before| before.trim().is_empty());
    let lines: Vec<usize> = (first..=file.lines()).filter(|line| dash.is_some() && begin(*line) == dash).collect();
    if lines.len() == count { lines } else { (0..count).map(item).collect() }
}

/// The key alone: a reader that gives up at the first key of `{…}` says where the bracket is.
fn key_of(file: &SourceFile, span: Span, last: Option<&Step>) -> Span {
    let Some(Step::Key(key)) = last else { return span };
    let text = file.text().get(span.start as usize..).unwrap_or_default();
    let is_key = |at: &usize| {
        let before = text.get(..*at).unwrap_or_default().trim_end_matches(['"', '\'']);
        let after = text.get(at + key.len()..).unwrap_or_default().trim_start_matches(['"', '\'']);
        (before.is_empty() || before.ends_with(['{', ' ', ',', '\n'])) && after.trim_start().starts_with(':')
    };
    let found = text.match_indices(key.as_str()).map(|(at, _)| at).find(is_key);
    let start = found.map(|at| span.start as usize + at);
    start.map_or(span, |start| Span::new(span.file, start, start + key.len()))
}

/// From a column to the end of the line, without what is only white space.
pub fn line_from(file: &SourceFile, line: usize, column: usize) -> Span {
    let (start, text) = (file.line_start(line), file.line(line));
    let before: usize = text.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    let end = text.trim_end().len().max(before);
    Span::new(FileId(0), start + before, start + end)
}

/// Reads up to a place, and gives up there.
#[derive(Clone, Copy)]
struct Probe<'a> {
    path: &'a [Step],
}

impl<'de> DeserializeSeed<'de> for Probe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.path.is_empty() { from.deserialize_any(Here) } else { from.deserialize_any(self) }
    }
}

/// Takes nothing, so that whatever stands here is an error.
struct Here;

impl Visitor<'_> for Here {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the place")
    }
}

impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the way to the place")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Step::Key(key), rest)) = self.path.split_first() else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        while let Some(is_it) = map.next_key_seed(KeyProbe { key, last: rest.is_empty() })? {
            if is_it {
                map.next_value_seed(Probe { path: rest })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let wanted = match self.path.split_first() {
            Some((Step::Item(at), rest)) => Some((*at, rest)),
            _ => None,
        };
        for at in 0.. {
            let there = match wanted {
                Some((wanted, rest)) if wanted == at => seq.next_element_seed(Probe { path: rest })?,
                _ => seq.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if there.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Reads a key, and gives up where it is the last one of the path.
struct KeyProbe<'a> {
    key: &'a str,
    last: bool,
}

impl<'de> DeserializeSeed<'de> for KeyProbe<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyProbe<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<bool, E> {
        let is_it = key == self.key;
        if is_it && self.last { Err(E::custom("here")) } else { Ok(is_it) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_keys_are_found_in_either_form() {
        let text = "name: x y\n# fields: none\nfields:\n  id: Id\n  company.size: {from: Size}\n  \"e mail\": M\nlists:\n  calls:\n  \
                    - in: a\n    item: {time: T}\n  - in: b\n    item:\n      time: T\n  more: [{in: a, item: {x: 1}}]\n  other:\n  - needs: y\n";
        let item = |list: &str, at: usize| Path::of(&["lists", list]).item(at);
        for (path, shown, line) in [
            (Path::of(&["fields"]), "fields", 3),
            (Path::of(&["fields", "id"]), "fields.id", 4),
            (Path::of(&["fields", "company.size"]), "fields.company.size", 5),
            (Path::of(&["fields", "company.size", "from"]), "fields.company.size.from", 5),
            (Path::of(&["fields", "e mail"]), "fields.e mail", 6),
            (Path::of(&["lists", "calls"]), "lists.calls", 8),
            (item("calls", 0).key("item").key("time"), "lists.calls[0].item.time", 10),
            (item("calls", 1).key("item").key("time"), "lists.calls[1].item.time", 13),
            (item("more", 0).key("item").key("x"), "lists.more[0].item.x", 14),
            (item("other", 0).key("needs"), "lists.other[0].needs", 16),
            // What is not there stands where it would be looked for.
            (item("calls", 1).key("needs"), "lists.calls[1].needs", 11),
            (Path::of(&["joins", "calls", "lead"]), "joins.calls.lead", 1),
        ] {
            assert_eq!((path.to_string().as_str(), path.line(text)), (shown, line));
        }
    }

    #[test]
    fn places_are_found_in_blocks_flows_and_after_tags() {
        let text = "policy: a\nleads:\n  x: !file x.json\ntests:\n  - name: one\n    expect: {stage: MQL,\n      scores: {fit: 1}}\n  - name: two\n";
        let file = SourceFile::new("x", text);
        let key = |key: &str| Step::Key(key.to_owned());
        let at = |path: &[Step]| file.slice(locate(&file, path)).to_owned();
        assert_eq!(at(&[key("policy")]), "policy");
        assert_eq!(at(&[key("leads"), key("x")]), "x");
        assert_eq!(at(&[key("tests"), Step::Item(0), key("expect"), key("stage")]), "stage");
        assert_eq!(at(&[key("tests"), Step::Item(0), key("expect"), key("scores"), key("fit")]), "fit");
        assert_eq!(at(&[key("tests"), Step::Item(1)]), "name: two");
        assert_eq!(at(&[key("tests"), Step::Item(1), key("expect")]), "name: two");
        assert_eq!(at(&[key("nowhere")]), "policy: a");
    }
}
