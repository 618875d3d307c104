//! `handover explain`

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use handover::diagnostic::escape;
use handover::export::Input;
use handover::intake::{self, Stream, StreamError, Unit};
use handover::loader::{LoadError, folder};
use handover::report::explain::{self, Explanation};
use handover::{Decision, Evaluator, Outputs, Worker};
use serde::de::IgnoredAny;

use super::leads::{Origin, converted};
use super::now::Now;
use super::output::{Exit, Failure, Output};
use super::policy::{self, STDIN};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover explain --policy acme.handover lead.json
                                        where this lead stands, and why
  handover explain --policy acme.handover --stage SQL --lead L0001 leads.ndjson
                                        why lead L0001 of many is, or is not, an SQL
  handover explain --policy acme.handover --source zoho --lead 4711 leads.csv
                                        a lead of a CRM's export
  handover explain --policy acme.handover --format markdown lead.json
                                        for a ticket
  handover explain --policy acme.handover --format html lead.json > lead.html
                                        for a browser, or a note in the CRM")]
pub struct Args {
    /// The policy to judge by, a folder with versions of it, or `-` for standard input
    #[arg(long, value_name = "FILE|FOLDER")]
    policy: PathBuf,

    /// A file with the lead, a JSON object, or `-` for standard input; of several leads, --lead picks one
    #[arg(value_name = "LEAD", default_value = STDIN)]
    path: PathBuf,

    /// Which lead of the file, by the field that the policy identifies leads by
    #[arg(long, value_name = "ID")]
    lead: Option<String>,

    /// Explain why the lead is, or is not, in this stage
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,

    #[command(flatten)]
    origin: Origin,

    #[command(flatten)]
    now: Now,

    /// How to show it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A tree for a terminal
    Human,
    /// Words and indentation, for logs and screen readers
    Plain,
    /// The whole decision with its trace
    Json,
    /// For tickets
    Markdown,
    /// A page that needs nothing else
    Html,
}

/// The longest lead, in bytes: as the other commands have it.
const LONGEST: usize = 16 * 1024 * 1024;

/// What was found among the leads of one file.
#[derive(Default)]
struct Found {
    decision: Option<Box<Decision>>,
    unread: Vec<String>,
    leads: u64,
    /// How the first lead is called.
    first: Option<String>,
}

