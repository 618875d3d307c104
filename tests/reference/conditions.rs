//! Random conditions: every row of §5 is about as likely as any other.

use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;

use crate::exact::Exact;
use crate::generate::{AMOUNTS, CURRENCIES, DOMAINS, Generator, KINDS, TEXTS, WORDS, strings};
use crate::model::{
    Comparison, Condition, Count, EventWindow, Field, Group, Inclusion, Kind, Moment, Operand, Span, StageTest,
    Statement, Subject, TextTest, Unit, Window,
};
use crate::text::fold;

const PATTERNS: [&str; 12] = [
    r"\d+",
    "^vp",
    "(head|chief) of",
    "ceo$",
    "^[a-z]+@",
    "mark.*ing",
    "директор",
    "(?-i:VP)",
    r"\.edu$",
    "[^a-z ]",
    r#"\"vp"#,
    "o{2}|ss",
];

const PLAIN: [Unit; 5] = [Unit::Minute, Unit::Hour, Unit::Day, Unit::Day, Unit::Week];
const CALENDAR: [Unit; 3] = [Unit::Month, Unit::Month, Unit::Year];

impl Generator {
    /// A condition of groups up to so many deep.
    pub fn condition(&mut self, depth: u32) -> Condition {
        if depth == 0 || self.chance.percent(if depth > 2 { 30 } else { 60 }) {
            return self.leaf();
        }
        let parts: Vec<Condition> = (0..self.chance.range(2, 4)).map(|_| self.condition(depth - 1)).collect();
        self.group(parts)
    }

    pub fn group(&mut self, parts: Vec<Condition>) -> Condition {
        let least = 1 + self.chance.index(parts.len());
        let group = self.chance.of(&[Group::All, Group::Any, Group::None, Group::AtLeast(least)]);
        Condition::Group(group, parts)
    }

    /// One line, about fields or about anything that stands before it.
    pub fn leaf(&mut self) -> Condition {
        let fields = self.policy.fields.clone();
        match self.chance.range(0, 399) {
            0..=99 => self.happened(),
            100..=149 => self.named(),
            _ => self.about(&fields),
        }
    }

    /// Which items of a list an event reads.
    pub fn of_an_item(&mut self, fields: &[Rc<Field>]) -> Condition {
        let kind = fields.iter().find(|field| field.path == ["kind"]).unwrap().clone();
        let one_of = self.chance.percent(50);
        let texts = self.chance.sample(&KINDS, if one_of { 2 } else { 1 }, if one_of { 3 } else { 1 });
        let values: Vec<Operand> = texts.into_iter().map(|text| Operand::Text(text.to_owned())).collect();
        kind.hints.borrow_mut().extend(values.iter().cloned());
        let test = if one_of { TextTest::IsOneOf } else { TextTest::Is };
        let kind = Condition::Text { of: Subject::Field(kind), test, not: false, values };
        if self.chance.percent(60) {
            return kind;
        }
        let others: Vec<Condition> = (0..self.chance.range(1, 2)).map(|_| self.about(fields)).collect();
        let group = self.chance.of(&[Group::All, Group::Any]);
        Condition::Group(group, [vec![kind], others].concat())
    }

    /// A test of one of these fields.
    pub fn about(&mut self, fields: &[Rc<Field>]) -> Condition {
        // As often as the table has rows for a field of its type.
        let weight = |field: &Rc<Field>| match field.kind {
            Kind::Text => 17,
            Kind::OneOf(_) => 26,
            Kind::Number => 6,
            Kind::Money { .. } => 8,
            Kind::Date => 12,
            Kind::Time => 9,
            Kind::Texts => 10,
            Kind::YesNo => 4,
            Kind::Items(_) => 2,
        };
        let weighted: Vec<_> = fields.iter().flat_map(|field| vec![field.clone(); weight(field)]).collect();
        let field = self.chance.of(&weighted);
        let others: Vec<_> = fields
            .iter()
            .filter(|one| !Rc::ptr_eq(one, &field) && comparable(&one.kind, &field.kind))
            .cloned()
            .collect();
        let texts = matches!(field.kind, Kind::Text | Kind::OneOf(_));
        let of = if texts && self.chance.percent(50) {
            Subject::Domain(field.clone())
        } else {
            Subject::Field(field.clone())
        };
        let only_filled = matches!(field.kind, Kind::Items(_));
        if only_filled || self.chance.percent(if texts { 6 } else { 12 }) {
            return Condition::Filled { of, empty: self.chance.percent(50) };
        }
        match &field.kind {
            Kind::Text | Kind::OneOf(_) => self.about_text(of, &field, &others),
            Kind::Number => self.about_number(of, &field, &others),
            Kind::Money { currency } => self.about_money(of, &field, *currency, &others),
            Kind::Date | Kind::Time => self.about_time(of, &field, &others),
            Kind::YesNo => Condition::YesNo { of, yes: self.chance.percent(50) },
            Kind::Texts => {
                let texts: Vec<_> = fields.iter().filter(|field| matches!(field.kind, Kind::Text)).cloned().collect();
                let test = self.chance.of(&[Inclusion::One, Inclusion::Any, Inclusion::All, Inclusion::None]);
                let count = if matches!(test, Inclusion::One) { 1 } else { 3 };
                let mut values = self.literals(&WORDS, 1, count);
                field.hints.borrow_mut().extend(values.iter().cloned());
                self.replace_by_a_field(&mut values, &texts);
                Condition::Includes { of, test, values }
            }
            Kind::Items(_) => panic!("a log is only filled in or empty"),
        }
    }

