//! Owns the contract of the calls about users and licences.

use futures::TryStreamExt as _;

use crate::target::Target;

pub(crate) async fn reads_a_user_by_name_and_by_id(target: &impl Target) {
    let parts = target.parts();
    let users = parts.client.users();
    let user = users.get(parts.user.as_str()).await.unwrap();
    assert_eq!(users.get(&user.id).await.unwrap(), user);
    assert_eq!(users.resolve(parts.user.as_str()).await.unwrap(), user.id);
    let name = user.user_principal_name.unwrap();
    assert!(name.eq_ignore_ascii_case(&parts.user), "{name}");
    assert!(user.usage_location.is_some(), "it is asked for by name");
    let (_, domain) = parts.user.split_once('@').unwrap();
    let nobody = format!("nobody-of-this-name@{domain}");
    let error = users.resolve(nobody.as_str()).await.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.operation(), Some("user_get"));
}

pub(crate) async fn sets_a_usage_location(target: &impl Target) {
    let parts = target.parts();
    let users = parts.client.users();
    let user = || users.get(parts.user.as_str());
    let before = user().await.unwrap().usage_location.unwrap();
    for country in ["NO", &before] {
        let set = users.set_usage_location(parts.user.as_str(), country.to_lowercase());
        set.await.unwrap();
        let after = user().await.unwrap().usage_location;
        assert_eq!(after.as_deref(), Some(country));
    }
}

pub(crate) async fn lists_products_and_licences(target: &impl Target) {
    let parts = target.parts();
    let users = parts.client.users();
    let skus = users.subscribed_skus().await.unwrap();
    let sku = skus.iter().find(|sku| sku.sku_part_number == parts.sku);
    assert!(sku.unwrap().available_units() > 0);
    let details = users.license_details(parts.account.as_str()).await.unwrap();
    let account = users.get(parts.account.as_str()).await.unwrap();
    assert!(!details.is_empty());
    for license in details {
        assert!(account.assigned_licenses.contains(&license.sku_id));
        assert!(!license.sku_part_number.is_empty());
    }
}

pub(crate) async fn gives_a_licence_once(target: &impl Target) {
    let parts = target.parts();
    let users = parts.client.users();
    let give = || users.assign_license(parts.user.as_str(), &parts.sku.to_lowercase());
    let given = give().await.unwrap();
    assert_eq!(given.sku.sku_part_number, parts.sku);
    let again = give().await.unwrap();
    assert!(!again.changed);
    let held = again.user.assigned_licenses;
    assert!(held.contains(&given.sku.sku_id), "{held:?}");
}

pub(crate) async fn reads_settings_of_one_and_of_all(target: &impl Target) {
    let parts = target.parts();
    let users = parts.client.users();
    let id = users.resolve(parts.user.as_str()).await.unwrap();
    let one = users.configuration(&id).await.unwrap();
    assert_eq!(one.id, id);
    let all: Vec<_> = users.configurations().stream().try_collect().await.unwrap();
    assert!(all.iter().any(|user| user.id == id), "{all:?}");
}
