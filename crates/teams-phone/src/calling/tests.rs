//! The credential of calling clients: one exchange at a time, renewed in good time, on a clock set by hand.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use futures::poll;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use teams_phone_core::clock::ManualClock;
use teams_phone_core::{BearerToken, ErrorKind, TokenRequest};
use teams_phone_emulator::{Emulator, Fault};

use super::*;

const ENTRA: &str = "https://communication.azure.com/clients/.default";
const PHONE: &str = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls";
const MINUTE: Duration = Duration::from_secs(60);

/// Signs users in, unless it is told to hang or to fail.
#[derive(Debug, Default)]
struct SignIn {
    asked: Mutex<Vec<Vec<String>>>,
    hangs: AtomicBool,
    fails: AtomicBool,
}

impl TokenCredential for SignIn {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        let scopes = request.scopes.iter().map(ToString::to_string).collect();
        self.asked.lock().unwrap().push(scopes);
        Box::pin(async move {
            if self.hangs.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            if self.fails.load(Ordering::Relaxed) {
                let error = teams_phone_core::Error::new(ErrorKind::Credential, "nobody signed in");
                return Err(error);
            }
            Ok(BearerToken::new("a-users", std::time::UNIX_EPOCH))
        })
    }
}

struct Setup {
    emulator: Emulator,
    entra: Arc<SignIn>,
    clock: Arc<ManualClock>,
    credential: CallingCredential,
}

impl Setup {
    async fn start(scope: &str) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let entra = Arc::new(SignIn::default());
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start.into()));
        let credential = CallingCredential::builder(emulator.url().parse().unwrap(), entra.clone())
            .scopes(Scopes::new([scope]).unwrap())
            .clock(clock.clone())
            .build()
            .unwrap();
        Self {
            emulator,
            entra,
            clock,
            credential,
        }
    }

    /// The next exchange answers a token with this name that lives this long from now.
    fn answer(&self, name: &str, life: i64) {
        self.emulator.clear_faults();
        let now = Timestamp::try_from(teams_phone_core::clock::Clock::now(&self.clock)).unwrap();
        let expires_on = now + SignedDuration::from_secs(life);
        let body = json!({
            "identity": {"id": "8:acs:r_t_u"},
            "accessToken": {"token": name, "expiresOn": expires_on.to_string()},
        });
        self.emulator.inject(Fault::respond_body(200, body));
    }

    fn refuse(&self) {
        self.emulator.clear_faults();
        self.emulator.inject(Fault::respond(403, "Forbidden"));
    }

    fn exchanges(&self) -> usize {
        self.emulator.requests().len()
    }

    async fn token(&self) -> String {
        let token = self.credential.get_token().await.unwrap();
        token.token.expose().to_owned()
    }
}

#[tokio::test]
async fn scopes_choose_path_and_version_and_are_asked_of_entra() {
    for (scope, target) in [
        (
            ENTRA,
            "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview",
        ),
        (
            PHONE,
            "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30",
        ),
    ] {
        let setup = Setup::start(scope).await;
        assert_eq!(
            (setup.exchanges(), setup.entra.asked.lock().unwrap().len()),
            (0, 0)
        );
        setup.answer("opaque", 3600);
        assert_eq!(setup.token().await, "opaque");
        assert_eq!(setup.emulator.requests()[0].target, target);
        assert_eq!(*setup.entra.asked.lock().unwrap(), [[scope]]);
    }
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_exchange() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("one", 3600);
    let tokens = join_all((0..50).map(|_| setup.token())).await;
    assert!(tokens.iter().all(|token| token == "one"));
    assert_eq!(setup.exchanges(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_on_many_threads_share_one_exchange() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("one", 3600);
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let credential = setup.credential.clone();
            tokio::spawn(async move { credential.get_token().await })
        })
        .collect();
    assert!(
        join_all(tasks)
            .await
            .into_iter()
            .all(|token| token.unwrap().is_ok())
    );
    assert_eq!(setup.exchanges(), 1);
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_wait_and_the_next_tries_again() {
    let setup = Setup::start(ENTRA).await;
    setup.refuse();
    let outcomes = join_all((0..5).map(|_| setup.credential.get_token())).await;
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.status(), error.operation()),
            (Some(403), Some("entra_exchange_token"))
        );
    }
    assert_eq!(setup.exchanges(), 1);
    setup.answer("later", 3600);
    assert_eq!(setup.token().await, "later");
}

