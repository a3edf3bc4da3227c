//! The way of every other address: international ones, and failing ones, which learn here what is
//! wrong with them.

use super::error::EmailError;
use super::text::{MAX_ADDRESS, Normalized, nfc, position_before_nfc, trim};
use super::{domain_part, local_part};

/// The deliverable form of an address, or its first error.
pub(super) fn normalize(input: &str) -> Result<Normalized, EmailError> {
    let (trimmed, start) = trim(input);
    let text = nfc(trimmed);
    parts(&text).map_err(|error| {
        error.map_position(|position| {
            start + if text == trimmed { position } else { position_before_nfc(trimmed, position) }
        })
    })
}

fn parts(text: &str) -> Result<Normalized, EmailError> {
    if text.is_empty() {
        return Err(EmailError::Empty);
    }
    forbidden_anywhere(text)?;
    let at = separator(text)?;
    let (local, domain) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
    let mut normalized = local_part::normalize(local)?;
    let domain =
        domain_part::normalize(domain).map_err(|error| error.map_position(|position| at + 1 + position))?;
    let at = normalized.len();
    normalized.push('@');
    normalized.push_str(&domain);
    if normalized.len() > MAX_ADDRESS {
        return Err(EmailError::AddressTooLong { position: 0, octets: normalized.len() });
    }
    Ok(Normalized { text: normalized, at })
}

/// What has no place in an address, wherever it stands. Space and tab are told apart later.
fn forbidden_anywhere(text: &str) -> Result<(), EmailError> {
    for (position, character) in text.char_indices() {
        match character {
            '\t' => {}
            '\r' if text
                .get(position..position + 3)
                .is_some_and(|fold| matches!(fold, "\r\n " | "\r\n\t")) =>
            {
                return Err(EmailError::FoldingWhiteSpace { position });
            }
            '\r' => return Err(EmailError::CarriageReturn { position }),
            '\n' => return Err(EmailError::LineFeed { position }),
            '\0' => return Err(EmailError::Nul { position }),
            '\u{2028}' | '\u{2029}' => return Err(EmailError::LineSeparator { position }),
            // Bidi_Control of the Unicode Character Database.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                return Err(EmailError::BidiControl { position, character });
            }
            _ if character.is_control() => return Err(EmailError::ControlCharacter { position, character }),
            _ => {}
        }
    }
    Ok(())
}

/// The byte of the one `@`, once nothing around it says that this is another notation.
fn separator(text: &str) -> Result<usize, EmailError> {
    if text.starts_with('"') {
        return Err(quoted(text));
    }
    // obs-route of RFC 5322, section 4.4: `<@a.com,@b.com:jan@c.com>`.
    let bare = text.trim_start_matches('<');
    if bare.starts_with('@') && bare.contains(':') {
        return Err(EmailError::ObsoleteSyntax { position: 0 });
    }
    if let Some(position) = text.find(['<', '>']) {
        return Err(EmailError::DisplayName { position });
    }
    let at = text.find('@');
    let literal = at.and_then(|at| text.get(at + 1..)).is_some_and(|domain| domain.starts_with('['));
    if let Some(position) = text.find(['(', ')']).filter(|_| !literal) {
        return Err(EmailError::Comment { position });
    }
    let at = at.ok_or(EmailError::MissingAt { position: text.len() })?;
    if literal {
        return Err(EmailError::AddressLiteral { position: at + 1 });
    }
    // obs-local-part of RFC 5322, section 4.4: words and quoted strings with dots between them.
    if let Some(dot) = text.get(..at).and_then(|local| local.find(".\"")) {
        return Err(EmailError::ObsoleteSyntax { position: dot + 1 });
    }
    match text.get(at + 1..).and_then(|domain| domain.find('@')) {
        Some(second) => Err(EmailError::SecondAt { position: at + 1 + second }),
        None => Ok(at),
    }
}

/// What a text that begins with a quotation mark is.
fn quoted(text: &str) -> EmailError {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find_map(|(position, character)| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(position)
    });
    let rest = end.and_then(|end| text.get(end + 1..)).unwrap_or_default();
    if let Some(offset) = rest.find('<') {
        EmailError::DisplayName { position: text.len() - rest.len() + offset }
    } else if rest.starts_with('.') {
        EmailError::ObsoleteSyntax { position: 0 }
    } else {
        EmailError::QuotedLocalPart { position: 0 }
    }
}
