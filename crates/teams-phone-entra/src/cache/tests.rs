//! The cache against a credential that counts, with a clock that is moved by hand.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::channel::oneshot;
use teams_phone_core::clock::ManualClock;

use super::*;

const SCOPES: &[&str] = &["https://communication.azure.com//.default"];

/// Answers `token-1`, `token-2` … each valid for `life`, or fails when told to.
#[derive(Debug)]
struct Counting {
    clock: Arc<ManualClock>,
    life: Duration,
    asked: AtomicUsize,
    failing: Mutex<bool>,
    gate: Mutex<Vec<oneshot::Receiver<()>>>,
    claims: Mutex<Vec<Option<String>>>,
}

impl TokenCredential for Counting {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.claims
            .lock()
            .unwrap()
            .push(request.claims.map(str::to_owned));
        let gate = self.gate.lock().unwrap().pop();
        Box::pin(async move {
            if let Some(gate) = gate {
                let _ = gate.await;
            }
            if *self.failing.lock().unwrap() {
                let error = Error::new(ErrorKind::Credential, "refused");
                return Err(error.with_hint("ask later").with_source("inner"));
            }
            let expires = self.clock.now() + self.life;
            Ok(BearerToken::new(format!("token-{number}"), expires))
        })
    }
}

struct Fixture {
    clock: Arc<ManualClock>,
    cache: TokenCache<Counting>,
}

impl Fixture {
    fn new(life: u64) -> Self {
        let clock = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH));
        let counting = Counting {
            clock: Arc::clone(&clock),
            life: Duration::from_secs(life),
            asked: AtomicUsize::new(0),
            failing: Mutex::new(false),
            gate: Mutex::default(),
            claims: Mutex::default(),
        };
        let cache = TokenCache::with_clock(counting, Arc::clone(&clock) as _);
        Self { clock, cache }
    }

    async fn get(&self) -> String {
        self.ask(TokenRequest::new(SCOPES)).await.unwrap()
    }

    async fn ask(&self, request: TokenRequest<'_>) -> Result<String, Error> {
        let token = self.cache.get_token(&request).await?;
        Ok(token.token.expose().to_owned())
    }

    fn asked(&self) -> usize {
        self.cache.credential().asked.load(Ordering::SeqCst)
    }

    fn fail(&self, failing: bool) {
        *self.cache.credential().failing.lock().unwrap() = failing;
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Holds the next request until the sender is used or dropped.
    fn hold(&self) -> oneshot::Sender<()> {
        let (sender, receiver) = oneshot::channel();
        self.cache.credential().gate.lock().unwrap().push(receiver);
        sender
    }
}

#[tokio::test]
async fn a_token_is_reused_until_five_minutes_before_it_expires() {
    let fixture = Fixture::new(3600);
    assert_eq!(fixture.asked(), 0, "nothing before the first call");
    assert_eq!(fixture.get().await, "token-1");
    fixture.advance(3299);
    assert_eq!(fixture.get().await, "token-1");
    fixture.advance(1);
    assert_eq!(fixture.get().await, "token-2");
}

#[tokio::test]
async fn a_short_token_is_renewed_half_way_and_not_on_every_call() {
    let fixture = Fixture::new(240);
    assert_eq!(fixture.get().await, "token-1");
    fixture.advance(119);
    assert_eq!(fixture.get().await, "token-1");
    fixture.advance(1);
    assert_eq!(fixture.get().await, "token-2");
}

#[tokio::test]
async fn a_failed_early_renewal_is_ignored_while_the_token_is_valid() {
    let fixture = Fixture::new(3600);
    fixture.get().await;
    fixture.fail(true);
    fixture.advance(3301);
    assert_eq!(fixture.get().await, "token-1");
    assert_eq!(fixture.get().await, "token-1");
    assert_eq!(fixture.asked(), 2, "the next try waits");
    fixture.advance(31);
    assert_eq!(fixture.get().await, "token-1");
    assert_eq!(fixture.asked(), 3);
    fixture.advance(300);
    let error = fixture.ask(TokenRequest::new(SCOPES)).await.unwrap_err();
    assert_eq!(
        (error.message(), error.hint()),
        ("refused", Some("ask later"))
    );
    fixture.fail(false);
    assert_eq!(fixture.get().await, "token-5");
}

