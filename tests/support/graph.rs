//! Owns clients of Microsoft Graph for the suites, and a clock by which others act between requests; knows no operation.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use teams_phone::clock::{Clock, ManualClock, Sleep};
use teams_phone::{BearerToken, Credential, GraphClient, GraphClientBuilder, StaticToken};

use crate::{HeldClock, start};

/// A client that proves itself with a token, and the clock it runs by.
#[must_use]
pub fn graph_client(url: &str, token: &str) -> (GraphClient, HeldClock) {
    let clock = HeldClock::starting(start());
    let client = graph_client_with(url, token, |builder| builder.clock(clock.clone()));
    (client, clock)
}

/// A client with settings of the test's own.
///
/// # Panics
/// If the settings are refused.
#[must_use]
pub fn graph_client_with(
    url: &str,
    token: &str,
    configure: impl FnOnce(GraphClientBuilder) -> GraphClientBuilder,
) -> GraphClient {
    let expires_on = start() + Duration::from_secs(3600);
    let token = StaticToken::new(BearerToken::new(token.to_owned(), expires_on));
    let endpoint = url.parse().expect("the address of a fake is an endpoint");
    let builder = GraphClient::builder()
        .endpoint(endpoint)
        .credential(Credential::token(token));
    configure(builder)
        .build()
        .expect("the settings of the test are accepted")
}

/// What happens meanwhile.
type Act = dyn Fn() + Send + Sync;

/// A clock whose waits return at once, and that lets others act whenever the client looks at it: before each request,
/// after each answer and at each wait.
#[derive(Clone)]
pub struct ActingClock {
    held: Arc<ManualClock>,
    act: Arc<Act>,
}

impl ActingClock {
    /// Runs `act` each time it is looked at.
    #[must_use]
    pub fn new(act: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            held: Arc::new(ManualClock::new(start())),
            act: Arc::new(act),
        }
    }

    /// The waits so far, in order.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.held.sleeps()
    }
}

impl Clock for ActingClock {
    fn now(&self) -> SystemTime {
        self.held.now()
    }

    fn elapsed(&self) -> Duration {
        (self.act)();
        self.held.elapsed()
    }

    fn sleep(&self, wait: Duration) -> Sleep<'_> {
        (self.act)();
        self.held.sleep(wait)
    }

    fn jitter(&self) -> f64 {
        self.held.jitter()
    }
}

impl fmt::Debug for ActingClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActingClock").finish_non_exhaustive()
    }
}
