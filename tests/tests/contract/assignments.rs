//! Owns the contract of the calls about assignments.

use teams_phone::assignments::{Change, EnsureOutcome};
use teams_phone::{ClientId, ErrorKind, ObjectId, PrincipalType};

use crate::target::{Parts, Target};

/// Another application than the target's.
fn other_application() -> ClientId {
    "617d08b5-f35b-4270-87d6-56833d2dee1b".parse().unwrap()
}

pub(crate) async fn grants_a_resource_account_and_says_created_then_replaced(target: &impl Target) {
    let parts = target.parts();
    let (tenant, object) = (&parts.tenant, &parts.resource_account);
    for created in [true, false] {
        let assignments = parts.client.assignments();
        let grant = assignments.grant(tenant, object, PrincipalType::ResourceAccount);
        let granted = grant.await.unwrap();
        assert_eq!(granted.created, created);
        assert_eq!(&granted.assignment.tenant_id, tenant);
        assert_eq!(&granted.assignment.object_id, object);
        assert_eq!(
            granted.assignment.principal_type,
            PrincipalType::ResourceAccount
        );
        assert_eq!(granted.assignment.client_ids, []);
    }
}

pub(crate) async fn grants_a_user_with_client_ids_and_replacing_drops_them(target: &impl Target) {
    let parts = target.parts();
    let first = [parts.application.clone(), other_application()];
    for ids in [&first[..], &first[..1]] {
        let assignments = parts.client.assignments();
        let granted = assignments
            .grant(&parts.tenant, &parts.user, PrincipalType::User)
            .client_ids(ids.to_vec())
            .await
            .unwrap();
        assert_eq!(granted.assignment.principal_type, PrincipalType::User);
        assert_eq!(granted.assignment.client_ids, ids);
    }
}

pub(crate) async fn reads_what_was_granted(target: &impl Target) {
    let parts = target.parts();
    for (object, principal_type, ids) in [
        (
            &parts.resource_account,
            PrincipalType::ResourceAccount,
            vec![],
        ),
        (
            &parts.user,
            PrincipalType::User,
            vec![parts.application.clone()],
        ),
    ] {
        let assignments = parts.client.assignments();
        let granted = assignments
            .grant(&parts.tenant, object, principal_type)
            .client_ids(ids)
            .await
            .unwrap();
        let read = assignments.get(&parts.tenant, object).await.unwrap();
        assert_eq!(read, granted.assignment);
    }
}

pub(crate) async fn reading_what_is_not_there_is_not_found(target: &impl Target) {
    let error = read_error(target.parts(), &target.parts().user).await;
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.operation(), Some("teams_extension_assignment_get"));
    assert_eq!(error.attempts(), 1);
    assert!(error.request_id().is_some_and(|id| !id.is_empty()));
    assert!(error.client_request_id().is_some_and(|id| !id.is_empty()));
    assert!(error.hint().is_some());
}

async fn read_error(parts: &Parts, object: &ObjectId) -> teams_phone::Error {
    let assignments = parts.client.assignments();
    assignments.get(&parts.tenant, object).await.unwrap_err()
}

pub(crate) async fn revokes_what_is_there_and_what_is_not(target: &impl Target) {
    let parts = target.parts();
    let (tenant, object) = (&parts.tenant, &parts.resource_account);
    let assignments = parts.client.assignments();
    assignments
        .grant(tenant, object, PrincipalType::ResourceAccount)
        .await
        .unwrap();
    for _ in 0..2 {
        assignments.revoke(tenant, object).await.unwrap();
    }
    assert!(read_error(parts, object).await.is_not_found());
}

pub(crate) async fn revokes_and_proves_that_it_is_gone(target: &impl Target) {
    let parts = target.parts();
    let (tenant, object) = (&parts.tenant, &parts.user);
    let assignments = parts.client.assignments();
    assignments
        .grant(tenant, object, PrincipalType::User)
        .client_ids([parts.application.clone()])
        .await
        .unwrap();
    for _ in 0..2 {
        let revoked = assignments.revoke_and_verify(tenant, object).await.unwrap();
        assert!(revoked.checks >= 1);
    }
    assert!(read_error(parts, object).await.is_not_found());
}

pub(crate) async fn ensures_a_resource_account_once(target: &impl Target) {
    let parts = target.parts();
    let assignments = parts.client.assignments();
    let ensure = || {
        let object = &parts.resource_account;
        assignments.ensure(&parts.tenant, object, PrincipalType::ResourceAccount)
    };
    let first = ensure().await.unwrap();
    assert_eq!(first.outcome, EnsureOutcome::Created);
    let before = target.received();
    let second = ensure().await.unwrap();
    assert_eq!(second.outcome, EnsureOutcome::Unchanged);
    assert_eq!(second.assignment, first.assignment);
    if let (Some(before), Some(after)) = (before, target.received()) {
        assert_eq!(after - before, 1, "only a read");
    }
}

pub(crate) async fn ensures_a_user_and_says_what_changed(target: &impl Target) {
    let parts = target.parts();
    let assignments = parts.client.assignments();
    let ensure = |ids: &[ClientId]| {
        assignments
            .ensure(&parts.tenant, &parts.user, PrincipalType::User)
            .client_ids(ids.to_vec())
    };
    let (one, other) = (parts.application.clone(), other_application());
    let created = ensure(&[one.clone(), other.clone()]).await.unwrap();
    assert_eq!(created.outcome, EnsureOutcome::Created);
    let unchanged = ensure(&[other.clone(), one.clone()]).await.unwrap();
    assert_eq!(unchanged.outcome, EnsureOutcome::Unchanged);
    let replaced = ensure(std::slice::from_ref(&one)).await.unwrap();
    let EnsureOutcome::Replaced { changes } = replaced.outcome else {
        panic!("{:?}", replaced.outcome)
    };
    let [
        Change {
            field, from, to, ..
        },
    ] = &changes[..]
    else {
        panic!("{changes:?}")
    };
    assert_eq!((*field, to.as_str()), ("clientIds", one.as_str()));
    assert!(
        from.contains(one.as_str()) && from.contains(other.as_str()),
        "{from}"
    );
    assert_eq!(replaced.assignment.client_ids, [one]);
    let kind = PrincipalType::ResourceAccount;
    let replaced = assignments.ensure(&parts.tenant, &parts.user, kind).await;
    let EnsureOutcome::Replaced { changes } = replaced.unwrap().outcome else {
        panic!("the principal type differs")
    };
    let fields: Vec<&str> = changes.iter().map(|change| change.field).collect();
    assert_eq!(fields, ["principalType", "clientIds"]);
}

pub(crate) async fn refuses_one_guid_for_tenant_and_object(target: &impl Target) {
    let parts = target.parts();
    let object: ObjectId = parts.tenant.as_str().parse().unwrap();
    let before = target.received();
    let assignments = parts.client.assignments();
    let kind = PrincipalType::User;
    for error in [
        assignments.get(&parts.tenant, &object).await.unwrap_err(),
        assignments
            .revoke(&parts.tenant, &object)
            .await
            .unwrap_err(),
        assignments
            .grant(&parts.tenant, &object, kind.clone())
            .await
            .unwrap_err(),
        assignments
            .ensure(&parts.tenant, &object, kind)
            .await
            .unwrap_err(),
        assignments
            .revoke_and_verify(&parts.tenant, &object)
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert_eq!(error.attempts(), 0);
    }
    assert_eq!(target.received(), before);
}
