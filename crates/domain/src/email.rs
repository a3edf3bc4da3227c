//! E-mail addresses: one comes in, two forms come out.

mod domain_part;
mod error;
mod fast;
mod full;
mod local_part;
mod masked;
mod provider;
mod text;

use core::cmp::Ordering;
use core::{fmt, hash};
use std::borrow::{Borrow, Cow};

pub use self::error::EmailError;
pub use self::masked::{MaskedEmail, mask_addresses};
use self::provider::Canonical;
pub use self::provider::{ProviderRule, ProviderRules, TagSeparator};
use crate::macros::{deserialize_impl, parse_impls, serialize_impl, str_eq_impls};

/// A deliverable e-mail address and the identity of its mailbox.
///
/// * [`normalized`](Self::normalized) is the deliverable form: space and tab trimmed, NFC, the
///   local part in lower case, the domain as A-labels by UTS-46 non-transitional processing. Mail
///   goes there, and `Display` prints it.
/// * [`canonical`](Self::canonical) is the identity of the mailbox: what is left when the
///   provider's rules have dropped the dots and tags that it ignores.
///   [`canonical_rule`](Self::canonical_rule) tells why it differs.
///
/// Equality, order and hash are those of the normalized form: two spellings of one address are
/// equal, two addresses of one mailbox are not. For that ask [`same_mailbox`](Self::same_mailbox).
/// They are those of a string, so that a map is searched by `&str` ([`Borrow`]); a text that is not
/// normalized equals no address.
///
/// The canonical form is no part of equality: an address that was read by an organisation's own
/// [`ProviderRules`] equals the one that was read by the built-in rules, and has another canonical
/// form. Where own rules are in use, bring every address under them with
/// [`with_rules`](Self::with_rules) before mailboxes are compared or canonical forms are stored.
///
/// `Debug` prints the masked form alone, as full addresses never reach a log.
///
/// ```
/// use resetd_domain::EmailAddress;
///
/// let email = EmailAddress::parse(" Jan.Barasek+shop@GoogleMail.com ")?;
/// assert_eq!(email.normalized(), "jan.barasek+shop@googlemail.com");
/// assert_eq!(email.canonical(), "janbarasek@gmail.com");
/// assert_eq!(email.canonical_rule().map(|rule| rule.name()), Some("Gmail"));
/// assert_eq!(email.masked().to_string(), "j***@googlemail.com");
/// # Ok::<(), resetd_domain::EmailError>(())
/// ```
#[derive(Clone)]
pub struct EmailAddress {
    normalized: String,
    at: usize,
    canonical: Option<Canonical>,
}

