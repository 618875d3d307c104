//! A policy as its authors would write it.

use crate::chance::Chance;
use crate::exact::Exact;
use crate::model::{
    Calendar, Condition, Event, Field, Grade, GradeBy, Group, Handover, Interval, Kind, Loss, Outcome, Policy, Rates,
    Rule, Score, Source, Stage, Statement,
};
use crate::words::{count_of, number, operand, path, plain, quoted, span, subject, texts};

/// The files of a policy, by name; the policy itself is `p.handover`.
pub fn render(policy: &Policy) -> Vec<(String, String)> {
    let mut out = Writer { chance: Chance::new(policy.layout), lines: Vec::new() };
    let mut files = Vec::new();
    let data = out.data(policy, &mut files);
    let head = out.head(policy);
    let mut statements: Vec<String> = policy.statements.iter().map(|statement| out.statement(statement)).collect();
    statements.extend(policy.others.iter().cloned());
    statements.extend(policy.slas.iter().map(|sla| out.sla(sla)));
    statements.extend(policy.handover.as_ref().map(|one| out.handover(one)));
    let mut all = vec![head];
    if policy.library {
        all.push("uses \"shared.handover\"\n".to_owned());
        files.push(("shared.handover".to_owned(), format!("library \"shared\"\n{}", data.concat())));
    } else if out.chance.percent(20) {
        statements.extend(data);
    } else {
        all.extend(data);
    }
    all.extend(statements);
    let text = all.join(if out.chance.percent(70) { "\n" } else { "" });
    let text = match out.chance.range(0, 19) {
        0 => text.replace('\n', "\r\n"),
        1 => format!("\u{feff}{text}"),
        _ => text,
    };
    files.push(("p.handover".to_owned(), text));
    files
}

pub struct Writer {
    pub chance: Chance,
    lines: Vec<String>,
}

impl Writer {
    pub fn line(&mut self, line: impl Into<String>) {
        if self.chance.percent(1) {
            let between = self.chance.of(&["", "# a comment, with a \"quote", "    # - all of:"]);
            self.lines.push(between.to_owned());
        }
        let tail = if self.chance.percent(1) { "  # and so on" } else { "" };
        self.lines.push(line.into() + tail);
    }

    pub fn taken(&mut self) -> String {
        std::mem::take(&mut self.lines).join("\n") + "\n"
    }

    fn head(&mut self, policy: &Policy) -> String {
        self.line(format!("policy {}", quoted(&policy.name)));
        let mut body = vec![format!("version {}", policy.version)];
        body.extend(policy.effective_from.map(|date| format!("effective from {date}")));
        body.extend(policy.effective_until.map(|date| format!("effective until {date}")));
        body.extend(policy.calendar.as_ref().map(|one| format!("working hours of {}", quoted(&one.name))));
        body.extend(self.chance.some(30, |_| "agreed by Sales \"VP Sales\" on 2019-12-15".to_owned()));
        self.chance.shuffle(&mut body);
        body.iter().for_each(|line| self.line(format!("  {line}")));
        self.taken()
    }

    /// What may stand in a library: fields, lists, the calendar, rates and events.
    fn data(&mut self, policy: &Policy, files: &mut Vec<(String, String)>) -> Vec<String> {
        let mut data = Vec::new();
        self.line("lead");
        if policy.identified_by != ["id"] {
            self.line(format!("  identified by {}", path(&policy.identified_by)));
        }
        if !policy.empty_when.is_empty() {
            self.line(format!("  empty when {}", texts(&policy.empty_when)));
        }
        policy.fields.iter().for_each(|field| self.field(field, "  "));
        data.push(self.taken());
        for list in &policy.lists {
            if list.in_a_file {
                let file = format!("{}.txt", files.len());
                self.line(format!("list {} from \"{file}\"", quoted(&list.name)));
                let entries: Vec<String> = list.entries.iter().map(|entry| format!("  {entry} \n")).collect();
                files.push((file, format!("# entries\n\n{}", entries.concat())));
            } else {
                self.line(format!("list {}:", quoted(&list.name)));
                list.entries.iter().for_each(|entry| self.line(format!("  - {}", quoted(entry))));
            }
            data.push(self.taken());
        }
        for calendar in policy.calendar.iter().chain(&policy.calendars) {
            self.calendar(calendar, files);
            data.push(self.taken());
        }
        for table in &policy.rates {
            self.rates(table, files);
            data.push(self.taken());
        }
        for event in &policy.events {
            self.event(event);
            data.push(self.taken());
        }
        data
    }

