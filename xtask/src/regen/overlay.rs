//! `overlay.toml`: the deliberate differences between what a document says and what is generated.
//!
//! Every rule says why and on what evidence. Refuses to know how a rule is carried out: the passes do that,
//! and report which rules they used, so that a rule without effect can be told.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// All rules of one API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    #[serde(default, rename = "operation")]
    pub(crate) operations: Vec<OperationRule>,
    #[serde(default, rename = "envelope")]
    pub(crate) envelopes: Vec<EnvelopeRule>,
    #[serde(default, rename = "clearable")]
    pub(crate) clearables: Vec<ClearableRule>,
    #[serde(default, rename = "nullable")]
    pub(crate) nullables: Vec<NullableRule>,
    #[serde(default, rename = "secret")]
    pub(crate) secrets: Vec<SecretRule>,
    #[serde(default, rename = "enum")]
    pub(crate) enums: Vec<EnumRule>,
    #[serde(default, rename = "shared")]
    pub(crate) shared: Vec<SharedRule>,
}

/// Declares a kind of rule: its own fields, and those every rule has.
macro_rules! rule {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* } for_all($for_all:literal) label($rule:ident) $label:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)*
            /// Why the generated code differs from the document.
            reason: String,
            /// Where the fact behind it can be checked.
            evidence: String,
            /// The versions it applies to, and must find something in; all when absent.
            versions: Option<Vec<String>>,
        }

        impl $name {
            /// How messages call this rule; unique within an overlay.
            pub(crate) fn label(&self) -> String {
                let $rule = self;
                $label
            }

            fn header(&self) -> Header<'_> {
                Header {
                    label: self.label(),
                    reason: &self.reason,
                    evidence: &self.evidence,
                    versions: self.versions.as_deref(),
                    for_all: $for_all,
                }
            }
        }
    };
}

rule! {
    /// Gives an operation the name it keeps across versions.
    OperationRule {
        /// In upper case.
        method: String,
        path: String,
        /// In snake case.
        name: String,
        /// Whether repeating is harmless, where the method alone would say otherwise.
        idempotent: Option<bool>,
    }
    for_all(true)
    label(rule) format!("[[operation]] {} {}", rule.method, rule.path)
}

rule! {
    /// Says how the body of a success may be wrapped, whatever the document says.
    EnvelopeRule {
        /// In upper case.
        method: String,
        path: String,
        shape: Shape,
    }
    for_all(true)
    label(rule) format!("[[envelope]] {} {}", rule.method, rule.path)
}

rule! {
    /// Lets a request tell an absent, a null and an empty member apart.
    ClearableRule {
        schema: String,
        property: String,
    }
    for_all(false)
    label(rule) format!("[[clearable]] {}.{}", rule.schema, rule.property)
}

rule! {
    /// Says that a value may be `null` although the document does not.
    NullableRule {
        /// JSON pointer into the converted document.
        at: String,
    }
    for_all(false)
    label(rule) format!("[[nullable]] {}", rule.at)
}

rule! {
    /// Marks a property that must never be displayed.
    SecretRule {
        schema: String,
        property: String,
    }
    for_all(false)
    label(rule) format!("[[secret]] {}.{}", rule.schema, rule.property)
}

rule! {
    /// Settles how an open enum is read and written.
    EnumRule {
        name: String,
        /// Whether known values are recognised in any case.
        #[serde(default)]
        case_insensitive: bool,
        /// Other spellings, each with the documented value it means.
        #[serde(default)]
        aliases: BTreeMap<String, String>,
        /// Documented values that are written differently.
        #[serde(default)]
        send: BTreeMap<String, String>,
    }
    for_all(true)
    label(rule) format!("[[enum]] {}", rule.name)
}

rule! {
    /// Names a schema that is the same in every version and emitted once.
    SharedRule {
        schema: String,
    }
    for_all(true)
    label(rule) format!("[[shared]] {}", rule.schema)
}

/// How a body may be wrapped; the runtime's table has variants of the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    /// One entity, bare or as the member `value`.
    Entity,
    /// A list in the member `value`.
    Collection,
}