impl EmailAddress {
    /// Reads an address by the built-in provider rules.
    ///
    /// # Errors
    ///
    /// Everything that is no dot-atom local part (RFC 5321, RFC 5322, RFC 6531), one `@` and a
    /// domain with a dot in it; see [`EmailError`] for the errors and the order in which they are
    /// found.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        Self::parse_with(text, ProviderRules::built_in())
    }

    /// Reads an address by an organisation's own provider rules.
    ///
    /// # Errors
    ///
    /// As [`EmailAddress::parse`].
    pub fn parse_with(text: &str, rules: &ProviderRules) -> Result<Self, EmailError> {
        let text::Normalized { text: normalized, at } = match fast::normalize(text) {
            Some(normalized) => normalized,
            None => full::normalize(text)?,
        };
        let (local, domain) = halves(&normalized, at);
        let canonical = rules
            .canonicalise(local, domain)
            .map_err(|error| error.map_position(|position| text::trim(text).1 + position))?;
        Ok(Self { normalized, at, canonical })
    }

    /// The same address with the canonical form that these rules give it.
    ///
    /// Serde, `FromStr` and databases know the normalized form alone: what they bring back has the
    /// canonical form of the built-in rules. Whoever has rules of their own calls this on the way
    /// in, so that [`same_mailbox`](Self::same_mailbox) compares like with like.
    ///
    /// ```
    /// use resetd_domain::{EmailAddress, ProviderRule, ProviderRules};
    ///
    /// let rule = ProviderRule::new("Example", "their postmaster", ["example.com"])?.ignoring_dots();
    /// let rules = ProviderRules::default().with_rule(rule);
    /// let stored = EmailAddress::parse("jan@example.com")?;
    /// let typed = EmailAddress::parse("j.an@example.com")?;
    /// assert!(!typed.same_mailbox(&stored));
    /// assert!(typed.with_rules(&rules)?.same_mailbox(&stored.with_rules(&rules)?));
    /// # Ok::<(), resetd_domain::EmailError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EmailError::NothingLeftOfTag`] where these rules leave no name of a mailbox.
    pub fn with_rules(self, rules: &ProviderRules) -> Result<Self, EmailError> {
        let canonical = rules.canonicalise(self.local_part(), self.domain())?;
        Ok(Self { canonical, ..self })
    }

    /// The deliverable form, domain in A-labels.
    #[must_use]
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The deliverable form, as [`normalized`](Self::normalized): what `Display`, serde and
    /// databases see.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.normalized
    }

    /// The identity of the mailbox.
    #[must_use]
    pub fn canonical(&self) -> &str {
        self.canonical.as_ref().map_or(&self.normalized, Canonical::text)
    }

    /// The provider's rule by which the canonical form differs from the normalized one; `None`
    /// where they are the same.
    #[must_use]
    pub fn canonical_rule(&self) -> Option<&ProviderRule> {
        self.canonical.as_ref().map(Canonical::rule)
    }

    /// Whether both addresses lead to the same mailbox. An equivalence: reflexive, symmetric,
    /// transitive.
    #[must_use]
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// The normalized part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        halves(&self.normalized, self.at).0
    }

    /// The normalized part after the `@`, in A-labels: `xn--…` where it is international.
    #[must_use]
    pub fn domain(&self) -> &str {
        halves(&self.normalized, self.at).1
    }

    /// The part after the `@` as people read it: `háčky.cz` for `xn--hky-ela4t.cz`.
    #[must_use]
    pub fn domain_unicode(&self) -> Cow<'_, str> {
        domain_part::to_unicode(self.domain())
    }

    /// The address with its domain as people read it. For showing alone: it is not what mail is
    /// sent to.
    #[must_use]
    pub fn to_unicode(&self) -> Cow<'_, str> {
        match self.domain_unicode() {
            Cow::Borrowed(_) => Cow::Borrowed(&self.normalized),
            Cow::Owned(domain) => Cow::Owned(format!("{}@{domain}", self.local_part())),
        }
    }

    /// The address as logs may show it: the first character of the local part, then `***`, then the
    /// domain.
    #[must_use]
    pub fn masked(&self) -> MaskedEmail<'_> {
        MaskedEmail::new(self.local_part(), self.domain())
    }

    /// The normalized form without the rest.
    #[must_use]
    pub fn into_normalized(self) -> String {
        self.normalized
    }
}

/// The parts before and after the `@` of a normalized address.
fn halves(normalized: &str, at: usize) -> (&str, &str) {
    (normalized.get(..at).unwrap_or_default(), normalized.get(at + 1..).unwrap_or_default())
}

impl fmt::Display for EmailAddress {
    /// The normalized form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.normalized)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.normalized == other.normalized
    }
}

impl Eq for EmailAddress {}

impl PartialOrd for EmailAddress {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EmailAddress {
    fn cmp(&self, other: &Self) -> Ordering {
        self.normalized.cmp(&other.normalized)
    }
}

impl hash::Hash for EmailAddress {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.normalized.hash(state);
    }
}

impl AsRef<str> for EmailAddress {
    fn as_ref(&self) -> &str {
        &self.normalized
    }
}

impl Borrow<str> for EmailAddress {
    /// Its hash, order and equality are those of the normalized form as a string.
    fn borrow(&self) -> &str {
        &self.normalized
    }
}

impl From<EmailAddress> for String {
    /// The normalized form.
    fn from(email: EmailAddress) -> Self {
        email.normalized
    }
}

str_eq_impls!(EmailAddress);
parse_impls!(EmailAddress, EmailError);
serialize_impl!(EmailAddress);
deserialize_impl!(EmailAddress, "an e-mail address");
