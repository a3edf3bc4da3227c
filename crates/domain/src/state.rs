//! The life of a reset request: of its mail and of its link.

mod delivery;
mod link;

pub use self::delivery::{DeliveryState, NoMailReason, UnknownDeliveryState, UnknownNoMailReason};
pub use self::link::{LinkState, UnknownLinkState};
