//! An expiry in the contract's words and in ISO 8601.

use core::fmt;

use super::{DAY, Expiry, HOUR, MINUTE, WEEK};

impl fmt::Display for Expiry {
    /// Largest unit first, parts that are zero left out: `3h 20m`, `1d`, `1w`. [`Expiry::parse`]
    /// reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_none() && f.precision().is_none() {
            return write_words(*self, f);
        }
        let mut words = String::new();
        write_words(*self, &mut words)?;
        f.pad(&words)
    }
}

fn write_words(expiry: Expiry, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut rest = expiry.as_seconds();
    let mut separator = "";
    for (unit, letter) in [(WEEK, 'w'), (DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm'), (1, 's')] {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            write!(out, "{separator}{count}{letter}")?;
            separator = " ";
        }
    }
    Ok(())
}

/// An expiry as an ISO 8601 duration; see [`Expiry::to_iso8601`].
///
/// ```
/// use resetd_domain::Expiry;
///
/// assert_eq!(Expiry::parse("1w")?.to_iso8601().to_string(), "P7D");
/// # Ok::<(), resetd_domain::ExpiryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Iso8601(pub(super) Expiry);

impl fmt::Display for Iso8601 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_seconds();
        let (days, mut rest) = (seconds / DAY, seconds % DAY);
        f.write_str("P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if rest > 0 {
            f.write_str("T")?;
        }
        for (unit, letter) in [(HOUR, 'H'), (MINUTE, 'M'), (1, 'S')] {
            let count = rest / unit;
            rest %= unit;
            if count > 0 {
                write!(f, "{count}{letter}")?;
            }
        }
        Ok(())
    }
}
