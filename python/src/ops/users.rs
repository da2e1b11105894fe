//! Users and resource accounts in the directory: licences, usage location, settings in Teams.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::users::{
    AccountType, AssignedLicense, AssignmentType, EffectivePolicy, LicenseDetails, ServicePlan,
    SubscribedSku, User, UserConfiguration, UserNumber, UserRef,
};

use super::numbers::page_size;
use crate::args::{duration, options, parse};
use crate::call::Call;
use crate::client::GraphClient;
use crate::convert::{models, text};
use crate::pages::Pages;

text!(AccountType, AssignmentType);

models! { "teams_phone.models.users":
    User => User {
        id, user_principal_name, display_name, account_enabled, usage_location, department,
        assigned_licenses,
    }
    ServicePlan => ServicePlan { service_plan_id, service_plan_name, provisioning_status }
    SubscribedSku => SubscribedSku {
        sku_id, sku_part_number, capability_status, consumed_units, enabled_units, service_plans,
    } + { available_units }
    LicenseDetails => LicenseDetails { sku_id, sku_part_number, service_plans }
    AssignedLicense => AssignedLicense { user, sku, changed }
    UserNumber => UserNumber { telephone_number, assignment_category }
    EffectivePolicy => EffectivePolicy {
        policy_type, display_name, policy_id, assignment_type, group_id,
    }
    UserConfiguration => UserConfiguration {
        id, user_principal_name, tenant_id, account_type, telephone_numbers, feature_types,
        is_enterprise_voice_enabled, effective_policy_assignments, created_date_time,
        modified_date_time,
    }
}

#[pymethods]
impl GraphClient {
    #[pyo3(signature = (user, options_=None))]
    fn users_get(
        &self,
        py: Python<'_>,
        user: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let get = self.client(py)?.users().get(parse::<UserRef>(py, user)?);
        Ok(Call::other(get.options(options(options_)?)))
    }

    #[pyo3(signature = (user, options_=None))]
    fn users_resolve(
        &self,
        py: Python<'_>,
        user: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let user: UserRef = parse(py, user)?;
        let resolve = self.client(py)?.users().resolve(user);
        Ok(Call::other(resolve.options(options(options_)?)))
    }

    #[pyo3(signature = (user, country, options_=None))]
    fn users_set_usage_location(
        &self,
        py: Python<'_>,
        user: &str,
        country: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let user: UserRef = parse(py, user)?;
        let set = self.client(py)?.users().set_usage_location(user, country);
        Ok(Call::other(set.options(options(options_)?)))
    }

    #[pyo3(signature = (options_=None))]
    fn users_subscribed_skus(
        &self,
        py: Python<'_>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let skus = self.client(py)?.users().subscribed_skus();
        Ok(Call::other(skus.options(options(options_)?)))
    }

    #[pyo3(signature = (user, options_=None))]
    fn users_license_details(
        &self,
        py: Python<'_>,
        user: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let user: UserRef = parse(py, user)?;
        let details = self.client(py)?.users().license_details(user);
        Ok(Call::other(details.options(options(options_)?)))
    }

    #[pyo3(signature = (user, sku, within=None, options_=None))]
    fn users_assign_license(
        &self,
        py: Python<'_>,
        user: &str,
        sku: &str,
        within: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let user: UserRef = parse(py, user)?;
        let give = self.client(py)?.users().assign_license(user, sku);
        let mut give = give.options(options(options_)?);
        if let Some(within) = within {
            give = give.within(duration("within", within)?);
        }
        Ok(Call::other(give))
    }

    #[pyo3(signature = (user, options_=None))]
    fn users_configuration(
        &self,
        py: Python<'_>,
        user: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let user: UserRef = parse(py, user)?;
        let get = self.client(py)?.users().configuration(user);
        Ok(Call::other(get.options(options(options_)?)))
    }

    #[pyo3(signature = (odata=None, page_size_=None, options_=None))]
    fn users_configurations(
        &self,
        py: Python<'_>,
        odata: Option<&str>,
        page_size_: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pages> {
        let list = self.client(py)?.users().configurations();
        let mut list = list.options(options(options_)?);
        if let Some(condition) = odata.filter(|condition| !condition.trim().is_empty()) {
            list = list.filter(condition);
        }
        if let Some(size) = page_size_ {
            list = list.page_size(page_size(size, u16::MAX)?);
        }
        Ok(Pages::new(list.pages()))
    }
}
