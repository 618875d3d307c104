//! Standard output and standard error: colour, width, and what happens when a write fails.

use std::io::{self, IsTerminal, Stdout, Write};

use clap::ValueEnum;
use handover::diagnostic::{HumanOptions, escape};

use super::lines::WholeLines;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// How the command ends, by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// The answer is no: a policy has errors, a test failed.
    No = 1,
    /// Wrong use, or a file could not be read or written.
    Failed = 2,
    /// Finished, but some leads could not be read.
    Unread = 3,
}

/// What keeps a command from finishing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The reader of standard output has gone, as in `| head -1`: nobody is left to tell.
    #[error("the output was closed")]
    Closed,
    /// A write failed: the disk is full, for example.
    #[error("the output cannot be written: {0}")]
    Write(io::Error),
    /// A file that the user named cannot be read.
    #[error("`{path}` cannot be read: {why}")]
    Read { path: String, why: String },
    /// Anything else, in a sentence without its full stop.
    #[error("{0}")]
    Other(String),
    /// Several of these, each on a line of its own.
    #[error("{}", .0.join("; "))]
    Several(Vec<String>),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Write(error),
        }
    }
}

/// Where results go.
pub struct Output {
    out: WholeLines<Stdout>,
    color: Color,
}

impl Output {
    pub fn new(color: Color) -> Self {
        Output { out: WholeLines::to_stdout(), color }
    }

    /// Writes lines of the result.
    pub fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        self.out.write(lines)
    }

    /// Writes a note for the user, beside the results. Where even that is impossible there is nobody to tell.
    pub fn note(&mut self, text: &str) {
        note(text);
    }

    /// Says what went wrong, and how the command ends for it.
    pub fn fail(&mut self, failure: &Failure) -> Exit {
        if matches!(failure, Failure::Closed) {
            return Exit::Fine;
        }
        match failure {
            Failure::Several(all) => all.iter().for_each(|one| self.note(&format!("handover: {}", escape(one)))),
            one => self.note(&format!("handover: {}", escape(&one.to_string()))),
        }
        Exit::Failed
    }

    /// How to show diagnostics on standard output.
    pub fn for_results(&self) -> HumanOptions {
        HumanOptions { color: self.color.on(io::stdout().is_terminal()), width: width() }
    }

    /// How to show tables on standard output: the width of the screen where there is one, and whether in colour.
    pub fn for_tables(&self) -> (Option<usize>, bool) {
        let terminal = io::stdout().is_terminal();
        (terminal.then(width), self.color.on(terminal))
    }

    /// How to show diagnostics on standard error.
    pub fn for_notes(&self) -> HumanOptions {
        HumanOptions { color: self.color.on(io::stderr().is_terminal()), width: width() }
    }
}

/// Writes a note for the user to standard error.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

impl Color {
    fn on(self, terminal: bool) -> bool {
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !is_set("NO_COLOR") && variable("TERM").as_deref() != Some("dumb"),
        }
    }
}

/// The colour of help and of messages about wrong use, which clap writes before the arguments are understood: so
/// `--color` is looked for by hand. On `auto` clap honours the same signs as [`Color`] does.
pub fn clap_color() -> clap::ColorChoice {
    let args: Vec<_> = std::env::args_os().collect();
    let follows = args.windows(2).filter(|pair| pair.first().is_some_and(|flag| flag == "--color"));
    let given = follows.filter_map(|pair| pair.last()?.to_str());
    let joined = args.iter().filter_map(|arg| arg.to_str()?.strip_prefix("--color="));
    match given.chain(joined).last() {
        Some("always") => clap::ColorChoice::Always,
        Some("never") => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    }
}

/// Prints clap's answer to wrong use, or the help or version that was asked for.
pub fn usage(error: &clap::Error) -> Exit {
    match error.print().and_then(|()| io::stdout().flush()) {
        Err(failed) if failed.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "handover: {}", Failure::Write(failed));
            Exit::Failed
        }
        _ if error.use_stderr() => Exit::Failed,
        _ => Exit::Fine,
    }
}

/// The width of the screen: what the shell says, else what the terminal says.
fn width() -> usize {
    let said = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let seen = || terminal_size::terminal_size().map(|(width, _)| width.0.into());
    said.or_else(seen).unwrap_or(80)
}

/// Whether a variable is set to anything but nothing (https://no-color.org).
fn is_set(name: &str) -> bool {
    variable(name).is_some_and(|value| !value.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "the command line is where the environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
