//! The words of the pages, one file a language.

mod cs;
mod de;
mod en;
mod pl;
mod sk;

use domain::{Language, PolicyRule};
use serde::Serialize;

/// A page that tells one thing.
#[derive(Serialize)]
pub(super) struct Notice {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

/// Everything the pages say in one language. `{org}` stands for the organisation, `{n}` for a
/// number.
#[derive(Serialize)]
pub(super) struct Texts {
    pub(super) language: &'static str,
    pub(super) form_title: &'static str,
    pub(super) form_lead: &'static str,
    pub(super) password: &'static str,
    pub(super) confirmation: &'static str,
    pub(super) show: &'static str,
    pub(super) hide: &'static str,
    pub(super) rules: &'static str,
    pub(super) submit: &'static str,
    pub(super) not_me_link: &'static str,
    /// Before the title of a page whose form was refused.
    pub(super) error_prefix: &'static str,
    pub(super) broken_rules: &'static str,
    pub(super) mismatch: &'static str,
    pub(super) used_before: &'static str,
    pub(super) ours: &'static str,
    pub(super) busy: &'static str,
    pub(super) changed: Notice,
    pub(super) expired: Notice,
    pub(super) used: Notice,
    pub(super) superseded: Notice,
    pub(super) unknown: Notice,
    pub(super) resend_button: &'static str,
    pub(super) resend_hint: &'static str,
    pub(super) resend_done: Notice,
    pub(super) not_me: Notice,
    pub(super) not_me_button: &'static str,
    pub(super) not_me_back: &'static str,
    pub(super) cancelled: Notice,
    pub(super) too_many: Notice,
    pub(super) too_many_attempts: Notice,
    pub(super) unavailable: Notice,
    pub(super) not_understood: Notice,
    pub(super) at_least: &'static str,
    pub(super) at_most: &'static str,
    pub(super) upper: &'static str,
    pub(super) lower: &'static str,
    pub(super) digit: &'static str,
    pub(super) common: &'static str,
    pub(super) nul: &'static str,
}

const ALL: [&Texts; 5] = [&cs::TEXTS, &en::TEXTS, &sk::TEXTS, &pl::TEXTS, &de::TEXTS];

impl Texts {
    /// The words of a built-in language.
    pub(super) fn of(language: Language) -> Option<&'static Self> {
        ALL.into_iter().find(|texts| texts.language == language.as_str())
    }

    /// English.
    pub(super) const fn english() -> &'static Self {
        &en::TEXTS
    }

    /// A rule for passwords.
    pub(super) fn rule(&self, rule: &PolicyRule) -> String {
        let with = |text: &str, number: usize| text.replace("{n}", &number.to_string());
        match rule {
            PolicyRule::TooShort { min_length } => with(self.at_least, *min_length),
            PolicyRule::TooLong { max_bytes } | PolicyRule::TooLongForBcrypt { max_bytes } => {
                with(self.at_most, *max_bytes)
            }
            PolicyRule::UpperCaseMissing => self.upper.to_owned(),
            PolicyRule::LowerCaseMissing => self.lower.to_owned(),
            PolicyRule::DigitMissing => self.digit.to_owned(),
            PolicyRule::Common => self.common.to_owned(),
            PolicyRule::Nul => self.nul.to_owned(),
            // A rule the domain learns later: in its own words until these files know it.
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_language_has_words_of_its_own() {
        for language in Language::BUILT_IN {
            let texts = Texts::of(language).unwrap();
            assert!(
                texts.form_lead.contains("{org}")
                    && texts.at_least.contains("{n}")
                    && texts.at_most.contains("{n}")
            );
            let others = ALL.iter().filter(|other| other.form_title == texts.form_title).count();
            assert_eq!(others, 1, "{language}");
        }
        assert!(Texts::of(Language::parse("fr").unwrap()).is_none());
    }
}
