//! Owns licences: what the tenant has, what an account has, and giving it one although the directory needs
//! time to know a new account.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use graph_teams_rest::v1_0::{self, types};
use teams_phone_core::hooks::Repeat;
use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, RequestOptions, Result};

use super::{User, UserRef, Users};
use crate::GraphClient;
use crate::pages::{self, Page, Paged, Place};
use crate::request::request;

/// A product that the tenant has bought, with the number of licences.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SubscribedSku {
    /// The product's id, a GUID.
    pub sku_id: String,
    /// The product's name in the API, such as `PHONESYSTEM_VIRTUALUSER`.
    pub sku_part_number: String,
    /// Whether it can be used, such as `Enabled` or `Suspended`.
    pub capability_status: Option<String>,
    /// Licences that are assigned.
    pub consumed_units: i32,
    /// Licences that were bought and can be assigned.
    pub enabled_units: i32,
    /// The services in it.
    pub service_plans: Vec<ServicePlan>,
}

impl SubscribedSku {
    /// How many licences are free.
    #[must_use]
    pub fn available_units(&self) -> i32 {
        self.enabled_units
            .saturating_sub(self.consumed_units)
            .max(0)
    }
}

/// A licence that an account has.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LicenseDetails {
    /// The product's id, a GUID.
    pub sku_id: String,
    /// The product's name in the API, such as `PHONESYSTEM_VIRTUALUSER`.
    pub sku_part_number: String,
    /// The services in it.
    pub service_plans: Vec<ServicePlan>,
}

/// One service of a product.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServicePlan {
    /// Its id, a GUID.
    pub service_plan_id: String,
    /// Its name in the API, such as `MCOEV`.
    pub service_plan_name: String,
    /// How far it is set up, such as `Success` or `PendingActivation`.
    pub provisioning_status: Option<String>,
}

/// A request for the products that the tenant has; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ListSubscribedSkus {
    pub(super) client: GraphClient,
    pub(super) options: RequestOptions,
}

request!(ListSubscribedSkus => Vec<SubscribedSku>);

impl ListSubscribedSkus {
    async fn send(self) -> Result<Vec<SubscribedSku>> {
        all(self).await
    }

    async fn get(&self, place: Place) -> Result<Page<SubscribedSku>> {
        let options = self.options.clone();
        let answer: types::SubscribedSkuCollectionResponse = match place {
            Place::Link(link) => self.client.follow(Self::OPERATION, options, &link).await?,
            Place::First | Place::After(..) => {
                let call = self.client.call(
                    Self::OPERATION,
                    options,
                    |inner| inner,
                    async |inner| v1_0::client(inner).subscribed_sku_list(None).await,
                );
                call.await?.value
            }
        };
        let skus = answer.value.into_iter().map(Into::into).collect();
        Ok((skus, pages::linked(answer.odata_next_link)))
    }
}

impl Paged for ListSubscribedSkus {
    type Item = SubscribedSku;
    const OPERATION: &'static str = "subscribed_sku_list";

    fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<SubscribedSku>>> {
        self.get(place).boxed()
    }
}

/// A request for the licences of an account; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ListLicenseDetails {
    pub(super) client: GraphClient,
    pub(super) user: UserRef,
    pub(super) options: RequestOptions,
}

request!(ListLicenseDetails => Vec<LicenseDetails>);

impl ListLicenseDetails {
    async fn send(self) -> Result<Vec<LicenseDetails>> {
        all(self).await
    }

    async fn get(&self, place: Place) -> Result<Page<LicenseDetails>> {
        let options = self.options.clone();
        let answer: types::LicenseDetailsCollectionResponse = match place {
            Place::Link(link) => self.client.follow(Self::OPERATION, options, &link).await?,
            Place::First | Place::After(..) => {
                let user = self.user.segment()?;
                let call = self.client.call(
                    Self::OPERATION,
                    options,
                    |inner| inner,
                    async |inner| {
                        v1_0::client(inner)
                            .user_license_details_list(user, None)
                            .await
                    },
                );
                call.await?.value
            }
        };
        let licenses = answer.value.into_iter().map(Into::into).collect();
        Ok((licenses, pages::linked(answer.odata_next_link)))
    }
}

impl Paged for ListLicenseDetails {
    type Item = LicenseDetails;
    const OPERATION: &'static str = "user_license_details_list";

    fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<LicenseDetails>>> {
        self.get(place).boxed()
    }
}

async fn all<L: Paged>(list: L) -> Result<Vec<L::Item>> {
    use futures::TryStreamExt as _;

    pages::items(list).try_collect().await
}

/// What a request for a licence did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AssignedLicense {
    /// The account.
    pub user: User,
    /// The product.
    pub sku: SubscribedSku,
    /// Whether the licence is new; `false` if the account had it already.
    pub changed: bool,
}

/// A request to give an account a licence; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct AssignLicense {
    client: GraphClient,
    user: UserRef,
    sku: String,
    settle: PollPolicy,
    /// Whether an account that cannot even be read may be on its way.
    is_new: bool,
    options: RequestOptions,
}

request!(AssignLicense => AssignedLicense);

impl AssignLicense {
    pub(super) fn new(client: GraphClient, user: UserRef, sku: &str) -> Self {
        Self {
            client,
            user,
            sku: sku.to_owned(),
            settle: PollPolicy::default()
                .first_wait(Duration::from_secs(5))
                .longest_wait(Duration::from_secs(30))
                .within(Duration::from_secs(60)),
            is_new: false,
            options: RequestOptions::default(),
        }
    }

