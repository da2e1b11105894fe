//! Owns the comparison of two canonical documents. Refuses to judge: it lists every difference.

use std::fmt;

use serde_json::{Map, Value};

use super::shape;

/// One difference between our document and the upstream one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Where, as a JSON pointer into the canonical form.
    pub(crate) pointer: String,
    /// What differs there.
    pub(crate) change: Change,
}

/// What differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// We have something that upstream does not.
    OnlyOurs(Value),
    /// Upstream has something that we do not.
    OnlyUpstream(Value),
    /// Both have a value, but not the same.
    Value {
        /// Our value.
        ours: Value,
        /// The upstream value.
        upstream: Value,
    },
    /// The same thing has another name.
    Renamed {
        /// The upstream name.
        upstream: String,
    },
    /// The same things stand in another order.
    Order,
}

/// Lists all differences, sorted by place.
pub(crate) fn compare(ours: &Value, upstream: &Value) -> Vec<Difference> {
    let mut list = Vec::new();
    walk(ours, upstream, "", &mut list);
    list.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    list
}

impl Difference {
    fn new(pointer: &str, change: Change) -> Self {
        let pointer = pointer.to_owned();
        Self { pointer, change }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.pointer)?;
        match &self.change {
            Change::OnlyOurs(value) => write!(f, "only ours: {}", short(value)),
            Change::OnlyUpstream(value) => write!(f, "only upstream: {}", short(value)),
            Change::Value { ours, upstream } => {
                write!(f, "ours {}, upstream {}", short(ours), short(upstream))
            }
            Change::Renamed { upstream } => write!(f, "upstream calls it `{upstream}`"),
            Change::Order => f.write_str("the order differs"),
        }
    }
}

fn walk(ours: &Value, upstream: &Value, pointer: &str, list: &mut Vec<Difference>) {
    match (ours, upstream) {
        (Value::Object(a), Value::Object(b)) => objects(a, b, pointer, list),
        (Value::Array(a), Value::Array(b))
            if a.len() == b.len() && a.iter().all(Value::is_object) =>
        {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                walk(a, b, &shape::step(pointer, &index.to_string()), list);
            }
        }
        (a, b) if equal(a, b) => {}
        (a, b) => list.push(Difference::new(
            pointer,
            Change::Value {
                ours: a.clone(),
                upstream: b.clone(),
            },
        )),
    }
}

fn objects(
    ours: &Map<String, Value>,
    upstream: &Map<String, Value>,
    pointer: &str,
    list: &mut Vec<Difference>,
) {
    let mut gone: Vec<&String> = upstream
        .keys()
        .filter(|key| !ours.contains_key(*key))
        .collect();
    let is_list = pointer.ends_with("/parameters");
    if is_list
        && gone.is_empty()
        && ours.len() == upstream.len()
        && !ours.keys().eq(upstream.keys())
    {
        list.push(Difference::new(pointer, Change::Order));
    }
    for (key, value) in ours {
        let place = shape::step(pointer, key);
        if let Some(other) = upstream.get(key) {
            walk(value, other, &place, list);
            continue;
        }
        let twin = gone
            .iter()
            .position(|other| is_renamed(value, &upstream[*other]));
        let change = match twin {
            Some(index) => Change::Renamed {
                upstream: gone.remove(index).clone(),
            },
            None => Change::OnlyOurs(value.clone()),
        };
        list.push(Difference::new(&place, change));
    }
    for key in gone {
        let change = Change::OnlyUpstream(upstream[key].clone());
        list.push(Difference::new(&shape::step(pointer, key), change));
    }
}

/// Whether two entries of different name are the same but for that name. Plain values are too alike to tell.
fn is_renamed(ours: &Value, upstream: &Value) -> bool {
    let nameless = |value: &Value| {
        let mut map = value.as_object().cloned().unwrap_or_default();
        map.shift_remove("name");
        map
    };
    ours.is_object() && upstream.is_object() && nameless(ours) == nameless(upstream)
}

/// Numbers are compared by value: `60` and `60.0` are the same bound.
fn equal(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) if a.is_f64() || b.is_f64() => x.total_cmp(&y).is_eq(),
        _ => a == b,
    }
}

fn short(value: &Value) -> String {
    const MOST: usize = 100;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
