//! Texts of others in Markdown.

/// A text that Markdown shows as it is: no emphasis, no links, no HTML, no lists, no cells.
pub fn escape(text: &str) -> String {
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
