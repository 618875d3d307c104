//! The forms of a report.

mod charts;
mod csv;
mod html;
mod human;
mod markdown;

use super::figures::Report;
use super::headlines::headlines;
use super::sections::of_report;

impl Report {
    /// For people: tables, none wider than eighty columns.
    pub fn human(&self, color: bool) -> String {
        human::render(self, &headlines(self), &of_report(self), color)
    }

    /// A document in Markdown.
    pub fn markdown(&self) -> String {
        markdown::render(self, &headlines(self), &of_report(self))
    }

    /// A page of HTML with charts, in one file.
    ///
    /// # Errors
    /// None, as long as the page's template is one.
    pub fn html(&self) -> Result<String, minijinja::Error> {
        html::render(self, &headlines(self), &of_report(self))
    }

    /// One JSON object and a line feed.
    ///
    /// # Errors
    /// None: there is nothing in a report that JSON cannot say.
    pub fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// A line for each figure, for spreadsheets: where it stands, what it is about, what it says.
    ///
    /// # Errors
    /// None: it is written to memory.
    pub fn csv(&self) -> Result<String, ::csv::Error> {
        csv::render(self)
    }
}

/// What stands at the head: by which policy, as of when, of which days and how many leads.
fn about(report: &Report) -> Vec<String> {
    let days = match (&report.from, &report.to) {
        (None, None) => "all days".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("to {to}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
    };
    let leads = crate::report::prose::words::count(report.leads as usize, "lead", "leads");
    let unread = match report.unread {
        0 => String::new(),
        unread => format!(", {unread} of them unreadable and in no figure"),
    };
    vec![
        format!("{}, version {}", report.policy.name, report.policy.version),
        format!("as of {} ({}); {days}, by {}; {leads}{unread}", report.as_of, report.zone, report.period),
    ]
}
