//! Moves that let things happen: events in their windows, and stages that events open and shut.

use chrono::NaiveDate;

use super::goals::{MET, Mask, Move, NOT, UNKNOWN, Walk, Why};
use crate::engine::moment::after;
use crate::engine::program::WindowPlan;
use crate::policy::{Condition, Count, EventWindow, Window};
use crate::time::{Instant, zone};

const DAY: i64 = 24 * 60 * 60_000_000;
/// How many occurrences one move may add.
pub const MOST_TIMES: usize = 1_000;

impl<'a> Walk<'a, '_> {
    /// Moves for `"e" happened at least 2 times within the last 30 days`, and the like.
    pub(super) fn event(
        &mut self,
        condition: &'a Condition,
        (event, count, window): (usize, Count, Option<EventWindow>),
        mask: Mask,
        own: Option<usize>,
    ) {
        let why = if mask & MET != 0 { Why::Words(condition.span) } else { Why::Not(condition.span) };
        let before = self.moves.len();
        let other = match window {
            Some(EventWindow::SinceLast(o) | EventWindow::BeforeFirst(o) | EventWindow::AfterLast(_, o)) => {
                Some(o.index())
            }
            _ => None,
        };
        // Where a log is absent, an empty one may do; and whatever happens makes it present.
        for log in [Some(event), other].into_iter().flatten() {
            if mask & (MET | NOT) != 0 && self.view.log(log).is_none() {
                self.empty_log(log, why);
            }
        }
        let floor = own.map_or(Instant::MIN, |score| self.view.state.rules(score, self.view.setting).1);
        let more = match count {
            Count::AtLeast(_) | Count::OnDays(_) => mask & MET != 0,
            Count::AtMost(_) => mask & NOT != 0,
            Count::Exactly(_) => true,
        };
        let fewer = match count {
            Count::AtLeast(_) | Count::OnDays(_) => mask & NOT != 0,
            Count::AtMost(_) => mask & MET != 0,
            Count::Exactly(_) => true,
        };
        let span = self.span(window, floor);
        if let (None, Some(other)) = (span, other)
            && more
        {
            // Nothing counts before the other event has happened.
            self.happen(other, self.here(Instant::MIN, self.view.now()), 1, why);
        }
        if let (Some(span), true) = (span, more) {
            self.more(event, count, span, mask, why);
        }
        if fewer {
            self.fewer(event, count, window, why);
            if let Some(score) = own {
                let restarts = self.judge.program.scores.get(score).map(|plan| plan.starts_again.clone());
                for restart in restarts.unwrap_or_default() {
                    self.happen(restart, self.here(Instant::MIN, self.view.now()), 1, Why::Restart(score));
                }
            }
        }
        if self.moves.len() == before {
            self.block(why);
        }
    }

    /// An absent log, or a time field of the wrong type, becomes empty.
    fn empty_log(&mut self, event: usize, why: Why) {
        let Some(plan) = self.judge.program.events.get(event) else { return };
        if plan.from_list {
            self.moves.push(Move::Log(plan.slot, why));
        } else if self.is_free(plan.slot) {
            self.moves.push(Move::Clear(plan.slot, why));
        }
    }

    /// The first and the last instant up to now at which an occurrence would count; none where none would.
    fn span(&self, window: Option<EventWindow>, floor: Instant) -> Option<(Instant, Instant)> {
        let view = self.view;
        let now = view.now();
        let latest = |other: usize| view.log(other).and_then(|log| log.latest(floor));
        let (first, last) = match window {
            None => (floor, now),
            Some(EventWindow::WithinLast(duration)) => self.ends(Window::WithinLast, duration)?,
            Some(EventWindow::MoreThanAgo(duration)) => self.ends(Window::MoreThanAgo, duration)?,
            Some(EventWindow::SinceLast(other)) => (latest(other.index())?, now),
            Some(EventWindow::BeforeFirst(other)) => {
                let first = view.log(other.index()).and_then(|log| log.between(floor, Instant::MAX).first().copied());
                (floor, first.map_or(now, |first| first.saturating_sub(1)))
            }
            Some(EventWindow::AfterLast(duration, other)) => {
                let first = latest(other.index())?;
                (first, after(view.setting.tz, view.known.hours, first, duration).unwrap_or(now))
            }
        };
        let (first, last) = (first.max(floor), last.min(now));
        (first <= last).then_some((first, last))
    }

    /// The ends of a window round now.
    fn ends(&self, window: Window, duration: crate::policy::Duration) -> Option<(Instant, Instant)> {
        let plan = WindowPlan { window, duration, date: false };
        let at = self.judge.program.tests.windows.iter().position(|own| *own == plan)?;
        let (view, now) = (self.view, self.view.now());
        let moment = view.setting.moment;
        if let Some(ends) = moment.ends(at, view.known.hours) {
            return Some(ends);
        }
        // Business time is counted from each instant: some instants back are tried.
        let holds = |t: &Instant| moment.in_window(at, *t, view.known.hours);
        if window == Window::WithinLast {
            return Some((now, now)).filter(|_| holds(&now));
        }
        let back = (0..14).map(|power| now.saturating_sub(DAY << power));
        back.into_iter().find(holds).map(|t| (t, t))
    }

    /// An instant from `first` to `last`: as of when the lead was decided, if that fits.
    pub(super) fn here(&self, first: Instant, last: Instant) -> Instant {
        let decided = self.view.decided_at;
        if first <= decided && decided <= last { decided } else { last }
    }

    fn more(&mut self, event: usize, count: Count, (first, last): (Instant, Instant), mask: Mask, why: Why) {
        let near: Vec<Instant> = self.view.log(event).map(|log| log.between(first, last).to_vec()).unwrap_or_default();
        let due = match count {
            Count::AtLeast(n) => n as usize,
            Count::AtMost(n) => (n as usize).saturating_add(1),
            Count::Exactly(n) if mask & MET != 0 => n as usize,
            Count::Exactly(_) => near.len().saturating_add(1),
            Count::OnDays(n) => {
                self.on_days(event, n as usize, &near, (first, last), why);
                return;
            }
        };
        let Some(lacks) = due.checked_sub(near.len()).filter(|lacks| *lacks > 0) else { return };
        for at in self.places(event, first, last) {
            self.happen(event, at, lacks, why);
        }
    }

    fn on_days(&mut self, event: usize, days: usize, near: &[Instant], (first, last): (Instant, Instant), why: Why) {
        let tz = self.view.setting.tz;
        let mut seen: Vec<NaiveDate> = near.iter().map(|t| zone::date_of(tz, *t)).collect();
        seen.sort_unstable();
        seen.dedup();
        let mut times = Vec::new();
        let mut at = self.here(first, last);
        while seen.len() + times.len() < days && times.len() < MOST_TIMES && at >= first {
            let date = zone::date_of(tz, at);
            if !seen.contains(&date) && !times.iter().any(|t| zone::date_of(tz, *t) == date) {
                times.push(at);
            }
            let before = at.saturating_sub(DAY);
            at = if before < first && zone::date_of(tz, first) < date && at > first { first } else { before };
        }
        if seen.len() + times.len() >= days && !times.is_empty() {
            self.push_event(event, times, why, None);
        }
    }

    /// Instants at which it may happen: here, and beyond the edges of other windows that the policy asks about.
    fn places(&self, event: usize, first: Instant, last: Instant) -> Vec<Instant> {
        let here = self.here(first, last);
        let mut places = vec![here];
        let mut add = |at: Instant| {
            if first <= at && at <= last && !places.contains(&at) && places.len() < 6 {
                places.push(at);
            }
        };
        let policy = &self.judge.policy;
        let mut windows = Vec::new();
        super::waits::every_condition(policy, &mut |condition| {
            if let crate::policy::ConditionKind::Event { event: of, window, .. } = &condition.kind {
                match window {
                    Some(EventWindow::WithinLast(d) | EventWindow::MoreThanAgo(d)) if of.index() == event => {
                        windows.push(*d);
                    }
                    Some(EventWindow::SinceLast(o) | EventWindow::BeforeFirst(o) | EventWindow::AfterLast(_, o))
                        if of.index() == event || o.index() == event =>
                    {
                        let other = if of.index() == event { o.index() } else { of.index() };
                        let log = self.view.log(other);
                        for t in log.and_then(|log| log.latest(Instant::MIN)).into_iter() {
                            add(t.saturating_add(1));
                            add(t.saturating_sub(1));
                        }
                        for t in log.and_then(|log| log.times().first().copied()).into_iter() {
                            add(t.saturating_sub(1));
                        }
                    }
                    _ => {}
                }
            }
        });
        for duration in windows {
            if let Some((_, edge)) = self.ends(Window::MoreThanAgo, duration) {
                add(edge);
            } else if let Some((edge, _)) = self.ends(Window::WithinLast, duration) {
                add(edge.saturating_sub(1));
            }
        }
        places
    }

    /// What lets fewer occurrences count: another event that moves the window.
    fn fewer(&mut self, event: usize, count: Count, window: Option<EventWindow>, why: Why) {
        let now = self.view.now();
        match window {
            Some(EventWindow::SinceLast(other) | EventWindow::AfterLast(_, other)) => {
                self.happen(other.index(), self.here(Instant::MIN, now), 1, why);
                if self.view.decided_at < now {
                    self.happen(other.index(), now, 1, why);
                }
            }
            Some(EventWindow::BeforeFirst(other)) => {
                let most = match count {
                    Count::AtMost(n) | Count::Exactly(n) => n as usize,
                    Count::AtLeast(n) | Count::OnDays(n) => (n as usize).saturating_sub(1),
                };
                if let Some(at) = self.view.log(event).and_then(|log| log.times().get(most).copied()) {
                    self.happen(other.index(), at, 1, why);
                }
            }
            _ => {}
        }
    }

    /// The event happens so many times at one instant, if it can.
    pub(super) fn happen(&mut self, event: usize, at: Instant, times: usize, why: Why) {
        if times <= MOST_TIMES {
            self.push_event(event, vec![at; times], why, None);
        } else {
            self.cut = true;
        }
    }

    pub(super) fn push_event(
        &mut self,
        event: usize,
        times: Vec<Instant>,
        why: Why,
        improves: Option<(usize, bool, i64)>,
    ) {
        let Some(plan) = self.judge.program.events.get(event) else { return };
        // What is dated by a field happens once; happening again moves its date.
        if !plan.from_list && (times.len() > 1 || !self.is_free(plan.slot)) {
            return;
        }
        if plan.from_list && plan.slot == usize::MAX {
            return;
        }
        self.moves.push(Move::Event { event, times, why, improves });
    }

    /// Moves that bring a stage's outcome nearer to one of these.
    pub fn stage(&mut self, at: usize, mask: Mask) {
        if super::goals::wanted(self.view.stage(at), mask) {
            return;
        }
        self.deeper(|walk| walk.stage_moves(at, mask));
    }

    fn stage_moves(&mut self, at: usize, mask: Mask) {
        let judge = self.judge;
        let (Some(stage), Some(plan)) = (judge.policy.stages.get(at), judge.program.stages.get(at)) else { return };
        let Some(state) = self.view.state.stages.get(at).copied() else { return };
        let now = self.view.now();
        let before = self.moves.len();
        let latest = |walk: &Self, event: usize| walk.view.log(event).and_then(|log| log.latest(Instant::MIN));
        let exits: Vec<usize> = plan.left.iter().flat_map(|(events, _)| events.iter().copied()).collect();
        if state.by_log {
            for event in exits.iter().chain(&plan.entered).copied() {
                if self.view.log(event).is_none() {
                    self.empty_log(event, Why::Held(at));
                }
            }
        }
        if mask & MET != 0 {
            if state.held_since.is_none() {
                self.condition(&stage.condition, MET, None);
            }
            if state.since.is_none() {
                let exit = exits.iter().filter_map(|event| latest(self, *event)).max();
                let first = exit.map_or(Instant::MIN, |exit| exit.saturating_add(1));
                for event in plan.entered.iter().copied().filter(|event| !exits.contains(event)) {
                    if first <= now {
                        self.happen(event, self.here(first, now), 1, Why::Entry(at));
                    }
                }
            }
            if state.held_since.is_some() && self.moves.len() == before {
                self.block(Why::Held(at));
            }
        }
        if mask & (NOT | UNKNOWN) != 0 {
            if state.since.is_none() || plan.only_while {
                self.condition(&stage.condition, mask & (NOT | UNKNOWN), None);
            }
            if mask & NOT != 0 {
                for event in exits {
                    let entered = plan.entered.iter().filter_map(|event| latest(self, *event)).max();
                    self.happen(event, self.here(entered.unwrap_or(Instant::MIN), now), 1, Why::Exit(at));
                }
            }
        }
    }
}
