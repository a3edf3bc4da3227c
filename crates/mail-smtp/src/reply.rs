use domain::mask_addresses;

use crate::failure::{Cause, Enhanced};

/// Characters of a reply that are kept.
const LIMIT: usize = 500;

/// A server's reply (RFC 5321, section 4.2). The text may be any bytes; what is no UTF-8 is
/// replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Three digits, 200 to 599.
    pub(crate) code: u16,
    pub(crate) lines: Vec<String>,
}

impl Reply {
    /// Adds a line as it came, without its end. `true`: more of them follow. Of lines with
    /// different codes the last one decides.
    pub(crate) fn add(&mut self, line: &[u8]) -> Result<bool, Cause> {
        let garbage = || Cause::Garbage(String::from_utf8_lossy(line).chars().take(LIMIT).collect());
        let (digits, rest) = line.split_at_checked(3).ok_or_else(garbage)?;
        let code =
            std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let code = code.and_then(|digits| digits.parse().ok()).filter(|code| (200..600).contains(code));
        self.code = code.filter(|_| !rest.first().is_some_and(u8::is_ascii_digit)).ok_or_else(garbage)?;
        let text = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b" ")).unwrap_or(rest);
        self.lines.push(String::from_utf8_lossy(text).into_owned());
        Ok(rest.starts_with(b"-"))
    }

    /// # Errors
    /// A negative reply.
    pub(crate) fn accepted(self) -> Result<Self, Cause> {
        if self.code < 400 {
            return Ok(self);
        }
        Err(Cause::Reply { code: self.code, enhanced: self.enhanced(), text: self.words() })
    }

    /// # Errors
    /// Any reply but a 2xx.
    pub(crate) fn completed(self) -> Result<Self, Cause> {
        if self.code < 300 { Ok(self) } else { Err(Cause::Garbage(format!("{} out of turn", self.code))) }
    }

    /// `250 2.0.0 Ok: queued as 4D2A`, with an enhanced status code that the lines repeat said
    /// once.
    pub(crate) fn words(&self) -> String {
        let mut words = self.code.to_string();
        let repeated = self.enhanced().and_then(|_| self.first_word());
        for (at, line) in self.lines.iter().enumerate() {
            let line = repeated.filter(|_| at > 0).and_then(|word| line.strip_prefix(word)).unwrap_or(line);
            words.push(' ');
            words.push_str(line.trim_start());
        }
        words
    }

    fn first_word(&self) -> Option<&str> {
        self.lines.first()?.split(|c: char| c.is_whitespace() || c.is_control()).next()
    }

    /// RFC 2034, section 4: its class is the code's.
    fn enhanced(&self) -> Option<Enhanced> {
        let part = |part: &str| part.parse::<u16>().ok().filter(|_| (1..=3).contains(&part.len()));
        let mut parts = self.first_word()?.split('.');
        let (class, subject, detail) = (part(parts.next()?)?, part(parts.next()?)?, part(parts.next()?)?);
        (parts.next().is_none() && class == self.code / 100).then_some((subject, detail))
    }
}

/// A server's words as they may be kept and shown: addresses masked, control characters gone, at
/// most 500 characters. A server likes to quote the recipient back.
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
