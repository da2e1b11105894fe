//! Decides whether two parts from different files say the same, references included.

use serde_json::{Map, Value};

use super::sources::{Location, Sources};

/// Whether the parts at `a` and `b` are equal once every reference is followed. Cycles count as equal.
pub(super) fn parts(sources: &mut Sources, a: &Location, b: &Location) -> anyhow::Result<bool> {
    Comparison {
        sources,
        assumed: Vec::new(),
    }
    .parts(a, b)
}

struct Comparison<'a> {
    sources: &'a mut Sources,
    assumed: Vec<(Location, Location)>,
}

impl Comparison<'_> {
    fn parts(&mut self, a: &Location, b: &Location) -> anyhow::Result<bool> {
        let (a, b) = (self.sources.last(a)?, self.sources.last(b)?);
        let pair = (a, b);
        if pair.0 == pair.1 || self.assumed.contains(&pair) {
            return Ok(true);
        }
        self.assumed.push(pair.clone());
        let (a, b) = pair;
        let values = (
            self.sources.value(&a).cloned(),
            self.sources.value(&b).cloned(),
        );
        match values {
            (Some(left), Some(right)) => self.values(&left, &a, &right, &b),
            _ => Ok(false),
        }
    }

    fn values(
        &mut self,
        left: &Value,
        a: &Location,
        right: &Value,
        b: &Location,
    ) -> anyhow::Result<bool> {
        match (left, right) {
            (Value::Object(x), Value::Object(y)) => self.objects(x, a, y, b),
            (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
                for (index, (x, y)) in x.iter().zip(y).enumerate() {
                    if !self.values(x, &a.index(index), y, &b.index(index))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (x, y) => Ok(x == y),
        }
    }

    fn objects(
        &mut self,
        left: &Map<String, Value>,
        a: &Location,
        right: &Map<String, Value>,
        b: &Location,
    ) -> anyhow::Result<bool> {
        if left.len() != right.len() {
            return Ok(false);
        }
        for (key, x) in left {
            let Some(y) = right.get(key) else {
                return Ok(false);
            };
            let (a, b) = (a.key(key), b.key(key));
            let equal = match (x.as_str(), y.as_str()) {
                (Some(x), Some(y)) if key == "$ref" => self.references(x, &a, y, &b)?,
                _ => key == "x-ms-examples" || self.values(x, &a, y, &b)?,
            };
            if !equal {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn references(&mut self, x: &str, a: &Location, y: &str, b: &Location) -> anyhow::Result<bool> {
        match (self.sources.resolve(x, a), self.sources.resolve(y, b)) {
            (Ok(x), Ok(y)) => self.parts(&x, &y),
            // Only data (an example, say) may hold what looks like a broken reference.
            _ => Ok(x == y),
        }
    }
}
