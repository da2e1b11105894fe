//! Owns the device code flow: its beginning, its polls, its page. The decision comes over the admin route.
//! Refuses to sign anyone in by itself.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::reply::Reply;

use super::{
    Authority,
    client_auth::{self, Client},
    form::Form,
    grants::{self, Decision, Device, SignIn},
    refusal::Refusal,
    scopes::Asked,
};

/// The grant type; Entra also knows a short form that nobody sends any more.
pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// `POST /{tenant}/oauth2/v2.0/devicecode`.
pub(crate) fn begin(form: &Form, authority: &mut Authority<'_>) -> Result<Value, Refusal> {
    let (client, _) = client_auth::known(form.required("client_id")?, authority.directory)?;
    let scope = form.required("scope")?.to_owned();
    Asked::parse(&scope)?;
    let life = authority.settings.device_code_lifetime;
    let device = Device {
        device_code: grants::secret("emu"),
        user_code: grants::user_code(),
        client,
        scope,
        expires: later(authority, life),
        polled: None,
        decision: Decision::Pending,
    };
    let uri = format!("{}/devicelogin", authority.origin);
    let answer = json!({
        "device_code": device.device_code,
        "user_code": device.user_code,
        "verification_uri": uri,
        "expires_in": life,
        "interval": authority.settings.device_code_interval,
        "message": format!("To sign in, open {uri} and enter the code {}.", device.user_code),
    });
    authority.grants.add_device(device);
    Ok(answer)
}

/// A poll.
pub(crate) fn redeem(
    form: &Form,
    client: &Client<'_>,
    authority: &mut Authority<'_>,
) -> Result<SignIn, Refusal> {
    client_auth::may_be_public(client)?;
    let code = form.required("device_code")?;
    let now = authority.now;
    let interval = SignedDuration::from_secs(authority.settings.device_code_interval.into());
    let device = authority
        .grants
        .device(code)
        .filter(|device| device.client == client.id)
        .ok_or_else(|| {
            Refusal::new(
                "bad_verification_code",
                70_018,
                "The device code is not one that was given to this client.",
            )
        })?;
    let last = device.polled.replace(now);
    match device.decision {
        Decision::Approved(user) if now < device.expires => {
            device.decision = Decision::Redeemed;
            Ok(SignIn {
                client: client.id,
                user,
                scope: device.scope.clone(),
                nonce: None,
            })
        }
        Decision::Redeemed => Err(Refusal::invalid_grant(
            54_005,
            "The device code was redeemed already.",
        )),
        Decision::Declined => Err(Refusal::new(
            "authorization_declined",
            65_004,
            "The user refused to sign in with this code.",
        )),
        _ if now >= device.expires => Err(Refusal::new(
            "expired_token",
            70_020,
            "The device code has expired; begin anew.",
        )),
        _ if last.is_some_and(|last| now.duration_since(last) < interval) => {
            let text = format!("Polled again within {} s; wait longer.", interval.as_secs());
            Err(Refusal::new("slow_down", 70_016, text))
        }
        _ => Err(Refusal::new(
            "authorization_pending",
            70_016,
            "The user has not decided yet; poll again.",
        )),
    }
}

/// Where users are sent. The emulator has no one to ask, so the page only says how to answer for them.
pub(crate) fn page() -> Reply {
    let text = "<p>Approve with <code>POST /_emulator/entra/device-codes/CODE/approve</code>, refuse with \
                <code>.../decline</code>.</p>";
    super::page(StatusCode::OK, text)
}

fn later(authority: &Authority<'_>, seconds: u32) -> jiff::Timestamp {
    authority
        .now
        .checked_add(SignedDuration::from_secs(seconds.into()))
        .unwrap_or(authority.now)
}
