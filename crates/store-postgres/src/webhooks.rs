//! Webhooks: endpoints, and what they are still to be told.

mod claim;
mod outbox;
mod registry;
pub(crate) mod report;

/// The statements of this module, by name.
#[cfg(test)]
pub(crate) const STATEMENTS: &[(&str, &str)] = &[
    ("LISTENED_TO", claim::LISTENED_TO),
    ("CLAIM_EVENTS", claim::CLAIM_EVENTS),
    ("SET_ASIDE", claim::SET_ASIDE),
    ("RELEASE_EVENTS", outbox::RELEASE_EVENTS),
    ("DELIVERED", outbox::DELIVERED),
    ("RETRY_EVENT", outbox::RETRY_EVENT),
    ("GONE", outbox::GONE),
    ("GIVE_UP", outbox::GIVE_UP),
    ("PURGE_EVENTS", outbox::PURGE_EVENTS),
    ("DEPTH", outbox::DEPTH),
    ("CREATE_ENDPOINT", registry::CREATE_ENDPOINT),
    ("FIND_ENDPOINT", registry::FIND_ENDPOINT),
    ("LIST_ENDPOINTS", registry::LIST_ENDPOINTS),
    ("REMOVE_ENDPOINT", registry::REMOVE_ENDPOINT),
];
