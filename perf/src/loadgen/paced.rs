//! Open loop: a request is due every so often, whatever became of the one before. Measures what is
//! lost, not how fast.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;
use tokio::time::{sleep_until, timeout};

use super::{Connection, Group, ResetRequest, refuse_foreign};
use crate::Result;

/// No answer within this time is none.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The plan of one run.
#[derive(Debug, Clone)]
pub struct Paced {
    /// The replicas, asked in turn.
    pub servers: Vec<SocketAddr>,
    /// The key of the requests.
    pub api_key: String,
    /// Requests due per second.
    pub rate: u32,
    /// For how long.
    pub duration: Duration,
    /// How many may be on their way at once.
    pub connections: u32,
    /// The requests go through customers 0 to this number, less one, in a circle.
    pub customers: u32,
}

/// What became of one request.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// The customer's number.
    pub customer: u32,
    /// When it was sent.
    pub sent: Instant,
    /// When the answer was there.
    pub answered: Instant,
    /// Its status; `None` when there was no answer.
    pub status: Option<u16>,
}

impl Outcome {
    /// Whether the server promised that the mail goes out.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        self.status == Some(200)
    }
}

struct Shared {
    start: Instant,
    total: u32,
    customers: u32,
    next: Cell<u32>,
    outcomes: RefCell<Vec<Outcome>>,
}

/// Runs the plan on the current thread.
///
/// # Errors
/// When a server is not this machine.
pub async fn paced(plan: Paced) -> Result<Vec<Outcome>> {
    for server in &plan.servers {
        refuse_foreign(*server)?;
    }
    let total = u32::try_from(u64::from(plan.rate) * plan.duration.as_secs())?;
    let shared = Rc::new(Shared {
        start: Instant::now(),
        total,
        customers: plan.customers.max(1),
        next: Cell::new(0),
        outcomes: RefCell::new(Vec::with_capacity(usize::try_from(total)?)),
    });
    let local = LocalSet::new();
    for turn in 0..usize::try_from(plan.connections)? {
        let turns =
            plan.servers.iter().cycle().skip(turn % plan.servers.len().max(1)).take(plan.servers.len());
        let replicas = turns.map(|server| (*server, ResetRequest::new(*server, &plan.api_key))).collect();
        local.spawn_local(Client { replicas, kept: None }.run(plan.rate, Rc::clone(&shared)));
    }
    local.await;
    Ok(shared.outcomes.take())
}

/// One of the connections. It stays with its replica and goes on to the next when that one is gone,
/// as behind a load balancer.
struct Client {
    replicas: Vec<(SocketAddr, ResetRequest)>,
    kept: Option<Connection>,
}

impl Client {
    async fn run(mut self, rate: u32, shared: Rc<Shared>) {
        loop {
            let number = shared.next.get();
            if number >= shared.total {
                return;
            }
            shared.next.set(number + 1);
            let customer = number % shared.customers;
            sleep_until((shared.start + Duration::from_secs(1) * number / rate).into()).await;
            let sent = Instant::now();
            let status = self.ask(customer).await;
            shared.outcomes.borrow_mut().push(Outcome { customer, sent, answered: Instant::now(), status });
        }
    }

    /// Sends once and never again: a client without an answer does not know.
    async fn ask(&mut self, customer: u32) -> Option<u16> {
        for _ in 0..self.replicas.len() {
            if self.kept.is_some() {
                break;
            }
            let (server, _) = self.replicas.first()?;
            match timeout(TIMEOUT, Connection::open(*server)).await {
                Ok(Ok(open)) => self.kept = Some(open),
                _ => self.replicas.rotate_left(1),
            }
        }
        let (_, request) = self.replicas.first_mut()?;
        let mut connection = self.kept.take()?;
        let answer =
            timeout(TIMEOUT, connection.exchange(request.for_customer(Group::Known, customer))).await;
        let answer = answer.ok()?.ok()?;
        if !answer.closes {
            self.kept = Some(connection);
        }
        Some(answer.status)
    }
}
