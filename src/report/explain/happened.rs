//! What happened: the events that the policy asks for, and which items of the lead are none.

use super::page::{Branch, Mark};
use super::words::{Case, place};
use crate::engine::trace::{EventTrace, LeftOut, WhyLeftOut};
use crate::report::prose::words::{count, cut, thousands};

/// So many occurrences are dated, the latest.
const MOST_SHOWN: usize = 5;

pub fn events(case: &Case<'_>) -> Vec<Branch> {
    case.trace.events.iter().map(|event| line(case, event)).collect()
}

fn line(case: &Case<'_>, event: &EventTrace) -> Branch {
    let from = case.called(&event.from);
    let times = event.occurrences.len();
    let text = match times {
        _ if event.log_absent => format!("\"{}\": nobody knows, there is no record of {from}", event.name),
        0 => format!("\"{}\": did not happen", event.name),
        1 => format!("\"{}\": once", event.name),
        _ => format!("\"{}\": {} times", event.name, thousands(times)),
    };
    let mut branch = Branch::new(Mark::None, text);
    branch.place = place(event.line, event.file.as_deref());
    let latest = event.occurrences.iter().rev().take(MOST_SHOWN).rev();
    let mut dates: Vec<String> = latest.map(|it| case.wall.moment(it.at)).collect();
    if times > MOST_SHOWN {
        dates.insert(0, format!("and {} earlier", thousands(times - MOST_SHOWN)));
        dates.rotate_left(1);
    }
    if !dates.is_empty() {
        branch.notes.push(dates.join(", "));
    }
    branch.notes.extend(event.left_out.iter().take(MOST_SHOWN).map(|it| left_out(it, &from)));
    branch
}

fn left_out(it: &LeftOut, from: &str) -> String {
    let items = count(it.items, "item", "items");
    let test = it.text.as_deref().map(|text| cut(text, 120)).unwrap_or_default();
    match it.why {
        WhyLeftOut::NotMet => format!("left out {items} of {from}: {test} is not met"),
        WhyLeftOut::Unknown => format!("left out {items} of {from}: whether {test} is not known"),
        WhyLeftOut::NoTime => format!("left out {items} of {from}: no time that can be read"),
        WhyLeftOut::NotYet => format!("left out {items} of {from}: later than now"),
    }
}
