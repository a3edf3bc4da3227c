//! The sliding window shared by replicas.
//!
//! [`RedisLimiter`] implements [`RateLimiter`](application::ports::RateLimiter) with one script
//! call per hit, so that any number of replicas allow no more hits together than one alone would.
//! While Redis is away or slow, each replica counts by itself with a limiter of the caller's
//! choice, and says so in its log and metrics; callers never see an error and hardly a delay.
//!
//! # Whose clock
//!
//! Hits are counted at the time the caller passes, not at Redis's: a replica decides, reports
//! `X-RateLimit-Reset` and records a request by one and the same clock. The script never lets a
//! subject's time run backwards, so the replica whose clock is ahead leads; replicas whose clocks
//! agree within a sixtieth of the window (one second of a minute, which any NTP client keeps) count
//! as one. A clock that is further ahead can let a slower replica's hits expire early by as much as
//! it is ahead, never more.

mod limiter;
mod link;
mod script;

pub use limiter::{RedisLimiter, RedisSettings, RedisUrlError};
