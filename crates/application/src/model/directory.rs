use std::fmt;

use chrono::{DateTime, Utc};
use domain::{CustomerId, CustomerIp, EmailAddress, Language, OrganisationId, RequestId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::PasswordHash;

/// Where an organisation's customers and passwords live (specification.md#where-customers-and-passwords-live).
/// Secrets are sealed with the data key; `Debug` shows none.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum CustomersMode {
    /// Both in resetd's database; the organisation's login asks `verify-password`.
    #[default]
    Own,
    /// Customers in resetd's database; the platform's own page calls `consume-token` and writes the
    /// password itself.
    Platform,
    /// Both at the organisation's backend, asked over HTTP.
    Http {
        /// The base URL below which the backend answers `find` and `set-password`.
        url: String,
        /// The `whsec_…` secret that signs requests, sealed, as base64.
        sealed_secret: String,
        /// The scheme of new hashes.
        scheme: HashScheme,
    },
}

impl CustomersMode {
    /// The word of `--customers`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Platform => "platform",
            Self::Http { .. } => "http",
        }
    }
}

impl fmt::Debug for CustomersMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a new password is hashed for an organisation's login.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HashScheme {
    /// Argon2id as a PHC string (`$argon2id$…`), OWASP parameters.
    #[default]
    Argon2id,
    /// bcrypt, cost 12 (`$2b$…`).
    Bcrypt,
    /// Argon2id as Django writes it (`argon2$argon2id$…`).
    DjangoArgon2,
    /// PBKDF2-HMAC-SHA256 as Django writes it (`pbkdf2_sha256$…`).
    #[serde(rename = "django-pbkdf2-sha256")]
    DjangoPbkdf2Sha256,
}

/// The customer a link was made for, and in which state: kept sealed with the token.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkSubject {
    /// The directory's own identifier of the customer.
    pub reference: String,
    /// What identifies the customer's password and address at the time of mailing; opaque. Who
    /// changed either since has another one.
    pub version: String,
    /// The stored address, for the notice mail.
    pub email: EmailAddress,
    /// How mails greet; may be empty.
    pub name: String,
    /// The language of mails and pages; `None`: the organisation's.
    pub language: Option<Language>,
}

impl LinkSubject {
    /// The identifier under which resetd keeps the links of a customer that lives in a foreign
    /// directory: the first 16 bytes of a SHA-256 over organisation and reference.
    #[must_use]
    pub fn customer_id(organisation: OrganisationId, reference: &str) -> CustomerId {
        let digest = Sha256::new().chain_update(organisation.as_bytes()).chain_update(reference).finalize();
        let mut id = [0; 16];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        CustomerId::from_bytes(id)
    }
}

impl fmt::Debug for LinkSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkSubject({})", self.email.masked())
    }
}

/// A change of password in a foreign directory. Repeating it with the same `change` and `sequence`
/// MUST change nothing that is not changed already.
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordChange {
    /// Whose customer.
    pub organisation: OrganisationId,
    /// The request whose link is redeemed: the change's identity.
    pub request: RequestId,
    /// From 1; each new attempt with the same link is the next.
    pub sequence: u32,
    /// For whom.
    pub subject: LinkSubject,
    /// The new password in the organisation's scheme.
    pub hash: PasswordHash,
    /// When the customer asked for it.
    pub at: DateTime<Utc>,
    /// From where, if known.
    pub customer_ip: Option<CustomerIp>,
}

/// What a directory said of a [`PasswordChange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordSet {
    /// The password is the new one: by this call, or by an earlier call of this change.
    Applied {
        /// Whether the customer's sessions were ended.
        sessions_ended: bool,
    },
    /// Password or address changed since the link was mailed.
    Stale,
    /// The customer is gone or banned.
    Gone,
    /// The customer used this password before.
    UsedBefore,
    /// The directory's own policy refuses the password.
    AgainstPolicy,
}
