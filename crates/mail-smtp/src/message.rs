use std::time::{Duration, UNIX_EPOCH};

use application::model::OutgoingMail;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::extension::MailBodyParameter;

use crate::address;

/// A mail as it goes over the wire, with its envelope.
pub(crate) struct EncodedMessage {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
}

impl EncodedMessage {
    /// Whether an address needs SMTPUTF8 (RFC 6531). Domains are A-labels, so only a local part
    /// can.
    pub(crate) fn needs_utf8(&self) -> bool {
        !self.from.to_string().is_ascii() || !self.to.to_string().is_ascii()
    }

    /// What to announce of the text.
    pub(crate) fn body(&self) -> Option<MailBodyParameter> {
        (!self.bytes.is_ascii()).then_some(MailBodyParameter::EightBitMime)
    }
}

/// Builds the message. Nothing in it comes from a clock: two attempts differ in the MIME boundary
/// alone.
///
/// There is no `List-Unsubscribe`: nobody can opt out of the mail they asked for, and an offer to
/// would be used by those who did not (RFC 8058 speaks of bulk mail).
pub(crate) fn build(mail: &OutgoingMail, from: &Mailbox) -> Result<Message, String> {
    let seconds = u64::try_from(mail.date.timestamp()).unwrap_or_default();
    let to = Mailbox::new(None, address::recipient(&mail.to));
    let part = |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(text.to_owned());
    let builder = match mail.reply_to.as_deref().map(address::sender) {
        Some(Ok(reply_to)) => Message::builder().reply_to(reply_to),
        Some(Err(error)) => return Err(format!("reply-to: {error}")),
        None => Message::builder(),
    };
    builder
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .from(from.clone())
        .to(to)
        .subject(address::one_line(&mail.content.subject))
        // RFC 3834, section 5; the second is what Exchange heeds.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .raw_header(header("Content-Language", mail.content.language.as_str()))
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &mail.content.text))
                .singlepart(part(ContentType::TEXT_HTML, &mail.content.html)),
        )
        .map_err(|error| error.to_string())
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
