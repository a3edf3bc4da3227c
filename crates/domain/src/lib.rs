#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api_key;
mod backoff;
mod country;
mod email;
mod error;
mod expiry;
mod hash;
mod ids;
mod ip;
mod language;
mod macros;
mod password;
mod proximity;
mod random;
mod state;
mod token;
mod webhook;

pub use self::{
    api_key::{
        ApiKey, ApiKeyError, ApiKeyHash, ApiKeyKind, Network, SAMPLE_API_KEY, Scope, UnknownApiKeyKind,
        UnknownScope,
    },
    backoff::BackOff,
    country::Country,
    email::{
        EmailAddress, EmailError, MaskedEmail, ProviderRule, ProviderRules, TagSeparator, mask_addresses,
    },
    error::{ErrorCode, RedeemCode, UnknownErrorCode, UnknownRedeemCode},
    expiry::{Expiry, ExpiryError, ExpiryPolicy, Iso8601},
    ids::{
        ApiKeyId, CustomerId, IdError, MailId, OrganisationId, RequestId, WebhookEndpointId, WebhookEventId,
        WorkerId,
    },
    ip::{CustomerIp, CustomerIpError, IpScope, UnknownIpScope},
    language::{Language, LanguageError},
    password::{Password, PasswordPolicy, PolicyRule, PolicyViolations},
    proximity::{NetworkLocation, Proximity},
    state::{
        DeliveryState, LinkState, NoMailReason, Priority, UnknownDeliveryState, UnknownLinkState,
        UnknownNoMailReason,
    },
    token::{ResetToken, TokenError, TokenHash},
    webhook::{UnknownWebhookEventType, WebhookEventType, WebhookSecret, WebhookSecretError},
};
