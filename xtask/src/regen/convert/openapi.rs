//! Takes in a document that is OpenAPI 3.0 already: checks it as strictly as Swagger 2.0 is, and changes nothing.
//!
//! The tables here list what the passes and the generator understand; any other keyword is an error that names file
//! and JSON pointer. That refuses some legal documents: a keyword that would be ignored changes what is sent.
//! References lead to the document's own components.

use anyhow::{Context as _, anyhow, bail, ensure};
use serde_json::{Map, Value};

use crate::regen::bundle::Pointer;

/// What a JSON value is, judged by where it stands.
#[derive(Clone, Copy)]
enum Site {
    Object(&'static [(&'static str, Site)]),
    /// An object of which a reference may take the place.
    Part(&'static [(&'static str, Site)]),
    Schema,
    /// A map from names (not keywords) to values of one kind.
    Names(&'static Site),
    List(&'static Site),
    /// The author's own data, or a plain value.
    Data,
}

use Site::{Data, List, Names, Object, Part, Schema};

const DOCUMENT: &[(&str, Site)] = &[
    ("openapi", Data),
    ("info", Object(INFO)),
    ("servers", List(&SERVER)),
    ("security", Data),
    ("tags", List(&TAG)),
    ("externalDocs", Object(DOCS)),
    ("paths", Names(&PATH)),
    ("components", Object(COMPONENTS)),
];
const INFO: &[(&str, Site)] = &[("title", Data), ("description", Data), ("version", Data)];
const SERVER: Site = Object(&[("url", Data), ("description", Data)]);
const TAG: Site = Object(&[("name", Data), ("description", Data)]);
const DOCS: &[(&str, Site)] = &[("description", Data), ("url", Data)];
const PATH: Site = Object(&[
    ("get", OPERATION),
    ("put", OPERATION),
    ("post", OPERATION),
    ("delete", OPERATION),
    ("patch", OPERATION),
]);
const OPERATION: Site = Object(&[
    ("tags", Data),
    ("summary", Data),
    ("description", Data),
    ("externalDocs", Object(DOCS)),
    ("operationId", Data),
    ("parameters", List(&PARAMETER)),
    ("requestBody", BODY),
    ("responses", Names(&RESPONSE)),
    ("deprecated", Data),
    ("security", Data),
]);
const PARAMETER: Site = Part(&[
    ("name", Data),
    ("in", Data),
    ("description", Data),
    ("required", Data),
    ("schema", Schema),
]);
const BODY: Site = Part(&[
    ("description", Data),
    ("required", Data),
    ("content", Names(&MEDIA)),
]);
const MEDIA: Site = Object(&[("schema", Schema)]);
const RESPONSE: Site = Part(&[
    ("description", Data),
    ("headers", Names(&HEADER)),
    ("content", Names(&MEDIA)),
]);
const HEADER: Site = Part(&[
    ("description", Data),
    ("required", Data),
    ("schema", Schema),
]);
const COMPONENTS: &[(&str, Site)] = &[
    ("schemas", Names(&Schema)),
    ("parameters", Names(&PARAMETER)),
    ("requestBodies", Names(&BODY)),
    ("responses", Names(&RESPONSE)),
    ("headers", Names(&HEADER)),
    ("securitySchemes", Data),
];
/// `oneOf`, `anyOf` and `not` are left out: the generator makes types of them that nobody can use.
const SCHEMA: &[(&str, Site)] = &[
    ("title", Data),
    ("description", Data),
    ("type", Data),
    ("format", Data),
    ("nullable", Data),
    ("enum", Data),
    ("default", Data),
    ("example", Data),
    ("deprecated", Data),
    ("readOnly", Data),
    ("required", Data),
    ("minimum", Data),
    ("maximum", Data),
    ("minLength", Data),
    ("maxLength", Data),
    ("pattern", Data),
    ("minItems", Data),
    ("maxItems", Data),
    ("uniqueItems", Data),
    ("items", Schema),
    ("allOf", List(&Schema)),
    ("properties", Names(&Schema)),
    ("additionalProperties", Schema),
];

/// The document, unless something in it is not understood; `file` names it in messages.
pub(super) fn checked(file: &str, document: Value) -> anyhow::Result<Value> {
    let check = Check {
        file,
        document: &document,
    };
    let version = document["openapi"].as_str().unwrap_or_default();
    ensure!(
        version.starts_with("3.0."),
        "{file}#/openapi: the version is `{version}`, only 3.0 is understood"
    );
    check.value(&Pointer::root(), &document, Object(DOCUMENT))?;
    serde_json::from_value::<openapiv3::OpenAPI>(document.clone())
        .with_context(|| format!("{file}#: is not OpenAPI 3.0"))?;
    Ok(document)
}

struct Check<'a> {
    file: &'a str,
    document: &'a Value,
}

