//! [`WebhookSender`](application::ports::WebhookSender) over HTTP.
//!
//! One `POST` per call, signed by the rules of [Standard
//! Webhooks](https://www.standardwebhooks.com). A call ends within its deadline (10 s) whatever the
//! other side does; redirects are not followed and bodies are not read beyond 4 KiB.
//!
//! A call goes to the public internet alone unless the options allow private addresses. The URL is
//! checked before each call, and the addresses that its host resolves to at the moment of
//! connecting, so that a name which points elsewhere by then gains nothing.
//!
//! ```
//! use webhook_http::{HttpWebhooks, WebhookOptions};
//! # use resetd_webhook_http as webhook_http;
//!
//! let webhooks = HttpWebhooks::new(WebhookOptions::default());
//! ```

mod options;
mod sender;

pub use options::WebhookOptions;
pub use sender::HttpWebhooks;
