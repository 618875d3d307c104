//! How far a condition is from being as it should be: how many of its parts have to change, at a guess.

use std::collections::HashMap;

use super::goals::{MET, Mask, NOT, opposite, wanted};
use super::world::View;
use crate::policy::{Condition, ConditionKind, Policy, StageTest};

/// A distance that nothing is worth.
const FAR: u32 = 1_000;
const DEEPEST: u32 = 150;

/// A guess for one world.
pub struct Distance<'v> {
    policy: &'v Policy,
    view: View<'v>,
    known: HashMap<(usize, Mask), u32>,
    depth: u32,
}

impl<'v> Distance<'v> {
    pub fn new(policy: &'v Policy, view: View<'v>) -> Distance<'v> {
        Distance { policy, view, known: HashMap::new(), depth: 0 }
    }

    /// To a stage that is met.
    pub fn of_stage(&mut self, at: usize) -> u32 {
        let Some(stage) = self.policy.stages.get(at) else { return FAR };
        if wanted(self.view.stage(at), MET) {
            return 0;
        }
        let enter = if stage.entered.is_empty() { FAR } else { 1 };
        self.of(&stage.condition, MET).max(1).min(enter)
    }

    fn of(&mut self, condition: &'v Condition, mask: Mask) -> u32 {
        if mask == 0 {
            return FAR;
        }
        if wanted(self.view.outcome(condition), mask) {
            return 0;
        }
        let key = (std::ptr::from_ref(condition) as usize, mask);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.depth >= DEEPEST {
            return 1;
        }
        self.depth += 1;
        let distance = self.kind(condition, mask).clamp(1, FAR);
        self.depth -= 1;
        self.known.insert(key, distance);
        distance
    }

    fn kind(&mut self, condition: &'v Condition, mask: Mask) -> u32 {
        match &condition.kind {
            ConditionKind::All(parts) => self.count(parts.len(), parts.iter(), mask),
            ConditionKind::Any(parts) => self.count(1, parts.iter(), mask),
            ConditionKind::None(parts) => self.count(1, parts.iter(), opposite(mask)),
            ConditionKind::AtLeast(count, parts) => self.count(*count as usize, parts.iter(), mask),
            ConditionKind::Criterion(id, met) => {
                let mask = if *met { mask } else { opposite(mask) };
                self.policy.criteria.get(id.index()).map_or(FAR, |criterion| self.of(&criterion.condition, mask))
            }
            ConditionKind::Checklist { checklist, count, .. } => {
                let Some(checklist) = self.policy.checklists.get(checklist.index()) else { return FAR };
                self.count(*count as usize, checklist.items.iter().map(|(_, condition)| condition), mask)
            }
            ConditionKind::Stage(stage, test) => {
                let mask = if *test == StageTest::NotReached { opposite(mask) } else { mask };
                if mask & MET == 0 { 1 } else { self.of_stage(stage.index()) }
            }
            _ => 1,
        }
    }

    fn count(&mut self, count: usize, parts: impl Iterator<Item = &'v Condition>, mask: Mask) -> u32 {
        let of: Mask = if mask & MET != 0 { MET } else { NOT };
        let mut distances: Vec<u32> = parts.map(|part| self.of(part, of)).collect();
        distances.sort_unstable();
        let due = if of == MET { count } else { (distances.len() + 1).saturating_sub(count) };
        distances.iter().take(due).fold(0, |sum, distance| sum.saturating_add(*distance))
    }
}
