//! Sends mail over SMTP.
//!
//! [`SmtpSender`] implements the port [`MailSender`](application::ports::MailSender) with `lettre`, over a pool of kept
//! connections of its own. Its own because of three things `lettre` 0.11 does not do:
//!
//! * **`TCP_NODELAY`.** Every step of SMTP is a small write that waits for an answer. With Nagle's algorithm the second
//!   write of a mail's text waits for the delayed acknowledgement of the first: 40 ms a mail on a kept connection.
//! * **A bound on what a server may answer.** `lettre` caps a reply at 100 kB and a line at 1,000 bytes, but looks at the
//!   length of a line only when it has ended: an endless line grows until memory or the time limit ends.
//! * **Nothing left over at `STARTTLS`.** What a server (or somebody in between) sends in the clear behind its `220` would
//!   be read as the first reply under TLS.
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
//! | `hello` | the host's name | what to call ourselves in `EHLO` |
//!
//! Without credentials, `smtp://` takes TLS where the server offers it, whatever its certificate says (RFC 7435): that
//! keeps out those who listen, not those who pretend, and works with the self-signed certificate of a fresh relay. With
//! credentials, TLS with a valid certificate is required, unless the host is this machine; a URL that would send a password
//! unprotected is refused.
//!
//! A connection is closed after 30 s without a mail, 1,000 mails or 5 minutes.
//!
//! # Failures
//! | what happened | kind |
//! |---|---|
//! | refused, unreachable, timed out; a greeting, `EHLO`, `STARTTLS` or TLS fault; a failed login; 421 at any time; 530, 534, 535, 538 | `HostDown` |
//! | 4xx; garbage or an endless reply; the connection lost or silent while the server had the mail | `Transient` |
//! | 5xx; an address the server cannot carry (no SMTPUTF8) | `Permanent` |
//!
//! A failed login and a demand for one (530) count as a host that is down: every mail would meet them, and the queue waits
//! for the operator instead of giving its mails up.
//!
//! A fault on a kept connection before the server agreed to take the text is nobody's fault but the connection's: the mail
//! is sent again at once over a fresh one. Replies are kept without addresses and control characters, at most 500
//! characters long.
//!
//! # Metrics
//! `resetd_smtp_connections` (gauge, open ones), `resetd_smtp_connections_opened_total`,
//! `resetd_smtp_connection_failures_total`, `resetd_smtp_stale_connections_total`.

mod address;
mod client;
mod connect;
mod connection;
mod dkim;
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
pub use sender::{SetupError, SmtpSender};
pub use settings::{SettingsError, SmtpSettings, Tls};
