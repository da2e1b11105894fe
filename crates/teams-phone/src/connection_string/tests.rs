use proptest::prelude::*;

use super::*;

fn error(text: &str) -> String {
    text.parse::<ConnectionString>().unwrap_err().to_string()
}

#[test]
fn accepts_every_spelling_that_means_the_same() {
    for text in [
        "endpoint=https://x.communication.azure.com/;accesskey=c2VjcmV0",
        "endpoint=https://x.communication.azure.com;accesskey=c2VjcmV0;",
        "ACCESSKEY=c2VjcmV0;ENDPOINT=HTTPS://X.communication.azure.com/",
        "  endpoint = https://x.communication.azure.com/ ; AccessKey = c2VjcmV0 \n",
    ] {
        let parsed: ConnectionString = text.parse().unwrap();
        assert_eq!(
            parsed.endpoint().as_str(),
            "https://x.communication.azure.com",
            "{text}"
        );
        assert_eq!(
            parsed.access_key().signature("x"),
            AccessKey::from_base64("c2VjcmV0").unwrap().signature("x"),
            "{text}"
        );
    }
}

#[test]
fn says_what_is_wrong() {
    let endpoint = "endpoint=https://x.communication.azure.com/";
    for (text, said) in [
        (String::new(), "lacks endpoint"),
        (endpoint.to_owned(), "lacks accesskey"),
        ("accesskey=c2VjcmV0".to_owned(), "lacks endpoint"),
        (format!("{endpoint};accesskey="), "access key is empty"),
        (
            format!("{endpoint};accesskey=hunter2!"),
            "access key is not base64",
        ),
        (
            format!("{endpoint};{endpoint};accesskey=c2VjcmV0"),
            "has endpoint twice",
        ),
        (
            format!("{endpoint};accesskey=c2VjcmV0;accesskey=c2VjcmV0"),
            "has accesskey twice",
        ),
        (
            format!("{endpoint};accesskey=c2VjcmV0;foo=bar"),
            "unknown name in part 3",
        ),
        (
            "HostName=x;SharedAccessKey=y".to_owned(),
            "\"hostname\", which belongs to another",
        ),
        (format!("{endpoint};c2VjcmV0"), "no \"=\" in part 2"),
        (
            "endpoint=http://x.communication.azure.com;accesskey=c2VjcmV0".to_owned(),
            "uses http",
        ),
        (
            "endpoint=https://x.example/a;accesskey=c2VjcmV0".to_owned(),
            "has a path",
        ),
        (
            "endpoint=x.example;accesskey=c2VjcmV0".to_owned(),
            "has no scheme",
        ),
        ("x".repeat(10_000), "longer than"),
    ] {
        let shown = error(&text);
        assert!(shown.contains(said), "{text}: {shown}");
    }
}

#[test]
fn never_shows_the_key() {
    let key = "aHVudGVyMmh1bnRlcjI=";
    let endpoint = "endpoint=https://x.communication.azure.com";
    for text in [
        key.to_owned(),
        format!("{key};{endpoint}"),
        format!("{endpoint};key={key}"),
        format!("{endpoint};accesskey={key};{key}"),
        format!("{endpoint};accesskey={key}!"),
        format!("endpoint={key};accesskey={key}"),
        format!("endpoint=https://{key}@x.example;accesskey={key}"),
    ] {
        let error = text.parse::<ConnectionString>().unwrap_err();
        let shown = format!("{error} {error:?}").to_lowercase();
        assert!(!shown.contains("ahvudgvymm"), "{shown}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = text.parse::<ConnectionString>();
    }

    #[test]
    fn any_key_survives(key in proptest::collection::vec(any::<u8>(), 1..80)) {
        use base64::Engine as _;
        let key = base64::engine::general_purpose::STANDARD.encode(key);
        let text = format!("endpoint=https://x.example/;accesskey={key}");
        let parsed: ConnectionString = text.parse().unwrap();
        prop_assert_eq!(
            parsed.access_key().signature("a"),
            AccessKey::from_base64(&key).unwrap().signature("a")
        );
    }
}