impl Check<'_> {
    fn value(&self, at: &Pointer, value: &Value, site: Site) -> anyhow::Result<()> {
        match site {
            Data => Ok(()),
            // `additionalProperties` may be a boolean.
            Schema if value.is_boolean() => Ok(()),
            Schema => self.part(at, self.object(at, value)?, SCHEMA),
            Part(keywords) => self.part(at, self.object(at, value)?, keywords),
            Object(keywords) => self.keywords(at, self.object(at, value)?, keywords),
            Names(inner) => {
                for (name, value) in self.object(at, value)? {
                    self.value(&at.key(name), value, *inner)?;
                }
                Ok(())
            }
            List(inner) => {
                let Some(items) = value.as_array() else {
                    bail!("{}: must be an array", self.place(at));
                };
                for (index, value) in items.iter().enumerate() {
                    self.value(&at.index(index), value, *inner)?;
                }
                Ok(())
            }
        }
    }

    fn part(
        &self,
        at: &Pointer,
        map: &Map<String, Value>,
        keywords: &[(&str, Site)],
    ) -> anyhow::Result<()> {
        let Some(reference) = map.get("$ref") else {
            return self.keywords(at, map, keywords);
        };
        let place = self.place(at);
        ensure!(
            map.len() == 1,
            "{place}: OpenAPI 3.0 ignores what stands beside a `$ref`; write `allOf` with the reference in it"
        );
        let target = reference.as_str().unwrap_or_default();
        let found = target
            .strip_prefix('#')
            .filter(|target| target.starts_with("/components/"))
            .and_then(|target| self.document.pointer(target));
        ensure!(
            found.is_some(),
            "{place}: refers to `{target}`, which is no component of the document"
        );
        Ok(())
    }

    fn keywords(
        &self,
        at: &Pointer,
        map: &Map<String, Value>,
        keywords: &[(&str, Site)],
    ) -> anyhow::Result<()> {
        for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("x-")) {
            let known = keywords.iter().find(|(keyword, _)| keyword == key);
            let Some((_, site)) = known else {
                let at = at.key(key);
                bail!(
                    "{}: unknown keyword `{key}`, {}",
                    self.place(&at),
                    advice(key)
                );
            };
            self.value(&at.key(key), value, *site)?;
        }
        Ok(())
    }

    fn object<'v>(&self, at: &Pointer, value: &'v Value) -> anyhow::Result<&'v Map<String, Value>> {
        let object = value.as_object();
        object.ok_or_else(|| anyhow!("{}: must be an object", self.place(at)))
    }

    fn place(&self, at: &Pointer) -> String {
        format!("{}#{at}", self.file)
    }
}

fn advice(key: &str) -> &'static str {
    match key {
        "anyOf" | "oneOf" | "not" => {
            "the generator has no good type for it; for a value that may be null write `nullable` and `allOf`"
        }
        "style" | "explode" | "allowReserved" => {
            "the generator ignores it; make the parameter a plain string that the caller joins"
        }
        "swagger" | "definitions" | "consumes" | "produces" | "x-nullable" => {
            "it belongs to Swagger 2.0; write this document as OpenAPI 3.0 throughout"
        }
        _ => "correct its spelling, or teach it to xtask/src/regen/convert/openapi.rs",
    }
}
