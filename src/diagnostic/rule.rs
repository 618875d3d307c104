//! The pages of the codes, for people at a terminal.

use super::{CODES, Code, HumanOptions, LEAD_CODES};

/// The page of a code: heads without their signs, and examples indented instead of fenced.
pub fn rule(code: &Code, options: HumanOptions) -> String {
    let (mut out, mut example) = (String::new(), false);
    for line in code.page.lines() {
        let head = line.trim_start_matches('#');
        if line.starts_with("```") {
            example = !example;
            continue;
        } else if example {
            out += format!("    {line}").trim_end();
        } else if head.len() < line.len() && options.color {
            out += &format!("\u{1b}[1m{}\u{1b}[0m", head.trim_start());
        } else if head.len() < line.len() {
            out += head.trim_start();
        } else {
            out += line;
        }
        out.push('\n');
    }
    out
}

/// Every code with its name and what it is, one a line.
pub fn rules() -> String {
    let all = || CODES.iter().chain(LEAD_CODES);
    let width = all().map(|code| code.name.len()).max().unwrap_or_default();
    let line = |code: &&Code| {
        let Code { id, name, severity, summary, .. } = code;
        format!("{id}  {name:width$}  {:7}  {summary}\n", severity.name())
    };
    all().map(line).collect()
}
