//! One lead through the program: read it, take the steps in their order, and keep what came out.

use std::borrow::Cow;
use std::cell;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::account::Given;
use super::bulk::Bulk;
use super::events::{self, History, Occurrences};
use super::leaf::{self, Cells, Known};
use super::moment::{Hours, Moment};
use super::program::{Bands, ItemProgram, Op, Program, ScoreValue, Step};
use super::score::{self, Sheet};
use super::stage::{self, Clock, StageState};
use super::trace::{Diary, WhyLeftOut};
use super::truth::{Outcome, all, any, at_least};
use crate::intake::{self, Cell, Items, Lead, LeadError};
use crate::time::{Instant, zone};

/// What is known of one lead; reused for the next.
#[derive(Debug)]
pub struct State {
    pub lead: Lead,
    /// The outcome of every step.
    pub outcomes: Vec<Outcome>,
    /// In hundredths.
    pub scores: Vec<i64>,
    /// The places of the letters.
    pub grades: Vec<u32>,
    pub stages: Vec<StageState>,
    pub events: Vec<Occurrences>,
    pub warnings: Vec<Warning>,
    /// How many of them were there when the lead had been read.
    warned_on_reading: usize,
    /// Whether business time of the default calendar ran past the listed holidays.
    pub past_holidays: bool,
    /// Each score's last restart.
    floors: Vec<Instant>,
    /// What the items of each log are warned of, by the log's slot.
    item_warnings: Vec<(usize, Warning)>,
    dates: Vec<NaiveDate>,
    /// What became of the items of each log, where a trace is wanted.
    pub diary: Option<Diary>,
    /// Why the lead was rejected each time, where reports are made.
    pub reasons: Vec<Given>,
}

/// Something about a decision that its reader should know.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// `H0730` and up.
    pub code: &'static str,
    /// The field that it is about: `activities[3].time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// One sentence.
    pub message: Cow<'static, str>,
}

impl Warning {
    /// The warning about a lead whose `identified by` field is empty.
    pub const NO_ID: Warning = Warning { code: "H0730", field: None, message: Cow::Borrowed("this lead has no id") };
}

/// The policy, the moment, and what follows from both.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub program: &'a Program,
    pub moment: &'a Moment,
    pub tz: Tz,
}

