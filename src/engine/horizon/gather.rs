//! What a lead says of time, whether or not it has come by now.

use crate::engine::evaluate::{instant_of, logic};
use crate::engine::judge::Judge;
use crate::engine::leaf::{Cells, Known, time};
use crate::engine::moment::Moment;
use crate::engine::program::{Leaf, Op, Step};
use crate::engine::truth::Outcome;
use crate::intake::{self, Items, Lead, LeadError};
use crate::time::Instant;

/// The times of one lead.
#[derive(Debug)]
pub struct Gathered {
    pub lead: Lead,
    /// When each event happens, in order: all that has happened by now and all that is to come. Where it depends on now
    /// which items are which events, whatever might be one.
    pub logs: Vec<Vec<Instant>>,
    /// The windows that items are tested for, each with the time (or the day) of an item.
    pub windows: Vec<(usize, i64)>,
}

/// Reads the times of a lead.
pub fn gather(judge: &Judge, moment: &Moment, line: &[u8]) -> Result<Gathered, LeadError> {
    let program = &judge.program;
    let mut lead = Lead::new(&program.shape);
    let past = std::cell::Cell::new(false);
    let mut gather = Gather {
        judge,
        known: judge.setting(moment).known(&past),
        logs: vec![Vec::new(); program.events.len()],
        windows: Vec::new(),
        outcomes: Vec::new(),
    };
    intake::read(&program.shape, line, &mut lead, &mut gather)?;
    let Gather { mut logs, windows, .. } = gather;
    for (plan, log) in program.events.iter().zip(&mut logs).filter(|(plan, _)| !plan.from_list) {
        log.extend(instant_of(lead.cell(plan.slot), judge.policy.zone));
    }
    logs.iter_mut().for_each(|log| log.sort_unstable());
    Ok(Gathered { lead, logs, windows })
}

struct Gather<'a> {
    judge: &'a Judge,
    known: Known<'a>,
    logs: Vec<Vec<Instant>>,
    windows: Vec<(usize, i64)>,
    outcomes: Vec<Outcome>,
}

impl Items for Gather<'_> {
    fn item(&mut self, list: usize, _index: u32, lead: &Lead) {
        let Some(program) = self.judge.program.lists.iter().find(|program| program.slot == list) else { return };
        let cells = Cells { lead, item: true };
        let by_rates = !self.judge.policy.rates.is_empty();
        self.outcomes.clear();
        for op in &program.steps {
            let outcome = match op {
                Op::Leaf(Leaf::Window(slot, window)) => {
                    self.windows.extend(time(lead.item_cell(*slot)).map(|t| (*window, t)));
                    Outcome::Unknown
                }
                Op::Leaf(Leaf::Money(..)) if by_rates => Outcome::Unknown,
                op => {
                    let of = |step: Step| self.outcomes.get(step as usize).copied().unwrap_or_default();
                    logic(op, of, &program.parts, cells, self.known).unwrap_or_default()
                }
            };
            self.outcomes.push(outcome);
        }
        let may_change = self.judge.program.items_depend_on_now;
        for event in &program.events {
            let outcome = event.condition.and_then(|step| self.outcomes.get(step as usize)).copied();
            let may_be = match outcome {
                None | Some(Outcome::Met) => true,
                Some(Outcome::Unknown) => may_change,
                Some(Outcome::NotMet) => false,
            };
            if let Some(log) = self.logs.get_mut(event.event).filter(|_| may_be) {
                log.extend(instant_of(lead.item_cell(event.dated_by), self.judge.policy.zone));
            }
        }
    }
}
