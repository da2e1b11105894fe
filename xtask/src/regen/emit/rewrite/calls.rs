//! Makes generated methods put their requests together with the runtime's types, and read answers from them.
//!
//! progenitor writes for reqwest: it parses a URL, builds a request, and takes an answer apart that had to be put
//! together for it. The runtime would undo each of these. Whatever has not exactly the expected form is refused.

use anyhow::{Context, Result, bail, ensure};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprLit, ExprMethodCall, File, ImplItem, Item, ItemImpl, ItemStruct, ItemUse, Lit,
    Local, Pat, Stmt, Token, UseTree, parse_quote,
};

/// Rewrites the client and all of its methods.
pub(super) fn own(file: &mut File) -> Result<()> {
    let mut clients = 0;
    for item in &mut file.items {
        match item {
            Item::Struct(client) if client.ident == "Client" => {
                only_inner(client);
                clients += 1;
            }
            Item::Impl(block) if block.trait_.is_none() && is_client(block) => methods(block)?,
            Item::Use(imports) => no_hooks(imports),
            _ => {}
        }
    }
    ensure!(clients == 1, "expected one `Client`, found {clients}");
    file.items.retain(|item| match item {
        // The traits of hooks, and the proof that they are implemented.
        Item::Const(_) => false,
        Item::Impl(block) => block.trait_.is_none() && !block.items.is_empty(),
        Item::Use(imports) => !is_empty(imports),
        _ => true,
    });
    let first = file
        .items
        .iter()
        .position(|item| !matches!(item, Item::Use(_)));
    let import = parse_quote!(
        #[allow(unused_imports)]
        use ::teams_phone_core::hooks::{Draft, encode_path};
    );
    file.items.insert(first.unwrap_or(0), import);
    Ok(())
}

fn is_client(block: &ItemImpl) -> bool {
    let name = &block.self_ty;
    quote!(#name).to_string() == "Client"
}

fn only_inner(client: &mut ItemStruct) {
    if let syn::Fields::Named(fields) = &mut client.fields {
        let all = std::mem::take(&mut fields.named);
        let inner = |field: &syn::Field| field.ident.as_ref().is_some_and(|name| name == "inner");
        fields.named = all.into_iter().filter(inner).collect();
    }
}

/// Drops the imports that only the calls needed.
fn no_hooks(imports: &mut ItemUse) {
    const UNUSED: [&str; 5] = [
        "ClientInfo",
        "ClientHooks",
        "OperationInfo",
        "RequestBuilderExt",
        "encode_path",
    ];
    let UseTree::Path(path) = &mut imports.tree else {
        return;
    };
    if let UseTree::Group(group) = path.tree.as_mut() {
        let all = std::mem::take(&mut group.items);
        let used = |tree: &UseTree| !matches!(tree, UseTree::Name(name) if UNUSED.iter().any(|unused| name.ident == unused));
        group.items = all.into_iter().filter(used).collect();
    }
}

fn is_empty(imports: &ItemUse) -> bool {
    let UseTree::Path(path) = &imports.tree else {
        return false;
    };
    matches!(&*path.tree, UseTree::Group(group) if group.items.is_empty())
}

fn methods(block: &mut ItemImpl) -> Result<()> {
    // A client is made from the runtime's state alone; see the crate's `client`.
    block.items.retain(|item| {
        let is_new = |name: &syn::Ident| name == "new" || name == "new_with_client";
        !matches!(item, ImplItem::Fn(function) if is_new(&function.sig.ident))
    });
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else {
            bail!("the client has something else than methods");
        };
        let name = function.sig.ident.to_string();
        body(&mut function.block).with_context(|| format!("method `{name}`"))?;
    }
    Ok(())
}

