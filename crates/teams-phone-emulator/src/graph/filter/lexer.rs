//! Owns the words of a filter.
//! Refuses to know their order.

use serde_json::Value;

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Name(String),
    Literal(Value),
    Open,
    Close,
    Colon,
    Slash,
    Comma,
}

/// Takes a filter apart; the error says what cannot be read.
pub(super) fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return Ok(words);
        };
        let word = match first {
            '(' => Some(Word::Open),
            ')' => Some(Word::Close),
            ':' => Some(Word::Colon),
            '/' => Some(Word::Slash),
            ',' => Some(Word::Comma),
            _ => None,
        };
        if let Some(word) = word {
            words.push(word);
            rest = &rest[1..];
        } else if first == '\'' {
            let (literal, after) = quoted(&rest[1..])?;
            words.push(Word::Literal(Value::String(literal)));
            rest = after;
        } else {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)))
                .unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("the character '{first}' is not expected"));
            }
            words.push(bare(&rest[..end]));
            rest = &rest[end..];
        }
    }
}

/// A text up to its closing quote; two quotes stand for one.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut literal = String::new();
    let mut rest = text;
    loop {
        let Some(end) = rest.find('\'') else {
            return Err("a text has no closing quote".to_owned());
        };
        literal.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(more) => {
                literal.push('\'');
                rest = more;
            }
            None => return Ok((literal, rest)),
        }
    }
}

fn bare(text: &str) -> Word {
    match text {
        "null" => Word::Literal(Value::Null),
        "true" => Word::Literal(true.into()),
        "false" => Word::Literal(false.into()),
        _ => text.parse::<i64>().map_or_else(
            |_| Word::Name(text.to_owned()),
            |number| Word::Literal(number.into()),
        ),
    }
}
