//! Policies and leads that are large in one direction, well within the limits of the language.

use std::fmt::Write;

const HEAD: &str = "policy \"Large\"\n  version 1\nlead\n  n is a number\n  log is a list of:\n    - time is a time\n\
                    event \"e\"\n  from log\n  dated by time\n";

/// What it is, the policy, and a lead.
pub fn large() -> [(&'static str, String, Option<String>); 3] {
    [
        ("slips of the pen in labels", labels(), None),
        ("slow decays", decays(), None),
        ("items without a time", format!("{HEAD}{DATED}"), Some(undated())),
    ]
}

const DATED: &str = "criterion \"c\"\n  is met when \"e\" happened\n";

fn labels() -> String {
    let mut text = format!("{HEAD}checklist \"list\"\n");
    (0..1_000).for_each(|at| writeln!(text, "  - a_long_label_of_an_item_of_this_list_{at}: n is {at}").unwrap());
    text.push_str("criterion \"c\"\n  is met when any of:\n");
    for at in 0..400 {
        let label = format!("a_lonk_labek_of_an_item_of_this_list_{at}");
        writeln!(text, "    - at least 1 item of \"list\" is met, including {label}").unwrap();
    }
    text
}

fn decays() -> String {
    let mut text = format!("{HEAD}score \"s\"\n");
    for at in 0..1_000 {
        writeln!(text, "  add 1,000,000 points for each \"e\", losing 0.{:04}% every 7 days", 1 + at * 9).unwrap();
    }
    text
}

fn undated() -> String {
    format!("{{\"id\":\"L\",\"log\":[{}{{}}]}}", "{},".repeat(100_000))
}
