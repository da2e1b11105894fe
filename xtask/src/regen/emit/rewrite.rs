//! The few corrections of progenitor's output that none of its settings can make.
//!
//! Each says how often it must apply, so that another version of the generator cannot slip past it.

mod calls;

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprLit, Field, Fields, File, GenericArgument, ImplItemFn, Item, ItemMod,
    ItemStruct, Lit, Meta, PathArguments, PathSegment, Type, parse_quote,
};

/// Corrects a whole client module.
pub(crate) fn client(tokens: TokenStream) -> Result<TokenStream> {
    let mut file: File = syn::parse2(tokens)?;
    calls::own(&mut file)?;
    no_unused_error(&mut file);
    Polish.visit_file_mut(&mut file);
    Ok(quote::quote!(#file))
}

/// Keeps the items of the `types` module only.
pub(crate) fn types_only(tokens: TokenStream) -> Result<TokenStream> {
    let mut file: File = syn::parse2(tokens)?;
    no_unused_error(&mut file);
    Polish.visit_file_mut(&mut file);
    let items = file.items.into_iter().find_map(|item| match item {
        Item::Mod(ItemMod {
            ident,
            content: Some((_, items)),
            ..
        }) if ident == "types" => Some(items),
        _ => None,
    });
    let items = items.context("the generator emitted no `types` module")?;
    Ok(quote::quote!(#(#items)*))
}

/// Removes the conversion error from types that have no conversion that fails.
fn no_unused_error(file: &mut File) {
    for item in &mut file.items {
        let Item::Mod(ItemMod {
            ident,
            content: Some((_, items)),
            ..
        }) = item
        else {
            continue;
        };
        if ident != "types" {
            continue;
        }
        let is_error = |item: &Item| matches!(item, Item::Mod(inner) if inner.ident == "error");
        let used = items.iter().filter(|item| !is_error(item));
        if !used
            .clone()
            .any(|item| quote::quote!(#item).to_string().contains("ConversionError"))
        {
            items.retain(|item| !is_error(item));
        }
    }
}

/// Makes every list that is a required field read `null` as empty, and an optional value that may be `null` tell
/// that from nothing; documents the field for members without a name, and prints documentation as people write it.
struct Polish;

impl VisitMut for Polish {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        lines(&mut item.attrs);
        if matches!(item.fields, Fields::Named(_)) {
            visit_mut::visit_item_struct_mut(self, item);
        }
    }

    fn visit_field_mut(&mut self, field: &mut Field) {
        lines(&mut field.attrs);
        if last_segment(&field.ty).is_some_and(|last| last.ident == "Vec") {
            let lenient = "crate::lenient::null_as_empty";
            field
                .attrs
                .push(parse_quote!(#[serde(deserialize_with = #lenient)]));
        }
        if is_option_of_option(&field.ty) {
            let present = "crate::lenient::present";
            field
                .attrs
                .push(parse_quote!(#[serde(default, deserialize_with = #present)]));
        }
        let flattened =
            matches!(&*field.attrs, [only] if quote::quote!(#only).to_string().contains("flatten"));
        if flattened {
            let text = " Members that have no name in the document, as they came.";
            field.attrs.insert(0, parse_quote!(#[doc = #text]));
        }
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        lines(&mut function.attrs);
        // The generator takes the full stop off a summary.
        if let Some(summary) = function
            .attrs
            .iter_mut()
            .find(|attribute| doc_text(attribute).is_some())
        {
            let text = doc_text(summary).unwrap_or_default();
            if text.ends_with(char::is_alphanumeric) {
                let text = format!("{text}.");
                *summary = parse_quote!(#[doc = #text]);
            }
        }
    }
}

fn last_segment(kind: &Type) -> Option<&PathSegment> {
    match kind {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn is_option_of_option(kind: &Type) -> bool {
    let option = |kind| last_segment(kind).filter(|last| last.ident == "Option");
    let inner = option(kind).and_then(|outer| match &outer.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    });
    matches!(inner, Some(GenericArgument::Type(inner)) if option(inner).is_some())
}

/// Turns each doc attribute of several lines into one per line.
fn lines(attributes: &mut Vec<Attribute>) {
    let all = std::mem::take(attributes);
    for attribute in all {
        match doc_text(&attribute) {
            Some(text) => {
                let text = text.trim();
                attributes.extend(text.lines().map(|line| {
                    let line = format!(" {}", line.trim_start());
                    let line = line.trim_end();
                    parse_quote!(#[doc = #line])
                }));
            }
            None => attributes.push(attribute),
        }
    }
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if pair.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}
