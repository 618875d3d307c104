//! `handover eval`

use std::fs::File;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use handover::engine::{Evaluator, KEYS, Lines, Outputs, Unread};
use handover::intake::{self, Format as StreamFormat, Stream, StreamError};
use handover::loader::folder;

use super::lines::WholeLines;
use super::now::Now;
use super::output::{Exit, Failure, Output};
use super::policy;

/// Decide about leads
///
/// Reads leads, and writes one decision for each, in the same order. A lead that cannot be read becomes an error
/// record in its place; the rest goes on, and the exit code is 3.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover eval --policy acme.handover leads.ndjson > decisions.ndjson
  handover eval --policy acme.handover --only lead,stage leads.ndjson
                                        only who the lead is and how far it is
  handover eval --policy acme.handover --now 2026-03-11T11:00:00Z leads.json
                                        as of then: events after it have not happened yet
  export-leads | handover eval --policy acme.handover --errors unread.ndjson
                                        from another program; unreadable leads go to a file")]
pub struct Args {
    /// The policy to judge by, a folder with versions of it, or `-` for standard input
    ///
    /// Of a folder, each `*.handover` right in it is a version. The one in effect judges, and each SLA clock is judged
    /// by the one that was in effect when it started.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub policy: PathBuf,

    /// Files with leads, or `-` for standard input
    #[arg(value_name = "LEADS", default_value = "-")]
    pub leads: Vec<PathBuf>,

    #[command(flatten)]
    pub now: Now,

    /// How many threads decide; the output is the same with any number [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub threads: Option<u16>,

    /// What to do after a lead that cannot be read
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnError::Continue)]
    pub on_error: OnError,

    /// Write leads that cannot be read to this file, as they came, instead of among the decisions
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,

    /// Write only these keys of each decision, such as `lead,stage,scores`
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    pub only: Vec<String>,

    /// How the leads are written: a JSON object a line, or one JSON object or array [default: by the file's extension,
    /// else ndjson]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub input: Option<Input>,

    /// The longest line to read, in bytes, up to 268435456; a longer one becomes an error record
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
    pub max_line: usize,

    /// How to write the decisions
    #[arg(long = "output", value_enum, value_name = "FORMAT", default_value_t = Format::Ndjson)]
    pub format: Format,
}

/// More threads than any machine has cores, and few enough for the system to have room for.
const MOST_THREADS: i64 = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnError {
    /// Go on with the next lead
    Continue,
    /// End after the first (exit code 3)
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Input {
    Ndjson,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Ndjson,
}

/// Judges the leads by the policy, unless it has errors.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let twice = args.leads.iter().filter(|path| path.as_os_str() == policy::STDIN).count()
        + usize::from(args.policy.as_os_str() == policy::STDIN);
    if twice > 1 {
        return Err(Failure::Other(
            "standard input can be read once: name a file for the policy or the leads".to_owned(),
        ));
    }
    let outputs = outputs(&args.only)?;
    let Some(versions) = policy::versions(&args.policy, output)? else { return Ok(Exit::No) };
    let evaluator = Evaluator::only(versions, args.now.instant(), outputs);
    decide(&evaluator, &args, output)
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
    let asked = args.threads.and_then(|threads| NonZeroUsize::new(threads.into()));
    let threads = asked.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let mut errors = args.errors.as_ref().map(|path| ErrorFile::create(path, args)).transpose()?;
    let (mut leads, mut unread, mut stopped) = (0, 0, false);
    for path in &args.leads {
        let stdin = path.as_os_str() == policy::STDIN;
        let input: Box<dyn Read + Send> = if stdin {
            Box::new(std::io::stdin())
        } else {
            let name = || path.to_string_lossy().into_owned();
            Box::new(folder::open(path).map_err(|why| Failure::Read { path: name(), why: why.to_string() })?)
        };
        let stream = Stream { format: format_of(args.input, path), threads, max_line: args.max_line };
        let several = args.leads.len() > 1;
        let how = Unread {
            file: several.then(|| path.to_string_lossy().into_owned()),
            apart: errors.is_some(),
            stop: args.on_error == OnError::Stop,
        };
        let write = |lines: &mut Lines| {
            unread += lines.unread;
            if let Some(errors) = &mut errors {
                errors.write(&lines.errors);
            }
            output.write(&lines.decisions)?;
            lines.clear();
            Ok(())
        };
        let summary = intake::run(stream, input, || evaluator.handler(&how), write).map_err(|error| match error {
            StreamError::Write(error) => Failure::from(error),
            StreamError::Read(why) => Failure::Read { path: path.to_string_lossy().into_owned(), why: why.to_string() },
            StreamError::Thread(why) => Failure::Other(format!("no thread could be started: {why}")),
        })?;
        leads += summary.leads;
        stopped = summary.stopped;
        if stopped {
            break;
        }
    }
    if let Some(errors) = errors {
        errors.finish()?;
    }
    if leads == 0 {
        output.note("no leads came in");
    }
    if unread == 0 {
        return Ok(Exit::Fine);
    }
    let which = if unread == 1 { "1 lead".to_owned() } else { format!("{unread} leads") };
    output.note(&if stopped {
        "a lead could not be read, and nothing after it was (--on-error stop)".to_owned()
    } else {
        format!("{which} of {leads} could not be read")
    });
    Ok(Exit::Unread)
}

fn format_of(input: Option<Input>, path: &Path) -> StreamFormat {
    match input {
        Some(Input::Json) => StreamFormat::Json,
        Some(Input::Ndjson) => StreamFormat::Ndjson,
        None if path.extension().is_some_and(|extension| extension == "json") => StreamFormat::Json,
        None => StreamFormat::Ndjson,
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
        if args.leads.iter().chain([&args.policy]).any(same) {
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
