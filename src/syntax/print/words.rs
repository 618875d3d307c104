//! The words of one line in canonical form: one space after a comma and none before it, units and verbs that agree with
//! their number, currencies in capitals. What stands in quotes or backticks, and how numbers are written, stays.

/// Units by the number that they follow: after 1, and after any other.
const UNITS: [(&str, &str); 11] = [
    ("point", "points"),
    ("time", "times"),
    ("item", "items"),
    ("minute", "minutes"),
    ("hour", "hours"),
    ("day", "days"),
    ("week", "weeks"),
    ("month", "months"),
    ("year", "years"),
    // What may stand between a number and its unit.
    ("business", "business"),
    ("different", "different"),
];
/// The keywords of three letters that stand before numbers, where a currency might.
const NO_CURRENCY: [&str; 4] = ["add", "and", "for", "not"];

/// The words of a line that can be read, with one space between them.
pub fn canonical(words: &str) -> String {
    let mut tokens = tokens(words);
    agree(&mut tokens);
    verbs(&mut tokens);
    currencies(&mut tokens);
    let mut out = String::with_capacity(words.len());
    for token in &tokens {
        if !out.is_empty() && !token.joined {
            out.push(' ');
        }
        out.push_str(&token.text);
    }
    out
}

struct Token {
    text: String,
    /// Whether no space stands before it.
    joined: bool,
    /// Whether it is no name, text or field in backticks.
    bare: bool,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        self.bare && self.text == word
    }

    fn is_number(&self) -> bool {
        // The label of an item may begin with a digit.
        let digits = self.text.strip_prefix('-').unwrap_or(&self.text);
        self.bare
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
    }
}

/// The tokens of a line: words, commas, and what is quoted. A comma before a digit belongs to a number.
fn tokens(words: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = words;
    let mut spaced = false;
    while let Some(c) = rest.chars().next() {
        if c == ' ' {
            spaced = true;
            rest = rest.get(1..).unwrap_or("");
            continue;
        }
        let length = match c {
            '"' => quoted(rest),
            '`' => rest.get(1..).and_then(|inner| inner.find('`')).map_or(rest.len(), |close| close + 2),
            ',' => 1,
            _ => bare(rest),
        };
        let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        // Commas stand against what they follow, and apart from what follows them.
        let after_comma = tokens.last().is_some_and(|last| last.is(","));
        let joined = c == ',' || (!spaced && !after_comma);
        tokens.push(Token { text: text.to_owned(), joined, bare: c != '"' && c != '`' });
        (rest, spaced) = (after, false);
    }
    tokens
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn bare(rest: &str) -> usize {
    let mut letters = rest.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let digit_follows = letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if matches!(c, ' ' | '"' | '`') || (c == ',' && !digit_follows) {
            return at;
        }
    }
    rest.len()
}

/// `1 days` → `1 day`, `2 business hour` → `2 business hours`
fn agree(tokens: &mut [Token]) {
    let mut one = None;
    for token in tokens {
        let (word, colon) = token.text.strip_suffix(':').map_or((token.text.as_str(), ""), |word| (word, ":"));
        let unit = UNITS.iter().find(|(single, many)| token.bare && (word == *single || word == *many));
        match (unit, one) {
            (Some((single, many)), Some(one)) if !token.joined => {
                token.text = format!("{}{colon}", if one { single } else { many });
                if single == many {
                    continue;
                }
            }
            _ => {}
        }
        one = token.is_number().then_some(token.text == "1");
    }
}

/// `at least 1 item of "BANT" is met`, `all items of "BANT" are met`
fn verbs(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let Some([before, item, of, _, verb, met]) = tokens.get_mut(at..at + 6) else { return };
        let counts = before.is("all") || before.is_number();
        if counts && (item.is("item") || item.is("items")) && of.is("of") && met.text.starts_with("met") {
            let right = if item.is("item") { "is" } else { "are" };
            if verb.is("is") || verb.is("are") {
                verb.text = right.to_owned();
            }
        }
    }
}

/// `eur 10` → `EUR 10`, `is money in eur` → `is money in EUR`
fn currencies(tokens: &mut [Token]) {
    let is_code =
        |token: &Token| token.bare && token.text.len() == 3 && token.text.bytes().all(|b| b.is_ascii_alphabetic());
    let mut before: [Option<String>; 2] = [None, None];
    for at in 0..tokens.len() {
        let number_follows = tokens.get(at + 1).is_some_and(|next| next.is_number() && !next.joined);
        let in_money = before.iter().map(Option::as_deref).eq([Some("money"), Some("in")]);
        let Some(token) = tokens.get_mut(at) else { return };
        let keyword = NO_CURRENCY.contains(&token.text.as_str());
        if is_code(token) && ((number_follows && !keyword) || in_money) {
            token.text.make_ascii_uppercase();
        }
        before = [before[1].take(), token.bare.then(|| token.text.clone())];
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn one_way_to_write_each_line() {
        for (written, canonical_form) in [
            (
                "add 1 points for each \"a\" ,within the last 1 days",
                "add 1 point for each \"a\", within the last 1 day",
            ),
            ("time allowed 2 business hour", "time allowed 2 business hours"),
            ("after 1 business days:", "after 1 business day:"),
            ("is within the last 10 day", "is within the last 10 days"),
            ("\"a\" happened on at least 1 different days", "\"a\" happened on at least 1 different day"),
            (
                "at least 1 items of \"BANT\" are met,including budget",
                "at least 1 item of \"BANT\" is met, including budget",
            ),
            ("all items of \"BANT\" is met", "all items of \"BANT\" are met"),
            (
                "at least 2 item of \"a, b\" is met , including a,b",
                "at least 2 items of \"a, b\" are met, including a, b",
            ),
            ("budget is at least eur 1,000", "budget is at least EUR 1,000"),
            ("deal is money in eur, private", "deal is money in EUR, private"),
            ("left when \"x\", for 1 weeks", "left when \"x\", for 1 week"),
            ("size is between 1 and 1,000", "size is between 1 and 1,000"),
            ("`a , b` is one of \"1 days\",\"b \\\" , c\"", "`a , b` is one of \"1 days\", \"b \\\" , c\""),
            ("losing 1 points every 0.5 day", "losing 1 point every 0.5 days"),
            ("add 25% of score \"x\" , at most 1 points", "add 25% of score \"x\", at most 1 point"),
            ("open Monday , Tuesday, 09:00 to 13:00", "open Monday, Tuesday, 09:00 to 13:00"),
            ("company.`No. of staff` is not 5", "company.`No. of staff` is not 5"),
            ("times is a list of:", "times is a list of:"),
            ("1: day is filled in", "1: day is filled in"),
            ("2nd: times is at least 1 days", "2nd: times is at least 1 day"),
        ] {
            assert_eq!(canonical(written), canonical_form);
            assert_eq!(canonical(canonical_form), canonical_form);
        }
    }
}
