//! The text of an address on its way through the rules.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The longest local part in octets (RFC 5321, section 4.5.3.1.1).
pub(super) const MAX_LOCAL: usize = 64;
/// The longest label in octets (RFC 1035, section 2.3.4).
pub(super) const MAX_LABEL: usize = 63;
/// The longest address in octets: a path has 256 (RFC 5321, section 4.5.3.1.3) with its angle
/// brackets.
pub(super) const MAX_ADDRESS: usize = 254;

/// A deliverable address and the byte of its `@`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Normalized {
    pub(super) text: String,
    pub(super) at: usize,
}

/// Without the white space at its edges that is allowed to be there, and the byte where that
/// begins.
pub(super) fn trim(text: &str) -> (&str, usize) {
    let from_start = text.trim_start_matches([' ', '\t']);
    (from_start.trim_end_matches([' ', '\t']), text.len() - from_start.len())
}

/// In Unicode normalization form C.
pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    const { ComposingNormalizerBorrowed::new_nfc() }.normalize(text)
}

/// The byte of `original` that the byte at `position` of its NFC came from.
///
/// The longest beginning whose own NFC is not longer than `position`, by bisection. Composition at
/// the seam can move it by one character, which is as exact as the question is.
pub(super) fn position_before_nfc(original: &str, position: usize) -> usize {
    let starts: Vec<usize> = original.char_indices().map(|(start, _)| start).collect();
    let count = starts
        .partition_point(|start| original.get(..*start).is_some_and(|head| nfc(head).len() <= position));
    count.checked_sub(1).and_then(|last| starts.get(last)).copied().unwrap_or(0)
}
