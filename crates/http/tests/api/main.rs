//! The HTTP surface on in-memory ports: one file per route, one test per thing that is forbidden.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests: a panic is how they say what is broken"
)]

mod ask;
mod browser;
mod forbids;
mod routes;
mod shop;
mod wire;
