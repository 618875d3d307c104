//! What a policy reads of a lead: known before the first lead comes.

use crate::intake::{Currency, FieldShape, Kind, Preset, Shape};
use crate::policy::{
    BandSubject, Condition, ConditionKind, Cost, Event, EventId, EventWindow, Field, FieldId, FieldRef, GradeKind,
    Literal, Operand, Ordered, Policy, ScoreOperand, ScoreRuleKind, Table, TextSubject, TextTest, Type,
};

use super::program::{Slot, SlotName};

/// The fields and events that anything in a policy reads, and their slots.
#[derive(Debug)]
pub struct Reads {
    /// Whether each event is asked about.
    pub events: Vec<bool>,
    /// The fields of the slots, in the order of declaration.
    fields: Vec<FieldId>,
    /// The slot of each declared field.
    slots: Vec<Option<Slot>>,
    /// Whether the text of each declared field is searched for a pattern.
    raw: Vec<bool>,
    /// The lists whose items are read.
    pub lists: Vec<ListReads>,
}

/// What is read of the items of a list.
#[derive(Debug)]
pub struct ListReads {
    pub field: FieldId,
    pub slot: Slot,
    /// The item's fields that are read, by their places among the declared ones.
    pub items: Vec<u32>,
    /// Those that are searched for a pattern.
    raw: Vec<u32>,
    /// The field of the item by which all events know what is none of theirs, and the texts of those that are.
    only: Option<(u32, Vec<String>)>,
}

/// What is asked of a lead besides its decision.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// A trace shows texts as they were written, so it keeps them all.
    pub all_raw: bool,
    /// Whether anything is told of items that are no event.
    pub all_items: bool,
    /// Whether reports are made, and by which field leads are grouped.
    pub reports: Option<Option<&'a str>>,
}

impl Reads {
    /// Goes through the whole policy.
    pub fn of(policy: &Policy, asked: Asked<'_>) -> Reads {
        let Asked { all_raw, all_items, reports } = asked;
        let mut finder = Finder {
            policy,
            events: vec![false; policy.events.len()],
            fields: vec![false; policy.fields.len()],
            raw: vec![all_raw; policy.fields.len()],
        };
        finder.policy();
        if let Some(by) = reports {
            finder.reports(by);
        }
        // What identifies a lead is read whatever asks for it, and so as its declaration says.
        if let Some(id) = policy.fields.iter().position(|field| field.path == policy.identified_by) {
            set(&mut finder.fields, id);
        }
        let Finder { events, mut fields, raw, .. } = finder;
        let mut lists: Vec<ListReads> = Vec::new();
        for (event, _) in policy.events.iter().zip(&events).filter(|(_, used)| **used) {
            let Some(field) = event.from else { continue };
            set(&mut fields, field.index());
            let at = lists.iter().position(|list| list.field == field).unwrap_or_else(|| {
                lists.push(ListReads { field, slot: 0, items: Vec::new(), raw: Vec::new(), only: None });
                lists.len() - 1
            });
            let Some(list) = lists.get_mut(at) else { continue };
            let mut add = |field: FieldRef, raw: bool| {
                if let FieldRef::Item(item) = field {
                    list.items.push(item);
                    if raw || all_raw {
                        list.raw.push(item);
                    }
                }
            };
            add(event.dated_by, false);
            event.reason_in.iter().for_each(|field| add(*field, reports.is_some()));
            event.condition.iter().for_each(|condition| fields_of(condition, &mut add));
        }
        let mut slots = vec![None; policy.fields.len()];
        let mut read = Vec::new();
        for (at, _) in fields.iter().enumerate().filter(|(_, used)| **used) {
            if let Some(slot) = slots.get_mut(at) {
                *slot = Some(read.len());
            }
            read.push(FieldId(u32::try_from(at).unwrap_or(u32::MAX)));
        }
        for list in &mut lists {
            list.items.sort_unstable();
            list.items.dedup();
            list.slot = slots.get(list.field.index()).copied().flatten().unwrap_or(Slot::MAX);
            if !all_items {
                let own =
                    policy.events.iter().zip(&events).filter(|(event, used)| **used && event.from == Some(list.field));
                list.only = only(policy, own.map(|(event, _)| event));
            }
        }
        Reads { events, fields: read, slots, raw, lists }
    }

