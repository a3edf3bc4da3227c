//! Which form of a word goes with a number.

use crate::Language;

/// The forms of a word in the five built-in languages (Unicode CLDR, cardinal plurals of integers).
///
/// ```
/// use resetd_domain::{Language, Plural};
///
/// let hours = Plural { one: "hodina", few: "hodiny", many: "hodin" };
/// assert_eq!(hours.of(22, Language::CS), "hodin");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Plural<T> {
    /// After 1.
    pub one: T,
    /// After 2 to 4; in Polish after 22 to 24, 32 to 34 and so on, too.
    pub few: T,
    /// After every other number.
    pub many: T,
}

impl<T: Copy> Plural<T> {
    /// The form that goes with `number` in `language`.
    pub fn of(&self, number: u64, language: Language) -> T {
        let few = match language.as_str() {
            "pl" => (2..=4).contains(&(number % 10)) && !(12..=14).contains(&(number % 100)),
            "cs" | "sk" => (2..=4).contains(&number),
            _ => false,
        };
        match number {
            1 => self.one,
            _ if few => self.few,
            _ => self.many,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_form_of_their_language() {
        let plural = Plural { one: "one", few: "few", many: "many" };
        for (language, one, few, many) in [
            (Language::CS, &[1][..], &[2, 3, 4][..], &[0, 5, 11, 12, 21, 22, 101, 102][..]),
            (Language::SK, &[1], &[2, 3, 4], &[0, 5, 12, 22]),
            (Language::PL, &[1], &[2, 4, 22, 24, 102], &[0, 5, 11, 12, 14, 21, 112, 114]),
            (Language::EN, &[1], &[], &[0, 2, 5]),
            (Language::DE, &[1], &[], &[0, 2, 5]),
        ] {
            for (numbers, form) in [(one, "one"), (few, "few"), (many, "many")] {
                for number in numbers {
                    assert_eq!(plural.of(*number, language), form, "{number} {language}");
                }
            }
        }
    }
}
