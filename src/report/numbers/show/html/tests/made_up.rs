//! Made-up reports, among them odd ones.

use crate::report::numbers::figures::*;

/// What a made-up report is like.
#[derive(Clone, Copy)]
pub struct Like<'a> {
    pub periods: usize,
    pub groups: usize,
    /// What everything is called.
    pub name: &'a str,
    /// How large its counts are.
    pub many: u64,
    pub handover: bool,
}

pub const USUAL: Like<'_> = Like { periods: 6, groups: 4, name: "first talk", many: 40, handover: true };

pub fn odd() -> Vec<Like<'static>> {
    let long =
        "a name that somebody has made very long, and then a little longer, so that it has no room anywhere at all";
    let mut all = vec![USUAL];
    all.extend([0, 1, 2, 7, 12, 13, 24, 53, 60, 120, 121, 700].map(|periods| Like { periods, ..USUAL }));
    all.extend([0, 1, 12, 13, 24, 25, 200].map(|groups| Like { groups, ..USUAL }));
    all.extend([0, 1, 9_999, 1_234_567, 1 << 40].map(|many| Like { many, ..USUAL }));
    all.extend(
        [
            "",
            long,
            "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM",
            "עברית מימין לשמאל עם שם ארוך מאוד מאוד",
            "見込み客の対応が遅い理由について",
        ]
        .map(|name| Like { name, ..USUAL }),
    );
    all.push(Like { name: HOSTILE, ..USUAL });
    all.push(Like { handover: false, ..USUAL });
    all.push(Like { periods: 0, groups: 0, many: 0, name: "", handover: false });
    all.push(Like { periods: 120, groups: 200, many: 1 << 40, name: long, handover: true });
    all
}

pub const HOSTILE: &str = "</title><script>alert(\"1\")</script>' onload='x' &amp; \u{1b}[31m \u{202e}txt {{ digest }}";

/// So many, where `at` says which of a row it is; each third has nothing.
fn some(like: Like<'_>, at: usize) -> u64 {
    if at % 3 == 2 { 0 } else { like.many * (at as u64 % 5 + 1) / 5 }
}

fn periods<T>(like: Like<'_>, figures: impl Fn(usize) -> T) -> Vec<InPeriod<T>> {
    let days = |at: usize| Days {
        period: format!("{}-W{:02}", 2000 + at / 52, at % 52 + 1),
        from: "2026-01-05".to_owned(),
        to: "2026-01-11".to_owned(),
        ended: at + 1 < like.periods,
    };
    (0..like.periods).map(|at| InPeriod { days: days(at), figures: figures(at) }).collect()
}

fn handed(like: Like<'_>, at: usize) -> HandedOver {
    let accepted = some(like, at);
    let (rejected, open) = (accepted / 2, accepted / 3);
    HandedOver {
        handed_over: accepted + rejected + open,
        again: 0,
        accepted,
        rejected,
        open,
        acceptance_percent: Share::of(accepted, accepted + rejected),
    }
}

fn clocks(like: Like<'_>, at: usize) -> Clocks {
    let (met, breached, running) = (some(like, at), some(like, at + 1), some(like, at));
    Clocks {
        started: met + breached + running,
        met,
        breached,
        at_risk: 0,
        running,
        paused: 0,
        cancelled: 0,
        handed_on: 0,
        attainment_percent: Share::of(met, met + breached),
    }
}

fn contacts(like: Like<'_>, at: usize) -> Contacts {
    let all = some(like, at);
    Contacts {
        handed_over: all * 7,
        within_5_minutes: all,
        within_1_hour: all,
        within_4_hours: all,
        within_1_day: all,
        later: all,
        never: all,
        waiting: all,
        within_the_hour_percent: Share::of(all * 2, all * 6),
        accepted: all * 3,
        accepted_and_never_contacted: all,
    }
}

