//! Webhooks: endpoints, and what they are still to be told.

mod claim;
mod outbox;
mod registry;
pub(crate) mod report;

/// The statements on the way of an event, for the test of their query plans.
#[cfg(test)]
pub(crate) fn hot_statements() -> Vec<&'static str> {
    [claim::HOT, outbox::HOT].concat()
}
