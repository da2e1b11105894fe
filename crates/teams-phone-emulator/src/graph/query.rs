//! Owns the query options of OData: which are allowed, what they say, where a page ends.
//! Refuses to know what is listed.

use serde_json::{Map, Value};

use crate::{oauth::decode, request::Received};

use super::{
    failure::Failure,
    filter::{Filter, Schema},
    options::GraphSettings,
};

/// Query options taken apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    filter: Option<String>,
    top: Option<usize>,
    /// Of `$skip` or `$skiptoken`.
    skip: usize,
    select: Option<Vec<String>>,
}

/// How a list is cut into pages: the size without `$top`, and the most.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page {
    /// By `$skip`; the next link can be switched off.
    Skip(usize, usize),
    /// By `$skiptoken`.
    Token(usize, usize),
}

/// The part of a list that a page is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) links: bool,
}

impl Query {
    /// Reads the options of a request; any that is not allowed is refused.
    pub(crate) fn read(request: &Received, allowed: &[&str], most: usize) -> Result<Self, Failure> {
        let mut query = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for pair in request.query().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name).to_ascii_lowercase(), decode(value));
            if !name.starts_with('$') {
                continue;
            }
            let is_allowed = allowed
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&name));
            if !is_allowed || seen.contains(&name) {
                let shown: String = name.chars().take(32).collect();
                let why = if is_allowed {
                    "appears twice"
                } else {
                    "is not supported here"
                };
                return Err(Failure::bad(format!("The query option '{shown}' {why}.")));
            }
            match name.as_str() {
                "$filter" => query.filter = Some(value),
                "$top" => query.top = Some(count(&name, &value, 1..=most)?),
                "$skip" => query.skip = count(&name, &value, 0..=usize::MAX)?,
                "$skiptoken" => query.skip = token(&value)?,
                "$select" => {
                    query.select =
                        Some(value.split(',').map(|one| one.trim().to_owned()).collect());
                }
                _ => {}
            }
            seen.push(name);
        }
        Ok(query)
    }

    /// The items that fit the filter.
    pub(crate) fn filtered(
        &self,
        items: Vec<Value>,
        schema: Schema,
    ) -> Result<Vec<Value>, Failure> {
        let Some(text) = &self.filter else {
            return Ok(items);
        };
        let filter = Filter::parse(text, schema)?;
        Ok(items.into_iter().filter(|item| filter.fits(item)).collect())
    }

    /// The members of an entity that were selected; `usual` ones if none were.
    pub(crate) fn selected(&self, entity: Value, usual: &[&str]) -> Result<Value, Failure> {
        let Value::Object(members) = entity else {
            return Ok(entity);
        };
        let Some(names) = &self.select else {
            let is_usual = |name: &String| usual.is_empty() || usual.contains(&name.as_str());
            return Ok(members
                .into_iter()
                .filter(|(name, _)| is_usual(name))
                .collect());
        };
        let mut chosen = Map::new();
        for name in names {
            let found = members
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            let (known, value) = found.ok_or_else(|| {
                let shown: String = name.chars().take(64).collect();
                Failure::bad(format!(
                    "Could not find a property named '{shown}'; the emulator may not have it."
                ))
            })?;
            chosen.insert(known.clone(), value.clone());
        }
        Ok(chosen.into())
    }

    pub(super) fn cut(&self, length: usize, page: Page, settings: &GraphSettings) -> Cut {
        let (usual, links) = match page {
            Page::Skip(usual, _) => (usual, settings.next_link),
            Page::Token(usual, _) => (usual, true),
        };
        let cap = settings.page_size.unwrap_or(usize::MAX);
        let size = match self.top {
            // Without links, a page smaller than asked for would read as the last.
            Some(top) if !links => top,
            Some(top) => top.min(cap),
            None => settings.page_size.unwrap_or(usual),
        };
        let start = self.skip.min(length);
        let end = start.saturating_add(size).min(length);
        Cut { start, end, links }
    }

    /// The query of the page that begins there: the same with another offset.
    pub(super) fn next(&self, query: &str, from: usize, page: Page) -> String {
        let own = match page {
            Page::Skip(..) => "$skip",
            Page::Token(..) => "$skiptoken",
        };
        let is_other = |pair: &&str| {
            let name = decode(pair.split('=').next().unwrap_or_default());
            !pair.is_empty() && !name.eq_ignore_ascii_case(own)
        };
        let mut pairs: Vec<String> = query
            .split('&')
            .filter(is_other)
            .map(str::to_owned)
            .collect();
        pairs.push(match page {
            Page::Skip(..) => format!("$skip={from}"),
            Page::Token(..) => format!("$skiptoken=E{from:08x}"),
        });
        pairs.join("&")
    }
}

impl Page {
    /// What `$top` may ask for.
    pub(crate) fn most(self) -> usize {
        match self {
            Self::Skip(_, most) | Self::Token(_, most) => most,
        }
    }
}

fn count(name: &str, text: &str, range: std::ops::RangeInclusive<usize>) -> Result<usize, Failure> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let shown: String = text.chars().take(32).collect();
        let bounds = match *range.end() {
            usize::MAX => format!("at least {}", range.start()),
            most => format!("from {} to {most}", range.start()),
        };
        Failure::bad(format!(
            "Invalid value '{shown}' for {name}: it must be a whole number {bounds}."
        ))
    })
}

fn token(text: &str) -> Result<usize, Failure> {
    text.strip_prefix('E')
        .and_then(|hex| usize::from_str_radix(hex, 16).ok())
        .ok_or_else(|| Failure::bad("The skip token is not one of this emulator's."))
}
