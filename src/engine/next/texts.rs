//! Texts, and lists of texts, that tests of a field might ask for.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::candidates::of_slot;
use super::goals::{MET, Mask, Need, NeedKind, UNKNOWN};
use super::world::{View, field_of};
use crate::engine::program::Slot;
use crate::intake::Cell;
use crate::policy::{Condition, ConditionKind, FieldRef, Includes, Operand, Place, TextSubject, TextTest};

/// How many entries of a list, and how many ways of putting texts together, are tried.
const MOST: usize = 24;
/// A text that says nothing in particular, and an address that does so too.
const PLAIN: [&str; 7] = ["known", "someone@company.example", "0", "Xyz", "XYZ", "123", "+++"];

/// A part of a text that is asked for.
#[derive(Clone, Debug)]
struct Piece {
    place: Option<Place>,
    text: String,
    domain: bool,
}

/// The texts that tests of a field ask for as a whole.
pub fn whole(conditions: &[&Condition], view: View<'_>, slot: Slot) -> Vec<String> {
    let pieces = conditions.iter().flat_map(|condition| pieces(condition, view, slot));
    pieces.map(|piece| piece.text).collect()
}

/// Texts for a field: what its needs ask for, put together, then whatever the policy asks of it, then plain ones.
pub fn texts(conditions: &[&Condition], needs: &[&Need<'_>], view: View<'_>, slot: Slot) -> Vec<String> {
    let mut choices: Vec<Vec<Piece>> = Vec::new();
    let mut filled_in = false;
    for need in needs {
        let NeedKind::Condition(condition, mask) = need.kind else { continue };
        match &condition.kind {
            ConditionKind::Text { not, .. } if (mask & MET != 0) != *not => {
                choices.push(pieces(condition, view, slot));
            }
            ConditionKind::Text { .. } => {}
            _ => filled_in = true,
        }
    }
    let all: Vec<Piece> = conditions.iter().flat_map(|condition| pieces(condition, view, slot)).collect();
    let has_domain = conditions.iter().any(|condition| reads_domain(condition));
    let is_address = has_domain || field_of(view.judge, slot).is_some_and(|field| field.dotted().contains("mail"));
    let mut texts = Vec::new();
    let plain = || {
        let [known, address, others @ ..] = PLAIN;
        let (first, second) = if is_address { (address, known) } else { (known, address) };
        [first, second].into_iter().chain(others).map(str::to_owned)
    };
    if choices.is_empty() && (filled_in || !needs.is_empty()) {
        texts.extend(plain());
    }
    let mut chosen: Vec<Vec<&Piece>> = vec![Vec::new()];
    for choice in &choices {
        let longer = chosen.iter().flat_map(|so_far| {
            choice.iter().map(move |piece| so_far.iter().copied().chain([piece]).collect::<Vec<_>>())
        });
        chosen = longer.take(MOST).collect();
    }
    for pieces in chosen.iter().filter(|pieces| !pieces.is_empty()) {
        texts.push(joined(pieces, " "));
        texts.push(joined(pieces, ""));
    }
    if let Cell::Text(text) = view.shown(slot) {
        let own = view.state.lead.raw(text).to_owned();
        for pieces in chosen.iter().filter(|pieces| !pieces.is_empty()).take(4) {
            texts.push(format!("{own} {}", joined(pieces, " ")));
            texts.push(format!("{} {own}", joined(pieces, " ")));
        }
    }
    for piece in &all {
        texts.push(joined(&[piece], " "));
    }
    texts.extend(plain());
    texts
}

/// Whether the texts that are tried are all that may do: one of the needs asks for one of a few texts, or two of them
/// contradict each other.
pub fn are_all(needs: &[&Need<'_>], view: View<'_>) -> bool {
    let asked: Vec<(&Condition, Mask)> = needs
        .iter()
        .filter_map(|need| match need.kind {
            NeedKind::Condition(condition, mask) => Some((condition, mask)),
            _ => None,
        })
        .collect();
    // A test of a text is unknown where there is none.
    let filled = |(condition, mask): (&Condition, Mask)| match &condition.kind {
        ConditionKind::Text { of: TextSubject::Field(_), .. } if mask & UNKNOWN == 0 => Some(true),
        ConditionKind::FilledIn(TextSubject::Field(_), filled) if mask == MET => Some(*filled),
        ConditionKind::FilledIn(TextSubject::Field(_), filled) if mask & MET == 0 => Some(!filled),
        _ => None,
    };
    let contradict = asked.iter().enumerate().any(|(at, one)| {
        asked.iter().skip(at + 1).any(|other| {
            (one.0.span == other.0.span && one.1 & other.1 == 0)
                || filled(*one).zip(filled(*other)).is_some_and(|(one, other)| one != other)
        })
    });
    contradict
        || needs.iter().any(|need| match need.kind {
            NeedKind::Condition(
                Condition { kind: ConditionKind::Text { of: TextSubject::Field(_), not, test }, .. },
                mask,
            ) => {
                let is_asked = (mask == MET) != *not && mask & UNKNOWN == 0;
                is_asked
                    && match test {
                        TextTest::Is(values) => {
                            values.len() <= MOST && values.iter().all(|value| matches!(value, Operand::Literal(_)))
                        }
                        TextTest::InList(list) => {
                            let list = view.judge.policy.lists.get(list.index());
                            list.is_some_and(|list| list.entries.len() <= MOST)
                        }
                        TextTest::Find(..) | TextTest::Pattern(_) => false,
                    }
            }
            _ => false,
        })
}

fn joined(pieces: &[&Piece], between: &str) -> String {
    let part = |domain: bool| {
        let of = |place: Option<Place>| {
            pieces
                .iter()
                .filter(move |piece| piece.domain == domain && piece.place == place)
                .map(|piece| piece.text.as_str())
        };
        let mut parts: Vec<&str> = of(Some(Place::Start)).collect();
        parts.extend(of(None).chain(of(Some(Place::Anywhere))).chain(of(Some(Place::Words))));
        parts.extend(of(Some(Place::End)));
        // What holds another part holds it already.
        let mut kept: Vec<&str> = Vec::new();
        for part in parts {
            if !kept.contains(&part) {
                kept.push(part);
            }
        }
        kept
    };
    let (local, domain) = (part(false).join(between), part(true).join(if between.is_empty() { "" } else { "." }));
    if local.starts_with('@') {
        return format!("someone{local}");
    }
    if domain.is_empty() || local.contains('@') {
        return local;
    }
    let domain = domain.replace("..", ".");
    let before = if domain.starts_with('.') { "company" } else { "" };
    format!("{}@{before}{domain}", if local.is_empty() { "someone" } else { &local })
}

fn reads_domain(condition: &Condition) -> bool {
    matches!(
        condition.kind,
        ConditionKind::Text { of: TextSubject::DomainOf(_), .. } | ConditionKind::FilledIn(TextSubject::DomainOf(_), _)
    )
}

/// What a test asks of this field, one way after another.
fn pieces(condition: &Condition, view: View<'_>, slot: Slot) -> Vec<Piece> {
    let ConditionKind::Text { of, test, .. } = &condition.kind else { return Vec::new() };
    let domain = matches!(of, TextSubject::DomainOf(_));
    let is_subject = of_slot(view, of.field()) == Some(slot);
    let subject = || text_of(view, of.field(), domain);
    let piece = |place: Option<Place>, text: String| Piece { place, text, domain };
    if !is_subject {
        // The field is what another one is compared with: it has to be that, or a part of it.
        return subject().into_iter().map(|text| Piece { place: None, text, domain: false }).collect();
    }
    let operands = |place: Option<Place>, values: &[Operand<String>]| {
        let texts = values.iter().take(MOST).filter_map(|value| match value {
            Operand::Literal(text) => Some(text.clone()),
            Operand::Field(field) => text_of(view, *field, false),
        });
        texts.map(|text| piece(place, text)).collect()
    };
    match test {
        TextTest::Is(values) => operands(None, values),
        TextTest::Find(place, values) => operands(Some(*place), values),
        TextTest::InList(list) => {
            let entries = view.judge.policy.lists.get(list.index()).map(|list| list.entries.as_slice());
            entries.unwrap_or_default().iter().take(MOST).map(|entry| piece(None, entry.clone())).collect()
        }
        TextTest::Pattern(pattern) => {
            let parsed = regex_syntax::ParserBuilder::new().build().parse(&pattern.text);
            let mut text = String::new();
            if let Ok(hir) = parsed {
                sample(&hir, &mut text, 0);
            }
            Some(text).filter(|text| !text.trim().is_empty()).map(|text| piece(None, text)).into_iter().collect()
        }
    }
}

fn text_of(view: View<'_>, field: FieldRef, domain: bool) -> Option<String> {
    let Cell::Text(text) = view.shown(of_slot(view, field)?) else { return None };
    if domain {
        return crate::engine::text::domain(view.state.lead.text(text)).map(str::to_owned);
    }
    Some(view.state.lead.raw(text).to_owned())
}

/// A text that a pattern finds, mostly: what stands at its borders is not looked at.
fn sample(hir: &Hir, text: &mut String, depth: u32) {
    if depth > 60 || text.len() > 500 {
        return;
    }
    match hir.kind() {
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).unwrap_or_default()),
        HirKind::Class(Class::Unicode(class)) => {
            let has = |c: char| class.ranges().iter().any(|range| range.start() <= c && c <= range.end());
            let first = || class.ranges().first().map(|range| range.start());
            let usual = ['a', 'A', '1', '0', ' ', '-'].into_iter().find(|c| has(*c));
            text.extend(usual.or_else(first));
        }
        HirKind::Class(Class::Bytes(class)) => {
            text.extend(class.ranges().first().map(|range| char::from(range.start())));
        }
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min.min(100) {
                sample(&repetition.sub, text, depth + 1);
            }
        }
        HirKind::Capture(capture) => sample(&capture.sub, text, depth + 1),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, text, depth + 1)),
        HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| sample(part, text, depth + 1)),
        HirKind::Empty | HirKind::Look(_) => {}
    }
}

