//! Owns cutting Python source into words, strings, comments and the rest; the pieces joined are the source again.
//!
//! Refuses to know what any of them means, and every syntax of strings that is newer than Python 3.10.

use anyhow::{Result, bail};

/// What a piece of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A string literal, with its prefix and quotes.
    Text,
    /// A string that is a statement by itself.
    Docstring,
    /// From `#` to the end of the line, which is not part of it.
    Comment,
    /// Spaces and tabs.
    Space,
    /// One character of anything else, such as a bracket or the end of a line.
    Other,
}

/// One piece of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Counted from 1.
    pub(super) line: usize,
}

/// Cuts a whole file.
pub(super) fn tokens(source: &str) -> Result<Vec<Token<'_>>> {
    let mut all: Vec<Token<'_>> = Vec::new();
    let (mut rest, mut line, mut depth) = (source, 1, 0_i32);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = measure(rest, first);
        let Some(length) = length else {
            bail!("line {line}: the string does not end");
        };
        let (text, after) = rest.split_at(length);
        match text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        let kind = match kind {
            Kind::Text if depth == 0 && opens_statement(&all) => Kind::Docstring,
            kind => kind,
        };
        all.push(Token { kind, text, line });
        line += text.matches('\n').count();
        rest = after;
    }
    Ok(all)
}

/// Whether what comes next is the first of its line, and that line does not go on with another.
fn opens_statement(before: &[Token<'_>]) -> bool {
    let mut before = before.iter().rev();
    match before.find(|token| token.kind != Kind::Space) {
        None => true,
        Some(last) if last.text == "\n" => before.next().is_none_or(|token| token.text != "\\"),
        Some(_) => false,
    }
}

/// The kind and the length of the piece that the source begins with; no length for a string without end.
fn measure(rest: &str, first: char) -> (Kind, Option<usize>) {
    let upto = |end: &dyn Fn(char) -> bool| Some(rest.find(end).unwrap_or(rest.len()));
    match first {
        '#' => (Kind::Comment, upto(&|c| c == '\n')),
        ' ' | '\t' => (Kind::Space, upto(&|c| c != ' ' && c != '\t')),
        '"' | '\'' => (Kind::Text, string(rest)),
        c if is_word(c) => {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            match rest[end..].chars().next() {
                Some('"' | '\'') if is_prefix(&rest[..end]) => {
                    (Kind::Text, string(&rest[end..]).map(|length| end + length))
                }
                _ => (Kind::Word, Some(end)),
            }
        }
        other => (Kind::Other, Some(other.len_utf8())),
    }
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_prefix(word: &str) -> bool {
    word.len() <= 2 && word.chars().all(|c| "rRbBuUfF".contains(c))
}

/// The length of a string that starts with its quote.
fn string(rest: &str) -> Option<usize> {
    let quote = &rest[..1];
    let tripled = quote.repeat(3);
    let quote = if rest.starts_with(&tripled) {
        tripled.as_str()
    } else {
        quote
    };
    let mut at = quote.len();
    loop {
        let rest = rest.get(at..)?;
        let next = rest.chars().next()?;
        match next {
            _ if rest.starts_with(quote) => return Some(at + quote.len()),
            '\\' => at += 1 + rest[1..].chars().next()?.len_utf8(),
            '\n' if quote.len() == 1 => return None,
            other => at += other.len_utf8(),
        }
    }
}
