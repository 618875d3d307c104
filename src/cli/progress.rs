//! How far a long run has come: leads, how fast, and how many could not be read. On a terminal only.

use std::fmt;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A line on standard error that goes away in the end.
pub struct Progress {
    /// None where nobody would see it.
    bar: Option<ProgressBar>,
    unread: usize,
}

impl Progress {
    /// For leads that come from these files. What is typed in has none, and so has what nobody watches.
    pub fn new(paths: &[PathBuf]) -> Progress {
        let typed = paths.iter().any(|path| path == Path::new("-")) && io::stdin().is_terminal();
        Progress { bar: (!typed && io::stderr().is_terminal()).then(line), unread: 0 }
    }

    /// The same for a command whose results appear as it goes: on one screen they show how far it is.
    pub fn beside_results(paths: &[PathBuf]) -> Progress {
        if io::stdout().is_terminal() { Progress { bar: None, unread: 0 } } else { Progress::new(paths) }
    }

    /// So many more leads have been handled, of which so many could not be read. Counted only where it is shown.
    pub fn count(&mut self, handled: impl FnOnce() -> (usize, usize)) {
        let Some(bar) = &self.bar else { return };
        let (leads, unread) = handled();
        if unread > 0 {
            self.unread += unread;
            bar.set_message(format!(", {} unreadable", self.unread));
        }
        bar.inc(leads as u64);
    }

    /// Writes something else to the terminal.
    pub fn aside(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    pub fn end(&self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}

fn line() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template("{human_pos} leads, {rate} a second{msg}") {
        let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
            // Where there is no room for it, there is no rate.
            let _ = write!(out, "{}", HumanCount(state.per_sec() as u64));
        };
        bar.set_style(style.with_key("rate", rate));
    }
    bar
}
