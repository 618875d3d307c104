//! `never-stops`, `left-without-entered`, `holidays`: clocks, stays and calendars that lack something.

use std::collections::HashSet;

use chrono::Datelike;

use super::{Finding, places};
use crate::diagnostic::{Diagnostic, codes};
use crate::policy::{CalendarId, Policy};

/// Finds SLAs that nothing stops, stages that are left but never entered, and holidays that end too early.
pub fn find(policy: &Policy, found: &mut Vec<Finding>) {
    for sla in policy.slas.iter().filter(|sla| sla.stops.is_empty() && sla.restarts.is_empty()) {
        let message = format!("nothing stops the clock of `{}`: every lead misses it in the end", sla.name);
        let message = if sla.cancels.is_empty() {
            message
        } else {
            format!("nothing stops the clock of `{}`: it can only be cancelled or missed", sla.name)
        };
        let help = "Name what counts as done: `clock stops at \"accepted\", \"rejected\"`.";
        found.push(Finding::new(Diagnostic::new(&codes::NEVER_STOPS, sla.span, message).help(help)));
    }
    for stage in policy.stages.iter().filter(|stage| stage.entered.is_empty() && !stage.left.is_empty()) {
        let message = format!("leads leave `{}`, and nothing says when they enter it", stage.name);
        let place = places::line(policy, stage.span, "left when");
        let help = "Add `entered when \"…\"` with the event by which your CRM records the stage; without it the exit alone \
                    shuts the stage.";
        found.push(Finding::new(
            Diagnostic::new(&codes::LEFT_WITHOUT_ENTERED, place, message).also(stage.span, "this stage").help(help),
        ));
    }
    holidays(policy, found);
}

fn holidays(policy: &Policy, found: &mut Vec<Finding>) {
    let mut used: HashSet<CalendarId> = policy.calendar.into_iter().collect();
    for hours in policy.slas.iter().filter_map(|sla| sla.hours.as_ref()) {
        used.extend(hours.lines.iter().map(|(calendar, _)| *calendar).chain([hours.otherwise]));
    }
    for (id, calendar) in (0..).map(CalendarId).zip(&policy.calendars) {
        let (Some(first), Some(last)) =
            (calendar.spec.holidays.first_key_value(), calendar.spec.holidays.last_key_value())
        else {
            continue;
        };
        let (first, last) = (first.0.year(), last.0.year());
        let until = policy.effective_until.or(policy.effective_from).map(|date| date.year());
        let from = policy.effective_from.map(|date| date.year());
        let message = if let Some(until) = until.filter(|until| *until > last) {
            format!("the holidays of `{}` end with {last}, and the policy is in effect in {until}", calendar.name)
        } else if let Some(from) = from.filter(|from| *from < first) {
            format!("the holidays of `{}` begin with {first}, and the policy takes effect in {from}", calendar.name)
        } else {
            continue;
        };
        if !used.contains(&id) {
            continue;
        }
        let place = places::line(policy, calendar.span, "holidays from");
        let help = "Add the holidays of the missing years to the file, or a second line `holidays from`; without them, \
                    deadlines count holidays as working days.";
        found.push(Finding::new(
            Diagnostic::new(&codes::HOLIDAYS, place, message).also(policy.effect_span, "in effect").help(help),
        ));
    }
}
