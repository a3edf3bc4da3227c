//! What a rule says of a value.

use std::str::Utf8Error;

use domain::{ApiKey, ApiKeyKind, CustomerIp, EmailAddress, Expiry, IpScope, ProviderRules, RuleError};
use serde::Serialize;

use crate::cli::Rule;

/// The line of a value that came without a request.
#[derive(Serialize)]
pub(super) struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<String>,
    pub(super) ok: bool,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

/// The members of `conformance/schema.json`, which name everything that is known of a value; the
/// optional ones are left out of the short form.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    Email {
        normalized: String,
        canonical: String,
        #[serde(flatten)]
        more: Option<EmailMore>,
    },
    Ip {
        normalized: String,
        #[serde(flatten)]
        more: Option<IpMore>,
    },
    ApiKey {
        kind: ApiKeyKind,
        #[serde(flatten)]
        more: Option<ApiKeyMore>,
    },
    Expiry {
        seconds: u32,
        #[serde(flatten)]
        more: Option<ExpiryMore>,
    },
    Refused {
        error: Refusal,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EmailMore {
    /// The rule by which the canonical form differs.
    provider: Option<String>,
    masked: String,
    local_part: String,
    domain: String,
    unicode: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IpMore {
    scope: IpScope,
    budget_key: CustomerIp,
}

#[derive(Serialize)]
pub(super) struct ApiKeyMore {
    masked: String,
    sha256: String,
    sample: bool,
}

#[derive(Serialize)]
pub(super) struct ExpiryMore {
    text: Expiry,
    iso8601: String,
}

#[derive(Serialize)]
pub(super) struct Refusal {
    code: &'static str,
    message: String,
    #[serde(flatten)]
    place: Option<Position>,
}

/// Where the error lies, in bytes of UTF-8 and in UTF-16 code units.
#[derive(Serialize)]
struct Position {
    position: usize,
    utf16: usize,
}

impl Outcome {
    /// What `rule` says of `value`; `own` are provider rules of the caller's.
    pub(super) fn of(rule: Rule, value: &str, own: Option<&ProviderRules>, refuse_sample: bool) -> Self {
        match rule {
            Rule::Email => {
                let rules = own.unwrap_or(ProviderRules::built_in());
                EmailAddress::parse_with(value, rules).map_or_else(|error| refused(value, &error), email)
            }
            Rule::Ip => CustomerIp::parse(value).map_or_else(|error| refused(value, &error), ip),
            Rule::ApiKey => {
                let key = ApiKey::parse(value);
                let key = if refuse_sample { key.and_then(ApiKey::refuse_sample) } else { key };
                key.map_or_else(|error| refused(value, &error), |key| api_key(&key))
            }
            Rule::Expiry => Expiry::parse(value).map_or_else(|error| refused(value, &error), expiry),
        }
    }

    pub(super) fn not_utf8(error: Utf8Error) -> Self {
        let position = error.valid_up_to();
        Self::problem("invalid-utf8", format!("not UTF-8 from octet {position} on"))
    }

    pub(super) fn line_too_long() -> Self {
        Self::problem("line-too-long", format!("a line has at most {} octets", super::lines::LONGEST))
    }

    /// What is wrong with the line rather than with a value.
    pub(super) fn problem(code: &'static str, message: String) -> Self {
        Self::Refused { error: Refusal { code, message, place: None } }
    }

    pub(super) const fn is_good(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }

    /// Without what may be left out.
    pub(super) fn short(mut self) -> Self {
        match &mut self {
            Self::Email { more, .. } => *more = None,
            Self::Ip { more, .. } => *more = None,
            Self::ApiKey { more, .. } => *more = None,
            Self::Expiry { more, .. } => *more = None,
            Self::Refused { .. } => {}
        }
        self
    }
}

fn refused(value: &str, error: &dyn RuleError) -> Outcome {
    let place = Position { position: error.position(), utf16: error.utf16_position(value) };
    Outcome::Refused { error: Refusal { code: error.code(), message: error.to_string(), place: Some(place) } }
}

fn email(email: EmailAddress) -> Outcome {
    Outcome::Email {
        canonical: email.canonical().to_owned(),
        more: Some(EmailMore {
            provider: email.canonical_rule().map(|rule| rule.name().to_owned()),
            masked: email.masked().to_string(),
            local_part: email.local_part().to_owned(),
            domain: email.domain().to_owned(),
            unicode: email.to_unicode().into_owned(),
        }),
        normalized: email.into(),
    }
}

fn ip(ip: CustomerIp) -> Outcome {
    Outcome::Ip {
        normalized: ip.to_string(),
        more: Some(IpMore { scope: ip.scope(), budget_key: ip.budget_key() }),
    }
}

fn api_key(key: &ApiKey) -> Outcome {
    let sha256 = key.hash().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let more = ApiKeyMore { masked: key.masked().to_string(), sha256, sample: key.is_sample() };
    Outcome::ApiKey { kind: key.kind(), more: Some(more) }
}

fn expiry(expiry: Expiry) -> Outcome {
    let more = ExpiryMore { text: expiry, iso8601: expiry.to_iso8601().to_string() };
    Outcome::Expiry { seconds: expiry.as_seconds(), more: Some(more) }
}

/// The value as its line may show it: what could be a key is masked.
pub(super) fn shown(rule: Rule, value: &str) -> Option<String> {
    if rule != Rule::ApiKey {
        return Some(value.to_owned());
    }
    if let Ok(key) = ApiKey::parse(value) {
        return Some(key.masked().to_string());
    }
    let prefixes = ApiKeyKind::ALL.iter().map(|kind| kind.prefix());
    let prefix = prefixes.into_iter().find(|prefix| value.starts_with(prefix)).unwrap_or_default();
    Some(format!("{prefix}…"))
}
