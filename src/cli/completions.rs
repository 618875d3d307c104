//! `handover completions`

use clap_complete::Shell;

use super::output::{Exit, Failure, Output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover completions bash > ~/.local/share/bash-completion/completions/handover
  handover completions zsh > \"${fpath[1]}/_handover\"
  handover completions fish > ~/.config/fish/completions/handover.fish")]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes the script.
pub fn run(args: Args, mut command: clap::Command, output: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "handover", &mut script);
    Ok(output.write(&script).map(|()| Exit::Fine)?)
}
