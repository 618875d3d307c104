//! The sentence `why`: what made the stage, and what the next one waits for, for a field of the CRM.

use std::fmt::Write as _;

use super::evaluate::{Setting, State};
use super::missing::Missing;
use super::program::Step;
use super::truth::Outcome;
use crate::intake::Cell;
use crate::policy::{Condition, ConditionKind, FieldRef, Policy, StageTest};
use crate::time::zone;

/// The longest sentence, in characters: a text field of a CRM holds no more.
const LONGEST: usize = 255;
/// So many things are named one by one.
const MOST_NAMED: usize = 4;

/// How the conditions of the stages read in a sentence.
#[derive(Debug, Default)]
pub struct Stories {
    stages: Vec<StageStory>,
    disqualifiers: Vec<(String, Option<String>)>,
    /// All clauses; a group's parts come before it.
    clauses: Vec<Clause>,
}

#[derive(Debug)]
struct StageStory {
    name: String,
    test: ClauseId,
}

type ClauseId = usize;

/// One condition in words.
#[derive(Debug)]
struct Clause {
    step: Step,
    /// The name of a criterion: several of them share one verb.
    noun: Option<String>,
    /// The clause where it is met, and where it is not.
    met: String,
    not_met: String,
    parts: Parts,
}

#[derive(Debug)]
enum Parts {
    None,
    /// Every part speaks where the group is met or not met.
    Of(Vec<ClauseId>),
    /// `none of`: a part that is met speaks where the group is not met.
    Without(Vec<ClauseId>),
}

/// The clauses that are to be said, each with its outcome; reused.
pub type Said = Vec<(usize, Outcome)>;

/// A decided lead, and room to look into it.
pub struct Told<'a> {
    pub state: &'a State,
    pub setting: Setting<'a>,
    pub missing: &'a mut Missing,
    pub said: &'a mut Said,
}

impl Stories {
    /// Puts the stages of a policy into words. `step` gives the step of a condition.
    pub fn new(policy: &Policy, mut step: impl FnMut(&Condition) -> Step) -> Stories {
        let mut clauses = Vec::new();
        let stages = policy
            .stages
            .iter()
            .map(|stage| StageStory {
                name: stage.name.clone(),
                test: clause(&stage.condition, policy, &mut step, &mut clauses),
            })
            .collect();
        let disqualifiers = policy.disqualifiers.iter().map(|it| (it.name.clone(), it.because.clone())).collect();
        Stories { stages, disqualifiers, clauses }
    }

    /// Writes the sentence about a decided lead.
    pub fn tell(&self, stage: Option<usize>, mut told: Told<'_>, to: &mut String) {
        to.clear();
        let steps = told.setting.program.disqualifiers.iter();
        let state = told.state;
        let met = steps.zip(&self.disqualifiers).filter(|(step, _)| state.outcome(**step) == Outcome::Met);
        let mut reasons = met.clone().map(|(_, (_, because))| because);
        match (reasons.next(), reasons.next()) {
            (None, _) => {
                self.reached(stage, &mut told, to);
                self.next(stage, &mut told, to);
            }
            (Some(because), second) => {
                to.push_str("Disqualified: ");
                list(to, met.map(|(_, (name, _))| name.as_str()));
                match because {
                    Some(because) if second.is_none() => {
                        to.push_str(". ");
                        to.push_str(because);
                    }
                    _ => to.push('.'),
                }
            }
        }
        cut(to);
    }

    fn reached(&self, stage: Option<usize>, told: &mut Told<'_>, to: &mut String) {
        let Some((at, story)) = stage.and_then(|at| Some((at, self.stages.get(at)?))) else {
            to.push_str("No stage.");
            return;
        };
        to.push_str(&story.name);
        match told.state.stages.get(at).and_then(|stage| stage.since) {
            Some(since) => {
                let _ = write!(to, " since {}.", zone::date_of(told.setting.tz, since));
            }
            None => {
                to.push_str(": ");
                self.say_test(story.test, Outcome::Met, told, to);
            }
        }
    }

