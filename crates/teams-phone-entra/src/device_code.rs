//! Owns the device code sign-in: a person types a code on any device; keeps no token itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use oauth2::basic::BasicTokenResponse;
use oauth2::{DeviceCodeErrorResponse, RequestTokenError, StandardDeviceAuthorizationResponse};
use teams_phone_core::{Error, TokenRequest};

use crate::TokenCache;
use crate::interactive::{self, App, Session, Settings, SignIn, scopes};

/// Signs a person in with a code that is typed on any device with a browser.
///
/// The first token that is needed shows the code (by default on standard error) and waits until the person
/// is done. Later ones come from the refresh token, kept in memory; the person is asked again only when that
/// has run out, was revoked, or does not satisfy what the service wants.
///
/// The app registration must allow public client flows. Many tenants block device codes by a conditional
/// access policy; [`Browser`](crate::Browser) is the better choice where there is one.
#[derive(Clone)]
pub struct DeviceCode(TokenCache<Session<Way>>);

/// What a person needs to know to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DevicePrompt {
    /// The code to type.
    pub user_code: String,
    /// The page to type it on.
    pub verification_uri: String,
    /// How long the code can be used.
    pub expires_in: Duration,
}

/// Collects what a [`DeviceCode`] is made of.
#[must_use]
pub struct DeviceCodeBuilder {
    settings: Settings,
    way: Way,
}

type Prompt = dyn Fn(&DevicePrompt) + Send + Sync;

struct Way {
    prompt: Arc<Prompt>,
}

impl DeviceCode {
    /// Starts with the tenant (its GUID, a domain, or `organizations`) and the application's client id.
    pub fn builder(tenant: impl Into<String>, client_id: impl Into<String>) -> DeviceCodeBuilder {
        DeviceCodeBuilder {
            settings: Settings::new(tenant.into(), client_id.into()),
            way: Way {
                prompt: Arc::new(|prompt| eprintln!("{prompt}")),
            },
        }
    }
}

impl DeviceCodeBuilder {
    /// Shows the code to the person; must not block.
    pub fn prompt(mut self, show: impl Fn(&DevicePrompt) + Send + Sync + 'static) -> Self {
        self.way.prompt = Arc::new(show);
        self
    }
}

interactive::person_signs_in!(DeviceCode, DeviceCodeBuilder);

impl SignIn for Way {
    const NAME: &'static str = "device code";

    fn sign_in<'a>(
        &'a self,
        app: &'a App,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BasicTokenResponse, Error>> {
        Box::pin(async move {
            let mut asked = app
                .client
                .exchange_device_code()
                .add_scopes(scopes(request));
            if let Some(claims) = request.claims {
                asked = asked.add_extra_param("claims", claims);
            }
            let codes: StandardDeviceAuthorizationResponse = asked
                .request_async(&app.service)
                .await
                .map_err(|error| app.explain(error))?;
            (self.prompt)(&DevicePrompt {
                user_code: printable(codes.user_code().secret()),
                verification_uri: printable(codes.verification_uri().as_str()),
                expires_in: codes.expires_in(),
            });
            let clock = app.service.clock();
            app.client
                .exchange_device_access_token(&codes)
                .set_time_fn(|| DateTime::<Utc>::from(clock.now()))
                .request_async(&app.service, |wait| clock.sleep(wait), None)
                .await
                .map_err(|error: RequestTokenError<Error, DeviceCodeErrorResponse>| {
                    app.explain(error)
                })
        })
    }
}

impl fmt::Display for DevicePrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.expires_in.as_secs() / 60;
        write!(
            f,
            "To sign in, open {} and enter the code {} (within {minutes} minutes).",
            self.verification_uri, self.user_code
        )
    }
}

/// Without what could move a terminal's cursor.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