#[tokio::test]
async fn askers_at_the_same_time_share_one_request_and_its_failure() {
    let fixture = Fixture::new(3600);
    let tokens = futures::join!(fixture.get(), fixture.get(), fixture.get());
    assert_eq!(tokens.0, "token-1");
    assert_eq!((tokens.1, tokens.2), (tokens.0.clone(), tokens.0));
    assert_eq!(fixture.asked(), 1);

    let fixture = Fixture::new(3600);
    fixture.fail(true);
    let gate = fixture.hold();
    let request = TokenRequest::new(SCOPES);
    let (one, two, ()) = futures::join!(fixture.ask(request), fixture.ask(request), async {
        drop(gate);
    });
    for error in [one.unwrap_err(), two.unwrap_err()] {
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Credential, "refused")
        );
        assert_eq!(
            std::error::Error::source(&error).unwrap().to_string(),
            "inner"
        );
    }
    assert_eq!(fixture.asked(), 1);
}

#[tokio::test]
async fn a_dropped_asker_neither_stops_the_others_nor_blocks_the_next() {
    let fixture = Fixture::new(3600);
    let gate = fixture.hold();
    let request = TokenRequest::new(SCOPES);
    let mut first = fixture.cache.get_token(&request);
    let mut second = fixture.cache.get_token(&request);
    assert!(futures::poll!(&mut first).is_pending());
    assert!(futures::poll!(&mut second).is_pending());
    drop(first);
    drop(gate);
    assert_eq!(second.await.unwrap().token.expose(), "token-1");

    fixture.cache.clear();
    let gate = fixture.hold();
    let mut alone = fixture.cache.get_token(&request);
    assert!(futures::poll!(&mut alone).is_pending());
    drop(alone);
    assert!(gate.is_canceled(), "nobody waits, nothing goes on");
    assert_eq!(fixture.get().await, "token-3");
}

