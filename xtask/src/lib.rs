//! What a developer runs: `cargo xtask test`, `check`, `bench`, `chaos`, `conform`, `geo-data`, `sbom`.
//!
//! A library as well: `perf` starts processes and services with it, and the server's tests make
//! databases with it.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks through its output")]

pub mod check;
pub mod conform;
pub mod geo_data;
pub mod output;
pub mod process;
pub mod sbom;
pub mod services;
pub mod test;
pub mod workspace;

/// What goes wrong here ends the command; the text is for the developer.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The result of a step.
pub type Result<T = ()> = std::result::Result<T, Failure>;
