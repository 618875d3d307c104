//! What a policy builds on: `policy`, `lead`, `list`, `calendar`, `rates`, `event`.

use chrono::Weekday;

use super::grammar::{self, Node, Rule, part, parts, range};
use super::{At, Parser};
use crate::diagnostic::{BAD_HOURS, Diagnostic, REPEATED_LINE, UNEXPECTED_WORD};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{
    Agreement, Calendar, ClosedDay, Event, FieldDecl, Hours, Lead, List, Path, Policy, Quoted, Rate, Rates,
    SpecialHours, TypeExpr, WeeklyHours,
};
use crate::syntax::layout::Block;

impl Parser {
    pub(super) fn policy(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Policy> {
        let mut policy = Policy {
            name: self.defined_name(at, &part(node, Rule::name)?)?,
            version: None,
            effective_from: None,
            effective_until: None,
            agreements: Vec::new(),
            calendar: None,
            because: None,
        };
        self.body(at, Some(Rule::policy_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::version if parser.once("version", at) => policy.version = Some(parser.count(at, node)?),
                Rule::effective_from if parser.once("effective from", at) => {
                    policy.effective_from = Some(parser.date(at, node)?);
                }
                Rule::effective_until if parser.once("effective until", at) => {
                    policy.effective_until = Some(parser.date(at, node)?);
                }
                Rule::hours_of if parser.once("working hours of", at) => {
                    policy.calendar = Some(parser.name(at, &part(node, Rule::name)?)?);
                }
                Rule::because if parser.once("because", at) => policy.because = Some(parser.because(at, node)?),
                Rule::agreed_by => policy.agreements.push(Agreement {
                    party: parser.party(at, node)?,
                    person: parser.text(at, &part(node, Rule::text)?)?,
                    on: parser.date(at, &part(node, Rule::agreed_on)?)?,
                }),
                _ => {}
            }
            Some(())
        });
        self.missing(at.block, "policy", &[(policy.version.is_some(), "version", "version 1")]);
        Some(policy)
    }

