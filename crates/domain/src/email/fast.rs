//! The way of nearly every address: all ASCII, nothing wrong with it, one allocation for the
//! result.
//!
//! What is not certainly fine here is `None` and goes the full way, which decides and explains.

use super::text::{MAX_ADDRESS, MAX_LABEL, MAX_LOCAL, Normalized, trim};

const ATOM: u8 = 1;
const LETTER: u8 = 2;
const DIGIT: u8 = 4;

/// What each byte may be part of.
static CLASS: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "runs at compile time, where a wrong index does not compile")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => ATOM | LETTER,
            b'0'..=b'9' => ATOM | DIGIT,
            // atext of RFC 5322, section 3.2.3.
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'/' | b'=' | b'?' | b'^'
            | b'_' | b'`' => ATOM,
            b'{' | b'|' | b'}' | b'~' => ATOM,
            _ => 0,
        };
        byte += 1;
    }
    classes
}

#[inline]
fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// The deliverable form of an address that is plainly one.
pub(super) fn normalize(text: &str) -> Option<Normalized> {
    let (text, _) = trim(text);
    if text.len() > MAX_ADDRESS {
        return None;
    }
    let at = local_part(text.as_bytes())?;
    domain(text.as_bytes().get(at + 1..)?)?;
    Some(Normalized { text: text.to_ascii_lowercase(), at })
}

/// The byte of the `@` that ends a dot-atom.
#[inline]
fn local_part(text: &[u8]) -> Option<usize> {
    let mut after_dot = true;
    for (position, &byte) in text.iter().enumerate() {
        if class(byte) & ATOM != 0 {
            after_dot = false;
        } else if byte == b'.' && !after_dot {
            after_dot = true;
        } else {
            return (byte == b'@' && !after_dot && position <= MAX_LOCAL).then_some(position);
        }
    }
    None
}

/// Letters, digits and hyphens by STD3, no hyphen where UTS-46 refuses it (which keeps `xn--` out),
/// a dot, a last label that is not a number.
#[inline]
fn domain(text: &[u8]) -> Option<()> {
    let mut dots = 0_usize;
    let mut length = 0_usize;
    let mut numeric = true;
    let mut last = b'-';
    for &byte in text {
        let class = class(byte);
        if class & (LETTER | DIGIT) != 0 {
            numeric &= class & DIGIT != 0;
            length += 1;
        } else if byte == b'-' {
            // At the beginning, or third and fourth.
            if length == 0 || (length == 3 && last == b'-') {
                return None;
            }
            numeric = false;
            length += 1;
        } else if byte == b'.' {
            if length == 0 || length > MAX_LABEL || last == b'-' {
                return None;
            }
            dots += 1;
            length = 0;
            numeric = true;
        } else {
            return None;
        }
        last = byte;
    }
    (dots > 0 && length > 0 && length <= MAX_LABEL && last != b'-' && !numeric).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::full, *};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Where the short way has an answer, the full way has the same; where ASCII without `xn--`
        /// is taken at all, the short way takes it.
        #[test]
        fn the_short_way_and_the_full_way_agree(text in "[a-zA-Z0-9.+_!-]{1,12}@([a-zA-Z0-9-]{1,5}[.]){1,3}[a-z0-9-]{1,4}") {
            check(&text);
        }

        #[test]
        fn and_on_any_ascii(text in "[ -~\\t]{0,8}@[ -~]{0,12}") {
            check(&text);
        }
    }

    fn check(text: &str) {
        match (normalize(text), full::normalize(text)) {
            (Some(fast), full) => assert_eq!(Ok(fast), full, "{text:?}"),
            (None, Ok(full)) => assert!(full.text.contains("xn--"), "{text:?}"),
            (None, Err(_)) => {}
        }
    }

    #[test]
    fn every_byte_in_every_place() {
        for byte in 0..=127_u8 {
            let character = char::from(byte);
            for template in [
                "#@b.cz",
                "a#@b.cz",
                "a#b@b.cz",
                "a@#.cz",
                "a@b#.cz",
                "a@b#c.cz",
                "a@b.#",
                "a@b.c#",
                "a@b.c#z",
                "a@a-#-b.cz",
            ] {
                check(&template.replace('#', &character.to_string()));
            }
        }
        for length in 60..70 {
            let long = "a".repeat(length);
            for template in ["#@b.cz", "a@#.cz", "a@b.#", "#@#.#.#.cz"] {
                check(&template.replace('#', &long));
            }
            check(&format!("x@{0}.{0}.{0}.{1}", "b".repeat(63), "c".repeat(length - 5)));
        }
    }
}
