//! `handover sla`

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::ValueEnum;
use handover::Evaluator;
use handover::diagnostic::escape;
use handover::intake::Unit;
use handover::policy::SlaStatus;
use handover::report::worklist::{self, Row, Worklist};

use super::leads::{self, Leads};
use super::now::Now;
use super::output::{Exit, Failure, Output};
use super::policy;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover sla --policy acme.handover leads.ndjson
                                        what to do this morning, the most pressing first
  handover sla --policy acme.handover --format csv leads.ndjson > worklist.csv
                                        for a spreadsheet
  handover sla --policy acme.handover --fail-on breached leads.ndjson
                                        for cron: exit code 1 while a clock is breached and open")]
pub struct Args {
    /// The policy to judge by, a folder with versions of it, or `-` for standard input
    ///
    /// Of a folder, each `*.handover` right in it is a version. Each clock is judged by the one that was in effect when it
    /// started.
    #[arg(long, value_name = "FILE|FOLDER")]
    policy: PathBuf,

    #[command(flatten)]
    leads: Leads,

    #[command(flatten)]
    now: Now,

    /// End with exit code 1 if there is such a clock; `at-risk` includes `breached`
    #[arg(long, value_enum, value_name = "STATUS")]
    fail_on: Option<FailOn>,

    /// How to show the clocks
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Breached,
    AtRisk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for people
    Human,
    /// One JSON object
    Json,
    /// A line for each clock, for spreadsheets
    Csv,
}

/// What the leads of one chunk come to.
#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    unread: Vec<String>,
}

/// Lists the open clocks of all leads.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    args.leads.apart_from(&args.policy)?;
    let Some(versions) = policy::versions(&args.policy, output)? else { return Ok(Exit::No) };
    let now = args.now.instant();
    let keys = worklist::outputs().map_err(|unknown| Failure::Other(unknown.to_string()))?;
    let evaluator = Evaluator::only(versions, now, keys);
    let (mut rows, mut unread) = (Vec::new(), 0);
    let make = |file: Option<&str>| {
        let (evaluator, mut worker) = (evaluator.clone(), evaluator.worker());
        let file = file.map(|file| format!("{file}, ")).unwrap_or_default();
        move |unit: Unit<'_>, found: &mut Found| {
            let line = unit.line;
            let gathered = unit.with_bytes(|lead| worklist::gather(&evaluator, &mut worker, lead, &mut found.rows));
            if let Err(error) = gathered {
                found.unread.push(format!("{file}line {line}: {} {}", error.code, error.message));
            }
            ControlFlow::Continue(())
        }
    };
    let summary = args.leads.run(&evaluator.versions().collect::<Vec<_>>(), make, |found: &mut Found| {
        rows.append(&mut found.rows);
        for said in found.unread.drain(..) {
            unread += 1;
            output.note(&escape(&said));
        }
        Ok(())
    })?;
    let list = Worklist::new(&evaluator, now, summary.leads, unread, rows);
    let text = match args.format {
        Format::Human => {
            let (width, color) = output.for_tables();
            list.human(width, color)
        }
        Format::Json => list.json().map_err(|error| Failure::Other(error.to_string()))?,
        Format::Csv => list.csv().map_err(|error| Failure::Other(error.to_string()))?,
    };
    output.write(text.as_bytes())?;
    let exit = leads::said(summary, unread, output);
    let has = |status| list.count(status) > 0;
    let fails = match args.fail_on {
        None => false,
        Some(FailOn::Breached) => has(SlaStatus::Breached),
        Some(FailOn::AtRisk) => has(SlaStatus::Breached) || has(SlaStatus::AtRisk),
    };
    Ok(if fails { Exit::No } else { exit })
}