impl<'a> Setting<'a> {
    /// What stays look at.
    pub fn clock(self, past: &'a cell::Cell<bool>) -> Clock<'a> {
        Clock { now: self.moment.now, tz: self.tz, hours: self.known(past).hours }
    }

    /// What tests look at; `past` is told where business time runs past the listed holidays.
    pub fn known(self, past: &'a cell::Cell<bool>) -> Known<'a> {
        let calendar = self.program.default_calendar.and_then(|at| self.program.calendars.get(at));
        let hours = calendar.map(|calendar| Hours { calendar, past });
        Known { tests: &self.program.tests, moment: self.moment, hours }
    }
}

impl State {
    /// Room for leads of this program.
    pub fn new(program: &Program) -> State {
        State {
            lead: Lead::new(&program.shape),
            outcomes: vec![Outcome::Unknown; program.steps.len()],
            scores: vec![0; program.scores.len()],
            grades: vec![0; program.grades.len()],
            stages: vec![StageState::default(); program.stages.len()],
            events: vec![Occurrences::default(); program.events.len()],
            warnings: Vec::new(),
            warned_on_reading: 0,
            past_holidays: false,
            floors: vec![Instant::MIN; program.scores.len()],
            item_warnings: Vec::new(),
            dates: Vec::new(),
            diary: program.traced.as_ref().map(|_| Diary::new(program.events.len())),
            reasons: Vec::new(),
        }
    }

    /// The outcome of a step.
    pub fn outcome(&self, step: Step) -> Outcome {
        self.outcomes.get(step as usize).copied().unwrap_or_default()
    }

    /// A score's last restart: what happened before it counts nothing.
    pub fn floor(&self, score: usize) -> Instant {
        self.floors.get(score).copied().unwrap_or(Instant::MIN)
    }

    /// What a score, or a grade where nothing restarts, is worked out of.
    pub fn sheet<'a>(&'a self, floor: Instant, known: Known<'a>) -> Sheet<'a> {
        let cells = Cells { lead: &self.lead, item: false };
        Sheet { cells, known, outcomes: &self.outcomes, events: &self.events, scores: &self.scores, floor }
    }

    /// Reads the lead on this line, and what happened to it up to now.
    pub fn read(&mut self, line: &[u8], setting: Setting<'_>) -> Result<(), LeadError> {
        self.warnings.clear();
        self.item_warnings.clear();
        self.events.iter_mut().for_each(Occurrences::clear);
        self.diary.iter_mut().for_each(Diary::clear);
        self.reasons.clear();
        let past = cell::Cell::new(false);
        let known = setting.known(&past);
        let mut gather = Gather {
            setting,
            known,
            events: &mut self.events,
            warnings: &mut self.item_warnings,
            diary: self.diary.as_mut(),
            reasons: &mut self.reasons,
        };
        intake::read(&setting.program.shape, line, &mut self.lead, &mut gather)?;
        self.past_holidays = past.get();
        // Logs are read in whatever order the lead has them.
        self.item_warnings.sort_by_key(|(log, _)| *log);
        self.warnings.extend(self.item_warnings.drain(..).map(|(_, warning)| warning));
        self.single_events(setting);
        self.events.iter_mut().for_each(Occurrences::finish);
        self.diary.iter_mut().for_each(Diary::finish);
        self.warned_on_reading = self.warnings.len();
        Ok(())
    }

    /// Forgets what was judged, but not what was read, where no window was asked about while it was read.
    pub fn before_judging(&mut self) {
        self.warnings.truncate(self.warned_on_reading);
        self.past_holidays = false;
    }

    /// Takes a lead over from another state of the same program, and looks at it as of an earlier instant.
    pub fn recall(&mut self, of: &mut State, up_to: Instant) {
        std::mem::swap(&mut self.lead, &mut of.lead);
        std::mem::swap(&mut self.events, &mut of.events);
        self.events.iter_mut().for_each(|log| log.look_back(up_to));
        self.warnings.clear();
        self.past_holidays = false;
    }

    /// Takes over what came out in another state of the same program.
    pub fn keep_outcomes(&mut self, of: &State) {
        self.outcomes.clone_from(&of.outcomes);
        self.scores.clone_from(&of.scores);
        self.grades.clone_from(&of.grades);
        self.stages.clone_from(&of.stages);
    }

    /// Gives it back.
    pub fn give_back(&mut self, to: &mut State) {
        self.events.iter_mut().for_each(Occurrences::look_up);
        std::mem::swap(&mut self.lead, &mut to.lead);
        std::mem::swap(&mut self.events, &mut to.events);
    }

    /// Takes all steps that the wanted output needs.
    pub fn judge_in_bulk(&mut self, bulk: &Bulk, setting: Setting<'_>) {
        let past = cell::Cell::new(self.past_holidays);
        let cells = Cells { lead: &self.lead, item: false };
        bulk.run(cells, setting.known(&past), &self.events, &mut self.outcomes);
        self.past_holidays = past.get();
        self.judge(&bulk.rest, setting);
    }

    /// Takes these steps, each after those that it needs.
    pub fn judge(&mut self, steps: &[Step], setting: Setting<'_>) {
        let past = cell::Cell::new(self.past_holidays);
        let known = setting.known(&past);
        self.restarts(setting.program);
        for step in steps {
            let Some(op) = setting.program.steps.get(*step as usize) else { continue };
            let outcome = self.step(op, setting, known);
            if let Some(place) = self.outcomes.get_mut(*step as usize) {
                *place = outcome;
            }
        }
        self.past_holidays = past.get();
    }

    /// Events that are dated by a field of the lead, and the state of every log.
    fn single_events(&mut self, setting: Setting<'_>) {
        let others = self.warnings.len();
        for (event, (plan, log)) in setting.program.events.iter().zip(&mut self.events).enumerate() {
            let cell = self.lead.cell(plan.slot);
            if plan.from_list {
                log.absent = cell != Cell::Items;
                continue;
            }
            let Some(at) = instant_of(cell, setting.tz) else {
                log.absent = cell != Cell::Empty;
                continue;
            };
            if at <= setting.moment.now {
                log.add(at);
                if let (Some(reason), Some(account)) = (plan.reason_in, &setting.program.account) {
                    self.reasons.push(account.given(event, at, self.lead.cell(reason), &self.lead));
                }
                if let Some(reason) = plan.reason_in
                    && !has_reason(self.lead.cell(reason), &self.lead, setting.program)
                {
                    let field = setting.program.slots.get(reason).map(|slot| slot.path.clone());
                    once(&mut self.warnings, others, no_reason(field.unwrap_or_default()));
                }
            }
        }
    }

    /// What each rule of a score adds or removes, and the instant before which nothing counts.
    pub fn rules(&self, score: usize, setting: Setting<'_>) -> (Vec<i64>, Instant) {
        let past = cell::Cell::new(false);
        let floor = self.floors.get(score).copied().unwrap_or(Instant::MIN);
        let sheet = self.sheet(floor, setting.known(&past));
        let rules = setting.program.scores.get(score).map(|plan| plan.rules.as_slice()).unwrap_or_default();
        (rules.iter().map(|rule| score::sum(rule, sheet, &mut |_| {})).collect(), floor)
    }

    /// The place of the line of a table of bands that is taken.
    pub fn band(&self, bands: &Bands, setting: Setting<'_>) -> usize {
        let past = cell::Cell::new(false);
        score::band(bands, self.sheet(Instant::MIN, setting.known(&past)))
    }

    fn restarts(&mut self, program: &Program) {
        for (plan, floor) in program.scores.iter().zip(&mut self.floors) {
            let logs = plan.starts_again.iter().filter_map(|event| self.events.get(*event));
            let restarts = logs.filter(|log| !log.absent).filter_map(|log| log.latest(Instant::MIN));
            *floor = restarts.max().unwrap_or(Instant::MIN);
        }
    }

    #[inline(always)]
    fn step(&mut self, op: &Op, setting: Setting<'_>, known: Known<'_>) -> Outcome {
        let outcomes = &self.outcomes;
        let cells = Cells { lead: &self.lead, item: false };
        let of = |step: Step| outcomes.get(step as usize).copied().unwrap_or_default();
        match logic(op, of, &setting.program.parts, cells, known) {
            Some(outcome) => outcome,
            None => self.longer_step(op, setting, known),
        }
    }

    /// A step that is neither logic nor a test of a field.
    #[inline(never)]
    fn longer_step(&mut self, op: &Op, setting: Setting<'_>, known: Known<'_>) -> Outcome {
        let program = setting.program;
        let cells = Cells { lead: &self.lead, item: false };
        let sheet = |floor: Instant| Sheet {
            cells,
            known,
            outcomes: &self.outcomes,
            events: &self.events,
            scores: &self.scores,
            floor,
        };
        match op {
            Op::Event(test) => {
                let floor = test.score.and_then(|score| self.floors.get(score)).copied().unwrap_or(Instant::MIN);
                let history = History { events: &self.events, floor, tz: setting.tz, known };
                events::test(test, history, &mut self.dates)
            }
            Op::Score(score, test) => {
                let points = |score: usize| self.scores.get(score).and_then(|points| score::points(*points));
                let Some(own) = points(*score) else { return Outcome::Unknown };
                let holds = leaf::ordered(test, |value| match value {
                    ScoreValue::Points(other) => Some(own.cmp(other)),
                    ScoreValue::Score(other) => points(*other).map(|other| own.cmp(&other)),
                    ScoreValue::Slot(slot) => match cells.get(*slot) {
                        Cell::Number(other) => Some(own.cmp(&other)),
                        _ => None,
                    },
                });
                holds.map_or(Outcome::Unknown, Outcome::of)
            }
            Op::Grade(grade, asked) => {
                let letter = |place: &u32| {
                    let letters = program.grades.get(*grade).map(|plan| plan.letters.as_slice()).unwrap_or_default();
                    letters.get(*place as usize)
                };
                let own = self.grades.get(*grade).and_then(letter);
                Outcome::of(asked.iter().any(|place| letter(place) == own))
            }
            Op::SumUp(at) => {
                let Some(plan) = program.scores.get(*at) else { return Outcome::Unknown };
                let floor = self.floors.get(*at).copied().unwrap_or(Instant::MIN);
                let warnings = &mut self.warnings;
                let too_large = |slot: usize| {
                    let field = program.slots.get(slot).map(|slot| slot.path.clone());
                    let message = "more than 1,000,000,000 points; it adds none".into();
                    let warning = Warning { code: "H0733", field, message };
                    if !warnings.contains(&warning) {
                        warnings.push(warning);
                    }
                };
                let total = score::total(plan, sheet(floor), too_large);
                if let Some(place) = self.scores.get_mut(*at) {
                    *place = total;
                }
                Outcome::Met
            }
            Op::GradeOf(at) => {
                let Some(plan) = program.grades.get(*at) else { return Outcome::Unknown };
                let grade = score::grade(plan, sheet(Instant::MIN));
                if let Some(place) = self.grades.get_mut(*at) {
                    *place = grade;
                }
                Outcome::Met
            }
            Op::Stage(at) => {
                let Some(plan) = program.stages.get(*at) else { return Outcome::Unknown };
                let clock = Clock { now: setting.moment.now, tz: setting.tz, hours: known.hours };
                let state = stage::state(plan, self.outcome(plan.test), &self.events, clock);
                if let Some(place) = self.stages.get_mut(*at) {
                    *place = state;
                }
                state.outcome
            }
            _ => Outcome::Unknown,
        }
    }
}

/// The outcome of a step that is logic or a test of a field; none for the others. `of` gives the outcomes of the steps
/// before it.
#[inline]
pub fn logic(
    op: &Op,
    of: impl Fn(Step) -> Outcome,
    parts: &[Step],
    cells: Cells<'_>,
    known: Known<'_>,
) -> Option<Outcome> {
    let group = |range: &std::ops::Range<usize>| parts.get(range.clone()).unwrap_or_default().iter().map(|it| of(*it));
    Some(match op {
        Op::Leaf(leaf) => leaf::test(leaf, cells, known),
        Op::All(range) => all(group(range)),
        Op::Any(range) => any(group(range)),
        Op::AtLeast(count, range) => at_least(*count, group(range)),
        Op::Not(step) => of(*step).opposite(),
        Op::IfUnknown(step, outcome) => match of(*step) {
            Outcome::Unknown => *outcome,
            known => known,
        },
        _ => return None,
    })
}

/// The outcome of a step for the item that is being read. Most items are none of the events that a policy asks for, which
/// mostly the first test tells: so nothing is worked out before it is asked for.
pub fn of_item(step: Step, program: &ItemProgram, lead: &Lead, known: Known<'_>) -> Outcome {
    let Some(op) = program.steps.get(step as usize) else { return Outcome::Unknown };
    let cells = Cells { lead, item: true };
    let of = |step: Step| of_item(step, program, lead, known);
    logic(op, of, &program.parts, cells, known).unwrap_or_default()
}

/// Takes the items of logs as they are read: each that an event asks for leaves its instant.
struct Gather<'a> {
    setting: Setting<'a>,
    known: Known<'a>,
    events: &'a mut [Occurrences],
    warnings: &'a mut Vec<(usize, Warning)>,
    diary: Option<&'a mut Diary>,
    reasons: &'a mut Vec<Given>,
}

impl Items for Gather<'_> {
    fn item(&mut self, list: usize, index: u32, lead: &Lead) {
        let Some(program) = self.setting.program.lists.iter().find(|program| program.slot == list) else { return };
        let known = self.known;
        let others = self.warnings.len();
        let outcome = |step: Step| of_item(step, program, lead, known);
        if self.setting.program.items_depend_on_now {
            // Windows may have something to say of the calendar, whether anything depends on them or not.
            (0..).zip(&program.steps).for_each(|(step, _)| _ = outcome(step));
        }
        for event in &program.events {
            let is_event = event.condition.map_or(Outcome::Met, outcome);
            if is_event != Outcome::Met {
                if let Some(diary) = &mut self.diary {
                    let traced = self.setting.program.traced.as_ref();
                    diary.other(event.event, index, traced, &outcome, is_event);
                }
                continue;
            }
            let cell = lead.item_cell(event.dated_by);
            let Some(at) = instant_of(cell, self.setting.tz) else {
                self.diary.iter_mut().for_each(|it| it.undated(event.event, index, WhyLeftOut::NoTime));
                once(self.warnings, others, (list, self.undated(program, event.dated_by, index, cell)));
                continue;
            };
            if at > self.setting.moment.now {
                self.diary.iter_mut().for_each(|it| it.undated(event.event, index, WhyLeftOut::NotYet));
                continue;
            }
            self.diary.iter_mut().for_each(|it| it.happened(event.event, index, at));
            if let Some(log) = self.events.get_mut(event.event) {
                log.add(at);
            }
            if let (Some(reason), Some(account)) = (event.reason_in, &self.setting.program.account) {
                self.reasons.push(account.given(event.event, at, lead.item_cell(reason), lead));
            }
            if let Some(reason) = event.reason_in
                && !has_reason(lead.item_cell(reason), lead, self.setting.program)
            {
                once(self.warnings, others, (list, no_reason(self.name(program, reason, index))));
            }
        }
    }
}

