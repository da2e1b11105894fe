//! Owns the reading of the operations that a generated upstream client has, as far as ours can be compared with them:
//! method, path and names of query parameters. Refuses to know documents.
//!
//! The list is JSON: `operations`, each with `method` and a URI template (RFC 6570) in `urlTemplate`. Generated clients
//! call actions by their qualified name; the namespace is left out here, since the service takes both.

use serde_json::{Map, Value};

use super::facts;

/// Our operations below `prefix`, with their query parameters, from the facts of our document.
pub(crate) fn ours(facts: &Value, prefix: &str) -> Value {
    let list = facts["operations"].as_object().into_iter().flatten();
    let covered = list.filter(|(name, _)| {
        let path = name.split_once(' ').map_or("", |(_, path)| path);
        path.starts_with(prefix)
    });
    let named = covered.map(|(name, operation)| {
        let names = operation["query"].as_object().into_iter().flatten();
        let names: Map<_, _> = names.map(|(name, _)| (name.clone(), true.into())).collect();
        (name.clone(), Value::Object(names))
    });
    Value::Object(named.collect())
}

/// What of `ours` the upstream client has too.
pub(crate) fn upstream(list: &Value, ours: &Value) -> Value {
    let mut found = Map::new();
    for operation in list["operations"].as_array().into_iter().flatten() {
        let text = |key: &str| operation[key].as_str().unwrap_or_default();
        let (path, query) = template(text("urlTemplate"));
        let name = facts::name(text("method"), &path);
        if let Some(wanted) = ours.get(&name) {
            let names = query.iter().filter(|name| wanted.get(name).is_some());
            let names: Map<_, _> = names.map(|name| (name.clone(), true.into())).collect();
            found.insert(name, names.into());
        }
    }
    Value::Object(found)
}

/// The path of a URI template, and the names in its `{?...}`.
fn template(text: &str) -> (String, Vec<String>) {
    let text = text.strip_prefix("{+baseurl}").unwrap_or(text);
    let (path, query) = text.split_once("{?").unwrap_or((text, ""));
    let segments = path.split('/').map(|segment| {
        let action = segment.strip_prefix("microsoft.graph.");
        action.map_or(segment, |action| {
            action.rsplit('.').next().unwrap_or(action)
        })
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let names = query.trim_end_matches('}').split(',');
    let names = names.filter(|name| !name.is_empty());
    (path, names.map(|name| name.replace("%24", "$")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_a_path_and_names() {
        let (path, names) =
            template("{+baseurl}/a/{b%2Did}/microsoft.graph.x.act{?%24select,%24top}");
        assert_eq!(path, "/a/{b%2Did}/act");
        assert_eq!(names, ["$select", "$top"]);
        assert_eq!(template("{+baseurl}/a").1, Vec::<String>::new());
    }
}