#[tokio::test]
async fn who_goes_away_does_not_take_the_exchange_from_the_others() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("shared", 3600);
    let mut first = Box::pin(setup.credential.get_token());
    let mut second = Box::pin(setup.credential.get_token());
    assert!(poll!(&mut first).is_pending());
    assert!(poll!(&mut second).is_pending());
    drop(first);
    assert_eq!(second.await.unwrap().token.expose(), "shared");
    assert_eq!(setup.entra.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_exchange_that_nobody_waits_for_is_given_up_and_begun_anew() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("anew", 3600);
    setup.entra.hangs.store(true, Ordering::Relaxed);
    let mut hanging = Box::pin(setup.credential.get_token());
    assert!(poll!(&mut hanging).is_pending());
    drop(hanging);
    setup.entra.hangs.store(false, Ordering::Relaxed);
    assert_eq!(setup.token().await, "anew");
    assert_eq!(setup.entra.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_waiter_that_is_kept_but_not_polled_does_not_hold_up_the_others() {
    let setup = Setup::start(ENTRA).await;
    setup.refuse();
    let mut idle = Box::pin(setup.credential.get_token());
    assert!(poll!(&mut idle).is_pending());
    assert!(setup.credential.get_token().await.is_err());
    setup.answer("fresh", 3600);
    assert_eq!(setup.token().await, "fresh");
    assert!(idle.await.is_err());
}

#[tokio::test]
async fn a_token_is_renewed_ten_minutes_ahead() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("first", 3600);
    assert_eq!(setup.token().await, "first");
    setup.clock.advance(50 * MINUTE - Duration::from_secs(1));
    setup.answer("second", 3600);
    assert_eq!(setup.token().await, "first");
    setup.clock.advance(Duration::from_secs(1));
    assert_eq!(setup.token().await, "second");
    assert_eq!(
        (setup.exchanges(), setup.entra.asked.lock().unwrap().len()),
        (2, 2)
    );
}

#[tokio::test]
async fn a_token_with_little_left_is_renewed_when_half_of_it_has_passed() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("first", 8 * 60);
    setup.token().await;
    setup.clock.advance(4 * MINUTE - Duration::from_secs(1));
    assert_eq!(
        (setup.token().await.as_str(), setup.exchanges()),
        ("first", 1)
    );
    setup.clock.advance(Duration::from_secs(1));
    setup.answer("second", 4 * 60);
    assert_eq!(
        (setup.token().await.as_str(), setup.exchanges()),
        ("second", 2)
    );
    assert_eq!(
        (setup.token().await.as_str(), setup.exchanges()),
        ("second", 2)
    );
}

#[tokio::test]
async fn a_renewal_that_fails_goes_unnoticed_while_the_token_works() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("old", 3600);
    setup.token().await;
    setup.refuse();
    setup.clock.advance(52 * MINUTE);
    for (advance, exchanges) in [(0, 2), (0, 2), (239, 2), (1, 3), (119, 3), (1, 4)] {
        setup.clock.advance(Duration::from_secs(advance));
        assert_eq!(
            (setup.token().await.as_str(), setup.exchanges()),
            ("old", exchanges)
        );
    }
    setup.entra.fails.store(true, Ordering::Relaxed);
    setup.clock.advance(MINUTE);
    assert_eq!(
        (setup.token().await.as_str(), setup.exchanges()),
        ("old", 4)
    );
    setup.clock.advance(MINUTE);
    let error = setup.credential.get_token().await.unwrap_err();
    assert_eq!(error.to_string(), "entra_exchange_token: nobody signed in");
}

#[tokio::test]
async fn while_one_renews_the_others_get_the_token_there_is() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("old", 3600);
    setup.token().await;
    setup.clock.advance(55 * MINUTE);
    setup.answer("new", 3600);
    let mut renewing = Box::pin(setup.credential.get_token());
    assert!(poll!(&mut renewing).is_pending());
    assert_eq!(setup.token().await, "old");
    assert_eq!(renewing.await.unwrap().token.expose(), "new");
    assert_eq!(
        (setup.token().await.as_str(), setup.exchanges()),
        ("new", 2)
    );
}

#[tokio::test]
async fn an_answer_that_has_expired_already_is_an_error() {
    let setup = Setup::start(PHONE).await;
    setup.answer("stale", 0);
    let error = setup.credential.get_token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    let said = "the service answered a token that expired at 2026-01-01T00:00:00Z";
    assert!(error.to_string().contains(said), "{error}");
    setup.answer("fresh", 3600);
    assert_eq!(setup.token().await, "fresh");
}

#[tokio::test]
async fn a_token_that_was_refused_can_be_forgotten() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("refused", 3600);
    let refused = setup.credential.get_token().await.unwrap();
    setup.answer("other", 3600);
    setup.credential.forget(&refused);
    assert_eq!(setup.token().await, "other");
    setup.credential.forget(&refused);
    assert_eq!(
        (setup.token().await.as_str(), setup.exchanges()),
        ("other", 2)
    );
}

#[tokio::test]
async fn once_closed_there_are_no_tokens_for_any_clone() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("secret-token", 3600);
    let mut waiting = Box::pin(setup.credential.get_token());
    assert!(matches!(poll!(&mut waiting), Poll::Pending));
    setup.credential.clone().close();
    for outcome in [waiting.await, setup.credential.get_token().await] {
        let error = outcome.unwrap_err();
        assert_eq!(error.to_string(), "the calling credential is closed");
    }
}

#[tokio::test]
async fn debug_output_has_no_token() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("secret-token", 3600);
    setup.token().await;
    let shown = format!("{:?}", setup.credential);
    assert!(shown.contains("2026-01-01T01:00:00Z"), "{shown}");
    assert!(!shown.contains("secret-token"), "{shown}");
}

#[tokio::test]
async fn an_early_renewal_that_hangs_is_given_up() {
    let setup = Setup::start(ENTRA).await;
    setup.answer("one", 3600);
    assert_eq!(setup.token().await, "one");
    setup.clock.advance(Duration::from_secs(3100));
    setup.emulator.clear_faults();
    setup
        .emulator
        .inject(Fault::latency(Duration::from_secs(25)));
    tokio::time::pause();
    let asked = tokio::time::Instant::now();
    assert_eq!(setup.token().await, "one");
    assert!(asked.elapsed() < Duration::from_secs(20));
    assert_eq!(setup.token().await, "one");
    tokio::time::resume();
    let entra = setup.entra.asked.lock().unwrap().len();
    assert_eq!(entra, 2, "the next try waits");
}