    fn next(&self, stage: Option<usize>, told: &mut Told<'_>, to: &mut String) {
        // A stage that is open waits for an answer, which somebody can go and get: it comes before one that is not met.
        let first = stage.map_or(0, |at| at + 1);
        let later = told.state.stages.iter().enumerate().skip(first);
        let open = later.clone().find(|(_, stage)| stage.outcome == Outcome::Unknown);
        let Some((next, result)) = open.or_else(|| later.clone().next()) else { return };
        let Some(story) = self.stages.get(next) else { return };
        let Some(plan) = told.setting.program.stages.get(next) else { return };
        to.push(' ');
        to.push_str(&story.name);
        if result.outcome == Outcome::Unknown {
            told.missing.clear(told.setting);
            told.missing.add(plan.outcome, told.state, told.setting);
            // Money that is there and cannot be compared is known, and its rate is not.
            let has_money = |slot: usize| matches!(told.state.lead.cell(slot), Cell::Money(..));
            let slots = told.missing.slots.iter().zip(&told.setting.program.slots).enumerate();
            let missing = slots.filter(|(_, (missing, _))| **missing);
            let names = |money: bool| {
                let those = missing.clone().filter(move |(at, _)| has_money(*at) == money);
                those.map(|(_, (_, slot))| slot.name.as_str())
            };
            let (unknown, unrated) = (names(false).count(), names(true).count());
            to.push_str(" is open: ");
            list(to, names(false));
            to.push_str(match unknown {
                0 => "",
                1 => " is not known",
                _ => " are not known",
            });
            to.push_str(match (unknown, unrated) {
                (_, 0) => "",
                (0, _) => "there is no rate for ",
                _ => ", and there is no rate for ",
            });
            list(to, names(true));
            to.push('.');
        } else if let Some(since) = result.held_since {
            let _ = write!(to, " is held back: it was left on {}.", zone::date_of(told.setting.tz, since));
        } else {
            to.push_str(" is not reached: ");
            self.say_test(story.test, Outcome::NotMet, told, to);
        }
    }

    fn say_test(&self, test: ClauseId, verdict: Outcome, told: &mut Told<'_>, to: &mut String) {
        told.said.clear();
        self.collect(test, verdict, told.state, told.said);
        self.say(told.said, verdict, to);
        to.push('.');
    }

    /// The clauses that make this one come out as `outcome`, with what to say of each.
    fn collect(&self, id: ClauseId, outcome: Outcome, state: &State, to: &mut Said) {
        let Some(clause) = self.clauses.get(id) else { return };
        if state.outcome(clause.step) != outcome {
            return;
        }
        match &clause.parts {
            Parts::Of(parts) if !parts.is_empty() => {
                parts.iter().for_each(|part| self.collect(*part, outcome, state, to));
            }
            Parts::Without(parts) if outcome == Outcome::NotMet => {
                parts.iter().for_each(|part| self.collect(*part, Outcome::Met, state, to));
            }
            _ => to.push((id, outcome)),
        }
    }

    /// Says clauses one after another, the names of criteria first and together.
    fn say(&self, said: &Said, verdict: Outcome, to: &mut String) {
        let clauses = said.iter().filter_map(|(id, outcome)| Some((self.clauses.get(*id)?, *outcome)));
        let is_name = move |(clause, outcome): &(&Clause, Outcome)| clause.noun.is_some() && *outcome == verdict;
        let names = clauses.clone().filter(is_name).filter_map(|(clause, _)| clause.noun.as_deref());
        let count = names.clone().count();
        list(to, names);
        to.push_str(match (count, verdict) {
            (0, _) => "",
            (1, Outcome::Met) => " is met",
            (_, Outcome::Met) => " are met",
            (1, _) => " is not met",
            _ => " are not met",
        });
        let others = clauses
            .filter(move |it| !is_name(it))
            .map(|(clause, outcome)| if outcome == Outcome::Met { &clause.met } else { &clause.not_met });
        if count > 0 && others.clone().next().is_some() {
            to.push_str(", ");
        }
        list(to, others.map(String::as_str));
        if said.is_empty() {
            to.push_str(if verdict == Outcome::Met { "nothing speaks against it" } else { "its test is not met" });
        }
    }
}

/// `a`, `a and b`, `a, b and c`, `a, b, c, d and 3 more`.
fn list<'a>(to: &mut String, words: impl Iterator<Item = &'a str> + Clone) {
    let count = words.clone().count();
    let shown = if count > MOST_NAMED + 1 { MOST_NAMED } else { count };
    for (at, word) in words.take(shown).enumerate() {
        if at > 0 {
            to.push_str(if at + 1 == count { " and " } else { ", " });
        }
        to.push_str(word);
    }
    if shown < count {
        let _ = write!(to, " and {} more", count - shown);
    }
}

/// Cuts a sentence to what a CRM field holds.
fn cut(sentence: &mut String) {
    if let Some((at, _)) = sentence.char_indices().nth(LONGEST - 1)
        && sentence.chars().count() > LONGEST
    {
        sentence.truncate(at);
        sentence.push('…');
    }
}

