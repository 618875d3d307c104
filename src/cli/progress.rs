//! How far a long run has come: leads, how fast, and how many could not be read. On a terminal only.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line on standard error that goes away in the end.
pub struct Progress {
    bar: ProgressBar,
    unread: usize,
}

impl Progress {
    /// For leads that come from these files. What is typed in, or shown elsewhere than on a terminal, has none.
    pub fn new(paths: &[PathBuf]) -> Progress {
        let typed = paths.iter().any(|path| path == Path::new("-")) && io::stdin().is_terminal();
        let target = if typed { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(10) };
        let bar = ProgressBar::with_draw_target(None, target);
        // Whoever changes this line sees that it is one: without a style it would be a bar without an end.
        if let Ok(style) = ProgressStyle::with_template("{human_pos} leads, {per_sec}{msg}") {
            bar.set_style(style);
        }
        Progress { bar, unread: 0 }
    }

    /// So many more leads have been handled, of which so many could not be read.
    pub fn add(&mut self, leads: usize, unread: usize) {
        if unread > 0 {
            self.unread += unread;
            self.bar.set_message(format!(", {} unreadable", self.unread));
        }
        self.bar.inc(leads as u64);
    }

    /// Writes something else to the terminal.
    pub fn aside(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
