//! §8: what an SLA says.

use crate::exact::Exact;
use crate::model::{Condition, Span};

#[derive(Clone, Debug)]
pub struct Sla {
    pub name: String,
    /// `for leads where`
    pub applies: Option<Condition>,
    pub starts: Vec<String>,
    pub stops: Vec<String>,
    pub cancels: Vec<String>,
    pub restarts: Vec<String>,
    /// From one event until another.
    pub pauses: Vec<(String, String)>,
    pub allowed: Table<Span>,
    /// The calendar; without one, the policy's.
    pub hours: Option<Table<String>>,
    /// Percent of the window.
    pub at_risk: Option<Exact>,
    pub steps: Vec<Step>,
}

/// The first line whose condition is met.
#[derive(Clone, Debug)]
pub struct Table<T> {
    pub lines: Vec<(T, Condition)>,
    pub otherwise: T,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub when: When,
    pub actions: Vec<Action>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum When {
    Percent(Exact),
    After(Span),
    Missed,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    CountAsWasted,
    Notify(String),
    ReturnTo(String),
    AssignTo(String),
    Task(String),
}

impl Sla {
    /// The events that its clock goes by.
    pub fn events(&self) -> impl Iterator<Item = &String> {
        let ends = self.stops.iter().chain(&self.cancels).chain(&self.restarts);
        self.starts.iter().chain(ends).chain(self.pauses.iter().flat_map(|(from, until)| [from, until]))
    }

    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let allowed = self.allowed.lines.iter().map(|(_, condition)| condition);
        let hours = self.hours.iter().flat_map(|table| &table.lines).map(|(_, condition)| condition);
        self.applies.iter().chain(allowed).chain(hours)
    }

    pub fn conditions_mut(&mut self) -> Vec<&mut Condition> {
        let allowed = self.allowed.lines.iter_mut().map(|(_, condition)| condition);
        let hours = self.hours.iter_mut().flat_map(|table| &mut table.lines).map(|(_, condition)| condition);
        self.applies.iter_mut().chain(allowed).chain(hours).collect()
    }
}
