//! Owns the proof that signed client assertions are checked.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair},
};
use serde_json::{Value, json};
use teams_phone_emulator::{Application, Emulator};

use super::{MANAGEMENT, OTHER_APP, refusal, token};
use crate::client::{Answer, unix_now};

/// Made for this test alone; ring cannot make RSA keys.
const CERTIFICATE: &str = include_str!("client-certificate.pem");
const KEY: &[u8] = include_bytes!("client-key.der");
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn start() -> Emulator {
    let application = Application::new(OTHER_APP).certificate(CERTIFICATE);
    Emulator::builder()
        .application(application)
        .spawn()
        .unwrap()
}

fn assertion(algorithm: &str, claims: &Value) -> String {
    let encoding: &'static dyn RsaEncoding = if algorithm == "PS256" {
        &RSA_PSS_SHA256
    } else {
        &RSA_PKCS1_SHA256
    };
    let key = RsaKeyPair::from_pkcs8(KEY).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": algorithm })), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        encoding,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn claims(emulator: &Emulator) -> Value {
    let now = unix_now();
    json!({
        "aud": emulator.entra().token_endpoint(), "iss": OTHER_APP, "sub": OTHER_APP, "jti": "1",
        "nbf": now, "exp": now + 600,
    })
}

fn ask(emulator: &Emulator, client: &str, assertion: &str) -> Answer {
    token(
        emulator,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("scope", MANAGEMENT),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion),
        ],
    )
}

#[test]
fn both_algorithms_prove_the_client() {
    let emulator = start();
    for algorithm in ["RS256", "PS256"] {
        let answer = ask(
            &emulator,
            OTHER_APP,
            &assertion(algorithm, &claims(&emulator)),
        );
        let found = super::verified(&emulator, answer.json()["access_token"].as_str().unwrap());
        assert_eq!(found["appidacr"], "2", "{algorithm}");
    }
    let mut with_fraction = claims(&emulator);
    with_fraction["exp"] = (f64::from(u32::try_from(unix_now()).unwrap()) + 60.25).into();
    let answer = ask(&emulator, OTHER_APP, &assertion("RS256", &with_fraction));
    assert_eq!(
        answer.status, 200,
        "dates with a fraction, as some clients send them"
    );
}

#[test]
fn an_assertion_is_refused_for_one_reason_each() {
    let emulator = start();
    let with = |name: &str, value: Value| {
        let mut claims = claims(&emulator);
        claims[name] = value;
        assertion("RS256", &claims)
    };
    let good = assertion("RS256", &claims(&emulator));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let other = with("jti", "2".into());
    let (_, other_signature) = other.rsplit_once('.').unwrap();
    let cases = [
        (with("aud", "https://login.example/token".into()), 700_023),
        (with("iss", "me".into()), 700_021),
        (with("sub", emulator.entra().client_id().into()), 700_021),
        (with("exp", (unix_now() - 301).into()), 700_024),
        (with("nbf", (unix_now() + 900).into()), 700_024),
        (assertion("HS256", &claims(&emulator)), 50_027),
        (
            assertion("PS256", &claims(&emulator)).replacen(
                "eyJhbGciOiJQUzI1NiJ9",
                "eyJhbGciOiJSUzI1NiJ9",
                1,
            ),
            700_027,
        ),
        (format!("{signed}.{other_signature}"), 700_027),
        ("opaque".to_owned(), 50_027),
    ];
    for (assertion, number) in cases {
        let answer = ask(&emulator, OTHER_APP, &assertion);
        assert_eq!(
            refusal(&answer),
            ("invalid_client".to_owned(), number),
            "{assertion}"
        );
    }
    let standard = emulator.entra().client_id();
    let mut own = claims(&emulator);
    own["iss"] = standard.into();
    own["sub"] = standard.into();
    let unregistered = ask(&emulator, standard, &assertion("RS256", &own));
    assert_eq!(
        refusal(&unregistered),
        ("invalid_client".to_owned(), 700_027)
    );
}
