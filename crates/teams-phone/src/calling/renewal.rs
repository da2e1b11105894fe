//! Owns the token that is kept and the one exchange that may be under way; knows nothing of scopes' meaning.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Either, Shared, WeakShared, select};
use jiff::{SignedDuration, Timestamp};
use teams_phone_core::clock::{Clock as _, SystemClock};
use teams_phone_core::{Error, ErrorKind, Result, TokenCredential};

use super::Scopes;
use crate::Client;
use crate::exchanges::ExchangeUserToken;
use crate::identities::AccessToken;

/// How long before its expiry a token is renewed.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// An early renewal that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The shortest wait between two attempts to renew early.
const FLOOR: SignedDuration = SignedDuration::from_secs(1);

type Flight = BoxFuture<'static, Result<AccessToken>>;

pub(super) struct Renewal {
    client: Client,
    entra: Arc<dyn TokenCredential>,
    scopes: Scopes,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// The waiters own the exchange, so that it ends with the last of them and does not freeze half done.
    flight: Option<WeakShared<Flight>>,
    closed: bool,
}

struct Kept {
    token: AccessToken,
    renew_at: Timestamp,
}

enum Next {
    Have(AccessToken),
    Await(Shared<Flight>),
    /// A renewal, while there is a token that works.
    Early(Shared<Flight>, AccessToken),
}

impl Renewal {
    pub(super) fn new(client: Client, entra: Arc<dyn TokenCredential>, scopes: Scopes) -> Self {
        Self {
            client,
            entra,
            scopes,
            state: Mutex::default(),
        }
    }

    pub(super) async fn token(self: &Arc<Self>) -> Result<AccessToken> {
        match self.next()? {
            Next::Have(token) => Ok(token),
            Next::Await(flight) => flight.await,
            Next::Early(flight, old) => {
                // In real time, as the limits of requests are.
                let patience = SystemClock::default();
                match select(flight.clone(), patience.sleep(PATIENCE)).await {
                    Either::Left((outcome, _)) => outcome,
                    Either::Right(_) if self.put_off() => Ok(old),
                    Either::Right(_) => flight.await,
                }
            }
        }
    }

    /// Lets the next early renewal wait, as after one that failed; `false` if there is no time for that.
    fn put_off(&self) -> bool {
        let now = self.client.now();
        let mut state = self.state();
        let kept = state.kept.as_mut().filter(|kept| kept.works(now));
        kept.is_some_and(|kept| {
            kept.renew_at = renew_at(kept.token.expires_on, now);
            tracing::warn!("the early renewal of the token takes long and is given up");
            true
        })
    }

    pub(super) fn forget(&self, refused: &AccessToken) {
        let mut state = self.state();
        if state
            .kept
            .as_ref()
            .is_some_and(|kept| kept.token == *refused)
        {
            state.kept = None;
        }
    }

    pub(super) fn close(&self) {
        *self.state() = State {
            closed: true,
            ..State::default()
        };
    }

    fn next(self: &Arc<Self>) -> Result<Next> {
        let now = self.client.now();
        let mut state = self.state();
        if state.closed {
            return Err(closed());
        }
        let valid = state.kept.as_ref().filter(|kept| kept.works(now));
        let under_way = state.flight.as_ref().and_then(WeakShared::upgrade);
        match (valid, under_way) {
            (Some(kept), under_way) if now < kept.renew_at || under_way.is_some() => {
                Ok(Next::Have(kept.token.clone()))
            }
            (None, Some(flight)) => Ok(Next::Await(flight)),
            (valid, _) => {
                let old = valid.map(|kept| kept.token.clone());
                let this = Arc::clone(self);
                let flight = async move { this.renew().await }.boxed().shared();
                state.flight = flight.downgrade();
                Ok(match old {
                    Some(old) => Next::Early(flight, old),
                    None => Next::Await(flight),
                })
            }
        }
    }

    /// Exchanges, and keeps what came of it.
    async fn renew(&self) -> Result<AccessToken> {
        let exchanged = self.exchange().await;
        let now = self.client.now();
        let (outcome, ignored) = self.settle(exchanged.and_then(|token| alive(token, now)), now);
        if let Some(error) = ignored {
            tracing::warn!(%error, "the token could not be renewed early");
        }
        outcome
    }

    /// Notes the outcome; answers what the waiters get, and a failure that they need not know of.
    fn settle(
        &self,
        exchanged: Result<AccessToken>,
        now: Timestamp,
    ) -> (Result<AccessToken>, Option<Error>) {
        let mut state = self.state();
        state.flight = None;
        if state.closed {
            return (Err(closed()), None);
        }
        match exchanged {
            Ok(token) => {
                state.kept = Some(Kept::new(token.clone(), now));
                (Ok(token), None)
            }
            Err(error) => match state.kept.as_mut().filter(|kept| kept.works(now)) {
                Some(kept) => {
                    kept.renew_at = renew_at(kept.token.expires_on, now);
                    (Ok(kept.token.clone()), Some(error))
                }
                None => (Err(error), None),
            },
        }
    }

    async fn exchange(&self) -> Result<AccessToken> {
        let user = Arc::clone(&self.entra).into();
        let exchange = self.scopes.exchange();
        let request = ExchangeUserToken::new(self.client.clone(), exchange, user);
        let exchanged = request.scopes(self.scopes.clone()).await?;
        Ok(exchanged.access_token)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Renewal")
            .field("endpoint", self.client.endpoint())
            .field("scopes", &self.scopes)
            .field(
                "kept",
                &state.kept.as_ref().map(|kept| kept.token.expires_on),
            )
            .field("closed", &state.closed)
            .finish_non_exhaustive()
    }
}

impl Kept {
    fn new(token: AccessToken, now: Timestamp) -> Self {
        let renew_at = renew_at(token.expires_on, now);
        Self { token, renew_at }
    }

    fn works(&self, now: Timestamp) -> bool {
        self.token.expires_on > now
    }
}

/// Ten minutes ahead; within these, when half of what is left has passed. Entra hands out the same token
/// until shortly before its expiry, so trying at once again and again would not bring another one.
fn renew_at(expires_on: Timestamp, now: Timestamp) -> Timestamp {
    let left = expires_on.duration_since(now);
    let wait = if left > AHEAD {
        left - AHEAD
    } else {
        (left / 2).max(FLOOR)
    };
    now.checked_add(wait).unwrap_or(expires_on)
}

fn alive(token: AccessToken, now: Timestamp) -> Result<AccessToken> {
    if token.expires_on > now {
        return Ok(token);
    }
    Err(Error::new(
        ErrorKind::Credential,
        format!(
            "the service answered a token that expired at {}, and it is {now:.0} now",
            token.expires_on
        ),
    )
    .with_hint("the user's sign-in may be about to expire, or the clock of this machine is ahead"))
}

fn closed() -> Error {
    Error::new(ErrorKind::Credential, "the calling credential is closed")
}