/// Explains one lead.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    if args.policy == Path::new(STDIN) && args.path == Path::new(STDIN) {
        let why = "standard input can be read once: name a file for the policy or the lead";
        return Err(Failure::Other(why.to_owned()));
    }
    let Some(versions) = policy::versions(&args.policy, output)? else { return Ok(Exit::No) };
    let now = args.now.instant();
    let evaluator = Evaluator::only(versions, now, explain::outputs());
    let found = read(&evaluator, now, &args)?;
    let name = args.path.to_string_lossy().into_owned();
    let Some(decision) = found.decision else { return unexplained(&args, &found, &name, output) };
    let explanation = Explanation::new(&evaluator, &decision, args.stage.as_deref()).map_err(other)?;
    let text = match args.format {
        Format::Human => {
            let (width, color) = output.for_tables();
            explanation.human(width.unwrap_or(80), color)
        }
        Format::Plain => explanation.plain(),
        Format::Json => serde_json::to_string_pretty(&decision).map_err(other)? + "\n",
        Format::Markdown => explanation.markdown(),
        Format::Html => explanation.html().map_err(other)?,
    };
    output.write(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn other(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}

/// Says why there is no lead to explain.
fn unexplained(args: &Args, found: &Found, name: &str, output: &mut Output) -> Result<Exit, Failure> {
    found.unread.iter().for_each(|said| output.note(&escape(said)));
    match (&args.lead, found.leads) {
        (Some(id), _) => Err(Failure::Other(format!("there is no lead `{id}` in `{name}`"))),
        (None, 0) => Err(Failure::Other(format!("there is no lead in `{name}`"))),
        (None, 1) => Ok(Exit::Unread),
        (None, _) => {
            let id = found.first.as_deref().unwrap_or("ID");
            let why = format!("there are several leads in `{name}`; pick one by its name: --lead {id}");
            Err(Failure::Other(why))
        }
    }
}

/// Looks for the lead, and decides it.
fn read(evaluator: &Evaluator, now: DateTime<Utc>, args: &Args) -> Result<Found, Failure> {
    let failed = |why: String| Failure::Read { path: args.path.to_string_lossy().into_owned(), why };
    let input: Box<dyn Read + Send> = if args.path == Path::new(STDIN) {
        Box::new(io::stdin())
    } else {
        Box::new(folder::open(&args.path).map_err(|why: LoadError| failed(why.to_string()))?)
    };
    let export = args.origin.export()?;
    let kind = args.origin.kind_of(&args.path, export.mapping()).unwrap_or(Input::Ndjson);
    let versions: Vec<_> = evaluator.versions().collect();
    let (format, input, converter) = export.open(kind, input, &versions, &args.path.to_string_lossy())?;
    // Leads as they are may stand on a line each, or be one JSON text, whatever the file is called.
    let (format, input) = match &converter {
        Some(_) => (format, input),
        None => sniff(input).map_err(|why| failed(why.to_string()))?,
    };
    let names = Outputs::only(["lead"]).map_err(other)?;
    let names = Evaluator::only(evaluator.policy().clone(), now, names);
    let make = || {
        let (mut whole, mut named, mut leads) = (evaluator.worker(), names.worker(), 0);
        let wanted = args.lead.clone();
        let look = move |unit: Unit<'_>, found: &mut Found| {
            leads += 1;
            look(&unit, &mut whole, &mut named, wanted.as_deref(), leads, found)
        };
        converted(look, converter.clone())
    };
    let stream = Stream { format, threads: Some(NonZeroUsize::MIN), max_line: LONGEST };
    let mut all = Found::default();
    let gather = |found: &mut Found| {
        let found = std::mem::take(found);
        all.decision = all.decision.take().or(found.decision);
        all.first = all.first.take().or(found.first);
        all.unread.extend(found.unread);
        all.leads += found.leads;
        Ok(())
    };
    intake::run(stream, input, make, gather).map_err(|error| match error {
        StreamError::Write(error) => Failure::from(error),
        StreamError::Read(why) => failed(why.to_string()),
        StreamError::Thread(why) => Failure::Other(format!("no thread could be started: {why}")),
    })?;
    if all.leads > 1 && args.lead.is_none() {
        all.decision = None;
    }
    Ok(all)
}

/// Decides the lead that is wanted: that of the name, or the only one.
fn look(
    unit: &Unit<'_>,
    whole: &mut Worker,
    named: &mut Worker,
    wanted: Option<&str>,
    leads: u64,
    found: &mut Found,
) -> ControlFlow<()> {
    found.leads += 1;
    let name = unit.with_bytes(|lead| named.decide(lead)).map(|decision| decision.lead);
    let is_it = match (wanted, &name) {
        (None, _) => leads == 1,
        (Some(wanted), Ok(name)) => name.as_deref() == Some(wanted),
        (Some(_), Err(_)) => false,
    };
    let decided = match &name {
        Ok(_) if is_it => unit.with_bytes(|lead| whole.decide(lead)).map(Some),
        Ok(_) => Ok(None),
        Err(error) => Err(error.clone()),
    };
    match decided {
        Ok(decision) => found.decision = decision.map(Box::new),
        Err(error) => found.unread.push(format!("line {}: {} {}", unit.line, error.code, error.message)),
    }
    if leads == 1 {
        found.first = name.ok().flatten();
    }
    let enough = if wanted.is_some() { found.decision.is_some() } else { leads > 1 };
    if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Whether there is a lead on each line: the first line is one by itself. Else all of it is one JSON text.
fn sniff(input: impl Read + Send + 'static) -> io::Result<(intake::Format, Box<dyn Read + Send>)> {
    let mut input = BufReader::new(input);
    let mut first = Vec::new();
    while first.trim_ascii().is_empty() {
        let most = LONGEST.saturating_sub(first.len()) as u64;
        if (&mut input).take(most).read_until(b'\n', &mut first)? == 0 {
            break;
        }
    }
    let object = first.trim_ascii_start().starts_with(b"{");
    let line = object && serde_json::from_slice::<IgnoredAny>(&first).is_ok();
    let format = if line { intake::Format::Ndjson } else { intake::Format::Json };
    Ok((format, Box::new(Cursor::new(first).chain(input))))
}
