//! The mapping of an export, as people write it in YAML.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU64;

use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::dates::Way;
use super::length::{Clock, Length, Unit};
use super::number::Number;
use crate::diagnostic::did_you_mean;

/// How an export becomes leads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Whose export it is.
    pub name: String,
    /// What is to be known of it, for people.
    #[serde(default)]
    pub about: String,
    /// What kind of file it is.
    #[serde(default)]
    pub input: Input,
    /// What stands between the cells of a table; without it, the header tells.
    #[serde(default)]
    pub separator: Option<Separator>,
    /// How letters are written.
    #[serde(default)]
    pub encoding: Encoding,
    /// The line with the names of the columns; without it, the first that is not blank.
    #[serde(default)]
    pub header: Option<NonZeroU64>,
    /// How all fields are written that do not say otherwise.
    #[serde(default)]
    pub values: Style,
    /// Where each field of the policy stands, by its path.
    #[serde(default, deserialize_with = "once")]
    pub fields: BTreeMap<String, Cell>,
    /// What the items of lists are made of, by the path of the list.
    #[serde(default, deserialize_with = "once")]
    pub lists: BTreeMap<String, Vec<Items>>,
    /// Other tables with rows about the same leads, by the name that the mapping has for them.
    #[serde(default, deserialize_with = "once")]
    pub joins: BTreeMap<String, Join>,
}

/// The kinds of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    /// A table with a header.
    #[default]
    Csv,
    /// One record, or a list of them.
    Json,
    /// A record a line.
    Ndjson,
}

/// How letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// As nearly everywhere.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// As older programs write tables, on Windows with the signs of its code page 1252.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// What stands between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Separator {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// `;`
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "tab", alias = "\t")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Bar,
}

impl Separator {
    /// The byte that it is.
    pub fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
            Separator::Bar => b'|',
        }
    }
}

/// How values are written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// What stands before the decimals of a number.
    #[serde(default)]
    pub decimal: Option<Point>,
    /// How dates and times are written, tried in this order; without it, as in ISO 8601.
    #[serde(default)]
    pub dates: Vec<Way>,
    /// The zone of times that name none; without it, that of the policy.
    #[serde(default, deserialize_with = "zone")]
    pub zone: Option<Tz>,
    /// Texts that stand for nothing.
    #[serde(default)]
    pub empty: Vec<String>,
    /// What stands round numbers and is none of them: signs of currencies.
    #[serde(default)]
    pub without: Vec<String>,
    /// What stands behind numbers and multiplies them.
    #[serde(default, deserialize_with = "once")]
    pub units: BTreeMap<String, Factor>,
}

/// What a unit multiplies by.
#[derive(Clone, Copy, Debug)]
pub struct Factor(pub Number);

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Plain(text) = Plain::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("a unit multiplies by a number such as 1000 or 0.01, not by `{text}`"));
        Number::parse(&text).map(Factor).ok_or_else(wrong)
    }
}

impl Style {
    /// This style, and what it leaves open by another.
    #[must_use]
    pub fn or(&self, all: &Style) -> Style {
        Style {
            decimal: self.decimal.or(all.decimal),
            dates: if self.dates.is_empty() { all.dates.clone() } else { self.dates.clone() },
            zone: self.zone.or(all.zone),
            empty: self.empty.iter().chain(&all.empty).cloned().collect(),
            without: self.without.iter().chain(&all.without).cloned().collect(),
            // Its own factor of a unit comes first.
            units: all.units.iter().chain(&self.units).map(|(unit, factor)| (unit.clone(), *factor)).collect(),
        }
    }
}

/// What stands before decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Point {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Tz>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let wrong = |_| Error::custom(format!("there is no time zone `{name}`; one is called `Europe/Sofia`"));
    name.parse().map(Some).map_err(wrong)
}

/// Where a value stands, and how it is written. A text alone is the name of a column, or the path in a record.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The column, or the path in a record.
    pub from: Option<String>,
    /// The join that it stands in; without it, the row itself.
    pub joined: Option<String>,
    /// The same value for every lead.
    pub value: Option<String>,
    /// What texts of the export stand for.
    pub means: BTreeMap<String, String>,
    /// What separates the entries of a list of texts.
    pub split: Option<String>,
    /// Where the currency of an amount stands.
    pub currency: Option<Box<Cell>>,
    /// What a length of time becomes.
    pub duration: Option<Length>,
    /// How it is written, where that is not as for the others.
    pub style: Style,
}

