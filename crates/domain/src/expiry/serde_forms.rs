//! An expiry as other systems write it, for `#[serde(with = "…")]`.

/// As a number of seconds, which is what a script shares with a browser.
///
/// ```
/// use resetd_domain::Expiry;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Settings {
///     #[serde(with = "resetd_domain::expiry_as_seconds")]
///     link_lives: Expiry,
/// }
///
/// let settings: Settings = serde_json::from_str(r#"{"link_lives":3600}"#)?;
/// assert_eq!(settings.link_lives.to_string(), "1h");
/// assert_eq!(serde_json::to_string(&settings)?, r#"{"link_lives":3600}"#);
/// assert!(serde_json::from_str::<Settings>(r#"{"link_lives":59}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub mod expiry_as_seconds {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Expiry;

    /// Writes the seconds.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(expiry: &Expiry, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(expiry.as_seconds())
    }

    /// Reads a number of seconds.
    ///
    /// # Errors
    ///
    /// No whole number, or one that is under 60 or over 604,800.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Expiry, D::Error> {
        Expiry::from_seconds(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// As an ISO 8601 duration: `PT3H20M`. Reads the other notation as well.
///
/// ```
/// use resetd_domain::Expiry;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Settings {
///     #[serde(with = "resetd_domain::expiry_as_iso8601")]
///     link_lives: Expiry,
/// }
///
/// let settings: Settings = serde_json::from_str(r#"{"link_lives":"3h 20m"}"#)?;
/// assert_eq!(serde_json::to_string(&settings)?, r#"{"link_lives":"PT3H20M"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub mod expiry_as_iso8601 {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::Expiry;

    /// Writes the duration.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(expiry: &Expiry, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&expiry.to_iso8601())
    }

    /// Reads either notation.
    ///
    /// # Errors
    ///
    /// As [`Expiry::parse`].
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Expiry, D::Error> {
        Expiry::deserialize(deserializer)
    }
}
