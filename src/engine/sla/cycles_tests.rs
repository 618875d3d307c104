//! The rules of what starts and ends a clock, one row each.

use super::*;

/// Events at instants, such as `1 start, 5 stop`; `b` before a role makes it one of the second version, which is in
/// effect from 100 on.
fn cycles_of(events: &str) -> String {
    let mut marks: Vec<Mark> = Vec::new();
    for event in events.split(", ") {
        let (at, role) = event.split_once(' ').unwrap();
        let (version, role) = role.strip_prefix("b ").map_or((0, role), |role| (1, role));
        let roles = match role {
            "start" => START,
            "stop" => STOP,
            "cancel" => CANCEL,
            "restart" => RESTART,
            other => panic!("{other}"),
        };
        marks.push(Mark { at: at.parse().unwrap(), version, roles });
    }
    let mut cycles = Vec::new();
    find(&mut marks, |at| Some(usize::from(at >= 100)), &mut cycles);
    let shown = cycles.iter().map(|cycle| match cycle.end {
        Some((at, how)) => format!("v{} {}–{at} {how:?}", cycle.version, cycle.start),
        None => format!("v{} {}– open", cycle.version, cycle.start),
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn events_become_cycles() {
    let rows = [
        ("1 start", "v0 1– open"),
        ("3 stop", ""),
        ("3 restart", ""),
        ("1 start, 5 stop", "v0 1–5 Stopped"),
        ("5 stop, 1 start", "v0 1–5 Stopped"),
        ("1 start, 3 start, 5 stop, 7 start", "v0 1–5 Stopped; v0 7– open"),
        ("1 start, 5 cancel, 6 stop", "v0 1–5 Cancelled"),
        ("1 start, 5 restart, 6 stop", "v0 1–5 HandedOn; v0 5–6 Stopped"),
        // At one instant: the running cycle ends first, a cancellation before a stop before a restart.
        ("1 start, 5 stop, 5 cancel", "v0 1–5 Cancelled"),
        ("1 start, 5 stop, 5 restart", "v0 1–5 Stopped"),
        ("1 start, 5 stop, 5 start", "v0 1–5 Stopped; v0 5– open"),
        ("1 start, 5 start, 5 restart", "v0 1–5 HandedOn; v0 5– open"),
        ("1 start, 5 restart, 5 stop, 5 start", "v0 1–5 Stopped; v0 5– open"),
        // Where no cycle ended then, a stop or a cancellation ends what starts with it.
        ("5 start, 5 stop", "v0 5–5 Stopped"),
        ("5 stop, 5 cancel, 5 start", "v0 5–5 Cancelled"),
        ("5 start, 5 restart", "v0 5– open"),
    ];
    for (events, expected) in rows {
        assert_eq!(cycles_of(events), expected, "{events}");
    }
}

#[test]
fn each_cycle_is_of_the_version_in_effect_when_it_started() {
    let rows = [
        // A running cycle blocks the starts of a later version, and ends by its own version's events.
        ("1 start, 105 b start, 110 b stop", "v0 1– open"),
        ("1 start, 105 b start, 110 stop, 115 b start", "v0 1–110 Stopped; v1 115– open"),
        // No version starts a clock outside its dates.
        ("1 b start, 105 start", ""),
        // A restart hands on to the version in effect, if that knows it too.
        ("1 start, 105 restart, 105 b restart, 110 b stop", "v0 1–105 HandedOn; v1 105–110 Stopped"),
        ("1 start, 105 restart", "v0 1–105 HandedOn"),
    ];
    for (events, expected) in rows {
        assert_eq!(cycles_of(events), expected, "{events}");
    }
}
