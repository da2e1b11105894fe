//! Calls an operation by its stable name, with inputs and outcome as JSON.

use std::collections::BTreeMap;

use graph_teams_rest::errors::ODataError;
use graph_teams_rest::{Error, Inner, ResponseValue, beta, v1_0};
use serde::Serialize;
use serde_json::Value;

/// What a call is made with.
#[derive(Default)]
pub(crate) struct Inputs {
    pub(crate) id: String,
    /// By name, with the dollar sign.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Inputs {
    fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.text(name).map(|text| text.parse().unwrap())
    }

    fn body<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.body.clone()).unwrap()
    }
}

/// What came of a call.
pub(crate) struct Outcome {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// The result, written as JSON again.
    pub(crate) value: Value,
}

pub(crate) type Failure = Box<Error<ODataError>>;

fn outcome<T: Serialize>(
    result: Result<ResponseValue<T>, Error<ODataError>>,
) -> Result<Outcome, Failure> {
    let result = result.map_err(Box::new)?;
    let location = result.headers().get("location");
    Ok(Outcome {
        status: result.status().as_u16(),
        location: location.map(|value| value.to_str().unwrap().to_owned()),
        value: serde_json::to_value(result.into_inner()).unwrap(),
    })
}

pub(crate) async fn call(inner: Inner, operation: &str, with: &Inputs) -> Result<Outcome, Failure> {
    let (old, new) = (beta::client(inner.clone()), v1_0::client(inner));
    let (filter, top) = (with.text("$filter"), with.number("$top"));
    let (select, expand) = (with.text("$select"), with.text("$expand"));
    match operation {
        "number_list" => outcome(new.number_list(filter, with.number("$skip"), top).await),
        "number_get" => outcome(new.number_get(&with.id).await),
        "number_assign" => outcome(new.number_assign(&with.body()).await),
        "number_unassign" => outcome(new.number_unassign(&with.body()).await),
        "number_update" => outcome(new.number_update(&with.body()).await),
        "operation_get" => outcome(new.operation_get(&with.id).await),
        "user_configuration_list" => {
            let orderby = with.text("$orderby");
            outcome(
                new.user_configuration_list(expand, filter, orderby, select, top)
                    .await,
            )
        }
        "user_configuration_get" => {
            outcome(new.user_configuration_get(&with.id, expand, select).await)
        }
        "user_get" => outcome(new.user_get(&with.id, expand, select).await),
        "user_update" => outcome(new.user_update(&with.id, &with.body()).await),
        "user_assign_license" => outcome(new.user_assign_license(&with.id, &with.body()).await),
        "user_license_details_list" => {
            outcome(new.user_license_details_list(&with.id, select).await)
        }
        "subscribed_sku_list" => outcome(new.subscribed_sku_list(select).await),
        "resource_account_list" => outcome(old.resource_account_list(filter, top).await),
        "resource_account_get" => outcome(old.resource_account_get(&with.id).await),
        other => panic!("no call for {other}"),
    }
}
