//! Sends mail over SMTP.
//!
//! [`SmtpSender`] implements the port [`MailSender`](application::ports::MailSender) over a pool of
//! kept connections, with `lettre` for messages, commands and TLS. Replies are read here, because
//! of what `lettre` 0.11 does not do: text of any bytes (what is no UTF-8 counts there as a broken
//! connection, and the mail would be sent again), a bound on a reply before its line has ended,
//! `TCP_NODELAY`, and nothing left over in the clear at `STARTTLS`.
//!
//! # URL
//! ```text
//! smtp://[USER:PASSWORD@]HOST[:PORT][?OPTION=VALUE&…]     STARTTLS; port 25, with credentials 587
//! smtps://[USER:PASSWORD@]HOST[:PORT][?OPTION=VALUE&…]    TLS from the first byte (RFC 8314); port 465
//! ```
//! | option | default | meaning |
//! |---|---|---|
//! | `tls` | see below | `required`, `opportunistic` or `none`; for `smtp://` only |
//! | `pool` | 25 | connections at most, 1 to 1,000 |
//! | `connect_timeout` | 10 | seconds for TCP, and again for TLS, greeting and login, 1 to 300 |
//! | `command_timeout` | 30 | seconds for each reply, 1 to 600 |
//! | `ca` | – | a PEM file of certificates trusted besides the system's |
//! | `hello` | the host's full name, else its address | what to call ourselves in `EHLO` |
//!
//! Without credentials, `smtp://` takes TLS where the server offers it, whatever its certificate
//! says (RFC 7435): that keeps out those who listen, not those who pretend, and works with the
//! self-signed certificate of a fresh relay. With credentials, TLS with a valid certificate is
//! required, unless the host is this machine; a URL that would send a password unprotected is
//! refused.
//!
//! A connection is closed after 30 s without a mail, 1,000 mails or 5 minutes.
//!
//! # Failures
//! | what happened | kind |
//! |---|---|
//! | refused, unreachable, timed out; a TLS error; 4xx before the first mail; 421 at any time | `HostDown` |
//! | 5xx to greeting, `EHLO`, `STARTTLS` or login; no STARTTLS or login offered; 530, 534, 535, 538; a command refused as such | `HostRefuses` |
//! | 5xx to `MAIL FROM`; a status code about the sender | `SenderRefused` |
//! | 5xx to `RCPT TO`: policy (5.7.x, 554); a bare 550 to 553 | `PolicyRefused`; `RecipientRefused` |
//! | 4xx; garbage or an endless reply; the connection lost or silent while the server had the mail | `Transient` |
//! | other 5xx; an address the server cannot take (no SMTPUTF8) | `Permanent` |
//!
//! An error on a kept connection before the server agreed to take the text says nothing about the
//! mail: it is sent again at once over a new connection. Replies are kept without addresses and
//! control characters, at most 500 characters long.
//!
//! # Metrics
//! `resetd_smtp_connections` (gauge, open ones), `resetd_smtp_connections_opened_total`,
//! `resetd_smtp_connection_failures_total`, `resetd_smtp_stale_connections_total`.

mod address;
mod client;
mod connect;
mod connection;
mod dkim;
mod error;
mod failure;
mod hello;
mod message;
mod pool;
mod reply;
mod sender;
mod settings;
mod transaction;
mod verdict;

/// Whether `text` can be a sender: `Name <user@example.com>` or an address alone.
///
/// # Errors
/// What is wrong with it, without the text itself.
pub fn check_mailbox(text: &str) -> Result<(), &'static str> {
    address::sender(text).map(|_| ())
}

pub use dkim::{DkimError, DkimKey, DkimSettings};
pub use error::SetupError;
pub use sender::SmtpSender;
pub use settings::{SettingsError, SmtpSettings, Tls};
