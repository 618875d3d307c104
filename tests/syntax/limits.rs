//! The limits of the language: an error each, quickly, and nothing that follows from it.

use crate::read;

fn codes(text: &str) -> Vec<&'static str> {
    read(text).diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}

#[test]
fn a_file_of_more_than_a_mebibyte_is_not_read() {
    let text = format!("policy \"P\"\n  version 1\n{}", "# filler line\n".repeat(80_000));
    let read = read(&text);
    assert_eq!(
        read.shown(),
        ["1 H0002 `policy \"P\"` this file has 1,120,023 bytes, and a policy has at most 1,048,576"]
    );
    assert!(read.file.statements.is_empty());
}

#[test]
fn a_line_of_more_than_1024_characters_costs_itself_only() {
    let long = format!("  because \"{}\"", "ж".repeat(1_020));
    let text = format!("policy \"P\"\n  version 1\n{long}\n  effective from 2026-01-01\n");
    assert_eq!(codes(&text), ["H0002"]);
    let fits = format!("policy \"P\"\n  version 1\n  because \"{}\"\n", "ж".repeat(1_012));
    assert_eq!(codes(&fits), [""; 0]);
    assert_eq!(codes(&"x".repeat(900_000)), ["H0002"]);
}

#[test]
fn the_20_001st_line_is_one_error() {
    let mut text = "policy \"P\"\n  version 1\n".to_owned();
    text.push_str(&"# c\n".repeat(19_998));
    assert_eq!(codes(&text), [""; 0]);
    text.push_str("stage \"MQL\"\n  is reached when email is filled in\n");
    let read = read(&text);
    assert_eq!(read.shown().len(), 1);
    assert_eq!(read.file.lost, ["MQL"]);
}

#[test]
fn the_2001st_statement_is_one_error() {
    let mut text = "policy \"P\"\n  version 1\n".to_owned();
    for number in 1..=2_000 {
        text.push_str(&format!("target {number} \"MQL\" per month\n"));
    }
    assert_eq!(codes(&text), ["H0002"]);
    assert_eq!(read(&text).source.line_column(read(&text).diagnostics[0].span.start).0, 2_002);
}

#[test]
fn the_1001st_bullet_is_one_error() {
    let head = "policy \"P\"\n  version 1\ncriterion \"c\"\n  is met when any of:\n";
    let text = |count: usize| format!("{head}{}", "    - email is filled in\n".repeat(count));
    assert_eq!(codes(&text(1_000)), [""; 0]);
    assert_eq!(codes(&text(1_001)), ["H0002"]);
}

#[test]
fn groups_nest_eight_deep() {
    let nested = |levels: usize| {
        let mut text = "policy \"P\"\n  version 1\ncriterion \"c\"\n  is met when any of:\n".to_owned();
        for level in 1..levels {
            text.push_str(&format!("{}- any of:\n", " ".repeat(4 * level)));
        }
        text.push_str(&format!("{}- email is filled in\n", " ".repeat(4 * levels)));
        text
    };
    assert_eq!(codes(&nested(8)), [""; 0]);
    assert_eq!(codes(&nested(9)), ["H0113"]);
    assert_eq!(codes(&nested(200)), ["H0113"]);
}

#[test]
fn a_hundred_thousand_nested_bullets_are_no_danger() {
    let mut text = "policy \"P\"\n  version 1\ncriterion \"c\"\n  is met when any of:\n".to_owned();
    for level in 1..2_000 {
        text.push_str(&format!("{}- any of:\n", " ".repeat((4 * level) % 1_000)));
    }
    assert!(!codes(&text).is_empty());
    assert!(!codes(&format!("policy \"P\"\n{}", "- ".repeat(100_000))).is_empty());
}

#[test]
fn thousands_of_faults_are_found_in_a_moment() {
    let mut text = "policy \"P\"\n  version 1\ncriterion \"c\"\n  is met when any of:\n".to_owned();
    for number in 0..990 {
        text.push_str(&format!("    - employees iss reely not muhc {number}\n"));
    }
    assert_eq!(codes(&text).len(), 990);
}
