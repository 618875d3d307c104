//! §7: scores in hundredths, and grades.

use crate::decide::Case;
use crate::exact::Exact;
use crate::model::{GradeBy, Loss, Operand, Outcome, Rule, Score, Source, Span, Subject};
use crate::time;
use crate::truth::At;
use crate::value::Value;

/// A decay of more periods than this down to nothing is an error.
const LONGEST_DECAY: i64 = 4096;

/// `add F points` beyond this adds nothing, and the decision warns.
const MOST_POINTS: &str = "1000000000";

impl Case<'_> {
    /// In hundredths. A score is never unknown.
    pub fn score(&self, name: &str) -> i128 {
        if let Some(score) = self.scores.borrow().get(name) {
            return *score;
        }
        let score = self.policy.scores().find(|score| score.name == name).unwrap();
        let total = self.total(score);
        self.scores.borrow_mut().insert(name.to_owned(), total);
        total
    }

    fn restarted(&self, score: &Score) -> At<'_> {
        let restarts = score.starts_again_at.iter().filter_map(|event| self.occurrences(event));
        At { item: None, restart: restarts.filter_map(|instants| instants.last().copied()).max() }
    }

    fn total(&self, score: &Score) -> i128 {
        let at = self.restarted(score);
        let start = score.starts_at.as_ref().map_or(0, Exact::to_hundredths);
        let sum = start + score.rules.iter().map(|rule| self.points_of(rule, at)).sum::<i128>();
        let floor = score.never_below.as_ref().map_or(sum, |floor| sum.max(floor.to_hundredths()));
        let total = score.never_above.as_ref().map_or(floor, |cap| floor.min(cap.to_hundredths()));
        let mut seen = self.seen.borrow_mut();
        seen.add_if(start != 0, "score: starts at");
        seen.add_if(floor != sum, "score: never below");
        seen.add_if(total != floor, "score: never above");
        seen.add_if(at.restart.is_some(), "score: starts again at");
        total
    }

    /// What a rule adds: its source, then `at most`, and last its condition.
    fn points_of(&self, rule: &Rule, at: At) -> i128 {
        let mut points = self.source(&rule.source, at);
        if let Some(most) = &rule.at_most {
            let most = most.to_hundredths();
            self.seen.borrow_mut().add_if(points.abs() > most, "score: at most");
            points = points.clamp(-most, most);
        }
        if let Some(condition) = &rule.when {
            let outcome = self.outcome(condition, at);
            self.seen.borrow_mut().add(format!("score: {} when {}", source_name(&rule.source), outcome.word()));
            if outcome != Outcome::Met {
                return 0;
            }
        }
        if points != 0 {
            let verb = if rule.remove { "remove" } else { "add" };
            self.seen.borrow_mut().add(format!("score: {verb} {}", source_name(&rule.source)));
        }
        if rule.remove { -points } else { points }
    }

    fn source(&self, source: &Source, at: At) -> i128 {
        // Occurrences before the restart count nothing; an absent log counts none.
        let occurrences = |event: &str| {
            let mut instants = self.occurrences(event).unwrap_or_default();
            instants.retain(|instant| at.restart.is_none_or(|restart| restart <= *instant));
            instants
        };
        match source {
            Source::Points(points) => points.to_hundredths(),
            Source::Table { lines, otherwise } => {
                let met = lines.iter().find(|(_, condition)| self.outcome(condition, at) == Outcome::Met);
                self.seen.borrow_mut().add_if(met.is_none(), "score: table otherwise");
                met.map_or(otherwise, |(points, _)| points).to_hundredths()
            }
            Source::Bands { by, lines, otherwise } => self.band(by, lines, otherwise).to_hundredths(),
            Source::Each { points, event, within, once_every, decay } => {
                let mut instants = occurrences(event);
                let before = instants.len();
                instants.retain(|instant| within.is_none_or(|span| self.within_the_last(*instant, span)));
                self.seen.borrow_mut().add_if(instants.len() < before, "score: within the last");
                if let Some(span) = once_every {
                    let mut counted: Vec<i64> = Vec::new();
                    for instant in &instants {
                        if counted.last().is_none_or(|last| instant - last >= time::length(*span)) {
                            counted.push(*instant);
                        }
                    }
                    self.seen.borrow_mut().add_if(counted.len() < instants.len(), "score: counted once every");
                    instants = counted;
                }
                instants.into_iter().map(|instant| self.worth(points, decay.as_ref(), instant)).sum()
            }
            Source::Quiet { points, every, event } => occurrences(event)
                .last()
                .map_or(0, |last| points.to_hundredths() * i128::from((self.now - last) / time::length(*every))),
            Source::Field(field) => match self.read(field, self.lead) {
                Ok(Value::Number(number)) if !beyond_the_limit(&number) => number.to_hundredths(),
                _ => 0,
            },
            Source::Score(name) => self.score(name),
            Source::PercentOfScore(percent, name) => {
                Exact::hundredths(self.score(name)).times(percent).times(&Exact::decimal("0.01")).to_hundredths()
            }
        }
    }

    /// What one occurrence is worth, by its age in whole periods.
    fn worth(&self, points: &Exact, decay: Option<&(Loss, Span)>, instant: i64) -> i128 {
        let Some((loss, period)) = decay else { return points.to_hundredths() };
        let periods = (self.now - instant) / time::length(*period);
        if periods > LONGEST_DECAY {
            return 0;
        }
        let power = |kept: Exact| points.times(&kept.to_the(u32::try_from(periods).unwrap()));
        let (name, left) = match loss {
            Loss::Half => ("halving", power(Exact::decimal("0.5"))),
            Loss::Percent(percent) => {
                let kept = Exact::decimal("1").minus(&percent.times(&Exact::decimal("0.01")));
                ("losing a percentage", power(kept))
            }
            Loss::Points(lost) => {
                let lost = lost.times(&Exact::decimal(&periods.to_string()));
                ("losing points", points.minus(&lost).max(Exact::decimal("0")))
            }
        };
        self.seen.borrow_mut().add_if(periods > 0, &format!("score: {name}"));
        left.to_hundredths()
    }

    /// The first line whose bound is reached; what is not known takes `otherwise`.
    fn band<'a, T>(&self, by: &Subject, lines: &'a [(T, Operand)], otherwise: &'a T) -> &'a T {
        let reached = self.subject(by, At::default()).ok().and_then(|value| {
            lines
                .iter()
                .find(|(_, bound)| self.order(&value, &self.literal(bound)).is_ok_and(std::cmp::Ordering::is_ge))
        });
        self.seen.borrow_mut().add_if(reached.is_none(), "score: band otherwise");
        reached.map_or(otherwise, |(taken, _)| taken)
    }

    pub fn grade(&self, name: &str) -> String {
        let grade = self.policy.grades().find(|grade| grade.name == name).unwrap();
        let (kind, taken) = match &grade.by {
            GradeBy::Score(score, lines) => {
                let score = Exact::hundredths(self.score(score));
                ("of a score", lines.iter().find(|(_, bound)| score >= *bound).map(|(label, _)| label))
            }
            GradeBy::Conditions(lines) => {
                let met = |condition| self.outcome(condition, At::default()) == Outcome::Met;
                ("by conditions", lines.iter().find(|(_, condition)| met(condition)).map(|(label, _)| label))
            }
        };
        let line = if taken.is_some() { "a line" } else { "otherwise" };
        self.seen.borrow_mut().add(format!("grade {kind}: {line}"));
        taken.unwrap_or(&grade.otherwise).clone()
    }

    /// The fields of `add F points` that say too much, where they are asked.
    pub fn warnings_of_scores(&self) -> Vec<(&'static str, Option<String>)> {
        let mut warnings = Vec::new();
        for score in self.policy.scores() {
            let met = |condition| self.outcome(condition, self.restarted(score)) == Outcome::Met;
            for rule in score.rules.iter().filter(|rule| rule.when.as_ref().is_none_or(met)) {
                if let Source::Field(field) = &rule.source
                    && let Ok(Value::Number(number)) = self.read(field, self.lead)
                    && beyond_the_limit(&number)
                {
                    warnings.push(("H0733", Some(field.path.join("."))));
                }
            }
        }
        warnings
    }
}

fn beyond_the_limit(points: &Exact) -> bool {
    let most = Exact::decimal(MOST_POINTS);
    *points > most || *points < Exact::decimal("0").minus(&most)
}

fn source_name(source: &Source) -> &'static str {
    match source {
        Source::Points(_) => "points",
        Source::Table { .. } => "points by a table",
        Source::Bands { by: Subject::Score(_), .. } => "points by a score",
        Source::Bands { lines, .. } if lines.iter().any(|(_, bound)| matches!(bound, Operand::Money(..))) => {
            "points by money"
        }
        Source::Bands { .. } => "points by a number",
        Source::Each { .. } => "points for each",
        Source::Quiet { .. } => "points for every without",
        Source::Field(_) => "F points",
        Source::Score(_) => "score",
        Source::PercentOfScore(..) => "N% of score",
    }
}
