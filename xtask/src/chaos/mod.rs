//! `cargo xtask chaos`: servers are killed and relays fail under load, and nothing that was promised may be lost.

mod disruption;
mod verdict;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

pub use self::disruption::{Disruption, What};
pub use self::verdict::Verdict;
use crate::bench::Store;
use crate::installation::{Budget, Installation};
use crate::loadgen::{Group, Outcome, Paced, address, apart, paced};
use crate::output::{note, step};
use crate::process::{Running, free_address};
use crate::services::postgres::{Database, Postgres};
use crate::services::{Durability, Redis};
use crate::sink::{Behaviour, Keep, Sink};
use crate::{Result, arguments::Arguments, workspace};

/// How long nothing may move at the end before what is left counts as stuck. Leases and back-off are shorter.
const STANDSTILL: Duration = Duration::from_secs(60);
/// How long the end may take altogether.
const LONGEST_END: Duration = Duration::from_secs(300);

/// What to do to whom.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server under test.
    pub binary: PathBuf,
    /// Where it keeps the requests.
    pub store: Store,
    /// How many servers share the store.
    pub replicas: u32,
    /// Requests due per second.
    pub rate: u32,
    /// For how long there is load.
    pub duration: Duration,
    /// How often a server, each in its turn, is killed and started again.
    pub kill_every: Duration,
    /// Whether the relay is busy, away and slow for a sixth of the time each.
    pub relay_faults: bool,
}

/// Reads the command line, carries out the plan in release builds, prints the verdict.
///
/// # Errors
/// When something was lost, doubled without a reason, or stuck.
pub fn run(words: &[String]) -> Result {
    let mut arguments = Arguments::new(words);
    let store = Store::from_option(&mut arguments)?;
    let replicas = arguments.number("--replicas", 1)?;
    let rate = arguments.number("--rate", 500)?;
    let seconds = arguments.number("--seconds", 60)?;
    let kill_every = arguments.number("--kill-every", if replicas > 1 { 5 } else { 3 })?;
    let binary = arguments.option("--binary")?;
    arguments.rest()?;
    if replicas > 1 && store == Store::Sqlite {
        return Err("an SQLite file has one server; add --store postgres".into());
    }
    step(binary.as_deref().unwrap_or("building resetd in release"));
    let verdict = carry_out(&Plan {
        binary: workspace::resetd(binary.as_deref())?,
        store,
        replicas,
        rate,
        duration: Duration::from_secs(seconds.into()),
        kill_every: Duration::from_secs(kill_every.into()),
        relay_faults: true,
    })?;
    verdict.print();
    if verdict.is_clean() { Ok(()) } else { Err("a promise was broken".into()) }
}

/// Carries out the plan and judges.
///
/// # Errors
/// When something could not be set up, or a server did not come back.
pub fn carry_out(plan: &Plan) -> Result<Verdict> {
    let sink = Sink::start(Keep::Arrivals)?;
    let mut scene = Scene::set(plan, &sink)?;
    let customers = plan.rate * u32::try_from(plan.duration.as_secs())?;
    step(format!(
        "{customers} customers, {} requests/s for {:?}, a kill every {:?}",
        plan.rate, plan.duration, plan.kill_every
    ));
    scene.installation.import(Group::Known, 0..customers)?;
    let key = scene.key.clone();
    for listen in scene.listen.clone() {
        scene.servers.push(Some(scene.installation.serve(listen)?));
    }

    let load = Paced {
        servers: scene.listen.clone(),
        api_key: key,
        rate: plan.rate,
        duration: plan.duration,
        connections: 64,
    };
    let start = Instant::now();
    let generator = thread::spawn(move || apart(move || paced(load)));
    let disruptions = scene.direct(plan, &sink, start)?;
    let outcomes = generator.join().map_err(|_| "the load generator panicked")??;

    step("the load has ended; waiting for the queue to run dry");
    sink.behave(Behaviour::Accept);
    let stuck = scene.wait_until_dry(&sink, &outcomes)?;
    Ok(Verdict::judge(&outcomes, &sink.record().all(), &disruptions, stuck))
}

/// Everything that runs, and what it stands on. Dropped from the top.
struct Scene {
    servers: Vec<Option<Running>>,
    installation: Installation,
    _database: Option<Database>,
    postgres: Option<Postgres>,
    redis: Option<Redis>,
    listen: Vec<SocketAddr>,
    key: String,
}

