//! Mappings and joins that the user names, and the input that they are for.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use handover::Policy;
use handover::diagnostic::escape;
use handover::export::{self, BadColumns, Converter, Dialect, Joined, Mapping, Tables};
use handover::intake::Format;
use handover::loader::folder;
use handover::policy::Field;

use super::output::Failure;
use super::sources;

/// The longest header, in bytes.
const LONGEST_HEADER: usize = 1 << 20;

/// The mapping that was named, if any, with its joins.
#[derive(Default)]
pub struct Export {
    mapping: Option<(String, Mapping)>,
    joins: Vec<(String, PathBuf)>,
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
        let mut joins = Vec::new();
        for (name, join) in &mapping.joins {
            let named = given.iter().find(|(own, _)| own == name).map(|(_, file)| file.clone());
            let own = join.file.as_ref().zip(folder.as_ref()).map(|(file, folder)| folder.join(file));
            let Some(file) = named.or(own) else {
                return Err(Failure::Other(format!("`{shown}` joins `{name}`; name its file: --join {name}=FILE")));
            };
            joins.push((name.clone(), file));
        }
        Ok(Export { mapping: Some((shown, mapping)), joins })
    }

    pub fn mapping(&self) -> Option<&Mapping> {
        self.mapping.as_ref().map(|(_, mapping)| mapping)
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
            made.map_err(|bad| {
                let shown = self.mapping.as_ref().map_or(name, |(shown, _)| shown);
                let said: Vec<String> = bad.iter().map(|bad| format!("`{shown}`: {bad}")).collect();
                Failure::Other(escape(&said.join("\nhandover: ")).replace("\\n", "\n"))
            })
        };
        match (kind, &self.mapping) {
            (export::Input::Ndjson, None) => Ok((Format::Ndjson, input, None)),
            (export::Input::Json, None) => Ok((Format::Json, input, None)),
            (export::Input::Csv, mapping) => {
                let (dialect, header, line, input) = table(mapping.as_ref().map(|(_, it)| it), input, name)?;
                let format = Format::Csv { separator: dialect.separator, line };
                let converter = match mapping {
                    None => Converter::by_header(header, dialect, &fields, &id),
                    Some((_, it)) => Converter::new(it, Some((header, dialect)), &fields, &id, self.tables(it)?),
                };
                Ok((format, input, Some(made(converter)?)))
            }
            (kind, Some((_, mapping))) => {
                let format = if kind == export::Input::Json { Format::Json } else { Format::Ndjson };
                let converter = Converter::new(mapping, None, &fields, &id, self.tables(mapping)?);
                Ok((format, input, Some(made(converter)?)))
            }
        }
    }

    fn tables(&self, mapping: &Mapping) -> Result<Tables, Failure> {
        let mut tables = Tables::new();
        for (name, path) in &self.joins {
            let Some(join) = mapping.joins.get(name) else { continue };
            let failed = |why: String| Failure::Read { path: path.to_string_lossy().into_owned(), why };
            let input = folder::open(path).map_err(|why| failed(why.to_string()))?;
            tables.insert(name.clone(), Joined::read(mapping, name, join, input).map_err(failed)?);
        }
        Ok(tables)
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

/// The header of a table, the line of its first row, and what comes behind it.
fn table(
    mapping: Option<&Mapping>,
    mut input: Input,
    name: &str,
) -> Result<(Dialect, export::Header, u64, Input), Failure> {
    let failed = |why: String| Failure::Read { path: name.to_owned(), why };
    let mut bytes = Vec::new();
    // Blank lines above the header count as lines, and are none of it.
    let (header, rest, line) = loop {
        let mut piece = vec![0; 16 * 1024];
        let count = input.read(&mut piece).map_err(|why| failed(why.to_string()))?;
        bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
        let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let blank = bytes.iter().skip(mark).take_while(|byte| byte.is_ascii_whitespace() && **byte != b'\t').count();
        let text = bytes.get(mark + blank..).unwrap_or_default();
        let above = bytes.iter().take(mark + blank).filter(|byte| **byte == b'\n').count();
        match export::first_row(text) {
            Some(row) => {
                let end = text
                    .iter()
                    .skip(row.len())
                    .position(|byte| *byte == b'\n')
                    .map_or(text.len(), |at| row.len() + at + 1);
                let lines = above + text.iter().take(end).filter(|byte| **byte == b'\n').count();
                break (row.to_vec(), text.get(end..).unwrap_or_default().to_vec(), lines as u64 + 1);
            }
            None if count == 0 => break (text.to_vec(), Vec::new(), above as u64 + 2),
            None if bytes.len() > LONGEST_HEADER => {
                return Err(failed(
                    "its header is longer than a mebibyte, or a quote in it is never closed".to_owned(),
                ));
            }
            None => {}
        }
    };
    let separator =
        mapping.and_then(|it| it.separator).map_or_else(|| export::separator_of(&header), export::Separator::byte);
    let dialect = Dialect { separator, latin_1: mapping.is_some_and(Mapping::is_latin_1) };
    let header =
        export::Header::read(&header, dialect).map_err(|error| failed(format!("its header: {}", error.message)))?;
    Ok((dialect, header, line, Box::new(Cursor::new(rest).chain(input))))
}

/// The folder of a mapping's own file.
pub fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}
