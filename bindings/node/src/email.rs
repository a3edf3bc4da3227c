//! E-mail addresses and provider rules.

use domain::{EmailAddress, ProviderRule, ProviderRules, TagSeparator};
use napi::{Either, bindgen_prelude::External};
use napi_derive::napi;

use crate::refusal::Refusal;

/// Reads an address by the built-in provider rules, or by one's own first.
///
/// One text comes back, which is twice as fast as an array: the normalized form; where the canonical one differs, that and the
/// provider's name follow, each after a line feed, which no address has.
#[napi]
pub(crate) fn email(text: String, rules: Option<&External<ProviderRules>>) -> Either<String, Refusal> {
    let rules = rules.map_or(ProviderRules::built_in(), |rules| rules);
    match EmailAddress::parse_with(&text, rules) {
        Ok(email) => Either::A(match email.canonical_rule() {
            Some(rule) => format!("{}\n{}\n{}", email.normalized(), email.canonical(), rule.name()),
            None => email.into_normalized(),
        }),
        Err(error) => Either::B(Refusal::new(&text, &error)),
    }
}

/// The forms of a normalized address that are shown and not compared: masked, the domain in Unicode, the whole with it.
/// `rules` are those that it was read by: others may refuse it.
#[napi]
pub(crate) fn shown_forms(
    normalized: String,
    rules: Option<&External<ProviderRules>>,
) -> Option<(String, String, String)> {
    let rules = rules.map_or(ProviderRules::built_in(), |rules| rules);
    let email = EmailAddress::parse_with(&normalized, rules).ok()?;
    Some((email.masked().to_string(), email.domain_unicode().into_owned(), email.to_unicode().into_owned()))
}

/// What one provider ignores in its addresses.
#[napi(object)]
pub(crate) struct Provider {
    /// The provider's name.
    pub name: String,
    /// Where it is written that the provider does so.
    pub source: String,
    /// Its domains.
    pub domains: Vec<String>,
    /// Whether dots in the local part make no difference.
    pub ignores_dots: Option<bool>,
    /// `+` or `-`: what separates a tag that makes no difference.
    pub tag: Option<String>,
    /// The domain that the others are names of.
    pub maps_to: Option<String>,
}

impl Provider {
    fn rule(self) -> Result<ProviderRule, Refusal> {
        for domain in &self.domains {
            // One by one, so that the position is within the domain that it is about.
            ProviderRule::new("", "", [domain]).map_err(|error| Refusal::new(domain, &error))?;
        }
        let mut rule = ProviderRule::new(self.name, self.source, &self.domains)
            .map_err(|error| Refusal::new("", &error))?;
        if self.ignores_dots == Some(true) {
            rule = rule.ignoring_dots();
        }
        match self.tag.as_deref() {
            Some("+") => rule = rule.dropping_tags(TagSeparator::Plus),
            Some("-") => rule = rule.dropping_tags(TagSeparator::Hyphen),
            _ => {}
        }
        match self.maps_to {
            Some(domain) => rule.mapped_to(&domain).map_err(|error| Refusal::new(&domain, &error)),
            None => Ok(rule),
        }
    }
}

/// Rules of one's own, before the built-in ones; the first that covers a domain decides.
#[napi]
pub(crate) fn provider_rules(providers: Vec<Provider>) -> Either<External<ProviderRules>, Refusal> {
    let mut rules = ProviderRules::default();
    // Of the crate's rules the one added last comes first.
    for provider in providers.into_iter().rev() {
        match provider.rule() {
            Ok(rule) => rules = rules.with_rule(rule),
            Err(refusal) => return Either::B(refusal),
        }
    }
    Either::A(External::new(rules))
}