    fn literals(&mut self, texts: &[&str], low: usize, high: usize) -> Vec<Operand> {
        let mut texts = strings(&self.chance.sample(texts, low, high));
        texts.dedup_by_key(|text| fold(text));
        texts.into_iter().map(Operand::Text).collect()
    }

    /// A value may also be a field.
    fn replace_by_a_field(&mut self, values: &mut [Operand], fields: &[Rc<Field>]) {
        if !fields.is_empty() && self.chance.percent(45) {
            let at = self.chance.index(values.len());
            let field = self.chance.of(fields);
            field.hints.borrow_mut().push(values[at].clone());
            values[at] = Operand::Field(field);
        }
    }

    fn about_text(&mut self, of: Subject, field: &Rc<Field>, others: &[Rc<Field>]) -> Condition {
        use TextTest as Test;
        let domain = matches!(of, Subject::Domain(_));
        let not = self.chance.percent(50);
        match self.chance.range(0, 23) {
            0 | 1 => {
                let list = self.chance.of(&self.policy.lists.clone());
                let hint = self.chance.of(&list.entries);
                self.hint_text(field, domain, &hint);
                return Condition::InList { of, list: list.name, not };
            }
            2 | 3 => return Condition::Pattern { of, pattern: self.chance.of(&PATTERNS).to_owned(), not },
            _ => {}
        }
        let tests = [
            Test::Is,
            Test::IsOneOf,
            Test::Contains,
            Test::ContainsAny,
            Test::ContainsWord,
            Test::ContainsAnyWord,
            Test::StartsWith,
            Test::StartsWithAny,
            Test::EndsWith,
            Test::EndsWithAny,
        ];
        let test = self.chance.of(&tests);
        let whole = matches!(test, Test::Is | Test::IsOneOf);
        let many = matches!(
            test,
            Test::IsOneOf | Test::ContainsAny | Test::ContainsAnyWord | Test::StartsWithAny | Test::EndsWithAny
        );
        let pool: Vec<&str> = match &field.kind {
            Kind::OneOf(values) if domain => {
                let domains = values.iter().filter_map(|value| value.split_once('@'));
                domains.map(|(_, domain)| domain).flat_map(|domain| [domain; 3]).chain(DOMAINS).collect()
            }
            _ if domain => DOMAINS.to_vec(),
            Kind::OneOf(values) => values.iter().map(String::as_str).collect(),
            _ if whole && self.chance.percent(60) => TEXTS.to_vec(),
            _ => WORDS.to_vec(),
        };
        let sources = strings(&self.chance.sample(&pool, if many { 2 } else { 1 }, if many { 3 } else { 1 }));
        let mut texts: Vec<(String, String)> = Vec::new();
        for source in sources {
            self.hint_text(field, domain, &source);
            let mut text = source.clone();
            let letters: Vec<char> = text.chars().collect();
            if !whole && self.chance.percent(30) && letters.len() > 3 {
                let part = match test {
                    Test::StartsWith | Test::StartsWithAny => &letters[..3],
                    Test::EndsWith | Test::EndsWithAny => &letters[letters.len() - 3..],
                    _ => &letters[1..3],
                };
                text = Some(String::from_iter(part)).filter(|part| !part.trim().is_empty()).unwrap_or(text);
            }
            match self.chance.range(0, 9) {
                0 => text = text.to_uppercase(),
                1 => text = text.nfd().collect(),
                2 if !whole => text += " ",
                _ => {}
            }
            texts.push((text, source));
        }
        texts.sort_by_key(|(text, _)| fold(text));
        texts.dedup_by_key(|(text, _)| fold(text));
        let mut values: Vec<Operand> = texts.iter().map(|(text, _)| Operand::Text(text.clone())).collect();
        self.replace_by_a_field(&mut values, others);
        for (value, (text, source)) in values.iter().zip(texts) {
            let holds = match &field.kind {
                Kind::OneOf(all) if domain => all.iter().find(|one| one.ends_with(&format!("@{source}"))).cloned(),
                _ if domain => Some(format!("ana@{source}")),
                _ => Some(source),
            };
            if let (Operand::Field(other), Some(holds)) = (value, holds) {
                self.pairs.push([(field.clone(), holds), (other.clone(), text)]);
            }
        }
        Condition::Text { of, test, not, values }
    }

