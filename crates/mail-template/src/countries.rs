/// One country a line, sorted: `CODE|cs|en|sk|pl|de`. ISO 3166-1 alpha-2 codes and `XK`; names after Unicode CLDR
/// (Unicode License v3).
const TABLE: &str = include_str!("countries.txt");

const LANGUAGES: [&str; 5] = ["cs", "en", "sk", "pl", "de"];

/// The country's name in one of the built-in languages.
pub(crate) fn name(code: &str, language: &str) -> Option<&'static str> {
    let column = LANGUAGES.iter().position(|known| *known == language)?;
    let line = TABLE.lines().find(|line| line.split('|').next() == Some(code))?;
    line.split('|').nth(column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_all_languages() {
        assert_eq!(TABLE.lines().count(), 250);
        for line in TABLE.lines() {
            let fields: Vec<&str> = line.split('|').collect();
            assert_eq!(fields.len(), 6, "{line}");
            assert!(fields.iter().all(|field| !field.trim().is_empty()), "{line}");
            assert!(fields[0].len() == 2 && fields[0].bytes().all(|b| b.is_ascii_uppercase()), "{line}");
        }
    }

    #[test]
    fn names_by_code_and_language() {
        assert_eq!(name("CZ", "pl"), Some("Czechy"));
        assert_eq!(name("DE", "cs"), Some("Německo"));
        assert_eq!(name("AT", "sk"), Some("Rakúsko"));
        assert_eq!(name("CZ", "fr"), None);
        assert_eq!(name("ZZ", "en"), None);
    }
}
