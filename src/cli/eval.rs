//! `handover eval`

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use handover::engine::{Evaluator, KEYS, Lines, Outputs, Unread, With};
use handover::report::sheet::Sheet;

use super::leads::{self, Leads};
use super::lines::WholeLines;
use super::now::Now;
use super::output::{Exit, Failure, Output};
use super::policy;
use super::progress::Progress;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover eval --policy acme.handover leads.ndjson > decisions.ndjson
  handover eval --policy acme.handover --only lead,stage leads.ndjson
                                        only who the lead is and how far it is
  handover eval --policy acme.handover --now 2026-03-11T11:00:00Z leads.json
                                        as of then: events after it have not happened yet
  handover eval --policy acme.handover --source hubspot-csv contacts.csv --output csv > decisions.csv
                                        from a CRM's export to a spreadsheet
  export-leads | handover eval --policy acme.handover --errors unread.ndjson
                                        from another program; unreadable leads go to a file")]
pub struct Args {
    /// The policy to judge by, a folder with versions of it, or `-` for standard input
    ///
    /// Of a folder, each `*.handover` right in it is a version. The one in effect judges, and each SLA clock is judged
    /// by the one that was in effect when it started.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub policy: PathBuf,

    #[command(flatten)]
    pub leads: Leads,

    #[command(flatten)]
    pub now: Now,

    /// What to do after a lead that cannot be read
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnError::Continue)]
    pub on_error: OnError,

    /// Write leads that cannot be read to this file, as they came, instead of among the decisions
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,

    /// Write only these keys of each decision, such as `lead,stage,scores`
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    pub only: Vec<String>,

    /// Add to each decision how it came about, what would change it, or what it takes to decide the same again
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub with: Vec<Besides>,

    /// How to write the decisions
    #[arg(long = "output", value_enum, value_name = "FORMAT", default_value_t = Format::Ndjson)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnError {
    /// Go on with the next lead
    Continue,
    /// End after the first (exit code 3)
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Besides {
    /// `trace`: every condition with what it read, and how points and deadlines were counted
    Trace,
    /// `next`: what would reach each stage that is not met; and `next_change_at`
    Next,
    /// `next_change_at`: the first instant at which the decision changes though nothing happens
    NextChange,
    /// `receipt`: the digests of policy and lead, the program and its time zones, for `handover verify`
    Receipt,
}