fn figures(like: Like<'_>) -> Figures {
    let name = || like.name.to_owned();
    let rejections = |at: usize| Rejections {
        reason: (at > 0).then(|| format!("{} {at}", like.name)),
        listed: at.is_multiple_of(2),
        rejected: some(like, at),
        share_percent: Share::of(some(like, at), like.many * 9),
    };
    let ends = [1, 4, 24, 48, 168, 336, 720, 2_160].map(|hours| Length(Some(hours * 3_600_000_000)));
    let distribution = ends.into_iter().chain([Length(None)]).enumerate();
    let used = [25, 50, 75, 100, 150, 200].map(Some).into_iter().chain([None]).enumerate();
    Figures {
        leads: like.many * 5,
        handovers: like.handover.then(|| Handovers {
            total: HandedOver { rejected: like.many * 9, ..handed(like, 0) },
            periods: periods(like, |at| handed(like, at)),
            reasons: Some((0..30).map(rejections).collect()),
        }),
        efficiency: like.handover.then(|| {
            let converted = |at| {
                let counts = handed(like, at);
                Converted {
                    handed_over: counts.handed_over,
                    converted: counts.accepted,
                    rate_percent: Share::of(counts.accepted, counts.handed_over),
                    mature: at % 2 == 0,
                    conversions_in_period: counts.accepted,
                    period_ratio_percent: Share::of(counts.accepted, counts.handed_over),
                    handed_over_per_conversion: Ratio { whole: counts.handed_over, part: counts.accepted },
                }
            };
            Efficiency { total: converted(0), periods: periods(like, converted) }
        }),
        velocity: vec![Velocity {
            stage: name(),
            ended: Lengths::default(),
            ended_business: None,
            open: Lengths::default(),
            distribution: distribution
                .map(|(at, up_to_seconds)| Bucket { up_to_seconds, count: some(like, at) })
                .collect(),
            slas: vec![name()],
            within_sla_percent: Share::default(),
        }],
        slas: vec![Sla {
            sla: name(),
            party: Some(name()),
            total: clocks(like, 0),
            overrun: Lengths::default(),
            used: used.map(|(at, up_to_percent)| Used { up_to_percent, clocks: some(like, at) }).collect(),
            periods: periods(like, |at| clocks(like, at)),
        }],
        speed: like.handover.then(|| Speed {
            total: contacts(like, 0),
            length: Lengths::default(),
            periods: periods(like, |at| contacts(like, at)),
        }),
        waste: Waste {
            leads: like.many,
            cost: None,
            without_cost: 0,
            slas: vec![Wasted {
                sla: name(),
                counts_as_wasted: false,
                leads: like.many,
                late: like.many / 3,
                never: like.many / 2,
                cost: Some(vec![Amount { hundredths: 123_456, currency: "EUR".to_owned() }]),
                actions: vec![Due { action: name(), due: 3 }],
            }],
        },
        readiness: (0..25)
            .map(|at| Readiness {
                checklist: (at > 20).then(name),
                name: name(),
                met: some(like, at),
                not_met: some(like, at + 1),
                unknown: some(like, at + 2),
                unknown_percent: Share::of(some(like, at + 2), like.many),
                field: Some(name()),
                field_missing: some(like, at + 2),
            })
            .collect(),
        funnel: Funnel {
            stages: (0..3)
                .map(|at| AtStage { stage: name(), leads: like.many, at_least: like.many * (3 - at) })
                .collect(),
            no_stage: like.many,
            disqualified: like.many,
            disqualifiers: vec![Disqualified { disqualifier: name(), leads: like.many }],
        },
    }
}

pub fn report(like: Like<'_>) -> Report {
    let target = |sla: bool| Target {
        target: like.name.to_owned(),
        stage: (!sla).then(|| like.name.to_owned()),
        sla: sla.then(|| like.name.to_owned()),
        unknown: None,
        periods: periods(like, |at| Attained {
            actual: Reached(if sla {
                Share::of(some(like, at), like.many).hundredths()
            } else {
                Some(some(like, at) * 100)
            }),
            target: Reached(Some(if sla { 9_000 } else { like.many * 70 })),
            attainment_percent: Share::default(),
            working_days: None,
            working_days_gone: None,
            expected: Reached(None),
            pace_percent: Share::default(),
            forecast: Reached(None),
        }),
    };
    let group = |at: usize| Group {
        value: (at > 0).then(|| format!("{at} {}", like.name)),
        others: at == 199,
        figures: figures(Like { periods: 1, many: like.many / (at as u64 + 1), ..like }),
    };
    Report {
        schema: 1,
        policy: About { name: like.name.to_owned(), version: 2, digest: "sha256:0".to_owned() },
        as_of: "2026-03-10T12:00:00Z".to_owned(),
        zone: "Europe/Sofia".to_owned(),
        period: "week",
        from: None,
        to: None,
        by: (like.groups > 0).then(|| "source".to_owned()),
        mature_after_days: 90,
        leads: like.many * 5,
        unread: 0,
        notes: vec![like.name.to_owned()],
        targets: vec![target(false), target(true)],
        all: figures(like),
        groups: (0..like.groups).map(group).collect(),
    }
}
