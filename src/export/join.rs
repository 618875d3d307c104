//! Tables with rows about the same leads: read first, and held in memory.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::mapping::{Cell, Join, Mapping, Spelling};
use super::plan::BadColumns;
use super::spelling::{ROUNDED, is_rounded, plain, tidy};
use super::table::{Header, Layout, Splitter, Table, not_text};
use super::values::{Reading, Value};
use crate::intake::{self, Format, LeadError, Stream};
use crate::policy::Type;
use crate::yaml::Path;

/// The rows of one join, by the lead that they are about.
#[derive(Debug)]
pub struct Joined {
    /// What messages call its file.
    pub file: String,
    /// All of its columns.
    pub header: Header,
    /// Where in a row that is kept the columns stand that the mapping asks for.
    kept: BTreeMap<usize, usize>,
    spelling: Spelling,
    rows: HashMap<String, Rows>,
    /// How many rows are held.
    pub count: usize,
    /// How many rows name no lead; they are left out.
    pub nameless: usize,
}

/// The rows about one lead.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Row>,
    /// Whether somebody has asked for them.
    asked: AtomicBool,
}

/// A row of a join.
#[derive(Debug)]
pub struct Row {
    /// Its line in the file.
    pub line: u64,
    /// The cells of the columns that are kept.
    pub cells: Box<[String]>,
}

/// A row and the lead that it is about.
type Found = Result<(String, Row), LeadError>;

/// All joins of a mapping by their names.
pub type Tables = BTreeMap<String, Joined>;

/// Why a join cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadJoin {
    /// The mapping does not fit the file.
    #[error("{0}")]
    Mapping(BadColumns),
    /// The file is no sound table: in one sentence, with the line where there is one.
    #[error("{0}")]
    File(String),
}

impl Joined {
    /// The rows about a lead, in the order of the file.
    pub fn rows(&self, lead: &str) -> &[Row] {
        let Some(about) = self.rows.get(self.key(lead).as_ref()) else { return &[] };
        about.asked.store(true, Ordering::Relaxed);
        &about.rows
    }

    /// How many rows are about leads that nobody has asked for.
    pub fn unused(&self) -> usize {
        let unused = self.rows.values().filter(|about| !about.asked.load(Ordering::Relaxed));
        unused.map(|about| about.rows.len()).sum()
    }

    /// Where a column of the file stands in a row that is kept.
    pub fn place(&self, column: usize) -> Option<usize> {
        self.kept.get(&column).copied()
    }

    fn key<'t>(&self, name: &'t str) -> Cow<'t, str> {
        match self.spelling {
            Spelling::Exact => tidy(name),
            Spelling::Any => Cow::Owned(plain(name)),
        }
    }

    /// Reads the table of a join, which messages call `file`: all of it, but only the columns that the mapping asks for.
    ///
    /// # Errors
    /// Where the file is no table, has a row with more or fewer cells than its header, or lacks the column of the lead.
    pub fn read<R>(mapping: &Mapping, name: &str, join: &Join, input: R, file: &str) -> Result<Joined, BadJoin>
    where
        R: Read + Send + 'static,
    {
        let layout = Layout { separator: join.separator, encoding: join.encoding, header: join.header };
        let Table { dialect, header, line, rows } = Table::open(input, layout).map_err(BadJoin::File)?;
        let bad = |why: String| BadJoin::Mapping(BadColumns { path: Path::of(&["joins", name, "lead"]), why });
        let Some(from) = join.lead.from.as_ref().filter(|_| join.lead.joined.is_none()) else {
            return Err(bad("this is a column of the join: `lead: NAME`, or `lead: {from: NAME, …}`".to_owned()));
        };
        let lead = header.find(from, &format!("`{file}`")).map_err(bad)?;
        let reading = Reading::new(&Type::Text, &join.lead, &join.values.or(&mapping.values));
        // What cannot be found is said when the mapping is held against the policy.
        let columns = columns(mapping, name);
        let columns: BTreeSet<usize> = columns.iter().filter_map(|column| header.find(column, "").ok()).collect();
        let mut joined = Joined {
            file: file.to_owned(),
            kept: columns.iter().enumerate().map(|(at, column)| (*column, at)).collect(),
            header,
            spelling: join.spelling,
            rows: HashMap::new(),
            count: 0,
            nameless: 0,
        };
        let (header, mut wrong) = (joined.header.clone(), None);
        let from = from.clone();
        let read = Arc::new(move |splitter: &mut Splitter, unit: intake::Unit<'_>| -> Found {
            let cells = splitter.split(unit.bytes?)?;
            cells.fit(header.names.len())?;
            let text = |column: usize| {
                let name = || header.names.get(column).map(String::as_str).unwrap_or_default();
                cells.text(column).map_err(|_| LeadError::bad_row(not_text(&format!("column `{}`", name())), 0))
            };
            let kept = columns.iter().map(|column| Ok(text(*column)?.into_owned()));
            let kept = kept.collect::<Result<_, LeadError>>()?;
            let name = text(lead)?;
            if is_rounded(&name) {
                return Err(LeadError::bad_row(format!("column `{from}` holds {ROUNDED}"), 0));
            }
            let lead = match reading.read(&name) {
                Ok(Value::Text(text)) => text.into_owned(),
                _ => String::new(),
            };
            Ok((lead, Row { line: unit.line, cells: kept }))
        });
        let stream = Stream {
            format: Format::Csv { separator: dialect.separator, line },
            threads: Some(NonZeroUsize::MIN),
            max_line: LONGEST_ROW,
        };
        let make = || {
            let (mut splitter, read) = (Splitter::new(dialect), Arc::clone(&read));
            move |unit: intake::Unit<'_>, found: &mut Vec<(u64, Found)>| {
                let line = unit.line;
                let row = read(&mut splitter, unit);
                let flow = if row.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
                found.push((line, row));
                flow
            }
        };
        let summary = intake::run(stream, rows, make, |found| {
            for (line, row) in found.drain(..) {
                match row {
                    Ok((lead, row)) => joined.add(&lead, row),
                    Err(error) => wrong = Some(format!("line {line}: {}", error.message)),
                }
            }
            Ok(())
        });
        summary.map_err(|error| BadJoin::File(error.to_string()))?;
        wrong.map_or(Ok(joined), |why| Err(BadJoin::File(why)))
    }

    fn add(&mut self, lead: &str, row: Row) {
        let key = self.key(lead);
        if key.is_empty() {
            self.nameless += 1;
            return;
        }
        let key = key.into_owned();
        self.rows.entry(key).or_default().rows.push(row);
        self.count += 1;
    }
}

/// The longest row of a join, in bytes.
const LONGEST_ROW: usize = 16 << 20;

/// The columns of a join that a mapping reads.
fn columns(mapping: &Mapping, name: &str) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    let mut add = |cell: &Cell| {
        let currency = cell.currency.iter().filter_map(|cell| cell.from.clone());
        wanted.extend(cell.from.iter().cloned().chain(currency));
    };
    mapping.fields.values().filter(|cell| cell.joined.as_deref() == Some(name)).for_each(&mut add);
    let items = mapping.lists.values().flatten().filter(|items| items.joined.as_deref() == Some(name));
    items.flat_map(|items| items.item.values()).for_each(&mut add);
    wanted
}