    /// The text of a `because` line.
    pub(super) fn because(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Quoted> {
        self.text(at, &part(node, Rule::text)?)
    }

    pub(super) fn lead(&mut self, at: &At<'_>) -> Lead {
        let mut lead = Lead::default();
        for child in at.bullets() {
            if child.line.bullet {
                // A field with a dash is a field all the same.
                self.dash_before_field(child);
            }
            let mut declared = None;
            let read = self.line(Rule::lead_line, child, |parser, at, nodes| {
                let node = nodes.first()?;
                match node.as_rule() {
                    Rule::identified_by if parser.once("identified by", at) => {
                        lead.identified_by = Some(parser.path(at, node)?);
                    }
                    Rule::empty_when => lead.empty_when.extend(parser.texts(at, node)?),
                    Rule::field => declared = Some(parser.field_decl(at, node)?),
                    _ => {}
                }
                Some(())
            });
            let broken = if read.is_none() { self.broken_field(child) } else { None };
            lead.fields.extend(declared.or(broken));
        }
        let lines = [(!at.bullets().is_empty(), "FIELD is …", "email is text")];
        self.missing(at.block, "lead", &lines);
        lead
    }

    fn dash_before_field(&mut self, child: &Block<'_>) {
        let span = child.line.words.whole();
        let diagnostic = Diagnostic::new(&UNEXPECTED_WORD, span, "a field of the lead has no dash before it")
            .help("Only what one item of a list holds stands in bullets, under `is a list of:`; delete the dash.");
        self.diagnostics.push(diagnostic);
        self.broken = true;
    }

    fn field_decl(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<FieldDecl> {
        let path = self.path(at, node)?;
        let mut decl = FieldDecl {
            ty: Spanned::new(TypeExpr::Broken, path.span),
            path,
            private: false,
            called: None,
            empty_when: Vec::new(),
            when_empty: None,
            items: Vec::new(),
        };
        let mut seen = Vec::new();
        for inner in node.clone().into_inner() {
            match inner.as_rule() {
                Rule::path => {}
                Rule::items_type => {
                    let words = at.words.span(after_is(&inner));
                    decl.ty = Spanned::new(TypeExpr::Items, words);
                    for option in inner.into_inner().filter(|option| option.as_rule() != Rule::of_items) {
                        self.field_option(at, &option, &mut decl, &mut seen)?;
                    }
                    decl.items = self.items_of_list(at);
                }
                Rule::private | Rule::called | Rule::empty_when | Rule::when_empty => {
                    self.field_option(at, &inner, &mut decl, &mut seen)?;
                }
                _ => decl.ty = Spanned::new(self.field_type(at, &inner)?, at.words.span(after_is(&inner))),
            }
        }
        Some(decl)
    }

    fn field_type(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<TypeExpr> {
        Some(match node.as_rule() {
            Rule::is_text => TypeExpr::Text,
            Rule::is_number => TypeExpr::Number,
            Rule::is_money => TypeExpr::Money(part(node, Rule::in_currency).and_then(|currency| {
                let currency = part(&currency, Rule::currency)?;
                Some(Spanned::new(currency.as_str().to_ascii_uppercase(), at.span(&currency)))
            })),
            Rule::is_date => TypeExpr::Date,
            Rule::is_time => TypeExpr::Time,
            Rule::is_yes_or_no => TypeExpr::YesNo,
            Rule::is_one_of_texts => TypeExpr::OneOf(self.texts(at, node)?),
            Rule::is_text_list => TypeExpr::TextList,
            _ => return None,
        })
    }

    fn field_option(
        &mut self,
        at: &At<'_>,
        node: &Node<'_>,
        decl: &mut FieldDecl,
        seen: &mut Vec<(Rule, Span)>,
    ) -> Option<()> {
        let (option, span) = (node.as_rule(), at.span(node));
        if let Some((_, first)) = seen.iter().find(|(seen, _)| *seen == option) {
            let diagnostic = Diagnostic::new(&REPEATED_LINE, span, format!("`{}` stands here twice", node.as_str()))
                .also(*first, "first here")
                .help("Keep one of the two.");
            self.diagnostics.push(diagnostic);
            return Some(());
        }
        seen.push((option, span));
        match option {
            Rule::private => decl.private = true,
            Rule::called => decl.called = Some(self.text(at, &part(node, Rule::text)?)?),
            Rule::empty_when => decl.empty_when = self.texts(at, node)?,
            _ => decl.when_empty = Some(self.literal(at, node)?),
        }
        Some(())
    }

    fn items_of_list(&mut self, at: &At<'_>) -> Vec<FieldDecl> {
        let bullets = at.bullets();
        if bullets.is_empty() {
            self.wants_bullets(at, "field", "kind is text");
            self.broken = true;
        }
        bullets.iter().filter_map(|bullet| self.item(bullet)).collect()
    }

    /// A field of the items of a list.
    fn item(&mut self, bullet: &Block<'_>) -> Option<FieldDecl> {
        let item = self.line(Rule::item_bullet, bullet, |parser, at, nodes| {
            let item = parser.field_decl(at, nodes.first()?)?;
            if item.ty.node == TypeExpr::Items {
                let help = "Lists hold plain fields: give the inner list a field of its own.";
                let message = "a list cannot hold items that are lists themselves";
                parser.diagnostics.push(Diagnostic::new(&UNEXPECTED_WORD, item.ty.span, message).help(help));
                return None;
            }
            Some(item)
        });
        item.or_else(|| self.broken_field(bullet))
    }

    /// A line that declares a field, though nobody can tell of which type.
    fn broken_field(&mut self, block: &Block<'_>) -> Option<FieldDecl> {
        let words = &block.line.words;
        let text = words.text.as_ref();
        if ["identified ", "empty "].iter().any(|start| text.starts_with(start)) {
            return None;
        }
        let field = text.split_once(" is").or_else(|| text.split_once(' ')).map_or(text, |(field, _)| field);
        let ty = Spanned::new(TypeExpr::Broken, words.whole());
        let path: Option<Path> = grammar::read(Rule::path_alone, field).ok().and_then(|nodes| {
            let owns = At::new(words, block);
            nodes.first().map(|node| self.field(&owns, node))
        });
        let items = block.children.iter().filter_map(|bullet| self.item(bullet)).collect();
        let Some(path) = path else {
            self.lost.push(super::values::nfc(field));
            return None;
        };
        self.lost.push(path.node.join("."));
        let empty_when = Vec::new();
        Some(FieldDecl { path, ty, private: false, called: None, empty_when, when_empty: None, items })
    }

    pub(super) fn list(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<List> {
        let name = self.defined_name(at, &part(node, Rule::name)?)?;
        if let Some(from) = part(node, Rule::from_file) {
            let file = self.text(at, &part(&from, Rule::file)?)?;
            self.no_lines(at, "list … from", "Entries stand in the file, or as bullets under `list \"its name\":`.");
            return Some(List { name, entries: Vec::new(), from: Some(file) });
        }
        let mut entries = Vec::new();
        self.body(at, None, Some(Rule::list_bullet), |parser, at, nodes| {
            entries.push(parser.text(at, nodes.first()?)?);
            Some(())
        });
        if entries.is_empty() && !self.broken {
            self.wants_bullets(at, "entry", "\"gmail.com\"");
        }
        Some(List { name, entries, from: None })
    }

    pub(super) fn calendar(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Calendar> {
        let mut calendar = Calendar {
            name: self.defined_name(at, &part(node, Rule::name)?)?,
            zone: None,
            always_open: None,
            weekly: Vec::new(),
            open_on: Vec::new(),
            closed_on: Vec::new(),
            holidays: Vec::new(),
        };
        self.body(at, Some(Rule::calendar_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::time_zone if parser.once("time zone", at) => {
                    calendar.zone = Some(parser.text(at, &part(node, Rule::text)?)?);
                }
                Rule::always_open if parser.once("always open", at) => calendar.always_open = Some(at.whole()),
                Rule::holidays_from => calendar.holidays.push(parser.text(at, &part(node, Rule::file)?)?),
                Rule::open_days => {
                    let days = parts(node, Rule::days).map(|days| {
                        let from = weekday(&part(&days, Rule::weekday)?)?;
                        let to = part(&days, Rule::to_weekday).and_then(|to| part(&to, Rule::weekday));
                        Some((from, to.and_then(|to| weekday(&to)).unwrap_or(from)))
                    });
                    let days: Option<Vec<_>> = days.collect();
                    let hours = parser.hours(at, node)?;
                    calendar.weekly.push(Spanned::new(WeeklyHours { days: days?, hours }, at.whole()));
                }
                Rule::open_on => {
                    let date = parser.date(at, node)?.node;
                    let hours = parser.hours(at, node)?;
                    let name = parser.day_name(at, node)?;
                    calendar.open_on.push(Spanned::new(SpecialHours { date, hours, name }, at.whole()));
                }
                Rule::closed_on => {
                    let date = parser.date(at, node)?.node;
                    let name = parser.day_name(at, node)?;
                    calendar.closed_on.push(Spanned::new(ClosedDay { date, name }, at.whole()));
                }
                _ => {}
            }
            Some(())
        });
        self.missing(at.block, "calendar", &[(calendar.zone.is_some(), "time zone", "time zone \"Europe/Sofia\"")]);
        Some(calendar)
    }

    /// The name of a day, where it has one.
    #[expect(clippy::option_option, reason = "the outer one is for a name that cannot be read")]
    fn day_name(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Option<Quoted>> {
        match part(node, Rule::text) {
            Some(name) => self.text(at, &name).map(Some),
            None => Some(None),
        }
    }

    fn hours(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Vec<Spanned<Hours>>> {
        let further = parts(node, Rule::and_hours).filter_map(|hours| part(&hours, Rule::from_to));
        parts(node, Rule::from_to).chain(further).map(|hours| self.interval(at, &hours)).collect()
    }

    fn interval(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Hours>> {
        let open = self.clock(at, &part(node, Rule::clock)?, false)?;
        let close = self.clock(at, &part(&part(node, Rule::to_clock)?, Rule::clock)?, true)?;
        let span = at.span(node);
        if open == close {
            let message = format!("`{}` opens and closes at the same time", node.as_str());
            let help = "For a whole day write `00:00 to 24:00`; for every day, `always open`.";
            return self.fault(Diagnostic::new(&BAD_HOURS, span, message).help(help));
        }
        let close = if close < open { close + 24 * 60 } else { close };
        Some(Spanned::new(Hours { open, close }, span))
    }

    pub(super) fn rates(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Rates> {
        if node.as_rule() == Rule::rates_from {
            let file = self.text(at, &part(node, Rule::file)?)?;
            self.no_lines(at, "rates from", "Rates stand in the file, or as bullets under `rates on` and a date.");
            return Some(Rates::From(file));
        }
        let date = self.date(at, node);
        let mut rates = Vec::new();
        self.body(at, None, Some(Rule::rate_bullet), |parser, at, nodes| {
            let node = nodes.first()?;
            let from = parser.money(at, &part(node, Rule::money)?)?;
            let to = parser.money(at, &part(&part(node, Rule::is_money_of)?, Rule::money)?)?;
            rates.push(Spanned::new(Rate { from, to }, at.whole()));
            Some(())
        });
        if rates.is_empty() && !self.broken {
            self.wants_bullets(at, "rate", "USD 1 is EUR 0.92");
        }
        self.broken |= date.is_none();
        Some(Rates::On(date?, rates))
    }

    pub(super) fn event(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Event> {
        let name = self.defined_name(at, &part(node, Rule::name)?)?;
        let mut event = Event { name, from: None, condition: None, dated_by: None, reason_in: None };
        self.body(at, Some(Rule::event_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::from_log => {
                    let condition = part(node, Rule::where_).and_then(|where_| parser.condition_in(at, &where_));
                    if parser.once("from", at) {
                        event.condition = condition;
                        event.from = Some(parser.path(at, node)?);
                    }
                }
                Rule::dated_by if parser.once("dated by", at) => event.dated_by = Some(parser.path(at, node)?),
                Rule::reason_in if parser.once("reason in", at) => event.reason_in = Some(parser.path(at, node)?),
                _ => {}
            }
            Some(())
        });
        self.missing(at.block, "event", &[(event.dated_by.is_some(), "dated by", "dated by time")]);
        Some(event)
    }
}

/// The words of a type without their `is`.
fn after_is(node: &Node<'_>) -> std::ops::Range<usize> {
    let words = range(node);
    words.start + "is ".len()..words.end
}

fn weekday(node: &Node<'_>) -> Option<Weekday> {
    node.as_str().parse().ok()
}