    fn field(&mut self, field: &Field, indent: &str) {
        let mut options = Vec::new();
        if !field.empty_when.is_empty() {
            options.push(format!("empty when {}", texts(&field.empty_when)));
        }
        options.extend(field.when_empty.as_ref().map(|instead| format!("when empty {}", operand(instead))));
        options.extend(field.private.then(|| "private".to_owned()));
        options.extend(field.called.as_ref().map(|name| format!("called {}", quoted(name))));
        self.chance.shuffle(&mut options);
        let kind = match &field.kind {
            Kind::Text => "text".to_owned(),
            Kind::Number => "a number".to_owned(),
            Kind::Money { currency: None } => "money".to_owned(),
            Kind::Money { currency: Some(currency) } => format!("money in {currency}"),
            Kind::Date => "a date".to_owned(),
            Kind::Time => "a time".to_owned(),
            Kind::YesNo => "yes or no".to_owned(),
            Kind::OneOf(values) => format!("one of {}", texts(values)),
            Kind::Texts => "a list of text".to_owned(),
            Kind::Items(_) => "a list".to_owned(),
        };
        let options: String = options.iter().map(|option| format!(", {option}")).collect();
        let line = format!("{indent}{} is {kind}{options}", path(&field.path));
        if let Kind::Items(items) = &field.kind {
            self.line(line + if options.is_empty() { " of:" } else { ", of:" });
            items.iter().for_each(|item| self.field(item, &format!("{indent}  - ")));
        } else {
            self.line(line);
        }
    }

    fn calendar(&mut self, calendar: &Calendar, files: &mut Vec<(String, String)>) {
        const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let day = |day: &u32| DAYS[*day as usize];
        self.line(format!("calendar {}", quoted(&calendar.name)));
        let mut body = vec![format!("time zone \"{}\"", calendar.zone.name())];
        body.extend(calendar.always_open.then(|| "always open".to_owned()));
        for (days, hours) in &calendar.week {
            // Days that follow each other are a range, over the end of the week too.
            let range = days.len() > 2 && days.windows(2).all(|pair| (pair[0] + 1) % 7 == pair[1]);
            let days = if range {
                format!("{} to {}", day(&days[0]), day(days.last().unwrap()))
            } else {
                days.iter().map(day).collect::<Vec<_>>().join(", ")
            };
            body.push(format!("open {days}, {}", intervals(hours)));
        }
        body.extend(calendar.closed.iter().map(|date| format!("closed on {date} \"A day off\"")));
        body.extend(calendar.open.iter().map(|(date, hours)| format!("open on {date}, {}", intervals(hours))));
        if !calendar.holidays.is_empty() {
            let file = format!("{}.yaml", files.len());
            body.push(format!("holidays from \"{file}\""));
            let days = calendar.holidays.iter().map(|date| format!("- date: {date}\n  name: A holiday\n"));
            files.push((file, days.collect()));
        }
        self.body(body);
    }

    fn rates(&mut self, table: &Rates, files: &mut Vec<(String, String)>) {
        if table.in_a_file {
            let file = format!("{}.yaml", files.len());
            let rate = |(from, to, rate): &(&str, &str, Exact)| {
                format!("    - {{from: {from}, to: {to}, rate: \"{}\"}}\n", rate.text())
            };
            let rates: String = table.pairs.iter().map(rate).collect();
            self.line(format!("rates from \"{file}\""));
            files.push((file, format!("- date: {}\n  rates:\n{rates}", table.date)));
        } else {
            self.line(format!("rates on {}", table.date));
            for (from, to, rate) in &table.pairs {
                self.line(format!("  - {from} 1 is {to} {}", rate.text()));
            }
        }
    }

