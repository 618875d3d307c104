//! An SLA as its authors would write it.

use crate::render::Writer;
use crate::sla::{Action, Sla, Step, When};
use crate::words::{number, quoted, span, texts};

impl Writer {
    pub fn sla(&mut self, sla: &Sla) -> String {
        self.line(format!("sla {}", quoted(&sla.name)));
        let mut body = vec![format!("clock starts at {}", texts(&sla.starts))];
        let ends = [
            ("clock stops at", &sla.stops),
            ("clock is cancelled at", &sla.cancels),
            ("clock restarts at", &sla.restarts),
        ];
        let ends = ends.into_iter().filter(|(_, events)| !events.is_empty());
        body.extend(ends.map(|(words, events)| format!("{words} {}", texts(events))));
        let pause =
            |(from, until): &(String, String)| format!("clock pauses from {} until {}", quoted(from), quoted(until));
        body.extend(sla.pauses.iter().map(pause));
        body.extend(sla.at_risk.as_ref().map(|percent| format!("at risk after {}%", number(percent))));
        body.extend(self.chance.some(50, |_| "owned by Sales".to_owned()));
        let later = if self.chance.percent(30) { body.split_off(body.len() / 2) } else { Vec::new() };
        self.body(body);
        sla.applies.iter().for_each(|condition| self.condition("  for leads where ", condition, 2));
        let allowed = sla.allowed.lines.iter().map(|(value, condition)| (span(*value), condition)).collect::<Vec<_>>();
        self.table("time allowed", &allowed, &span(sla.allowed.otherwise));
        if let Some(hours) = &sla.hours {
            let lines = hours.lines.iter().map(|(name, condition)| (quoted(name), condition)).collect::<Vec<_>>();
            self.table("working hours", &lines, &quoted(&hours.otherwise));
        }
        sla.steps.iter().for_each(|step| self.step(step));
        self.body(later);
        self.taken()
    }

    /// On one line, where there is nothing to choose; now and then as a table all the same.
    fn table(&mut self, head: &str, lines: &[(String, &crate::model::Condition)], otherwise: &str) {
        if lines.is_empty() && self.chance.percent(90) {
            let of = if head == "working hours" { " of" } else { "" };
            return self.line(format!("  {head}{of} {otherwise}"));
        }
        self.line(format!("  {head}:"));
        for (value, condition) in lines {
            self.condition(&format!("    - {value} when "), condition, 6);
        }
        self.line(format!("    - {otherwise} otherwise"));
    }

    fn step(&mut self, step: &Step) {
        self.line(match &step.when {
            When::Percent(percent) => format!("  after {}%:", number(percent)),
            When::After(length) => format!("  after {}:", span(*length)),
            When::Missed => "  if missed:".to_owned(),
        });
        for action in &step.actions {
            self.line(match action {
                Action::CountAsWasted => "    - count as wasted".to_owned(),
                Action::Notify(who) => format!("    - notify {}", quoted(who)),
                Action::ReturnTo(party) => format!("    - return to {party}"),
                Action::AssignTo(who) => format!("    - assign to {}", quoted(who)),
                Action::Task(what) => format!("    - task {}", quoted(what)),
            });
        }
    }
}
