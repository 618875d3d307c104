//! The dates of a repetition, `FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO`.
//!
//! The crate that works them out follows a rule for as long as it takes. `COUNT` and `UNTIL` are kept from it, so that
//! what it did can be told from what it found: every step of the rule is paid for, and a rule that leads nowhere ends.

use chrono::{NaiveDate, NaiveTime};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

/// No rule that somebody means is longer.
const LONGEST_RULE: usize = 256;

/// What a rule costs that was followed to the end of all years. The crate gives up then, or after 100,000 steps.
const FOLLOWED_TO_THE_END: u64 = 20_000;

/// The dates and steps that a feed may still take.
pub struct Budget(u64);

impl Budget {
    /// So much in all.
    pub fn new(dates: u64) -> Self {
        Budget(dates)
    }

    /// Takes so much, if it is there.
    pub fn spend(&mut self, dates: u64) -> Result<(), Stop> {
        self.0 = self.0.checked_sub(dates).ok_or(Stop::TooMany)?;
        Ok(())
    }
}

/// Why a repetition has no dates.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// The budget is spent.
    TooMany,
    /// What is wrong with the rule.
    Wrong(String),
}

/// A rule without what bounds it.
struct Rule {
    /// What the crate reads.
    text: String,
    /// The days from one step to the next, at least.
    stride: u64,
    count: Option<usize>,
    until: Option<NaiveDate>,
}

/// The dates of the rule from `start` on, up to `last`.
///
/// `at_midnight`: `start` was written as a time, so an `UNTIL` in UTC is that of a midnight too.
pub fn dates(
    start: NaiveDate,
    at_midnight: bool,
    rule: &str,
    last: NaiveDate,
    budget: &mut Budget,
) -> Result<Vec<NaiveDate>, Stop> {
    let rule = read(rule, at_midnight)?;
    let last = rule.until.map_or(last, |until| until.min(last));
    let count = rule.count.unwrap_or(usize::MAX);
    let mut dates = Vec::new();
    if start > last {
        return Ok(dates);
    }
    let begin = start.and_time(NaiveTime::MIN).and_utc().with_timezone(&Tz::UTC);
    let parsed = rule.text.parse::<RRule<Unvalidated>>().and_then(|parsed| parsed.validate(begin));
    let parsed = parsed.map_err(|_| Stop::Wrong(format!("`{}` is no repetition", rule.text)))?;
    let mut found = (&RRuleSet::new(begin).rrule(parsed).limit()).into_iter();
    let mut before = start;
    while dates.len() < count {
        let Some(date) = found.next().map(|found| found.naive_utc().date()) else {
            if before == start && dates.is_empty() {
                return Err(Stop::Wrong(format!("the repetition `{}` never falls on a day", rule.text)));
            }
            budget.spend(FOLLOWED_TO_THE_END)?;
            break;
        };
        let days = u64::try_from((date - before).num_days()).unwrap_or(0);
        budget.spend((days / rule.stride).max(1))?;
        if date > last {
            break;
        }
        dates.push(date);
        before = date;
    }
    Ok(dates)
}

fn read(rule: &str, at_midnight: bool) -> Result<Rule, Stop> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '=' | ';' | ',' | '+' | '-');
    let wrong = || Stop::Wrong(format!("`{}` is no repetition", rule.chars().take(80).collect::<String>()));
    if rule.len() > LONGEST_RULE || !rule.chars().all(plain) {
        return Err(wrong());
    }
    let (mut kept, mut frequency, mut interval) = (Vec::new(), "", 1u32);
    let (mut count, mut until) = (None, None);
    let rule = rule.to_ascii_uppercase();
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').ok_or_else(wrong)?;
        match key {
            "COUNT" => {
                let number = value.parse().ok().filter(|number| *number > 0 && count.is_none());
                count = Some(number.ok_or_else(wrong)?);
                continue;
            }
            "UNTIL" => {
                let date = super::moment(value).filter(|_| until.is_none()).ok_or_else(wrong)?;
                until = Some(if at_midnight { date.nearest_midnight() } else { date.date });
                continue;
            }
            // Of a date, these have nothing to say.
            "BYHOUR" | "BYMINUTE" | "BYSECOND" => continue,
            "FREQ" => frequency = value,
            "INTERVAL" => interval = value.parse().map_err(|_| wrong())?,
            _ => {}
        }
        kept.push(part);
    }
    let days = match frequency {
        "DAILY" => 1,
        "WEEKLY" => 7,
        "MONTHLY" => 28,
        "YEARLY" => 365,
        "HOURLY" | "MINUTELY" | "SECONDLY" => {
            return Err(Stop::Wrong(format!("a holiday does not repeat with `FREQ={frequency}`")));
        }
        _ => return Err(wrong()),
    };
    if interval == 0 {
        return Err(Stop::Wrong("a repetition with `INTERVAL=0` stays where it is".to_owned()));
    }
    Ok(Rule { text: kept.join(";"), stride: days * u64::from(interval), count, until })
}
