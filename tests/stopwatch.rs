//! SLA clocks against a stopwatch that is watched second by second.
//!
//! The stopwatch knows nothing but what the clocks on the wall read at each second of a fortnight. It ticks while the
//! office is open and nothing pauses it: when it has ticked so often, the time is up. It shares no code with the
//! program, whose clocks add and search.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use handover::loader::Memory;
use handover::policy::SlaStatus;
use handover::{Evaluator, Policy};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const DAY: usize = 86_400;
const DAYS: usize = 15;
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A fortnight in a zone, about the date on which something happens to its clocks.
struct Fortnight {
    zone: Tz,
    first: NaiveDate,
    /// The instant of the first second.
    start: i64,
    /// The latest that the clocks have read by each second: they never turn back in it.
    read: Vec<NaiveDateTime>,
}

static FORTNIGHTS: LazyLock<Vec<Fortnight>> = LazyLock::new(|| {
    let dates = [
        (Tz::Europe__Sofia, "2026-03-29"),
        (Tz::America__New_York, "2026-11-01"),
        (Tz::Australia__Lord_Howe, "2026-04-05"),
        (Tz::Asia__Kathmandu, "2026-06-10"),
    ];
    dates.into_iter().map(|(zone, date)| Fortnight::new(zone, date.parse().unwrap())).collect()
});

impl Fortnight {
    fn new(zone: Tz, date: NaiveDate) -> Self {
        let first = date - Days::new(4);
        let start = first.and_time(NaiveTime::MIN).and_utc().timestamp();
        let clock = |second: usize| {
            let utc = DateTime::from_timestamp(start + second as i64, 0).unwrap().naive_utc();
            zone.from_utc_datetime(&utc).naive_local()
        };
        let mut read: Vec<NaiveDateTime> = (0..DAYS * DAY).map(clock).collect();
        for at in 1..read.len() {
            read[at] = read[at].max(read[at - 1]);
        }
        Self { zone, first, start, read }
    }

    /// The first second at which the clocks read this or later.
    fn second(&self, wall: NaiveDateTime) -> usize {
        self.read.partition_point(|read| *read < wall)
    }

    fn instant(&self, second: usize) -> DateTime<Utc> {
        DateTime::from_timestamp(self.start + second as i64, 0).unwrap()
    }
}

#[derive(Clone, Debug)]
struct Case {
    fortnight: usize,
    /// The hours of each weekday, in minutes; past 1440 they run into the next date. None: plain time.
    week: Option<Vec<Option<(u16, u16)>>>,
    /// A date, from the first of the fortnight, that is closed.
    closed: usize,
    /// In minutes, a multiple of four.
    allowed: usize,
    start: usize,
    stop: Option<usize>,
    /// From which second until which.
    pauses: Vec<(usize, Option<usize>)>,
    now: usize,
}

fn case() -> impl Strategy<Value = Case> {
    let hours = prop_oneof![
        4 => (0..1_200u16, 60..600u16).prop_map(|(from, length)| Some((from, from + length))),
        1 => Just(None),
        1 => Just(Some((540, 1_020))),
        1 => Just(Some((1_320, 1_800))),
    ];
    let week = prop_oneof![5 => proptest::collection::vec(hours, 7).prop_map(Some), 1 => Just(None)];
    // From the second day on, so that all hours that could matter are in the fortnight; often on whole hours.
    let second =
        |from: usize, to: usize| prop_oneof![from * DAY..to * DAY, (from * 24..to * 24).prop_map(|hour| hour * 3_600)];
    let stop = prop_oneof![1 => Just(None), 2 => second(3, 14).prop_map(Some)];
    let pause = (second(2, 12), prop_oneof![4 => (1..4 * DAY).prop_map(Some), 1 => Just(None)]);
    let pause = pause.prop_map(|(from, length)| (from, length.map(|length| from + length)));
    let pauses = proptest::collection::vec(pause, 0..4);
    let amounts = prop_oneof![1 => Just(0usize), 6 => 1..600usize].prop_map(|quarters| quarters * 4);
    (0..4usize, week, 0..DAYS, amounts, second(2, 6), stop, pauses, second(7, 14)).prop_map(
        |(fortnight, week, closed, allowed, start, stop, mut pauses, now)| {
            pauses.sort_unstable();
            // Nothing to count is due where counting begins, and a pause moves that: no stopwatch shows it.
            if allowed == 0 {
                pauses.clear();
            }
            Case { fortnight, week, closed, allowed, start, stop, pauses, now }
        },
    )
}

