//! The settings, one struct for each section of the file. `docs/settings.md`, the JSON schema and
//! `resetd config` are made of these types and their comments.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use system::DataKey;

use super::values::{
    DatabaseUrl, LimiterUrl, MailUrl, OtlpUrl, PublicUrl, TrustedProxies, days, optional_text, secret, share,
};

/// Settings of resetd.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address and port of the API and the pages.
    #[schemars(with = "String")]
    pub(crate) listen: SocketAddr,
    /// Where customers reach this installation; https, or http on this machine alone.
    ///
    /// `http` is for loopback and special-use names (RFC 6761). Links in mails are made of it, never of `Host`.
    #[schemars(extend("x-required" = true))]
    pub(crate) public_url: Option<PublicUrl>,
    /// The database: sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE.
    #[schemars(extend("x-required" = true))]
    pub(crate) database_url: Option<DatabaseUrl>,
    /// Where mails go: smtp:// or smtps:// (with USER:PASSWORD@ and options) or capture:DIR.
    ///
    /// `smtp://` takes STARTTLS where it is offered and requires it where there are credentials and the host is not
    /// this machine; `smtps://` is TLS from the first byte. Options: `?tls=required|opportunistic|none`, `?pool=25`
    /// (connections), `?hello=NAME`: what to say in `EHLO`, a full name or an address in brackets; without it the
    /// host's name if that is a full one, else the address the connection starts from (`[192.0.2.7]`), because many
    /// relays refuse short names.
    #[schemars(extend("x-required" = true))]
    pub(crate) mail_url: Option<MailUrl>,
    /// The sender: `Name <user@example.com>` or an address alone. Required with SMTP.
    pub(crate) mail_from: Option<String>,
    /// What counts calls: memory: (each process by itself) or redis://HOST:PORT (all replicas together).
    #[schemars(with = "LimiterUrl", extend("default" = "memory:"))]
    pub(crate) limiter_url: LimiterUrl,
    /// The directory of `resetd demo`, data/demo by default; `serve` keeps everything in the database.
    pub(crate) data_dir: Option<PathBuf>,
    /// 32 bytes in base64 or hex that seal personal data at rest; without it a key kept in the database.
    ///
    /// `openssl rand -base64 32` makes one. The same on every replica.
    #[serde(deserialize_with = "optional_text")]
    #[schemars(schema_with = "secret")]
    pub(crate) data_key: Option<DataKey>,
    /// Networks whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: TrustedProxies,
    /// Days for which ended requests and delivered webhook events are kept.
    #[serde(deserialize_with = "days")]
    #[schemars(range(min = 1, max = 36_500))]
    pub(crate) retention_days: u32,
    /// Days for which the audit log is kept; it goes by whole months.
    #[serde(deserialize_with = "days")]
    #[schemars(range(min = 1, max = 36_500))]
    pub(crate) audit_retention_days: u32,
    /// Deliver mails and webhooks in this process.
    pub(crate) worker: bool,
    /// Address and port of the Prometheus endpoint /metrics; without it none is served.
    #[schemars(with = "Option<String>")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Connections served at once.
    pub(crate) max_connections: NonZeroUsize,
    /// Log filter; access=info switches the access log on.
    pub(crate) log: String,
    /// How a line of the log looks; json is for machines.
    pub(crate) log_format: LogFormat,
    pub(crate) geo: GeoSettings,
    pub(crate) mail: MailSettings,
    pub(crate) password: PasswordSettings,
    pub(crate) telemetry: TelemetrySettings,
    pub(crate) tls: TlsSettings,
    pub(crate) webhooks: WebhookSettings,
}

