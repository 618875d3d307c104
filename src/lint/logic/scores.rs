//! How many points a score can come to, whatever the lead.

use crate::policy::{EventId, Policy, Score, ScoreRule, ScoreRuleKind};

/// From so many points to so many, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub least: i64,
    /// At most.
    pub most: i64,
}

/// More points than anything comes to.
pub const ENDLESS: i64 = 1_000_000_000_000_000_000;

const ONE: Bounds = Bounds { least: 0, most: 0 };

impl Bounds {
    fn plus(self, other: Bounds) -> Bounds {
        Bounds { least: add(self.least, other.least), most: add(self.most, other.most) }
    }

    /// With nothing as one more possibility.
    fn or_nothing(self) -> Bounds {
        Bounds { least: self.least.min(0), most: self.most.max(0) }
    }

    /// With a cap on its size.
    pub fn capped(self, cap: i64) -> Bounds {
        Bounds { least: self.least.clamp(-cap, cap), most: self.most.clamp(-cap, cap) }
    }

    /// What is removed instead of added.
    pub fn turned(self) -> Bounds {
        Bounds { least: -self.most, most: -self.least }
    }
}

/// A sum that stays within [`ENDLESS`].
pub fn add(a: i64, b: i64) -> i64 {
    a.saturating_add(b).clamp(-ENDLESS, ENDLESS)
}

/// The bounds of every score.
pub fn bounds(policy: &Policy) -> Vec<Bounds> {
    let mut known: Vec<Option<Bounds>> = vec![None; policy.scores.len()];
    for at in 0..policy.scores.len() {
        score(policy, at, &mut known);
    }
    known.into_iter().map(|bounds| bounds.unwrap_or(Bounds { least: -ENDLESS, most: ENDLESS })).collect()
}

fn score(policy: &Policy, at: usize, known: &mut Vec<Option<Bounds>>) -> Bounds {
    let unknown = Bounds { least: -ENDLESS, most: ENDLESS };
    if let Some(bounds) = known.get(at).copied().flatten() {
        return bounds;
    }
    let Some(score_of) = policy.scores.get(at) else { return unknown };
    // A chain of scores is walked once; no policy with a cycle gets here.
    if let Some(place) = known.get_mut(at) {
        *place = Some(unknown);
    }
    let mut sum = Bounds { least: score_of.starts_at, most: score_of.starts_at };
    for rule in &score_of.rules {
        sum = sum.plus(contribution(policy, rule, &mut |other| score(policy, other, known)));
    }
    let bounds = clamped(score_of, sum);
    if let Some(place) = known.get_mut(at) {
        *place = Some(bounds);
    }
    bounds
}

/// Within `never below` and `never above`.
pub fn clamped(score: &Score, sum: Bounds) -> Bounds {
    let clamp = |points: i64| {
        let raised = score.never_below.map_or(points, |low| points.max(low));
        score.never_above.map_or(raised, |high| raised.min(high))
    };
    Bounds { least: clamp(sum.least), most: clamp(sum.most) }
}

/// What a rule may add to the sum.
pub fn contribution(policy: &Policy, rule: &ScoreRule, of_score: &mut impl FnMut(usize) -> Bounds) -> Bounds {
    let each = |all: &mut dyn Iterator<Item = i64>| {
        all.fold(None, |bounds: Option<Bounds>, points| {
            let one = Bounds { least: points, most: points };
            Some(bounds.map_or(one, |b| Bounds { least: b.least.min(points), most: b.most.max(points) }))
        })
        .unwrap_or(ONE)
    };
    let whole = match &rule.kind {
        ScoreRuleKind::Points(points) => Bounds { least: *points, most: *points },
        ScoreRuleKind::Table(table) => {
            each(&mut table.lines.iter().map(|(points, _)| *points).chain([table.otherwise]))
        }
        ScoreRuleKind::Bands(bands) => {
            each(&mut bands.lines.iter().map(|(points, _)| *points).chain([bands.otherwise]))
        }
        ScoreRuleKind::ForEach { points, event, within, once_every, decay } => {
            let at_once = happens_once(policy, *event).then_some(1);
            let spaced = match (within.and_then(|within| within.fixed_micros()), once_every) {
                (Some(within), Some(every)) if *every > 0 => Some(within / every + 1),
                _ => None,
            };
            let worth = decay.as_ref().and_then(|decay| decay.worth.iter().max().copied()).unwrap_or(*points);
            let most = at_once.into_iter().chain(spaced).min().map_or(ENDLESS, |times| worth.saturating_mul(times));
            Bounds { least: 0, most: most.min(ENDLESS) }
        }
        ScoreRuleKind::ForEveryWithout { .. } => Bounds { least: 0, most: ENDLESS },
        ScoreRuleKind::Field(_) => Bounds { least: -100_000_000_000, most: 100_000_000_000 },
        ScoreRuleKind::Score { percent, score } => {
            let of = of_score(score.index());
            let up =
                |points: i64| if points.abs() >= ENDLESS { points } else { percent.percent_of(points).min(ENDLESS) };
            Bounds { least: -up(-of.least), most: up(of.most) }
        }
    };
    let capped = rule.at_most.map_or(whole, |cap| whole.capped(cap));
    let signed = if rule.remove { capped.turned() } else { capped };
    if rule.condition.is_none() { signed } else { signed.or_nothing() }
}

/// Whether an event is dated by a field of the lead, and so has one occurrence at most.
pub fn happens_once(policy: &Policy, event: EventId) -> bool {
    policy.events.get(event.index()).is_some_and(|event| event.from.is_none())
}
