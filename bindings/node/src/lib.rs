//! The four rules of `resetd-domain` as functions of Node-API. The classes that people use are in `index.cjs`: an object
//! that JavaScript makes is cheaper than one made from here, and its private fields are JavaScript's own.

mod email;
mod others;
mod refusal;

use napi_derive::napi;

/// Since which year and month every input has had the answer it has now.
#[napi]
pub const RULES_VERSION: &str = domain::RULES_VERSION;

/// The version of Unicode by whose tables the rules were tested.
#[napi]
pub const UNICODE_VERSION: &str = domain::UNICODE_VERSION;
