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

// What a command takes is only made ready for the one that is asked for.
#[derive(Subcommand)]
#[command(defer = true)]
enum Command {
    /// Check policies for mistakes
    ///
    /// Reads each policy and the files that it names, and shows every mistake with its place and how to mend it, and what
    /// is probably not meant. A comment `# allow NAME` on the line above turns a doubt off. Nothing is changed.
    Check(check::Args),
    /// Write what completes the command's arguments in a shell
    Completions(completions::Args),
    /// Show a policy as a page to read and sign
    ///
    /// Who agreed, the stages and what leads to them in sentences, points, deadlines with an example counted out, opening hours,
    /// and the words that are used. The page says what the policy says; there is nothing to keep in step by hand.
    Doc(doc::Args),
    /// Decide about leads
    ///
    /// Reads leads, and writes one decision for each, in the same order. A lead that cannot be read becomes an error
    /// record in its place; the rest goes on, and the exit code is 3.
    Eval(eval::Args),
    /// Explain one lead's decision: why it is in its stage, and what keeps it from the next
    ///
    /// The first line answers the question. Then comes the tree of every condition with what it read, then what is missing,
    /// the points of each score, and each deadline worked out. Values of private fields are not shown.
    Explain(explain::Args),
    /// Write policies in their canonical form
    ///
    /// One space between words, two for each step to the right, at most one empty line in a row, `1 day` and `2 days`. Every
    /// comment stays, and before a file is written, it is proved that it says what it said. The files that were changed are
    /// listed.
    Fmt(fmt::Args),
    /// Begin a policy
    ///
    /// Writes a policy with comments for whoever writes one for the first time, tests for it, and five leads to try it on. The
    /// policy is whole: it passes `check` and `test`. Nothing that is there already is changed.
    Init(init::Args),
    /// Write the manual's pages
    Man(man::Args),
    /// Count what became of the leads: handovers, targets, SLAs, speed, waste and the funnel
    ///
    /// Reads leads with their events, and counts what marketing and sales agreed to look at: how many leads were handed over,
    /// accepted and rejected, how many were converted, how long they stayed in each stage, which clocks ran out, how soon they
    /// were contacted, what that cost, and which data are missing. Each figure comes with how it is counted. A lead that cannot
    /// be read is named on standard error and is in no figure; the exit code is then 3.
    Report(report::Args),
    /// Say what a code means
    ///
    /// Shows what is meant by a code that another command named, a bad and a good example, why it matters, and how to mend
    /// it. Without a code it lists all of them.
    Rule(rule::Args),
    /// Show which deadlines are missed, at risk and running
    ///
    /// Reads leads, and lists every SLA clock that is open: breached, at risk, running and paused, each by the time it is
    /// due. The owner of a lead is what `owner is` of `handover` names in the policy. A lead that cannot be read is named on
    /// standard error; the rest goes on, and the exit code is 3, unless --fail-on makes it 1.
    Sla(sla::Args),
    /// List or show the mappings of CRM exports
    ///
    /// A mapping says where each field of a policy stands in an export, and how it is written. Those that come with the program
    /// are for the usual fields; write one to a file, change it to your own fields, and name the file: `--source FILE`.
    Sources(sources::Args),
    /// Run the tests of policies
    ///
    /// Tries the examples in each policy, and the tests in suites (`*.test.yaml`), which name their policy. Each test is a
    /// lead and what must come out; one that fails says what was expected, what came, and how that came about.
    Test(test::Args),
    /// Make decisions that were kept again, and say whether they come out the same
    ///
    /// A decision that `handover eval --with receipt` wrote says what it was made of: the policy to the letter, the lead, the
    /// instant, the program and its time zones. Each is made again, with the keys that it holds, and compared. The exit code
    /// is 1 if any comes out otherwise. The leads are held in memory.
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
    fn each_command_is_described_in_its_own_words() {
        let (before, mut built) = (Cli::command(), Cli::command());
        built.build();
        let abouts = |of: &clap::Command| -> std::collections::BTreeMap<String, String> {
            of.get_subcommands().map(|it| (it.get_about().unwrap().to_string(), it.get_name().to_owned())).collect()
        };
        // What is made ready later leaves the descriptions as they are; none stands for two commands.
        assert_eq!(abouts(&before), abouts(&built));
        assert_eq!(abouts(&built).len(), 14);
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