    /// How long to try again while the directory does not know the account yet. Give some minutes for an
    /// account that was created a moment ago.
    ///
    /// Default: 60 s for an account that can be read and not be given a licence yet, and no time for one
    /// that cannot be read, whose name may be mistyped.
    pub fn within(mut self, within: Duration) -> Self {
        self.settle = self.settle.within(within);
        self.is_new = true;
        self
    }

    async fn send(self) -> Result<AssignedLicense> {
        let sku = self.find_sku().await?;
        let mut settling = self.settle.start(self.client.clock());
        loop {
            let failed = match self.try_once(&sku).await {
                Ok((user, changed)) => return Ok(AssignedLicense { user, sku, changed }),
                Err(error) if self.settles(&error) => error,
                Err(error) => return Err(error),
            };
            tracing::info!(error = %failed, "the directory does not know the account yet");
            if !settling.wait(failed.retry_after()).await {
                return Err(failed);
            }
        }
    }

    async fn find_sku(&self) -> Result<SubscribedSku> {
        let users = Users::new(self.client.clone());
        let skus = users
            .subscribed_skus()
            .options(self.options.clone())
            .await?;
        let same = |sku: &&SubscribedSku| {
            sku.sku_part_number.eq_ignore_ascii_case(&self.sku)
                || sku.sku_id.eq_ignore_ascii_case(&self.sku)
        };
        skus.iter().find(same).cloned().ok_or_else(|| {
            let names: Vec<&str> = skus.iter().map(|sku| sku.sku_part_number.as_str()).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Error::not_found(format!("the tenant has no product {:?}; it has {names}", self.sku))
                .with_operation("subscribed_sku_list")
                .with_hint("Teams Phone Resource Account is PHONESYSTEM_VIRTUALUSER; its licences are free but have to be acquired")
        })
    }

    /// Reads the account and gives it the licence unless it has it.
    async fn try_once(&self, sku: &SubscribedSku) -> Result<(User, bool)> {
        let users = Users::new(self.client.clone());
        let user = users
            .get(self.user.clone())
            .options(self.options.clone())
            .await?;
        if user
            .assigned_licenses
            .iter()
            .any(|id| id.eq_ignore_ascii_case(&sku.sku_id))
        {
            return Ok((user, false));
        }
        if user.usage_location.is_none() {
            return Err(
                Error::conflict(format!("{} has no usage location", self.user))
                    .with_operation("user_assign_license")
                    .with_hint("set the usage location first: licences depend on the country"),
            );
        }
        if sku.available_units() == 0 {
            let message = format!(
                "all {} licences of {} are in use",
                sku.enabled_units, sku.sku_part_number
            );
            return Err(Error::conflict(message)
                .with_operation("user_assign_license")
                .with_hint("acquire more, or take one from an account that does not need it"));
        }
        let body = types::AssignLicenseRequest {
            add_licenses: vec![types::AssignedLicense {
                sku_id: Some(sku.sku_id.clone()),
                disabled_plans: Some(Vec::new()),
            }],
            remove_licenses: Vec::new(),
        };
        let call = self.client.call(
            "user_assign_license",
            self.options.clone(),
            // It only adds: twice is the same as once.
            |inner| inner.with_repeat(Repeat::Always),
            async |inner| {
                v1_0::client(inner)
                    .user_assign_license(user.id.as_str(), &body)
                    .await
            },
        );
        // The answer leaves out most of the account, what it has now included.
        call.await?;
        let mut user = user;
        user.assigned_licenses.push(sku.sku_id.clone());
        Ok((user, true))
    }
}

impl AssignLicense {
    /// Whether an error is what a directory answers whose copies do not all know the account yet.
    fn settles(&self, error: &Error) -> bool {
        if error.operation() == Some("user_get") {
            return self.is_new && error.is_not_found();
        }
        let said = error.message().to_ascii_lowercase();
        match error.status() {
            Some(404) => true,
            Some(409) => error.code().is_some_and(|code| {
                code.eq_ignore_ascii_case("Request_MultipleObjectsWithSameKeyValue")
                    || code.to_ascii_lowercase().contains("concurrency")
            }),
            // The usage location was read a moment ago, from a copy that has it.
            Some(400) => said.contains("usage location"),
            _ => false,
        }
    }
}

impl From<types::SubscribedSku> for SubscribedSku {
    fn from(answer: types::SubscribedSku) -> Self {
        Self {
            sku_id: answer.sku_id.unwrap_or_default().to_ascii_lowercase(),
            sku_part_number: answer.sku_part_number.unwrap_or_default(),
            capability_status: answer.capability_status,
            consumed_units: answer.consumed_units.unwrap_or_default(),
            enabled_units: answer
                .prepaid_units
                .and_then(|units| units.enabled)
                .unwrap_or_default(),
            service_plans: plans(answer.service_plans),
        }
    }
}

impl From<types::LicenseDetails> for LicenseDetails {
    fn from(answer: types::LicenseDetails) -> Self {
        Self {
            sku_id: answer.sku_id.unwrap_or_default().to_ascii_lowercase(),
            sku_part_number: answer.sku_part_number.unwrap_or_default(),
            service_plans: plans(answer.service_plans),
        }
    }
}

fn plans(plans: Option<Vec<types::ServicePlanInfo>>) -> Vec<ServicePlan> {
    let plans = plans.unwrap_or_default().into_iter();
    plans
        .map(|plan| ServicePlan {
            service_plan_id: plan.service_plan_id.unwrap_or_default(),
            service_plan_name: plan.service_plan_name.unwrap_or_default(),
            provisioning_status: plan.provisioning_status,
        })
        .collect()
}