    fn hint_text(&mut self, field: &Field, domain: bool, text: &str) {
        let text = if domain { format!("@{text}") } else { text.to_owned() };
        field.hints.borrow_mut().push(Operand::Text(text));
    }

    fn comparison(&mut self) -> Comparison {
        use Comparison::{AtLeast, AtMost, Is, IsNot, LessThan, MoreThan};
        self.chance.of(&[Is, IsNot, AtLeast, AtMost, MoreThan, LessThan])
    }

    fn about_number(&mut self, of: Subject, field: &Field, others: &[Rc<Field>]) -> Condition {
        let mut bounds = [self.number(), self.number()];
        bounds.sort();
        let mut bounds = bounds.map(Operand::Number);
        field.hints.borrow_mut().extend(bounds.iter().cloned());
        self.replace_by_a_field(&mut bounds, others);
        self.compare(of, bounds)
    }

    fn about_money(
        &mut self,
        of: Subject,
        field: &Field,
        own: Option<&'static str>,
        others: &[Rc<Field>],
    ) -> Condition {
        let currency = own.filter(|_| self.chance.percent(50)).unwrap_or(self.chance.of(&CURRENCIES));
        let mut bounds = [Exact::decimal(self.chance.of(&AMOUNTS)), Exact::decimal(self.chance.of(&AMOUNTS))];
        bounds.sort();
        let mut bounds = bounds.map(|amount| Operand::Money(amount, currency));
        field.hints.borrow_mut().extend(bounds.iter().cloned());
        self.replace_by_a_field(&mut bounds, others);
        self.compare(of, bounds)
    }

    fn compare(&mut self, of: Subject, bounds: [Operand; 2]) -> Condition {
        let [from, to] = bounds;
        let with = if matches!(to, Operand::Field(_) | Operand::Score(_)) { to.clone() } else { from.clone() };
        if self.chance.percent(20) {
            Condition::Between { of, from, to }
        } else {
            Condition::Compare { of, test: self.comparison(), with }
        }
    }

    fn about_time(&mut self, of: Subject, field: &Field, others: &[Rc<Field>]) -> Condition {
        let is_date = matches!(field.kind, Kind::Date);
        if self.chance.percent(40) {
            let test = self.chance.of(&[Window::WithinTheLast, Window::WithinTheNext, Window::Ago, Window::Ahead]);
            let span = match self.chance.range(0, 2) {
                0 if is_date => self.span(&[Unit::Day, Unit::Day, Unit::Week]),
                0 => self.span(&PLAIN),
                1 if !is_date && self.policy.calendar.is_some() => self.business_span(),
                _ => self.span(&CALENDAR),
            };
            return Condition::Window { of, test, span };
        }
        let mut bounds = if is_date || self.chance.percent(50) {
            let mut dates = [self.near_date(), self.near_date()];
            dates.sort();
            dates.map(Operand::Date)
        } else {
            let mut times = [self.near_time(), self.near_time()];
            times.sort_by_key(|time| if let Operand::Time { instant, .. } = time { *instant } else { 0 });
            times
        };
        field.hints.borrow_mut().extend(bounds.iter().cloned());
        self.replace_by_a_field(&mut bounds, others);
        let [from, to] = bounds;
        if self.chance.percent(20) {
            return Condition::Between { of, from, to };
        }
        use Moment::{After, Before, On, OnOrAfter, OnOrBefore};
        let test = self.chance.of(&[Before, After, On, OnOrBefore, OnOrAfter]);
        let with = if matches!(to, Operand::Field(_)) { to } else { from };
        Condition::When { of, test, with }
    }

