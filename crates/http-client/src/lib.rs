//! The one outgoing HTTP client, for directories, webhooks, VikiTron and traces.
//!
//! A call ends within its deadline whatever the other side does. Answers are read up to a number of bytes, redirects
//! are not followed, and no proxy of the environment is used. Where a call may go is an [`AddressPolicy`], checked
//! twice: the URL before each call, and the addresses that its host resolves to, of which the connection is made to
//! one that was checked. Errors never hold a URL, a header or a body.
//!
//! Connections are kept. A call on a kept connection that the other side closes instead of answering is made again on
//! another one: only send what may arrive more than once.
//!
//! [`sign`] signs a request by the rules of [Standard Webhooks](https://www.standardwebhooks.com).
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use bytes::Bytes;
//! use http::Request;
//! use http_client::{AddressPolicy, HttpClient, HttpClientOptions};
//! # use resetd_http_client as http_client;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = HttpClient::new(HttpClientOptions::new(AddressPolicy::Public))?;
//! let request = Request::get("https://shop.example/status").body(Bytes::new())?;
//! let answer = client.send(request, Duration::from_secs(2)).await?;
//! if answer.status() == 200 && answer.is_json() {
//!     let body = answer.bytes().await?;
//! #   drop(body);
//! }
//! # Ok(())
//! # }
//! ```

mod address_policy;
mod answer;
mod client;
mod connection;
mod error;
mod options;
mod resolver;
mod signature;
mod tls;

pub use address_policy::{AddressPolicy, UrlError};
pub use answer::Answer;
pub use client::HttpClient;
pub use error::{CallError, SetupError};
pub use options::{ClientIdentity, HttpClientOptions, Trust};
pub use signature::{SecretTextError, SignError, parse_secret, secret_text, sign};
