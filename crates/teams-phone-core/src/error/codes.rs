//! Owns what is known about the service's error codes: one row each, with what to do.

struct Row {
    status: u16,
    /// The code; empty for an answer of this status with a code that has no row of its own.
    code: &'static str,
    hint: &'static str,
}

const fn row(status: u16, code: &'static str, hint: &'static str) -> Row {
    Row { status, code, hint }
}

const ROWS: &[Row] = &[
    row(
        400,
        "ValidationError",
        "the service refused a value; the target names the field",
    ),
    row(
        400,
        "UnsupportedApiVersion",
        "the service no longer (or not yet) serves this API version; choose another one",
    ),
    row(
        400,
        "MultipleIdentitiesForCustomId",
        "two identities were created at the same time with this custom id; delete one of them, and create identities with the same custom id one after the other",
    ),
    row(
        401,
        "IdentityNotOwned",
        "the identity belongs to another resource, or does not exist; check that the endpoint and the identity come from the same resource",
    ),
    row(
        401,
        "InvalidAccessToken",
        "the Entra token is empty, expired or meant for another audience; get a new one for the application and user that you name",
    ),
    row(
        401,
        "Denied",
        "the signature does not match what the service received; `teams-phone sign --explain` shows the string that has to be signed",
    ),
    row(
        401,
        "",
        "the access key is not this resource's, the clock is off, a proxy changed the request, or an Entra token lacks a role on the resource; compare endpoint and key with the Keys page of the resource",
    ),
    row(
        403,
        "SubscriptionNotAllowed",
        "the subscription is not on the preview list of this API; use the GA version 2025-06-30, or ask Microsoft to add the subscription",
    ),
    row(
        403,
        "",
        "the caller lacks a role on the Communication Services resource itself (a role on the resource group may not be enough), or is signed in to the wrong tenant",
    ),
    row(
        404,
        "",
        "check which GUID is which: the tenant is the Teams tenant, the object id is the user's or resource account's object id, not an application id",
    ),
    row(
        429,
        "",
        "the limits count per resource over 30 seconds; slow down, every early retry counts too",
    ),
];

pub(super) fn hint(status: Option<u16>, code: Option<&str>) -> Option<&'static str> {
    let status = status?;
    let find = |code: &str| {
        ROWS.iter()
            .find(|row| row.status == status && row.code.eq_ignore_ascii_case(code))
    };
    find(code.unwrap_or_default())
        .or_else(|| find(""))
        .map(|row| row.hint)
}
