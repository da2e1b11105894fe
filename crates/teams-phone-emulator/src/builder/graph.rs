//! Owns the options of the emulated Graph: its tenant from files, texts and parts, and how it answers.
//! Refuses to know what a tenant may hold.

use std::path::PathBuf;

use crate::{
    error::StartError,
    graph::{
        options::GraphSettings,
        tenant::{GraphNumber, GraphUser, ResourceAccount, Sku, Tenant},
    },
};

use super::Builder;

/// One part of the tenant, in the order given.
#[derive(Clone)]
pub(crate) enum Part {
    File(PathBuf),
    Text(String),
    Made(Box<Tenant>),
}

impl Builder {
    /// A JSON file with the tenant, see the crate documentation; added to what was given before.
    pub fn graph_tenant_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.tenant.push(Part::File(path.into()));
        self
    }

    /// The tenant as a JSON text; added to what was given before.
    pub fn graph_tenant_json(mut self, text: impl Into<String>) -> Self {
        self.tenant.push(Part::Text(text.into()));
        self
    }

    /// A small tenant: the resource account `ivr@teams-phone-emulator.invalid` with licence and usage location, the
    /// user `alex@teams-phone-emulator.invalid` with a usage location alone, the service numbers `+12065550100` and
    /// `+12065550101`, the user number `+12065550102`, and the licence `PHONESYSTEM_VIRTUALUSER`. All numbers are free.
    pub fn graph_demo_tenant(self) -> Self {
        self.part(Tenant::demo())
    }

    /// Adds a resource account, which everything knows at once.
    pub fn graph_resource_account(self, account: ResourceAccount) -> Self {
        self.part(Tenant {
            resource_accounts: vec![account],
            ..Tenant::default()
        })
    }

    /// Adds a user who can have numbers.
    pub fn graph_user(self, user: GraphUser) -> Self {
        self.part(Tenant {
            users: vec![user],
            ..Tenant::default()
        })
    }

    /// Adds a number.
    pub fn graph_number(self, number: GraphNumber) -> Self {
        self.part(Tenant {
            numbers: vec![number],
            ..Tenant::default()
        })
    }

    /// Adds a licence, before those who hold it.
    pub fn graph_sku(self, sku: Sku) -> Self {
        self.part(Tenant {
            skus: vec![sku],
            ..Tenant::default()
        })
    }

    /// How Graph answers.
    ///
    /// ```
    /// use teams_phone_emulator::{Delay, Emulator};
    ///
    /// let builder = Emulator::builder().graph(|graph| graph.operations = Delay::Polls(3));
    /// # let _ = builder;
    /// ```
    pub fn graph(mut self, change: impl FnOnce(&mut GraphSettings)) -> Self {
        change(&mut self.settings.graph);
        self
    }

    fn part(mut self, tenant: Tenant) -> Self {
        self.tenant.push(Part::Made(Box::new(tenant)));
        self
    }
}

/// The tenant that the parts make.
pub(super) fn tenant(parts: &[Part]) -> Result<Tenant, StartError> {
    let mut tenant = Tenant::default();
    for part in parts {
        let (place, more) = match part {
            Part::File(path) => {
                let text = std::fs::read(path).map_err(|error| error.to_string());
                let more = text.and_then(|text| Tenant::parse_part(&text));
                (path.display().to_string(), more)
            }
            Part::Text(text) => (
                "the text given".to_owned(),
                Tenant::parse_part(text.as_bytes()),
            ),
            Part::Made(made) => ("the builder".to_owned(), Ok((**made).clone())),
        };
        more.and_then(|more| tenant.add(more))
            .map_err(|reason| StartError::Tenant { place, reason })?;
    }
    tenant.dirty = false;
    Ok(tenant)
}
