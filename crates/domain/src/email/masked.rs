//! An address as logs may show it.

use core::fmt;

/// `j***@example.com`: the first character of the local part and the domain, whatever the length of what is hidden.
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

/// The text with everything in it that looks like an address masked: servers quote addresses in their replies.
///
/// What stands before an `@`, back to a space, a bracket, a comma, a colon or a semicolon, keeps its first character:
/// `550 <jan@example.com> unknown` becomes `550 <j***@example.com> unknown`.
#[must_use]
pub fn mask_addresses(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "<>()[]{},;:".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut pieces = text.split('@').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            masked.push_str(piece);
            break;
        }
        let local = piece.rsplit(ends).next().unwrap_or_default();
        masked.push_str(piece.strip_suffix(local).unwrap_or_default());
        if let Some(initial) = local.chars().next() {
            masked.push(initial);
            masked.push_str("***");
        }
        masked.push('@');
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
            ("550 5.1.1 <jan.secret@barasek.com>: unknown", "550 5.1.1 <j***@barasek.com>: unknown"),
            ("to=žofie@x.cz,orig_to=jan+tag@y.cz", "t***@x.cz,o***@y.cz"),
            ("<\"jan.secret\"@x.cz>", "<\"***@x.cz>"),
            ("a@b@c @", "a***@b***@c @"),
            ("rfc822;jan@x.cz", "rfc822;j***@x.cz"),
            ("", ""),
        ] {
            assert_eq!(mask_addresses(text), masked, "{text}");
        }
    }
}
