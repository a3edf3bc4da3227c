//! What integrators read: the reference, the OpenAPI document, a page per error code.

pub(crate) mod docs;
pub(crate) mod errors;
pub(crate) mod openapi;
