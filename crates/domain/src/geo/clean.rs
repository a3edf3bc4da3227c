//! What a foreign source says of an address, brought into the shape that [`GeoContext`] promises.

use super::{GeoContext, PlaceName};

/// Longest name of a place, in characters.
const LONGEST_PLACE: usize = 100;
/// Longest name of an organisation, in characters.
const LONGEST_ORGANISATION: usize = 200;
/// Most languages kept of one name.
const MOST_LANGUAGES: usize = 16;

impl GeoContext {
    /// The same context without anything that does not fit its field: an adapter calls this before
    /// it answers, so that mails, pages and logs can trust every field.
    ///
    /// * Texts lose control, bidirectional and invisible characters and line separators, and the
    ///   white space at their edges; they are cut at 100 (places) or 200 characters
    ///   (organisations). An empty one is none.
    /// * The country code is two ASCII letters, made upper case; the time zone has the shape of an
    ///   IANA name; the host name is one of letters, digits, `-` and `_` with a dot in it, made
    ///   lower case (RFC 1035, section 2.3.4).
    /// * Coordinates are finite, in range and two, or none. AS 0 is none (RFC 7607).
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        self.reverse_dns = self.reverse_dns.and_then(host_name);
        self.country_code = self.country_code.and_then(country_code);
        self.country = self.country.and_then(place);
        self.region = self.region.and_then(place);
        self.city = self.city.and_then(place);
        if !matches!((self.latitude, self.longitude), (Some(north), Some(east))
            if (-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east))
        {
            self.latitude = None;
            self.longitude = None;
        }
        self.time_zone = self.time_zone.filter(|zone| is_time_zone(zone));
        self.asn = self.asn.filter(|number| *number != 0);
        self.as_organisation = self.as_organisation.and_then(|name| text(name, LONGEST_ORGANISATION));
        self.source = self.source.and_then(|name| text(name, LONGEST_PLACE));
        self
    }

    /// Whether nothing is known; the name of the source does not count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            reverse_dns,
            country_code,
            country,
            region,
            city,
            latitude,
            longitude,
            time_zone,
            asn,
            as_organisation,
            is_proxy,
            is_vpn,
            is_tor,
            is_hosting,
            source: _,
        } = self;
        reverse_dns.is_none()
            && country_code.is_none()
            && country.is_none()
            && region.is_none()
            && city.is_none()
            && latitude.is_none()
            && longitude.is_none()
            && time_zone.is_none()
            && asn.is_none()
            && as_organisation.is_none()
            && is_proxy.is_none()
            && is_vpn.is_none()
            && is_tor.is_none()
            && is_hosting.is_none()
    }
}

/// The place with clean names; none where no name is left. A place without a plain name takes its
/// English one or any.
fn place(mut place: PlaceName) -> Option<PlaceName> {
    let clean = |(language, name): (&String, &String)| is_language(language) && is_clean(name, LONGEST_PLACE);
    if place.names.len() > MOST_LANGUAGES || !place.names.iter().all(clean) {
        let names = place.names.into_iter().filter(|(language, _)| is_language(language));
        let names = names.filter_map(|(language, name)| Some((language, text(name, LONGEST_PLACE)?)));
        place.names = names.take(MOST_LANGUAGES).collect();
    }
    place.name = text(place.name, LONGEST_PLACE)
        .or_else(|| place.names.get("en").or_else(|| place.names.values().next()).cloned())?;
    Some(place)
}

/// Clean text of at most `longest` characters, or none.
fn text(text: String, longest: usize) -> Option<String> {
    if is_clean(&text, longest) {
        return Some(text);
    }
    let spaced = text.chars().map(|character| if matches!(character, '\t' | '\n') { ' ' } else { character });
    let printable: String = spaced.filter(|character| !is_unprintable(*character)).collect();
    let cut: String = printable.trim().chars().take(longest).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// Whether [`text`] would leave it as it is. Most text is, and is not copied.
fn is_clean(text: &str, longest: usize) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != b' ');
    let bytes = text.as_bytes();
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return bytes.len() <= longest && edge(bytes.first()) && edge(bytes.last());
    }
    text.trim().len() == text.len() && text.chars().count() <= longest && !text.chars().any(is_unprintable)
}

/// Control characters, bidirectional controls, zero-width characters, line and paragraph
/// separators, tags.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_language(tag: &str) -> bool {
    (2..=16).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn country_code(mut code: String) -> Option<String> {
    code.make_ascii_uppercase();
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(code)
}

fn is_time_zone(zone: &str) -> bool {
    (1..=64).contains(&zone.len())
        && zone.starts_with(|first: char| first.is_ascii_alphabetic())
        && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+'))
}