    /// The slot of a field: of the lead, or of an item of the list at that place.
    pub fn slot(&self, field: FieldRef, list: Option<usize>) -> Slot {
        let slot = match field {
            FieldRef::Lead(id) => self.slots.get(id.index()).copied().flatten(),
            FieldRef::Item(item) => {
                let list = list.and_then(|list| self.lists.get(list));
                list.and_then(|list| list.items.binary_search(&item).ok())
            }
        };
        slot.unwrap_or(Slot::MAX)
    }

    /// The path of an item's field.
    pub fn item_name(&self, policy: &Policy, list: FieldId, item: u32) -> String {
        let list = policy.fields.get(list.index());
        list.and_then(|list| list.items.get(item as usize)).map(Field::dotted).unwrap_or_default()
    }

    /// The names of the slots.
    pub fn names(&self, policy: &Policy) -> Vec<SlotName> {
        let fields = self.fields.iter().filter_map(|id| policy.fields.get(id.index()));
        fields.map(|field| SlotName { path: field.dotted(), name: field.display_name() }).collect()
    }

    /// What the intake has to read.
    pub fn shape(&self, policy: &Policy) -> Shape {
        let mut shapes = Vec::new();
        for id in &self.fields {
            let Some(field) = policy.fields.get(id.index()) else { continue };
            let raw = self.raw.get(id.index()).copied().unwrap_or(false);
            let list = self.lists.iter().find(|list| list.field == *id);
            let items = list.map(|list| {
                let fields = list.items.iter().filter_map(|item| Some((*item, field.items.get(*item as usize)?)));
                let only = |item: u32| list.only.as_ref().filter(|(by, _)| *by == item).map(|(_, texts)| texts.clone());
                let shape = |(item, field)| FieldShape {
                    only: only(item),
                    ..shape(field, list.raw.contains(&item), Vec::new())
                };
                fields.map(shape).collect()
            });
            shapes.push(shape(field, raw, items.unwrap_or_default()));
        }
        Shape::new(shapes, &policy.identified_by, policy.zone)
    }
}

fn shape(field: &Field, keep_raw: bool, items: Vec<FieldShape>) -> FieldShape {
    FieldShape {
        path: field.path.clone(),
        kind: match &field.ty {
            Type::Text => Kind::Text,
            Type::Number => Kind::Number,
            Type::Money(currency) => Kind::Money { default: currency.as_deref().and_then(Currency::parse) },
            Type::Date => Kind::Date,
            Type::Time => Kind::Time,
            Type::YesNo => Kind::YesNo,
            Type::OneOf(options) => Kind::OneOf(options.clone()),
            Type::TextList => Kind::TextList,
            Type::Items => Kind::Items,
        },
        empty_when: field.empty_when.clone(),
        when_empty: field.when_empty.as_ref().and_then(preset),
        keep_raw,
        items,
        only: None,
    }
}

/// The field of an item that must be one of certain texts for each of these events, and all those texts: an item in which
/// it is another text is none of them. None where there is no such field, and where an item is asked anything that depends
/// on now, which may have something to say of the calendar.
fn only<'a>(policy: &Policy, events: impl Iterator<Item = &'a Event>) -> Option<(u32, Vec<String>)> {
    let mut by = None;
    let mut all = Vec::new();
    for event in events {
        let condition = event.condition.as_ref()?;
        let mut depends_on_now = false;
        condition.visit(&mut |part| {
            depends_on_now |= matches!(part.kind, ConditionKind::Window { .. } | ConditionKind::Money(..));
        });
        let (field, texts) = texts_of(policy, condition)?;
        if depends_on_now || by.is_some_and(|by| by != field) {
            return None;
        }
        by = Some(field);
        all.extend(texts);
    }
    by.map(|field| (field, all))
}

