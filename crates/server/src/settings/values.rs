//! Values that are checked when they are read.

use std::borrow::Cow;
use std::path::PathBuf;
use std::str::FromStr;

use ipnetwork::IpNetwork;
use mail_smtp::SmtpSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::SecretString;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::url_check::check_public_url;

/// Reads a type by its `FromStr` and describes it as a URL, masked where it can hold credentials.
macro_rules! url_from_text {
    ($($type:ty),+) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "x-credentials": true })
            }
        }
    )+};
}
url_from_text!(PublicUrl, DatabaseUrl, MailUrl, LimiterUrl, OtlpUrl);

/// The schema of a secret.
pub(super) fn secret(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "writeOnly": true })
}

/// Reads an optional value by its `FromStr`.
pub(super) fn optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: std::fmt::Display>,
{
    let text: Option<String> = Option::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

/// Reads a number of days for which something is kept.
pub(super) fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        days @ 1..=36_500 => Ok(days),
        _ => Err(D::Error::custom("expected a whole number of days from 1 to 36,500")),
    }
}

/// Reads a share.
pub(super) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match f64::deserialize(deserializer)? {
        share if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err(D::Error::custom("expected a number from 0 to 1")),
    }
}

/// Where customers reach the installation, without a slash at the end.
#[derive(Debug)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_public_url(text)?;
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

/// Which store, and where.
#[derive(Debug)]
pub(crate) enum DatabaseUrl {
    Sqlite(String),
    Postgres(SecretString),
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite(text.to_owned())),
            Some("postgres" | "postgresql") => Ok(Self::Postgres(text.into())),
            _ => Err("expected sqlite://PATH or postgres://…"),
        }
    }
}

/// Where mails go.
#[derive(Debug)]
pub(crate) enum MailUrl {
    Smtp(Box<SmtpSettings>),
    /// A directory.
    Capture(PathBuf),
}

impl FromStr for MailUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("capture:") {
            Some("") => Err("expected capture:DIRECTORY".to_owned()),
            Some(directory) => Ok(Self::Capture(directory.into())),
            None => text
                .parse()
                .map(|smtp| Self::Smtp(Box::new(smtp)))
                .map_err(|error: mail_smtp::SettingsError| error.to_string()),
        }
    }
}

/// What counts the calls of a key.
#[derive(Debug, Default)]
pub(crate) enum LimiterUrl {
    /// Each process by itself.
    #[default]
    Memory,
    /// All replicas together.
    Redis(SecretString),
}

impl FromStr for LimiterUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "memory:" | "memory" => Ok(Self::Memory),
            redis if redis.starts_with("redis://") => Ok(Self::Redis(redis.into())),
            _ => Err("expected memory: or redis://HOST:PORT"),
        }
    }
}

/// Where a collector takes traces by OTLP/HTTP.
#[derive(Debug)]
pub(crate) struct OtlpUrl(Url);

impl OtlpUrl {
    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for OtlpUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        /// Under the base URL (OTLP specification 1.0).
        const PATH: &str = "v1/traces";
        let mut url = Url::parse(text).map_err(|_| "expected a URL such as http://127.0.0.1:4318")?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err("expected http or https");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("credentials belong into telemetry.otlp_headers");
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if !path.ends_with(PATH) {
            url.set_path(&format!("{path}/{PATH}"));
        }
        Ok(Self(url))
    }
}

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<String>")]
pub(crate) struct TrustedProxies(#[schemars(with = "Vec<String>")] Vec<IpNetwork>);

impl TrustedProxies {
    pub(crate) fn networks(&self) -> &[IpNetwork] {
        &self.0
    }

    /// Far larger than any installation's proxies.
    pub(super) fn very_large(&self) -> impl Iterator<Item = &IpNetwork> {
        self.0.iter().filter(|network| network.prefix() < if network.is_ipv4() { 8 } else { 16 })
    }
}

impl TryFrom<Vec<String>> for TrustedProxies {
    type Error = &'static str;

    fn try_from(texts: Vec<String>) -> Result<Self, Self::Error> {
        let networks: Result<Vec<IpNetwork>, _> = texts.iter().map(|text| text.parse()).collect();
        let networks = networks.map_err(|_| "expected networks such as 10.0.0.0/8, 2001:db8::/32")?;
        if networks.iter().any(|network| network.prefix() == 0) {
            return Err("the whole internet would be believed; name the networks of your proxies");
        }
        Ok(Self(networks))
    }
}
