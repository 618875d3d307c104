//! `handover rule`

use handover::diagnostic::{CODES, LEAD_CODES, code, did_you_mean, rule, rules};

use super::output::{Exit, Failure, Output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover rule H0201         what this code means
  handover rule unknown-name  the same, by its name
  handover rule               all codes, one a line")]
pub struct Args {
    /// A code such as H0201, or its name; capitals do not matter
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let text = match args.code {
        None => rules(),
        Some(word) => {
            let found = code(&word).ok_or_else(|| unknown(&word))?;
            rule(found, output.for_results())
        }
    };
    output.write(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn unknown(word: &str) -> Failure {
    let all = || CODES.iter().chain(LEAD_CODES);
    let near = did_you_mean(word, all().map(|code| code.name).chain(all().map(|code| code.id)));
    let advice = near.map_or_else(
        || "`handover rule` lists all codes".to_owned(),
        |near| format!("did you mean `{near}`? `handover rule` lists all codes"),
    );
    Failure::Other(format!("there is no code `{}`: {advice}", handover::diagnostic::escape(word)))
}