/// The first field of an item that a condition asks to be one of certain texts, whatever else it asks, and those texts.
fn texts_of(policy: &Policy, condition: &Condition) -> Option<(u32, Vec<String>)> {
    match &condition.kind {
        ConditionKind::All(parts) => parts.iter().find_map(|part| texts_of(policy, part)),
        ConditionKind::Text { of: TextSubject::Field(FieldRef::Item(item)), not: false, test } => {
            let texts = match test {
                TextTest::Is(values) => values
                    .iter()
                    .map(|value| match value {
                        Operand::Literal(text) => Some(text.clone()),
                        Operand::Field(_) => None,
                    })
                    .collect::<Option<_>>()?,
                TextTest::InList(list) => policy.lists.get(list.index())?.entries.clone(),
                TextTest::Find(..) | TextTest::Pattern(_) => return None,
            };
            Some((*item, texts))
        }
        _ => None,
    }
}

fn preset(literal: &Literal) -> Option<Preset> {
    Some(match literal {
        Literal::Text(text) => Preset::Text(text.clone()),
        Literal::Number(number) => Preset::Number(*number),
        Literal::Money(money) => Preset::Money(money.amount, Currency::parse(&money.currency)?),
        Literal::Date(date) => Preset::Date(date.to_epoch_days()),
        Literal::Time(at) => Preset::Time(*at),
        Literal::YesNo(yes) => Preset::YesNo(*yes),
        Literal::None => Preset::None,
    })
}

struct Finder<'a> {
    policy: &'a Policy,
    events: Vec<bool>,
    fields: Vec<bool>,
    raw: Vec<bool>,
}

