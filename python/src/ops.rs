//! The operations, one file for each group of them: arguments in, a prepared call out.

pub(crate) mod assignments;
pub(crate) mod calling;
pub(crate) mod entra;
pub(crate) mod exchanges;
pub(crate) mod identifier;
pub(crate) mod identities;
pub(crate) mod numbers;
pub(crate) mod operations;
pub(crate) mod resource_accounts;
pub(crate) mod users;
