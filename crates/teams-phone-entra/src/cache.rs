//! Owns tokens in memory: reuse, early renewal, one flight; knows nothing of how a token is had.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Either, Shared, WeakShared, select};
use teams_phone_core::clock::{Clock, SystemClock};
use teams_phone_core::{BearerToken, Error, ErrorKind, Secret, TokenCredential, TokenRequest};

/// A token is renewed when it has less than this left.
const EARLY: Duration = Duration::from_secs(5 * 60);
/// An early renewal that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// After an early renewal failed, the next is tried no sooner.
const PAUSE: Duration = Duration::from_secs(30);

/// Keeps the tokens of another credential in memory, one for each set of scopes.
///
/// - A token is renewed five minutes before it expires, or half way if it lives for less than ten: one asker
///   waits for it, the others get the old one. Should that fail or take more than ten seconds, the old one is
///   used as long as it is valid, and the next try waits for 30 s.
/// - Concurrent askers share one request, and its failure. Dropping one of them does not disturb the others.
/// - After a refusal ([`TokenRequest::refresh`]) the token is renewed once, however many calls it was refused
///   to; claims that the service asked for are passed on.
///
/// Nothing is asked for before the first call. Cloning shares the tokens.
pub struct TokenCache<C>(Arc<Inner<C>>);

struct Inner<C> {
    credential: C,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<Vec<String>, Slot>>,
    flights: AtomicU64,
}

/// What is known for one set of scopes.
#[derive(Default)]
struct Slot {
    held: Option<Held>,
    flight: Option<Flight>,
    /// No early renewal before this moment.
    pause: Option<SystemTime>,
}

struct Held {
    token: BearerToken,
    renew_at: SystemTime,
    claims: Option<String>,
}

type Landing = Result<BearerToken, Error>;

#[derive(Clone)]
struct Flight {
    /// Tells it from one that was cleared or replaced and lands later.
    number: u64,
    landing: WeakShared<BoxFuture<'static, Landing>>,
    claims: Option<String>,
}

/// What an asker gets.
enum Turn {
    Held(BearerToken),
    Wait(Shared<BoxFuture<'static, Landing>>, Option<BearerToken>),
}

impl<C: TokenCredential> TokenCache<C> {
    /// Wraps a credential.
    pub fn new(credential: C) -> Self {
        Self::with_clock(credential, Arc::new(SystemClock::default()))
    }

    /// Wraps a credential and takes the time from a clock.
    pub fn with_clock(credential: C, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            credential,
            clock,
            slots: Mutex::default(),
            flights: AtomicU64::new(0),
        }))
    }

    /// Forgets all tokens; a request under way still answers those who wait for it.
    pub fn clear(&self) {
        self.0.slots().clear();
    }

    /// The credential inside.
    #[must_use]
    pub fn credential(&self) -> &C {
        &self.0.credential
    }

    async fn token(&self, request: &TokenRequest<'_>) -> Result<BearerToken, Error> {
        match self.turn(request) {
            Turn::Held(token) => Ok(token),
            Turn::Wait(landing, None) => landing.await,
            Turn::Wait(landing, Some(old)) => self.renew_early(request, landing, old).await,
        }
    }

    /// Waits for another token while there is one that works, and not for long.
    async fn renew_early(
        &self,
        request: &TokenRequest<'_>,
        mut landing: Shared<BoxFuture<'static, Landing>>,
        old: BearerToken,
    ) -> Result<BearerToken, Error> {
        let answer = match futures::poll!(&mut landing) {
            Poll::Ready(answer) => Some(answer),
            // In real time, as the limits of requests are.
            Poll::Pending => {
                let patience = SystemClock::default();
                match select(landing.clone(), patience.sleep(PATIENCE)).await {
                    Either::Left((answer, _)) => Some(answer),
                    Either::Right(_) if old.expires_on <= self.0.clock.now() => Some(landing.await),
                    Either::Right(_) => None,
                }
            }
        };
        let now = self.0.clock.now();
        match answer {
            Some(Ok(token)) => return Ok(token),
            Some(Err(error)) if old.expires_on <= now => return Err(error),
            Some(Err(error)) => {
                tracing::debug!(%error, "early renewal of a token failed; the old one is still valid");
            }
            None => {
                tracing::debug!("early renewal of a token takes long; the old one is still valid");
                if let Some(slot) = self.0.slots().get_mut(&key(request.scopes)) {
                    slot.pause = now.checked_add(PAUSE);
                }
            }
        }
        Ok(old)
    }

    /// Decides without waiting, so that nothing is left half done when the asker is dropped.
    fn turn(&self, request: &TokenRequest<'_>) -> Turn {
        let now = self.0.clock.now();
        let key = key(request.scopes);
        let mut slots = self.0.slots();
        let slot = slots.entry(key.clone()).or_default();
        let usable = slot.usable(request, now);
        if let Some(held) = usable
            && (now < held.renew_at || slot.pause.is_some_and(|until| now < until))
        {
            return Turn::Held(held.token.clone());
        }
        let old = usable.map(|held| held.token.clone());
        match (slot.joinable(request), old) {
            (Some(_), Some(old)) => Turn::Held(old),
            (Some(landing), None) => Turn::Wait(landing, None),
            (None, old) => {
                let number = self.0.flights.fetch_add(1, Ordering::Relaxed);
                let landing = self.take_off(key, number, request);
                slot.flight = landing.downgrade().map(|landing| Flight {
                    number,
                    landing,
                    claims: request.claims.map(str::to_owned),
                });
                Turn::Wait(landing, old)
            }
        }
    }

    /// Starts a request that is driven by all who wait for it, and ends when the last one is dropped.
    fn take_off(
        &self,
        key: Vec<String>,
        number: u64,
        request: &TokenRequest<'_>,
    ) -> Shared<BoxFuture<'static, Landing>> {
        let inner = Arc::clone(&self.0);
        let refresh = request.refresh;
        let refused = request.refused.cloned();
        let claims = request.claims.map(str::to_owned);
        async move {
            let answer = inner
                .ask(&key, refresh, refused.as_ref(), claims.as_deref())
                .await;
            inner.land(&key, number, answer, claims)
        }
        .boxed()
        .shared()
    }
}

