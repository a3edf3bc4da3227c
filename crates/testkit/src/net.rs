//! An HTTP server for tests that misbehaves on every level, and certificates of an authority of its own.
//!
//! HTTP/1.1 is written by hand: a library would not let an answer be cut short or a header go on for ever.

mod authority;
mod behaviour;
mod call;
mod server;

pub use authority::{Authority, Certificate};
pub use behaviour::Behaviour;
pub use call::Call;
pub use server::HttpServer;
