//! An emulator of the Azure Communication Services identity and Teams Phone access APIs, of the part of Microsoft Graph
//! that Teams numbers need, and of the Entra authority before them: a real HTTP/1.1 server with real signature checks,
//! an in-memory resource and an in-memory tenant.
//!
//! Owns the wire behaviour of the service's sixteen operations and of Graph's. Refuses to share code with any client,
//! signing included: a wrong request must fail against it, not agree with it.
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
//! # Microsoft Graph
//!
//! Under `/v1.0` and `/beta` of the same address: numbers, the operations on them, resource accounts (beta only), user
//! configurations, users and licences. `GET /_emulator` lists them with the permissions each asks for. Bearer tokens
//! are for the audience `https://graph.microsoft.com` or its GUID; permissions are those in `roles` and `scp`. The
//! standard application has all of them, another those of [`Application::graph_permissions`]. Both spellings of actions
//! (`assignNumber`, `microsoft.graph.teamsAdministration.assignNumber`) and of keys (`operations/{id}`,
//! `operations('{id}')`) are understood. [`Emulator::graph`] makes tokens without asking over HTTP, and with
//! [`Builder::graph_tenant_file`] and the admin routes sets up what Graph itself cannot make.
//!
//! Errors, headers and bodies are those of recorded or documented answers where there are any. Elsewhere these choices
//! were made:
//!
//! | Case | Answer |
//! | --- | --- |
//! | token missing, expired, of another audience | 401 `InvalidAuthenticationToken` with `WWW-Authenticate` |
//! | token without the permission | 403 in either recorded form ([`GraphSettings::errors`]); the directory's own `Authorization_RequestDenied` for users and licences |
//! | path of nothing, among them resource accounts in `v1.0` | 400 `BadRequest` naming the segment |
//! | a query option that the operation does not document, or twice | 400 `BadRequest` |
//! | `$filter` | `eq`, `ne`, `and`, `or`, `not`, parentheses and `any` over every property of numbers but `id` and `city`; by application and resource for accounts; anything else 400. Texts are compared without case |
//! | `$top` | the size of a page: 500 unless given, 1000 at most for numbers |
//! | assign: a member missing or of another type, an unknown `numberType` (case counts) or another than the number's, a target that is no GUID | 400 `BadRequest`, no operation |
//! | assign, unassign, update: a number not in the inventory | 404 `NotFound` |
//! | assign of a number whose status says that it is assigned; assign, unassign, update while an operation on it runs | 409 `Conflict` naming the holder or the operation |
//! | assign: target unknown, capability missing for its kind, no usage location, no licence for telephony | the operation fails and `statusDetail` says why; 400 with [`GraphSettings::early_checks`] |
//! | unassign of a number that nobody has | the operation and the number are `skipped` |
//! | update: absent and null | keep; the empty text clears; nothing is asynchronous |
//! | `userConfigurations` | users only, never resource accounts |
//! | resource account, number or operation with an unknown id | 404 `NotFound` |
//! | licences for somebody without usage location, of an unknown kind, used up, or taken from who has none | 400 `Request_BadRequest` |
//! | licences for an account that has not spread | 409 `Directory_ConcurrencyViolation` |
//! | tenants | every registered tenant sees the same data |
//!
//! Operations take one read ([`GraphSettings::operations`]): the first poll sees `running`, the second the end. With
//! more reads, or with time, the first poll sees `notStarted`. **Reading a number, or the list, counts as a read of the
//! operations on it as well**, so that a client that lost the answer and looks at the number sees the end. The number
//! changes when the operation ends, not before. [`Graph::plan`] and `POST /_emulator/graph/plans` say what becomes of
//! the next operations: `{"outcome": {"type": "fail", "statusDetail": ".."}, "delay": {"polls": 3}, "retryAfter": 2}`.
//! Outcomes are `succeed`, `fail`, `skip` (`statusDetail`), `status` (`status`: any text), `partial` (`numbers`: further
//! results with `telephoneNumber`, `status`, `statusDetail`; `status` of the whole), `stuck`, `phantomStatus` (assigned
//! to nobody) and `phantomTarget` (a target, but unassigned).
//!
//! A tenant document has lists of what there is. All members but the first of each are optional, unknown ones are
//! refused, and an error names the place (`numbers[2].numberType`):
//!
//! ```json
//! {
//!   "skus": [{ "skuPartNumber": "PHONESYSTEM_VIRTUALUSER", "units": 25 }],
//!   "resourceAccounts": [{ "userPrincipalName": "ivr@contoso.com", "displayName": "Reception", "usageLocation": "US",
//!     "appId": "a0000000-0000-4000-8000-000000000001", "acsResourceId": "d0000000-0000-4000-8000-000000000001",
//!     "licences": ["PHONESYSTEM_VIRTUALUSER"] }],
//!   "users": [{ "userPrincipalName": "alex@contoso.com", "usageLocation": "US" }],
//!   "numbers": [
//!     { "telephoneNumber": "+12065550100", "capabilities": ["voiceApplicationAssignment"] },
//!     { "telephoneNumber": "+12065550101", "numberType": "directRouting", "assignedTo": "ivr@contoso.com" }]
//! }
//! ```
//!
//! More members: `id` of people, `skuId` and `servicePlans` of licences (plans that begin with `MCOEV` are telephony;
//! the one of `PHONESYSTEM_VIRTUALUSER` is known), and of numbers every property Graph shows, `assignmentStatus` and
//! `assignmentTargetId` among them, which may contradict each other.
//!
//! # Admin routes
//!
//! Under `/_emulator`, for loopback connections that name a loopback host, without credentials, never logged and never
//! met by faults:
//!
//! | Route | What it does |
//! | --- | --- |
//! | `GET /_emulator` | health, operations and their versions, counts, state of the snapshot file |
//! | `GET`, `PATCH /_emulator/settings` | `verifyCredentials`, `acceptUnsignedTokens`, `subscriptionAllowed`, `exchangeRequiresAssignment`, `pageSize`, `signedInUser` (null: nobody), `accessTokenLifetime`, `deviceCodeInterval`, `deviceCodeLifetime` (seconds), `graph` ([`GraphSettings`], member by member) |
//! | `GET`, `POST`, `DELETE /_emulator/faults` | scripted faults, below |
//! | `GET`, `DELETE /_emulator/requests` | the requests received, without secrets ([`RecordedRequest`]) |
//! | `GET`, `PUT /_emulator/state` | the state as a snapshot document |
//! | `GET`, `PATCH /_emulator/entra` | the directory; `tenants`, `applications`, `users` to add or replace |
//! | `GET /_emulator/entra/device-codes` | the device codes begun, by user code |
//! | `POST /_emulator/entra/device-codes/{user code}/approve`, `/decline`, `/expire` | decides; `{"user": name}` approves as somebody else than the signed-in user |
//! | `GET`, `POST`, `PUT /_emulator/graph/tenant` | Graph's tenant as a document; adds to it, replaces it |
//! | `POST /_emulator/graph/resource-accounts`, `/users`, `/numbers`, `/skus` | adds one, answers its `id` |
//! | `GET`, `POST`, `DELETE /_emulator/graph/plans` | what becomes of the next operations |
//! | `POST /_emulator/clock` | `{"advanceMilliseconds": n}` moves the emulator's clock ahead for good |
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
//! For Graph, `operation` is a name such as `assignNumber` and errors have its shape. Faults meet the authority's routes
//! as well (`"path": "/*/oauth2/v2.0/token"`). [`Fault::claims_challenge`] and
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
//!                        "graphPermissions"?, "publicClient"?, "tokenVersion"? }],
//!     "users": [{ "objectId", "userPrincipalName", "tenantId"?, "groups"?, "managesResource"? }] },
//!   "graph"?: a tenant document with "operations"? and "plans"? }
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
