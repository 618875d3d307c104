//! A row or a record → the JSON of a lead.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value as Json;

use super::join::{Joined, Row, Tables};
use super::mapping::Mapping;
use super::plan::{BadColumns, Items, Leaf, Node, Place, Plan, Planner, by_names};
use super::spelling::{ROUNDED, is_rounded};
use super::table::{Cells, Dialect, Header, Splitter, not_text};
use super::values::Value;
use crate::intake::LeadError;
use crate::policy::Field;
use crate::yaml::Path;

/// Makes leads of rows or records, for one thread.
pub struct Converter {
    plan: Arc<Plan>,
    tables: Arc<Tables>,
    /// None for records.
    splitter: Option<(Splitter, Arc<Header>)>,
    dialect: Dialect,
    lead: Vec<u8>,
}

impl Clone for Converter {
    fn clone(&self) -> Self {
        let splitter = self.splitter.as_ref().map(|(_, header)| (Splitter::new(self.dialect), Arc::clone(header)));
        let (plan, tables) = (Arc::clone(&self.plan), Arc::clone(&self.tables));
        Converter { plan, tables, splitter, dialect: self.dialect, lead: Vec::new() }
    }
}

/// Where a value is looked for.
#[derive(Clone, Copy)]
enum Record<'r> {
    Row(&'r Cells<'r>),
    Json(&'r Json),
    Joined(&'r Joined, &'r Row),
}

/// What stands there.
enum Got<'r> {
    Text(Cow<'r, str>),
    /// A list or an object of a record: it stays as it is.
    Json(&'r Json),
}

impl Converter {
    /// Of a table whose columns have the names of the policy's fields.
    ///
    /// # Errors
    /// Where none of its columns is a field, or two are the same.
    pub fn by_header(
        header: Header,
        dialect: Dialect,
        fields: &[Field],
        id: &[String],
    ) -> Result<Converter, Vec<BadColumns>> {
        let mapping = by_names(&header, fields, id);
        if mapping.fields.is_empty() {
            let why = format!(
                "none of its columns is a field of the policy: {}; a mapping says which column is which (`--source`)",
                header.shown()
            );
            return Err(vec![BadColumns { path: Path::of(&["its header"]), why }]);
        }
        Converter::new(&mapping, Some((header, dialect)), fields, id, Arc::default())
    }

    /// By a mapping. Tables have a header, records do not.
    ///
    /// # Errors
    /// Where the mapping names a field that the policy lacks, or a column that the table lacks.
    pub fn new(
        mapping: &Mapping,
        table: Option<(Header, Dialect)>,
        fields: &[Field],
        id: &[String],
        tables: Arc<Tables>,
    ) -> Result<Converter, Vec<BadColumns>> {
        let header = table.as_ref().map(|(header, _)| header);
        let plan = Planner { mapping, fields, id, header, tables: &tables }.plan()?;
        let dialect = table.as_ref().map_or(Dialect { separator: b',', latin_1: false }, |(_, dialect)| *dialect);
        let splitter = table.map(|(header, dialect)| (Splitter::new(dialect), Arc::new(header)));
        Ok(Converter { plan: Arc::new(plan), tables, splitter, dialect, lead: Vec::new() })
    }

    /// The lead of a row or a record, as JSON.
    ///
    /// # Errors
    /// H0709 for a row that has more or fewer cells than the header, or a cell that cannot be read; the column is named.
    pub fn convert(&mut self, unit: &[u8]) -> Result<&[u8], LeadError> {
        self.lead.clear();
        let mut writer = Writer { plan: &self.plan, tables: &self.tables, about: Vec::new(), out: &mut self.lead };
        if let Some((splitter, header)) = &mut self.splitter {
            let cells = splitter.split(unit)?;
            cells.fit(header.names.len())?;
            writer.lead(Record::Row(&cells))?;
        } else {
            let json: Json = serde_json::from_slice(unit)
                .map_err(|error| LeadError::bad_row(format!("malformed JSON: {error}"), error.column()))?;
            writer.lead(Record::Json(&json))?;
        }
        Ok(&self.lead)
    }
}

struct Writer<'w> {
    plan: &'w Plan,
    tables: &'w Tables,
    /// For each join of the plan, its rows about the lead.
    about: Vec<(&'w Joined, &'w [Row])>,
    out: &'w mut Vec<u8>,
}

