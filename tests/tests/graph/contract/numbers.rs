//! Owns the contract of the calls about numbers and orders.

use futures::TryStreamExt as _;
use teams_phone::numbers::{
    AssignmentStatus, Holding, NumberCapability, NumberFilter, NumberType, OperationStatus,
    Outcome, ReverseNumberLookupOption,
};

use crate::target::{Parts, Target, number};

/// The number's type, which orders have to name.
async fn kind(parts: &Parts) -> NumberType {
    let found = parts.client.numbers().get(&parts.number).await.unwrap();
    assert_eq!(found.holding(), Holding::Free, "a case needs it free");
    found.number_type
}

async fn take_back(parts: &Parts, kind: NumberType) {
    let numbers = parts.client.numbers();
    let order = numbers.unassign(&parts.number, kind).confirm(true);
    let report = order.await.unwrap();
    assert_eq!(report.outcome(), Outcome::Succeeded);
    let found = numbers.get(&parts.number).await.unwrap();
    assert_eq!(found.holding(), Holding::Free);
}

pub(crate) async fn lists_what_fits_a_filter(target: &impl Target) {
    let parts = target.parts();
    let numbers = parts.client.numbers();
    let filter = NumberFilter::new()
        .telephone_number(&parts.number)
        .status(AssignmentStatus::Unassigned)
        .capability(NumberCapability::VoiceApplicationAssignment);
    let list = numbers.list().filter(filter.clone());
    let found: Vec<_> = list.stream().try_collect().await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].telephone_number, parts.number);
    let none = filter.status(AssignmentStatus::UserAssigned);
    let pages: Vec<_> = numbers
        .list()
        .filter(none)
        .pages()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages.concat(), []);
}

pub(crate) async fn reads_a_number_by_itself_and_by_its_id(target: &impl Target) {
    let parts = target.parts();
    let numbers = parts.client.numbers();
    let found = numbers.get(&parts.number).await.unwrap();
    assert_eq!(found.telephone_number, parts.number);
    assert_eq!(numbers.get_by_id(&found.id).await.unwrap(), found);
}

pub(crate) async fn what_the_tenant_does_not_have_is_not_found(target: &impl Target) {
    let numbers = target.parts().client.numbers();
    let nobodys = number("+12025550199");
    let error = numbers.get(&nobodys).await.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.operation(), Some("number_list"));
    assert!(error.to_string().contains(nobodys.as_str()), "{error}");
    assert!(error.hint().is_some());
}

pub(crate) async fn assigns_and_unassigns_and_reports_the_number(target: &impl Target) {
    let parts = target.parts();
    let numbers = parts.client.numbers();
    let account = parts.client.users().resolve(parts.account.as_str());
    let account = account.await.unwrap();
    let before = numbers.get(&parts.number).await.unwrap();
    let order = numbers.assign(&parts.number, &account, before.number_type.clone());
    let report = order.confirm(true).await.unwrap();
    assert_eq!(report.status, OperationStatus::Succeeded);
    assert_eq!(report.numbers.len(), 1);
    assert_eq!(report.numbers[0].status, OperationStatus::Succeeded);
    assert_eq!(report.numbers[0].number_id.as_ref(), Some(&before.id));
    let known = report.numbers[0].telephone_number.as_ref();
    assert_eq!(known, Some(&parts.number));
    let held = numbers.get_by_id(&before.id).await.unwrap();
    assert_eq!(held.holding(), Holding::By(&account));
    take_back(parts, before.number_type).await;
}

pub(crate) async fn an_order_is_followed_by_its_printed_id(target: &impl Target) {
    let parts = target.parts();
    let numbers = parts.client.numbers();
    let kind = kind(parts).await;
    let account = parts.client.users().resolve(parts.account.as_str());
    let order = numbers.assign(&parts.number, &account.await.unwrap(), kind.clone());
    let started = order.start().await.unwrap();
    let printed = started.id().unwrap().to_string();
    drop(started);
    let resumed = numbers.operation(&printed.parse().unwrap());
    let report = resumed.wait().await.unwrap();
    assert_eq!(report.outcome(), Outcome::Succeeded);
    assert_eq!(report.id.unwrap().as_str(), printed);
    take_back(parts, kind).await;
}

pub(crate) async fn ensures_an_assignment_once(target: &impl Target) {
    let parts = target.parts();
    let numbers = parts.client.numbers();
    let kind = kind(parts).await;
    for changed in [true, false] {
        let ensure = numbers.ensure_assigned(&parts.number, parts.account.as_str());
        let ensured = ensure.await.unwrap();
        assert_eq!(ensured.changed, changed);
        assert_eq!(ensured.operation.is_some(), changed);
        assert_eq!(ensured.number.telephone_number, parts.number);
    }
    take_back(parts, kind).await;
}

pub(crate) async fn changes_settings_and_removes_them(target: &impl Target) {
    let parts = target.parts();
    let numbers = parts.client.numbers();
    for options in [vec![ReverseNumberLookupOption::SkipInternalVoip], vec![]] {
        let update = numbers.update(&parts.number);
        let update = update.reverse_number_lookup_options(options.clone());
        update.await.unwrap();
        let found = numbers.get(&parts.number).await.unwrap();
        assert_eq!(found.reverse_number_lookup_options, options);
    }
}
