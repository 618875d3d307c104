//! JSON with its numbers as they are written and its keys in their order, which `serde_json` does not keep.

use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    pub fn number(number: impl fmt::Display) -> Json {
        Json::Number(number.to_string())
    }

    pub fn object(entries: Vec<(&str, Json)>) -> Json {
        Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    pub fn get(&self, key: &str) -> Option<&Json> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The entries of an object; none where it is no object.
    pub fn entries(&self) -> &[(String, Json)] {
        if let Json::Object(entries) = self { entries } else { &[] }
    }

    /// One value, with nothing after it.
    pub fn parse(text: &str) -> Json {
        let mut rest = text.trim_end();
        let value = parse(&mut rest);
        assert!(rest.is_empty(), "more after the value: {rest}");
        value
    }
}

fn parse(rest: &mut &str) -> Json {
    let (word, tail) = rest.split_at(rest.find([',', ':', ']', '}']).unwrap_or(rest.len()));
    match rest.as_bytes()[0] {
        b'"' => Json::Text(string(rest)),
        b'[' => Json::List(parts(rest, ']', parse)),
        b'{' => Json::Object(parts(rest, '}', |rest| {
            let key = string(rest);
            *rest = rest.strip_prefix(':').unwrap();
            (key, parse(rest))
        })),
        _ => {
            *rest = tail;
            match word {
                "null" => Json::Null,
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                number => {
                    let _: serde_json::Number = serde_json::from_str(number).unwrap();
                    Json::number(number)
                }
            }
        }
    }
}

fn parts<T>(rest: &mut &str, close: char, part: impl Fn(&mut &str) -> T) -> Vec<T> {
    *rest = &rest[1..];
    let mut parts = Vec::new();
    while !rest.starts_with(close) {
        parts.push(part(rest));
        match rest.strip_prefix(',') {
            Some(more) => *rest = more,
            None => assert!(rest.starts_with(close), "no comma at {rest}"),
        }
    }
    *rest = &rest[1..];
    parts
}

fn string(rest: &mut &str) -> String {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, letter)| {
        let end = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        end
    });
    let (text, tail) = rest.split_at(end.unwrap().0 + 1);
    *rest = tail;
    serde_json::from_str(text).unwrap()
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Number(number) => out.write_str(number),
            Json::Text(text) => out.write_str(&serde_json::to_string(text).unwrap()),
            Json::List(items) => {
                let items: Vec<String> = items.iter().map(Json::to_string).collect();
                write!(out, "[{}]", items.join(","))
            }
            Json::Object(entries) => {
                let entry = |(key, value): &(String, Json)| format!("{}:{value}", serde_json::to_string(key).unwrap());
                let entries: Vec<String> = entries.iter().map(entry).collect();
                write!(out, "{{{}}}", entries.join(","))
            }
        }
    }
}
