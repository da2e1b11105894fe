//! Owns the browser sign-in (authorization code with PKCE); knows the redirect's parameters, not its HTTP.

mod listener;

use std::borrow::Cow;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, Either, select};
use oauth2::basic::BasicTokenResponse;
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, RedirectUrl};
use teams_phone_core::{Error, ErrorKind, Secret, TokenRequest};
use url::Url;

use crate::interactive::{self, App, Session, Settings, SignIn, scopes};
use crate::{TokenCache, failure};
use listener::{Answer, Listener};

const NAME: &str = "browser";
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Signs a person in with the browser of this machine.
///
/// The first token that is needed opens a page (by default its address is printed to standard error), and
/// waits for the browser to come back to `http://localhost` at a random port, open for that long only. Later
/// ones come from the refresh token, kept in memory; the page is opened again only when that has run out,
/// was revoked, or does not satisfy what the service wants.
///
/// The app registration needs `http://localhost` as a redirect address of the platform
/// `Mobile and desktop applications`; Microsoft Entra ID ignores the port.
#[derive(Clone)]
pub struct Browser(TokenCache<Session<Way>>);

/// Collects what a [`Browser`] is made of.
#[must_use]
pub struct BrowserBuilder {
    settings: Settings,
    way: Way,
}

type Open = dyn Fn(&Url) + Send + Sync;

struct Way {
    open: Arc<Open>,
    patience: Duration,
    login_hint: Option<String>,
}

impl Browser {
    /// Starts with the tenant (its GUID, a domain, or `organizations`) and the application's client id.
    pub fn builder(tenant: impl Into<String>, client_id: impl Into<String>) -> BrowserBuilder {
        BrowserBuilder {
            settings: Settings::new(tenant.into(), client_id.into()),
            way: Way {
                open: Arc::new(|url| eprintln!("To sign in, open {url}")),
                patience: PATIENCE,
                login_hint: None,
            },
        }
    }
}

impl BrowserBuilder {
    /// Opens the page, or tells the person to; must not block. See [`open_in_browser`].
    pub fn open(mut self, open: impl Fn(&Url) + Send + Sync + 'static) -> Self {
        self.way.open = Arc::new(open);
        self
    }

    /// How long to wait for the person; five minutes unless set.
    pub fn timeout(mut self, patience: Duration) -> Self {
        self.way.patience = patience;
        self
    }

    /// Fills in the account's name.
    pub fn login_hint(mut self, account: impl Into<String>) -> Self {
        self.way.login_hint = Some(account.into());
        self
    }
}

interactive::person_signs_in!(Browser, BrowserBuilder);

impl SignIn for Way {
    const NAME: &'static str = NAME;

    fn sign_in<'a>(
        &'a self,
        app: &'a App,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BasicTokenResponse, Error>> {
        Box::pin(self.visit(app, request))
    }
}

impl Way {
    async fn visit(
        &self,
        app: &App,
        request: &TokenRequest<'_>,
    ) -> Result<BasicTokenResponse, Error> {
        let listener = Listener::bind().await.map_err(|why| {
            Error::new(
                ErrorKind::Credential,
                "browser: no port of this machine can be listened on",
            )
            .with_source(why)
        })?;
        let redirect = RedirectUrl::new(format!("http://localhost:{}", listener.port()))
            .map_err(|why| failure::odd(NAME, &why.to_string()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut page = app
            .client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes(request))
            .set_pkce_challenge(challenge)
            .set_redirect_uri(Cow::Borrowed(&redirect));
        if let Some(account) = &self.login_hint {
            page = page.add_extra_param("login_hint", account.as_str());
        }
        if let Some(claims) = request.claims {
            page = page.add_extra_param("claims", claims);
        }
        let (url, state) = page.url();
        (self.open)(&url);
        let state = Secret::new(state.secret().as_str());
        let code = self.code(app, &listener, &state).await?;
        drop(listener);
        let mut asked = app
            .client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(verifier)
            .set_redirect_uri(Cow::Borrowed(&redirect));
        if let Some(claims) = request.claims {
            asked = asked.add_extra_param("claims", claims.to_owned());
        }
        let answer = asked.request_async(&app.service.once()).await;
        answer.map_err(|error| app.explain(error))
    }

    /// Waits for the browser to come back.
    async fn code(&self, app: &App, listener: &Listener, state: &Secret) -> Result<Secret, Error> {
        let patience = app.service.clock().sleep(self.patience);
        let answer = match select(Box::pin(listener.receive(state)), patience).await {
            Either::Left((answer, _)) => answer,
            Either::Right(((), _)) => {
                let seconds = self.patience.as_secs();
                let message = format!("browser: nobody signed in within {seconds} s");
                return Err(Error::new(ErrorKind::Credential, message)
                    .with_hint("open the page that is shown on this machine, and sign in there"));
            }
        };
        match answer {
            Ok(Answer::Code(code)) => Ok(code),
            Ok(Answer::Refused { word, description }) => {
                Err(failure::refused(NAME, &word, &description))
            }
            Err(why) => {
                Err(Error::new(ErrorKind::Credential, "browser: listening failed").with_source(why))
            }
        }
    }
}

/// Opens a page with the program that the system opens pages with; returns without waiting for it.
///
/// # Errors
/// The program cannot be started, such as on a machine without a desktop.
pub fn open_in_browser(url: &Url) -> std::io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    let mut child = command
        .arg(url.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    std::thread::spawn(move || child.wait());
    Ok(())
}
