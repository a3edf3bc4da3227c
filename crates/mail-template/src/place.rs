use domain::{Country, GeoContext, Language, PlaceName};

use crate::clean::one_line;

/// City and country, or the country alone, in `language`; empty when neither is known. The region
/// is left out: a mail needs to be recognised, not located.
pub(crate) fn requested_from(context: Option<&GeoContext>, language: &Language) -> String {
    let Some(context) = context else { return String::new() };
    let city = context.city.as_ref().map(|place| name(place, language)).unwrap_or_default();
    let country = country(context, language);
    match (city.is_empty(), country.is_empty()) {
        (_, true) => city,
        (true, false) => country,
        (false, false) if city == country => country,
        (false, false) => format!("{city}, {country}"),
    }
}

/// The resolver's own name in this language, else the one known of old, else the resolver's plain
/// one.
fn country(context: &GeoContext, language: &Language) -> String {
    if let Some(named) = context.country.as_ref().and_then(|place| place.names.get(language.as_str())) {
        return one_line(named, 60);
    }
    let known = context.country_code.as_deref().and_then(Country::of);
    if let Some(known) = known.and_then(|country| country.name(language)) {
        return known.to_owned();
    }
    context.country.as_ref().map(|place| one_line(&place.name, 60)).unwrap_or_default()
}

fn name(place: &PlaceName, language: &Language) -> String {
    one_line(place.in_language(language), 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(code: &str, country: &str, city: Option<&str>) -> GeoContext {
        GeoContext {
            country_code: Some(code.to_owned()),
            country: Some(PlaceName::new(country)),
            city: city.map(PlaceName::new),
            ..GeoContext::default()
        }
    }

    fn language(tag: &str) -> Language {
        tag.parse().unwrap()
    }

    #[test]
    fn city_and_country_in_the_language_of_the_mail() {
        let mut prague = context("CZ", "Czechia", Some("Prague"));
        assert_eq!(requested_from(Some(&prague), &language("en")), "Prague, Czechia");
        assert_eq!(requested_from(Some(&prague), &language("de")), "Prague, Tschechien");
        if let Some(city) = &mut prague.city {
            city.names.insert("cs".to_owned(), "Praha".to_owned());
        }
        assert_eq!(requested_from(Some(&prague), &language("cs")), "Praha, Česko");
        assert_eq!(requested_from(Some(&prague), &language("fr")), "Prague, Czechia");
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        assert_eq!(requested_from(None, &language("en")), "");
        assert_eq!(requested_from(Some(&GeoContext::default()), &language("en")), "");
        assert_eq!(requested_from(Some(&context("PL", "Poland", None)), &language("pl")), "Polska");
        assert_eq!(
            requested_from(Some(&context("SG", "Singapore", Some("Singapore"))), &language("en")),
            "Singapore"
        );
        assert_eq!(requested_from(Some(&context("??", "Atlantis", None)), &language("cs")), "Atlantis");
    }

    #[test]
    fn a_resolver_cannot_break_the_line() {
        let place = context("??", "A\r\nBcc: b", Some("x\u{202E}y"));
        assert_eq!(requested_from(Some(&place), &language("en")), "xy, A Bcc: b");
    }
}
