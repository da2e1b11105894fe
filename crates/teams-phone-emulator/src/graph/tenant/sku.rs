//! Owns one kind of licence the tenant has bought.
//! Refuses to know who holds it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The licence of resource accounts, with the id it has in every tenant.
const VIRTUAL_USER: &str = "PHONESYSTEM_VIRTUALUSER";
const VIRTUAL_USER_ID: &str = "440eaaa8-b3e0-484b-a8be-62870b9ba70a";
/// The beginning of the names of all service plans with telephony.
const TELEPHONY: &str = "MCOEV";

/// A licence the tenant has bought. Also its JSON form on the admin routes and in tenant files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "a licence does nothing until an emulator is given it"]
pub struct Sku {
    sku_part_number: String,
    #[serde(default)]
    sku_id: Option<Uuid>,
    #[serde(default = "some")]
    units: usize,
    #[serde(default)]
    service_plans: Option<Vec<String>>,
}

impl Sku {
    /// A licence by part number, 100 units of it. `PHONESYSTEM_VIRTUALUSER` has its known id and service plan, others
    /// get a random id and none.
    pub fn new(part_number: &str) -> Self {
        Self {
            sku_part_number: part_number.to_owned(),
            sku_id: None,
            units: some(),
            service_plans: None,
        }
    }

    /// The licence of resource accounts.
    pub fn virtual_user() -> Self {
        Self::new(VIRTUAL_USER)
    }

    /// How many people can hold it.
    pub fn units(mut self, units: usize) -> Self {
        self.units = units;
        self
    }

    /// Its service plans by name; those that begin with `MCOEV` make their holder able to have a number.
    pub fn service_plans<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.service_plans = Some(names.into_iter().map(str::to_owned).collect());
        self
    }

    pub(crate) fn settle(&mut self) {
        let is_virtual = self.is_called(VIRTUAL_USER);
        let known = is_virtual.then(|| VIRTUAL_USER_ID.parse().ok()).flatten();
        self.sku_id = self.sku_id.or(known).or_else(|| Some(Uuid::new_v4()));
        if self.service_plans.is_none() && is_virtual {
            self.service_plans = Some(vec!["MCOEV_VIRTUALUSER".to_owned()]);
        }
    }

    pub(crate) fn part_number(&self) -> &str {
        &self.sku_part_number
    }

    pub(crate) fn is_called(&self, part_number: &str) -> bool {
        self.sku_part_number.eq_ignore_ascii_case(part_number)
    }

    pub(crate) fn id(&self) -> Uuid {
        self.sku_id.unwrap_or_default()
    }

    pub(crate) fn seats(&self) -> usize {
        self.units
    }

    /// Whether its holder can have a number.
    pub(crate) fn has_telephony(&self) -> bool {
        self.plans().iter().any(|name| name.starts_with(TELEPHONY))
    }

    fn plans(&self) -> &[String] {
        self.service_plans.as_deref().unwrap_or_default()
    }

    fn plan_entities(&self) -> Vec<Value> {
        let id = |name: &str| {
            let mut bytes = [0_u8; 16];
            for (place, byte) in name.bytes().enumerate() {
                bytes[place % 16] = bytes[place % 16].rotate_left(3) ^ byte;
            }
            uuid::Builder::from_random_bytes(bytes).into_uuid()
        };
        let plan = |name: &String| {
            json!({
                "servicePlanId": id(name), "servicePlanName": name,
                "provisioningStatus": "Success", "appliesTo": "User",
            })
        };
        self.plans().iter().map(plan).collect()
    }

    /// The entity of `/subscribedSkus`.
    pub(crate) fn entity(&self, tenant: Uuid, consumed: usize) -> Value {
        json!({
            "id": format!("{tenant}_{}", self.id()),
            "accountId": tenant,
            "accountName": "emulator",
            "appliesTo": "User",
            "capabilityStatus": "Enabled",
            "consumedUnits": consumed,
            "skuId": self.id(),
            "skuPartNumber": self.sku_part_number,
            "subscriptionIds": [],
            "prepaidUnits": { "enabled": self.units, "suspended": 0, "warning": 0, "lockedOut": 0 },
            "servicePlans": self.plan_entities(),
        })
    }

    /// The entity of `/users/{id}/licenseDetails`.
    pub(crate) fn detail(&self) -> Value {
        json!({
            "id": self.id().simple().to_string(),
            "skuId": self.id(),
            "skuPartNumber": self.sku_part_number,
            "servicePlans": self.plan_entities(),
        })
    }
}

fn some() -> usize {
    100
}
