mod cs;
mod de;
mod en;
mod pl;
mod sk;

use application::model::{Layout, MailKind, Template};
use application::ports::ComposeError;
use chrono::DateTime;
use domain::Language;

use crate::engine::Engine;

/// The built-in mails of one language. Each phrase is a template of its own that may name the
/// variables of its mail.
struct Phrases {
    language: &'static str,
    greeting: &'static str,
    reset: Reset,
    changed: Changed,
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

const ALL: [&Phrases; 5] = [&cs::PHRASES, &en::PHRASES, &sk::PHRASES, &pl::PHRASES, &de::PHRASES];

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
    fn languages_fall_back_to_english() {
        let tag = |text: &str| text.parse::<Language>().unwrap();
        assert_eq!(language([tag("sk"), tag("cs")]).as_str(), "sk");
        assert_eq!(language([tag("fr"), tag("cs")]).as_str(), "cs");
        assert_eq!(language([tag("fr"), tag("it")]).as_str(), "en");
    }
}