#[tokio::test]
async fn the_old_token_is_used_while_another_asker_renews_it() {
    let fixture = Fixture::new(3600);
    fixture.get().await;
    fixture.advance(3400);
    let gate = fixture.hold();
    let request = TokenRequest::new(SCOPES);
    let mut renewing = fixture.cache.get_token(&request);
    assert!(futures::poll!(&mut renewing).is_pending());
    assert_eq!(fixture.get().await, "token-1");
    drop(gate);
    assert_eq!(renewing.await.unwrap().token.expose(), "token-2");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_all_it_was_refused_to() {
    let fixture = Fixture::new(3600);
    fixture.get().await;
    let refused = Secret::new("token-1");
    let request = TokenRequest::new(SCOPES).refused(Some(&refused));
    assert_eq!(fixture.ask(request).await.unwrap(), "token-2");
    assert_eq!(fixture.ask(request).await.unwrap(), "token-2");
    let unnamed = TokenRequest::new(SCOPES).refused(None);
    assert_eq!(fixture.ask(unnamed).await.unwrap(), "token-3");
    fixture.fail(true);
    let current = Secret::new("token-3");
    let request = TokenRequest::new(SCOPES).refused(Some(&current));
    assert!(
        fixture.ask(request).await.is_err(),
        "no falling back to a refused token"
    );
}

#[tokio::test]
async fn wanted_claims_are_passed_on_and_asked_for_once() {
    let fixture = Fixture::new(3600);
    fixture.get().await;
    let refused = Secret::new("token-1");
    let request = TokenRequest::new(SCOPES)
        .refused(Some(&refused))
        .claims(Some("{1}"));
    let tokens = futures::join!(fixture.ask(request), fixture.ask(request));
    assert_eq!(
        (tokens.0.unwrap(), tokens.1.unwrap()),
        ("token-2".into(), "token-2".into())
    );
    assert_eq!(fixture.ask(request).await.unwrap(), "token-2");
    assert_eq!(
        fixture.ask(request.claims(Some("{2}"))).await.unwrap(),
        "token-3"
    );
    let seen = fixture.cache.credential().claims.lock().unwrap().clone();
    assert_eq!(seen, [None, Some("{1}".to_owned()), Some("{2}".to_owned())]);
    assert_eq!(fixture.get().await, "token-3");
}

#[tokio::test]
async fn each_set_of_scopes_has_its_own_token() {
    let fixture = Fixture::new(3600);
    for (scopes, expected) in [
        (&["a", "b"][..], "token-1"),
        (&["b", "a", "b"], "token-1"),
        (&["a"], "token-2"),
    ] {
        assert_eq!(
            fixture.ask(TokenRequest::new(scopes)).await.unwrap(),
            expected
        );
    }
}

#[tokio::test]
async fn an_expired_answer_is_an_error_and_no_token_is_ever_shown() {
    let fixture = Fixture::new(0);
    let error = fixture.ask(TokenRequest::new(SCOPES)).await.unwrap_err();
    assert!(error.message().contains("already expired"));
    let fixture = Fixture::new(3600);
    fixture.get().await;
    assert!(!format!("{:?}", fixture.cache).contains("token-1"));
}

#[tokio::test]
async fn a_request_from_before_a_clearing_does_not_bring_its_token_back() {
    let fixture = Fixture::new(3600);
    let request = TokenRequest::new(SCOPES);
    let gates = [fixture.hold(), fixture.hold()];
    let [for_second, for_first] = gates;
    let mut first = fixture.cache.get_token(&request);
    assert!(futures::poll!(&mut first).is_pending());
    fixture.cache.clear();
    let mut second = fixture.cache.get_token(&request);
    assert!(futures::poll!(&mut second).is_pending());

    drop(for_first);
    assert_eq!(first.await.unwrap().token.expose(), "token-1");
    let mut third = fixture.cache.get_token(&request);
    assert!(futures::poll!(&mut third).is_pending());
    drop(for_second);
    assert_eq!(second.await.unwrap().token.expose(), "token-2");
    assert_eq!(third.await.unwrap().token.expose(), "token-2");
    assert_eq!(
        (fixture.get().await, fixture.asked()),
        ("token-2".into(), 2)
    );
}

#[tokio::test]
async fn a_token_with_wanted_claims_is_not_replaced_by_one_without() {
    let fixture = Fixture::new(3600);
    let plain = TokenRequest::new(SCOPES);
    let wanted = plain.refused(None).claims(Some("{1}"));
    let gate = fixture.hold();
    let mut early = fixture.cache.get_token(&plain);
    assert!(futures::poll!(&mut early).is_pending());
    assert_eq!(fixture.ask(wanted).await.unwrap(), "token-2");
    drop(gate);
    assert_eq!(early.await.unwrap().token.expose(), "token-1");
    assert_eq!(fixture.get().await, "token-2");
}

#[tokio::test(start_paused = true)]
async fn an_early_renewal_that_hangs_is_given_up() {
    let fixture = Fixture::new(3600);
    fixture.get().await;
    fixture.advance(3301);
    let gate = fixture.hold();
    let asked = tokio::time::Instant::now();
    assert_eq!(fixture.get().await, "token-1");
    assert_eq!(asked.elapsed().as_secs(), PATIENCE.as_secs());
    assert!(gate.is_canceled(), "nobody waits, nothing goes on");
    assert_eq!(
        (fixture.get().await, fixture.asked()),
        ("token-1".into(), 2)
    );
    fixture.advance(31);
    assert_eq!(fixture.get().await, "token-3");
}
