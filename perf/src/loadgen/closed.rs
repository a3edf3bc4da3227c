//! Closed loop: so many connections, each sending its next request when it has its answer. Measures
//! throughput.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use super::{Connection, Group, ResetRequest, refuse_foreign};
use crate::Result;
use crate::statistics::Latencies;

/// The plan of one run.
#[derive(Debug, Clone)]
pub struct Closed {
    /// Where the requests go.
    pub server: SocketAddr,
    /// The request.
    pub request: ResetRequest,
    /// How many connections.
    pub connections: u32,
    /// How long before measuring begins.
    pub warm_up: Duration,
    /// How long to measure.
    pub duration: Duration,
    /// The requests go through customers 0 to this number, less one, in a circle.
    pub customers: u32,
    /// Send no more than this many requests in all.
    pub at_most: u64,
}

/// What one run measured.
#[derive(Debug, Clone, Default)]
pub struct Load {
    /// Requests answered with 200, each with its latency.
    pub latencies: Latencies,
    /// Answers by status, without those of the warm-up.
    pub statuses: BTreeMap<u16, u64>,
    /// All requests answered with 200, those of the warm-up included.
    pub accepted: u64,
    /// Connections that broke.
    pub broken: u64,
    /// How long was measured.
    pub elapsed: Duration,
    /// When each 200 of the measured time was there, oldest first.
    pub acknowledged: Vec<Instant>,
}

impl Load {
    /// Requests answered with 200 per second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        xtask::output::ratio(self.latencies.len() as f64, self.elapsed.as_secs_f64())
    }

    /// What was not a 200, for the reader.
    #[must_use]
    pub fn errors(&self) -> String {
        let others: Vec<String> = self
            .statuses
            .iter()
            .filter(|(status, _)| **status != 200)
            .map(|(s, n)| format!("{n} × {s}"))
            .collect();
        match (others.is_empty(), self.broken) {
            (true, 0) => "none".to_owned(),
            (true, broken) => format!("{broken} broken connections"),
            (false, broken) => format!("{}, {broken} broken connections", others.join(", ")),
        }
    }
}

struct Shared {
    next: Cell<u64>,
    measure_from: Instant,
    until: Instant,
}

#[derive(Default)]
struct Own {
    micros: Vec<u32>,
    acknowledged: Vec<Instant>,
    statuses: BTreeMap<u16, u64>,
    accepted: u64,
    broken: u64,
}

/// Runs the plan on the current thread.
///
/// # Errors
/// When the server is not this machine or no connection can be opened.
pub async fn closed_loop(plan: Closed) -> Result<Load> {
    refuse_foreign(plan.server)?;
    let mut open = Vec::new();
    for _ in 0..plan.connections {
        open.push(Connection::open(plan.server).await?);
    }
    let measure_from = Instant::now() + plan.warm_up;
    let shared = Rc::new(Shared { next: Cell::new(0), measure_from, until: measure_from + plan.duration });
    let plan = Rc::new(plan);
    let local = LocalSet::new();
    let tasks: Vec<_> = open
        .into_iter()
        .map(|connection| local.spawn_local(one(connection, Rc::clone(&plan), Rc::clone(&shared))))
        .collect();
    local.await;
    let mut load = Load::default();
    let mut micros = Vec::new();
    for task in tasks {
        let own = task.await?;
        micros.extend(own.micros);
        load.acknowledged.extend(own.acknowledged);
        own.statuses
            .into_iter()
            .for_each(|(status, count)| *load.statuses.entry(status).or_default() += count);
        load.accepted += own.accepted;
        load.broken += own.broken;
    }
    load.acknowledged.sort_unstable();
    load.latencies = Latencies::from_micros(micros);
    load.elapsed = Instant::now().min(shared.until).saturating_duration_since(measure_from);
    Ok(load)
}

async fn one(mut connection: Connection, plan: Rc<Closed>, shared: Rc<Shared>) -> Own {
    let mut request = plan.request.clone();
    let mut own = Own::default();
    loop {
        let number = shared.next.get();
        let start = Instant::now();
        if number >= plan.at_most || start >= shared.until {
            return own;
        }
        shared.next.set(number + 1);
        let customer = u32::try_from(number % u64::from(plan.customers.max(1))).unwrap_or(0);
        match connection.exchange(request.for_customer(Group::Known, customer)).await {
            Ok(answer) => {
                let now = Instant::now();
                own.accepted += u64::from(answer.status == 200);
                if now >= shared.measure_from && now < shared.until {
                    *own.statuses.entry(answer.status).or_default() += 1;
                    if answer.status == 200 {
                        let micros = now.duration_since(start).as_micros();
                        own.micros.push(u32::try_from(micros).unwrap_or(u32::MAX));
                        own.acknowledged.push(now);
                    }
                }
                if !answer.closes {
                    continue;
                }
            }
            Err(_) => own.broken += 1,
        }
        match Connection::open(plan.server).await {
            Ok(fresh) => connection = fresh,
            Err(_) => return own,
        }
    }
}
