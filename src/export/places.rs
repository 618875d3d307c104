//! The lines on which the keys of a mapping stand, for messages.

/// A key of a mapping in its text.
struct Key<'t> {
    line: usize,
    name: &'t str,
}

/// The line of a key, from 1, by its path as messages have it: `lists.activities[0].item.time`. None where the text is written in a
/// way that this cannot follow.
pub fn line_of(text: &str, path: &str) -> Option<usize> {
    let keys = keys(text);
    let (mut at, mut rest, mut line) = (0, path, None);
    while !rest.is_empty() {
        let nth = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let nth = nth.and_then(|(number, after)| Some((number.parse::<usize>().ok()?, after)));
        if let Some((number, after)) = nth {
            rest = after;
            // Every line of a list has its `item`.
            let before = number.checked_sub(1);
            let items = keys.iter().enumerate().skip(at).filter(|(_, key)| key.name == "item");
            at = before.and_then(|before| items.map(|(index, _)| index + 1).nth(before)).unwrap_or(at);
        }
        rest = rest.trim_start_matches('.');
        if rest.is_empty() {
            break;
        }
        // The name of a key may have dots in it.
        let goes_on = |key: &&Key<'_>| {
            rest.strip_prefix(key.name).is_some_and(|after| after.is_empty() || after.starts_with(['.', '[']))
        };
        let found = keys.iter().enumerate().skip(at).find(|(_, key)| !key.name.is_empty() && goes_on(key));
        let Some((index, key)) = found else { return line };
        (at, line) = (index + 1, Some(key.line));
        rest = rest.get(key.name.len()..).unwrap_or_default();
    }
    line
}

fn keys(text: &str) -> Vec<Key<'_>> {
    let mut keys = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with('#') {
            continue;
        }
        for (colon, _) in line.match_indices(':') {
            if !line.get(colon + 1..).is_none_or(|after| after.is_empty() || after.starts_with(' ')) {
                continue;
            }
            let before = line.get(..colon).unwrap_or_default();
            let start = before.rfind(['{', ',', '[']).map_or(0, |start| start + 1);
            let name = before.get(start..).unwrap_or_default().trim();
            let name = name.strip_prefix("- ").unwrap_or(name).trim().trim_matches(['"', '\'']);
            keys.push(Key { line: at + 1, name });
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn keys_are_found_in_either_form() {
        let text = "name: x: y\n# fields: none\nfields:\n  id: Id\n  company.size: {from: Size}\n  \"e mail\": M\nlists:\n  calls:\n  \
                    - in: a\n    item: {time: T}\n  - in: b\n    item:\n      time: T\n  more: [{in: a, item: {x: 1}}]\n  - needs: y\n";
        for (path, line) in [
            ("fields", Some(3)),
            ("fields.id", Some(4)),
            ("fields.company.size", Some(5)),
            ("fields.company.size.from", Some(5)),
            ("fields.e mail", Some(6)),
            ("lists.calls", Some(8)),
            ("lists.calls[0].item.time", Some(10)),
            ("lists.calls[1].item.time", Some(13)),
            ("lists.more[0].item.x", Some(14)),
            ("lists.more[1].needs", Some(15)),
            ("joins.calls.lead", None),
        ] {
            assert_eq!(line_of(text, path), line, "{path}");
        }
    }
}
