//! The Graph API as Instagram and Facebook Pages share it: one call, its limits, its refusals, its listings.

pub(crate) mod acts;
pub(crate) mod call;
pub(crate) mod refusal;
pub(crate) mod usage;
pub(crate) mod wire;
