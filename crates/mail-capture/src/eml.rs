use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The message as RFC 5322 and RFC 2045 write it: `headers`, which name `boundary`, and both parts
/// in base64.
pub(crate) fn write(headers: &[(String, String)], boundary: &str, text: &str, html: &str) -> String {
    let mut message = String::with_capacity((text.len() + html.len()) * 3 / 2 + 2_048);
    for (name, value) in headers {
        message.push_str(&folded(&format!("{name}: {value}")));
    }
    message.push_str("\r\n");
    for (kind, body) in [("text/plain", text), ("text/html", html)] {
        message.push_str(&format!(
            "--{boundary}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ));
        push_base64(&mut message, body);
    }
    message.push_str(&format!("--{boundary}--\r\n"));
    message
}

/// Lines of 76 characters (RFC 2045, section 6.8). Line breaks are CRLF in what is encoded, too
/// (section 6.8, last paragraph but one).
fn push_base64(out: &mut String, body: &str) {
    let body = body.replace("\r\n", "\n").replace('\n', "\r\n");
    for line in body.as_bytes().chunks(57) {
        out.push_str(&STANDARD.encode(line));
        out.push_str("\r\n");
    }
}

/// Text for a header: as it is where it is plain ASCII, else as encoded words (RFC 2047) of at most
/// 75 characters.
pub(crate) fn encoded(text: &str) -> String {
    let text = one_line(text);
    let plain = |c: char| c == ' ' || (c.is_ascii_graphic() && !matches!(c, '=' | '?'));
    if text.len() <= 200 && text.chars().all(plain) { text } else { encoded_always(&text) }
}

/// Text as encoded words, whatever it holds.
pub(crate) fn encoded_always(text: &str) -> String {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        // 45 bytes become 60 characters; `=?UTF-8?B?` and `?=` add 12.
        if word.len() + c.len_utf8() > 45 {
            words.push(encoded_word(&word));
            word.clear();
        }
        word.push(c);
    }
    words.push(encoded_word(&word));
    words.join(" ")
}

fn encoded_word(text: &str) -> String {
    format!("=?UTF-8?B?{}?=", STANDARD.encode(text))
}

/// Line breaks and other control characters become spaces: nothing can start a header of its own.
pub(crate) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(breaks).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Folds a header line at spaces so that lines stay within 78 characters where they can (RFC 5322,
/// section 2.1.1).
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 16);
    let mut column = 0;
    for (at, word) in line.split(' ').enumerate() {
        if at > 0 {
            // The field's name stays with what follows it.
            if at > 1 && column + 1 + word.len() > 78 {
                out.push_str("\r\n ");
                column = 1;
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(word);
        column += word.len();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays() {
        assert_eq!(encoded("Set a new password - Shop"), "Set a new password - Shop");
        assert_eq!(encoded("a\r\nBcc: x"), "a Bcc: x");
    }

    #[test]
    fn anything_else_is_encoded_in_words_that_fit() {
        assert_eq!(encoded("Č"), "=?UTF-8?B?xIw=?=");
        let long = encoded(&"žluťoučký kůň ".repeat(30));
        assert!(
            long.split(' ')
                .all(|word| word.len() <= 75 && word.starts_with("=?UTF-8?B?") && word.ends_with("?="))
        );
        // Something that pretends to be an encoded word is encoded itself.
        assert!(encoded("=?UTF-8?B?eA==?=").starts_with("=?UTF-8?B?PT9V"));
    }

    #[test]
    fn lines_are_folded_at_spaces() {
        let line = folded(&format!("Subject: {}", "word ".repeat(40).trim()));
        assert!(line.split("\r\n").all(|line| line.len() <= 78));
        assert_eq!(line.replace("\r\n ", " ").trim_end(), format!("Subject: {}", "word ".repeat(40).trim()));
    }
}
