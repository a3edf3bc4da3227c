//! How fast resetd is and what it survives: `cargo xtask bench` and `cargo xtask chaos`.
//!
//! A library as well, because `crates/server/tests/crash.rs` and `chaos.rs` run [`chaos`] against
//! the binary under test.

pub mod bench;
pub mod chaos;
pub mod cpu;
pub mod disk;
pub mod installation;
pub mod loadgen;
pub mod proxy;
pub mod sink;
pub mod statistics;

pub use xtask::{Failure, Result};
