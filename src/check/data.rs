//! What the policy reads: the lead's fields, lists, calendars, rates and events.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;

use super::conditions::{Scope, Target};
use super::files;
use super::names::{Kind, duplicate};
use super::{Checker, feed, values::describe};
use crate::diagnostic::{self, Diagnostic, codes};
use crate::policy::{
    Agreement, Calendar, CalendarId, Cost, Event, EventId, Field, FieldId, FieldRef, Handover, List, Money, Rate, Type,
};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, FieldDecl, Literal, Path, Statement, StatementKind, TypeExpr, Value};
use crate::time::calendar::{CalendarSpec, Interval, has_any_open_time, overlaps};

/// `agreed by Sales "VP Sales" on 2025-12-16`
pub fn agreement(agreement: &ast::Agreement) -> Agreement {
    Agreement { party: agreement.party.node.clone(), person: agreement.person.node.clone(), on: agreement.on.node }
}

impl Checker<'_> {
    /// The fields of all `lead` statements; gives the path that identifies a lead.
    pub(super) fn lead(&mut self, statements: &[(String, Statement)]) -> Vec<String> {
        let mut identified_by: Option<Path> = None;
        let mut seen = false;
        for (_, statement) in statements {
            let StatementKind::Lead(lead) = &statement.kind else { continue };
            seen = true;
            if let Some(path) = &lead.identified_by {
                if let Some(first) = &identified_by {
                    let help = "Delete one of the two lines.";
                    self.report(duplicate("leads are identified twice", path.span, first.span, help));
                }
                identified_by = Some(path.clone());
            }
            for declaration in &lead.fields {
                let field = self.declare(declaration, &lead.empty_when);
                if let Some(first) = self.field_ids.get(&field.path).and_then(|id| self.declared(*id)) {
                    let message = format!("`{}` is declared twice", field.dotted());
                    let first = first.span;
                    self.report(duplicate(&message, field.span, first, "Delete one of the two lines."));
                    continue;
                }
                let id = FieldId(u32::try_from(self.fields.len()).unwrap_or(u32::MAX));
                self.field_ids.insert(field.path.clone(), id);
                self.broken_fields.push(statement.broken && declaration.ty.node == TypeExpr::Broken);
                self.fields.push(field);
            }
        }
        self.has_lead = seen;
        identified_by.map_or_else(|| vec!["id".to_owned()], |path| path.node)
    }

    fn declare(&mut self, declaration: &FieldDecl, empty_when: &[ast::Quoted]) -> Field {
        let ty = match &declaration.ty.node {
            TypeExpr::Text | TypeExpr::Broken => Type::Text,
            TypeExpr::Number => Type::Number,
            TypeExpr::Money(currency) => Type::Money(currency.as_ref().map(|currency| currency.node.clone())),
            TypeExpr::Date => Type::Date,
            TypeExpr::Time => Type::Time,
            TypeExpr::YesNo => Type::YesNo,
            TypeExpr::OneOf(options) => Type::OneOf(options.iter().map(|option| option.node.clone()).collect()),
            TypeExpr::TextList => Type::TextList,
            TypeExpr::Items => Type::Items,
        };
        let target = Target {
            field: FieldRef::Lead(FieldId(u32::MAX)),
            ty: ty.clone(),
            declared: declaration.ty.span,
            words: declaration.path.node.join("."),
        };
        let when_empty = match &declaration.when_empty {
            Some(value) if declaration.ty.node != TypeExpr::Broken => self.literal(value, &target),
            _ => None,
        };
        let mut items: Vec<Field> = Vec::new();
        for item in &declaration.items {
            let field = self.declare(item, empty_when);
            if let Some(first) = items.iter().find(|known| known.path == field.path) {
                let message = format!("`{}` is declared twice in `{}`", field.dotted(), target.words);
                self.report(duplicate(&message, field.span, first.span, "Delete one of the two lines."));
                continue;
            }
            items.push(field);
        }
        let texts = declaration.empty_when.iter().chain(empty_when).map(|text| text.node.clone());
        Field {
            span: declaration.path.span,
            path: declaration.path.node.clone(),
            ty,
            empty_when: texts.collect(),
            when_empty,
            private: declaration.private,
            called: super::text_of(&declaration.called),
            items,
        }
    }

    pub(super) fn lists(&mut self, statements: &[(String, Statement)]) -> Vec<List> {
        let mut lists = Vec::new();
        for (path, statement) in statements {
            let StatementKind::List(list) = &statement.kind else { continue };
            let mut entries: Vec<String> = list.entries.iter().map(|entry| entry.node.clone()).collect();
            if let Some(from) = &list.from {
                let read = self.files.named(path, from).and_then(|(_, bytes)| files::list(from, &bytes));
                match read {
                    Ok(read) => entries.extend(read),
                    Err(diagnostic) => self.report(diagnostic),
                }
            }
            lists.push(List { span: list.name.span, name: list.name.node.clone(), entries });
        }
        lists
    }

    pub(super) fn calendars(&mut self, statements: &[(String, Statement)]) -> Vec<Calendar> {
        let mut calendars = Vec::new();
        let years = years(statements);
        for (path, statement) in statements {
            let StatementKind::Calendar(calendar) = &statement.kind else { continue };
            let zone = calendar.zone.as_ref().map_or(Tz::UTC, |name| self.time_zone(name));
            let mut spec = CalendarSpec::new(zone);
            spec.always_open = calendar.always_open.is_some();
            self.weekly_hours(calendar, &mut spec);
            self.special_days(calendar, &mut spec);
            for name in &calendar.holidays {
                let read = self.files.named(path, name).and_then(|(_, bytes)| files::holidays(name, &bytes, &years));
                match read {
                    Ok(days) => spec.holidays.extend(days),
                    Err(diagnostic) => self.report(diagnostic),
                }
            }
            if !statement.broken && !has_any_open_time(&spec) {
                self.report(
                    Diagnostic::new(
                        &codes::BAD_HOURS,
                        calendar.name.span,
                        format!("the calendar `{}` is never open", calendar.name.node),
                    )
                    .help("Give it hours: `open Monday to Friday, 09:00 to 18:00`, or write `always open`."),
                );
            }
            calendars.push(Calendar { span: calendar.name.span, name: calendar.name.node.clone(), spec });
        }
        calendars
    }

    fn time_zone(&mut self, name: &ast::Quoted) -> Tz {
        if let Ok(zone) = name.node.parse() {
            return zone;
        }
        let mut known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let mut diagnostic =
            Diagnostic::new(&codes::UNKNOWN_NAME, name.span, format!("there is no time zone called `{}`", name.node));
        let known: &mut dyn Iterator<Item = &str> = if self.suggests() { &mut known } else { &mut std::iter::empty() };
        // `GMT+2` is near to `GMT+0`, and means something else.
        let near = diagnostic::did_you_mean(&name.node, known).filter(|near| near.contains('/'));
        diagnostic = match near {
            Some(near) => diagnostic.help(format!("Did you mean \"{near}\"?")).fix(format!("\"{near}\"")),
            None => diagnostic.help("Write the zone as continent and city: \"Europe/Sofia\"."),
        };
        self.report(diagnostic);
        Tz::UTC
    }

    fn weekly_hours(&mut self, calendar: &ast::Calendar, spec: &mut CalendarSpec) {
        let mut written: [Vec<Spanned<ast::Hours>>; 7] = Default::default();
        for line in &calendar.weekly {
            for day in line.node.days.iter().flat_map(|(from, to)| days_of(*from, *to)) {
                if let Some(hours) = written.get_mut(day.num_days_from_monday() as usize) {
                    hours.extend(line.node.hours.iter().cloned());
                }
            }
        }
        let mut reported: Vec<Span> = Vec::new();
        for (day, hours) in written.iter().enumerate() {
            self.overlapping(hours, &mut reported);
            if let Some(week) = spec.weekly.get_mut(day) {
                *week = hours.iter().map(interval).collect();
            }
        }
    }

    fn special_days(&mut self, calendar: &ast::Calendar, spec: &mut CalendarSpec) {
        let mut seen: BTreeMap<NaiveDate, Span> = BTreeMap::new();
        for line in &calendar.open_on {
            if let Some(first) = seen.insert(line.node.date, line.span) {
                let message = format!("the hours of {} are given twice", line.node.date);
                self.report(duplicate(&message, line.span, first, "Write all hours of a date on one line."));
            }
            self.overlapping(&line.node.hours, &mut Vec::new());
            spec.open_on.insert(line.node.date, line.node.hours.iter().map(interval).collect());
        }
        let mut seen: BTreeMap<NaiveDate, Span> = BTreeMap::new();
        for line in &calendar.closed_on {
            if let Some(first) = seen.insert(line.node.date, line.span) {
                let message = format!("{} is closed twice", line.node.date);
                self.report(duplicate(&message, line.span, first, "Delete one of the two lines."));
            }
            let name = line.node.name.as_ref().map(|name| name.node.clone()).unwrap_or_default();
            spec.closed_on.insert(line.node.date, name);
        }
    }

    /// Reports those of these intervals that share time, each once: the hours of several days may stand on one line.
    fn overlapping(&mut self, hours: &[Spanned<ast::Hours>], reported: &mut Vec<Span>) {
        let plain: Vec<Interval> = hours.iter().map(interval).collect();
        for (first, second) in overlaps(&plain) {
            let (Some(first), Some(second)) = (hours.get(first), hours.get(second)) else { continue };
            if reported.contains(&second.span) {
                continue;
            }
            reported.push(second.span);
            self.report(
                Diagnostic::new(&codes::BAD_HOURS, second.span, "these hours overlap with others of the same day")
                    .also(first.span, "the others")
                    .help("End the one before the other begins, or write both as one."),
            );
        }
    }

    /// The calendar of the policy and its zone.
    pub(super) fn default_calendar(&mut self, statements: &[(String, Statement)], calendars: &[Calendar]) {
        for (_, statement) in statements {
            let StatementKind::Policy(policy) = &statement.kind else { continue };
            // A line of `policy` that could not be read may have named one.
            self.has_calendar |= policy.calendar.is_some() || statement.broken;
            if let (Some(from), Some(until)) = (&policy.effective_from, &policy.effective_until)
                && from.node > until.node
            {
                self.report(
                    Diagnostic::new(&codes::EMPTY_RANGE, until.span, "the policy ends before it begins")
                        .also(from.span, "it begins here")
                        .help("The last day of effect must not be before the first."),
                );
            }
            let Some(name) = &policy.calendar else { continue };
            let Some(id) = self.find(Kind::Calendar, name) else { continue };
            self.calendar = Some(CalendarId(id));
            self.zone = calendars.get(id as usize).map_or(Tz::UTC, |calendar| calendar.spec.zone);
        }
    }

    pub(super) fn rates(&mut self, statements: &[(String, Statement)]) -> BTreeMap<NaiveDate, Vec<Rate>> {
        let mut tables: BTreeMap<NaiveDate, Vec<Rate>> = BTreeMap::new();
        let mut dates: BTreeMap<NaiveDate, Span> = BTreeMap::new();
        for (path, statement) in statements {
            let StatementKind::Rates(rates) = &statement.kind else { continue };
            let read = match rates {
                ast::Rates::On(date, lines) => {
                    let lines = lines.iter().filter_map(|line| Some((self.rate(line)?, line.span))).collect();
                    vec![(date.node, date.span, lines)]
                }
                ast::Rates::From(name) => {
                    let read = self.files.named(path, name).and_then(|(_, bytes)| files::rates(name, &bytes));
                    match read {
                        Ok(tables) => tables
                            .into_iter()
                            .map(|(date, lines)| {
                                let lines = lines.into_iter().map(|line| (file_rate(line), name.span));
                                (date, name.span, lines.collect())
                            })
                            .collect(),
                        Err(diagnostic) => {
                            self.report(diagnostic);
                            Vec::new()
                        }
                    }
                }
            };
            for (date, span, lines) in read {
                let lines: Vec<(Rate, Span)> = lines;
                if let Some(first) = dates.insert(date, span) {
                    let message = format!("there are two tables of rates on {date}");
                    self.report(duplicate(&message, span, first, "Write all rates of a date into one table."));
                }
                self.repeated_rates(&lines);
                tables.insert(date, lines.into_iter().map(|(rate, _)| rate).collect());
            }
        }
        tables
    }

    fn rate(&mut self, line: &Spanned<ast::Rate>) -> Option<Rate> {
        let money = |(currency, amount): &(String, crate::decimal::Decimal)| Money {
            currency: currency.clone(),
            amount: *amount,
        };
        let rate = Rate { from: money(&line.node.from), to: money(&line.node.to) };
        let positive = |money: &Money| !money.amount.is_negative() && !money.amount.is_zero();
        if positive(&rate.from) && positive(&rate.to) && rate.from.currency != rate.to.currency {
            return Some(rate);
        }
        let message = if rate.from.currency == rate.to.currency {
            "a rate is between two different currencies"
        } else {
            "both amounts of a rate are above zero"
        };
        self.report(
            Diagnostic::new(&codes::OUT_OF_BOUNDS, line.span, message).help("Write it like this: `USD 1 is EUR 0.92`."),
        );
        None
    }

    fn repeated_rates(&mut self, lines: &[(Rate, Span)]) {
        let mut seen: HashMap<(&str, &str), Span> = HashMap::new();
        for (rate, span) in lines {
            if let Some(first) = seen.insert((&rate.from.currency, &rate.to.currency), *span) {
                let message = format!("the rate from {} to {} is given twice", rate.from.currency, rate.to.currency);
                self.report(match first == *span {
                    // Both stand in a file.
                    true => Diagnostic::new(&codes::DUPLICATE, first, message).help("Delete one of the two."),
                    false => duplicate(&message, *span, first, "Delete one of the two."),
                });
            }
        }
    }

    pub(super) fn events(&mut self, statements: &[(String, Statement)]) -> Vec<Event> {
        let mut events = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Event(event) = &statement.kind else { continue };
            events.push(self.event(event));
        }
        events
    }

    fn event(&mut self, event: &ast::Event) -> Event {
        let from = event.from.as_ref().and_then(|path| self.log(path));
        let lost = event.from.is_some() && from.is_none();
        let scope = from.map_or(Scope::Lead, Scope::Item);
        let condition = match (&event.condition, from) {
            (Some(condition), Some(_)) => Some(self.condition(condition, scope)),
            _ => None,
        };
        let placed = |checker: &mut Self, path: &Option<Path>, wants: &[Type], noun: &str| {
            let path = path.as_ref().filter(|_| !lost)?;
            let target = checker.target(path, scope)?;
            if wants.contains(&target.ty) || (wants.contains(&Type::Text) && matches!(target.ty, Type::OneOf(_))) {
                return Some(target.field);
            }
            let message = format!("`{}` is {}, and {noun}", target.words, describe(&target.ty));
            checker.report(
                Diagnostic::new(&codes::WRONG_TYPE, path.span, message)
                    .also(target.declared, format!("declared as {}", describe(&target.ty)))
                    .help("Name another field, or declare this one with that type under `lead`."),
            );
            None
        };
        let dated_by =
            placed(self, &event.dated_by, &[Type::Date, Type::Time], "an event is dated by a date or a time");
        let reason_in = placed(self, &event.reason_in, &[Type::Text], "a reason is a text");
        Event {
            span: event.name.span,
            name: event.name.node.clone(),
            from,
            condition,
            dated_by: dated_by.unwrap_or(FieldRef::Item(u32::MAX)),
            reason_in,
        }
    }

    /// The list field that an event reads.
    fn log(&mut self, path: &Path) -> Option<FieldId> {
        let target = self.target(path, Scope::Lead)?;
        if target.ty != Type::Items {
            let message = format!("`{}` is {}, and an event reads a list of items", target.words, describe(&target.ty));
            self.report(
                Diagnostic::new(&codes::WRONG_TYPE, path.span, message)
                    .also(target.declared, format!("declared as {}", describe(&target.ty)))
                    .help("Declare it as `is a list of:` with a bullet for each field of an item; an event that is dated by a field of the lead needs no `from`."),
            );
            return None;
        }
        match target.field {
            FieldRef::Lead(id) => Some(id),
            FieldRef::Item(_) => None,
        }
    }

    pub(super) fn handover(&mut self, statements: &[(String, Statement)]) -> Option<Handover> {
        let mut first: Option<Span> = None;
        let mut handover = None;
        for (_, statement) in statements {
            let StatementKind::Handover(written) = &statement.kind else { continue };
            if let Some(first) = first {
                let help = "Move its lines into the first.";
                self.report(duplicate("a policy has one `handover` statement", statement.span, first, help));
                continue;
            }
            first = Some(statement.span);
            let owner = written.owner.as_ref().and_then(|path| self.field(path));
            let cost = written.cost.as_ref().and_then(|cost| self.cost(cost));
            let (from, to) = written
                .parties
                .as_ref()
                .map_or_else(Default::default, |(from, to)| (from.node.clone(), to.node.clone()));
            handover = Some(Handover {
                from,
                to,
                handed_over: self.find_all(Kind::Event, &written.handed_over, EventId),
                accepted: self.find_all(Kind::Event, &written.accepted, EventId),
                rejected: self.find_all(Kind::Event, &written.rejected, EventId),
                contacted: self.find_all(Kind::Event, &written.contacted, EventId),
                converted: self.find_all(Kind::Event, &written.converted, EventId),
                reasons: written.reasons.iter().map(|reason| reason.node.clone()).collect(),
                cost,
                owner,
            });
        }
        handover
    }

    fn cost(&mut self, cost: &Spanned<Value>) -> Option<Cost> {
        match &cost.node {
            Value::Literal(Literal::Money(currency, amount)) => {
                Some(Cost::Fixed(Money { currency: currency.clone(), amount: *amount }))
            }
            Value::Field(path) => {
                let target = self.target(path, Scope::Lead)?;
                match (target.field, &target.ty) {
                    (FieldRef::Lead(id), Type::Money(_)) => Some(Cost::Field(id)),
                    _ => {
                        let message = format!("a cost is money, and `{}` is {}", target.words, describe(&target.ty));
                        self.report(
                            Diagnostic::new(&codes::WRONG_TYPE, path.span, message)
                                .also(target.declared, format!("declared as {}", describe(&target.ty)))
                                .help("Declare the field as `is money in EUR`."),
                        );
                        None
                    }
                }
            }
            _ => {
                self.report(
                    Diagnostic::new(&codes::WRONG_UNIT, cost.span, "a cost is money")
                        .help("Write a currency and an amount, `EUR 80`, or a field that is money."),
                );
                None
            }
        }
    }
}

/// The dates for which feeds of holidays are read.
fn years(statements: &[(String, Statement)]) -> RangeInclusive<NaiveDate> {
    let mut effect = (None, None);
    for (_, statement) in statements {
        if let StatementKind::Policy(policy) = &statement.kind {
            let date = |written: &Option<Spanned<NaiveDate>>| written.as_ref().map(|date| date.node);
            effect = (date(&policy.effective_from), date(&policy.effective_until));
        }
    }
    feed::years(effect.0, effect.1)
}

fn interval(hours: &Spanned<ast::Hours>) -> Interval {
    Interval { from: hours.node.open, to: hours.node.close }
}

/// The days from one weekday to another, round the week.
fn days_of(from: Weekday, to: Weekday) -> Vec<Weekday> {
    let mut days = vec![from];
    let mut day = from;
    while day != to {
        day = day.succ();
        days.push(day);
    }
    days
}

fn file_rate((_, from, to, rate): files::FileRate) -> Rate {
    Rate {
        from: Money { currency: from, amount: crate::decimal::Decimal::from(1) },
        to: Money { currency: to, amount: rate },
    }
}
