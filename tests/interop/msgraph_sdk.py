"""Runs the official Graph SDK, as published, against a server and asserts what it gets.

The server comes from the environment: EMULATOR_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET name it
and who signs in, READER_CLIENT_ID and READER_CLIENT_SECRET an application that may only read numbers;
REQUESTS_CA_BUNDLE and SSL_CERT_FILE make the SDK's HTTP libraries trust it. The tenant is the emulator's demonstration
with one number more. Each case runs with the synchronous and with the asynchronous credential, prints one line if it
passed, and leaves the tenant as it was, but the last one; the first one that fails ends the run with its traceback.
Nothing of the SDK is replaced: the clients are made by its public means, with another base URL.

Three cases hold what this SDK cannot tell its callers, so that nobody takes it for a fault of the server: what becomes
of an accepted change, an outcome it has no word for, and an entity in an envelope.
"""

import asyncio
import datetime
import inspect
import json
import os
import ssl
import urllib.request
import uuid
from urllib.parse import urlsplit

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.admin.teams.telephone_number_management.number_assignments.microsoft_graph_teams_administration_assign_number.assign_number_post_request_body import (
    AssignNumberPostRequestBody,
)
from msgraph.generated.admin.teams.telephone_number_management.number_assignments.microsoft_graph_teams_administration_unassign_number.unassign_number_post_request_body import (
    UnassignNumberPostRequestBody,
)
from msgraph.generated.admin.teams.telephone_number_management.number_assignments.microsoft_graph_teams_administration_update_number.update_number_post_request_body import (
    UpdateNumberPostRequestBody,
)
from msgraph.generated.admin.teams.telephone_number_management.number_assignments.number_assignments_request_builder import (
    NumberAssignmentsRequestBuilder,
)
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.long_running_operation_status import LongRunningOperationStatus
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.teams_administration.account_type import AccountType
from msgraph.generated.models.teams_administration.activation_state import ActivationState
from msgraph.generated.models.teams_administration.assignment_category import AssignmentCategory
from msgraph.generated.models.teams_administration.assignment_status import AssignmentStatus
from msgraph.generated.models.teams_administration.assignment_type import AssignmentType
from msgraph.generated.models.teams_administration.customer_action import CustomerAction
from msgraph.generated.models.teams_administration.number_capability import NumberCapability
from msgraph.generated.models.teams_administration.number_source import NumberSource
from msgraph.generated.models.teams_administration.number_type import NumberType
from msgraph.generated.models.teams_administration.reverse_number_lookup_option import ReverseNumberLookupOption
from msgraph.generated.models.user import User
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import AssignLicensePostRequestBody
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator

URL = os.environ["EMULATOR_URL"]
TENANT = os.environ["AZURE_TENANT_ID"]
CLIENT = os.environ["AZURE_CLIENT_ID"]
SECRET = os.environ["AZURE_CLIENT_SECRET"]
READER = os.environ["READER_CLIENT_ID"]
READERS_SECRET = os.environ["READER_CLIENT_SECRET"]

ACCOUNT = "c0000000-0000-4000-8000-000000000001"
USER = "b0000000-0000-4000-8000-000000000002"
USER_NAME = "alex@teams-phone-emulator.invalid"
SKU = uuid.UUID("440eaaa8-b3e0-484b-a8be-62870b9ba70a")
PLACE = "11111111-2222-4333-8444-555555555555"
FIRST, SECOND, FOR_USER, ROUTED = "+12065550100", "+12065550101", "+12065550102", "+12065550103"
PATH = "admin/teams/telephoneNumberManagement/numberAssignments"


class Kind:
    """One of the two kinds of credential, the clients made with it, and the number that is its own."""

    def __init__(self, make, number):
        self.make = make
        self.number = number
        self.credentials = []
        self.client = self.client_of(CLIENT, SECRET)
        self.reader = self.client_of(READER, READERS_SECRET)

    @property
    def numbers(self):
        return self.client.admin.teams.telephone_number_management.number_assignments

    @property
    def operations(self):
        return self.client.admin.teams.telephone_number_management.operations

    def client_of(self, application, secret):
        """A client of the server, whose credential goes to no other host."""
        credential = self.make(TENANT, application, secret, authority=URL, disable_instance_discovery=True)
        self.credentials.append(credential)
        provider = AzureIdentityAuthenticationProvider(
            credential,
            scopes=["https://graph.microsoft.com/.default"],
            allowed_hosts=[urlsplit(URL).hostname],
        )
        adapter = GraphRequestAdapter(provider)
        adapter.base_url = f"{URL}/v1.0"
        return GraphServiceClient(request_adapter=adapter)

    async def close(self):
        for credential in self.credentials:
            closed = credential.close()
            if inspect.isawaitable(closed):
                await closed


