use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

/// The folder of upstream data, or `None` after a loud line.
fn upstream() -> Option<PathBuf> {
    let folder = std::env::var_os("TEAMS_PHONE_UPSTREAM").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("TEAMS_PHONE_REQUIRE_UPSTREAM").is_none(),
        "the upstream data is required"
    );
    eprintln!("SKIPPED: no upstream data at {}", folder.display());
    None
}

#[test]
fn reproduces_the_published_vectors() {
    let Some(folder) = upstream() else { return };
    let text = std::fs::read_to_string(folder.join("hmac-vectors.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 15);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let expected = |name: &str| vector["expected"][name].as_str().unwrap();
        let key = AccessKey::from_base64(text("access_key")).unwrap();
        let at = httpdate::parse_http_date(text("date")).unwrap();
        let signed = sign(
            &key,
            text("method"),
            &text("url").parse().unwrap(),
            text("body").as_bytes(),
            at,
        );
        let name = text("name");
        assert_eq!(signed.host, expected("host"), "{name}");
        assert_eq!(signed.string_to_sign, expected("string_to_sign"), "{name}");
        assert_eq!(signed.content_sha256, expected("content_sha256"), "{name}");
        assert_eq!(signed.signature, expected("signature"), "{name}");
        assert_eq!(signed.authorization, expected("authorization"), "{name}");
        assert_eq!(signed.date, text("date"), "{name}");
    }
}

#[test]
fn an_empty_body_hashes_to_the_hash_of_nothing() {
    assert_eq!(
        content_sha256(b""),
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    );
}

#[test]
fn refuses_keys_that_are_not_base64_without_repeating_them() {
    for text in [
        "",
        "  ",
        "hunter2!",
        "aGVsbG8",
        "aGVs bG8=",
        "c2VjcmV0Ow==;foo=bar",
    ] {
        let error = AccessKey::from_base64(text).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config, "{text:?}");
        let shown = format!("{error} {error:?}");
        assert!(
            text.trim().is_empty() || !shown.contains(text.trim()),
            "{shown}"
        );
    }
    let key = AccessKey::from_base64(" c2VjcmV0\n").unwrap();
    assert_eq!(format!("{key:?}"), "AccessKey(..)");
}

proptest! {
    #[test]
    fn every_part_of_a_request_changes_the_signature(
        path in "/[a-z0-9%:./]{1,40}", body in any::<Vec<u8>>(), seconds in 0u64..4_000_000_000,
    ) {
        let key = AccessKey::from_base64("c2VjcmV0").unwrap();
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        let url: Url = format!("https://a.example{path}?v=1").parse().unwrap();
        let base = sign(&key, "PUT", &url, &body, at);
        let other_url: Url = format!("https://a.example{path}?v=2").parse().unwrap();
        let other_host: Url = format!("https://b.example{path}?v=1").parse().unwrap();
        let mut other_body = body.clone();
        other_body.push(0);
        let later = at + std::time::Duration::from_secs(1);
        for changed in [
            sign(&key, "GET", &url, &body, at),
            sign(&key, "PUT", &other_url, &body, at),
            sign(&key, "PUT", &other_host, &body, at),
            sign(&key, "PUT", &url, &other_body, at),
            sign(&key, "PUT", &url, &body, later),
        ] {
            prop_assert_ne!(&changed.signature, &base.signature);
        }
        prop_assert_eq!(sign(&key, "put", &url, &body, at), base);
    }
}
