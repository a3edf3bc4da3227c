//! Every setting there is: the one table behind the file, the environment, `resetd config` and the
//! docs.

use super::source::{Known, Secrecy};

const fn public(name: &'static str, help: &'static str) -> Known {
    Known { name, secrecy: Secrecy::Public, help }
}

const fn url(name: &'static str, help: &'static str) -> Known {
    Known { name, secrecy: Secrecy::UrlWithCredentials, help }
}

const fn secret(name: &'static str, help: &'static str) -> Known {
    Known { name, secrecy: Secrecy::Secret, help }
}

/// In the order in which `resetd config` prints them.
pub(crate) const KNOWN: &[Known] = &[
    public("listen", "address and port of the API; default 127.0.0.1:8080"),
    url("public_url", "where customers reach this installation; https, or http on this machine alone"),
    url("database_url", "sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE"),
    url(
        "mail_url",
        "smtp://, smtps:// (with USER:PASSWORD@ and ?tls=required|opportunistic|none) or capture:DIR",
    ),
    public("mail_from", "the sender: `Name <user@example.com>` or an address alone"),
    url("limiter_url", "memory: (one replica; default) or redis://HOST:PORT"),
    public(
        "data_dir",
        "where captured mail and other files live; default: beside the SQLite database, else ./data",
    ),
    secret(
        "data_key",
        "32 bytes in base64 or hex that seal personal data at rest; default: a key kept in the database",
    ),
    public("trusted_proxies", "networks whose X-Forwarded-For is believed, separated by commas"),
    url("geo.vikitron_url", "base URL of the platform's IP resolver"),
    secret("geo.vikitron_token", "bearer token for it"),
    public("geo.city_db", "path of a city database in MaxMind's format"),
    public("geo.asn_db", "path of an ASN database"),
    public("geo.anonymous_db", "path of an anonymous-IP database"),
    public(
        "geo.attribution",
        "a line below every mail that tells a place, as licences of free databases ask",
    ),
    public("geo.reverse_dns", "look up reverse DNS: true or false (default)"),
    public("mail.ca_file", "PEM file with further certificate authorities trusted for SMTP"),
    public("mail.dkim_domain", "domain of the DKIM signature"),
    public("mail.dkim_selector", "selector of the DKIM signature"),
    secret(
        "mail.dkim_key",
        "private key of the DKIM signature, RSA or Ed25519: PEM text, or the path of a PEM file",
    ),
    public("password.scheme", "argon2id (default) or bcrypt"),
    public("password.concurrency", "password hashes computed at once; default: the number of cores"),
    public("retention_days", "days for which ended requests are kept; default 30"),
    public("audit_retention_days", "days for which the audit log is kept, by whole months; default 400"),
    public("worker", "deliver mail in this process: true (default) or false"),
    public(
        "webhooks.allow_private",
        "call webhook endpoints at private and loopback addresses: true or false (default)",
    ),
    public("metrics_listen", "address and port of the Prometheus endpoint; default: none"),
    url("telemetry.otlp_url", "base URL of a collector that takes traces by OTLP/HTTP; default: none"),
    secret("telemetry.otlp_headers", "headers for it: NAME=VALUE, separated by commas"),
    public("telemetry.service_name", "what the service is called in traces; default resetd"),
    public(
        "telemetry.sampling",
        "share of the traces begun here that is kept, 0 to 1; default 0.05. A caller's decision goes before",
    ),
    public("max_connections", "connections served at once; default 10,000"),
    public("log", "log filter, such as info or info,access=warn; default info,access=warn"),
    public("log_format", "text (default) or json"),
    public("tls.certificate", "PEM file with the certificate chain of the built-in TLS listener"),
    public("tls.key", "PEM file with its private key"),
];