def admin(method, path, body):
    """Changes the server, as no client of Graph could."""
    request = urllib.request.Request(
        f"{URL}/_emulator{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    urllib.request.urlopen(request, context=context).close()


def query(**options):
    """Options of a list of numbers."""
    parameters = NumberAssignmentsRequestBuilder.NumberAssignmentsRequestBuilderGetQueryParameters(**options)
    return RequestConfiguration(query_parameters=parameters)


def texts(numbers):
    return [number.telephone_number for number in numbers]


async def refusal(call):
    """The error of a call that must fail."""
    try:
        await call
    except ODataError as error:
        return error
    raise AssertionError("the call was not refused")


async def found(kind, number):
    """A number, looked up by its text; its id is not the text."""
    page = await kind.numbers.get(query(filter=f"telephoneNumber eq '{number}'"))
    assert len(page.value) == 1, page
    return page.value[0]


async def assign(kind, number, target, **configuration):
    body = AssignNumberPostRequestBody(
        telephone_number=number,
        assignment_target_id=target,
        number_type=NumberType.CallingPlan,
        assignment_category=AssignmentCategory.Primary,
    )
    action = kind.numbers.microsoft_graph_teams_administration_assign_number
    assert await action.post(body, RequestConfiguration(**configuration)) is None


async def unassign(kind, number):
    body = UnassignNumberPostRequestBody(telephone_number=number, number_type=NumberType.CallingPlan)
    assert await kind.numbers.microsoft_graph_teams_administration_unassign_number.post(body) is None


async def outcome(kind):
    """The latest operation once it has ended. Its id comes from the list: the SDK drops the Location of the 202."""
    latest = (await kind.operations.get()).value[-1]
    for _ in range(5):
        operation = await kind.operations.by_telephone_number_long_running_operation_id(latest.id).get()
        if operation.status is not LongRunningOperationStatus.Running:
            return operation
    raise AssertionError(f"the operation has not ended: {operation}")


async def lists_numbers(kind):
    page = await kind.numbers.get()
    assert texts(page.value) == [FIRST, SECOND, FOR_USER, ROUTED], page
    assert page.odata_next_link is None
    service, routed = page.value[texts(page.value).index(kind.number)], page.value[3]
    assert service.number_type is NumberType.CallingPlan
    assert service.activation_state is ActivationState.Activated
    wanted = [NumberCapability.ConferenceAssignment, NumberCapability.VoiceApplicationAssignment]
    assert service.capabilities == wanted
    assert service.supported_customer_actions == [CustomerAction.LocationUpdate]
    assert service.number_source is NumberSource.Online
    assert service.assignment_status is AssignmentStatus.Unassigned
    assert (service.assignment_target_id, service.assignment_category) == (None, None)
    assert uuid.UUID(service.operator_id)
    assert routed.number_type is NumberType.DirectRouting
    assert routed.capabilities == [NumberCapability.UserAssignment]
    assert (routed.city, routed.iso_country_code) == ("Redmond", "US")


async def filters_numbers(kind):
    for text, wanted in [
        (f"telephoneNumber eq '{SECOND}'", [SECOND]),
        ("numberType eq 'directRouting'", [ROUTED]),
        ("assignmentStatus eq 'unassigned' and capabilities/any(c:c eq 'userAssignment')", [FOR_USER, ROUTED]),
        ("assignmentStatus eq 'userAssigned'", []),
    ]:
        page = await kind.numbers.get(query(filter=text))
        assert texts(page.value) == wanted, (text, page)
    error = await refusal(kind.numbers.get(query(filter="city eq 'Redmond'")))
    assert (error.response_status_code, error.error.code) == (400, "BadRequest"), repr(error)


async def follows_next_links(kind):
    page = await kind.numbers.get(query(top=3, filter="numberSource eq 'online'"))
    pages = [texts(page.value)]
    while page.odata_next_link:
        page = await kind.numbers.with_url(page.odata_next_link).get()
        pages.append(texts(page.value))
    assert pages == [[FIRST, SECOND, FOR_USER], [ROUTED]], pages


async def iterates_over_pages(kind):
    seen = []
    first = await kind.numbers.get(query(top=1))
    pages = PageIterator(first, kind.client.request_adapter)
    await pages.iterate(lambda number: seen.append(number.telephone_number) or True)
    assert seen == [FIRST, SECOND, FOR_USER, ROUTED], seen


async def gets_a_number(kind):
    listed = await found(kind, kind.number)
    number = await kind.numbers.by_number_assignment_id(listed.id).get()
    assert (number.id, number.telephone_number) == (listed.id, kind.number), number
    assert number.odata_type == "#microsoft.graph.teamsAdministration.numberAssignment"
    assert number.assignment_status is AssignmentStatus.Unassigned
    error = await refusal(kind.numbers.by_number_assignment_id("nothing").get())
    assert error.response_status_code == 404, repr(error)
    assert error.error.message == "There is no number with this id.", repr(error)


async def updates_a_number(kind):
    async def update(**members):
        body = UpdateNumberPostRequestBody(telephone_number=kind.number, **members)
        assert await kind.numbers.microsoft_graph_teams_administration_update_number.post(body) is None
        number = await found(kind, kind.number)
        return number.location_id, number.network_site_id, number.reverse_number_lookup_options

    skip = [ReverseNumberLookupOption.SkipInternalVoip]
    assert await update(location_id=PLACE, reverse_number_lookup_options=skip) == (PLACE, None, skip)
    assert await update(network_site_id=PLACE) == (PLACE, PLACE, skip), "absent members stay"
    cleared = await update(location_id="", network_site_id="", reverse_number_lookup_options=[])
    assert cleared == (None, None, []), cleared


async def reads_user_configurations(kind):
    configurations = kind.client.admin.teams.user_configurations
    page = await configurations.get()
    one = await configurations.by_teams_user_configuration_id(USER).get()
    for configuration in [*page.value, one]:
        assert (configuration.id, configuration.user_principal_name) == (USER, USER_NAME), configuration
        assert configuration.tenant_id == TENANT
        assert configuration.account_type is AccountType.User
        assert configuration.is_enterprise_voice_enabled is False
        assert configuration.created_date_time == datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.timezone.utc)
        policy = configuration.effective_policy_assignments[0]
        assert policy.policy_type == "TeamsCallingPolicy"
        assert policy.policy_assignment.assignment_type is AssignmentType.Direct
        assert configuration.telephone_numbers == []
    assert len(page.value) == 1, "resource accounts have no configuration"


