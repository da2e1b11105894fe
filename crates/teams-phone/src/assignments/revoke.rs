//! Owns taking access away, and the proof that it is gone.

use std::time::Duration;

use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::{GetAssignment, Place};
use crate::request::request;

/// A request to take access away; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct RevokeAssignment {
    pub(super) place: Place,
    pub(super) options: RequestOptions,
}

request!(RevokeAssignment => ());

impl RevokeAssignment {
    const OPERATION: &'static str = "teams_extension_assignment_delete";

    async fn send(self) -> Result<()> {
        self.place.check(Self::OPERATION)?;
        let Place {
            client,
            tenant,
            object,
        } = self.place;
        client
            .call(
                Self::OPERATION,
                self.options,
                |inner| inner,
                async |rest| {
                    rest.teams_extension_assignment_delete(tenant.as_str(), object.as_str())
                        .await
                },
            )
            .await?;
        Ok(())
    }
}

/// The proof that access is gone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Revoked {
    /// How often the assignment was read until the service answered 404.
    pub checks: u32,
}

/// A request to take access away and to see that it is gone; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct RevokeAndVerify {
    revoke: RevokeAssignment,
    options: RequestOptions,
    poll: PollPolicy,
}

request!(RevokeAndVerify => Revoked);

impl RevokeAndVerify {
    pub(super) fn new(revoke: RevokeAssignment) -> Self {
        Self {
            revoke,
            options: RequestOptions::default(),
            poll: PollPolicy::default()
                .first_wait(Duration::from_millis(500))
                .factor(2.0)
                .within(Duration::from_secs(60)),
        }
    }

    /// How long to keep reading; default 60 s.
    pub fn within(mut self, within: Duration) -> Self {
        self.poll = self.poll.within(within);
        self
    }

    async fn send(self) -> Result<Revoked> {
        let place = self.revoke.place.clone();
        let revoke = self.revoke.options(self.options.clone());
        match revoke.await {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
        let mut polling = self.poll.start(place.client.clock());
        let mut checks = 0;
        loop {
            checks += 1;
            let get = GetAssignment {
                place: place.clone(),
                options: self.options.clone(),
            };
            match get.await {
                Err(error) if error.is_not_found() => return Ok(Revoked { checks }),
                Err(error) => return Err(error),
                Ok(_) if polling.wait(None).await => {}
                Ok(_) => return Err(still_there(checks)),
            }
        }
    }
}

fn still_there(checks: u32) -> Error {
    let times = if checks == 1 { "time" } else { "times" };
    Error::new(
        ErrorKind::Operation,
        format!("the assignment was deleted but is still there, read {checks} {times}"),
    )
    .with_operation("revoke_and_verify")
}
