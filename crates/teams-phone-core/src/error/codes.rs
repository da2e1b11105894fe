//! Owns what is known about the service's error codes: one row each. Errors, hints and the reference page
//! all read this table.

const ANY: &str = "";
const IDENTITY: &str = "acs-identity";
const GRAPH: &str = "graph-teams";

/// What is known about one answer of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownCode {
    /// The API that answers so, named as its folder under `specs/`; empty for all of them.
    pub api: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The service's code; empty for any answer of this status whose code has no row of its own.
    pub code: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Whether the same call may succeed later without a change.
    pub retry_helps: bool,
    /// What to do about it.
    pub hint: &'static str,
}

/// What is known about the service's answers, by status and code.
pub const KNOWN_CODES: &[KnownCode] = &[
    KnownCode {
        api: IDENTITY,
        status: 400,
        code: "MultipleIdentitiesForCustomId",
        meaning: "two identities exist for one custom id",
        retry_helps: false,
        hint: "two identities were created at the same time with this custom id; delete one of them, and create identities with the same custom id one after the other",
    },
    KnownCode {
        api: IDENTITY,
        status: 400,
        code: "UnsupportedApiVersion",
        meaning: "the service does not serve this API version",
        retry_helps: false,
        hint: "the version is retired, or newer than the service; choose one that the header api-supported-versions of the answer lists",
    },
    KnownCode {
        api: IDENTITY,
        status: 400,
        code: "ValidationError",
        meaning: "a value of the request is not allowed",
        retry_helps: false,
        hint: "the target names the field and the message its limits",
    },
    KnownCode {
        api: IDENTITY,
        status: 400,
        code: "",
        meaning: "the request was not understood",
        retry_helps: false,
        hint: "check that the body is the bare object that the API documents, without an envelope such as {\"request\": ...}",
    },
    KnownCode {
        api: IDENTITY,
        status: 401,
        code: "7509",
        meaning: "the signature was made for another host",
        retry_helps: false,
        hint: "the request reached another host than the one that was signed; check the endpoint and what a proxy does to the Host header",
    },
    KnownCode {
        api: IDENTITY,
        status: 401,
        code: "Denied",
        meaning: "the signature does not match what the service received",
        retry_helps: false,
        hint: "`teams-phone sign --explain` shows the string that has to be signed; the body hash is of the bytes that are sent, the path is the one on the wire, and the key is base64-decoded first",
    },
    KnownCode {
        api: IDENTITY,
        status: 401,
        code: "IdentityNotOwned",
        meaning: "the identity belongs to another resource, or does not exist",
        retry_helps: false,
        hint: "check that the endpoint and the identity come from the same resource; a deleted identity is answered like this too",
    },
    KnownCode {
        api: IDENTITY,
        status: 401,
        code: "InvalidAccessToken",
        meaning: "the Entra token of the exchange is empty, expired or not meant for this",
        retry_helps: false,
        hint: "get a new Entra token of the user for the application that you name; its `oid` claim must be the user's object id and its `appid` claim the client id",
    },
    KnownCode {
        api: IDENTITY,
        status: 401,
        code: "",
        meaning: "the caller is not known",
        retry_helps: false,
        hint: "the access key is not this resource's, the clock is off, a proxy changed the request, or the bearer token is for another audience or tenant; compare endpoint and key with the Keys page of the resource",
    },
    KnownCode {
        api: IDENTITY,
        status: 403,
        code: "SubscriptionNotAllowed",
        meaning: "the subscription is not on the preview list of this API version",
        retry_helps: false,
        hint: "use the generally available version 2025-06-30, or ask Microsoft to put the subscription on the preview list",
    },
    KnownCode {
        api: IDENTITY,
        status: 403,
        code: "UserLicenseNotPresentForbidden",
        meaning: "the user or resource account has no Teams Phone licence",
        retry_helps: false,
        hint: "assign a Teams Phone licence (for a resource account: Teams Phone Resource Account) and wait until Teams knows it",
    },
    KnownCode {
        api: IDENTITY,
        status: 403,
        code: "",
        meaning: "the caller is known and not allowed to do this",
        retry_helps: false,
        hint: "for management calls: the caller lacks a role such as Contributor on the Communication Services resource itself (a role on the resource group may not be enough), or is signed in to the wrong tenant; for exchanges: the tenant has not consented to `TeamsExtension.ManageCalls` of Azure Communication Services (service principal 1fd5118e-2576-4263-8130-9503064c837a), or the assignment does not name the client id",
    },
    KnownCode {
        api: IDENTITY,
        status: 404,
        code: "",
        meaning: "there is nothing under these ids",
        retry_helps: false,
        hint: "check which GUID is which: the tenant is the Teams tenant, the object id is the user's or resource account's object id, not an application id",
    },
    KnownCode {
        api: GRAPH,
        status: 400,
        code: "Request_BadRequest",
        meaning: "the directory does not allow a value of the request",
        retry_helps: false,
        hint: "read the message: a licence needs a usage location on the account first, and a SKU that the tenant has units of",
    },
    KnownCode {
        api: GRAPH,
        status: 400,
        code: "",
        meaning: "the request was not understood",
        retry_helps: false,
        hint: "check the filter's fields and quotes and the spelling of enum values, which are camelCase here and PascalCase in PowerShell; assignments take object ids, no user principal names",
    },
    KnownCode {
        api: GRAPH,
        status: 401,
        code: "",
        meaning: "the token is missing, expired, or not meant for Microsoft Graph",
        retry_helps: false,
        hint: "get a token for the scope https://graph.microsoft.com/.default from the Teams tenant; a token or key of the Communication Services resource does not work here",
    },
    KnownCode {
        api: GRAPH,
        status: 403,
        code: "Authorization_RequestDenied",
        meaning: "the directory does not allow the caller to do this",
        retry_helps: false,
        hint: "grant User.ReadWrite.All or LicenseAssignment.ReadWrite.All to the application, have an administrator consent, and get a new token; a signed-in user needs an administrator role for users or licences too",
    },
    KnownCode {
        api: GRAPH,
        status: 403,
        code: "",
        meaning: "the token lacks the permission, or the signed-in user the Teams administrator role",
        retry_helps: false,
        hint: "grant the permission in Microsoft Entra ID, have an administrator consent, and get a new token: TeamsTelephoneNumber.ReadWrite.All for numbers and operations, TeamsResourceAccount.Read.All for resource accounts, TeamsUserConfiguration.Read.All for user configurations; a signed-in user must be a Teams administrator as well",
    },
    KnownCode {
        api: GRAPH,
        status: 404,
        code: "",
        meaning: "there is nothing under this id in the tenant of the token",
        retry_helps: false,
        hint: "check that the token is of the Teams tenant and the id an object id, not an application id; a new resource account takes a minute or more to appear",
    },
    KnownCode {
        api: GRAPH,
        status: 409,
        code: "",
        meaning: "the request contradicts the state of the number or account",
        retry_helps: false,
        hint: "read the number: it may be assigned already, or another operation on it may not be over",
    },
    KnownCode {
        api: GRAPH,
        status: 429,
        code: "",
        meaning: "too many calls",
        retry_helps: true,
        hint: "the limits count per application and tenant, and every early retry counts too; slow down",
    },
    KnownCode {
        api: ANY,
        status: 408,
        code: "",
        meaning: "the service waited too long for the request",
        retry_helps: true,
        hint: "repeat the call",
    },
    KnownCode {
        api: IDENTITY,
        status: 429,
        code: "",
        meaning: "too many calls",
        retry_helps: true,
        hint: "the limits count per resource and operation over 30 seconds, and every early retry counts too; slow down",
    },
    KnownCode {
        api: ANY,
        status: 500,
        code: "",
        meaning: "the service failed",
        retry_helps: true,
        hint: "repeat the call later; give the request id to Microsoft's support if it stays",
    },
    KnownCode {
        api: ANY,
        status: 502,
        code: "",
        meaning: "a gateway in front of the service failed",
        retry_helps: true,
        hint: "repeat the call later",
    },
    KnownCode {
        api: ANY,
        status: 503,
        code: "",
        meaning: "the service is not available now",
        retry_helps: true,
        hint: "repeat the call after the wait that the answer names",
    },
    KnownCode {
        api: ANY,
        status: 504,
        code: "",
        meaning: "a gateway in front of the service got no answer",
        retry_helps: true,
        hint: "repeat the call later; a call that is not idempotent may have been processed",
    },
];

/// The row for an answer: the one of its code, else the one of its status; of its API, else of all.
pub(super) fn known(
    api: Option<&str>,
    status: Option<u16>,
    code: Option<&str>,
) -> Option<&'static KnownCode> {
    let status = status?;
    let find = |code: &str| {
        let rows = KNOWN_CODES
            .iter()
            .filter(|row| row.status == status && row.code.eq_ignore_ascii_case(code));
        let mut of_api = rows.clone().filter(|row| Some(row.api) == api);
        of_api
            .next()
            .or_else(|| rows.clone().find(|row| row.api == ANY))
    };
    find(code.unwrap_or_default()).or_else(|| find(""))
}
