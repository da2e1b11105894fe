//! Owns what a refusal of Microsoft Entra ID means and what to do about it; never repeats a secret.

use teams_phone_core::{Error, ErrorKind};

/// More words than this help nobody.
const MAX_TEXT: usize = 300;
/// Words at least this long that look random may be secrets.
const SUSPICIOUS: usize = 32;

/// What to do about the codes of the sign-in service (`AADSTS…`), or about its OAuth error words.
///
/// The numbers are for support and may change, so that they decide nothing but the advice.
const ADVICE: &[(&str, &str)] = &[
    (
        "7000215",
        "the client secret is wrong: give the secret's value, not its id, and check that it was made for this application",
    ),
    (
        "7000222",
        "the client secret has expired: make a new one in the app registration",
    ),
    (
        "700016",
        "the application does not exist in this tenant: check the client id and the tenant, or have an administrator of the tenant consent to the application",
    ),
    (
        "7000218",
        "the application is not a public client: turn on `Allow public client flows` in its registration, or sign in with a client secret",
    ),
    (
        "7000112",
        "the application is disabled in this tenant: ask an administrator to turn it on",
    ),
    (
        "700027",
        "the certificate is not the one in the app registration, or the clock is wrong: upload the certificate's public part there",
    ),
    (
        "700024",
        "the signed assertion is outside of its time: set this machine's clock",
    ),
    (
        "70021",
        "no federated credential of the application fits the token: compare its issuer, subject and audience with the registration",
    ),
    (
        "700211",
        "no federated credential of the application has this issuer",
    ),
    (
        "700213",
        "no federated credential of the application has this subject",
    ),
    (
        "90002",
        "the tenant does not exist in this cloud: check the tenant id, and the authority if it is a government tenant",
    ),
    ("900023", "the tenant is neither a GUID nor a domain"),
    (
        "65001",
        "consent is missing: have an administrator grant the application the permission it asks for (for calls: `TeamsExtension.ManageCalls`)",
    ),
    (
        "65004",
        "the person declined the consent: sign in again and accept, or have an administrator consent for everybody",
    ),
    (
        "90094",
        "only an administrator can consent to this permission",
    ),
    (
        "50076",
        "multi-factor authentication is needed: a person has to sign in, with a device code or in a browser; applications need a conditional access policy that lets them through",
    ),
    (
        "50079",
        "multi-factor authentication has to be set up: sign in with a browser once",
    ),
    (
        "50078",
        "the multi-factor authentication has expired: sign in again",
    ),
    (
        "53003",
        "a conditional access policy blocks the sign-in: ask the tenant's administrator; device codes are blocked more often than browsers",
    ),
    (
        "53000",
        "a conditional access policy wants a compliant device",
    ),
    (
        "500011",
        "the service is unknown in this tenant: an administrator has to add its service principal, for Teams Phone calls the application 1fd5118e-2576-4263-8130-9503064c837a (`az ad sp create --id 1fd5118e-2576-4263-8130-9503064c837a`); check also that the tenant is the right one",
    ),
    (
        "650052",
        "the service is unknown in this tenant: an administrator has to add its service principal, for Teams Phone calls the application 1fd5118e-2576-4263-8130-9503064c837a (`az ad sp create --id 1fd5118e-2576-4263-8130-9503064c837a`)",
    ),
    (
        "650057",
        "the application does not ask for this service: add the API permission to its registration",
    ),
    (
        "70011",
        "the scope is not valid: check its spelling, both slashes before `.default` included",
    ),
    (
        "50011",
        "the redirect address is not registered: add `http://localhost` under `Mobile and desktop applications` in the app registration",
    ),
    (
        "500113",
        "the application has no redirect address: add `http://localhost` under `Mobile and desktop applications` in the app registration",
    ),
    (
        "50020",
        "the account belongs to another tenant: sign in with one of this tenant, or have it invited as a guest",
    ),
    ("50034", "the account does not exist in this tenant"),
    ("50057", "the account is disabled"),
    (
        "50105",
        "the account is not assigned to the application: ask an administrator to assign it",
    ),
    ("50126", "the user name or password is wrong"),
    ("50173", "the sign-in was revoked: sign in again"),
    (
        "700082",
        "the sign-in has expired through lack of use: sign in again",
    ),
    ("70043", "the sign-in has expired: sign in again"),
    ("70008", "the code or sign-in has expired: sign in again"),
    ("54005", "the code was used before: sign in again"),
    (
        "expired_token",
        "the code was not entered in time: start again",
    ),
    (
        "authorization_declined",
        "the sign-in was declined: start again and accept",
    ),
    (
        "access_denied",
        "the sign-in was declined: start again and accept",
    ),
    (
        "temporarily_unavailable",
        "the sign-in service is busy: try again later",
    ),
];

/// Translates a refusal: an OAuth error word and the service's description of it.
pub(crate) fn refused(credential: &str, word: &str, description: &str) -> Error {
    let code = code(description);
    let sentence = sentence(description);
    let mut facts = Vec::new();
    match code {
        Some(code) => facts.push(format!("AADSTS{code}")),
        None if !word.is_empty() => facts.push(clean(word)),
        None => {}
    }
    if let Some(id) = after(description, "Correlation ID: ") {
        facts.push(format!("correlation id {id}"));
    }
    let mut message = format!("{credential}: Microsoft Entra ID gave no token");
    if !sentence.is_empty() {
        message = format!("{message}: {sentence}");
    }
    if !facts.is_empty() {
        message = format!("{message} ({})", facts.join(", "));
    }
    let error = Error::new(ErrorKind::Credential, message);
    match code.and_then(advice).or_else(|| advice(word)) {
        Some(advice) => error.with_hint(advice),
        None => error,
    }
}

