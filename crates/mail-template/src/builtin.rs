//! The built-in mails: skeletons in `templates/`, filled with the texts of `texts/`.

use application::model::{Layout, MailKind, Template};
use application::ports::ComposeError;
use chrono::DateTime;
use domain::{Language, Plural};

use crate::engine::Engine;

/// The built-in mails of one language. Each phrase is a template of its own that may name the
/// variables of its mail.
struct Phrases {
    language: &'static str,
    greeting: &'static str,
    sign_in: &'static str,
    contact: &'static str,
    reset: Reset,
    changed: Changed,
    minutes: Plural<&'static str>,
    hours: Plural<&'static str>,
    days: Plural<&'static str>,
}

/// "Set a new password."
struct Reset {
    subject: &'static str,
    preheader: &'static str,
    title: &'static str,
    intro: &'static str,
    action: &'static str,
    button: &'static str,
    action_text: &'static str,
    validity: &'static str,
    origin: &'static str,
    unwanted: &'static str,
    cancel: &'static str,
    cancel_text: &'static str,
    fallback: &'static str,
}

/// "Your password was changed."
struct Changed {
    subject: &'static str,
    preheader: &'static str,
    title: &'static str,
    intro: &'static str,
    when: &'static str,
    origin: &'static str,
    sessions: &'static str,
    unwanted: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The layout of organisations without one of their own.
pub(crate) const LAYOUT: &str = include_str!("../templates/layout.html");
/// Its name.
pub(crate) const LAYOUT_NAME: &str = "built-in layout.html";

/// One built-in mail as templates, ready to be compiled.
pub(crate) struct Source {
    pub(crate) subject: String,
    pub(crate) preheader: String,
    pub(crate) html: String,
    pub(crate) text: String,
}

/// The names under which a built-in mail is compiled.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) subject: String,
    pub(crate) preheader: String,
    pub(crate) html: String,
    pub(crate) text: String,
}

/// The built-in mail of this kind and language as a template, for an organisation to start from;
/// `None`: not built in.
#[must_use]
pub fn built_in_template(kind: MailKind, language: Language) -> Option<Template> {
    let phrases = ALL.into_iter().find(|phrases| phrases.language == language.as_str())?;
    let Source { subject, html, text, .. } = source(kind, phrases);
    Some(Template {
        kind,
        language,
        subject,
        html,
        text,
        valid_from: DateTime::UNIX_EPOCH,
        valid_until: None,
    })
}

/// The built-in layout, for an organisation to start from.
#[must_use]
pub fn built_in_layout(language: Language) -> Layout {
    Layout { language, html: LAYOUT.to_owned(), valid_from: DateTime::UNIX_EPOCH, valid_until: None }
}

/// How long `seconds` are, in words, by its two largest units: `3 hours 20 minutes`. Rounded up to
/// whole minutes, and down to whole hours from a day on.
pub(crate) fn life(seconds: i64, language: Language) -> String {
    let minutes = u64::try_from(seconds).unwrap_or_default().div_ceil(60).max(1);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let Some(phrases) = ALL.into_iter().find(|phrases| phrases.language == language.as_str()) else {
        return format!("{days} d {hours} h {minutes} min");
    };
    let parts = [(days, &phrases.days), (hours, &phrases.hours), (minutes, &phrases.minutes)];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0).take(if days > 0 { 2 } else { 3 });
    let words = parts.map(|(number, unit)| format!("{number}\u{a0}{}", unit.of(number, language)));
    words.collect::<Vec<_>>().join(" ")
}

/// The first of `wanted` that is built in, else English.
pub(crate) fn language(wanted: [Language; 2]) -> Language {
    wanted
        .into_iter()
        .find(|language| ALL.iter().any(|known| known.language == language.as_str()))
        .unwrap_or(Language::EN)
}

pub(crate) fn names(kind: MailKind, language: &str) -> Names {
    let name = |part: &str| format!("built-in {}/{language}/{part}", kind.as_str());
    Names {
        subject: name("subject.txt"),
        preheader: name("preheader.txt"),
        html: name("html.html"),
        text: name("text.txt"),
    }
}

/// Compiles the layout and every built-in mail, and says what they are called.
pub(crate) fn compile(engine: &mut Engine) -> Result<Vec<(MailKind, &'static str, Names)>, ComposeError> {
    engine.add(LAYOUT_NAME, LAYOUT)?;
    let mut all = Vec::new();
    for phrases in ALL {
        for kind in MailKind::ALL {
            let (source, names) = (source(kind, phrases), names(kind, phrases.language));
            engine.add(&names.subject, &source.subject)?;
            engine.add(&names.preheader, &source.preheader)?;
            engine.add(&names.html, &source.html)?;
            engine.add(&names.text, &source.text)?;
            all.push((kind, phrases.language, names));
        }
    }
    Ok(all)
}

