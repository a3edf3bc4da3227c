//! The colour of an organisation's buttons and links.

use core::fmt;

use crate::macros::{deserialize_impl, parse_impls, serialize_impl};

/// The contrast that text needs (WCAG 2.2, success criterion 1.4.3).
const READABLE: f64 = 4.5;
const WHITE: [u8; 3] = [255; 3];

/// A colour on which white text can be read, and which can be read on white: of a contrast of 4.5 to
/// 1 or more (WCAG 2.2).
///
/// ```
/// use resetd_domain::{AccentColor, AccentColorError};
///
/// let brown = AccentColor::parse("#7A3B00").unwrap();
/// assert_eq!(brown.to_string(), "#7a3b00");
/// assert!(matches!(AccentColor::parse("#ffcc00"), Err(AccentColorError::TooPale { .. })));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccentColor([u8; 3]);

/// Why a text is no accent colour.
///
/// ```
/// use resetd_domain::{AccentColor, AccentColorError};
///
/// assert_eq!(AccentColor::parse("#777777"), Err(AccentColorError::TooPale { hundredths: 447 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccentColorError {
    /// Not `#` and six hexadecimal digits.
    #[error("expected a colour such as #7a3b00")]
    Format,
    /// White on it cannot be read.
    #[error("its contrast to white is {}.{:02} to 1, and at least 4.5 to 1 is needed", .hundredths / 100, .hundredths % 100)]
    TooPale {
        /// The contrast it has, in hundredths.
        hundredths: u16,
    },
}

impl AccentColorError {
    /// The machine's name of this error; never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Format => "color-format",
            Self::TooPale { .. } => "color-too-pale",
        }
    }

    /// Always 0: the colour as a whole.
    #[must_use]
    pub const fn position(&self) -> usize {
        0
    }
}

impl AccentColor {
    /// Reads `#rrggbb`, in either case.
    ///
    /// # Errors
    /// [`AccentColorError`].
    pub fn parse(text: &str) -> Result<Self, AccentColorError> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = number.ok_or(AccentColorError::Format)?.to_be_bytes();
        let color = [red, green, blue];
        let contrast = contrast(color, WHITE);
        if contrast < READABLE {
            // Between 100 and 449.
            return Err(AccentColorError::TooPale { hundredths: (contrast * 100.0) as u16 });
        }
        Ok(Self(color))
    }

    /// A shade for a pressed button.
    #[must_use]
    pub fn darker(self) -> Self {
        Self(self.0.map(|part| mixed(part, 0, 20)))
    }

    /// The colour as `#rrggbb`, mixed with white until it can be read on `background` (`#rrggbb`) with
    /// a contrast of 7 to 1; white where nothing else can.
    #[must_use]
    pub fn lighter_on(self, background: [u8; 3]) -> String {
        let mixes = (0..=100).step_by(5).map(|share| self.0.map(|part| mixed(part, 255, share)));
        let light = mixes.into_iter().find(|color| contrast(*color, background) >= 7.0);
        written(light.unwrap_or(WHITE))
    }
}

/// `part` with `share` percent of `other`.
fn mixed(part: u8, other: u8, share: u16) -> u8 {
    let sum = u16::from(part) * (100 - share) + u16::from(other) * share;
    u8::try_from(sum / 100).unwrap_or(u8::MAX)
}

fn written([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// WCAG 2.2: 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(color: [u8; 3]) -> f64 {
    let [red, green, blue] = color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

impl fmt::Display for AccentColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.0))
    }
}

parse_impls!(AccentColor, AccentColorError);
serialize_impl!(AccentColor);
deserialize_impl!(AccentColor, "a colour such as #7a3b00");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast([0; 3], WHITE) - 21.0).abs() < 1e-9);
        // #767676 is the palest grey that may be read on white, #777777 is not one.
        assert!(AccentColor::parse("#767676").is_ok());
        assert_eq!(AccentColor::parse("#777777"), Err(AccentColorError::TooPale { hundredths: 447 }));
        let error = AccentColor::parse("#ffffff").unwrap_err();
        assert_eq!(error.to_string(), "its contrast to white is 1.00 to 1, and at least 4.5 to 1 is needed");
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in ["", "#", "7a3b00", "#7a3b0", "#7a3b000", "#7a3b0g", "#+a3b00", "red", "#7a3b00 ", "#ééé"]
        {
            assert_eq!(AccentColor::parse(text), Err(AccentColorError::Format), "{text:?}");
        }
    }

    #[test]
    fn shades_can_be_read() {
        let dark = [0x1f, 0x24, 0x29];
        for text in ["#000000", "#1a5fd8", "#7a3b00", "#b00000", "#006600", "#767676"] {
            let color = AccentColor::parse(text).unwrap();
            assert!(contrast(color.darker().0, WHITE) >= contrast(color.0, WHITE), "{text}");
            let light = color.lighter_on(dark);
            let parts = u32::from_str_radix(light.trim_start_matches('#'), 16).unwrap().to_be_bytes();
            assert!(contrast([parts[1], parts[2], parts[3]], dark) >= 7.0, "{text} {light}");
        }
    }
}
