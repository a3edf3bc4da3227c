//! No line of the log or of an error holds the credentials of a URL, whoever wrote it.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::settings::masked_url;

/// `text` with every URL in it masked.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    let mut rest = text;
    let mut masked = String::new();
    while let Some(colon) = rest.find("://") {
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let before = rest.get(..colon).unwrap_or_default();
        let start = before.rfind(|c| !is_scheme(c)).map_or(0, |at| at + 1);
        let is_end =
            |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | ';' | ')');
        let url = rest.get(start..).unwrap_or_default();
        let length = url.find(is_end).unwrap_or(url.len());
        let (url, after) = url.split_at_checked(length).unwrap_or((url, ""));
        masked.push_str(rest.get(..start).unwrap_or_default());
        masked.push_str(&if has_secret(url) { masked_url(url) } else { url.to_owned() });
        rest = after;
    }
    if masked.is_empty() {
        return text.into();
    }
    masked.push_str(rest);
    masked.into()
}

/// Whether a URL has a place in which a secret can be.
fn has_secret(url: &str) -> bool {
    url.contains(['@', '?', '#'])
}

/// Standard error; each line, which is written at once, is masked.
#[derive(Debug)]
pub(super) struct MaskedError(io::Stderr);

impl MaskedError {
    pub(super) fn new() -> Self {
        Self(io::stderr())
    }
}

impl Write for MaskedError {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(masked(text).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_urls_are_masked_wherever_they_stand() {
        for (text, expected) in [
            ("nothing here: //x", "nothing here: //x"),
            ("listening on http://127.0.0.1:8080, reached as https://a.example", "same"),
            (
                "cannot reach postgres://u:S3cret@db/x: refused",
                "cannot reach postgres://********@db/x: refused",
            ),
            (
                "a=\"https://h/x?token=S3cret\" b=redis+sentinel://:S3cret@h",
                "a=\"https://h/x?token=********\" b=redis+sentinel://********@h",
            ),
            ("žluťoučký smtp://u:S3cret@relay?tls=none", "žluťoučký smtp://********@relay?tls=none"),
        ] {
            let expected = if expected == "same" { text } else { expected };
            assert_eq!(masked(text), expected);
        }
    }
}
