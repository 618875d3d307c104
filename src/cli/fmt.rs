//! `handover fmt`

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use handover::diagnostic::{Diagnostic, escape, human};
use handover::format::{Unformatted, format, mend};
use handover::syntax::decode;
use similar::{ChangeTag, TextDiff};

use super::output::{Exit, Failure, Output};
use super::policy::{self, STDIN};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover fmt                          every *.handover file here and below
  handover fmt acme.handover            one policy
  handover fmt --check policies         only list what would change; exit code 1 where anything would
  handover fmt --diff acme.handover     show what would change
  handover fmt --fix acme.handover      mend slips of the pen, too: “quotes”, tabs, >=, atleast
  handover fmt - < acme.handover        from standard input to standard output")]
pub struct Args {
    /// Policies, libraries, folders to search for them, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Change nothing; list the files that are not in canonical form, and answer no (exit code 1) where there are any
    #[arg(long)]
    check: bool,

    /// Change nothing; show the lines that would change
    #[arg(long)]
    diff: bool,

    /// Mend what `check` has a certain fix for and that says the same: quotes of a word processor, missing quotes, tabs,
    /// wrong indentation, `>=`, `atleast`, `30d`
    #[arg(long)]
    fix: bool,
}

/// What is to be done with a file.
struct Done {
    before: String,
    after: String,
    /// Whether the bytes differ, as a byte order mark does that the text does not have.
    changed: bool,
}

/// Formats every file, also after one that cannot be.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let (mut files, mut changed, mut wrong, mut failed) = (0, 0, false, false);
    for path in &args.paths {
        let found = match policy::files(path) {
            Ok(found) => found,
            Err(failure) => {
                output.fail(&failure);
                failed = true;
                continue;
            }
        };
        for file in found {
            files += 1;
            match one(&file, &args, output) {
                Ok((done, sound)) => {
                    wrong |= !sound;
                    if let Some(done) = done {
                        changed += usize::from(done.changed);
                        tell(&file, &done, &args, output)?;
                    }
                }
                Err(Failure::Closed) => return Err(Failure::Closed),
                Err(failure) => {
                    output.fail(&failure);
                    failed = true;
                }
            }
        }
    }
    if args.check && changed > 0 {
        let what = if changed == 1 { "1 file is" } else { &format!("{changed} files are") };
        output.note(&format!("{what} not in canonical form, of {files}; `handover fmt` writes it"));
    }
    Ok(match (failed, wrong || (args.check && changed > 0)) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::No,
        (false, false) => Exit::Fine,
    })
}

/// Formats a file, and writes it where that is wanted. Whether it is sound stands beside it; what is not, was said.
fn one(path: &Path, args: &Args, output: &mut Output) -> Result<(Option<Done>, bool), Failure> {
    let bytes = policy::read(path)?;
    let Ok(text) = decode(&bytes) else {
        let compiled = policy::check(path, bytes);
        output.note(human(&compiled.diagnostics, &compiled.sources, output.for_notes()).trim_end());
        return Ok((None, false));
    };
    let mended = match args.fix {
        true => mend(text, &mut |text| policy::check(path, text.as_bytes().to_vec()).diagnostics),
        false => text,
    };
    let (after, sound) = match format(&mended) {
        Ok(after) if args.fix => {
            // What only people can mend is said here, too: whoever mends a file wants to know what is left.
            let mut compiled = policy::check(path, after.as_bytes().to_vec());
            compiled.diagnostics.retain(Diagnostic::is_error);
            if !compiled.diagnostics.is_empty() {
                output.note(human(&compiled.diagnostics, &compiled.sources, output.for_notes()).trim_end());
            }
            (after, compiled.diagnostics.is_empty())
        }
        Ok(after) => (after, true),
        Err(Unformatted::Faults(faults)) => {
            let sources = policy::check(path, mended.as_bytes().to_vec()).sources;
            output.note(human(&faults, &sources, output.for_notes()).trim_end());
            if !args.fix {
                return Ok((None, false));
            }
            (mended, false)
        }
        Err(why @ (Unformatted::Meaning | Unformatted::TooLong)) => {
            return Err(Failure::Other(format!("`{}`: {why}", path.to_string_lossy())));
        }
    };
    let changed = bytes != after.as_bytes();
    // A diff shows the byte order mark, too, where that is all that changes.
    let before = String::from_utf8_lossy(&bytes).into_owned();
    let done = Done { before, after, changed };
    if changed && path != Path::new(STDIN) && !args.check && !args.diff {
        write(path, &done.after)
            .map_err(|error| Failure::Other(format!("`{}` cannot be written: {error}", path.to_string_lossy())))?;
    }
    Ok((Some(done), sound))
}

fn tell(path: &Path, done: &Done, args: &Args, output: &mut Output) -> Result<(), Failure> {
    let stdin = path == Path::new(STDIN);
    let shown = if stdin { "<stdin>".to_owned() } else { escape(&path.to_string_lossy()) };
    if args.diff {
        let text = diff(&shown, done, output.for_results().color);
        return Ok(output.write(text.as_bytes())?);
    }
    if stdin && !args.check {
        return Ok(output.write(done.after.as_bytes())?);
    }
    if done.changed {
        output.write(format!("{shown}\n").as_bytes())?;
    }
    Ok(())
}

/// A unified diff.
fn diff(shown: &str, done: &Done, color: bool) -> String {
    let diff = TextDiff::from_lines(&done.before, &done.after);
    if !color {
        return diff.unified_diff().header(shown, shown).to_string();
    }
    let mut text = String::new();
    for hunk in diff.unified_diff().iter_hunks() {
        if text.is_empty() {
            text.push_str(&format!("\u{1b}[1m--- {shown}\n+++ {shown}\u{1b}[0m\n"));
        }
        text.push_str(&format!("\u{1b}[36m{}\u{1b}[0m\n", hunk.header()));
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches('\n');
            text.push_str(&match change.tag() {
                ChangeTag::Delete => format!("\u{1b}[31m-{line}\u{1b}[0m\n"),
                ChangeTag::Insert => format!("\u{1b}[32m+{line}\u{1b}[0m\n"),
                ChangeTag::Equal => format!(" {line}\n"),
            });
        }
    }
    text
}

/// Writes a file beside the old one and puts it in its place, so that there is always a whole one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    // A link stays one: what it leads to is written.
    let path = path.canonicalize()?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it may only be read"));
    }
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new("/")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}