impl Scene {
    /// The store and limiter are throwaway ones, since they are restarted.
    fn set(plan: &Plan, sink: &Sink) -> Result<Self> {
        let (postgres, redis) = match plan.store {
            Store::Sqlite => (None, None),
            Store::Postgres => (Some(Postgres::start(Durability::Full)?), Some(Redis::start()?)),
        };
        let server = postgres.as_ref().map(|postgres| postgres.url("postgres"));
        let database = server.map(|url| Database::create(&url, "chaos")).transpose()?;
        let url = database.as_ref().map(Database::url);
        let mut installation = Installation::new(&plan.binary, url.as_deref(), &sink.url())?;
        if let Some(redis) = &redis {
            installation.set("RESETD_LIMITER_URL", redis.url());
        }
        let key = installation.set_up(Budget::DEFAULT)?;
        let listen = (0..plan.replicas).map(|_| free_address()).collect::<Result<_>>()?;
        Ok(Self { servers: Vec::new(), installation, _database: database, postgres, redis, listen, key })
    }

    /// Does what is due until the load ends.
    fn direct(&mut self, plan: &Plan, sink: &Sink, start: Instant) -> Result<Vec<Disruption>> {
        let mut happened = Vec::new();
        let mut next_kill = plan.kill_every;
        let mut turn = 0;
        // PostgreSQL is restarted at a third and two thirds, Redis at half.
        let mut restarts = if self.postgres.is_some() {
            vec![
                (What::Redis, plan.duration / 2),
                (What::Postgres, plan.duration * 2 / 3),
                (What::Postgres, plan.duration / 3),
            ]
        } else {
            Vec::new()
        };
        restarts.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        loop {
            let now = start.elapsed();
            if now >= plan.duration {
                return Ok(happened);
            }
            if plan.relay_faults {
                sink.behave(disruption::relay_at(now, plan.duration));
            }
            if let Some((what, _)) = restarts.pop_if(|(_, at)| *at <= now) {
                let began = Instant::now();
                match (what, &mut self.postgres, &mut self.redis) {
                    (What::Postgres, Some(postgres), _) => postgres.restart()?,
                    (What::Redis, _, Some(redis)) => redis.restart()?,
                    _ => {}
                }
                happened.push(Disruption { what, began, ended: Instant::now() });
                note(format!("{:>5.1} s  {what:?} restarted", now.as_secs_f64()));
            }
            // Not in the last moments, when the server would not be there to be asked.
            if now >= next_kill && now + plan.kill_every / 3 < plan.duration {
                next_kill += plan.kill_every;
                happened.push(self.kill(turn)?);
                turn += 1;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills the server whose turn it is and starts it again.
    fn kill(&mut self, turn: usize) -> Result<Disruption> {
        let index = turn % self.listen.len();
        let (Some(listen), Some(slot)) = (self.listen.get(index), self.servers.get_mut(index)) else {
            return Err("there is no server to kill".into());
        };
        let began = Instant::now();
        if let Some(server) = slot.take() {
            server.kill();
        }
        *slot = Some(self.installation.serve(*listen)?);
        Ok(Disruption { what: What::Kill, began, ended: Instant::now() })
    }

    /// Waits until every promised mail is there and the queue is empty. Hands back the mails that are stuck in it.
    fn wait_until_dry(&self, sink: &Sink, outcomes: &[Outcome]) -> Result<usize> {
        let promised: Vec<String> = outcomes
            .iter()
            .filter(|outcome| outcome.is_acknowledged())
            .map(|outcome| address(Group::Known, outcome.customer))
            .collect();
        let start = Instant::now();
        let mut last = (0, start);
        loop {
            let taken = sink.record().mails();
            if taken != last.0 {
                last = (taken, Instant::now());
            }
            let all = sink.record().all();
            let dry = promised.iter().all(|recipient| all.contains_key(recipient));
            let queued = if dry { self.queued()? } else { usize::MAX };
            if queued == 0 {
                return Ok(0);
            }
            if last.1.elapsed() > STANDSTILL || start.elapsed() > LONGEST_END {
                return self.queued();
            }
            thread::sleep(Duration::from_millis(500));
        }
    }

    /// Mails in a state that is not an end.
    fn queued(&self) -> Result<usize> {
        let mut queued = 0;
        for state in ["in-queue", "not-ready-to-queue", "waiting-for-next-attempt"] {
            let list = self
                .installation
                .command(&["mail", "list", "--json", "--limit", "1000", "--state", state])?;
            queued += list.lines().filter(|line| line.starts_with('{')).count();
        }
        Ok(queued)
    }
}
