//! The registry of error codes: what callers and customers may be told.

mod api;
mod redeem;

pub use self::api::{ErrorCode, UnknownErrorCode};
pub use self::redeem::{RedeemCode, UnknownRedeemCode};
