//! The HTTP surface of resetd: routes, errors, OpenAPI, the reset page, the demo's mailbox.
//!
//! The package is `resetd-http`; inside the workspace it is imported as `http_api`, because the
//! name `http` belongs to the well-known crate of types.
//!
//! [`router`] makes the surface of an [`Api`], and [`serve`] speaks HTTP/1.1 with it, every wait
//! and every buffer bounded by [`ConnectionLimits`]. A driving adapter: it knows the use cases, and
//! no store, mailer or resolver.
//!
//! # What holds for every answer
//!
//! * It carries `X-Request-Id`: the caller's own where that is short and harmless, else a fresh
//!   one. The exception is a text that is no HTTP request at all; it is answered with a bare 400
//!   and the connection is closed.
//! * Errors of the API are `{"error":{"code","message","description","field"?}}` and never hold an
//!   address, a key, a token or a password. A panic is a 500.
//! * A request whose `Host` is missing, repeated or no host is a 400 (RFC 9112, section 3.2).
//! * `Cache-Control: no-store` and `X-Content-Type-Options: nosniff`, unless the route says
//!   otherwise.
//! * One line in the access log (`tracing` target `access`): method, route template, status, code,
//!   duration in microseconds, request identifier, client address. No path, no query, no body.

mod api;
mod body;
mod credential;
mod edge;
mod error_pages;
mod extract;
mod form;
mod host;
mod html;
mod openapi;
mod pages;
mod public_url;
mod reference;
mod routes;
mod schema;
mod serve;

pub use self::api::{Api, router};
pub use self::edge::Peer;
pub use self::error_pages::{error_index_markdown, error_page_codes, error_page_markdown};
pub use self::openapi::document as openapi;
pub use self::routes::health::{Readiness, ReadinessReport};
pub use self::serve::{Acceptor, ConnectionLimits, Plain, serve, serve_with};
