//! Owns the translation of `azure_identity`'s errors; their own texts go through the filter for secrets.

use std::error::Error as StdError;

use teams_phone_core::{Error, ErrorKind};

use crate::{Authority, failure};

/// What to do about failures of the machine and its tools, by a part of their text; of several, what helps soonest.
const ADVICE: &[(&str, &str)] = &[
    (
        "az login",
        "run `az login`, with `--tenant` if the resource is in another tenant",
    ),
    ("azd auth login", "run `azd auth login`"),
    (
        "azd not found on PATH",
        "install the Azure CLI or the Azure Developer CLI, or use another credential",
    ),
    (
        "az not found on PATH",
        "install the Azure CLI, or use another credential",
    ),
    (
        "no tenant ID",
        "set `AZURE_TENANT_ID`; the pod needs the label `azure.workload.identity/use: \"true\"`",
    ),
    (
        "no client id",
        "set `AZURE_CLIENT_ID`; the service account needs the annotation `azure.workload.identity/client-id`",
    ),
    (
        "no token file",
        "set `AZURE_FEDERATED_TOKEN_FILE`; the pod needs the label `azure.workload.identity/use: \"true\"`",
    ),
    (
        "the requested identity has not been assigned",
        "assign the managed identity to this machine, or name the one that is",
    ),
];

/// Says which credential failed, why, and what to do.
pub(super) fn failed(name: &str, authority: &Authority, error: azure_core::Error) -> Error {
    if let Some(unanswered) = sent(&error) {
        let wanted = if name == "managed identity" {
            "the machine's identity service"
        } else {
            authority.as_str()
        };
        let told = Error::new(unanswered.kind(), unanswered.message());
        let told = match unanswered.source() {
            Some(source) => told.with_source(source.to_string()),
            None => told,
        };
        return failure::unanswered(name, wanted, told);
    }
    let text = error.to_string();
    if failure::code(&text).is_some() {
        return failure::refused(name, "", &within(&text));
    }
    let shown = failure::clean(&within(&text));
    let error = Error::new(
        ErrorKind::Credential,
        format!("{name}: {}", shown.trim_end_matches('.')),
    );
    let lower = text.to_ascii_lowercase();
    match ADVICE
        .iter()
        .find(|(part, _)| lower.contains(&part.to_ascii_lowercase()))
    {
        Some((_, advice)) => error.with_hint(*advice),
        None => error,
    }
}

/// Our own error, if the request was not answered.
fn sent(error: &azure_core::Error) -> Option<&Error> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(ours) = error.downcast_ref::<Error>() {
            return Some(ours);
        }
        next = error.source();
    }
    None
}

/// The text without the frames that `azure_identity` puts around it, one for each credential that it tried.
fn within(text: &str) -> String {
    let mut kept = String::new();
    for line in text.lines() {
        if line.starts_with("To troubleshoot, visit") || line.starts_with("Multiple errors were") {
            continue;
        }
        let framed = line.split_once(" authentication failed.");
        match framed.filter(|(name, _)| !name.contains(' ')) {
            Some((_, rest)) if kept.is_empty() => kept.push_str(rest.trim_start()),
            Some((_, rest)) => kept = format!("{}; {}", kept.trim_end(), rest.trim_start()),
            None => kept = format!("{kept}\n{line}"),
        }
    }
    kept
}
