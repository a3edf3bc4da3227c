//! What a developer runs: `cargo xtask test`, `check`, `bench`, `chaos`, `geo-data`, `sbom`.
//!
//! A library as well, because `crates/server/tests/crash.rs` runs [`chaos`] against the binary
//! under test.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks through its output")]

pub mod arguments;
pub mod bench;
pub mod chaos;
pub mod check;
pub mod conform;
pub mod disk;
pub mod geo_data;
pub mod installation;
pub mod loadgen;
pub mod output;
pub mod process;
pub mod proxy;
pub mod sbom;
pub mod services;
pub mod sink;
pub mod statistics;
pub mod test;
pub mod workspace;

/// What goes wrong here is told to a developer and ends the command; nobody matches on it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The result of a step.
pub type Result<T = ()> = std::result::Result<T, Failure>;
