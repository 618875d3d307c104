//! `handover report`

use std::ops::ControlFlow;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::ValueEnum;
use handover::diagnostic::escape;
use handover::engine::Account;
use handover::intake::Unit;
use handover::policy::{Period, Policy, Type};
use handover::report::numbers::{Ask, Counter};
use handover::{Evaluator, policy::Field};

use super::leads::{self, Leads};
use super::now::Now;
use super::output::{Exit, Failure, Output};
use super::policy;
use super::progress::Progress;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover report --policy acme.handover leads.ndjson
                                        the figures by month, for reading
  handover report --policy acme.handover --format html leads.ndjson > report.html
                                        a page with charts, to send round or to print
  handover report --policy acme.handover --by source --period quarter leads.ndjson
                                        by quarter, and the sources side by side
  handover report --policy acme.handover --from 2026-01-01 --to 2026-03-31 --format csv leads.ndjson
                                        the handovers of these days, for a spreadsheet
  handover report --policy acme.handover --source hubspot-csv contacts.csv
                                        from a CRM's export")]
pub struct Args {
    /// The policy to judge by, a folder with versions of it, or `-` for standard input
    ///
    /// Of a folder, each `*.handover` right in it is a version. The one in effect says what is counted; each clock is judged
    /// by the one that was in effect when it started.
    #[arg(long, value_name = "FILE|FOLDER")]
    policy: PathBuf,

    #[command(flatten)]
    leads: Leads,

    #[command(flatten)]
    now: Now,

    /// How long a period is
    #[arg(long, value_enum, value_name = "PERIOD", default_value_t = Length::Month)]
    period: Length,

    /// Count what happened on this day or later, such as 2026-01-01
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<NaiveDate>,

    /// Count what happened up to this day, and on it
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Option<NaiveDate>,

    /// Count the leads of each value of this field by themselves, too
    #[arg(long, value_name = "FIELD")]
    by: Option<String>,

    /// After so many days a lead that was handed over has had its time to convert
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    mature_after: u32,

    /// How to show the figures
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Length {
    Week,
    Month,
    Quarter,
    Year,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for people
    Human,
    /// One JSON object
    Json,
    /// A line for each figure, for spreadsheets
    Csv,
    /// Tables for a wiki or a chat
    Markdown,
    /// A page with charts, in one file
    Html,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "write a year, a month and a day, such as 2026-01-31".to_owned())
}

/// What is counted of the leads of one chunk.
#[derive(Default)]
struct Found {
    accounts: Vec<Account>,
    unread: Vec<String>,
}

/// Counts all leads.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    args.leads.apart_from(&args.policy)?;
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failure::Other(format!("no day is from {from} to {to}: `--from` is the later one")));
    }
    let Some(versions) = policy::versions(&args.policy, output)? else { return Ok(Exit::No) };
    let now = args.now.instant();
    let evaluator = Evaluator::for_reports(versions, now, args.by.as_deref());
    if let Some(by) = &args.by {
        can_group(evaluator.policy(), by)?;
    }
    let period = match args.period {
        Length::Week => Period::Week,
        Length::Month => Period::Month,
        Length::Quarter => Period::Quarter,
        Length::Year => Period::Year,
    };
    let ask = Ask { period, from: args.from, to: args.to, by: args.by, mature_after_days: args.mature_after };
    let mut counter = Counter::new(&evaluator, now, ask);
    let mut unread = 0;
    let mut progress = Progress::new(&args.leads.paths);
    let make = |file: Option<&str>| {
        let mut worker = evaluator.worker();
        let file = file.map(|file| format!("{file}, ")).unwrap_or_default();
        move |unit: Unit<'_>, found: &mut Found| {
            let line = unit.line;
            match unit.with_bytes(|lead| worker.account(lead)) {
                Ok(account) => found.accounts.push(account),
                Err(error) => found.unread.push(format!("{file}line {line}: {} {}", error.code, error.message)),
            }
            ControlFlow::Continue(())
        }
    };
    let summary = args.leads.run(&evaluator.versions().collect::<Vec<_>>(), make, |found: &mut Found| {
        progress.count(|| (found.accounts.len() + found.unread.len(), found.unread.len()));
        found.accounts.drain(..).for_each(|account| counter.add(&account));
        for said in found.unread.drain(..) {
            unread += 1;
            progress.aside(|| output.note(&escape(&said)));
        }
        Ok(())
    });
    progress.end();
    let summary = summary?;
    let report = counter.finish(summary.leads, unread);
    let failed = |error: &dyn std::fmt::Display| Failure::Other(error.to_string());
    let text = match args.format {
        Format::Human => report.human(output.for_tables().1),
        Format::Json => report.json().map_err(|error| failed(&error))?,
        Format::Csv => report.csv().map_err(|error| failed(&error))?,
        Format::Markdown => report.markdown(),
        Format::Html => report.html().map_err(|error| failed(&error))?,
    };
    output.write(text.as_bytes())?;
    Ok(leads::said(summary, unread, output))
}

/// Whether leads can be grouped by a field: one with a word or a number in it that anybody may see.
fn can_group(policy: &Policy, by: &str) -> Result<(), Failure> {
    let groups = |field: &&Field| matches!(field.ty, Type::Text | Type::OneOf(_) | Type::Number | Type::YesNo);
    let field = policy.fields.iter().find(|field| field.dotted() == by);
    let why = match field {
        Some(field) if field.private => format!("`{by}` is private, so no report shows its values"),
        Some(field) if groups(&field) => return Ok(()),
        Some(_) => format!("`{by}` holds no words by which leads could be grouped"),
        None => format!("the policy has no field `{by}`"),
    };
    let others: Vec<String> =
        policy.fields.iter().filter(groups).filter(|field| !field.private).map(Field::dotted).collect();
    Err(Failure::Other(format!("{why}; leads can be grouped by {}", others.join(", "))))
}
