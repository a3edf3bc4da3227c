//! Where the services and programs are that some tests need.
//!
//! Such a test carries `#[ignore = "needs PostgreSQL"]` (or what it needs), so that a plain
//! `cargo test` counts it as ignored. `cargo xtask test` finds the services, exports their
//! variables and runs the tests whose needs are met.

/// The value of the environment variable by which `cargo xtask test` says where a service or
/// program is: a URL or a path.
///
/// # Panics
/// When the variable is not set: the test was asked for without what it needs.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the location of a test's service is an input")]
#[expect(clippy::panic, reason = "a test that cannot be set up fails")]
pub fn service(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set; run this test with `cargo xtask test`"))
}
