//! Leads as they stream in → lines of decisions and error records, in the same order.

use std::ops::ControlFlow;

use super::Evaluator;
use super::json::text;
use crate::intake::{LeadError, Unit};

/// What to do with leads that cannot be read.
#[derive(Clone, Debug, Default)]
pub struct Unread {
    /// The name of the file that the leads come from, for records of one of several files.
    pub file: Option<String>,
    /// Keep the records, with the leads as they came, apart from the decisions.
    pub apart: bool,
    /// Stop after the first.
    pub stop: bool,
}

/// Lines that are ready to be written.
#[derive(Debug, Default)]
pub struct Lines {
    /// Decisions, and error records in the places of leads that could not be read.
    pub decisions: Vec<u8>,
    /// Error records that are kept apart.
    pub errors: Vec<u8>,
    /// How many leads could not be read.
    pub unread: u64,
}

impl Lines {
    /// Makes room for the next, once these are written.
    pub fn clear(&mut self) {
        self.decisions.clear();
        self.errors.clear();
        self.unread = 0;
    }
}

impl Evaluator {
    /// A handler for one thread of [`crate::intake::run`].
    pub fn handler(&self, unread: &Unread) -> impl FnMut(Unit<'_>, &mut Lines) -> ControlFlow<()> + use<> {
        let (mut worker, unread) = (self.worker(), unread.clone());
        move |unit, lines| {
            let decided = unit.with_bytes(|lead| worker.write(lead, &mut lines.decisions));
            let Err(error) = decided else { return ControlFlow::Continue(()) };
            lines.unread += 1;
            let to = if unread.apart { &mut lines.errors } else { &mut lines.decisions };
            record(to, &unit, &error, &unread);
            if unread.stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
}

/// Writes the record of a lead that cannot be read. Only a record that is kept apart holds the lead itself: it is the
/// user's own input, unmasked.
fn record(out: &mut Vec<u8>, unit: &Unit<'_>, error: &LeadError, unread: &Unread) {
    out.push(b'{');
    if let Some(file) = &unread.file {
        out.extend_from_slice(b"\"file\":");
        text(out, file);
        out.push(b',');
    }
    out.extend_from_slice(
        format!("\"line\":{},\"error\":{{\"code\":\"{}\",\"message\":", unit.line, error.code).as_bytes(),
    );
    text(out, &error.message);
    out.extend_from_slice(format!(",\"offset\":{}}}", error.offset).as_bytes());
    if let (true, Some(bytes)) = (unread.apart, unit.raw.or(unit.bytes.as_ref().ok().copied())) {
        match std::str::from_utf8(bytes) {
            Ok(raw) => {
                out.extend_from_slice(b",\"raw\":");
                text(out, raw);
            }
            // Bytes that are no text cannot stand in JSON as they are.
            Err(_) => {
                out.extend_from_slice(b",\"raw_hex\":\"");
                bytes.iter().for_each(|byte| out.extend_from_slice(format!("{byte:02x}").as_bytes()));
                out.push(b'"');
            }
        }
    }
    out.extend_from_slice(b"}\n");
}
