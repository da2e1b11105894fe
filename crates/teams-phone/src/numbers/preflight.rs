//! Owns the checks before a number is assigned: what the service would refuse, said beforehand and in words.

use teams_phone_core::{Error, ErrorDetail, ErrorKind, RequestOptions, Result};

use super::get::held_by_another;
use super::{Holding, NumberAssignment, NumberCapability, Numbers};
use crate::request::request;
use crate::users::{LicenseDetails, User, UserRef};
use crate::{GraphClient, PhoneNumber};

/// The product of the licence for resource accounts, and the service plans that make a user a Teams Phone user.
const RESOURCE_ACCOUNT_SKU: &str = "PHONESYSTEM_VIRTUALUSER";
const PHONE_PLANS: [&str; 2] = ["MCOEV", "MCOEV_VIRTUALUSER"];

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Check {
    /// The tenant has the number.
    NumberExists,
    /// Nobody has the number, or the target has it already.
    Unassigned,
    /// The directory has the target.
    TargetExists,
    /// The number may be used for this kind of target.
    Capability,
    /// The target has a licence for Teams Phone.
    License,
    /// The target has a usage location, without which licences do not work.
    UsageLocation,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// All is well.
    Passed,
    /// The assignment would fail.
    Failed,
    /// It could not be looked at, or was left out.
    NotChecked,
}

/// What a number is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum TargetKind {
    /// A person.
    User,
    /// A resource account.
    ResourceAccount,
}

/// One check and what it found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// What was checked.
    pub check: Check,
    /// What it found.
    pub verdict: Verdict,
    /// The facts, and what to do if it failed.
    pub message: String,
}

/// What all checks found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Preflight {
    /// The number, if the tenant has it.
    pub number: Option<NumberAssignment>,
    /// The target, if the directory has it.
    pub target: Option<User>,
    /// What the target is, if that could be read.
    pub target_kind: Option<TargetKind>,
    /// The checks in order; one whose basis is missing is left out.
    pub findings: Vec<Finding>,
}

impl Preflight {
    /// Whether no check failed.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Finding> {
        let failed = |finding: &&Finding| finding.verdict == Verdict::Failed;
        self.findings.iter().filter(failed)
    }

    /// The error of the first check that failed; its details have all of them.
    ///
    /// # Errors
    /// [`Error::is_not_found`] for a number or target that does not exist, [`Error::is_conflict`] for a number
    /// that somebody else has, otherwise of the kind [`ErrorKind::Operation`].
    pub fn into_result(self) -> Result<Self> {
        let Some(first) = self.failed().next() else {
            return Ok(self);
        };
        let error = match (first.check, &self.number) {
            (Check::NumberExists | Check::TargetExists, _) => Error::not_found(&first.message),
            (Check::Unassigned, Some(number)) => held_by_another(number),
            _ => Error::new(ErrorKind::Operation, &first.message),
        };
        let details = self.failed();
        let details = details
            .map(|finding| ErrorDetail::new(format!("{:?}", finding.check), &finding.message));
        Err(error
            .with_details(details.collect())
            .with_operation("number_preflight"))
    }

    fn is_target_unread(&self) -> bool {
        let unread = |finding: &Finding| {
            finding.check == Check::TargetExists && finding.verdict == Verdict::NotChecked
        };
        self.findings.iter().any(unread)
    }

    fn add(&mut self, check: Check, verdict: Verdict, message: impl Into<String>) {
        let message = message.into();
        self.findings.push(Finding {
            check,
            verdict,
            message,
        });
    }
}

/// A request to run the checks; await it to run them.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct CheckNumber {
    client: GraphClient,
    number: PhoneNumber,
    target: UserRef,
    skipped: Vec<Check>,
    options: RequestOptions,
}

request!(CheckNumber => Preflight);

impl CheckNumber {
    pub(super) fn new(client: GraphClient, number: &PhoneNumber, target: UserRef) -> Self {
        Self {
            client,
            number: number.clone(),
            target,
            skipped: Vec::new(),
            options: RequestOptions::default(),
        }
    }

    /// Leaves out a check; may be called again. Number and target are always looked up.
    pub fn skip(mut self, check: Check) -> Self {
        self.skipped.push(check);
        self
    }

    async fn send(self) -> Result<Preflight> {
        let mut preflight = Preflight {
            number: None,
            target: None,
            target_kind: None,
            findings: Vec::new(),
        };
        self.check_number(&mut preflight).await?;
        self.check_target(&mut preflight).await?;
        self.check_holder(&mut preflight);
        self.check_capability(&mut preflight).await?;
        self.check_license(&mut preflight).await?;
        Ok(preflight)
    }

    fn wants(&self, check: Check) -> bool {
        !self.skipped.contains(&check)
    }

