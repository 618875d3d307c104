//! `handover verify`

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use handover::Evaluator;
use handover::diagnostic::escape;
use handover::intake::Unit;
use handover::loader::folder;
use handover::report::verify;

use super::leads::{self, Leads};
use super::output::{Exit, Failure, Output};
use super::policy::{self, STDIN};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover eval --policy acme.handover --with receipt lead.json > decision.json
                                        keep a decision with its receipt
  handover verify decision.json --policy acme.handover lead.json
                                        later: would it be made again?
  handover verify decisions.ndjson --policy agreements/ leads.ndjson
                                        many decisions, by a folder with the versions of a policy")]
pub struct Args {
    /// A file with decisions that have receipts, one a line or as JSON, or `-` for standard input
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,

    /// The policy to judge by, or a folder with versions of it
    #[arg(long, value_name = "FILE|FOLDER")]
    policy: PathBuf,

    #[command(flatten)]
    leads: Leads,

    /// How to say what came of it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    Human,
    /// One JSON object
    Json,
}

/// A lead, and who it is.
type Found = Vec<(Option<String>, Vec<u8>)>;

/// Makes decisions again.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let stdin = |path: &PathBuf| path == Path::new(STDIN);
    if [&args.receipt, &args.policy].into_iter().chain(&args.leads.paths).filter(|path| stdin(path)).count() > 1 {
        let why = "standard input can be read once: name a file for the decisions, the policy or the leads";
        return Err(Failure::Other(why.to_owned()));
    }
    let name = args.receipt.to_string_lossy();
    let text = read(&args.receipt)?;
    let decisions = verify::kept(&text).map_err(|why| Failure::Other(format!("`{name}`: {why}")))?;
    let Some(versions) = policy::versions(&args.policy, output)? else { return Ok(Exit::No) };
    // Who a lead is does not depend on the instant.
    let outputs = handover::engine::Outputs::only(["lead"]).map_err(|why| Failure::Other(why.to_string()))?;
    let evaluator = Evaluator::only(versions.clone(), chrono::DateTime::UNIX_EPOCH, outputs);
    let (mut leads, mut unread) = (verify::Leads::default(), 0);
    let make = |_: Option<&str>| {
        let mut worker = evaluator.worker();
        move |unit: Unit<'_>, found: &mut (Found, Vec<String>)| {
            let line = unit.line;
            let read = unit.with_bytes(|lead| worker.decide(lead).map(|decision| (decision.lead, lead.to_vec())));
            match read {
                Ok(lead) => found.0.push(lead),
                Err(error) => found.1.push(format!("line {line}: {} {}", error.code, error.message)),
            }
            ControlFlow::Continue(())
        }
    };
    let summary = args.leads.run(
        &evaluator.versions().collect::<Vec<_>>(),
        make,
        |(found, said): &mut (Found, Vec<String>)| {
            found.drain(..).for_each(|(name, lead)| leads.add(name.as_deref(), &lead));
            for said in said.drain(..) {
                unread += 1;
                output.note(&escape(&said));
            }
            Ok(())
        },
    )?;
    let verified = verify::verify(&decisions, &versions, &leads);
    let text = match args.format {
        Format::Human => verified.human(),
        Format::Json => verified.json().map_err(|why| Failure::Other(why.to_string()))?,
    };
    output.write(text.as_bytes())?;
    let exit = leads::said(summary, unread, output);
    Ok(if verified.differ > 0 { Exit::No } else { exit })
}

fn read(path: &Path) -> Result<String, Failure> {
    let name = path.to_string_lossy().into_owned();
    let stdin = path == Path::new(STDIN);
    let bytes = if stdin { folder::read(std::io::stdin().lock()) } else { folder::open(path).and_then(folder::read) };
    let failed = |why: String| Failure::Read { path: name.clone(), why };
    let bytes = bytes.map_err(|why| failed(why.to_string()))?;
    String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8 text".to_owned()))
}
