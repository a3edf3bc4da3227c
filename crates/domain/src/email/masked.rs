//! An address as logs may show it.

use core::fmt;

/// `j***@example.com`: the first character of the local part and the domain, whatever the length of
/// what is hidden.
///
/// ```
/// use resetd_domain::EmailAddress;
///
/// let email = EmailAddress::parse("jan.barasek@example.com")?;
/// assert_eq!(email.masked().to_string(), "j***@example.com");
/// # Ok::<(), resetd_domain::EmailError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaskedEmail<'a> {
    initial: &'a str,
    domain: &'a str,
}

impl<'a> MaskedEmail<'a> {
    pub(super) fn new(local_part: &'a str, domain: &'a str) -> Self {
        let end = local_part.chars().next().map_or(0, char::len_utf8);
        Self { initial: local_part.get(..end).unwrap_or_default(), domain }
    }
}

impl fmt::Display for MaskedEmail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***@{}", self.initial, self.domain)
    }
}

impl fmt::Debug for MaskedEmail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text with everything in it that looks like an address replaced by `***`: servers quote
/// addresses in their replies.
///
/// Whatever stands around an `@` up to white space or a delimiter is an address, spelt `=40`, `%40`
/// or full-width too; invisible characters go.
///
/// ```
/// let reply = "550 5.1.1 <jan@example.com>: unknown user";
/// assert_eq!(resetd_domain::mask_addresses(reply), "550 5.1.1 <***>: unknown user");
/// ```
#[must_use]
pub fn mask_addresses(text: &str) -> String {
    const SIGNS: [&str; 5] = ["@", "%40", "=40", "\u{FF20}", "\u{FE6B}"];
    let delimits = |c: char| c.is_whitespace() || "<>()[]\"',;:`".contains(c);
    let visible =
        |c: &char| !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}');
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (part, tail) = rest.split_at(rest.find(delimits).unwrap_or(rest.len()));
        if SIGNS.iter().any(|sign| part.contains(sign)) {
            masked.push_str("***");
        } else {
            masked.extend(part.chars().filter(visible));
        }
        let mut characters = tail.chars();
        masked.extend(characters.next());
        rest = characters.as_str();
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::mask_addresses;

    #[test]
    fn addresses_in_a_reply_are_masked() {
        for (text, masked) in [
            ("250 2.0.0 Ok: queued as 4D2A", "250 2.0.0 Ok: queued as 4D2A"),
            ("550 5.1.1 <jan.secret@barasek.com>: unknown", "550 5.1.1 <***>: unknown"),
            ("unknown in\u{a0}jan@barasek.com, sorry", "unknown in\u{a0}***, sorry"),
            ("rfc822;jan%40barasek.com jan=40x.cz to=<\"a b\"@c.cz>", "rfc822;*** *** to=<\"a b\"***>"),
            ("ja\u{200b}n\u{ff20}x.cz e\u{202e}f", "*** ef"),
            ("", ""),
        ] {
            assert_eq!(mask_addresses(text), masked, "{text}");
        }
    }
}
