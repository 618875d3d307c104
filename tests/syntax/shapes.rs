//! What sound policies become.

use handover::syntax::ast::*;

use crate::read;

fn sound(text: &str) -> Vec<StatementKind> {
    let read = read(text);
    assert_eq!(read.shown(), [""; 0]);
    assert!(read.file.lost.is_empty() && read.file.statements.iter().all(|statement| !statement.broken));
    read.file.statements.into_iter().map(|statement| statement.kind).collect()
}

/// The condition of a criterion with that text.
fn condition(text: &str) -> Condition {
    let policy = format!("policy \"P\"\n  version 1\ncriterion \"c\"\n  is met when {text}\n");
    match sound(&policy).pop() {
        Some(StatementKind::Criterion(criterion)) => criterion.condition.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn test(text: &str) -> (Subject, Test) {
    match condition(text).kind {
        ConditionKind::Test(subject, test) => (subject, test),
        other => panic!("{text}: {other:?}"),
    }
}

/// A value without its places.
fn bare(value: &Value) -> String {
    match value {
        Value::Literal(literal) => match literal {
            Literal::Text(text) => format!("{text:?}"),
            Literal::Number(number) => number.to_string(),
            Literal::Money(currency, amount) => format!("{currency} {amount}"),
            other => format!("{other:?}"),
        },
        Value::Field(path) => path.node.join("/"),
        Value::Score(name) => format!("score {}", name.node),
    }
}

#[test]
fn a_whole_policy_keeps_its_statements() {
    let statements = sound(include_str!("whole.handover"));
    let mut counts = std::collections::BTreeMap::new();
    for statement in &statements {
        let shown = format!("{statement:?}");
        *counts.entry(shown.split('(').next().unwrap().to_owned()).or_insert(0) += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    insta::assert_snapshot!(counts.join(", "), @"Calendar 1, Checklist 1, Criterion 2, Disqualify 1, Event 5, Example 1, Grade 1, Handover 1, Lead 1, List 1, Policy 1, Rates 1, Score 1, Sla 1, Stage 2, Target 1");
}

#[test]
fn every_line_of_the_language_is_read() {
    let statements = sound(include_str!("every_line.handover"));
    for statement in &statements {
        match statement {
            StatementKind::Policy(policy) => {
                assert!(
                    policy.version.is_some() && policy.effective_from.is_some() && policy.effective_until.is_some()
                );
                assert_eq!(policy.agreements.len(), 2);
                assert_eq!(policy.agreements[1].party.node, "Продажби");
                assert!(policy.calendar.is_some() && policy.because.is_some());
            }
            StatementKind::Lead(lead) => {
                assert_eq!(lead.identified_by.as_ref().unwrap().node, ["crm", "Lead ID"]);
                assert_eq!(lead.empty_when.len(), 2);
                assert_eq!(lead.fields.len(), 13);
                let history = lead.fields.last().unwrap();
                assert_eq!(history.ty.node, TypeExpr::Items);
                assert_eq!(history.when_empty.as_ref().unwrap().node, Literal::None);
                assert_eq!(history.items.len(), 3);
            }
            StatementKind::Calendar(calendar) if calendar.name.node == "Sofia office" => {
                let hours: Vec<_> =
                    calendar.weekly.iter().flat_map(|w| &w.node.hours).map(|h| (h.node.open, h.node.close)).collect();
                assert_eq!(hours, [(540, 780), (840, 1080), (1320, 1800), (0, 1440)]);
                assert_eq!((calendar.open_on.len(), calendar.closed_on.len(), calendar.holidays.len()), (2, 2, 1));
            }
            StatementKind::Score(score) if score.name.node == "engagement" => {
                assert_eq!(score.rules.len(), 15);
                assert_eq!(score.starts_again.len(), 2);
            }
            StatementKind::Sla(sla) if sla.name.node == "accept or reject" => {
                assert_eq!(sla.allowed.as_ref().unwrap().node.len(), 2);
                assert_eq!(sla.hours.as_ref().unwrap().node.len(), 2);
                assert_eq!((sla.steps.len(), sla.pauses.len()), (4, 2));
                assert_eq!(sla.steps[2].actions.len(), 5);
            }
            StatementKind::Example(example) if example.name.node == "all there is" => {
                assert_eq!((example.given.len(), example.expect.len()), (10, 13));
            }
            _ => {}
        }
    }
    assert_eq!(statements.len(), 32);
}

#[test]
fn a_field_may_have_any_name() {
    let statements = sound(include_str!("odd_names.handover"));
    let Some(StatementKind::Lead(lead)) = statements.get(1) else { panic!() };
    let names: Vec<String> = lead.fields.iter().map(|field| field.path.node.join("/")).collect();
    insta::assert_snapshot!(names.join(" "), @r#"score stage grade domain all any none at is the happened empty empty when identified filled in field/with.dots/and "quotes" größe компания/брой_служители बजट _1"#);
    let Some(StatementKind::Criterion(criterion)) = statements.last() else { panic!() };
    let Some(Condition { kind: ConditionKind::Group(_, conditions), .. }) = &criterion.condition else { panic!() };
    assert!(conditions.iter().all(|condition| matches!(condition.kind, ConditionKind::Test(Subject::Field(_), _))));
}

#[test]
fn more_than_is_a_window_or_a_comparison() {
    let tail = |text: &str| match test(text).1 {
        Test::Window(window, duration) => format!("{window:?} {} {:?}", duration.node.amount, duration.node.unit),
        Test::Compare(comparison, value) => format!("{comparison:?} {}", bare(&value.node)),
        other => format!("{other:?}"),
    };
    assert_eq!(tail("d is more than 30 days ago"), "MoreThanAgo 30 Days");
    assert_eq!(tail("d is more than 1 business day ahead"), "MoreThanAhead 1 BusinessDays");
    assert_eq!(tail("n is more than 30"), "MoreThan 30");
    assert_eq!(tail("n is more than EUR 5"), "MoreThan EUR 5");
    assert_eq!(tail("n is more than other_field"), "MoreThan other_field");
    assert_eq!(tail("n is more than score"), "MoreThan score");
    assert_eq!(tail("score \"a\" is more than score \"b\""), "MoreThan score b");
    assert_eq!(tail("d is on or before 2026-06-30"), "OnOrBefore Date(2026-06-30)");
    assert_eq!(tail("d is within the next 1,000 hours"), "WithinNext 1000 Hours");
}

#[test]
fn values_keep_their_kind() {
    let value = |text: &str| match test(&format!("x is {text}")).1 {
        Test::Is { values, .. } => values.iter().map(|value| bare(&value.node)).collect::<Vec<_>>().join("; "),
        other => format!("{other:?}"),
    };
    for (written, read) in [
        ("5", "5"),
        ("-0.50", "-0.5"),
        ("5,000.25", "5000.25"),
        ("0.125", "0.125"),
        ("1,234.567", "1234.567"),
        ("usd 5", "USD 5"),
        ("not 0", "0"),
        ("one of 1, 2,000, 3", "1; 2000; 3"),
        ("\"a\"", "\"a\""),
        ("one of \"a\",\"b\" , \"c\"", "\"a\"; \"b\"; \"c\""),
        ("\"say \\\"x\\\" \\\\\"", "\"say \\\"x\\\" \\\\\""),
        ("\"caf\u{65}\u{301}\"", "\"café\""),
        ("company.`No. of staff`", "company/No. of staff"),
        ("`empty`", "empty"),
        ("2026-03-10", "Date(2026-03-10)"),
        ("2026-03-10 09:00", "Time(Local(2026-03-10T09:00:00))"),
        ("2026-03-10T09:00:30", "Time(Local(2026-03-10T09:00:30))"),
        ("1970-01-01T02:00:00.5+02:00", "Time(Instant(500000))"),
        ("1969-12-31 23:59:59Z", "Time(Instant(-1000000))"),
    ] {
        assert_eq!(value(written), read, "{written}");
    }
}

#[test]
fn a_backslash_in_a_pattern_stands_for_itself() {
    let pattern = |text: &str| match test(&format!("x matches pattern {text}")).1 {
        Test::Pattern { pattern, .. } => pattern.node,
        other => format!("{other:?}"),
    };
    assert_eq!(pattern(r#""\d+""#), r"\d+");
    assert_eq!(pattern(r#""\"a\\""#), r#""a\\"#);
    assert_eq!(pattern(r#""a # b""#), "a # b");
}

#[test]
fn events_are_counted_within_windows() {
    let shown = |text: &str| match condition(text).kind {
        ConditionKind::Event { happened, window, .. } => format!(
            "{} {}",
            format!("{happened:?}").split(['(', ' ']).next().unwrap(),
            window.map_or(String::new(), |window| format!("{:?}", window.node)
                .split(['(', ' '])
                .next()
                .unwrap()
                .to_owned())
        ),
        other => format!("{other:?}"),
    };
    assert_eq!(shown("\"e\" happened"), "Ever ");
    assert_eq!(shown("\"e\" did not happen within the last 1 week"), "Never WithinLast");
    assert_eq!(shown("\"e\" happened at least 2 times within the last 30 days"), "AtLeast WithinLast");
    assert_eq!(shown("\"e\" happened at most 1 time more than 30 days ago"), "AtMost MoreThanAgo");
    assert_eq!(shown("\"e\" happened exactly 1 time since the last \"o\""), "Exactly SinceLast");
    assert_eq!(shown("\"e\" happened on at least 2 different days before the first \"o\""), "OnDays BeforeFirst");
    assert_eq!(shown("\"e\" happened within 3 days after the last \"o\""), "Ever AfterLast");
}

#[test]
fn spans_are_the_words_themselves() {
    let text = "policy \"P\"\n  version 1\ncriterion \"c\"\n  is met when   any of: # both\n    - employees is  at least   5,000 # many\n";
    let read = read(text);
    let Some(StatementKind::Criterion(criterion)) = read.file.statements.last().map(|statement| &statement.kind) else {
        panic!()
    };
    let group = criterion.condition.as_ref().unwrap();
    assert_eq!(read.source.slice(group.span), "any of:");
    let ConditionKind::Group(_, conditions) = &group.kind else { panic!() };
    assert_eq!(read.source.slice(conditions[0].span), "employees is  at least   5,000");
    let ConditionKind::Test(_, Test::Compare(_, value)) = &conditions[0].kind else { panic!() };
    assert_eq!(read.source.slice(value.span), "5,000");
}

#[test]
fn a_broken_line_leaves_its_names() {
    let text = "policy \"P\"\n  version 1\nlead\n  email is blub\n  company.size wie blub\n  tags is a lisst of things, blub:\n    - kind is text\ncriterium \"company fit\"\n  is met when nonsense\nstage \"MQL\" nonsense\n  is reached when email is filled in\n";
    let read = read(text);
    assert_eq!(read.diagnostics.len(), 5, "{:#?}", read.shown());
    assert_eq!(read.file.lost, ["email", "company.size", "tags", "company fit", "MQL"]);
    let Some(StatementKind::Lead(lead)) = read.file.statements.get(1).map(|statement| &statement.kind) else {
        panic!()
    };
    assert!(lead.fields.iter().all(|field| field.ty.node == TypeExpr::Broken));
    assert!(read.file.statements[1].broken);
}

#[test]
fn a_field_may_have_a_name_of_everyday_speech() {
    let policy = |lead: &str, uses: &str| {
        format!(
            "policy \"P\"\n  version 1\n{uses}lead\n  email is text\n{lead}criterion \"c\"\n  is met when email is missing\n"
        )
    };
    assert_eq!(read(&policy("", "")).shown(), ["6 H0114 `is missing` `is missing` is written `is empty`"]);
    assert_eq!(read(&policy("  missing is text\n", "")).shown(), [""; 0]);
    assert_eq!(read(&policy("", "uses \"crm.handover\"\n")).shown(), [""; 0]);
}

#[test]
fn a_misspelt_policy_is_still_the_policy() {
    let read = read(
        "polcy \"P\"\n  version 1\n  working hours of \"Sofia\"\nstage \"S\"\n  is reached when email is filled in\n",
    );
    assert_eq!(read.shown(), ["1 H0101 `polcy` `polcy` begins no statement"]);
    let Some(StatementKind::Policy(policy)) = read.file.statements.first().map(|statement| &statement.kind) else {
        panic!()
    };
    assert!(policy.calendar.is_some() && read.file.statements[0].broken);
}
