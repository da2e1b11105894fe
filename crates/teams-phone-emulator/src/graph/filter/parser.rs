//! Owns the grammar of filters: `or` under `and` under `not` under comparison.
//! Refuses to nest without end.

use serde_json::Value;

use super::{
    Filter, Operand, Schema,
    lexer::{Word, words},
};

/// How deep parentheses and `not` may nest.
const DEEPEST: u32 = 32;

pub(super) fn parse(text: &str, schema: Schema) -> Result<Filter, String> {
    let mut parser = Parser {
        words: words(text)?,
        at: 0,
        schema,
        item: None,
        depth: 0,
    };
    let filter = parser.alternatives()?;
    match parser.next() {
        None => Ok(filter),
        Some(word) => Err(format!("{} is not expected", shown(&word))),
    }
}

struct Parser {
    words: Vec<Word>,
    at: usize,
    schema: Schema,
    /// The name that `any` gave its item.
    item: Option<String>,
    depth: u32,
}

impl Parser {
    fn peek(&self) -> Option<&Word> {
        self.words.get(self.at)
    }

    fn next(&mut self) -> Option<Word> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn takes(&mut self, name: &str) -> bool {
        let is = matches!(self.peek(), Some(Word::Name(text)) if text == name);
        if is {
            self.at += 1;
        }
        is
    }

    fn expect(&mut self, word: &Word) -> Result<(), String> {
        match self.next() {
            Some(found) if found == *word => Ok(()),
            Some(found) => Err(format!(
                "{} stands where {} should",
                shown(&found),
                shown(word)
            )),
            None => Err(format!("{} is missing at the end", shown(word))),
        }
    }

    fn alternatives(&mut self) -> Result<Filter, String> {
        let mut filter = self.conjunction()?;
        while self.takes("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.conjunction()?));
        }
        Ok(filter)
    }

    fn conjunction(&mut self) -> Result<Filter, String> {
        let mut filter = self.condition()?;
        while self.takes("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.condition()?));
        }
        Ok(filter)
    }

    fn condition(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("it nests deeper than {DEEPEST}"));
        }
        let filter = if self.takes("not") {
            Filter::Not(Box::new(self.condition()?))
        } else if self.peek() == Some(&Word::Open) {
            self.at += 1;
            let inner = self.alternatives()?;
            self.expect(&Word::Close)?;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn comparison(&mut self) -> Result<Filter, String> {
        let name = match self.next() {
            Some(Word::Name(name)) => name,
            Some(word) => return Err(format!("{} stands where a property should", shown(&word))),
            None => return Err("it ends where a property should stand".to_owned()),
        };
        match self.peek() {
            Some(Word::Slash) => self.any(&name),
            Some(Word::Open) => Err(format!("the function '{name}' is not supported")),
            _ => self.comparison_of(&name),
        }
    }

    fn comparison_of(&mut self, name: &str) -> Result<Filter, String> {
        let operand = if self.item.as_deref() == Some(name) {
            Operand::Item
        } else {
            Operand::Property(self.property(name)?)
        };
        let is_equal = match self.next() {
            Some(Word::Name(word)) if word == "eq" => true,
            Some(Word::Name(word)) if word == "ne" => false,
            Some(word) => return Err(format!("{} is not supported; eq and ne are", shown(&word))),
            None => return Err(format!("a comparison is missing after '{name}'")),
        };
        match self.next() {
            Some(Word::Literal(literal)) => Ok(Filter::Compare {
                operand,
                is_equal,
                literal,
            }),
            Some(word) => Err(format!(
                "{} is not a literal; texts stand in single quotes",
                shown(&word)
            )),
            None => Err(format!("a literal is missing after '{name}'")),
        }
    }

    fn property(&self, name: &str) -> Result<&'static str, String> {
        let find = |all: &'static [&'static str]| {
            all.iter().find(|known| known.eq_ignore_ascii_case(name))
        };
        if let Some(known) = find(self.schema.scalars) {
            return Ok(known);
        }
        Err(match find(self.schema.collections) {
            Some(known) => format!("the collection '{known}' is filtered with any"),
            None => format!("'{name}' is not a property to filter by"),
        })
    }

    /// `collection/any(x:condition)`, after the name.
    fn any(&mut self, name: &str) -> Result<Filter, String> {
        let collections = self.schema.collections;
        let known = collections
            .iter()
            .find(|known| known.eq_ignore_ascii_case(name));
        let known = *known.ok_or_else(|| format!("'{name}' is not a collection to filter by"))?;
        self.expect(&Word::Slash)?;
        if !self.takes("any") {
            return Err("only any is supported on collections".to_owned());
        }
        self.expect(&Word::Open)?;
        if self.peek() == Some(&Word::Close) {
            self.at += 1;
            return Ok(Filter::Any(known, None));
        }
        let item = match self.next() {
            Some(Word::Name(item)) => item,
            _ => return Err("any wants a name for its item, as in any(c:c eq 'x')".to_owned()),
        };
        self.expect(&Word::Colon)?;
        if self.item.replace(item).is_some() {
            return Err("any inside any is not supported".to_owned());
        }
        let condition = self.alternatives()?;
        self.item = None;
        self.expect(&Word::Close)?;
        Ok(Filter::Any(known, Some(Box::new(condition))))
    }
}

fn shown(word: &Word) -> String {
    match word {
        Word::Name(name) => format!("'{}'", name.chars().take(64).collect::<String>()),
        Word::Literal(Value::String(text)) => {
            format!("the text '{}'", text.chars().take(64).collect::<String>())
        }
        Word::Literal(value) => format!("'{value}'"),
        Word::Open => "'('".to_owned(),
        Word::Close => "')'".to_owned(),
        Word::Colon => "':'".to_owned(),
        Word::Slash => "'/'".to_owned(),
        Word::Comma => "','".to_owned(),
    }
}
