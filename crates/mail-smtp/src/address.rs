use domain::EmailAddress;
use lettre::Address;
use lettre::message::Mailbox;

/// The recipient as `lettre` wants it. Its own check is left out: `EmailAddress` is stricter where
/// injection matters (no white space, controls, quotes or brackets) and knows more of RFC 6531.
pub(crate) fn recipient(to: &EmailAddress) -> Address {
    Address::new_dangerous(to.local_part(), to.domain())
}

/// Reads a sender: `Name <user@example.com>` or an address alone.
///
/// The address must be one that [`EmailAddress`] accepts, so that nothing of it can leave its
/// header or its command; the name loses its control characters.
pub(crate) fn sender(text: &str) -> Result<Mailbox, &'static str> {
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, address)) => (name.trim(), address),
        None => ("", text),
    };
    let email = EmailAddress::parse(address)
        .map_err(|_| "the sender is not a mailbox (`Name <user@example.com>`)")?;
    let unquoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    let name = match unquoted {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    };
    let name = one_line(&name);
    // The local part keeps its case: what the operator wrote is what customers see.
    let local = address.trim().rsplit_once('@').map_or(email.local_part(), |(local, _)| local);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), Address::new_dangerous(local, email.domain())))
}

/// Header text on one line.
pub(crate) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(breaks).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, String) {
        let mailbox = sender(text).unwrap();
        (mailbox.name, mailbox.email.to_string())
    }

    #[test]
    fn senders_are_read() {
        assert_eq!(parts("noreply@shop.example"), (None, "noreply@shop.example".to_owned()));
        assert_eq!(
            parts("Shop <NoReply@Shop.Example>"),
            (Some("Shop".to_owned()), "NoReply@shop.example".to_owned())
        );
        assert_eq!(
            parts("\"Květiny, \\\"U Tří\\\"\" <a@b.cz>"),
            (Some("Květiny, \"U Tří\"".to_owned()), "a@b.cz".to_owned())
        );
        assert_eq!(parts("Shop <info@květiny.cz>").1, "info@xn--kvtiny-c5a.cz".to_owned());
        assert_eq!(parts("A\r\nBcc: x <a@b.cz>").0, Some("A Bcc: x".to_owned()));
    }

    #[test]
    fn nonsense_is_no_sender() {
        for text in [
            "",
            "Shop",
            "Shop <>",
            "Shop <a b@c.cz>",
            "a@b.cz\r\nBcc: x@y.cz",
            "<a@b.cz> <c@d.cz",
            "a@[127.0.0.1]",
        ] {
            assert!(sender(text).is_err(), "{text}");
        }
    }
}
