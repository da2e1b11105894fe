//! Drives progenitor: its settings, and the search for the operation it stumbles over.
//!
//! Refuses to know what is wrong with progenitor's output; `rewrite` corrects that.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use anyhow::{Context, Result, anyhow, bail, ensure};
use proc_macro2::TokenStream;
use progenitor::{
    GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch,
};
use quote::quote;
use serde_json::{Value, json};

use super::rewrite;
use crate::regen::document::{operations, plain, reachable, schemas_of};
use crate::regen::passes::{clearable_values, open_enums, secrets};
use crate::regen::{Api, Version};

/// The module of one version.
pub(crate) fn module(api: &Api, version: &Version) -> Result<TokenStream> {
    let document = &version.rewritten;
    let shared = api.overlay.shared.iter().map(|rule| rule.schema.as_str());
    let tokens = generate(document, &settings(document, shared)?)?;
    rewrite::client(tokens)
}

/// The types that are the same in all versions.
pub(crate) fn shared(api: &Api) -> Result<TokenStream> {
    let mut agreed: Option<(&str, Value)> = None;
    for version in &api.versions {
        let document = shared_schemas(api, version)?;
        let schemas = without_docs(&document["components"]);
        if let Some((other, expected)) = &agreed {
            ensure!(
                schemas == *expected,
                "the shared schemas of {} and {other} differ; a type can be shared only while all versions agree",
                version.spec.version
            );
        }
        agreed = Some((&version.spec.version, schemas));
    }
    let newest = api.versions.last().context("there is no version")?;
    let document = shared_schemas(api, newest)?;
    let tokens = generate(&document, &settings(&document, std::iter::empty())?)?;
    rewrite::types_only(tokens)
}

fn shared_schemas(api: &Api, version: &Version) -> Result<Value> {
    let all = &version.rewritten["components"]["schemas"];
    let mut schemas = serde_json::Map::new();
    for rule in &api.overlay.shared {
        let schema = all.get(&rule.schema);
        let schema = schema.with_context(|| {
            format!(
                "{}: {} has no such schema",
                rule.label(),
                version.spec.version
            )
        })?;
        for inner in reachable(&version.rewritten, schema) {
            ensure!(
                api.overlay.shared.iter().any(|rule| rule.schema == inner),
                "{}: it refers to {inner}, which is not shared",
                rule.label()
            );
        }
        schemas.insert(rule.schema.clone(), schema.clone());
    }
    Ok(json!({
        "openapi": "3.0.3",
        "info": version.rewritten["info"],
        "paths": {},
        "components": {"schemas": schemas},
    }))
}

fn without_docs(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object
                .iter()
                .filter(|(key, value)| !(key.as_str() == "description" && value.is_string()));
            let mut kept: serde_json::Map<_, _> = kept
                .map(|(key, value)| (key.clone(), without_docs(value)))
                .collect();
            kept.sort_keys();
            // A reference with a description is wrapped; without the description it is the reference.
            match (
                kept.len(),
                kept.get("allOf")
                    .and_then(Value::as_array)
                    .map(Vec::as_slice),
            ) {
                (1, Some([only])) => only.clone(),
                _ => Value::Object(kept),
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(without_docs).collect()),
        other => other.clone(),
    }
}

fn settings<'a>(
    document: &Value,
    shared: impl Iterator<Item = &'a str>,
) -> Result<GenerationSettings> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::Inner))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    let text = || [TypeImpl::Display, TypeImpl::FromStr].into_iter();
    for name in open_enums::names(document) {
        settings.with_replacement(name, format!("crate::enums::{name}"), text());
    }
    for name in shared {
        settings.with_replacement(name, format!("crate::errors::{name}"), std::iter::empty());
    }
    let secret = json!({"type": "string", "format": secrets::FORMAT});
    settings.with_conversion(
        serde_json::from_value(secret)?,
        "::teams_phone_core::Secret",
        std::iter::empty(),
    );
    let clearable = json!({"type": "string", "format": clearable_values::FORMAT});
    settings.with_conversion(
        serde_json::from_value(clearable)?,
        "::std::option::Option<::std::string::String>",
        std::iter::empty(),
    );
    let time = json!({"type": "string", "format": "date-time"});
    settings.with_conversion(serde_json::from_value(time)?, "::jiff::Timestamp", text());
    patch_types(document, &mut settings);
    Ok(settings)
}

/// Answers may gain fields, so nobody else may build them; requests without fields have a default.
fn patch_types(document: &Value, settings: &mut GenerationSettings) {
    let sent = schemas_of(document, "requestBody");
    for name in schemas_of(document, "responses").difference(&sent) {
        settings.with_patch(name, TypePatch::default().with_attr("#[non_exhaustive]"));
    }
    for name in &sent {
        let schema = plain(document, &document["components"]["schemas"][name]);
        let no_fields = schema["properties"]
            .as_object()
            .is_none_or(serde_json::Map::is_empty);
        if schema["type"] == "object" && no_fields {
            settings.with_patch(name, TypePatch::default().with_derive("Default"));
        }
    }
}

/// Generates everything at once; when that fails, finds the operation that is to blame.
fn generate(document: &Value, settings: &GenerationSettings) -> Result<TokenStream> {
    let problem = match attempt(document, settings) {
        Ok(tokens) => return Ok(tokens),
        Err(problem) => problem,
    };
    for operation in operations(document) {
        let mut alone = document.clone();
        let mut item = json!({});
        item[operation.method.to_lowercase()] = operation.value.clone();
        alone["paths"] = json!({});
        alone["paths"][operation.path] = item;
        if let Err(problem) = attempt(&alone, settings) {
            let name = operation.value["operationId"].as_str().unwrap_or("unnamed");
            bail!(
                "the generator fails at `{name}` ({} {}): {problem:#}",
                operation.method,
                operation.path
            );
        }
    }
    Err(problem.context("the generator fails, though at no operation alone"))
}

fn attempt(document: &Value, settings: &GenerationSettings) -> Result<TokenStream> {
    let document: openapiv3::OpenAPI = serde_json::from_value(document.clone())
        .context("the converted document is not OpenAPI 3.0")?;
    quietly(|| Generator::new(settings).generate_tokens(&document))?.map_err(anyhow::Error::from)
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Turns a panic into an error, without the panic's own report on stderr.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                loud(info);
            }
        }));
    });
    QUIET.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    outcome.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        anyhow!("it panicked: {}", text.unwrap_or("no message"))
    })
}
