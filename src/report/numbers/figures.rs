//! The figures of a report, as its JSON has them.

use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

use super::spread::Summary;
use super::tally::Counts;
use crate::decimal::shortest;

/// So many of so many, in percent; nothing of nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub part: u64,
    pub whole: u64,
}

impl Share {
    pub fn of(part: u64, whole: u64) -> Share {
        Share { part, whole }
    }

    /// In hundredths of a percent, rounded half up.
    pub fn hundredths(self) -> Option<u64> {
        self.times(10_000)
    }

    /// In tenths of a percent, rounded half up from the counts themselves.
    pub fn tenths(self) -> Option<u64> {
        self.times(1_000)
    }

    fn times(self, unit: u128) -> Option<u64> {
        let (part, whole) = (u128::from(self.part), u128::from(self.whole));
        u64::try_from((part * unit * 2 + whole).checked_div(whole * 2)?).ok()
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.hundredths() {
            None => serializer.serialize_none(),
            Some(hundredths) => number(&hundredths_of(hundredths.into()), serializer),
        }
    }
}

/// How many a whole has for each part: 3.4 handovers for each conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    pub whole: u64,
    pub part: u64,
}

impl Ratio {
    /// In hundredths, rounded half up.
    pub fn hundredths(self) -> Option<u64> {
        let turned = Share { part: self.whole, whole: self.part };
        turned.times(100)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.hundredths() {
            None => serializer.serialize_none(),
            Some(hundredths) => number(&hundredths_of(hundredths.into()), serializer),
        }
    }
}

/// A length of time, in JSON in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length(pub Option<i64>);

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None => serializer.serialize_none(),
            Some(micros) => number(&seconds(micros), serializer),
        }
    }
}

/// `1563.32`
pub fn seconds(micros: i64) -> String {
    shortest(micros.into(), 6)
}

/// `12.5` of 1250
pub fn hundredths_of(hundredths: i128) -> String {
    shortest(hundredths, 2)
}

/// A number in JSON, digit by digit: no binary fraction comes near it.
fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(text.to_owned()).map_err(S::Error::custom)?.serialize(serializer)
}

/// Where most of some lengths of time lie.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Lengths {
    pub count: u64,
    pub median_seconds: Length,
    pub p75_seconds: Length,
    pub p90_seconds: Length,
    pub mean_seconds: Length,
    /// False where percentiles are right to a thousandth only.
    pub exact: bool,
}

impl From<Summary> for Lengths {
    fn from(it: Summary) -> Lengths {
        Lengths {
            count: it.count,
            median_seconds: Length(it.median),
            p75_seconds: Length(it.p75),
            p90_seconds: Length(it.p90),
            mean_seconds: Length(it.mean),
            exact: it.exact,
        }
    }
}

/// The whole report.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    pub(super) schema: u32,
    pub(super) policy: About,
    pub(super) as_of: String,
    pub(super) zone: String,
    pub(super) period: &'static str,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) by: Option<String>,
    pub(super) mature_after_days: u32,
    pub(super) leads: u64,
    pub(super) unread: u64,
    /// What readers should know of these figures.
    pub(super) notes: Vec<String>,
    pub(super) targets: Vec<Target>,
    pub(super) all: Figures,
    pub(super) groups: Vec<Group>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct About {
    pub name: String,
    pub version: u32,
    pub digest: String,
}

/// The leads of which a field says the same.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Group {
    /// What it says; null where it is empty.
    pub value: Option<String>,
    /// Whether these are all groups that have no row of their own.
    pub others: bool,
    #[serde(flatten)]
    pub figures: Figures,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Figures {
    pub leads: u64,
    pub handovers: Option<Handovers>,
    pub efficiency: Option<Efficiency>,
    pub velocity: Vec<Velocity>,
    pub slas: Vec<Sla>,
    pub speed: Option<Speed>,
    pub waste: Waste,
    pub readiness: Vec<Readiness>,
    pub funnel: Funnel,
}

/// A period by its name and its days.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Days {
    pub period: String,
    pub from: String,
    pub to: String,
    /// Whether it has ended.
    pub ended: bool,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct InPeriod<T> {
    #[serde(flatten)]
    pub days: Days,
    #[serde(flatten)]
    pub figures: T,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Handovers {
    pub total: HandedOver,
    pub periods: Vec<InPeriod<HandedOver>>,
    /// Null where the policy does not say when a lead is rejected.
    pub reasons: Option<Vec<Rejections>>,
}

#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct HandedOver {
    pub handed_over: u64,
    pub again: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub open: u64,
    pub acceptance_percent: Share,
}

