//! What a schema says of each value, once for every kind of schema.

use super::{for_ids, for_words};
use crate::{
    ApiKey, ApiKeyId, ApiKeyKind, CustomerId, CustomerIp, DeliveryState, EmailAddress, Expiry, IpScope,
    Language, LinkState, MailId, NoMailReason, OrganisationId, Password, RedeemCode, RequestId, ResetToken,
    Scope, WebhookEndpointId, WebhookEventId, WebhookEventType, WorkerId,
};

/// A string in a schema.
pub(super) struct Form {
    /// In the components of a document.
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// One of JSON Schema's.
    pub(super) format: Option<&'static str>,
    /// As ECMA 262 reads it.
    pub(super) pattern: Option<&'static str>,
    pub(super) examples: &'static [&'static str],
    /// All there are; none: any.
    pub(super) words: fn() -> Vec<&'static str>,
    /// It goes in and never comes out.
    pub(super) secret: bool,
}

pub(super) trait Formed {
    const FORM: Form;
}

const ANY: Form = Form {
    name: "",
    description: "",
    format: None,
    pattern: None,
    examples: &[],
    words: Vec::new,
    secret: false,
};

impl Formed for EmailAddress {
    const FORM: Form = Form {
        name: "EmailAddress",
        description: "An e-mail address: a dot-atom, one @ and a domain with a dot in it; international ones too. \
                      It comes out normalized.",
        format: Some("email"),
        examples: &["jan@barasek.com"],
        ..ANY
    };
}

impl Formed for CustomerIp {
    const FORM: Form = Form {
        name: "CustomerIp",
        description: "An IPv4 or IPv6 address without port, brackets, prefix length or zone; `localhost` and the empty \
                      string are 127.0.0.1. It comes out as RFC 5952 writes it.",
        examples: &["1.1.1.1", "2001:db8::1"],
        ..ANY
    };
}

impl Formed for Expiry {
    const FORM: Form = Form {
        name: "Expiry",
        description: "A length of time from one minute to seven days: whole numbers with units, the largest first, or an \
                      ISO 8601 duration. It comes out as `3h 20m`.",
        examples: &["3h 20m", "PT3H20M", "1d"],
        ..ANY
    };
}

impl Formed for Language {
    const FORM: Form = Form {
        name: "Language",
        description: "A language tag of BCP 47, of which the primary subtag counts. It comes out in lower case.",
        pattern: Some("^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$"),
        examples: &["cs", "en-GB"],
        ..ANY
    };
}

impl Formed for ApiKey {
    const FORM: Form = Form {
        name: "ApiKey",
        description: "An API key.",
        pattern: Some("^(PROD|DEV_|ROOT)[A-Za-z0-9]{28}$"),
        secret: true,
        ..ANY
    };
}

impl Formed for ResetToken {
    const FORM: Form = Form {
        name: "ResetToken",
        description: "The token of a reset link.",
        pattern: Some("^[A-Za-z0-9]{32}$"),
        secret: true,
        ..ANY
    };
}

impl Formed for Password {
    const FORM: Form = Form {
        name: "Password",
        description: "A password in plain text.",
        format: Some("password"),
        secret: true,
        ..ANY
    };
}

macro_rules! words {
    ($word:ident) => {
        impl Formed for $word {
            const FORM: Form = Form {
                name: stringify!($word),
                description: "One of a fixed list of words.",
                words: || Self::ALL.iter().map(|word| word.as_str()).collect(),
                ..ANY
            };
        }
    };
}
for_words!(words);

macro_rules! ids {
    ($id:ident) => {
        impl Formed for $id {
            const FORM: Form = Form {
                name: stringify!($id),
                description: "A hyphenated UUID (RFC 9562).",
                format: Some("uuid"),
                ..ANY
            };
        }
    };
}
for_ids!(ids);