/// What every rule has.
struct Header<'a> {
    label: String,
    reason: &'a str,
    evidence: &'a str,
    versions: Option<&'a [String]>,
    /// Whether what it generates is common to all versions.
    for_all: bool,
}

impl Header<'_> {
    fn applies_to(&self, version: &str) -> bool {
        self.versions
            .is_none_or(|versions| versions.iter().any(|listed| listed == version))
    }
}

impl Overlay {
    /// Reads the rules and checks what can be checked without a document.
    pub(crate) fn parse(text: &str, known_versions: &[&str]) -> Result<Self> {
        let overlay: Self = toml::from_str(text)?;
        let mut labels = BTreeSet::new();
        for rule in overlay.headers() {
            let label = &rule.label;
            ensure!(!rule.reason.trim().is_empty(), "{label}: `reason` is empty");
            ensure!(
                !rule.evidence.trim().is_empty(),
                "{label}: `evidence` is empty"
            );
            for version in rule.versions.unwrap_or_default() {
                ensure!(
                    known_versions.contains(&version.as_str()),
                    "{label}: unknown version `{version}`; known are {}",
                    known_versions.join(", ")
                );
            }
            ensure!(
                rule.versions.is_none() || !rule.for_all,
                "{label}: it is about all versions; remove `versions`"
            );
            ensure!(
                labels.insert(label.clone()),
                "{label}: there are two such rules"
            );
        }
        Ok(overlay)
    }

    /// The rules that apply to one version.
    pub(crate) fn for_version(&self, version: &str) -> Self {
        let mut overlay = self.clone();
        overlay
            .operations
            .retain(|rule| rule.header().applies_to(version));
        overlay
            .envelopes
            .retain(|rule| rule.header().applies_to(version));
        overlay
            .clearables
            .retain(|rule| rule.header().applies_to(version));
        overlay
            .nullables
            .retain(|rule| rule.header().applies_to(version));
        overlay
            .secrets
            .retain(|rule| rule.header().applies_to(version));
        overlay
            .enums
            .retain(|rule| rule.header().applies_to(version));
        overlay
            .shared
            .retain(|rule| rule.header().applies_to(version));
        overlay
    }

    /// The rule that names this operation.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Result<&OperationRule> {
        let rule = self
            .operations
            .iter()
            .find(|rule| rule.method == method && rule.path == path);
        rule.with_context(|| {
            format!("{method} {path} has no [[operation]] rule in the overlay; give it a name that will not change")
        })
    }

    /// The rule about the body of this operation, if there is one.
    pub(crate) fn envelope(&self, method: &str, path: &str) -> Option<&EnvelopeRule> {
        let mut rules = self.envelopes.iter();
        rules.find(|rule| rule.method == method && rule.path == path)
    }

    /// Fails when a rule had no effect in a version it lists, or in any version at all.
    pub(crate) fn all_used(&self, used: &BTreeSet<(String, String)>) -> Result<()> {
        for rule in self.headers() {
            let label = &rule.label;
            let in_version = |version: &str| {
                used.iter()
                    .any(|(used, in_version)| used == label && in_version == version)
            };
            if let Some(idle) = rule
                .versions
                .and_then(|versions| versions.iter().find(|version| !in_version(version)))
            {
                bail!("{label} matches nothing in {idle}; correct or remove it");
            }
            ensure!(
                used.iter().any(|(used, _)| used == label),
                "{label} matches nothing in any version; correct or remove it"
            );
        }
        Ok(())
    }

    fn headers(&self) -> Vec<Header<'_>> {
        let operations = self.operations.iter().map(OperationRule::header);
        let envelopes = self.envelopes.iter().map(EnvelopeRule::header);
        let clearables = self.clearables.iter().map(ClearableRule::header);
        let nullables = self.nullables.iter().map(NullableRule::header);
        let secrets = self.secrets.iter().map(SecretRule::header);
        let enums = self.enums.iter().map(EnumRule::header);
        let shared = self.shared.iter().map(SharedRule::header);
        operations
            .chain(envelopes)
            .chain(clearables)
            .chain(nullables)
            .chain(secrets)
            .chain(enums)
            .chain(shared)
            .collect()
    }
}
