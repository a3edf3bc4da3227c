//! Countries by their codes, with the names that customers call them by.

mod table;

use crate::Language;

/// A country of ISO 3166-1, or Kosovo under the code `XK` that databases use: its alpha-2 code and
/// its name in each language of [`Language::BUILT_IN`].
///
/// ```
/// use resetd_domain::{Country, Language};
///
/// let country = Country::of("CZ").unwrap();
/// assert_eq!(country.english(), "Czechia");
/// assert_eq!(country.name(&Language::PL), Some("Czechy"));
/// assert_eq!(Country::of("EU"), None);
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    code: &'static str,
    names: [&'static str; Language::BUILT_IN.len()],
}

impl Country {
    /// The country of an alpha-2 code in either case. Codes that are no country's (`EU`, `AP`,
    /// `ZZ`) have none.
    #[must_use]
    pub fn of(code: &str) -> Option<&'static Self> {
        let [first, second] = *code.as_bytes() else { return None };
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        let index = table::COUNTRIES.binary_search_by(|country| country.code.as_bytes().cmp(&code)).ok()?;
        table::COUNTRIES.get(index)
    }

    /// ISO 3166-1 alpha-2, upper case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The name in English.
    #[must_use]
    pub const fn english(&self) -> &'static str {
        let [_, english, ..] = self.names;
        english
    }

    /// The name in one of [`Language::BUILT_IN`].
    #[must_use]
    pub fn name(&self, language: &Language) -> Option<&'static str> {
        let column = Language::BUILT_IN.iter().position(|known| known == language)?;
        self.names.get(column).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_whole() {
        assert!(table::COUNTRIES.is_sorted_by(|one, next| one.code < next.code));
        for country in &table::COUNTRIES {
            let code = country.code;
            assert!(code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()), "{code}");
            assert!(country.names.iter().all(|name| !name.is_empty() && name.trim() == *name), "{code}");
            assert_eq!(Country::of(code), Some(country));
        }
    }

    #[test]
    fn names_by_code_and_language() {
        let name = |code, language| Country::of(code).and_then(|country| country.name(&language));
        assert_eq!(name("CZ", Language::PL), Some("Czechy"));
        assert_eq!(name("DE", Language::CS), Some("Německo"));
        assert_eq!(name("at", Language::SK), Some("Rakúsko"));
        assert_eq!(name("GB", Language::EN), Country::of("GB").map(Country::english));
        assert_eq!(name("CZ", Language::parse("fr").unwrap()), None);
    }

    #[test]
    fn what_is_no_country_has_none() {
        for code in ["", "C", "CZE", "EU", "AP", "ZZ", "Č", "C\0"] {
            assert_eq!(Country::of(code), None, "{code:?}");
        }
    }
}