/// Says which credential got no answer, and keeps whether trying again helps.
pub(crate) fn unanswered(credential: &str, authority: &str, error: Error) -> Error {
    let kind = error.kind();
    let message = format!("{credential}: no answer from {authority}");
    Error::new(kind, message).with_source(error)
}

/// An answer that is not one.
#[cfg(feature = "interactive")]
pub(crate) fn odd(credential: &str, why: &str) -> Error {
    let message = format!("{credential}: the sign-in service's answer is not understood: {why}");
    Error::new(ErrorKind::Credential, message)
        .with_hint("check the authority: a proxy or another service may have answered")
}

/// One line of a text that others wrote, without anything that may be a secret.
pub(crate) fn clean(text: &str) -> String {
    let kept: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| {
            if suspicious(word) {
                "(hidden)".to_owned()
            } else {
                word.to_owned()
            }
        })
        .collect();
    kept.join(" ").chars().take(MAX_TEXT).collect()
}

/// The number of the first `AADSTS…` in a text.
pub(crate) fn code(text: &str) -> Option<&str> {
    let rest = text.split_once("AADSTS")?.1;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    (1..=9).contains(&end).then(|| rest.get(..end)).flatten()
}

fn advice(key: &str) -> Option<&'static str> {
    ADVICE
        .iter()
        .find(|(known, _)| *known == key)
        .map(|(_, advice)| *advice)
}

/// The service's own words, without its code and its ids.
fn sentence(description: &str) -> String {
    let mut text = description;
    for end in [
        "Trace ID:",
        "Correlation ID:",
        "Timestamp:",
        "To troubleshoot, visit",
    ] {
        text = text.split(end).next().unwrap_or(text);
    }
    if let Some((before, rest)) = text.split_once("AADSTS") {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        if before.trim().is_empty() {
            text = rest.trim_start_matches(':');
        }
    }
    clean(text).trim_end_matches('.').to_owned()
}

fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let rest = text.split_once(label)?.1;
    let end = rest
        .find(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .unwrap_or(rest.len());
    rest.get(..end.min(36)).filter(|id| !id.is_empty())
}

/// Whether a word may be a secret or token: long, and mixed as random text is.
fn suspicious(word: &str) -> bool {
    word.split(|c: char| "/:?&\"'(),;<>[]{}".contains(c))
        .any(|part| {
            let has = |wanted: fn(&char) -> bool| part.chars().any(|c| wanted(&c));
            part.len() >= SUSPICIOUS
                && has(char::is_ascii_digit)
                && has(char::is_ascii_uppercase)
                && has(char::is_ascii_lowercase)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAIL: &str = "\r\nTrace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333\r\n\
                        Correlation ID: aaaa0000-bb11-2222-33cc-444444dddddd\r\nTimestamp: 2026-01-09 02:02:12Z";

    #[test]
    fn says_which_credential_and_what_to_do() {
        for (code, word, said) in [
            ("7000215", "invalid_client", "secret's value"),
            (
                "700016",
                "unauthorized_client",
                "does not exist in this tenant",
            ),
            ("90002", "invalid_request", "tenant does not exist"),
            ("65001", "invalid_grant", "TeamsExtension.ManageCalls"),
            ("50076", "interaction_required", "multi-factor"),
            (
                "500011",
                "invalid_resource",
                "1fd5118e-2576-4263-8130-9503064c837a",
            ),
        ] {
            let error = refused(
                "client secret",
                word,
                &format!("AADSTS{code}: Something is off.{TAIL}"),
            );
            assert_eq!(error.kind(), ErrorKind::Credential);
            assert_eq!(
                error.to_string(),
                format!(
                    "client secret: Microsoft Entra ID gave no token: Something is off \
                     (AADSTS{code}, correlation id aaaa0000-bb11-2222-33cc-444444dddddd)"
                )
            );
            assert!(
                error.hint().unwrap().contains(said),
                "{code}: {:?}",
                error.hint()
            );
        }
    }

    #[test]
    fn unknown_refusals_are_told_as_they_are() {
        let error = refused("browser", "server_error", "");
        assert_eq!(
            error.to_string(),
            "browser: Microsoft Entra ID gave no token (server_error)"
        );
        assert_eq!(error.hint(), None);
        let error = refused("device code", "access_denied", "The user said no.");
        assert!(error.hint().unwrap().contains("declined"));
        assert_eq!(code("AADSTS: x"), None);
        assert_eq!(code("AADSTS12345678901: x"), None);
    }

    #[test]
    fn what_may_be_a_secret_is_hidden_and_ids_and_names_are_not() {
        let secret = "aB18Q~d8fGh2kL0mN9pQrS3tUvWxYz-1234567890";
        let shown = clean(&format!(
            "bad\u{1b}[31m '{secret}'\nfor https://x/?code={secret}"
        ));
        assert!(!shown.contains("d8fGh2"), "{shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\n'));
        let plain = "https://contoso.unitedstates.communication.azure.com/ 1fd5118e-2576-4263-8130-9503064c837a";
        assert_eq!(clean(plain), plain);
        assert_eq!(clean(&"a ".repeat(1000)).len(), MAX_TEXT);
    }
}
