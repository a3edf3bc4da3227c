//! Tables with sources, properties, differences from peers, and a short fuzz run: everything of the
//! crate that is checked from outside of it.

#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails is to panic"
)]

mod api_key;
mod checks;
mod conformance;
mod differential_email;
mod differential_others;
mod documented;
mod email_accepted;
mod email_refused;
mod expiry;
mod fuzz_smoke;
mod ip;
mod password;
mod properties;
mod redeem_code;
#[cfg(feature = "serde")]
mod serde_forms;
mod traits;