impl Case {
    fn policy(&self, fortnight: &Fortnight) -> String {
        let mut text = String::from("policy \"Stopwatch\"\n  version 1\n");
        let unit = if let Some(week) = &self.week {
            let zone = fortnight.zone.name();
            write!(text, "  working hours of \"office\"\ncalendar \"office\"\n  time zone \"{zone}\"\n").unwrap();
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            for (day, hours) in WEEKDAYS.iter().zip(week) {
                if let Some((from, to)) = hours {
                    let to = if *to > 1_440 { to - 1_440 } else { *to };
                    writeln!(text, "  open {day}, {} to {}", clock(*from), clock(to)).unwrap();
                }
            }
            writeln!(text, "  closed on {} \"a holiday\"", fortnight.first + Days::new(self.closed as u64)).unwrap();
            "business minutes"
        } else {
            "minutes"
        };
        let allowed = format!("{} {unit}", self.allowed);
        write!(
            text,
            "lead\n  asked is a time\n  answered is a time\n  log is a list of:\n    - what is text\n    - at is a time\n\
             event \"asked\"\n  dated by asked\nevent \"answered\"\n  dated by answered\n\
             event \"wait\"\n  from log where what is \"wait\"\n  dated by at\n\
             event \"go on\"\n  from log where what is \"go on\"\n  dated by at\n\
             sla \"answer\"\n  clock starts at \"asked\"\n  clock stops at \"answered\"\n\
             \x20 clock pauses from \"wait\" until \"go on\"\n  time allowed {allowed}\n  at risk after 75%\n"
        )
        .unwrap();
        text
    }

    fn lead(&self, fortnight: &Fortnight) -> String {
        let at = |second: usize| fortnight.instant(second).to_rfc3339();
        let items = self.pauses.iter().flat_map(|(from, until)| {
            let wait = serde_json::json!({"what": "wait", "at": at(*from)});
            [Some(wait), until.map(|until| serde_json::json!({"what": "go on", "at": at(until)}))]
        });
        let log: Vec<_> = items.flatten().collect();
        let answered = self.stop.map(at);
        serde_json::json!({"id": "1", "asked": at(self.start), "answered": answered, "log": log}).to_string()
    }

    /// Whether the office is open at each second.
    fn open(&self, fortnight: &Fortnight) -> Vec<bool> {
        let Some(week) = &self.week else { return vec![true; fortnight.read.len()] };
        let mut open = vec![false; fortnight.read.len()];
        for (day, date) in fortnight.first.iter_days().take(DAYS).enumerate() {
            let hours = week[date.weekday().num_days_from_monday() as usize].filter(|_| day != self.closed);
            let Some((from, to)) = hours else { continue };
            let wall = |minute: u16| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute.into());
            open[fortnight.second(wall(from))..fortnight.second(wall(to))].fill(true);
        }
        open
    }

    /// Whether the clock stands still at each second, and at now.
    fn paused(&self) -> Vec<bool> {
        let mut paused = vec![false; DAYS * DAY];
        let mut edges: Vec<(usize, bool)> = Vec::new();
        for (from, until) in &self.pauses {
            edges.push((*from, true));
            edges.extend(until.map(|until| (until, false)));
        }
        // At one second what is open ends first; what has not happened by now counts for nothing.
        edges.sort_unstable();
        let mut since = None;
        for (at, waits) in edges.into_iter().filter(|(at, _)| *at <= self.now) {
            match (waits, since) {
                (true, None) => since = Some(at),
                (false, Some(from)) => {
                    paused[from..at].fill(true);
                    since = None;
                }
                _ => {}
            }
        }
        if let Some(from) = since {
            paused[from..self.now].fill(true);
        }
        paused
    }
}

/// What a stopwatch shows.
struct Watched {
    due: Option<usize>,
    at_risk: Option<usize>,
    elapsed: usize,
}