/// A cell as it is written out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    from: Option<String>,
    #[serde(default, rename = "in")]
    joined: Option<String>,
    #[serde(default)]
    value: Option<Plain>,
    #[serde(default, deserialize_with = "once")]
    means: BTreeMap<String, Plain>,
    #[serde(default)]
    split: Option<String>,
    #[serde(default)]
    currency: Option<Box<Cell>>,
    #[serde(default)]
    duration: Option<Unit>,
    #[serde(default)]
    plain: Option<Unit>,
    #[serde(default)]
    clock: Option<Clock>,
    #[serde(default)]
    decimal: Option<Point>,
    #[serde(default)]
    dates: Vec<Way>,
    #[serde(default, deserialize_with = "zone")]
    zone: Option<Tz>,
    #[serde(default)]
    empty: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default, deserialize_with = "once")]
    units: BTreeMap<String, Factor>,
}

impl Written {
    /// A length of time, with what a number alone and two with a colon are.
    fn length(&self) -> Result<Option<Length>, &'static str> {
        match self.duration {
            None if self.plain.is_some() => Err("`plain` belongs to `duration`: what a number alone counts"),
            None if self.clock.is_some() => Err("`clock` belongs to `duration`: what two numbers with a colon are"),
            None => Ok(None),
            Some(unit) => {
                let (plain, clock) = (self.plain.unwrap_or(unit), self.clock.unwrap_or_default());
                Ok(Some(Length { unit, plain, clock }))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Cell;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column, or `from: NAME` with how it is written")
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Cell, E> {
                Ok(Cell { from: Some(name.to_owned()), ..Cell::default() })
            }
            // A column may be called by a year.
            fn visit_u64<E: Error>(self, name: u64) -> Result<Cell, E> {
                self.visit_str(&name.to_string())
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cell, A::Error> {
                let it = Written::deserialize(MapAccessDeserializer::new(map))?;
                if it.from.is_some() == it.value.is_some() {
                    return Err(A::Error::custom(
                        "a value stands in a column, `from`, or is the same for all, `value`",
                    ));
                }
                let duration = it.length().map_err(A::Error::custom)?;
                Ok(Cell {
                    from: it.from,
                    joined: it.joined,
                    value: it.value.map(|it| it.0),
                    means: it.means.into_iter().map(|(text, it)| (text, it.0)).collect(),
                    split: it.split,
                    currency: it.currency,
                    duration,
                    style: Style {
                        decimal: it.decimal,
                        dates: it.dates,
                        zone: it.zone,
                        empty: it.empty,
                        without: it.without,
                        units: it.units,
                    },
                })
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A text, also where YAML reads a number or a truth.
struct Plain(String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = |other: &str| Error::custom(format!("here stands {other}, and not a text"));
        match serde_yaml::Value::deserialize(deserializer)? {
            serde_yaml::Value::String(text) => Ok(Plain(text)),
            serde_yaml::Value::Bool(yes) => Ok(Plain(yes.to_string())),
            serde_yaml::Value::Number(number) => Ok(Plain(number.to_string())),
            serde_yaml::Value::Null => Ok(Plain(String::new())),
            serde_yaml::Value::Sequence(_) => Err(said("a list")),
            _ => Err(said("a mapping")),
        }
    }
}

/// The items of a list: one of the row itself, or one of each row of a join about the lead.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// The join; without it, the row itself makes one item.
    #[serde(default, rename = "in")]
    pub joined: Option<String>,
    /// What must be filled in for there to be an item: one of its fields; without it, any of its columns.
    #[serde(default)]
    pub needs: Option<String>,
    /// The fields of an item, by their paths.
    #[serde(deserialize_with = "once")]
    pub item: BTreeMap<String, Cell>,
}

/// Another table, with rows about the same leads.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The column with the name of the lead, or with what else `by` finds leads by.
    pub lead: Cell,
    /// The field by which leads are found, where that is not their own name: one of `fields`, or a column of theirs.
    #[serde(default)]
    pub by: Option<By>,
    /// How nearly names must be the same.
    #[serde(default)]
    pub spelling: Spelling,
    /// The file, where the command names none, from the folder of the mapping.
    #[serde(default)]
    pub file: Option<String>,
    /// What stands between its cells; without it, the header tells.
    #[serde(default)]
    pub separator: Option<Separator>,
    /// How its letters are written.
    #[serde(default)]
    pub encoding: Encoding,
    /// The line with the names of its columns; without it, the first that is not blank.
    #[serde(default)]
    pub header: Option<NonZeroU64>,
    /// How its values are written, where that is not as in the mapping as a whole.
    #[serde(default)]
    pub values: Style,
}

/// What leads are found by.
#[derive(Clone, Debug)]
pub enum By {
    /// One of the fields that the mapping fills, by its path.
    Field(String),
    /// A column, or a path in a record.
    Column(Box<Cell>),
}

impl<'de> Deserialize<'de> for By {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = By;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field of the lead, or `from: COLUMN`")
            }
            fn visit_str<E: Error>(self, path: &str) -> Result<By, E> {
                Ok(By::Field(path.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<By, A::Error> {
                Ok(By::Column(Box::new(Cell::deserialize(MapAccessDeserializer::new(map))?)))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// How nearly two names must be the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spelling {
    /// But for white space round them and doubled.
    #[default]
    Exact,
    /// Without regard to case, too.
    Any,
}

/// Why a file is no mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct BadMapping {
    /// In one sentence, with the path of the key.
    pub why: String,
    /// Its line and column, where the reader knows them.
    pub place: Option<(usize, usize)>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// Where it is not YAML, or has other keys or values than a mapping.
    pub fn read(text: &str) -> Result<Mapping, BadMapping> {
        serde_yaml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            let place = error.location().map(|at| (at.line(), at.column()));
            let said = error.to_string();
            let end = place.map(|(line, column)| format!(" at line {line} column {column}")).unwrap_or_default();
            BadMapping { why: plainly(said.strip_suffix(&end).unwrap_or(&said)), place }
        })
    }
}

/// What the reader says, in words for people who write a mapping.
fn plainly(said: &str) -> String {
    let at = |words: &str| said.split_once(words).map(|(path, rest)| (path.to_owned(), rest));
    if let Some((path, rest)) = at("missing field `") {
        return format!("{path}the key `{} is missing", rest);
    }
    for (words, kind) in [("unknown field `", "key"), ("unknown variant `", "word")] {
        let Some((path, rest)) = at(words) else { continue };
        let Some((written, expected)) = rest.split_once('`') else { continue };
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).filter(|word| *word != "\t").collect();
        let near = did_you_mean(written, known.iter().copied());
        let near = near.map(|near| format!("did you mean `{near}`? Possible")).unwrap_or("possible".to_owned());
        return format!("{path}there is no {kind} `{written}` here; {near} are `{}`", known.join("`, `"));
    }
    let (path, rest) = match (at("invalid type: "), at("invalid value: ")) {
        (Some(found), _) | (None, Some(found)) => found,
        (None, None) => return said.to_owned(),
    };
    let Some((found, expected)) = rest.split_once(", expected ") else { return said.to_owned() };
    let name = |words: &str| match words {
        "sequence" | "a sequence" => "a list".to_owned(),
        "map" | "a map" => "keys with values, `key: value`".to_owned(),
        "a nonzero u64" => "a number of a line, from 1".to_owned(),
        "unit value" => "nothing".to_owned(),
        "a string" => "a text".to_owned(),
        _ => words.replace("string \"", "the text \"").replace("integer `", "the number `"),
    };
    format!("{path}this is {}, and should be {}", name(found), name(expected))
}

/// Keys with values, none of them twice.
fn once<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error> {
    struct Reader<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
        type Value = BTreeMap<String, T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = BTreeMap::new();
            while let Some(Plain(key)) = map.next_key()? {
                let value = map.next_value()?;
                if all.contains_key(&key) {
                    return Err(A::Error::custom(format!("the key `{key}` stands here twice")));
                }
                all.insert(key, value);
            }
            Ok(all)
        }
    }
    deserializer.deserialize_map(Reader(PhantomData))
}
