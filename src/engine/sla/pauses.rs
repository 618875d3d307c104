//! When a clock stood still.

use crate::engine::events::Occurrences;
use crate::engine::program::SlaPlan;
use crate::time::Instant;

/// A pause. At `until` it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Instant,
    /// Now, where nothing has ended it.
    pub until: Instant,
    /// Whether nothing has ended it.
    pub open: bool,
}

/// Room to pair events in; reused.
#[derive(Debug, Default)]
pub struct Pairs(Vec<(Instant, Edge)>);

/// At one instant what is open ends first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Until,
    From,
}

/// The pauses of all events up to now, in order. Where two lines overlap, that time counts once; pauses that only touch
/// stay two.
pub fn find(plan: &SlaPlan, events: &[Occurrences], now: Instant, Pairs(edges): &mut Pairs, pauses: &mut Vec<Pause>) {
    pauses.clear();
    for (from, until) in &plan.pauses {
        edges.clear();
        for (event, edge) in [(from, Edge::From), (until, Edge::Until)] {
            let times = events.get(*event).map(|log| log.times()).unwrap_or_default();
            edges.extend(times.iter().map(|at| (*at, edge)));
        }
        edges.sort_unstable();
        let mut since = None;
        for (at, edge) in &*edges {
            match (edge, since) {
                (Edge::From, None) => since = Some(*at),
                (Edge::Until, Some(from)) => {
                    pauses.push(Pause { from, until: *at, open: false });
                    since = None;
                }
                _ => {}
            }
        }
        pauses.extend(since.map(|from| Pause { from, until: now, open: true }));
    }
    if plan.pauses.len() > 1 {
        pauses.sort_unstable_by_key(|pause| (pause.from, pause.until));
        pauses.dedup_by(|next, kept| {
            let overlap = next.from < kept.until || next.from == kept.from;
            if overlap {
                kept.until = kept.until.max(next.until);
                kept.open |= next.open;
            }
            overlap
        });
    }
}

/// The pauses of a cycle, cut to it.
pub fn within(pauses: &[Pause], start: Instant, end: Instant) -> impl Iterator<Item = Pause> + Clone {
    let first = pauses.partition_point(|pause| pause.until <= start);
    let near = pauses.get(first..).unwrap_or_default().iter().take_while(move |pause| pause.from < end);
    near.map(move |pause| Pause { from: pause.from.max(start), until: pause.until.min(end), open: pause.open })
}
