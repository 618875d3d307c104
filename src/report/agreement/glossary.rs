//! The trade's words that a page uses, for those who join later.

use super::page::{Block, Entry, Page, Section};

const WORDS: [(&str, &str); 17] = [
    ("BANT", "budget, authority, need, timeline: four questions that tell whether a purchase is near"),
    ("CHAMP", "challenges, authority, money, prioritization: like BANT, beginning with the buyer's problem"),
    ("GPCT", "goals, plans, challenges, timeline: questions about what the buyer wants to reach"),
    (
        "MEDDIC",
        "metrics, economic buyer, decision criteria, decision process, identify pain, champion: questions for long sales",
    ),
    ("MEDDPICC", "MEDDIC with the paper process and the competition"),
    ("ICP", "ideal customer profile: the kind of company that we serve best"),
    ("MQL", "marketing qualified lead: a lead that marketing takes to be worth a call"),
    ("PQL", "product qualified lead: a lead whose use of the product makes it worth a call"),
    ("SAL", "sales accepted lead: a lead that sales has agreed to work on"),
    ("SQL", "sales qualified lead: a lead that sales takes for a possible purchase"),
    ("SLA", "service level agreement: how soon somebody has promised to act"),
    ("business day", "a day on which the calendar is open"),
    ("business hour", "an hour of opening time"),
    ("score", "points that add up; what we do not know adds nothing"),
    ("grade", "a letter or word that stands for points or conditions"),
    ("at risk", "most of the time allowed has gone, and nothing has stopped the clock"),
    ("do not know", "the lead does not say, or says something that cannot be read"),
];

/// The words that stand somewhere on the page.
pub fn section(page: &Page) -> Option<Section> {
    let said = said(page);
    let used = WORDS.iter().filter(|(word, _)| has_word(&said, word));
    let rows: Vec<Vec<String>> = used.map(|(word, what)| vec![(*word).to_owned(), (*what).to_owned()]).collect();
    if rows.is_empty() {
        return None;
    }
    let head = ["Word", "What it means here"].map(str::to_owned).to_vec();
    let blocks = vec![Block::Table([head].into_iter().chain(rows).collect())];
    Some(Section { title: "Words", intro: "", entries: vec![Entry { blocks, ..Entry::default() }] })
}

/// All that is said, in one text; what is on every page is no reason to explain a word.
fn said(page: &Page) -> String {
    let mut said = format!("{}\n", page.name);
    for section in &page.sections {
        for entry in &section.entries {
            said.push_str(&format!("\n{}\n{:?}", entry.title, entry.blocks));
        }
    }
    said
}

/// Whether a word or its plural stands in a text, as a word of its own.
fn has_word(text: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let folded = if word.chars().any(char::is_uppercase) { text.to_owned() } else { text.to_lowercase() };
    folded.match_indices(word).any(|(at, _)| {
        let (before, after) = folded.split_at(at);
        let after = after.get(word.len()..).unwrap_or("");
        let after = after.strip_prefix('s').unwrap_or(after);
        !letter(before.chars().next_back()) && !letter(after.chars().next())
    })
}
