//! `handover man`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;
use roff::{Roff, roman};

use super::output::{Exit, Failure, Output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover man | man -l -               read the first page
  handover man ~/.local/share/man/man1  a page for each command; then `man handover-eval`")]
pub struct Args {
    /// The folder for a page each command; without one, the first page goes to standard output
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Writes the first page, or all of them into a folder.
pub fn run(args: Args, command: Command, output: &mut Output) -> Result<Exit, Failure> {
    // Pages of commands are called `handover-eval`, and their synopses begin with `handover eval`.
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let Some(folder) = args.folder else {
        return Ok(output.write(&page(command)?).map(|()| Exit::Fine)?);
    };
    let failed =
        |path: &Path, why: &io::Error| Failure::Other(format!("`{}` cannot be written: {why}", path.to_string_lossy()));
    fs::create_dir_all(&folder).map_err(|why| failed(&folder, &why))?;
    let pages = command.get_subcommands().map(|it| (format!("handover-{}.1", it.get_name()), it.clone()));
    let pages: Vec<(String, Command)> = pages.collect();
    for (name, command) in std::iter::once(("handover.1".to_owned(), command)).chain(pages) {
        let path = folder.join(name);
        fs::write(&path, page(command)?).map_err(|why| failed(&path, &why))?;
        output.write(format!("{}\n", path.to_string_lossy()).as_bytes())?;
    }
    Ok(Exit::Fine)
}

fn page(command: Command) -> Result<Vec<u8>, Failure> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    // What stands after the help is laid out by hand, in columns: filled up, it could not be read.
    let man = Man::new(command.after_help(None::<&str>));
    let mut page = Vec::new();
    man.render(&mut page).and_then(|()| sections(&after).to_writer(&mut page)).map_err(Failure::Write)?;
    Ok(page)
}

/// `Examples:` and what stands below it, and so on, as sections of their own.
fn sections(help: &str) -> Roff {
    let mut sections = Roff::new();
    for part in help.split("\n\n") {
        let (head, lines) = part.split_once(":\n").unwrap_or(("Notes", part));
        sections.control("SH", [head.to_uppercase().as_str()]).control("nf", []);
        for line in lines.lines() {
            sections.text([roman(line)]);
        }
        sections.control("fi", []);
    }
    sections
}
