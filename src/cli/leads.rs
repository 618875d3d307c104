//! The leads that a command reads: from files or standard input, on all threads, in order.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use handover::Policy;
use handover::export::{self, Converter, Mapping};
use handover::intake::{self, Stream, StreamError, Summary, Unit};
use handover::loader::folder;

use super::export::Export;
use super::output::{Exit, Failure, Output};
use super::policy::STDIN;

#[derive(clap::Args)]
pub struct Leads {
    /// Files with leads, or `-` for standard input
    #[arg(value_name = "LEADS", default_value = "-")]
    pub paths: Vec<PathBuf>,

    /// How many threads decide; the output is the same with any number [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    threads: Option<u16>,

    #[command(flatten)]
    origin: Origin,

    /// The longest line to read, in bytes, up to 268435456; a longer one becomes an error record
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
    max_line: usize,
}

// How leads are written, and what makes leads of an export. No docstring: it would take the place of the command's own.
#[derive(clap::Args)]
pub struct Origin {
    /// How the leads are written: a JSON object a line, one JSON object or array, or a table with a header [default: by
    /// the mapping or the file's extension, else ndjson]
    #[arg(long, value_enum, value_name = "FORMAT")]
    input: Option<Input>,

    /// The mapping that makes leads of an export: the name of one that comes with the program (`handover sources` lists
    /// them), or a file
    #[arg(long, value_name = "NAME|FILE")]
    source: Option<String>,

    /// The file of one of the mapping's joins, such as `calls=calls.csv`; it is read first and held in memory
    #[arg(long, value_name = "JOIN=FILE", value_parser = join)]
    join: Vec<(String, PathBuf)>,
}

/// More threads than any machine has cores, and few enough for the system to have room for.
const MOST_THREADS: i64 = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Input {
    Ndjson,
    Json,
    Csv,
}

fn join(text: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = text.split_once('=').ok_or("write the join and its file, such as `calls=calls.csv`")?;
    Ok((name.trim().to_owned(), PathBuf::from(file.trim())))
}

impl Leads {
    /// Standard input holds either leads, once, or the policy.
    pub fn apart_from(&self, policy: &Path) -> Result<(), Failure> {
        let twice = self.paths.iter().map(PathBuf::as_path).chain([policy]).filter(|path| *path == Path::new(STDIN));
        if twice.count() > 1 {
            let why = "standard input can be read once: name a file for the policy or the leads";
            return Err(Failure::Other(why.to_owned()));
        }
        Ok(())
    }

    /// Gives every lead to a handler of its thread, and what comes of it to `write` in the order of the leads. Where
    /// there are several files, a handler is told which it is for.
    pub fn run<O, H>(
        &self,
        versions: &[&Policy],
        make: impl Fn(Option<&str>) -> H,
        mut write: impl FnMut(&mut O) -> io::Result<()>,
    ) -> Result<Summary, Failure>
    where
        O: Default + Send + 'static,
        H: FnMut(Unit<'_>, &mut O) -> ControlFlow<()> + Send + 'static,
    {
        let threads = self.threads.and_then(|threads| NonZeroUsize::new(threads.into()));
        let export = self.origin.export()?;
        let mut all = Summary::default();
        for path in &self.paths {
            let name = path.to_string_lossy();
            let input: Box<dyn Read + Send> = if path == Path::new(STDIN) {
                Box::new(io::stdin())
            } else {
                let failed =
                    |why: handover::loader::LoadError| Failure::Read { path: name.to_string(), why: why.to_string() };
                Box::new(folder::open(path).map_err(failed)?)
            };
            let kind = self.origin.kind_of(path, export.mapping()).unwrap_or(export::Input::Ndjson);
            let (format, input, converter) = export.open(kind, input, versions, &name)?;
            let stream = Stream { format, threads, max_line: self.max_line };
            let file = (self.paths.len() > 1).then_some(name.as_ref());
            let make = || converted(make(file), converter.clone());
            let summary = intake::run(stream, input, make, &mut write).map_err(|error| match error {
                StreamError::Write(error) => Failure::from(error),
                StreamError::Read(why) => Failure::Read { path: name.to_string(), why: why.to_string() },
                StreamError::Thread(why) => Failure::Other(format!("no thread could be started: {why}")),
            })?;
            all.leads += summary.leads;
            all.stopped = summary.stopped;
            if summary.stopped {
                break;
            }
        }
        if !all.stopped {
            export.note_unused();
        }
        Ok(all)
    }
}

impl Origin {
    /// How the leads in a file are written; none where nothing tells.
    pub fn kind_of(&self, path: &Path, mapping: Option<&Mapping>) -> Option<export::Input> {
        let is = |extension: &str| path.extension().is_some_and(|own| own == extension);
        match (self.input, mapping) {
            (Some(Input::Json), _) => Some(export::Input::Json),
            (Some(Input::Ndjson), _) => Some(export::Input::Ndjson),
            (Some(Input::Csv), _) => Some(export::Input::Csv),
            (None, Some(mapping)) => Some(mapping.input),
            (None, None) if is("json") => Some(export::Input::Json),
            (None, None) if is("csv") || is("tsv") => Some(export::Input::Csv),
            (None, None) if is("ndjson") => Some(export::Input::Ndjson),
            (None, None) => None,
        }
    }

    /// The mapping, and the tables that it joins.
    pub fn export(&self) -> Result<Export, Failure> {
        let Some(source) = &self.source else {
            if let Some((name, _)) = self.join.first() {
                return Err(Failure::Other(format!("`--join {name}` belongs to a mapping, which `--source` names")));
            }
            return Ok(Export::default());
        };
        Export::read(source, &self.join)
    }
}

/// A handler of leads that is given rows or records.
pub fn converted<O>(
    mut handler: impl FnMut(Unit<'_>, &mut O) -> ControlFlow<()> + Send + 'static,
    mut converter: Option<Converter>,
) -> impl FnMut(Unit<'_>, &mut O) -> ControlFlow<()> + Send + 'static {
    move |unit, out| {
        let Some(converter) = &mut converter else { return handler(unit, out) };
        let raw = unit.bytes.as_ref().ok().copied();
        let bytes = unit.bytes.and_then(|row| converter.convert(row));
        handler(Unit { line: unit.line, bytes, unterminated: unit.unterminated, raw }, out)
    }
}

/// Says how many leads could not be read, and what exit code that is.
pub fn said(summary: Summary, unread: u64, output: &mut Output) -> Exit {
    if summary.leads == 0 {
        output.note("no leads came in");
    }
    if unread == 0 {
        return Exit::Fine;
    }
    let which = if unread == 1 { "1 lead".to_owned() } else { format!("{unread} leads") };
    output.note(&format!("{which} of {} could not be read", summary.leads));
    Exit::Unread
}
