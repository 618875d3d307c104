//! The few figures that answer at a glance how the agreement is kept.

use super::figures::{Attained, InPeriod, Reached, Report, Target};
use super::table::{Cell, lasting};

/// One figure, and what to hold it against.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Headline {
    pub title: String,
    pub figure: String,
    pub beside: String,
    /// Whether it is as good as was agreed; none where nothing was.
    pub good: Option<bool>,
}

pub fn headlines(report: &Report) -> Vec<Headline> {
    let all = &report.all;
    let mut said = Vec::new();
    let mut say = |title: &str, figure: String, beside: String, good: Option<bool>| {
        said.push(Headline { title: title.to_owned(), figure, beside, good });
    };
    for target in &report.targets {
        let Some((title, figure, beside, good)) = aimed(target) else { continue };
        say(&title, figure, beside, good);
    }
    // Where nobody says when a lead is answered, there is nothing to accept.
    if let Some(it) =
        all.handovers.as_ref().filter(|it| it.reasons.is_some() || it.total.accepted > 0).map(|it| it.total)
    {
        let beside = format!("of {} answered, {} open", shown(it.accepted + it.rejected), shown(it.open));
        say("Acceptance", Cell::Share(it.acceptance_percent).shown(), beside, None);
    }
    if let Some(it) = all.efficiency.as_ref().map(|it| it.total) {
        let beside = format!("{} of {} handed over", shown(it.converted), shown(it.handed_over));
        let immature = if it.mature { "" } else { ", immature" };
        say("Converted", Cell::Share(it.rate_percent).shown(), beside + immature, None);
    }
    for it in &all.slas {
        let (met, decided) = (it.total.met, it.total.met + it.total.breached);
        let beside = format!("{} of {} on time", shown(met), shown(decided));
        say(&it.sla, Cell::Share(it.total.attainment_percent).shown(), beside, None);
    }
    if let Some(it) = &all.speed {
        let median = it.length.median_seconds.0.map_or_else(|| "–".to_owned(), lasting);
        let beside = format!("{} within the hour", Cell::Share(it.total.within_the_hour_percent).shown());
        say("Median time to contact", median, beside, None);
    }
    if let Some(it) = all.speed.as_ref().map(|it| it.total).filter(|it| it.accepted > 0) {
        let beside = format!("of {} accepted", shown(it.accepted));
        say("Accepted, never contacted", shown(it.accepted_and_never_contacted), beside, None);
    }
    if !all.waste.slas.is_empty() {
        let cost = all.waste.cost.clone().filter(|cost| !cost.is_empty());
        let beside = cost.map_or_else(|| "leads".to_owned(), |cost| Cell::Money(cost).shown());
        say("Wasted", shown(all.waste.leads), beside, None);
    }
    said
}

fn shown(count: u64) -> String {
    Cell::Count(count).shown()
}

/// The latest period of a target; while it runs, its pace tells whether it is good.
fn aimed(target: &Target) -> Option<(String, String, String, Option<bool>)> {
    let InPeriod { days, figures } = target.periods.last()?;
    let Attained { actual, target: goal, pace_percent, .. } = figures;
    let of = |it: Reached| if target.sla.is_some() { Cell::Percent(it).shown() } else { Cell::Reached(it).shown() };
    let reached = actual.0.zip(goal.0).map(|(actual, goal)| actual >= goal);
    let on_pace = pace_percent.hundredths().map(|pace| pace >= 10_000);
    let good = if days.ended || target.sla.is_some() { reached } else { on_pace.or(reached) };
    let pace = match pace_percent.hundredths() {
        Some(_) if !days.ended => format!(", pace {}", Cell::Share(*pace_percent).shown()),
        _ => String::new(),
    };
    let name = target.stage.as_ref().or(target.sla.as_ref())?;
    let title =
        if target.sla.is_some() { format!("{name}, {}", days.period) } else { format!("{name} {}", days.period) };
    Some((title, of(*actual), format!("target {}{pace}", of(*goal)), good))
}
