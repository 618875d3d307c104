//! The instant that leads are judged at.

use chrono::{DateTime, Datelike, Utc};

// `--now`, for every command that evaluates. No docstring: it would take the place of the command's description.
#[derive(clap::Args)]
pub struct Now {
    /// Judge the leads as of this instant, such as 2026-03-11T13:00:00+02:00 [default: the clock]
    #[arg(long = "now", value_name = "TIME", value_parser = instant)]
    now: Option<DateTime<Utc>>,
}

impl Now {
    /// The instant; reads the clock only where none was given.
    #[expect(clippy::disallowed_methods, reason = "the command line is where the clock is read, and only here")]
    pub fn instant(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(Utc::now)
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        // The offset can carry a time out of the years that a decision can write.
        .ok()
        .filter(|time| (0..=9999).contains(&time.year()))
        .ok_or_else(|| "write a date, a time and an offset, such as 2026-03-11T11:00:00Z".to_owned())
}
