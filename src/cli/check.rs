//! `handover check`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use handover::diagnostic::{Counts, Diagnostic, github, human, json_of_all, junit, plain, sarif};
use handover::lint::lint;
use handover::testing::unreached;
use handover::{Compiled, Policy};

use super::output::{Exit, Failure, Output};
use super::policy;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover check                        every *.handover file here and below
  handover check acme.handover          one policy
  handover check policies --deny-warnings
                                        a folder; doubts count as mistakes
  handover check --format json > out    for other programs
  handover check --format github        in a GitHub workflow: beside the lines of the change
  handover check --format sarif > handover.sarif
                                        for code scanning; `junit` is for reports of tests
  cat acme.handover | handover check -  from standard input")]
pub struct Args {
    /// Policies, libraries, folders to search for them, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// How to show what was found: `plain` is for logs and screen readers, `json` for programs, `github`, `sarif` and
    /// `junit` for what runs checks on every change
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Answer no (exit code 1) also when there are only warnings
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Plain,
    Json,
    Github,
    Sarif,
    Junit,
}

/// Checks every policy, also after one that cannot be read.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let mut all: Vec<Compiled> = Vec::new();
    let mut failed = false;
    for path in &args.paths {
        match policy::files(path) {
            Err(failure) => {
                output.fail(&failure);
                failed = true;
            }
            Ok(files) => {
                for file in files {
                    match policy::open(&file) {
                        Ok(mut compiled) => {
                            if let Some(policy) = &compiled.policy {
                                compiled.diagnostics.extend(doubts(policy, &file)?);
                            }
                            all.push(compiled);
                        }
                        Err(failure) => {
                            output.fail(&failure);
                            failed = true;
                        }
                    }
                }
            }
        }
    }
    show(&all, &args, output)?;
    let counts = all.iter().map(|compiled| Counts::of(&compiled.diagnostics));
    let wrong = counts.map(|counts| counts.errors + if args.deny_warnings { counts.warnings } else { 0 });
    let no = wrong.sum::<usize>() > 0;
    Ok(if failed {
        Exit::Failed
    } else if no {
        Exit::No
    } else {
        Exit::Fine
    })
}

/// What is probably not meant, in the order of places.
fn doubts(policy: &Policy, file: &Path) -> Result<Vec<Diagnostic>, Failure> {
    let mut doubts = lint(policy);
    doubts.extend(unreached(policy, &policy::read_suites_beside(file)?));
    doubts.sort_by_key(|it| (it.span.file, it.span.start, it.span.end, it.code.id));
    Ok(doubts)
}

fn show(all: &[Compiled], args: &Args, output: &mut Output) -> Result<(), Failure> {
    let policies = all.iter().map(|compiled| (compiled.diagnostics.as_slice(), &compiled.sources));
    let options = output.for_results();
    let text = match args.format {
        Format::Human => policies.map(|(list, sources)| human(list, sources, options)).collect(),
        Format::Plain => policies.map(|(list, sources)| plain(list, sources)).collect(),
        Format::Json => json_of_all(policies),
        Format::Github => github(policies),
        Format::Sarif => sarif(policies),
        Format::Junit => junit(policies, args.deny_warnings),
    };
    Ok(output.write(text.as_bytes())?)
}