fn watch(case: &Case, fortnight: &Fortnight) -> Watched {
    let (open, paused) = (case.open(fortnight), case.paused());
    let stopped = case.stop.filter(|stop| *stop >= case.start && *stop <= case.now);
    let end = stopped.unwrap_or(case.now);
    let (allowed, part) = (case.allowed * 60, case.allowed * 45);
    let first = (case.start..open.len()).find(|second| open[*second]);
    let (mut ticks, mut elapsed) = (0, 0);
    let mut seen = Watched { due: None, at_risk: None, elapsed: 0 };
    // Nothing to count is due when counting begins.
    (seen.due, seen.at_risk) = (first.filter(|_| allowed == 0), first.filter(|_| part == 0));
    for second in case.start..open.len() {
        // After the end of a cycle its pauses are over.
        let ticking = open[second] && !(paused[second] && second < end);
        ticks += usize::from(ticking);
        elapsed += usize::from(ticking && second < end);
        if ticking && ticks == part {
            seen.at_risk = Some(second + 1);
        }
        if ticking && ticks == allowed {
            seen.due = Some(second + 1);
        }
    }
    seen.elapsed = elapsed;
    seen
}

#[test]
fn a_clock_is_a_stopwatch() {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() });
    let seen = RefCell::new(BTreeMap::<&str, u32>::new());
    runner.run(&case(), |case| holds(&case, &mut seen.borrow_mut())).unwrap();
    let kinds = ["running", "at_risk", "paused", "met", "breached", "moved by a pause", "plain", "past midnight"];
    let seen = seen.into_inner();
    assert!(kinds.iter().all(|kind| seen.get(kind).is_some_and(|count| *count >= 3)), "{seen:?}");
}

fn holds(case: &Case, seen: &mut BTreeMap<&str, u32>) -> Result<(), TestCaseError> {
    let fortnight = &FORTNIGHTS[case.fortnight];
    prop_assume!(case.week.as_ref().is_none_or(|week| week.iter().filter(|hours| hours.is_some()).count() > 2));
    let policy = Policy::compile(&case.policy(fortnight), &Memory::default()).unwrap();
    let decision = Evaluator::new(policy, fortnight.instant(case.now)).decide(case.lead(fortnight)).unwrap();
    let clock = decision.slas.get("answer").unwrap();
    let watched = watch(case, fortnight);
    prop_assert_eq!(clock.started_at, Some(fortnight.instant(case.start)));
    prop_assert_eq!(clock.elapsed_seconds, Some(watched.elapsed as i64));
    // What the fortnight is too short for is due after it.
    let last = fortnight.instant(DAYS * DAY - 2 * DAY);
    for (said, seen) in [(clock.due_at, watched.due), (clock.at_risk_at, watched.at_risk)] {
        match seen.map(|second| fortnight.instant(second)) {
            Some(seen) if seen < last => prop_assert_eq!(said, Some(seen)),
            _ => prop_assert!(said.is_none_or(|said| said >= last)),
        }
    }
    let stopped = case.stop.filter(|stop| *stop >= case.start && *stop <= case.now);
    prop_assert_eq!(clock.stopped_at, stopped.map(|second| fortnight.instant(second)));
    let late = clock.due_at.is_some_and(|due| fortnight.instant(stopped.unwrap_or(case.now)) > due);
    prop_assert_eq!(clock.status == SlaStatus::Breached, late);
    prop_assert_eq!(clock.status == SlaStatus::Met, stopped.is_some() && !late);
    if let Some(window) = clock.window_seconds {
        prop_assert_eq!(window, case.allowed as i64 * 60);
        prop_assert_eq!(clock.overrun_seconds, Some((watched.elapsed as i64 - window).max(0)));
    }
    let unpaused = watch(&Case { pauses: Vec::new(), ..case.clone() }, fortnight).due;
    let week = case.week.as_deref().unwrap_or_default();
    let night = week.iter().flatten().any(|(_, to)| *to > 1_440);
    for (kind, is_so) in [
        (clock.status.as_str(), true),
        ("moved by a pause", watched.due.is_some() && watched.due != unpaused),
        ("plain", case.week.is_none()),
        ("past midnight", night),
    ] {
        *seen.entry(kind).or_default() += u32::from(is_so);
    }
    Ok(())
}
