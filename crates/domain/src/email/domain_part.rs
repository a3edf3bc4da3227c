//! The part after the `@`: A-labels by UTS-46, non-transitional, with hyphen, bidi, joiner and STD3
//! checks.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::error::EmailError;
use super::text::MAX_LABEL;

static UTS46: Uts46 = Uts46::new();

/// The full stops of UTS-46, section 4: what separates labels.
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// The domain as A-labels in lower case. Positions are relative to it.
pub(super) fn normalize(domain: &str) -> Result<String, EmailError> {
    if domain.is_empty() {
        return Err(EmailError::DomainMissing { position: 0 });
    }
    if let Some(position) = domain.find([' ', '\t']) {
        return Err(EmailError::FoldingWhiteSpace { position });
    }
    let ascii = to_ascii(domain).ok_or_else(|| diagnose(domain))?;
    check(domain, &ascii)?;
    Ok(ascii.into_owned())
}

fn to_ascii(domain: &str) -> Option<Cow<'_, str>> {
    UTS46.to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Ignore).ok()
}

/// The domain as people read it; the A-labels come from [`normalize`].
pub(super) fn to_unicode(ascii: &str) -> Cow<'_, str> {
    match UTS46.to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check) {
        (Cow::Owned(unicode), Ok(())) if unicode != ascii => Cow::Owned(unicode),
        _ => Cow::Borrowed(ascii),
    }
}

/// What UTS-46 leaves open: empty labels, lengths, a dot, a last label that is a number.
fn check(domain: &str, ascii: &str) -> Result<(), EmailError> {
    let mut labels = 0;
    let mut last = "";
    for (index, label) in ascii.split('.').enumerate() {
        let position = || label_start(domain, index);
        if label.is_empty() {
            let trailing = index > 0 && ascii.split('.').count() == index + 1;
            return Err(if trailing {
                EmailError::TrailingDot { position: domain.rfind(DOTS).unwrap_or(0) }
            } else {
                EmailError::EmptyLabel { position: position() }
            });
        }
        if label.len() > MAX_LABEL {
            return Err(EmailError::LabelTooLong { position: position(), octets: label.len() });
        }
        labels += 1;
        last = label;
    }
    if labels < 2 {
        return Err(EmailError::DomainWithoutDot { position: domain.len() });
    }
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EmailError::NumericTopLabel { position: label_start(domain, labels - 1) });
    }
    Ok(())
}

/// The byte where the label of this index begins, in the domain as it was given.
fn label_start(domain: &str, index: usize) -> usize {
    let dot = index.checked_sub(1).and_then(|before| domain.match_indices(DOTS).nth(before));
    dot.map_or(0, |(position, dot)| position + dot.len())
}

/// Why UTS-46 refuses a domain.
fn diagnose(domain: &str) -> EmailError {
    let mut position = 0;
    for label in domain.split(DOTS) {
        if let Some((offset, character)) = label.char_indices().find(|(_, character)| {
            character.is_ascii() && !character.is_ascii_alphanumeric() && *character != '-'
        }) {
            return EmailError::DomainCharacter { position: position + offset, character };
        }
        if label.chars().count() > MAX_LABEL {
            return EmailError::LabelTooLong { position, octets: label.len() };
        }
        if to_ascii(label).is_none() {
            let ace = label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
            let misplaced =
                !ace && (label.starts_with('-') || label.ends_with('-') || label.get(2..4) == Some("--"));
            return if misplaced {
                EmailError::HyphenPlacement { position }
            } else {
                EmailError::InvalidLabel { position }
            };
        }
        position += label.len();
        position += domain.get(position..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    // Each label is fine on its own: the bidi rule of RFC 5893 looks at all of them.
    EmailError::InvalidLabel { position: 0 }
}