impl Gather<'_> {
    fn name(&self, program: &ItemProgram, field: usize, index: u32) -> String {
        let list = self.setting.program.slots.get(program.slot).map_or("", |slot| slot.path.as_str());
        let field = program.names.get(field).map_or("", String::as_str);
        format!("{list}[{index}].{field}")
    }

    fn undated(&self, program: &ItemProgram, field: usize, index: u32, cell: Cell) -> Warning {
        let field = self.name(program, field, index);
        let why = if cell == Cell::Empty { "empty" } else { "not a time" };
        let message = format!("the time of this item is {why}, so it counts as no occurrence").into();
        Warning { code: "H0731", field: Some(field), message }
    }
}

/// Adds what several events may say of one item or field. The first `others` are not about it, and there may be very
/// many of them.
fn once<T: PartialEq>(warnings: &mut Vec<T>, others: usize, warning: T) {
    if !warnings.iter().skip(others).any(|own| *own == warning) {
        warnings.push(warning);
    }
}

/// Whether a rejection says why: with one of the listed reasons, where the policy lists them.
fn has_reason(cell: Cell, lead: &Lead, program: &Program) -> bool {
    match (cell, &program.reasons) {
        (Cell::Text(text), Some(reasons)) => reasons.contains(lead.bytes(text)),
        (Cell::Text(_), None) => true,
        _ => false,
    }
}

fn no_reason(field: String) -> Warning {
    let message = "this rejection gives no reason, or none of those that the policy lists".into();
    Warning { code: "H0732", field: Some(field), message }
}

/// When something happened that a time or a date says; a date is its first instant.
#[inline]
pub fn instant_of(cell: Cell, tz: Tz) -> Option<Instant> {
    match cell {
        Cell::Time(at) => Some(at),
        Cell::Date(days) => Some(first_instant(days, tz)),
        _ => None,
    }
}

/// The first instant of a day.
pub fn first_instant(days: i32, tz: Tz) -> Instant {
    NaiveDate::from_epoch_days(days).map_or(Instant::MIN, |date| zone::start_of_day(tz, date))
}
