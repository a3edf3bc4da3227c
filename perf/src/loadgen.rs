//! The load generator: HTTP/1.1 over kept connections, bytes prepared beforehand, bounded in count
//! and time, loopback only.

mod closed;
mod connection;
mod crowd;
mod paced;
mod request;

use std::net::SocketAddr;
use std::thread;

pub use self::closed::{Closed, Load, closed_loop};
pub use self::connection::{Answer, Connection};
pub use self::crowd::Crowd;
pub use self::paced::{Outcome, Paced, paced};
pub use self::request::{Group, ResetRequest, address};
use crate::Result;

/// Runs `work` to its end on a thread and runtime of its own, so that it competes with nothing of
/// this process.
///
/// # Errors
/// What `work` fails with, or that no runtime could be had.
pub fn apart<T, F, W>(work: W) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>>,
    W: FnOnce() -> F + Send + 'static,
{
    let thread = thread::Builder::new().name("loadgen".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(work())
    })?;
    thread.join().map_err(|_| "the load generator panicked")?
}

/// Load goes to this machine and nowhere else.
///
/// # Errors
/// When `target` is no loopback address.
pub fn refuse_foreign(target: SocketAddr) -> Result {
    if target.ip().is_loopback() { Ok(()) } else { Err(format!("{target} is not this machine").into()) }
}

#[cfg(test)]
mod tests;
