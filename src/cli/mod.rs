//! The command line: one file a command, each with its arguments and a `run` that does no thinking of its own.
//!
//! The only place that reads files, the environment or the clock.

mod check;
mod completions;
mod doc;
mod eval;
mod explain;
mod export;
mod fmt;
mod init;
mod leads;
mod lines;
mod man;
mod now;
mod output;
mod policy;
mod progress;
mod report;
mod rule;
mod signals;
mod sla;
mod sources;
mod test;
mod verify;

use std::mem::ManuallyDrop;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use output::{Color, Exit, Failure, Output};

/// `handover 0.1.0 (IANA time zones 2026b)`: a due time depends on the time zones as well.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    format!("{version} (IANA time zones {})", chrono_tz::IANA_TZDB_VERSION)
});

/// The agreement between marketing and sales, as a file that runs.
#[derive(Parser)]
#[command(name = "handover", version = VERSION.as_str(), after_help = AFTER_HELP, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    /// When to use colour: `auto` does on a terminal, unless NO_COLOR is set or TERM is `dumb`
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,

    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  handover init agreement                   begin a policy, with tests and leads to try it on
  handover check                            check every policy in this folder
  handover check acme.handover              check one policy
  handover eval --policy acme.handover leads.ndjson > decisions.ndjson
                                            decide about leads
  handover explain --policy acme.handover --lead L0001 leads.ndjson
                                            why one lead is where it is
  handover sla --policy acme.handover leads.ndjson
                                            which deadlines are missed, at risk and running
  handover report --policy acme.handover --format html leads.ndjson > report.html
                                            handovers, targets, speed and waste, with charts
  handover fmt --check policies             whether policies are written in their canonical form
  handover rule H0201                       what a code means, with a bad and a good example
  handover doc acme.handover                the policy as a page to read and sign
  handover test policies                    run the tests of the policies in a folder

Exit codes:
  0  fine
  1  the answer is no: a policy has errors or another form, a test failed, there
     is what --fail-on names, or a decision is not made again
  2  wrong use, or a file could not be read or written
  3  finished, but some leads could not be read
A command that a signal ends (Ctrl-C, SIGTERM, SIGHUP) leaves whole lines in its
output; to a shell its exit code is 128 and the signal's number (130, 143, 129).";

#[derive(Subcommand)]
enum Command {
    Check(check::Args),
    Completions(completions::Args),
    Doc(doc::Args),
    Eval(eval::Args),
    Explain(explain::Args),
    Fmt(fmt::Args),
    Init(init::Args),
    Man(man::Args),
    Report(report::Args),
    Rule(rule::Args),
    Sla(sla::Args),
    Sources(sources::Args),
    Test(test::Args),
    Verify(verify::Args),
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    // To take it apart piece by piece at the end of its use would be a part of what one lead takes.
    let mut command = ManuallyDrop::new(Cli::command().color(output::clap_color()));
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error).into(),
    };
    let mut output = Output::new(cli.color);
    if let Err(why) = signals::listen() {
        let why = format!("the system does not say when the command is interrupted: {why}");
        return output.fail(&Failure::Other(why)).into();
    }
    let result = match cli.command {
        Command::Check(args) => check::run(args, &mut output),
        Command::Completions(args) => completions::run(args, Cli::command(), &mut output),
        Command::Doc(args) => doc::run(args, &mut output),
        Command::Eval(args) => eval::run(args, &mut output),
        Command::Explain(args) => explain::run(args, &mut output),
        Command::Fmt(args) => fmt::run(args, &mut output),
        Command::Init(args) => init::run(args, &mut output),
        Command::Man(args) => man::run(args, Cli::command(), &mut output),
        Command::Report(args) => report::run(args, &mut output),
        Command::Rule(args) => rule::run(args, &mut output),
        Command::Sla(args) => sla::run(args, &mut output),
        Command::Sources(args) => sources::run(args, &mut output),
        Command::Test(args) => test::run(args, &mut output),
        Command::Verify(args) => verify::run(args, &mut output),
    };
    result.unwrap_or_else(|failure| output.fail(&failure)).into()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_copied_into_pipelines_is_understood() {
        let page = include_str!("../../docs/ci.md");
        let hooks = include_str!("../../.pre-commit-hooks.yaml").lines().filter(|line| line.contains("entry: "));
        let hooks = hooks.collect::<Vec<_>>().join("\n");
        let line = regex::Regex::new(r"handover ([a-z]+)( [-\w./]+)*").unwrap();
        // Three of these signs open and close a block as one does a word.
        let code = page.split('`').skip(1).step_by(2);
        let (mut tried, mut refused) = (0, Vec::new());
        for line in code.chain([hooks.as_str()]).flat_map(|code| line.captures_iter(code)) {
            let line = line.get(0).unwrap().as_str();
            tried += 1;
            refused.extend(Cli::try_parse_from(line.split(' ')).err().map(|error| format!("{line}: {error}")));
        }
        assert!(tried >= 7 && refused.is_empty(), "{tried} tried; {refused:#?}");
    }
}
