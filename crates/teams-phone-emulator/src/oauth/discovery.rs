//! Owns what the authority says about itself.
//! Refuses to depend on the tenants there are.

use serde_json::{Value, json};

use super::Tenant;

/// OpenID Connect discovery. For `common` the issuer holds a placeholder, as Entra's does.
pub(crate) fn configuration(origin: &str, segment: &str, tenant: Tenant) -> Value {
    let base = format!("{origin}/{segment}");
    let issuer = match tenant {
        Tenant::Any => format!("{origin}/{{tenantid}}/v2.0"),
        Tenant::One(id) => issuer(origin, id, true),
    };
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": [
            "authorization_code", "client_credentials", "refresh_token", super::device::GRANT,
        ],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "oid", "tid", "ver", "preferred_username"],
        "tenant_region_scope": null,
    })
}

/// Instance discovery: the emulator knows one cloud, itself.
pub(crate) fn instance(origin: &str) -> Value {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    json!({
        "tenant_discovery_endpoint": format!("{origin}/common/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    })
}

/// The issuer of a tenant's tokens, by version.
pub(crate) fn issuer(origin: &str, tenant: uuid::Uuid, second_version: bool) -> String {
    let version = if second_version { "v2.0" } else { "" };
    format!("{origin}/{tenant}/{version}")
}