async def reads_and_changes_users(kind):
    users = kind.client.users
    user = await users.by_user_id(USER_NAME).get()
    assert (user.id, user.display_name, user.usage_location) == (USER, "Alex Example", None), "unless selected"
    parameters = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(select=["id", "usageLocation"])
    selected = RequestConfiguration(query_parameters=parameters)
    for country in ["DE", "US"]:
        changed = await users.by_user_id(USER).patch(User(usage_location=country))
        assert changed is None, "204 has no body"
        user = await users.by_user_id(USER_NAME).get(selected)
        assert (user.id, user.usage_location, user.display_name) == (USER, country, None), user
    error = await refusal(users.by_user_id("nobody@teams-phone-emulator.invalid").get())
    assert (error.response_status_code, error.error.code) == (404, "Request_ResourceNotFound"), repr(error)


async def gives_and_takes_licences(kind):
    async def sku():
        (only,) = (await kind.client.subscribed_skus.get()).value
        return only

    async def change(add, remove):
        licences = [AssignedLicense(sku_id=sku, disabled_plans=[]) for sku in add]
        body = AssignLicensePostRequestBody(add_licenses=licences, remove_licenses=remove)
        user = await kind.client.users.by_user_id(USER).assign_license.post(body)
        assert user.id == USER, user
        return (await sku()).consumed_units

    known = await sku()
    assert (known.sku_id, known.sku_part_number) == (SKU, "PHONESYSTEM_VIRTUALUSER"), known
    assert (known.capability_status, known.prepaid_units.enabled, known.consumed_units) == ("Enabled", 25, 1), known
    assert [plan.service_plan_name for plan in known.service_plans] == ["MCOEV_VIRTUALUSER"]
    assert await change([SKU], []) == 2
    held = await kind.client.users.by_user_id(USER).license_details.get()
    assert [licence.sku_id for licence in held.value] == [SKU], held
    assert await change([], [SKU]) == 1
    error = await refusal(change([uuid.UUID(PLACE)], []))
    assert (error.response_status_code, error.error.code) == (400, "Request_BadRequest"), repr(error)


async def a_missing_permission_is_an_error_that_names_it(kind):
    numbers = kind.reader.admin.teams.telephone_number_management.number_assignments
    assert len((await numbers.get()).value) == 4, "reading is permitted"
    body = UnassignNumberPostRequestBody(telephone_number=kind.number, number_type=NumberType.CallingPlan)
    error = await refusal(numbers.microsoft_graph_teams_administration_unassign_number.post(body))
    assert (error.response_status_code, error.error.code) == (403, "forbidden"), repr(error)
    assert error.error.message.endswith("permission(s): TeamsTelephoneNumber.ReadWrite.All."), repr(error)
    inner = error.error.inner_error
    assert uuid.UUID(inner.request_id) and uuid.UUID(inner.client_request_id), repr(error)
    assert inner.date.tzinfo is None, "the server names no offset"
    assert "action" in inner.additional_data["additionalData"], inner.additional_data

    admin("PATCH", "/settings", {"graph": {"errors": "nested"}})
    error = await refusal(numbers.microsoft_graph_teams_administration_unassign_number.post(body))
    admin("PATCH", "/settings", {"graph": {"errors": "plain"}})
    assert (error.response_status_code, error.error.code) == (403, "UnknownError"), repr(error)
    assert json.loads(error.error.message)["code"] == "Forbidden", "the SDK leaves JSON in the message"

    error = await refusal(kind.reader.users.by_user_id(USER).get())
    assert (error.response_status_code, error.error.code) == (403, "Authorization_RequestDenied"), repr(error)


