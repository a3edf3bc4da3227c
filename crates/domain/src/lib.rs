#![doc = include_str!("lib.md")]
#![forbid(unsafe_code)]

mod accent;
mod api_key;
mod backoff;
mod country;
mod email;
mod expiry;
mod geo;
mod hash;
mod ids;
mod interop;
mod ip;
mod language;
mod macros;
#[cfg(feature = "serde")]
mod parsed;
mod password;
mod plural;
mod proximity;
mod random;
mod redeem_code;
mod rule_error;
mod rules_version;
mod state;
mod token;
mod webhook;

pub use self::accent::{AccentColor, AccentColorError};
pub use self::api_key::{
    ApiKey, ApiKeyError, ApiKeyHash, ApiKeyKind, Network, SAMPLE_API_KEY, Scope, UnknownApiKeyKind,
    UnknownScope,
};
pub use self::backoff::BackOff;
pub use self::country::Country;
pub use self::email::{
    EmailAddress, EmailError, MaskedEmail, ProviderRule, ProviderRules, TagSeparator, mask_addresses,
};
pub use self::expiry::{Expiry, ExpiryError, ExpiryPolicy, Iso8601};
#[cfg(feature = "serde")]
pub use self::expiry::{expiry_as_iso8601, expiry_as_seconds};
pub use self::geo::{GeoContext, PlaceName};
pub use self::ids::{
    ApiKeyId, CustomerId, IdError, MailId, OrganisationId, RequestId, WebhookEndpointId, WebhookEventId,
    WorkerId,
};
pub use self::ip::{CustomerIp, CustomerIpError, IpScope, UnknownIpScope};
pub use self::language::{Language, LanguageError};
#[cfg(feature = "serde")]
pub use self::parsed::Parsed;
pub use self::password::{Password, PasswordPolicy, PolicyRule, PolicyViolations};
pub use self::plural::Plural;
pub use self::proximity::{NetworkLocation, Proximity};
pub use self::redeem_code::{RedeemCode, UnknownRedeemCode};
pub use self::rule_error::RuleError;
pub use self::rules_version::{RULES_VERSION, UNICODE_VERSION};
pub use self::state::{
    DeliveryState, LinkState, NoMailReason, UnknownDeliveryState, UnknownLinkState, UnknownNoMailReason,
};
pub use self::token::{ResetToken, TokenError, TokenHash};
pub use self::webhook::{UnknownWebhookEventType, WebhookEventType, WebhookSecret, WebhookSecretError};

#[doc = include_str!("../DESIGN.md")]
#[cfg(doc)]
pub mod design {}

/// The example of the repository's front page of this crate.
#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct FrontPage;
