//! Owns `licence`: the products of the tenant, and giving an account one.

use serde::Serialize;
use teams_phone::users::SubscribedSku;

use super::order::Patience;
use crate::args::{AssignLicenceArgs, ConnectionArgs, LicenceCommand};
use crate::connection;
use crate::failure::Failure;
use crate::output::table::{Column, List, Row};
use crate::output::{self, Printer, Report};

/// Runs a command about licences.
pub(super) async fn run(
    command: LicenceCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        LicenceCommand::List => list(connection, printer).await,
        LicenceCommand::Assign(args) => assign(&args, connection, printer).await,
    }
}

async fn list(connection: &ConnectionArgs, printer: Printer) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let skus = client.users().subscribed_skus().await;
    let skus = skus.map_err(|error| connection::graph_failed(error, &client))?;
    let mut list = List::new(printer);
    for sku in &skus {
        list.add(Product::new(sku))?;
    }
    list.finish("the tenant has no products")
}

async fn assign(
    args: &AssignLicenceArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let mut request = client.users().assign_license(args.user.clone(), &args.sku);
    if let Some(within) = args.within {
        request = request.within(within);
    }
    let what = format!("giving {} the licence {}", args.user, args.sku);
    let again = "run the command again: an account that has the licence is left as it is";
    let work = async { request.await };
    let assigned = Patience::new()?.during(what, again, work).await?;
    let assigned = assigned.map_err(|error| connection::graph_failed(error, &client))?;
    printer.show(&Assigned {
        outcome: if assigned.changed {
            "assigned"
        } else {
            "unchanged"
        },
        changed: assigned.changed,
        user_id: assigned.user.id.to_string(),
        user_principal_name: assigned.user.user_principal_name,
        sku: Product::new(&assigned.sku),
    })
}

#[derive(Serialize)]
struct Product {
    sku_part_number: String,
    sku_id: String,
    capability_status: Option<String>,
    enabled_units: i32,
    consumed_units: i32,
    available_units: i32,
    service_plans: Vec<String>,
}

impl Product {
    fn new(from: &SubscribedSku) -> Self {
        let plans = from.service_plans.iter();
        Self {
            sku_part_number: from.sku_part_number.clone(),
            sku_id: from.sku_id.clone(),
            capability_status: from.capability_status.clone(),
            enabled_units: from.enabled_units,
            consumed_units: from.consumed_units,
            available_units: from.available_units(),
            service_plans: plans.map(|plan| plan.service_plan_name.clone()).collect(),
        }
    }
}

impl Row for Product {
    const COLUMNS: &'static [Column] = &[
        Column::shown("sku_part_number", "product"),
        Column::extra("sku_id", "id"),
        Column::shown("capability_status", "state"),
        Column::shown("enabled_units", "bought"),
        Column::shown("consumed_units", "in use"),
        Column::shown("available_units", "free"),
        Column::cut("service_plans", "services"),
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.sku_part_number.clone(),
            self.sku_id.clone(),
            self.capability_status.clone().unwrap_or_default(),
            self.enabled_units.to_string(),
            self.consumed_units.to_string(),
            self.available_units.to_string(),
            self.service_plans.join(" "),
        ]
    }
}

#[derive(Serialize)]
struct Assigned {
    outcome: &'static str,
    changed: bool,
    user_id: String,
    user_principal_name: Option<String>,
    sku: Product,
}

impl Report for Assigned {
    fn human(&self) -> String {
        let name = self.user_principal_name.clone();
        let mut rows = vec![
            ("outcome", self.outcome.to_owned()),
            ("object", self.user_id.clone()),
        ];
        rows.extend(name.map(|name| ("name", name)));
        rows.push(("product", self.sku.sku_part_number.clone()));
        output::rows(rows)
    }
}