fn clause(
    condition: &Condition,
    policy: &Policy,
    step: &mut impl FnMut(&Condition) -> Step,
    clauses: &mut Vec<Clause>,
) -> ClauseId {
    let mut of = |parts: &[Condition]| parts.iter().map(|part| clause(part, policy, step, clauses)).collect();
    let mut noun = None;
    let mut met = called(condition, policy);
    let mut not_met = opposite(&met);
    let mut parts = Parts::None;
    match &condition.kind {
        ConditionKind::All(of_it) | ConditionKind::Any(of_it) | ConditionKind::AtLeast(_, of_it) => {
            parts = Parts::Of(of(of_it));
        }
        ConditionKind::None(of_it) => {
            parts = Parts::Without(of(of_it));
            met = "nothing rules it out".to_owned();
        }
        ConditionKind::Criterion(id, true) => {
            noun = policy.criteria.get(id.index()).map(|criterion| criterion.name.clone());
        }
        ConditionKind::Stage(id, StageTest::Reached) => {
            let name = policy.stages.get(id.index()).map(|stage| stage.name.as_str()).unwrap_or_default();
            met = format!("{name} is reached");
            not_met = format!("{name} is not reached");
        }
        ConditionKind::Checklist { checklist, count, including } => {
            if let Some(checklist) = policy.checklists.get(checklist.index()) {
                let labels = including.iter().filter_map(|at| checklist.items.get(*at as usize));
                not_met = match usize::try_from(*count) {
                    Ok(count) if count == checklist.items.len() => {
                        format!("not all items of {} are met", checklist.name)
                    }
                    Ok(1) => format!("no item of {} is met", checklist.name),
                    _ => format!("fewer than {count} items of {} are met", checklist.name),
                };
                if !including.is_empty() {
                    not_met.push_str(" or ");
                    list(&mut not_met, labels.map(|(label, _)| label.as_str()));
                    not_met.push_str(if including.len() == 1 { " is not" } else { " are not all" });
                }
            }
        }
        _ => {}
    }
    clauses.push(Clause { step: step(condition), noun, met, not_met, parts });
    clauses.len() - 1
}

/// The words of a condition, with its fields called as people call them.
fn called(condition: &Condition, policy: &Policy) -> String {
    let mut words = plain(policy.sources.slice(condition.span));
    super::reads::fields_of(condition, &mut |field, _| {
        if let FieldRef::Lead(id) = field
            && let Some(field) = policy.fields.get(id.index())
            && let Some(name) = &field.called
        {
            words = replace_word(&words, &field.dotted(), name);
        }
    });
    words
}

/// Replaces the first occurrence of `word` that stands by itself.
fn replace_word(words: &str, word: &str, with: &str) -> String {
    let spaced = format!(" {words} ");
    spaced.replacen(&format!(" {word} "), &format!(" {with} "), 1).trim().to_owned()
}

/// The policy's words without their quotes.
fn plain(words: &str) -> String {
    words.replace(['"', '`'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The opposite of a clause in words.
fn opposite(words: &str) -> String {
    const VERBS: [(&str, &str); 15] = [
        (" did not happen", " happened"),
        (" happened", " did not happen"),
        (" does not contain ", " contains "),
        (" contains ", " does not contain "),
        (" does not start ", " starts "),
        (" starts ", " does not start "),
        (" does not end ", " ends "),
        (" ends ", " does not end "),
        (" does not match ", " matches "),
        (" matches ", " does not match "),
        (" includes ", " does not include "),
        (" passes ", " does not pass "),
        (" is not ", " is "),
        (" are met", " are not met"),
        (" is ", " is not "),
    ];
    for (verb, other) in VERBS {
        if words.contains(verb) {
            return words.replacen(verb, other, 1);
        }
    }
    format!("not so: {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opposite_reads_as_a_sentence() {
        let pairs = [
            ("company.employees is at least 50", "company.employees is not at least 50"),
            (
                "demo requested happened within the last 60 days",
                "demo requested did not happen within the last 60 days",
            ),
            ("job_title contains any of the words CEO", "job_title does not contain any of the words CEO"),
            (
                "at least 3 items of BANT are met, including budget",
                "at least 3 items of BANT are not met, including budget",
            ),
            ("email is not empty", "email is empty"),
        ];
        for (words, not) in pairs {
            assert_eq!(opposite(words), not);
        }
    }

    #[test]
    fn only_a_whole_word_is_called_by_its_name() {
        assert_eq!(replace_word("at is at least 5", "at", "arrival"), "arrival is at least 5");
        assert_eq!(replace_word("domain of mail is empty", "ma", "x"), "domain of mail is empty");
    }

    #[test]
    fn a_long_list_is_counted() {
        let said = |words: &[&str]| {
            let mut to = String::new();
            list(&mut to, words.iter().copied());
            to
        };
        assert_eq!(said(&["a"]), "a");
        assert_eq!(said(&["a", "b", "c"]), "a, b and c");
        assert_eq!(said(&["a", "b", "c", "d", "e"]), "a, b, c, d and e");
        assert_eq!(said(&["a", "b", "c", "d", "e", "f"]), "a, b, c, d and 2 more");
    }

    #[test]
    fn a_sentence_fits_a_crm_field() {
        let mut sentence = "é".repeat(300);
        cut(&mut sentence);
        assert_eq!(sentence.chars().count(), 255);
        assert!(sentence.ends_with('…'));
    }
}
