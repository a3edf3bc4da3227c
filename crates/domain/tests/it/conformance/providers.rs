//! `providers.json`: the built-in provider rules as data.

use resetd_domain::{ProviderRules, RULES_VERSION, TagSeparator};

use super::FORMAT;
use super::json::{Json, joined};

pub(crate) fn providers() -> String {
    let rules = ProviderRules::built_in().iter().map(|rule| {
        let members = vec![
            ("name", rule.name().into()),
            ("source", rule.source().into()),
            ("domains", Json::texts(rule.domains())),
            ("brands", Json::texts(rule.brands())),
            ("except", Json::texts(rule.except())),
            ("ignoresDots", Json::Bool(rule.ignores_dots())),
            (
                "tag",
                rule.tag_separator()
                    .map(TagSeparator::as_char)
                    .map_or(Json::Null, |tag| tag.to_string().into()),
            ),
            ("mapsTo", rule.canonical_domain().map_or(Json::Null, Json::from)),
        ];
        format!("    {}", Json::Object(members).to_line())
    });
    let countries = Json::texts(ProviderRules::countries()).to_line();
    format!(
        "{{\n  \"format\": {FORMAT},\n  \"rules\": \"{RULES_VERSION}\",\n  \"providers\": [\n{}\n  ],\n  \"countries\": {countries}\n}}\n",
        joined(rules, ",\n")
    )
}

/// The table alone, read from the file, decides every vector as the crate does: nothing is missing
/// in it.
#[test]
fn the_file_says_everything_that_the_rules_do() {
    let file: serde_json::Value = serde_json::from_str(&providers()).unwrap();
    let texts = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let countries = texts(&file["countries"]);
    let covers = |provider: &serde_json::Value, domain: &str| {
        let in_country = |suffix: &str| {
            let country =
                suffix.strip_prefix("co.").or_else(|| suffix.strip_prefix("com.")).unwrap_or(suffix);
            countries.iter().any(|code| code == country)
        };
        texts(&provider["domains"]).iter().any(|it| it == domain)
            || domain.split_once('.').is_some_and(|(brand, suffix)| {
                texts(&provider["brands"]).iter().any(|it| it == brand)
                    && in_country(suffix)
                    && !texts(&provider["except"]).iter().any(|it| it == domain)
            })
    };
    for (input, normalized, canonical, source) in crate::email_accepted::PROVIDERS {
        let (local, domain) = normalized.split_once('@').unwrap();
        let provider = file["providers"].as_array().unwrap().iter().find(|it| covers(it, domain));
        let ours = match provider.filter(|_| local.is_ascii()) {
            None => continue,
            Some(provider) => {
                let tag = provider["tag"].as_str().unwrap();
                let name = local.split(tag).next().unwrap().trim_end_matches('.');
                let name =
                    if provider["ignoresDots"] == true { name.replace('.', "") } else { name.to_owned() };
                format!("{name}@{}", provider["mapsTo"].as_str().unwrap_or(domain))
            }
        };
        assert_eq!(ours, *canonical, "{input} ({source})");
    }
}
