//! The mapping of an export, as people write it in YAML.

use std::collections::BTreeMap;
use std::fmt;

use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

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
    /// How all fields are written that do not say otherwise.
    #[serde(default)]
    pub values: Style,
    /// Where each field of the policy stands, by its path.
    #[serde(default)]
    pub fields: BTreeMap<String, Cell>,
    /// What the items of lists are made of, by the path of the list.
    #[serde(default)]
    pub lists: BTreeMap<String, Vec<Items>>,
    /// Other tables with rows about the same leads, by the name that the mapping has for them.
    #[serde(default)]
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
}

impl Separator {
    /// The byte that it is.
    pub fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
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
    pub dates: Vec<String>,
    /// The zone of times that name none; without it, that of the policy.
    #[serde(default, deserialize_with = "zone")]
    pub zone: Option<Tz>,
    /// Texts that stand for nothing.
    #[serde(default)]
    pub empty: Vec<String>,
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
    #[serde(default)]
    means: BTreeMap<String, Plain>,
    #[serde(default)]
    split: Option<String>,
    #[serde(default)]
    currency: Option<Box<Cell>>,
    #[serde(default)]
    decimal: Option<Point>,
    #[serde(default)]
    dates: Vec<String>,
    #[serde(default, deserialize_with = "zone")]
    zone: Option<Tz>,
    #[serde(default)]
    empty: Vec<String>,
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
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cell, A::Error> {
                let it = Written::deserialize(MapAccessDeserializer::new(map))?;
                if it.from.is_some() == it.value.is_some() {
                    return Err(A::Error::custom(
                        "a value stands in a column, `from`, or is the same for all, `value`",
                    ));
                }
                Ok(Cell {
                    from: it.from,
                    joined: it.joined,
                    value: it.value.map(|it| it.0),
                    means: it.means.into_iter().map(|(text, it)| (text, it.0)).collect(),
                    split: it.split,
                    currency: it.currency,
                    style: Style { decimal: it.decimal, dates: it.dates, zone: it.zone, empty: it.empty },
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
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Plain;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Plain, E> {
                Ok(Plain(text.to_owned()))
            }
            fn visit_bool<E: Error>(self, yes: bool) -> Result<Plain, E> {
                Ok(Plain(yes.to_string()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Plain, E> {
                Ok(Plain(number.to_string()))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Plain, E> {
                Ok(Plain(number.to_string()))
            }
        }
        deserializer.deserialize_any(Reader)
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
    pub item: BTreeMap<String, Cell>,
}

/// Another table, with rows about the same leads.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The column with the name of the lead.
    pub lead: String,
    /// The file, where the command names none, from the folder of the mapping.
    #[serde(default)]
    pub file: Option<String>,
    /// What stands between its cells; without it, the header tells.
    #[serde(default)]
    pub separator: Option<Separator>,
    /// How its letters are written.
    #[serde(default)]
    pub encoding: Encoding,
    /// How its values are written, where that is not as in the mapping as a whole.
    #[serde(default)]
    pub values: Style,
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
            BadMapping { why: said.strip_suffix(&end).unwrap_or(&said).to_owned(), place }
        })
    }
}