    fn event(&mut self, event: &Event) {
        self.line(format!("event {}", quoted(&event.name)));
        if let Some(list) = &event.from {
            match &event.condition {
                Some(condition) => self.condition(&format!("  from {} where ", path(&list.path)), condition, 2),
                None => self.line(format!("  from {}", path(&list.path))),
            }
        }
        self.line(format!("  dated by {}", path(&event.dated_by.path)));
        if let Some(reason) = &event.reason_in {
            self.line(format!("  reason in {}", path(&reason.path)));
        }
    }

    fn handover(&mut self, handover: &Handover) -> String {
        self.line("handover");
        self.line("  from Marketing to Sales");
        self.line(format!("  handed over at {}", quoted(&handover.handed_over_at)));
        self.line(format!("  rejected at {}", texts(&handover.rejected_at)));
        self.line(format!("  reasons {}", texts(&handover.reasons)));
        self.taken()
    }

    pub fn body(&mut self, mut lines: Vec<String>) {
        if self.chance.percent(30) {
            self.chance.shuffle(&mut lines);
        }
        lines.into_iter().for_each(|line| self.line(format!("  {line}")));
    }

    fn statement(&mut self, statement: &Statement) -> String {
        let owned = !matches!(statement, Statement::Grade(_) | Statement::Disqualify { .. });
        let owner = self.chance.some(50, |chance| chance.of(&["Marketing", "Sales", "\"Field sales\"", "Продажби"]));
        let because = self.chance.some(20, |_| "  because \"Ред, \\\"why\\\" # not a comment\"");
        let of = match statement {
            Statement::Grade(Grade { by: GradeBy::Score(score, _), .. }) => format!(" of score {}", quoted(score)),
            _ => String::new(),
        };
        self.line(format!("{} {}{of}", keyword(statement), quoted(statement.name())));
        let (first, last) = if self.chance.percent(50) { (because, None) } else { (None, because) };
        first.into_iter().for_each(|line| self.line(line));
        owner.filter(|_| owned).into_iter().for_each(|party| self.line(format!("  owned by {party}")));
        match statement {
            Statement::Criterion(criterion) => {
                let closed = criterion.if_unknown.map(|outcome| {
                    let outcome = if outcome == Outcome::Met { "met" } else { "not met" };
                    format!("  if unknown, treat as {outcome}")
                });
                let (before, after) = if self.chance.percent(30) { (closed, None) } else { (None, closed) };
                before.into_iter().for_each(|line| self.line(line));
                self.condition("  is met when ", &criterion.condition, 2);
                after.into_iter().for_each(|line| self.line(line));
            }
            Statement::Checklist(checklist) => {
                for (label, condition) in &checklist.items {
                    self.condition(&format!("  - {label}: "), condition, 4);
                }
            }
            Statement::Score(score) => self.score(score),
            Statement::Grade(grade) => {
                match &grade.by {
                    GradeBy::Score(_, lines) => lines.iter().for_each(|(label, bound)| {
                        self.line(format!("  - {} from {}", quoted(label), number(bound)));
                    }),
                    GradeBy::Conditions(lines) => lines.iter().for_each(|(label, condition)| {
                        self.condition(&format!("  - {} when ", quoted(label)), condition, 4);
                    }),
                }
                self.line(format!("  - {} otherwise", quoted(&grade.otherwise)));
            }
            Statement::Disqualify { condition, .. } => self.condition("  when ", condition, 2),
            Statement::Stage(stage) => self.stage(stage),
        }
        last.into_iter().for_each(|line| self.line(line));
        self.taken()
    }

    fn stage(&mut self, stage: &Stage) {
        self.condition("  is reached when ", &stage.test, 2);
        let mut body = Vec::new();
        if !stage.entered_when.is_empty() {
            body.push(format!("entered when {}", texts(&stage.entered_when)));
        }
        for (events, hold) in &stage.left_when {
            let hold = hold.map_or(String::new(), |hold| format!(", for {}", span(hold)));
            body.push(format!("left when {}{hold}", texts(events)));
        }
        body.extend(stage.only_while.then(|| "only while it passes its test".to_owned()));
        self.body(body);
    }

