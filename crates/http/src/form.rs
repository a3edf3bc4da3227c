//! The `application/x-www-form-urlencoded` parser of the WHATWG URL standard, section 5.1, but for
//! one thing: text that is not UTF-8 is an error, not a replacement character.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The pairs of a query or a form, in order, as bytes.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    text.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()).map(|piece| {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
        (decode(name), decode(value))
    })
}

fn decode(piece: &[u8]) -> Cow<'_, [u8]> {
    if !piece.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Cow::Borrowed(piece);
    }
    let spaced: Vec<u8> = piece.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

/// The values of one name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Values<'a> {
    /// The name does not occur.
    Absent,
    /// It occurs once.
    One(Cow<'a, str>),
    /// It occurs more than once, or its value is not UTF-8.
    Malformed,
}

/// What `text` holds under `name`.
pub(crate) fn values<'a>(text: &'a [u8], name: &str) -> Values<'a> {
    let mut found = pairs(text).filter(|(key, _)| key.as_ref() == name.as_bytes()).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (None, _) => Values::Absent,
        (Some(_), Some(_)) => Values::Malformed,
        (Some(value), None) => utf8(value).map_or(Values::Malformed, Values::One),
    }
}

fn utf8(value: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match value {
        Cow::Borrowed(bytes) => str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Values<'_> {
        values(text.as_bytes(), "apiKey")
    }

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        for text in ["apiKey=abc", "a=1&apiKey=abc", "apiKey=abc&b", "&&apiKey=abc&", "%61piKey=%61bc"] {
            assert_eq!(one(text), Values::One("abc".into()), "{text}");
        }
    }

    #[test]
    fn an_empty_value_is_there() {
        for text in ["apiKey=", "apiKey", "x&apiKey"] {
            assert_eq!(one(text), Values::One("".into()), "{text}");
        }
    }

    #[test]
    fn names_are_exact() {
        for text in ["", "&", "apikey=abc", "apiKey[]=abc", "=apiKey", "xapiKey=abc", "apiKey%20=abc"] {
            assert_eq!(one(text), Values::Absent, "{text}");
        }
    }

    #[test]
    fn repetition_and_broken_text_are_malformed() {
        for text in ["apiKey=abc&apiKey=abc", "apiKey=abc&x&%61piKey", "apiKey=%ff", "apiKey=%c3%28"] {
            assert_eq!(one(text), Values::Malformed, "{text}");
        }
    }

    #[test]
    fn decoding_follows_the_standard() {
        for (text, value) in
            [("a+b", "a b"), ("a%2Bb", "a+b"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("a=b", "a=b")]
        {
            assert_eq!(one(&format!("apiKey={text}")), Values::One(value.into()), "{text}");
        }
    }
}
