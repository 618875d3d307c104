//! §6: what happened, and when.

use crate::decide::Case;
use crate::json::Json;
use crate::model::{Event, Field, Outcome};
use crate::text::fold;
use crate::time;
use crate::truth::At;
use crate::value::{Reason, Value};

impl Case<'_> {
    /// The instants up to now at which an event happened, in order; none where its log is absent.
    pub fn occurrences(&self, name: &str) -> Option<Vec<i64>> {
        if let Some(instants) = self.instants.borrow().get(name) {
            return instants.clone();
        }
        let instants = self.instants_of(self.policy.event(name));
        self.instants.borrow_mut().insert(name.to_owned(), instants.clone());
        instants
    }

    fn instants_of(&self, event: &Event) -> Option<Vec<i64>> {
        let mut instants = match &event.from {
            None => match self.read(&event.dated_by, self.lead) {
                Ok(value) => vec![self.instant(value)],
                Err(Reason::Empty) => Vec::new(),
                Err(_) => return None,
            },
            Some(list) => {
                let items = self.items_of(event, list)?;
                items.into_iter().filter_map(|(_, item)| self.dated(event, &item)).collect()
            }
        };
        instants.retain(|instant| *instant <= self.now);
        instants.sort_unstable();
        Some(instants)
    }

    /// The fields of the lead whose absence leaves an event unknown.
    pub fn absent_log(&self, name: &str) -> Option<&Field> {
        let event = self.policy.event(name);
        self.occurrences(name).is_none().then(|| event.from.as_deref().unwrap_or(&event.dated_by))
    }

    /// The items whose condition is met, with their places in the list; none where the log is absent.
    fn items_of(&self, event: &Event, list: &Field) -> Option<Vec<(usize, Json)>> {
        let Ok(Value::Items(items)) = self.read(list, self.lead) else { return None };
        let met = |item: &Json| {
            let at = At { item: Some(item), restart: None };
            event.condition.as_ref().is_none_or(|condition| self.outcome(condition, at) == Outcome::Met)
        };
        let objects = items.into_iter().enumerate().filter(|(_, item)| matches!(item, Json::Object(_)));
        Some(objects.filter(|(_, item)| met(item)).collect())
    }

    pub fn dated(&self, event: &Event, item: &Json) -> Option<i64> {
        self.read(&event.dated_by, item).ok().map(|value| self.instant(value))
    }

    fn instant(&self, value: Value) -> i64 {
        match value {
            Value::Time(instant) => instant,
            Value::Date(date) => time::first_instant(self.policy.zone(), date),
            value => panic!("{value:?} dates nothing"),
        }
    }

    /// Items without a readable time, and rejections without a listed reason: a code, and the field with its place.
    pub fn warnings_of_events(&self) -> Vec<(&'static str, Option<String>)> {
        let mut warnings = Vec::new();
        for event in self.policy.events.iter().filter(|event| self.policy.reads(&event.name)) {
            let Some(list) = &event.from else { continue };
            for (place, item) in self.items_of(event, list).unwrap_or_default() {
                if self.dated(event, &item).is_none() {
                    warnings.push(("H0731", Some(at_place(list, place, &event.dated_by))));
                }
            }
        }
        if let Some(handover) = &self.policy.handover {
            for event in handover.rejected_at.iter().map(|name| self.policy.event(name)) {
                let Some(reason) = &event.reason_in else { continue };
                let listed = |object: &Json| match self.read(reason, object) {
                    Ok(Value::Text(text)) => handover.reasons.iter().any(|one| fold(one) == fold(&text)),
                    _ => false,
                };
                match &event.from {
                    None => {
                        let happened = self.occurrences(&event.name).is_some_and(|instants| !instants.is_empty());
                        if happened && !listed(self.lead) {
                            warnings.push(("H0732", Some(reason.path.join("."))));
                        }
                    }
                    Some(list) => {
                        for (place, item) in self.items_of(event, list).unwrap_or_default() {
                            let happened = self.dated(event, &item).is_some_and(|instant| instant <= self.now);
                            if happened && !listed(&item) {
                                warnings.push(("H0732", Some(at_place(list, place, reason))));
                            }
                        }
                    }
                }
            }
        }
        warnings
    }
}

fn at_place(list: &Field, place: usize, field: &Field) -> String {
    format!("{}[{place}].{}", list.path.join("."), field.path.join("."))
}
