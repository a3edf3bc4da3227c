//! Where the time of a request and of a mail goes, as spans for a collector.
//!
//! They hold identifiers and outcomes alone, no address and no secret. Where nobody collects them
//! they are not made.

use tracing::Span;

/// Their target: no log shows it.
pub(crate) const TARGET: &str = "resetd::trace";

/// A span named by a literal, with the fields of [`tracing::debug_span`]; numbers as `i64`, which
/// is what collectors know.
macro_rules! stage {
    ($($span:tt)+) => { tracing::debug_span!(target: $crate::trace::TARGET, $($span)+) };
}
pub(crate) use stage;

/// Tells how the innermost span ended, if that span says so.
pub(crate) fn ended(outcome: &'static str) {
    Span::current().record("outcome", outcome);
}
