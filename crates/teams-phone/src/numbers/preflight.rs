//! Owns the checks before a number is assigned: what the service would refuse, said beforehand and in words.

use teams_phone_core::{Error, ErrorDetail, ErrorKind, RequestOptions, Result};

use super::get::held_by_another;
use super::{Holding, NumberAssignment, NumberCapability, Numbers};
use crate::request::request;
use crate::users::{LicenseDetails, User, UserRef};
use crate::{GraphClient, PhoneNumber};

/// The product of the licence for resource accounts, and the service plans that make a user a Teams Phone user.
const RESOURCE_ACCOUNT_SKU: &str = "PHONESYSTEM_VIRTUALUSER";
/// The department that Teams gives resource accounts, by convention.
const RESOURCE_ACCOUNTS: &str = "Microsoft Communication Application Instance";
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

const EVERY: [Check; 6] = [
    Check::NumberExists,
    Check::TargetExists,
    Check::Unassigned,
    Check::Capability,
    Check::UsageLocation,
    Check::License,
];

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
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
    /// All checks, those that were not made last.
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

    /// Leaves out a check; may be called again. Number and target are looked up all the same, but a target
    /// that is given by object id need not be found then.
    pub fn skip(mut self, check: Check) -> Self {
        self.skipped.push(check);
        self
    }

    async fn send(self) -> Result<Preflight> {
        self.target.segment()?;
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
        for check in EVERY {
            if !preflight
                .findings
                .iter()
                .any(|finding| finding.check == check)
            {
                let why = if self.wants(check) {
                    "what it needs is missing"
                } else {
                    "left out"
                };
                preflight.add(check, Verdict::NotChecked, why);
            }
        }
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
                let is_needed = self.wants(Check::TargetExists) || self.target.id().is_none();
                let verdict = if is_needed {
                    Verdict::Failed
                } else {
                    Verdict::NotChecked
                };
                preflight.add(Check::TargetExists, verdict, message);
            }
            Err(error) if is_forbidden(&error) => {
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
        if !self.wants(Check::Capability) && !self.wants(Check::License) {
            return Ok(());
        }
        let (kind, unknown) = self.find_kind(preflight).await?;
        preflight.target_kind = kind;
        if let (Some(number), true) = (&preflight.number, self.wants(Check::Capability)) {
            let (verdict, message) = judge_capability(number, kind, unknown);
            preflight.add(Check::Capability, verdict, message);
        }
        Ok(())
    }

    /// What the target is, or why that is not known.
    async fn find_kind(&self, preflight: &Preflight) -> Result<(Option<TargetKind>, String)> {
        let known = |kind| Ok((Some(kind), String::new()));
        let unknown = |why: &str| Ok((None, why.to_owned()));
        let user = preflight.target.as_ref();
        let department = user.and_then(|user| user.department.as_deref());
        if department.is_some_and(|name| name.eq_ignore_ascii_case(RESOURCE_ACCOUNTS)) {
            return known(TargetKind::ResourceAccount);
        }
        let Some(target) = user.map(|user| &user.id).or(self.target.id()) else {
            return unknown("the target is not known");
        };
        let get = self.client.resource_accounts().get(target);
        match get.options(self.options.clone()).await {
            Ok(_) => known(TargetKind::ResourceAccount),
            // People can sign in; an account that cannot may be a resource account that Teams has yet to learn of.
            Err(error) if error.is_not_found() => {
                match user.and_then(|user| user.account_enabled) {
                    Some(true) => known(TargetKind::User),
                    _ => unknown("Teams has no resource account of this id, or not yet"),
                }
            }
            Err(error) if is_forbidden(&error) => unknown(&unreadable(&error)),
            // The path is in no public metadata; the service may come to refuse it.
            Err(error) if error.status() == Some(400) => unknown(error.message()),
            Err(error) => Err(error),
        }
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
            Err(error) if is_forbidden(&error) => {
                preflight.add(Check::License, Verdict::NotChecked, unreadable(&error));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn judge_capability(
    number: &NumberAssignment,
    kind: Option<TargetKind>,
    unknown: String,
) -> (Verdict, String) {
    let is = |capability| number.capabilities.contains(&capability);
    let (for_accounts, for_users) = (
        is(NumberCapability::VoiceApplicationAssignment),
        is(NumberCapability::UserAssignment),
    );
    let (fits, what) = match kind {
        Some(TargetKind::ResourceAccount) => (for_accounts, "a resource account"),
        Some(TargetKind::User) => (for_users, "a user"),
        None if for_accounts && for_users => (true, "users and resource accounts alike"),
        None if for_accounts || for_users => return (Verdict::NotChecked, unknown),
        None => (false, "users or resource accounts"),
    };
    if fits {
        return (
            Verdict::Passed,
            format!("the number may be assigned to {what}"),
        );
    }
    let has: Vec<&str> = number
        .capabilities
        .iter()
        .map(NumberCapability::as_str)
        .collect();
    let has = if has.is_empty() {
        "none".to_owned()
    } else {
        has.join(", ")
    };
    let message = format!(
        "{} cannot be assigned to {what}; its capabilities are {has}: a resource account needs a service number (`voiceApplicationAssignment`), a user a user number (`userAssignment`)",
        number.telephone_number,
    );
    (Verdict::Failed, message)
}

/// Whether a permission is missing. A token that is not accepted at all (401) is another matter.
fn is_forbidden(error: &Error) -> bool {
    error.status() == Some(403)
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
