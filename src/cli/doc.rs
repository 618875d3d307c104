//! `handover doc`

use std::path::PathBuf;

use clap::ValueEnum;
use handover::Evaluator;
use handover::report::agreement::Agreement;

use super::now::Now;
use super::output::{Exit, Failure, Output};
use super::policy;

#[derive(clap::Args)]
#[command(mut_arg("now", |now| now.help(NOW)))]
#[command(after_help = "\
Examples:
  handover doc acme.handover            Markdown, for a wiki or a repository
  handover doc acme.handover --format html > agreement.html
                                        a page to print and sign
  handover doc agreements               of a folder with versions, the one in effect now")]
pub struct Args {
    /// The policy, a folder with versions of it, or `-` for standard input
    #[arg(value_name = "POLICY")]
    path: PathBuf,

    /// `markdown` is for wikis and repositories, `html` is one page that needs nothing else
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Markdown)]
    format: Format,

    #[command(flatten)]
    now: Now,
}

/// What `--now` is for here: nobody is judged.
const NOW: &str = "Of a folder with versions, show the one in effect at this instant; the deadlines of a policy without dates \
                   have their examples then, too [default: the clock]";

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
    Html,
}

/// Writes the page.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some(versions) = policy::versions(&args.path, output)? else { return Ok(Exit::No) };
    let now = args.now.instant();
    let evaluator = Evaluator::new(versions, now);
    let agreement = Agreement::of(evaluator.policy(), now);
    let text = match args.format {
        Format::Markdown => agreement.markdown(),
        Format::Html => agreement.html().map_err(|error| Failure::Other(error.to_string()))?,
    };
    Ok(output.write(text.as_bytes()).map(|()| Exit::Fine)?)
}