impl From<&Counts> for HandedOver {
    fn from(it: &Counts) -> Self {
        HandedOver {
            handed_over: it.handed_over,
            again: it.again,
            accepted: it.accepted,
            rejected: it.rejected,
            open: it.open,
            acceptance_percent: Share::of(it.accepted, it.accepted + it.rejected),
        }
    }
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Rejections {
    /// Null where none was given.
    pub reason: Option<String>,
    /// Whether the policy lists it, or lists none.
    pub listed: bool,
    pub rejected: u64,
    pub share_percent: Share,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Efficiency {
    pub total: Converted,
    pub periods: Vec<InPeriod<Converted>>,
}

#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Converted {
    pub handed_over: u64,
    pub converted: u64,
    pub rate_percent: Share,
    /// Whether all had their time to convert.
    pub mature: bool,
    pub conversions_in_period: u64,
    pub period_ratio_percent: Share,
    pub handed_over_per_conversion: Ratio,
}

impl Converted {
    pub fn of(it: &Counts, mature: bool) -> Converted {
        Converted {
            handed_over: it.handed_over,
            converted: it.converted,
            rate_percent: Share::of(it.converted, it.handed_over),
            mature,
            conversions_in_period: it.conversions,
            period_ratio_percent: Share::of(it.conversions, it.handed_over),
            handed_over_per_conversion: Ratio { whole: it.handed_over, part: it.converted },
        }
    }
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Velocity {
    pub stage: String,
    pub ended: Lengths,
    /// In business time; null without a calendar.
    pub ended_business: Option<Lengths>,
    /// The ages of those that are open.
    pub open: Lengths,
    /// How many that have ended lasted how long.
    pub distribution: Vec<Bucket>,
    /// The SLAs whose clocks start as the stage is entered.
    pub slas: Vec<String>,
    pub within_sla_percent: Share,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Sla {
    pub sla: String,
    pub party: Option<String>,
    pub total: Clocks,
    pub overrun: Lengths,
    /// How much of the time allowed was used, by clocks that are met or breached.
    pub used: Vec<Used>,
    pub periods: Vec<InPeriod<Clocks>>,
}

/// Lengths of time up to an end, and beyond the one before.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Bucket {
    /// Null for what is longer.
    pub up_to_seconds: Length,
    pub count: u64,
}

#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Used {
    /// Null for what is more.
    pub up_to_percent: Option<u64>,
    pub clocks: u64,
}

#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Clocks {
    pub started: u64,
    pub met: u64,
    pub breached: u64,
    pub at_risk: u64,
    pub running: u64,
    pub paused: u64,
    pub cancelled: u64,
    pub handed_on: u64,
    pub attainment_percent: Share,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Speed {
    pub total: Contacts,
    pub length: Lengths,
    pub periods: Vec<InPeriod<Contacts>>,
}

#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Contacts {
    pub handed_over: u64,
    pub within_5_minutes: u64,
    pub within_1_hour: u64,
    pub within_4_hours: u64,
    pub within_1_day: u64,
    pub later: u64,
    pub never: u64,
    pub waiting: u64,
    pub within_the_hour_percent: Share,
    /// Accepted, and of these never contacted since they were handed over.
    pub accepted: u64,
    pub accepted_and_never_contacted: u64,
}

impl From<&Counts> for Contacts {
    fn from(it: &Counts) -> Self {
        let [minutes, hour, hours, day, later] = it.contacted;
        Contacts {
            handed_over: it.handed_over,
            within_5_minutes: minutes,
            within_1_hour: hour,
            within_4_hours: hours,
            within_1_day: day,
            later,
            never: it.never,
            waiting: it.waiting,
            within_the_hour_percent: Share::of(minutes + hour, it.handed_over - it.waiting),
            accepted: it.accepted,
            accepted_and_never_contacted: it.uncalled,
        }
    }
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Waste {
    /// Leads that the policy counts as wasted, each once.
    pub leads: u64,
    /// Null where the policy does not say what a lead costs.
    pub cost: Option<Vec<Amount>>,
    pub without_cost: u64,
    pub slas: Vec<Wasted>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Wasted {
    pub sla: String,
    /// Whether the policy counts its missed leads as wasted.
    pub counts_as_wasted: bool,
    pub leads: u64,
    pub late: u64,
    pub never: u64,
    pub cost: Option<Vec<Amount>>,
    pub actions: Vec<Due>,
}

/// An amount of money, in hundredths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    pub hundredths: i128,
    pub currency: String,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Shown<'a> {
            amount: Box<RawValue>,
            currency: &'a str,
        }
        let amount = RawValue::from_string(hundredths_of(self.hundredths)).map_err(S::Error::custom)?;
        Shown { amount, currency: &self.currency }.serialize(serializer)
    }
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Due {
    pub action: String,
    pub due: u64,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Readiness {
    /// The checklist, for its items.
    pub checklist: Option<String>,
    /// The criterion or the item.
    pub name: String,
    pub met: u64,
    pub not_met: u64,
    pub unknown: u64,
    pub unknown_percent: Share,
    /// The field that is missing most often where this is unknown.
    pub field: Option<String>,
    pub field_missing: u64,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Funnel {
    /// In the order of the ladder.
    pub stages: Vec<AtStage>,
    pub no_stage: u64,
    pub disqualified: u64,
    pub disqualifiers: Vec<Disqualified>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct AtStage {
    pub stage: String,
    pub leads: u64,
    /// In this stage or a later one.
    pub at_least: u64,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Disqualified {
    pub disqualifier: String,
    pub leads: u64,
}

/// What was aimed at, period by period.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Target {
    /// `400 "MQL" per month`
    pub target: String,
    pub stage: Option<String>,
    pub sla: Option<String>,
    /// Why there is nothing to compare.
    pub unknown: Option<String>,
    pub periods: Vec<InPeriod<Attained>>,
}

/// Leads against leads, or percent against percent.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Attained {
    pub actual: Reached,
    pub target: Reached,
    pub attainment_percent: Share,
    pub working_days: Option<u64>,
    pub working_days_gone: Option<u64>,
    pub expected: Reached,
    pub pace_percent: Share,
    pub forecast: Reached,
}

/// A number in hundredths: leads, or percent; none where there is nothing to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached(pub Option<u64>);

impl Serialize for Reached {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None => serializer.serialize_none(),
            Some(hundredths) => number(&hundredths_of(hundredths.into()), serializer),
        }
    }
}