impl<C: TokenCredential> Inner<C> {
    async fn ask(
        &self,
        scopes: &[String],
        refresh: bool,
        refused: Option<&Secret>,
        claims: Option<&str>,
    ) -> Result<BearerToken, Error> {
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let mut wanted = TokenRequest::new(&scopes);
        if refresh {
            wanted = wanted.refused(refused).claims(claims);
        }
        let token = self.credential.get_token(&wanted).await?;
        if token.expires_on <= self.clock.now() {
            return Err(Error::new(
                ErrorKind::Credential,
                "the credential answered a token that has already expired; is this machine's clock right?",
            ));
        }
        Ok(token)
    }

    /// Keeps what a request brought.
    fn land(
        &self,
        key: &[String],
        number: u64,
        answer: Landing,
        claims: Option<String>,
    ) -> Landing {
        let now = self.clock.now();
        let mut slots = self.slots();
        // A flight that is not the slot's was cleared or replaced meanwhile: its token is not wanted any more.
        if let Some(slot) = slots.get_mut(key).filter(|slot| slot.awaits(number)) {
            slot.flight = None;
            match &answer {
                Ok(token) => {
                    slot.pause = None;
                    slot.held = Some(Held::new(token.clone(), now, claims));
                }
                Err(_) => slot.pause = now.checked_add(PAUSE),
            }
        }
        answer
    }
}

impl<C> Inner<C> {
    fn slots(&self) -> MutexGuard<'_, HashMap<Vec<String>, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn new(token: BearerToken, now: SystemTime, claims: Option<String>) -> Self {
        let left = token.expires_on.duration_since(now).unwrap_or_default();
        let renew_at = now.checked_add(left - EARLY.min(left / 2)).unwrap_or(now);
        Self {
            token,
            renew_at,
            claims,
        }
    }
}

impl Slot {
    /// The token that answers the request without another being asked for.
    fn usable(&self, request: &TokenRequest<'_>, now: SystemTime) -> Option<&Held> {
        let held = self.held.as_ref()?;
        let valid = held.token.expires_on > now;
        let newer = request
            .refused
            .is_some_and(|refused| *refused != held.token.token);
        let fits = request.claims.is_none() || request.claims == held.claims.as_deref();
        (valid && (!request.refresh || (newer && fits))).then_some(held)
    }

    fn awaits(&self, number: u64) -> bool {
        let flight = self.flight.as_ref();
        flight.is_some_and(|flight| flight.number == number)
    }

    /// The request under way that brings what is wanted.
    fn joinable(&self, request: &TokenRequest<'_>) -> Option<Shared<BoxFuture<'static, Landing>>> {
        let flight = self.flight.as_ref()?;
        let fits = request.claims.is_none() || request.claims == flight.claims.as_deref();
        flight.landing.upgrade().filter(|_| fits)
    }
}

impl<C: TokenCredential> TokenCredential for TokenCache<C> {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        Box::pin(self.token(request))
    }

    fn is_interactive(&self) -> bool {
        self.0.credential.is_interactive()
    }
}

impl<C> Clone for TokenCache<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: fmt::Debug> fmt::Debug for TokenCache<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenCache")
            .field(&self.0.credential)
            .finish()
    }
}

/// The scopes as a set.
fn key(scopes: &[&str]) -> Vec<String> {
    let mut key: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
    key.sort_unstable();
    key.dedup();
    key
}

#[cfg(test)]
mod tests;
