//! Mappings and joins that the user names, and the input that they are for.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use handover::Policy;
use handover::export::{self, BadColumns, BadJoin, Converter, Joined, Layout, Mapping, Table, Tables};
use handover::intake::Format;
use handover::loader::folder;
use handover::policy::Field;

use super::output::{Failure, note};
use super::sources;

/// The mapping that was named, if any, with its joins.
#[derive(Default)]
pub struct Export {
    source: Option<Source>,
    /// Read once, however many files of leads there are.
    tables: Arc<Tables>,
}

/// A mapping, and what it was read from.
struct Source {
    shown: String,
    text: String,
    mapping: Mapping,
}

impl Source {
    /// What does not fit, each on the line of its key.
    fn failure(&self, all: &[BadColumns]) -> Failure {
        let said = |bad: &BadColumns| format!("`{}:{}`: {bad}", self.shown, bad.line(&self.text));
        Failure::Several(all.iter().map(said).collect())
    }
}

type Input = Box<dyn Read + Send>;

impl Export {
    /// Reads a mapping by its name or file. Joins have the files that the command names, or those of the mapping.
    pub fn read(source: &str, given: &[(String, PathBuf)]) -> Result<Export, Failure> {
        let (shown, text, folder) = sources::find(source)?;
        let mapping = Mapping::read(&text).map_err(|bad| {
            let place = bad.place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
            Failure::Other(format!("`{shown}{place}`: {}", bad.why))
        })?;
        if let Some((unknown, _)) = given.iter().find(|(name, _)| !mapping.joins.contains_key(name)) {
            let names: Vec<&str> = mapping.joins.keys().map(String::as_str).collect();
            let there =
                if names.is_empty() { "no joins".to_owned() } else { format!("the joins {}", names.join(", ")) };
            return Err(Failure::Other(format!("`{shown}` has {there}, and none called `{unknown}`")));
        }
        let source = Source { shown, text, mapping };
        let (shown, mapping) = (&source.shown, &source.mapping);
        let mut tables = Tables::new();
        for (name, join) in &mapping.joins {
            let named = given.iter().find(|(own, _)| own == name).map(|(_, file)| file.clone());
            let own = join.file.as_ref().zip(folder.as_ref()).map(|(file, folder)| folder.join(file));
            let Some(file) = named.or(own) else {
                return Err(Failure::Other(format!("`{shown}` joins `{name}`; name its file: --join {name}=FILE")));
            };
            let failed = |why: String| Failure::Read { path: file.to_string_lossy().into_owned(), why };
            let input = folder::open(&file).map_err(|why| failed(why.to_string()))?;
            let read = Joined::read(mapping, name, join, input, &file.to_string_lossy());
            let table = read.map_err(|bad| match bad {
                BadJoin::Mapping(bad) => source.failure(&[bad]),
                BadJoin::File(why) => failed(why),
            })?;
            if table.nameless > 0 {
                let rows = if table.nameless == 1 {
                    "1 row names".to_owned()
                } else {
                    format!("{} rows name", table.nameless)
                };
                note(&format!(
                    "`{}`: {rows} no lead, and {} left out",
                    file.display(),
                    if table.nameless == 1 { "is" } else { "are" }
                ));
            }
            tables.insert(name.clone(), table);
        }
        Ok(Export { source: Some(source), tables: Arc::new(tables) })
    }

    pub fn mapping(&self) -> Option<&Mapping> {
        self.source.as_ref().map(|source| &source.mapping)
    }

    /// Says how many rows of joins were about none of the leads that came in: often a name that is written in two ways.
    pub fn note_unused(&self) {
        for table in self.tables.values().filter(|table| table.unused() > 0) {
            let (unused, all) = (table.unused(), table.count);
            let rows = if all == 1 { "row is" } else { "rows are" };
            note(&format!("`{}`: {unused} of {all} {rows} about none of these leads", table.file));
        }
    }

    /// How the input is cut, the input behind its header, and what makes leads of it.
    pub fn open(
        &self,
        kind: export::Input,
        input: Input,
        versions: &[&Policy],
        name: &str,
    ) -> Result<(Format, Input, Option<Converter>), Failure> {
        let (fields, id) = fields_of(versions);
        let made = |made: Result<Converter, Vec<BadColumns>>| {
            made.map_err(|bad| match &self.source {
                Some(source) => source.failure(&bad),
                None => Failure::Several(bad.iter().map(|bad| format!("`{name}`: {bad}")).collect()),
            })
        };
        let failed = |why: String| Failure::Read { path: name.to_owned(), why };
        let input = text(input).map_err(failed)?;
        match (kind, self.mapping()) {
            (export::Input::Ndjson, None) => Ok((Format::Ndjson, input, None)),
            (export::Input::Json, None) => Ok((Format::Json, input, None)),
            (export::Input::Csv, mapping) => {
                let layout = mapping.map_or_else(Layout::default, |it| Layout {
                    separator: it.separator,
                    encoding: it.encoding,
                    header: it.header,
                });
                let Table { dialect, header, line, rows } = Table::open(input, layout).map_err(failed)?;
                let converter = match mapping {
                    None => Converter::by_header(header, dialect, &fields, &id),
                    Some(it) => Converter::new(it, Some((header, dialect)), &fields, &id, Arc::clone(&self.tables)),
                };
                let format = Format::Csv { separator: dialect.separator, line };
                Ok((format, Box::new(rows), Some(made(converter)?)))
            }
            (kind, Some(mapping)) => {
                let format = if kind == export::Input::Json { Format::Json } else { Format::Ndjson };
                let converter = Converter::new(mapping, None, &fields, &id, Arc::clone(&self.tables));
                Ok((format, input, Some(made(converter)?)))
            }
        }
    }
}

/// The input, unless its first bytes say that it is no text. Nothing more is waited for than what is there.
fn text(mut input: Input) -> Result<Input, String> {
    let mut start = vec![0; 4096];
    let count = match input.read(&mut start) {
        Ok(count) => count,
        Err(why) if why.kind() == io::ErrorKind::Interrupted => 0,
        Err(why) => return Err(why.to_string()),
    };
    start.truncate(count);
    match export::no_text(&start) {
        Some(why) => Err(why),
        None => Ok(Box::new(io::Cursor::new(start).chain(input))),
    }
}

/// The fields of all versions, each once, and what leads are identified by.
fn fields_of(versions: &[&Policy]) -> (Vec<Field>, Vec<String>) {
    let mut fields: Vec<Field> = Vec::new();
    for field in versions.iter().rev().flat_map(|policy| &policy.fields) {
        if !fields.iter().any(|own| own.path == field.path) {
            fields.push(field.clone());
        }
    }
    (fields, versions.last().map(|policy| policy.identified_by.clone()).unwrap_or_default())
}

/// The folder of a mapping's own file.
pub fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}
