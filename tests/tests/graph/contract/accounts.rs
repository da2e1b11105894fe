//! Owns the contract of the calls about resource accounts.

use futures::TryStreamExt as _;
use teams_phone::resource_accounts::ResourceAccount;

use crate::target::{Parts, Target};

async fn account(parts: &Parts) -> ResourceAccount {
    let id = parts.client.users().resolve(parts.account.as_str());
    let accounts = parts.client.resource_accounts();
    accounts.get(&id.await.unwrap()).await.unwrap()
}

pub(crate) async fn finds_an_account_by_application_and_by_resource(target: &impl Target) {
    let parts = target.parts();
    let known = account(parts).await;
    let list = || parts.client.resource_accounts().list();
    let mut lists = vec![list()];
    lists.extend(known.app_id.as_ref().map(|app| list().app_id(app)));
    let resource = known.acs_resource_id.as_ref();
    lists.extend(resource.map(|resource| list().acs_resource_id(resource)));
    for list in lists {
        let found: Vec<_> = list.stream().try_collect().await.unwrap();
        assert!(found.contains(&known), "{found:?}");
    }
}

pub(crate) async fn reads_an_account(target: &impl Target) {
    let parts = target.parts();
    let found = account(parts).await;
    let name = found.user_principal_name.unwrap();
    assert!(name.eq_ignore_ascii_case(&parts.account), "{name}");
    let nobody = "0a0b0c0d-0000-4000-8000-00000000ffff".parse().unwrap();
    let error = parts.client.resource_accounts().get(&nobody).await;
    let error = error.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.operation(), Some("resource_account_get"));
}
