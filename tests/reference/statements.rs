//! Random statements of §7, and of those that change nothing in what is compared.

use crate::exact::Exact;
use crate::generate::{AMOUNTS, CURRENCIES, Generator, NUMBERS};
use crate::model::{
    Checklist, Criterion, Grade, GradeBy, Kind, Loss, Operand, Outcome, Rule, Score, Source, Span, Stage, Statement,
    Subject, Unit,
};
use crate::words::quoted;

impl Generator {
    /// Statements of every kind; each refers only to what stands before it.
    pub fn statements(&mut self) {
        let mut plan = ["c"; 14].to_vec();
        plan.extend(["list", "list", "score", "score", "score", "grade", "grade", "disqualify", "disqualify"]);
        plan.extend(["stage"; 4]);
        self.chance.shuffle(&mut plan);
        plan.splice(0..0, ["c", "list", "score", "score", "grade", "stage"]);
        self.planned(plan);
        // Statements may stand in any order, but stages in theirs.
        if self.chance.percent(50) {
            let is_stage = |statement: &&mut Statement| matches!(statement, Statement::Stage(_));
            let stages: Vec<Stage> = self.policy.stages().cloned().collect();
            self.chance.shuffle(&mut self.policy.statements);
            let slots = self.policy.statements.iter_mut().filter(is_stage);
            slots.zip(stages).for_each(|(slot, stage)| *slot = Statement::Stage(stage));
        }
    }

    /// One or two statements of each kind.
    pub fn few_statements(&mut self) {
        self.planned(["c", "list", "score", "score", "grade", "stage", "c", "stage"].to_vec());
    }

    fn planned(&mut self, plan: Vec<&str>) {
        for (number, kind) in plan.into_iter().enumerate() {
            let name = match kind {
                "stage" => format!("S{number} \"готов\""),
                "score" => format!("points {number}"),
                _ => format!("{kind} {number}"),
            };
            let statement = match kind {
                "c" => self.criterion(name),
                "list" => self.checklist(name),
                "score" => self.score(name),
                "grade" => self.grade(name),
                "disqualify" => Statement::Disqualify { name, condition: self.condition(2) },
                _ => self.stage(name),
            };
            self.policy.statements.push(statement);
        }
    }

    fn criterion(&mut self, name: String) -> Statement {
        let condition = if self.chance.percent(75) { self.leaf() } else { self.condition(3) };
        let if_unknown = self.chance.some(30, |chance| chance.of(&[Outcome::Met, Outcome::NotMet]));
        Statement::Criterion(Criterion { name, condition, if_unknown })
    }

    fn checklist(&mut self, name: String) -> Statement {
        let labels = ["budget", "authority", "need", "timeline", "no", "етикет", "x_1", "all"].map(str::to_owned);
        let labels = self.chance.sample(&labels, 2, 4);
        let items = labels.into_iter().map(|label| (label, self.condition(1))).collect();
        Statement::Checklist(Checklist { name, items })
    }

    fn points(&mut self) -> Exact {
        Exact::decimal(self.chance.of(&["5", "10", "15", "20", "40", "2.5", "0.01", "33.33", "1"]))
    }

    fn decimals(&mut self, these: &[&str]) -> Exact {
        Exact::decimal(self.chance.of(these))
    }

    fn score(&mut self, name: String) -> Statement {
        let some = |generator: &mut Generator, percent, these: &[&str]| {
            generator.chance.percent(percent).then(|| generator.decimals(these))
        };
        let score = Score {
            name,
            starts_at: some(self, 40, &["0", "10", "-5"]),
            never_below: some(self, 40, &["0", "-10", "-0.5"]),
            never_above: some(self, 40, &["100", "50", "60.25"]),
            rules: (0..self.chance.range(3, 7)).map(|_| self.rule()).collect(),
            starts_again_at: if self.chance.percent(35) { self.event_names(2) } else { Vec::new() },
        };
        Statement::Score(score)
    }

    fn rule(&mut self) -> Rule {
        let mut remove = self.chance.percent(30);
        let periods = [Unit::Minute, Unit::Hour, Unit::Day, Unit::Day, Unit::Day, Unit::Week];
        let scores: Vec<String> = self.policy.scores().map(|score| score.name.clone()).collect();
        let source = match self.chance.range(0, if scores.is_empty() { 8 } else { 11 }) {
            0 => {
                let condition = self.condition(1);
                let source = Source::Points(self.points());
                return Rule { remove, source, at_most: None, when: Some(condition) };
            }
            1 => {
                let lines = (0..self.chance.range(1, 3)).map(|_| (self.points(), self.condition(1))).collect();
                let source = Source::Table { lines, otherwise: self.decimals(&["0", "0", "2.5"]) };
                return Rule { remove, source, at_most: None, when: None };
            }
            2 | 3 => return Rule { remove, source: self.bands(&scores), at_most: None, when: None },
            4..=6 => {
                let decay = match self.chance.range(0, 3) {
                    0 => None,
                    1 => Some(Loss::Half),
                    2 => Some(Loss::Percent(self.decimals(&["25", "10", "50", "33.3", "12.5"]))),
                    _ => Some(Loss::Points(self.decimals(&["2", "0.5", "1", "0.33"]))),
                };
                Source::Each {
                    points: self.points(),
                    event: self.event_name(),
                    within: self.chance.percent(40).then(|| self.span(&periods)),
                    once_every: self.chance.percent(35).then(|| self.span(&periods)),
                    decay: decay.map(|loss| (loss, self.span(&[Unit::Hour, Unit::Day, Unit::Day, Unit::Week]))),
                }
            }
            7 => Source::Quiet { points: self.points(), every: self.span(&periods), event: self.event_name() },
            8 => {
                remove = false;
                let field = self.some_field(|kind| matches!(kind, Kind::Number));
                field.hints.borrow_mut().push(Operand::Number(Exact::decimal("12.345")));
                Source::Field(field)
            }
            9 | 10 => {
                remove = false;
                Source::Score(self.chance.of(&scores))
            }
            _ => {
                remove = false;
                Source::PercentOfScore(self.decimals(&["40", "50", "12.5", "100", "33"]), self.chance.of(&scores))
            }
        };
        let at_most = self.chance.percent(45).then(|| self.decimals(&["30", "70", "12.5", "2.5"]));
        let when = self.chance.percent(30).then(|| self.condition(1));
        Rule { remove, source, at_most, when }
    }

