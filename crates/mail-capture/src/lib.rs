//! Keeps mail for reading instead of sending it: [`DirectoryCapture`] for the demo's mailbox and
//! `capture:DIR`, [`SandboxCapture`] for the sandbox of `DEV_` keys, which keeps it in the store.
//!
//! [`DirectoryCapture`] implements [`MailSender`](application::ports::MailSender) and
//! [`MailArchive`](application::ports::MailArchive) over one directory:
//!
//! ```text
//! DIR/ORGANISATION/00001795000000000000-00000001-MAIL.json     the mail as CapturedMail
//! DIR/ORGANISATION/00001795000000000000-00000001-MAIL.eml      the same as a message any mail program opens
//! ```
//!
//! Names begin with the time of capture in microseconds, so their order is the order of the mails.
//! The directory is the only state: it survives a restart, and several processes may use it at
//! once. Each file appears whole (written under another name, then renamed), readable by its owner
//! alone (`0600` in `0700`): there are links in it. A crash of the machine may cost the last mails;
//! a crash of the process does not.
//!
//! A mail sent twice is there twice, as it would be in a mailbox.

mod directory;
mod eml;
mod encoded_mail;
mod sandbox;

pub use directory::{DEFAULT_KEEP, DirectoryCapture};
pub use sandbox::SandboxCapture;
