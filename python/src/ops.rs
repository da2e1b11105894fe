//! The operations, one file for each group of them: arguments in, a prepared call out.

pub(crate) mod assignments;
pub(crate) mod identities;
