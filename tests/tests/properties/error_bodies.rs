//! Bodies as services, gateways and proxies write them: what can be found is found, whatever stands around it.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use teams_phone::Error;

use crate::invariants::error_body;

fn read(status: u16, body: &str) -> Error {
    let _ = error_body::check(format!("{status}\n{body}").as_bytes());
    Error::from_answer("acs-identity", status, body.as_bytes())
}

fn failing() -> impl Strategy<Value = u16> {
    400_u16..600
}

/// A word as codes and names of fields are.
fn word() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9.]{0,39}"
}

/// A sentence without its full stop.
fn sentence() -> impl Strategy<Value = String> {
    "[A-Z][a-z ,'éß]{0,200}[a-z]"
}

/// Entries of details, each with the entries inside it.
#[derive(Clone, Debug)]
struct Entry {
    code: String,
    message: String,
    target: Option<String>,
    inside: Vec<Entry>,
}

impl Entry {
    fn json(&self) -> Value {
        let inside: Vec<Value> = self.inside.iter().map(Entry::json).collect();
        json!({"code": self.code, "message": self.message, "target": self.target, "details": inside})
    }

    /// Their texts, outer ones first.
    fn collect(&self, all: &mut Vec<(String, String, Option<String>)>) {
        all.push((self.code.clone(), self.message.clone(), self.target.clone()));
        self.inside.iter().for_each(|entry| entry.collect(all));
    }
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let named = || (word(), sentence(), prop::option::of(word()));
    let leaf = named().prop_map(|(code, message, target)| Entry {
        code,
        message,
        target,
        inside: Vec::new(),
    });
    let entry = leaf.prop_recursive(4, 24, 3, move |inner| {
        (named(), prop::collection::vec(inner, 0..3)).prop_map(
            |((code, message, target), inside)| Entry {
                code,
                message,
                target,
                inside,
            },
        )
    });
    prop::collection::vec(entry, 0..4)
}

/// Any JSON, with the names that are looked for among its names.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let name = prop_oneof![
        4 => prop::sample::select(&[
            "error", "code", "message", "target", "details", "innererror", "innerError", "title",
            "action", "additionalData", "request-id", "Error", "CODE",
        ][..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

proptest! {
    #[test]
    fn a_documented_body_is_told_whole(
        status in failing(), code in word(), message in sentence(), target in prop::option::of(word()),
        stop in prop::bool::ANY, entries in entries(),
    ) {
        let details: Vec<Value> = entries.iter().map(Entry::json).collect();
        let said = if stop { format!("{message}.") } else { message.clone() };
        let body = json!({"error": {"code": code, "message": said, "target": target, "details": details}});
        let error = read(status, &body.to_string());
        prop_assert_eq!(error.code(), Some(code.as_str()));
        prop_assert_eq!(error.message(), message);
        prop_assert_eq!(error.target(), target.as_deref());
        let mut all = Vec::new();
        entries.iter().for_each(|entry| entry.collect(&mut all));
        all.truncate(32);
        let told = error.details().iter();
        let told: Vec<_> = told.map(|d| (d.code.clone(), d.message.clone(), d.target.clone())).collect();
        prop_assert_eq!(told, all);
        let shown = error.to_string();
        prop_assert!(shown.contains(&code) && shown.contains(&status.to_string()), "{}", shown);
    }

    #[test]
    fn members_that_nobody_asked_for_hide_nothing(
        code in word(), message in sentence(), others in any_json(),
    ) {
        let mut body = json!({"error": {"code": code, "message": message, "details": others, "extra": others}});
        body["more"] = others;
        let error = read(400, &body.to_string());
        prop_assert_eq!(error.code(), Some(code.as_str()));
        prop_assert_eq!(error.message(), message);
    }

    #[test]
    fn any_json_at_all_becomes_an_error(status in any::<u16>(), body in any_json()) {
        let error = read(status, &body.to_string());
        prop_assert_eq!(error.status(), Some(status));
    }

    #[test]
    fn a_page_of_a_gateway_is_told_without_its_tags(
        tag in "[a-z]{1,6}", text in "[A-Za-z]{1,20}( [A-Za-z]{1,20}){0,5}", status in failing(),
    ) {
        let page = format!("<html>\r\n<{tag} class=\"x\">{text}</{tag}>\n\t</html>");
        let error = read(status, &page);
        prop_assert!(error.message().contains(&text), "{}", error);
        prop_assert!(!error.message().contains(['<', '>']), "{}", error);
        prop_assert_eq!(error.code(), None);
    }

    #[test]
    fn a_body_that_is_cut_off_is_still_told(code in word(), message in sentence(), cut in 0.0..1.0) {
        let body = json!({"error": {"code": code, "message": message}}).to_string();
        let at = (body.len() as f64 * cut) as usize;
        let at = (0..=at).rev().find(|at| body.is_char_boundary(*at)).unwrap();
        let error = read(503, &body[..at]);
        prop_assert_eq!((error.status(), error.code()), (Some(503), None));
        prop_assert!(error.message().starts_with("service unavailable: "), "{}", error);
    }
}