async def a_wrong_secret_never_gets_to_graph(kind):
    client = kind.client_of(CLIENT, "not the secret")
    try:
        await client.subscribed_skus.get()
    except ClientAuthenticationError as error:
        assert "AADSTS7000215" in str(error) and "not the secret" not in str(error), str(error)
    else:
        raise AssertionError("a wrong secret was accepted")


async def a_failed_assignment_looks_like_any_other(kind):
    answer = HeadersInspectionHandlerOption()
    await assign(kind, FOR_USER, USER, options=[answer])
    operation = await outcome(kind)
    assert operation.status is LongRunningOperationStatus.Failed, operation
    (location,) = answer.response_headers.get("location")
    assert location.endswith(f"/operations('{operation.id}')"), "sent, but not handed out unless asked for by hand"
    (number,) = operation.numbers
    assert number.status is LongRunningOperationStatus.Failed
    assert "licence" in number.status_detail, number


async def an_outcome_without_a_word_is_read_as_nothing(kind):
    await unassign(kind, FOR_USER)
    operation = await outcome(kind)
    assert operation.status is None, "the server says skipped, and the SDK has no such word"
    assert "is not assigned" in operation.numbers[0].status_detail, operation


async def an_entity_in_an_envelope_is_read_as_nothing(kind):
    number = kind.numbers.by_number_assignment_id((await found(kind, kind.number)).id)
    admin("PATCH", "/settings", {"graph": {"envelope": "wrapped"}})
    wrapped = await number.get()
    admin("PATCH", "/settings", {"graph": {"envelope": "bare"}})
    assert (wrapped.id, wrapped.telephone_number, wrapped.number_type) == (None, None, None), wrapped
    assert wrapped.additional_data["value"] is not None
    assert (await number.get()).telephone_number == kind.number


async def assigns_and_unassigns_a_number(kind):
    for _ in range(2):
        await assign(kind, kind.number, ACCOUNT)
        operation = await outcome(kind)
        assert operation.status is LongRunningOperationStatus.Succeeded, operation
        assert datetime.datetime.fromisoformat(operation.created_date_time[:19]), operation
        number = await found(kind, kind.number)
        (result,) = operation.numbers
        assert result.status is LongRunningOperationStatus.Succeeded and result.status_detail is None, result
        assert result.resource_location == f"{kind.client.request_adapter.base_url}/{PATH}/{number.id}", result
        assert number.assignment_status is AssignmentStatus.VoiceApplicationAssigned
        assert number.assignment_category is AssignmentCategory.Primary
        assert number.assignment_target_id == ACCOUNT
        error = await refusal(assign(kind, kind.number, USER))
        assert (error.response_status_code, error.error.code) == (409, "Conflict"), repr(error)

        await unassign(kind, kind.number)
        assert (await outcome(kind)).status is LongRunningOperationStatus.Succeeded
        number = await found(kind, kind.number)
        assert number.assignment_status is AssignmentStatus.Unassigned
        assert (number.assignment_target_id, number.assignment_category) == (None, None), number
    await assign(kind, kind.number, ACCOUNT)
    assert (await outcome(kind)).status is LongRunningOperationStatus.Succeeded


CASES = [
    lists_numbers,
    filters_numbers,
    follows_next_links,
    iterates_over_pages,
    gets_a_number,
    updates_a_number,
    reads_user_configurations,
    reads_and_changes_users,
    gives_and_takes_licences,
    a_missing_permission_is_an_error_that_names_it,
    a_wrong_secret_never_gets_to_graph,
    a_failed_assignment_looks_like_any_other,
    an_outcome_without_a_word_is_read_as_nothing,
    an_entity_in_an_envelope_is_read_as_nothing,
    assigns_and_unassigns_a_number,
]


async def main():
    for name, make, number in [("sync", ClientSecretCredential, FIRST), ("async", AsyncCredential, SECOND)]:
        kind = Kind(make, number)
        for case in CASES:
            await case(kind)
            print(f"ok {name} {case.__name__}", flush=True)
        await kind.close()


if __name__ == "__main__":
    asyncio.run(main())
