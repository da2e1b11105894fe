//! Owns the contract of the calls about Entra assignments.

use futures::TryStreamExt as _;
use teams_phone::EntraPrincipalType;
use teams_phone::entra::EntraAccess;

use crate::target::{Parts, Target};

fn access(parts: &Parts) -> EntraAccess {
    EntraAccess {
        tenant_id: parts.tenant.clone(),
        principal_type: EntraPrincipalType::User,
        client_ids: vec![parts.application.clone()],
    }
}

pub(crate) async fn grants_reads_and_revokes_access_of_entra_principals(target: &impl Target) {
    let parts = target.parts();
    let assignments = parts.client.entra_assignments();
    assignments.revoke(&parts.user).await.unwrap();
    let granted = assignments.grant(&parts.user, access(parts)).await.unwrap();
    assert!(granted.created);
    let again = assignments.grant(&parts.user, access(parts)).await.unwrap();
    assert!(!again.created);
    let found = assignments.get(&parts.user).await.unwrap();
    assert_eq!(found, granted.assignment);
    assert_eq!(
        (&found.object_id, &found.access),
        (&parts.user, &access(parts))
    );
    assignments.revoke(&parts.user).await.unwrap();
    let gone = assignments.get(&parts.user).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
}

pub(crate) async fn lists_what_was_written_in_bulk(target: &impl Target) {
    let parts = target.parts();
    let assignments = parts.client.entra_assignments();
    let update = assignments.update().set(parts.user.clone(), access(parts));
    assert!(update.await.unwrap().is_complete());
    let listed: Vec<_> = assignments.list().stream().try_collect().await.unwrap();
    assert!(
        listed.iter().any(|found| found.object_id == parts.user),
        "{listed:?}"
    );
    let removed = assignments
        .update()
        .remove(parts.user.clone())
        .await
        .unwrap();
    assert_eq!(removed.done, std::slice::from_ref(&parts.user));
    let listed: Vec<_> = assignments.list().stream().try_collect().await.unwrap();
    assert!(
        listed.iter().all(|found| found.object_id != parts.user),
        "{listed:?}"
    );
}
