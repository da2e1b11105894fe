//! Owns `resource-account`: which there are, and what each is bound to.

use futures::TryStreamExt as _;
use serde::Serialize;
use teams_phone::resource_accounts::{ListResourceAccounts, ResourceAccount};

use crate::args::{ConnectionArgs, GetAccountArgs, ListAccountsArgs, ResourceAccountCommand};
use crate::connection;
use crate::failure::Failure;
use crate::output::table::{self, Column, List, Row};
use crate::output::{self, Printer, Report};

/// Runs a command about resource accounts.
pub(super) async fn run(
    command: ResourceAccountCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        ResourceAccountCommand::List(args) => list(&args, connection, printer).await,
        ResourceAccountCommand::Get(args) => get(&args, connection, printer).await,
    }
}

async fn list(
    args: &ListAccountsArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let request = client.resource_accounts().list();
    let request = args
        .app_id
        .iter()
        .fold(request, ListResourceAccounts::app_id);
    let resource = args.acs_resource_id.iter();
    let request = resource.fold(request, ListResourceAccounts::acs_resource_id);
    let mut accounts = request.stream();
    let mut list = List::new(printer);
    let mut left = args.limit.unwrap_or(u32::MAX);
    let failed = |error| connection::graph_failed(error, &client);
    while left > 0
        && let Some(account) = accounts.try_next().await.map_err(failed)?
    {
        list.add(Account::new(&account))?;
        left -= 1;
    }
    list.finish("there are no such resource accounts")
}

async fn get(
    args: &GetAccountArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let failed = |error| connection::graph_failed(error, &client);
    let id = client.users().resolve(args.account.clone()).await;
    let account = client.resource_accounts().get(&id.map_err(failed)?).await;
    let account = account.map_err(failed)?;
    let found = Found {
        resource_account: Account::new(&account),
    };
    table::show(printer, Account::new(&account), &found)
}

#[derive(Serialize)]
struct Account {
    id: String,
    user_principal_name: Option<String>,
    display_name: Option<String>,
    app_id: Option<String>,
    phone_number: Option<String>,
    acs_resource_id: Option<String>,
}

impl Account {
    fn new(from: &ResourceAccount) -> Self {
        Self {
            id: from.id.to_string(),
            user_principal_name: from.user_principal_name.clone(),
            display_name: from.display_name.clone(),
            app_id: from.app_id.as_ref().map(ToString::to_string),
            phone_number: from.phone_number.as_ref().map(ToString::to_string),
            acs_resource_id: from.acs_resource_id.as_ref().map(ToString::to_string),
        }
    }
}

impl Row for Account {
    const COLUMNS: &'static [Column] = &[
        Column::shown("id", "object"),
        Column::cut("user_principal_name", "name"),
        Column::extra("display_name", "display name"),
        Column::extra("app_id", "application"),
        Column::shown("phone_number", "number"),
        Column::shown("acs_resource_id", "ACS resource"),
    ];

    fn cells(&self) -> Vec<String> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.id.clone(),
            or_empty(&self.user_principal_name),
            or_empty(&self.display_name),
            or_empty(&self.app_id),
            or_empty(&self.phone_number),
            or_empty(&self.acs_resource_id),
        ]
    }
}

#[derive(Serialize)]
struct Found {
    resource_account: Account,
}

impl Report for Found {
    fn human(&self) -> String {
        let of = &self.resource_account;
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        output::rows([
            ("object", of.id.clone()),
            ("name", or_none(&of.user_principal_name)),
            ("display name", or_none(&of.display_name)),
            ("application", or_none(&of.app_id)),
            ("number", or_none(&of.phone_number)),
            ("ACS resource", or_none(&of.acs_resource_id)),
        ])
    }
}