    fn score(&mut self, score: &Score) {
        let mut body = Vec::new();
        body.extend(score.starts_at.as_ref().map(|start| format!("starts at {}", number(start))));
        body.extend(score.never_below.as_ref().map(|floor| format!("never below {}", number(floor))));
        body.extend(score.never_above.as_ref().map(|cap| format!("never above {}", number(cap))));
        if !score.starts_again_at.is_empty() {
            body.push(format!("starts again at {}", texts(&score.starts_again_at)));
        }
        self.chance.shuffle(&mut body);
        let later = if self.chance.percent(30) { body.split_off(body.len() / 2) } else { Vec::new() };
        self.body(body);
        score.rules.iter().for_each(|rule| self.rule(rule));
        self.body(later);
    }

    fn rule(&mut self, rule: &Rule) {
        let verb = if rule.remove { "  remove" } else { "  add" };
        let mut line = match &rule.source {
            Source::Points(points) => format!("{verb} {}", count_of(points)),
            Source::Table { lines, otherwise } => {
                self.line(format!("{verb} points:"));
                for (points, condition) in lines {
                    self.condition(&format!("    - {} when ", number(points)), condition, 6);
                }
                return self.line(format!("    - {} otherwise", number(otherwise)));
            }
            Source::Bands { by, lines, otherwise } => {
                self.line(format!("{verb} points by {}:", subject(by)));
                for (points, bound) in lines {
                    self.line(format!("    - {} from {}", number(points), operand(bound)));
                }
                return self.line(format!("    - {} otherwise", number(otherwise)));
            }
            Source::Each { points, event, within, once_every, decay } => {
                let within = within.map_or(String::new(), |one| format!(" within the last {}", span(one)));
                let once = once_every.map_or(String::new(), |one| format!(", counted once every {}", span(one)));
                let decay = decay.as_ref().map_or(String::new(), |(loss, period)| match loss {
                    Loss::Half => format!(", halving every {}", span(*period)),
                    Loss::Percent(percent) => format!(", losing {}% every {}", number(percent), span(*period)),
                    Loss::Points(points) => format!(", losing {} every {}", count_of(points), span(*period)),
                });
                format!("{verb} {} for each {}{within}{once}{decay}", count_of(points), quoted(event))
            }
            Source::Quiet { points, every, event } => {
                format!("{verb} {} for every {} without {}", count_of(points), span(*every), quoted(event))
            }
            Source::Field(field) => format!("{verb} {} points", path(&field.path)),
            Source::Score(score) => format!("{verb} score {}", quoted(score)),
            Source::PercentOfScore(percent, score) => format!("{verb} {}% of score {}", number(percent), quoted(score)),
        };
        line += &rule.at_most.as_ref().map_or(String::new(), |most| format!(", at most {}", count_of(most)));
        let when = if matches!(rule.source, Source::Points(_)) { " when " } else { ", when " };
        match &rule.when {
            Some(condition) => self.condition(&(line + when), condition, 2),
            None => self.line(line),
        }
    }

    /// A condition after what stands before it on its line, whose own text begins at `column`.
    pub fn condition(&mut self, before: &str, condition: &Condition, column: usize) {
        let Condition::Group(group, parts) = condition else {
            return self.line(format!("{before}{}", plain(condition)));
        };
        let head = match group {
            Group::All => "all of:".to_owned(),
            Group::Any => "any of:".to_owned(),
            Group::None => "none of:".to_owned(),
            Group::AtLeast(count) => format!("at least {count} of:"),
        };
        self.line(format!("{before}{head}"));
        for part in parts {
            self.condition(&format!("{}- ", " ".repeat(column + 2)), part, column + 4);
        }
    }
}

fn keyword(statement: &Statement) -> &'static str {
    match statement {
        Statement::Criterion(_) => "criterion",
        Statement::Checklist(_) => "checklist",
        Statement::Score(_) => "score",
        Statement::Grade(_) => "grade",
        Statement::Disqualify { .. } => "disqualify",
        Statement::Stage(_) => "stage",
    }
}

fn intervals(intervals: &[Interval]) -> String {
    let time = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let written = intervals.iter().map(|(from, to)| format!("{} to {}", time(*from), time(*to)));
    written.collect::<Vec<_>>().join(" and ")
}