    async fn check_number(&self, preflight: &mut Preflight) -> Result<()> {
        let get = Numbers::new(self.client.clone()).get(&self.number);
        match get.options(self.options.clone()).await {
            Ok(number) => {
                let message = format!("{} is a number of the tenant", self.number);
                preflight.add(Check::NumberExists, Verdict::Passed, message);
                preflight.number = Some(number);
            }
            Err(error) if error.is_not_found() => {
                preflight.add(Check::NumberExists, Verdict::Failed, error.message());
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn check_target(&self, preflight: &mut Preflight) -> Result<()> {
        let get = self.client.users().get(self.target.clone());
        match get.options(self.options.clone()).await {
            Ok(user) => {
                let message = format!("{} is {}", self.target, user.id);
                preflight.add(Check::TargetExists, Verdict::Passed, message);
                preflight.target = Some(user);
            }
            Err(error) if error.is_not_found() => {
                let message = format!(
                    "the directory has no user or resource account {}; one that was created lately takes a minute or more to appear",
                    self.target
                );
                preflight.add(Check::TargetExists, Verdict::Failed, message);
            }
            Err(error) if error.is_permission() => {
                preflight.add(Check::TargetExists, Verdict::NotChecked, unreadable(&error));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn check_holder(&self, preflight: &mut Preflight) {
        let Some(number) = preflight
            .number
            .clone()
            .filter(|_| self.wants(Check::Unassigned))
        else {
            return;
        };
        let target = preflight
            .target
            .as_ref()
            .map(|user| &user.id)
            .or(self.target.id());
        let (verdict, message) = match number.holding() {
            Holding::Free => (Verdict::Passed, "nobody has the number".to_owned()),
            Holding::By(holder) if Some(holder) == target => (
                Verdict::Passed,
                "the target has the number already".to_owned(),
            ),
            Holding::By(holder) if target.is_none() && preflight.is_target_unread() => (
                Verdict::NotChecked,
                format!("{holder} has the number, which may be the target or not"),
            ),
            _ => (
                Verdict::Failed,
                held_by_another(&number).message().to_owned(),
            ),
        };
        preflight.add(Check::Unassigned, verdict, message);
    }

    async fn check_capability(&self, preflight: &mut Preflight) -> Result<()> {
        let target = preflight
            .target
            .as_ref()
            .map(|user| &user.id)
            .or(self.target.id());
        let Some(target) =
            target.filter(|_| self.wants(Check::Capability) || self.wants(Check::License))
        else {
            return Ok(());
        };
        let get = self.client.resource_accounts().get(target);
        preflight.target_kind = match get.options(self.options.clone()).await {
            Ok(_) => Some(TargetKind::ResourceAccount),
            Err(error) if error.is_not_found() => Some(TargetKind::User),
            Err(error) if error.is_permission() => {
                preflight.add(Check::Capability, Verdict::NotChecked, unreadable(&error));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let Some(number) = preflight
            .number
            .as_ref()
            .filter(|_| self.wants(Check::Capability))
        else {
            return Ok(());
        };
        let (needed, what) = match preflight.target_kind {
            Some(TargetKind::ResourceAccount) => (
                NumberCapability::VoiceApplicationAssignment,
                "a resource account",
            ),
            _ => (NumberCapability::UserAssignment, "a user"),
        };
        let (verdict, message) = if number.capabilities.contains(&needed) {
            (
                Verdict::Passed,
                format!("the number may be assigned to {what}"),
            )
        } else {
            let has: Vec<&str> = number
                .capabilities
                .iter()
                .map(NumberCapability::as_str)
                .collect();
            let message = format!(
                "{} cannot be assigned to {what}: it lacks the capability `{needed}` (it has {}); a resource account needs a service number, a user a user number",
                number.telephone_number,
                if has.is_empty() {
                    "none".to_owned()
                } else {
                    has.join(", ")
                }
            );
            (Verdict::Failed, message)
        };
        preflight.add(Check::Capability, verdict, message);
        Ok(())
    }

    async fn check_license(&self, preflight: &mut Preflight) -> Result<()> {
        let Some(user) = preflight.target.clone() else {
            return Ok(());
        };
        if self.wants(Check::UsageLocation) {
            let (verdict, message) = match &user.usage_location {
                Some(location) => (Verdict::Passed, format!("the usage location is {location}")),
                None => (
                    Verdict::Failed,
                    format!(
                        "{} has no usage location; set one before the licence",
                        self.target
                    ),
                ),
            };
            preflight.add(Check::UsageLocation, verdict, message);
        }
        if !self.wants(Check::License) {
            return Ok(());
        }
        let details = self.client.users().license_details(user.id.clone());
        match details.options(self.options.clone()).await {
            Ok(licenses) => {
                let (verdict, message) = judge_licenses(&licenses, preflight.target_kind);
                preflight.add(Check::License, verdict, message);
            }
            Err(error) if error.is_permission() => {
                preflight.add(Check::License, Verdict::NotChecked, unreadable(&error));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn judge_licenses(licenses: &[LicenseDetails], kind: Option<TargetKind>) -> (Verdict, String) {
    let gives_phone = |license: &&LicenseDetails| {
        license
            .sku_part_number
            .eq_ignore_ascii_case(RESOURCE_ACCOUNT_SKU)
            || license.service_plans.iter().any(|plan| {
                PHONE_PLANS
                    .iter()
                    .any(|name| plan.service_plan_name.eq_ignore_ascii_case(name))
            })
    };
    if let Some(license) = licenses.iter().find(gives_phone) {
        return (
            Verdict::Passed,
            format!("the licence is {}", license.sku_part_number),
        );
    }
    let needed = match kind {
        Some(TargetKind::ResourceAccount) => {
            "the target has no licence of Teams Phone; assign Teams Phone Resource Account (PHONESYSTEM_VIRTUALUSER)"
        }
        _ => {
            "the target has no licence of Teams Phone; assign one with the service plan MCOEV (a resource account: PHONESYSTEM_VIRTUALUSER)"
        }
    };
    (Verdict::Failed, needed.to_owned())
}

fn unreadable(error: &Error) -> String {
    let needed = error.accepted_permissions().join(" or ");
    if needed.is_empty() {
        format!("the token may not read it: {}", error.message())
    } else {
        format!("the token may not read it; it needs {needed}")
    }
}
