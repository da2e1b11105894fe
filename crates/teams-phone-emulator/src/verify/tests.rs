//! Owns the proof that the check accepts what official clients sign and explains what they get wrong.

use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::*;

const KEY: &str = "c2VjcmV0LWtleS1vZi10aGUtdGVzdHM=";
const DATE: &str = "Mon, 14 Apr 2025 15:32:25 GMT";
const ORDER: &str = "x-ms-date;host;x-ms-content-sha256";
const TARGET: &str = "/identities/8%3Aacs%3Aa?api-version=2025-03-02-preview";
const HOST: &str = "127.0.0.1:8080";

/// A request as a client would send it, with what it signs free to differ from what it sends.
struct Attempt<'a> {
    method: &'a str,
    target: &'a str,
    signed_target: &'a str,
    signed_method: &'a str,
    signed_host: &'a str,
    order: &'a str,
    signed_order: &'a str,
    date: &'a str,
    body: &'a str,
    hashed_body: &'a str,
    sign: fn(&AccessKey, &str) -> String,
}

impl Default for Attempt<'_> {
    fn default() -> Self {
        Self {
            method: "POST",
            target: TARGET,
            signed_target: TARGET,
            signed_method: "POST",
            signed_host: HOST,
            order: ORDER,
            signed_order: ORDER,
            date: DATE,
            body: "{}",
            hashed_body: "{}",
            sign: |key, text| STANDARD.encode(key.sign(text)),
        }
    }
}

impl Attempt<'_> {
    fn request(&self) -> Received {
        let hash = content_hash(self.hashed_body.as_bytes());
        let values: Vec<&str> = self
            .signed_order
            .split(';')
            .map(|name| match name {
                "host" => self.signed_host,
                CONTENT_HASH => hash.as_str(),
                _ => self.date,
            })
            .collect();
        let text = format!(
            "{}\n{}\n{}",
            self.signed_method,
            self.signed_target,
            values.join(";")
        );
        let signature = (self.sign)(&AccessKey::parse(KEY).unwrap(), &text);
        let authorization = format!(
            "HMAC-SHA256 SignedHeaders={}&Signature={signature}",
            self.order
        );
        let date_name = if self.order.split(';').any(|name| name == "date") {
            "date"
        } else {
            "x-ms-date"
        };
        received(
            self.method,
            self.target,
            self.body,
            &[
                (date_name, self.date),
                ("host", HOST),
                (CONTENT_HASH, &hash),
                ("authorization", &authorization),
            ],
        )
    }

    fn check(&self) -> Result<(), Failure> {
        check(&self.request(), &AccessKey::parse(KEY).unwrap(), noon())
    }

    fn refusal(&self) -> (String, String, Value) {
        let failure = self.check().expect_err("the request should be refused");
        let (code, why) = *failure.explanation.clone().unwrap();
        let body = failure.body();
        let text = body.to_string();
        assert_eq!(failure.code, "Denied");
        assert!(!text.contains(KEY), "the key was shown: {text}");
        let valid = Attempt {
            body: self.body,
            hashed_body: self.body,
            target: self.target,
            ..Attempt::default()
        };
        let valid = valid.request();
        let (_, signature) = valid
            .header("authorization")
            .unwrap()
            .split_once("Signature=")
            .unwrap();
        assert!(
            !text.contains(signature),
            "a valid signature was shown: {text}"
        );
        (code, why, body)
    }
}

fn noon() -> Timestamp {
    clock::parse_http_date(DATE).unwrap()
}

fn received(method: &str, target: &str, body: &str, headers: &[(&str, &str)]) -> Received {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::try_from(*value).unwrap(),
            )
        })
        .collect();
    Received {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        target: target.to_owned(),
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
        peer: ([127, 0, 0, 1], 1).into(),
    }
}

fn vectors() -> Option<Vec<Value>> {
    let folder = std::env::var_os("TEAMS_PHONE_UPSTREAM").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream"),
        PathBuf::from,
    );
    let path = folder.join("hmac-vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let missing = format!("{} is not there", path.display());
        assert!(
            std::env::var_os("TEAMS_PHONE_REQUIRE_UPSTREAM").is_none_or(|value| value != "1"),
            "{missing}"
        );
        eprintln!("SKIPPED: the published signing vectors were not checked: {missing}");
        return None;
    };
    let document: Value = serde_json::from_str(&text).unwrap();
    Some(document["vectors"].as_array().unwrap().clone())
}

