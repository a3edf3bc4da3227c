//! The registry of error codes: what callers and customers may be told.

mod api;
mod redeem;

pub use self::{
    api::{ErrorCode, UnknownErrorCode},
    redeem::{RedeemCode, UnknownRedeemCode},
};
