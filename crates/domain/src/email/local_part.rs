//! The part before the `@`: a dot-atom of RFC 5322, section 3.2.3, with the characters of RFC 6531,
//! section 3.3.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

use super::error::EmailError;
use super::text::{MAX_LOCAL, nfc};

/// The local part in lower case and NFC. Comes in NFC.
pub(super) fn normalize(local: &str) -> Result<String, EmailError> {
    check(local)?;
    // Lowercasing can leave NFC.
    let normalized = nfc(&local.to_lowercase()).into_owned();
    if normalized.len() > MAX_LOCAL {
        return Err(EmailError::LocalPartTooLong { position: 0, octets: normalized.len() });
    }
    Ok(normalized)
}

fn check(local: &str) -> Result<(), EmailError> {
    if local.is_empty() {
        return Err(EmailError::LocalPartMissing { position: 0 });
    }
    let mut after_dot = true;
    for (position, character) in local.char_indices() {
        match character {
            '.' if position == 0 => return Err(EmailError::LeadingDot { position }),
            '.' if after_dot => return Err(EmailError::ConsecutiveDots { position }),
            '.' => {
                after_dot = true;
                continue;
            }
            ' ' | '\t' => return Err(EmailError::FoldingWhiteSpace { position }),
            _ if character.is_ascii() => {
                if !is_atom(character) {
                    return Err(EmailError::ForbiddenCharacter { position, character });
                }
            }
            _ => international(position, character)?,
        }
        after_dot = false;
    }
    if after_dot {
        return Err(EmailError::LocalPartTrailingDot { position: local.len() - 1 });
    }
    Ok(())
}

/// `atext` of RFC 5322, section 3.2.3.
const fn is_atom(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '!' | '#'
                | '$'
                | '%'
                | '&'
                | '\''
                | '*'
                | '+'
                | '-'
                | '/'
                | '='
                | '?'
                | '^'
                | '_'
                | '`'
                | '{'
                | '|'
                | '}'
                | '~'
        )
}

/// What is neither seen nor told apart is refused. RFC 6531 would take all of it; RFC 8264
/// (PRECIS), section 4.2.3, refuses the same kinds for identifiers.
fn international(position: usize, character: char) -> Result<(), EmailError> {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    match category {
        GeneralCategory::SpaceSeparator => Err(EmailError::UnicodeSpace { position, character }),
        GeneralCategory::PrivateUse => Err(EmailError::PrivateUse { position, character }),
        _ if is_invisible(category, character) => Err(EmailError::InvisibleCharacter { position, character }),
        GeneralCategory::Unassigned => Err(EmailError::Unassigned { position, character }),
        _ if position == 0 && GeneralCategoryGroup::Mark.contains(category) => {
            Err(EmailError::LeadingCombiningMark { position, character })
        }
        _ => Ok(()),
    }
}

/// Zero-width characters, joiners, soft hyphens, fillers, variation selectors, tags, format
/// characters, and the braille pattern without dots, which is drawn as nothing.
fn is_invisible(category: GeneralCategory, character: char) -> bool {
    category == GeneralCategory::Format
        || character == '\u{2800}'
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}