    fn bands(&mut self, scores: &[String]) -> Source {
        let mut bounds = |these: &[&str]| {
            let mut bounds: Vec<Exact> = self.chance.sample(these, 1, 3).into_iter().map(Exact::decimal).collect();
            bounds.sort();
            bounds.reverse();
            bounds
        };
        let (by, bounds): (Subject, Vec<Operand>) = match bounds(&["0", "1", "2"]).len() {
            1 if !scores.is_empty() => {
                let bounds = bounds(&["0", "10", "22.5", "50", "-5"]);
                (Subject::Score(self.chance.of(scores)), bounds.into_iter().map(Operand::Number).collect())
            }
            2 => {
                let bounds = bounds(&AMOUNTS);
                let field = self.some_field(|kind| matches!(kind, Kind::Money { .. }));
                let currency = self.chance.of(&CURRENCIES);
                (Subject::Field(field), bounds.into_iter().map(|amount| Operand::Money(amount, currency)).collect())
            }
            _ => {
                let bounds = bounds(&NUMBERS);
                let field = self.some_field(|kind| matches!(kind, Kind::Number));
                (Subject::Field(field), bounds.into_iter().map(Operand::Number).collect())
            }
        };
        if let Subject::Field(field) = &by {
            field.hints.borrow_mut().extend(bounds.iter().cloned());
        }
        let lines = bounds.into_iter().map(|bound| (self.points(), bound)).collect();
        Source::Bands { by, lines, otherwise: self.decimals(&["0", "0", "2.5"]) }
    }

    fn grade(&mut self, name: String) -> Statement {
        let labels = self.chance.sample(&["A", "B", "C", "hot", "топло"].map(str::to_owned), 2, 4);
        let (otherwise, labels) = labels.split_last().unwrap();
        let scores: Vec<String> = self.policy.scores().map(|score| score.name.clone()).collect();
        let by = if !scores.is_empty() && self.chance.percent(50) {
            let mut bounds = self.chance.sample(
                &["0", "10", "22.5", "50", "80", "-5"].map(Exact::decimal),
                labels.len(),
                labels.len(),
            );
            bounds.sort();
            bounds.reverse();
            GradeBy::Score(self.chance.of(&scores), labels.iter().cloned().zip(bounds).collect())
        } else {
            GradeBy::Conditions(labels.iter().map(|label| (label.clone(), self.condition(1))).collect())
        };
        Statement::Grade(Grade { name, by, otherwise: otherwise.clone() })
    }

    fn stage(&mut self, name: String) -> Statement {
        let test = self.condition(2);
        let entered_when = if self.chance.percent(70) { self.event_names(2) } else { Vec::new() };
        let names: Vec<String> = self.policy.events.iter().map(|event| event.name.clone()).collect();
        let mut rest = self.chance.sample(&names, names.len(), names.len());
        let mut left_when = Vec::new();
        for _ in 0..self.chance.of(&[0, 1, 1, 1, 2, 3]) {
            let events = rest.split_off(rest.len() - self.chance.index(2) - 1);
            let hold = if self.chance.percent(20) {
                Some(Span { count: 0, unit: Unit::Day, business: false })
            } else if self.chance.percent(20) && self.policy.calendar.is_some() {
                Some(self.business_span())
            } else {
                self.chance.percent(70).then(|| self.span(&[Unit::Hour, Unit::Day, Unit::Day, Unit::Week, Unit::Month]))
            };
            left_when.push((events, hold));
        }
        let only_while = !entered_when.is_empty() && self.chance.percent(35);
        Statement::Stage(Stage { name, test, entered_when, left_when, only_while })
    }

    /// Statements that change nothing in what is compared.
    pub fn others(&mut self) {
        if self.chance.percent(30) {
            let sla = self.sla("accept or reject".to_owned());
            self.policy.slas.push(sla);
        }
        if self.chance.percent(20) {
            let stage = quoted(&self.policy.stages().next().unwrap().name);
            self.policy.others.push(format!("target 400 {stage} per month\n"));
            self.policy
                .others
                .push(format!("example \"nothing\"\n  at 2026-03-10 09:00\n  expect stage {stage} is unknown\n"));
        }
    }
}