impl Default for Settings {
    fn default() -> Self {
        const MAX_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            database_url: None,
            mail_url: None,
            mail_from: None,
            limiter_url: LimiterUrl::default(),
            data_dir: None,
            data_key: None,
            trusted_proxies: TrustedProxies::default(),
            retention_days: 30,
            // A year, and the month to look at it.
            audit_retention_days: 400,
            worker: true,
            metrics_listen: None,
            max_connections: MAX_CONNECTIONS,
            log: "info,access=warn".to_owned(),
            log_format: LogFormat::default(),
            geo: GeoSettings::default(),
            mail: MailSettings::default(),
            password: PasswordSettings::default(),
            telemetry: TelemetrySettings::default(),
            tls: TlsSettings::default(),
            webhooks: WebhookSettings::default(),
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Where requests come from.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GeoSettings {
    /// Base URL of the platform's IP resolver ([VikiTron](vikitron.md)).
    #[schemars(extend("x-credentials" = true))]
    pub(crate) vikitron_url: Option<String>,
    /// Bearer token for it.
    #[schemars(schema_with = "secret")]
    pub(crate) vikitron_token: Option<SecretString>,
    /// Path of a city database in MaxMind's format; read again when it is replaced.
    pub(crate) city_db: Option<PathBuf>,
    /// Path of an ASN database.
    pub(crate) asn_db: Option<PathBuf>,
    /// Path of an anonymous-IP database.
    pub(crate) anonymous_db: Option<PathBuf>,
    /// A line below every mail that names a location, as licences of free databases ask.
    ///
    /// See [Places](operations.md#places).
    pub(crate) attribution: Option<String>,
    /// Look up reverse DNS, confirmed by forward DNS.
    pub(crate) reverse_dns: bool,
}

/// SMTP.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MailSettings {
    /// PEM file with further certificate authorities trusted for SMTP.
    pub(crate) ca_file: Option<PathBuf>,
    /// Domain of the DKIM signature (RFC 6376).
    pub(crate) dkim_domain: Option<String>,
    /// Selector of the DKIM signature.
    pub(crate) dkim_selector: Option<String>,
    /// Private key of the DKIM signature, RSA or Ed25519: PEM text, or the path of a PEM file.
    #[schemars(schema_with = "secret")]
    pub(crate) dkim_key: Option<SecretString>,
}

/// New passwords.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PasswordSettings {
    /// How passwords are hashed; both kinds verify.
    ///
    /// `bcrypt` is cost 12 and refuses passwords of more than 72 bytes.
    pub(crate) scheme: PasswordScheme,
    /// Password changes whose hashes are computed at once; without it one for each core.
    ///
    /// Each takes 19 MiB. 64 more wait for each, up to 5 s.
    pub(crate) concurrency: Option<NonZeroUsize>,
}

/// How passwords are hashed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PasswordScheme {
    #[default]
    Argon2id,
    Bcrypt,
}

/// Traces.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TelemetrySettings {
    /// Base URL of a collector that takes traces by OTLP/HTTP in protobuf, such as http://127.0.0.1:4318.
    pub(crate) otlp_url: Option<OtlpUrl>,
    /// Headers for it: NAME=VALUE, separated by commas.
    #[schemars(schema_with = "secret")]
    pub(crate) otlp_headers: Option<SecretString>,
    /// The service's name in traces.
    pub(crate) service_name: String,
    /// Share of the traces begun here that is kept, 0 to 1; a caller's `traceparent` decides for itself.
    #[serde(deserialize_with = "share")]
    #[schemars(range(min = 0, max = 1))]
    pub(crate) sampling: f64,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self { otlp_url: None, otlp_headers: None, service_name: "resetd".to_owned(), sampling: 0.05 }
    }
}

/// The built-in TLS listener (1.2 and 1.3).
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// PEM file with the certificate chain; read again on SIGHUP.
    pub(crate) certificate: Option<PathBuf>,
    /// PEM file with its private key.
    pub(crate) key: Option<PathBuf>,
}

/// Webhooks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebhookSettings {
    /// Call endpoints at private and loopback addresses, and over http on this machine ([webhooks](webhooks.md)).
    pub(crate) allow_private: bool,
}
