use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::{AccentColor, EmailAddress, ExpiryPolicy, Language, OrganisationId, PasswordPolicy};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::StoreError;

/// One tenant of the platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Organisation {
    /// Identity.
    pub id: OrganisationId,
    /// Unique, human-readable; the `{{ organisationName }}` of its mails.
    pub name: String,
    /// A suspended organisation's keys answer `PUBLIC_API_KEY_IS_NOT_ACTIVE`, and its links open
    /// nothing.
    pub suspended: bool,
    /// Everything an operator may set.
    pub settings: OrganisationSettings,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// What an operator may set for an organisation. Absent parts take the contract's defaults, so that
/// old rows stay readable when a setting is added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationSettings {
    /// Where the mail's link leads: an `http(s)` URL holding `{token}`. `None`: resetd's own page.
    pub reset_url: Option<String>,
    /// The language of mails and pages for customers without one.
    pub language: Language,
    /// The sender of its mails (`Name <user@example.com>` or an address alone). `None`: the
    /// installation's.
    pub mail_from: Option<String>,
    /// Shown in the layout; an `https` URL.
    pub logo_url: Option<String>,
    /// The logo as a file that resetd serves; pages show it before `logo_url`.
    pub logo: Option<Logo>,
    /// The colour of buttons and links in mails and on pages.
    pub accent: Option<AccentColor>,
    /// Where customers sign in; an `http(s)` URL.
    pub sign_in_url: Option<String>,
    /// How to reach the organisation: an `https` URL, an e-mail address, or a line of text.
    pub contact: Option<String>,
    /// Where answers to mails go (`Name <user@example.com>` or an address alone).
    pub reply_to: Option<String>,
    /// The time zone of timestamps where the customer's is unknown, such as `Europe/Prague`. `None`: UTC.
    pub time_zone: Option<String>,
    /// The last lines of the layout.
    pub footer: Option<String>,
    /// Shortest, longest and default life of a link, in seconds.
    pub expiry: ExpirySettings,
    /// How many mails one address may get.
    pub address_budget: AddressBudget,
    /// Requests a minute that may name one customer IP.
    pub requests_per_ip_minute: u32,
    /// What a new password must satisfy.
    pub password: PasswordSettings,
    /// What to do with requests from certain places.
    pub geo_rules: GeoRules,
}

impl Default for OrganisationSettings {
    fn default() -> Self {
        Self {
            reset_url: None,
            language: Language::EN,
            mail_from: None,
            logo_url: None,
            logo: None,
            accent: None,
            sign_in_url: None,
            contact: None,
            reply_to: None,
            time_zone: None,
            footer: None,
            expiry: ExpirySettings::default(),
            address_budget: AddressBudget::default(),
            requests_per_ip_minute: 60,
            password: PasswordSettings::default(),
            geo_rules: GeoRules::default(),
        }
    }
}

impl OrganisationSettings {
    /// Where a link to the contact leads; `None` where there is none, or it is a line of text.
    #[must_use]
    pub fn contact_url(&self) -> Option<String> {
        let contact = self.contact.as_deref()?;
        if contact.starts_with("https://") {
            return Some(contact.to_owned());
        }
        EmailAddress::parse(contact).ok().map(|address| format!("mailto:{}", address.normalized()))
    }
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logo {
    /// What kind of picture.
    pub kind: LogoKind,
    /// The first 16 hexadecimal digits of its SHA-256: a new picture has a new address.
    pub hash: String,
    /// The file in base64; at most 64 KiB before.
    pub base64: String,
}

/// What kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogoKind {
    /// `image/png`.
    Png,
    /// `image/svg+xml`, for pages alone: mail programs do not show it.
    Svg,
}

impl Logo {
    /// A picture with these bytes.
    #[must_use]
    pub fn new(kind: LogoKind, bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hash = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { kind, hash, base64: STANDARD.encode(bytes) }
    }

    /// The file; `None` where what is stored is no base64.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.base64).ok()
    }

    /// The path below the public URL under which resetd serves it.
    #[must_use]
    pub fn path(&self, organisation: OrganisationId) -> String {
        format!("/logo/{organisation}/{}", self.hash)
    }
}

/// [`ExpiryPolicy`] as it is stored, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpirySettings {
    /// Shortest, 60 or more.
    pub floor: u64,
    /// Longest, 604,800 or less.
    pub ceiling: u64,
    /// When the request names none.
    pub default: u64,
}

impl Default for ExpirySettings {
    fn default() -> Self {
        Self { floor: 60, ceiling: 604_800, default: 3_600 }
    }
}

impl ExpirySettings {
    /// The policy these numbers make; the contract's own where they contradict each other.
    #[must_use]
    pub fn policy(&self) -> ExpiryPolicy {
        let expiry = |seconds| domain::Expiry::from_seconds(seconds).ok();
        match (expiry(self.floor), expiry(self.ceiling), expiry(self.default)) {
            (Some(floor), Some(ceiling), Some(default)) => {
                ExpiryPolicy::new(floor, ceiling, default).unwrap_or_default()
            }
            _ => ExpiryPolicy::default(),
        }
    }
}

/// How many mails one canonical address may get (specification.md#limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AddressBudget {
    /// In any 60 seconds.
    pub per_minute: u32,
    /// In any 3,600 seconds.
    pub per_hour: u32,
}

impl Default for AddressBudget {
    fn default() -> Self {
        Self { per_minute: 1, per_hour: 5 }
    }
}

/// [`PasswordPolicy`] as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordSettings {
    /// Characters, 8 or more.
    pub min_length: usize,
    /// Wants an upper-case letter.
    pub upper: bool,
    /// Wants a lower-case letter.
    pub lower: bool,
    /// Wants a digit.
    pub digit: bool,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self { min_length: 8, upper: true, lower: true, digit: true }
    }
}

impl PasswordSettings {
    /// The policy these settings make.
    #[must_use]
    pub fn policy(&self) -> PasswordPolicy {
        PasswordPolicy::default()
            .with_min_length(self.min_length)
            .with_upper_case(self.upper)
            .with_lower_case(self.lower)
            .with_digit(self.digit)
    }
}

/// What becomes of a request from a place the organisation distrusts. Judged in the worker, so that
/// the answer stays uniform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GeoAction {
    /// Nothing special.
    #[default]
    Allow,
    /// The mail goes out; the timeline carries a mark.
    Flag,
    /// The mail goes out after a pause (one minute).
    Slow,
    /// No mail.
    Refuse,
}

/// An organisation's rules by kind of place; the strictest that matches wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GeoRules {
    /// Tor exits.
    pub tor: GeoAction,
    /// Hosting providers.
    pub hosting: GeoAction,
    /// Open proxies and VPNs.
    pub proxy: GeoAction,
    /// By ISO 3166-1 alpha-2 country code.
    pub countries: std::collections::BTreeMap<String, GeoAction>,
    /// Whether a password set from another country than it was asked for is flagged in the
    /// timeline.
    pub flag_abroad: bool,
}

/// The tenants.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OrganisationRegistry: Send + Sync {
    /// Stores a new organisation.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id or name is taken.
    async fn create(&self, organisation: &Organisation) -> Result<(), StoreError>;

    /// Replaces the name, the suspension and the settings of the organisation with this id.
    /// `false`: no such one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another organisation has the name.
    async fn update(&self, organisation: &Organisation) -> Result<bool, StoreError>;

    /// The organisation with this id, as it is now.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn find(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError>;

    /// Every organisation, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn list(&self) -> Result<Vec<Organisation>, StoreError>;
}