#[test]
fn accepts_every_published_vector_and_computes_its_string_to_sign() {
    let Some(vectors) = vectors() else { return };
    assert!(vectors.len() >= 15);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let expected = |name: &str| vector["expected"][name].as_str().unwrap();
        let headers = [
            ("x-ms-date", text("date")),
            ("host", expected("host")),
            (CONTENT_HASH, expected("content_sha256")),
            ("authorization", expected("authorization")),
        ];
        let request = received(
            text("method"),
            expected("path_and_query"),
            text("body"),
            &headers,
        );
        let now = clock::parse_http_date(text("date")).unwrap();
        let key = AccessKey::parse(text("access_key")).unwrap();
        check(&request, &key, now)
            .unwrap_or_else(|failure| panic!("{}: {failure:?}", text("name")));

        let other = AccessKey::parse(KEY).unwrap();
        let refused = check(&request, &other, now).unwrap_err();
        let computed = refused
            .details
            .iter()
            .find(|(code, _)| code == "StringToSign")
            .unwrap();
        assert_eq!(computed.1, expected("string_to_sign"), "{}", text("name"));
    }
}

#[test]
fn accepts_both_date_headers_and_any_order() {
    let orders = [
        ORDER,
        "date;host;x-ms-content-sha256",
        "host;x-ms-content-sha256;x-ms-date",
        "x-ms-content-sha256;date;host",
    ];
    for order in orders {
        let attempt = Attempt {
            order,
            signed_order: order,
            ..Attempt::default()
        };
        assert!(attempt.check().is_ok(), "{order}");
    }
}

#[test]
fn the_path_is_checked_as_it_was_sent() {
    for target in [
        "/identities/8:acs:a?api-version=1",
        "/identities/8%3Aacs%3Aa?api-version=1",
    ] {
        assert!(
            Attempt {
                target,
                signed_target: target,
                ..Attempt::default()
            }
            .check()
            .is_ok(),
            "{target}"
        );
    }
}

fn assert_named(words: &str, attempt: &Attempt<'_>) {
    let (code, why, body) = attempt.refusal();
    assert_eq!(code, "StringToSignDiffers", "{words}: {body}");
    assert!(why.contains(words), "{words}: {why}");
}

#[test]
fn names_how_the_signed_host_differs() {
    let cases = [
        ("trailing slash", "127.0.0.1:8080/"),
        ("without its port", "127.0.0.1"),
        ("port twice", "127.0.0.1:8080:8080"),
        ("with its scheme", "http://127.0.0.1:8080"),
        ("`localhost` and the port", "localhost:8080"),
    ];
    for (words, signed_host) in cases {
        assert_named(
            words,
            &Attempt {
                signed_host,
                ..Attempt::default()
            },
        );
    }
}

#[test]
fn names_how_the_signed_method_path_or_order_differs() {
    let (escaped, pathless) = (
        "/identities/8:acs:a?api-version=2025-03-02-preview",
        "/identities/8%3Aacs%3Aa",
    );
    let order = "host;x-ms-date;x-ms-content-sha256";
    assert_named(
        "signed with `:` but sent with `%3A`",
        &Attempt {
            signed_target: escaped,
            ..Attempt::default()
        },
    );
    assert_named(
        "query was not signed",
        &Attempt {
            signed_target: pathless,
            ..Attempt::default()
        },
    );
    assert_named(
        "lower case",
        &Attempt {
            signed_method: "post",
            ..Attempt::default()
        },
    );
    assert_named(
        "declare that order",
        &Attempt {
            order,
            ..Attempt::default()
        },
    );
}

#[test]
fn names_how_the_signature_was_made_wrongly() {
    type Sign = fn(&AccessKey, &str) -> String;
    let cases: [(&str, Sign); 3] = [
        ("decode its base64", |key, text| {
            STANDARD.encode(key.sign_undecoded(text))
        }),
        ("hexadecimal", |key, text| {
            key.sign(text).iter().map(|b| format!("{b:02x}")).collect()
        }),
        ("\\r\\n", |key, text| {
            STANDARD.encode(key.sign(&text.replace('\n', "\r\n")))
        }),
    ];
    for (words, sign) in cases {
        assert_named(
            words,
            &Attempt {
                sign,
                ..Attempt::default()
            },
        );
    }
}

