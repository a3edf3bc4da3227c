//! One provider's rule.

use std::borrow::Cow;

use super::super::domain_part;
use super::super::error::EmailError;
use super::countries;

/// What separates the name of a mailbox from a tag that its owner made up.
///
/// ```
/// use resetd_domain::TagSeparator;
///
/// assert_eq!(TagSeparator::from_char('+'), Some(TagSeparator::Plus));
/// assert_eq!(TagSeparator::Hyphen.as_char(), '-');
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagSeparator {
    /// `jan+shop@…` (RFC 5233 calls it subaddressing).
    Plus,
    /// `jan-shop@…`.
    Hyphen,
}

impl TagSeparator {
    /// The character.
    #[must_use]
    pub const fn as_char(self) -> char {
        match self {
            Self::Plus => '+',
            Self::Hyphen => '-',
        }
    }

    /// The separator that this character is.
    #[must_use]
    pub const fn from_char(character: char) -> Option<Self> {
        match character {
            '+' => Some(Self::Plus),
            '-' => Some(Self::Hyphen),
            _ => None,
        }
    }
}

/// What one provider ignores in its addresses, and where it says so.
///
/// ```
/// use resetd_domain::{ProviderRule, ProviderRules, TagSeparator};
///
/// let gmail = ProviderRules::built_in().rule_for("googlemail.com").unwrap();
/// assert_eq!((gmail.name(), gmail.canonical_domain()), ("Gmail", Some("gmail.com")));
///
/// let own = ProviderRule::new("Example", "their postmaster, 2026-01-31", ["example.com"])?
///     .dropping_tags(TagSeparator::Plus);
/// assert!(own.covers("example.com") && !own.covers("mail.example.com"));
/// # Ok::<(), resetd_domain::EmailError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRule {
    pub(super) name: Cow<'static, str>,
    pub(super) source: Cow<'static, str>,
    pub(super) domains: Cow<'static, [Cow<'static, str>]>,
    /// Names under which it has domains in many countries: `hotmail` for `hotmail.de`,
    /// `hotmail.co.uk`, `hotmail.com.br`.
    pub(super) brands: &'static [&'static str],
    /// Domains that look like a brand's and belong to someone else.
    pub(super) strangers: &'static [&'static str],
    pub(super) dots: bool,
    pub(super) tag: Option<TagSeparator>,
    pub(super) canonical_domain: Option<Cow<'static, str>>,
}

impl ProviderRule {
    /// A rule that so far changes nothing, for these domains.
    ///
    /// `source` says where it is written that the provider does so: a page, a standard, a person
    /// and a day.
    ///
    /// # Errors
    ///
    /// A domain that could not stand in an address.
    pub fn new<D: AsRef<str>>(
        name: impl Into<String>,
        source: impl Into<String>,
        domains: impl IntoIterator<Item = D>,
    ) -> Result<Self, EmailError> {
        let domains: Result<Vec<_>, _> = domains
            .into_iter()
            .map(|domain| domain_part::normalize(domain.as_ref()).map(Cow::Owned))
            .collect();
        Ok(Self {
            name: Cow::Owned(name.into()),
            source: Cow::Owned(source.into()),
            domains: Cow::Owned(domains?),
            brands: &[],
            strangers: &[],
            dots: false,
            tag: None,
            canonical_domain: None,
        })
    }

    /// And dots in the local part make no difference.
    #[must_use]
    pub const fn ignoring_dots(mut self) -> Self {
        self.dots = true;
        self
    }

    /// And what follows the first separator makes no difference.
    #[must_use]
    pub const fn dropping_tags(mut self, separator: TagSeparator) -> Self {
        self.tag = Some(separator);
        self
    }

    /// And its domains are names of this one, which the rule covers from now on as well.
    ///
    /// # Errors
    ///
    /// A domain that could not stand in an address.
    pub fn mapped_to(mut self, domain: &str) -> Result<Self, EmailError> {
        let domain = domain_part::normalize(domain)?;
        if !self.covers(&domain) {
            self.domains.to_mut().push(Cow::Owned(domain.clone()));
        }
        self.canonical_domain = Some(Cow::Owned(domain));
        Ok(self)
    }

    /// The provider's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is written that the provider does so.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its domains, in A-labels.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        self.domains.iter().map(Cow::as_ref)
    }

    /// The names under which it has domains in many countries: `hotmail` for `hotmail.de`,
    /// `hotmail.co.uk` and `hotmail.com.br`. Of built-in rules alone.
    pub fn brands(&self) -> impl Iterator<Item = &'static str> {
        self.brands.iter().copied()
    }

    /// Domains that look like a brand's and belong to someone else.
    pub fn except(&self) -> impl Iterator<Item = &'static str> {
        self.strangers.iter().copied()
    }

    /// Whether dots in the local part make no difference.
    #[must_use]
    pub const fn ignores_dots(&self) -> bool {
        self.dots
    }

    /// What separates a tag that makes no difference.
    #[must_use]
    pub const fn tag_separator(&self) -> Option<TagSeparator> {
        self.tag
    }

    /// The domain that its others are names of.
    #[must_use]
    pub fn canonical_domain(&self) -> Option<&str> {
        self.canonical_domain.as_deref()
    }

    /// Whether the rule speaks for a domain in A-labels. Subdomains are other domains.
    #[must_use]
    pub fn covers(&self, domain: &str) -> bool {
        self.domains.iter().any(|covered| covered == domain)
            || (!self.brands.is_empty() && self.is_brand_domain(domain))
    }

    fn is_brand_domain(&self, domain: &str) -> bool {
        domain.split_once('.').is_some_and(|(brand, suffix)| {
            self.brands.contains(&brand)
                && countries::is_country_suffix(suffix)
                && !self.strangers.contains(&domain)
        })
    }

    /// The name of the mailbox in a normalized local part, its dots included.
    pub(super) fn mailbox<'a>(&self, local: &'a str) -> Result<&'a str, EmailError> {
        let Some(at) = self.tag.and_then(|separator| local.find(separator.as_char())) else {
            return Ok(local);
        };
        // `a.+tag` leaves `a.`, which no mailbox can be called: the dot belongs to the tag.
        match local.get(..at).unwrap_or_default().trim_end_matches('.') {
            "" => Err(EmailError::NothingLeftOfTag { position: at }),
            name => Ok(name),
        }
    }
}
