//! Owns the authorization code flow: the browser's request, answered for the configured user, and the code's redemption.
//! Sends browsers to loopback only; PKCE with S256 is required of everyone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{StatusCode, header::LOCATION};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::reply::Reply;

use super::{
    Authority, Tenant,
    client_auth::{self, Client},
    escaped,
    form::{Form, encode},
    grants::{Code, SignIn, secret},
    page,
    refusal::Refusal,
    scopes::Asked,
    token_endpoint::user_of,
};

/// How long a code may wait to be redeemed, as Entra documents it.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// `GET` and `POST /{tenant}/oauth2/v2.0/authorize`.
pub(crate) fn answer(form: &Form, tenant: Tenant, authority: &mut Authority<'_>) -> Reply {
    let place = client_auth::known(
        form.value("client_id").unwrap_or_default(),
        authority.directory,
    )
    .and_then(|(client, _)| Ok((client, loopback(form.required("redirect_uri")?)?)));
    let (client, redirect) = match place {
        Ok(place) => place,
        Err(refusal) => return refused(&refusal),
    };
    let outcome = code(form, client, redirect, tenant, authority);
    let description;
    let mut pairs = match &outcome {
        Ok(code) => vec![("code", code.as_str()), ("session_state", "emulator")],
        Err(refusal) => {
            description = refusal.description();
            vec![
                ("error", refusal.error),
                ("error_description", description.as_str()),
            ]
        }
    };
    pairs.extend(form.value("state").map(|state| ("state", state)));
    match form.value("response_mode") {
        Some("form_post") => post(redirect, &pairs),
        Some("fragment") => go(&format!("{redirect}#{}", encode(&pairs))),
        _ => {
            let mark = if redirect.contains('?') { '&' } else { '?' };
            go(&format!("{redirect}{mark}{}", encode(&pairs)))
        }
    }
}

/// What a browser is shown when there is nowhere safe to send it.
pub(crate) fn refused(refusal: &Refusal) -> Reply {
    page(
        StatusCode::BAD_REQUEST,
        &format!(
            "<p>{}: {}</p>",
            refusal.error,
            escaped(&refusal.description())
        ),
    )
}

fn code(
    form: &Form,
    client: Uuid,
    redirect: &str,
    tenant: Tenant,
    authority: &mut Authority<'_>,
) -> Result<String, Refusal> {
    if form.required("response_type")? != "code" {
        let text = "The emulator has the response type 'code' only.";
        return Err(Refusal::new("unsupported_response_type", 700_054, text));
    }
    let challenge = form.value("code_challenge").filter(|text| text.len() == 43);
    let challenge = challenge.filter(|_| form.value("code_challenge_method") == Some("S256")).ok_or_else(|| {
        let text = "Send 'code_challenge', the base64url of a SHA-256, with 'code_challenge_method' S256.";
        Refusal::new("invalid_request", 9_002_325, text)
    })?;
    let scope = form.required("scope")?;
    let asked = Asked::parse(scope)?;
    let wanted = form
        .value("login_hint")
        .or(authority.settings.signed_in_user.as_deref());
    let (user, _) = wanted.and_then(|name| authority.directory.user_called(name)).ok_or_else(|| {
        let text = "Nobody is signed in; set `signedInUser`, or send the 'login_hint' of a registered user.";
        Refusal::new("access_denied", 65_004, text)
    })?;
    user_of(user, tenant, authority)?;
    if let Some(application) = authority.directory.application(client) {
        asked.granted(application)?;
    }
    let code = secret("1.emu");
    authority.grants.add_code(Code {
        code: code.clone(),
        sign_in: SignIn {
            client,
            user,
            scope: scope.to_owned(),
            nonce: form.value("nonce").map(str::to_owned),
        },
        redirect_uri: redirect.to_owned(),
        challenge: challenge.to_owned(),
        expires: authority.now.checked_add(LIFE).unwrap_or(authority.now),
        redeemed: false,
    });
    Ok(code)
}

/// The `authorization_code` grant.
pub(crate) fn redeem(
    form: &Form,
    client: &Client<'_>,
    authority: &mut Authority<'_>,
) -> Result<SignIn, Refusal> {
    client_auth::may_be_public(client)?;
    let (text, redirect) = (form.required("code")?, form.required("redirect_uri")?);
    let verifier = form.required("code_verifier")?;
    let now = authority.now;
    let code = authority
        .grants
        .code(text)
        .filter(|code| code.sign_in.client == client.id)
        .ok_or_else(|| {
            Refusal::invalid_grant(
                70_000,
                "The authorization code is not one that was given to this client.",
            )
        })?;
    if code.redeemed {
        return Err(Refusal::invalid_grant(
            54_005,
            "The authorization code was redeemed already.",
        ));
    }
    if now >= code.expires {
        return Err(Refusal::invalid_grant(
            70_008,
            "The authorization code has expired.",
        ));
    }
    if redirect != code.redirect_uri {
        return Err(Refusal::invalid_grant(
            500_112,
            "'redirect_uri' is not the one the code was asked for with.",
        ));
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) != code.challenge {
        return Err(Refusal::invalid_grant(
            501_481,
            "'code_verifier' does not fit the 'code_challenge'.",
        ));
    }
    code.redeemed = true;
    Ok(code.sign_in.clone())
}

/// A redirect URI on this machine; the port is the application's choice.
fn loopback(uri: &str) -> Result<&str, Refusal> {
    let rest = uri.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let clean = !uri.contains('#') && uri.bytes().all(|byte| byte.is_ascii_graphic());
    if clean && ["localhost", "127.0.0.1", "[::1]"].contains(&name) {
        return Ok(uri);
    }
    let text = "The redirect URI is not http on localhost, 127.0.0.1 or [::1]; the emulator sends browsers nowhere else.";
    Err(Refusal::new("invalid_request", 50_011, text))
}

fn go(place: &str) -> Reply {
    Reply::empty(StatusCode::FOUND).with_header(LOCATION, place)
}

fn post(place: &str, pairs: &[(&str, &str)]) -> Reply {
    let field = |(name, value): &(&str, &str)| {
        format!(
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
            escaped(value)
        )
    };
    let fields: String = pairs.iter().map(field).collect();
    let body = format!(
        "<form method=\"post\" action=\"{}\">{fields}<button>Continue</button></form>\
         <script>document.forms[0].submit()</script>",
        escaped(place)
    );
    page(StatusCode::OK, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_loopback_only() {
        for uri in [
            "http://localhost",
            "http://localhost:8400/",
            "http://127.0.0.1:1/a?b=c",
            "http://[::1]:80",
        ] {
            assert!(loopback(uri).is_ok(), "{uri}");
        }
        let foreign = [
            "https://localhost",
            "http://localhost.example",
            "http://localhost@evil.example",
            "http://localhost:80@evil.example/",
            "http://127.0.0.1.example:80",
            "http://localhost#x",
            "http://localhost/\r\nSet-Cookie: a",
            "javascript:alert(1)",
            "",
        ];
        for uri in foreign {
            assert!(loopback(uri).is_err(), "{uri}");
        }
    }
}
