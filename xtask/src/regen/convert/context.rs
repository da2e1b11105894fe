//! What the whole conversion shares: the bundled document, the names of components, the media types of the
//! document, and how errors are worded. Converts nothing.

use std::collections::HashMap;
use std::fmt::Display;

use anyhow::anyhow;
use serde_json::{Map, Value};

use super::discriminator::Discriminators;
use crate::regen::bundle::{Bundle, Pointer};

/// Shared state; read-only once built.
pub(super) struct Context {
    pub(super) bundle: Bundle,
    pub(super) discriminators: Discriminators,
    pub(super) consumes: Vec<String>,
    pub(super) produces: Vec<String>,
    renamed: HashMap<(Section, String), String>,
}

/// The sections of a Swagger document that become components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Section {
    Definitions,
    Parameters,
    Responses,
    SecurityDefinitions,
}

impl Section {
    const ALL: [Self; 4] = [
        Self::Definitions,
        Self::Parameters,
        Self::Responses,
        Self::SecurityDefinitions,
    ];

    /// Its key in the Swagger document.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Definitions => "definitions",
            Self::Parameters => "parameters",
            Self::Responses => "responses",
            Self::SecurityDefinitions => "securityDefinitions",
        }
    }

    /// Its key under `components`.
    pub(super) fn component(self) -> &'static str {
        match self {
            Self::Definitions => "schemas",
            Self::Parameters => "parameters",
            Self::Responses => "responses",
            Self::SecurityDefinitions => "securitySchemes",
        }
    }
}

impl Context {
    pub(super) fn new(bundle: Bundle) -> anyhow::Result<Self> {
        let mut context = Self {
            bundle,
            discriminators: Discriminators::default(),
            consumes: Vec::new(),
            produces: Vec::new(),
            renamed: HashMap::new(),
        };
        for section in Section::ALL {
            context.name_components(section);
        }
        context.discriminators = Discriminators::find(&context)?;
        Ok(context)
    }

    /// `file#/pointer: message`.
    pub(super) fn error(&self, at: &Pointer, message: impl Display) -> anyhow::Error {
        anyhow!("{}: {message}", self.bundle.place(at))
    }

    /// The members of a section; empty if there is none.
    pub(super) fn section(&self, section: Section) -> Option<&Map<String, Value>> {
        self.bundle.document.get(section.key())?.as_object()
    }

    /// Where a member of a section stands.
    pub(super) fn pointer(&self, section: Section, name: &str) -> Pointer {
        Pointer::root().key(section.key()).key(name)
    }

    /// The name that a component may have: that of the section member, unless OpenAPI 3.0 forbids it.
    pub(super) fn component_name<'a>(&'a self, section: Section, name: &'a str) -> &'a str {
        self.renamed
            .get(&(section, name.to_owned()))
            .map_or(name, String::as_str)
    }

    /// The member that a local reference names.
    pub(super) fn target(&self, section: Section, reference: &str) -> Option<String> {
        let name = reference.strip_prefix(&format!("#/{}/", section.key()))?;
        let name = name.replace("~1", "/").replace("~0", "~");
        self.section(section)?.contains_key(&name).then_some(name)
    }

    /// The reference to the component of a member.
    pub(super) fn component(&self, section: Section, name: &str) -> String {
        format!(
            "#/components/{}/{}",
            section.component(),
            self.component_name(section, name)
        )
    }

    /// The local reference `text` as OpenAPI 3.0 writes it.
    pub(super) fn rewritten(&self, text: &str) -> Option<String> {
        Section::ALL.into_iter().find_map(|section| {
            self.target(section, text)
                .map(|name| self.component(section, &name))
        })
    }

    /// Follows references of one section from `value`, which stands at `at`, to what is no reference.
    /// Members that stand beside a `$ref` win over the target's and are returned merged.
    pub(super) fn followed(
        &self,
        section: Section,
        at: &Pointer,
        value: &Value,
    ) -> anyhow::Result<(Pointer, Value)> {
        let (mut at, mut value) = (at.clone(), value.clone());
        let mut seen = Vec::new();
        loop {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok((at, value));
            };
            let place = at.key("$ref");
            let Some(name) = self.target(section, reference) else {
                return Err(self.error(
                    &place,
                    format!("`{reference}` is none of the {}, correct it", section.key()),
                ));
            };
            if seen.contains(&name) {
                return Err(self.error(&place, "refers to itself, write it out"));
            }
            let mut merged = self
                .section(section)
                .and_then(|map| map.get(&name))
                .cloned()
                .unwrap_or_default();
            if let (Some(merged), Value::Object(own)) = (merged.as_object_mut(), value) {
                merged.extend(own.into_iter().filter(|(key, _)| key != "$ref"));
            }
            at = self.pointer(section, &name);
            value = merged;
            seen.push(name);
        }
    }

    /// OpenAPI 3.0 allows letters, digits and `.-_` in the names of components.
    fn name_components(&mut self, section: Section) {
        let names: Vec<String> = self
            .section(section)
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect();
        let mut used: Vec<String> = names
            .iter()
            .filter(|name| **name == legal(name))
            .cloned()
            .collect();
        for name in names.iter().filter(|name| **name != legal(name)) {
            let plain = legal(name);
            let mut candidate = plain.clone();
            let mut count = 1;
            while used.contains(&candidate) {
                count += 1;
                candidate = format!("{plain}_{count}");
            }
            self.bundle.notes.push(format!(
                "{}: is called `{candidate}`, because OpenAPI 3.0 does not allow `{name}` as a name",
                self.bundle.place(&self.pointer(section, name))
            ));
            used.push(candidate.clone());
            self.renamed.insert((section, name.clone()), candidate);
        }
    }
}

/// `name` with each run of illegal characters as one underscore, none at the end.
fn legal(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_') {
            out.push(letter);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    if name.ends_with(|letter: char| !letter.is_ascii_alphanumeric())
        && out.ends_with('_')
        && !name.ends_with('_')
    {
        out.pop();
    }
    if out.is_empty() { "_".to_owned() } else { out }
}
