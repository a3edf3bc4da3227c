//! What both benchmarks measure with.

use std::time::Duration;

/// CPU time of the process: of all its threads, those that have ended included.
pub(crate) fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
