//! Owns the Teams settings of users: numbers, policies and what they are entitled to.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use graph_teams_rest::enums::{AccountType, AssignmentCategory, AssignmentType};
use graph_teams_rest::v1_0::{self, types};
use jiff::Timestamp;
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::UserRef;
use crate::pages::{self, Page, Paged, Place};
use crate::request::request;
use crate::{GraphClient, ObjectId, PhoneNumber, TenantId};

/// The Teams settings of a user.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserConfiguration {
    /// The object id in the directory.
    pub id: ObjectId,
    /// The name to sign in with.
    pub user_principal_name: Option<String>,
    /// The tenant.
    pub tenant_id: Option<TenantId>,
    /// What kind of account it is.
    pub account_type: Option<AccountType>,
    /// The numbers that are assigned.
    pub telephone_numbers: Vec<UserNumber>,
    /// What the licences entitle to, such as `Teams` and `CallingPlan`.
    pub feature_types: Vec<String>,
    /// Whether calls to and from the telephone network are on.
    pub is_enterprise_voice_enabled: Option<bool>,
    /// The policies in force.
    pub effective_policy_assignments: Vec<EffectivePolicy>,
    /// When the settings came to be.
    pub created_date_time: Option<Timestamp>,
    /// When they last changed.
    pub modified_date_time: Option<Timestamp>,
}

/// A number of a user.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserNumber {
    /// The number.
    pub telephone_number: PhoneNumber,
    /// The part it plays.
    pub assignment_category: Option<AssignmentCategory>,
}

/// A policy in force for a user.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EffectivePolicy {
    /// What it is about, such as `TeamsCallingPolicy`.
    pub policy_type: String,
    /// Its name.
    pub display_name: Option<String>,
    /// Its id.
    pub policy_id: Option<String>,
    /// Whether it was given to the user or to a group.
    pub assignment_type: Option<AssignmentType>,
    /// That group.
    pub group_id: Option<String>,
}

/// A request to read the settings of a user; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GetUserConfiguration {
    pub(super) client: GraphClient,
    pub(super) user: UserRef,
    pub(super) options: RequestOptions,
}

request!(GetUserConfiguration => UserConfiguration);

impl GetUserConfiguration {
    async fn send(self) -> Result<UserConfiguration> {
        // Teams has its users by object id only.
        let resolve = self.client.users().resolve(self.user);
        let id = resolve.options(self.options.clone()).await?;
        let user = id.as_str();
        let call = self.client.call(
            "user_configuration_get",
            self.options,
            |inner| inner,
            async |inner| {
                v1_0::client(inner)
                    .user_configuration_get(user, None, None)
                    .await
            },
        );
        call.await?.value.try_into()
    }
}

/// A list of the settings of all users; nothing is sent before its stream is consumed.
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until its stream is consumed"]
pub struct ListUserConfigurations {
    pub(super) client: GraphClient,
    pub(super) filter: Option<String>,
    pub(super) page_size: Option<u16>,
    pub(super) options: RequestOptions,
}

impl ListUserConfigurations {
    /// A condition in OData's own words, sent as it is; which ones work is not documented.
    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        self.filter = Some(condition.into());
        self
    }

    /// How many users a page has at most; default: as the service likes.
    pub fn page_size(mut self, size: u16) -> Self {
        self.page_size = Some(size);
        self
    }

    /// What each page's request does differently: timeout, retry, API version, request id.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// The settings one by one; ends after the first error.
    pub fn stream(self) -> BoxStream<'static, Result<UserConfiguration>> {
        pages::items(self)
    }

    /// The settings page by page, as the service cuts them; a page may be empty.
    pub fn pages(self) -> BoxStream<'static, Result<Vec<UserConfiguration>>> {
        pages::pages(self)
    }

    async fn get(&self, place: Place) -> Result<Page<UserConfiguration>> {
        let options = self.options.clone();
        let answer: types::TeamsUserConfigurationCollectionResponse = match place {
            Place::Link(link) => self.client.follow(Self::OPERATION, options, &link).await?,
            Place::First | Place::After(..) => {
                let (filter, top) = (self.filter.as_deref(), self.page_size.map(i64::from));
                let call = self.client.call(
                    Self::OPERATION,
                    options,
                    |inner| inner,
                    async |inner| {
                        let rest = v1_0::client(inner);
                        rest.user_configuration_list(None, filter, None, None, top)
                            .await
                    },
                );
                call.await?.value
            }
        };
        let users = answer.value.into_iter().map(TryInto::try_into);
        let users = users.collect::<Result<_>>()?;
        Ok((users, pages::linked(answer.odata_next_link)))
    }
}

impl Paged for ListUserConfigurations {
    type Item = UserConfiguration;
    const OPERATION: &'static str = "user_configuration_list";

    fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<UserConfiguration>>> {
        self.get(place).boxed()
    }
}

impl TryFrom<types::TeamsUserConfiguration> for UserConfiguration {
    type Error = Error;

    fn try_from(answer: types::TeamsUserConfiguration) -> Result<Self> {
        let id = answer
            .id
            .ok_or_else(|| Error::new(ErrorKind::Decode, "the answer has no id"))?;
        let numbers = answer.telephone_numbers.unwrap_or_default().into_iter();
        let policies = answer
            .effective_policy_assignments
            .unwrap_or_default()
            .into_iter();
        Ok(Self {
            id: ObjectId::from_service(id),
            user_principal_name: answer.user_principal_name,
            tenant_id: answer.tenant_id.map(TenantId::from_service),
            account_type: answer.account_type,
            telephone_numbers: numbers
                .map(|number| UserNumber {
                    telephone_number: PhoneNumber::from_service(&number.telephone_number),
                    assignment_category: number.assignment_category,
                })
                .collect(),
            feature_types: answer.feature_types.unwrap_or_default(),
            is_enterprise_voice_enabled: answer.is_enterprise_voice_enabled,
            effective_policy_assignments: policies.map(Into::into).collect(),
            created_date_time: answer.created_date_time,
            modified_date_time: answer.modified_date_time,
        })
    }
}

impl From<types::EffectivePolicyAssignment> for EffectivePolicy {
    fn from(answer: types::EffectivePolicyAssignment) -> Self {
        let policy = answer.policy_assignment;
        let policy = policy.as_ref();
        Self {
            policy_type: answer.policy_type,
            display_name: policy.map(|policy| policy.display_name.clone()),
            policy_id: policy.map(|policy| policy.policy_id.clone()),
            assignment_type: policy.and_then(|policy| policy.assignment_type.clone()),
            group_id: policy.and_then(|policy| policy.group_id.clone()),
        }
    }
}