impl Besides {
    fn added_to(self, outputs: Outputs) -> Outputs {
        match self {
            Besides::Trace => outputs.and(With::Trace),
            Besides::Next => outputs.and(With::Next).and(With::NextChange),
            Besides::NextChange => outputs.and(With::NextChange),
            Besides::Receipt => outputs.and(With::Receipt),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A decision a line
    Ndjson,
    /// A list of decisions
    Json,
    /// A table for spreadsheets, a row a lead
    Csv,
}

/// Judges the leads by the policy, unless it has errors.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    args.leads.apart_from(&args.policy)?;
    if args.format == Format::Csv && !args.with.is_empty() {
        return Err(Failure::Other("a table has no columns for what `--with` adds; write ndjson".to_owned()));
    }
    let outputs = args.with.iter().fold(outputs(&args.only)?, |outputs, with| with.added_to(outputs));
    let Some(versions) = policy::versions(&args.policy, output)? else { return Ok(Exit::No) };
    let evaluator = Evaluator::only(versions, args.now.instant(), outputs);
    let exit = decide(&evaluator, &args, output);
    // The command ends here: the system takes back its memory at once, where this would go piece by piece.
    std::mem::forget(evaluator);
    exit
}

fn outputs(only: &[String]) -> Result<Outputs, Failure> {
    if only.is_empty() {
        return Ok(Outputs::ALL);
    }
    Outputs::only(only.iter().map(|key| key.trim()))
        .map_err(|unknown| Failure::Other(format!("{unknown}; its keys are {}", KEYS.join(", "))))
}

/// Leads in, decisions out.
fn decide(evaluator: &Evaluator, args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let mut errors = args.errors.as_ref().map(|path| ErrorFile::create(path, args)).transpose()?;
    let (apart, stop) = (errors.is_some(), args.on_error == OnError::Stop);
    let mut unread = 0;
    let make = |file: Option<&str>| evaluator.handler(&Unread { file: file.map(str::to_owned), apart, stop });
    let mut shape = Shaped::new(evaluator, args);
    output.write(&shape.begin()?)?;
    let mut progress = Progress::beside_results(&args.leads.paths);
    let write = |lines: &mut Lines| {
        unread += lines.unread;
        progress.count(|| (memchr::memchr_iter(b'\n', &lines.decisions).count(), lines.unread as usize));
        if let Some(errors) = &mut errors {
            errors.write(&lines.errors);
        }
        match &mut shape {
            Shaped::Lines => output.write(&lines.decisions)?,
            other => output.write(&other.shape(&lines.decisions)?)?,
        }
        lines.clear();
        Ok(())
    };
    let summary = args.leads.run(&evaluator.versions().collect::<Vec<_>>(), make, write);
    progress.end();
    let summary = summary?;
    output.write(shape.end())?;
    if let Some(errors) = errors {
        errors.finish()?;
    }
    if summary.stopped {
        output.note("a lead could not be read, and nothing after it was (--on-error stop)");
        return Ok(Exit::Unread);
    }
    Ok(leads::said(summary, unread, output))
}

/// Lines of decisions, and what else may become of them.
enum Shaped {
    Lines,
    /// A list; whether something stands in it already.
    List(bool),
    Table(Sheet),
}

impl Shaped {
    fn new(evaluator: &Evaluator, args: &Args) -> Shaped {
        let has = |key: &str| args.only.is_empty() || args.only.iter().any(|only| only.trim() == key);
        match args.format {
            Format::Ndjson => Shaped::Lines,
            Format::Json => Shaped::List(false),
            Format::Csv => Shaped::Table(Sheet::new(&evaluator.versions().collect::<Vec<_>>(), has)),
        }
    }

    fn begin(&self) -> io::Result<Vec<u8>> {
        match self {
            Shaped::Lines => Ok(Vec::new()),
            Shaped::List(_) => Ok(b"[".to_vec()),
            Shaped::Table(sheet) => sheet.header().map_err(io::Error::other),
        }
    }

    fn shape(&mut self, lines: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Shaped::Lines => Ok(lines.to_vec()),
            Shaped::Table(sheet) => sheet.rows(lines).map_err(io::Error::other),
            Shaped::List(any) => {
                let mut out = Vec::with_capacity(lines.len() + 64);
                for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    out.extend_from_slice(if std::mem::replace(any, true) { b",\n" } else { b"\n" });
                    out.extend_from_slice(line);
                }
                Ok(out)
            }
        }
    }

    fn end(&self) -> &'static [u8] {
        match self {
            Shaped::List(_) => b"\n]\n",
            Shaped::Lines | Shaped::Table(_) => b"",
        }
    }
}

/// The file of `--errors`. A failed write is kept until the end, so that the decisions still come out.
struct ErrorFile {
    path: String,
    file: WholeLines<File>,
    failed: Option<std::io::Error>,
}

impl ErrorFile {
    fn create(path: &Path, args: &Args) -> Result<Self, Failure> {
        let name = path.to_string_lossy().into_owned();
        // Creating a file empties it, which must not happen to what is about to be read.
        let same =
            |other: &PathBuf| path.canonicalize().is_ok_and(|path| other.canonicalize().is_ok_and(|o| o == path));
        if args.leads.paths.iter().chain([&args.policy]).any(same) {
            return Err(Failure::Other(format!("`{name}` is read, so the errors cannot be written to it")));
        }
        match File::create(path) {
            Ok(file) => Ok(ErrorFile { path: name, file: WholeLines::to_file(file), failed: None }),
            Err(why) => Err(Failure::Other(format!("`{name}` cannot be written: {why}"))),
        }
    }

    fn write(&mut self, records: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.file.write(records).err();
        }
    }

    fn finish(self) -> Result<(), Failure> {
        self.failed.map_or(Ok(()), |why| Err(Failure::Other(format!("`{}` cannot be written: {why}", self.path))))
    }
}
