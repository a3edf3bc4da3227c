use domain::mask_addresses;

/// Characters of a reply that are kept.
const LIMIT: usize = 500;

/// A server's words as they may be kept and shown: addresses masked, control characters gone, at most 500 characters.
/// A server likes to quote the recipient back.
pub(crate) fn scrub(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().min(LIMIT * 4));
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if clean.chars().count() > LIMIT {
            break;
        }
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(&mask_addresses(word));
    }
    match clean.char_indices().nth(LIMIT - 1) {
        Some((at, _)) if clean.chars().count() > LIMIT => {
            clean.truncate(at);
            clean.push('…');
            clean
        }
        _ => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked() {
        assert_eq!(
            scrub(
                "550 5.1.1 <jan@barasek.com>: Recipient address rejected: User unknown in jan@barasek.com, sorry"
            ),
            "550 5.1.1 <***>: Recipient address rejected: User unknown in ***, sorry"
        );
        assert_eq!(
            scrub("rfc822;jan%40barasek.com jan=40x.cz to=<\"a b\"@c.cz>"),
            "rfc822;*** *** to=<\"a b\"***>"
        );
        assert_eq!(scrub("250 2.0.0 Ok: queued as 4D2A"), "250 2.0.0 Ok: queued as 4D2A");
    }

    #[test]
    fn controls_go_and_length_is_bounded() {
        assert_eq!(scrub("a\r\nb\u{1b}[31mc\0d\u{202E}e"), "a b [31mc de");
        let long = scrub(&"á ".repeat(10_000));
        assert_eq!(long.chars().count(), 500);
        assert!(long.ends_with('…'));
        assert_eq!(scrub(&"x".repeat(500)).len(), 500);
        assert_eq!(scrub(""), "");
    }
}
