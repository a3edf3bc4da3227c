//! Provider rules as JSON or TOML: a list, the first rule that covers a domain counts. The form is
//! that of `provider` in `conformance/schema.json`.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{ProviderRule, ProviderRules, TagSeparator};

#[derive(Serialize, Deserialize)]
#[serde(rename = "provider", rename_all = "camelCase", deny_unknown_fields)]
struct Form<'a> {
    name: Cow<'a, str>,
    source: Cow<'a, str>,
    domains: Vec<Cow<'a, str>>,
    #[serde(default)]
    ignores_dots: bool,
    #[serde(default)]
    tag: Option<char>,
    #[serde(default)]
    maps_to: Option<Cow<'a, str>>,
}

impl Serialize for ProviderRules {
    /// The rules of one's own; the built-in ones come with the crate.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.own().map(|rule| Form {
            name: rule.name().into(),
            source: rule.source().into(),
            domains: rule.domains().map(Cow::from).collect(),
            ignores_dots: rule.ignores_dots(),
            tag: rule.tag_separator().map(TagSeparator::as_char),
            maps_to: rule.canonical_domain().map(Cow::from),
        }))
    }
}

impl<'de> Deserialize<'de> for ProviderRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Form<'_>>::deserialize(deserializer)?.iter().map(rule).collect()
    }
}

fn rule<E: Error>(form: &Form<'_>) -> Result<ProviderRule, E> {
    let Form { name, source, domains, ignores_dots, tag, maps_to } = form;
    let refused = |what: &dyn core::fmt::Display| E::custom(format_args!("the provider {name:?}: {what}"));
    if name.trim().is_empty() || source.trim().is_empty() {
        return Err(refused(&"it needs a name and a source, which says where the rule is written"));
    }
    if domains.is_empty() {
        return Err(refused(&"it has no domains"));
    }
    let mut rule =
        ProviderRule::new(name.as_ref(), source.as_ref(), domains).map_err(|error| refused(&error))?;
    if *ignores_dots {
        rule = rule.ignoring_dots();
    }
    if let Some(tag) = *tag {
        let separator = TagSeparator::from_char(tag);
        rule = rule.dropping_tags(separator.ok_or_else(|| refused(&"a tag begins with `+` or `-`"))?);
    }
    match maps_to {
        Some(domain) => rule.mapped_to(domain).map_err(|error| refused(&error)),
        None => Ok(rule),
    }
}
