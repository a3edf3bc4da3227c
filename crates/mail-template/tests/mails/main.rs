//! What customers get, and which errors operators see.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what is broken by panicking")]

mod builtin;
mod contract;
mod escaping;
mod own;
mod saving;
mod shop;
mod snapshots;