impl Finder<'_> {
    fn policy(&mut self) {
        let policy = self.policy;
        policy.criteria.iter().for_each(|criterion| self.condition(&criterion.condition));
        let items = policy.checklists.iter().flat_map(|checklist| &checklist.items);
        items.for_each(|(_, condition)| self.condition(condition));
        for score in &policy.scores {
            score.starts_again.iter().for_each(|event| self.event(*event));
            for rule in &score.rules {
                rule.condition.iter().for_each(|condition| self.condition(condition));
                match &rule.kind {
                    ScoreRuleKind::Table(table) => self.table(table),
                    ScoreRuleKind::Bands(bands) => self.subject(bands.by),
                    ScoreRuleKind::ForEach { event, .. } | ScoreRuleKind::ForEveryWithout { event, .. } => {
                        self.event(*event);
                    }
                    ScoreRuleKind::Field(field) => set(&mut self.fields, field.index()),
                    ScoreRuleKind::Points(_) | ScoreRuleKind::Score { .. } => {}
                }
            }
        }
        for grade in &policy.grades {
            match &grade.kind {
                GradeKind::Table(table) => self.table(table),
                GradeKind::Bands(bands) => self.subject(bands.by),
            }
        }
        policy.disqualifiers.iter().for_each(|disqualifier| self.condition(&disqualifier.condition));
        for stage in &policy.stages {
            self.condition(&stage.condition);
            let left = stage.left.iter().flat_map(|(events, _)| events);
            stage.entered.iter().chain(left).for_each(|event| self.event(*event));
        }
        for sla in &policy.slas {
            sla.condition.iter().for_each(|condition| self.condition(condition));
            let pauses = sla.pauses.iter().flat_map(|(from, until)| [from, until]);
            let lines = sla.starts.iter().chain(&sla.stops).chain(&sla.cancels).chain(&sla.restarts);
            lines.chain(pauses).for_each(|event| self.event(*event));
            self.table(&sla.allowed);
            sla.hours.iter().for_each(|hours| self.table(hours));
        }
        if let Some(handover) = &policy.handover {
            handover.rejected.iter().for_each(|event| self.event(*event));
            // The owner is shown as written.
            handover.owner.iter().for_each(|owner| self.field(FieldRef::Lead(*owner), true));
        }
    }

    /// What only reports read. Groups and reasons are shown as written.
    fn reports(&mut self, by: Option<&str>) {
        let policy = self.policy;
        if let Some(at) = by.and_then(|by| policy.fields.iter().position(|field| field.dotted() == by)) {
            set(&mut self.fields, at);
            set(&mut self.raw, at);
        }
        let Some(handover) = &policy.handover else { return };
        let events = [&handover.handed_over, &handover.accepted, &handover.rejected, &handover.contacted];
        let events = events.into_iter().chain([&handover.converted]).flatten();
        events.for_each(|event| self.event(*event));
        for event in handover.rejected.iter().filter_map(|event| policy.events.get(event.index())) {
            event.reason_in.iter().for_each(|field| self.field(*field, true));
        }
        if let Some(Cost::Field(field)) = &handover.cost {
            set(&mut self.fields, field.index());
        }
    }

    fn table<T>(&mut self, table: &Table<T>) {
        table.lines.iter().for_each(|(_, condition)| self.condition(condition));
    }

    fn subject(&mut self, by: BandSubject) {
        if let BandSubject::Field(field) = by {
            set(&mut self.fields, field.index());
        }
    }

    fn event(&mut self, id: EventId) {
        set(&mut self.events, id.index());
        let Some(event) = self.policy.events.get(id.index()) else { return };
        for field in [Some(event.dated_by), event.reason_in].into_iter().flatten() {
            self.field(field, false);
        }
    }

    fn field(&mut self, field: FieldRef, raw: bool) {
        if let FieldRef::Lead(id) = field {
            set(&mut self.fields, id.index());
            if raw {
                set(&mut self.raw, id.index());
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        fields_of(condition, &mut |field, raw| self.field(field, raw));
        condition.visit(&mut |part| {
            if let ConditionKind::Event { event, window, .. } = &part.kind {
                self.event(*event);
                if let Some(EventWindow::SinceLast(o) | EventWindow::BeforeFirst(o) | EventWindow::AfterLast(_, o)) =
                    window
                {
                    self.event(*o);
                }
            }
        });
    }
}

/// Calls `each` with every field that a condition names, and whether a pattern is sought in it.
pub fn fields_of(condition: &Condition, each: &mut impl FnMut(FieldRef, bool)) {
    condition.visit(&mut |part| match &part.kind {
        ConditionKind::FilledIn(of, _) => each(of.field(), false),
        ConditionKind::Text { of, test, .. } => {
            each(of.field(), matches!(test, TextTest::Pattern(_)));
            if let TextTest::Is(values) | TextTest::Find(_, values) = test {
                values.iter().for_each(|value| operand(value, each));
            }
        }
        ConditionKind::Includes(of, _, values) => {
            each(*of, false);
            values.iter().for_each(|value| operand(value, each));
        }
        ConditionKind::Number(of, test) => ordered(*of, test, each),
        ConditionKind::Money(of, test) => ordered(*of, test, each),
        ConditionKind::Date(of, test) => ordered(*of, test, each),
        ConditionKind::Time(of, test) => ordered(*of, test, each),
        ConditionKind::Window { of, .. } | ConditionKind::YesNo(of, _) => each(*of, false),
        ConditionKind::Score(_, test) => {
            for value in values(test) {
                if let ScoreOperand::Field(field) = value {
                    each(FieldRef::Lead(*field), false);
                }
            }
        }
        _ => {}
    });
}

fn ordered<T>(of: FieldRef, test: &Ordered<Operand<T>>, each: &mut impl FnMut(FieldRef, bool)) {
    each(of, false);
    values(test).into_iter().for_each(|value| operand(value, each));
}

fn operand<T>(value: &Operand<T>, each: &mut impl FnMut(FieldRef, bool)) {
    if let Operand::Field(field) = value {
        each(*field, false);
    }
}

fn values<T>(test: &Ordered<T>) -> Vec<&T> {
    match test {
        Ordered::Compare(_, value) => vec![value],
        Ordered::Between(low, high) => vec![low, high],
    }
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}
