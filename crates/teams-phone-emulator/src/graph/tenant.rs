//! Owns what the emulated Teams tenant holds: licences, people, resource accounts, numbers, operations.
//! Refuses to know HTTP; its JSON form is also the tenant file and part of snapshots.

pub(crate) mod check;
mod number;
mod person;
mod sku;

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use number::GraphNumber;
pub(crate) use number::{UNASSIGNED, normalised};
pub use person::{GraphUser, ResourceAccount};
pub(crate) use person::{Kind, Place, has_passed};
pub use sku::Sku;

use super::{
    operation::{Operation, OperationPlan},
    options::Propagation,
};

/// Everything Graph knows about the tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Tenant {
    pub(crate) skus: Vec<Sku>,
    pub(crate) users: Vec<GraphUser>,
    pub(crate) resource_accounts: Vec<ResourceAccount>,
    pub(crate) numbers: Vec<GraphNumber>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) operations: Vec<Operation>,
    /// What becomes of the next operations, in order.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    pub(crate) plans: VecDeque<OperationPlan>,
    /// Whether anything changed since it was last asked.
    #[serde(skip)]
    pub(crate) dirty: bool,
}

impl Tenant {
    /// Reads a tenant document that is complete in itself.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        Self::parse_part(text)?.settled()
    }

    /// Reads a tenant document that may refer to what is there already; the error names the member it is about.
    pub(crate) fn parse_part(text: &[u8]) -> Result<Self, String> {
        let mut reader = serde_json::Deserializer::from_slice(text);
        let tenant: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let why = error.into_inner();
            if path == "." {
                why.to_string()
            } else {
                format!("{path}: {why}")
            }
        })?;
        reader.end().map_err(|error| error.to_string())?;
        Ok(tenant)
    }

    /// A copy with defaults filled in and references resolved, or what is wrong with it.
    pub(crate) fn settled(self) -> Result<Self, String> {
        check::settled(self, [0; 3])
    }

    /// Adds what a document holds, replacing what has the same key; nothing is changed if anything is wrong.
    pub(crate) fn add(&mut self, more: Self) -> Result<(), String> {
        check::distinct(&more)?;
        let mut wanted = self.clone();
        let counts = [
            more.users.len(),
            more.resource_accounts.len(),
            more.numbers.len(),
        ];
        for sku in more.skus {
            wanted
                .skus
                .retain(|known| !known.is_called(sku.part_number()));
            wanted.skus.push(sku);
        }
        for user in more.users {
            wanted.forget(user.person.id, &user.person.user_principal_name);
            wanted.users.push(user);
        }
        for account in more.resource_accounts {
            wanted.forget(account.person.id, &account.person.user_principal_name);
            wanted.resource_accounts.push(account);
        }
        for number in more.numbers {
            wanted
                .numbers
                .retain(|known| known.telephone_number != number.telephone_number);
            wanted.numbers.push(number);
        }
        wanted.operations.extend(more.operations);
        wanted.plans.extend(more.plans);
        let before = [
            wanted.users.len() - counts[0],
            wanted.resource_accounts.len() - counts[1],
            wanted.numbers.len() - counts[2],
        ];
        *self = check::settled(wanted, before)?;
        self.dirty = true;
        Ok(())
    }

    fn forget(&mut self, id: Option<Uuid>, name: &str) {
        let other = |known: &person::Person| {
            !known.is_called(name) && (known.id.is_none() || known.id != id)
        };
        self.users.retain(|known| other(&known.person));
        self.resource_accounts.retain(|known| other(&known.person));
    }

    /// The demonstration tenant: an account, a user, three numbers, a licence.
    pub(crate) fn demo() -> Self {
        let sku = Sku::virtual_user().units(25);
        let account = ResourceAccount::new("ivr@teams-phone-emulator.invalid")
            .id("c0000000-0000-4000-8000-000000000001")
            .display_name("Reception")
            .app_id("a0000000-0000-4000-8000-000000000001")
            .acs_resource_id("d0000000-0000-4000-8000-000000000001")
            .usage_location("US")
            .licence("PHONESYSTEM_VIRTUALUSER");
        let user = GraphUser::new("alex@teams-phone-emulator.invalid")
            .id("b0000000-0000-4000-8000-000000000002")
            .display_name("Alex Example")
            .usage_location("US");
        let numbers = [
            GraphNumber::service("+12065550100"),
            GraphNumber::service("+12065550101"),
            GraphNumber::new("+12065550102"),
        ];
        Self {
            skus: vec![sku],
            users: vec![user],
            resource_accounts: vec![account],
            numbers: numbers.into(),
            ..Self::default()
        }
    }

    pub(crate) fn number(&self, text: &str) -> Option<&GraphNumber> {
        let wanted = normalised(text)?;
        self.numbers
            .iter()
            .find(|number| number.telephone_number == wanted)
    }

    pub(crate) fn number_mut(&mut self, text: &str) -> Option<&mut GraphNumber> {
        let wanted = normalised(text)?;
        self.numbers
            .iter_mut()
            .find(|number| number.telephone_number == wanted)
    }

    /// Everybody in the directory, whether Graph sees them yet or not.
    pub(crate) fn people(&self) -> impl Iterator<Item = (Kind, &person::Person)> {
        let users = self.users.iter().map(|user| (Kind::User, &user.person));
        let accounts = self
            .resource_accounts
            .iter()
            .map(|account| (Kind::Account, &account.person));
        users.chain(accounts)
    }

    pub(crate) fn person(&self, id: Uuid) -> Option<(Kind, &person::Person)> {
        self.people().find(|(_, person)| person.id == Some(id))
    }

    pub(crate) fn person_mut(&mut self, id: Uuid) -> Option<&mut person::Person> {
        let users = self.users.iter_mut().map(|user| &mut user.person);
        let accounts = self
            .resource_accounts
            .iter_mut()
            .map(|account| &mut account.person);
        users.chain(accounts).find(|person| person.id == Some(id))
    }

    /// The object id behind an id or a user principal name.
    pub(crate) fn id_of(&self, text: &str) -> Option<Uuid> {
        let id: Option<Uuid> = text.parse().ok();
        let is =
            |person: &person::Person| person.is_called(text) || (id.is_some() && person.id == id);
        let mut people = self.people().map(|(_, person)| person);
        people
            .find(|person| is(person))
            .and_then(|person| person.id)
    }

    pub(crate) fn sku(&self, id: Uuid) -> Option<&Sku> {
        self.skus.iter().find(|sku| sku.id() == id)
    }

    /// How many people hold a licence.
    pub(crate) fn consumed(&self, sku: Uuid) -> usize {
        self.people()
            .filter(|(_, person)| person.holds(sku))
            .count()
    }

    /// The numbers that say they are a target's.
    pub(crate) fn numbers_of(&self, id: Uuid) -> impl Iterator<Item = &GraphNumber> {
        self.numbers
            .iter()
            .filter(move |number| number.is_assigned() && number.target() == Some(id))
    }

    /// Counts one read of a place that may not know an account yet; whether it does.
    pub(crate) fn sees(&mut self, id: Uuid, place: Place, now: Timestamp) -> bool {
        let account = self
            .resource_accounts
            .iter_mut()
            .find(|account| account.person.id == Some(id));
        let Some(settling) = account.and_then(|account| account.person.settling.as_mut()) else {
            return true;
        };
        let sees = settling.has_reached(place, now);
        if !sees {
            settling.count(place);
            self.dirty = true;
        }
        sees
    }

    /// Whether a place knows an account, without counting a read.
    pub(crate) fn has_settled(&self, id: Uuid, place: Place, now: Timestamp) -> bool {
        let account = self
            .resource_accounts
            .iter()
            .find(|account| account.person.id == Some(id));
        account
            .and_then(|account| account.person.settling.as_ref())
            .is_none_or(|settling| settling.has_reached(place, now))
    }

    /// Adds a user; the object id.
    pub(crate) fn create_user(&mut self, user: GraphUser) -> Result<Uuid, String> {
        let name = user.person.user_principal_name.clone();
        self.add(Self {
            users: vec![user],
            ..Self::default()
        })?;
        Ok(self.id_of(&name).unwrap_or_default())
    }

    /// Adds a number; the id Graph gives it.
    pub(crate) fn create_number(&mut self, number: GraphNumber) -> Result<String, String> {
        let text = number.telephone_number.clone();
        self.add(Self {
            numbers: vec![number],
            ..Self::default()
        })?;
        Ok(self.number(&text).map(GraphNumber::id).unwrap_or_default())
    }

    /// Adds a licence; its id.
    pub(crate) fn create_sku(&mut self, sku: Sku) -> Result<Uuid, String> {
        let name = sku.part_number().to_owned();
        self.add(Self {
            skus: vec![sku],
            ..Self::default()
        })?;
        let found = self.skus.iter().find(|sku| sku.is_called(&name));
        Ok(found.map(Sku::id).unwrap_or_default())
    }

    /// Makes an account that spreads from here on; its object id.
    pub(crate) fn create_account(
        &mut self,
        mut account: ResourceAccount,
        delays: Propagation,
        now: Timestamp,
    ) -> Result<Uuid, String> {
        let id = *account.person.id.get_or_insert_with(Uuid::new_v4);
        self.add(Self {
            resource_accounts: vec![account],
            ..Self::default()
        })?;
        self.begin_settling(id, delays, now);
        Ok(id)
    }

    /// Lets an account that was just added spread from here on.
    fn begin_settling(&mut self, id: Uuid, delays: Propagation, now: Timestamp) {
        if delays.is_none() {
            return;
        }
        if let Some(account) = self
            .resource_accounts
            .iter_mut()
            .find(|account| account.person.id == Some(id))
        {
            account.person.settling = Some(person::Settling::since(now, delays));
        }
    }
}
