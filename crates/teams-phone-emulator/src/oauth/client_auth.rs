//! Owns how a client proves to the authority who it is: a secret in the form or the header, a signed assertion, or not.
//! Refuses to know what it asks for.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rustls::pki_types::SignatureVerificationAlgorithm;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use webpki::{
    EndEntityCert,
    ring::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY},
};

use crate::{
    directory::{self, Application},
    request::Received,
};

use super::{Authority, form, form::Form, mint::Proof, refusal::Refusal};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client the directory knows, and how it proved itself.
pub(crate) struct Client<'a> {
    pub(crate) id: Uuid,
    pub(crate) application: &'a Application,
    pub(crate) proof: Proof,
}

/// The application of a client id.
pub(crate) fn known<'a>(
    text: &str,
    directory: &'a directory::Directory,
) -> Result<(Uuid, &'a Application), Refusal> {
    let shown: String = text.chars().take(64).collect();
    let id: Uuid = text.parse().map_err(|_| {
        let text = format!("The client id '{shown}' is not a GUID.");
        Refusal::new("unauthorized_client", 700_016, text)
    })?;
    let application = directory.application(id).ok_or_else(|| {
        let text = format!("The directory has no application with the client id '{shown}'.");
        Refusal::new("unauthorized_client", 700_016, text)
    })?;
    Ok((id, application))
}

/// Checks whatever proof was sent; sending none is left to the caller to judge.
pub(crate) fn authenticate<'a>(
    form: &Form,
    segment: &str,
    request: &Received,
    authority: &Authority<'a>,
) -> Result<Client<'a>, Refusal> {
    let basic = basic(request)?;
    let id = form
        .value("client_id")
        .or(basic.as_ref().map(|(id, _)| id.as_str()))
        .ok_or_else(|| Refusal::missing("client_id"))?;
    let (id, application) = known(id, authority.directory)?;
    let client = |proof| Client {
        id,
        application,
        proof,
    };
    let secret = form
        .value("client_secret")
        .or(basic.as_ref().map(|(_, secret)| secret.as_str()));
    if let Some(secret) = secret {
        let standard = id.to_string() == directory::CLIENT
            && bool::from(
                authority
                    .standard_secret
                    .as_bytes()
                    .ct_eq(secret.as_bytes()),
            );
        if standard || application.has_secret(secret) {
            return Ok(client(Proof::Secret));
        }
        let text = format!(
            "The client secret sent is not one of application '{id}'. Send its value, not its id."
        );
        return Err(Refusal::invalid_client(7_000_215, text));
    }
    if let Some(assertion) = form.value("client_assertion") {
        if form.value("client_assertion_type") != Some(ASSERTION_TYPE) {
            let text = format!("'client_assertion_type' must be '{ASSERTION_TYPE}'.");
            return Err(Refusal::new("invalid_request", 900_144, text));
        }
        check_assertion(assertion, id, application, segment, authority)?;
        return Ok(client(Proof::Certificate));
    }
    Ok(client(Proof::None))
}

/// Refuses a client that asks for itself without proving who it is.
pub(crate) fn must_be_proven(client: &Client<'_>) -> Result<(), Refusal> {
    if client.proof != Proof::None {
        return Ok(());
    }
    let text = "Without a user the client has to send 'client_secret' or 'client_assertion'.";
    Err(Refusal::invalid_client(7_000_216, text))
}

/// Refuses a client without proof that is not registered as public.
pub(crate) fn may_be_public(client: &Client<'_>) -> Result<(), Refusal> {
    if client.application.is_public() || client.proof != Proof::None {
        return Ok(());
    }
    let text =
        "The application is not a public client: send 'client_secret' or 'client_assertion'.";
    Err(Refusal::invalid_client(7_000_218, text))
}

/// Client id and secret of an `Authorization: Basic` header; both are form-encoded in it (RFC 6749, 2.3.1).
fn basic(request: &Received) -> Result<Option<(String, String)>, Refusal> {
    let Some((scheme, text)) = request
        .header("authorization")
        .and_then(|value| value.split_once(' '))
    else {
        return Ok(None);
    };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let decoded = STANDARD
        .decode(text.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
    pair.map(|(id, secret)| Some((form::decode(id), form::decode(secret))))
        .ok_or_else(|| {
            Refusal::invalid_client(
                7_000_215,
                "The Authorization header is not base64 of client id, colon, secret.",
            )
        })
}

fn check_assertion(
    assertion: &str,
    id: Uuid,
    application: &Application,
    segment: &str,
    authority: &Authority<'_>,
) -> Result<(), Refusal> {
    let malformed =
        || Refusal::invalid_client(50_027, "The client assertion is not a JSON web token.");
    let (signed, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
    let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
    let header = object(header).ok_or_else(malformed)?;
    let claims = object(payload).ok_or_else(malformed)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    let algorithm: &dyn SignatureVerificationAlgorithm =
        match header.get("alg").and_then(Value::as_str) {
            Some("RS256") => RSA_PKCS1_2048_8192_SHA256,
            Some("PS256") => RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
            _ => {
                return Err(Refusal::invalid_client(
                    50_027,
                    "The client assertion must be signed with RS256 or PS256.",
                ));
            }
        };
    let certificates = application.certificates();
    let fits = |der| {
        EndEntityCert::try_from(der).is_ok_and(|certificate| {
            certificate
                .verify_signature(algorithm, signed.as_bytes(), &signature)
                .is_ok()
        })
    };
    if !certificates.iter().any(fits) {
        let text = format!(
            "No certificate registered for application '{id}' signed the client assertion."
        );
        return Err(Refusal::invalid_client(700_027, text));
    }
    check_claims(&claims, id, segment, authority)
}

fn check_claims(
    claims: &Map<String, Value>,
    id: Uuid,
    segment: &str,
    authority: &Authority<'_>,
) -> Result<(), Refusal> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_client = |name: &str| text(name).parse() == Ok(id);
    if !is_client("iss") || !is_client("sub") {
        let text = format!("'iss' and 'sub' of the client assertion must be the client id '{id}'.");
        return Err(Refusal::invalid_client(700_021, text));
    }
    let base = format!("{}/{segment}", authority.origin);
    let audiences = [format!("{base}/oauth2/v2.0/token"), format!("{base}/v2.0")];
    if !audiences.iter().any(|audience| audience == text("aud")) {
        let text = format!("'aud' of the client assertion must be '{}'.", audiences[0]);
        return Err(Refusal::invalid_client(700_023, text));
    }
    // With a fraction, as some clients send them; a date may have one (RFC 7519, 2).
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now = authority.now.as_duration().as_secs_f64();
    // Five minutes either way, as is usual between clocks that are kept.
    let begun = seconds("nbf").is_none_or(|nbf| nbf <= now + 300.0);
    if !begun || seconds("exp").is_none_or(|exp| exp <= now - 300.0) {
        return Err(Refusal::invalid_client(
            700_024,
            "The client assertion is not valid now; see its 'nbf' and 'exp'.",
        ));
    }
    Ok(())
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
