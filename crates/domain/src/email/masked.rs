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
