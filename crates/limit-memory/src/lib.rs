//! The sliding window on one machine.
//!
//! [`MemoryLimiter`] implements [`RateLimiter`](application::ports::RateLimiter). A limit of up to
//! 64 hits is kept as an exact log of times; a larger one as 61 counters, each a sixtieth of the
//! window wide, so that a subject costs the same 300 bytes whether it may be hit a thousand times a
//! minute or a million.

mod limiter;
mod log;
mod slots;
mod verdict;
mod window;

pub use limiter::MemoryLimiter;
