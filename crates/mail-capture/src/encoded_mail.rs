use application::model::{CapturedMail, OutgoingMail};
use chrono::{DateTime, Utc};

use crate::eml;

/// A captured mail in both its forms.
pub(crate) struct EncodedMail {
    pub(crate) mail: CapturedMail,
    pub(crate) eml: String,
}

/// Writes `mail` down as it would go out; `from` is the installation's sender.
pub(crate) fn write(mail: &OutgoingMail, from: &str, captured_at: DateTime<Utc>) -> EncodedMail {
    let from = mail.from.as_deref().unwrap_or(from);
    let id = mail.id.to_string();
    // Base64 has no hyphen: the boundary cannot occur in a part.
    let boundary = format!("resetd-{id}");
    let to = mail.to.normalized().to_owned();
    let headers = [
        ("From", sender(from)),
        ("To", to.clone()),
        ("Subject", eml::encoded(&mail.content.subject)),
        ("Date", mail.date.to_rfc2822()),
        ("Message-ID", format!("<{id}@{}>", sender_domain(from))),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("Content-Language", mail.content.language.as_str().to_owned()),
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Type", format!("multipart/alternative; boundary=\"{boundary}\"")),
    ];
    let reply_to = mail.reply_to.as_deref().map(|mailbox| ("Reply-To", sender(mailbox)));
    let headers: Vec<(String, String)> =
        headers.into_iter().chain(reply_to).map(|(name, value)| (name.to_owned(), value)).collect();
    let eml = eml::write(&headers, &boundary, &mail.content.text, &mail.content.html);
    let mail = CapturedMail {
        id,
        to,
        subject: mail.content.subject.clone(),
        text: mail.content.text.clone(),
        html: mail.content.html.clone(),
        link: mail.link.clone(),
        created_at: captured_at,
        headers,
    };
    EncodedMail { mail, eml }
}

/// `Name <user@example.com>` with the name encoded where it has to be.
fn sender(from: &str) -> String {
    let from = eml::one_line(from);
    match from.strip_suffix('>').and_then(|from| from.rsplit_once('<')) {
        Some((name, address)) if !name.trim().is_empty() => {
            let name = name.trim().trim_matches('"');
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '\''));
            let name = if plain { name.to_owned() } else { eml::encoded_always(name) };
            format!("{name} <{address}>")
        }
        _ => from,
    }
}

fn sender_domain(from: &str) -> String {
    let address = from.trim().trim_end_matches('>');
    let domain = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    domain.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).collect()
}