impl Writer<'_> {
    fn lead(&mut self, record: Record<'_>) -> Result<(), LeadError> {
        for (name, leaf) in &self.plan.joins {
            let Some(table) = self.tables.get(name) else { continue };
            let rows = match self.got(leaf, record)? {
                Some(Got::Text(text)) if is_rounded(&text) => {
                    return Err(LeadError::bad_row(format!("column `{}` holds {ROUNDED}", leaf.name), 0));
                }
                Some(Got::Text(text)) => match leaf.reading.read(&text) {
                    Ok(Value::Text(key)) => table.rows(&key),
                    _ => &[],
                },
                _ => &[],
            };
            self.about.push((table, rows));
        }
        let plan = self.plan;
        if !self.object(&plan.root, record)? {
            self.out.extend_from_slice(b"{}");
        }
        Ok(())
    }

    /// An object with what there is; nothing where there is nothing.
    fn object(&mut self, entries: &[(String, Node)], record: Record<'_>) -> Result<bool, LeadError> {
        let start = self.out.len();
        for (key, node) in entries {
            let before = self.out.len();
            self.out.push(if before == start { b'{' } else { b',' });
            self.text(key);
            self.out.push(b':');
            let wrote = match node {
                Node::Object(below) => self.object(below, record)?,
                Node::Leaf(leaf) => self.leaf(leaf, record)?,
                Node::List(lines) => self.list(lines, record)?,
            };
            if !wrote {
                self.out.truncate(before);
            }
        }
        let any = self.out.len() > start;
        if any {
            self.out.push(b'}');
        }
        Ok(any)
    }

    fn leaf(&mut self, leaf: &Leaf, record: Record<'_>) -> Result<bool, LeadError> {
        // A field in a join has the value of the first row about the lead.
        let Some(join) = leaf.joined else { return self.value(leaf, record) };
        let about = self.about.get(join).and_then(|(table, rows)| Some((*table, rows.first()?)));
        about.map_or(Ok(false), |(table, row)| self.value(leaf, Record::Joined(table, row)))
    }

    fn list(&mut self, lines: &[Items], record: Record<'_>) -> Result<bool, LeadError> {
        self.out.push(b'[');
        let start = self.out.len();
        for line in lines {
            let Some(join) = line.joined else {
                self.item(line, record, start)?;
                continue;
            };
            let Some((table, rows)) = self.about.get(join).copied() else { continue };
            for row in rows {
                self.item(line, Record::Joined(table, row), start)?;
            }
        }
        self.out.push(b']');
        Ok(true)
    }

    fn item(&mut self, line: &Items, record: Record<'_>, start: usize) -> Result<(), LeadError> {
        let is_there = match &line.needs {
            Some(leaf) => self.is_filled(leaf, record)?,
            None => {
                let mut any = false;
                for leaf in leaves(&line.fields) {
                    any |= !matches!(leaf.place, Place::Constant(_)) && self.is_filled(leaf, record)?;
                }
                any
            }
        };
        if is_there {
            let before = self.out.len();
            if before > start {
                self.out.push(b',');
            }
            if !self.object(&line.fields, record)? {
                self.out.truncate(before);
            }
        }
        Ok(())
    }

    fn is_filled(&mut self, leaf: &Leaf, record: Record<'_>) -> Result<bool, LeadError> {
        let before = self.out.len();
        let filled = self.value(leaf, record)?;
        self.out.truncate(before);
        Ok(filled)
    }

    /// Writes a value, if there is one.
    fn value(&mut self, leaf: &Leaf, record: Record<'_>) -> Result<bool, LeadError> {
        let text = match self.got(leaf, record)? {
            None => Cow::Borrowed(""),
            Some(Got::Json(json)) => {
                self.out.extend_from_slice(json.to_string().as_bytes());
                return Ok(true);
            }
            Some(Got::Text(text)) => text,
        };
        let value = leaf.reading.read(&text).map_err(|what| {
            let place = match record {
                Record::Joined(table, row) => format!("`{}`, line {}: ", table.file, row.line),
                _ => String::new(),
            };
            LeadError::bad_row(format!("{place}column `{}` holds {what}", leaf.name), 0)
        })?;
        match value {
            Value::Nothing => return Ok(false),
            Value::Texts(texts) => {
                self.out.push(b'[');
                for (at, text) in texts.iter().enumerate() {
                    if at > 0 {
                        self.out.push(b',');
                    }
                    self.text(text);
                }
                self.out.push(b']');
            }
            Value::Text(text) => match &leaf.currency {
                None => self.text(&text),
                Some(currency) => {
                    self.out.extend_from_slice(b"{\"amount\":");
                    self.text(&text);
                    let before = self.out.len();
                    self.out.extend_from_slice(b",\"currency\":");
                    if !self.value(currency, record)? {
                        self.out.truncate(before);
                    }
                    self.out.push(b'}');
                }
            },
        }
        Ok(true)
    }

    fn got<'r>(&self, leaf: &'r Leaf, record: Record<'r>) -> Result<Option<Got<'r>>, LeadError> {
        let path = match &leaf.place {
            Place::Constant(text) => return Ok(Some(Got::Text(Cow::Borrowed(text)))),
            Place::Column(column) => {
                let text = match record {
                    Record::Row(cells) => cells
                        .text(*column)
                        .map_err(|_| LeadError::bad_row(not_text(&format!("column `{}`", leaf.name)), 0))?,
                    Record::Joined(_, row) => Cow::Borrowed(row.cells.get(*column).map_or("", String::as_str)),
                    Record::Json(_) => return Ok(None),
                };
                return Ok(Some(Got::Text(text)));
            }
            Place::Path(path) => path,
        };
        let Record::Json(json) = record else { return Ok(None) };
        let found = path.iter().try_fold(json, |value, part| value.get(part));
        Ok(match found {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(Got::Text(Cow::Borrowed(text))),
            Some(json @ (Json::Array(_) | Json::Object(_))) => Some(Got::Json(json)),
            Some(other) => Some(Got::Text(Cow::Owned(other.to_string()))),
        })
    }

    fn text(&mut self, text: &str) {
        // A text can always be written as JSON.
        let _ = serde_json::to_writer(&mut *self.out, text);
    }
}

fn leaves(entries: &[(String, Node)]) -> Vec<&Leaf> {
    let mut all = Vec::new();
    for (_, node) in entries {
        match node {
            Node::Leaf(leaf) => all.push(&**leaf),
            Node::Object(below) => all.extend(leaves(below)),
            Node::List(_) => {}
        }
    }
    all
}
