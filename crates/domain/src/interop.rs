//! The crate's values in other crates' traits, each behind the feature of that crate's name.

#[cfg(any(feature = "schemars", feature = "utoipa"))]
mod form;
#[cfg(feature = "proptest")]
mod proptest;
#[cfg(feature = "schemars")]
mod schemars;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "utoipa")]
mod utoipa;

/// Calls `$macro!(Type)` for every enum of fixed words.
#[cfg(any(feature = "schemars", feature = "utoipa", feature = "sqlx", feature = "proptest"))]
macro_rules! for_words {
    ($macro:ident) => {
        $macro!(ApiKeyKind);
        $macro!(DeliveryState);
        $macro!(IpScope);
        $macro!(LinkState);
        $macro!(NoMailReason);
        $macro!(RedeemCode);
        $macro!(Scope);
        $macro!(WebhookEventType);
    };
}

/// Calls `$macro!(Type)` for every identifier.
#[cfg(any(feature = "schemars", feature = "utoipa", feature = "sqlx", feature = "proptest"))]
macro_rules! for_ids {
    ($macro:ident) => {
        $macro!(ApiKeyId);
        $macro!(CustomerId);
        $macro!(MailId);
        $macro!(OrganisationId);
        $macro!(RequestId);
        $macro!(WebhookEndpointId);
        $macro!(WebhookEventId);
        $macro!(WorkerId);
    };
}

#[cfg(any(feature = "schemars", feature = "utoipa", feature = "sqlx", feature = "proptest"))]
pub(crate) use {for_ids, for_words};
