//! Emits the operation table: what the runtime must know about an operation beyond its types.
//!
//! Reads the documents as converted, before any pass; the overlay adds the stable name and the idempotency.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::regen::document::{operations, plain, resolve};
use crate::regen::overlay::OperationRule;
use crate::regen::passes::empty_success::mixed;
use crate::regen::{Api, Service, Version};

/// One operation in one version.
struct Appearance<'a> {
    version: &'a Version,
    operation: &'a Value,
}

/// The module with the table.
pub(crate) fn module(api: &Api) -> Result<TokenStream> {
    let rows = api
        .overlay
        .operations
        .iter()
        .map(|rule| row(api, rule))
        .collect::<Result<Vec<_>>>()?;
    let count = rows.len();
    let has_field = |row: &TokenStream| row.to_string().contains("Field {");
    let field = rows.iter().any(has_field).then(|| quote!(Field,));
    let Service {
        version_in,
        client_request_id,
    } = &api.service;
    let (name, version_in) = (&api.name, format_ident!("{version_in:?}"));
    Ok(quote! {
        use ::http::header::HeaderName;
        use ::teams_phone_core::hooks::{#field Operation, Service, Shape, VersionPlace};

        static SERVICE: Service = Service {
            api: #name,
            version: VersionPlace::#version_in,
            client_request_id: HeaderName::from_static(#client_request_id),
        };

        /// Every operation of the API, whatever the version.
        pub static OPERATIONS: [Operation; #count] = [#(#rows),*];
    })
}

fn row(api: &Api, rule: &OperationRule) -> Result<TokenStream> {
    let appearances = appearances(api, rule);
    let newest = appearances
        .last()
        .with_context(|| format!("{} matches nothing", rule.label()))?;
    let (id, method, template) = (&rule.name, &rule.method, &rule.path);
    let idempotent = rule
        .idempotent
        .unwrap_or(matches!(method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE"));
    let content_type = match content_type(newest) {
        Some(media_type) => quote!(Some(#media_type)),
        None => quote!(None),
    };
    let success = statuses(&appearances, |responses| {
        let responses = responses.as_object().into_iter().flatten();
        responses
            .map(|(status, _)| status.clone())
            .filter(|status| status.starts_with('2'))
            .collect()
    });
    let empty_as_null = statuses(&appearances, mixed);
    let default_version = default_version(&appearances)?;
    let versions = appearances
        .iter()
        .map(|appearance| &appearance.version.spec.version);
    let upstream_ids = appearances.iter().map(|appearance| {
        let (version, upstream) = (
            &appearance.version.spec.version,
            appearance.operation["operationId"].as_str(),
        );
        quote!((#version, #upstream))
    });
    let fields = fields(&appearances);
    let shape = api
        .overlay
        .envelope(method, template)
        .map_or("Plain".to_owned(), |rule| format!("{:?}", rule.shape));
    let shape = format_ident!("{shape}");
    Ok(quote! {
        Operation {
            id: #id,
            service: &SERVICE,
            method: #method,
            template: #template,
            idempotent: #idempotent,
            content_type: #content_type,
            success: &[#(#success),*],
            empty_as_null: &[#(#empty_as_null),*],
            shape: Shape::#shape,
            default_version: #default_version,
            versions: &[#(#versions),*],
            upstream_ids: &[#(#upstream_ids),*],
            fields: &[#(#fields),*],
        }
    })
}

/// Oldest first.
fn appearances<'a>(api: &'a Api, rule: &OperationRule) -> Vec<Appearance<'a>> {
    let found = api.versions.iter().filter_map(|version| {
        let all = operations(&version.converted);
        let operation = all
            .into_iter()
            .find(|found| found.method == rule.method && found.path == rule.path);
        operation.map(|found| Appearance {
            version,
            operation: found.value,
        })
    });
    found.collect()
}

/// The preferred version where it has the operation, else the newest generally available one, else the newest.
fn default_version<'a>(appearances: &[Appearance<'a>]) -> Result<&'a str> {
    let versions = || {
        appearances
            .iter()
            .rev()
            .map(|appearance| &appearance.version.spec)
    };
    let chosen = versions()
        .find(|spec| spec.default)
        .or_else(|| versions().find(|spec| !spec.preview))
        .or_else(|| versions().next());
    chosen
        .map(|spec| spec.version.as_str())
        .context("an operation is in no version")
}

fn content_type(appearance: &Appearance<'_>) -> Option<String> {
    let document = &appearance.version.converted;
    let body = resolve(document, &appearance.operation["requestBody"]);
    body["content"]
        .as_object()
        .and_then(|content| content.keys().next().cloned())
}

/// The union over all versions.
fn statuses(
    appearances: &[Appearance<'_>],
    pick: impl Fn(&Value) -> Vec<String>,
) -> Vec<proc_macro2::Literal> {
    let all = appearances
        .iter()
        .flat_map(|appearance| pick(&appearance.operation["responses"]));
    let mut all: Vec<u16> = all.filter_map(|status| status.parse().ok()).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .map(proc_macro2::Literal::u16_unsuffixed)
        .collect()
}

/// What a caller can send in some of the versions only: body properties and query parameters.
fn fields(appearances: &[Appearance<'_>]) -> Vec<TokenStream> {
    let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for appearance in appearances {
        for name in inputs(appearance) {
            fields
                .entry(name)
                .or_default()
                .push(&appearance.version.spec.version);
        }
    }
    let partial = fields
        .into_iter()
        .filter(|(_, versions)| versions.len() < appearances.len());
    partial
        .map(|(name, versions)| quote!(Field { name: #name, versions: &[#(#versions),*] }))
        .collect()
}

fn inputs<'a>(appearance: &Appearance<'a>) -> Vec<&'a str> {
    let document = &appearance.version.converted;
    let operation = appearance.operation;
    let body = resolve(document, &operation["requestBody"]);
    let content = body["content"].as_object().into_iter().flatten().next();
    let properties = content
        .and_then(|(_, content)| plain(document, &content["schema"])["properties"].as_object());
    let properties = properties
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str());
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let queries = parameters.map(|parameter| resolve(document, parameter));
    let queries = queries
        .filter(|parameter| parameter["in"] == "query" && parameter["name"] != "api-version");
    properties
        .chain(queries.filter_map(|parameter| parameter["name"].as_str()))
        .collect()
}
