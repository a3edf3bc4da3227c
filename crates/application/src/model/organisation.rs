use chrono::{DateTime, Utc};
use domain::{
    AccentColor, EmailAddress, ExpiryPolicy, Language, OrganisationId, PasswordPolicy, ProviderRules,
};
use serde::{Deserialize, Serialize};

use crate::model::{CustomersMode, Logo};

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
/// old rows stay readable when a setting is added, and unknown ones are ignored, so that an older
/// replica goes on serving beside a newer one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrganisationSettings {
    /// Where its customers and their passwords live.
    pub customers: CustomersMode,
    /// Where the mail's link leads: an `http(s)` URL holding `{token}`. `None`: resetd's own page.
    pub reset_url: Option<String>,
    /// The language of mails and pages for customers without one.
    pub language: Language,
    /// The sender of its mails (`Name <user@example.com>` or an address alone). `None`: the
    /// installation's.
    pub mail_from: Option<String>,
    /// Shown in the layout; an `https` URL.
    pub logo_url: Option<String>,
    /// The logo as a file that resetd serves, on pages and, where it is a PNG, in mails.
    pub logo: Option<Logo>,
    /// The colour of buttons and links in mails and on pages.
    pub accent: Option<AccentColor>,
    /// Where customers sign in; an `http(s)` URL.
    pub sign_in_url: Option<String>,
    /// How to reach the organisation: an `https` URL, an e-mail address, or a line of text.
    pub contact: Option<String>,
    /// Where answers to mails go (`Name <user@example.com>` or an address alone).
    pub reply_to: Option<String>,
    /// The time zone of timestamps where the customer's is unknown, such as `Europe/Prague`.
    /// `None`: UTC.
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
    /// What its own mail hosts ignore in an address, before the built-in rules.
    pub provider_rules: ProviderRules,
}

impl OrganisationSettings {
    /// The address with the canonical form that the organisation's provider rules give it. Where
    /// they leave no mailbox it stays as it was: no customer has it, as an import skips such rows.
    #[must_use]
    pub fn canonical(&self, email: EmailAddress) -> EmailAddress {
        email.clone().with_rules(&self.provider_rules).unwrap_or(email)
    }
}

impl Default for OrganisationSettings {
    fn default() -> Self {
        Self {
            customers: CustomersMode::default(),
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
            provider_rules: ProviderRules::default(),
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
