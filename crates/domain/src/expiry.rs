//! How long a reset link lives.

mod error;
mod parse;
mod policy;
mod print;
#[cfg(feature = "serde")]
mod serde_forms;

use core::ops::Add;
use core::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};

pub use self::error::ExpiryError;
pub use self::policy::ExpiryPolicy;
pub use self::print::Iso8601;
#[cfg(feature = "serde")]
pub use self::serde_forms::{expiry_as_iso8601, expiry_as_seconds};
use crate::macros::{deserialize_impl, parse_impls, serialize_impl};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;

/// How long a reset link lives: whole seconds, from one minute to seven days.
///
/// Two notations are read. Whole numbers with units, largest first, each unit once, spaces
/// optional, in either case: `3h 20m`, `90 minutes`, `1d12h` (`s sec secs second seconds`, `m min
/// mins minute minutes`, `h hr hrs hour hours`, `d day days`, `w week weeks`). And ISO 8601
/// durations, in either case: `PT3H20M`, `P1D`, `P1W`.
///
/// A day is 24 hours and a week is seven days, whatever the clocks do meanwhile.
///
/// ```
/// use resetd_domain::Expiry;
///
/// let expiry = Expiry::parse("3h 20m")?;
/// assert_eq!(expiry.as_seconds(), 12_000);
/// assert_eq!(expiry, Expiry::parse("pt3h20m")?);
/// assert_eq!(expiry.to_string(), "3h 20m");
/// assert_eq!(expiry.to_iso8601().to_string(), "PT3H20M");
/// let accepted = chrono::DateTime::UNIX_EPOCH;
/// assert_eq!((accepted + expiry).timestamp(), 12_000);
/// # Ok::<(), resetd_domain::ExpiryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expiry(u32);

impl Expiry {
    /// One minute.
    pub const MIN: Self = Self(MINUTE);
    /// One hour: what an organisation that set nothing gets.
    pub const DEFAULT: Self = Self(HOUR);
    /// Seven days.
    pub const MAX: Self = Self(WEEK);

    /// Reads an expiry in either notation.
    ///
    /// An empty text is an error here: that it means "the organisation's default" in a request is
    /// for the one who reads the request, see [`ExpiryPolicy::resolve`].
    ///
    /// # Errors
    ///
    /// The first error from the left; then, of a well-formed text, one that is zero, under a minute
    /// or over seven days.
    pub fn parse(text: &str) -> Result<Self, ExpiryError> {
        let (seconds, position) = parse::seconds(text)?;
        Self::in_range(seconds, position)
    }

    /// An expiry of so many seconds.
    ///
    /// # Errors
    ///
    /// Zero, under 60 or over 604,800.
    pub const fn from_seconds(seconds: u64) -> Result<Self, ExpiryError> {
        Self::in_range(seconds, 0)
    }

    const fn in_range(seconds: u64, position: usize) -> Result<Self, ExpiryError> {
        if seconds == 0 {
            Err(ExpiryError::Zero { position })
        } else if seconds < Self::MIN.0 as u64 {
            Err(ExpiryError::TooShort { position, floor: Self::MIN })
        } else if seconds > Self::MAX.0 as u64 {
            Err(ExpiryError::TooLong { position, ceiling: Self::MAX })
        } else {
            Ok(Self(seconds as u32))
        }
    }

    /// In seconds, 60 to 604,800.
    #[must_use]
    pub const fn as_seconds(self) -> u32 {
        self.0
    }

    /// As a duration of core.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }

    /// As a duration of chrono.
    #[must_use]
    pub fn as_time_delta(self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.0))
    }

    /// The moment a link dies whose request was accepted at `accepted`; at that moment it is dead.
    #[must_use]
    pub fn deadline(self, accepted: DateTime<Utc>) -> DateTime<Utc> {
        accepted + self
    }

    /// In ISO 8601, without weeks, which not every reader knows: `PT3H20M`, `P7D`.
    #[must_use]
    pub const fn to_iso8601(self) -> Iso8601 {
        Iso8601(self)
    }
}

impl TryFrom<Duration> for Expiry {
    type Error = ExpiryError;

    /// Parts of a second are dropped.
    fn try_from(duration: Duration) -> Result<Self, ExpiryError> {
        Self::from_seconds(duration.as_secs())
    }
}

impl From<Expiry> for Duration {
    fn from(expiry: Expiry) -> Self {
        expiry.as_duration()
    }
}

impl From<Expiry> for TimeDelta {
    fn from(expiry: Expiry) -> Self {
        expiry.as_time_delta()
    }
}

impl From<Expiry> for String {
    /// The words of `Display`: `3h 20m`.
    fn from(expiry: Expiry) -> Self {
        expiry.to_string()
    }
}

impl<Tz: TimeZone> Add<Expiry> for DateTime<Tz> {
    type Output = Self;

    /// When a link dies whose request was accepted then; the end of time where chrono knows no
    /// later one.
    fn add(self, expiry: Expiry) -> Self {
        let zone = self.timezone();
        self.checked_add_signed(expiry.as_time_delta())
            .unwrap_or_else(|| DateTime::<Utc>::MAX_UTC.with_timezone(&zone))
    }
}

parse_impls!(Expiry, ExpiryError);
serialize_impl!(Expiry);
deserialize_impl!(Expiry, "an expiry such as `3h 20m`");
