//! Emits the open enums: the values of all versions, and a variant that keeps what nobody knew.
//!
//! Refuses to know which schemas use them.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::docs;
use crate::regen::Api;
use crate::regen::overlay::EnumRule;
use crate::regen::passes::open_enums;

/// One enum, as all versions together describe it.
#[derive(Default)]
struct OpenEnum {
    description: Option<String>,
    values: Vec<EnumValue>,
}

struct EnumValue {
    value: String,
    description: Option<String>,
}

/// The module with all enums.
pub(crate) fn module(api: &Api) -> Result<TokenStream> {
    let mut enums: BTreeMap<&str, OpenEnum> = BTreeMap::new();
    for version in &api.versions {
        for name in open_enums::names(&version.rewritten) {
            let schema = &version.rewritten["components"]["schemas"][name];
            enums.entry(name).or_default().add(schema);
        }
    }
    let plain = EnumRuleView::default();
    let items = enums.iter().map(|(name, merged)| {
        let rule = api.overlay.enums.iter().find(|rule| rule.name == *name);
        emit(name, merged, &rule.map_or(plain, EnumRuleView::of))
    });
    items.collect()
}

impl OpenEnum {
    /// Later versions add values and have the better descriptions.
    fn add(&mut self, schema: &Value) {
        if let Some(text) = schema["description"].as_str() {
            self.description = Some(text.to_owned());
        }
        let described = schema["x-ms-enum"]["values"].as_array();
        for value in schema["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let description = described
                .into_iter()
                .flatten()
                .find(|entry| entry["value"] == value);
            let description = description
                .and_then(|entry| entry["description"].as_str())
                .map(str::to_owned);
            match self.values.iter_mut().find(|known| known.value == value) {
                Some(known) => known.description = description.or(known.description.take()),
                None => self.values.push(EnumValue {
                    value: value.to_owned(),
                    description,
                }),
            }
        }
    }
}

/// How one enum is read and written.
#[derive(Clone, Copy, Default)]
struct EnumRuleView<'a> {
    rule: Option<&'a EnumRule>,
}

impl<'a> EnumRuleView<'a> {
    fn of(rule: &'a EnumRule) -> Self {
        Self { rule: Some(rule) }
    }

    fn sent(self, value: &'a str) -> &'a str {
        self.rule
            .and_then(|rule| rule.send.get(value))
            .map_or(value, String::as_str)
    }

    /// Everything that is read as `value`.
    fn spellings(self, value: &'a str) -> Vec<&'a str> {
        let mut spellings = vec![value];
        let aliases = self.rule.into_iter().flat_map(|rule| &rule.aliases);
        spellings.extend(
            aliases
                .filter(|(_, meaning)| *meaning == value)
                .map(|(alias, _)| alias.as_str()),
        );
        spellings
    }

    fn check(self, merged: &OpenEnum) -> Result<()> {
        let Some(rule) = self.rule else { return Ok(()) };
        let documented = |value: &String| merged.values.iter().any(|known| known.value == *value);
        for meaning in rule.aliases.values().chain(rule.send.keys()) {
            ensure!(
                documented(meaning),
                "{}: `{meaning}` is not one of its values",
                rule.label()
            );
        }
        for (value, sent) in &rule.send {
            let read_back = self.spellings(value).contains(&sent.as_str());
            ensure!(
                read_back,
                "{}: `{sent}` is sent for `{value}` but not read as it",
                rule.label()
            );
        }
        Ok(())
    }
}

fn emit(name: &str, merged: &OpenEnum, rule: &EnumRuleView<'_>) -> Result<TokenStream> {
    rule.check(merged)?;
    let ident = format_ident!("{name}");
    let intro = docs(&introduction(name, merged, *rule));
    let variants: Vec<_> = merged
        .values
        .iter()
        .map(|known| format_ident!("{}", variant(&known.value)))
        .collect();
    let variant_docs = merged
        .values
        .iter()
        .map(|known| docs(&variant_text(known, *rule)));
    let sent = merged.values.iter().map(|known| rule.sent(&known.value));
    let case_insensitive = rule.rule.is_some_and(|rule| rule.case_insensitive);
    let readings = merged
        .values
        .iter()
        .zip(&variants)
        .flat_map(|(known, variant)| {
            rule.spellings(&known.value)
                .into_iter()
                .map(move |spelling| {
                    let condition = if case_insensitive {
                        quote!(text.eq_ignore_ascii_case(#spelling))
                    } else {
                        quote!(text == #spelling)
                    };
                    quote!(if #condition { return Self::#variant; })
                })
        });
    let unknown = docs(
        "A value this library does not know, kept as it came. One built by hand is sent as it is, \
         even where a known value would be spelled differently.",
    );
    let traits = traits(&ident);
    Ok(quote! {
        #intro
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #ident {
            #(#variant_docs #variants,)*
            #unknown
            Unknown(::std::string::String),
        }

        impl #ident {
            /// Every value this library knows, in the order the API lists them.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as it is sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #sent,)*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl ::std::convert::From<&str> for #ident {
            fn from(text: &str) -> Self {
                #(#readings)*
                Self::Unknown(text.to_owned())
            }
        }

        #traits
    })
}

/// What is the same for every enum.
fn traits(ident: &proc_macro2::Ident) -> TokenStream {
    quote! {
        impl ::std::convert::From<::std::string::String> for #ident {
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::str::FromStr for #ident {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl ::std::fmt::Display for #ident {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl ::std::convert::AsRef<str> for #ident {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::serde::Serialize for #ident {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                <::std::string::String as ::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    }
}

fn introduction(name: &str, merged: &OpenEnum, rule: EnumRuleView<'_>) -> String {
    let mut text = merged
        .description
        .clone()
        .unwrap_or_else(|| format!("`{name}`."));
    text += "\n\nOpen: the service may add values.";
    if rule.rule.is_some_and(|rule| rule.case_insensitive) {
        text += " Known values are read in any case.";
    }
    text
}

fn variant_text(known: &EnumValue, rule: EnumRuleView<'_>) -> String {
    let mut text = known
        .description
        .clone()
        .unwrap_or_else(|| format!("`{}`.", known.value));
    let sent = rule.sent(&known.value);
    let spellings = rule.spellings(&known.value);
    if sent != known.value || spellings.len() > 1 {
        let read: Vec<_> = spellings
            .iter()
            .map(|spelling| format!("`{spelling}`"))
            .collect();
        text += &format!("\n\nSent as `{sent}`; read from {}.", read.join(" and "));
    }
    text
}

/// `chat.join.limited` is `ChatJoinLimited`. A documented `unknown` is the service's own doubt, and must not take the
/// name of the variant for what this library does not know.
fn variant(value: &str) -> String {
    let words = value.split(|character: char| !character.is_alphanumeric());
    let words = words.filter_map(|word| {
        let mut characters = word.chars();
        characters
            .next()
            .map(|first| first.to_uppercase().chain(characters).collect::<String>())
    });
    let name: String = words.collect();
    if name == "Unknown" {
        return "UnknownToService".to_owned();
    }
    name
}