/// Rewrites one method, statement by statement.
fn body(block: &mut Block) -> Result<()> {
    let mut operation = None;
    let mut kept = Vec::new();
    for mut statement in std::mem::take(&mut block.stmts) {
        let text = quote!(#statement).to_string();
        match &mut statement {
            Stmt::Local(local) => match name(local).as_str() {
                "url" => {
                    let init = local.init.take().context("`url` has no value")?;
                    let path = path(*init.expr)?;
                    kept.push(parse_quote!(let path = #path;));
                }
                "header_map" => {}
                "request" => {
                    let init = local.init.take().context("`request` has no value")?;
                    let draft = draft(*init.expr)?;
                    kept.push(parse_quote!(let request = #draft;));
                }
                "info" => operation = Some(id_in(&text)?),
                "result" => {}
                "response" => {
                    let id = operation.take().context("the operation has no id")?;
                    kept.push(parse_quote!(
                        let response = crate::hooks::execute(&self.inner, request, #id).await;
                    ));
                }
                other => bail!("unknown variable `{other}`"),
            },
            Stmt::Expr(Expr::MethodCall(call), _) if call.method == "append" => {
                ensure!(text.contains("\"api-version\""), "unknown header: {text}");
            }
            Stmt::Expr(Expr::Try(_), _) if text.starts_with("self . p") => {}
            Stmt::Expr(Expr::Match(_), None) => {
                Answers.visit_stmt_mut(&mut statement);
                let text = quote!(#statement).to_string();
                ensure!(!text.contains("(response)"), "unknown answer: {text}");
                kept.push(statement);
            }
            _ => bail!("unknown statement: {text}"),
        }
    }
    block.stmts = kept;
    Ok(())
}

fn name(local: &Local) -> String {
    match &local.pat {
        Pat::Ident(pattern) => pattern.ident.to_string(),
        _ => String::new(),
    }
}

fn id_in(text: &str) -> Result<String> {
    let id = text.split('"').nth(1);
    id.map(str::to_owned).context("the operation has no id")
}

/// Rewrites the chain of calls that builds a request.
fn draft(value: Expr) -> Result<Expr> {
    let call = match value {
        Expr::Try(inner) => return draft(*inner.expr),
        Expr::MethodCall(call) => call,
        other => bail!("unknown part of a request: {}", quote!(#other)),
    };
    let ExprMethodCall {
        receiver,
        method,
        args,
        ..
    } = call;
    let text = quote!(#args).to_string();
    match method.to_string().as_str() {
        "build" | "headers" => draft(*receiver),
        "header" => {
            ensure!(
                text.contains(":: ACCEPT") && text.contains("\"application/json\""),
                "unknown header: {text}"
            );
            draft(*receiver)
        }
        "json" => {
            let receiver = draft(*receiver)?;
            Ok(parse_quote!(#receiver.json(body)))
        }
        "query" => {
            let receiver = draft(*receiver)?;
            let (name, value) = pair(&args[0])?;
            Ok(parse_quote!(#receiver.query(#name, #value)))
        }
        "get" | "put" | "post" | "patch" | "delete" => {
            let owner = quote!(#receiver).to_string();
            ensure!(owner == "self . client", "unknown sender: {owner}");
            Ok(parse_quote!(Draft::#method(path)))
        }
        other => bail!("unknown part of a request: `{other}`"),
    }
}

/// The name of a query parameter, and the variable with its value.
fn pair(parameter: &Expr) -> Result<(Expr, Expr)> {
    if let Expr::Reference(reference) = parameter
        && let Expr::Call(call) = &*reference.expr
        && let [name, Expr::Reference(value)] = &*call.args.iter().cloned().collect::<Vec<_>>()
    {
        return Ok((name.clone(), (*value.expr).clone()));
    }
    bail!("unknown query parameter: {}", quote!(#parameter))
}

/// Takes the base URL out of a path, and encodes ids without copying them first.
fn path(value: Expr) -> Result<Expr> {
    let text = quote!(#value).to_string();
    let unknown = || format!("unknown URL: {text}");
    let Expr::Macro(format) = value else {
        bail!(unknown());
    };
    let parse = Punctuated::<Expr, Token![,]>::parse_terminated;
    let arguments = format.mac.parse_body_with(parse).with_context(unknown)?;
    let mut arguments = arguments.into_iter();
    let template = arguments.next().and_then(|template| match template {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.value().strip_prefix("{}").map(str::to_owned),
        _ => None,
    });
    let (template, base) = (template.with_context(unknown)?, arguments.next());
    ensure!(matches!(base, Some(Expr::Field(_))), unknown());
    let ids: Vec<Expr> = arguments.map(id).collect::<Result<_>>()?;
    Ok(if ids.is_empty() {
        parse_quote!(#template.to_owned())
    } else {
        parse_quote!(format!(#template, #(#ids),*))
    })
}

/// `encode_path(&id.to_string())` without the copy.
fn id(argument: Expr) -> Result<Expr> {
    if let Expr::Call(call) = &argument
        && let Some(Expr::Reference(reference)) = call.args.first()
        && let Expr::MethodCall(copy) = &*reference.expr
        && copy.method == "to_string"
    {
        let id = &copy.receiver;
        return Ok(parse_quote!(encode_path(#id)));
    }
    bail!("unknown part of a path: {}", quote!(#argument))
}

/// Reads answers with the runtime's methods.
struct Answers;

impl VisitMut for Answers {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        let text = quote!(#expression).to_string();
        match text.as_str() {
            "ResponseValue :: from_response (response) . await" => {
                *expression = parse_quote!(response.value());
            }
            "ResponseValue :: empty (response)" => *expression = parse_quote!(response.empty()),
            "Error :: UnexpectedResponse (response)" => {
                *expression = parse_quote!(response.unexpected());
            }
            _ => visit_mut::visit_expr_mut(self, expression),
        }
    }
}
