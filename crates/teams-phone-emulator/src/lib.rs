//! An emulator of the Azure Communication Services identity and Teams Phone access APIs and of the Entra authority
//! before them: a real HTTP/1.1 server with real signature checks and an in-memory resource.
//!
//! Owns the wire behaviour of the service's sixteen operations. Refuses to share code with any client, signing included:
//! a wrong request must fail against it, not agree with it.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use teams_phone_emulator::{Emulator, Fault};
//!
//! let emulator = Emulator::builder().page_size(20).start().await?;
//! emulator.inject(Fault::throttle(1).times(1).operation("TeamsExtensionAssignment_Upsert"));
//! println!("point a client at {}", emulator.url());
//! // ... use `emulator.connection_string()` ...
//! assert!(emulator.requests().is_empty());
//! emulator.stop().await?;
//! # Ok(()) }
//! ```
//!
//! Without a Tokio runtime, [`Builder::spawn`] runs it on a thread of its own. Dropping an [`Emulator`] stops it.
//!
//! # What it answers
//!
//! All operations of every api-version from `2021-03-07` to `2026-09-23`, each in the versions that have it
//! (`GET /_emulator` lists them). Statuses, error codes, messages, targets and headers are those of recorded answers
//! of the service where there are any. Where there are none, these choices were made:
//!
//! | Case | Answer |
//! | --- | --- |
//! | `api-version` missing, sent twice with different values, unknown, retired, or without this operation | 400 `ApiVersionUnspecified`, `AmbiguousApiVersion`, `UnsupportedApiVersion`; the message names the operation's versions, `api-supported-versions` those of its group of routes, as recorded |
//! | path of no operation; path of other methods | 404 `NotFound`; 405 `MethodNotAllowed` with `Allow` |
//! | dot segments, empty segments, a trailing slash | 404; nothing is normalised, so a client whose id changes the route is found out |
//! | no `Authorization` at all | 401 without a body, the reason in `x-emulator-hint` |
//! | a body that is missing, not JSON, of another shape, or wrapped as `{"request": {..}}` | 400 `ValidationError`, target `request` |
//! | a body with another `Content-Type` than JSON (merge patch for the bulk update) | 415 `UnsupportedMediaType` |
//! | a tenant or object id that is not a hyphenated GUID | 400 `ValidationError` |
//! | `principalType` | any case of `user`, `teamsResourceAccount`, `resourceAccount`; read back as sent |
//! | DELETE of an assignment that is not there | 204 |
//! | `customId`, `expiresInMinutes`, `*.join` scopes in versions before them | ignored, ignored, 400 |
//! | exchange without an assignment, or through another client id | 403 `Forbidden` (can be switched off; the token is checked all the same) |
//!
//! Error bodies keep the service's shape; the emulator's own explanation is in `error.innererror`, its facts in
//! `error.details`, which the service leaves out.
//!
//! # Signatures
//!
//! `Authorization: HMAC-SHA256 SignedHeaders=..&Signature=..` is checked over the bytes on the wire: method, raw path
//! and query, the values of the named headers in the order named (`x-ms-date` or `date`, `host`,
//! `x-ms-content-sha256` must be among them), the hash of the body received, and a date within 15 minutes. A refusal is
//! 401 `Denied` and says which part differs (`BodyHashDiffers`, `DateOutsideWindow`, `SignedHeaderMissing`,
//! `AuthorizationMalformed`, `StringToSignDiffers` with the mistake found, `KeyOrStringToSignDiffers`) and the string
//! to sign the emulator computed; never the key or a valid signature.
//!
//! # Entra
//!
//! The same port is an Entra authority, so that a client that takes an authority host signs in to it: discovery, key
//! set, token endpoint, device codes and authorization codes under `/{tenant}/v2.0/.well-known/openid-configuration`,
//! `/{tenant}/discovery/v2.0/keys` and `/{tenant}/oauth2/v2.0/{token,devicecode,authorize}`, instance discovery under
//! `/common/discovery/instance`. [`Emulator::entra`] names the standard tenant, application and user, and makes tokens
//! without asking over HTTP; [`Builder::application`], [`Builder::user`] and `PATCH /_emulator/entra` register more.
//!
//! | Grant | What is checked |
//! | --- | --- |
//! | client credentials | secret in the form or the `Basic` header, or an assertion signed with RS256 or PS256 by a registered certificate (`iss`, `sub`, `aud`, `nbf`, `exp`); one resource and `/.default` |
//! | device code | `authorization_pending`, `slow_down` within the interval, approved, declined or expired by [`Entra`] or the admin routes |
//! | authorization code | answered at once for the signed-in user (`login_hint` names another); loopback redirect URIs only; PKCE with S256 always; codes work once, for 10 min |
//! | refresh token | any resource; forgotten at a restart |
//!
//! Errors have Entra's members, statuses and `AADSTS` numbers, with sentences of the emulator's own. Access tokens are
//! of version 1 (`appid`, the resource's URI as `aud`) or 2 (`azp`, a GUID), as the application says. All are signed
//! with RS256 by a key that is **published with this crate** and the same in every emulator: whoever reaches the
//! emulator can make tokens for it. Do not expose it to anyone you would not give the access key.
//!
//! A bearer token has to be signed by that key, live, issued by this emulator (under any loopback name) for a registered
//! tenant. On top of that, these assumptions were made, no recording being at hand:
//!
//! | Call | Audience | Else |
//! | --- | --- | --- |
//! | all but the exchanges below | `https://communication.azure.com`, any slashes after it, or the service's GUID | 401 `Denied`; 403 `Forbidden` for another tenant than the resource's or without a role on it |
//! | `teamsExtension` exchange | `https://auth.msft.communication.azure.com` or the GUID, of a user | 401 `InvalidAccessToken`; 403 without `TeamsExtension.ManageCalls`, an assignment, or the client id in it |
//! | `entra` exchange | `https://communication.azure.com/clients`, `https://communication.azure.com` or the GUID, of a user | 401 `InvalidAccessToken`; 403 without an assignment of user, group or tenant, or the client id in it |
//! | token in the body of the Teams user exchange | as for `teamsExtension`, with `Teams.ManageCalls` or `Teams.ManageChats` | 401 `InvalidAccessToken` |
//!
//! Hosts ending in `.azure.us` stand beside those in `.azure.com`. A 401 for a bearer token carries `WWW-Authenticate`.
//! [`Builder::accept_unsigned_tokens`] lets tokens with `alg` of `none` pass on their audience (of resource calls) and
//! expiry alone; [`Builder::verify_credentials`] switches every check off.
//!
//! # Admin routes
//!
//! Under `/_emulator`, for loopback connections that name a loopback host, without credentials, never logged and never
//! met by faults:
//!
//! | Route | What it does |
//! | --- | --- |
//! | `GET /_emulator` | health, operations and their versions, counts, state of the snapshot file |
//! | `GET`, `PATCH /_emulator/settings` | `verifyCredentials`, `acceptUnsignedTokens`, `subscriptionAllowed`, `exchangeRequiresAssignment`, `pageSize`, `signedInUser` (null: nobody), `accessTokenLifetime`, `deviceCodeInterval`, `deviceCodeLifetime` (seconds) |
//! | `GET`, `POST`, `DELETE /_emulator/faults` | scripted faults, below |
//! | `GET`, `DELETE /_emulator/requests` | the requests received, without secrets ([`RecordedRequest`]) |
//! | `GET`, `PUT /_emulator/state` | the state as a snapshot document |
//! | `GET`, `PATCH /_emulator/entra` | the directory; `tenants`, `applications`, `users` to add or replace |
//! | `GET /_emulator/entra/device-codes` | the device codes begun, by user code |
//! | `POST /_emulator/entra/device-codes/{user code}/approve`, `/decline`, `/expire` | decides; `{"user": name}` approves as somebody else than the signed-in user |
//! | `POST /_emulator/reset` | forgets state, faults and requests, puts the settings back |
//! | `POST /_emulator/stop` | stops the emulator |
//!
//! # Faults
//!
//! `POST /_emulator/faults` takes `{"rules": [..]}`; each rule is a [`Fault`]:
//!
//! ```json
//! {
//!   "match": {"method": "PUT", "path": "/access/**", "operation": "TeamsExtensionAssignment_Upsert"},
//!   "skip": 1, "times": 2, "latencyMs": 50,
//!   "action": {"type": "respond", "status": 503, "code": "ServiceUnavailable"}
//! }
//! ```
//!
//! All members are optional. The first rule that matches and is not spent meets the request. Actions:
//!
//! | `type` | Members | Effect |
//! | --- | --- | --- |
//! | `pass` | | the real answer, after the latency |
//! | `respond` | `status`, `code`, `message`, `body`, `headers`, `process` | a scripted answer; with `process` the request takes effect all the same |
//! | `throttle` | `retryAfter`: `{"seconds": 2}`, `{"dateInSeconds": 2}`, `{"milliseconds": 500}` or `"absent"` | 429 `TooManyRequests` |
//! | `html` | `status` | a gateway's page |
//! | `empty` | `status` | no body |
//! | `drop` | `after` | the connection ends before or after the request takes effect |
//! | `truncate` | `keep` | the real answer, cut after so many bytes |
//! | `edit` | `set`: pointer to value | the real answer with values replaced: unknown enum values, null arrays |
//! | `headers` | `set`: name to value or null | the real answer with headers replaced or removed |
//!
//! Faults meet the authority's routes as well (`"path": "/*/oauth2/v2.0/token"`). [`Fault::claims_challenge`] and
//! [`Fault::expired_token`] are `respond` with the `WWW-Authenticate` of continuous access evaluation.
//!
//! # Snapshots
//!
//! With [`Builder::snapshot`] the state is loaded at start and saved on change (gathered for 200 ms) and at stop, by
//! writing beside the file and renaming. The document (times are RFC 3339, `?` marks optional members, unknown members
//! are refused; access key and standard client secret are not in it, other client secrets are digests):
//!
//! ```text
//! { "version": 1, "resourceId": guid,
//!   "identities": [{ "id", "customId"?, "createdAt", "lastTokenIssuedAt"?, "tokensRevokedAt"? }],
//!   "teamsExtensionAssignments": [{ "tenantId", "objectId", "principalType", "clientIds"? }],
//!   "entraAssignments": [{ "objectId", "tenantId", "principalType", "clientIds" }],
//!   "directory"?: { "tenants": [guid],
//!     "applications": [{ "clientId", "secretSha256"?, "certificates"?, "roles"?, "consented"?, "managesResource"?,
//!                        "publicClient"?, "tokenVersion"? }],
//!     "users": [{ "objectId", "userPrincipalName", "tenantId"?, "groups"?, "managesResource"? }] } }
//! ```
//!
//! # Limits
//!
//! A body of 4 MiB, a head of 64 KiB and 100 headers, 1024 connections, 30 s to send a head or a body. The service's
//! tokens look like its own (JSON web tokens with `exp`) but are signed with a secret of the process and issued by an
//! `.invalid` name. There are no rate limits of its own; script them.

mod access;
mod access_key;
mod admin;
mod bearer;
mod builder;
mod call;
mod clock;
mod directory;
mod emulator;
mod error;
mod exchange;
mod failure;
mod faults;
mod graph;
mod identity;
mod inspect;
mod limits;
mod oauth;
mod operation;
mod reply;
mod request;
mod server;
mod settings;
mod shared;
mod snapshot;
mod state;
mod tls;
mod token;
mod verify;

pub use builder::Builder;
pub use directory::{Application, User};
pub use emulator::{Emulator, Entra, Graph, TenantError};
pub use error::StartError;
pub use faults::Fault;
pub use graph::{
    operation::OperationPlan,
    options::{Delay, Envelope, ErrorStyle, GraphSettings, ListShape, LocationStyle, Propagation},
    tenant::{GraphNumber, GraphUser, ResourceAccount, Sku},
};
pub use inspect::RecordedRequest;
pub use snapshot::SnapshotError;
