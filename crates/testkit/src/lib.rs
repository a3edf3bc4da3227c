//! Fakes of every port, and a contract suite per port for any adapter.
//!
//! # Fakes
//!
//! [`fake`] holds an honest in-memory implementation of every port: what a port's documentation
//! says of an adapter holds for them, so a test that passes with a fake says something about the
//! real thing. [`fake::MemoryStore`] is all persistent ports at once.
//!
//! # Contract suites
//!
//! [`contract`] holds one asynchronous function per port that puts an implementation through
//! everything its documentation promises. An adapter runs it in its own tests with one line:
//!
//! ```
//! # use resetd_testkit as testkit;
//! # use testkit::fake::MemoryStore;
//! # #[tokio::main(flavor = "multi_thread", worker_threads = 2)]
//! # async fn main() {
//! testkit::contract::token_store(|| async { MemoryStore::fresh() }).await;
//! # }
//! ```
//!
//! The fakes pass the suites too: testkit's own tests run them.

#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the suites are tests: a panic is how they say what is broken"
)]
pub mod contract;
pub mod fake;
#[expect(clippy::unwrap_used, reason = "a test server that cannot be set up fails the test")]
pub mod net;
mod service;

pub use service::service;
