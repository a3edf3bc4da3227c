//! `Accept-Language` (RFC 9110, section 12.5.4) for visitors whose language is unknown.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use domain::Language;

use crate::form::{self, Values};

/// More ranges than any browser sends.
const MAX_RANGES: usize = 32;

/// The built-in language the visitor likes best; English where none fits.
pub(crate) fn accepted(headers: &HeaderMap) -> Language {
    let line = headers.get(ACCEPT_LANGUAGE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    let mut best = (Language::EN, 0);
    for range in line.split(',').take(MAX_RANGES) {
        let mut parts = range.split(';');
        let language = parts.next().and_then(|tag| Language::parse(tag.trim()).ok());
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1_000), weight);
        if let (Some(language), Some(weight)) = (language, weight)
            && language.is_built_in()
            && weight > best.1
        {
            best = (language, weight);
        }
    }
    best.0
}

/// The built-in language that the query asks for: `?lang=cs`.
pub(super) fn chosen(query: Option<&str>) -> Option<Language> {
    let Values::One(tag) = form::values(query?.as_bytes(), "lang") else { return None };
    Language::parse(&tag).ok().filter(Language::is_built_in)
}

/// A weight in thousandths.
fn weight(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_best_built_in_one_is_taken() {
        for (line, language) in [
            ("cs", Language::CS),
            ("cs-CZ,cs;q=0.9,en;q=0.8", Language::CS),
            ("fr-FR,fr;q=0.9,de;q=0.8,en;q=0.7", Language::DE),
            ("en;q=0.1, pl;q=0.25", Language::PL),
            ("SK", Language::SK),
            ("sk;q=0", Language::EN),
            ("fr, *", Language::EN),
            ("de;q=2", Language::EN),
            ("de;q=0.12345", Language::EN),
            ("", Language::EN),
            (";;,,", Language::EN),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(line))]);
            assert_eq!(accepted(&headers), language, "{line}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Language::EN);
    }
}
