//! The differences between the published versions of the identity API, on the upstream documents and on ours.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::diff::{files, report::Report};
use crate::root::upstream;
use crate::specs::Registry;

/// The report on two upstream folders; nothing where there are no upstream documents.
fn upstream_report(old: &str, new: &str) -> Option<Report> {
    let folder = upstream()?.join("data-plane/Identity");
    let file = |version: &str| folder.join(version).join("CommunicationIdentity.json");
    Some(files(&file(old), &file(new)).unwrap())
}

/// The report on two of our own documents.
fn our_report(old: &str, new: &str) -> Report {
    let registry = Registry::load().unwrap();
    let file =
        |version: &str| -> PathBuf { registry.find("acs-identity", version).unwrap().path() };
    files(&file(old), &file(new)).unwrap()
}

/// Every change as `mark side kind path = old new`.
fn lines(report: &Report) -> BTreeSet<String> {
    report
        .changes()
        .iter()
        .map(|change| {
            let mark = if change.breaking { "breaking" } else { "ok" };
            let detail = change.detail();
            format!(
                "{mark} {} {} {} = {detail}",
                change.side.name(),
                change.kind.name(),
                change.path()
            )
        })
        .collect()
}

/// The lines that begin so.
fn starting<'a>(lines: &'a BTreeSet<String>, start: &str) -> Vec<&'a str> {
    lines
        .iter()
        .map(String::as_str)
        .filter(|line| line.starts_with(start))
        .collect()
}

#[track_caller]
fn same(report: &Report, expected: &[&str]) {
    let expected: BTreeSet<_> = expected.iter().map(|line| (*line).to_owned()).collect();
    assert_eq!(lines(report), expected, "\n{report}");
}

/// Runs the check on upstream's documents, where they are, and on ours, where they have both versions.
fn each(upstream: (&str, &str), ours: (&str, &str), check: impl Fn(&Report)) {
    if let Some(report) = upstream_report(upstream.0, upstream.1) {
        check(&report);
    }
    check(&our_report(ours.0, ours.1));
}

#[test]
fn teams_exchange_demands_more_from_2022_06_01_on() {
    let Some(report) = upstream_report("preview/2021-10-31-preview", "stable/2022-06-01") else {
        return;
    };
    assert!(report.breaking());
    same(
        &report,
        &[
            "breaking request field-added appId = string, required",
            "breaking request field-added userId = string, required",
            "ok both schema-renamed  = TeamsUserAccessTokenRequest -> TeamsUserExchangeTokenRequest",
        ],
    );
}

#[test]
fn expiry_comes_with_2022_10_01() {
    each(
        ("stable/2022-06-01", "stable/2022-10-01"),
        ("2022-06-01", "2022-10-01"),
        |report| {
            same(
                report,
                &["ok request field-added expiresInMinutes = integer (int32), optional"],
            );
            let schemas: BTreeSet<_> = report
                .changes()
                .iter()
                .filter_map(|change| change.schema.clone())
                .collect();
            let expected = [
                "CommunicationIdentityAccessTokenRequest",
                "CommunicationIdentityCreateRequest",
            ];
            assert_eq!(schemas, expected.map(str::to_owned).into());
        },
    );
}

#[test]
fn three_scopes_come_with_2023_10_01() {
    each(
        ("stable/2022-10-01", "stable/2023-10-01"),
        ("2022-10-01", "2023-10-01"),
        |report| {
            same(
                report,
                &[
                    "ok request enum-value-added scopes[] = chat.join",
                    "ok request enum-value-added scopes[] = chat.join.limited",
                    "ok request enum-value-added scopes[] = voip.join",
                ],
            );
            for change in report.changes() {
                assert_eq!(
                    change.operations,
                    [
                        "POST /identities",
                        "POST /identities/{id}/:issueAccessToken"
                    ]
                );
                assert_eq!(change.paths, ["scopes[]", "createTokenWithScopes[]"]);
            }
        },
    );
}

#[test]
fn withdrawn_2023_08_01_had_headers_for_repeatability() {
    let Some(report) = upstream_report("stable/2023-08-01", "stable/2023-10-01") else {
        return;
    };
    assert!(report.breaking());
    let lines = lines(&report);
    assert_eq!(
        starting(&lines, "breaking"),
        [
            "breaking request parameter-removed Repeatability-First-Sent = string (date-time-rfc1123), optional",
            "breaking request parameter-removed Repeatability-Request-ID = string (uuid), optional",
            "breaking response header-removed Repeatability-Result = string",
        ]
    );
    assert_eq!(starting(&lines, "ok").len(), 3, "\n{report}");
}

