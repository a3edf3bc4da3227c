//! Customers and passwords that live in an organisation's own backend, asked and set over HTTP.
//!
//! The backend answers two calls below a base URL, `find` and `set-password`; `docs/directory-http.md`
//! is written for developers who implement them. Requests are signed as Standard Webhooks are, answers are
//! read up to 64 KiB, redirects are not followed, and each call has a deadline of its own.
//!
//! [`HttpDirectory`] is the [`CredentialStore`](application::ports::CredentialStore) over the backends of all organisations;
//! [`DirectoryClient`] calls one of them.
//!
//! Whatever is no answer of the protocol is a [`BackendError`]: of a look-up it says that nothing
//! is known, never that there is no such customer; of a change that its outcome is unknown.

mod answer;
mod client;
mod error;
mod find;
mod http_directory;
mod options;
mod set_password;

pub use client::DirectoryClient;
pub use error::{BackendError, InvalidAnswer, OptionsError};
pub use find::{Find, FoundCustomer};
pub use http_directory::{HttpDirectory, HttpDirectoryPorts};
pub use options::DirectoryOptions;
pub use set_password::{Applied, SetPassword, SetPasswordAnswer};
