//! What an organisation makes of the expiries it is asked for.

use super::{Expiry, ExpiryError};

/// An organisation's own floor, ceiling and default, each within [`Expiry::MIN`] and
/// [`Expiry::MAX`].
///
/// ```
/// use resetd_domain::{Expiry, ExpiryPolicy};
///
/// let policy = ExpiryPolicy::new(Expiry::parse("5m")?, Expiry::parse("1d")?, Expiry::parse("30m")?)?;
/// assert_eq!(policy.resolve(None)?.to_string(), "30m");
/// assert_eq!(policy.resolve(Some(Expiry::parse("2h")?))?.to_string(), "2h");
/// assert_eq!(policy.resolve(Some(Expiry::MAX)).unwrap_err().code(), "too-long");
/// # Ok::<(), resetd_domain::ExpiryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExpiryPolicy {
    floor: Expiry,
    ceiling: Expiry,
    default: Expiry,
}

impl ExpiryPolicy {
    /// A policy with `floor <= default <= ceiling`.
    ///
    /// # Errors
    ///
    /// [`ExpiryError::TooLong`] where the floor or the default is over the ceiling,
    /// [`ExpiryError::TooShort`] where the default is under the floor.
    pub fn new(floor: Expiry, ceiling: Expiry, default: Expiry) -> Result<Self, ExpiryError> {
        if floor > ceiling || default > ceiling {
            return Err(ExpiryError::TooLong { position: 0, ceiling });
        }
        if default < floor {
            return Err(ExpiryError::TooShort { position: 0, floor });
        }
        Ok(Self { floor, ceiling, default })
    }

    /// The shortest expiry a request may ask for.
    #[must_use]
    pub const fn floor(&self) -> Expiry {
        self.floor
    }

    /// The longest expiry a request may ask for.
    #[must_use]
    pub const fn ceiling(&self) -> Expiry {
        self.ceiling
    }

    /// What a request gets that asks for none.
    #[must_use]
    pub const fn default_expiry(&self) -> Expiry {
        self.default
    }

    /// The expiry of a request that asked for this one, or for none.
    ///
    /// # Errors
    ///
    /// One that is under the floor or over the ceiling: refused rather than cut, so that nobody is
    /// promised a link that lives longer than it does.
    pub fn resolve(&self, asked: Option<Expiry>) -> Result<Expiry, ExpiryError> {
        match asked {
            None => Ok(self.default),
            Some(expiry) if expiry < self.floor => {
                Err(ExpiryError::TooShort { position: 0, floor: self.floor })
            }
            Some(expiry) if expiry > self.ceiling => {
                Err(ExpiryError::TooLong { position: 0, ceiling: self.ceiling })
            }
            Some(expiry) => Ok(expiry),
        }
    }
}

impl Default for ExpiryPolicy {
    /// From one minute to seven days, one hour when nothing is asked for.
    fn default() -> Self {
        Self { floor: Expiry::MIN, ceiling: Expiry::MAX, default: Expiry::DEFAULT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Expiry {
        Expiry::parse(text).unwrap()
    }

    #[test]
    fn nothing_asked_is_the_default() {
        assert_eq!(ExpiryPolicy::default().resolve(None), Ok(of("1h")));
        assert_eq!(ExpiryPolicy::new(of("5m"), of("1d"), of("30m")).unwrap().resolve(None), Ok(of("30m")));
    }

    #[test]
    fn the_edges_are_inside() {
        let policy = ExpiryPolicy::new(of("5m"), of("1d"), of("1h")).unwrap();
        assert_eq!(policy.resolve(Some(of("5m"))), Ok(of("5m")));
        assert_eq!(policy.resolve(Some(of("1d"))), Ok(of("1d")));
        let floor = of("5m");
        assert_eq!(policy.resolve(Some(of("4m 59s"))), Err(ExpiryError::TooShort { position: 0, floor }));
        let ceiling = of("1d");
        assert_eq!(policy.resolve(Some(of("1d 1s"))), Err(ExpiryError::TooLong { position: 0, ceiling }));
    }

    #[test]
    fn a_policy_that_contradicts_itself_is_refused() {
        let (minute, hour, day) = (of("1m"), of("1h"), of("1d"));
        assert_eq!(
            ExpiryPolicy::new(day, hour, hour),
            Err(ExpiryError::TooLong { position: 0, ceiling: hour })
        );
        assert_eq!(
            ExpiryPolicy::new(minute, hour, day),
            Err(ExpiryError::TooLong { position: 0, ceiling: hour })
        );
        assert_eq!(
            ExpiryPolicy::new(hour, day, minute),
            Err(ExpiryError::TooShort { position: 0, floor: hour })
        );
        assert!(ExpiryPolicy::new(hour, hour, hour).is_ok());
    }
}
