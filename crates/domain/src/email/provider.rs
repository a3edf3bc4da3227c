//! What a provider ignores in its addresses.

mod countries;
mod rule;
#[cfg(feature = "serde")]
mod serde_form;
mod table;

use std::sync::Arc;

pub use self::rule::{ProviderRule, TagSeparator};
use super::error::EmailError;
use super::text::nfc;

/// The provider rules by which addresses are made canonical: the built-in ones, and before them an
/// organisation's own.
///
/// ```
/// use resetd_domain::{EmailAddress, ProviderRule, ProviderRules};
///
/// let rules = ProviderRules::default().with_rule(
///     ProviderRule::new("Example Ltd.", "their postmaster, 2026-01-31", ["example.com", "example.net"])?
///         .ignoring_dots()
///         .mapped_to("example.com")?,
/// );
/// let email = EmailAddress::parse_with("jan.barasek@example.net", &rules)?;
/// assert_eq!(email.canonical(), "janbarasek@example.com");
/// # Ok::<(), resetd_domain::EmailError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderRules {
    own: Vec<Arc<ProviderRule>>,
}

/// A rule and who keeps it.
#[derive(Clone, Debug)]
enum Found {
    BuiltIn(&'static ProviderRule),
    Own(Arc<ProviderRule>),
}

impl Found {
    fn rule(&self) -> &ProviderRule {
        match self {
            Self::BuiltIn(rule) => rule,
            Self::Own(rule) => rule,
        }
    }
}

impl ProviderRules {
    /// The built-in rules alone, as specification.md#email-addresses lists them.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: ProviderRules = ProviderRules { own: Vec::new() };
        &BUILT_IN
    }

    /// With one more rule. For the domains it names, it comes before every built-in rule and every
    /// rule added earlier.
    #[must_use]
    pub fn with_rule(mut self, rule: ProviderRule) -> Self {
        self.own.insert(0, Arc::new(rule));
        self
    }

    /// The rules in the order in which they are asked: one's own, then the built-in ones.
    pub fn iter(&self) -> impl Iterator<Item = &ProviderRule> {
        self.own().chain(table::RULES)
    }

    /// The rules of one's own alone, in the order in which they are asked.
    pub fn own(&self) -> impl Iterator<Item = &ProviderRule> {
        self.own.iter().map(Arc::as_ref)
    }

    /// The country codes that a brand's domain may end in; see [`ProviderRule::brands`].
    pub fn countries() -> impl Iterator<Item = &'static str> {
        countries::COUNTRIES.split(' ')
    }

    /// The rule for a domain in A-labels.
    #[must_use]
    pub fn rule_for(&self, domain: &str) -> Option<&ProviderRule> {
        let own = self.own.iter().find(|rule| rule.covers(domain)).map(Arc::as_ref);
        own.or_else(|| table::RULES.iter().find(|rule| rule.covers(domain)))
    }

    fn find(&self, domain: &str) -> Option<Found> {
        let own = self.own.iter().find(|rule| rule.covers(domain));
        match own {
            Some(rule) => Some(Found::Own(Arc::clone(rule))),
            None => table::RULES.iter().find(|rule| rule.covers(domain)).map(Found::BuiltIn),
        }
    }

    /// The canonical form of a normalized address, where it differs.
    pub(super) fn canonicalise(&self, local: &str, domain: &str) -> Result<Option<Canonical>, EmailError> {
        let Some(found) = self.find(domain) else { return Ok(None) };
        let rule = found.rule();
        let name = rule.mailbox(local)?;
        let dots = rule.ignores_dots() && name.contains('.');
        // Into another domain only where the same rule speaks for it too: else the result would
        // change once more.
        let target = match rule.canonical_domain() {
            Some(target) if self.own.is_empty() => target,
            Some(target) if self.rule_for(target).is_some_and(|there| core::ptr::eq(there, rule)) => target,
            _ => domain,
        };
        if name.len() == local.len() && !dots && target == domain {
            return Ok(None);
        }
        let mut text = String::with_capacity(name.len() + 1 + target.len());
        if dots {
            text.extend(name.split('.'));
        } else {
            text.push_str(name);
        }
        // What has come to stand side by side may compose, jamo for instance.
        if dots && !text.is_ascii() {
            text = nfc(&text).into_owned();
        }
        text.push('@');
        text.push_str(target);
        Ok(Some(Canonical { text, found }))
    }
}

impl FromIterator<ProviderRule> for ProviderRules {
    /// These rules, then the built-in ones. The first that covers a domain counts.
    fn from_iter<I: IntoIterator<Item = ProviderRule>>(rules: I) -> Self {
        Self { own: rules.into_iter().map(Arc::new).collect() }
    }
}

/// A canonical form that differs from the normalized one, and the rule that made it.
#[derive(Clone, Debug)]
pub(super) struct Canonical {
    text: String,
    found: Found,
}

impl Canonical {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn rule(&self) -> &ProviderRule {
        self.found.rule()
    }
}
