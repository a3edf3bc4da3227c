//! The options of a call: rules of one's own, and whether the sample key is refused.

use domain::{ProviderRule, ProviderRules, TagSeparator};
use serde::Deserialize;

use crate::answer::Error;

const CODE: &str = "invalid-options";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Options {
    #[serde(default)]
    providers: Vec<Provider>,
    #[serde(default)]
    pub(crate) refuse_sample: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Provider {
    name: String,
    source: String,
    domains: Vec<String>,
    #[serde(default)]
    ignores_dots: bool,
    tag: Option<Tag>,
    maps_to: Option<String>,
}

#[derive(Deserialize)]
enum Tag {
    #[serde(rename = "+")]
    Plus,
    #[serde(rename = "-")]
    Hyphen,
}

impl Options {
    pub(crate) fn read(json: Option<&[u8]>) -> Result<Self, Error> {
        match json {
            None => Ok(Self::default()),
            Some(json) => serde_json::from_slice(json)
                .map_err(|error| Error::of_call(CODE, &format_args!("options: {error}"))),
        }
    }

    /// The rules before the built-in ones; the first that covers a domain decides.
    pub(crate) fn provider_rules(&self) -> Result<ProviderRules, Error> {
        // Of the crate's rules the one added last comes first.
        self.providers
            .iter()
            .rev()
            .try_fold(ProviderRules::default(), |rules, provider| Ok(rules.with_rule(provider.rule()?)))
    }
}

impl Provider {
    fn rule(&self) -> Result<ProviderRule, Error> {
        let refused = |error| Error::of_call(CODE, &format_args!("the provider {:?}: {error}", self.name));
        let mut rule: ProviderRule =
            ProviderRule::new(&self.name, &self.source, &self.domains).map_err(refused)?;
        if self.ignores_dots {
            rule = rule.ignoring_dots();
        }
        rule = match self.tag {
            None => rule,
            Some(Tag::Plus) => rule.dropping_tags(TagSeparator::Plus),
            Some(Tag::Hyphen) => rule.dropping_tags(TagSeparator::Hyphen),
        };
        match &self.maps_to {
            Some(domain) => rule.mapped_to(domain).map_err(refused),
            None => Ok(rule),
        }
    }
}
