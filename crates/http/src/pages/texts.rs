//! The texts of the pages: `texts/*.toml`, compiled by `build.rs`.

use domain::{Language, Plural, PolicyRule};
use serde::Serialize;

/// A page that says one thing.
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
    #[serde(skip)]
    at_least: Plural<&'static str>,
    pub(super) at_most: &'static str,
    pub(super) upper: &'static str,
    pub(super) lower: &'static str,
    pub(super) digit: &'static str,
    pub(super) common: &'static str,
    pub(super) nul: &'static str,
    pub(super) language_name: &'static str,
    /// The rules that cannot be seen while one types.
    pub(super) rules_not: &'static str,
    /// `{n}` of `{m}` rules.
    pub(super) rules_met: &'static str,
    pub(super) shown: &'static str,
    pub(super) hidden: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) back_to: &'static str,
    pub(super) contact: &'static str,
    pub(super) language_label: &'static str,
    /// A path that does not exist.
    pub(super) nothing: Notice,
    pub(super) home: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

impl Texts {
    /// The words of a built-in language.
    pub(super) fn of(language: Language) -> Option<&'static Self> {
        ALL.into_iter().find(|texts| texts.language == language.as_str())
    }

    /// Every language, for those who switch.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        ALL.into_iter()
    }

    /// English.
    pub(super) const fn english() -> &'static Self {
        &EN
    }

    /// `text` with the organisation's name, whose own full stop ends the sentence, too.
    pub(super) fn with_name(text: &str, name: &str) -> String {
        let text = if name.ends_with('.') { text.replace("{org}.", "{org}") } else { text.to_owned() };
        text.replace("{org}", name)
    }

    /// A rule of the list; `None`: it has a sentence of its own.
    pub(super) fn rule(&self, rule: &PolicyRule) -> Option<String> {
        match rule {
            PolicyRule::TooShort { min_length } => {
                let language = Language::parse(self.language).unwrap_or(Language::EN);
                let number = u64::try_from(*min_length).unwrap_or(u64::MAX);
                Some(self.at_least.of(number, language).replace("{n}", &number.to_string()))
            }
            PolicyRule::UpperCaseMissing => Some(self.upper.to_owned()),
            PolicyRule::LowerCaseMissing => Some(self.lower.to_owned()),
            PolicyRule::DigitMissing => Some(self.digit.to_owned()),
            _ => None,
        }
    }

    /// The sentence about a broken rule that is not in the list.
    pub(super) fn sentence(&self, rule: &PolicyRule) -> Option<String> {
        match rule {
            PolicyRule::TooLong { max_bytes } | PolicyRule::TooLongForBcrypt { max_bytes } => {
                Some(self.at_most.replace("{n}", &max_bytes.to_string()))
            }
            PolicyRule::Common => Some(self.common.to_owned()),
            PolicyRule::Nul => Some(self.nul.to_owned()),
            rule if self.rule(rule).is_some() => None,
            // A rule that the texts do not know yet: in the domain's words.
            other => Some(other.to_string()),
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
            let at_least = [texts.at_least.one, texts.at_least.few, texts.at_least.many];
            assert!(at_least.iter().chain([&texts.at_most]).all(|text| text.contains("{n}")), "{language}");
            assert!(texts.rules_met.contains("{n}") && texts.rules_met.contains("{m}"), "{language}");
            assert!(
                [texts.form_lead, texts.sign_in, texts.back_to].iter().all(|text| text.contains("{org}"))
            );
            let others = ALL.iter().filter(|other| other.form_title == texts.form_title).count();
            assert_eq!(others, 1, "{language}");
        }
        assert!(Texts::of(Language::parse("fr").unwrap()).is_none());
    }

    #[test]
    fn a_name_that_ends_in_a_full_stop_ends_the_sentence() {
        assert_eq!(Texts::with_name("Bei {org}.", "Hut s. r. o."), "Bei Hut s. r. o.");
        assert_eq!(Texts::with_name("Bei {org}.", "Hut"), "Bei Hut.");
    }
}