/// Puts the phrases of one language into the shared skeleton.
fn source(kind: MailKind, phrases: &Phrases) -> Source {
    match kind {
        MailKind::ResetPassword => {
            let reset = &phrases.reset;
            let fill = |skeleton: &str| {
                replace(
                    skeleton,
                    &[
                        ("greeting", phrases.greeting),
                        ("contact", phrases.contact),
                        ("title", reset.title),
                        ("intro", reset.intro),
                        ("action", reset.action),
                        ("button", reset.button),
                        ("actionText", reset.action_text),
                        ("validity", reset.validity),
                        ("origin", reset.origin),
                        ("unwanted", reset.unwanted),
                        ("disown", reset.cancel),
                        ("disownText", reset.cancel_text),
                        ("fallback", reset.fallback),
                    ],
                )
            };
            Source {
                subject: reset.subject.to_owned(),
                preheader: reset.preheader.to_owned(),
                html: fill(include_str!("../templates/contact-reset-password.html")),
                text: fill(include_str!("../templates/contact-reset-password.txt")),
            }
        }
        MailKind::PasswordChanged => {
            let changed = &phrases.changed;
            let fill = |skeleton: &str| {
                replace(
                    skeleton,
                    &[
                        ("greeting", phrases.greeting),
                        ("contact", phrases.contact),
                        ("signIn", phrases.sign_in),
                        ("title", changed.title),
                        ("intro", changed.intro),
                        ("when", changed.when),
                        ("origin", changed.origin),
                        ("sessions", changed.sessions),
                        ("unwanted", changed.unwanted),
                    ],
                )
            };
            Source {
                subject: changed.subject.to_owned(),
                preheader: changed.preheader.to_owned(),
                html: fill(include_str!("../templates/contact-password-changed.html")),
                text: fill(include_str!("../templates/contact-password-changed.txt")),
            }
        }
    }
}

/// Replaces each `[[name]]`.
fn replace(skeleton: &str, phrases: &[(&str, &str)]) -> String {
    phrases
        .iter()
        .fold(skeleton.to_owned(), |text, (name, phrase)| text.replace(&format!("[[{name}]]"), phrase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{links, variables};

    #[test]
    fn every_phrase_has_its_place() {
        for phrases in ALL {
            for kind in MailKind::ALL {
                let source = source(kind, phrases);
                for part in [&source.subject, &source.preheader, &source.html, &source.text] {
                    assert!(!part.contains("[["), "{} {kind:?}: {part}", phrases.language);
                }
                assert_eq!(
                    links::unsafe_link(
                        &source
                            .html
                            .replace("{{ resetUrl }}", "https://a.example/")
                            .replace("{{ disownUrl }}", "https://a.example/")
                            .replace("{{ signInUrl }}", "https://a.example/")
                            .replace("{{ contactUrl }}", "mailto:a@a.example")
                    ),
                    None
                );
            }
        }
    }

    #[test]
    fn built_in_mails_name_known_variables_only() {
        let mut engine = Engine::new();
        for (kind, language, names) in compile(&mut engine).unwrap() {
            for part in [names.subject, names.preheader, names.html, names.text] {
                for wanted in engine.wanted(&part).unwrap() {
                    assert!(
                        variables::of_kind(kind).contains(&wanted.as_str()),
                        "{language} {part} {wanted}"
                    );
                }
            }
        }
        for wanted in engine.wanted(LAYOUT_NAME).unwrap() {
            assert!(variables::OF_LAYOUT.contains(&wanted.as_str()), "{wanted}");
        }
    }

    #[test]
    fn a_life_is_written_in_words() {
        let life = |seconds, tag: &str| life(seconds, tag.parse().unwrap()).replace('\u{a0}', " ");
        for (seconds, tag, words) in [
            (12_000, "en", "3 hours 20 minutes"),
            (11_999, "en", "3 hours 20 minutes"),
            (60, "en", "1 minute"),
            (0, "en", "1 minute"),
            (3_600, "cs", "1 hodinu"),
            (7_260, "cs", "2 hodiny 1 minutu"),
            (18_000, "sk", "5 hodín"),
            (7_320, "pl", "2 godziny 2 minuty"),
            (1_320, "pl", "22 minuty"),
            (604_800, "de", "7 Tage"),
            (86_400 + 3_600 + 120, "de", "1 Tag 1 Stunde"),
            (172_799, "cs", "2 dny"),
        ] {
            assert_eq!(life(seconds, tag), words);
        }
        assert_eq!(life(3_660, "fr"), "0 d 1 h 1 min");
    }

    #[test]
    fn languages_fall_back_to_english() {
        let tag = |text: &str| text.parse::<Language>().unwrap();
        assert_eq!(language([tag("sk"), tag("cs")]).as_str(), "sk");
        assert_eq!(language([tag("fr"), tag("cs")]).as_str(), "cs");
        assert_eq!(language([tag("fr"), tag("it")]).as_str(), "en");
    }
}
