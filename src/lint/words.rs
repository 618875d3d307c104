//! `short-word`, `months`, `consent`: words that probably say something else than what was meant.

use super::Finding;
use super::unused::roots;
use crate::diagnostic::{Diagnostic, codes};
use crate::policy::*;
use crate::source::Span;

/// Longer texts are rarely part of another word.
const SHORT: usize = 6;

/// Finds short texts that are looked for anywhere, recent windows in months, and silence that counts as consent.
pub fn find(policy: &Policy, found: &mut Vec<Finding>) {
    let wheres = policy.events.iter().filter_map(|event| event.condition.as_ref());
    for condition in wheres.chain(roots(policy)) {
        condition.visit(&mut |part| {
            short_words(policy, part, found);
            match &part.kind {
                ConditionKind::Window { window: Window::WithinLast, duration, .. }
                | ConditionKind::Event { window: Some(EventWindow::WithinLast(duration)), .. } => {
                    months(policy, part.span, *duration, found);
                }
                _ => {}
            }
        });
    }
    for rule in policy.scores.iter().flat_map(|score| &score.rules) {
        if let ScoreRuleKind::ForEach { within: Some(duration), .. } = &rule.kind {
            months(policy, rule.span, *duration, found);
        }
    }
    for field in policy.fields.iter().flat_map(|field| std::iter::once(field).chain(&field.items)) {
        consent(field, found);
    }
}

fn short_words(policy: &Policy, part: &Condition, found: &mut Vec<Finding>) {
    let ConditionKind::Text { not, test: TextTest::Find(Place::Anywhere, values), .. } = &part.kind else { return };
    let short: Vec<&str> = values
        .iter()
        .filter_map(|value| match value {
            Operand::Literal(text) => Some(text.as_str()),
            Operand::Field(_) => None,
        })
        .filter(|text| is_short_word(text))
        .collect();
    let Some(first) = short.first() else { return };
    let longer = match first.to_lowercase().as_str() {
        "intern" => "`international`".to_owned(),
        "vp" => "`MVP`".to_owned(),
        "head" => "`headhunter`".to_owned(),
        "cto" => "`director`".to_owned(),
        "it" => "`marketing fit`".to_owned(),
        "test" => "`latest`".to_owned(),
        word => format!("any longer word that has `{word}` in it"),
    };
    let several = values.len() > 1;
    let form = match (not, several) {
        (false, false) => "contains the word",
        (false, true) => "contains any of the words",
        (true, false) => "does not contain the word",
        (true, true) => "does not contain any of the words",
    };
    let message = format!("`{first}` is also found within longer words: {longer}");
    let place = word_span(policy, part.span, first);
    found.push(Finding::new(Diagnostic::new(&codes::SHORT_WORD, place, message).help(format!(
        "Write `{form} \"{first}\"`{} to look for whole words; if any part of a word is meant, write `# allow short-word` \
         above this line.",
        if several { ", …" } else { "" }
    ))));
}

/// One word of a script that parts words and has capitals.
fn is_short_word(text: &str) -> bool {
    let has_case = |c: char| c.is_lowercase() || c.is_uppercase();
    !text.is_empty() && text.chars().count() <= SHORT && text.chars().all(has_case)
}

fn word_span(policy: &Policy, span: Span, word: &str) -> Span {
    part_of(policy, span, &format!("\"{word}\"")).unwrap_or(span)
}

/// Where these words stand within other ones.
fn part_of(policy: &Policy, span: Span, words: &str) -> Option<Span> {
    let at = policy.sources.slice(span).find(words)?;
    let start = span.start as usize + at;
    Some(Span::new(span.file, start, start + words.len()))
}

fn months(policy: &Policy, span: Span, duration: Duration, found: &mut Vec<Finding>) {
    if duration.unit != Unit::Months {
        return;
    }
    let plural = if duration.amount == 1 { "month" } else { "months" };
    let words = [format!("{} {plural}", duration.amount), format!("{} months", duration.amount)];
    let place = words.iter().find_map(|words| part_of(policy, span, words)).unwrap_or(span);
    let days = u64::from(duration.amount) * 30;
    let message = format!(
        "`{} {plural}` is not always equally long, so the same lead counts longer in some months",
        duration.amount
    );
    found.push(Finding::new(
        Diagnostic::new(&codes::MONTHS, place, message).help(format!(
            "Write `{days} days`; if calendar months are meant, write `# allow months` above this line."
        )),
    ));
}

/// Parts of names of fields in which silence must not count as an answer.
const CONSENT: [&str; 16] = [
    "consent",
    "optin",
    "optout",
    "optedin",
    "optedout",
    "unsubscri",
    "subscribed",
    "gdpr",
    "permission",
    "donotcall",
    "donotemail",
    "donotcontact",
    "suppress",
    "einwilligung",
    "съгласие",
    "отписан",
];

fn consent(field: &Field, found: &mut Vec<Finding>) {
    let Some(Literal::YesNo(answer)) = field.when_empty else { return };
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let names = [letters(&field.dotted()), letters(field.called.as_deref().unwrap_or_default())];
    if !CONSENT.iter().any(|word| names.iter().any(|name| name.contains(word))) {
        return;
    }
    let answer = if answer { "yes" } else { "no" };
    let message = format!(
        "where `{}` is empty, nobody was asked, and `when empty {answer}` takes that for {answer}",
        field.display_name()
    );
    found.push(Finding::new(Diagnostic::new(&codes::CONSENT, field.span, message).help(format!(
        "Drop `when empty {answer}`, so that silence stays unknown, and ask `is yes` or `is no` where it matters; if your \
         CRM does mean {answer}, write `# allow consent` above this line."
    ))));
}
