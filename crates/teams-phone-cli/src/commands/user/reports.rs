//! Owns how users are told; decides nothing.

use serde::Serialize;
use teams_phone::users::{LicenseDetails, User, UserConfiguration};

use crate::output::table::{Column, Row};
use crate::output::{self, Report};

/// An account as the directory and Teams have it. What could not be read, or is not there, is `null`.
#[derive(Serialize)]
pub(super) struct Account {
    id: String,
    user_principal_name: Option<String>,
    display_name: Option<String>,
    account_enabled: Option<bool>,
    usage_location: Option<String>,
    department: Option<String>,
    licences: Option<Vec<Licence>>,
    teams: Option<Settings>,
}

#[derive(Serialize)]
struct Licence {
    sku_part_number: String,
    sku_id: String,
    service_plans: Vec<String>,
}

#[derive(Serialize)]
struct Settings {
    account_type: Option<String>,
    telephone_numbers: Vec<String>,
    feature_types: Vec<String>,
    is_enterprise_voice_enabled: Option<bool>,
    policies: Vec<Policy>,
}

#[derive(Serialize)]
struct Policy {
    policy_type: String,
    display_name: Option<String>,
}

impl Account {
    pub(super) fn new(
        user: &User,
        licences: Option<&[LicenseDetails]>,
        settings: Option<&UserConfiguration>,
    ) -> Self {
        Self {
            id: user.id.to_string(),
            user_principal_name: user.user_principal_name.clone(),
            display_name: user.display_name.clone(),
            account_enabled: user.account_enabled,
            usage_location: user.usage_location.clone(),
            department: user.department.clone(),
            licences: licences.map(|all| all.iter().map(Licence::new).collect()),
            teams: settings.map(Settings::new),
        }
    }

    fn licences(&self) -> Option<String> {
        let names = self.licences.as_ref()?.iter();
        let names: Vec<&str> = names.map(|each| each.sku_part_number.as_str()).collect();
        Some(names.join(" "))
    }

    fn numbers(&self) -> Option<String> {
        Some(self.teams.as_ref()?.telephone_numbers.join(" "))
    }
}

impl Licence {
    fn new(from: &LicenseDetails) -> Self {
        let plans = from.service_plans.iter();
        Self {
            sku_part_number: from.sku_part_number.clone(),
            sku_id: from.sku_id.clone(),
            service_plans: plans.map(|plan| plan.service_plan_name.clone()).collect(),
        }
    }
}

impl Settings {
    fn new(from: &UserConfiguration) -> Self {
        let policies = from.effective_policy_assignments.iter();
        Self {
            account_type: from.account_type.as_ref().map(ToString::to_string),
            telephone_numbers: numbers(from),
            feature_types: from.feature_types.clone(),
            is_enterprise_voice_enabled: from.is_enterprise_voice_enabled,
            policies: policies
                .map(|policy| Policy {
                    policy_type: policy.policy_type.clone(),
                    display_name: policy.display_name.clone(),
                })
                .collect(),
        }
    }
}

fn numbers(of: &UserConfiguration) -> Vec<String> {
    let numbers = of.telephone_numbers.iter();
    numbers
        .map(|number| number.telephone_number.to_string())
        .collect()
}

fn flag(flag: Option<bool>) -> String {
    flag.map(|flag| flag.to_string()).unwrap_or_default()
}

impl Row for Account {
    const COLUMNS: &'static [Column] = &[
        Column::shown("id", "object"),
        Column::cut("user_principal_name", "name"),
        Column::hidden("display_name"),
        Column::hidden("account_enabled"),
        Column::shown("usage_location", "location"),
        Column::hidden("department"),
        Column::shown("licences", "licences"),
        Column::shown("telephone_numbers", "numbers"),
    ];

    fn cells(&self) -> Vec<String> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.id.clone(),
            or_empty(&self.user_principal_name),
            or_empty(&self.display_name),
            flag(self.account_enabled),
            or_empty(&self.usage_location),
            or_empty(&self.department),
            self.licences().unwrap_or_default(),
            self.numbers().unwrap_or_default(),
        ]
    }
}

/// Outcome of `user show`.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) user: Account,
}

impl Report for Shown {
    fn human(&self) -> String {
        let user = &self.user;
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let or_none = |text| filled(text).unwrap_or_else(|| "none".to_owned());
        let mut rows = vec![
            ("object", user.id.clone()),
            ("name", or_none(user.user_principal_name.clone())),
            ("display name", or_none(user.display_name.clone())),
            ("usage location", or_none(user.usage_location.clone())),
        ];
        rows.extend(user.department.clone().map(|text| ("department", text)));
        if user.licences.is_some() {
            rows.push(("licences", or_none(user.licences())));
        }
        if let Some(teams) = &user.teams {
            rows.push(("numbers", or_none(user.numbers())));
            let voice = teams.is_enterprise_voice_enabled;
            rows.extend(voice.map(|voice| ("voice", if voice { "on" } else { "off" }.to_owned())));
            let policies = teams.policies.iter();
            let policies = policies.filter_map(|policy| {
                let name = policy.display_name.as_ref()?;
                Some(format!("{}: {name}", policy.policy_type))
            });
            let policies: Vec<String> = policies.collect();
            rows.extend(filled(Some(policies.join(", "))).map(|text| ("policies", text)));
        }
        output::rows(rows)
    }
}

/// A row of `user list`.
#[derive(Serialize)]
pub(super) struct Configured {
    id: String,
    user_principal_name: Option<String>,
    account_type: Option<String>,
    telephone_numbers: Vec<String>,
    is_enterprise_voice_enabled: Option<bool>,
    feature_types: Vec<String>,
}

impl Configured {
    pub(super) fn new(from: &UserConfiguration) -> Self {
        Self {
            id: from.id.to_string(),
            user_principal_name: from.user_principal_name.clone(),
            account_type: from.account_type.as_ref().map(ToString::to_string),
            telephone_numbers: numbers(from),
            is_enterprise_voice_enabled: from.is_enterprise_voice_enabled,
            feature_types: from.feature_types.clone(),
        }
    }
}

impl Row for Configured {
    const COLUMNS: &'static [Column] = &[
        Column::shown("id", "object"),
        Column::cut("user_principal_name", "name"),
        Column::extra("account_type", "kind"),
        Column::shown("telephone_numbers", "numbers"),
        Column::extra("is_enterprise_voice_enabled", "voice"),
        Column::hidden("feature_types"),
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.user_principal_name.clone().unwrap_or_default(),
            self.account_type.clone().unwrap_or_default(),
            self.telephone_numbers.join(" "),
            flag(self.is_enterprise_voice_enabled),
            self.feature_types.join(" "),
        ]
    }
}

/// Outcome of `user set-usage-location`.
#[derive(Serialize)]
pub(super) struct LocationSet {
    pub(super) outcome: &'static str,
    pub(super) user: String,
    pub(super) usage_location: String,
}

impl Report for LocationSet {
    fn human(&self) -> String {
        output::rows([
            ("outcome", self.outcome.to_owned()),
            ("user", self.user.clone()),
            ("usage location", self.usage_location.clone()),
        ])
    }
}