/// Lists of text for a field: what its needs ask for together, then each text alone, then nothing.
pub fn lists(conditions: &[&Condition], needs: &[&Need<'_>], view: View<'_>, slot: Slot) -> Vec<Vec<String>> {
    let asked = |condition: &Condition| -> Vec<String> {
        match &condition.kind {
            ConditionKind::Includes(_, _, values) => {
                let texts = values.iter().take(MOST).filter_map(|value| match value {
                    Operand::Literal(text) => Some(text.clone()),
                    Operand::Field(field) => text_of(view, *field, false),
                });
                texts.collect()
            }
            _ => Vec::new(),
        }
    };
    let own: Vec<String> = match view.shown(slot) {
        Cell::Texts { first, count } => {
            let texts = view.state.lead.texts(first, count);
            texts.iter().map(|text| view.state.lead.raw(*text).to_owned()).collect()
        }
        _ => Vec::new(),
    };
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    let mut several: Vec<Vec<String>> = Vec::new();
    for need in needs {
        let NeedKind::Condition(condition, mask) = need.kind else { continue };
        let ConditionKind::Includes(_, how, _) = &condition.kind else { continue };
        let positive = mask & MET != 0;
        match (how, positive) {
            (Includes::All, true) => wanted.extend(asked(condition)),
            (Includes::Any, true) | (Includes::None, false) => several.push(asked(condition)),
            (Includes::Any, false) | (Includes::None, true) | (Includes::All, false) => {
                unwanted.extend(asked(condition));
            }
        }
    }
    let is = |a: &str, b: &str| crate::text::fold(a) == crate::text::fold(b);
    let mut chosen: Vec<Vec<String>> = vec![wanted];
    for choice in &several {
        let longer = chosen.iter().flat_map(|so_far| {
            choice.iter().map(move |text| so_far.iter().cloned().chain([text.clone()]).collect::<Vec<_>>())
        });
        chosen = longer.take(MOST).collect();
    }
    let mut lists = Vec::new();
    for list in chosen {
        // What the lead has stays, but for what is not wanted.
        let mut with = own.clone();
        with.retain(|text| !unwanted.iter().any(|other| is(text, other)));
        for text in &list {
            if !with.iter().any(|own| is(own, text)) {
                with.push(text.clone());
            }
        }
        lists.push(with);
        lists.push(list);
    }
    lists.push(Vec::new());
    for condition in conditions {
        lists.extend(asked(condition).into_iter().map(|text| vec![text]));
    }
    lists.push(vec!["other".to_owned()]);
    lists
}
