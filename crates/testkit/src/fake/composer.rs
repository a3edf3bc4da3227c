use std::fmt::Write as _;

use application::model::{ComposedMail, MailContent, MailKind};
use application::ports::{ComposeError, MailComposer};
use async_trait::async_trait;
use domain::{GeoContext, Language};

/// Writes short mails in the five built-in languages, without templates. Made fit for HTML and for
/// one line as the port wants it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SimpleComposer;

impl SimpleComposer {
    /// The composer.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

/// Subject of the reset mail, of the notice, and "where from".
fn phrases(language: Language) -> Option<[&'static str; 3]> {
    match language.as_str() {
        "cs" => Some(["Nové heslo", "Heslo bylo změněno", "Odkud"]),
        "en" => Some(["New password", "Your password was changed", "From"]),
        "sk" => Some(["Nové heslo do", "Heslo bolo zmenené", "Odkiaľ"]),
        "pl" => Some(["Nowe hasło", "Hasło zostało zmienione", "Skąd"]),
        "de" => Some(["Neues Passwort", "Ihr Passwort wurde geändert", "Von wo"]),
        _ => None,
    }
}

fn place(from: &GeoContext, language: &Language) -> String {
    let names = [&from.city, &from.region, &from.country];
    let names: Vec<&str> = names.into_iter().flatten().map(|name| name.in_language(language)).collect();
    names.join(", ")
}

/// Without control characters: one line, whatever was typed.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut html, character| {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
        html
    })
}

#[async_trait]
impl MailComposer for SimpleComposer {
    async fn compose<'a>(&self, content: MailContent<'a>) -> Result<ComposedMail, ComposeError> {
        let wishes = [content.language, content.organisation.settings.language, Language::EN];
        let found = wishes.into_iter().find_map(|language| Some((language, phrases(language)?)));
        let Some((language, [reset, changed, from])) = found else {
            return Err(ComposeError::Unavailable("no English".to_owned()));
        };
        let title = match content.kind {
            MailKind::ResetPassword => reset,
            MailKind::PasswordChanged => changed,
        };
        let mut lines = vec![format!(
            "{title}, {}: {}",
            one_line(content.customer_name),
            content.effective_at.to_rfc3339()
        )];
        lines.extend(
            content
                .requested_from
                .map(|place_of| format!("{from}: {}", one_line(&place(place_of, &language)))),
        );
        let links: Vec<&str> = [content.reset_url, content.cancel_url].into_iter().flatten().collect();

        let mut html = format!("<!doctype html><html lang=\"{}\"><body>", language.as_str());
        for line in &lines {
            _ = write!(html, "<p>{}</p>", escape(line));
        }
        for link in &links {
            _ = write!(html, "<p><a href=\"{0}\">{0}</a></p>", escape(link));
        }
        html.push_str("</body></html>");
        lines.extend(links.into_iter().map(str::to_owned));
        Ok(ComposedMail {
            subject: one_line(&format!("{title} – {}", content.organisation.name)),
            html,
            text: lines.join("\n"),
            language,
        })
    }
}