    pub fn happened(&mut self) -> Condition {
        let times = self.chance.of(&[1, 1, 2, 3]);
        let counts = [
            Count::Happened,
            Count::DidNotHappen,
            Count::AtLeast(times),
            Count::AtMost(times - 1),
            Count::Exactly(times - 1),
            Count::Days(times),
        ];
        let window = match self.chance.range(0, 11) {
            0 => None,
            1 => Some(EventWindow::Since(self.event_name())),
            2 => Some(EventWindow::Before(self.event_name())),
            3..=5 => Some(EventWindow::WithinTheLast(self.any_span())),
            6..=8 => Some(EventWindow::Ago(self.any_span())),
            _ => Some(EventWindow::After(self.any_span(), self.event_name())),
        };
        Condition::Event { event: self.event_name(), count: self.chance.of(&counts), window }
    }

    fn any_span(&mut self) -> Span {
        match self.chance.range(0, 2) {
            0 => self.span(&PLAIN),
            1 if self.policy.calendar.is_some() => self.business_span(),
            _ => self.span(&CALENDAR),
        }
    }

    /// About what the policy defines; where nothing is defined yet, an event.
    pub fn named(&mut self) -> Condition {
        let statements = self.policy.statements.clone();
        if statements.is_empty() {
            return self.happened();
        }
        let mut kinds: Vec<_> = Vec::new();
        for kind in statements.iter().map(std::mem::discriminant) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        // Scores have by far the most rows.
        let score = statements.iter().find(|one| matches!(one, Statement::Score(_)));
        kinds.extend(score.map(|score| vec![std::mem::discriminant(score); 4]).unwrap_or_default());
        let kind = self.chance.of(&kinds);
        let of_that_kind: Vec<_> =
            statements.iter().filter(|one| std::mem::discriminant(*one) == kind).cloned().collect();
        match self.chance.of(&of_that_kind) {
            Statement::Criterion(criterion) => {
                Condition::Criterion { name: criterion.name, not: self.chance.percent(50) }
            }
            Statement::Checklist(checklist) => {
                let labels: Vec<String> = checklist.items.iter().map(|(label, _)| label.clone()).collect();
                Condition::Checklist {
                    name: checklist.name,
                    at_least: self.chance.some(60, |chance| 1 + chance.index(labels.len())),
                    including: self.chance.some(50, |chance| chance.sample(&labels, 1, 2)).unwrap_or_default(),
                }
            }
            Statement::Score(score) => {
                let scores: Vec<String> = self.policy.scores().map(|score| score.name.clone()).collect();
                let of = Subject::Score(score.name);
                if self.chance.percent(10) {
                    return Condition::Filled { of, empty: self.chance.percent(50) };
                }
                let mut bounds = ["0", "10", "15", "20", "40", "49.99", "2.5", "-10", "5"].map(Exact::decimal);
                self.chance.shuffle(&mut bounds);
                let [one, other, ..] = bounds;
                let (from, to) = if one < other { (one, other) } else { (other, one) };
                let mut bounds = [Operand::Number(from), Operand::Number(to)];
                if self.chance.percent(50) {
                    let at = self.chance.index(2);
                    bounds[at] = Operand::Score(self.chance.of(&scores));
                }
                self.compare(of, bounds)
            }
            Statement::Grade(grade) => {
                use crate::model::GradeBy::{Conditions, Score};
                let mut labels: Vec<String> = match grade.by {
                    Score(_, lines) => lines.into_iter().map(|(label, _)| label).collect(),
                    Conditions(lines) => lines.into_iter().map(|(label, _)| label).collect(),
                };
                labels.push(grade.otherwise);
                Condition::Grade { name: grade.name, labels: self.chance.sample(&labels, 1, 2) }
            }
            Statement::Disqualify { .. } => self.happened(),
            Statement::Stage(stage) => {
                let asks = [StageTest::Reached, StageTest::NotReached, StageTest::PassesItsTest];
                Condition::Stage { name: stage.name, asks: self.chance.of(&asks) }
            }
        }
    }
}

fn comparable(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Text | Kind::OneOf(_), Kind::Text | Kind::OneOf(_)) => true,
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}
