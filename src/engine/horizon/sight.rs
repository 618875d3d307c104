//! One lead as of one instant after another: whether what is said of it is still the same.

use super::without;
use crate::engine::Evaluator;
use crate::engine::decision::date_time;
use crate::engine::judge::Seat;
use crate::engine::outputs::Key;
use crate::engine::sla::Clocks;
use crate::engine::verdict::Scratch;
use crate::engine::{verdict, write};
use crate::intake::LeadError;
use crate::policy::SlaStatus;
use crate::time::Instant;

/// A lead, and what is said of it now.
#[derive(Debug)]
pub struct Sight<'a> {
    line: &'a [u8],
    evaluator: Evaluator,
    /// One for each version.
    seats: Vec<Seat>,
    clocks: Clocks,
    scratch: Scratch,
    /// What is said now, and what is said as of the instant that was looked at last.
    said: Vec<u8>,
    again: Vec<u8>,
    /// The instants at which something more has happened to the lead, in order.
    coming: Vec<Instant>,
    /// How many of them had passed when the lead was read.
    read_after: Option<usize>,
    /// What clocks and scores will do after the instant that was looked at last.
    ahead: Vec<Instant>,
    spent: u64,
}

impl<'a> Sight<'a> {
    /// Notes what is said of a lead as of the evaluator's now.
    pub fn new(evaluator: &Evaluator, line: &'a [u8], coming: &[Instant]) -> Result<Sight<'a>, LeadError> {
        let mut sight = Sight {
            line,
            evaluator: evaluator.clone(),
            seats: evaluator.versions.iter().map(Seat::new).collect(),
            clocks: Clocks::default(),
            scratch: Scratch::default(),
            said: Vec::new(),
            again: Vec::new(),
            coming: coming.to_vec(),
            read_after: None,
            ahead: Vec::new(),
            spent: 0,
        };
        sight.look(evaluator.moment().now)?;
        std::mem::swap(&mut sight.said, &mut sight.again);
        Ok(sight)
    }

    /// Whether the same is said of the lead as of another instant.
    pub fn is_same(&mut self, at: Instant) -> Result<bool, LeadError> {
        self.look(at)?;
        Ok(self.said == self.again)
    }

    /// The first instant at which a clock does anything, or a score changes for want of an event, as seen from the one
    /// that was looked at last.
    pub fn ahead_of(&self, at: Instant) -> Option<Instant> {
        self.ahead.iter().copied().filter(|ahead| *ahead > at).min()
    }

    /// What looking has cost.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    fn look(&mut self, at: Instant) -> Result<(), LeadError> {
        let line = self.line;
        self.evaluator = self.evaluator.at(date_time(at));
        self.read(at)?;
        for (version, seat) in self.seats.iter_mut().enumerate() {
            self.evaluator.decide_in(version, seat);
        }
        self.clocks.run(self.evaluator.scene(line, &mut self.seats));
        self.hold_still();
        self.again.clear();
        let outputs = self.evaluator.judge().outputs.without(Key::AsOf);
        let seen = verdict(&self.evaluator, &self.seats, &self.clocks);
        write::write_keys(seen, outputs, &mut self.scratch, &mut self.again);
        let mut scene = self.evaluator.scene(line, &mut self.seats);
        let ahead = &mut self.ahead;
        ahead.clear();
        self.clocks.instants(&mut scene, |instant| ahead.push(instant));
        if let Some(seat) = self.seats.get(self.evaluator.now.judging) {
            let (judge, moment) = (self.evaluator.judge(), self.evaluator.moment());
            // The conditions of a clock that has not started yet are judged as of now.
            let not_started = self.clocks.slas.iter().any(|sla| sla.cycles == 0);
            without::ahead(judge, moment, &seat.state, not_started, |instant| ahead.push(instant));
        }
        Ok(())
    }

    /// Reads the lead, unless it would be read the same as the last time.
    fn read(&mut self, at: Instant) -> Result<(), LeadError> {
        let line = self.line;
        let passed = self.coming.partition_point(|coming| *coming <= at);
        let by_windows = self.evaluator.versions.iter().any(|judge| judge.program.items_depend_on_now);
        let price = 1 + line.len() as u64 / 4_000;
        if self.read_after == Some(passed) && !by_windows {
            // A long lead takes longer to judge, though by far not as long as to read.
            self.spent += price.div_ceil(16);
            self.seats.iter_mut().for_each(|seat| seat.state.before_judging());
            return Ok(());
        }
        self.spent += price;
        for (version, seat) in self.seats.iter_mut().enumerate() {
            self.evaluator.read(version, seat, line)?;
        }
        self.read_after = Some(passed);
        Ok(())
    }

    /// Leaves out what merely counts on: the seconds of clocks, and where they stand still, what that moves on.
    fn hold_still(&mut self) {
        for sla in &mut self.clocks.slas {
            let Some(course) = &mut sla.course else { continue };
            (course.elapsed, course.overrun) = (0, 0);
            if sla.status == SlaStatus::Paused {
                (course.due, course.at_risk) = (None, None);
            }
        }
    }
}
