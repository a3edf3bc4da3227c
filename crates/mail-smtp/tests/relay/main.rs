//! Sending to a relay that follows a script, and mostly behaves badly.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what is broken by panicking"
)]

mod bytes;
mod connections;
mod contract;
mod dkim;
mod message;
mod replies;
mod script;
mod tls;