#[test]
fn the_preview_adds_eleven_operations_and_custom_ids() {
    each(
        ("stable/2023-10-01", "preview/2025-03-02-preview"),
        ("2023-10-01", "2025-03-02-preview"),
        |report| {
            assert!(!report.breaking(), "\n{report}");
            let lines = lines(report);
            let operations = starting(&lines, "ok both operation-added");
            assert_eq!(operations.len(), 11, "\n{report}");
            assert_eq!(
                operations
                    .iter()
                    .filter(|line| line.contains("/access/entra/"))
                    .count(),
                6
            );
            assert_eq!(
                operations
                    .iter()
                    .filter(|line| line.contains("/access/teamsExtension/"))
                    .count(),
                4
            );
            assert!(lines.contains(
                "ok both operation-added GET /identities/{id} = CommunicationIdentity_Get"
            ));
            assert_eq!(
                starting(&lines, "ok re"),
                [
                    "ok request field-added customId = string, optional",
                    "ok response field-added identity.customId = string, optional",
                    "ok response field-added identity.lastTokenIssuedAt = string (date-time), optional",
                ]
            );
            assert_eq!(
                starting(&lines, "ok both server-changed"),
                ["ok both server-changed endpoint format = none -> url"]
            );
        },
    );
}

#[test]
fn general_availability_drops_seven_operations_and_custom_ids() {
    each(
        ("preview/2025-03-02-preview", "stable/2025-06-30"),
        ("2025-03-02-preview", "2025-06-30"),
        |report| {
            assert!(report.breaking());
            let lines = lines(report);
            let removed = starting(&lines, "breaking both operation-removed");
            assert_eq!(removed.len(), 7, "\n{report}");
            assert_eq!(
                removed
                    .iter()
                    .filter(|line| line.contains("/access/entra/"))
                    .count(),
                6
            );
            assert_eq!(
                starting(&lines, "breaking re"),
                [
                    "breaking request field-removed customId = string, optional",
                    "breaking response field-removed identity.customId = string, optional",
                    "breaking response field-removed identity.lastTokenIssuedAt = string (date-time), optional",
                ]
            );
            assert_eq!(
                starting(&lines, "ok both schema-removed").len(),
                6,
                "\n{report}"
            );
            // For assignments it is a mere change of the version.
            let about_assignments = |operation: &String| {
                operation.contains("/assignments/") && !operation.contains("/entra/")
            };
            assert!(
                !report
                    .changes()
                    .iter()
                    .any(|change| change.operations.iter().any(about_assignments))
            );
        },
    );
}

#[test]
fn the_rewrite_of_2025_06_30_only_renames() {
    let Some(report) = upstream_report("stable/2025-06-30", "stable/2025-06-30-typespec") else {
        return;
    };
    assert!(!report.breaking());
    let lines = lines(&report);
    assert_eq!(
        starting(&lines, "ok both operation-renamed").len(),
        9,
        "\n{report}"
    );
    let others: Vec<_> = lines
        .iter()
        .filter(|line| !line.contains("operation-renamed"))
        .collect();
    assert_eq!(
        others,
        [
            "ok both security-scheme-removed azure_auth = oauth2 (implicit)",
            "ok both server-changed endpoint format = url -> uri",
        ]
    );
}

#[test]
fn the_newest_version_only_admits_more_fields_in_one_request() {
    let Some(report) = upstream_report("stable/2025-06-30-typespec", "stable/2026-09-23") else {
        return;
    };
    same(
        &report,
        &["ok request additional-properties-changed  = none -> any"],
    );
    assert_eq!(
        report.changes()[0].schema.as_deref(),
        Some("TeamsExtensionExchangeTokenRequest")
    );
    assert_eq!(
        report.changes()[0].operations,
        ["POST /access/teamsExtension/:exchangeAccessToken"]
    );
}

#[test]
fn nothing_breaks_towards_the_preview() {
    let registry = Registry::load().unwrap();
    for spec in registry.api("acs-identity") {
        let report = our_report(&spec.version, "2025-03-02-preview");
        let breaking = report.changes().iter().filter(|change| change.breaking);
        // The open-ended body of 2026-09-23 is an empty object in the preview.
        let unknown: Vec<_> = breaking
            .filter(|change| change.kind.name() != "additional-properties-changed")
            .collect();
        assert!(unknown.is_empty(), "{}\n{report}", spec.version);
    }
}
