//! The policy as a page that both teams can read and sign: who agreed, the stages and what leads to them, points,
//! deadlines with an example counted out, and the words that are used.
//!
//! [`Agreement`] puts together what there is to say, once; it shows as Markdown or as a page of HTML.

mod deadlines;
mod glossary;
mod html;
mod judgement;
mod markdown;
mod material;
mod page;
mod sentences;

use chrono::{DateTime, NaiveDate, Utc};

use crate::policy::Policy;
use page::{Page, Signature};
use sentences::Sentences;

/// A policy in words.
#[derive(Clone, Debug)]
pub struct Agreement {
    page: Page,
}

impl Agreement {
    /// Puts a policy into words. Examples of deadlines begin where it comes into effect or was agreed, so that they are the
    /// same every time; those of a policy without any date begin at `now`.
    pub fn of(policy: &Policy, now: DateTime<Utc>) -> Agreement {
        let words = Sentences { policy };
        let first = first_day(policy, now);
        let mut sections = judgement::sections(words);
        sections.extend(deadlines::sections(words, first));
        sections.extend(material::sections(words, first));
        let mut page = Page {
            name: policy.name.clone(),
            about: about(policy),
            because: policy.because.clone(),
            agreed: policy.agreements.iter().map(|it| signature(&it.party, &it.person, it.on)).collect(),
            sections,
            footer: footer(policy),
        };
        page.sections.extend(glossary::section(&page));
        page.sections.retain(|section| !section.entries.is_empty());
        Agreement { page: page.clean() }
    }

    /// For a wiki or a repository.
    pub fn markdown(&self) -> String {
        markdown::render(&self.page)
    }

    /// One page that needs nothing else, and that can be printed and signed.
    ///
    /// # Errors
    /// None: the template is fixed, and a test renders every part of it.
    pub fn html(&self) -> Result<String, minijinja::Error> {
        html::render(&self.page)
    }
}

/// `2 January 2026`
fn date(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

fn signature(party: &str, person: &str, on: NaiveDate) -> Signature {
    Signature { party: party.to_owned(), person: person.to_owned(), on: date(on) }
}

fn about(policy: &Policy) -> String {
    let effect = match (policy.effective_from, policy.effective_until) {
        (Some(from), Some(until)) => format!(", in effect from {} to {}", date(from), date(until)),
        (Some(from), None) => format!(", in effect from {}", date(from)),
        (None, Some(until)) => format!(", in effect until {}", date(until)),
        (None, None) => String::new(),
    };
    format!("Version {}{effect}", policy.version)
}

fn footer(policy: &Policy) -> String {
    // Wherever the file lies: the page is the same on every machine.
    let file = policy.sources.file(policy.span.file).map_or("", |file| file.path());
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    format!("Made by handover doc from {file}, {}. The file is what counts.", policy.digest)
}

/// The day that examples begin after: that of effect, else the last on which somebody agreed.
fn first_day(policy: &Policy, now: DateTime<Utc>) -> NaiveDate {
    let agreed = policy.agreements.iter().map(|agreement| agreement.on).max();
    policy.effective_from.or(agreed).unwrap_or_else(|| now.with_timezone(&policy.zone).date_naive())
}
