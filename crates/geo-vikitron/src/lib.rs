//! [`GeoResolver`](application::ports::GeoResolver) over HTTP: VikiTron, the platform's own
//! resolver.
//!
//! One GET per address, `{base}/v1/ip/{address}`; the protocol is in `docs/vikitron.md`, its schema
//! beside it. A lookup ends within its deadline (300 ms) whatever the other side does. Connections
//! are kept, requests at once are bounded, simultaneous questions for one address share one
//! request, answers are kept for a while (an hour, or a minute where nothing is known), and a
//! circuit breaker stops asking a server that is down.
//!
//! ```no_run
//! use geo_vikitron::{VikiTron, VikiTronOptions};
//! # use resetd_geo_vikitron as geo_vikitron;
//!
//! let geo = VikiTron::new(VikiTronOptions::new("https://vikitron.internal"))?;
//! # Ok::<(), geo_vikitron::VikiTronError>(())
//! ```

mod answer;
mod cache;
mod client;
mod endpoint;
mod error;
mod options;
mod resolver;
mod single_flight;

pub use error::VikiTronError;
pub use options::{BearerToken, VikiTronOptions};
pub use resolver::VikiTron;
