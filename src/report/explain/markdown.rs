//! Markdown for tickets. What leads and policies say is text in it, never markup.

use super::page::{Branch, Mark, Page, Part, Sum, aside};

pub fn render(page: &Page) -> String {
    let mut text = format!("**{}**\n\n_{}_\n", escape(&page.answer), escape(&page.about));
    for section in &page.sections {
        text.push_str(&format!("\n### {}\n", section.title));
        for part in &section.parts {
            text.push('\n');
            match part {
                Part::Line(line) => text.push_str(&format!("{}\n", escape(line))),
                Part::List(lines) => lines.iter().for_each(|line| text.push_str(&format!("- {}\n", escape(line)))),
                Part::Tree(branches) => branches.iter().for_each(|it| branch(&mut text, 0, it)),
                Part::Sum(it) => sum(&mut text, it),
            }
        }
    }
    text
}

fn branch(text: &mut String, depth: usize, it: &Branch) {
    let indent = "  ".repeat(depth);
    let sign = match it.mark {
        Mark::Met => "✅ ",
        Mark::NotMet => "❌ ",
        Mark::Unknown => "❔ ",
        Mark::None => "",
    };
    let short = aside(&it.notes);
    let behind: Vec<String> = short.iter().chain(&it.place).map(|text| escape(text)).collect();
    let place = if behind.is_empty() { String::new() } else { format!(" _({})_", behind.join("; ")) };
    let word = if it.mark == Mark::None { String::new() } else { format!("**{}:** ", it.mark.word()) };
    text.push_str(&format!("{indent}- {sign}{word}{}{place}\n", escape(&it.text)));
    for note in it.notes.iter().filter(|_| short.is_none()) {
        text.push_str(&format!("{indent}  - _{}_\n", escape(note)));
    }
    it.children.iter().for_each(|child| branch(text, depth + 1, child));
}

fn sum(text: &mut String, sum: &Sum) {
    let place = sum.place.as_ref().map(|place| format!(" _({})_", escape(place))).unwrap_or_default();
    text.push_str(&format!("**{}**{place}\n\n| Rule | Points |\n|---|--:|\n", escape(&sum.title)));
    for row in &sum.rows {
        let notes: String = row.notes.iter().map(|note| format!("<br>_{}_", escape(note))).collect();
        let place = row.place.as_ref().map(|place| format!(" _({})_", escape(place))).unwrap_or_default();
        let strong = if row.total { "**" } else { "" };
        let (said, points) = (escape(&row.text), escape(&row.points));
        text.push_str(&format!("| {strong}{said}{strong}{place}{notes} | {strong}{points}{strong} |\n"));
    }
}

/// A text that Markdown shows as it is: no emphasis, no links, no HTML, no lists, no cells.
fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    let mut before = [' ', ' ', ' '];
    let mut rest = text.chars().peekable();
    let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut at = 0;
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '&' | '$' | '!' => true,
            '-' | '+' | '=' => at == 0,
            // `1.` begins a list.
            '.' | ')' if at > 0 && at == text.len() - numbered => true,
            // Bare addresses become links: `https://`, `www.`, `a@b`.
            ':' => next == '/',
            '.' => before.iter().all(|c| c.eq_ignore_ascii_case(&'w')),
            '@' => true,
            _ => false,
        };
        if markup {
            shown.push('\\');
        }
        shown.push(c);
        before.rotate_left(1);
        if let Some(last) = before.last_mut() {
            *last = c;
        }
        at += c.len_utf8();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        for (text, shown) in [
            ("plain, with (brackets) - and 1. so on", "plain, with (brackets) - and 1. so on"),
            ("[x](https://evil.example)", r"\[x\](https\://evil.example)"),
            ("www.evil.example", r"www\.evil.example"),
            ("<img src=x> &amp;", r"\<img src=x\> \&amp;"),
            ("1. first", r"1\. first"),
            ("- item", r"\- item"),
            ("a | b", r"a \| b"),
            ("`code` *b* _i_ ~~s~~ # h ![i]", r"\`code\` \*b\* \_i\_ \~\~s\~\~ \# h \!\[i\]"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }
}