#[test]
fn two_mistakes_at_once_are_both_named() {
    let (_, why, _) = Attempt {
        signed_host: "127.0.0.1",
        signed_method: "post",
        ..Attempt::default()
    }
    .refusal();
    assert!(why.contains("port") && why.contains("lower case"), "{why}");
}

#[test]
fn another_key_is_told_apart_from_another_string() {
    let other =
        |_: &AccessKey, text: &str| STANDARD.encode(AccessKey::parse("QQ==").unwrap().sign(text));
    let (code, why, body) = Attempt {
        sign: other,
        ..Attempt::default()
    }
    .refusal();
    assert_eq!(code, "KeyOrStringToSignDiffers");
    assert!(why.contains("access key is another one"));
    let details = body["error"]["details"].as_array().unwrap();
    let computed = details
        .iter()
        .find(|detail| detail["code"] == "StringToSign")
        .unwrap();
    assert!(
        computed["message"]
            .as_str()
            .unwrap()
            .starts_with(&format!("POST\n{TARGET}\n{DATE};{HOST};"))
    );
}

#[test]
fn a_body_that_differs_is_reported_before_the_signature() {
    let attempt = Attempt {
        body: "{} ",
        ..Attempt::default()
    };
    let (code, why, body) = attempt.refusal();
    assert_eq!(code, "BodyHashDiffers");
    assert!(
        why.contains("3 body bytes") && why.contains("key, date, host and path are right"),
        "{why}"
    );
    assert_eq!(
        body["error"]["message"],
        "Request 'x-ms-content-sha256' differs from generated content hash."
    );
}

#[test]
fn dates_are_taken_within_fifteen_minutes_either_way() {
    let cases = [
        ("Mon, 14 Apr 2025 15:17:25 GMT", None),
        ("Mon, 14 Apr 2025 15:47:25 GMT", None),
        ("Mon, 14 Apr 2025 15:17:24 GMT", Some("901 s behind")),
        ("Mon, 14 Apr 2025 15:47:26 GMT", Some("901 s ahead of")),
    ];
    for (date, words) in cases {
        let attempt = Attempt {
            date,
            ..Attempt::default()
        };
        match words {
            None => assert!(attempt.check().is_ok(), "{date}"),
            Some(words) => {
                let (code, why, _) = attempt.refusal();
                assert_eq!(code, "DateOutsideWindow");
                assert!(why.contains(words), "{why}");
            }
        }
    }
    assert_eq!(
        Attempt {
            date: "14.04.2025",
            ..Attempt::default()
        }
        .refusal()
        .0,
        "DateUnreadable"
    );
}

#[test]
fn headers_that_must_be_signed_are_asked_for() {
    let cases = [
        "host;x-ms-content-sha256",
        "x-ms-date;x-ms-content-sha256",
        "x-ms-date;host",
    ];
    for order in cases {
        let (code, ..) = Attempt {
            order,
            signed_order: order,
            ..Attempt::default()
        }
        .refusal();
        assert_eq!(code, "SignedHeaderMissing", "{order}");
    }
    let (code, ..) = Attempt {
        order: "x-ms-date;host;x-ms-content-sha256;x-other",
        ..Attempt::default()
    }
    .refusal();
    assert_eq!(code, "StringToSignDiffers");
}

#[test]
fn malformed_authorizations_are_explained() {
    let cases = [
        ("Basic abc", "not HMAC-SHA256"),
        ("HMAC-SHA256", "not HMAC-SHA256"),
        ("HMAC-SHA256 Signature=a", "`SignedHeaders` is missing"),
        ("HMAC-SHA256 SignedHeaders=host", "`Signature` is missing"),
        (
            "HMAC-SHA256 Credential=x&SignedHeaders=host&Signature=a",
            "App Configuration",
        ),
        ("HMAC-SHA256 SignedHeaders=host, Signature=a", "is missing"),
        ("HMAC-SHA256 nonsense&Signature=a", "neither"),
    ];
    for (authorization, words) in cases {
        let request = received("GET", "/", "", &[("authorization", authorization)]);
        let failure = check(&request, &AccessKey::parse(KEY).unwrap(), noon()).unwrap_err();
        let (code, why) = *failure.explanation.unwrap();
        assert_eq!(code, "AuthorizationMalformed");
        assert!(why.contains(words), "{authorization}: {why}");
    }
}