fn host_name(mut name: String) -> Option<String> {
    if name.ends_with('.') {
        name.pop();
    }
    name.make_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let numeric_end =
        name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    (name.len() <= 253 && name.contains('.') && !numeric_end && name.split('.').all(label)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<const N: usize>(pairs: [(&str, &str); N]) -> PlaceName {
        let names = pairs.map(|(language, name)| (language.to_owned(), name.to_owned())).into();
        PlaceName { name: String::new(), names }
    }

    #[test]
    fn what_fits_is_kept_as_it_is() {
        let context = GeoContext {
            reverse_dns: Some("one.one.one.one".to_owned()),
            country_code: Some("CZ".to_owned()),
            country: Some(PlaceName::new("Czechia")),
            city: Some(PlaceName { name: "Prague".to_owned(), names: names([("cs", "Praha")]).names }),
            latitude: Some(-90.0),
            longitude: Some(180.0),
            time_zone: Some("America/Argentina/Buenos_Aires".to_owned()),
            asn: Some(u32::MAX),
            as_organisation: Some("Příklad, s. r. o.".to_owned()),
            is_tor: Some(false),
            ..GeoContext::default()
        };
        assert_eq!(context.clone().cleaned(), context);
        assert!(!context.is_empty());
    }

    #[test]
    fn texts_lose_what_cannot_be_printed() {
        let clean = |name: &str| {
            GeoContext { city: Some(PlaceName::new(name)), ..GeoContext::default() }
                .cleaned()
                .city
                .map(|city| city.name)
        };
        assert_eq!(clean("  Pra\u{7}gue\u{202e} "), Some("Prague".to_owned()));
        assert_eq!(clean("San\tJos\u{e9}\r\n"), Some("San Jos\u{e9}".to_owned()));
        assert_eq!(clean("\u{200b}\u{feff}\u{2028}\0"), None);
        assert_eq!(clean(""), None);
        assert_eq!(clean(&"ř".repeat(5_000)), Some("ř".repeat(100)));
    }

    #[test]
    fn a_place_without_a_plain_name_takes_another() {
        let clean = |place| GeoContext { country: Some(place), ..GeoContext::default() }.cleaned().country;
        assert_eq!(clean(names([("de", "Prag"), ("en", "Prague")])).unwrap().name, "Prague");
        assert_eq!(
            clean(names([("de", "Prag"), ("x\n", "?")])).unwrap(),
            PlaceName { name: "Prag".to_owned(), ..names([("de", "Prag")]) }
        );
        assert_eq!(clean(names([("de", "\u{1}")])), None);
    }

    #[test]
    fn codes_zones_numbers_and_coordinates_are_in_range_or_none() {
        let cleaned = |code: &str, zone: &str, at: (f64, f64), asn| {
            let context = GeoContext {
                country_code: Some(code.to_owned()),
                time_zone: Some(zone.to_owned()),
                latitude: Some(at.0),
                longitude: Some(at.1),
                asn: Some(asn),
                ..GeoContext::default()
            };
            context.cleaned()
        };
        assert_eq!(cleaned("cz", "Europe/Prague", (50.0, 14.0), 1).country_code.as_deref(), Some("CZ"));
        for bad in ["", "C", "CZE", "C1", "ČZ"] {
            assert_eq!(cleaned(bad, "Europe/Prague", (0.0, 0.0), 1).country_code, None, "{bad}");
        }
        for bad in ["", "Europe/ Prague", "<b>", "/etc", &"a".repeat(65)] {
            assert_eq!(cleaned("CZ", bad, (0.0, 0.0), 1).time_zone, None, "{bad}");
        }
        for bad in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(cleaned("CZ", "UTC", bad, 1).latitude, None, "{bad:?}");
            assert_eq!(cleaned("CZ", "UTC", bad, 1).longitude, None, "{bad:?}");
        }
        assert_eq!(cleaned("CZ", "UTC", (1.0, 1.0), 0).asn, None);
        let half = GeoContext { latitude: Some(1.0), ..GeoContext::default() };
        assert!(half.cleaned().is_empty());
    }

    #[test]
    fn host_names_are_host_names() {
        let clean = |name: &str| {
            GeoContext { reverse_dns: Some(name.to_owned()), ..GeoContext::default() }.cleaned().reverse_dns
        };
        assert_eq!(clean("DNS.Google."), Some("dns.google".to_owned()));
        assert_eq!(clean("a-1_b.example.net"), Some("a-1_b.example.net".to_owned()));
        let long = format!("{}.com", "a".repeat(64));
        for bad in [
            "",
            ".",
            "localhost",
            "a..b",
            "a b.c",
            "<script>.com",
            "1.2.3.4",
            "ž.cz",
            "a.b..",
            &long,
            "x\0.y",
        ] {
            assert_eq!(clean(bad), None, "{bad}");
        }
    }
}
